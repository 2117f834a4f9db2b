"""CRSs from which nothing leads to a place on the Earth: of a site, of another body, pixel space."""

import math

import numpy as np
import pytest

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    PIXEL_SPACE,
    WEB_MERCATOR,
    WGS84,
    check_map_crs,
    has_way,
    is_off_earth,
    polar_canvas,
    transform_bounds,
    transform_points,
    true_north_degrees,
    world_bounds,
)
from tests.support.crs_off_earth import EUROPA, GRID, MARS, MOON, MOON_CENTRED, MOON_DEGREES

OTHER_GRID = 'LOCAL_CS["another grid",UNIT["metre",1]]'


@pytest.mark.parametrize("crs", [GRID, MOON, MOON_DEGREES, MARS, EUROPA, PIXEL_SPACE])
def test_nothing_leads_to_the_earth(crs: str) -> None:
    assert is_off_earth(crs)
    for earth in (WGS84, WEB_MERCATOR, "EPSG:32652"):
        assert not is_off_earth(earth)
        assert not has_way(crs, earth)
        assert np.isnan(transform_points(crs, earth, [1.0], [2.0])).all()
        with pytest.raises(CannotBePlaced):
            transform_bounds(crs, earth, Bounds(1, 2, 3, 4))
    assert math.isnan(true_north_degrees(crs, 1.0, 2.0))
    assert world_bounds(crs).is_finite()
    if crs != PIXEL_SPACE:
        check_map_crs(crs)


@pytest.mark.parametrize("crs", ["EPSG:5703", "EPSG:4978", MOON_CENTRED])
def test_heights_and_what_counts_from_the_middle_have_no_map_at_all(crs: str) -> None:
    with pytest.raises(BadCRS, match=r"heights only|from the middle"):
        check_map_crs(crs)


def test_what_is_of_one_body_or_grid_has_a_way() -> None:
    assert has_way(MOON, MOON_DEGREES)
    assert has_way(GRID, GRID + " ")
    assert not has_way(MOON, MARS)
    assert not has_way(MOON, EUROPA)
    assert not has_way(GRID, OTHER_GRID)
    assert not has_way(GRID, PIXEL_SPACE)
    x, y = transform_points(MOON_DEGREES, MOON, [1.0], [0.0])
    assert (x[0], y[0]) == (pytest.approx(1737400 * math.pi / 180), pytest.approx(0.0))
    with pytest.raises(BadCRS):
        has_way("EPSG:0", WGS84)


@pytest.mark.parametrize(
    ("bounds", "wanted"),
    [
        ((10, 86, 20, 88), "EPSG:3995"),
        ((10, 88, 10, 88), "EPSG:3995"),
        ((-180, 60, 180, 90), "EPSG:3995"),
        ((-180, -90, 180, -62), "EPSG:3031"),
        ((-180, -90, 180, 90), ""),
        ((0, 10, 10, 89), ""),
        ((0, 70, 10, 85), ""),
    ],
)
def test_what_lies_beyond_the_edge_of_mercator_wants_a_polar_map(bounds: tuple[float, ...], wanted: str) -> None:
    assert polar_canvas(Bounds(*bounds)) == wanted
