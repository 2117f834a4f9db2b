"""The document: the case in memory. One door for changes, its tables to read, and the links between their rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import cast

from layers.document.changes import Changes
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.edit import ONLY_INSERTED, TABLES, Change, Edit, Table
from layers.document.image import Image
from layers.document.kept_order import KeptOrder
from layers.document.layer import Layer
from layers.document.links import Links
from layers.document.observation import Observation
from layers.document.rows import Bookmark, Comparison, MetaEntry, Product, Response, Row, SavedFilter, Watch
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidEdit

type Listener = Callable[[Changes], None]


class Document:
    """Tables of rows by uuid. `change` alone changes them, `tell` tells the listeners, in order; `apply` does both.

    `links` finds rows along the links between them.
    """

    def __init__(self, rows: Mapping[Table, Iterable[Row]] | None = None) -> None:
        self._tables: dict[str, dict[str, Row]] = {table: {} for table in TABLES}
        self._orders: dict[str, KeptOrder] = {table: KeptOrder() for table in TABLES}
        self.links = Links(self._tables)
        self._listeners: list[Listener] = []
        for table, values in (rows or {}).items():
            for row in values:
                self._put(table, None, row)

    def copied(self) -> Document:
        """A document of the same rows, which edits of this one leave as it is. It has no listeners."""
        copy = Document()
        copy._tables = {table: dict(rows) for table, rows in self._tables.items()}
        copy._orders = {table: order.copied() for table, order in self._orders.items()}
        copy.links = self.links.copied(copy._tables)
        return copy

    # -- change -------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit) -> Changes:
        """`change`, then `tell`; return what was touched. Raises InvalidEdit, as `change` does."""
        changes = self.change(edit)
        self.tell(changes)
        return changes

    def change(self, edit: Edit) -> Changes:
        """Apply all changes of an edit or none, before listeners are called; return what was touched.

        Raises InvalidEdit where a before side differs from the present row, and for a change of a row that is only ever
        inserted.
        """
        if any(change.table in ONLY_INSERTED and change.before is not None for change in edit.changes):
            raise InvalidEdit(
                "The change “{label}” alters custody, whose rows stay as they are: add a row instead.", label=edit.label
            )
        for change in self._in_conflict(edit.changes):
            raise InvalidEdit(
                "The change “{label}” no longer fits: the {table} row was changed meanwhile.",
                label=edit.label,
                table=change.table,
            )
        touched: dict[str, set[str]] = defaultdict(set)
        returned: set[str] = set()
        for change in edit.changes:
            self._put(change.table, change.before, change.after)
            touched[change.table].add(change.uuid)
            if change.before is None and self._orders[change.table].comes(change.uuid, self._tables[change.table]):
                returned.add(change.table)
        for table in returned:
            self._orders[table].restore(self._tables[table])
        return Changes(edit, {table: frozenset(uuids) for table, uuids in touched.items()})

    def tell(self, changes: Changes) -> None:
        """Tell the listeners of a change that was made."""
        for listener in tuple(self._listeners):
            listener(changes)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call a listener after every applied edit; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _in_conflict(self, changes: Iterable[Change]) -> Iterable[Change]:
        pending: dict[tuple[str, str], Row | None] = {}
        for change in changes:
            key = (change.table, change.uuid)
            now = pending[key] if key in pending else self._tables[change.table].get(change.uuid)
            is_again = change.table in ONLY_INSERTED and now == change.after  # what an undo left here comes once more
            if now is not change.before and now != change.before and not is_again:
                yield change
            pending[key] = change.after

    def _put(self, table: str, before: Row | None, after: Row | None) -> None:
        rows = self._tables[table]
        if before is not None:
            self.links.remove(before)
        if after is None:
            assert before is not None
            self._orders[table].leaves(rows)
            rows.pop(before.uuid, None)
            return
        rows[after.uuid] = after
        self.links.add(after)

    # -- tables -------------------------------------------------------------------------------------------------

    def table(self, table: Table) -> Mapping[str, Row]:
        """A live read-only view of one table, in order of insertion; a row that came back stands where it stood."""
        return MappingProxyType(self._tables[table])

    @property
    def sites(self) -> Mapping[str, Site]:
        return cast("Mapping[str, Site]", MappingProxyType(self._tables["sites"]))

    @property
    def claims(self) -> Mapping[str, Claim]:
        return cast("Mapping[str, Claim]", MappingProxyType(self._tables["claims"]))

    @property
    def sources(self) -> Mapping[str, Source]:
        return cast("Mapping[str, Source]", MappingProxyType(self._tables["sources"]))

    @property
    def responses(self) -> Mapping[str, Response]:
        return cast("Mapping[str, Response]", MappingProxyType(self._tables["responses"]))

    @property
    def chips(self) -> Mapping[str, Chip]:
        return cast("Mapping[str, Chip]", MappingProxyType(self._tables["chips"]))

    @property
    def images(self) -> Mapping[str, Image]:
        return cast("Mapping[str, Image]", MappingProxyType(self._tables["images"]))

    @property
    def observations(self) -> Mapping[str, Observation]:
        return cast("Mapping[str, Observation]", MappingProxyType(self._tables["observations"]))

    @property
    def searches(self) -> Mapping[str, Search]:
        return cast("Mapping[str, Search]", MappingProxyType(self._tables["searches"]))

    @property
    def watch(self) -> Mapping[str, Watch]:
        return cast("Mapping[str, Watch]", MappingProxyType(self._tables["watch"]))

    @property
    def products(self) -> Mapping[str, Product]:
        return cast("Mapping[str, Product]", MappingProxyType(self._tables["products"]))

    @property
    def bookmarks(self) -> Mapping[str, Bookmark]:
        return cast("Mapping[str, Bookmark]", MappingProxyType(self._tables["bookmarks"]))

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        return cast("Mapping[str, Comparison]", MappingProxyType(self._tables["comparisons"]))

    @property
    def filters(self) -> Mapping[str, SavedFilter]:
        return cast("Mapping[str, SavedFilter]", MappingProxyType(self._tables["filters"]))

    @property
    def layers(self) -> Mapping[str, Layer]:
        return cast("Mapping[str, Layer]", MappingProxyType(self._tables["layers"]))

    def layers_in_order(self) -> list[Layer]:
        """All layers, the bottom one first."""
        return sorted(
            self.layers.values(), key=lambda layer: layer.order_key if math.isfinite(layer.order_key) else 0.0
        )

    def meta(self, key: str, default: str = "") -> str:
        entry = self._tables["meta"].get(key)
        return entry.value if isinstance(entry, MetaEntry) else default
