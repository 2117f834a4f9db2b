"""GeoJSON by lines: OGR passes over a line that it cannot read in silence, so that these are looked for here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from layers.counted import grouped
from layers.readers.row_problems import MOST_LISTED

LOOKED_AT = 30 * 2**20
"""Lines are counted in the whole file, but parsed only so far."""
_BLOCK = 2**20
_MOST_LINE_BYTES = 32 * 2**20
_SEPARATOR = b"\x1e"
_KINDS = frozenset({
    "Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
})  # fmt: skip


def line_problems(file: BinaryIO, features: int) -> list[str]:
    """Sentences about the lines of which OGR made none of its `features`; [] where each line has become one."""
    found, records, looked_at, is_whole = [], 0, 0, True
    for line, text in _records(file):
        records += 1
        if looked_at + len(text) > LOOKED_AT:
            is_whole = False
            continue
        looked_at += len(text)
        if why := _fault(text):
            found.append(f"Line {line} {why}: it is left out.")
    lost = records - features
    if lost <= 0:  # OGR forgives more than JSON allows, such as a comma too many
        return []
    listed = found[: min(MOST_LISTED, lost)]
    if len(listed) < lost:
        listed.append(f"{grouped(lost)} {'line is' if lost == 1 else 'lines are'} no feature and left out in all.")
        if not is_whole:
            listed.append(f"Only the first {LOOKED_AT // 2**20} MB were looked at line by line.")
    return listed


def _fault(text: bytes) -> str:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        at = f", at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        return f"is no JSON ({getattr(error, 'msg', 'it cannot be read')}{at})"
    return "" if isinstance(found, dict) and found.get("type") in _KINDS else "is JSON but no feature"


def _records(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(the line on which it begins, its text) of each record that is not blank; one that never ends is the last."""
    separator = _SEPARATOR if file.read(1) == _SEPARATOR else b"\n"
    file.seek(0)
    line, rest = 1, b""
    while block := file.read(_BLOCK):
        *whole, rest = (rest + block).split(separator)
        for text in whole:
            if text.strip():
                yield line, text
            line += 1 if separator == b"\n" else text.count(b"\n")
        if len(rest) > _MOST_LINE_BYTES:
            break
    if rest.strip():
        yield line, rest
