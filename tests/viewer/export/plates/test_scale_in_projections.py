"""The scale bar of a product against geodesics, in each projection that a product may have."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod
from PySide6.QtCore import QRectF

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.geo.map_projections import suited_crs
from viewer.canvas.furniture.overlays import scale_bar_of
from viewer.export.plates.maps.framing import Framing

GEOD = Geod(ellps="WGS84")
EXTENTS = {
    "UTM": Bounds(-74.6, -8.6, -74.3, -8.3),
    "UTM at its edge": Bounds(126.0, 50.0, 129.5, 53.0),
    "azimuthal at a pole": Bounds(10.0, 87.0, 12.0, 88.0),
    "azimuthal on the dateline": Bounds(176.0, -20.0, 184.0, -14.0),
    "conic": Bounds(73.0, 18.0, 135.0, 54.0),
    "continental": Bounds(20.0, 10.0, 190.0, 80.0),
    "polar": Bounds(-180.0, 60.0, 180.0, 90.0),
    "the Earth": Bounds(-180.0, -85.0, 180.0, 85.0),
}


@pytest.mark.parametrize("name", EXTENTS)
def test_the_bar_is_as_long_as_it_says(name: str) -> None:
    """Laid across the middle of the map, in steps along the drawn line; within 1 %."""
    bounds = EXTENTS[name]
    view = Framing.of(QRectF(0, 0, 900, 600), suited_crs(bounds), bounds, 1.0).view
    bar = scale_bar_of(view, 240.0)
    assert bar is not None
    across = np.linspace(-bar.width_px / 2, bar.width_px / 2, 41) + view.width / 2
    x, y = np.array([view.to_world(px, view.height / 2) for px in across.tolist()]).T
    lon, lat = transform_points(view.grid.crs, WGS84, x, y)
    length_m = float(np.sum(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]))
    if bar.latitude is None:
        assert length_m == pytest.approx(bar.length_m, rel=0.01)
    else:  # the scale differs over the map: it is that of the middle, and the bar names its latitude
        assert length_m / bar.length_m == pytest.approx(1.0, rel=0.1)
        middle = len(across) // 2
        step_m = GEOD.inv(lon[middle - 1], lat[middle - 1], lon[middle + 1], lat[middle + 1])[2]
        assert step_m == pytest.approx(bar.length_m * 2 / 40, rel=0.01)
        assert f"{abs(bar.latitude):.0f}°" in bar.words
