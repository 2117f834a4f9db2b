"""Surfaces of triangles and patches, as multipatch shapefiles hold them: polygons with the same corners.

Only the type numbers in the well-known binary differ, so that nothing moves.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace

from layers.readers.geometry.wkb_columns import HEAD, Blobs

POLYHEDRAL, TIN, TRIANGLE = 15, 16, 17
_POLYGON, _MULTIPOLYGON = 3, 6
_BECOMES = {POLYHEDRAL: _MULTIPOLYGON, TIN: _MULTIPOLYGON, TRIANGLE: _POLYGON}
_PARTS_ARE_GEOMETRIES = frozenset({4, 5, 6, 7, POLYHEDRAL, TIN})
_Z_FLAG = 0x80000000
"""OGR's sign for Z in its older form, instead of 1000 more."""
_MAX_DEPTH = 32


def blobs_as_polygons(blobs: Blobs) -> Blobs:
    """All rows with polygons for surfaces; the data is a copy."""
    data = bytearray(blobs.data.tobytes())
    for start, end in zip(blobs.starts[:-1].tolist(), blobs.starts[1:].tolist(), strict=True):
        if end - start >= HEAD:
            _rename(data, start, end)
    return replace(blobs, data=np.frombuffer(data, np.uint8))


def rows_as_polygons(wkb: Sequence[Any]) -> Any:
    """(n,) the same of geometries one by one, None for none."""
    blobs = np.empty(len(wkb), object)
    for at, blob in enumerate(wkb):
        if blob is not None:
            data = bytearray(blob)
            _rename(data, 0, len(data))
            blobs[at] = bytes(data)
    return blobs


def _rename(data: bytearray, start: int, end: int) -> None:
    """Give the surfaces in one geometry, which is damaged for all we know, other type numbers."""
    try:
        _walk(memoryview(data)[start:end], 0, 0)
    except struct.error:
        return  # it ends early: whoever reads it says so


def _walk(data: memoryview, at: int, depth: int) -> int:
    """Rename the geometry that begins at a byte; return the byte after it. Raises struct.error."""
    order, kind = struct.unpack_from("<BI", data, at)
    flag, plain = kind & _Z_FLAG, kind & ~_Z_FLAG
    base, size = plain % 1000, 8 * (3 if flag else (2, 3, 3, 4)[min(plain // 1000, 3)])
    if order != 1 or depth > _MAX_DEPTH:
        raise struct.error
    struct.pack_into("<I", data, at + 1, kind - base + _BECOMES.get(base, base))
    at += HEAD
    if base == 1:
        return at + size
    if base == 2:
        return at + 4 + size * int(struct.unpack_from("<I", data, at)[0])
    if base in (_POLYGON, TRIANGLE):
        (rings,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(rings):
            at += 4 + size * int(struct.unpack_from("<I", data, at)[0])
        return at
    if base not in _PARTS_ARE_GEOMETRIES:
        raise struct.error
    (parts,) = struct.unpack_from("<I", data, at)
    at += 4
    for _ in range(parts):
        at = _walk(data, at, depth + 1)
    return at
