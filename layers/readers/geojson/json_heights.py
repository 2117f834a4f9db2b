"""Finds missing heights in GeoJSON: OGR reads them as 0 where other places of a geometry have heights."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from layers.phrase import Phrase
from layers.readers.files import Content
from layers.readers.geojson.json_lines import as_collection
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import Rows, VectorSource
from layers.text.counted import counted

MOST_PARSED_BYTES = 30 * 2**20
_HEAD_BYTES = 2**20
_OF_NUMBERS = b"0123456789.-+eE \t\r\n"
_FLAT, _HIGH = b"[,]", b"[,,"
"""Places without and with a height, once nothing is left of their numbers."""


def height_problems(source: VectorSource, rows: Rows) -> list[str]:
    """Sentences about geometries that are shown without heights, because some of their places have none; [] where the
    beginning of the file does not mix them. `rows` are all of it."""
    if not _mixes(_data(source, _HEAD_BYTES)):
        return []
    counts = _lacking(_data(source), source.content, len(rows.fids))
    problems = RowProblems(rows.fids.tolist())
    for index, count in (counts or {}).items():
        places = counted(count, "of its places has", "of its places have")
        problems.add(index, Phrase("{places} no height: it is shown without the heights of the others.", places=places))
    return problems.sentences(Phrase("is shown without heights"))


def height_note(source: VectorSource) -> list[str]:
    """A sentence about a file too large for a search, where its beginning mixes places with and without heights."""
    if os.path.getsize(source.path) <= MOST_PARSED_BYTES or not _mixes(_data(source, _HEAD_BYTES)):
        return []
    return [
        Phrase(
            "Some places in {name} seem to have no height, and it is too large to tell which: "
            "what has a height of 0 somewhere is saved without its heights.",
            name=source.name,
        )
    ]


def without_invented(source: VectorSource, rows: Rows) -> list[bytes | None]:
    """The geometries of all rows of a file, flat where some of their places have no height."""
    wkb = list(rows.wkb)
    shapes = shapely.from_wkb(np.array(wkb, object), on_invalid="fix")
    heights, owner = _heights(shapes)
    suspected = np.unique(owner[heights == 0])
    if not len(suspected) or not _mixes(data := _data(source)):
        return wkb
    lacking = _lacking(data, source.content, len(wkb))
    for index in suspected.tolist():
        if lacking is None or index in lacking:  # where nobody knows, a height that may be none is not shown
            wkb[index] = bytes(shapely.to_wkb(shapely.force_2d(shapes[index]), byte_order=1))
    return wkb


def _heights(shapes: Any) -> tuple[Any, Any]:
    coordinates, owner = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    return coordinates[:, 2], owner


def _data(source: VectorSource, most: int = -1) -> bytes:
    if isinstance(source.dataset, bytes):
        return source.dataset[: most if most >= 0 else None]
    with open(source.path, "rb") as file:
        return file.read(most)


def _mixes(data: bytes) -> bool:
    left = data.translate(None, _OF_NUMBERS)
    return _FLAT in left and _HIGH in left


def _lacking(data: bytes, content: Content, rows: int) -> dict[int, int] | None:
    """Number of places without a height beside others that have one, by feature; None where it cannot be known."""
    if len(data) > MOST_PARSED_BYTES:
        return None
    if content is Content.JSON_LINES and not data.lstrip().startswith(b'{"type":"FeatureCollection"'):
        data = as_collection(data)
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return None
    features = whole.get("features", [whole]) if isinstance(whole, dict) else []
    if not isinstance(features, list) or len(features) != rows:
        return None
    counts = {}
    for index, feature in enumerate(features):
        numbers = [len(place) for place in _places(feature)]
        flat = sum(count < 3 for count in numbers)
        if 0 < flat < len(numbers):
            counts[index] = flat
    return counts


def _places(feature: Any) -> Iterator[Sequence[Any]]:
    waiting = [feature]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += [node.get("geometry"), node.get("coordinates"), *(node.get("geometries") or [])]
        elif isinstance(node, list) and node:
            if isinstance(node[0], int | float):
                yield node
            else:
                waiting += node
