"""Scenes of here, in the real window: a folder is chosen once, its scenes stand on the strip, one click adds one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
import shapely
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Request
from layers.requests.scenes import DescribeScene, ListScenes
from tests.support.choices import choose_by_keys, popup
from tests.support.content_hash import content_hash
from tests.support.many_scenes import write_scene
from tests.support.observation_sheets import with_scenes
from tests.support.windows import press, settle, take_up, texts
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.panels.time_strip import scene_folders
from viewer.panels.time_strip.folder_dialog import FolderDialog
from viewer.panels.time_strip.folder_watch import FolderWatch
from viewer.panels.time_strip.scene_desk import SearchedGround
from viewer.panels.time_strip.seen_marks import SeenMark
from viewer.panels.time_strip.strip_painter import SEEN_PX, THING_PX, seen_x, seen_y
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.support.elided import fitted
from viewer.support.painting import painting
from viewer.support.settings import Settings, scenes_file

VIEW = Bounds(10.0, 50.0, 11.0, 50.7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Seven scenes here, of all kinds of dates, two of them tiles of one pass; and one elsewhere."""
    found = tmp_path / "archive"
    write_scene(found / "west.tif", Bounds(7.0, 48.0, 10.5, 53.0), "2019-05-01T10:00:00Z", platform="Landsat 8")
    write_scene(found / "new.tif", Bounds(9.9, 49.9, 11.1, 50.8), "2021-08-20")
    for number, left in enumerate((7.0, 10.5)):
        box = Bounds(left, 48.0, left + 3.5, 53.0)
        write_scene(found / "s2" / f"tile{number}.tif", box, f"2020-07-01T10:30:{number}0Z", platform="Sentinel-2A")
    span = {"datetime": None, "start_datetime": "2017-01-01T00:00:00Z", "end_datetime": "2017-06-30T00:00:00Z"}
    item = {"type": "Feature", "stac_version": "1.0.0", "id": "i", "properties": span, "links": [], "assets": {}}
    write_scene(found / "season.tif", VIEW).with_suffix(".json").write_text(json.dumps(item))
    write_scene(found / "mosaic.tif", VIEW, kind="composite")
    write_scene(found / "scan_1975.tif", VIEW)
    write_scene(found / "elsewhere.tif", Bounds(-60.0, -10.0, -59.0, -9.0), "2018-01-01")
    return found


def at_view(window: MainWindow, qtbot: QtBot, *, site: bool = False) -> None:
    """A case whose map shows `VIEW`."""
    point = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.2, 50.3))
    take_up(window, qtbot, sites=[point] if site else [])
    window.views.show_bounds(VIEW, 0.0)
    settle(window, qtbot)


def strip_of(window: MainWindow, qtbot: QtBot) -> TimeStripPanel:
    """The panel, in sight."""
    window.resize(1366, 768)
    window.action_table["panel_time_strip"].trigger()
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    qtbot.waitUntil(panel.isVisible)
    settle(window, qtbot)
    return panel


def with_folder(window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot) -> TimeStripPanel:
    panel = strip_of(window, qtbot)
    answers.path = folder
    QTest.mouseClick(panel.add_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    return panel


def titles(panel: TimeStripPanel) -> list[str]:
    return [placed.tick.title for placed in panel.view.places.all]


def current(window: MainWindow) -> str:
    tick = window.scenes.desk.current
    return "" if tick is None else tick.title


def layer_names(window: MainWindow) -> list[str]:
    return [layer.name for layer in window.session.document.layers_in_order()]


def click_at(panel: TimeStripPanel, title: str) -> QPoint:
    placed = next(placed for placed in panel.view.places.all if placed.tick.title == title)
    return QPoint(round(placed.at), panel.view.height() // 2)


@pytest.mark.bounded
def test_a_folder_is_chosen_once_and_its_scenes_stand_on_the_strip(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    panel = strip_of(window, qtbot)
    assert "Add a folder" in panel.hint.text()
    assert panel.hint.isVisible()
    with_folder(window, answers, folder, qtbot)
    assert titles(panel) == ["season", "west", "Sentinel-2A: 2 tiles", "new", "mosaic", "scan_1975"]
    ticks = {placed.tick.title: placed.tick for placed in panel.view.places.all}
    kinds = {title: (tick.date_kind, tick.is_dated) for title, tick in ticks.items()}
    assert kinds == {
        "season": ("interval", True),
        "west": ("instant", True),
        "Sentinel-2A: 2 tiles": ("instant", True),
        "new": ("instant", True),
        "mosaic": ("composite", False),
        "scan_1975": ("unknown", False),
    }
    assert ticks["Sentinel-2A: 2 tiles"].part == 1.0
    assert 0.4 < ticks["west"].part < 0.6
    assert all(placed.left > panel.view.places.divider for placed in panel.view.places.undated), "apart, at the end"
    assert "7 scenes, 2 undated" in panel.summary.text()
    assert Settings.of_user().get("scene_folders") == [str(folder)], "remembered"
    assert not window.session.is_dirty, "and nothing of it is in the case"
    window.views.show_bounds(Bounds(-60.0, -10.0, -59.0, -9.0), 0.0)
    settle(window, qtbot)
    assert titles(panel) == ["elsewhere"]
    window.views.show_bounds(Bounds(100.0, 10.0, 101.0, 11.0), 0.0)
    settle(window, qtbot)
    assert panel.hint.text() == "No scene covers this view."


@pytest.mark.bounded
def test_each_arrow_shows_the_picture_of_its_date(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    """Only Enter did: the map kept the newest picture, whichever date was gone to."""
    with_scenes(window, tmp_path, qtbot)
    window.canvas.setFocus()
    press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: len(window.scenes.desk.ticks) == 3)

    def topmost() -> str:
        shown = [layer for layer in window.session.document.layers.values() if layer.visible and layer.kind == "raster"]
        return max(shown, key=lambda layer: layer.order_key).name

    def visible() -> dict[str, bool]:
        return {layer.name: layer.visible for layer in window.session.document.layers.values()}

    newest = next(uuid for uuid, layer in window.session.document.layers.items() if layer.name == "1995")
    assert window.panel_context.do(update_layer, newest, visible=False)
    before = visible()
    press(Qt.Key.Key_Right)
    assert current(window) == "1990", "the newest that is shown"
    press(Qt.Key.Key_Right)
    assert (current(window), topmost()) == ("1995", "1995")
    for key, year in ((Qt.Key.Key_Left, "1990"), (Qt.Key.Key_Left, "1985"), (Qt.Key.Key_End, "1995")):
        press(key)
        assert (current(window), topmost()) == (year, year)
    press(Qt.Key.Key_Home)
    assert topmost() == "1985"
    window.action_table["undo"].trigger()
    assert visible() == before, "all steps are one to undo"


@pytest.mark.bounded
def test_by_keys_alone(window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot) -> None:
    at_view(window, qtbot)
    with_folder(window, answers, folder, qtbot)
    window.canvas.setFocus()
    press(Qt.Key.Key_F9)
    view = window.docks.time_strip.panel.view
    assert QApplication.focusWidget() is view
    before = window.canvas.viewport.view()
    press(Qt.Key.Key_Right)
    assert current(window) == "new", "the newest that is dated"
    for key, title in (
        (Qt.Key.Key_Left, "Sentinel-2A: 2 tiles"),
        (Qt.Key.Key_Left, "west"),
        (Qt.Key.Key_Home, "season"),
        (Qt.Key.Key_Left, "season"),
        (Qt.Key.Key_End, "scan_1975"),
        (Qt.Key.Key_Left, "mosaic"),
        (Qt.Key.Key_Home, "season"),
        (Qt.Key.Key_Right, "west"),
    ):
        press(key)
        assert current(window) == title
    assert window.canvas.viewport.view() == before, "the map does not move"
    words = "2019-05-01 10:00:00 UTC, from metadata; covers 50 % of the view; Landsat 8; west."
    assert view.accessibleDescription().startswith(words), "what one chooses by comes first"
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    assert layer_names(window) == ["west"]
    assert window.canvas.viewport.view() == before, "the map stays where it is"
    tick = window.scenes.desk.current
    assert tick is not None
    assert tick.title == "west"
    assert tick.layers, "it is marked as one that is in the case"
    assert window.docks.time_strip.panel.use_button.text() == "Show the Layer"
    assert "Enter in the strip; ← and →" in window.docks.time_strip.panel.use_button.toolTip()
    window.session.history.undo()
    settle(window, qtbot)
    assert layer_names(window) == []
    tick = window.scenes.desk.current
    assert tick is not None
    assert not tick.layers
    axis = view.axis
    press(Qt.Key.Key_Plus)
    assert view.axis.end - view.axis.begin < axis.end - axis.begin
    press(Qt.Key.Key_0)
    assert view.axis == axis


@pytest.mark.bounded
def test_a_click_adds_all_tiles_of_a_pass_in_one_step(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=click_at(panel, "Sentinel-2A: 2 tiles"))
    settle(window, qtbot)
    assert sorted(layer_names(window)) == ["tile0", "tile1"]
    window.session.history.undo()
    assert layer_names(window) == []
    window.session.history.redo()
    settle(window, qtbot)
    uuid = next(iter(window.session.document.layers))
    tree = window.docks.layer_tree.model
    tree.setData(tree.index(tree.row_of(uuid), 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    settle(window, qtbot)
    assert not window.session.document.layers[uuid].visible
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=click_at(panel, "Sentinel-2A: 2 tiles"))
    settle(window, qtbot)
    assert len(layer_names(window)) == 2, "what is in the case is not added again"
    assert all(layer.visible for layer in window.session.document.layers.values()), uuid
    assert window.panel_context.layer_uuid in window.session.document.layers


@pytest.mark.bounded
def test_the_tip_of_a_tick_says_name_sensor_date_and_basis_with_a_picture(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)

    def tip(title: str) -> str:
        at = click_at(panel, title)
        QApplication.sendEvent(panel.view, QHelpEvent(QHelpEvent.Type.ToolTip, at, panel.view.mapToGlobal(at)))
        qtbot.waitUntil(panel.tip.isVisible)
        return panel.tip.text.text()

    assert tip("west").split("\n")[:3] == ["west", "Landsat 8", "2019-05-01 10:00:00 UTC, from metadata"]
    qtbot.waitUntil(lambda: not panel.tip.picture.pixmap().isNull())
    assert panel.tip.picture.isVisible()
    assert "date unknown; its name suggests 1975" in tip("scan_1975")
    assert "composite, date unknown" in tip("mosaic")
    assert "2017-01-01 00:00:00 UTC to 2017-06-30" in tip("season")
    assert "tile0, tile1" in tip("Sentinel-2A: 2 tiles")
    dock = window.docks["panel_time_strip"]
    assert panel.tip.geometry().bottom() < dock.mapToGlobal(QPoint(0, 0)).y(), "over no control"
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    assert not panel.tip.isVisible(), "it told of another scene"
    words, summary = panel.words, panel.summary
    for label in (words, summary):
        assert label.text()
        assert label.heightForWidth(label.width()) <= label.height(), label.text()
        longest = max(map(label.fontMetrics().horizontalAdvance, label.text().split()))
        assert longest <= label.width()
    room = panel.view.width() - panel.view.places.divider - 8
    assert panel.view.fontMetrics().horizontalAdvance("date unknown") <= room
    tip("west")
    panel.view.leaveEvent(QHelpEvent(QHelpEvent.Type.Leave, QPoint(), QPoint()))
    assert not panel.tip.isVisible()


@pytest.mark.bounded
def test_what_was_observed_of_the_site_stands_on_the_same_strip(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    point = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.2, 50.3))
    images = [
        Image(uuid="i1", image_key="k1", layer_title="Scene 1", acquired_at="2019-05-01", date_kind="instant"),
        Image(uuid="i2", image_key="k2", layer_title="Scene 2", acquired_at="2020-07-01", date_kind="instant"),
        Image(uuid="i3", image_key="k3", layer_title="Scene 3"),
    ]
    seen = [
        Observation(uuid="o1", site_uuid="s1", image_uuid="i1", presence="absent", observer="A"),
        Observation(uuid="o2", site_uuid="s1", image_uuid="i2", presence="present", observer="A"),
        Observation(uuid="o3", site_uuid="s1", image_uuid="i3", presence="cannot tell", why="cloud", observer="A"),
        Observation(uuid="o4", site_uuid="other", image_uuid="i2", presence="present", observer="A"),
    ]
    take_up(window, qtbot, sites=[point], images=images, observations=seen)
    window.views.show_bounds(VIEW, 0.0)
    panel = with_folder(window, answers, folder, qtbot)
    assert not panel.view.seen.marks
    panel.place.setCurrentIndex(1)
    settle(window, qtbot)
    assert panel.hint.text() == "Select one site to see the scenes that cover it."
    window.selection.set({"s1"})
    settle(window, qtbot)
    assert titles(panel) == ["season", "west", "tile0", "new", "mosaic", "scan_1975"], "one tile covers the site"
    assert [mark.presence for mark in panel.view.seen.marks] == ["absent", "present", "cannot tell"]
    assert panel.view.seen.marks[2].words.startswith("Cannot tell (cloud): date unknown, Scene 3, by A")
    looks = {mark.presence: ink_of(panel, mark) for mark in panel.view.seen.marks[:2]}
    assert looks["present"] > 1.5 * looks["absent"], "told apart by form, not by colour"
    mark = panel.view.seen.marks[1]
    at = QPoint(round(seen_x(mark, panel.view.axis)), round(SEEN_PX / 2))
    QApplication.sendEvent(panel.view, QHelpEvent(QHelpEvent.Type.ToolTip, at, panel.view.mapToGlobal(at)))
    assert panel.tip.text.text() == "Present: 2020-07-01, Scene 2, by A"
    window.selection.clear()
    settle(window, qtbot)
    assert not panel.view.seen.marks


def ink_of(panel: TimeStripPanel, mark: SeenMark) -> int:
    """Pixels of the mark that differ from the ground of the strip."""
    axis = panel.view.axis
    assert axis is not None
    picture = panel.view.grab().toImage()
    left, ground = round(seen_x(mark, axis)) - 4, picture.pixelColor(2, 8)
    return sum(
        abs(picture.pixelColor(x, y).lightness() - ground.lightness()) > 80
        for x in range(left, left + 9)
        for y in range(round(SEEN_PX / 2) - 4, round(SEEN_PX / 2) + 5)
    )


def test_each_thing_of_a_site_has_its_own_marks_and_statement(window: MainWindow, qtbot: QtBot) -> None:
    point = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.2, 50.3))
    images = [
        Image(uuid=f"i{at}", image_key=f"k{at}", acquired_at=f"20{at}-05-01", date_kind="instant") for at in (19, 20)
    ]
    seen = [
        Observation(uuid="o1", site_uuid="s1", image_uuid="i19", presence="absent", target="a gantry", observer="A"),
        Observation(uuid="o2", site_uuid="s1", image_uuid="i20", presence="present", target="a gantry", observer="A"),
        Observation(uuid="o3", site_uuid="s1", image_uuid="i19", presence="present", target="a road", observer="A"),
        Observation(uuid="o4", site_uuid="s1", image_uuid="i20", presence="absent", target="A  road", observer="A"),
    ]
    take_up(window, qtbot, sites=[point], images=images, observations=seen)
    panel = strip_of(window, qtbot)
    window.selection.set({"s1"})
    panel.place.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(panel.view.seen.marks) == 4)
    lines = (
        "a gantry: not seen 1 May 2019; first seen 1 May 2020",
        "a road: last seen 1 May 2019; not seen 1 May 2020",
    )
    assert panel.view.seen.lines == lines
    assert "seen" not in panel.summary.text()
    assert all(line in panel.view.accessibleDescription() for line in lines)
    assert panel.view.height() >= panel.view.minimumHeight() > THING_PX * 2

    def tip_at(x: float, y: float) -> str:
        at = QPoint(round(x), round(y))
        QApplication.sendEvent(panel.view, QHelpEvent(QHelpEvent.Type.ToolTip, at, panel.view.mapToGlobal(at)))
        return panel.tip.text.text()

    axis = panel.view.axis
    assert axis is not None
    places = {(mark.row, round(seen_x(mark, axis))) for mark in panel.view.seen.marks}
    assert len(places) == 4, "marks of one date do not cover each other"
    last = next(mark for mark in panel.view.seen.marks if mark.words.startswith("a road – Absent"))
    assert tip_at(seen_x(last, axis), seen_y(last, panel.view.seen)) == "a road – Absent: 2020-05-01, by A"
    assert tip_at(30, THING_PX + 4) == lines[1]


@pytest.mark.bounded
def test_outlines_are_a_switch_and_no_part_of_the_map(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)
    plain = window.canvas.grab().toImage()
    QTest.keyClick(panel.outlines, Qt.Key.Key_Space)
    settle(window, qtbot)
    assert window.action_table["scene_outlines"].isChecked()
    assert window.scenes.outlines.count == 7
    outlined = window.canvas.grab().toImage()
    assert outlined != plain
    x, _ = window.canvas.viewport.view().to_pixel(*_mercator(10.5, 50.3))
    column = [outlined.pixelColor(round(x) + dx, 200 + dy).lightness() for dx in (-1, 0, 1) for dy in range(12)]
    assert max(column) > 200, "an edge of west.tif runs there"
    view = window.canvas.viewport.view()
    picture = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(picture) as painter:
        window.compared.paint_map(painter, view)
    assert picture.pixelColor(round(x), 205).lightness() < 100
    window.action_table["scene_outlines"].trigger()
    settle(window, qtbot)
    assert not panel.outlines.isChecked()
    assert window.canvas.grab().toImage() == plain


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points  # for this one place

    x, y = transform_points(WGS84, WEB_MERCATOR, lon, lat)
    return float(x), float(y)


def test_the_strip_comes_up_as_its_commands_have_been_given(window: MainWindow, qtbot: QtBot) -> None:
    """Outlines and ground may be switched before the strip is shown for the first time."""
    take_up(window, qtbot)
    window.scenes.desk.show_outlines(True)
    window.scenes.desk.set_place(SearchedGround.SITE)
    window.action_table["panel_time_strip"].trigger()
    settle(window, qtbot)
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    assert panel.outlines.isChecked()
    assert panel.place.currentData() == SearchedGround.SITE


@pytest.mark.bounded
def test_on_a_narrow_screen_no_words_of_the_strip_are_cut(window: MainWindow, qtbot: QtBot) -> None:
    """As beside two docks at one and a half the size: what is elsewhere too goes, and the sentence ends with …."""
    take_up(window, qtbot)
    window.action_table["panel_time_strip"].trigger()
    settle(window, qtbot)
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    for width, is_whole in ((420, False), (1100, True)):
        window.docks["panel_time_strip"].setFloating(True)
        window.docks["panel_time_strip"].resize(width, 220)
        settle(window, qtbot)
        assert panel.add_button.isVisible() is is_whole
        assert panel.summary.width() >= panel.summary.fontMetrics().horizontalAdvance("4 scenes"), "its number is read"
        for button in (panel.archives_button, panel.folders_button):
            assert button.width() >= button.sizeHint().width(), button.text()
        assert panel.archives_button.accessibleName() == "Search archives"
    panel.words.resize(200, 44)
    said = "2026-11-28 10:00:00 UTC, from catalogue; covers 56 % of the view, cloud 5 % of the scene; sentinel-2a msi"
    shown = fitted(said, panel.words.size(), panel.words.fontMetrics())
    assert shown.startswith("2026-11-28 10:00:00 UTC")
    assert shown.endswith("…")
    assert fitted(said, QSize(900, 44), panel.words.fontMetrics()) == said


@pytest.mark.bounded
def test_folders_are_listed_removed_and_looked_through_again(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    (folder / "broken.tif").write_bytes(b"II*\0" + bytes(2000))
    panel = with_folder(window, answers, folder, qtbot)
    assert texts(window).count("broken.tif") == 1
    assert "1 file or folder could not be read" in texts(window)
    QTest.mouseClick(panel.folders_button, Qt.MouseButton.LeftButton)
    dialog = panel.findChildren(FolderDialog)[-1]
    assert dialog.list.count() == 1
    assert dialog.list.item(0).text() == f"{folder}\n8 scenes"
    assert "broken.tif" in dialog.said.text()
    assert all(button.accessibleName() or button.text() for button in dialog.findChildren(QPushButton))
    write_scene(folder / "late.tif", VIEW, "2024-02-02")
    QTest.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert dialog.list.item(0).text() == f"{folder}\n9 scenes"
    assert "late" in titles(panel)
    dialog.list.setFocus()
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    settle(window, qtbot)
    assert dialog.list.count() == 0
    assert titles(panel) == []
    assert Settings.of_user().get("scene_folders") == []
    assert "broken.tif" not in texts(window)
    assert b"late.tif" not in scenes_file().read_bytes() or not _rows(scenes_file())
    dialog.close()


def _rows(store: Path) -> int:
    import sqlite3  # to see what is left

    connection = sqlite3.connect(store)
    try:
        return int(connection.execute("SELECT count(*) FROM scenes").fetchone()[0])
    finally:
        connection.close()


@pytest.mark.bounded
def test_new_scenes_appear_by_themselves(
    make_window, answers: Answers, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_folders, "FolderWatch", partial(FolderWatch, settle_ms=50))
    window = make_window()
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)
    write_scene(folder / "s2" / "arrived.tif", VIEW, "2025-03-03")
    qtbot.waitUntil(lambda: "arrived" in titles(panel), timeout=15_000)
    (folder / "west.tif").unlink()
    qtbot.waitUntil(lambda: "west" not in titles(panel), timeout=15_000)


@pytest.mark.bounded
def test_nothing_is_read_before_the_strip_is_seen_nor_what_is_known(
    make_window, answers: Answers, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    submit = ReaderPool.submit

    def counting(self: ReaderPool, request: Request) -> None:
        if isinstance(request.question, ListScenes | DescribeScene):
            asked.append(request.op)
        submit(self, request)

    monkeypatch.setattr(ReaderPool, "submit", counting)
    first = make_window()
    at_view(first, qtbot)
    with_folder(first, answers, folder, qtbot)
    assert asked.count("describe_scene") == 8
    asked.clear()
    second = make_window()
    at_view(second, qtbot)
    assert not asked
    panel = strip_of(second, qtbot)
    assert len(titles(panel)) == 6
    assert "describe_scene" not in asked, "no unchanged file is read again"
    assert "list_scenes" in asked


@pytest.mark.bounded
def test_scenes_with_hostile_texts_are_shown_as_text(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    write_scene(tmp_path / "a" / "<b>bold<b>&amp;.tif", VIEW, "2020-01-01", platform="<img src=x>")
    panel = with_folder(window, answers, tmp_path / "a", qtbot)
    at = QPoint(round(panel.view.places.all[0].at), 20)
    QApplication.sendEvent(panel.view, QHelpEvent(QHelpEvent.Type.ToolTip, at, panel.view.mapToGlobal(at)))
    assert panel.tip.text.textFormat() == Qt.TextFormat.PlainText
    window.scenes.desk.step(1)
    assert panel.words.textFormat() == Qt.TextFormat.PlainText
    assert "<b>bold" in panel.words.text()


@pytest.mark.bounded
def test_the_strip_is_used_by_wheel_and_drag(window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot) -> None:
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)
    view = panel.view
    before = view.axis
    assert before is not None
    view.zoom(4.0, 100.0)
    zoomed = view.axis
    assert zoomed is not None
    assert zoomed.time_at(100.0) == pytest.approx(before.time_at(100.0))
    start = QPoint(200, view.height() // 2)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(-60, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(-60, 0))
    settle(window, qtbot)
    assert view.axis != zoomed
    assert layer_names(window) == [], "a drag adds nothing"
    window.views.show_bounds(Bounds(10.01, 50.0, 11.01, 50.7), 0.0)
    settle(window, qtbot)
    assert view.axis is not None
    assert view.axis.end - view.axis.begin == pytest.approx(zoomed.end - zoomed.begin), "it stays as it was left"


@pytest.mark.bounded
def test_two_panels_below_the_map_stand_behind_each_other(window: MainWindow, qtbot: QtBot) -> None:
    at_view(window, qtbot)
    strip_of(window, qtbot)
    docks = window.docks
    window.action_table["panel_attributes"].trigger()
    settle(window, qtbot)
    assert window.tabifiedDockWidgets(docks["panel_attributes"]) == [docks["panel_time_strip"]]
    window.action_table["panel_time_strip"].trigger()
    qtbot.waitUntil(lambda: not docks["panel_time_strip"].visibleRegion().isEmpty())
    window.action_table["close_panel"].trigger()
    settle(window, qtbot)
    assert docks["panel_time_strip"].isHidden()
    assert not docks["panel_attributes"].isHidden()


@popup
@pytest.mark.bounded
def test_a_scene_comes_into_a_picture_of_the_comparison(
    window: MainWindow, answers: Answers, folder: Path, qtbot: QtBot
) -> None:
    at_view(window, qtbot)
    panel = with_folder(window, answers, folder, qtbot)
    for title in ("west", "new"):
        QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=click_at(panel, title))
        settle(window, qtbot)
    assert not panel.frame.isVisible()
    by_name = {layer.name: uuid for uuid, layer in window.session.document.layers.items()}
    window.comparisons.compare([by_name["west"], by_name["new"]])
    settle(window, qtbot)
    assert panel.frame.isVisible()
    assert panel.frame.currentText() == "Into picture 2", "the last, if not told otherwise"
    window.scenes.desk.choose(next(p.tick.key for p in panel.view.places.all if p.tick.title == "season"))
    assert panel.use_button.text() == "Show in the Comparison"
    QTest.mouseClick(panel.use_button, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    by_name = {layer.name: uuid for uuid, layer in window.session.document.layers.items()}

    def pictures() -> list[tuple[str, ...]]:
        spec = window.comparisons.spec
        assert spec is not None
        return [frame.layers for frame in spec.frames]

    qtbot.waitUntil(lambda: pictures() == [(by_name["west"],), (by_name["season"],)])
    choose_by_keys(panel.frame, "Into picture 1")
    assert window.scenes.desk.frame == 0
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=click_at(panel, "Sentinel-2A: 2 tiles"))
    settle(window, qtbot)
    by_name = {layer.name: uuid for uuid, layer in window.session.document.layers.items()}
    both = {by_name["tile0"], by_name["tile1"]}
    qtbot.waitUntil(lambda: set(pictures()[0]) == both)
    assert pictures()[1] == (by_name["season"],)
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=click_at(panel, "west"))
    settle(window, qtbot)
    assert pictures()[0] == (by_name["west"],), "a layer of the case is swapped in at once"
    window.comparisons.end()
    settle(window, qtbot)
    assert not panel.frame.isVisible()
    before = content_hash(window.session.document)
    while window.session.history.stack.canUndo():
        window.session.history.undo()
    settle(window, qtbot)
    assert not window.session.document.layers
    assert not window.session.document.comparisons
    while window.session.history.stack.canRedo():
        window.session.history.redo()
    settle(window, qtbot)
    assert len(window.session.document.layers) == 5
    assert content_hash(window.session.document) == before
