"""Rows that an issued product printed: found from the row, and told apart from what has changed since."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.alias import with_origin
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, Response, ResponseClaim, Row
from layers.document.site import Site
from layers.document.source import Source
from layers.product.gathering import content_of
from layers.product.issuing.printed_rows import (
    Difference,
    differences,
    digest_of,
    needs_correction,
    printed_rows,
    products_printing,
    read_digests,
    read_whole,
    standing_products,
)
from layers.product.spec import ProductSpec
from tests.support.cases.judgements import judgement
from viewer.commands.imagery.late_facts import state_on_evidence
from viewer.commands.products import issue_product, reissue_product, save_product

WHO = {"actor": "Li", "now": "2026-11-27T20:00:00Z"}


@pytest.fixture
def document() -> Document:
    """A firm named by a claim of one source, and a product of it that was issued."""
    rows = {
        "sites": [Site(uuid="firm", geometry=Point(114, 30), label="The firm", role="named in a claim")],
        "claims": [Claim(uuid="c", source_wording="provides optics", made_by="an official")],
        "sources": [Source(uuid="s", title="A report")],
        "responses": [Response(uuid="whole", speaker="A ministry", words="No.", source_uuid="s")],
        "claim_sites": [ClaimSite(uuid="l", claim_uuid="c", site_uuid="firm")],
        "claim_sources": [ClaimSource(uuid="q", claim_uuid="c", source_uuid="s")],
    }
    found = Document(rows)  # type: ignore[arg-type]
    found.apply(save_product(found, ProductSpec(title="A firm", author="Anna A."), uuid="one", **WHO))
    _issue(found, "one")
    return found


def _issue(document: Document, uuid: str) -> None:
    rows = printed_rows(document, content_of(document, ["firm"]))
    document.apply(issue_product(document, uuid, sha256="", numbers={}, printed=rows, **WHO))


def _change(document: Document, table: str, uuid: str, **values: object) -> None:
    row: Row = document.table(table)[uuid]  # type: ignore[index]
    after = replace(row, rev=row.rev + 1, **values)
    document.apply(Edit("x", (Change(table, row, after),)))  # type: ignore[arg-type]


def test_a_row_knows_the_products_that_print_it(document: Document) -> None:
    rows = {(one.table_name, one.row_uuid) for one in document.links.rows_of_product("one")}
    named = {("site_point", "firm"), ("claims", "c"), ("sources", "s"), ("responses", "whole")}
    assert rows == named | {("claim_sites", "l"), ("claim_sources", "q")}
    for table, uuid in named:
        assert [row.uuid for row in products_printing(document, table, uuid)] == ["one"]
    assert products_printing(document, "claims", "elsewhere") == []


def test_nothing_has_changed_right_after_it_is_issued(document: Document) -> None:
    assert needs_correction(document) == {}
    assert set(read_digests(document.products["one"].numbers_json)) == {"firm", "c", "s", "whole", "l", "q"}


@pytest.mark.parametrize("is_noted", [True, False])
def test_a_report_that_is_named_beside_a_judgement_has_no_answers_or_sources_to_come(
    document: Document, is_noted: bool
) -> None:
    """A product of a judgement was to be corrected at once, for answers that it never printed. Old issues note nothing
    of which claims they print whole.
    """
    rows = {name: list(document.table(name).values()) for name in ("sites", "claims", "sources", "responses")}
    rows |= {name: list(document.table(name).values()) for name in ("claim_sources", "meta")}
    own = judgement("Optics were shipped in 2023")
    rows["claims"].append(own)
    rows["claim_sites"] = [ClaimSite(uuid="l", claim_uuid=own.uuid, site_uuid="firm")]
    rows["claim_evidence"] = [
        ClaimEvidence(uuid="e", claim_uuid=own.uuid, evidence_table="claims", evidence_uuid="c", bearing="supports")
    ]
    rows["response_claims"] = [ResponseClaim(uuid="a", response_uuid="whole", claim_uuid="c")]
    found = Document(rows)  # type: ignore[arg-type]
    found.apply(save_product(found, ProductSpec(title="A firm", author="Anna A."), uuid="one", **WHO))
    _issue(found, "one")
    assert ("claims", "c") in {(one.table_name, one.row_uuid) for one in found.links.rows_of_product("one")}
    assert read_whole(found.products["one"].numbers_json) == {own.uuid}
    if not is_noted:
        noted = json.loads(found.products["one"].numbers_json)
        del noted["whole"]
        _change(found, "products", "one", numbers_json=json.dumps(noted))
    assert needs_correction(found) == {}
    _change(found, "claims", "c", source_wording="provides lenses")
    assert needs_correction(found) == {"one": [Difference("changed", "claims", "c")]}


def test_a_claim_printed_whole_is_so_also_once_its_printed_links_are_gone(document: Document) -> None:
    """Its links were what it was told by."""
    assert read_whole(document.products["one"].numbers_json) == {"c"}
    gone = (
        Change("claim_sites", document.table("claim_sites")["l"], None),
        Change("claim_sources", document.table("claim_sources")["q"], None),
    )
    new = ClaimSource(uuid="later", claim_uuid="c", source_uuid="s")
    document.apply(Edit("links", (*gone, Change("claim_sources", None, new))))
    assert Difference("new", "claim_sources", "later") in needs_correction(document)["one"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"whole": {}}', '{"printed": {}}'])
def test_an_issue_without_a_sound_note_has_none(text: str) -> None:
    assert read_whole(text) is None


@pytest.mark.parametrize(
    ("table", "uuid", "values", "name"),
    [
        ("claims", "c", {"source_wording": "provided optics"}, "claims"),
        ("sites", "firm", {"geometry": Point(114.1, 30)}, "site_point"),
        ("sites", "firm", {"aliases": (with_origin("en", "Firm", is_ours=True),)}, "site_point"),
        ("sources", "s", {"url": "https://example.org/a"}, "sources"),
        ("responses", "whole", {"words": "Never."}, "responses"),
        ("claim_sources", "q", {"page": "3"}, "claim_sources"),
    ],
)
def test_a_change_of_what_is_printed_wants_a_correction(
    document: Document, table: str, uuid: str, values: dict[str, object], name: str
) -> None:
    _change(document, table, uuid, **values)
    assert needs_correction(document) == {"one": [Difference("changed", name, uuid)]}


@pytest.mark.parametrize(
    "values", [{"notes": "look again"}, {"status": "reviewed"}, {"folder": "A"}, {"label": "The firm"}]
)
def test_a_change_of_what_is_not_printed_wants_none(document: Document, values: dict[str, object]) -> None:
    _change(document, "sites", "firm", **values)
    assert needs_correction(document) == {}


def test_a_late_answer_of_a_firm_is_found_from_its_row(document: Document) -> None:
    late = Response(uuid="late", speaker="The firm", words="We do not.")
    link = ResponseClaim(uuid="rl", response_uuid="late", claim_uuid="c")
    document.apply(Edit("answer", (Change("responses", None, late), Change("response_claims", None, link))))
    assert needs_correction(document) == {"one": [Difference("new", "responses", "late")]}
    assert [row.uuid for row in products_printing(document, "responses", "late")] == ["one"]


def test_a_deleted_row_wants_a_correction(document: Document) -> None:
    document.apply(Edit("gone", (Change("responses", document.responses["whole"], None),)))
    assert needs_correction(document) == {"one": [Difference("deleted", "responses", "whole")]}


def test_only_the_newest_issued_version_is_to_be_corrected(document: Document) -> None:
    _change(document, "claims", "c", made_by="two officials")
    document.apply(reissue_product(document, "one", new="two", **WHO))
    assert list(needs_correction(document)) == ["one"], "a draft corrects nothing yet"
    _issue(document, "two")
    assert needs_correction(document) == {}
    assert [row.uuid for row in standing_products(document)] == ["two"]
    assert differences(document, document.products["one"]), "the first version stays as it was issued"
    assert [row.version for row in products_printing(document, "claims", "c")] == [2, 1]


def test_a_digest_is_of_what_is_printed_alone() -> None:
    site = Site(uuid="a", geometry=Point(1, 2), label="A")
    assert digest_of(site) == digest_of(replace(site, notes="n", rev=9, modified_by="x", style_json="{}"))
    assert digest_of(site) != digest_of(replace(site, label="B"))
    assert len(digest_of(site)) == 12


def test_a_date_stated_later_for_an_image_wants_a_correction_of_what_was_printed_without_it(document: Document) -> None:
    image = Image(uuid="i", image_key="k", layer_uuid="layer", date_kind="unknown")
    layer = Layer(uuid="layer", kind="raster", name="Scene", credit="© ESA")
    edit = Edit("marked", (Change("layers", None, layer), Change("images", None, image)))
    document.apply(edit)
    _change(document, "sites", "firm", image_uuid="i")
    document.apply(save_product(document, ProductSpec(title="Another", author="Anna A."), uuid="two", **WHO))
    _issue(document, "two")
    assert "two" not in needs_correction(document)
    _change(document, "layers", "layer", acquired_at="2020-08-31", date_kind="instant", date_basis="analyst")
    stated = state_on_evidence(document, ["layer"], actor="Li")
    document.apply(stated)
    assert document.images["i"].acquired_at == "2020-08-31"
    assert Difference("changed", "images", "i") in needs_correction(document)["two"]
    document.apply(stated.inverse())
    assert "two" not in needs_correction(document)
