"""Files that do not say where they lie, in the window: nothing is added before the question is answered."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import LineString

import sample_data
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, WGS84
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.support.windows import opened
from tests.viewer.app.conftest import MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.canvas.extent import unplaced_in
from viewer.panels.layers.place_dialog import PlaceDialog

UTM = Bounds(590_000, 5_740_000, 600_000, 5_750_000)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """40 columns, 30 rows; red is the column, green the row."""
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    for y in range(30):
        for x in range(40):
            image.setPixel(x, y, 0xFF000000 | x << 16 | y << 8)
    assert image.save(str(tmp_path / "photo.png"))
    return tmp_path / "photo.png"


@pytest.fixture
def unnamed(tmp_path: Path) -> Path:
    """A position in a CRS that is not named."""
    return write_raster(tmp_path / "unnamed.tif", surface().astype(np.uint8), None, UTM)


def dialog_of(window: MainWindow, qtbot: QtBot) -> PlaceDialog:
    qtbot.waitUntil(lambda: bool(visible(window)))
    (dialog,) = visible(window)
    return dialog


def visible(window: MainWindow) -> list[PlaceDialog]:
    return [dialog for dialog in window.findChildren(PlaceDialog) if dialog.isVisible()]


def layers(window: MainWindow) -> list[tuple[str, str]]:
    return [(layer.name, layer.crs) for layer in window.session.document.layers_in_order()]


def open_and_ask(window: MainWindow, qtbot: QtBot, *paths: Path) -> PlaceDialog:
    window.opener.open([str(path) for path in paths])
    dialog = dialog_of(window, qtbot)
    settle(window, qtbot)
    return dialog


def search(dialog: PlaceDialog, qtbot: QtBot, words: str) -> None:
    qtbot.keyClicks(dialog.search, words)
    qtbot.waitUntil(lambda: dialog.list.count() > 0)


def test_nothing_is_added_until_it_is_answered_and_cancel_adds_nothing(
    window: MainWindow, photo: Path, qtbot: QtBot
) -> None:
    dialog = open_and_ask(window, qtbot, photo)
    assert "photo.png has no position and no CRS." in dialog.question.lack
    assert not dialog.isModal()
    assert layers(window) == []
    assert not dialog.place_button.isVisible(), "a CRS alone cannot place it"
    assert "as it is shown now" in dialog.numbers.text()
    qtbot.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == []
    assert not window.session.is_dirty
    assert window.messages.lines() == []
    assert visible(window) == []


@pytest.mark.bounded
def test_in_pixel_space_it_is_drawn_pixel_by_pixel(window: MainWindow, photo: Path, qtbot: QtBot) -> None:
    dialog = open_and_ask(window, qtbot, photo)
    qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == [("photo", PIXEL_SPACE)]
    canvas = window.canvas
    assert canvas.viewport.crs == PIXEL_SPACE
    view = canvas.viewport.view()
    picture = canvas.grab_picture()
    for col, row in ((0.5, 0.5), (20.5, 11.5), (39.5, 29.5)):
        px, py = view.to_pixel(col, -row)
        color = picture.pixelColor(int(px), int(py))
        assert (color.red(), color.green()) == (int(col), int(row))
    at = QPoint(*(int(value / view.ratio) for value in view.to_pixel(20.5, -11.5)))
    QTest.mouseMove(canvas, at)
    assert window.status.coordinate.text() == "column 20, row 11"
    assert window.status.scale.currentText().endswith("%")
    assert not window.status.scale.isEnabled()
    assert "Pixel space" in window.status.crs.text()
    assert window.scene.stack.problems() == {}
    window.session.undo()
    assert layers(window) == []


@pytest.mark.bounded
def test_back_on_a_map_its_layer_says_where_it_is_shown(window: MainWindow, photo: Path, qtbot: QtBot) -> None:
    opened(window, sample_data.path("blue_marble.tif"), qtbot)
    before = window.canvas.viewport.view()
    dialog = open_and_ask(window, qtbot, photo)
    qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}, "what lies on the Earth is no worse for that"
    assert unplaced_in(window.scene, window.canvas.viewport.view()).layers_on_earth == 1
    window.views.set_crs(WEB_MERCATOR)
    settle(window, qtbot)
    assert window.canvas.viewport.view() == before, "the map is where it was"
    assert list(window.scene.stack.problems().values()) == ["photo.png has no CRS: it is shown in pixel space only."]
    photo_uuid = window.session.document.layers_in_order()[-1].uuid
    window.views.show_layer(photo_uuid)
    settle(window, qtbot)
    assert window.canvas.viewport.crs == PIXEL_SPACE
    assert window.scene.stack.problems() == {}


@pytest.mark.bounded
def test_sites_are_not_drawn_where_there_is_no_earth(window: MainWindow, photo: Path, qtbot: QtBot) -> None:
    dialog = open_and_ask(window, qtbot, photo)
    qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    for tool in ("tool_point", "tool_line", "tool_polygon", "tool_measure"):
        window.action_table[tool].trigger()
        assert "no place on Earth" in window.canvas.hint
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
        assert "no place on Earth" in window.messages.line("tool").text
        window.messages.clear("tool")
    assert not window.session.document.sites
    window.product_windows.begin()
    assert "needs a map" in window.messages.line("export").text


@pytest.mark.bounded
def test_a_chosen_crs_places_it_and_is_offered_again(window: MainWindow, unnamed: Path, qtbot: QtBot) -> None:
    dialog = open_and_ask(window, qtbot, unnamed)
    assert "590\u202f000.0 to 600\u202f000.0" in dialog.numbers.text()
    assert not dialog.place_button.isEnabled(), "nothing is chosen for the analyst"
    search(dialog, qtbot, "utm 52n wgs 84")
    assert dialog.list.currentItem().text().startswith("WGS 84 / UTM zone 52N")
    assert dialog.says.text() == "It would lie between 51.8019° – 51.8935° N and 130.3053° – 130.4532° E."
    assert dialog.place_button.isEnabled()
    assert dialog.doubt.isHidden()
    qtbot.mouseClick(dialog.place_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == [("unnamed", "EPSG:32652")]
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(130.379, abs=0.001), pytest.approx(51.848, abs=0.001))
    assert window.scene.stack.problems() == {}
    window.session.undo()
    assert layers(window) == []
    again = open_and_ask(window, qtbot, unnamed)
    assert "EPSG:32652" in again.list.item(0).text()
    again.reject()


@pytest.mark.bounded
def test_a_crs_that_the_numbers_contradict_is_warned_of(window: MainWindow, unnamed: Path, qtbot: QtBot) -> None:
    dialog = open_and_ask(window, qtbot, unnamed)
    search(dialog, qtbot, "EPSG:28992")
    assert "far from where Amersfoort" in dialog.doubt_text.text()
    assert dialog.doubt.isVisible()
    assert dialog.place_button.text() == "&Use This CRS Anyway"
    dialog.search.clear()
    search(dialog, qtbot, "EPSG:4326")
    assert "no longitudes and latitudes" in dialog.doubt_text.text()
    assert not dialog.place_button.isEnabled(), "there it lies nowhere"
    dialog.search.clear()
    qtbot.keyClicks(dialog.search, "no such thing")
    assert dialog.list.count() == 0
    assert "No CRS is called that." in dialog.says.text()
    dialog.reject()


@pytest.mark.bounded
def test_several_are_asked_about_one_after_the_other(
    window: MainWindow, photo: Path, unnamed: Path, qtbot: QtBot
) -> None:
    placed = sample_data.path("blue_marble.tif")
    first = open_and_ask(window, qtbot, photo, placed, unnamed)
    assert layers(window) == [("blue_marble", "")], "what has a place does not wait"
    assert first.question.name == "photo.png"
    qtbot.mouseClick(first.pixel_button, Qt.MouseButton.LeftButton)
    second = dialog_of(window, qtbot)
    assert second.question.name == "unnamed.tif"
    qtbot.mouseClick(second.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == [("blue_marble", ""), ("photo", PIXEL_SPACE), ("unnamed", PIXEL_SPACE)]
    assert visible(window) == []


@pytest.mark.bounded
def test_vectors_without_a_crs_are_asked_about_too(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "roads.shp"
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[LineString([UTM[:2], UTM[2:]])], crs="EPSG:32652")
    frame.to_file(path)
    path.with_suffix(".prj").unlink()
    dialog = open_and_ask(window, qtbot, path)
    assert layers(window) == []
    search(dialog, qtbot, "EPSG:32652")
    qtbot.mouseClick(dialog.place_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == [("roads", "EPSG:32652")]
    assert window.scene.stack.problems() == {}
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(130.379, abs=0.001), pytest.approx(51.848, abs=0.001))


@pytest.mark.bounded
def test_vectors_without_a_crs_are_shown_by_their_numbers(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """Degrees as well as metres: what tells them apart is finer than a pixel of an image."""
    for name, scale in (("metres", 1.0), ("degrees", 1e-6)):
        path = tmp_path / f"{name}.shp"
        line = LineString([(scale * x, scale * y) for x, y in (UTM[:2], UTM[2:])])
        geopandas.GeoDataFrame({"n": [1]}, geometry=[line], crs="EPSG:32652").to_file(path)
        path.with_suffix(".prj").unlink()
        dialog = open_and_ask(window, qtbot, path)
        qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
        settle(window, qtbot)
        assert layers(window)[-1] == (name, PIXEL_SPACE)
        assert window.scene.stack.problems() == {}
        (uuid,) = (uuid for uuid, layer in window.session.document.layers.items() if layer.name == name)
        (table,) = window.scene.drawings[uuid].tables
        assert table.world_bounds() == pytest.approx(line.bounds, rel=1e-7)
        assert window.canvas.viewport.centre == pytest.approx(line.interpolate(0.5, normalized=True).coords[0])


def test_another_case_ends_the_questions(window: MainWindow, photo: Path, unnamed: Path, qtbot: QtBot) -> None:
    open_and_ask(window, qtbot, photo, unnamed)
    window.file_menu.new_case()
    settle(window, qtbot)
    assert visible(window) == []
    assert layers(window) == []


@pytest.mark.bounded
def test_a_saved_case_opens_in_pixel_space_again(
    make_window: MakeWindow, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    dialog = open_and_ask(window, qtbot, photo)
    qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    other = make_window()
    opened(other, tmp_path / "case.gpkg", qtbot)
    assert layers(other) == [("photo", PIXEL_SPACE)]
    assert other.canvas.viewport.crs == PIXEL_SPACE
    assert other.canvas.viewport.view().grid == window.canvas.viewport.view().grid


@pytest.mark.bounded
def test_the_answer_can_be_changed_later(window: MainWindow, unnamed: Path, qtbot: QtBot) -> None:
    dialog = open_and_ask(window, qtbot, unnamed)
    qtbot.mouseClick(dialog.pixel_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    window.panel_context.layer_verbs.ask_place.emit(layer.uuid)
    dialog = dialog_of(window, qtbot)
    search(dialog, qtbot, "EPSG:32652")
    qtbot.mouseClick(dialog.place_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layers(window) == [("unnamed", "EPSG:32652")]
    assert window.canvas.viewport.crs == WEB_MERCATOR
    assert window.scene.stack.problems() == {}
    assert window.scene.stack.bounds_of(layer.uuid) is not None
    window.session.undo()
    assert layers(window) == [("unnamed", PIXEL_SPACE)]
    assert WGS84 not in window.settings.get("recent_crs")


def test_a_lone_file_is_not_told_to_be_named_alone(window: MainWindow, photo: Path, qtbot: QtBot) -> None:
    """As `--screenshot --bounds` opens it: nobody is asked, and a place on Earth is wanted."""
    window.layer_adder.asks, window.layer_adder.needs_earth = False, True
    opened(window, photo, qtbot)
    (sentence,) = window.layer_adder.failures
    assert sentence == (
        "photo.png has no position and no CRS: put a world file beside it, "
        "or ask for no bounds and no CRS to see it in pixel space."
    )
    window.opener.open([str(photo), str(photo)])
    settle(window, qtbot)
    assert "or name it alone" in window.layer_adder.failures[-1]
