"""Long legs filled in: the same places as leg by leg, for lines of any length in bounded time and memory."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.geo.dense_rings import Rings
from layers.geo.longitudes import unwrap_longitudes
from layers.readers.geometry import long_legs
from layers.readers.geometry.long_legs import LONG_DEGREES, STEP_M, drawn_geometry

PLACES = st.tuples(st.integers(-180, 180), st.integers(-88, 88)).map(lambda place: (place[0] * 1.0, place[1] * 1.0))
NEAR = st.tuples(st.floats(170, 171), st.floats(50, 51))
LINES = st.lists(st.one_of(PLACES, NEAR), min_size=2, max_size=8)


def leg_by_leg(line: np.ndarray, unrolled: bool) -> np.ndarray:
    """As it was done before: each leg on its own."""
    lon, lat = unwrap_longitudes(line[:, 0]), line[:, 1]
    pieces = []
    for leg in range(len(line) - 1):
        ends = np.stack([lon[leg : leg + 2], lat[leg : leg + 2]], axis=1)
        dx, dy = np.abs(np.diff(ends, axis=0))[0]
        if max(dx, dy) > LONG_DEGREES and dx and dy:
            ends = Rings.of(ends, np.array([2])).densified(STEP_M).lonlat
        elif max(dx, dy) > LONG_DEGREES and not unrolled:
            count = int(np.ceil(max(dx, dy) / 0.5))
            ends = ends[0] + (ends[1] - ends[0]) * (np.arange(count + 1) / count)[:, None]
        pieces.append(ends[:-1])
    return np.concatenate([*pieces, [[lon[-1], lat[-1]]]])


@pytest.mark.bounded
@settings(max_examples=200, deadline=None)
@given(LINES, st.booleans())
@example([(131.9, 43.1), (177.5, 64.7), (-149.9, 61.2)], False)
def test_a_line_is_filled_as_leg_by_leg(places, unrolled):
    line = np.array(places)
    if not (np.ptp(line, axis=0) > 0).any():
        return
    found, wanted = long_legs.along_the_earth(line, unrolled), leg_by_leg(line, unrolled)
    assert found.shape == wanted.shape
    turns = (found[:, 0] - wanted[:, 0]) / 360
    assert turns == pytest.approx(np.round(turns), abs=1e-9)
    assert found[:, 1] == pytest.approx(wanted[:, 1], abs=1e-9)
    if len(found) == len(line):
        return
    assert np.abs(np.diff(found[:, 0])).max() <= 180 + 1e-9


@pytest.mark.bounded
def test_a_scribble_around_the_earth_does_not_fill_the_memory():
    """300,000 legs of half the Earth each would be 300 million points of 20 km."""
    rng = np.random.default_rng(7)
    line = shapely.LineString(np.column_stack([rng.uniform(-180, 180, 300_000), rng.uniform(-85, 85, 300_000)]))
    drawn = drawn_geometry(line, True)
    assert 300_000 <= shapely.get_num_coordinates(drawn) < 2_000_000
