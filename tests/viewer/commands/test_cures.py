"""Edits that put many findings right: one step and one undo each."""

from __future__ import annotations

import pytest
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, Response, ResponseClaim
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.product.judging.judged import is_reviewed
from viewer.commands.cures import name_date_basis, record_no_answer, say_access_unknown
from viewer.commands.reviewing.reviews import review_rows

WHO = {"actor": "login", "now": "2026-11-27T20:00:00Z"}


@pytest.fixture
def document() -> Document:
    """Sixty draft sites, and two claims on firms of which one has an answer."""
    return Document(
        {
            "sites": [
                Site(uuid=f"m{at}", geometry=Point(at, 50), label=f"Firm {at}", role="named in a claim")
                for at in range(60)
            ],
            "claims": [Claim(uuid=uuid, created_by="login") for uuid in ("c1", "c2")],
            "claim_sites": [ClaimSite(uuid=f"l{at}", claim_uuid="c1", site_uuid=f"m{at}") for at in (1, 2)],
            "responses": [Response(uuid="r", speaker="Firm 2", words="No.")],
            "response_claims": [ResponseClaim(uuid="rc", response_uuid="r", claim_uuid="c2")],
            "sources": [Source(uuid="s1", descriptor="A wire report."), Source(uuid="s2", accessed_at="2026-11-01")],
            "layers": [
                Layer(uuid="i1", name="", kind="raster"),
                Layer(uuid="i2", name="", kind="raster", date_basis="caption"),
            ],
        }
    )


def test_sixty_sites_are_reviewed_by_name_in_one_step_that_is_undone_at_once(document: Document) -> None:
    edit = review_rows(document, sorted(document.sites), table="sites", reviewer=" Boris  B. ", **WHO)
    assert edit.label == "Review 60 marks as Boris B."
    document.apply(edit)
    assert {(site.status, site.reviewed_by) for site in document.sites.values()} == {("reviewed", "Boris B.")}
    document.apply(edit.inverse())
    assert {site.status for site in document.sites.values()} == {"draft"}


def test_a_claim_that_its_author_reviewed_is_reviewed_by_another(document: Document) -> None:
    document.apply(review_rows(document, ["c1"], table="claims", reviewer="login", **WHO))
    assert not is_reviewed(document.claims["c1"])
    document.apply(review_rows(document, ["c1"], table="claims", reviewer="Boris B.", **WHO))
    assert is_reviewed(document.claims["c1"])


@pytest.mark.parametrize("reviewer", ["", "  ", "x" * 500])
def test_nobody_reviews_without_a_name(document: Document, reviewer: str) -> None:
    with pytest.raises(InvalidValue):
        review_rows(document, ["m1"], table="sites", reviewer=reviewer, **WHO)


def test_a_date_of_access_is_said_to_be_unknown_and_none_is_invented(document: Document) -> None:
    for _ in range(2):
        document.apply(say_access_unknown(document, ["s1", "s2"], **WHO))
    assert document.sources["s1"].descriptor == "A wire report. No date of access is recorded."
    assert document.sources["s1"].accessed_at == ""
    assert document.sources["s2"].descriptor == ""


def test_no_answer_is_recorded_for_the_firm_that_was_not_asked(document: Document) -> None:
    document.apply(record_no_answer(document, ["c1", "c2"], kind="not asked", **WHO))
    answers = [(answer.kind, answer.speaker, answer.words) for answer in document.links.responses_to("c1")]
    assert answers == [("not asked", "Firm 1", ""), ("not asked", "Firm 2", "")], "one for each party"
    assert [one.uuid for one in document.links.responses_to("c2")] == ["r"], "an answer that is there stays"
    assert document.claims["c1"].state == "reported"


@pytest.mark.parametrize(("kind", "day"), [("no reply by a date", ""), ("no reply by a date", "soon"), ("answer", "")])
def test_what_is_no_reason_is_refused(document: Document, kind: str, day: str) -> None:
    with pytest.raises(InvalidValue):
        record_no_answer(document, ["c1"], kind=kind, made_at=day, **WHO)


def test_the_basis_of_a_date_is_said_where_none_is(document: Document) -> None:
    document.apply(name_date_basis(document, ["i1", "i2"], basis="metadata", **WHO))
    assert [document.layers[uuid].date_basis for uuid in ("i1", "i2")] == ["metadata", "caption"]
