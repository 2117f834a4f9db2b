"""Operations of the separate process that reads a case: one function per op, params in, (header, arrays) out.

The window never opens a case with SQLite itself: a damaged or hostile one costs this process, which knows nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from layers.decoding import encoded
from layers.project.opening.case_file import MOST_CELL_BYTES, CaseFile, Spoiled, TooLong, in_full
from layers.project.opening.foreign import foreign_in
from layers.project.storage.geometry_blobs import are_plain_points, blobs, geometries, is_plain_point
from layers.project.storage.versions import schema_version_in

_PLAIN = {str, int, float, type(None)}
_SAMPLE = 1_000
"""Rows that are looked at to decide whether a column has few distinct texts."""

type Result = tuple[dict[str, Any], tuple[Any, ...]]


class CaseOps:
    """Answers requests about the case that "open" named. Raises GeoloupeError."""

    def __init__(self) -> None:
        self._case: CaseFile | None = None

    def run(self, op: str, params: dict[str, Any]) -> Result:
        if op == "open":
            return self._open(params), ()
        if op == "close":
            self.close()
            return {}, ()
        assert self._case is not None, "open a case first"
        match op:
            case "filled":
                return {"columns": self._case.filled(params["table"], params["columns"], params.get("only"))}, ()
            case "near":
                numbers, count = self._case.near(params["table"], params["bounds"], params["most"])
                return {"numbers": numbers, "count": count}, ()
            case "rows":
                return _rows(self._case, params)
            case "count":
                return {"count": self._case.count(params["table"])}, ()
            case "count_boxes":
                return {"count": self._case.count_boxes(params["table"])}, ()
            case "check":
                return {"is_sound": self._case.check(params["tables"])}, ()
            case "mark":
                mark, integrity = self._case.mark()
                return {"mark": encoded(mark), "integrity": str(integrity)}, ()
            case "copied":
                self._case.wait_copied()
                return {}, ()
            case "go_on":
                self._case.go_on()
                return {}, ()
            case "rest":
                done_bytes, is_done, state = self._case.rest()
                return {"done_bytes": done_bytes, "is_done": is_done, "integrity": state}, ()
            case "known":
                return {"known": self._case.known}, ()
            case "piece":
                return _piece(self._case, params)
        raise AssertionError(f"no op {op}")

    def close(self) -> None:
        if self._case is not None:
            self._case.close()
            self._case = None

    def _open(self, params: dict[str, Any]) -> dict[str, Any]:
        self.close()
        copy = Path(params["copy"]) if params["copy"] else None
        case = self._case = CaseFile(Path(params["path"]), copy, Path(params["scratch"]), params["deadline_s"])
        if params.get("is_judged", True):
            case.begin_check(rows_first=params.get("rows_first", False))
        return {
            "meta": case.meta,
            "tables": {name: [column.name for column in columns] for name, columns in case.schema.tables.items()},
            "foreign": encoded(foreign_in(case.schema, schema_version_in(case.meta))),
            "problems": list(case.problems),
            "mark": encoded(case.held_mark),
            "expected": str(case.expected()),
        }


def _rows(case: CaseFile, params: dict[str, Any]) -> Result:
    """Values by columns. Those of the "geometry" or the "blob" column (there is one at most) come as arrays."""
    names = list(params["columns"])
    rows, is_last = case.rows(params["table"], params["columns"], params["after"], params.get("only"))
    numbers, *columns = zip(*rows, strict=True) if rows else ((), *((),) * len(names))
    arrays: tuple[Any, ...] = ()
    cells = {}
    for name, values in zip(names, columns, strict=True):
        if name == params.get("geometry"):
            arrays, cells[name] = _geometry(values)
        elif name == params.get("blob"):
            arrays = _joined([value if isinstance(value, bytes) else b"" for value in values])
            cells[name] = {"refused": [(i, _cell(v)) for i, v in enumerate(values) if not isinstance(v, bytes)]}
        else:
            cells[name] = _packed(values, has_large=params["columns"][name] > MOST_CELL_BYTES)
    header = {"numbers": list(numbers), "columns": cells, "is_last": is_last, "known": case.known}
    return header, arrays


def _geometry(values: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return blobs that GEOS has read once; an empty one for a refused geometry, which is reported as it stood."""
    if are_plain_points(values):
        return _joined(values), {"refused": []}
    sound_blobs = [value if is_plain_point(value) else b"" for value in values]
    others = [index for index, blob in enumerate(sound_blobs) if not blob]
    read = geometries([values[index] for index in others])
    sound = [(index, geometry) for index, geometry in zip(others, read, strict=True) if geometry is not None]
    for (index, _), blob in zip(sound, blobs([geometry for _, geometry in sound])[0] if sound else (), strict=True):
        sound_blobs[index] = blob
    refused = [(index, _cell(values[index])) for index, blob in enumerate(sound_blobs) if not blob]
    return _joined(sound_blobs), {"refused": refused}


def _joined(pieces: Sequence[bytes]) -> tuple[Any, Any]:
    """Bytes one behind the other, and where each ends."""
    return np.frombuffer(b"".join(pieces), np.uint8), np.cumsum([len(data) for data in pieces], dtype=np.int64)


def _packed(values: tuple[Any, ...], *, has_large: bool) -> Any:
    """A column in JSON: a list of cells, or its few distinct texts and which of them each row has."""
    if has_large or not set(map(type, values)) <= _PLAIN:
        return [_cell(in_full(value)) for value in values]
    distinct = dict.fromkeys(values[:_SAMPLE])
    if len(distinct) * 4 <= len(values[:_SAMPLE]) and set(map(type, distinct)) <= {str, type(None)}:
        distinct = dict.fromkeys(values)
        if len(distinct) * 4 <= len(values):
            place = {value: index for index, value in enumerate(distinct)}
            return {"texts": list(distinct), "of": list(map(place.__getitem__, values))}
    return values


def _cell(value: Any) -> Any:
    match value:
        case bytes() as data:
            return {"bytes": base64.b64encode(data).decode("ascii")}
        case Spoiled(text):
            return {"spoiled": text}
        case TooLong(size):
            return {"size": size}
        case plain:
            return plain


def _piece(case: CaseFile, params: dict[str, Any]) -> Result:
    wanted = (params[name] for name in ("table", "column", "row", "offset", "length"))
    piece, size, is_text = case.piece(*wanted)
    return {"size": size, "is_text": is_text}, (np.frombuffer(piece, np.uint8),)
