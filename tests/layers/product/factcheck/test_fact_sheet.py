"""The fact-check sheet: one fact a row, led to the words that it stands on, those without a source first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.rows import Product
from layers.product.case_facts import default_specs, facts_of_case, marks_of
from layers.product.factcheck.fact_sheet import ALTERED, AS_QUOTED, BASES, NEGATED, OTHERWISE
from layers.product.factcheck.sheet import CheckedProduct, fact_sheet
from layers.product.factcheck.word_groups import NAME, NUMBER
from layers.product.facts import MapFact, SitesFact, TextFact
from layers.product.gathering import content_of
from layers.product.issuing.edition import Edition
from layers.product.spec import Override, ProductSpec
from tests.layers.product.factcheck.conftest import EIGHT, changed, sheet_of


def test_each_fact_of_claim_8_leads_to_the_words_that_it_stands_on(demo: Document) -> None:
    sheet = sheet_of(demo, [site.uuid for site in demo.links.sites_of_claim(EIGHT)])
    facts = [fact for fact in sheet.facts if fact.uuid == EIGHT and fact.basis == AS_QUOTED]
    assert [fact.words for fact in facts if fact.kind == NAME] == [
        "Wuhan Global Sensor Technology Co.",
        "Wuhan Tongsheng Technology Co. Ltd.",
        "Hikvision",
    ]
    wording = demo.claims[EIGHT].source_wording
    for fact in facts:
        (source,) = fact.stands_on
        assert source.number == "S1"
        assert source.quote == wording
        assert source.quote[source.stretch.start : source.stretch.end].rstrip(".") == fact.words.rstrip(".")
        assert fact.entered.startswith("Geoloupe demo")


def test_the_sheet_of_the_demo_has_at_most_200_rows(demo: Document) -> None:
    (spec,) = default_specs(demo, "single")
    marks = marks_of(demo, spec)
    content, facts = content_of(demo, marks), facts_of_case(demo, spec, marks, None)
    sheet = fact_sheet(CheckedProduct(demo, content, facts, spec))
    assert 150 < len(sheet.facts) <= 200
    assert [fact.number for fact in sheet.facts] == list(range(1, len(sheet.facts) + 1))
    ranks = [BASES.index(fact.basis) for fact in sheet.facts]
    assert ranks == sorted(ranks), "those without a source first"


def test_five_facts_whose_source_is_taken_away_are_counted(own: Document) -> None:
    before = sheet_of(own)
    own.apply(Edit("unlink", (Change("claim_sources", own.table("claim_sources")["l-2"], None),)))
    after = sheet_of(own)
    assert (before.unsourced, after.unsourced) == (0, 5)
    assert [fact.words for fact in after.facts[:5]] == [
        "Aurora Ltd. delivered 12 pumps to Boreal in 2019",
        "Aurora Ltd.",
        "12 pumps",
        "Boreal",
        "2019",
    ]


def test_five_planted_in_the_demo_come_to_those_that_it_has(demo: Document) -> None:
    document = Document({table: tuple(demo.table(table).values()) for table in TABLES})
    before = sheet_of(document).unsourced
    sourced = [site for site in document.sites.values() if site.position_source_uuid and not site.image_uuid]
    parties = {site.uuid for claim in document.claims for site in document.links.sites_of_claim(claim)}
    for site in [site for site in sourced if site.uuid not in parties][:5]:
        changed(document, "sites", site.uuid, position_source_uuid="")
    # Each has a name and a place that stood on that source alone.
    assert sheet_of(document).unsourced == before + 10


@pytest.mark.parametrize(
    ("quote", "kind", "words", "missing"),
    [
        ("Aurora Ltd. delivered 15 pumps to Boreal in 2019", NUMBER, "12 pumps", ("12",)),
        (
            "Aurora Ltd. has not delivered 12 pumps to Boreal in 2019",
            "words",
            "Aurora Ltd. delivered 12 pumps to Boreal in 2019",
            (),
        ),
        ("Aurelia Ltd. delivered 12 pumps to Boreal in 2019", NAME, "Aurora Ltd.", ("aurora",)),
        ("Aurora Ltd. delivered 12 pumps to Boreal in 2018", "date", "2019", ("2019",)),
    ],
)
def test_a_fact_that_its_quote_says_otherwise_is_listed_so(
    own: Document, quote: str, kind: str, words: str, missing: tuple[str, ...]
) -> None:
    sheet = sheet_of(changed(own, "claim_sources", "l-2", quote=quote))
    (fact,) = [fact for fact in sheet.facts if fact.uuid == "c-1" and (fact.kind, fact.words) == (kind, words)]
    assert fact.basis == (ALTERED if missing else NEGATED), "the product prints these words as exact ones"
    assert fact.stands_on[0].stretch.missing == missing
    assert fact.stands_on[0].stretch.denies is (not missing)


def test_rows_that_say_otherwise_than_others_say_so(own: Document) -> None:
    """A speaker counted otherwise in the words, a firm spelt otherwise than its mark, and a year that nothing has."""
    words = "Aurora Deep Pumps delivered 12 pumps to Boreal in 2019; three officials say so, and not the two officials"
    changed(own, "claims", "c-1", statement=words, source_wording=words)
    changed(own, "claim_sources", "l-2", quote=words)
    (site,) = own.sites
    sheet = sheet_of(changed(own, "sites", site, label="Aurora Deap Pumps"))
    warned = {fact.words: fact.warnings for fact in sheet.facts if fact.warnings}
    assert warned["three officials"] == (
        "The page also says “two officials” (C1): one of the two is wrong, or they are about two things.",
    )
    assert any(words.startswith("Aurora Deap Pumps") for words in warned)
    assert "Aurora Deap Pumps" in warned["Aurora Deep Pumps"][0]
    assert len(warned) == 4, "and no other row"


def test_what_is_noted_beside_a_quotation_is_called_a_note(own: Document) -> None:
    words = own.claims["c-1"].source_wording
    facts = sheet_of(changed(own, "claims", "c-1", statement=f'They say "{words}"; of what is not clear.')).facts
    (note,) = [fact for fact in facts if fact.is_note]
    assert (note.words, note.is_quoted, note.basis) == ("of what is not clear", False, OTHERWISE)


def test_findings_that_were_let_pass_stand_in_it_with_reason_and_name(own: Document) -> None:
    override = Override("scale-bar", "map 1", "The client draws it.", "B. Second", "2026-05-01T10:00:00Z")
    (passed,) = sheet_of(own, overrides=(override,)).let_pass
    assert passed.override == override


def _retell(document: Document) -> Document:
    return changed(document, "claims", "c-1", source_wording="Aurora Ltd. delivered 13 pumps in 2019")


def _redate(document: Document) -> Document:
    return changed(document, "sources", "s-1", published_at="2020-02-04")


def _review(document: Document) -> Document:
    return changed(document, "claims", "c-1", status="reviewed", reviewed_by="B. Second")


@pytest.mark.parametrize("change", [_retell, _redate])
def test_equal_facts_have_equal_digests_and_others_have_not(
    own: Document, change: Callable[[Document], Document]
) -> None:
    before = {fact.key: fact.digest for fact in sheet_of(own).facts}
    assert {fact.key: fact.digest for fact in sheet_of(_review(own)).facts} == before, "a review is no change"
    after = {fact.key: fact.digest for fact in sheet_of(change(own)).facts}
    assert after != before


def test_a_mark_of_the_key_stands_at_the_number_and_on_the_page_that_are_printed(own: Document) -> None:
    spec = ProductSpec(title="A product", author="A. Author")
    inside = marks_of(own, spec)
    (site,) = own.sites.values()
    facts = replace(
        facts_of_case(own, spec, inside, None),
        maps=(MapFact(sites=SitesFact(keyed={site.uuid: 28}, drawn=frozenset({site.uuid}))),),
        texts=(TextFact("title", "A product"), TextFact("key", "28 Aurora Ltd.", page=1)),
        is_laid_out=True,
    )
    edition = Edition(Product(uuid="p-1", name="A product", number="3", version=2), "2026-05-01")
    sheet = fact_sheet(CheckedProduct(own, content_of(own, inside), facts, spec, edition))
    printed = {fact.printed for fact in sheet.facts if fact.table == "sites"}
    assert printed == {"page 2, key, number 28"}
