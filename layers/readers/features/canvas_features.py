"""Features for the canvas: rows of a layer, projected, as int32 steps in columns; and their attributes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import asdict
from numpy.typing import NDArray

from layers.errors import CannotBePlaced
from layers.geo.crs import WEB_MERCATOR, WGS84
from layers.readers.arrow.geometry_stream import geometry_batches
from layers.readers.environment import ANSWER_BYTES, give_back_memory
from layers.readers.features.drawn_rows import Drawn, drawn_batch, drawn_rows, joined
from layers.readers.features.vector_source import Rows, VectorSource, rows_of, source_of
from layers.readers.files import Content, regular_file
from layers.readers.geometry.steps import step_of, to_steps
from layers.readers.guards.geodatabase import geodatabase_of
from layers.readers.rows.fid_range import between, fid_range
from layers.requests.features import ReadAttributes, ReadFeatures, RowFacts
from layers.vector.lost_rows import MOST_LISTED

CHUNK_FEATURES = 50_000
CHUNK_ATTRIBUTES = 20_000
SPARE_BYTES = 2**16
BATCH_BYTES = 2**21
"""Bytes of geometry that are in memory at a time, approximately."""
_MOST_BATCH_ROWS = 2**14
SHARE_BYTES = 3 * 2**20
_MOST_SHARES = 400
_LAST_SHARES = 4
_OTHER_BYTES = 90
"""Approximate bytes of a GeoPackage's row besides its coordinates, which take twice the bytes of their int32 steps."""


def read_features(question: ReadFeatures) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Some rows of a layer in the canvas CRS: the columns of `FeatureTable` from `kind` to `bounds`.

    They are those from `start_fid` on, before `end_fid` where it is given, until the answer has `most_bytes`. Instead
    `share` asks for the i-th of as many like parts of all fids as the header's `shares` says; in files that are not
    read by fid the first part is everything. `step`: the world units of a step, in place of the canvas's.
    Header: crs, origin, step, columns, skipped (rows that have no place),
    lost (the first of them as people count, with the reason), next_fid (for the next chunk), end_fid, shares, done,
    form (which columns are left out because they follow from the others: see `Drawn.form`). Raises CannotBePlaced
    where the layer has no CRS and `source_crs` names none.
    """
    canvas = question.crs
    source, ends = _LAST_SOURCE.get(question)
    wanted = _WantedRows(question, source, ends)
    columns: dict[str, list[Any]] = {}
    if wanted.is_empty:
        drawn, following = joined([]), None
    elif wanted.columns or wanted.limit or not source.is_ogr:
        drawn, following, columns = _by_rows(question, source, wanted)
    else:
        drawn, following = _by_stream(question, source, wanted)
    if following is None and wanted.is_among_last:
        give_back_memory()
    header = {
        "crs": canvas,
        "origin": [0.0, 0.0],
        "step": _step(question),
        "columns": columns,
        "skipped": len(drawn.lost),
        "lost": _listed(drawn),
        "next_fid": following,
        "end_fid": wanted.end,
        "shares": wanted.shares,
        "form": drawn.form(),
    }
    return header, drawn.arrays()


def warm_up() -> None:
    """Do the work early for which the first rows would otherwise wait."""
    to_steps(WGS84, WEB_MERCATOR, np.zeros((1, 2)))


def read_attributes(question: ReadAttributes) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Reads attributes as `ReadAttributes` says; header `RowFacts`."""
    limit = min(question.limit or CHUNK_ATTRIBUTES, CHUNK_ATTRIBUTES)
    wanted = None if question.fids is None else list(question.fids[:limit])
    columns = None if question.columns is None else list(question.columns)
    rows = rows_of(source_of(question), question.start_fid, limit, columns, wanted)
    return asdict(RowFacts(rows.fids.tolist(), rows.columns, rows.next_fid)), ()


@dataclass(slots=True)  # no Struct: it is made of other values than its fields
class _WantedRows:
    """Rows that a request wants."""

    start: int
    end: int | None
    limit: int
    columns: list[str] | None
    most_bytes: int
    is_empty: bool
    row_bytes: float
    """Approximate bytes of one row in the file."""
    share: int
    shares: int
    _last: int

    def __init__(self, question: ReadFeatures, source: VectorSource, ends: tuple[int, int, int]) -> None:
        self.start, self.end = question.start_fid, question.end_fid
        self.limit = question.limit
        self.columns = None if question.columns is None else list(question.columns)
        room = ANSWER_BYTES - SPARE_BYTES
        self.most_bytes = min(question.most_bytes or room, room)
        self.is_empty, self.row_bytes = False, 1000.0
        self.shares, self._last = 1, 2**62
        share = question.share
        self.share = -1 if share is None else share
        if source.by_fid:
            first, last, count = ends
            self.row_bytes = os.path.getsize(source.path) / max(count, 1)
            self._last = last
            if share is not None:
                self.shares = _share_count(max(count, 1), self.row_bytes)
                size = -(-max(last - first + 1, 1) // self.shares)
                self.start = first + share * size
                self.end = self.start + size
                self.is_empty = self.start > last
        elif share is not None:
            self.is_empty = share > 0

    @property
    def is_among_last(self) -> bool:
        """True for the last parts of a large layer; each reader gets one of them."""
        return self.shares > 1 and self.share >= self.shares - _LAST_SHARES

    def is_end(self, position: int) -> bool:
        """True where no rows can follow."""
        return position > self._last or (self.end is not None and position >= int(self.end))


def _share_count(rows: int, row_bytes: float) -> int:
    """The number of parts in which a layer is read, each about `SHARE_BYTES` of coordinates as far as known."""
    size = rows * max((row_bytes - _OTHER_BYTES) / 2, 8.0)
    return int(min(max(round(size / SHARE_BYTES), 1), _MOST_SHARES))


_WITH_CURVES = (Content.GML, Content.GEODATABASE)
"""Formats that hold curves, though their rows are not read by fid."""


class _LastSource:
    """The layer that was read last, looked at once for all its chunks."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._entry: tuple[VectorSource, tuple[int, int, int]] | None = None

    def get(self, question: ReadFeatures) -> tuple[VectorSource, tuple[int, int, int]]:
        """The source, and its `fid_range` where it is read by fid. Raises what opening raises."""
        path = geodatabase_of(question.path) or regular_file(question.path)
        state = os.stat(path)
        options = repr(sorted(question.options.items()))
        key = (path, question.layer, options, state.st_mtime_ns, state.st_size, state.st_ino)
        if self._entry is None or key != self._key:
            source = source_of(question)
            self._entry = source, fid_range(source) if source.by_fid else (0, 0, 0)
            self._key = key
        return self._entry


_LAST_SOURCE = _LastSource()


def _by_stream(question: ReadFeatures, source: VectorSource, wanted: _WantedRows) -> tuple[Drawn, int | None]:
    """Read rows as OGR streams them; rows that the fast way does not understand are read once more."""
    pieces: list[Drawn] = []
    position, size, crs, canvas = wanted.start, 0, question.source_crs, question.crs
    clockwise, step = source.content is Content.SHAPEFILE, _step(question)
    for stated_crs, (fids, blobs) in geometry_batches(source, _batch_rows(wanted), **_which(source, wanted)):
        crs = crs or _known(stated_crs, source)
        piece, left = drawn_batch(blobs, fids, crs, canvas, clockwise=clockwise, step=step)
        if left.size:
            rows = list(_rows_left(source, fids[left], [blobs.row(int(at)) for at in left]))
            others = (drawn_rows(wkb, ids, crs, canvas, clockwise=clockwise, step=step) for ids, wkb in rows)
            piece = joined([piece, *others]).in_order()
        after = int(fids[-1]) + 1 if source.by_fid else position + len(fids)
        if size + piece.nbytes > ANSWER_BYTES - SPARE_BYTES:
            return _cut(pieces, piece, size, fids, position, source)
        pieces.append(piece)
        size, position = size + piece.nbytes, after
        if size >= wanted.most_bytes:
            return joined(pieces), None if wanted.is_end(position) else position
    return joined(pieces), None


def _which(source: VectorSource, wanted: _WantedRows) -> dict[str, Any]:
    if not source.by_fid:
        return {"skip_features": wanted.start} if wanted.start else {}
    where = between(source, wanted.start, None if wanted.end is None else int(wanted.end))
    return {"where": where} if where else {}


def _batch_rows(wanted: _WantedRows) -> int:
    return int(min(max(BATCH_BYTES / max(wanted.row_bytes, 1.0), 64), _MOST_BATCH_ROWS))


def _rows_left(
    source: VectorSource, fids: NDArray[np.int64], wkb: list[bytes]
) -> Iterator[tuple[NDArray[np.int64], list[bytes | None]]]:
    """Read the remaining rows, such as curves: as straight pieces, where single rows of the file can be read."""
    if not source.by_fid and source.content not in _WITH_CURVES:
        yield fids, list(wkb)
        return
    for first in range(0, len(fids), 500):
        rows = rows_of(source, 0, 500, [], fids[first : first + 500].tolist())
        yield rows.fids, list(rows.wkb)


def _cut(
    pieces: list[Drawn], piece: Drawn, size: int, fids: NDArray[np.int64], position: int, source: VectorSource
) -> tuple[Drawn, int]:
    """Cut a batch that does not fit to the rows that fit; at least one where the answer is empty otherwise."""
    room = ANSWER_BYTES - SPARE_BYTES - size
    count = piece.rows_that_fit(room, fids)
    if not count and not pieces:
        count = 1
    if count:
        pieces = [*pieces, piece.before(int(fids[count]) if count < len(fids) else int(fids[-1]) + 1)]
    following = int(fids[count]) if count < len(fids) else int(fids[-1]) + 1
    return joined(pieces), following if source.by_fid else position + count


def _by_rows(
    question: ReadFeatures, source: VectorSource, wanted: _WantedRows
) -> tuple[Drawn, int | None, dict[str, list[Any]]]:
    """Rows as they are parsed, with their attributes."""
    limit = min(wanted.limit or CHUNK_FEATURES, CHUNK_FEATURES)
    rows = rows_of(source, wanted.start, limit, wanted.columns)
    crs = question.source_crs or _known(rows.crs, source)
    clockwise = source.content is Content.SHAPEFILE
    drawn = drawn_rows(rows.wkb, rows.fids, crs, question.crs, clockwise=clockwise, step=_step(question))
    count = drawn.rows_that_fit(ANSWER_BYTES - SPARE_BYTES, rows.fids)
    following = rows.next_fid
    if count < len(rows.fids):
        count = max(count, 1)
        if count < len(rows.fids):
            drawn = drawn.before(int(rows.fids[count]))
            following = int(rows.fids[count]) if source.by_fid else wanted.start + count
    if wanted.end is not None and following is not None and following >= int(wanted.end):
        following = None
    return drawn, following, _columns(rows, drawn)


def _step(question: ReadFeatures) -> float:
    """World units a step: the requested ones, or the canvas's."""
    step = question.step
    return float(step) if step is not None and 0 < step < math.inf else step_of(question.crs)


def _columns(rows: Rows, drawn: Drawn) -> dict[str, list[Any]]:
    at = np.searchsorted(rows.fids, drawn.fid).tolist()
    return {name: [values[row] for row in at] for name, values in rows.columns.items()}


def _listed(drawn: Drawn) -> list[list[int]]:
    lost = drawn.lost[np.argsort(drawn.lost[:, 0], kind="stable")[:MOST_LISTED]]
    return [[fid, reason] for fid, reason in lost.tolist()]


def _known(crs: str, source: VectorSource) -> str:
    if not crs:
        raise CannotBePlaced(
            "{layer} does not say in which CRS it is: choose its CRS.", layer=source.layer or source.name
        )
    return crs
