"""The Image menu and its keys on a real window, and the panel that says how an image was acquired."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.raster.acquisition import Acquisition
from layers.raster.style import Stretch
from tests.support.cases.rich import read_case
from tests.support.product_windows import exported_at_last, shown_product
from tests.support.readers.tiny_deliveries import landsat
from tests.viewer.app.conftest import Answers, settle
from tests.viewer.rendering.conftest import write_raster
from viewer.app.window import MainWindow
from viewer.canvas.map_picture import LIVE_PAINT_MS
from viewer.commands.layers import update_layer
from viewer.panels.layers.acquisition_panel import AcquisitionPanel
from viewer.panels.layers.layer_facts import info_facts
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_rows import DATE_ROLE
from viewer.panels.widgets.fields import ChoiceField
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.painting import painting

BANDS = np.random.default_rng(9).integers(100, 4000, (4, 120, 160)).astype(np.uint16)


def described(path: Path, *names: str) -> Path:
    """A raster whose bands say which they are."""
    write_raster(path, BANDS, "EPSG:3857", 1e6, 6e6, 10.0)
    with rasterio.open(path, "r+") as file:
        for index, name in enumerate(names, 1):
            file.set_band_description(index, name)
    return path


def opened(window: MainWindow, qtbot: QtBot, path: Path) -> Layer:
    """The path as a layer, the current one."""
    window.opener.open([str(path)])
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    window.panel_context.show_layer(layer.uuid)
    settle(window, qtbot)
    return layer


@pytest.fixture
def layer(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Layer:
    return opened(window, qtbot, described(tmp_path / "scene.tif", "blue", "green", "red", "nir"))


def style_of(window: MainWindow) -> dict:
    (layer,) = window.session.document.layers.values()
    return layer.style


def acquisition(window: MainWindow) -> AcquisitionPanel:
    window.docks.show_panel("acquisition")
    panel = window.docks.acquisition.panel
    assert isinstance(panel, AcquisitionPanel)
    return panel


@pytest.mark.bounded
def test_an_image_without_a_date_leads_to_where_it_is_stated(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    panel = acquisition(window)
    settle(window, qtbot)
    assert panel.when.text() == "Date unknown"
    assert panel.state_date.isVisible()
    QTest.mouseClick(panel.state_date, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    form = window.findChild(LayerPropertiesPanel)
    assert form.isVisible()
    date = form.fields.fields["acquired_at"]
    assert date.hasFocus()
    QTest.keyClicks(date, "1985-08-01")
    QTest.keyClick(date, Qt.Key.Key_Return)
    acquisition(window)
    settle(window, qtbot)
    assert panel.when.text().startswith("1985-08-01")
    assert not panel.state_date.isVisible()


@pytest.mark.bounded
def test_digits_show_the_combinations_that_the_bands_allow(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    table = window.action_table
    assert table["bands_true_colour"].text() == "True colour: bands 3, 2, 1"
    assert not table["bands_burn"].isEnabled()
    assert table["bands_burn"].text() == "Burn scars and fire (no band is known as swir22)"
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_1)
    assert style_of(window)["bands"] == [3, 2, 1]
    qtbot.keyClick(window.canvas, Qt.Key.Key_2)
    assert style_of(window)["bands"] == [4, 3, 2]
    settle(window, qtbot)
    qtbot.keyClick(window.canvas, Qt.Key.Key_6)
    assert style_of(window)["bands"] == [4, 3, 2]
    window.session.undo()
    window.session.undo()
    assert style_of(window) == {}


@pytest.mark.bounded
def test_d_switches_the_stretch_from_the_view(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    actions = window.action_table
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_D)
    settle(window, qtbot)
    assert style_of(window)["stretch"]["from"] == "view"
    assert actions["dra"].isChecked()
    steps = window.session.history.stack.index()
    window.canvas.motion.zoom_in()
    settle(window, qtbot)
    window.canvas.motion.pan_by(40, 10)
    settle(window, qtbot)
    assert window.session.history.stack.index() == steps
    seen = window.scene.drawings[layer.uuid].style.stretches
    qtbot.keyClick(window.canvas, Qt.Key.Key_D)
    assert style_of(window)["stretches"] == [[s.low, s.high, s.gamma] for s in seen]
    assert style_of(window)["stretch"]["from"] == "given"
    assert not actions["dra"].isChecked()
    window.session.undo()
    assert actions["dra"].isChecked()
    window.session.undo()
    assert not actions["dra"].isChecked()


@pytest.mark.bounded
def test_a_stretch_goes_from_layer_to_layer(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    window.action_table["copy_stretch"].trigger()
    window.action_table["bands_colour_infrared"].trigger()
    window.action_table["paste_stretch"].trigger()
    assert style_of(window)["bands"] == [4, 3, 2]
    assert style_of(window)["stretch"]["from"] == "given"
    assert any("same sensor" in line.text for line in window.messages.lines())


def test_without_a_raster_nothing_of_it_is_offered(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    assert window.action_table["dra"].isEnabled()
    window.panel_context.show_layer("")
    for id_ in ("dra", "copy_stretch", "paste_stretch", "bands_true_colour"):
        assert not window.action_table[id_].isEnabled()
    assert window.action_table["bands_true_colour"].text() == "True colour"


def test_what_is_not_known_is_said_plainly(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    panel = acquisition(window)
    settle(window, qtbot)
    assert panel.when.text() == "Date unknown"
    assert "not guessed" in panel.kind.text()
    index = window.docks.layer_tree.model.index(1)
    assert index.data(DATE_ROLE) == "undated"
    assert "date unknown" in index.data(Qt.ItemDataRole.ToolTipRole)
    change = {"acquired_at": "2015-08-01/2015-08-31", "date_kind": "composite"}
    window.session.push(update_layer(window.session.document, layer.uuid, actor="me", **change))
    assert panel.when.text() == "2015-08-01 to 2015-08-31 (composite)"
    assert index.data(DATE_ROLE) == "2015-08-01 – 2015-08-31, composite"
    (credit,) = window.scene.stack.credits(window.canvas.viewport.view())
    assert credit.endswith("(composite of August 2015)")


@pytest.mark.bounded
def test_a_delivery_is_one_layer_with_its_bands_and_facts(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    heard: list[list[tuple[float, float]]] = []
    folder = landsat(tmp_path)
    layer = opened(window, qtbot, folder)
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}
    panel = acquisition(window)
    assert panel.when.text().endswith("UTC")
    assert panel.facts.facts()[0][0] == "Platform"
    assert window.action_table["bands_colour_infrared"].isEnabled()
    window.action_table["bands_colour_infrared"].trigger()
    settle(window, qtbot)
    scene = window.scene.drawings[layer.uuid].source.scene
    assert [scene.bands[number - 1].common_name for number in style_of(window)["bands"]] == ["nir", "red", "green"]
    assert window.scene.stack.problems() == {}
    window.docks.show_panel("layer_properties")
    fields = window.docks.details.currentWidget().panel.raster.stretch.fields
    fields.fields["high_percent"].committed.emit(90.0)
    settle(window, qtbot)
    assert style_of(window)["stretch"]["high_percent"] == 90.0
    drawing = window.scene.drawings[layer.uuid]
    style = replace(drawing.style, bands=(5, 4), stretches=(Stretch(0, 1),), expression="(nir08 - red) / (nir08 + red)")
    drawing.source.ask_limits(style, heard.append, pytest.fail)
    settle(window, qtbot)
    ((low, high),) = heard[0]
    assert 0 < low < high < 0.2
    date = window.docks.layer_tree.model.index(1).data(DATE_ROLE)
    assert date == panel.when.text()[:10]


def test_the_panel_waits_for_an_image(window: MainWindow, layer: Layer) -> None:
    panel = acquisition(window)
    window.panel_context.show_layer("")
    assert panel.page.currentWidget() is panel.page.hint


@pytest.mark.bounded
def test_what_lies_beside_a_file_dates_it_everywhere(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = described(tmp_path / "scene.tif", "blue", "green", "red", "nir")
    properties = {"datetime": "2021-08-20T15:53:34Z", "platform": "landsat-8", "view:off_nadir": 3.2}
    item = {"type": "Feature", "stac_version": "1.0.0", "id": "x", "properties": properties, "assets": {}, "links": []}
    (tmp_path / "scene.json").write_text(json.dumps(item))
    opened(window, qtbot, path)
    assert window.docks.layer_tree.model.index(1).data(DATE_ROLE) == "2021-08-20"
    (credit,) = window.scene.stack.credits(window.canvas.viewport.view())
    assert credit.endswith("(20 August 2021, 15:53 UTC)")
    panel = acquisition(window)
    assert panel.when.text() == "2021-08-20 15:53:34 UTC"
    assert "Off-nadir (at the satellite)" in dict(panel.facts.facts())


def test_while_a_handle_moves_the_map_does_not_wait_for_readers(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    style = replace(window.scene.drawings[layer.uuid].style, contrast=0.5)
    window.panel_context.layer_previewed.emit(replace(layer, style_json=json.dumps(style.to_json())))
    assert not window.compared.is_complete(window.canvas.viewport.view())
    window.compared.updated.emit()
    assert window.canvas.panes.in_use.picture.put_off_ms == LIVE_PAINT_MS
    settle(window, qtbot)
    assert window.session.document.layers[layer.uuid].style == {}


def test_a_date_stands_at_the_right_of_its_row_where_there_is_room(window: MainWindow, layer: Layer) -> None:
    tree = window.docks.layer_tree
    view, index = tree.view, tree.model.index(1)

    def painted(width: int, dated: bool | str) -> QImage:
        date = dated if isinstance(dated, str) else "2015-08-04"
        tree.model._dates = {layer.uuid: date} if dated else {}
        image = QImage(width, 24, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        option = QStyleOptionViewItem()
        option.initFrom(view)
        option.widget, option.rect = view, QRect(0, 0, width, 24)
        with painting(image) as painter:
            view.itemDelegate().paint(painter, option, index)
        return image

    wide = QRect(220, 0, 80, 24)
    assert painted(300, True).copy(wide) != painted(300, False).copy(wide)
    assert painted(120, True) == painted(120, False)
    assert painted(230, "1985 – 2020, composite") == painted(230, "1985–2020") != painted(230, False)


@pytest.mark.bounded
def test_an_exported_picture_keeps_the_stretch_of_the_screen(
    window: MainWindow, layer: Layer, qtbot: QtBot, tmp_path: Path, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.action_table["dra"].trigger()
    window.canvas.motion.zoom_in()
    settle(window, qtbot)
    (seen, *_) = window.scene.drawings[layer.uuid].style.stretches
    answers.path = tmp_path / "map.png"
    window.action_table["export_product"].trigger()
    shown = shown_product(window, qtbot)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=20_000)
    exported_at_last(shown)
    qtbot.waitUntil(answers.path.exists, timeout=20_000)
    shown.close()
    said = QImage(str(answers.path)).text("Processing")
    assert "(DRA), frozen" in said
    assert f"{seen.low:.6g} – {seen.high:.6g}" in said


def test_what_was_opened_last_is_the_current_layer(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    names = [described(tmp_path / f"{name}.tif", "red") for name in ("below", "above")]
    window.opener.open([str(path) for path in names])
    settle(window, qtbot)
    assert window.session.document.layers[window.panel_context.layer_uuid].name == "above"
    assert window.action_table["dra"].isEnabled()


@pytest.mark.bounded
def test_the_menu_inverts_and_goes_back_and_opens_the_style(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_I)
    assert style_of(window)["invert"] is True
    assert window.action_table["invert"].isChecked()
    window.action_table["auto_style"].trigger()
    assert style_of(window) == {}
    assert not window.action_table["invert"].isChecked()
    window.action_table["image_style"].trigger()
    assert window.docks["panel_details"].windowTitle().startswith("Layer: ")


@pytest.mark.bounded
def test_the_form_shows_what_the_file_says_where_the_case_is_silent(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = described(tmp_path / "scene.tif", "B4")
    with rasterio.open(path, "r+") as file:
        file.update_tags(DATE_ACQUIRED="2015-08-04", SCENE="LC80200392015216LGN00", TIFFTAG_COPYRIGHT="USGS")
    layer = opened(window, qtbot, path)
    window.docks.show_panel("layer_properties")
    panel = window.docks.details.currentWidget().panel
    date, kind, credit = (panel.fields.fields[name] for name in ("acquired_at", "date_kind", "credit"))
    assert date.placeholderText() == "2015-08-04"
    assert kind.currentText() == "As found: instant"
    assert credit.placeholderText() == "USGS" or layer.credit == "USGS"
    assert panel.raster.fields.fields["band0"].itemText(0) == "1 B4 red"
    assert acquisition(window).kind.text().endswith("Its time is not stated.")
    window.session.push(update_layer(window.session.document, layer.uuid, actor="me", date_kind="composite"))
    assert kind.itemText(kind.findData("unknown")) == "Unknown"
    hour = {"acquired_at": "2015-08-04T15:00Z", "date_kind": "instant"}
    window.session.push(update_layer(window.session.document, layer.uuid, actor="me", **hour))
    assert acquisition(window).kind.text() == "The time of the image, UTC, stated to the hour."


@pytest.mark.bounded
def test_a_date_typed_for_what_the_file_calls_a_composite_makes_no_instant_of_it(
    window: MainWindow, layer: Layer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.docks.show_panel("layer_properties")
    panel = window.docks.details.currentWidget().panel
    date = panel.fields.fields["acquired_at"]
    for found, kind in (("composite", "composite"), ("unknown", "instant")):
        monkeypatch.setattr(RasterDrawing, "acquisition", Acquisition(date_kind=found))
        QTest.keyClicks(date, "2020-08-31")
        QTest.keyClick(date, Qt.Key.Key_Return)
        assert window.session.document.layers[layer.uuid].date_kind == kind
        window.session.undo()


@pytest.mark.bounded
def test_bands_are_named_by_hand_where_the_file_says_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    layer = opened(window, qtbot, described(tmp_path / "naip.tif", "", "", "", ""))
    table = window.action_table
    assert not table["bands_colour_infrared"].isEnabled()
    table["image_style"].trigger()
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    form = panel.raster.bands
    assert not form.preset.isEnabled()
    assert [form.naming.band.itemText(n) for n in range(2)] == ["All bands", "Band 1"]
    drawing = window.scene.drawings[layer.uuid]
    choose(form.naming.meaning, "R, G, B, NIR")
    settle(window, qtbot)
    assert window.scene.drawings[layer.uuid] is drawing, "nothing is read again"
    assert table["bands_colour_infrared"].text() == "Colour infrared (vegetation red): bands 4, 1, 2"
    assert form.preset.findData("NDVI") >= 0
    choose(form.naming.band, "Band 4")
    assert form.naming.meaning.currentText() == "near infrared"
    choose(form.naming.meaning, "not known")
    settle(window, qtbot)
    assert window.session.document.layers[layer.uuid].source["band_names"] == {"1": "red", "2": "green", "3": "blue"}
    assert not table["bands_colour_infrared"].isEnabled()
    assert table["bands_true_colour"].isEnabled()
    assert table["undo"].text().startswith("&Undo: Name bands of layer")
    window.session.undo()
    settle(window, qtbot)
    assert table["bands_colour_infrared"].isEnabled()
    assert form.naming.meaning.currentText() == "near infrared"
    answers.path = tmp_path / "case.gpkg"
    table["save"].trigger()
    settle(window, qtbot)
    kept = read_case(answers.path).document.layers[layer.uuid].source["band_names"]
    assert kept == {"1": "red", "2": "green", "3": "blue", "4": "nir"}


@pytest.mark.bounded
def test_bands_that_the_file_names_are_not_asked_for(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    window.action_table["image_style"].trigger()
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    assert not panel.raster.bands.naming.isVisible()


def choose(field: ChoiceField, text: str) -> None:
    place = field.findText(text)
    assert place >= 0, text
    field.setCurrentIndex(place)
    field.activated.emit(place)


@pytest.mark.bounded
def test_ctrl_h_shows_the_style_and_not_only_the_layers_name(window: MainWindow, layer: Layer, qtbot: QtBot) -> None:
    window.action_table["image_style"].trigger()
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    mode = panel.raster.bands.mode
    qtbot.waitUntil(lambda: not mode.visibleRegion().isEmpty())
    assert panel.fields.fields["name"].visibleRegion().isEmpty()


def test_facts_have_units_and_halves_of_the_world(window: MainWindow, layer: Layer) -> None:
    info = window.scene.drawings[layer.uuid].info
    facts = dict(info_facts(info))
    assert facts["Pixel"] == "10 m"
    turned = replace(info, transform=(6.0, 8.0, 0.0, 8.0, -6.0, 0.0), bounds_lonlat=Bounds(179, -2, 181, 3))
    facts = dict(info_facts(turned))
    assert facts["Pixel"] == "10 m"
    assert facts["Extent"] == "2.0000 S to 3.0000 N, 179.0000 E to 179.0000 W"
    assert dict(info_facts(replace(info, crs="EPSG:4326")))["Pixel"] == "10 °"
