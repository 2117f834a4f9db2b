"""The history of a case is read with every edit in it, those made before its working copy was there included."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.project.history.history_reader import HistoryFilter, opened_history, read_page
from layers.project.saving.later_history import RecordedHistory
from layers.project.saving.working_copy import WorkingCopy
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim, update_claim
from viewer.commands.sites import add_site


@pytest.fixture
def may_go(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Working copies are made once this is set, or after 20 s."""
    go_on, create = Event(), WorkingCopy.create

    def create_late(*args: Any, **named: Any) -> WorkingCopy:
        go_on.wait(20)
        return create(*args, **named)

    monkeypatch.setattr(WorkingCopy, "create", create_late)
    return go_on


def test_the_history_waits_for_a_working_copy_that_is_being_made(
    window: MainWindow, qtbot: QtBot, may_go: Event
) -> None:
    window.session.begin_case()
    window.panel_context.do(add_site, Point(63.3, 45.9), uuid="pad", label="Site 1")
    found: list[RecordedHistory | None] = []
    reader = Thread(target=lambda: found.append(window.session.recorded_history()))
    reader.start()
    reader.join(0.1)
    assert reader.is_alive(), "the working copy is not there yet"
    may_go.set()
    qtbot.waitUntil(lambda: not reader.is_alive(), timeout=20_000)
    past = found[0]
    assert past is not None
    with opened_history(past.path) as connection:
        changes = read_page(connection, HistoryFilter(row_uuid="pad")).changes
    assert [change.kind for change in changes] == ["insert"]


def test_a_reason_that_waits_for_the_working_copy_is_kept_with_its_own_change(
    window: MainWindow, qtbot: QtBot, may_go: Event
) -> None:
    window.session.begin_case()
    context = window.panel_context
    judged = {"voice": "analyst", "state": "assessed", "likelihood_term": "likely", "confidence": "low"}
    context.do(add_claim, uuid="claim", statement="A pad", **judged)
    context.do(update_claim, "claim", likelihood_term="very likely")
    context.do(update_claim, "claim", confidence="high")
    context.case.give_reason("claim", ("likelihood_term",), "a second image")
    answers: list[RecordedHistory | None] = []
    reader = Thread(target=lambda: answers.append(window.session.recorded_history()))
    reader.start()
    may_go.set()
    qtbot.waitUntil(lambda: not reader.is_alive(), timeout=20_000)
    past = answers[0]
    assert past is not None
    with opened_history(past.path) as connection:
        reasons = [change.reason for change in read_page(connection, HistoryFilter(row_uuid="claim")).changes]
    assert reasons == ["", "a second image", ""]
