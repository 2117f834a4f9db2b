"""Many rows are reviewed in one step; what is printed of a row or judged makes it a draft again, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from shapely.geometry import Point, box

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource, Response, ResponseClaim
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from viewer.commands.claims import (
    cite_new_source,
    link_claim_site,
    link_claim_source,
    unlink_claim_site,
    unlink_claim_source,
    update_claim,
    update_claim_source,
)
from viewer.commands.filing.evidence import link_evidence, unlink_evidence, update_evidence
from viewer.commands.imagery.observations import delete_observations, update_observation
from viewer.commands.responses import add_response, delete_responses, set_response_claims, update_response
from viewer.commands.reviewing.reviews import set_review
from viewer.commands.sites import delete_sites, move_sites, update_site
from viewer.commands.sources import delete_sources, update_source

BY: dict[str, Any] = {"actor": "Olga", "now": "2026-05-02T10:00:00Z"}


@pytest.fixture
def document() -> Document:
    """A claim about a pad, with a source and an observation, and a measurement beside it."""
    return Document(
        {
            "sites": [
                Site(uuid="pad", geometry=Point(63, 45), label="Pad"),
                Site(uuid="yard", geometry=Point(64, 45)),
                Site(uuid="area", geometry=box(0, 0, 1, 1), mark_kind="measurement"),
            ],
            "claims": [Claim(uuid="claim", statement="A pad", voice="analyst", state="assessed")],
            "sources": [Source(uuid="report", title="Report"), Source(uuid="other", title="Other")],
            "claim_sites": [ClaimSite(uuid="about", claim_uuid="claim", site_uuid="pad")],
            "claim_sources": [ClaimSource(uuid="cited", claim_uuid="claim", source_uuid="report")],
            "responses": [Response(uuid="answer", speaker="A firm", words="It is so")],
            "response_claims": [ResponseClaim(uuid="to", response_uuid="answer", claim_uuid="claim")],
            "observations": [Observation(uuid="seen", site_uuid="pad", image_uuid="i")],
            "claim_evidence": [
                ClaimEvidence(uuid="rests", claim_uuid="claim", evidence_table="observations", evidence_uuid="seen")
            ],
        }
    )


def reviewed(document: Document) -> None:
    rows = ("pad", "yard", "area", "claim")
    document.apply(set_review(document, rows, status="reviewed", reviewer="Chen Yu", **BY))


def test_marks_measurements_and_claims_are_reviewed_published_and_drafts_again_in_one_step(document: Document) -> None:
    rows = [document.sites[name] for name in ("pad", "yard", "area")]
    edit = set_review(document, ["pad", "yard", "area", "claim"], status="reviewed", reviewer=" Chen  Yu", **BY)
    assert edit.label == "Review 3 marks, 1 claim as Chen Yu"
    document.apply(edit)
    assert {document.sites[row.uuid].reviewed_by for row in rows} == {"Chen Yu"}
    document.apply(set_review(document, ["pad", "claim"], status="published", **BY))
    claim = document.claims["claim"]
    assert (claim.status, claim.reviewed_by, document.sites["yard"].status) == ("published", "Chen Yu", "reviewed")
    document.apply(set_review(document, ["pad", "yard", "area", "claim"], status="draft", **BY))
    assert {row.reviewed_by for row in (*document.sites.values(), *document.claims.values())} == {""}
    for status in ("reviewed", "published"):
        with pytest.raises(InvalidValue, match="name of the reviewer"):
            set_review(document, ["pad"], status=status, **BY)
    with pytest.raises(InvalidValue, match="nothing to review"):
        set_review(document, ["report"], status="draft", **BY)


JUDGED: dict[str, Callable[[Document], Edit]] = {
    "statement": lambda d: update_claim(d, "claim", statement="A tower", **BY),
    "cited": lambda d: link_claim_source(d, "claim", "other", **BY),
    "cited anew": lambda d: cite_new_source(d, "claim", title="New", **BY),
    "page": lambda d: update_claim_source(d, "cited", page="7", **BY),
    "no longer cited": lambda d: unlink_claim_source(d, "claim", "report", **BY),
    "source deleted": lambda d: delete_sources(d, ["report"], **BY),
    "about another": lambda d: link_claim_site(d, "claim", "yard", **BY),
    "about none": lambda d: unlink_claim_site(d, "claim", "pad", **BY),
    "site deleted": lambda d: delete_sites(d, ["pad"], **BY),
    "rests on more": lambda d: link_evidence(d, "claim", "site_point", "yard", **BY),
    "rests otherwise": lambda d: update_evidence(d, "rests", bearing="against", **BY),
    "rests on less": lambda d: unlink_evidence(d, "claim", "seen", **BY),
    "observation deleted": lambda d: delete_observations(d, ["seen"], **BY),
    "source graded": lambda d: update_source(d, "report", reliability="B", **BY),
    "seen otherwise": lambda d: update_observation(d, "seen", presence="present", **BY),
    "answered": lambda d: add_response(d, "A firm", "It is not so", claim_uuids=["claim"], **BY),
    "other answer": lambda d: update_response(d, "answer", words="No comment", **BY),
    "answer elsewhere": lambda d: set_response_claims(d, "answer", [], **BY),
    "answer deleted": lambda d: delete_responses(d, ["answer"], **BY),
}


@pytest.mark.parametrize("change", JUDGED)
def test_a_change_of_what_a_reviewed_claim_says_or_rests_on_makes_it_a_draft(document: Document, change: str) -> None:
    reviewed(document)
    edit = JUDGED[change](document)
    document.apply(edit)
    claim = document.claims["claim"]
    assert (claim.status, claim.reviewed_by, claim.reviewed_at) == ("draft", "", "")
    assert change == "statement" or edit.reason == "Changed after review: 1 claim is a draft again"
    document.apply(edit.inverse())
    assert document.claims["claim"].reviewed_by == "Chen Yu", "an undo brings the review back"


def test_what_no_product_prints_leaves_a_claim_reviewed(document: Document) -> None:
    reviewed(document)
    document.apply(update_response(document, "answer", notes="Ask again in May", **BY))
    document.apply(update_source(document, "other", title="Cited by nobody", **BY))
    assert document.claims["claim"].status == "reviewed"


def test_notes_folder_style_and_aliases_leave_a_mark_reviewed_and_all_else_does_not(document: Document) -> None:
    reviewed(document)
    quiet = {"notes": "n", "folder": "f", "stroke_color": "#ff0000", "aliases": (("ru", "Площадка"),)}
    for name, value in quiet.items():
        document.apply(update_site(document, "pad", **{name: value}, **BY))
    assert document.sites["pad"].status == "reviewed"
    document.apply(update_site(document, "pad", position_error_m=20.0, **BY))
    document.apply(move_sites(document, {"area": box(0, 0, 2, 1)}, **BY))
    assert [document.sites[name].status for name in ("pad", "area", "yard")] == ["draft", "draft", "reviewed"]
