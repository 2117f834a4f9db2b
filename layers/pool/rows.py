"""Rows of a vector file with their exact geometries, one chunk after the other: for imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from layers.pool.pool import ReaderPool

ROWS_A_REQUEST = 500


def read_rows(pool: ReaderPool, path: Path, layer: str = "") -> Iterator[tuple[bytes, dict[str, Any]]]:
    """(WKB in EPSG:4326 or empty, attributes) of each row; blocks, so never in the window's thread.

    The WKB comes from a reader and has to be guarded like any foreign bytes. Raises what the reader reports.
    """
    start: int | None = 0
    while start is not None:
        answer = pool.ask("rows", {"path": str(path.resolve()), "layer": layer, "start_fid": start})
        blobs, starts = answer.arrays
        columns = answer.header["columns"]
        for row in range(len(starts) - 1):
            wkb = blobs[int(starts[row]) : int(starts[row + 1])].tobytes()
            yield wkb, {name: values[row] for name, values in columns.items()}
        start = answer.header["next_fid"]


def read_rows_of(
    pool: ReaderPool, params: dict[str, Any], fids: Sequence[int]
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """(fid, WKB in EPSG:4326 or empty, attributes) of each of these features that is there; blocks, as `read_rows`.

    `params` name the layer as for "features".
    """
    for first in range(0, len(fids), ROWS_A_REQUEST):
        asked = {**params, "fids": [int(fid) for fid in fids[first : first + ROWS_A_REQUEST]]}
        answer = pool.ask("rows", asked)
        blobs, starts = answer.arrays
        columns = answer.header["columns"]
        for row, fid in enumerate(answer.header["fids"]):
            wkb = blobs[int(starts[row]) : int(starts[row + 1])].tobytes()
            yield int(fid), wkb, {name: values[row] for name, values in columns.items()}
