"""Items of scenes as small archives list them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TIFF = "image/tiff"


def stac_item(
    name: str,
    at: str,
    west: float = 10.0,
    *,
    host: str = "files.invalid",
    assets: Mapping[str, Mapping[str, Any]] | None = None,
    **properties: Any,
) -> dict[str, Any]:
    """A scene of Sentinel-2 over a square degree between 50 and 51 N, with a picture on a host; `assets` are more of
    its files, and `properties` stand in the place of the usual ones.
    """
    ring = [[west, 50], [west + 1, 50], [west + 1, 51], [west, 51], [west, 50]]
    picture = {"href": f"http://{host}/{name}.tif", "type": TIFF, "roles": ["visual"]}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, 50, west + 1, 51],
        "properties": {"datetime": at, "platform": "sentinel-2a", "eo:cloud_cover": 5.0} | properties,
        "links": [],
        "assets": {"visual": picture, **(assets or {})},
    }
