"""Dates as people write them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.time.dates import precision_of
from layers.time.time_span import span_of
from layers.time.typed_dates import typed_date
from layers.time.written_dates import bounded_period, written_date, written_moment


@pytest.fixture
def in_lima(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Lima")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@given(st.dates())
def test_a_day_in_words_is_read_as_the_same_day(day: object) -> None:
    text = str(day)
    assert typed_date(written_date(text)) == text


def test_a_month_is_a_month_and_other_texts_stay() -> None:
    assert written_date("2026-11") == "November 2026"
    for text in ("2026", "", "soon", "2026-13", "2026-00-01"):
        assert written_date(text) == text


def test_an_instant_is_told_by_the_clock_of_this_computer(in_lima: None) -> None:
    assert written_moment("2026-11-30T01:54:07Z") == "29 November 2026, 20:54"


@pytest.mark.parametrize(
    ("text", "written"),
    [("2026-11-30", "30 November 2026"), ("0001-01-01T00:00:00Z", None), ("\ud800", None), ("2026-11-30T25:00Z", None)],
)
def test_what_is_no_instant_is_no_error(text: str, written: str | None) -> None:
    assert written_moment(text)
    assert written is None or written_moment(text) == written


@pytest.mark.parametrize(
    ("text", "precision", "words"),
    [
        ("1995", "year", "1995"),
        ("1995-08", "month", "August 1995"),
        ("1995-08-01", "day", "1 August 1995"),
        ("1995-08-01T10:00:00Z", "hour", "1 August 1995, 10:00 UTC"),
        ("1995-08-01T10:20Z", "minute", "1 August 1995, 10:20 UTC"),
        ("1995-08-01T10:20:30.5Z", "second", "1 August 1995, 10:20 UTC"),
        ("in summer", "", "in summer"),
        ("1995-02-30", "", "1995-02-30"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(text: str, precision: str, words: str) -> None:
    assert precision_of(text) == precision
    assert written_date(text) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("1985-01-01/1985-12-31", "1985"),
        ("1985-01/1985-12", "1985"),
        ("1985-01-01T00:00:00Z/1985-12-31T23:59:59Z", "1985"),
        ("1985-01-01/1986-12-31", "1985 to 1986"),
        ("2015-08-01/2015-08-31", "August 2015"),
        ("2016-02-01/2016-02-29", "February 2016"),
        ("2015-02-01/2015-02-27", "1 to 27 February 2015"),
        ("1995-08-01/1995-08-09", "1 to 9 August 1995"),
        ("1995-08-28/1995-09-02", "28 August 1995 to 2 September 1995"),
        ("2020-08-31/2020-08-31", "31 August 2020"),
        ("2020-08-31T17:40:00Z/2020-08-31T17:40:30Z", "31 August 2020, 17:40 UTC"),
        ("2020-08-31T17:40:00Z/2020-08-31T17:52:30Z", "31 August 2020, 17:40 to 17:52 UTC"),
        ("2020-08-31T17:40:00Z/2020-09-01T17:40:00Z", "31 August 2020, 17:40 UTC to 1 September 2020, 17:40 UTC"),
        ("1985/soon", "1985 to soon"),
    ],
)
def test_a_span_is_the_year_or_month_that_it_bounds(span: str, words: str) -> None:
    assert written_date(span) == words


@given(st.dates(), st.dates())
def test_a_bounded_period_covers_the_days_of_its_span(first: object, last: object) -> None:
    start, end = sorted((str(first), str(last)))
    period = bounded_period(f"{start}/{end}")
    assert span_of(period) == span_of(f"{start}/{end}")
