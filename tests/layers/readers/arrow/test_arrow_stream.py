"""Batches that begin within their buffers (slices): each kind of column, with NULLs, against plain lists."""

import ctypes
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pyogrio.errors import DataSourceError

from layers.readers.arrow import geometry_stream
from layers.readers.arrow.arrow_c import Array, Schema, Stream
from layers.readers.arrow.arrow_stream import batches

RELEASE_ARRAY = dict(Array._fields_)["release"]
RELEASE_SCHEMA = dict(Schema._fields_)["release"]


class Slices:
    """A driver whose batches are slices: the columns' buffers begin `own` rows, the batch's `shared` rows earlier."""

    def __init__(self, formats: list[str], columns: list[list[Any]], shared: int, own: int, length: int) -> None:
        self._keep: list[Any] = []
        self._schema = self._schema_of(formats)
        children = [self._array(f, values, own) for f, values in zip(formats, columns, strict=True)]
        self._batches = [self._struct(children, shared, length)]
        get_schema, get_next, last_error, release = (
            dict(Stream._fields_)[n]
            for n in (
                "get_schema",
                "get_next",
                "get_last_error",
                "release",
            )
        )
        self._stream = Stream(
            get_schema(self._give_schema),
            get_next(self._give_next),
            last_error(lambda _: None),
            release(lambda _: None),
            None,
        )
        self.released = 0

    def __arrow_c_stream__(self) -> Any:
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
        return new(ctypes.addressof(self._stream), b"arrow_array_stream", None)

    def _give_schema(self, _: Any, out: Any) -> int:
        ctypes.memmove(out, ctypes.byref(self._schema), ctypes.sizeof(Schema))
        return 0

    def _give_next(self, _: Any, out: Any) -> int:
        given = self._batches.pop() if self._batches else Array()
        self._keep.append(given)
        ctypes.memmove(out, ctypes.byref(given), ctypes.sizeof(Array))
        return 0

    def _released(self, _: Any) -> None:
        self.released += 1

    def _schema_of(self, formats: list[str]) -> Schema:
        children = []
        for number, text in enumerate(formats):
            words = Schema(format=b"u", name=b"", release=RELEASE_SCHEMA(lambda _: None)) if text == "coded" else None
            form = b"c" if text == "coded" else text.encode()
            children.append(Schema(format=form, name=f"c{number}".encode(), release=RELEASE_SCHEMA(lambda _: None)))
            if words is not None:
                children[-1].dictionary = ctypes.pointer(words)
            self._keep.append((children[-1], words))
        pointers = (ctypes.POINTER(Schema) * len(children))(*map(ctypes.pointer, children))
        self._keep.append(pointers)
        return Schema(format=b"+s", n_children=len(children), children=pointers, release=RELEASE_SCHEMA(self._released))

    def _struct(self, children: list[Array], offset: int, length: int) -> Array:
        pointers = (ctypes.POINTER(Array) * len(children))(*map(ctypes.pointer, children))
        self._keep.append((pointers, children))
        return Array(
            length,
            0,
            offset,
            1,
            len(children),
            self._buffers([None]),
            pointers,
            None,
            RELEASE_ARRAY(self._released),
            None,
        )

    def _array(self, form: str, values: list[Any], offset: int) -> Array:
        valid = np.packbits([v is not None for v in values], bitorder="little")
        array = Array(len(values) - offset, sum(v is None for v in values), offset, 2)
        if form == "coded":
            words = sorted({v for v in values if v is not None})
            array.dictionary = ctypes.pointer(self._array("u", words, 0))
            data = [np.array([0 if v is None else words.index(v) for v in values], "i1")]
        elif form == "b":
            data = [np.packbits([bool(v) for v in values], bitorder="little")]
        elif form in ("u", "z"):
            texts = [b"" if v is None else v.encode() if form == "u" else v for v in values]
            data = [np.cumsum([0, *map(len, texts)]).astype("i4"), np.frombuffer(b"".join(texts) or b"\0", np.uint8)]
        else:
            dtype = {"l": "i8", "i": "i4", "g": "f8", "tdD": "i4", "tsm:": "i8", "L": "u8", "ttm": "i4"}[form]
            data = [np.array([0 if v is None else v for v in values], dtype)]
        array.buffers = self._buffers([valid, *data])
        array.release = RELEASE_ARRAY(self._released)
        self._keep.append(array)
        return array

    def _buffers(self, arrays: list[np.ndarray | None]) -> Any:
        self._keep.append(arrays)
        found = (ctypes.c_void_p * len(arrays))(*(None if a is None else a.ctypes.data for a in arrays))
        self._keep.append(found)
        return found


COLUMNS: dict[str, list[Any]] = {
    "b": [True, False, None, True, True, None, False, False, True, None, True, False, True, True, None, False, True],
    "l": [None, 1, 2, 3, None, 5, 6, 7, 8, 9, None, 11, 12, 2**53 + 1, 14, None, 16],
    "g": [0.5, None, 2.5, 3.5, 4.5, None, 6.5, 7.5, None, 9.5, 10.5, 11.5, None, 13.5, 14.5, 15.5, 16.5],
    "u": ["a", "бв", None, "", "文昌", "x", None, "yy", "zzz", "q", None, "", "w", "ö", None, "e", "r"],
    "coded": ["rail", None, "road", "road", "rail", "sea", None, "air", "air", "rail", "sea", None, *["road"] * 5],
    "tdD": [0, 1, None, 19_000, 4, 5, None, 7, 8, 9, 10, None, 12, 13, 14, 15, 16],
    "L": [1, 2**64 - 1, None, 3, 4, 2**63, None, 7, 8, 9, 10, None, 12, 13, 14, 15, 16],
    "z": [b"ab", None, b"", b"abc", None, b"a", b"xyzw", None, *[b"a"] * 9],
}


def shown(form: str, value: Any) -> Any:
    if value is None:
        return None
    if form == "z":
        return f"{len(value)} bytes"
    if form == "tdD":
        return str(np.datetime64(value, "D"))
    return str(value) if form == "L" else value


def slices() -> Iterator[tuple[int, int]]:
    yield from ((shared, own) for shared in (0, 1, 2, 8) for own in (0, 1, 3, 7))


@pytest.mark.parametrize(("shared", "own"), list(slices()))
def test_a_slice_holds_its_own_rows(shared, own):
    first, length = shared + own, min(17 - shared - own, 6)
    driver = Slices(list(COLUMNS), list(COLUMNS.values()), shared, own, length)
    (columns,) = batches(driver)
    for (form, values), column in zip(COLUMNS.items(), columns, strict=True):
        wanted = [shown(form, value) for value in values[first : first + length]]
        found = [column.value(row) for row in range(len(column))]
        if form == "L":  # text where one of them is no int64
            found = [None if value is None else str(value) for value in found]
        assert found == wanted, form
    assert driver.released == 2  # the batch and the schema, each once


def test_a_driver_that_fails_is_named():
    driver = Slices(["l"], [[1, 2]], 0, 0, 2)
    driver._stream.get_next = dict(Stream._fields_)["get_next"](lambda *_: 5)
    with pytest.raises(DataSourceError, match="The rows"):
        list(batches(driver))


@pytest.mark.parametrize(("shared", "own"), list(slices()))
def test_a_slice_of_geometries_holds_its_own(shared, own):
    first, length = shared + own, min(17 - shared - own, 6)
    driver = Slices(["l", "z"], [list(range(17)), COLUMNS["z"]], shared, own, length)
    for fids, blobs in geometry_stream._batches(driver):
        assert fids.tolist() == list(range(first, first + length))
        found = [blobs.data[a:b].tobytes() for a, b in itertools.pairwise(blobs.starts.tolist())]
        assert found == [value or b"" for value in COLUMNS["z"][first : first + length]]
        assert driver.released == 0  # the arrays are the driver's
    assert driver.released == 2
