"""sites, claims, sources, observations and validate: what the case says, in the keys of the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSource
from layers.document.source import Source
from layers.product.judging.steps import Step, steps_json
from layers.project.saving.publish import write_case
from tests.support.cases.judgements import ASSESSED_LIKELY
from tests.viewer.canvas.conftest import site
from viewer.cli.terminal.command import DONE, FINDINGS

SITE = [
    "uuid",
    "label",
    "aliases",
    "class",
    "role",
    "geometry",
    "position_error_m",
    "position_basis",
    "status",
    "claims",
    "chips",
]
CLAIM = [
    "uuid",
    "statement",
    "source_wording",
    "made_by",
    "voice",
    "state",
    "likelihood",
    "confidence",
    "sites",
    "sources",
    "responses",
]
OBSERVATION = [
    *("uuid", "site", "image", "acquired_at", "date_kind", "presence", "change", "compared_to", "count", "why"),
    *("words", "observer", "chip"),
]
CITED = ["uuid", "title", "publisher", "url", "reliability", "credibility", "quote"]


def test_sites(cli, demo: Path) -> None:
    sites = cli("sites", demo, "--json").json
    assert len(sites) == 60
    assert all(list(site) == SITE for site in sites)
    jiuquan = next(site for site in sites if site["label"].startswith("Jiuquan"))
    assert (jiuquan["geometry"]["type"], jiuquan["role"], jiuquan["claims"]) == ("Point", "setting", [])
    assert jiuquan["aliases"]["zh"].startswith("酒泉")
    assert cli("sites", demo).out.count("\n") == 60


def test_a_site_is_one_line_and_steers_no_terminal(cli, tmp_path: Path) -> None:
    document = Document({"sites": [site("a", Point(1, 2), label="Yard\nof\x1b[31m \u202ered")]})
    write_case(document, tmp_path / "case.gpkg")
    assert cli("sites", tmp_path / "case.gpkg").out.splitlines()[0].startswith("Yard of [31m red | ")
    assert cli("sites", tmp_path / "case.gpkg").out.count("\n") == 1
    assert "\x1b" not in cli("info", tmp_path / "nothing\x1b[31m.gpkg").err


def test_other_marks_are_not_listed_and_what_may_not_exist_says_so(cli, demo: Path, tmp_path: Path) -> None:
    marks = [site("a", Point(1, 2), label="Pad"), site("b", Point(1, 2), label="Ring", mark_kind="annotation")]
    write_case(Document({"sites": marks}), tmp_path / "case.gpkg")
    assert [row["label"] for row in cli("sites", tmp_path / "case.gpkg", "--json").json] == ["Pad"]
    assert cli("info", tmp_path / "case.gpkg", "--json").json["sites"] == 1
    lines = cli("sites", demo).out.splitlines()
    assert (
        len([line for line in lines if line.rpartition(" | ")[2].split()[0] in ("planned", "agreed", "closed")]) == 11
    )
    assert next(line for line in lines if "Anadyr" in line).endswith(" | planned as of 2015-09")


@pytest.mark.bounded
def test_sites_where(cli, demo: Path) -> None:
    for text, labels in (("酒泉", 1), ("HIKVISION", 1), ("company", 5), ("nowhere at all", 0)):
        assert len(cli("sites", demo, "--json", "--where", text).json) == labels, text


def test_a_loosely_known_place_is_not_written_sharper_than_it_is(cli, demo: Path) -> None:
    line = next(line for line in cli("sites", demo).out.splitlines() if line.startswith("Hikvision"))
    assert "± " in line
    assert "named in a claim" in line
    degrees = line.split("|")[3].split("°")[0].strip()
    assert len(degrees.partition(".")[2]) <= 1


def test_claims(cli, demo: Path) -> None:
    claims = cli("claims", demo, "--json").json
    assert len(claims) == 12
    for claim in claims:
        assert list(claim) == CLAIM
        assert [list(source) for source in claim["sources"]] == [CITED]
        assert [list(answer) for answer in claim["responses"]] == [["speaker", "words"]] * 2
        assert (claim["likelihood"], claim["confidence"]) == (None, None)


def test_claims_in_words_end_with_answers_context_and_note(cli, demo: Path) -> None:
    told = cli("claims", demo).out
    answers = told.index("Answer of China")
    context = told.index("Context: ")
    assert answers < context < told.index("Note: ")
    assert told.count("Context: ") == 2
    assert told.count("none: the claim belongs to the case") == 9
    assert "named by the source: Russia (country)" in told


def test_an_assessed_claim_says_likelihood_apart_from_confidence(cli, tmp_path: Path) -> None:
    claim = Claim(
        uuid="c",
        statement="It is so",
        **ASSESSED_LIKELY,
    )
    link = ClaimSource(uuid="l", claim_uuid="c", source_uuid="s", credibility=2, quote="so")
    rows = {"claims": [claim], "sources": [Source(uuid="s", title="T", reliability="B")], "claim_sources": [link]}
    write_case(Document(rows), tmp_path / "a.gpkg")
    fact = cli("claims", tmp_path / "a.gpkg", "--json").json[0]
    assert fact["likelihood"] == {"term": "likely", "low": 55, "high": 80}
    assert (fact["confidence"], fact["sites"], fact["responses"]) == ("low", [], [])
    assert fact["sources"][0] == {
        "uuid": "s",
        "title": "T",
        "publisher": "",
        "url": "",
        "reliability": "B",
        "credibility": 2,
        "quote": "so",
    }
    told = cli("claims", tmp_path / "a.gpkg").out.splitlines()
    assert not [line for line in told if "likelihood" in line and "confidence" in line]


def test_sources(cli, demo: Path) -> None:
    sources = cli("sources", demo, "--json").json
    assert len(sources) == 29
    s1 = next(source for source in sources if len(source["claims"]) == 12)
    assert s1["publisher"].startswith("Newslooks")
    assert {"uuid", "title", "publisher", "url", "reliability", "published_at", "accessed_at"} <= set(s1)
    assert "cited by 12 claims" in cli("sources", demo).out


def test_validate(cli, demo: Path, tmp_path: Path) -> None:
    sound = cli("validate", demo, "--json")
    assert (sound.code, sound.json) == (DONE, [])
    assert "nothing found" in cli("validate", demo).out


def test_validate_finds_a_missing_layer_file(cli, scene_tif: Path, tmp_path: Path) -> None:
    case = tmp_path / "a.gpkg"
    assert cli("new", case, scene_tif).code == DONE
    scene_tif.unlink()
    outcome = cli("validate", case, "--json")
    assert outcome.code == FINDINGS
    assert [list(finding) for finding in outcome.json] == [["code", "severity", "sentence"]]
    assert "scene.tif" in outcome.json[0]["sentence"]
    assert cli("validate", case).code == FINDINGS


@pytest.mark.parametrize("name", ["sites", "claims", "sources"])
def test_an_empty_case_has_nothing_to_say(cli, tmp_path: Path, name: str) -> None:
    write_case(Document(), tmp_path / "a.gpkg")
    outcome = cli(name, tmp_path / "a.gpkg", "--json")
    assert (outcome.code, outcome.json) == (DONE, [])


def test_observations(cli, demo: Path, tmp_path: Path) -> None:
    images = [
        Image(uuid=day, image_key=f"product:{day}", acquired_at=day, date_kind="instant")
        for day in ("2024-04-12", "2024-06-01")
    ]
    later = Observation(
        uuid="o2",
        site_uuid="a",
        image_uuid="2024-06-01",
        presence="cannot tell",
        why="cloud",
        words="two\nlines",
        change="changed",
        compared_to_uuid="2024-04-12",
        observer="Li",
    )
    counts = {"count_low": 2, "count_high": 3}
    first = Observation(uuid="o1", site_uuid="a", image_uuid="2024-04-12", presence="present", chip_uuid="c", **counts)
    rows = {"sites": [site("a", Point(1, 2), label="Bend")], "images": images, "observations": [later, first]}
    write_case(Document(rows), tmp_path / "case.gpkg")
    facts = cli("observations", tmp_path / "case.gpkg", "--json").json
    assert [list(fact) for fact in facts] == [OBSERVATION] * 2
    assert facts[0] | {"uuid": "o1", "site": "a", "image": "2024-04-12", "presence": "present"} == facts[0]
    assert facts[0] | {"count": {"low": 2, "high": 3}, "chip": "c", "date_kind": "instant"} == facts[0]
    assert [facts[0][key] for key in ("change", "compared_to", "why", "words", "observer")] == [
        None,
        None,
        None,
        "",
        "",
    ]
    assert (facts[1]["count"], facts[1]["compared_to"], facts[1]["why"]) == (None, "2024-04-12", "cloud")
    assert cli("observations", tmp_path / "case.gpkg").out.splitlines() == [
        "Bend: seen 12 April 2024; cannot tell 1 June 2024",
        "   2024-04-12 | present | count 2-3 | by not said",
        "   2024-06-01 | cannot tell (cloud) | change: changed | two lines | by Li",
    ]
    assert cli("observations", demo, "--json").json == []


def test_a_judgement_says_what_it_judges_and_rests_on_and_the_case_is_sound(cli, tmp_path: Path) -> None:
    document = Document(
        {
            "sites": [site("pad", Point(1, 2), label="Pad")],
            "claims": [
                Claim(uuid="r", statement="It is ready", source_wording="“likely ready”", made_by="An official"),
                Claim(
                    uuid="j",
                    statement="A rocket stands there",
                    voice="analyst",
                    **ASSESSED_LIKELY,
                    steps_json=steps_json([Step("tower", "shadow", "S2A", "50 m")]),
                    alternatives="a mock-up",
                    indicators="a launch",
                ),
            ],
            "images": [Image(uuid="i", image_key="k", layer_title="S2A", acquired_at="2024-04-12")],
            "observations": [
                Observation(uuid="o", site_uuid="pad", image_uuid="i", presence="present", words="a tower")
            ],
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
        }
    )
    write_case(document, tmp_path / "a.gpkg")
    words = [line.strip() for line in cli("claims", tmp_path / "a.gpkg").out.splitlines()]
    for line in (
        "Judged by us: likely (55–80 %). Confidence: low. A rocket stands there",
        "judges, context: An official · It is ready (part: ready)",
        "evidence, supports: Pad · present · S2A, 12 April 2024 · a tower",
        "how we know: tower; shadow; S2A; 50 m",
        "alternatives: a mock-up",
        "indicators: a launch",
    ):
        assert line in words
    assert all(list(claim) == CLAIM for claim in cli("claims", tmp_path / "a.gpkg", "--json").json)
    assert cli("validate", tmp_path / "a.gpkg").code == DONE
