"""The tiles that are held of what is looked at, of wrapped world copies too."""

from __future__ import annotations

from PySide6.QtGui import QImage

from layers.geo.crs import WGS84
from layers.grid.tile_grid import TILE_PX, TileGrid, View
from layers.grid.tile_plan import tiles_in
from viewer.rendering.tile_layer import TileLayer
from viewer.rendering.tiles.tile_cache import TilesByLayer
from viewer.rendering.world_copies import Views, wrapped_views
from viewer.support.painting import painting

OVER = View(TileGrid(WGS84, 0.1, 160.0, 75.0), 0, 0, 400, 300)
"""160 E to 160 W."""


def filled(tile_layer: TileLayer, views: Views) -> None:
    for view, plan in tile_layer.plan(views):
        for key in plan.want:
            image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
            image.fill(0)
            tile_layer.put(view.grid, tile_layer.revision, key, image)


def test_the_map_and_its_copy_in_turn_take_no_tiles_from_each_other() -> None:
    """The cache has room for one tile only: all others are there because they are held."""
    tile_layer = TileLayer(TilesByLayer(1), "layer", coarse=False)
    views = wrapped_views(OVER)
    assert len(views) == 2
    filled(tile_layer, views)
    for _ in range(3):
        assert [plan.want for _, plan in tile_layer.plan(views)] == [(), ()]
        assert all(tile_layer.is_complete(view) for view in views)


def test_a_copy_that_is_out_of_view_is_held_no_more() -> None:
    tile_layer = TileLayer(TilesByLayer(1), "layer", coarse=False)
    near, copy = wrapped_views(OVER)
    filled(tile_layer, (near, copy))
    tile_layer.plan((near,))
    assert tile_layer.is_complete(near)
    assert not tile_layer.is_complete(copy)
    tile_layer.set_revision("another style")
    assert not tile_layer.is_complete(near)
    assert {key for _, plan in tile_layer.plan((near, copy)) for key in plan.want} == set(tiles_in(OVER))


def test_finer_tiles_that_are_held_stand_in_where_a_coarser_view_is_painted() -> None:
    """A page in print is read at its own resolution, and asked at that of the screen what it shows."""
    tile_layer = TileLayer(TilesByLayer(1 << 30), "layer", coarse=False)
    filled(tile_layer, (OVER,))
    coarser = View(TileGrid(WGS84, 0.2, 160.0, 75.0), 0, 0, 200, 150)
    picture = QImage(coarser.width, coarser.height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    with painting(picture) as painter:
        tile_layer.paint(painter, coarser)
    assert tile_layer.shows_in(coarser)
    assert all(picture.pixelColor(x, y).alpha() == 255 for x, y in ((0, 0), (100, 75), (199, 149)))
