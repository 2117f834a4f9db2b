"""Moving, turning and scaling on the ellipsoid: true in size everywhere."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.geo.laying import can_lay, laid, laid_place
from layers.geo.measure import azimuth_deg, distance_m, geometry_area_m2, geometry_length_m

FIELD = shapely.Polygon([(10, 50), (10.1, 50), (10.1, 50.1), (10, 50.1)])
MIDDLE = (10.05, 50.05)


@pytest.mark.parametrize("to", [(10.05, 0.0), (10.05, 80.0), (179.99, 50.0), (-179.99, -60.0), (30.0, 88.0)])
def test_what_is_moved_keeps_its_size(to):
    moved = laid(FIELD, MIDDLE, to)
    assert geometry_area_m2(moved) == pytest.approx(geometry_area_m2(FIELD), rel=1e-3)
    assert moved.is_valid


def test_what_is_moved_over_the_antimeridian_stays_in_one_piece():
    moved = laid(FIELD, MIDDLE, (179.99, 50.0))
    left, _, right, _ = moved.bounds
    assert 179.9 < left < 180.0 < right < 180.1


def test_what_comes_to_lie_round_a_pole_reaches_it():
    moved = laid(FIELD, MIDDLE, (10.0, 89.995))
    assert moved.bounds[3] == pytest.approx(90.0)
    assert moved.is_valid


def test_a_turn_and_back_is_nothing():
    turned = laid(laid(FIELD, MIDDLE, MIDDLE, turn_deg=33.0), MIDDLE, MIDDLE, turn_deg=-33.0)
    assert shapely.hausdorff_distance(turned, FIELD) < 1e-9


def test_scaling_multiplies_lengths():
    line = shapely.LineString([(10, 50), (10.1, 50.02), (10.2, 50)])
    twice = laid(line, (10, 50), (10, 50), factor=2.0)
    assert twice.coords[0] == (10, 50)
    assert geometry_length_m(twice) == pytest.approx(2 * geometry_length_m(line), rel=1e-5)


def test_what_is_at_the_anchor_is_exactly_where_it_goes():
    assert laid_place((12.3456789, 45.6), (12.3456789, 45.6), (-179.1, 12.3)) == (-179.1, 12.3)


@settings(max_examples=60, deadline=None)
@given(lon=st.floats(-180, 180), lat=st.floats(-85, 85), turn=st.floats(0, 360), far=st.floats(1, 100_000))
def test_every_place_keeps_its_distance_and_direction(lon, lat, turn, far):
    anchor = 10.0, 20.0
    place = laid_place((10.3, 20.4), anchor, (lon, lat), turn_deg=turn, factor=far / distance_m(*anchor, 10.3, 20.4))
    assert distance_m(lon, lat, *place) == pytest.approx(far, rel=1e-6)
    wanted = azimuth_deg(*anchor, 10.3, 20.4) + turn
    assert math.cos(math.radians(azimuth_deg(lon, lat, *place) - wanted)) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.Polygon([(-170, -60), (170, -60), (170, 60), (-170, 60)]),
        shapely.LineString([(0, 0), (120, 0)]),
        shapely.MultiPoint([(0, 0), (float("inf"), 0)]),
        shapely.LineString([(0, 0), (0, 95)]),
        shapely.Polygon(),
    ],
)
def test_what_spans_the_earth_or_lies_off_it_cannot_be_laid(geometry):
    assert not can_lay(geometry, (0.0, 0.0))
