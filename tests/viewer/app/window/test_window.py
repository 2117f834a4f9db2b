"""The real window: what it shows, what it asks, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
)
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.cases.rich import read_case
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, settle
from viewer.app.actions.menu_bar import RecentMenu
from viewer.app.arranging.panel_layouts import FIRST, FORMS
from viewer.app.desktop.questions import Changed, Unsaved
from viewer.app.navigation.go_to import GoToDialog
from viewer.app.window import MainWindow
from viewer.canvas.furniture.overlays import ARROW_ROOM_PX
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.panels.search.palette import CommandPalette
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.shell.shortcut_sheet import ShortcutSheet
from viewer.support.messages import MessageAction
from viewer.support.settings import Settings


def _begin(window: MainWindow, qtbot: QtBot, *labels: str) -> None:
    window.file_menu.new_case()
    for label in labels:
        window.session.push(add_site(window.session.document, Point(37.6, 55.7), actor="me", label=label))
    settle(window, qtbot)


def _case(path: Path, label: str = "Vostochny", lon: float = 128.334, lat: float = 51.884) -> Path:
    document = Document()
    document.apply(add_site(document, Point(lon, lat), actor="them", label=label))
    write_case(document, path)
    return path


# -- what is shown ----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_message_lies_over_the_map_and_moves_nothing(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot, "a")
    (bar,) = window.findChildren(MessageBar)
    before, picture = window.canvas.geometry(), window.canvas.viewport.view()
    long = "The scene cannot be read, and this is why. " * 9
    for text in ("Short.", long):
        window.messages.show(text, text, "warning", MessageAction("Try Again", lambda: None))
        QApplication.processEvents()
        assert (window.canvas.geometry(), window.canvas.viewport.view()) == (before, picture)
        corner = window.canvas.mapTo(window, QPoint(0, 0))
        assert bar.isVisible()
        assert bar.mapTo(window, QPoint(0, 0)) == corner
        assert bar.width() == window.canvas.width() - ARROW_ROOM_PX, "the north arrow stays to be seen"
        for label in bar.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.height() >= label.heightForWidth(label.width()), "nothing is cut off"
        assert window.childAt(corner + QPoint(bar.width() // 2, bar.height() // 2)) is not window.canvas
    tall, narrow = bar.height(), window.canvas.width()
    window.resize(window.width() + 300, window.height())
    qtbot.waitUntil(lambda: window.canvas.width() > narrow)
    qtbot.waitUntil(lambda: bar.width() == window.canvas.width() - ARROW_ROOM_PX, timeout=2000)
    assert bar.height() <= tall
    window.messages.end_case()
    assert not bar.isVisible()


def test_it_begins_with_the_start_page_and_nothing_else(window: MainWindow) -> None:
    assert window.pages.currentWidget() is window.start_page
    assert not window.toolbar.isVisible()
    assert all(dock.isHidden() for dock in window.docks.all())


def test_a_case_brings_the_map_the_tools_and_the_panels(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    assert window.pages.currentWidget() is window.canvas
    assert window.toolbar.isVisible()
    assert {dock.objectName() for dock in window.docks.all() if dock.isHidden()} == {*FIRST.hidden, *FORMS}
    qtbot.waitUntil(lambda: window.canvas.width() > window.width() / 2)
    window.file_menu.close_case()
    assert window.pages.currentWidget() is window.start_page


@pytest.mark.bounded
def test_the_title_says_what_is_open_and_whether_it_is_saved(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, _case(tmp_path / "Amur.gpkg"), qtbot)
    assert window.windowTitle().startswith("Amur")
    assert not window.isWindowModified()
    window.session.push(add_site(window.session.document, Point(0, 0), actor="me", label="x"))
    assert window.isWindowModified()
    window.action_table["undo"].trigger()
    assert not window.isWindowModified()


@pytest.mark.bounded
def test_undo_says_what_it_undoes(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    assert not window.action_table["undo"].isEnabled()
    edit = add_site(window.session.document, Point(0, 0), actor="me", label="R&D")
    window.session.push(edit)
    undo = window.action_table["undo"]
    assert undo.isEnabled()
    assert undo.text() == f"&Undo: {edit.label}".replace("R&D", "R&&D")
    undo.trigger()
    assert window.action_table["redo"].isEnabled()
    assert undo.text() == "&Undo"


@pytest.mark.bounded
def test_a_case_without_a_kept_view_shows_its_sites(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, _case(tmp_path / "a.gpkg"), qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(128.3, abs=0.5), pytest.approx(51.9, abs=0.5))


@pytest.mark.bounded
def test_the_view_is_kept_with_the_case(window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path) -> None:
    _begin(window, qtbot, "a")
    answers.path = tmp_path / "a.gpkg"
    window.views.show_bounds(Bounds(10, 40, 20, 50))
    window.views.turn_left()
    before = window.canvas.viewport.view()
    window.action_table["save_as"].trigger()
    settle(window, qtbot)
    window.canvas.motion.full_view()
    window.session.open_case(tmp_path / "a.gpkg")
    settle(window, qtbot)
    after = window.canvas.viewport.view()
    assert after.grid.resolution == pytest.approx(before.grid.resolution)
    assert after.grid.rotation_deg == pytest.approx(before.grid.rotation_deg)
    assert after.to_world(0, 0) == pytest.approx(before.to_world(0, 0), abs=before.grid.resolution)


KEPT_VIEWS = (
    "",
    "{}",
    "[1]",
    '{"crs": "EPSG:0", "x": 0, "y": 0, "resolution": 1, "rotation_deg": 0}',
    '{"crs": "EPSG:3857", "x": 1e999, "y": 0, "resolution": 1, "rotation_deg": 0}',
    '{"crs": "EPSG:3857", "x": 0, "y": 0, "resolution": -1, "rotation_deg": 0}',
)


def test_a_kept_view_that_makes_no_sense_is_left_out(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot, "a")
    for text in KEPT_VIEWS:
        window.views.show_bounds(Bounds(0, 0, 1, 1), 0.0)
        window.views.show_case(text)
        lon, lat = window.canvas.viewport.centre_lonlat()
        assert (lon, lat) == (pytest.approx(37.6, abs=1), pytest.approx(55.7, abs=1)), text


# -- keys and small actions ---------------------------------------------------------------------------------------


def test_keys_take_the_tools(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    hints = set()
    for key, id_ in ((Qt.Key.Key_P, "tool_point"), (Qt.Key.Key_M, "tool_measure"), (Qt.Key.Key_V, "tool_select")):
        qtbot.keyClick(window.canvas, key)
        assert window.action_table[id_].isChecked()
        assert window.canvas.tool is not None
        hints.add(window.canvas.hint)
    assert len(hints) == 3
    assert "" not in hints


@pytest.mark.bounded
def test_ctrl_k_finds_and_runs(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot, "a")
    qtbot.keyClick(window.canvas, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    line = palette.findChild(QLineEdit)
    assert line is not None
    qtbot.keyClicks(line, "select all")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert len(window.selection) == 1


def test_f1_and_about_open(window: MainWindow, qtbot: QtBot) -> None:
    for id_ in ("shortcuts", "about"):
        window.action_table[id_].trigger()
        dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
        assert isinstance(dialog, ShortcutSheet) == (id_ == "shortcuts")
        dialog.close()
        qtbot.waitUntil(lambda: not [d for d in window.findChildren(QDialog) if d.isVisible()])


def test_going_to_a_coordinate(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    qtbot.keyClick(window.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(GoToDialog)
    assert dialog is not None
    line = dialog.findChild(QLineEdit)
    assert line is not None
    qtbot.keyClicks(line, "51.884 N 128.334 E")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.canvas.viewport.centre_lonlat() == (pytest.approx(128.334, abs=1e-3), pytest.approx(51.884, abs=1e-3))
    assert window.views.metres_per_pixel() < 20


def test_the_coordinate_is_copied_from_the_map(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    window.canvas.cursor_moved.emit(128.334, 51.884)
    window.action_table["copy_coordinate"].trigger()
    assert QGuiApplication.clipboard().text() == window.status.coordinate_text() != ""


def test_the_notation_is_kept_and_reaches_the_panels(window: MainWindow, qtbot: QtBot) -> None:
    window.action_table["next_notation"].trigger()
    assert Settings.of_user().get("notation") == "DDM" == str(window.panel_context.notation)


@pytest.mark.bounded
def test_a_scale_that_is_typed_is_shown(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    window.views.show_bounds(Bounds(128, 51, 129, 52))
    window.status.scale_asked.emit(100.0)
    assert window.views.metres_per_pixel() == pytest.approx(100, rel=0.02)


@pytest.mark.bounded
def test_the_canvas_takes_another_crs(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot)
    window.views.show_bounds(Bounds(128, 51, 129, 52))
    choices = dict(window.views.crs_choices(""))
    assert "EPSG:32652" in choices.values()
    window.status.crs_asked.emit("EPSG:32652")
    assert window.canvas.viewport.crs == "EPSG:32652"
    window.status.crs_asked.emit("EPSG:3995")
    assert window.canvas.viewport.crs == "EPSG:3995"


@pytest.mark.bounded
def test_recent_cases_are_in_the_file_menu(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, _case(tmp_path / "A&B.gpkg"), qtbot)
    window.file_menu.close_case()
    menu = window.findChild(RecentMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    (action,) = menu.actions()
    assert action.text() == "A&&B"
    action.trigger()
    settle(window, qtbot)
    assert window.session.target == tmp_path / "A&B.gpkg"


# -- unsaved changes --------------------------------------------------------------------------------------------


def test_closing_a_clean_window_asks_nothing(window: MainWindow, answers: Answers, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.closed):
        assert window.close()
    assert answers.asked == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(("answer", "closes"), [(Unsaved.CANCEL, False), (Unsaved.DISCARD, True)])
def test_closing_asks_about_changes(
    window: MainWindow, answers: Answers, answer: Unsaved, closes: bool, qtbot: QtBot
) -> None:
    _begin(window, qtbot, "a")
    answers.unsaved_answer = answer
    assert window.close() is closes
    assert answers.asked == ["unsaved New case"]
    assert len(window.session.document.sites) == 1


@pytest.mark.bounded
def test_f87_closing_with_save_closes_when_it_is_saved(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    _begin(window, qtbot, "a")
    answers.unsaved_answer, answers.path = Unsaved.SAVE, tmp_path / "kept.gpkg"
    with qtbot.waitSignal(window.closed):
        window.close()
    assert len(read_case(tmp_path / "kept.gpkg").document.sites) == 1


def test_a_save_that_fails_keeps_the_window(window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path) -> None:
    _begin(window, qtbot, "a")
    answers.unsaved_answer, answers.path = Unsaved.SAVE, tmp_path / "nowhere" / "kept.gpkg"
    assert not window.close()
    settle(window, qtbot)
    assert window.isVisible()
    assert [line.level for line in window.messages.lines()] == ["error"]


def test_f82_an_error_while_closing_keeps_the_window(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("a panel broke while closing")

    _begin(window, qtbot, "a")
    monkeypatch.setattr(window.panel_context, "flush", broken)
    event = QCloseEvent()
    with qtbot.captureExceptions(), pytest.raises(RuntimeError):
        window.closeEvent(event)
    assert not event.isAccepted()
    assert window.isVisible()


@pytest.mark.bounded
def test_another_case_is_opened_after_the_question(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    path = _case(tmp_path / "other.gpkg")
    _begin(window, qtbot, "mine")
    opened(window, path, qtbot)
    assert [site.label for site in window.session.document.sites.values()] == ["mine"]
    answers.unsaved_answer = Unsaved.DISCARD
    opened(window, path, qtbot)
    assert [site.label for site in window.session.document.sites.values()] == ["Vostochny"]


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("answer", list(Changed))
def test_f10_a_file_that_somebody_else_saved(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path, answer: Changed
) -> None:
    path = _case(tmp_path / "case.gpkg", "first")
    opened(window, path, qtbot)
    window.session.push(add_site(window.session.document, Point(0, 0), actor="me", label="mine"))
    _case(path, "theirs")
    answers.changed_answer, answers.path = answer, tmp_path / "mine.gpkg"
    window.action_table["save"].trigger()
    settle(window, qtbot)
    assert "changed case" in answers.asked
    on_disk = sorted(site.label for site in read_case(path).document.sites.values())
    here = sorted(site.label for site in window.session.document.sites.values())
    expected = {
        Changed.CANCEL: (["theirs"], ["first", "mine"]),
        Changed.RELOAD: (["theirs"], ["theirs"]),
        Changed.SAVE_AS: (["theirs"], ["first", "mine"]),
        Changed.OVERWRITE: (["first", "mine"], ["first", "mine"]),
    }
    assert (on_disk, here) == expected[answer]
    assert (tmp_path / "mine.gpkg").exists() == (answer is Changed.SAVE_AS)


# -- from outside -----------------------------------------------------------------------------------------------


def test_files_are_dropped_anywhere(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = write_raster(tmp_path / "dropped.tif", np.ones((1, 4, 4), np.uint8), "EPSG:4326", Bounds(1, 2, 3, 4))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    settle(window, qtbot)
    assert [layer.name for layer in window.session.document.layers.values()] == ["dropped"]


@pytest.mark.bounded
def test_f40_hosts_of_a_case_made_elsewhere_wait_for_permission(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    document = Document()
    for name in ("a", "b"):
        source = {"template": "https://tiles.example.org/" + name + "/{z}/{x}/{y}.png"}
        document.apply(add_layer(document, "tiles", name, source, actor="them"))
    write_case(document, tmp_path / "case.gpkg")
    opened(window, tmp_path / "case.gpkg", qtbot)
    line = window.messages.line("consent")
    assert line is not None
    assert line.action is not None
    assert "2 layers wait" in line.text
    assert "tiles.example.org" in line.text
    assert all(drawing.is_paused for drawing in window.scene.drawings.values())
    line.action.run()
    window.access.dialog.allow_button.click()
    assert window.messages.line("consent") is None
    assert not any(drawing.is_paused for drawing in window.scene.drawings.values())
    assert window.settings.get("allowed_hosts") == ["tiles.example.org"]


def test_f90_safe_mode_reads_no_layer_until_told(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.set_safe_mode(True)
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    (tmp_path / "a.geojson").write_text(json.dumps(feature))
    opened(window, tmp_path / "a.geojson", qtbot)
    (uuid,) = window.session.document.layers
    assert "safe mode" in window.scene.stack.problems()[uuid]
    line = window.messages.line("safe mode")
    assert line is not None
    assert line.action is not None
    line.action.run()
    settle(window, qtbot)
    assert window.scene.stack.problems() == {}


@pytest.mark.bounded
def test_f81_markup_from_files_is_shown_as_it_is(window: MainWindow, qtbot: QtBot) -> None:
    _begin(window, qtbot, "<b>bold</b><img src='x'>")
    window.selection.set(window.session.document.sites)
    shown = [label for label in window.findChildren(QLabel) if "<b>" in label.text() or "<img" in label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown)


# -- for everybody ----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_colours_are_kept(window: MainWindow, qapp: QApplication) -> None:
    dark = window.action_table["dark"]
    dark.setChecked(True)
    dark.trigger()
    assert Settings.of_user().get("theme") == "light"
    dark.trigger()
    assert Settings.of_user().get("theme") == "dark"


@pytest.mark.bounded
def test_the_form_has_more_height_than_the_list_when_a_case_is_first_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.action_table["panel_details"].trigger()
    details, sites = window.docks["panel_details"], window.docks["panel_sites"]
    qtbot.waitUntil(lambda: details.isVisible() and details.height() > sites.height())
