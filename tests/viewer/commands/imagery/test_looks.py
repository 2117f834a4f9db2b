"""Looks at what is new: which of them has seen what is asked now, and what was passed over."""

from __future__ import annotations

import pytest
import shapely

from layers.document.document import Document
from layers.document.search import Search
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.looks import Look, kept_looks, pass_over, passed_over, record_looks, record_no_image

ADDRESS, BOX = "https://a.example/stac", Bounds(10.2, 50.3, 10.4, 50.4)
SITE = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.3, 50.35))


def look(*sites: str, complete: bool = True, archive: str = ADDRESS, count: int = 3, **asked: object) -> Look:
    question = StacQuestion(**{"boxes": (BOX,), "max_cloud": 20.0, "collections": ("sentinel-2-l2a",)} | asked)
    return Look(archive=archive, count=count, matched="5", question=question, sites=sites, complete=complete)


def recorded(*looks: Look, document: Document | None = None, now: str = "2026-03-01T10:00:00Z") -> Document:
    document = document or Document({"sites": [SITE]})
    document.apply(record_looks(document, looks, actor="anna", now=now))
    return document


def test_looks_are_read_back_with_the_newest_first_and_whose_they_were() -> None:
    document = recorded(look("s1"), look("s1", archive="https://b.example"))
    recorded(look("s2", count=0), document=document, now="2026-03-05T10:00:00Z")
    newest, *others = kept_looks(document)
    assert (newest.row.observer, newest.row.at, newest.row.result) == ("anna", "2026-03-05T10:00:00Z", "none listed")
    assert sorted(kept.look.archive for kept in others) == [ADDRESS, "https://b.example"]
    assert {kept.row.words for kept in others} == {
        f"{address} lists 3 of 5 new scenes of 1 sites." for address in (ADDRESS, "https://b.example")
    }


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        (look("s2"), StacQuestion(max_cloud=20.0, collections=("sentinel-2-l2a",))),
        (look("s1", complete=False), StacQuestion(max_cloud=20.0, collections=("sentinel-2-l2a",))),
        (look("s1"), StacQuestion(max_cloud=60.0, collections=("sentinel-2-l2a",))),
        (look("s1"), StacQuestion(collections=("sentinel-2-l2a",))),
        (look("s1"), StacQuestion(max_cloud=20.0, collections=("naip",))),
        (look("s1"), StacQuestion(max_cloud=20.0)),
        (look("s1", boxes=(Bounds(0, 0, 1, 1),)), StacQuestion(max_cloud=20.0, collections=("sentinel-2-l2a",))),
    ],
    ids=["other site", "cut off", "more cloud", "any cloud", "other imagery", "all imagery", "other ground"],
)
def test_a_look_that_saw_less_does_not_count(kept: Look, asked: StacQuestion) -> None:
    assert not kept.has_seen(ADDRESS, "s1", (BOX,), asked)


def test_a_look_that_saw_more_counts() -> None:
    kept = look("s1", "s2", max_cloud=None, collections=(), boxes=(Bounds(10.0, 50.0, 11.0, 51.0),))
    assert kept.has_seen(ADDRESS, "s1", (BOX,), StacQuestion(max_cloud=20.0, collections=("naip",)))
    assert not kept.has_seen("https://b.example", "s1", (BOX,), StacQuestion())


def test_what_is_passed_over_is_kept_in_the_row_of_the_look() -> None:
    document = recorded(look("s1"))
    (kept,) = kept_looks(document)
    document.apply(pass_over(document, kept.row.uuid, "s1", ["a"], actor="anna"))
    document.apply(pass_over(document, kept.row.uuid, "s1", ["b", "a"], actor="boris"))
    assert passed_over(kept_looks(document)) == {("s1", "a"), ("s1", "b")}
    with pytest.raises(InvalidValue, match="no longer in the case"):
        pass_over(document, "gone", "s1", ["a"], actor="anna")


def test_no_usable_image_is_a_row_and_no_look() -> None:
    document = recorded(look("s1"))
    (kept,) = kept_looks(document)
    document.apply(record_no_image(document, "s1", {kept.row.uuid: ["a", "b"]}, actor="anna"))
    assert len(document.searches) == 2
    assert [found.row.uuid for found in kept_looks(document)] == [kept.row.uuid]
    assert passed_over(kept_looks(document)) == {("s1", "a"), ("s1", "b")}


@pytest.mark.parametrize(
    "query", ["", "[", "[]", "7", '{"archive": 7}', '{"archive": "a", "sites": {}}', "[" * 100_000]
)
def test_rows_of_others_are_no_looks(query: str) -> None:
    row = Search(uuid="x", kind="catalogue", query_json=query, at="2026-03-01")
    assert kept_looks(Document({"searches": [row]})) == []
