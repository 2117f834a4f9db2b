"""Finds rows of a table that a case has already, so that the same table can come in twice."""

from __future__ import annotations

from collections.abc import Sequence

from layers.document.document import Document
from viewer.commands.tables.same_sites import SamePlaces
from viewer.commands.tables.site_rows import TableSite


def known_rows(document: Document, sites: Sequence[TableSite]) -> frozenset[int]:
    """Numbers of those sites, from 0, whose name and place the case has, and their claim where they make one."""
    known = SamePlaces(document, {_label(site) for site in sites})
    claims = {(claim.statement, claim.source_wording) for claim in document.claims.values()}
    return frozenset(
        number
        for number, site in enumerate(sites)
        if (not site.claim or (site.claim.get("statement", ""), site.claim.get("source_wording", "")) in claims)
        and known.take(_label(site), site.geometry) is not None
    )


def _label(site: TableSite) -> str:
    return str(site.fields.get("label", ""))
