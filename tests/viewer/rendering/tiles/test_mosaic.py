"""Display tiles composed from a service's tiles: the same pixels whichever way is taken for speed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.services.matrix import Sources, SourceTile, sources_of
from layers.services.tile_service import TileService
from viewer.rendering.images import argb_of_image, image_of_argb
from viewer.rendering.tiles.mosaic import compose_tile

SERVICE = TileService("t", "https://e.org/{z}/{x}/{y}", max_level=8)
STEP = SERVICE.matrices.matrices[8].resolution


def pictures_of(sources: Sources, *, opaque: bool) -> dict[SourceTile, QImage]:
    pictures = {}
    for tile in sources.tiles:
        noise = np.random.default_rng(tile.x * 256 + tile.y).integers(0, 1 << 24, (TILE_PX, TILE_PX), dtype=np.uint32)
        picture = image_of_argb(noise | 0xFF000000)
        pictures[tile] = picture if opaque else picture.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    return pictures


@pytest.mark.parametrize("coarser", [1.0, 1.11, 0.9, 1.6, 0.3])
def test_opaque_tiles_are_composed_to_the_same_pixels_as_others(coarser: float) -> None:
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP * coarser, 1e6, 5e6), [TileKey(0, 1, 2)], SERVICE)
    plain = compose_tile(sources, pictures_of(sources, opaque=True), SERVICE.matrices)
    blended = compose_tile(sources, pictures_of(sources, opaque=False), SERVICE.matrices)
    assert not plain.hasAlphaChannel(), "it is painted fastest"
    assert blended.hasAlphaChannel()
    assert np.array_equal(argb_of_image(plain), argb_of_image(blended))


def test_strips_of_a_tile_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP * 1.13, 1e6, 5e6), [TileKey(0, 1, 2)], SERVICE)
    pictures = pictures_of(sources, opaque=True)
    in_strips = argb_of_image(compose_tile(sources, pictures, SERVICE.matrices))
    monkeypatch.setattr("viewer.rendering.tiles.mosaic.STRIP_PX", TILE_PX)
    assert np.array_equal(in_strips, argb_of_image(compose_tile(sources, pictures, SERVICE.matrices)))


def test_where_a_tile_is_missing_the_picture_is_transparent() -> None:
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP * 1.11, 1e6, 5e6), [TileKey(0, 1, 2)], SERVICE)
    pictures = pictures_of(sources, opaque=True)
    assert len(pictures) == 4
    del pictures[sources.tiles[0]]
    alpha = argb_of_image(compose_tile(sources, pictures, SERVICE.matrices)) >> 24
    assert {int(alpha.min()), int(alpha.max())} == {0, 255}


def test_nothing_of_the_last_tile_shows_where_one_is_missing() -> None:
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP * 1.11, 1e6, 5e6), [TileKey(0, 1, 2)], SERVICE)
    few = pictures_of(sources, opaque=False)
    whole = dict(few)
    del few[sources.tiles[0]]
    before = argb_of_image(compose_tile(sources, few, SERVICE.matrices)).copy()
    compose_tile(sources, whole, SERVICE.matrices)
    assert np.array_equal(before, argb_of_image(compose_tile(sources, few, SERVICE.matrices)))


@pytest.mark.parametrize("coarser", [1.0, 1.11, 0.37])
def test_an_upright_tile_is_placed_as_any_other_is(coarser: float) -> None:
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP * coarser, 1e6, 5e6), [TileKey(0, 1, 2)], SERVICE)
    (turned,) = sources_of(TileGrid(WEB_MERCATOR, STEP * coarser, 1e6, 5e6, 1e-9), [TileKey(0, 1, 2)], SERVICE)
    upright, other = (
        argb_of_image(compose_tile(each, pictures_of(each, opaque=True), SERVICE.matrices)).view(np.uint8).astype(int)
        for each in (sources, turned)
    )
    assert np.abs(upright - other).max() <= 2


def test_at_the_edge_of_a_service_nothing_is_painted_beyond() -> None:
    grid = TileGrid(WEB_MERCATOR, STEP * 1.11, SERVICE.matrices.bounds.left, SERVICE.matrices.bounds.top + 60 * STEP)
    (sources,) = sources_of(grid, [TileKey(0, 0, 0)], SERVICE)
    alpha = argb_of_image(compose_tile(sources, pictures_of(sources, opaque=True), SERVICE.matrices)) >> 24
    assert (alpha[:50] == 0).all()
    assert (alpha[60:] == 255).all()


def test_a_tile_of_a_levels_own_pixels_is_shown_as_it_came() -> None:
    bounds = SERVICE.matrices.bounds
    (sources,) = sources_of(TileGrid(WEB_MERCATOR, STEP, bounds.left, bounds.top), [TileKey(0, 130, 90)], SERVICE)
    pictures = pictures_of(sources, opaque=True)
    composed = compose_tile(sources, pictures, SERVICE.matrices)
    (picture,) = pictures.values()
    assert composed.cacheKey() == picture.cacheKey(), "no pixel was copied"
    (shifted,) = sources_of(
        TileGrid(WEB_MERCATOR, STEP, bounds.left + STEP / 2, bounds.top), [TileKey(0, 1, 2)], SERVICE
    )
    pictures = pictures_of(shifted, opaque=True)
    keys = {picture.cacheKey() for picture in pictures.values()}
    assert compose_tile(shifted, pictures, SERVICE.matrices).cacheKey() not in keys
