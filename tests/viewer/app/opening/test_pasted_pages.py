"""A picture of a web map, pasted with the address of its page, is a placed, credited and honestly dated layer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.crs import WEB_MERCATOR, transform_points
from layers.raster.info import RasterInfo
from tests.support.windows import new_case, settle, texts
from viewer.app.window import MainWindow
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.page_form import PageForm
from viewer.panels.layers.place_dialog import PlaceDialog
from viewer.rendering.layers.image_facts import image_facts
from viewer.support.painting import painting
from viewer.support.settings import config_folder

Left, Control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
GOOGLE = "https://www.google.com/maps/@51.884000,128.334000,15z/data=!3m1!1e3?entry=ttu"
COPERNICUS = (
    "https://browser.dataspace.copernicus.eu/?zoom=13&lat=51.884&lng=128.334&themeId=DEFAULT-THEME"
    "&visualizationUrl=U2FsdGVkX1secret&datasetId=S2_L2A_CDAS&fromTime=2024-04-12T00%3A00%3A00.000Z"
    "&toTime=2024-04-12T23%3A59%3A59.999Z&layerId=1_TRUE_COLOR"
)
WAYBACK = "https://livingatlas.arcgis.com/wayback/#active=26334&mapCenter=128.334%2C51.884%2C15&mode=explore"


def picture() -> QImage:
    """A red square whose middle is the middle of the map."""
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#204060"))
    with painting(image) as painter:
        painter.fillRect(290, 190, 20, 20, QColor("#c00000"))
    return image


class Analyst:
    """The interactions of a person, counted."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot, self.interactions = window, qtbot, 0

    def copy(self, content: QImage | str) -> None:
        """Copy a picture or an address in another program."""
        self.interactions += 1
        if isinstance(content, str):
            QGuiApplication.clipboard().setText(content)
        else:
            QGuiApplication.clipboard().setImage(content)

    def paste(self) -> None:
        """Ctrl+V where the keyboard is."""
        self.interactions += 1
        dialogs = self.window.findChildren(PlaceDialog)
        target = dialogs[0].focusWidget() if dialogs else self.window.canvas
        assert target is not None
        QTest.keyClick(target, Qt.Key.Key_V, Control)

    def dialog(self) -> PlaceDialog:
        self._qtbot.waitUntil(lambda: self.window.findChild(PlaceDialog) is not None, timeout=10_000)
        dialog = self.window.findChild(PlaceDialog)
        assert dialog is not None
        return dialog

    def enter(self) -> None:
        self.interactions += 1
        dialog = self.dialog()
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)

    def form(self) -> PageForm:
        form = self.dialog().page
        assert form is not None
        return form

    def layer(self) -> Layer:
        self._qtbot.waitUntil(lambda: len(self.window.session.document.layers) == 1, timeout=10_000)
        settle(self.window, self._qtbot)
        (layer,) = self.window.session.document.layers.values()
        return layer


@pytest.fixture
def analyst(window: MainWindow, qtbot: QtBot) -> Analyst:
    QGuiApplication.clipboard().clear()
    new_case(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    return Analyst(window, qtbot)


@pytest.mark.bounded
def test_five_interactions_from_the_browser_to_a_placed_layer(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    analyst.dialog()
    analyst.copy(GOOGLE)
    analyst.paste()
    analyst.enter()
    layer = analyst.layer()
    assert analyst.interactions == 5
    window = analyst.window
    assert (layer.name, layer.credit, layer.crs) == ("Google Maps", "Google Maps", WEB_MERCATOR)
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("", "unknown", ""), "the address says no date"
    info = window.views.layer_info(layer.uuid)
    assert isinstance(info, RasterInfo)
    x, y = transform_points("EPSG:4326", WEB_MERCATOR, 128.334, 51.884)
    a, _, c, _, e, f = info.transform
    assert (c + 300 * a, f + 200 * e) == (pytest.approx(float(x), abs=0.01), pytest.approx(float(y), abs=0.01))
    assert a == pytest.approx(156543.033928 / 2**15)
    lon, lat = window.views.map_centre()
    assert (lon, lat) == (pytest.approx(128.334, abs=1e-3), pytest.approx(51.884, abs=1e-3)), "the map went there"
    page = layer.source["page"]
    assert page["address"] == "https://www.google.com/maps/@51.884000,128.334000,15z"
    assert 20 < page["error_m"] < 40
    image = window.canvas.grab_picture()
    assert image.pixelColor(image.width() // 2, image.height() // 2).name() == "#c00000"
    window.session.undo()
    assert not window.session.document.layers


@pytest.mark.bounded
def test_address_first_and_then_the_picture(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(COPERNICUS)
    analyst.paste()
    assert "That is a view of Copernicus Browser" in texts(analyst.window)
    assert analyst.window.findChild(AddImageryDialog) is None, "no server is asked"
    analyst.copy(picture())
    analyst.paste()
    assert analyst.dialog().page_button.isEnabled()
    analyst.enter()
    layer = analyst.layer()
    assert analyst.interactions == 5
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("2024-04-12", "instant", "caption")
    assert layer.credit == "Contains modified Copernicus Sentinel data 2024"
    assert layer.name == "Copernicus Browser, S2_L2A_CDAS 1_TRUE_COLOR"
    assert "secret" not in json.dumps(layer.source)


@pytest.mark.bounded
def test_a_clipboard_with_both_needs_no_second_way(analyst: Analyst, qtbot: QtBot) -> None:
    content = QMimeData()
    content.setImageData(picture())
    content.setText(GOOGLE)
    QGuiApplication.clipboard().setMimeData(content)
    analyst.paste()
    assert analyst.form().address.text() == GOOGLE
    analyst.enter()
    assert analyst.layer().crs == WEB_MERCATOR
    assert analyst.interactions == 2


@pytest.mark.bounded
def test_an_address_that_was_copied_meanwhile_is_taken_on_coming_back(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    dialog = analyst.dialog()
    other = QLabel("a browser")
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    analyst.copy("something else")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert analyst.form().address.text() == "", "no other text is taken"
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    analyst.copy(GOOGLE)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: analyst.form().address.text() == GOOGLE)


@pytest.mark.bounded
def test_a_release_is_of_kind_published_and_never_a_date_of_the_image(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    analyst.dialog()
    analyst.copy(WAYBACK)
    analyst.paste()
    form = analyst.form()
    assert "day of a release" in form.doubt.text()
    assert form.date.text() == ""
    form.date.setText("12 April 2024")
    analyst.enter()
    layer = analyst.layer()
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == ("2024-04-12", "published", "analyst")
    drawing = analyst.window.scene.stack.drawings[layer.uuid]
    facts = image_facts(drawing)
    assert facts is not None
    assert (facts["acquired_at"], facts["date_kind"]) == ("2024-04-12", "published")


@pytest.mark.bounded
def test_the_scale_of_the_screen_is_asked_and_its_effect_shown(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    analyst.dialog()
    analyst.copy(GOOGLE)
    analyst.paste()
    form = analyst.form()
    qtbot.waitUntil(lambda: form.preview.image is not None, timeout=10_000)
    image = form.preview.image
    assert image is not None
    assert image.pixelColor(image.width() // 2, image.height() // 2).red() > 150
    assert form.preview.label == "1 km"
    before = form.facts.text()
    assert "1.8 km × 1.2 km, a pixel 3 m" in before
    form.ratio.setCurrentIndex(form.ratio.findData(2.0))
    assert "890 m × 590 m, a pixel 1.5 m" in form.facts.text()
    assert form.preview.label == "500 m"
    analyst.enter()
    info = analyst.window.views.layer_info(analyst.layer().uuid)
    assert isinstance(info, RasterInfo)
    assert info.transform[0] == pytest.approx(156543.033928 / 2**16)


@pytest.mark.bounded
def test_a_picture_that_is_dragged_out_of_a_browser_is_a_picture_and_no_link(analyst: Analyst, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setImageData(picture())
    data.setUrls([QUrl("https://maps.example.org/a/picture.png")])
    canvas = analyst.window.canvas
    at, action = QPointF(canvas.rect().center()), Qt.DropAction.CopyAction
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QDragEnterEvent(at, action, data, Left, plain))
    QApplication.sendEvent(canvas, QDropEvent(at, action, data, Left, plain))
    analyst.dialog()
    assert analyst.window.findChild(AddImageryDialog) is None
    analyst.copy(GOOGLE)
    analyst.paste()
    analyst.enter()
    assert analyst.layer().name == "Google Maps"


NO_PLACE = {
    "https://www.google.com/maps/@51.884,128.334,500a,35y,39.3t/data=!3m1!1e3": "look straight down",
    "https://www.google.com/maps/@91,128.334,15z": "no place on the Earth",
    "https://www.google.com/maps/@nan,1e999,15z": "tells no place",
    "https://example.org/map?lat=51&lon=128": "example.org are not known here",
}


@pytest.mark.bounded
@pytest.mark.parametrize("address", NO_PLACE)
def test_what_cannot_be_placed_says_why_and_the_other_ways_stay(analyst: Analyst, address: str, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    dialog = analyst.dialog()
    analyst.copy(address)
    analyst.paste()
    form = analyst.form()
    assert NO_PLACE[address] in form.doubt.text()
    assert not form.facts.isVisible()
    assert not dialog.page_button.isEnabled()
    assert dialog.fill_button.isEnabled()
    assert dialog.pixel_button.isDefault()


def test_a_page_without_a_scale_asks_for_its_level_and_a_bad_date_is_said(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(picture())
    analyst.paste()
    dialog, form = analyst.dialog(), analyst.form()
    form.address.setText("https://maps.apple.com/?ll=51.884,128.334&t=k")
    assert "type the level" in form.doubt.text()
    assert not dialog.page_button.isEnabled()
    form.level.setText("15")
    assert dialog.page_button.isEnabled()
    form.date.setText("2024-02-30")
    assert not dialog.page_button.isEnabled()
    assert "2024-02-30" in form.doubt.text()


@pytest.mark.bounded
def test_the_layer_says_how_well_it_is_placed(analyst: Analyst, qtbot: QtBot) -> None:
    analyst.copy(GOOGLE)
    analyst.paste()
    analyst.copy(picture())
    analyst.paste()
    analyst.enter()
    window, layer = analyst.window, analyst.layer()
    window.panel_context.show_layer(layer.uuid, raise_form=True)
    settle(window, qtbot)
    form = window.findChild(LayerPropertiesPanel)
    assert form is not None
    assert form.georeferencing.note.text().startswith("Placed by the address of its page, Google Maps, to about ± ")
    assert "Control points place it better" in form.georeferencing.note.text()
    assert "https://www.google.com/maps/@51.884000,128.334000,15z" in [
        label.text().replace("\u200b", "") for label in form.facts.findChildren(QLabel)
    ]
    facts = image_facts(window.scene.stack.drawings[layer.uuid])
    assert facts is not None
    assert facts["placement_note"].startswith("placed by the address of its page")
    folder = Path(layer.source["path"]).parent
    assert {path.suffix for path in folder.iterdir()} == {".png", ".pgw"}


@pytest.mark.bounded
def test_an_own_list_of_web_maps_is_read_and_its_faults_are_said(analyst: Analyst, qtbot: QtBot) -> None:
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True)
    good = '[[viewer]]\ntitle = "Our tower"\nhosts = ["maps.example.org"]\nviews = ["at={lat},{lon}&zoom={z}"]\n'
    bad = '[[viewer]]\ntitle = "Theirs"\nhosts = ["a.org"]\nviews = ["at={who}"]\n'
    (folder / "web_maps.toml").write_text(good + bad, encoding="utf-8")
    analyst.copy("https://maps.example.org/?at=51.5,128.5&zoom=12")
    analyst.paste()
    analyst.copy(picture())
    analyst.paste()
    assert analyst.form().facts.text().startswith("Our tower shows 51.5")
    assert "Theirs is left out of the list" in texts(analyst.window)
    (folder / "web_maps.toml").write_text("[[viewer]", encoding="utf-8")
    analyst.form().address.setText(GOOGLE)
    assert analyst.form().facts.text().startswith("Google Maps shows")
    assert "The list of web maps is not in its form" in texts(analyst.window)
