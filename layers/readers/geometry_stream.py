"""Geometries of a file as OGR streams them in Arrow batches, read into numpy with ctypes alone: no object a row."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.readers.ogr_rows import READ_ERRORS, VectorSource, clean, known_crs, remarks_ignored
from layers.readers.wkb_columns import Blobs

_INT64 = b"l"
_BLOBS = (b"z", b"Z")


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

Batch = tuple[NDArray[np.int64], Blobs]


def geometry_batches(source: VectorSource, batch_rows: int, **which: Any) -> Iterator[tuple[str, Batch]]:
    """(CRS as the file gives it or "", (fids, geometries)) of the rows `which` asks for.

    The arrays lie in the driver's memory and are gone with the next step. Raises NotReadable.
    """
    try:
        with (
            remarks_ignored(),
            pyogrio.open_arrow(
                source.dataset, layer=source.layer or None, columns=[], return_fids=True, batch_size=batch_rows,
                **which, **source.how,
            ) as (meta, stream),
        ):  # fmt: skip
            crs = known_crs(meta["crs"])
            for batch in _batches(stream):
                yield crs, batch
    except READ_ERRORS as error:
        raise NotReadable(f"{source.name} cannot be read: {clean(error, source.path)}") from error


def _batches(source: Any) -> Iterator[Batch]:
    capsule = source.__arrow_c_stream__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    stream = _Stream.from_address(pointer(capsule, b"arrow_array_stream"))
    schema = _Schema()
    _check(stream, stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)))
    try:
        formats = [bytes(schema.children[at].contents.format or b"") for at in range(schema.n_children)]
        fid, blob = _only(formats, (_INT64,)), _only(formats, _BLOBS)
        while True:
            batch = _Array()
            _check(stream, stream.get_next(ctypes.byref(stream), ctypes.byref(batch)))
            if not batch.release:
                return
            try:
                yield (
                    _values(batch.children[fid].contents, 1, "i8", int(batch.length)),
                    _blobs(batch.children[blob].contents, formats[blob] == b"Z", int(batch.length)),
                )
            finally:
                batch.release(ctypes.byref(batch))
    finally:
        schema.release(ctypes.byref(schema))
        del capsule  # it owns the stream and lets go of it


def _only(formats: list[bytes], wanted: tuple[bytes, ...]) -> int:
    found = [at for at, kind in enumerate(formats) if kind in wanted]
    if len(found) != 1:
        raise NotReadable("The file's geometries do not come as expected: it cannot be shown.")
    return found[0]


def _check(stream: _Stream, code: int) -> None:
    if code:
        said = stream.get_last_error(ctypes.byref(stream)) or b""
        raise NotReadable(f"The geometries cannot be read: {said.decode('utf-8', 'replace')[:200] or code}.")


def _values(array: _Array, buffer: int, dtype: str, count: int) -> NDArray[Any]:
    """A view of the driver's memory."""
    size, address = np.dtype(dtype).itemsize, array.buffers[buffer]
    if not count or not address:
        return np.zeros(count, dtype)
    raw = (ctypes.c_uint8 * (count * size)).from_address(address + array.offset * size)
    return np.frombuffer(raw, dtype)


def _blobs(array: _Array, large: bool, count: int) -> Blobs:
    starts = _values(array, 1, "i8" if large else "i4", count + 1).astype(np.int64)
    low, high = int(starts[0]), int(starts[-1])
    address = array.buffers[2]
    if high <= low or not address:
        return Blobs(np.zeros(0, np.uint8), np.zeros(count + 1, np.int64))
    raw = (ctypes.c_uint8 * (high - low)).from_address(address + low)
    return Blobs(np.frombuffer(raw, np.uint8), starts - low)
