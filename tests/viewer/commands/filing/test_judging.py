"""A judgement about a report is linked with it, in one step."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.product.judging.judged import judgements_of
from viewer.commands.claims import delete_claims, update_claim
from viewer.commands.filing.judging import judge_report, link_report


def case() -> Document:
    return Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(1, 2)), Site(uuid="far", geometry=Point(3, 4))],
            "claims": [
                Claim(uuid="r", source_wording="“likely ready”", made_by="An official"),
                Claim(uuid="q", source_wording="“of concrete”"),
            ],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid="r", site_uuid="pad")],
        }
    )


def test_a_judgement_of_a_report_is_one_step_with_its_place_and_its_part() -> None:
    document = case()
    edit = judge_report(document, report_uuid="r", actor="Olga", uuid="j", part="ready")
    document.apply(edit)
    ((judgement, link),) = judgements_of(document, "r")
    assert (judgement.uuid, judgement.voice, judgement.state) == ("j", "analyst", "assessed")
    assert (link.note, link.bearing) == ("ready", "context")
    assert [site.uuid for site in document.links.sites_of_claim("j")] == ["pad"]
    document.apply(edit.inverse())
    assert list(document.claims) == ["r", "q"]
    assert judgements_of(document, "r") == []


def test_selected_places_go_before_those_of_the_report() -> None:
    document = case()
    document.apply(judge_report(document, report_uuid="r", actor="Olga", uuid="j", site_uuids=["far"]))
    assert [site.uuid for site in document.links.sites_of_claim("j")] == ["far"]


def test_further_reports_are_linked_once_and_only_reports_are_judged() -> None:
    document = case()
    document.apply(judge_report(document, report_uuid="r", actor="Olga", uuid="j"))
    document.apply(link_report(document, "j", "q", actor="Olga"))
    assert link_report(document, "j", "q", actor="Olga").changes == ()
    for judgement, report in (("j", "j"), ("q", "r"), ("r", "r")):
        with pytest.raises(InvalidValue):
            link_report(document, judgement, report, actor="Olga")
    with pytest.raises(InvalidValue):
        judge_report(document, report_uuid="j", actor="Olga")
    document.apply(delete_claims(document, ["r"], actor="Olga"))
    assert [link.evidence_uuid for link in document.links.claim_to_evidence("j")] == ["q"]


def test_an_officials_likely_becomes_no_band() -> None:
    document = case()
    for fields in ({"likelihood_term": "likely"}, {"likelihood_low": 55, "likelihood_high": 80}):
        with pytest.raises(InvalidValue):
            update_claim(document, "r", actor="Olga", **fields)
        with pytest.raises(InvalidValue, match="speaker's word"):
            update_claim(document, "r", actor="Olga", state="assessed", **fields)
    document.apply(judge_report(document, report_uuid="r", actor="Olga", uuid="j", likelihood_term="likely"))
    assert document.claims["j"].likelihood_low == 55
    assert document.claims["r"].likelihood_low is None
    document.apply(update_claim(document, "q", actor="Olga", state="assessed", likelihood_term="likely"))
