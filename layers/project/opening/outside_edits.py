"""Edits that another program made in a case: detected by replaying its history, reported as rows of that history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import Row
from layers.document.site import Site
from layers.document.vocabulary import REVIEWED, UNJUDGED
from layers.phrase import Phrase, joined
from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.storage.geometry_blobs import blob, geometries
from layers.project.storage.schema import HISTORY_COLUMNS
from layers.project.storage.tables import BY_NAME, STAMPS, TableSpec, spec_of, told_value
from layers.project.storage.versions import later_columns, schema_version_in
from layers.text.counted import counted

ELSEWHERE = "another program"
"""Actor of an edit that another program made: its user is not known."""
MOST_HISTORY = 500_000
"""Most rows of a history that is replayed."""
_NEVER_COMPARED = {("loupe_meta", "marking"), ("loupe_meta", "viewport")}
"""Facts that a save sets by itself."""
_NEVER_COMPARED_COLUMNS = {("loupe_layers", "source_json")}
"""A save writes paths as they are seen from the file's folder."""


class OutsideEdit(Struct, frozen=True):
    """One row that another program changed: columns as [before, now], geometries as blobs or None."""

    table: str
    uuid: str
    op: str
    delta: dict[str, list[Any]]
    old_geometry: bytes | None = None
    new_geometry: bytes | None = None


class _Known(Struct):
    """A row as the history has it."""

    values: dict[str, Any] = field(default_factory=dict)
    geometry: bytes | None = None
    is_whole: bool = False
    """False where the history does not begin with the row's creation: other columns may hold anything."""


class SavedRevisions:
    """The rows of a case by table and uuid, as its own history says they were saved."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], _Known] = {}
        self._deleted: set[tuple[str, str]] = set()

    @classmethod
    def of(cls, reader: CaseReader) -> SavedRevisions | None:
        """Replay the history of a case; None where it has none that can be replayed."""
        there = reader.opened.tables.get("loupe_history", frozenset())
        newer = later_columns(schema_version_in(reader.opened.meta), "loupe_history")
        if not (there | newer).issuperset(HISTORY_COLUMNS) or reader.count("loupe_history") > MOST_HISTORY:
            return None
        history = cls()
        names = ("table_name", "row_uuid", "op", "delta_json", "new_geom")
        reader.each_chunk("loupe_history", reader.filled("loupe_history", names), history._replay)
        return history

    def _replay(self, chunk: Chunk) -> None:
        nothing = [None] * len(chunk.numbers)
        columns = (
            chunk.columns.get(name, nothing) for name in ("table_name", "row_uuid", "op", "delta_json", "new_geom")
        )
        for table, uuid, op, delta, geometry in zip(*columns, strict=True):
            key = str(table), str(uuid)
            if op == "delete":
                self._rows.pop(key, None)
                self._deleted.add(key)
                continue
            changed = _delta(delta)
            known = self._rows.get(key)
            if known is None or op in ("insert", "baseline"):
                known = self._rows[key] = _Known(is_whole=op in ("insert", "baseline"))
                self._deleted.discard(key)
            known.values.update(changed)
            if isinstance(geometry, bytes):
                known.geometry = geometry

    def differences(self, document: Document, *, is_whole: bool) -> Iterator[OutsideEdit]:
        """Find each row of the document that differs from its saved state.

        `is_whole`: the history begins with the creation of every row.
        """
        seen: set[tuple[str, str]] = set()
        for table in _TABLES:
            for row in document.table(table).values():
                spec = spec_of(table, row)
                key = spec.name, row.uuid
                seen.add(key)
                known = self._rows.get(key)
                if key in _NEVER_COMPARED:
                    continue
                if known is not None:
                    yield from _changed(spec, row, known)
                elif is_whole or key in self._deleted:
                    yield _inserted(spec, row)
        for key, known in self._rows.items():
            if key not in seen and key not in _NEVER_COMPARED and known.is_whole and key[0] in BY_NAME:
                delta = {name: [value, None] for name, value in known.values.items() if value is not None}
                yield OutsideEdit(*key, "delete", delta, old_geometry=known.geometry)


_TABLES: tuple[Table, ...] = tuple(dict.fromkeys(spec.table for spec in BY_NAME.values()))


def _delta(text: Any) -> dict[str, Any]:
    """Return new values by column; empty for a text that is no delta of ours."""
    try:
        delta = json.loads(text) if isinstance(text, str) else {}
        return {str(name): pair[1] for name, pair in delta.items()}
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return {}


def _changed(spec: TableSpec, row: Row, known: _Known) -> Iterator[OutsideEdit]:
    delta = {}
    for column in spec.plain_columns:
        is_known = known.is_whole or column.name in known.values
        if not is_known or (spec.name, column.name) in _NEVER_COMPARED_COLUMNS:
            continue
        before, now = known.values.get(column.name), told_value(getattr(row, column.field))
        if before != now and not (before is None and now == told_value(column.default)):
            delta[column.name] = [before, now]
    old = new = None
    if isinstance(row, Site) and known.geometry is not None:
        old, new = known.geometry, blob(row.geometry)
        if old == new or geometries([old]) == [row.geometry]:
            old = new = None
    if delta or new is not None:
        yield OutsideEdit(spec.name, row.uuid, "update", delta, old, new)


def _inserted(spec: TableSpec, row: Row) -> OutsideEdit:
    values = {column.name: told_value(getattr(row, column.field)) for column in spec.plain_columns}
    delta = {name: [None, value] for name, value in values.items() if value is not None}
    geometry = blob(row.geometry) if isinstance(row, Site) else None
    return OutsideEdit(spec.name, row.uuid, "insert", delta, new_geometry=geometry)


def back_to_draft(document: Document, edits: list[OutsideEdit]) -> list[OutsideEdit]:
    """Sites that were reviewed or published and edited elsewhere become drafts again; the edits that this takes."""
    changes, new_edits = [], []
    for edit in edits:
        site = document.sites.get(edit.uuid)
        if edit.op != "update" or site is None or site.status not in REVIEWED or _is_unjudged(edit):
            continue
        draft = replace(site, status="draft", reviewed_by="", reviewed_at="", rev=site.rev + 1)
        changes.append(Change("sites", site, draft))
        fields = ("status", "reviewed_by", "reviewed_at", "rev")
        pairs = {name: [told_value(getattr(site, name)), told_value(getattr(draft, name))] for name in fields}
        delta = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        new_edits.append(OutsideEdit(edit.table, edit.uuid, "update", delta))
    document.apply(Edit(Phrase("Back to draft"), tuple(changes)))
    return new_edits


def _is_unjudged(edit: OutsideEdit) -> bool:
    """True where an edit changed nothing that is printed or judged, as notes, a folder or a style."""
    fields = {column.name: column.field for column in BY_NAME[edit.table].plain_columns}
    changed = {fields[name] for name in edit.delta}
    return edit.new_geometry is None and UNJUDGED.union(STAMPS).issuperset(changed)


def summary(edits: list[OutsideEdit], drafts: list[OutsideEdit]) -> list[str]:
    """Sentences for the analyst about rows edited elsewhere, and sites that are drafts again because of it."""
    out = list[str]()
    if drafts:
        sites = counted(len(drafts), "reviewed or published site was", "reviewed or published sites were")
        out.append(Phrase("{sites} edited elsewhere: a draft again.", sites=sites))
    counts: Mapping[str, int] = {op: sum(edit.op == op for edit in edits) for op in ("insert", "update", "delete")}
    words = {"insert": Phrase("added"), "update": Phrase("changed"), "delete": Phrase("deleted")}
    parts = [
        Phrase("{rows} {done}", rows=counted(count, "row"), done=words[op]) for op, count in counts.items() if count
    ]
    if parts:
        out.append(Phrase("Edited by another program: {said}. The history says which.", said=joined(", ", parts)))
    return out
