"""Searches say how much was assessed for what, and never that nothing is there."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Point, box

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.image import Image
from layers.document.site import Site
from layers.errors import InvalidValue
from viewer.commands.filing.evidence import link_evidence
from viewer.commands.imagery.searches import delete_searches, record_search, update_search

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture
def document() -> Document:
    return Document(
        {
            "sites": [
                Site(uuid="area", geometry=box(0, 0, 1, 1), mark_kind="search area"),
                Site(uuid="pad", geometry=Point(1, 2)),
            ],
            "images": [Image(uuid="image", image_key="product:x")],
            "claims": [Claim(uuid="claim")],
        }
    )


def test_a_search_is_kept_with_what_it_covered_and_goes_with_one_undo(document: Document) -> None:
    edit = record_search(
        document,
        actor="Li",
        now=NOW,
        area_uuid="area",
        image_uuid="image",
        target="launch pad",
        target_size_m=30.0,
        result="none seen",
        assessed_pct=82.0,
        obscured_pct=18.0,
    )
    document.apply(edit)
    (search,) = document.searches.values()
    assert (search.observer, search.at, search.kind, search.created_by) == ("Li", NOW, "image", "Li")
    document.apply(link_evidence(document, "claim", "searches", search.uuid, actor="Li", bearing="against"))
    document.apply(update_search(document, search.uuid, actor="Olga", words="cloud in the north"))
    assert document.searches[search.uuid].words == "cloud in the north"
    gone = delete_searches(document, [search.uuid])
    document.apply(gone)
    assert not document.searches
    assert not document.table("claim_evidence")
    document.apply(gone.inverse())
    assert document.links.evidence_to_claims(search.uuid)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "rumour"}, "no kind of search"),
        ({"result": "none listed"}, "no result"),
        ({"kind": "catalogue", "result": "none seen"}, "no result"),
        ({"result": "absent"}, "no result"),
        ({"result": "none seen"}, "needs the size"),
        ({"result": "none seen", "target_size_m": 30.0}, "needs the size"),
        ({"area_uuid": "pad"}, "search area"),
        ({"area_uuid": "nowhere"}, "no longer in the case"),
        ({"image_uuid": "none"}, "no longer in the case"),
        ({"assessed_pct": 90.0, "obscured_pct": 20.0}, "more than all of it"),
        ({"assessed_pct": 101.0}, "share of the area"),
        ({"at": "today"}, "date of the search"),
    ],
)
def test_a_search_that_says_more_than_was_looked_at_is_refused(
    document: Document, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(InvalidValue, match=why) as refused:
        record_search(document, actor="Li", now=NOW, **fields)
    assert "\n" not in refused.value.sentence
