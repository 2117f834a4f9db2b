"""Snapping to features of vector layers, as they are shown."""

from __future__ import annotations

import pytest

from layers.geo.crs import WGS84, transform_points
from tests.viewer.canvas.test_feature_query import MERCATOR, VIEW, Show, show
from viewer.canvas.scene import MapScene
from viewer.canvas.snapping import snap_at
from viewer.commands.layer_filter import set_layer_filter

__all__ = ["show"]


@pytest.fixture
def road(show: Show) -> MapScene:
    """A road from 50 to 150 pixels, in the middle of the picture."""
    line = {"type": "LineString", "coordinates": [[5_000, 12_800], [15_000, 12_800]]}
    return show(VIEW, line, crs=MERCATOR)


def test_the_end_of_a_road_and_its_middle_are_snapped_to(road: MapScene) -> None:
    end = snap_at(road, VIEW, 155, 132)
    assert end is not None
    assert (end.px, end.py, end.is_vertex, end.name) == (pytest.approx(150), pytest.approx(128), True, "V")
    lon, lat = transform_points(MERCATOR, WGS84, 15_000, 12_800)
    assert (end.lon, end.lat) == pytest.approx((float(lon), float(lat)), abs=1e-6)
    middle = snap_at(road, VIEW, 100, 132)
    assert middle is not None
    assert (middle.px, middle.py, middle.is_vertex) == (pytest.approx(100), pytest.approx(128), False)
    assert snap_at(road, VIEW, 100, 160) is None


def test_a_hidden_road_is_not(road: MapScene, show: Show) -> None:
    road.document.apply(set_layer_filter(road.document, "v", "n != 0", actor="Li"))
    show.settle(road, VIEW)
    assert snap_at(road, VIEW, 155, 132) is None
