"""Attributes for tables, filters, labels and styles: whole columns, exact, no Python object a cell."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyogrio
from msgspec import Struct
from numpy.typing import NDArray

from layers.readers.arrow.arrow_stream import batches
from layers.readers.environment import ANSWER_BYTES
from layers.readers.features.odd_dates import without_odd_cells
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.source_rows import VectorSource
from layers.readers.vector_words import features_refused
from layers.requests.features import ReadColumns
from layers.vector.columns import Column, Kind, column_of, whole_column
from layers.vector.texts import Texts

CHUNK_ROWS = 200_000
BATCH_ROWS = 20_000
ROOM_BYTES = ANSWER_BYTES - 2**20
_PER_ARRAY_BYTES = 64


def read_columns(question: ReadColumns) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Read the next chunk of whole columns that `ReadColumns` asks for; `start` is a position in the file.

    Header: columns (name, kind, zone, null, codes), next (None after the last row). Arrays: fids, then for each column
    its values, or its texts' bytes, starts and codes; and its mask where some cell is NULL. Raises NotReadable, and
    what opening raises.
    """
    source, start = source_of(question), question.start
    wanted = None if question.columns is None else list(question.columns)
    if source.is_ogr:
        fids, columns, more = STREAMS.chunk(source, wanted, start)
    else:
        rows = rows_of(source, start, CHUNK_ROWS, wanted)
        fids, more = np.asarray(rows.fids, np.int64), rows.next_fid is not None
        columns = [column_of(name, values) for name, values in rows.columns.items()]
    count = _rows_that_fit(columns, len(fids))
    if count < len(fids):
        kept = np.arange(count)
        fids, columns, more = fids[:count], [column.taken(kept) for column in columns], True
    described, arrays = [], [fids]
    for column in columns:
        described.append(
            {
                "name": column.name,
                "kind": str(column.kind),
                "zone": column.zone,
                "null": column.valid is not None,
                "codes": column.codes is not None,
            }
        )
        arrays += _arrays(column)
    return {"columns": described, "next": start + count if more else None}, tuple(arrays)


def _arrays(column: Column) -> list[NDArray[Any]]:
    arrays: list[NDArray[Any]] = [column.values]
    if column.kind is Kind.TEXT:
        arrays = [column.texts.data, np.asarray(column.texts.starts)]
        if column.codes is not None:
            arrays.append(column.codes)
    return arrays if column.valid is None else [*arrays, column.valid]


def _rows_that_fit(columns: list[Column], rows: int) -> int:
    """Number of leading rows that fit an answer; at least one, even if the answer is then refused as too large."""
    ends = np.arange(1, rows + 1, dtype=np.int64) * 8
    for column in columns:
        ends += np.arange(1, rows + 1) * 9 + _PER_ARRAY_BYTES
        if column.kind is Kind.TEXT:
            ends += column.texts.starts[1:] if column.codes is None else len(column.texts.data)
    return max(1, int(np.searchsorted(ends, ROOM_BYTES, side="right"))) if rows else 0


class _Open(Struct, eq=False):
    """A stream being read: from row `at` on it has the columns in `rest`, then those of `batches`."""

    key: tuple[Any, ...]
    stack: contextlib.ExitStack
    batches: Iterator[list[Column]]
    at: int
    rest: list[Column] | None = None


class _Streams:
    """The stream that was read last stays open, so that its next chunk does not begin the file anew."""

    def __init__(self) -> None:
        self._open: _Open | None = None

    def chunk(
        self, source: VectorSource, names: list[str] | None, start: int
    ) -> tuple[NDArray[np.int64], list[Column], bool]:
        """(fids, columns, whether there are more) of some rows from `start` on."""
        try:
            with remarks_ignored():
                stream = self._at(source, names, start)
                parts, rows, size, is_over = [], 0, 0, False
                while rows < CHUNK_ROWS and size < ROOM_BYTES:
                    batch = stream.rest if stream.rest is not None else next(stream.batches, None)
                    stream.rest = None
                    if batch is None:
                        is_over = True
                        break
                    if not len(batch[0]):
                        continue
                    parts.append(batch)
                    rows += len(batch[0])
                    size += sum(column.nbytes for column in batch)
        except READ_ERRORS as error:
            self.close()
            raise features_refused(source.name, str(error)) from error
        if not parts:
            self.close()
            return np.empty(0, np.int64), [], False
        whole = [_plain(list(column)) for column in zip(*parts, strict=True)]
        fids = whole[0].values.astype(np.int64)  # OGR puts the fid before the attributes
        try:
            columns = without_odd_cells(source, fids, whole[1:])
        except READ_ERRORS as error:
            self.close()
            raise features_refused(source.name, str(error)) from error
        whole, fids = [whole[0], *columns], fids + source.first
        stream.at = start + rows
        fitting = _rows_that_fit(columns, rows)
        if fitting < rows:
            after = np.arange(fitting, rows)
            stream.at, stream.rest = start + fitting, [column.taken(after) for column in whole]
        elif is_over:
            self.close()
        return fids, columns, not is_over or fitting < rows

    def close(self) -> None:
        if self._open is not None:
            self._open.stack.close()
            self._open = None

    def _at(self, source: VectorSource, names: list[str] | None, start: int) -> _Open:
        state = os.stat(source.path)
        key = (
            source.path,
            source.layer,
            repr(source.how),
            state.st_mtime_ns,
            state.st_size,
            None if names is None else tuple(names),
        )
        if self._open is not None and (self._open.key, self._open.at) == (key, start):
            return self._open
        self.close()
        stack = contextlib.ExitStack()
        _, stream = stack.enter_context(
            pyogrio.open_arrow(
                source.dataset,
                layer=source.layer or None,
                columns=names,
                read_geometry=False,
                return_fids=True,
                skip_features=start,
                batch_size=BATCH_ROWS,
                datetime_as_string=True,
                **source.how,
            )
        )
        self._open = _Open(key, stack, batches(stream), start)
        return self._open


STREAMS = _Streams()


def _plain(parts: list[Column]) -> Column:
    """One chunk's batches of a column as one; a text a row, so that it can be cut anywhere."""
    column = whole_column(parts)
    if column.codes is None or len(column.texts) < len(column) // 4:
        return column
    return Column(column.name, column.kind, column.values, column.valid, _row_texts(column), rows=len(column))


def _row_texts(column: Column) -> Texts:
    assert column.codes is not None
    return column.texts.taken(column.codes.astype(np.intp))
