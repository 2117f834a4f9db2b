"""A search in the real window, by keyboard and by mouse: begun, gone through, answered, left and gone on with."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from rasterio.transform import Affine

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.search import Search
from layers.geo.crs import WGS84, transform_points
from layers.observing.archive_question import AskedQuestion
from layers.observing.search_cells import SearchSheet, sheet_of
from layers.observing.search_words import rest_sentence, search_sentence
from layers.services.stac.documents import read_stac
from layers.time.written_dates import written_date
from tests.support.cut_texts import is_cut
from tests.support.drawn_rasters import write_raster
from tests.support.searches_by_hand import (
    GROUND,
    LEFT,
    SIDE,
    TOP,
    UTM,
    ask,
    begin,
    go_on_unnamed,
    radar_scene,
    shown,
    words_of_map_menu,
)
from tests.support.stac_items import TIFF, stac_item
from tests.support.windows import opened
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.canvas import search_painter
from viewer.canvas.sites.site_symbology import fill_of
from viewer.commands.imagery.catalogue_layers import add_scene
from viewer.commands.imagery.searches import record_search
from viewer.commands.layers import update_layer
from viewer.commands.sites import add_site, update_site
from viewer.panels.searches.image_ground import ground_of_image
from viewer.panels.searches.search_dialog import SearchDialog
from viewer.panels.searches.search_list import SearchListPanel
from viewer.panels.sites.site_form import SiteFormPanel

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen


def scene_aslant(path: Path, turn_deg: float = 15.0) -> Path:
    """A radar scene whose rows run some degrees from east, in pixels of 1 m."""
    values = np.random.default_rng(3).rayleigh(GROUND, (SIDE, SIDE)).clip(1, 255).astype(np.uint8)
    transform = Affine.translation(LEFT, TOP) @ Affine.rotation(-turn_deg) @ Affine.scale(1.0, -1.0)
    shape = {"width": SIDE, "height": SIDE, "count": 1, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="GTiff", crs=UTM, transform=transform, **shape) as file:
        file.write(values, 1)
    return path


@pytest.mark.bounded
def test_a_search_over_a_radar_scene_says_that_the_crater_lies_in_radar_shadow(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    bar = begin(window, qtbot)
    document, walk = window.session.document, window.bars.searches.walk
    assert walk is not None
    suggested = set()
    for number in range(1, 26):
        shown(window, qtbot)
        assert f"{number} of 25" in bar.where.text()
        if "Radar shadow?" in bar.says.text():
            suggested.add(walk.at)
            QTest.keyClick(window.canvas, Qt.Key.Key_3)
        else:
            QTest.keyClick(window.canvas, Qt.Key.Key_1)
    settle(window, qtbot)
    assert suggested == {(2, 3), (2, 4)}
    (search,) = document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert {(cell.row, cell.column) for cell in sheet.cells if cell.why == "radar shadow"} == {(2, 3), (2, 4)}
    assert search.result == "none seen"
    assert search.assessed_pct is not None
    assert search.assessed_pct <= 92.0
    words = search_sentence(search, document.images[search.image_uuid])
    assert str(words) == "vehicle: none of 5 m or more seen in the 92 % assessable; this does not show absence."
    assert str(rest_sentence(search)).startswith("8 % obscured (radar shadow).")


@pytest.mark.bounded
def test_a_target_too_small_for_the_image_is_refused_with_both_numbers(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "coarse.tif", 300.0), qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "30")
    assert "30 m" in dialog.says.text()
    assert "300 m" in dialog.says.text()
    assert "Too coarse" in dialog.says.text()
    assert not dialog.begin_button.isEnabled()
    QTest.keyClick(dialog.least_size, Qt.Key.Key_Return)
    assert not window.session.document.searches
    assert window.bars.searches.walk is None


@pytest.mark.bounded
def test_each_answer_is_kept_at_once_and_is_a_step(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    bar = begin(window, qtbot)
    assert bar.minimumSizeHint().width() <= 560  # as wide as a small window leaves the map
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_4)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert [sheet.cell(1, 1).answer, sheet.cell(1, 2).answer] == ["nothing seen", "skipped"]
    assert (search.assessed_pct, search.not_searched_pct) == (4.0, 96.0)
    window.action_table["undo"].trigger()
    sheet = sheet_of(window.session.document.searches[search.uuid])
    assert sheet is not None
    assert [sheet.cell(1, 1).answer, sheet.cell(1, 2).answer] == ["nothing seen", ""]
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.bars.searches.walk is None
    assert not bar.isVisible()
    sentence = "vehicle: none of 5 m or more seen in the 4 % assessable; this does not show absence. 96 % not searched."
    assert [line.level for line in window.messages.lines() if sentence in line.text] == ["info"]
    window.selection.set((search.area_uuid,))
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    assert form.searched.words.text() == sentence
    QTest.mouseClick(form.searched.go_on_button, Qt.MouseButton.LeftButton)
    walk = window.bars.searches.walk
    assert walk is not None
    assert walk.at == (1, 2)


@pytest.mark.bounded
def test_nothing_seen_waits_until_all_of_a_cell_was_shown(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    settle(window, qtbot)
    walk = window.bars.searches.walk
    assert walk is not None
    window.canvas.viewport.zoom_about(10, 10, 0.05)
    window.canvas.motion.come_to_rest()
    walk.at = (4, 4)
    settle(window, qtbot)
    assert walk.part_shown == 0.0
    assert window.bars.searches.lacks is not None
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    (search,) = window.session.document.searches.values()
    assert not any(cell.answer for cell in getattr(sheet_of(search), "cells", ()))
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert sheet.cell(4, 4).answer == "nothing seen"


@pytest.mark.bounded
def test_cells_of_a_scene_that_lies_aslant_are_finished_on_a_low_map(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, scene_aslant(tmp_path / "aslant.tif"), qtbot)
    window.resize(1000, 560)
    window.docks.show_panel("panel_observations")
    settle(window, qtbot)
    bar = begin(window, qtbot, rows=2, columns=2)
    walk = window.bars.searches.walk
    assert walk is not None
    assert window.canvas.height() < 300
    for number in range(1, 5):
        for _ in range(60):
            settle(window, qtbot)
            before = walk.part_shown
            if walk.is_shown:
                break
            QTest.keyClick(window.canvas, Qt.Key.Key_Return)
            settle(window, qtbot)
            assert walk.part_shown > before, bar.says.text()
        assert f"{number} of 4" in bar.where.text()
        QTest.keyClick(window.canvas, Qt.Key.Key_1)
    (search,) = window.session.document.searches.values()
    assert search.result == "none seen"


@pytest.mark.bounded
def test_the_cells_of_a_turned_image_say_on_which_side_they_lie(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """Row 1, column 1 stood at the top right, and column 2 below it."""
    opened(window, scene_aslant(tmp_path / "turned.tif", 104.0), qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "5")
    assert "its rows are counted from the east, its columns from the north" in dialog.says.text()
    QTest.keyClick(dialog.least_size, Qt.Key.Key_Return)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    bar = window.bars.search_bar.bar
    assert bar.where.text() == "Cell 1 of 25 (row 1, column 1; north-east)"
    assert "counted from the east" in bar.where.toolTip()
    assert bar.minimumSizeHint().width() <= 560


@pytest.mark.bounded
def test_symbols_give_way_to_brackets_while_a_search_is_gone_through(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    lon, lat = transform_points(UTM, WGS84, LEFT + 50.0, TOP - 50.0)
    site = add_site(window.session.document, shapely.Point(float(lon), float(lat)), actor="ana", uuid="hut")
    window.session.push(site)
    begin(window, qtbot)
    marks, view = window.canvas.scene.marks, window.canvas.viewport.view()
    (frame,) = marks.frames(view)
    assert len(frame.bare_places) == 1
    assert not frame.is_symbol.any()
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert marks.bare.are_none


@pytest.mark.bounded
def test_the_first_cell_is_shown_whole_beside_the_bar(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    settle(window, qtbot)
    walk = window.bars.searches.walk
    assert walk is not None
    assert walk.is_shown


@pytest.mark.bounded
def test_the_numbers_of_the_cell_in_hand_stay_in_sight_when_it_fills_the_map(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of a row stood far from its cell, and that of a column out of view."""
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    window.bars.searches.go_to(3, 4)
    settle(window, qtbot)
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    window.canvas.viewport.zoom_about(middle.x(), middle.y(), 3.0)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    painted: dict[str, QPointF] = {}
    monkeypatch.setattr(
        search_painter, "paint_haloed_text", lambda _painter, at, text, *_, **_more: painted.update({text: at})
    )
    window.canvas.grab()
    inside = {text: at for text, at in painted.items() if window.canvas.rect().contains(at.toPoint())}
    assert set(inside) == {"row 3", "column 4"}
    assert inside["row 3"].x() < 20
    assert inside["column 4"].y() < 40


def drawn_polygon(window: MainWindow, left_m: float, uuid: str = "drawn") -> None:
    """A selected polygon of 200 by 200 m on the radar scene, as the tool for areas draws one."""
    lon, lat = transform_points(UTM, WGS84, np.array([left_m, left_m + 200.0]), np.array([TOP - 300.0, TOP - 100.0]))
    area = shapely.box(float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))
    window.session.push(add_site(window.session.document, area, actor="ana", uuid=uuid))
    window.selection.set((uuid,))


@pytest.mark.bounded
def test_a_drawn_polygon_is_offered_as_the_area_and_never_veils_the_pixels(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    drawn_polygon(window, LEFT + 100.0)
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    assert form.searched.search_button.isVisible()
    assert any("Search This Area" in text for text in words_of_map_menu(window))
    assert fill_of(window.session.document.sites["drawn"]).alpha() > 0
    begin(window, qtbot, rows=1, columns=1)
    (search,) = window.session.document.searches.values()
    (site,) = window.session.document.sites.values()
    assert (search.area_uuid, site.mark_kind) == ("drawn", "search area")
    assert [line.level for line in window.messages.lines() if "is a search area now" in line.text] == ["info"]
    assert fill_of(site).alpha() == 0
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert "drawn" in window.session.document.sites, "what was drawn before stays"


@pytest.mark.bounded
def test_a_search_that_is_given_up_takes_its_area_with_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    document = window.session.document
    assert (len(document.searches), len(document.sites)) == (1, 1)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert (len(document.searches), len(document.sites)) == (0, 0)
    window.action_table["undo"].trigger()
    assert (len(document.searches), len(document.sites)) == (1, 1)


def test_the_form_leaves_by_one_escape_and_cuts_the_view_to_the_image(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    dialog = ask(window, qtbot)
    dialog.area.setCurrentIndex(dialog.area.findText("The view"))
    ground = dialog.ground()
    whole = ground_of_image(window.panel_context.layers.drawing_of(dialog.layer_uuid))
    assert ground is not None
    assert whole is not None
    assert ground.shape.difference(whole.shape.buffer(1e-7)).is_empty
    dialog.least_size.setText("1")
    assert "Too coarse" in dialog.says.text()
    dialog.least_size.setText("")
    assert "Too coarse" not in dialog.says.text()
    QTest.keyClicks(dialog.target, "boat")
    QTest.keyClick(dialog.target, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.bounded
def test_the_form_offers_an_image_in_sight_before_a_hidden_one(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.file_menu.new_case()
    for name in ("seen", "hidden"):
        opened(window, radar_scene(tmp_path / f"{name}.tif"), qtbot)
    document = window.session.document
    top = next(uuid for uuid, layer in document.layers.items() if layer.name == "hidden")
    window.session.push(update_layer(document, top, actor="me", visible=False))
    window.panel_context.show_layer("")
    dialog = ask(window, qtbot)
    assert [dialog.image.itemText(at) for at in range(dialog.image.count())] == ["seen", "hidden"]
    assert dialog.image.currentText() == "seen"


@pytest.mark.bounded
def test_a_search_shows_its_image_whatever_hid_it(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """It said that the image is not shown, and a key for an answer zoomed the map."""
    window.file_menu.new_case()
    for name in ("below", "above"):
        opened(window, radar_scene(tmp_path / f"{name}.tif"), qtbot)
    by_name = {layer.name: uuid for uuid, layer in window.session.document.layers.items()}
    window.session.push(update_layer(window.session.document, by_name["below"], actor="me", visible=False))
    settle(window, qtbot)
    left: list[str] = []
    window.marks_then.left.connect(lambda: left.append("the image of a cell of the sheet"))
    window.panel_context.show_layer(by_name["below"])
    dialog = ask(window, qtbot)
    assert dialog.image.currentText() == "above", "the one in sight, though another is current"
    dialog.image.setCurrentIndex(dialog.image.findText("below"))
    QTest.keyClicks(dialog.target, "boat")
    QTest.keyClicks(dialog.least_size, "300")
    QTest.mouseClick(dialog.begin_button, Qt.MouseButton.LeftButton)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    assert left, "the sheet shows the map no image of its own any more"
    layers = window.session.document.layers
    assert (layers[by_name["below"]].visible, layers[by_name["above"]].visible) == (True, False)
    walk = window.bars.searches.walk
    assert walk is not None
    qtbot.waitUntil(lambda: walk.is_shown, timeout=20_000)


@pytest.mark.bounded
def test_a_cell_that_lies_in_part_outside_the_image_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    lon, lat = transform_points(UTM, WGS84, LEFT + 500.0, TOP - 250.0)
    area = shapely.box(float(lon) - 0.002, float(lat) - 0.001, float(lon) + 0.002, float(lat) + 0.001)
    edit = add_site(window.session.document, area, actor="ana", uuid="area", mark_kind="search area", label="Edge")
    window.session.push(edit)
    window.selection.set(("area",))
    settle(window, qtbot)
    bar = begin(window, qtbot, rows=1, columns=3)
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    shown(window, qtbot)
    assert "Part of this cell lies outside the image" in bar.says.text()
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    settle(window, qtbot)
    assert "This cell lies outside the image" in bar.says.text()
    assert "Another image" not in bar.says.text()
    assert not bar.nothing.isEnabled()
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    assert "This cell lies outside the image: 3" in " ".join(line.text for line in window.messages.lines())
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert (sheet.cell(1, 3).answer, sheet.cell(1, 3).why) == ("cannot tell", "not covered")
    assert search.obscured_pct == pytest.approx(50.0, abs=1.0)


@pytest.mark.bounded
def test_what_is_found_is_marked_where_the_mouse_says(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    bar = begin(window, qtbot)
    shown(window, qtbot)
    QTest.mouseClick(bar.found, Qt.MouseButton.LeftButton)
    assert "Click where it is" in bar.says.text()
    at = QPoint(window.canvas.width() // 2 + 20, window.canvas.height() // 2)
    lonlat = window.canvas.gestures.pointer_at(at.toPointF())
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=at)
    settle(window, qtbot)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    (mark,) = sheet.cell(1, 1).marks
    place = window.session.document.sites[mark].place
    assert (place.x, place.y) == pytest.approx((lonlat.lon, lonlat.lat), abs=1e-6)
    assert search.result == "found"
    assert window.bars.searches.walk is not None
    assert window.bars.searches.walk.at == (1, 2)


@pytest.mark.bounded
def test_a_mask_in_the_image_tells_what_is_under_cloud(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "scene.tif"
    values = np.full((2, SIDE, SIDE), 90, np.uint8)
    values[1] = 4
    values[1, :100, :100] = 9
    write_raster(path, values, UTM, LEFT, TOP, 1.0)
    with rasterio.open(path, "r+") as file:
        file.set_band_description(2, "SCL")
    opened(window, path, qtbot)
    bar = begin(window, qtbot)
    shown(window, qtbot)
    assert "100 % of this cell is under cloud" in bar.says.text()
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert (sheet.cell(1, 1).answer, sheet.cell(1, 1).why) == ("cannot tell", "cloud")
    assert sheet.cell(1, 2).cloud == 0.0
    assert search.obscured_pct == 4.0


def cloudy_pair(folder: Path, mask_name: str) -> tuple[Path, Path]:
    """An image, and apart from it a mask of 4 m whose cloud covers the first of 5 x 5 cells."""
    image, mask = folder / "scene.tif", folder / mask_name
    write_raster(image, np.full((1, SIDE, SIDE), 90, np.uint8), UTM, LEFT, TOP, 1.0)
    values = np.full((1, SIDE // 4, SIDE // 4), 4, np.uint8)
    values[0, :25, :25] = 9
    write_raster(mask, values, UTM, LEFT, TOP, 4.0)
    return image, mask


def kept_sheet(window: MainWindow) -> tuple[Search, SearchSheet]:
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    return search, sheet


@pytest.mark.bounded
@pytest.mark.parametrize("by_keys", [True, False], ids=["keys", "mouse"])
def test_a_mask_in_a_file_apart_tells_what_is_under_cloud(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_keys: bool
) -> None:
    image, mask = cloudy_pair(tmp_path, "T33UUP_SCL_20m.tif")
    opened(window, image, qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "5")
    if by_keys:
        QTest.keyClicks(dialog.mask_file, str(mask))
        QTest.keyClick(dialog.mask_file, Qt.Key.Key_Return)
    else:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(mask), ""))
        QTest.mouseClick(dialog.mask_button, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.begin_button, Qt.MouseButton.LeftButton)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    shown(window, qtbot)
    assert "100 % of this cell is under cloud" in window.bars.search_bar.bar.says.text()
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    search, sheet = kept_sheet(window)
    assert (sheet.cell(1, 1).answer, sheet.cell(1, 1).why, search.obscured_pct) == ("cannot tell", "cloud", 4.0)
    assert sheet.cell(1, 2).cloud == 0.0
    assert search.method == "cell by cell; cloud by the mask file T33UUP_SCL_20m.tif"
    assert str(tmp_path) not in search.method
    window.docks.show_panel("panel_searches")
    panel = window.findChild(SearchListPanel)
    assert panel is not None
    panel.choose(search.uuid)
    assert "Cloud is known by the mask file T33UUP_SCL_20m.tif." in panel.words.text()


@pytest.mark.bounded
def test_a_mask_that_means_nothing_is_refused_in_words_and_the_search_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    image, mask = cloudy_pair(tmp_path, "classes.tif")
    opened(window, image, qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "5")
    QTest.keyClicks(dialog.mask_file, str(mask))
    QTest.keyClick(dialog.mask_file, Qt.Key.Key_Return)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    assert "The mask of cloud was not read" in " ".join(line.text for line in window.messages.lines())
    search, sheet = kept_sheet(window)
    assert search.method == "cell by cell"
    assert not any(cell.cloud for cell in sheet.cells)


@pytest.mark.bounded
def test_the_mask_that_a_catalogue_names_is_read_beside_its_picture(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, mask = cloudy_pair(tmp_path, "any_name.tif")
    opened(window, image, qtbot)
    (layer,) = window.session.document.layers.values()
    scl = {"scl": {"href": "https://files.example.org/a_scl.tif?sig=Ab1", "type": TIFF, "roles": ["data"]}}
    item = read_stac(json.dumps(stac_item("late", "2026-04-10T10:00:00Z", assets=scl)).encode(), "").items[0]
    catalogue = add_scene(Document(), item, "https://files.example.org/late.tif", actor="ana").changes[0].row
    assert isinstance(catalogue, Layer)
    kept = catalogue.source["catalogue"]["mask"]
    assert kept["address"] == "https://files.example.org/a_scl.tif", "no signature is kept"
    kept["address"] = str(mask)
    source = {**layer.source, "catalogue": catalogue.source["catalogue"] | {"mask": kept}}
    window.session.push(update_layer(window.session.document, layer.uuid, actor="ana", source_json=json.dumps(source)))
    settle(window, qtbot)
    dialog = ask(window, qtbot)
    assert dialog.mask_file.placeholderText() == "the asset scl of late"
    QTest.keyClicks(dialog.least_size, "5")
    QTest.keyClick(dialog.least_size, Qt.Key.Key_Return)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    search, sheet = kept_sheet(window)
    assert search.method == "cell by cell; cloud by the asset scl of late"
    assert (sheet.cell(1, 1).cloud, sheet.cell(1, 2).cloud) == (1.0, 0.0)


@pytest.mark.bounded
def test_a_search_is_begun_by_the_mouse_from_the_form_of_a_search_area(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    lon, lat = transform_points(UTM, WGS84, LEFT + 250.0, TOP - 250.0)
    area = shapely.Point(float(lon), float(lat)).buffer(0.001)
    document = window.session.document
    window.session.push(add_site(document, area, actor="ana", uuid="area", mark_kind="search area", label="Crater"))
    window.selection.set(("area",))
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    assert form.searched.search_button.isVisible()
    QTest.mouseClick(form.searched.search_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(SearchDialog)
    assert dialog is not None
    assert dialog.area.currentText() == "Crater"
    dialog.least_size.setText("5")
    dialog.look()
    QTest.mouseClick(dialog.begin_button, Qt.MouseButton.LeftButton)
    go_on_unnamed(dialog)
    settle(window, qtbot)
    (search,) = document.searches.values()
    assert search.area_uuid == "area"
    assert len(document.sites) == 1
    assert window.bars.searches.walk is not None
    menu_words = words_of_map_menu(window)
    assert any("Search This Area" in text for text in menu_words)


@pytest.mark.bounded
def test_a_search_is_gone_on_with_in_the_case_that_was_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    for key in (Qt.Key.Key_1, Qt.Key.Key_4, Qt.Key.Key_2):
        shown(window, qtbot)
        QTest.keyClick(window.canvas, key)
    QTest.keyClick(window.canvas, Qt.Key.Key_2)  # in the crosshair, as no mouse points anywhere
    settle(window, qtbot)
    (before,) = window.session.document.searches.values()
    case = tmp_path / "case.gpkg"
    monkeypatch.setattr(window.ask, "case_to_write", lambda _suggestion: case)
    window.saving.save_as()
    qtbot.waitUntil(case.exists)
    settle(window, qtbot)
    window.file_menu.new_case()
    settle(window, qtbot)
    assert window.bars.searches.walk is None
    opened(window, case, qtbot)
    (after,) = window.session.document.searches.values()
    assert after.cells_json == before.cells_json
    assert (after.assessed_pct, after.not_searched_pct) == (before.assessed_pct, before.not_searched_pct)
    assert window.bars.searches.open(after.uuid)
    walk = window.bars.searches.walk
    assert walk is not None
    assert walk.at == (1, 4)


@pytest.mark.bounded
def test_a_search_whose_area_was_moved_away_is_not_gone_on_with(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_4)
    (search,) = window.session.document.searches.values()
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    moved = shapely.box(20.0, 40.0, 20.01, 40.01)
    window.session.push(update_site(window.session.document, search.area_uuid, actor="ana", geometry=moved))
    assert not window.bars.searches.open(search.uuid)
    assert window.bars.searches.walk is None


@pytest.mark.bounded
def test_a_reason_is_asked_for_where_none_is_at_hand(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    bar = begin(window, qtbot)
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    assert bar.question.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_C)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert (sheet.cell(1, 1).answer, sheet.cell(1, 1).why) == ("cannot tell", "cloud")
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_3)
    sheet = sheet_of(window.session.document.searches[search.uuid])
    assert sheet is not None
    assert sheet.cell(1, 2).why == "cloud"


@pytest.mark.bounded
def test_the_panel_lists_searches_of_both_kinds_with_their_words(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    document = window.session.document
    question = {"boxes": [[10.0, 50.0, 11.0, 50.7]], "begin": "2024-03-01", "end": "2024-04-10", "max_cloud": 20.0}
    query = {"archive": "https://archive.example/stac", "title": "Example archive", "count": 0, "question": question}
    edit = record_search(
        document,
        actor="ana",
        kind="catalogue",
        query_json=json.dumps(query),
        result="none listed",
        words="Example archive lists no scene for this question.",
        at="2024-04-12T08:00:00Z",
    )
    window.session.push(edit)
    begin(window, qtbot)
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    window.docks.show_panel("panel_searches")
    settle(window, qtbot)
    panel = window.findChild(SearchListPanel)
    assert panel is not None
    rows = [panel.model.data(panel.model.index(at), Qt.ItemDataRole.DisplayRole) for at in range(2)]
    assert rows[0].startswith("vehicle, 5 m or more\t")
    assert "\nNone seen · 4 % assessable" in rows[0]
    assert rows[1] == "Example archive\t2024-04-12 08:00 UTC\nNone listed · 2024-03-01 to 2024-04-10 · ana"
    questions: list[AskedQuestion] = []
    window.panel_context.question_wanted.connect(questions.append)
    panel.choose(edit.changes[0].row.uuid)
    assert panel.words.text() == (
        "Example archive was asked on 12 April 2024, 08:00 UTC for scenes of 50.00° N to 50.70° N, 10.00° E to "
        "11.00° E, from 1 March 2024 to 10 April 2024, with at most 20 % of cloud or without a figure. Example "
        "archive lists no scene for this question."
    )
    assert not panel.open_button.isEnabled()
    monkeypatch.setattr(window.scenes, "ask_archive_again", lambda _asked: None)
    QTest.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
    assert [asked.archive for asked in questions] == ["https://archive.example/stac"]
    panel.view.setCurrentIndex(panel.model.index(0))
    assert "this does not show absence" in panel.words.text()
    assert "96 % not searched" in panel.words.text()
    (search,) = (row for row in document.searches.values() if row.kind == "image")
    day = written_date(search.at[:10])
    window.resize(1366, 768)
    settle(window, qtbot)
    assert panel.words.visibleRegion().boundingRect() == panel.words.rect()
    assert not panel.again_button.isVisible()
    window.resize(911, 490)  # a screen of 1366 by 768 pixels at 150 %
    settle(window, qtbot)
    assert not is_cut(panel.words)
    assert f"Image: radar, date unknown. Searched on {day}; no observer is named." in panel.words.text()
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert window.bars.searches.walk is not None
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert len(document.searches) == 1
    assert window.bars.searches.walk is None


SCENES = os.environ.get("GEOLOUPE_SCENES", "")


@pytest.mark.bounded
@pytest.mark.skipif(not SCENES, reason="GEOLOUPE_SCENES names no folder of real scenes")
def test_the_crater_of_a_real_radar_scene_lies_in_radar_shadow(window: MainWindow, qtbot: QtBot) -> None:
    path = Path(SCENES) / "sar_umbra_yasur_ccby4.tiff"
    if not path.exists():
        pytest.skip("no radar scene there")
    opened(window, path, qtbot)
    bar = begin(window, qtbot, "3")
    walk, suggested = window.bars.searches.walk, set()
    assert walk is not None
    for _ in range(25):
        shown(window, qtbot)
        if "Radar shadow?" in bar.says.text():
            suggested.add(walk.at)
        # smooth ash in the last row is as dark: the analyst tells it from the crater
        is_crater = walk.at in ((2, 3), (2, 4))
        QTest.keyClick(window.canvas, Qt.Key.Key_3 if is_crater else Qt.Key.Key_1)
    assert suggested >= {(2, 3), (2, 4)}
    assert not any(row in (1, 3) for row, _ in suggested)
    (search,) = window.session.document.searches.values()
    sheet = sheet_of(search)
    assert sheet is not None
    assert all(cell.no_data == 0 for cell in sheet.cells)
    assert search.assessed_pct is not None
    assert search.assessed_pct <= 92.0
    assert str(rest_sentence(search)).startswith("8 % obscured (radar shadow).")


@pytest.mark.bounded
@pytest.mark.skipif(not SCENES, reason="GEOLOUPE_SCENES names no folder of real scenes")
def test_a_real_scene_of_300_m_is_too_coarse_for_30_m(window: MainWindow, qtbot: QtBot) -> None:
    path = Path(SCENES) / "landsat7_rgb_bahamas_cc0.tif"
    if not path.exists():
        pytest.skip("no such scene there")
    opened(window, path, qtbot)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "30")
    assert "Too coarse: a target of 30 m" in dialog.says.text()
    assert "300 m" in dialog.says.text()
    assert not dialog.begin_button.isEnabled()


@pytest.mark.bounded
def test_who_searches_is_asked_once_and_remembered(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """The form said “you”, which names nobody."""
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    dialog = ask(window, qtbot)
    assert dialog.observer.text() == ""
    QTest.keyClicks(dialog.least_size, "5")
    QTest.keyClick(dialog.least_size, Qt.Key.Key_Return)
    assert dialog.isVisible(), "nothing is begun yet"
    assert dialog.says.text().startswith("Who searches?")
    qtbot.waitUntil(dialog.observer.hasFocus)
    QTest.keyClicks(dialog.observer, "Ana Lind")
    QTest.keyClick(dialog.observer, Qt.Key.Key_Return)
    settle(window, qtbot)
    (search,) = window.session.document.searches.values()
    assert search.observer == "Ana Lind"
    shown(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_1)
    assert kept_sheet(window)[1].cell(1, 1).by == "Ana Lind"
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    again = ask(window, qtbot)
    assert again.observer.text() == "Ana Lind", "the name of the last search"
    again.reject()
    window.session.analyst.introduce("Nora Stein", "")
    qtbot.waitUntil(lambda: window.findChild(SearchDialog) is None)
    named = ask(window, qtbot)
    assert named.observer.text() == "Nora Stein", "the name that is stated for the analyst"
    named.reject()


@pytest.mark.bounded
def test_who_searches_may_stay_unnamed_and_is_not_asked_again(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, radar_scene(tmp_path / "radar.tif"), qtbot)
    begin(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    dialog = ask(window, qtbot)
    QTest.keyClicks(dialog.least_size, "5")
    QTest.keyClick(dialog.least_size, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.bars.searches.walk is not None)
    assert not dialog.isVisible()
