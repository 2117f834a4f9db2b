"""Of work that is begun anew only what was begun last counts."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from layers.errors import GeoloupeError
from viewer.support.jobs import Jobs
from viewer.support.newest_job import NewestJob


def fails() -> None:
    raise GeoloupeError("No.")


def test_only_what_was_begun_last_is_told(jobs: Jobs) -> None:
    newest, told = NewestJob(jobs), []
    for number in range(5):
        newest.run(lambda number=number: number, told.append)
    newest.run(fails, told.append, lambda error: told.append(error.sentence))
    newest.run(lambda: 6, told.append)
    assert newest.is_under_way
    assert jobs.wait()
    assert told == [6]
    assert not newest.is_under_way


def test_what_is_dropped_tells_nobody(jobs: Jobs) -> None:
    newest, told = NewestJob(jobs), []
    newest.run(lambda: 1, told.append)
    newest.drop()
    assert not newest.is_under_way
    assert jobs.wait()
    assert told == []


def test_a_failure_is_told_once_and_to_everybody_where_nobody_asked(jobs: Jobs, qtbot: QtBot) -> None:
    newest, told = NewestJob(jobs), []
    newest.run(fails, told.append, lambda error: told.append(error.sentence))
    assert jobs.wait()
    assert told == ["No."]
    with qtbot.waitSignal(jobs.unheard) as heard:
        newest.run(fails, told.append)
    assert heard.args[0].sentence == "No."
    assert not newest.is_under_way
