"""Arrow's C stream, read into numpy with ctypes alone: what `pyogrio.open_arrow` gives, without pyarrow or pandas.

Buffers are copied out of a batch before it is released. Only what GDAL sends is understood; the rest is text.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.vector.columns import Column, Kind, column_of, number_column, text_column
from layers.vector.texts import Texts

_INTEGERS = {"c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8"}
_FLOATS = {"e": "f2", "f": "f4", "g": "f8"}
_TO_MS = {"s": 1000.0, "m": 1.0, "u": 1e-3, "n": 1e-6}


class _Schema(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))), ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))), ("private_data", ctypes.c_void_p),
]  # fmt: skip


class _Array(ctypes.Structure):
    pass


_Array._fields_ = [
    ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))), ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))), ("private_data", ctypes.c_void_p),
]  # fmt: skip


class _Stream(ctypes.Structure):
    pass


_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))), ("private_data", ctypes.c_void_p),
]  # fmt: skip


def batches(source: Any) -> Iterator[list[Column]]:
    """The columns of each batch of an object with `__arrow_c_stream__`. Raises NotReadable where the driver fails."""
    capsule = source.__arrow_c_stream__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    stream = _Stream.from_address(pointer(capsule, b"arrow_array_stream"))
    schema = _Schema()
    _check(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
    try:
        while True:
            batch = _Array()
            _check(stream, stream.get_next(ctypes.byref(stream), ctypes.byref(batch)))
            if not batch.release:
                return
            try:
                columns = [
                    _column(schema.children[at].contents, batch.children[at].contents, batch.offset, batch.length)
                    for at in range(schema.n_children)
                ]
            finally:
                batch.release(ctypes.byref(batch))
            yield columns
    finally:
        schema.release(ctypes.byref(schema))
        del capsule  # it owns the stream and lets go of it


def _check(stream: _Stream, code: int) -> None:
    if code:
        said = stream.get_last_error(ctypes.byref(stream)) or b""
        raise NotReadable(f"The rows cannot be read: {said.decode('utf-8', 'replace')[:200] or code}.")


def _column(schema: _Schema, array: _Array, offset: int, length: int) -> Column:
    """`offset` and `length` are the batch's own; a child may have its own offset besides."""
    name = (schema.name or b"").decode("utf-8", "replace")
    first = array.offset + offset
    if schema.dictionary:
        return _coded(name, schema, array, first, length)
    kind = (schema.format or b"n").decode()
    valid = _bits(array, 0, first, length) if array.null_count else None
    if kind in _INTEGERS:
        values = _values(array, _INTEGERS[kind], first, length)
        if kind == "L" and (values > 2**63 - 1).any():
            return column_of(name, [None if _is_null(valid, i) else str(v) for i, v in enumerate(values.tolist())])
        return number_column(name, Kind.INTEGER, values.astype(np.int64), valid)
    if kind in _FLOATS:
        return number_column(name, Kind.REAL, _values(array, _FLOATS[kind], first, length).astype(np.float64), valid)
    if kind == "b":
        return number_column(name, Kind.BOOLEAN, _bits(array, 1, first, length), valid)
    if kind == "tdD":
        return number_column(name, Kind.DATE, _values(array, "i4", first, length).astype(np.int64), valid)
    if kind.startswith("ts"):
        stamps = _values(array, "i8", first, length)
        if kind[2] != "m":
            stamps = np.round(stamps * _TO_MS[kind[2]]).astype(np.int64)
        return number_column(name, Kind.DATETIME, stamps, valid, kind[4:])
    if kind in ("u", "U"):
        return text_column(name, _texts(array, kind == "U", first, length), valid)
    return column_of(name, [None if _is_null(valid, i) else _other(schema, array, first + i) for i in range(length)])


def _coded(name: str, schema: _Schema, array: _Array, first: int, length: int) -> Column:
    """A column with a dictionary (a coded domain): its values."""
    words = array.dictionary.contents
    inner = _column(schema.dictionary.contents, words, 0, words.length)
    codes = _values(array, _INTEGERS[schema.format.decode()], first, length).astype(np.intp)
    valid = _bits(array, 0, first, length) if array.null_count else None
    if not len(inner):
        return column_of(name, [None] * length)
    found = inner.taken(np.clip(codes, 0, len(inner) - 1))
    if valid is not None:
        valid = valid & found.filled()
    else:
        valid = found.valid
    return Column(name, found.kind, found.values, valid, found.texts, found.codes, found.zone, length)


def _is_null(valid: NDArray[np.bool_] | None, at: int) -> bool:
    return valid is not None and not valid[at]


def _values(array: _Array, dtype: str, first: int, length: int) -> NDArray[Any]:
    size = np.dtype(dtype).itemsize
    address = array.buffers[1]
    if not length or not address:
        return np.zeros(length, dtype)
    raw = (ctypes.c_uint8 * (length * size)).from_address(address + first * size)
    return np.frombuffer(raw, dtype).copy()


def _bits(array: _Array, buffer: int, first: int, length: int) -> NDArray[np.bool_]:
    address = array.buffers[buffer]
    if not length or not address:
        return np.ones(length, bool) if buffer == 0 else np.zeros(length, bool)
    raw = (ctypes.c_uint8 * ((first + length + 7) // 8)).from_address(address)
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    return bits[first : first + length].astype(bool)


def _texts(array: _Array, large: bool, first: int, length: int) -> Texts:
    starts, low, high = _starts(array, large, first, length)
    data = np.empty(0, np.uint8)
    if high > low:
        raw = (ctypes.c_uint8 * (high - low)).from_address(array.buffers[2] + low)
        data = np.frombuffer(raw, np.uint8).copy()
    return Texts.of_starts(data, starts - low)


def _starts(array: _Array, large: bool, first: int, length: int) -> tuple[NDArray[np.int64], int, int]:
    starts = _values(array, "i8" if large else "i4", first, length + 1).astype(np.int64)
    return starts, int(starts[0]), int(starts[-1])


def _other(schema: _Schema, array: _Array, at: int) -> str:
    """Lists as JSON, times as text, bytes by their number: rare, so one cell at a time."""
    kind = schema.format.decode()
    if kind in ("z", "Z"):
        _, low, high = _starts(array, kind == "Z", at, 1)
        return f"{high - low} bytes"
    if kind.startswith("w:"):
        return f"{kind[2:]} bytes"
    if kind.startswith("tt"):
        ticks = _values(array, "i4" if kind in ("tts", "ttm") else "i8", at, 1)
        seconds, rest = divmod(round(float(ticks[0]) * _TO_MS[kind[2]]), 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{clock}.{rest:03}" if rest else clock
    if kind in ("+l", "+L"):
        _, low, high = _starts(array, kind == "+L", at, 1)
        column = _column(schema.children[0].contents, array.children[0].contents, low, high - low)
        return json.dumps([column.value(i) for i in range(len(column))], ensure_ascii=False)
    return f"({kind})"
