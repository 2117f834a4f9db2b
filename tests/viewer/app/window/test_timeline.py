"""The timeline in the real window: its key, the map and forms that it leads to, the scene's date, and a large case."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.timeline.placed_marks import BAR_CELL_PX, CELL_PX
from viewer.panels.timeline.timeline_panel import TimelinePanel


def _opened(window: MainWindow, qtbot: QtBot, document: Document) -> TimelinePanel:
    window.session.new_case(document)
    settle(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    panel = window.findChild(TimelinePanel)
    qtbot.waitUntil(lambda: panel.isVisible() and panel.feed.is_read and not panel.feed.is_busy)
    return panel


@pytest.mark.bounded
def test_keys_lead_from_the_timeline_to_form_and_map(window: MainWindow, qtbot: QtBot) -> None:
    panel = _opened(
        window,
        qtbot,
        Document(
            {
                "sites": [Site(uuid="pad", geometry=Point(63.3, 45.9), label="Pad")],
                "claims": [Claim(uuid="c1", statement="Built", made_at="2021-05-03"), Claim(uuid="c2", statement="?")],
                "claim_sites": [ClaimSite(uuid="l", claim_uuid="c1", site_uuid="pad")],
            }
        ),
    )
    qtbot.waitUntil(panel.view.hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(panel.view, key)
    assert window.selection.uuids == {"pad"}
    assert window.panel_context.claim_uuid == "c1"
    qtbot.waitUntil(lambda: panel.view.marks[0].is_lit)
    picture = panel.view.grab().toImage()
    window.marks_then.show_date("2021-05-03")
    settle(window, qtbot)
    assert panel.view.grab().toImage() != picture, "the date that is looked at is a line"
    window.action_table["close_panel"].trigger()
    settle(window, qtbot)
    assert not panel.isVisible()


@pytest.mark.bounded
def test_rows_of_a_large_case_are_gathered_in_few_marks_at_every_zoom(window: MainWindow, qtbot: QtBot) -> None:
    dates = ("{0}", "{0}-{1:02}", "{0}-{1:02}-{2:02}", "{0}-{1:02}-{2:02}T0{3}:30Z", "{0}-0{3}/{0}-11")
    made = [dates[at % 5].format(1990 + at * 7 % 35, 1 + at % 12, 1 + at % 28, 1 + at % 9) for at in range(6_000)]
    claims = [Claim(uuid=f"c{at}", statement=f"Claim {at}", made_at=date) for at, date in enumerate(made)]
    panel = _opened(window, qtbot, Document({"claims": claims}))
    view = panel.view
    held = [at for mark in view.marks for at in mark.members.tolist()]
    assert sorted(held) == list(range(6_000)), "each row stands in one mark"
    most = view.width() / CELL_PX + view.rooms.bar_rows * view.width() / BAR_CELL_PX
    for _step in range(8):
        assert len(view.marks) < most
        points = [mark for mark in view.marks if mark.bar_row < 0]
        assert all(one.at + one.half <= other.at - other.half for one, other in pairwise(points))
        QTest.keyClick(view, Qt.Key.Key_Plus)
        QTest.keyClick(view, Qt.Key.Key_Plus)
        QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    view.fit()
    assert sum(mark.count for mark in view.marks) == 6_000
