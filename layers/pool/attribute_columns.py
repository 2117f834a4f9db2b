"""Converts a reader's "columns" answers into attributes, and checks them, because the reader is not trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from layers.requests.features import ChunkFacts, ColumnFacts, OfLayer, ReadColumns
from layers.vector.columns import DTYPES, NO_VALUES, Attributes, Column, Kind, attributes_of, whole_column
from layers.vector.texts import Texts


class ColumnChunk(Struct, frozen=True, eq=False):
    """Consecutive rows in columns."""

    fids: NDArray[np.int64]
    columns: tuple[Column, ...]
    next_row: int | None


def read_attributes(
    pool: ReaderPool,
    question: OfLayer,
    columns: Sequence[str] | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Attributes:
    """Read all rows of a layer in the columns named (None: all). It blocks: never use it in the window's thread.

    `progress` is called with the number of rows read so far, and raises to cancel. Raises the reader's errors.
    """
    names = None if columns is None else tuple(columns)
    whole = ReadColumns(question.path, question.layer, question.options, question.source_crs, columns=names)
    chunks: list[ColumnChunk] = []
    start: int | None = 0
    rows = 0
    while start is not None:
        progress(rows)
        chunk = chunk_from_answer(pool.ask(replace(whole, start=start)))
        if chunk.next_row is not None and chunk.next_row <= start:
            raise NotReadable("The reader does not get on with the attributes: reload the layer.")
        chunks.append(chunk)
        rows, start = rows + len(chunk.fids), chunk.next_row
    return attributes_from_chunks(chunks, progress)


def chunk_from_answer(answer: Answer) -> ColumnChunk:
    """Build a chunk of columns from an answer. Raises NotReadable when its columns do not fit together."""
    facts: ChunkFacts = answer.facts
    arrays = list(answer.arrays)
    try:
        fids = arrays.pop(0)
        columns = tuple(_column(described, arrays, len(fids)) for described in facts.columns)
        following = facts.next
        fits = fids.dtype == np.int64 and fids.ndim == 1 and not arrays
        fits = fits and (following is None or len(fids) > 0)
    except (TypeError, ValueError, IndexError) as error:
        raise NotReadable("The reader sent attributes that do not fit together: reload the layer.") from error
    if not fits:
        raise NotReadable("The reader sent attributes that do not fit together: reload the layer.")
    return ColumnChunk(fids, columns, following)


def attributes_from_chunks(
    chunks: Sequence[ColumnChunk], progress: Callable[[int], None] = lambda rows: None
) -> Attributes:
    """The chunks as one table; those without rows are left out."""
    filled = [chunk for chunk in chunks if len(chunk.fids)] or list(chunks[:1])
    fids = np.concatenate([chunk.fids for chunk in filled]) if filled else np.empty(0, np.int64)
    columns = []
    for at in range(len(filled[0].columns) if filled else 0):
        progress(len(fids))
        columns.append(whole_column([chunk.columns[at] for chunk in filled]))
    return attributes_of(fids, columns)


def _column(described: ColumnFacts, arrays: list[NDArray[Any]], rows: int) -> Column:
    kind, name = Kind(described.kind), described.name
    texts, codes, values = Texts.of(()), None, NO_VALUES
    if kind is Kind.TEXT:
        texts = _checked(arrays.pop(0), arrays.pop(0))
        if described.codes:
            codes = arrays.pop(0)
            if codes.dtype.kind != "u" or codes.shape != (rows,) or (rows and int(codes.max()) >= len(texts)):
                raise ValueError("codes beyond their texts")
        elif len(texts) != rows:
            raise ValueError("texts that are not as many as the rows")
    else:
        values = arrays.pop(0)
        if values.dtype != DTYPES[kind] or values.shape != (rows,):
            raise ValueError("values of another kind")
    valid = arrays.pop(0) if described.null else None
    if valid is not None and (valid.dtype != np.bool_ or valid.shape != (rows,)):
        raise ValueError("a mask of another shape")
    return Column(name, kind, values, valid, texts, codes, described.zone[:20], rows)


def _checked(data: NDArray[Any], starts: NDArray[Any]) -> Texts:
    fits = data.dtype == np.uint8 and data.ndim == starts.ndim == 1 and starts.dtype.kind == "i" and len(starts) > 0
    if not (fits and starts[0] == 0 and starts[-1] == len(data) and bool((np.diff(starts) >= 0).all())):
        raise ValueError("texts that do not lie in their bytes")
    return Texts.of_starts(data, starts)
