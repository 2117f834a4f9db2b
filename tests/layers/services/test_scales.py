"""Scales at which a service is asked for tiles, and at which it shows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.errors import BadTemplate
from layers.grid.tile_grid import TileGrid, TileKey
from layers.services.matrix import level_for, level_resolution, sources_of
from layers.services.scales import PIXEL_M, coarsest_resolution, levels_in_scale
from layers.services.tile_service import TileService

SERVICE = TileService("t", "https://e.org/{z}/{x}/{y}", max_level=18)


def denominator(level: int) -> float:
    return level_resolution(level, SERVICE) / PIXEL_M


def test_w22_only_levels_within_the_limits_are_asked_for() -> None:
    service = replace(SERVICE, scales=(denominator(14), denominator(10)))
    assert levels_in_scale(service) == (10, 14)
    assert level_for(level_resolution(17, service), service) == 14, "the finest one is enlarged"
    assert level_for(level_resolution(10, service), service) == 10
    assert levels_in_scale(SERVICE) == (0, 18)


def test_w22_a_map_that_is_coarser_than_the_limit_has_nothing() -> None:
    service = replace(SERVICE, scales=(0.0, denominator(10)))
    key = TileKey(0, 0, 0)
    (coarse,) = sources_of(TileGrid("EPSG:3857", 1.01 * level_resolution(10, service)), [key], service)
    (fine,) = sources_of(TileGrid("EPSG:3857", level_resolution(10, service)), [key], service)
    assert coarse.is_empty
    assert coarse.is_too_coarse
    assert not fine.is_empty
    assert not fine.is_too_coarse


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:32652"])
@pytest.mark.parametrize("limits", [{"min_level": 9}, {"scales": (0.0, 3_000_000.0)}], ids=["levels", "scales"])
@pytest.mark.parametrize("turned", [0.0, 45.0])
def test_at_the_scale_that_is_told_it_shows(crs: str, limits: dict, turned: float) -> None:
    """Near the equator, where a unit of the map is one of the service."""
    service = replace(SERVICE, **limits)
    unit = 111_319.49 if crs == "EPSG:4326" else 1.0
    resolution = 0.99 * coarsest_resolution(service) / unit
    x, y = (500_000.0, 20_000.0) if crs == "EPSG:32652" else (0.0, 0.0)
    (shown,) = sources_of(TileGrid(crs, resolution, x, y, turned), [TileKey(0, 0, 0)], service)
    assert not shown.is_empty


@pytest.mark.parametrize("scales", [(5.0, 4.0), (-1.0, 4.0), (float("nan"), 4.0)])
def test_limits_that_make_no_sense_are_refused(scales: tuple[float, float]) -> None:
    with pytest.raises(BadTemplate):
        replace(SERVICE, scales=scales)
