"""Steps through the times of a dated service."""

from __future__ import annotations

from datetime import date

import pytest

from layers.services.tile_service import TileService
from layers.services.times.time_range import TimeRange
from layers.services.times.time_steps import ServiceTimes, day_of, written_time

TODAY = date(2024, 4, 20)


def times(text: str = "") -> ServiceTimes:
    return ServiceTimes(TileService("Map", "https://e.org/{time}/{z}/{x}/{y}", times=text), TODAY)


def test_without_a_list_days_are_stepped_through_up_to_today() -> None:
    days = times()
    assert not days.is_listed
    assert days.latest == "2024-04-19"
    assert days.stepped("2024-04-19", 1) == "2024-04-20"
    assert days.stepped("2024-04-20", 1) == ""
    assert days.stepped("2024-03-01", -1) == "2024-02-29"
    assert days.on(date(2024, 4, 12)) == "2024-04-12"
    assert days.days_of(2024, 4) is None


def test_listed_times_are_stepped_through_in_the_servers_spelling() -> None:
    listed = times("20240401,20240411,20240415")
    assert listed.latest == "20240415"
    assert listed.stepped("20240411", -1) == "20240401"
    assert listed.stepped("20240411", 1) == "20240415"
    assert listed.stepped("20240415", 1) == ""
    assert listed.days_of(2024, 4) == {1, 11, 15}
    assert listed.span == (date(2024, 4, 1), date(2024, 4, 15))


@pytest.mark.parametrize(("by", "there"), [(1, "2024-04-11"), (-1, "2024-04-01")])
def test_between_two_times_a_step_leads_to_the_next_one(by: int, there: str) -> None:
    for between in ("2024-04-03", "2024-04-09"):
        assert times("2024-04-01,2024-04-11,2024-04-15").stepped(between, by) == there


def test_a_day_without_an_image_gives_the_nearest() -> None:
    listed = times("2024-04-01T10:00:00Z,2024-04-11T10:00:00Z,2024-04-11T12:00:00Z")
    assert listed.on(date(2024, 4, 11)) == "2024-04-11T10:00:00Z"
    assert listed.on(date(2024, 4, 3)) == "2024-04-01T10:00:00Z"
    assert listed.times_on(date(2024, 4, 11)) == ("2024-04-11T10:00:00Z", "2024-04-11T12:00:00Z")


def test_a_period_of_years_is_stepped_through_at_once() -> None:
    listed = times("1999-12-31T00:00:00Z/2024-04-19T00:00:00Z/PT5M")
    assert listed.stepped("2024-04-19T00:00:00Z", -1) == "2024-04-18T23:55:00Z"
    assert listed.days_of(2024, 4) == frozenset(range(1, 20))


@pytest.mark.parametrize(
    ("time", "written"),
    [
        ("20240411", "2024-04-11"),
        ("2024-04-11T00:00:00Z", "2024-04-11"),
        ("2024-04-11T10:20:30Z", "2024-04-11T10:20:30Z"),
        ("2021", "2021"),
        ("2024-04-01/2024-04-11", "2024-04-01/2024-04-11"),
        ("yesterday", ""),
    ],
)
def test_times_are_written_as_a_case_writes_dates(time: str, written: str) -> None:
    assert written_time(time) == written


def test_the_day_of_a_year_is_its_first() -> None:
    assert day_of("2021") == date(2021, 1, 1)
    assert day_of("soon") is None


LISTED = "2024-04-01,2024-04-05T03:00:00Z,2024-04-05T09:00:00Z,2024-04-12,2024-04-20,2024-05-01"


def within(first: str, last: str, text: str = LISTED) -> ServiceTimes:
    service = TileService("Map", "https://e.org/{time}/{z}/{x}/{y}", times=text)
    return ServiceTimes(service, TODAY, TimeRange(first, last))


def test_steps_stay_in_their_range() -> None:
    times = within("2024-04-02", "2024-04-20")
    assert times.ends == ("2024-04-05T03:00:00Z", "2024-04-20")
    seen, time = [], times.ends[0]
    while time:
        seen.append(time)
        time = times.stepped(time, 1)
    assert seen == LISTED.split(",")[1:5]
    assert [times.place_of(time) for time in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert times.stepped("2024-04-05T03:00:00Z", -1) == ""


def test_a_step_from_outside_leads_to_the_nearer_end() -> None:
    times = within("2024-04-02", "2024-04-20")
    assert times.stepped("2024-04-01", 1) == "2024-04-05T03:00:00Z"
    assert times.stepped("2024-04-01", -1) == ""
    assert times.stepped("2024-05-01", -1) == "2024-04-20"
    assert times.stepped("2024-05-01", 1) == ""
    assert times.place_of("2024-05-01") is None


def test_a_range_without_one_end_and_one_without_times() -> None:
    assert within("", "2024-04-05").ends == ("2024-04-01", "2024-04-05T09:00:00Z")
    assert within("2024-04-20", "").ends == ("2024-04-20", "2024-05-01")
    assert within("2024-04-13", "2024-04-14").ends == ("", "")
    assert within("2024-04-13", "2024-04-14").stepped("2024-04-01", 1) == ""


def test_days_of_a_service_without_a_list_stay_in_the_range() -> None:
    times = within("2024-04-10", "2024-04-12", "")
    assert times.stepped("2024-04-12", 1) == ""
    assert times.stepped("2024-04-11", 1) == "2024-04-12"
    assert times.stepped("2024-01-01", 1) == "2024-04-10"
    assert times.place_of("2024-04-11") is None


@pytest.mark.parametrize(
    "value", [None, 5, {}, {"first": 5}, {"first": "x"}, {"first": "2024-05-01", "last": "2024-04-01"}]
)
def test_a_range_that_makes_no_sense_is_none(value: object) -> None:
    assert TimeRange.of_source({"time_range": value}) in (None, TimeRange("x"))
    assert ServiceTimes(
        TileService("Map", "https://e.org/{time}/{z}/{x}/{y}", times=LISTED), TODAY, TimeRange("x")
    ).ends[0]
