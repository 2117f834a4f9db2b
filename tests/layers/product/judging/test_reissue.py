"""A reissue whose judgement differs from the issued one says what changed, and does not pass without it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import ClaimEvidence, ClaimSite
from layers.document.site import Site
from layers.product.case_facts import facts_of_case
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from layers.product.issuing.corrections import correction_of
from layers.product.issuing.printed_rows import differences, printed_rows
from layers.product.judging.reissue import newest_judgement, read_judgements
from layers.product.lint.check import findings
from layers.product.lint.finding import BLOCKING
from layers.product.spec import ProductSpec
from tests.support.cases.judgements import judgement
from viewer.commands.claims import link_claim_sites, update_claim
from viewer.commands.filing.evidence import update_evidence
from viewer.commands.filing.judging import judge_report
from viewer.commands.products import issue_product, reissue_product, save_product

WHO = {"actor": "Olga", "now": "2024-04-12T10:00:00Z"}
SPEC = ProductSpec(title="The pad", author="Olga")


def issued_case() -> Document:
    """A case with an issued product that printed the judgement *likely, low*, and its reissue in draft."""
    document = Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(128.3, 51.9), label="Pad", status="reviewed")],
            "claims": [judgement("It is in use")],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid="j", site_uuid="pad")],
        }
    )
    document.apply(save_product(document, SPEC, uuid="one", **WHO))
    printed = printed_rows(document, content_of(document, ["pad"]))
    document.apply(issue_product(document, "one", sha256="", numbers={}, printed=printed, **WHO))
    document.apply(reissue_product(document, "one", new="two", **WHO))
    return document


def words(document: Document, product: str = "two") -> ProductContent:
    return content_of(document, ["pad"], product=document.products[product])


def rules(document: Document, product: str = "two") -> dict[str, str]:
    facts = facts_of_case(document, SPEC, ["pad"], document.products[product])
    return {finding.rule: finding.severity for finding in findings(SPEC, words(document, product), facts, ())}


def change(document: Document, **fields: Any) -> None:
    document.apply(update_claim(document, "j", actor="Olga", **fields))


def test_an_unchanged_judgement_is_reissued_without_a_word() -> None:
    document = issued_case()
    assert read_judgements(document.products["one"].numbers_json)["j"].likelihood_term == "likely"
    assert "judgement-changed" not in rules(document)
    assert words(document).claims[0].beside == ()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"likelihood_term": "very likely"},
            "Likelihood: was likely (55–80 %) in version 1, now very likely (80–95 %).",
        ),
        ({"confidence": "moderate"}, "Confidence: was low in version 1, now moderate."),
        ({"state": "reported"}, "Likelihood: was likely (55–80 %) in version 1, now not judged."),
    ],
)
def test_a_changed_judgement_says_what_it_was_and_why(fields: dict[str, str], sentence: str) -> None:
    document = issued_case()
    change(document, **fields)
    assert rules(document)["judgement-changed"] == BLOCKING
    assert sentence in words(document).claims[0].beside[0]
    change(document, change_note="because a third image shows the tower")
    assert "judgement-changed" not in rules(document)
    assert words(document).claims[0].beside[0].endswith(" Because a third image shows the tower")
    change(document, change_note="a third image shows the tower")
    assert words(document).claims[0].beside[0].endswith(" Because a third image shows the tower")
    change(document, likelihood_term="likely", confidence="low", state="assessed")
    assert words(document).claims[0].beside == (), "back to what was issued: nothing has changed"


def test_the_words_of_the_last_change_are_no_reason_for_the_next() -> None:
    document = issued_case()
    change(document, likelihood_term="very likely", change_note="because of a third image")
    printed = printed_rows(document, words(document))
    document.apply(issue_product(document, "two", sha256="", numbers={}, printed=printed, **WHO))
    document.apply(reissue_product(document, "two", new="three", **WHO))
    assert "judgement-changed" not in rules(document, "three")
    assert words(document, "three").claims[0].beside == ()
    change(document, likelihood_term="almost certain")
    assert "judgement-changed" in rules(document, "three")
    change(document, change_note="because of a fourth image")
    assert "judgement-changed" not in rules(document, "three")
    assert "in version 2" in words(document, "three").claims[0].beside[0]


def test_a_first_issue_needs_no_words_on_a_change() -> None:
    document = issued_case()
    change(document, likelihood_term="very likely")
    assert "judgement-changed" not in rules(document, "one")
    other = save_product(document, SPEC, uuid="other", **WHO)
    document.apply(other)
    assert "judgement-changed" not in rules(document, "other")


def test_odd_kept_judgements_count_as_not_stated() -> None:
    odd = [1, None, [], ["likely"], ["likely", True, 80, "low", ""], ["likely", 55, 800, "low", ""], ["x" * 30_000] * 5]
    for row in odd:
        assert read_judgements(json.dumps({"judged": {"j": row}})) == {}
    assert read_judgements("{") == read_judgements('{"judged": []}') == {}


def test_our_judgement_is_printed_with_the_report_and_marks_its_product() -> None:
    document = issued_case()
    report = Claim(uuid="r", source_wording="“ready”", made_by="An official")
    about = ClaimSite(uuid="m", claim_uuid="r", site_uuid="pad")
    link = ClaimEvidence(
        uuid="e", claim_uuid="j", evidence_table="claims", evidence_uuid="r", bearing="context", note="ready"
    )
    rows = {table: [*document.table(table).values()] for table in ("sites", "claims", "claim_sites")}
    rows["claims"].append(report)
    rows["claim_sites"].append(about)
    judged = Document({**rows, "claim_evidence": [link]})
    content = content_of(judged, ["pad"])
    said = next(claim for claim in content.claims if claim.uuid == "r")
    assert said.beside == (
        "On the part “ready”. Judged by us: likely (55–80 %). Confidence: low. In our words: “It is in use”.",
    )
    own = next(claim for claim in content.claims if claim.uuid == "j")
    assert own.evidence == 0, "the report that is judged is no evidence for the judgement"
    stronger = Document({**rows, "claim_evidence": [replace(link, bearing="supports")]})
    assert next(claim for claim in content_of(stronger, ["pad"]).claims if claim.uuid == "j").evidence == 1
    assert newest_judgement(judged, "j") is None
    judged.apply(save_product(judged, SPEC, uuid="one", **WHO))
    printed = printed_rows(judged, content)
    judged.apply(issue_product(judged, "one", sha256="", numbers={}, printed=printed, **WHO))
    assert differences(judged, judged.products["one"]) == []
    judged.apply(update_evidence(judged, "e", actor="Olga", note="ready and fuelled"))
    (difference,) = differences(judged, judged.products["one"])
    assert (difference.what, difference.table_name) == ("changed", "claim_evidence")
    published = content_of(judged, ["pad"], True)
    assert all(not claim.judged for claim in published.claims), "a draft of ours is not published"


def test_a_judgement_that_is_added_after_the_issue_marks_the_product_of_the_report() -> None:
    document = issued_case()
    report = Claim(uuid="r", source_wording="“ready”", made_by="An official")
    document.apply(Edit("report", (Change("claims", None, report),)))
    document.apply(link_claim_sites(document, "r", ["pad"], actor="Olga"))
    document.apply(save_product(document, SPEC, uuid="other", **WHO))
    printed = printed_rows(document, content_of(document, ["pad"]))
    document.apply(issue_product(document, "other", sha256="", numbers={}, printed=printed, **WHO))
    document.apply(judge_report(document, report_uuid="r", actor="Olga", uuid="new"))
    assert differences(document, document.products["other"]) == [], "it says nothing yet"
    document.apply(update_claim(document, "new", actor="Olga", likelihood_term="likely"))
    (difference,) = differences(document, document.products["other"])
    assert (difference.what, difference.table_name) == ("new", "claim_evidence")
    assert "our judgement of a claim is added" in correction_of(document, document.products["other"])
