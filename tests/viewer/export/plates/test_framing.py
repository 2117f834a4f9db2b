"""The frame of a map: it shows all that was asked for, and nothing beyond the world."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points, world_bounds
from layers.grid.tile_grid import View
from viewer.export.plates.maps.framing import Framing, slid_into

ROOM = QRectF(20, 30, 640, 420)


def seen(bounds: Bounds, crs: str = WEB_MERCATOR) -> View:
    return Framing.of(ROOM, crs, bounds, 1.0).view


@pytest.mark.parametrize("crs", [WEB_MERCATOR, "EPSG:32632", "EPSG:3035"])
def test_the_frame_shows_all_that_was_asked_for(crs: str) -> None:
    view = seen(Bounds(10.0, 50.0, 11.0, 51.0), crs)
    for lon, lat in ((10, 50), (11, 51), (10, 51), (11, 50)):
        px, py = view.to_pixel(*(float(value) for value in transform_points(WGS84, crs, lon, lat)))
        assert -1e-6 <= px <= view.width + 1e-6
        assert -1e-6 <= py <= view.height + 1e-6


@pytest.mark.parametrize("bounds", [Bounds(28, 14, 180, 70), Bounds(-180, -60, -100, -50), Bounds(100, 60, 180, 85)])
def test_the_frame_stays_inside_the_world(bounds: Bounds) -> None:
    frame, world = seen(bounds).world_bounds(), world_bounds(WEB_MERCATOR)
    assert world.left - 1 <= frame.left
    assert frame.right <= world.right + 1
    assert world.bottom - 1 <= frame.bottom
    assert frame.top <= world.top + 1


def test_a_frame_across_the_antimeridian_is_where_it_was_asked_for() -> None:
    view = seen(Bounds(170, 50, 190, 60))
    assert view.world_bounds().centre[0] == pytest.approx(world_bounds(WEB_MERCATOR).right, rel=1e-6)


def test_what_is_larger_than_the_world_is_not_slid() -> None:
    view = View.of_bounds(WEB_MERCATOR, Bounds(0, 0, 3e7, 1e6), 3000, 100)
    wide = View.of_bounds(WEB_MERCATOR, Bounds(-3e7, -3e7, 4e7, 3e7), 100, 100)
    assert slid_into(view, world_bounds(WEB_MERCATOR)).world_bounds().right == pytest.approx(
        world_bounds(WEB_MERCATOR).right
    )
    assert slid_into(wide, world_bounds(WEB_MERCATOR)) == wide


def test_marks_at_the_edge_of_the_world_leave_the_frame_full_of_it() -> None:
    """They asked for room beyond it, and the map stood between two dark bars."""
    view = Framing.of(ROOM, WEB_MERCATOR, Bounds(-180, -85, 180, 85), 1.0, Bounds(28, 18, 179.4, 72)).view
    frame, world = view.world_bounds(), world_bounds(WEB_MERCATOR)
    assert (frame.left, frame.right) == pytest.approx((world.left, world.right), rel=1e-6)
    px, py = view.to_pixel(*(float(value) for value in transform_points(WGS84, WEB_MERCATOR, 179.4, 72)))
    assert 0 < px < view.width
    assert 0 < py < view.height


def test_an_image_fills_frames_of_any_height_that_cut_it_at_its_ends() -> None:
    """At some heights rounding left no place for it, and it stood between two dark bars."""
    image, mark = Bounds(9, 0, 13, 1), Bounds(11, 0.5, 11, 0.5)
    for height in range(320, 400):
        view = Framing.of(QRectF(20, 30, 1229, height), WEB_MERCATOR, image, 1.0, mark, image).view
        top = view.to_pixel(*(float(value) for value in transform_points(WGS84, WEB_MERCATOR, 11.0, 1.0)))[1]
        assert top == pytest.approx(0.0, abs=1e-3), height
