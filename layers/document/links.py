"""Look-ups along the links of a case: claims about a site, sources of a claim, products that printed a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import (
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comment,
    ProductRow,
    Response,
    ResponseClaim,
    Row,
    Watch,
)
from layers.document.search import Search
from layers.document.site import Site


class Links:
    """The links between the rows of a document, found from either end.

    `claim_to_sites` gives the links themselves, `sites_of_claim` the rows that they lead to.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Row]]) -> None:
        """Links between `tables`, which are the document's own: rows by uuid, by the name of their table."""
        self._tables = tables
        self._uuids: dict[tuple[str, str], dict[str, None]] = {}
        self._own_ends: set[tuple[str, str]] | None = None
        """The ends whose uuids no copy shares; None where there is no copy."""

    def copied(self, tables: Mapping[str, Mapping[str, Row]]) -> Links:
        """The same links between the tables of a copy of the document."""
        copy = Links(tables)
        copy._uuids = dict(self._uuids)
        self._own_ends, copy._own_ends = set(), set()
        return copy

    def add(self, row: Row) -> None:
        """Make a row known by its ends; its table has it already."""
        for end in _ends(row):
            self._to_change(end)[row.uuid] = None

    def remove(self, row: Row) -> None:
        """Forget the ends of a row."""
        for end in _ends(row):
            self._to_change(end).pop(row.uuid, None)

    def _to_change(self, end: tuple[str, str]) -> dict[str, None]:
        """The uuids of an end, to be changed: of its own from then on, where a copy shares them."""
        if self._own_ends is not None and end not in self._own_ends:
            self._own_ends.add(end)
            self._uuids[end] = dict(self._uuids.get(end, ()))
        return self._uuids.setdefault(end, {})

    def site_to_claims(self, site_uuid: str) -> list[ClaimSite]:
        return cast("list[ClaimSite]", self._linked("claim_sites", "site_uuid", site_uuid))

    def claims_of_site(self, site_uuid: str) -> list[Claim]:
        links = self.site_to_claims(site_uuid)
        return [self._claims[link.claim_uuid] for link in links if link.claim_uuid in self._claims]

    def claim_to_sites(self, claim_uuid: str) -> list[ClaimSite]:
        return cast("list[ClaimSite]", self._linked("claim_sites", "claim_uuid", claim_uuid))

    def sites_of_claim(self, claim_uuid: str) -> list[Site]:
        """Marks that a claim is about, each once, however often a file links them."""
        sites = cast("Mapping[str, Site]", self._tables["sites"])
        return _each_once(sites, (link.site_uuid for link in self.claim_to_sites(claim_uuid)))

    def claim_to_sources(self, claim_uuid: str) -> list[ClaimSource]:
        return cast("list[ClaimSource]", self._linked("claim_sources", "claim_uuid", claim_uuid))

    def source_to_claims(self, source_uuid: str) -> list[ClaimSource]:
        return cast("list[ClaimSource]", self._linked("claim_sources", "source_uuid", source_uuid))

    def claim_to_responses(self, claim_uuid: str) -> list[ResponseClaim]:
        return cast("list[ResponseClaim]", self._linked("response_claims", "claim_uuid", claim_uuid))

    def response_to_claims(self, response_uuid: str) -> list[ResponseClaim]:
        return cast("list[ResponseClaim]", self._linked("response_claims", "response_uuid", response_uuid))

    def responses_to(self, claim_uuid: str) -> list[Response]:
        """Answers linked to this claim, each once, then those to the whole of a report (linked to none) that it belongs
        to.
        """
        responses = cast("Mapping[str, Response]", self._tables["responses"])
        linked = _each_once(responses, (link.response_uuid for link in self.claim_to_responses(claim_uuid)))
        whole = [answer for answer in responses.values() if not self.response_to_claims(answer.uuid)]
        return linked + [answer for answer in whole if self._is_of_report(claim_uuid, answer.source_uuid)]

    def _is_of_report(self, claim_uuid: str, source_uuid: str) -> bool:
        """True for a claim that cites the source of an answer; where no claim does, for all claims that others have
        made.

        An answer to a report answers neither claims that were made elsewhere nor our own.
        """
        if source_uuid and self.source_to_claims(source_uuid):
            return any(link.source_uuid == source_uuid for link in self.claim_to_sources(claim_uuid))
        claim = self._claims.get(claim_uuid)
        return claim is not None and claim.voice != "analyst"

    def searches_of_area(self, site_uuid: str) -> list[Search]:
        """The searches of a search area, on images and of archives."""
        return cast("list[Search]", self._linked("searches", "area_uuid", site_uuid))

    def chips_of_site(self, site_uuid: str) -> list[Chip]:
        chips = cast("Mapping[str, Chip]", self._tables["chips"])
        return [chip for chip in chips.values() if chip.site_uuid == site_uuid]

    def image_of_key(self, image_key: str) -> Image | None:
        """The image of this key; None where no evidence rests on it yet."""
        found = self._linked("images", "image_key", image_key)
        return cast("Image", found[0]) if found else None

    def image_key(self, image_uuid: str) -> str:
        """The key of an image, which two of its rows share; its uuid where the case has no such row."""
        image = cast("Mapping[str, Image]", self._tables["images"]).get(image_uuid)
        return image_uuid if image is None else image.image_key

    def observations_of_site(self, site_uuid: str) -> list[Observation]:
        return cast("list[Observation]", self._linked("observations", "site_uuid", site_uuid))

    def observations_on_image(self, image_uuid: str) -> list[Observation]:
        return cast("list[Observation]", self._linked("observations", "image_uuid", image_uuid))

    def claim_to_evidence(self, claim_uuid: str) -> list[ClaimEvidence]:
        return cast("list[ClaimEvidence]", self._linked("claim_evidence", "claim_uuid", claim_uuid))

    def evidence_to_claims(self, evidence_uuid: str) -> list[ClaimEvidence]:
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

    def comments_on(self, uuid: str) -> list[Comment]:
        """The comments on a row of any table, answers among them."""
        return cast("list[Comment]", self._linked("comments", "target_uuid", uuid))

    def watches_of_site(self, site_uuid: str) -> list[Watch]:
        return cast("list[Watch]", self._linked("watch", "site_uuid", site_uuid))

    @property
    def _claims(self) -> Mapping[str, Claim]:
        return cast("Mapping[str, Claim]", self._tables["claims"])

    def _linked(self, table: Table, column: str, uuid: str) -> list[Row]:
        rows = self._tables[table]
        return [rows[link] for link in self._uuids.get((f"{table}.{column}", uuid), ())]


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
        case Comment():
            return (("comments.target_uuid", row.target_uuid),)
        case Observation():
            return ("observations.site_uuid", row.site_uuid), ("observations.image_uuid", row.image_uuid)
        case Search():
            return (("searches.area_uuid", row.area_uuid),)
        case Image():
            return (("images.image_key", row.image_key),)
        case ProductRow():
            return (
                ("product_rows.product_uuid", row.product_uuid),
                (f"product_rows.{_ROW}", _row_key(row.table_name, row.row_uuid)),
            )
        case Watch():
            return (("watch.site_uuid", row.site_uuid),)
        case _:
            return ()
