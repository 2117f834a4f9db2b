"""The order of axes in which a server of maps is asked: that of the CRS, or the other one where the server ignores it.

A document cannot tell which one is right. A place within the layer's box can, where the same numbers in the other order
lie outside of it: in the wrong order nothing is drawn there.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec.structs import replace

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, crs_name, transform_bounds
from layers.phrase import Phrase
from layers.services.tile_service import TileService

_LEAST_SHARED = 0.1
"""Least share of a tile, or of a box within it, that has to be common for the tile to show something of the box."""
_OF_MAPS = frozenset(
    ("service", "version", "wmtver", "request", "layers", "styles", "crs", "srs", "bbox", "width", "height", "format")
) | {"transparent", "time", "elevation"}
"""Parameters that differ between the maps of one server."""


class AxisOrder(StrEnum):
    """The orders; each value is the place of a box in a template."""

    EAST_FIRST = "{bbox}"
    NORTH_FIRST = "{bbox-yx}"

    @property
    def other(self) -> AxisOrder:
        return AxisOrder.EAST_FIRST if self is AxisOrder.NORTH_FIRST else AxisOrder.NORTH_FIRST

    @property
    def words(self) -> Phrase:
        return Phrase("North before east") if self is AxisOrder.NORTH_FIRST else Phrase("East before north")


def order_of(service: TileService) -> AxisOrder | None:
    """The order in which a service is asked; None where there is only one: no maps of WMS, or a CRS that counts east
    first.
    """
    from layers.services.offers.crs_names import is_north_first  # for start-up time

    if service.kind != "wms" or service.is_tiled:
        return None
    try:
        if not is_north_first(service.crs):
            return None
    except BadCRS:
        return None
    return AxisOrder.NORTH_FIRST if AxisOrder.NORTH_FIRST in service.template else AxisOrder.EAST_FIRST


def in_order(service: TileService, order: AxisOrder) -> TileService:
    """The same maps, asked for in an order of axes."""
    template, fallback = (text.replace(order.other, order) for text in (service.template, service.fallback))
    return replace(service, template=template, fallback=fallback)


def server_key(service: TileService) -> str:
    """The name of all maps of a server in one CRS: some follow the rule for some CRSs only."""
    head, _, query = service.template.partition("?")
    own = [part for part in query.split("&") if part.partition("=")[0].lower() not in _OF_MAPS]
    return f"{head}?{'&'.join(own)} {crs_name(service.crs)}"


def tells_order(service: TileService, level: int, column: int, row: int) -> bool:
    """True for a tile that lies within the layer's stated box, and outside of it in the other order of axes."""
    box = None if service.bounds is None else _in_crs(service.bounds, service.crs)
    if box is None:
        return False
    tile = service.matrices.matrices[level].tile_bounds(column, row)
    mirrored = Bounds(tile.bottom, tile.left, tile.top, tile.right)
    common = tile.intersection(box)
    if common is None or mirrored.intersects(box):
        return False
    return common.width * common.height >= _LEAST_SHARED * min(tile.width * tile.height, box.width * box.height)


@lru_cache(maxsize=256)
def _in_crs(bounds: Bounds, crs: str) -> Bounds | None:
    try:
        box = transform_bounds(WGS84, crs, bounds)
    except (BadCRS, CannotBePlaced):
        return None
    return box if box.is_finite() else None
