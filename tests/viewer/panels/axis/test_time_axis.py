"""The line of time: places and times are each other's inverse, and dates never stand on each other."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.time.time_span import TimeSpan
from viewer.panels.axis.time_axis import EARLIEST_S, LATEST_S, SHORTEST_S, YEAR_S, TimeAxis

moments = st.floats(-60 * YEAR_S, 100 * YEAR_S)
axes = st.builds(
    lambda begin, length, width: TimeAxis(begin, begin + length, width),
    moments,
    st.floats(SHORTEST_S, 90 * YEAR_S),
    st.floats(80, 4000),
)


@given(axes, st.floats(0, 1))
def test_a_place_is_that_of_its_time(axis: TimeAxis, at: float) -> None:
    x = at * axis.width
    assert axis.x_of(axis.time_at(x)) == pytest.approx(x, abs=1e-3)


@given(axes, st.floats(0.05, 20), st.floats(0, 1))
def test_a_zoom_keeps_the_moment_under_the_pointer(axis: TimeAxis, factor: float, at: float) -> None:
    x = at * axis.width
    zoomed = axis.zoomed(factor, x)
    assert zoomed.end - zoomed.begin >= SHORTEST_S * 0.999
    if zoomed.begin > EARLIEST_S and zoomed.end < LATEST_S:
        assert zoomed.time_at(x) == pytest.approx(axis.time_at(x), abs=(axis.end - axis.begin) * 1e-6 + 1)


@given(axes)
def test_dates_stand_apart_in_order(axis: TimeAxis) -> None:
    dates = axis.dates()
    assert all(0 <= x <= axis.width for x, _ in dates)
    assert len({text for _, text in dates}) == len(dates)
    assert all(second - first > 40 for (first, _), (second, _) in itertools.pairwise(dates))


@given(st.lists(st.tuples(moments, st.floats(0, 5 * YEAR_S)), max_size=5), st.floats(80, 3000))
def test_an_axis_around_spans_shows_them_all(spans: list[tuple[float, float]], width: float) -> None:
    found = [TimeSpan(begin, begin + length) for begin, length in spans]
    axis = TimeAxis.around(found, width)
    assert all(0 < axis.x_of(span.begin) <= axis.x_of(span.end) < axis.width for span in found)


@given(axes, moments)
def test_what_is_to_be_shown_comes_into_sight(axis: TimeAxis, at: float) -> None:
    shown = axis.showing(TimeSpan(at, at))
    assert -1 <= shown.x_of(at) <= shown.width + 1
