"""The document: the case in memory. One door for changes, plain look-ups for everything else."""

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
from layers.document.observation import Observation
from layers.document.rows import (
    Bookmark,
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comparison,
    Custody,
    MetaEntry,
    Product,
    ProductRow,
    Response,
    ResponseClaim,
    Row,
    Seen,
    Watch,
)
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidEdit

type Listener = Callable[[Changes], None]


class Document:
    """Tables of rows by uuid. Only `apply` changes them; listeners are called afterwards, in order."""

    def __init__(self, rows: Mapping[Table, Iterable[Row]] | None = None) -> None:
        self._tables: dict[str, dict[str, Row]] = {table: {} for table in TABLES}
        self._orders: dict[str, KeptOrder] = {table: KeptOrder() for table in TABLES}
        self._links: dict[tuple[str, str], dict[str, None]] = {}
        self._own_links: set[tuple[str, str]] | None = None
        """The links that no copy of this document shares, by their ends; None where it has no copy."""
        self._listeners: list[Listener] = []
        for table, values in (rows or {}).items():
            for row in values:
                self._put(table, None, row)

    def copied(self) -> Document:
        """A document of the same rows, which edits of this one leave as it is. It has no listeners."""
        copy = Document()
        copy._tables = {table: dict(rows) for table, rows in self._tables.items()}
        copy._orders = {table: order.copied() for table, order in self._orders.items()}
        copy._links = dict(self._links)
        self._own_links, copy._own_links = set(), set()
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
            for end in _ends(before):
                self._links_of(end).pop(before.uuid, None)
        if after is None:
            assert before is not None
            self._orders[table].leaves(rows)
            rows.pop(before.uuid, None)
            return
        rows[after.uuid] = after
        for end in _ends(after):
            self._links_of(end)[after.uuid] = None

    def _links_of(self, end: tuple[str, str]) -> dict[str, None]:
        """The links of an end, to be changed: of its own from then on, where a copy shares them."""
        if self._own_links is not None and end not in self._own_links:
            self._own_links.add(end)
            self._links[end] = dict(self._links.get(end, ()))
        return self._links.setdefault(end, {})

    # -- look-ups -----------------------------------------------------------------------------------------------

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
    def products(self) -> Mapping[str, Product]:
        return cast("Mapping[str, Product]", MappingProxyType(self._tables["products"]))

    @property
    def bookmarks(self) -> Mapping[str, Bookmark]:
        return cast("Mapping[str, Bookmark]", MappingProxyType(self._tables["bookmarks"]))

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        return cast("Mapping[str, Comparison]", MappingProxyType(self._tables["comparisons"]))

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

    def claim_links_of_site(self, site_uuid: str) -> list[ClaimSite]:
        return cast("list[ClaimSite]", self._linked("claim_sites", "site_uuid", site_uuid))

    def claims_of_site(self, site_uuid: str) -> list[Claim]:
        links = self.claim_links_of_site(site_uuid)
        return [self.claims[link.claim_uuid] for link in links if link.claim_uuid in self.claims]

    def site_links_of_claim(self, claim_uuid: str) -> list[ClaimSite]:
        return cast("list[ClaimSite]", self._linked("claim_sites", "claim_uuid", claim_uuid))

    def sites_of_claim(self, claim_uuid: str) -> list[Site]:
        """Marks that a claim is about, each once, however often a file links them."""
        return _each_once(self.sites, (link.site_uuid for link in self.site_links_of_claim(claim_uuid)))

    def source_links_of_claim(self, claim_uuid: str) -> list[ClaimSource]:
        return cast("list[ClaimSource]", self._linked("claim_sources", "claim_uuid", claim_uuid))

    def claim_links_of_source(self, source_uuid: str) -> list[ClaimSource]:
        return cast("list[ClaimSource]", self._linked("claim_sources", "source_uuid", source_uuid))

    def response_links_of_claim(self, claim_uuid: str) -> list[ResponseClaim]:
        return cast("list[ResponseClaim]", self._linked("response_claims", "claim_uuid", claim_uuid))

    def claim_links_of_response(self, response_uuid: str) -> list[ResponseClaim]:
        return cast("list[ResponseClaim]", self._linked("response_claims", "response_uuid", response_uuid))

    def responses_to(self, claim_uuid: str) -> list[Response]:
        """Answers linked to this claim, each once, then those to the whole of a report (linked to none) that it belongs
        to.
        """
        linked = _each_once(self.responses, (link.response_uuid for link in self.response_links_of_claim(claim_uuid)))
        whole = [answer for answer in self.responses.values() if not self.claim_links_of_response(answer.uuid)]
        return linked + [answer for answer in whole if self._is_of_report(claim_uuid, answer.source_uuid)]

    def _is_of_report(self, claim_uuid: str, source_uuid: str) -> bool:
        """True for a claim that cites the source of an answer; where no claim does, for all claims that others have
        made.

        An answer to a report answers neither claims that were made elsewhere nor our own.
        """
        if source_uuid and self.claim_links_of_source(source_uuid):
            return any(link.source_uuid == source_uuid for link in self.source_links_of_claim(claim_uuid))
        claim = self.claims.get(claim_uuid)
        return claim is not None and claim.voice != "analyst"

    def chips_of_site(self, site_uuid: str) -> list[Chip]:
        return [chip for chip in self.chips.values() if chip.site_uuid == site_uuid]

    def image_of_key(self, image_key: str) -> Image | None:
        """The image of this key; None where no evidence rests on it yet."""
        found = self._linked("images", "image_key", image_key)
        return cast("Image", found[0]) if found else None

    def observations_of_site(self, site_uuid: str) -> list[Observation]:
        return cast("list[Observation]", self._linked("observations", "site_uuid", site_uuid))

    def observations_on_image(self, image_uuid: str) -> list[Observation]:
        return cast("list[Observation]", self._linked("observations", "image_uuid", image_uuid))

    def evidence_of_claim(self, claim_uuid: str) -> list[ClaimEvidence]:
        return cast("list[ClaimEvidence]", self._linked("claim_evidence", "claim_uuid", claim_uuid))

    def claims_on_evidence(self, evidence_uuid: str) -> list[ClaimEvidence]:
        """The links of claims to one of our own rows that they rest on: an observation, a chip, a search, a site or a
        claim.
        """
        return cast("list[ClaimEvidence]", self._linked("claim_evidence", "evidence_uuid", evidence_uuid))

    def rows_of_product(self, product_uuid: str) -> list[ProductRow]:
        """The rows that an issued product printed."""
        return cast("list[ProductRow]", self._linked("product_rows", "product_uuid", product_uuid))

    def products_of_row(self, table_name: str, row_uuid: str) -> list[ProductRow]:
        """The issued products that printed a row of one of the file's tables."""
        return cast("list[ProductRow]", self._linked("product_rows", _ROW, _row_key(table_name, row_uuid)))

    def watches_of_site(self, site_uuid: str) -> list[Watch]:
        return cast("list[Watch]", self._linked("watch", "site_uuid", site_uuid))

    def _linked(self, table: Table, column: str, uuid: str) -> list[Row]:
        rows = self._tables[table]
        return [rows[link] for link in self._links.get((f"{table}.{column}", uuid), ())]


def _each_once[T](rows: Mapping[str, T], uuids: Iterable[str]) -> list[T]:
    return [rows[uuid] for uuid in dict.fromkeys(uuids) if uuid in rows]


_ROW = "row"
"""Name for the two columns that identify a row: its table and its uuid."""


def _row_key(table_name: str, uuid: str) -> str:
    """One text for a row's table and uuid; a site keeps it when it becomes a line or an area."""
    return f"{'sites' if table_name.startswith('site_') else table_name}/{uuid}"


def _ends(row: Row) -> tuple[tuple[str, str], ...]:
    """The (table.column, value) pairs by which a row is looked up."""
    match row:
        case ClaimSite():
            return ("claim_sites.claim_uuid", row.claim_uuid), ("claim_sites.site_uuid", row.site_uuid)
        case ClaimSource():
            return ("claim_sources.claim_uuid", row.claim_uuid), ("claim_sources.source_uuid", row.source_uuid)
        case ResponseClaim():
            return (
                ("response_claims.response_uuid", row.response_uuid),
                ("response_claims.claim_uuid", row.claim_uuid),
            )
        case ClaimEvidence():
            return (
                ("claim_evidence.claim_uuid", row.claim_uuid),
                ("claim_evidence.evidence_uuid", row.evidence_uuid),
            )
        case Observation():
            return ("observations.site_uuid", row.site_uuid), ("observations.image_uuid", row.image_uuid)
        case Image():
            return (("images.image_key", row.image_key),)
        case ProductRow():
            return (
                ("product_rows.product_uuid", row.product_uuid),
                (f"product_rows.{_ROW}", _row_key(row.table_name, row.row_uuid)),
            )
        case Custody():
            return ((f"custody.{_ROW}", _row_key(row.table_name, row.row_uuid)),)
        case Seen():
            return ((f"seen.{_ROW}", _row_key(row.table_name, row.row_uuid)),)
        case Watch():
            return (("watch.site_uuid", row.site_uuid),)
        case _:
            return ()
