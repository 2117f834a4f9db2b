"""Rows of a vector file with their exact geometries, one chunk after the other: for imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer
from layers.requests.features import OfLayer, ReadRows, RowFacts

ROWS_A_REQUEST = 500


type ReadRow = tuple[int, bytes, dict[str, Any]]
"""fid, WKB in EPSG:4326 or nothing, attributes."""


def read_rows(
    pool: ReaderPool, path: Path, layer: str = "", options: dict[str, Any] | None = None, source_crs: str = ""
) -> Iterator[ReadRow]:
    """Read each row of a layer by `options`; `source_crs` is taken instead of the file's own. It blocks: never use it
    in the window's thread.

    The WKB comes from a reader and has to be guarded like any foreign bytes. Raises the reader's errors.
    """
    start: int | None = 0
    while start is not None:
        answer = pool.ask(ReadRows(str(path.resolve()), layer, options or {}, source_crs, start_fid=start))
        yield from _rows_of(answer)
        following: int | None = answer.facts.next_fid
        if following is not None and start and following <= start:
            raise NotReadable("The reader does not get on with the rows: try again.")
        start = following


def read_rows_of(pool: ReaderPool, question: OfLayer, fids: Sequence[int]) -> Iterator[ReadRow]:
    """Read those of these features that the layer has; blocks, as `read_rows`."""
    for first in range(0, len(fids), ROWS_A_REQUEST):
        chunk = tuple(int(fid) for fid in fids[first : first + ROWS_A_REQUEST])
        answer = pool.ask(ReadRows(question.path, question.layer, question.options, question.source_crs, fids=chunk))
        yield from _rows_of(answer)


def _rows_of(answer: Answer) -> Iterator[ReadRow]:
    facts: RowFacts = answer.facts
    if len(answer.arrays) != 2 or len(answer.arrays[1]) != len(facts.fids) + 1:
        raise NotReadable("The reader sent rows that do not fit together: try again.")
    blobs, starts = answer.arrays
    for row, fid in enumerate(facts.fids):
        wkb = blobs[int(starts[row]) : int(starts[row + 1])].tobytes()
        yield fid, wkb, {name: values[row] for name, values in facts.columns.items()}
