"""The rows of a file as OGR streams them in Arrow batches, read into columns.

Buffers are copied out of a batch before it is released. Only what GDAL sends is understood; the rest is text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.phrase import Phrase
from layers.readers.arrow.arrow_c import Array, Schema, bits, opened, pieces, starts, view
from layers.readers.arrow.arrow_times import datetime_column, is_datetime
from layers.readers.rows.single_floats import widened
from layers.vector.columns import Column, Kind, column_of, number_column, text_column
from layers.vector.texts import Texts

_INTEGERS = {"c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8"}
_FLOATS = {"e": "f2", "f": "f4", "g": "f8"}
_TO_MS = {"s": 1000.0, "m": 1.0, "u": 1e-3, "n": 1e-6}


def batches(source: Any) -> Iterator[list[Column]]:
    """The columns of each batch of an object with `__arrow_c_stream__`. Raises NotReadable where the driver fails."""
    with opened(source, Phrase("The rows")) as stream:
        schema = stream.schema
        while True:
            with stream.next_batch() as batch:
                if batch is None:
                    return
                columns = [
                    _column(schema.children[at].contents, batch.children[at].contents, batch.offset, batch.length)
                    for at in range(schema.n_children)
                ]
            yield columns


def _column(schema: Schema, array: Array, offset: int, length: int) -> Column:
    """`offset` and `length` are the batch's own; a child may have its own offset besides."""
    name = (schema.name or b"").decode("utf-8", "replace")
    first = array.offset + offset
    if schema.dictionary:
        return _coded(name, schema, array, first, length)
    kind = (schema.format or b"n").decode()
    valid = bits(array, 0, first, length) if array.null_count else None
    if kind in _INTEGERS:
        values = view(array, _INTEGERS[kind], first, length)
        if kind == "L" and (values > 2**63 - 1).any():
            return column_of(name, [None if _is_null(valid, i) else str(v) for i, v in enumerate(values.tolist())])
        return number_column(name, Kind.INTEGER, values.astype(np.int64), valid)
    if kind == "f":
        return number_column(name, Kind.REAL, widened(view(array, "f4", first, length)), valid)
    if kind in _FLOATS:
        return number_column(name, Kind.REAL, view(array, _FLOATS[kind], first, length).astype(np.float64), valid)
    if kind == "b":
        return number_column(name, Kind.BOOLEAN, bits(array, 1, first, length), valid)
    if kind == "tdD":
        return number_column(name, Kind.DATE, view(array, "i4", first, length).astype(np.int64), valid)
    if kind.startswith("ts"):
        stamps = view(array, "i8", first, length).astype(np.int64)
        if kind[2] != "m":
            stamps = np.round(stamps * _TO_MS[kind[2]]).astype(np.int64)
        return number_column(name, Kind.DATETIME, stamps, valid, kind[4:])
    if kind in ("u", "U"):
        make = datetime_column if is_datetime(schema) else text_column
        return make(name, _texts(array, kind == "U", first, length), valid)
    return column_of(name, [None if _is_null(valid, i) else _other(schema, array, first + i) for i in range(length)])


def _coded(name: str, schema: Schema, array: Array, first: int, length: int) -> Column:
    """A column with a dictionary (a coded domain): its values."""
    words = array.dictionary.contents
    inner = _column(schema.dictionary.contents, words, 0, words.length)
    codes = view(array, _INTEGERS[schema.format.decode()], first, length).astype(np.intp)
    valid = bits(array, 0, first, length) if array.null_count else None
    if not len(inner):
        return column_of(name, [None] * length)
    column = inner.taken(np.clip(codes, 0, len(inner) - 1))
    if valid is not None:
        valid = valid & column.filled()
    else:
        valid = column.valid
    return Column(name, column.kind, column.values, valid, column.texts, column.codes, column.zone, length)


def _is_null(valid: NDArray[np.bool_] | None, at: int) -> bool:
    return valid is not None and not valid[at]


def _texts(array: Array, large: bool, first: int, length: int) -> Texts:
    data, begins = pieces(array, large, first, length)
    return Texts.of_starts(data.copy(), begins)


def _other(schema: Schema, array: Array, at: int) -> str:
    """Lists as JSON, times as text, bytes by their number: rare, so one cell at a time."""
    kind = schema.format.decode()
    if kind in ("z", "Z"):
        low, high = starts(array, kind == "Z", at, 1)
        return f"{high - low} bytes"
    if kind.startswith("w:"):
        return f"{kind[2:]} bytes"
    if kind.startswith("tt"):
        ticks = view(array, "i4" if kind in ("tts", "ttm") else "i8", at, 1)
        seconds, rest = divmod(round(float(ticks[0]) * _TO_MS[kind[2]]), 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}.{rest:03}" if rest else clock
    if kind in ("+l", "+L"):
        low, high = starts(array, kind == "+L", at, 1).tolist()
        column = _column(schema.children[0].contents, array.children[0].contents, low, high - low)
        return json.dumps([column.value(i) for i in range(len(column))], ensure_ascii=False)
    return f"({kind})"
