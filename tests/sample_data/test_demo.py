"""The demo case says what its facts say, word for word and place for place, and nothing sharper."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sample_data
from layers.document.alias import origin_of
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.project.opening.intake import Intake
from sample_data.build import demo, facts
from tests.support.cases.rich import read_case
from viewer.__main__ import main


@pytest.fixture(scope="module")
def intake() -> Intake:
    return read_case(sample_data.path("demo.gpkg"))


@pytest.fixture(scope="module")
def case(intake: Intake) -> Document:
    return intake.document


@pytest.fixture(scope="module")
def told() -> facts.Facts:
    return facts.load()


@pytest.fixture
def claims_json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["claims", str(sample_data.path("demo.gpkg")), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_shipped_case_is_what_the_script_builds(intake: Intake, case: Document) -> None:
    assert intake.problems == ()
    assert not intake.read_only
    built = demo.build()
    for table in TABLES:
        shipped, made = dict(case.table(table)), dict(built.table(table))
        assert shipped.keys() == made.keys(), table
        for uuid, row in made.items():
            assert shipped[uuid] == row, (table, uuid)


def test_claims_are_the_rows_of_the_facts(claims_json, case: Document, told: facts.Facts) -> None:
    assert len(claims_json) == 12
    for row, claim in zip(claims_json, told.claims, strict=True):
        assert row["statement"] == claim.statement
        assert row["source_wording"] == claim.source_wording
        assert (row["made_by"], row["voice"], row["state"]) == (claim.made_by, claim.voice, claim.state)
        assert [case.sites[uuid].label for uuid in row["sites"]] == list(claim.places)
        assert case.claims[row["uuid"]].place_note == claim.place_note
        assert case.claims[row["uuid"]].words_kind == claim.words_kind


def test_every_claim_is_from_s1_and_has_both_answers(claims_json, told: facts.Facts) -> None:
    for row in claims_json:
        (source,) = row["sources"]
        assert (source["title"], source["publisher"]) == (told.source.title, told.source.publisher)
        assert source["quote"] == row["source_wording"]
        assert (source["url"], source["reliability"], source["credibility"]) == ("", "", None)
        assert row["responses"] == [{"speaker": a.speaker, "words": a.words} for a in told.responses]


def test_nobody_gives_a_likelihood_or_a_confidence(claims_json, case: Document) -> None:
    for row in claims_json:
        assert (row["likelihood"], row["confidence"]) == (None, None)
    for claim in case.claims.values():
        assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("", None, None)
        assert (claim.confidence, claim.confidence_reason) == ("", "")


def test_no_pin_stands_for_a_claim_that_names_no_place(claims_json, case: Document) -> None:
    placed = {number: len(row["sites"]) for number, row in enumerate(claims_json, 1) if row["sites"]}
    assert placed == {8: 3, 9: 1, 11: 1}
    pinned = {uuid for row in claims_json for uuid in row["sites"]}
    named = {uuid for uuid, site in case.sites.items() if site.role == "named in a claim"}
    assert pinned == named
    assert {case.sites[uuid].class_code for uuid in named} == {"company"}


def test_sites_are_the_facilities_and_routes(case: Document, told: facts.Facts) -> None:
    kinds = [site.kind for site in case.sites.values()]
    assert (kinds.count("point"), kinds.count("line"), len(kinds)) == (49, 11, 60)
    sites = {site.label: site for site in case.sites.values()}
    for facility in told.facilities:
        site = sites[facility.name]
        assert (site.geometry.x, site.geometry.y) == (facility.lon, facility.lat)
        assert (site.position_error_m, site.position_basis) == (facility.position_error_m, facility.position_basis)
        assert (site.role, site.class_code) == (facility.role, facility.kind)
        assert dict(site.aliases) == dict(facility.aliases)
    for route in told.routes:
        assert list(sites[route.name].geometry.coords) == list(route.line)
        assert sites[route.name].role == "setting"


LIFECYCLES = {
    "Svobodny Cosmodrome (closed)": ("closed", ""),
    "GLONASS monitoring station, Changchun (agreed)": ("agreed", "2022-09"),
    "GLONASS monitoring station, Urumqi (agreed)": ("agreed", "2022-09"),
    "GLONASS monitoring station, Shanghai (agreed)": ("agreed", "2022-09"),
    "BeiDou monitoring station, Obninsk (agreed)": ("agreed", "2022-09"),
    "BeiDou monitoring station, Irkutsk (agreed)": ("agreed", "2022-09"),
    "BeiDou monitoring station, Petropavlovsk-Kamchatsky (agreed)": ("agreed", "2022-09"),
    "Roscosmos EO reception centre, Murmansk": ("planned", "2015-09"),
    "Roscosmos EO reception centre, Anadyr": ("planned", "2015-09"),
    "Roscosmos EO reception centre, Dudinka": ("planned", "2015-09"),
    "National ERS centre annex, Kalyazin (planned)": ("planned", ""),
}


def test_what_is_not_known_to_exist_says_so_with_its_source(case: Document) -> None:
    told = {site.label: (site.lifecycle, site.lifecycle_as_of) for site in case.sites.values() if site.lifecycle}
    assert told == LIFECYCLES
    for site in case.sites.values():
        assert site.may_not_exist == (site.label in LIFECYCLES)
        if site.lifecycle:
            assert case.sources[site.lifecycle_source_uuid].title
            assert site.lifecycle_source_uuid == site.position_source_uuid
    assert {site.mark_kind for site in case.sites.values()} == {"site"}


def test_a_place_no_better_than_1_km_is_an_area(case: Document) -> None:
    for site in case.sites.values():
        if site.kind == "point":
            assert site.is_area == (site.position_error_m > 1000)


def test_every_place_of_the_setting_has_its_source(case: Document) -> None:
    for site in case.sites.values():
        if site.position_source_uuid:
            assert case.sources[site.position_source_uuid].title
        else:
            assert "S1" in site.notes or "memory" in site.notes, site.label


def test_answers_and_context_are_kept_beside_the_claims(case: Document, told: facts.Facts) -> None:
    assert [answer.words for answer in case.responses.values()] == [answer.words for answer in told.responses]
    assert not case.table("response_claims"), "the answers are to the whole"
    assert case.meta("context").splitlines() == [context.words for context in told.context]
    assert "No open scene" in case.meta("project_note")
    assert {claim.state for claim in case.claims.values()} == {"reported"}


def test_the_source_has_its_context_and_others_have_no_more_than_their_title(case: Document, told: facts.Facts) -> None:
    contexts = {source.context for source in case.sources.values() if source.kind == "news report"}
    assert contexts == {told.source.context}
    for source in case.sources.values():
        assert (source.evaluated, source.machine_json, source.url) == (None, "", "")
        assert source.context == "" or source.kind == "news report"


def test_names_that_no_source_has_are_ours(case: Document, told: facts.Facts) -> None:
    notes = {facility.name: facility.identity_note for facility in told.facilities}
    for site in case.sites.values():
        assert site.identity_note == notes.get(site.label, "")
        assert {origin_of(alias) for alias in site.aliases} <= {("", True)}


def test_layers_are_shipped_and_credited(case: Document) -> None:
    credit_of = sample_data.credits()
    for layer in case.layers_in_order():
        name = layer.source["shipped"]
        assert sample_data.path(name)
        assert layer.credit == credit_of[name].credit
        assert layer.date_kind == credit_of[name].date_kind
    assert [layer.visible for layer in case.layers_in_order()] == [True, False, True]


def test_the_case_names_no_machine_and_no_person(case: Document) -> None:
    data = sample_data.path("demo.gpkg").read_bytes()
    for word in (b"/root", b"/home", b"/work", b"/tmp", b"/Users"):
        assert word not in data
    assert {row.created_by for table in TABLES for row in case.table(table).values()} == {"Geoloupe demo"}
