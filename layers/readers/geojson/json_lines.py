"""Finds unreadable lines in line-delimited GeoJSON: OGR silently skips them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import pyogrio

from layers.phrase import Phrase
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.row_problems import RowProblems
from layers.text.counted import counted

_BLOCK = 2**20
_MOST_LINE_BYTES = 32 * 2**20
_MOST_ASKED = 200
_SEPARATOR = b"\x1e"
_FEATURE = re.compile(rb'"type"\s*:\s*"Feature"')
_KINDS = frozenset(
    {
        "Feature",
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)


def whole_lines(data: bytes) -> tuple[bytes, list[str]]:
    """Return the lines that are features, and sentences about the others; `data` itself where all are features.

    OGR forgives more than JSON allows, such as a comma too many: the first lines that look wrong are tried with it.
    """
    problems = RowProblems(are_lines=True)
    kept, attempts = [], 0
    for line, text in _records(io.BytesIO(data)):
        why = _fault(text)
        if why and attempts < _MOST_ASKED:
            attempts += 1
            why = "" if _is_forgiven(text) else why
        if why:
            problems.add(line - 1, Phrase("{why}: it is left out.", why=why))
        else:
            kept.append(text)
    if not problems or not kept:
        return data, []
    mark = _SEPARATOR if data.startswith(_SEPARATOR) else b""
    return b"".join(mark + text.rstrip(b"\r\n") + b"\n" for text in kept), problems.sentences(Phrase("is left out"))


def as_collection(data: bytes) -> bytes:
    """The same features as a GeoJSON of one piece."""
    features = [text.strip() for _, text in _records(io.BytesIO(data))]
    whole = [
        feature if _FEATURE.search(feature) else b'{"type":"Feature","properties":{},"geometry":%s}' % feature
        for feature in features
    ]
    return b'{"type":"FeatureCollection","features":[\n' + b",\n".join(whole) + b"\n]}"


def lines_lost(file: BinaryIO, features: int) -> list[str]:
    """A sentence where OGR read fewer `features` than the file has lines; for files too large to check each line."""
    lost = sum(1 for _ in _records(file)) - features
    lines = counted(lost, "line is no feature and is", "lines are no features and are")
    return [Phrase("{lines} left out; the file is too large to say which.", lines=lines)] if lost > 0 else []


def _fault(text: bytes) -> str:
    try:
        content = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        at = Phrase(", at character {pos}", pos=error.pos + 1) if isinstance(error, json.JSONDecodeError) else ""
        return Phrase("it is no JSON ({error}{at})", error=getattr(error, "msg", Phrase("it cannot be read")), at=at)
    return "" if isinstance(content, dict) and content.get("type") in _KINDS else Phrase("it is JSON but no feature")


def _is_forgiven(text: bytes) -> bool:
    try:
        with remarks_ignored():
            return bool(pyogrio.read_info(text, force_feature_count=True)["features"])
    except READ_ERRORS:
        return False


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
