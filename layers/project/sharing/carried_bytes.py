"""Carries the bytes of chips and kept files from one case into the session of another, and compares their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from layers.document.chip import Chip
from layers.document.edit import Table
from layers.document.source import SourceFile
from layers.project.opening.case_bytes import has_column, rows_by_uuid
from layers.project.opening.case_process import Asks
from layers.project.opening.case_reader import CaseReader
from layers.project.saving.blobs import SessionBlobs
from layers.project.storage.tables import DATA, spec_of


def carry_bytes(
    path: Path,
    rows: Iterable[tuple[Table, Chip | SourceFile]],
    renamed: Mapping[str, Mapping[int, str]],
    session: SessionBlobs,
    check: Callable[[int], None],
    asks: Asks | None = None,
) -> list[str]:
    """Copy the bytes of rows from the case at `path`; return the uuids of rows whose bytes are not those of their hash.

    `renamed`: the new uuids of rows by table and row number, where a uuid stood twice in the file. `check` is called
    with the number of rows that are done, and may end the work by what it raises. Raises OSError, and what reading a
    case raises.
    """
    changed: list[str] = []
    with CaseReader.open(path, asks=asks, is_judged=False) as case:
        numbers: dict[str, dict[str, int]] = {}
        for done, (table, row) in enumerate(rows):
            check(done)
            spec = spec_of(table, row)
            if spec.name not in numbers:
                again = {uuid: number for number, uuid in renamed.get(spec.name, {}).items()}
                numbers[spec.name] = rows_by_uuid(case, spec.name) | again
            number = numbers[spec.name].get(row.uuid)
            for column in spec.blobs:
                if number is None or not has_column(case, spec.name, column):
                    continue
                hashed, value = hashlib.sha256(), case.value(spec.name, column, number)
                if value.size or column == DATA:
                    session.put_pieces(spec.name, row.uuid, _hashed(value.pieces, hashed.update), column)
                if column == DATA and row.sha256 and hashed.hexdigest() != row.sha256.lower():
                    changed.append(row.uuid)
    return changed


def _hashed(pieces: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for piece in pieces:
        update(piece)
        yield piece
