"""The vertex and the edge of features nearest to a place."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.vector.nearest import nearest
from tests.support.tiny_tables import STEP, shapes, table_of


@pytest.mark.parametrize("seed", range(20))
def test_the_same_is_found_as_by_looking_at_each(seed: int) -> None:
    random = np.random.default_rng(seed)
    each = shapes(random, 40)
    tables = [table_of(each[:25]), table_of(each[25:], first_fid=26)]
    x, y = random.uniform(0, 100, 2)
    place, radius = shapely.Point(x, y), 8.0
    vertex, edge = nearest(tables, x, y, radius)
    vertices = min(place.distance(shapely.MultiPoint(shapely.get_coordinates(one))) for one in each)
    lines = [one if "Line" in one.geom_type else one.boundary for one in each if "Point" not in one.geom_type]
    edges = min(place.distance(line) for line in lines)
    for found, wanted in ((vertex, vertices), (edge, edges)):
        if wanted > radius + STEP:
            assert found is None
        elif wanted < radius - STEP:
            assert found.far == pytest.approx(wanted, abs=2 * STEP)
            assert np.hypot(found.x - x, found.y - y) == pytest.approx(found.far, abs=1e-9)


def test_hidden_features_are_left_out() -> None:
    table = table_of([shapely.Point(1, 1), shapely.Point(3, 1)])
    assert nearest([table], 1, 1, 5)[0].fid == 1
    assert nearest([table], 1, 1, 5, lambda fids: fids[fids != 1])[0].fid == 2
    assert nearest([table], 1, 1, 5, lambda fids: fids[:0]) == (None, None)
