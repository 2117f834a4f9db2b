"""The first bytes, names and sizes by which kinds of images are known."""

from __future__ import annotations

import os
import re

ENVI = b"ENVI"
HDF5 = b"\x89HDF\r\n\x1a\n"
IMAGINE = b"EHFA_HEADER_TAG"
IMAGINE_PARTS = (".ige", ".rrd", ".rde")
"""GDAL looks for these beside the file, whatever name stands in it."""
_HGT_BYTES = frozenset(2 * cols * rows for cols, rows in ((1201, 1201), (3601, 3601), (1801, 3601)))
"""Sides of SRTM's tiles of three seconds, of one second, and of one and two seconds beyond 50 degrees."""
_DTED_LABELS = (b"UHL1", b"HDR1UHL", b"VOL1", b"HDR1")
TAPE_LABEL_BYTES = 80
GRID = re.compile(rb"\s*ncols\s+(\d{1,12})\s+nrows\s+(\d{1,12})\s+[xy]ll(?:center|corner)\s", re.IGNORECASE)


def is_hgt(path: str, suffix: str) -> bool:
    """True for a tile of SRTM, which says nothing of itself: by its ending and its exact size."""
    return suffix == ".hgt" and os.path.getsize(path) in _HGT_BYTES


def is_dted(head: bytes) -> bool:
    """True for DTED, with or without the labels of the tape from which it came."""
    return head.startswith(_DTED_LABELS) and b"UHL1" in head[: 3 * TAPE_LABEL_BYTES]


def is_grid(head: bytes) -> bool:
    """True for a grid of numbers in text, as ArcGIS writes it (.asc)."""
    return GRID.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


def envi_header_beside(path: str) -> str:
    """The path of the header that belongs to a file's data, in the order in which GDAL looks; "" for none."""
    stem = os.path.splitext(path)[0]
    for candidate in (f"{path}.hdr", f"{path}.HDR", f"{stem}.hdr", f"{stem}.HDR"):
        if candidate != path and os.path.isfile(candidate):
            return candidate
    return ""


def has_envi_header(path: str) -> bool:
    """True where a header of ENVI stands beside a file; GDAL takes the first header there is."""
    header = envi_header_beside(path)
    return bool(header) and _starts(header)


def _starts(header: str) -> bool:
    try:
        with open(header, "rb") as file:
            return file.read(len(ENVI)) == ENVI
    except OSError:
        return False
