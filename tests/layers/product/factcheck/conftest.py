"""A small case with one claim, and the sheet of a product of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.rows import ClaimSite, ClaimSource, Product
from layers.document.source import Source
from layers.product.case_facts import facts_of_case, marks_of
from layers.product.factcheck.fact_sheet import FactSheet
from layers.product.factcheck.sheet import CheckedProduct, fact_sheet
from layers.product.gathering import content_of
from layers.product.issuing.edition import Edition
from layers.product.spec import Override, ProductSpec

EIGHT = "118206cc-bca6-55a0-99bc-a8ad318f9b24"


def sheet_of(document: Document, marks: list[str] | None = None, overrides: tuple[Override, ...] = ()) -> FactSheet:
    spec = ProductSpec(title="A product", author="A. Author")
    inside = marks_of(document, spec) if marks is None else marks
    content = content_of(document, inside)
    facts = facts_of_case(document, spec, inside, None)
    row = Product(uuid="p-1", name="A product", number="3", version=2)
    return fact_sheet(CheckedProduct(document, content, facts, spec, Edition(row, "2026-05-01"), overrides))


@pytest.fixture
def own(demo: Document) -> Document:
    """A case with one claim on one site, from one source with its exact words."""
    site = next(iter(demo.links.sites_of_claim(EIGHT)))
    words = "Aurora Ltd. delivered 12 pumps to Boreal in 2019"
    document = Document()
    rows = (
        ("sites", replace(site, label="Aurora Ltd.", aliases=(), position_source_uuid="s-1", identity_note="")),
        ("claims", Claim(uuid="c-1", statement=words, source_wording=words, created_by="A. Author")),
        ("sources", Source(uuid="s-1", title="Report", url="https://example.org/a", published_at="2020-02-03")),
        ("claim_sites", ClaimSite(uuid="l-1", claim_uuid="c-1", site_uuid=site.uuid)),
        ("claim_sources", ClaimSource(uuid="l-2", claim_uuid="c-1", source_uuid="s-1", quote=words)),
    )
    document.apply(Edit("rows", tuple(Change(table, None, row) for table, row in rows)))  # type: ignore[arg-type]
    return document


def changed(document: Document, table: Table, uuid: str, **fields: object) -> Document:
    row = document.table(table)[uuid]
    document.apply(Edit("change", (Change(table, row, replace(row, rev=row.rev + 1, **fields)),)))
    return document
