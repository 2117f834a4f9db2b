"""Finds the rows of a case that pass a filter; a pure function of the document, for any thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import shapely
from msgspec import Struct

from layers.checkpoint import Checkpoint, unchecked
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, Row
from layers.document.site import Site
from layers.document.vocabulary import REVIEWED
from layers.finding.about_sites import claims_about, sites_about
from layers.finding.case_text import SEARCHED
from layers.finding.row_dates import spans_of_row
from layers.finding.row_filter import RowFilter
from layers.geo.bounds import Bounds


class PassingRows(Struct, frozen=True):
    """Uuids of the rows that pass, by table, in the order of the case."""

    by_table: dict[Table, dict[str, None]]

    @property
    def sites(self) -> dict[str, None]:
        return self.by_table.get("sites", {})


def passing_rows(
    document: Document, wanted: RowFilter, view: Bounds | None = None, check: Checkpoint = unchecked
) -> PassingRows:
    """The rows of all searched tables that pass a filter, whatever their words.

    `view`: the bounds of the map's view in lon, lat, for a filter that asks for what is in view.
    """
    questions = _Questions(document, wanted, view)
    by_table: dict[Table, dict[str, None]] = {}
    for table in SEARCHED:
        check()
        by_table[table] = {
            row.uuid: None for row in list(document.table(table).values()) if questions.passes(table, row)
        }
    return PassingRows(by_table)


class FilterOffers(Struct, frozen=True):
    """Values that the rows of a case have, which a filter can ask for."""

    people: tuple[str, ...] = ()
    """All who have made or changed a row."""
    classes: tuple[str, ...] = ()


def offers_of(document: Document) -> FilterOffers:
    """The values that filters of a case can ask for, in order."""
    names = {name for table in SEARCHED for row in list(document.table(table).values()) for name in _authors(row)}
    classes = {site.class_code for site in list(document.sites.values())}
    return FilterOffers(tuple(sorted(names - {""})), tuple(sorted(classes - {""})))


class KeptPassing:
    """Keeps the last answer of `passing_rows` until the case changes, so that words can be typed beside a filter."""

    def __init__(self) -> None:
        self._last: tuple[object, PassingRows] | None = None
        """The last question with its answer; one value, as several threads may ask."""

    def of(
        self, document: Document, revision: int, wanted: RowFilter, view: Bounds | None, check: Checkpoint
    ) -> PassingRows | None:
        """The rows of a document that pass; `revision` tells one state of it from the next. None: all rows pass."""
        wanted = wanted.of_rows
        if wanted.is_empty:
            return None
        key = revision, wanted, view if wanted.in_view else None
        last = self._last
        if last is not None and last[0] == key:
            return last[1]
        answer = passing_rows(document, wanted, view, check)
        self._last = key, answer
        return answer


class _Questions:
    """The questions of a filter, with the claims and the sites for which it holds.

    Sets are made once of the links, as asking for those of each of 100,000 sites would take seconds.
    """

    def __init__(self, document: Document, wanted: RowFilter, view: Bounds | None) -> None:
        self._document, self._wanted, self._days = document, wanted, wanted.days
        links = cast("list[ClaimSite]", list(document.table("claim_sites").values()))
        self._claims = self._sites = self._of_claims = self._of_sites = None
        if wanted.state or wanted.confidence:
            claims = set(self._good_claims())
            self._claims, self._of_claims = claims, {link.site_uuid for link in links if link.claim_uuid in claims}
        if wanted.class_code or wanted.role or (wanted.in_view and view is not None):
            sites = set(self._good_sites(view))
            self._sites, self._of_sites = sites, {link.claim_uuid for link in links if link.site_uuid in sites}
        if wanted.unsourced:
            cited: list[Row] = [*document.table("claim_sources").values(), *document.table("claim_evidence").values()]
            self._sourced = {link.claim_uuid for link in cast("list[ClaimSource | ClaimEvidence]", cited)}
            self._with_unsourced = {link.site_uuid for link in links if link.claim_uuid not in self._sourced}

    def _good_claims(self) -> Iterator[str]:
        state, confidence = self._wanted.state, self._wanted.confidence
        for claim in list(self._document.claims.values()):
            if state in ("", claim.state) and confidence in ("", claim.confidence):
                yield claim.uuid

    def _good_sites(self, view: Bounds | None) -> Iterator[str]:
        class_code, role = self._wanted.class_code, self._wanted.role
        sites = list(self._document.sites.values())
        shown = _in_view(sites, view) if self._wanted.in_view and view is not None else [True] * len(sites)
        for site, is_shown in zip(sites, shown, strict=True):
            if is_shown and class_code in ("", site.class_code) and role in ("", site.role):
                yield site.uuid

    def passes(self, table: Table, row: Row) -> bool:
        wanted = self._wanted
        if wanted.author and wanted.author not in _authors(row):
            return False
        if wanted.unreviewed and (not isinstance(row, Site | Claim) or row.status in REVIEWED):
            return False
        if wanted.unsourced and not self._is_unsourced(row):
            return False
        if not (self._is_about_good_sites(table, row) and self._is_about_good_claims(table, row)):
            return False
        if self._days is None:
            return True
        days = self._days
        return any(span.meets(days) for span in spans_of_row(self._document, row))

    def _is_about_good_sites(self, table: Table, row: Row) -> bool:
        if self._sites is None or self._of_sites is None:
            return True
        match row:
            case Site():
                return row.uuid in self._sites
            case Claim():
                return row.uuid in self._of_sites
            case _:
                return any(uuid in self._sites for uuid in sites_about(self._document, table, row.uuid))

    def _is_about_good_claims(self, table: Table, row: Row) -> bool:
        if self._claims is None or self._of_claims is None:
            return True
        match row:
            case Site():
                return row.uuid in self._of_claims
            case Claim():
                return row.uuid in self._claims
            case _:
                return any(uuid in self._claims for uuid in claims_about(self._document, table, row.uuid))

    def _is_unsourced(self, row: Row) -> bool:
        match row:
            case Claim():
                return row.uuid not in self._sourced
            case Site():
                return row.uuid in self._with_unsourced
            case _:
                return False


def _authors(row: Row) -> tuple[str, str]:
    return row.created_by, row.modified_by


def _in_view(sites: list[Site], view: Bounds) -> list[bool]:
    """True for each of the sites that touches a part of the Earth, in whatever turn of longitudes that is given."""
    boxes = shapely.bounds([site.geometry for site in sites]).reshape(-1, 4)
    turned = 360.0 * np.round(((view.left + view.right) / 2 - (boxes[:, 0] + boxes[:, 2]) / 2) / 360.0)
    left, right = boxes[:, 0] + turned, boxes[:, 2] + turned
    inside = (left <= view.right) & (right >= view.left) & (boxes[:, 1] <= view.top) & (boxes[:, 3] >= view.bottom)
    return [bool(is_inside) for is_inside in inside]
