"""The record of what an applied edit touched: each view decides whether it cares."""

from __future__ import annotations

from msgspec import Struct, field

from layers.document.edit import Edit, Table


class Changes(Struct, frozen=True):
    """`touched` maps a table to the uuids inserted, updated or deleted in it; `edit` is the edit that did it.

    An empty `edit` with `everything` True: the document was replaced by another, and has to be read anew.
    """

    edit: Edit | None = None
    touched: dict[str, frozenset[str]] = field(default_factory=dict)
    everything: bool = False

    def touches(self, *tables: str) -> bool:
        """True where any of `tables` changed."""
        return self.everything or any(self.touched.get(table) for table in tables)

    def uuids(self, table: str) -> frozenset[str]:
        return self.touched.get(table, frozenset())

    def linked(self, link_table: Table, end: str) -> frozenset[str]:
        """Uuids in column `end` of the links that the edit made, changed or cut."""
        changes = self.edit.changes if self.edit is not None else ()
        return frozenset(getattr(change.row, end) for change in changes if change.table == link_table)
