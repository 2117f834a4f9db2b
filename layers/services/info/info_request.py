"""Addresses that ask a WMS what is at a place: its own GetMap of a small box, with the place in the middle."""

from __future__ import annotations

from urllib.parse import quote

from layers.services.template import has_numbers, tile_url
from layers.services.tile_matrix import TileMatrix
from layers.services.tile_service import TileService

FORMATS = ("text/plain", "application/json", "text/html", "application/vnd.ogc.gml")
"""Formats to ask for, one after the other while the server refuses them: what is easiest to read first."""
MOST_FEATURES = 10
_SIDE_PX = 101
_REPLACED = frozenset(("request", "info_format", "query_layers", "feature_count", "i", "j", "x", "y", "exceptions"))


def can_be_asked(service: TileService) -> bool:
    """True for a service whose pictures a WMS draws."""
    query = service.template.partition("?")[2].lower()
    return "request=getmap" in query.split("&") and not has_numbers(service.template)


def info_address(service: TileService, x: float, y: float, resolution: float, info_format: str) -> str:
    """The question about a place in the service's CRS, as seen at a resolution (units of that CRS a pixel).

    Raises BadTemplate where the service needs a time that it has not.
    """
    half = resolution * _SIDE_PX / 2
    matrix = TileMatrix("0", x - half, y + half, resolution, 1, 1, _SIDE_PX, _SIDE_PX)
    address = tile_url(service.template, matrix, 0, 0, service.time, service.subdomains)
    base, _, query = address.partition("?")
    pairs = [part for part in query.split("&") if part]
    known = {part.partition("=")[0].lower(): part.partition("=")[2] for part in pairs}
    kept = [part for part in pairs if part.partition("=")[0].lower() not in _REPLACED]
    across, down = ("I", "J") if known.get("version", "").startswith("1.3") else ("X", "Y")
    middle = _SIDE_PX // 2
    question = [
        "REQUEST=GetFeatureInfo",
        f"QUERY_LAYERS={known.get('layers', '')}",
        f"INFO_FORMAT={quote(info_format, safe='/')}",
        f"FEATURE_COUNT={MOST_FEATURES}",
        f"{across}={middle}",
        f"{down}={middle}",
    ]
    return f"{base}?{'&'.join([*kept, *question])}"
