"""Every dialog fits a small screen, with all its buttons in reach."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

import viewer
from tests.support.dialogs import (
    DIALOGS,
    MORE,
    SCREENS,
    look_at_each,
    open_about_files,
    open_by_hand,
    open_now,
    out_of_reach,
)
from tests.viewer.app.conftest import settle
from viewer.app.desktop import dialog_fit
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.add_imagery import AddImageryDialog

BY_HAND = {"FolderPicker", "StateQuestion", "AreaStatisticsDialog", "FolderDialog", "TablePicker"}
BY_HAND |= {"TicksDialog", "PackDialog", "ScenePackDialog", "SignInDialog", "SceneWalkDialog"}
BY_HAND |= {"ReviewDialog", "CommentsDialog"}
ELSEWHERE = "ShadowCheck"
"""In tests/viewer/app/imagery/test_shadow_marks.py: it needs a shadow on an image."""
ABOUT_FILES = {"ChipDialog", "RelinkDialog", "PlaceDialog", "TableDialog", "SelectNearDialog", "MakeSitesDialog"}
ABOUT_FILES |= {"LayerDatesDialog", "CustodyDialog"}
IN_TESTS_OF_THEIR_OWN = {
    "ReportChooser",
    "ObservationImportDialog",
    "EarthDialog",
    "NewClassDialog",
    "SiteTableDialog",
    "AddCaseDialog",
}
"""In tests/viewer/app/window/test_observation_tables.py and tests/viewer/app/opening/: they need a file."""


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    """The dialogs of logins are those of a network."""
    return fetchers


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
    assert names == {*DIALOGS.values(), *MORE.values(), *BY_HAND, *ABOUT_FILES, *IN_TESTS_OF_THEIR_OWN, ELSEWHERE}


@pytest.mark.bounded
@pytest.mark.timeout(240)
def test_dialogs_of_the_menus_fit(window: MainWindow, room: QSize, qtbot: QtBot) -> None:
    window.file_menu.open_demo()
    qtbot.waitUntil(window.is_idle, timeout=60_000)
    window.selection.set(list(window.session.document.sites)[:1])
    wrong = dict[str, list[str]]()

    def look(dialog: QDialog) -> None:
        wrong[type(dialog).__name__] = out_of_reach(dialog, room)

    look_at_each(window, qtbot, [*DIALOGS, *MORE], look)
    assert wrong.keys() == {*DIALOGS.values(), *MORE.values()}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


@pytest.mark.bounded
def test_dialogs_about_files_and_rows_fit(window: MainWindow, room: QSize, qtbot: QtBot, tmp_path: Path) -> None:
    open_about_files(window, qtbot, tmp_path)
    open_by_hand(window)
    settle(window, qtbot)
    dialogs = open_now(window)
    assert dialogs.keys() == ABOUT_FILES | BY_HAND
    wrong = {name: out_of_reach(dialog, room) for name, dialog in dialogs.items()}
    assert {name: faults for name, faults in wrong.items() if faults} == {}
    for dialog in dialogs.values():
        dialog.close()


@pytest.mark.bounded_after(1)
def test_the_list_of_imagery_does_not_move_under_the_pointer(window: MainWindow, room: QSize, qtbot: QtBot) -> None:
    dialog = AddImageryDialog(window.panel_context, window)
    dialog.show()
    qtbot.waitExposed(dialog)
    view, model = dialog.panel.list, dialog.panel.model
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    settle(window, qtbot)
    QApplication.processEvents()
    before, size, rows = view.geometry(), dialog.size(), list(model.rows)
    looked_at = 0
    for at, row in enumerate(rows):
        if isinstance(row, str):
            continue
        looked_at += 1
        view.setCurrentIndex(model.index(at, 0))
        QApplication.processEvents()
        assert view.geometry() == before, row.entry.title
        assert dialog.size() == size
        assert model.rows == rows
        assert out_of_reach(dialog, room) == []
    dialog.panel.line.setText("https://e.org/{z}/{x}/{y}")
    QApplication.processEvents()
    assert view.geometry() == before
    assert looked_at > 5
    dialog.close()
