import pytest

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_the_view_of_a_single_place_has_a_resolution(crs):
    view = View.of_bounds(crs, Bounds(10, 50, 10, 50), 100, 80)
    assert view.grid.resolution > 0
    assert view.to_pixel(10, 50) == pytest.approx((50, 40), abs=0.01)
