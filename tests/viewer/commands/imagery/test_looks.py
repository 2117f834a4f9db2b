"""Looks at what is new: which of them has seen what is asked now, and what was passed over."""

from __future__ import annotations

import pytest
import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.rows import Watch
from layers.document.search import Search
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.look_intervals import due_sites, intervals, set_interval
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
        f"{address} lists 3 of 5 new scenes of 1 site." for address in (ADDRESS, "https://b.example")
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


def test_an_interval_is_a_note_of_the_case_and_tells_which_sites_are_due() -> None:
    document = Document({"sites": [SITE, replace(SITE, uuid="s2"), replace(SITE, uuid="s3")]})
    document.apply(set_interval(document, ["s1", "s2"], 7, actor="anna"))
    document.apply(set_interval(document, ["s2"], 30, actor="anna"))
    assert intervals(document) == {"s1": 7, "s2": 30}
    assert due_sites(document, kept_looks(document), "2026-03-01") == {"s1", "s2"}, "nobody has looked yet"
    recorded(look("s1", "s2", "s3"), document=document, now="2026-03-01T10:00:00Z")
    recorded(look("s2", complete=False), document=document, now="2026-03-20T10:00:00Z")
    looks = kept_looks(document)
    assert due_sites(document, looks, "2026-03-07") == set()
    assert due_sites(document, looks, "2026-03-08") == {"s1"}
    assert due_sites(document, looks, "2026-03-31") == {"s1", "s2"}, "a look that broke off is none"
    removal = set_interval(document, ["s1", "s2", "s3"], 0, actor="anna")
    document.apply(removal)
    assert not document.watch
    assert not set_interval(document, ["s1"], 0, actor="anna").changes
    document.apply(removal.inverse())
    assert intervals(document) == {"s1": 7, "s2": 30}
    with pytest.raises(InvalidValue, match="1 to 3650 days"):
        set_interval(document, ["s1"], -1, actor="anna")


def test_rows_of_other_programs_are_no_intervals() -> None:
    notes = ("", "[1]", "nothing", '{"every_days": "often"}', '{"every_days": 0}', '{"every_days": 1e9}')
    rows = [Watch(uuid=f"w{at}", site_uuid="s1", result_json=note) for at, note in enumerate(notes)]
    rows.append(Watch(uuid="other", site_uuid="s1", place_key=ADDRESS, result_json='{"every_days": 7}'))
    rows.append(Watch(uuid="gone", site_uuid="gone", result_json='{"every_days": 7}'))
    document = Document({"sites": [SITE], "watch": rows})
    assert intervals(document) == {}
    assert due_sites(document, [], "no day") == set()
