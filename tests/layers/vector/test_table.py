from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.geo.bounds import Bounds
from layers.vector.drawing.simplification import Details
from layers.vector.feature_index import FeatureIndex
from layers.vector.gathering import gathered
from layers.vector.table import LINE, POINT, FeatureTable, StepGrid
from tests.support.tiny_tables import STEP, shapes, table_of


def test_points_cost_eight_bytes_and_have_all_columns() -> None:
    xy = np.arange(2000, dtype=np.int32).reshape(-1, 2)
    table = FeatureTable(StepGrid("EPSG:3857", 0.0, 0.0, 0.01), POINT, 7, None, None, xy)
    assert table.nbytes == 8 * 1000
    assert (len(table), table.fid[-1], set(table.kind.tolist())) == (1000, 1006, {POINT})
    assert table.part_of.tolist() == table.start_of.tolist() == list(range(1001))
    assert table.bounds[3].tolist() == [6, 7, 6, 7]
    assert table.rows_of(np.array([1, 7, 9, 5000])).tolist() == [0, 2]
    assert table.fids_of(np.array([2, 0])).tolist() == [9, 7]


@pytest.mark.parametrize("seed", range(5))
def test_rows_in_a_rectangle_are_those_whose_bounds_touch_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = [shapely.Point(*xy) for xy in random.uniform(0, 100, (3000, 2)).round(2)]
    for table in (table_of(shapes(random, 300)), table_of(points)):
        for _ in range(40):
            low, high = np.sort(random.uniform(-10, 110, (2, 2)), axis=0)
            left, bottom, right, top = low[0] / STEP, low[1] / STEP, high[0] / STEP, high[1] / STEP
            b = table.bounds
            touches = (b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= top) & (b[:, 3] >= bottom)
            assert table.rows_in(Bounds(*low, *high)).tolist() == np.flatnonzero(touches).tolist()
            assert table.index.count_near((left, bottom, right, top)) >= touches.sum()


def test_an_index_of_nothing_and_of_one_place() -> None:
    assert not FeatureIndex.of_points(np.zeros((0, 2), np.int32)).rows_near((-1, -1, 1, 1)).size
    same = FeatureIndex.of_points(np.full((500, 2), 2**31 - 1, np.int32))
    assert len(same.rows_near((2.0**31 - 2, 0, 2.0**31, 2.0**31))) == 500
    assert not same.rows_near((0, 0, 10, 10)).size


def test_taken_features_are_the_same_features() -> None:
    table = table_of(shapes(np.random.default_rng(1), 60))
    rows = np.array([3, 4, 17, 59])
    some = table.taken(rows)
    assert some.fid.tolist() == table.fid[rows].tolist()
    assert (some.bounds == table.bounds[rows]).all()
    for new, old in enumerate(rows.tolist()):
        mine, theirs = gathered(some, np.array([new])), gathered(table, np.array([old]))
        assert (mine.xy == theirs.xy).all()
        assert mine.starts.tolist() == theirs.starts.tolist()


def test_areas_are_those_of_the_rings() -> None:
    far = 1.9e7
    table = table_of([shapely.box(far, far, far + 3, far + 2), shapely.box(0, 0, 10, 10) - shapely.box(2, 2, 4, 4)])
    assert (table.areas * STEP**2).tolist() == pytest.approx([6.0, 96.0], rel=1e-4)


def test_a_coarse_level_lies_within_its_square_and_in_half_the_memory() -> None:
    random = np.random.default_rng(2)
    lines = [
        shapely.LineString(random.uniform(0, 1e5, (1, 2)) + random.normal(0, 9, (200, 2)).cumsum(axis=0))
        for _ in range(50)
    ]
    table, details = table_of(lines), Details()
    thin = details.table(table, 200.0)
    assert thin.xy.dtype == np.int16
    assert len(thin.xy) < len(table.xy) / 4
    assert thin is details.table(table, 200.0)
    assert details.table(table, 0.01) is table
    for row in range(50):
        mine = gathered(thin, np.array([row])).xy * thin.step + (thin.origin_x, thin.origin_y)
        theirs = gathered(table, np.array([row])).xy * table.step
        away = np.abs(theirs[:, None] - mine[None]).max(axis=2).min(axis=1)
        assert away.max() <= 200.0 * 0.9 * 1.3
        assert np.abs(theirs[[0, -1]] - mine[[0, -1]]).max() <= 200.0 * 0.9 / 4
    assert (thin.bounds == table.bounds).all()
    assert thin.kind.tolist() == [LINE] * 50


def test_a_level_far_coarser_than_32_bits_of_steps_is_made_all_the_same() -> None:
    """Numbers without a CRS have small steps, and a canvas may show millions of units at a pixel."""
    table, details = table_of([shapely.box(30, 40, 35, 45), shapely.box(10, 20, 15, 25)]), Details()
    for resolution in (1e6, 1e9, 1e12):
        thin = details.table(table, resolution)
        assert thin.xy.dtype == np.int16
        assert (
            np.abs(thin.xy[:, 0] * thin.step + thin.origin_x - (table.xy[:, 0] * table.step)[: len(thin.xy)]).max() < 40
        )
