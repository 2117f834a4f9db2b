"""Rows of a vector file with their exact geometries, one chunk after the other: for imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer

ROWS_A_REQUEST = 500


type Row = tuple[int, bytes, dict[str, Any]]
"""fid, WKB in EPSG:4326 or nothing, attributes."""


def read_rows(pool: ReaderPool, path: Path, layer: str = "", options: dict[str, Any] | None = None) -> Iterator[Row]:
    """Each row of a layer, read as `options` say; blocks, so never in the window's thread.

    The WKB comes from a reader and has to be guarded like any foreign bytes. Raises what the reader reports.
    """
    asked = {"path": str(path.resolve()), "layer": layer, "options": options or {}}
    start: int | None = 0
    while start is not None:
        answer = pool.ask("rows", {**asked, "start_fid": start})
        yield from _rows_of(answer)
        start = answer.header["next_fid"]


def read_rows_of(pool: ReaderPool, params: dict[str, Any], fids: Sequence[int]) -> Iterator[Row]:
    """Each of these features that is there; blocks, as `read_rows`.

    `params` name the layer as for "features".
    """
    for first in range(0, len(fids), ROWS_A_REQUEST):
        asked = {**params, "fids": [int(fid) for fid in fids[first : first + ROWS_A_REQUEST]]}
        yield from _rows_of(pool.ask("rows", asked))


def _rows_of(answer: Answer) -> Iterator[Row]:
    blobs, starts = answer.arrays
    columns = answer.header["columns"]
    for row, fid in enumerate(answer.header["fids"]):
        wkb = blobs[int(starts[row]) : int(starts[row + 1])].tobytes()
        yield int(fid), wkb, {name: values[row] for name, values in columns.items()}
