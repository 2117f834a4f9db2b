"""Recognises files of elevation by size, name or first words, and checks them before GDAL makes room for them."""

from __future__ import annotations

import os
import re

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.readers.signatures import GRID, TAPE_LABEL_BYTES

_HGT_CORNER = re.compile(r"[NS]\d\d[EW]\d{3}.*", re.IGNORECASE)
_DTED_HEAD_BYTES = 80 + 648 + 2700
_DTED_COLUMN_BYTES = 12
"""A column's own label and checksum."""
_HEAD_BYTES = 1000
MOST_GRID_BYTES = 400 * 2**20
"""A grid of text has no index: all of it is gone through to find its last row."""


def judge_hgt(path: str) -> None:
    """Raises UnsupportedFormat for a tile whose name does not say where it lies."""
    name = os.path.basename(path)
    if not _HGT_CORNER.fullmatch(name):
        raise UnsupportedFormat(
            "{name} is a tile of SRTM, of which only the name says where it lies: give it back its name, such as "
            "N36E043.hgt for the corner in the south-west.",
            name=name,
        )


def judge_dted(path: str) -> None:
    """Raises NotReadable for a tile that ends before the last of the columns that its header counts."""
    name = os.path.basename(path)
    with open(path, "rb") as file:
        head = file.read(4 * TAPE_LABEL_BYTES)
    begin = head.index(b"UHL1")
    cols, rows = head[begin + 47 : begin + 51], head[begin + 51 : begin + 55]
    if not (cols.isdigit() and rows.isdigit()):
        raise NotReadable("{name} is damaged, its header counts no columns: copy or download it again.", name=name)
    if begin + _DTED_HEAD_BYTES + int(cols) * (2 * int(rows) + _DTED_COLUMN_BYTES) > os.path.getsize(path):
        raise NotReadable("{name} is cut short: its last columns are missing. Copy or download it again.", name=name)


def judge_grid(path: str) -> None:
    """Raises TooLarge for a grid too large to be gone through, NotReadable for one that ends before its last value."""
    name, size = os.path.basename(path), os.path.getsize(path)
    with open(path, "rb") as file:
        match = GRID.match(file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf"))
    cols, rows = (int(match[1]), int(match[2])) if match else (0, 0)
    if not cols or not rows:
        raise NotReadable("{name} names no columns or no rows: save it anew.", name=name)
    if size > MOST_GRID_BYTES:
        raise TooLarge(
            "{name} is a text of over {most_grid_bytes} MB: save it as a GeoTIFF.",
            name=name,
            most_grid_bytes=MOST_GRID_BYTES // 2**20,
        )
    if 2 * cols * rows > size:  # a digit and a blank each
        raise NotReadable(
            "{name} is cut short: it ends before the last of its values. Copy or download it again.", name=name
        )
