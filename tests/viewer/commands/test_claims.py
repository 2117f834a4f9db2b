"""Claims: the rules of ICD 203 that a machine can check, and links to sites and sources."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, ClaimSource, Response, ResponseClaim
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.document.vocabulary import LIKELIHOOD_TERMS
from layers.errors import InvalidValue
from tests.support.cases.judgements import LIKELY
from viewer.commands.claims import (
    add_claim,
    cite_new_source,
    delete_claims,
    judge_claim,
    likelihood_row_in_use,
    link_claim_site,
    link_claim_sites,
    link_claim_source,
    report_claim,
    unlink_claim_site,
    unlink_claim_source,
    update_claim,
    update_claim_source,
)
from viewer.commands.filing.custody import cite_kept_file
from viewer.commands.sources import add_source, update_source


def _document(*claims: Claim) -> Document:
    return Document(
        {
            "claims": claims or [Claim(uuid="c", statement="x")],
            "sites": [Site(uuid="a", geometry=Point(0, 0)), Site(uuid="b", geometry=Point(1, 1))],
            "sources": [Source(uuid="s1", title="S1")],
        }
    )


def _assessed(**fields: object) -> Claim:
    return Claim(uuid="c", state="assessed", **fields)


@pytest.mark.parametrize("state", ["reported", "verified", "withdrawn"])
@pytest.mark.parametrize(
    "fields", [{"likelihood_term": "likely"}, {"likelihood_low": 55, "likelihood_high": 60}, {"confidence": "high"}]
)
def test_only_an_assessed_claim_carries_a_judgement(state: str, fields: dict[str, object]) -> None:
    document = _document(Claim(uuid="c", state=state))
    with pytest.raises(InvalidValue, match="assessed"):
        update_claim(document, "c", actor="Li", **fields)
    with pytest.raises(InvalidValue, match="assessed"):
        add_claim(document, actor="Li", state=state, **fields)


def test_leaving_assessed_clears_likelihood_and_confidence() -> None:
    document = _document(
        _assessed(
            confidence_reason="one source",
            **LIKELY,
        )
    )
    document.apply(update_claim(document, "c", actor="Li", state="reported"))
    claim = document.claims["c"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("", None, None)
    assert (claim.confidence, claim.confidence_reason) == ("", "")


@pytest.mark.parametrize("entry", LIKELIHOOD_TERMS)
def test_a_term_brings_its_band(entry) -> None:
    document = _document(_assessed())
    document.apply(update_claim(document, "c", actor="Li", likelihood_term=entry.term))
    claim = document.claims["c"]
    assert (claim.likelihood_low, claim.likelihood_high) == (entry.low, entry.high)
    document.apply(update_claim(document, "c", actor="Li", likelihood_term=""))
    assert document.claims["c"].likelihood_low is None


def test_state_and_term_may_come_in_one_edit() -> None:
    document = _document()
    document.apply(update_claim(document, "c", actor="Li", state="assessed", likelihood_term="unlikely"))
    assert document.claims["c"].likelihood_high == 45


@pytest.mark.parametrize(("low", "high"), [(0, 50), (50, 100), (60, 40), (55, None), (None, 80), (20, 70)])
def test_bounds_that_make_no_band_are_refused(low: int | None, high: int | None) -> None:
    document = _document(_assessed(likelihood_term="likely", likelihood_low=55, likelihood_high=80))
    with pytest.raises(InvalidValue):
        update_claim(document, "c", actor="Li", likelihood_low=low, likelihood_high=high)


def test_bounds_may_narrow_the_band() -> None:
    document = _document(_assessed(likelihood_term="likely", likelihood_low=55, likelihood_high=80))
    document.apply(update_claim(document, "c", actor="Li", likelihood_low=60))
    assert (document.claims["c"].likelihood_low, document.claims["c"].likelihood_high) == (60, 80)


def test_the_two_rows_of_terms_are_never_mixed_in_one_case() -> None:
    document = _document(_assessed(), Claim(uuid="d", state="assessed", likelihood_term="probable"))
    assert likelihood_row_in_use(document) == 2
    assert likelihood_row_in_use(document, besides="d") is None
    with pytest.raises(InvalidValue, match="other row"):
        update_claim(document, "c", actor="Li", likelihood_term="likely")
    document.apply(update_claim(document, "c", actor="Li", likelihood_term="improbable"))
    document.apply(delete_claims(document, ["c"], actor="Li"))
    document.apply(update_claim(document, "d", actor="Li", likelihood_term="likely"))
    assert likelihood_row_in_use(document) == 1


@pytest.mark.parametrize(
    "fields", [{"state": "denied"}, {"voice": "someone"}, {"state": "assessed", "confidence": "very high"}]
)
def test_words_that_are_none_of_ours_are_refused(fields: dict[str, str]) -> None:
    with pytest.raises(InvalidValue, match="choose one of"):
        update_claim(_document(), "c", actor="Li", **fields)


def test_links_are_made_once_and_taken_away() -> None:
    document = _document()
    document.apply(link_claim_site(document, "c", "a", actor="Li"))
    assert link_claim_site(document, "c", "a", actor="Li").changes == ()
    edit = link_claim_sites(document, "c", ["a", "b"], actor="Li")
    assert len(edit.changes) == 1
    document.apply(edit)
    document.apply(unlink_claim_site(document, "c", "a", actor="Li"))
    assert [site.uuid for site in document.links.sites_of_claim("c")] == ["b"]
    with pytest.raises(InvalidValue, match="site is no longer"):
        link_claim_site(document, "c", "gone", actor="Li")


def test_a_citation_has_page_quote_and_credibility() -> None:
    document = _document()
    document.apply(link_claim_source(document, "c", "s1", actor="Li", credibility=6, page="2"))
    assert link_claim_source(document, "c", "s1", actor="Li").changes == ()
    (link,) = document.links.claim_to_sources("c")
    document.apply(update_claim_source(document, link.uuid, actor="Li", quote="words"))
    (link,) = document.links.claim_to_sources("c")
    assert (link.credibility, link.page, link.quote, link.rev) == (6, "2", "words", 2)
    with pytest.raises(InvalidValue):
        update_claim_source(document, link.uuid, actor="Li", credibility=7)
    document.apply(unlink_claim_source(document, "c", "s1", actor="Li"))
    assert document.links.claim_to_sources("c") == []


def test_a_claim_starts_with_its_links_and_goes_with_them() -> None:
    document = _document()
    edit = add_claim(document, actor="Li", statement="y", site_uuids=["a", "a"], source_uuids=["s1"], uuid="n")
    document.apply(edit)
    assert edit.changes[0].uuid == "n"
    assert len(document.links.sites_of_claim("n")) == 1
    assert len(document.links.claim_to_sources("n")) == 1
    document.apply(delete_claims(document, ["n"], actor="Li"))
    assert set(document.table("claim_sites")) == set(document.table("claim_sources")) == set()
    assert set(document.sites) == {"a", "b"}


def test_a_deleted_claim_leaves_the_response() -> None:
    document = Document(
        {
            "claims": [Claim(uuid="c")],
            "claim_sites": [ClaimSite(uuid="1", claim_uuid="c", site_uuid="zz")],
            "claim_sources": [ClaimSource(uuid="2", claim_uuid="c", source_uuid="zz")],
            "responses": [Response(uuid="r", speaker="x", words="no")],
            "response_claims": [ResponseClaim(uuid="3", response_uuid="r", claim_uuid="c")],
        }
    )
    document.apply(delete_claims(document, ["c"], actor="Li"))
    assert set(document.responses) == {"r"}
    assert not any(document.table(table) for table in ("claim_sites", "claim_sources", "response_claims"))


def test_a_report_has_a_speaker_and_a_judgement_is_the_analysts() -> None:
    document = _document()
    reported = report_claim(document, actor="Li", uuid="r", site_uuids=["a"])
    judged = judge_claim(document, actor="Li", uuid="j", site_uuids=["a"])
    document.apply(reported)
    document.apply(judged)
    said, own = document.claims["r"], document.claims["j"]
    assert (said.voice, said.state) == ("speaker", "reported")
    assert (own.voice, own.state) == ("analyst", "assessed")
    assert [claim.uuid for claim in document.links.claims_of_site("a")] == ["r", "j"]
    with pytest.raises(InvalidValue, match="assessed"):
        report_claim(document, actor="Li", likelihood_term="likely")


def test_a_new_source_is_cited_in_one_step_with_its_kept_copy() -> None:
    document = _document()
    copy = SourceFile(uuid="f", source_uuid="", name="note.pdf", content_type="application/pdf", sha256="0" * 64)
    edit = cite_kept_file(document, "c", copy, actor="Li", uuid="s2", title="Note")
    document.apply(edit)
    assert [link.source_uuid for link in document.links.claim_to_sources("c")] == ["s2"]
    kept = document.table("source_files")["f"]
    assert isinstance(kept, SourceFile)
    assert (kept.source_uuid, kept.name) == ("s2", "note.pdf")
    assert len(document.table("custody")) == 1
    document.apply(edit.inverse())
    assert set(document.sources) == {"s1"}
    assert not document.table("source_files")
    with pytest.raises(InvalidValue, match="claim"):
        cite_new_source(document, "gone", actor="Li", title="Note")


def test_a_second_carrier_of_a_report_confirms_nothing() -> None:
    document = _document()
    document.apply(add_source(document, actor="Li", uuid="paper", title="A paper that carries it"))
    document.apply(update_source(document, "paper", actor="Li", origin_uuid="s1"))
    for source in ("s1", "paper"):
        document.apply(link_claim_source(document, "c", source, actor="Li"))
    link = document.links.claim_to_sources("c")[-1]
    with pytest.raises(InvalidValue, match="2 sources, 1 origin"):
        update_claim_source(document, link.uuid, actor="Li", credibility=1)
    document.apply(add_source(document, actor="Li", uuid="own", title="Another that has looked for itself"))
    document.apply(link_claim_source(document, "c", "own", actor="Li", credibility=1))
    with pytest.raises(InvalidValue, match="no carrier of itself"):
        update_source(document, "s1", actor="Li", origin_uuid="paper")


def test_grading_a_source_is_evaluating_it_even_as_one_that_cannot_be_judged() -> None:
    document = _document()
    document.apply(update_source(document, "s1", actor="Li", evaluated=False))
    document.apply(update_source(document, "s1", actor="Li", reliability="F"))
    assert document.sources["s1"].evaluated is True
