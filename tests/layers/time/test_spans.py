"""Spans of time: one before another only where nothing of them may be at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.time.spans import are_apart, is_before, span_of

DAYS = st.dates().map(lambda day: day.isoformat())


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (("1985-08-01", ""), ("2020-08-01", ""), True),
        (("1985", ""), ("1985-08-01", ""), False),
        (("1985-08", ""), ("1985-08-31T10:00:00Z", ""), False),
        (("1985-08", ""), ("1985-09-01T10:00:00Z", ""), True),
        (("1985", "1990"), ("1990-01-01", ""), False),
        (("2020-08-01T10:00:00Z", ""), ("2020-08-01T10:00:01Z", ""), True),
        (("2020-08-01", ""), ("2020-08-01T10:00:01Z", ""), False),
        (("2020-08-01T10:00Z", ""), ("2020-08-01T10:00:30Z", ""), False),
        (("", ""), ("2020-08-01", ""), False),
        (("in spring", ""), ("2020-08-01", ""), False),
        (("2021", "2020"), ("2025", ""), False),
    ],
)
def test_what_may_be_at_once_is_not_apart(one: tuple[str, str], other: tuple[str, str], apart: bool) -> None:
    assert are_apart([span_of(*one), span_of(*other)]) is apart
    assert are_apart([span_of(*other), span_of(*one)]) is apart


@pytest.mark.bounded
@given(DAYS, DAYS)
def test_days_are_apart_where_they_differ(one: str, other: str) -> None:
    first, second = span_of(one), span_of(other)
    assert first is not None
    assert second is not None
    assert is_before(first, second) == (one < other)
    assert are_apart([first, second]) == (one != other)
