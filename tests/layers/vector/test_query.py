from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.vector import query
from tests.support.tiny_tables import shapes, table_of


@pytest.fixture(params=range(4))
def world(request):
    """Two tables and the geometries of both, fids from 1."""
    random = np.random.default_rng(request.param)
    made = shapes(random, 260)
    if request.param == 3:
        made = [shapely.Point(*xy) for xy in random.uniform(0, 100, (5000, 2)).round(2)]
    half = len(made) // 2
    return random, [table_of(made[:half]), table_of(made[half:], half + 1)], np.array(made)


def test_what_is_at_a_place_is_what_shapely_finds_there(world) -> None:
    random, tables, made = world
    for x, y in random.uniform(-5, 105, (60, 2)):
        expected = 1 + np.flatnonzero(shapely.distance(made, shapely.Point(x, y)) <= 2.0)
        assert sorted(query.at(tables, x, y, 2.0)) == expected.tolist()


def test_the_one_painted_last_comes_first_points_above_areas() -> None:
    area, point = shapely.box(0, 0, 10, 10), shapely.Point(5, 5)
    table = table_of([point, area, shapely.box(4, 4, 6, 6)])
    other = table_of([area], 10)
    assert query.at([table, other], 5, 5, 0.5) == [10, 1, 3, 2]
    assert query.at([], 5, 5, 0.5) == []


def test_a_lasso_finds_what_reaches_into_it(world) -> None:
    random, tables, made = world
    for _ in range(40):
        ring = random.uniform(-5, 105, (6, 2))
        expected = 1 + np.flatnonzero(shapely.intersects(made, shapely.make_valid(shapely.Polygon(ring))))
        assert query.within_polygon(tables, [tuple(p) for p in ring]).tolist() == expected.tolist()
    assert not query.within_polygon(tables, [(0, 0), (5, 5)]).size
    assert not query.within_polygon(tables, [(0, 0), (5, 5), (5, 5), (0, 0)]).size


def test_an_area_that_lies_in_a_hole_finds_nothing() -> None:
    ring, box = shapely.box(0, 0, 100, 100) - shapely.box(10, 10, 90, 90), [(40, 40), (60, 40), (60, 60), (40, 60)]
    assert not query.within_polygon([table_of([ring])], box).size
    assert query.within_polygon([table_of([shapely.box(0, 0, 100, 100)])], box).tolist() == [1]
