"""Full-text search of a case: scripts, phrases, ranks, snippets, and rows that change."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, ClaimSource, Comment, MetaEntry
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.finding.about_sites import row_with_form, sites_about
from layers.finding.case_index import CaseIndex
from layers.finding.case_text import SEARCHED, CaseText, text_of, texts_of
from layers.finding.text_query import Begun, read_query

PAD = Site(uuid="pad", geometry=Point(109.5, 18.2), label="Yazhou yard", aliases=(("zh", "三亚崖州船厂"),))
VOSTOCHNY = Site(uuid="v", geometry=Point(128, 51), label="Vostochny", aliases=(("ru", "Космодром Восточный"),))
XIAN = Site(uuid="x", geometry=Point(108, 34), label="Xi’an control centre", notes="Two dishes beside the launch road.")
CLAIM = Claim(
    uuid="c",
    statement="A second launch pad is being built.",
    source_wording="«На Восточном строят вторую пусковую установку»",
    made_by="Ёлкин",
)
SOURCE = Source(uuid="s", title="Launch pads of the coast", publisher="AP", excerpt="The yard near Gdańsk is empty.")
COMMENT = Comment(uuid="k", target_uuid="c", body="Check the gantry against the earlier image.")


def _document() -> Document:
    return Document(
        {
            "sites": [PAD, VOSTOCHNY, XIAN],
            "claims": [CLAIM],
            "sources": [SOURCE],
            "comments": [COMMENT],
            "claim_sites": [ClaimSite(uuid="cs", claim_uuid="c", site_uuid="v")],
            "claim_sources": [ClaimSource(uuid="l", claim_uuid="c", source_uuid="s", quote="seen by satellites")],
            "meta": [MetaEntry(uuid="context", value="Who builds what"), MetaEntry(uuid="viewport", value="launch")],
        }
    )


@pytest.fixture(scope="module")
def index() -> CaseIndex:
    return CaseIndex(texts_of(_document()))


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("三亚", ["pad"]),
        ("崖州", ["pad"]),
        ("亚三", []),  # characters of a word stand in their order
        ("Восточный", ["v"]),
        ("ВОСТОЧН", ["v", "c"]),  # a beginning, in capitals
        ("елкин", ["c"]),
        ("Xian", ["x"]),
        ("gdansk yard", ["s"]),
        ("gantr", ["k"]),
        ("chec gant", ["k"]),  # no row has either word whole
        ("satellites", ["l"]),
        ("who builds", ["context"]),
        ("“second launch pad”", ["c"]),
        ("“launch second pad”", []),
        ("“launch road", ["x"]),  # not closed yet
        ("viewport", []),
        ("antry", []),  # the inside of a word
        ("…", []),
    ],
)
def test_words_in_any_script_find_their_rows(index: CaseIndex, typed: str, rows: list[str]) -> None:
    assert [answer.uuid for answer in index.search(typed)] == rows


def test_a_name_comes_before_a_word_and_a_whole_word_before_a_beginning(index: CaseIndex) -> None:
    assert [answer.uuid for answer in index.search("launch pad")] == ["s", "c"]
    names = [CaseText("sites", str(at), name, "", (name,)) for at, name in enumerate(["Port East", "Porto", "Port"])]
    texts = [CaseText("claims", "c", "At the port", "At the port")]
    ranked = CaseIndex([*texts, *names]).search("port")
    assert [answer.title for answer in ranked] == ["Port", "Port East", "Porto", "At the port"]
    assert sorted((answer.score for answer in ranked), reverse=True) == [answer.score for answer in ranked]


def test_words_that_only_programs_need_are_not_searched() -> None:
    kept = {"earth": {"icon": ["http://maps.google.com/mapfiles/kml/pushpin.png"]}, "operator": "Roscosmos"}
    site = Site(uuid="s", geometry=Point(0, 0), label="Pad", props_json=json.dumps(kept))
    text = text_of("sites", site)
    assert text is not None
    assert "Roscosmos" in text.text
    assert "maps.google" not in text.text


def test_snippets_show_the_words_where_they_stand(index: CaseIndex) -> None:
    assert index.search("gdansk")[0].snippet == "The yard near Gdańsk is empty."
    assert index.search("三亚")[0].snippet == "三亚崖州船厂", "the name by which it was found"
    text = f"{'far away ' * 40}at the wharf of 海南三亚港 {'and on ' * 60}"
    snippet = CaseIndex([CaseText("source_files", "f", "report.pdf", text, ("report.pdf",))]).search("三亚")[0].snippet
    assert snippet.startswith("…")
    assert "海南三亚港" in snippet
    assert snippet.endswith("…")
    assert len(snippet) < 200


def test_a_row_that_changes_or_goes_is_found_by_its_present_words_only() -> None:
    index = CaseIndex(texts_of(_document()))
    changed = text_of("sites", replace(PAD, label="Dock", aliases=(("zh", "海口"),)))
    assert changed is not None
    index.put([changed])
    assert not index.search("三亚")
    assert [answer.title for answer in index.search("海口")] == ["Dock"]
    index.drop([("comments", "k"), ("comments", "never there")])
    assert not index.search("gantry")
    assert index.uuids("launch") == {
        **{table: set() for table in SEARCHED},
        "sites": {"x"},
        "claims": {"c"},
        "sources": {"s"},
    }
    assert index.uuids(" ") is None


def test_tables_can_be_asked_alone_and_common_words_are_cut_off(index: CaseIndex) -> None:
    assert [answer.uuid for answer in index.search("launch", tables=("claims",))] == ["c"]
    texts = (CaseText("sites", str(at), f"Site {at}", "", (f"Site {at}",)) for at in range(3000))
    many = CaseIndex(texts)
    assert len(many.search("site", most=8)) == 8
    assert many.search("site 2999", most=8)[0].title == "Site 2999"


def test_rows_lead_to_their_sites() -> None:
    document = _document()
    asked = [("sites", "x"), ("claims", "c"), ("sources", "s"), ("claim_sources", "l"), ("comments", "k")]
    assert [sites_about(document, table, uuid) for table, uuid in asked] == [["x"], ["v"], ["v"], ["v"], ["v"]]
    searched = Search(uuid="q", kind="catalogue", query_json='{"about": ["pad", 7]}')
    odd = Search(uuid="odd", kind="catalogue", query_json="[" * 9000)
    kept = Document({"sites": [PAD], "searches": [searched, odd]})
    assert [sites_about(kept, "searches", uuid) for uuid in ("q", "odd")] == [["pad"], []]
    assert row_with_form(kept, "searches", "odd") == ("searches", "odd")
    assert sites_about(document, "meta", "context") == sites_about(document, "claims", "gone") == []


def test_hostile_texts_are_words_and_no_syntax() -> None:
    index = CaseIndex([CaseText("claims", "c", "t", "NEAR the \ud800 road AND \0 so*")])
    for typed in ('road" OR "x', "NEAR", "road AND", "names : road", "^road", "so*", "\ud800 road", "\0", '"', "*"):
        index.search(typed)
        index.uuids(typed)
    assert index.search("and so near")
    assert read_query("a, b").match(Begun.ALL) == '"a" AND "b"'
