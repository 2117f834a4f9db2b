"""GeoPackage geometry blobs: written from shapely, and read only after a check of all of their bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SRS_ID = 4326
MAX_DEPTH = 32
MAX_VERTICES = 1_000_000

_PLAIN_HEADER = b"GP\x00\x01" + struct.pack("<i", SRS_ID)
_EMPTY_HEADER = b"GP\x00\x11" + struct.pack("<i", SRS_ID)
_ENVELOPE_HEADER = b"GP\x00\x03" + struct.pack("<i", SRS_ID)
_POINT_START = _PLAIN_HEADER + b"\x01\x01\x00\x00\x00"
START_BYTES = 40
"""Bytes at the start of a blob: its header with the plane part of an envelope, or a whole point."""
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_DIMENSIONS = (2, 3, 3, 4)
_MULTI_OF = {
    "LineString": shapely.multilinestrings,
    "LinearRing": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
}


def _as_stored(geometry: BaseGeometry) -> BaseGeometry:
    """Convert lines and polygons into multi geometries: a table has one type, as GeoPackage asks."""
    build = _MULTI_OF.get(geometry.geom_type)
    return geometry if build is None else build([geometry])


def _as_used(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Convert a multi geometry of one part into that part."""
    if geometry is None or not geometry.geom_type.startswith("Multi") or len(geometry.geoms) != 1:
        return geometry
    return geometry.geoms[0]


def blobs(geometries: Sequence[BaseGeometry]) -> tuple[list[bytes], NDArray[np.float64]]:
    """GeoPackage blobs, and bounds (n, 4) as left, bottom, right, top (NaN for empty ones)."""
    values = shapely.force_2d(np.array([_as_stored(geometry) for geometry in geometries], dtype=object))
    bounds = np.asarray(shapely.bounds(values), dtype=np.float64).reshape(-1, 4)
    wkb = shapely.to_wkb(values, byte_order=1, flavor="iso")
    # envelopes are in the order minx, maxx, miny, maxy
    envelopes = np.ascontiguousarray(bounds[:, [0, 2, 1, 3]], dtype="<f8").tobytes()
    types = shapely.get_type_id(values)
    empty = np.isnan(bounds[:, 0])
    out: list[bytes] = []
    for index, (body, kind, hollow) in enumerate(zip(wkb, types.tolist(), empty.tolist(), strict=True)):
        if hollow:
            out.append(_EMPTY_HEADER + body)
        elif kind == 0:
            out.append(_PLAIN_HEADER + body)
        else:
            out.append(_ENVELOPE_HEADER + envelopes[index * 32 : index * 32 + 32] + body)
    return out, bounds


def blob(geometry: BaseGeometry) -> bytes:
    """One GeoPackage blob."""
    return blobs([geometry])[0][0]


def geometries(values: Sequence[object]) -> list[BaseGeometry | None]:
    """Geometries of stored blobs, two-dimensional; None for whatever is no sound, finite, non-empty geometry."""
    if are_plain_points(values):
        joined = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), 29)  # type: ignore[arg-type]
        return points(np.ascontiguousarray(joined[:, 13:]).view("<f8"))
    bodies = np.array([_guarded_wkb(value) for value in values], dtype=object)
    if not len(bodies):
        return []
    shapes = shapely.force_2d(shapely.from_wkb(bodies, on_invalid="ignore"))
    counts = shapely.get_num_coordinates(shapes)
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = counts == 0
    bad[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    shapes[bad] = None
    return [_as_used(geometry) for geometry in shapes.tolist()]


def is_plain_point(value: object) -> bool:
    """True for a blob as we write points, whose coordinates need not be parsed to be trusted."""
    return isinstance(value, bytes) and len(value) == 29 and value.startswith(_POINT_START)


def are_plain_points(values: Sequence[object]) -> bool:
    """`is_plain_point` of all values at once."""
    if not values or set(map(type, values)) != {bytes} or set(map(len, values)) != {29}:  # type: ignore[arg-type]
        return False
    joined = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), 29)  # type: ignore[arg-type]
    return bool((joined[:, :13] == np.frombuffer(_POINT_START, np.uint8)).all())


def told_boxes(starts: Sequence[object]) -> NDArray[np.float64]:
    """(n, 4) left, bottom, right, top by the first `START_BYTES` of blobs, NaN where these do not state them. Nothing
    in the bytes is trusted but these four numbers.
    """
    boxes = np.full((len(starts), 4), np.nan)
    plain = [index for index, start in enumerate(starts) if is_plain_point(start)]
    places = np.frombuffer(b"".join(starts[index][13:29] for index in plain), "<f8").reshape(-1, 2)  # type: ignore[index]
    boxes[plain] = np.concatenate([places, places], axis=1)
    for index in sorted(set(range(len(starts))).difference(plain)):
        start = starts[index]
        if isinstance(start, bytes) and len(start) >= 40 and start[:2] == b"GP" and 1 <= (start[3] >> 1) & 7 <= 4:
            left, right, bottom, top = struct.unpack_from(("<" if start[3] & 1 else ">") + "4d", start, 8)
            boxes[index] = left, bottom, right, top
    boxes[~np.isfinite(boxes).all(axis=1)] = np.nan
    return boxes


def points(coordinates: NDArray[np.float64]) -> list[BaseGeometry | None]:
    """Points of (n, 2) coordinates; None where they are not finite."""
    shapes: list[BaseGeometry | None] = shapely.points(coordinates).tolist()
    for index in np.flatnonzero(~np.isfinite(coordinates).all(axis=1)).tolist():
        shapes[index] = None
    return shapes


def _guarded_wkb(value: object) -> bytes | None:
    """The WKB inside a GeoPackage blob where the guard lets it pass."""
    if not isinstance(value, bytes) or len(value) < 13 or value[:2] != b"GP":
        return None
    envelope = (value[3] >> 1) & 7
    if envelope >= len(_ENVELOPE_BYTES) or value[3] & 0x20:
        return None
    start = 8 + _ENVELOPE_BYTES[envelope]
    body = value[start:]
    if body[:5] == b"\x01\x01\x00\x00\x00":
        return body if len(body) == 21 else None
    return body if wkb_is_sound(body) else None


def wkb_is_sound(wkb: bytes, max_depth: int = MAX_DEPTH, max_vertices: int = MAX_VERTICES) -> bool:
    """True where the headers of `wkb` are known, nest at most `max_depth` deep and promise no more than is there."""
    try:
        end, _ = _walk(wkb, 0, 0, max_depth, max_vertices)
    except (struct.error, ValueError):
        return False
    return end == len(wkb)


def _walk(wkb: bytes, at: int, depth: int, max_depth: int, budget: int) -> tuple[int, int]:
    """(end of the geometry that starts at `at`, vertices left of the budget); raises ValueError or struct.error."""
    if depth > max_depth:
        raise ValueError("nested too deep")
    order = {0: ">", 1: "<"}[wkb[at]] if at < len(wkb) and wkb[at] < 2 else ""
    if not order:
        raise ValueError("no byte order")
    (code,) = struct.unpack_from(order + "I", wkb, at + 1)
    at += 5
    if code & 0x20000000:  # EWKB with an SRID
        at += 4
    dimensions = _dimensions(code)
    kind = (code & 0x0FFFFFFF) % 1000
    if kind == 1:
        return _skip(wkb, at, 1, dimensions, budget)
    (count,) = struct.unpack_from(order + "I", wkb, at)
    at += 4
    if kind == 2:
        return _skip(wkb, at, count, dimensions, budget)
    if kind not in (3, 4, 5, 6, 7) or count * (4 if kind == 3 else 5) > len(wkb) - at:
        raise ValueError("unknown type or a count beyond the end")
    for _ in range(count):
        if kind == 3:
            (points,) = struct.unpack_from(order + "I", wkb, at)
            at, budget = _skip(wkb, at + 4, points, dimensions, budget)
        else:
            at, budget = _walk(wkb, at, depth + 1, max_depth, budget)
    return at, budget


def _dimensions(code: int) -> int:
    thousands = (code & 0x0FFFFFFF) // 1000
    if thousands > 3:
        raise ValueError("unknown type")
    flagged = 2 + bool(code & 0x80000000) + bool(code & 0x40000000)
    return max(flagged, _DIMENSIONS[thousands])


def _skip(wkb: bytes, at: int, points: int, dimensions: int, budget: int) -> tuple[int, int]:
    end = at + points * dimensions * 8
    if points > budget or end > len(wkb):
        raise ValueError("more points than there are")
    return end, budget - points
