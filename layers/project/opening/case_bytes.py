"""Reads the bytes of chips and kept files in a case, and compares them with the hashes that their rows state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from layers.document.vocabulary import CUSTODY_TABLES
from layers.project.opening.case_reader import CaseReader, Chunk, Unfit, Value
from layers.project.storage.tables import DATA
from layers.project.storage.versions import later_columns, schema_version_in

_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_LONGEST_TEXT = 1000


class ChangedBytes(Struct, frozen=True):
    """A row whose bytes are not those that its hash is of."""

    table: str
    uuid: str
    name: str
    """Name or caption of the row, which may be empty."""
    is_missing: bool
    """True where there are no bytes at all."""


def has_column(case: CaseReader, table: str, column: str) -> bool:
    """True where a table has this column of ours; an older case may have another program's of that name."""
    newer = later_columns(schema_version_in(case.opened.meta), table)
    return column in case.opened.tables.get(table, frozenset()) - newer


def rows_by_uuid(case: CaseReader, table: str) -> dict[str, int]:
    """Row numbers of a table by uuid, the first where a uuid stands twice."""
    numbers: dict[str, int] = {}

    def take(chunk: Chunk) -> None:
        for uuid, number in zip(chunk.columns["uuid"], chunk.numbers, strict=True):
            if isinstance(uuid, str):
                numbers.setdefault(uuid, number)

    if "uuid" in case.opened.tables.get(table, frozenset()):
        case.each_chunk(table, {"uuid": 100}, take)
    return numbers


def each_blob(case: CaseReader, table: str, column: str, take: Callable[[str, Value], None]) -> None:
    """Give the uuid and the bytes of each row that has any to `take`."""
    if not (has_column(case, table, "uuid") and has_column(case, table, column)):
        return
    large: list[tuple[str, int]] = []

    def take_chunk(chunk: Chunk) -> None:
        rows = zip(chunk.columns["uuid"], chunk.columns[column], chunk.numbers, strict=True)
        for index, (uuid, data, number) in enumerate(rows):
            if isinstance(chunk.refused.get(index), Unfit):
                large.append((str(uuid), number))
            elif index not in chunk.refused:
                take(str(uuid), Value(len(data), False, iter((data,))))

    columns = case.filled(table, ["uuid", column])
    if len(columns) == 2:
        case.each_chunk(table, columns, take_chunk, blob=column)
    for uuid, number in large:
        take(uuid, case.value(table, column, number))


def changed_bytes(case: CaseReader) -> Iterator[ChangedBytes]:
    """Find the chips and kept files whose bytes differ from their hash. A row without a whole hash is left out."""
    for table in CUSTODY_TABLES:
        stated = _stated(case, table)
        hashes: dict[str, str] = {}

        def take(uuid: str, value: Value, hashes: dict[str, str] = hashes) -> None:
            hashed = hashlib.sha256()
            for piece in value.pieces:
                hashed.update(piece)
            hashes.setdefault(uuid, hashed.hexdigest())

        if stated:
            each_blob(case, table, DATA, take)
        for uuid, (sha256, name) in stated.items():
            if hashes.get(uuid) != sha256.lower():
                yield ChangedBytes(table, uuid, name, is_missing=uuid not in hashes)


def _stated(case: CaseReader, table: str) -> dict[str, tuple[str, str]]:
    """The hash that each row states, and its name."""
    named = "name" if table == "source_files" else "caption"
    columns = [column for column in ("uuid", "sha256", named) if has_column(case, table, column)]
    sizes = {name: min(size, _LONGEST_TEXT) for name, size in case.filled(table, columns).items()} if columns else {}
    stated: dict[str, tuple[str, str]] = {}

    def take(chunk: Chunk) -> None:
        names: list[Any] = chunk.columns.get(named, [""] * len(chunk.numbers))
        for uuid, sha256, name in zip(chunk.columns["uuid"], chunk.columns["sha256"], names, strict=True):
            if isinstance(uuid, str) and isinstance(sha256, str) and _SHA256.fullmatch(sha256):
                stated.setdefault(uuid, (sha256, name if isinstance(name, str) else ""))

    if {"uuid", "sha256"} <= sizes.keys():
        case.each_chunk(table, sizes, take)
    return stated
