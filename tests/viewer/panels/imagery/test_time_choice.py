"""The field for times: a calendar, or the list of what a server offers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest

from layers.services.times.offered_times import OfferedTimes
from viewer.panels.imagery.time_choice import MOST_LISTED, TimeChoice


@pytest.fixture
def choice(qtbot) -> TimeChoice:
    choice = TimeChoice()
    qtbot.addWidget(choice)
    choice.show()
    return choice


def test_without_known_times_a_day_is_chosen(choice: TimeChoice) -> None:
    choice.offer(OfferedTimes("current"))
    assert choice.day.isVisible()
    choice.day.setDate(QDate(2024, 2, 29))
    assert choice.time() == "2024-02-29"


def test_the_default_is_chosen_and_the_newest_come_first(choice: TimeChoice) -> None:
    choice.offer(OfferedTimes("20190101,20190301,20190201", "20190201"))
    assert not choice.day.isVisible()
    assert choice.time() == "20190201"
    assert [choice.listed.itemText(at) for at in range(choice.listed.count())] == ["20190301", "20190201", "20190101"]
    choice.offer(OfferedTimes("20190101,20190301"))
    assert choice.time() == "20190301", "without a default the latest"


def test_a_typed_day_becomes_an_offered_time_in_the_servers_spelling(choice: TimeChoice) -> None:
    choice.offer(OfferedTimes("2019-01-01T10:00Z/2019-01-31T10:00Z/P10D"))
    line = choice.listed.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "2019-01-12")
    assert choice.time() == "2019-01-11T10:00Z"
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "2019-01-11T10:00Z"


def test_a_million_times_are_listed_in_part(choice: TimeChoice) -> None:
    choice.offer(OfferedTimes("2005-01-01T00:00:00Z/2025-01-01T00:00:00Z/PT5M"))
    assert choice.listed.count() == MOST_LISTED
    assert choice.listed.itemText(0) == "2025-01-01T00:00:00Z"
    choice.listed.setEditText("2005-03-01T00:07:00Z")
    assert choice.time() == "2005-03-01T00:05:00Z"


def test_the_latest_is_a_click_away_where_another_is_chosen(choice: TimeChoice) -> None:
    choice.offer(OfferedTimes("20190101,20190301,20190201", "20190201"))
    assert choice.latest.isVisible()
    QTest.mouseClick(choice.latest, Qt.MouseButton.LeftButton)
    assert choice.time() == "20190301"
    assert not choice.latest.isVisible()
    choice.offer(None)
    assert not choice.latest.isVisible()


@pytest.mark.parametrize(
    ("times", "asked", "chosen"),
    [
        (OfferedTimes("20190101,20190301"), "2019-01-20", "20190101"),
        (OfferedTimes("20190101,20190301"), "tomorrow", "20190301"),
        (None, "2020-02-29T10:00:00Z", "2020-02-29"),
    ],
)
def test_a_time_may_be_asked_for(choice: TimeChoice, times: OfferedTimes | None, asked: str, chosen: str) -> None:
    choice.offer(times, asked)
    assert choice.time() == chosen
