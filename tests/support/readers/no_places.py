"""Geometries whose coordinates are no place, as WKB, and a GeoPackage of them."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import shapely

from tests.support.readers.vector_files import ogr, put

NAN, INF = math.nan, math.inf


def wkb_point(x: float, y: float) -> bytes:
    return struct.pack("<BIdd", 1, 1, x, y)


def wkb_line(*places: tuple[float, float]) -> bytes:
    return struct.pack("<BII", 1, 2, len(places)) + b"".join(struct.pack("<dd", *place) for place in places)


def wkb_area(*rings: list[tuple[float, float]]) -> bytes:
    body = b"".join(struct.pack("<I", len(ring)) + b"".join(struct.pack("<dd", *p) for p in ring) for ring in rings)
    return struct.pack("<BII", 1, 3, len(rings)) + body


def geopackage(path: Path, *blobs: bytes) -> Path:
    """Rows as they are, past every check of a library."""
    ogr(path, [shapely.Point(1, 2)] * len(blobs), "GPKG")
    for number, blob in enumerate(blobs, start=1):
        put(path, number, blob)
    return path
