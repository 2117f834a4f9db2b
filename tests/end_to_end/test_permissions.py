"""F40, F78: an analyst at the real window with a case of somebody else's: asked first, taken back, led to its files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTreeWidgetItemIterator

from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.cases.foreign_cases import badges, foreign_case, points_file, scene_file
from tests.support.tile_server import TileServer, serving
from viewer.panels.layers.relink_dialog import RelinkDialog
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.shell.permission_dialog import NAME, PermissionDialog

BOX_PX = 9


def click_box(desk: Desk, dialog: PermissionDialog, name: str) -> None:
    """Tick or untick a row with the mouse."""
    rows = QTreeWidgetItemIterator(dialog.tree)
    while (item := rows.value()) is not None and item.text(NAME) != name:
        rows += 1
    assert item is not None, name
    dialog.tree.scrollToItem(item)
    rect = dialog.tree.visualItemRect(item)
    QTest.mouseClick(
        dialog.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(rect.left() + BOX_PX, rect.center().y())
    )
    desk.wait(lambda: not any(timer.isActive() for timer in dialog.findChildren(QTimer)))


def press_in_message(desk: Desk, text: str) -> None:
    (bar,) = desk.window.findChildren(MessageBar)
    desk.press(next(button for button in bar.findChildren(QPushButton) if button.text() == text and button.isVisible()))


@pytest.mark.bounded
def test_f40_a_host_is_contacted_once_it_is_allowed_and_no_more_when_that_is_taken_back(
    desk: Desk, tmp_path: Path
) -> None:
    with serving() as server:
        case = foreign_case(tmp_path / "c.gpkg", tiles={"template": server.template(), "max_level": 5})
        desk.open_file(case)
        assert (server.log, badges(desk.window)) == ([], {"tiles": "paused"})
        press_in_message(desk, "Permissions…")
        dialog = desk.panel(PermissionDialog)
        assert any(label.text() == "1 layer waits for your permission." for label in dialog.findChildren(QLabel))
        assert server.log == []
        click_box(desk, dialog, server.host)
        desk.wait(lambda: bool(server.log))
        desk.settle()
        assert badges(desk.window) == {"tiles": ""}
        _take_back_while_it_is_asked(desk, dialog, server)


def _take_back_while_it_is_asked(desk: Desk, dialog: PermissionDialog, server: TileServer) -> None:
    asked = len(server.log)
    desk.window.canvas.motion.zoom_in()
    desk.window.canvas.motion.zoom_in()
    desk.wait(lambda: len(server.log) > asked)
    click_box(desk, dialog, server.host)
    assert desk.window.context.fetcher.is_idle(), "nothing is under way any more"
    assert badges(desk.window) == {"tiles": "paused"}
    under_way = len(server.log)
    desk.window.canvas.motion.zoom_out()
    desk.settle()
    assert len(server.log) <= under_way + 6, "but what had left already"
    later = len(server.log)
    desk.window.canvas.motion.zoom_in()
    desk.settle()
    assert len(server.log) == later
    desk.press(dialog.close_button)


@pytest.mark.bounded
def test_a_case_sent_with_its_scenes_opens_with_all_of_them_on_another_desk(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "новая папка 数据"
    files = [
        scene_file(here / "scenes" / "a.tif"),
        scene_file(here / "день 1" / "图像.tif"),
        points_file(here / "p.geojson"),
    ]
    mine = make_desk()
    mine.open_file(*files)
    mine.names.to_write = here / "дело 案件.gpkg"
    mine.menu("File", "Save As")
    mine.settle()
    shutil.copytree(here, there)
    shutil.rmtree(here)
    theirs = make_desk()
    theirs.open_file(there / "дело 案件.gpkg")
    assert len(theirs.document.layers) == 3
    assert theirs.window.scene.stack.problems() == {}
    assert all(drawing.bounds_lonlat() is not None for drawing in theirs.window.scene.drawings.values())
    assert theirs.said() == []


@pytest.mark.bounded
def test_f78_scenes_elsewhere_are_found_after_one_remap(desk: Desk, tmp_path: Path) -> None:
    for number in range(3):
        scene_file(tmp_path / "мои снимки" / f"{number}.tif")
    layers = {f"l{number}": f"C:\\Users\\x\\scenes\\{number}.tif" for number in range(3)}
    desk.open_file(foreign_case(tmp_path / "case" / "c.gpkg", **layers))
    assert set(badges(desk.window).values()) == {"missing"}
    press_in_message(desk, "Relink…")
    dialog = desk.panel(RelinkDialog)
    assert dialog.old_folder.currentText() == "C:\\Users\\x\\scenes"
    desk.names.folder = tmp_path / "мои снимки"
    desk.press(dialog.folder_button)
    desk.wait(dialog.relink_button.isEnabled)
    desk.press(dialog.relink_button)
    desk.settle()
    assert desk.window.scene.stack.problems() == {}
    assert all(drawing.bounds_lonlat() is not None for drawing in desk.window.scene.drawings.values())
    desk.menu("Edit", "Undo: Relink 3 layers")
    desk.settle()
    assert set(badges(desk.window).values()) == {"missing"}
