"""The timeline panel: marks by date, walked by keys, clicked to the map, filtered and edited; rows without a date."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.finding.case_timeline import LANES, TimelineRow
from tests.viewer.panels.conftest import Desk, unnamed
from viewer.commands.claims import add_claim, update_claim
from viewer.commands.sites import update_site
from viewer.commands.sources import update_source
from viewer.panels.timeline.placed_marks import FROM, INSTANT, UNTIL, PlacedMark
from viewer.panels.timeline.timeline_panel import TimelinePanel

Key = Qt.Key


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> Iterator[TimelinePanel]:
    context = desk.context
    context.do(update_claim, "c1", made_at="2021-05-03")
    context.do(update_claim, "c2", made_at="2022")
    context.do(update_source, "s1", published_at="2021-05-04")
    panel = TimelinePanel(context)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    _settle(panel, qtbot)
    yield panel
    panel.hide()


def _settle(panel: TimelinePanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: panel.feed.is_read and not panel.feed.is_busy)


def _uuids(panel: TimelinePanel) -> list[list[str]]:
    return [[row.uuid for row in panel.view.rows_of(mark)] for mark in panel.view.marks]


def _place(panel: TimelinePanel, uuid: str) -> tuple[PlacedMark, QPoint]:
    mark = next(mark for mark in panel.view.marks if uuid in [row.uuid for row in panel.view.rows_of(mark)])
    return mark, panel.view.rooms.box(mark).center().toPoint()


def test_marks_are_walked_by_keys_and_entered(panel: TimelinePanel, desk: Desk, qtbot: QtBot) -> None:
    assert _uuids(panel) == [["c1"], ["c2"], ["s1"]]
    assert panel.undated_button.text() == "2 without a date"
    view = panel.view
    view.setFocus()
    QTest.keyClick(view, Key.Key_Right)
    assert panel.words.text() == "Claim: Optics were sold · Said: 3 May 2021 · Hikvision"
    assert "Optics were sold" in view.accessibleDescription()
    QTest.keyClick(view, Key.Key_Return)
    assert (desk.context.claim_uuid, desk.wanted[-1]) == ("c1", "claim_form")
    assert len(desk.visited) == 1, "its site is on the map"
    assert desk.context.selection.uuids == {"firm"}
    QTest.keyClick(view, Key.Key_Right)
    assert panel.words.text() == "Claim: Imagery was given · Said: 2022 (known to the year)"
    QTest.keyClick(view, Key.Key_Down)
    assert panel.words.text() == "Source: US intel · Published: 4 May 2021; no date of an image · Hikvision"
    whole = view.axis
    QTest.keyClick(view, Key.Key_Plus)
    assert view.axis != whole
    QTest.keyClick(view, Key.Key_0)
    assert view.axis == whole
    assert not unnamed(panel)


@pytest.mark.qt_log_ignore("does not support (raise|propagateSizeHints|grabbing the keyboard)")  # menus offscreen
def test_a_mark_is_clicked_and_the_time_is_zoomed_under_the_pointer(
    panel: TimelinePanel, desk: Desk, qtbot: QtBot
) -> None:
    view = panel.view
    mark, place = _place(panel, "s1")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert (desk.context.shown_row("sources"), desk.wanted[-1]) == ("s1", "source_form")
    axis = view.axis
    assert axis is not None
    x = place.x() - view.rooms.left
    held = axis.time_at(x)
    at, turn = QPointF(place), QPoint(0, 240)
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    buttons = Qt.MouseButton.NoButton
    QApplication.sendEvent(view, QWheelEvent(at, view.mapToGlobal(at), QPoint(), turn, buttons, none, phase, False))
    assert view.axis is not None
    assert view.axis.time_at(x) == pytest.approx(held)
    assert view.axis.end - view.axis.begin < (axis.end - axis.begin) / 1.5
    menu = panel.open_menu(_place(panel, "s1")[0], view.mapToGlobal(place))
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[0] == "&Open"
    next(action for action in menu.actions() if action.text() == "&Copy as Text").trigger()
    assert QGuiApplication.clipboard().text().startswith("Source: US intel\nPublished: 4 May 2021")
    menu.close()
    panel.copy_shown()
    assert QGuiApplication.clipboard().text().startswith("Kind\tDate\tKind of date\tWords\tSites\n")
    assert mark.count == 1


def test_marks_of_selected_sites_are_lit_and_the_filter_narrows(panel: TimelinePanel, desk: Desk, qtbot: QtBot) -> None:
    def lit() -> list[str]:
        return [uuid for mark in panel.view.marks if mark.is_lit for uuid in _names(panel.view.rows_of(mark))]

    desk.select("firm")
    qtbot.waitUntil(lambda: lit() == ["c1", "s1"])
    desk.select()
    qtbot.waitUntil(lambda: lit() == [])
    desk.context.mark_filter.take("ports", {"firm"})
    assert _uuids(panel) == [["c1"], ["s1"]]
    assert panel.summary.text() == "2 of 3 dated, filtered"
    desk.context.mark_filter.take("ports", {"pad"})
    assert panel.view.hint == "No dated row passes the filter of the map."
    desk.context.mark_filter.clear()
    assert _uuids(panel) == [["c1"], ["c2"], ["s1"]]


def test_edits_come_in_and_rows_without_a_date_are_listed(panel: TimelinePanel, desk: Desk, qtbot: QtBot) -> None:
    panel.undated_button.click()
    assert [panel.list.model.index(at).data() for at in range(2)] == [
        "Response  normal trade",
        "Source  Backgrounder",
    ]
    desk.context.do(update_source, "s2", published_at="2020-01")
    assert _uuids(panel)[-2:] == [["s2"], ["s1"]]
    assert panel.list.model.rowCount() == 1
    QTest.keyClick(panel.list.view, Key.Key_Return)
    assert desk.context.shown_row("responses") == "r1"
    QTest.keyClick(panel.list.view, Key.Key_Escape)
    assert not panel.list.isVisible()
    for at in range(3):
        desk.context.do(add_claim, statement=f"Claim {at}", made_at="2021-05-03")
    mark, place = _place(panel, "c1")
    assert mark.count == 4
    QTest.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=place)
    assert panel.list.heading.text() == "4 claims", "no zoom tells the same day apart"
    desk.context.set_document(Document({"claim_sites": [ClaimSite(uuid="x", claim_uuid="y", site_uuid="z")]}))
    _settle(panel, qtbot)
    assert panel.view.hint.startswith("Nothing in this case has a date of its own yet.")


def test_dates_of_sites_are_told_by_what_they_are_the_date_of(panel: TimelinePanel, desk: Desk, qtbot: QtBot) -> None:
    for at, fields in enumerate(({"observed_at": "2021-05-03T08:30Z"}, {"valid_from": "2020"}, {"valid_to": "2023"})):
        desk.context.do(update_site, ("firm", "pad", "firm")[at], **fields)
    view, lane = panel.view, LANES.index("sites")
    panel.resize(1000, 500)
    qtbot.waitUntil(lambda: view.rooms.bar_rows > 1)
    marks = {row.date_of + row.uuid: mark for mark in view.marks if mark.lane == lane for row in view.rows_of(mark)}
    assert {key: mark.form for key, mark in marks.items()} == {
        "observedfirm": INSTANT,
        "validpad": FROM,
        "validfirm": UNTIL,
    }
    picture = view.grab().toImage()
    view.setFocus()
    view.point_at(view.rows_of(marks["validpad"])[0])
    assert panel.words.text() == "Site: Vostochny · Valid from: 2020, no end stated"
    assert view.grab().toImage() != picture
    QTest.keyClick(view, Key.Key_Return)
    assert desk.context.selection.uuids == {"pad"}
    desk.context.do(update_site, "pad", valid_to="2022-06")
    assert panel.words.text() == "Site: Vostochny · Valid: 2020 to June 2022"


def test_a_low_and_narrow_panel_leaves_the_map_room_and_has_its_words_whole(
    panel: TimelinePanel, desk: Desk, qtbot: QtBot
) -> None:
    """It took 300 px of a small screen with large letters, and cut its words after three of them."""
    for at, fields in enumerate(({"observed_at": "2021-05-03T08:30Z"}, {"valid_from": "2021"}, {"valid_to": "2023"})):
        desk.context.do(update_site, ("firm", "pad", "rail")[at], **fields)
    view = panel.view
    assert panel.minimumSizeHint().height() <= 210
    panel.resize(430, 210)
    qtbot.waitUntil(lambda: view.rooms.is_tight and panel.words.width() > 400, timeout=20_000)
    words = panel.words
    assert words.text() == "A click or Enter opens a mark and shows it on the map."
    assert words.fontMetrics().horizontalAdvance(words.text()) <= words.width()
    assert panel.minimumSizeHint().height() <= 210
    mark, place = _place(panel, "firm")
    bar, _ = _place(panel, "pad")
    assert (mark.bar_row, bar.bar_row >= 0) == (-1, True)
    boxes = [view.rooms.box(each) for each in view.marks]
    assert all(box.top() >= 0 and box.bottom() <= view.rooms.height for box in boxes)
    assert view.rooms.box(bar).intersects(view.rooms.box(mark)), "the mark lies on the bar"
    assert view.mark_at(QPointF(place)) is mark
    box = view.rooms.box(bar)
    assert view.mark_at(QPointF(box.right() - 2, box.center().y())) is bar
    picture = view.grab().toImage()
    view.point_at(view.rows_of(mark)[0])
    assert words.text() == "Site: Observed: 3 May 2021, 08:30 UTC · Hikvision"
    assert view.grab().toImage() != picture
    panel.resize(1000, 400)
    qtbot.waitUntil(lambda: not view.rooms.is_tight, timeout=20_000)
    assert words.y() < view.y()


def _names(rows: list[TimelineRow]) -> list[str]:
    return [row.uuid for row in rows]
