"""Judgements about reports: links found from both ends, two sentences, and cautions on the words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.product.gathering import content_of
from layers.product.judging.cautions import cautions_of, missing_of_verified, observation_caution
from layers.product.judging.evidence_words import evidence_row, evidence_words, offered_evidence
from layers.product.judging.judged import judged_sentences, judgements_of, reports_of
from layers.product.judging.origins import origins_counted
from layers.product.judging.steps import Step, read_steps, steps_json
from tests.support.cases.judgements import judgement

JUDGEMENT = judgement(
    "The pad will be used in December",
    confidence="moderate",
    confidence_reason="Two clear images of the same week",
)
REPORT = Claim(uuid="r", statement="It is ready", source_wording="“it is likely ready”", made_by="An official")


def case(own: Claim = JUDGEMENT) -> Document:
    image = Image(uuid="i", image_key="k", layer_title="S2A", acquired_at="2024-04-12", date_kind="instant")
    return Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(1, 2), label="Pad"), Site(uuid="far", geometry=Point(3, 4))],
            "claims": [own, REPORT],
            "images": [image],
            "observations": [
                Observation(
                    uuid="o", site_uuid="pad", image_uuid="i", presence="cannot tell", why="cloud", words="haze"
                )
            ],
            "searches": [Search(uuid="s", area_uuid="far", result="none seen", target_size_m=30.0, assessed_pct=82.0)],
            "claim_evidence": [
                ClaimEvidence(
                    uuid="e1",
                    claim_uuid="j",
                    evidence_table="claims",
                    evidence_uuid="r",
                    bearing="context",
                    note="ready",
                ),
                ClaimEvidence(
                    uuid="e2", claim_uuid="j", evidence_table="observations", evidence_uuid="o", bearing="supports"
                ),
            ],
            "sources": [Source(uuid="ap", title="AP"), Source(uuid="nl", title="Newslooks", origin_uuid="ap")],
            "claim_sources": [
                ClaimSource(uuid="k1", claim_uuid="j", source_uuid="ap", credibility=1),
                ClaimSource(uuid="k2", claim_uuid="j", source_uuid="nl"),
            ],
        }
    )


def test_both_ends_know_each_other() -> None:
    document = case()
    ((own, link),) = judgements_of(document, "r")
    assert (own.uuid, link.note) == ("j", "ready")
    ((report, _),) = reports_of(document, "j")
    assert report.uuid == "r"
    assert judgements_of(document, "j") == reports_of(document, "r") == []


def test_likelihood_and_confidence_are_two_sentences() -> None:
    assert judged_sentences(JUDGEMENT) == ("Judged by us: likely (55–80 %).", "Confidence: moderate.")
    assert judged_sentences(REPORT) == ()


def test_evidence_says_what_it_is() -> None:
    document = case()
    seen = evidence_row(document, document.links.claim_to_evidence("j")[1])
    assert evidence_words(document, seen) == "Pad · cannot tell (cloud) · S2A, 12 April 2024 · haze"
    assert evidence_words(document, seen, ["pad"]).startswith("cannot tell")
    assert "none seen · a target of 30 m or more · 82 % assessable" in evidence_words(document, document.searches["s"])
    assert [row.uuid for row in offered_evidence(document, "j")] == ["s"]
    chip = Chip(uuid="c", content_type="image/png", caption="The gate", image_uuid="i")
    assert evidence_words(document, chip) == "The gate · date unknown; stated later: 12 April 2024"


def test_two_carriers_of_one_report_are_one_origin() -> None:
    document = case()
    assert origins_counted(document, ["ap", "nl"]) == "2 sources, 1 origin"
    assert origins_counted(document, ["ap"]) == ""
    circle = Document({"sources": [Source(uuid="a", origin_uuid="b"), Source(uuid="b", origin_uuid="a")]})
    assert origins_counted(circle, ["a", "b"]) == "2 sources, 1 origin"


def fields(claim: Claim, document: Document | None = None) -> list[tuple[str, str]]:
    found = document or case(claim)
    return [(caution.field, str(caution.sentence)) for caution in cautions_of(found, claim)]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"confidence_reason": "It is very likely"}, "confidence_reason", "“very likely” says how likely"),
        (
            {"statement": "It is likely, with high confidence"},
            "statement",
            "Likelihood and confidence stand in one sentence",
        ),
        ({"statement": "It is probable that it is likely"}, "statement", "two rows of ICD 203's terms"),
        ({"statement": "It is highly probable"}, "statement", "“likely” and “highly probable”"),
        ({"state": "verified"}, "state", "a step that says how it was checked"),
    ],
)
def test_words_against_tradecraft_are_cautioned(change: dict[str, str], field: str, words: str) -> None:
    told = fields(replace(JUDGEMENT, **change))
    assert any(where == field and words in sentence for where, sentence in told), told


def test_sound_words_are_cautioned_only_for_their_one_origin() -> None:
    assert [field for field, _ in fields(JUDGEMENT)] == ["credibility"]
    plain = replace(JUDGEMENT, statement="A remote site, by remote sensing")
    assert [field for field, _ in fields(plain)] == ["credibility"]


def test_a_speakers_likely_is_pointed_out_until_it_is_judged() -> None:
    alone = Document({"claims": [REPORT]})
    ((field, sentence),) = fields(REPORT, alone)
    assert field == "source_wording"
    assert sentence.startswith("“likely” is the speaker's word")
    assert fields(REPORT, case()) == []


def test_gone_is_no_observation() -> None:
    assert observation_caution("the tower is gone").startswith("“gone” is a judgement")
    assert observation_caution("the tower is not seen, its ground is bare") == ""


def test_verified_needs_step_evidence_and_another_reviewer() -> None:
    document = case()
    verified = replace(
        JUDGEMENT, steps_json=steps_json([Step("height")]), status="reviewed", reviewed_by="Li", created_by="Olga"
    )
    assert missing_of_verified(document, verified) == ()
    assert len(missing_of_verified(document, replace(verified, reviewed_by="olga"))) == 1
    assert len(missing_of_verified(Document({"claims": [verified]}), verified)) == 1


@pytest.mark.bounded
@given(st.lists(st.builds(Step, *([st.text(max_size=20)] * 4)), max_size=6))
def test_steps_come_back(steps: list[Step]) -> None:
    assert read_steps(steps_json(steps)) == tuple(
        step for step in steps if step.what or step.how or step.on or step.result
    )


def test_a_page_of_a_judgement_cites_the_source_of_the_report_that_it_is_about() -> None:
    """The report stands at no mark, so that no block of its own brings its source to the page."""
    own = judgement("Optics were shipped in 2023")
    document = Document(
        {
            "sites": [Site(uuid="port", geometry=Point(114, 30), label="The port")],
            "claims": [own, Claim(uuid="report", source_wording="ships optics", made_by="an official")],
            "sources": [Source(uuid="s", title="A report on optics")],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid=own.uuid, site_uuid="port")],
            "claim_sources": [ClaimSource(uuid="q", claim_uuid="report", source_uuid="s")],
            "claim_evidence": [
                ClaimEvidence(uuid="e", claim_uuid=own.uuid, evidence_table="claims", evidence_uuid="report")
            ],
        }
    )
    content = content_of(document, ["port"])
    assert content.claims[0].beside == ("It judges what is reported in S1.",)
    assert [source.title for source in content.sources] == ["A report on optics"]

    both = content_of(document, ["port"], whole_case=True)
    (own_words,) = (claim for claim in both.claims if claim.uuid == own.uuid)
    (report,) = (claim for claim in both.claims if claim.uuid == "report")
    assert own_words.beside == (f"It judges {report.number} (reported in S1).",)
