"""Every dialog fits a small screen, with all its buttons in reach."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shapely import box

import viewer
from layers.product.spec import ProductSpec
from tests.support.dialogs import DIALOGS, SCREENS, open_about_files, open_now, out_of_reach
from tests.viewer.app.conftest import settle
from viewer.app.arranging import dialog_fit
from viewer.app.opening.folder_files import FolderFiles
from viewer.app.opening.folder_picker import FolderPicker
from viewer.app.products.state_question import StateQuestion
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.layers.add_imagery import AddImageryDialog
from viewer.panels.layers.table_picker import TablePicker
from viewer.panels.raster_style.area_statistics_dialog import AreaStatisticsDialog
from viewer.panels.time_strip.folder_dialog import FolderDialog

MORE = {"guide": "GuideWindow", "export_data": "DataDialog", "register_layer": "RegisterDialog", "match_plate": ""}
"""More dialogs by the actions that open them."""
BY_HAND = {"FolderPicker", "StateQuestion", "AreaStatisticsDialog", "FolderDialog", "TablePicker"}
ELSEWHERE = "ShadowCheck"
"""In tests/viewer/app/imagery/test_shadow_marks.py: it needs a shadow on an image."""
ABOUT_FILES = {"ChipDialog", "RelinkDialog", "PlaceDialog", "TableDialog", "SelectNearDialog", "MakeSitesDialog"}
ABOUT_FILES |= {"LayerDatesDialog"}


@pytest.fixture(params=SCREENS.values(), ids=list(SCREENS))
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> QSize:
    monkeypatch.setattr(dialog_fit, "room_for", lambda _dialog: request.param)
    size: QSize = request.param
    return size


@pytest.mark.bounded
def test_every_dialog_is_looked_at() -> None:
    names, kinds = set[str](), {"QDialog"}
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(viewer.__file__).parent.rglob("*.py")]
    classes = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.ClassDef)]
    while more := {one.name for one in classes if kinds & {ast.unparse(base) for base in one.bases}} - kinds:
        kinds |= more
        names |= more
    assert names == {*DIALOGS.values(), *MORE.values(), "MatchPlateDialog", *BY_HAND, *ABOUT_FILES, ELSEWHERE} - {""}


@pytest.mark.bounded
@pytest.mark.timeout(240)
def test_dialogs_of_the_menus_fit(window: MainWindow, room: QSize, qtbot: QtBot) -> None:
    window.file_menu.open_demo()
    qtbot.waitUntil(window.is_idle, timeout=60_000)
    window.selection.set(list(window.session.document.sites)[:1])
    wrong = dict[str, list[str]]()

    def look() -> None:
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                wrong[type(top).__name__] = out_of_reach(top, room)
                top.close()

    for action, name in {**DIALOGS, **MORE}.items():
        is_image = action in ("combine_bands", "georeference", "register_layer", "match_plate")
        kind = "raster" if is_image else "vector"
        layers = window.session.document.layers.values()
        window.panel_context.show_layer(next(one.uuid for one in layers if one.kind == kind))
        looking = QTimer(window, interval=50)
        looking.timeout.connect(look)
        looking.start()
        window.action_table[action].trigger()
        qtbot.waitUntil(lambda name=name: (name or "MatchPlateDialog") in wrong, timeout=20_000)
        looking.stop()
    assert {name: faults for name, faults in wrong.items() if faults} == {}


@pytest.mark.bounded
def test_dialogs_about_files_and_rows_fit(window: MainWindow, room: QSize, qtbot: QtBot, tmp_path: Path) -> None:
    open_about_files(window, qtbot, tmp_path)
    document, context = window.session.document, window.panel_context
    window.session.push(add_site(document, box(0, 0, 1, 1), actor="me", uuid="area"))
    layer = next(iter(document.layers))
    for dialog in (
        FolderPicker("many", FolderFiles((), False), window),
        StateQuestion(ProductSpec(), asks_names=True, parent=window),
        AreaStatisticsDialog(context, document.sites["area"], layer, window),
        FolderDialog(window.scenes.folders, lambda: None, window),
        TablePicker("many.gpkg", [], window),
    ):
        dialog.show()
    settle(window, qtbot)
    dialogs = open_now(window)
    assert dialogs.keys() == ABOUT_FILES | BY_HAND
    wrong = {name: out_of_reach(dialog, room) for name, dialog in dialogs.items()}
    assert {name: faults for name, faults in wrong.items() if faults} == {}
    for dialog in dialogs.values():
        dialog.close()


def test_the_list_of_imagery_does_not_move_under_the_pointer(window: MainWindow, room: QSize, qtbot: QtBot) -> None:
    dialog = AddImageryDialog(window.panel_context, window)
    dialog.show()
    qtbot.waitExposed(dialog)
    tree, panel = dialog.panel.tree, dialog.panel
    settle(window, qtbot)
    QApplication.processEvents()
    before, size = tree.geometry(), dialog.size()
    for item in (*panel._items, panel._custom):
        tree.setCurrentItem(item)
        QApplication.processEvents()
        assert tree.geometry() == before, item.text(0)
        assert dialog.size() == size
        assert out_of_reach(dialog, room) == []
    dialog.close()
