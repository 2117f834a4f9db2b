"""Rows of evidence in a product: each with its relation, its date and its words, and what is not listed in words."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from shapely.geometry import LineString, Point, box

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, ClaimSite, ClaimSource
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.product.content import MOST_EVIDENCE, ClaimSaid
from layers.product.gathering import content_of
from layers.product.issuing.printed_rows import differences, printed_rows
from layers.product.parties import Telling, parties_at
from layers.product.spec import ProductSpec
from tests.support.cases.judgements import judgement
from viewer.commands.products import issue_product, save_product

LINKS = (
    ("observations", "o", "supports"),
    ("chips", "c", "supports"),
    ("searches", "s", "context"),
    ("searches", "asked", ""),
    ("site_line", "m", "supports"),
    ("claims", "r", "against"),
)
LINES = (
    "Evidence (supports): observation: present · count 2–3 · S2A, 12 April 2024 · two cranes",
    "Evidence (supports): chip: The gate · 12 April 2024",
    "Evidence (context): search: none seen · vehicle of 5 m or more · 82 % assessable · S2A, 12 April 2024",
    "Evidence (relation not stated): search: none listed · No scene · asked on 1 May 2024, 08:00 UTC for scenes "
    "(Landsat, 30 m) of Hangar, from 1 March 2024 on, with at most 20 % of cloud or without a figure",
    "Evidence (supports): measurement: Mast · 111.3 m · S2A, 12 April 2024",
    "Evidence (against): claim: An official · It is not ready",
    "Evidence (context): S1, 2024-05-02, p. 3",
)


QUERY = json.dumps(
    {
        "archive": "https://archive.example/stac",
        "about": ["pad", "hangar"],
        "question": {"begin": "2024-03-01", "max_cloud": 20.0, "collections": ["landsat-c2-l2"]},
    }
)


def case(**fields: str) -> Document:
    """A judgement that rests on a row of each table, and on a source with a relation."""
    image = Image(uuid="i", image_key="k", layer_title="S2A", acquired_at="2024-04-12", date_kind="instant")
    reviewed = {"status": "reviewed"}
    return Document(
        {
            "sites": [
                Site(uuid="pad", geometry=Point(1, 2), label="Pad", **reviewed),
                Site(uuid="hangar", geometry=Point(1, 2), label="Hangar", **reviewed),
                Site(uuid="area", geometry=box(1, 2, 3, 4), mark_kind="search area", **reviewed),
                Site(
                    uuid="m",
                    geometry=LineString([(1, 2), (1.001, 2)]),
                    mark_kind="measurement",
                    label="Mast",
                    image_uuid="i",
                    **reviewed,
                ),
            ],
            "images": [image],
            "claims": [
                judgement("It is in use", status="reviewed", reviewed_by="Li", **fields),
                Claim(uuid="r", statement="It is not ready", made_by="An official"),
            ],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid="j", site_uuid="pad")],
            "observations": [
                Observation(
                    uuid="o",
                    site_uuid="pad",
                    image_uuid="i",
                    presence="present",
                    count_low=2,
                    count_high=3,
                    words="two cranes",
                    observer="Wilhelmina",
                )
            ],
            "chips": [
                Chip(uuid="c", content_type="image/png", caption="The gate", site_uuid="pad", acquired_at="2024-04-12")
            ],
            "searches": [
                Search(
                    uuid="s",
                    area_uuid="area",
                    result="none seen",
                    target="vehicle",
                    target_size_m=5.0,
                    assessed_pct=82.0,
                    image_uuid="i",
                ),
                Search(
                    uuid="asked",
                    kind="catalogue",
                    query_json=QUERY,
                    result="none listed",
                    words="No scene",
                    at="2024-05-01T08:00:00Z",
                ),
            ],
            "sources": [Source(uuid="ap", title="AP", published_at="2024-05-02")],
            "claim_sources": [ClaimSource(uuid="k", claim_uuid="j", source_uuid="ap", bearing="context", page="p. 3")],
            "claim_evidence": [
                ClaimEvidence(
                    uuid=f"e-{row}", claim_uuid="j", evidence_table=table, evidence_uuid=row, bearing=relation
                )
                for table, row, relation in LINKS
            ],
        }
    )


def said(document: Document, **options: object) -> ClaimSaid:
    content = content_of(document, ["pad", "m"], **options)  # type: ignore[arg-type]
    return next(claim for claim in content.claims if claim.uuid == "j")


def test_each_row_is_listed_with_relation_date_and_words() -> None:
    claim = said(case())
    assert claim.evidence_lines() == LINES
    assert "Wilhelmina" not in " ".join(claim.evidence_lines())


def test_more_rows_than_a_page_lists_are_counted_in_words() -> None:
    document = case()
    more = [Observation(uuid=f"o{at}", site_uuid="pad", image_uuid="i", presence="absent") for at in range(9)]
    links = [
        ClaimEvidence(uuid=f"e{row.uuid}", claim_uuid="j", evidence_table="observations", evidence_uuid=row.uuid)
        for row in more
    ]
    changes = [Change("observations", None, row) for row in more] + [
        Change("claim_evidence", None, row) for row in links
    ]
    document.apply(Edit("more", tuple(changes)))
    claim = said(document)
    lines = claim.evidence_lines()
    assert len(lines) == MOST_EVIDENCE + 1
    assert lines[-1] == "Evidence: 8 further rows not listed here."
    assert len(claim.evidence_lines(100)) == 16


@pytest.mark.parametrize(
    ("table", "uuid", "fields"),
    [
        ("chips", "c", {"marking": "TLP:AMBER"}),
        ("sites", "m", {"status": "draft"}),
        ("sites", "pad", {"marking": "TLP:AMBER"}),
        ("sites", "hangar", {"status": "draft"}),
    ],
)
def test_a_published_product_counts_what_it_withholds(table: str, uuid: str, fields: dict[str, str]) -> None:
    document = case()
    row = document.table(table)[uuid]  # type: ignore[index]
    document.apply(Edit("mark", (Change(table, row, replace(row, **fields)),)))  # type: ignore[arg-type]
    if uuid == "pad":
        names = "Pad", "two cranes", "The gate"
    elif uuid == "hangar":
        names = ("Hangar",)
    else:
        names = ("The gate",) if table == "chips" else ("Mast",)
    content = content_of(document, ["area"], True, "TLP:GREEN", whole_case=True)
    claim = next(claim for claim in content.claims if claim.uuid == "j")
    lines = claim.evidence_lines()
    assert not [name for name in names if name in " ".join(lines)]
    withheld = len(LINKS) - len(claim.rests_on)
    if uuid == "hangar":
        assert any("asked on 1 May 2024, 08:00 UTC for scenes (Landsat, 30 m), from" in line for line in lines)
        return
    assert lines[-1].startswith(f"Evidence: {withheld} row")
    assert lines[-1].endswith("not published.")


def test_a_draft_of_ours_tells_nothing_of_what_it_rests_on_when_published() -> None:
    document = case()
    report = document.claims["j"]
    document.apply(Edit("draft", (Change("claims", report, replace(report, status="draft", source_wording="so")),)))
    content = content_of(document, ["pad"], True, "", whole_case=True)
    assert not [line for claim in content.claims for line in claim.evidence_lines() if "cranes" in line]


def test_a_marking_of_what_is_listed_counts_for_the_product() -> None:
    document = case()
    chip = document.chips["c"]
    document.apply(Edit("mark", (Change("chips", chip, replace(chip, marking="TLP:AMBER")),)))
    assert "TLP:AMBER" in content_of(document, ["pad"]).marking


def test_a_row_that_was_listed_and_changes_marks_the_issued_product() -> None:
    document = case()
    who = {"actor": "Olga", "now": "2024-04-12T10:00:00Z"}
    document.apply(save_product(document, ProductSpec(title="The pad"), uuid="one", **who))
    printed = printed_rows(document, content_of(document, ["pad"]))
    document.apply(issue_product(document, "one", sha256="", numbers={}, printed=printed, **who))
    assert differences(document, document.products["one"]) == []
    seen = document.observations["o"]
    document.apply(Edit("seen", (Change("observations", seen, replace(seen, words="one crane", rev=2)),)))
    (difference,) = differences(document, document.products["one"])
    assert (difference.what, difference.table_name, difference.uuid) == ("changed", "observations", "o")


def test_a_party_s_claim_lists_it_too() -> None:
    document = case()
    firm = Site(uuid="firm", geometry=Point(1, 2), label="A Firm", class_code="company", status="reviewed")
    link = ClaimSite(uuid="lf", claim_uuid="j", site_uuid="firm")
    document.apply(Edit("firm", (Change("sites", None, firm), Change("claim_sites", None, link))))
    content = content_of(document, ["pad", "firm"])

    def lines(level: Telling) -> list[str]:
        return [line.words for line in parties_at(content, level) if line.words.startswith("Evidence")]

    assert lines(Telling.FULL) == list(LINES)
    assert lines(Telling.BRIEF) == ["Evidence: 7 rows not listed here."]
