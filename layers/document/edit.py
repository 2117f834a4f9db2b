"""Edits: reversible changes as values. A change has two sides; its kind is derived from them."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from layers.document.rows import Row

type Table = Literal[
    "sites",
    "claims",
    "claim_sites",
    "sources",
    "source_files",
    "claim_sources",
    "responses",
    "response_claims",
    "chips",
    "comments",
    "products",
    "layers",
    "bookmarks",
    "meta",
    "images",
    "observations",
    "searches",
    "claim_evidence",
    "comparisons",
    "templates",
    "filters",
    "custody",
    "product_rows",
    "watch",
    "seen",
]

TABLES: tuple[Table, ...] = get_args(Table.__value__)
ONLY_INSERTED: frozenset[Table] = frozenset({"custody"})
"""Tables whose rows never change, even when the edit that added them is undone."""
_STAMPS = "modified_at", "modified_by", "rev"
UNDONE, REDONE = "Undone with Undo", "Redone with Redo"
"""Reasons by which the history knows what Undo reversed and Redo did again; the analyst's own follows after " · "."""


class Change(Struct, frozen=True):
    """One row before and after. Before None: an insert; after None: a delete."""

    table: Table
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The side that exists (the later one where both do)."""
        row = self.after if self.after is not None else self.before
        assert row is not None, "a change needs a side"
        return row

    @property
    def uuid(self) -> str:
        return self.row.uuid

    @property
    def kind(self) -> Literal["insert", "update", "delete"]:
        if self.before is None:
            return "insert"
        return "delete" if self.after is None else "update"

    def inverse(self) -> Change:
        return Change(self.table, self.after, self.before)


class Edit(Struct, frozen=True):
    """Changes of one action, under the name that the undo menu shows. Applied as a whole or not at all.

    `reason` is the analyst's, for the history; that of an undo says that it is one. Consecutive edits of the same
    `series`, unless that is empty, are one step to undo, such as an arrow key pressed five times.
    """

    label: str
    changes: tuple[Change, ...]
    reason: str = ""
    series: str = ""

    def inverse(self) -> Edit:
        """The edit that undoes this one, except for rows that are only ever inserted."""
        back = (change.inverse() for change in reversed(self.changes) if change.table not in ONLY_INSERTED)
        return Edit(self.label, tuple(back))

    def undone(self) -> Edit:
        """The inverse, as the history is to know it from a deletion or a change that somebody meant."""
        return replace(self.inverse(), reason=UNDONE)

    def redone(self) -> Edit:
        """The same edit, as the history is to know it from one that somebody made anew."""
        return replace(self, reason=" · ".join(filter(None, (REDONE, self.reason))))

    @property
    def leads_nowhere(self) -> bool:
        """True where each row ends as it began, except for the stamps of who changed it and when."""
        return all(
            change.before is not None
            and change.after is not None
            and replace(change.after, **{name: getattr(change.before, name) for name in _STAMPS}) == change.before
            for change in self.changes
        )

    def joined(self, later: Edit) -> Edit:
        """This edit followed by `later`, as one; rows that both touch keep their outer sides."""
        firsts: dict[tuple[str, str], Change] = {}
        for change in self.changes + later.changes:
            key = (change.table, change.uuid)
            first = firsts.get(key)
            firsts[key] = change if first is None else Change(change.table, first.before, change.after)
        kept = (c for c in firsts.values() if not (c.before is None and c.after is None) and c.before != c.after)
        return Edit(self.label, tuple(kept), self.reason or later.reason, self.series)
