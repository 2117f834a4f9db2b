"""Edits that are the same for all rows with a name and a place in a list: bookmarks, comparisons, filters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import Bookmark, Comparison, SavedFilter
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.order_keys import keys_at
from viewer.commands.stamps import Stamp, delete, stamp_of, update

LONGEST_NAME = 200


def checked_name(name: str, noun: Phrase) -> str:
    """A name with single spaces. Raises InvalidValue for an empty or a long one."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(
            "A {noun} needs a name of at most {longest_name} characters.", noun=noun, longest_name=LONGEST_NAME
        )
    return name


class NamedOrder[R: (Bookmark, Comparison, SavedFilter)]:
    """The rows of one table in their order. All its edits raise InvalidValue."""

    def __init__(self, table: Table, noun: Phrase, rows: Callable[[Document], Mapping[str, R]]) -> None:
        self._table, self._noun = table, noun
        self._rows: Callable[[Document], Mapping[str, R]] = rows

    def of(self, document: Document) -> list[R]:
        """Rows in the order of their list."""
        rows = list(self._rows(document).values())
        rows.sort(key=lambda row: row.order_key if math.isfinite(row.order_key) else 0.0)
        return rows

    def key_after(self, document: Document, uuid: str, stamp: Stamp) -> tuple[float, tuple[Change, ...]]:
        """The order key of a new row after another, or at the end, with the renumbering that it needs."""
        rows = self.of(document)
        place = next((at + 1 for at, row in enumerate(rows) if row.uuid == uuid), len(rows))
        (key,), renumbered = keys_at(self._table, rows, place, 1, stamp)
        return key, renumbered

    def checked_name(self, name: str) -> str:
        return checked_name(name, self._noun)

    def rename(self, document: Document, uuid: str, name: str, *, actor: str, now: str | None = None) -> Edit:
        row = row_of(self._rows(document), uuid, self._noun)
        changes = update(self._table, row, stamp_of(actor, now), name=self.checked_name(name))
        return Edit(Phrase("Rename {noun} “{name}”", noun=self._noun, name=row.name), changes)

    def move(self, document: Document, uuid: str, position: int, *, actor: str, now: str | None = None) -> Edit:
        """Move a row to `position` of the list, 0 = first."""
        row = row_of(self._rows(document), uuid, self._noun)
        rows, stamp = self.of(document), stamp_of(actor, now)
        label, others = (
            Phrase("Move {noun} “{name}”", noun=self._noun, name=row.name),
            [other for other in rows if other.uuid != uuid],
        )
        position = max(0, min(position, len(others)))
        if rows[position].uuid == uuid:
            return Edit(label, ())
        keys, changes = keys_at(self._table, others, position, 1, stamp)
        return Edit(label, changes + update(self._table, row, stamp, order_key=keys[0]))

    def delete(self, document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
        rows = [row_of(self._rows(document), uuid, self._noun) for uuid in dict.fromkeys(uuids)]
        label = (
            Phrase("Delete {noun} “{name}”", noun=self._noun, name=rows[0].name)
            if len(rows) == 1
            else Phrase("Delete {counted}", counted=counted(len(rows), self._noun))
        )
        return Edit(label, tuple(delete(self._table, row) for row in rows))
