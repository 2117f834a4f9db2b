"""The way between two views begins and ends exactly there, and is finite on any pair."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.app.navigation.flight import Stop, path_between

numbers = st.floats(-2e7, 2e7)
stops = st.builds(Stop, numbers, numbers, st.floats(1e-3, 1e5), st.floats(-180, 180))


@given(stops, stops)
def test_a_way_begins_and_ends_at_its_stops(start: Stop, end: Stop) -> None:
    path, length = path_between(start, end, 1000)
    assert math.isfinite(length)
    for part, stop in ((0.0, start), (1.0, end)):
        at = path(part)
        assert at.resolution == pytest.approx(stop.resolution, rel=1e-6)
        reach = 1e-6 * max(abs(end.x - start.x), abs(end.y - start.y), 1e3 * stop.resolution)
        assert math.hypot(at.x - stop.x, at.y - stop.y) <= reach
        assert (at.rotation_deg - stop.rotation_deg + 180) % 360 == pytest.approx(180, abs=1e-6)
    assert all(math.isfinite(value) for value in (path(0.37).x, path(0.37).y, path(0.37).resolution))


def test_a_far_way_goes_out_and_in_again() -> None:
    near = Stop(0, 0, 1, 0)
    path, _ = path_between(near, Stop(1e6, 0, 1, 0), 1000)
    assert path(0.5).resolution > 100
