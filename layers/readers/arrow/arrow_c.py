"""Arrow's C stream, as `pyogrio.open_arrow` gives it, opened with ctypes alone: without pyarrow or pandas.

What `view` and `pieces` give lies in the driver's memory, and is gone when its batch is let go.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError


class Schema(ctypes.Structure):
    pass


Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))),
    ("private_data", ctypes.c_void_p),
]


class Array(ctypes.Structure):
    pass


Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))),
    ("private_data", ctypes.c_void_p),
]


class Stream(ctypes.Structure):
    pass


Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))),
    ("private_data", ctypes.c_void_p),
]


class OpenStream:
    """A stream with its schema; `what` is the name of its contents in errors."""

    def __init__(self, stream: Stream, what: str) -> None:
        self._stream = stream
        self._what = what
        self.schema = Schema()
        self._check(stream.get_schema(ctypes.byref(stream), ctypes.byref(self.schema)))

    @contextmanager
    def next_batch(self) -> Iterator[Array | None]:
        """The next batch, let go of at the end of the `with`; None after the last. Raises DataSourceError."""
        batch = Array()
        self._check(self._stream.get_next(ctypes.byref(self._stream), ctypes.byref(batch)))
        if not batch.release:
            yield None
            return
        try:
            yield batch
        finally:
            batch.release(ctypes.byref(batch))

    def _check(self, code: int) -> None:
        if code:
            message = self._stream.get_last_error(ctypes.byref(self._stream)) or b""
            raise DataSourceError(message.decode("utf-8", "replace") or self._what)


@contextmanager
def opened(source: Any, what: str) -> Iterator[OpenStream]:
    """The stream of an object with `__arrow_c_stream__`. Raises DataSourceError where the driver fails."""
    capsule = source.__arrow_c_stream__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    stream = OpenStream(Stream.from_address(pointer(capsule, b"arrow_array_stream")), what)
    try:
        yield stream
    finally:
        stream.schema.release(ctypes.byref(stream.schema))
        del capsule  # it owns the stream and lets go of it


def view(array: Array, dtype: str, first: int, count: int) -> NDArray[Any]:
    """The values from `first` on; zeros where the driver gives no buffer."""
    size, address = np.dtype(dtype).itemsize, array.buffers[1]
    if not count or not address:
        return np.zeros(count, dtype)
    raw = (ctypes.c_uint8 * (count * size)).from_address(address + first * size)
    return np.frombuffer(raw, dtype)


def bits(array: Array, buffer: int, first: int, count: int) -> NDArray[np.bool_]:
    """A copy of the bits; without a buffer all are valid (buffer 0), or all False."""
    address = array.buffers[buffer]
    if not count or not address:
        return np.ones(count, bool) if buffer == 0 else np.zeros(count, bool)
    raw = (ctypes.c_uint8 * ((first + count + 7) // 8)).from_address(address)
    unpacked = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
    return unpacked[first : first + count].astype(bool)


def starts(array: Array, large: bool, first: int, count: int) -> NDArray[np.int64]:
    """A copy of where each value of varying length begins, and where the last one ends."""
    return view(array, "i8" if large else "i4", first, count + 1).astype(np.int64)


def pieces(array: Array, large: bool, first: int, count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of `count` texts or blobs, and where each begins in them, with the end of the last."""
    begins = starts(array, large, first, count)
    low, high = int(begins[0]), int(begins.max())
    address = array.buffers[2]
    if high <= low or not address:
        return np.zeros(0, np.uint8), np.zeros(count + 1, np.int64)
    raw = (ctypes.c_uint8 * (high - low)).from_address(address + low)
    return np.frombuffer(raw, np.uint8), begins - low
