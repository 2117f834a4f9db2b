"""Times of services: lists, intervals and periods, in the server's own spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.services.times.offered_times import OfferedTimes
from layers.services.times.time_spelling import instant_of, spelled_like


def instants(text: str) -> list[str]:
    return list(OfferedTimes(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-01-01", ["2019-01-01"]),
        ("2019-01-03,2019-01-01, 2019-01-02 ,", ["2019-01-01", "2019-01-02", "2019-01-03"]),
        ("2019-01-01/2019-01-03/P1D", ["2019-01-01", "2019-01-02", "2019-01-03"]),
        ("\n 2019-01-01/2019-01-03\n/P2D,\n\t2020-01-01 ", ["2019-01-01", "2019-01-03", "2020-01-01"]),
        ("2019-01-01T00:00Z/2019-01-01T00:10Z/PT5M", [f"2019-01-01T00:{m:02}Z" for m in (0, 5, 10)]),
        ("2019-01-31/2019-04-30/P1M", ["2019-01-31", "2019-02-28", "2019-03-31", "2019-04-30"]),
        ("2000/2002/P1Y", ["2000", "2001", "2002"]),
        ("2000-11/2001-02/P1M", ["2000-11", "2000-12", "2001-01", "2001-02"]),
        ("20201230/20210101/P1D", ["20201230", "20201231", "20210101"]),
        ("2019-01-01T00:00:00.000Z/2019-01-02T00:00:00.000Z/P1D", [f"2019-01-0{d}T00:00:00.000Z" for d in (1, 2)]),
        ("2019-01-01/2019-01-02/PT12H", ["2019-01-01", "2019-01-01T12:00:00Z", "2019-01-02"]),
        ("2019-01-01/2019-01-05/P2D,2019-01-05/2019-01-07/P1D", [f"2019-01-0{d}" for d in (1, 3, 5, 6, 7)]),
        ("2019-01-01/2019-01-05/P2D,2019-01-02/2019-01-04/P1D", [f"2019-01-0{d}" for d in (1, 2, 3, 4, 5)]),
        ("2019-01-01/2019-01-22/P1W", [f"2019-01-{d:02}" for d in (1, 8, 15, 22)]),
        ("2019-01-01/2019-01-03/PT0S", [f"2019-01-0{d}" for d in (1, 2, 3)]),
    ],
)
def test_w13_lists_intervals_and_periods_give_all_of_their_instants(text: str, expected: list[str]) -> None:
    offered = OfferedTimes(text)
    assert list(offered) == expected
    assert offered.problems == ()
    assert (offered.count, offered.first, offered.last) == (len(expected), expected[0], expected[-1])
    assert [offered.nth(number) for number in range(offered.count)] == expected
    for number in (-1, offered.count):
        with pytest.raises(IndexError):
            offered.nth(number)


def test_w13_millions_of_instants_are_counted_and_none_of_them_is_made() -> None:
    offered = OfferedTimes("2010-01-01T00:00:00Z/2025-03-20T00:00:00Z/PT5M")
    assert offered.count == 1_600_417 > 1_600_000
    assert offered.last == "2025-03-20T00:00:00Z"
    assert offered.nth(1_000_000) == "2019-07-05T05:20:00Z"
    assert offered.nearest_to("2020-02-29T11:58:00Z") == "2020-02-29T12:00:00Z"
    day = offered.on_day(date(2020, 2, 29))
    assert (len(day), day[0], day[-1]) == (288, "2020-02-29T00:00:00Z", "2020-02-29T23:55:00Z")


def test_w13_a_period_of_months_and_days_is_counted_from_the_start() -> None:
    assert instants("2020-01-31/2020-06-30/P1M1D") == [
        "2020-01-31",
        "2020-03-01",
        "2020-04-02",
        "2020-05-03",
        "2020-06-04",
    ]


@pytest.mark.parametrize(
    ("text", "left", "words"),
    [
        ("2019-01-01/2019-01-03/P1X,2020-01-01", ["2019-01-01", "2019-01-03", "2020-01-01"], "period “P1X”"),
        ("2019-01-01/2019-01-03/P0Y", ["2019-01-01", "2019-01-03"], "period “P0Y”"),
        ("2019-01-01/2019-01-03/P", ["2019-01-01", "2019-01-03"], "period “P”"),
        ("2019-01-01/2019-01-03", ["2019-01-01", "2019-01-02", "2019-01-03"], "name no period"),
        ("2019-13-01,2020-01-01", ["2020-01-01"], "“2019-13-01” is not understood"),
        ("2019-02-30,2020-01-01", ["2020-01-01"], "“2019-02-30” is not understood"),
        ("yesterday,2020-01-01", ["2020-01-01"], "“yesterday” is not understood"),
        ("01/02/2026,2020-01-01", ["2020-01-01"], "“01/02/2026” are not understood"),
        ("current,2020-01-01", ["2020-01-01"], "names no date"),
        ("2020-01-02/2020-01-01/P1D,2020-01-01", ["2020-01-01"], "end before they begin"),
        ("2019-023,2020-01-01", ["2020-01-01"], "not understood"),
        ("0000-01-01,2020-01-01", ["2020-01-01"], "not understood"),
        ("2020-01-01,9999-12-01/9999-12-31/P9999999999D", ["2020-01-01", "9999-12-01", "9999-12-31"], "not understood"),
    ],
)
def test_w15_a_value_that_is_not_understood_costs_itself_and_is_said(text: str, left: list[str], words: str) -> None:
    offered = OfferedTimes(text)
    assert list(offered) == left
    assert [words in problem for problem in offered.problems] == [True]


def test_w15_odd_periods_and_leap_seconds_are_understood() -> None:
    offered = OfferedTimes("2019-01-01T00:00:00Z/2019-01-01T00:04:00Z/PT1M57S")
    assert list(offered) == [f"2019-01-01T00:{clock}Z" for clock in ("00:00", "01:57", "03:54")]
    assert instants("2016-12-31T23:59:60Z") == ["2016-12-31T23:59:60Z"]
    assert instant_of("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)
    assert instant_of("2016-12-31T23:58:60Z") is None
    assert instants("2020-01-01/2020-01-02/PT36000.5S")[1] == "2020-01-01T10:00:00.500Z"


@pytest.mark.parametrize("word", ["PRESENT", "current", "now"])
def test_w15_an_interval_up_to_the_present_ends_today(word: str) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    offered = OfferedTimes(f"{yesterday}/{word}/P1D")
    assert offered.first == str(yesterday)
    assert offered.count in (2, 3)
    assert len(offered.problems) == 0
    assert "name no period" in OfferedTimes(f"2019-01-01/{word}").problems[0]


def test_w15_many_bad_values_are_said_in_a_few_sentences() -> None:
    offered = OfferedTimes(",".join(f"bad{number}" for number in range(1000)))
    assert (offered.count, offered.first, offered.last, len(offered.problems)) == (0, "", "", 4)
    assert (offered.nearest_to("2020-01-01"), offered.on_day(date(2020, 1, 1))) == ("", ())


@pytest.mark.parametrize(
    ("text", "asked_time", "served"),
    [
        ("2019-01-01/2019-12-31/P1D", "2019-03-05T00:00:00Z", "2019-03-05"),
        ("2019-01-01T10:00:00Z,2019-01-02T10:00:00Z", "2019-01-02", "2019-01-02T10:00:00Z"),
        ("2019-01-01T00:00:00Z,2019-01-02T00:00:00Z", "2019-01-01", "2019-01-01T00:00:00Z"),
        ("2019,2020,2021", "2020-02-01", "2020"),
        ("20190101,20200101", "2030-01-01", "20200101"),
        ("20190101,20200101", "1990-01-01", "20190101"),
        ("2019-01-01T00:00:00+02:00/2019-01-03T00:00:00+02:00/P1D", "2019-01-01T22:00Z", "2019-01-02T00:00:00+02:00"),
        ("2019-01-01", "someday", ""),
    ],
)
def test_w16_the_servers_own_spelling_is_sent(text: str, asked_time: str, served: str) -> None:
    assert OfferedTimes(text).nearest_to(asked_time) == served


def test_a_day_of_the_calendar_has_its_own_instants_only() -> None:
    offered = OfferedTimes(
        "2019-01-01T23:59Z,2019-01-02T00:00Z,2019-01-02T06:00Z,2019-01-03T00:00Z,2019-02-01/2019-02-09/P8D"
    )
    assert offered.on_day(date(2019, 1, 2)) == ("2019-01-02T00:00Z", "2019-01-02T06:00Z")
    assert offered.on_day(date(2019, 2, 9)) == ("2019-02-09",)
    assert [offered.on_day(date(2019, month, 5)) for month in (1, 2, 12)] == [(), (), ()]
    assert (offered.number_near(date(2019, 2, 4)), offered.number_near("no time")) == (4, -1)


@pytest.mark.parametrize(
    ("default", "initial", "problems"),
    [
        ("", "2019-12-31", 0),
        ("current", "2019-12-31", 0),
        ("2019-06-01T00:00:00Z", "2019-06-01T00:00:00Z", 0),
        ("2031-01-01", "2019-12-31", 1),
        ("nonsense", "2019-12-31", 1),
    ],
)
def test_w17_a_default_that_is_none_gives_way_to_the_last_time(default: str, initial: str, problems: int) -> None:
    offered = OfferedTimes("2019-01-01/2019-12-31/P1D", default)
    assert (offered.initial, len(offered.problems)) == (initial, problems)


def test_w17_a_default_without_any_values_is_all_there_is() -> None:
    assert [OfferedTimes("", default).initial for default in ("2019-01-01", "current", "")] == ["2019-01-01", "", ""]


@pytest.mark.parametrize("value", ["2021", "2021-02", "202102", "20210203", "20210203T040506Z", "2021-02-03 04:05:06"])
def test_t13_each_spelling_is_kept(value: str) -> None:
    offered = OfferedTimes(value)
    assert (offered.first, offered.problems) == (value, ())
    assert spelled_like(instant_of(value) or datetime.min, value) == value


SPELLINGS = (
    *("2021", "2021-02", "202102", "2021-02-03", "20210203", "2021-02-03T04Z", "2021-02-03T04:05", "2021-02-03T04:05Z"),
    *("2021-02-03T04:05:06", "2021-02-03T04:05:06.789Z", "20210203T040506Z", "20210203T0405Z", "2021-02-03t04:05:06z"),
    *(
        "2021-02-03 04:05:06",
        "2021-02-03T04:05:06+05:30",
        "2021-02-03T04:05:06.7-0330",
        "202102030405",
        "20210203040506",
    ),
)


@given(st.sampled_from(SPELLINGS), st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_spelled_so_that_it_is_read_as_the_same_moment(spelling: str, moment: datetime) -> None:
    if len(spelling) in (12, 14) and spelling.isdigit():
        moment = moment.replace(microsecond=0)
    assert instant_of(spelled_like(moment, spelling)) == moment
    assert spelled_like(instant_of(spelling) or datetime.min, spelling) == spelling


@given(st.text("0123456789-/:TZPDM., ", max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    offered = OfferedTimes(text)
    assert offered.count >= 0
    if offered.count:
        assert offered.number_near(offered.first) >= 0
        assert instant_of(offered.first) <= instant_of(offered.last)  # type: ignore[operator]


@given(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.sampled_from(["P1D", "P3D", "P1M", "P1Y", "PT7H", "P1MT1H", "P2W"]),
    st.integers(-50, 500),
)
def test_the_nearest_is_the_nearest_of_all(start: date, days: int, period: str, offset: int) -> None:
    offered = OfferedTimes(f"{start}/{start + timedelta(days=days)}/{period}")
    moments = [instant_of(text) for text in offered]
    assert moments == sorted(set(moments))  # type: ignore[type-var]
    asked_time = datetime(start.year, start.month, start.day, 5, tzinfo=UTC) + timedelta(days=offset)
    near = moments[offered.number_near(asked_time)]
    last = max((moment for moment in moments if moment <= asked_time), default=None)  # type: ignore[operator]
    if not (period[-1] in "MY" and near == last):  # the month or the year that a day lies in
        assert abs(near - asked_time) == min(abs(moment - asked_time) for moment in moments)  # type: ignore[operator]
    assert offered.on_day(asked_time.date()) == tuple(
        text
        for text, moment in zip(offered, moments, strict=True)
        if moment.date() == asked_time.date()  # type: ignore[union-attr]
    )


@pytest.mark.parametrize(
    ("text", "day", "there"),
    [
        ("2024-01/2024-05/P1M", "2024-03-31", "2024-03"),
        ("2024-01-01/2024-05-01/P1M", "2024-03-31", "2024-03-01"),
        ("2024-01-01/2024-10-01/P3M", "2024-06-28", "2024-04-01"),
        ("2020/2024/P1Y", "2022-12-30", "2022"),
        ("2024-01/2024-05/P1M", "2024-12-30", "2024-05"),
        ("2024-01/2024-05/P1M", "2023-12-30", "2024-01"),
        ("2024-01-16/2024-05-16/P1M", "2024-03-14", "2024-03-16"),
        ("2024-01,2024-02,2024-06", "2024-05-20", "2024-06"),
        ("2024-01-01/2024-03-01/P10D", "2024-01-19", "2024-01-21"),
    ],
)
def test_a_day_leads_to_the_month_that_it_lies_in(text: str, day: str, there: str) -> None:
    times = OfferedTimes(text)
    assert times.nearest_to(date.fromisoformat(day)) == there
    assert times.nearest_to(day) == there
