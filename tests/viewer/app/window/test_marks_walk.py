"""A walk through marks of every kind by keys and mouse: drawn, changed by handles and by typing, undone, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.marks.figure import Figure
from layers.document.site import Site
from tests.support.windows import opened, press, settle
from tests.viewer.app.conftest import Answers
from tests.viewer.app.window.conftest import hand_on_map
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.tools.mark_handles import Handles

Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

WALK = [
    # kind, key of its tool, places that are clicked, handles that are dragged, a field of its shape and what is typed
    ("point", Key.Key_P, Nothing, [(9.1, 50.5)], [], None),
    ("line", Key.Key_L, Nothing, [(9.1, 50.4), (9.2, 50.45), (9.3, 50.4)], ["corner", "turn"], ("scale_by", "1.1")),
    ("polygon", Key.Key_Y, Nothing, [(9.1, 50.2), (9.25, 50.2), (9.2, 50.3)], ["corner", "turn"], ("turn_by", "10")),
    ("rectangle", Key.Key_R, Shift, [(9.4, 50.4), (9.55, 50.5)], ["corner", "turn"], ("width_m", "9 km")),
    ("circle", Key.Key_O, Nothing, [(9.75, 50.45), (9.8, 50.45)], ["radius"], ("radius_m", "4 km")),
    ("range_ring", Key.Key_G, Nothing, [(9.75, 50.2), (9.8, 50.2)], ["radius"], ("centre", "50.21, 9.74")),
    ("freehand", Key.Key_W, Nothing, [(9.4, 50.2), (9.45, 50.25), (9.5, 50.2)], ["corner", "turn"], ("turn_by", "5")),
    ("arrow", Key.Key_A, Nothing, [(9.4, 50.05), (9.5, 50.1)], ["corner", "turn"], ("leg_m", "6 km")),
    ("text", Key.Key_T, Nothing, [(9.1, 50.0)], [], ("size_px", "20")),
    ("callout", Key.Key_T, Shift, [(9.6, 50.0), (9.7, 50.05)], ["box"], ("leader", "50.07, 9.75")),
    ("numbered_marker", Key.Key_U, Nothing, [(9.85, 49.95)], [], None),
]


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> Desk:
    """A hand on a large map."""
    window.resize(1600, 1000)
    return hand_on_map(window, qtbot)


def drag_handle(window: MainWindow, uuid: str, role: str) -> None:
    site = window.session.document.sites[uuid]
    handles = Handles.of(Figure.of(site), window.canvas.viewport.view(), site.label)
    handle = next(one for one in handles.each if one.role == role)
    start = QPoint(round(handle.px), round(handle.py))
    QTest.mousePress(window.canvas, Left, Nothing, start)
    for share in (0.5, 1.0):
        QTest.mouseMove(window.canvas, start + QPoint(14, 10) * share)
    QTest.mouseRelease(window.canvas, Left, Nothing, start + QPoint(14, 10))


def type_shape(window: MainWindow, column: str, text: str) -> None:
    form = window.findChild(SiteFormPanel)
    assert form is not None
    field = form.shape_part.fields.fields[column]
    assert field.isVisible(), column
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)
    window.canvas.setFocus()


def content(site: Site) -> tuple[object, ...]:
    """All of a mark that an analyst has made."""
    return site.uuid, site.geometry.wkb, site.shape_json, site.label, site.number, site.mark_kind, site.status


@pytest.mark.bounded
def test_every_mark_is_drawn_changed_undone_and_reopened_as_its_own_kind(
    window: MainWindow, desk: Desk, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.session.document
    kinds: dict[str, str] = {}
    for kind, key, modifiers, places, roles, typed in WALK:
        press(key, modifiers)
        for place in places:
            desk.click(*place)
        if kind in ("line", "polygon", "freehand", "range_ring"):
            press(Key.Key_Return)
        (uuid,) = window.selection.uuids
        kinds[uuid] = kind
        assert QApplication.focusWidget().accessibleName() == "Label", kind
        QTest.keyClicks(QApplication.focusWidget(), f"My {kind}")
        press(Key.Key_Return)
        QApplication.processEvents()  # the keyboard goes back once the entry has been taken
        assert window.canvas.hasFocus()
        for role in roles:
            before = content(document.sites[uuid])
            drag_handle(window, uuid, role)
            assert content(document.sites[uuid]) != before, (kind, role)
        press(Key.Key_Right, Shift)
        if typed is not None:
            before = content(document.sites[uuid])
            type_shape(window, *typed)
            assert content(document.sites[uuid]) != before, (kind, typed)
        assert Figure.of(document.sites[uuid]).kind == kind
    drawn = [content(site) for site in document.sites.values()]
    history = window.session.history
    settle(window, qtbot)
    while history.stack.canUndo():
        press(Key.Key_Z, Control)
    assert not document.sites
    while history.stack.canRedo():
        press(Key.Key_Z, Control | Shift)
    assert [content(site) for site in document.sites.values()] == drawn
    answers.path = tmp_path / "walk.gpkg"
    press(Key.Key_S, Control)
    settle(window, qtbot)
    assert answers.path.exists()
    window.file_menu.new_case()
    settle(window, qtbot)
    reopened = opened(window, answers.path, qtbot).session.document.sites
    assert sorted(content(site) for site in reopened.values()) == sorted(drawn)
    assert {uuid: Figure.of(site).kind for uuid, site in reopened.items()} == kinds
