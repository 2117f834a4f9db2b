"""Points set into the long legs of many rings: on the geodesics, no further apart than asked, within a budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.geo.dense_rings import MOST_POINTS, Rings
from layers.geo.longitudes import unwrap_longitudes
from layers.geo.measure import length_m, segment_lengths_m

PLACE = st.tuples(*(st.floats(-most, most).map(lambda value: round(value, 12)) for most in (180, 89)))
"""A ten-millionth of a metre: what is far finer is lost when 360 degrees are added, and is no place of anybody's."""
RINGS = st.lists(st.lists(PLACE, min_size=1, max_size=6), min_size=1, max_size=5)


def rings_of(rings: list[list[tuple[float, float]]]) -> Rings:
    return Rings.of(np.array([place for ring in rings for place in ring]), np.array([len(ring) for ring in rings]))


def test_the_line_follows_the_geodesic() -> None:
    line = rings_of([[(170, 50), (-170, 50), (-170, 40)]]).densified(10_000)
    lons, lats = line.lonlat.T
    assert segment_lengths_m(lons, lats).max() <= 10_000.001
    assert np.abs(np.diff(lons)).max() < 1
    assert (lons[0], lats[0], lons[-1], lats[-1]) == (170, 50, 190, 40)
    assert lats.max() > 50.3
    assert length_m(lons, lats) == pytest.approx(length_m([170, -170, -170], [50, 50, 40]))


@pytest.mark.bounded
@given(RINGS, st.sampled_from([50_000.0, 300_000.0, 5e6]))
def test_each_ring_is_dense_as_it_would_be_alone(rings: list[list[tuple[float, float]]], step_m: float) -> None:
    together = rings_of(rings).densified(step_m)
    assert len(together) == len(rings)
    for at, ring in enumerate(rings):
        alone = rings_of([ring]).densified(step_m)
        found = together.ring(at)
        assert np.array_equal(found, alone.lonlat)
        assert found[0, 0] == ring[0][0]
        assert np.abs(np.diff(found[:, 0])).max(initial=0.0) <= 180.0
        assert segment_lengths_m(*found.T).max(initial=0.0) <= step_m * (1 + 1e-6)
        given_places = np.column_stack([unwrap_longitudes([lon for lon, _ in ring]), [lat for _, lat in ring]])
        turns = np.round((found[:, None, 0] - given_places[None, :, 0]) / 360) * 360
        near = np.hypot(
            found[:, None, 0] - turns - given_places[None, :, 0], found[:, None, 1] - given_places[None, :, 1]
        )
        # a longitude turned round the earth loses its last bits
        assert (near.min(axis=0) < 1e-12).all(), "the given places are among them"


@pytest.mark.bounded
@given(RINGS)
def test_dense_in_two_steps_is_the_same_line(rings: list[list[tuple[float, float]]]) -> None:
    twice = rings_of(rings).densified(2_000_000).densified(400_000)
    for at, ring in enumerate(rings):
        assert length_m(*twice.ring(at).T) == pytest.approx(length_m(*zip(*ring, strict=True)), abs=0.01)


def test_only_chosen_legs_get_points() -> None:
    rings = rings_of([[(0, 0), (10, 0), (20, 0)], [(0, 10), (10, 10)]])
    chosen = np.array([False, True, True, False])
    dense = rings.densified(100_000, chosen)
    assert dense.ring(1).tolist() == [[0, 10], [10, 10]]
    assert dense.ring(0)[:2].tolist() == [[0, 0], [10, 0]]
    assert len(dense.ring(0)) == 2 + 12
    lines, of = dense.stretches(np.arange(len(dense.lonlat) - 1) > 3)
    assert of.tolist() == [0, 1]
    assert lines.ring(0)[-1].tolist() == [20, 0]
    assert lines.ring(1).tolist() == [[0, 10], [10, 10]]


def test_the_points_have_a_budget_in_all() -> None:
    """Ten thousand legs round half the Earth at steps of 16 m would be ten thousand million points."""
    rng = np.random.default_rng(1)
    places = np.column_stack([rng.uniform(-180, 180, 10_000), rng.uniform(-85, 85, 10_000)])
    dense = Rings.of(places, np.array([5000, 5000])).densified(16.0)
    assert len(dense.lonlat) <= len(places) + MOST_POINTS
    assert len(dense.lonlat) > MOST_POINTS / 2


def test_latitudes_beyond_the_poles_make_no_nan() -> None:
    dense = rings_of([[(0, 89), (10, 90.0000001), (20, 91)]]).densified(10_000)
    assert np.isfinite(dense.lonlat).all()
    assert dense.lonlat[:, 1].max() <= 90
    empty = Rings.of(np.zeros((0, 2)), np.zeros(0, np.int64))
    assert len(empty.densified(1.0)) == 0
