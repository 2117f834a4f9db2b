"""Dates as people write them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.time.dates import precision_of
from layers.time.typed_dates import typed_date
from layers.time.written_dates import interval_text, written_date, written_moment


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
        ("1995", "year", "within 1995"),
        ("1995-08", "month", "within 1995-08"),
        ("1995-08-01", "day", "on 1995-08-01"),
        ("1995-08-01T10:00:00Z", "hour", "1995-08-01 10:00 UTC"),
        ("1995-08-01T10:20Z", "minute", "1995-08-01 10:20 UTC"),
        ("1995-08-01T10:20:30.5Z", "second", "1995-08-01 10:20 UTC"),
        ("1995-08-01T10:20:00.5Z", "second", "1995-08-01 10:20 UTC"),
        ("in summer", "", "within in summer"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(text: str, precision: str, words: str) -> None:
    assert precision_of(text) == precision
    assert interval_text(text) == words
