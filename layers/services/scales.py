"""Scales of a service: at which it is drawn, by what its server says and by the levels that it has.

A scale denominator is reckoned as services do, with pixels of 0.28 mm and along the units of the service's CRS.
"""

from __future__ import annotations

from layers.geo.crs import is_geographic, metres_per_unit
from layers.grid.tile_grid import TILE_PX
from layers.services.tile_service import TileService

PIXEL_M = 0.00028
"""Edge of a pixel of which services reckon their scales, in metres."""
DEGREE_M = 111_319.49079327358
"""Metres for which services take a degree."""
MOST_SHRUNK = 4.0
"""Factor by which the pixels of a first level are shrunk at most: beyond it too many tiles would be needed."""
_ROUNDING = 1e-6


def unit_m(crs: str) -> float:
    """Metres for which services take a unit of a CRS."""
    return DEGREE_M if is_geographic(crs) else metres_per_unit(crs)


def levels_in_scale(service: TileService) -> tuple[int, int]:
    """The first and the last level that may be asked for: all between its least and its most one without limits of
    scale.
    """
    first, last = service.min_level, service.max_level
    if service.scales is None:
        return first, last
    least, most = (scale * PIXEL_M / unit_m(service.crs) for scale in service.scales)
    matrices = service.matrices.matrices
    while first < last and matrices[first].resolution > most * (1 + _ROUNDING):
        first += 1
    while last > first and matrices[last].resolution < least * (1 - _ROUNDING):
        last -= 1
    return first, last


def is_too_coarse(resolution: float, service: TileService) -> bool:
    """True for a map whose pixels, in units of the service's CRS, are coarser than its server draws."""
    if service.scales is None:
        return False
    return resolution > service.scales[1] * PIXEL_M / unit_m(service.crs) * (1 + _ROUNDING)


def coarsest_resolution(service: TileService) -> float:
    """The coarsest pixels of a map, in units of the service's CRS, on which it is certain to be drawn."""
    first = service.matrices.matrices[levels_in_scale(service)[0]]
    coarsest = first.resolution * max(MOST_SHRUNK * min(first.tile_width, first.tile_height) / TILE_PX, 1.0)
    return coarsest if service.scales is None else min(coarsest, service.scales[1] * PIXEL_M / unit_m(service.crs))
