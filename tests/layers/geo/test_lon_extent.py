"""Boxes on the circle of longitudes: what is around all of them the narrower way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.bounds import Bounds
from layers.geo.lon_extent import are_degrees, around, narrowest

BOXES = st.lists(st.tuples(st.floats(-540, 540), st.floats(0, 359)), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        ([(10, 20), (30, 40)], (10, 40)),
        ([(-180, 180)], (-180, 180)),
        ([(250, 250), (260, 260)], (-110, -100)),
        ([(175, 175), (190, 190), (200, 200)], (-185, -160)),
        ([(175, 175), (-170, -170)], (-185, -170)),
        ([(-170, -170), (170, 170), (179, 179)], (170, 190)),
        ([(170, 184)], (170, 184)),
        ([(170, 200)], (-190, -160)),
        ([(10, 10), (250, 250)], (-110, 10)),
        ([(-120, -60), (100, 150)], (-120, 150)),
        ([(-100, 100)], (-100, 100)),
        ([(170, 190), (0, 1)], (-180, 180)),
        ([(0, 359.5)], (-180, 180)),
        ([(lon, lon) for lon in range(-180, 181, 10)], (-180, 180)),
    ],
)
def test_the_narrower_way(spans, wanted):
    found = narrowest([(left, -5, right, 7) for left, right in spans])
    assert found == Bounds(wanted[0], -5, wanted[1], 7)


@given(BOXES)
def test_everything_is_inside_and_the_middle_is_on_the_map(spans):
    found = narrowest([(left, 0, left + width, 1) for left, width in spans])
    assert -180 - 1e-9 <= found.centre[0] <= 180 + 1e-9
    assert found.width <= 360
    if found.width < 360:
        for left, width in spans:
            turned = found.left + (left - found.left + 1e-7) % 360 - 1e-7
            assert turned + width <= found.right + 1e-6


@given(st.lists(st.floats(-540, 540), min_size=1, max_size=3), st.floats(-90, 90))
def test_places_without_width_are_never_reversed(lons, lat):
    """Rounding made every fifth lone place end before it began, and so count as nothing."""
    for lon in lons:
        found = narrowest([(lon, lat, lon, lat)] * 2)
        assert found.width == 0.0
        assert not found.is_empty
        if -180.0 <= lon <= 180.0:
            assert found.left == lon
    assert not narrowest([(lon, lat, lon, lat) for lon in lons]).is_empty


def test_a_lone_place_stays_where_it_is():
    assert narrowest([(2.2945, 48.85825, 2.2945, 48.85825)]) == Bounds(2.2945, 48.85825, 2.2945, 48.85825)
    assert narrowest([(-0.1, 1.0, 0.3, 2.0)]) == Bounds(-0.1, 1.0, 0.3, 2.0)


def test_no_boxes_and_boxes_that_are_no_degrees():
    assert around([]) is None
    assert around([Bounds(1, 2, 3, 4)]) == Bounds(1, 2, 3, 4)
    boxes = np.array([[0, 0, 1, 1], [0, 95, 0, 95], [-1.797e308] * 4, [np.nan] * 4, [190, -90, 200, 90]])
    assert are_degrees(boxes).tolist() == [True, False, False, False, True]
