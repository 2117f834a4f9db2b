"""STAC documents made for tests: small, valid ones, of which a test changes what it is about."""

from __future__ import annotations

import json
from typing import Any

HOST = "https://stac.example.org/v1"
SEARCH = f"{HOST}/search"
SQUARE = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]}
LANDING_LINKS = [
    {"rel": "self", "href": HOST, "type": "application/json"},
    {"rel": "search", "href": SEARCH, "type": "application/geo+json", "method": "GET"},
    {"rel": "search", "href": SEARCH, "type": "application/geo+json", "method": "POST"},
]
FILTERS = [
    "https://api.stacspec.org/v1.0.0/item-search#filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
]


def item(name: str = "scene", **changes: Any) -> dict[str, Any]:
    """An item; `changes` replace members, and those of `properties` that are given there."""
    properties = {"datetime": "2026-03-01T10:20:30Z", "eo:cloud_cover": 12.5, "platform": "sentinel-2a"}
    whole = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": "s2",
        "geometry": SQUARE,
        "bbox": [10, 50, 11, 51],
        "properties": properties | changes.pop("properties", {}),
        "links": [],
        "assets": {
            "visual": {"href": f"https://files.example.org/{name}.tif", "type": "image/tiff", "roles": ["visual"]}
        },
    }
    return whole | changes


def square_at(lon: float, lat: float) -> dict[str, Any]:
    """Geometry and box of a square of one degree, by its lower left corner."""
    ring = [[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat + 1], [lon, lat]]
    return {"geometry": {"type": "Polygon", "coordinates": [ring]}, "bbox": [lon, lat, lon + 1, lat + 1]}


def page(*items: Any, following: dict[str, Any] | None = None, **more: Any) -> bytes:
    """A page of items, with the link to the next one."""
    links = [] if following is None else [{"rel": "next", **following}]
    return as_bytes({"type": "FeatureCollection", "features": list(items), "links": links} | more)


def landing(**changes: Any) -> dict[str, Any]:
    """The landing page of an API that is searched by GET and POST."""
    return {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "api",
        "title": "An API",
        "description": "",
        "conformsTo": ["https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/item-search"],
        "links": LANDING_LINKS,
    } | changes


def as_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()
