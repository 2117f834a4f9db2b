"""Search of a case by words and by filters: what passes, what is counted, which marks are shown."""

from __future__ import annotations

import pytest
from shapely import Point

from layers.checkpoint import unchecked
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES, Table
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import ClaimSite, ClaimSource, Comment
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.finding.case_index import CaseIndex
from layers.finding.case_search import search_case, shown_rows
from layers.finding.case_text import texts_of
from layers.finding.passing_rows import KeptPassing, offers_of
from layers.finding.row_filter import RowFilter, read_filter
from layers.finding.snippet import marks_in
from layers.finding.text_query import read_query
from layers.geo.bounds import Bounds

CASE = Document(
    {
        "sites": [
            Site(
                uuid="pad",
                geometry=Point(128.3, 51.9),
                label="Vostochny",
                class_code="launch_site",
                role="setting",
                status="reviewed",
                created_by="Ann",
                aliases=(("ru", "Космодром Восточный"),),
            ),
            Site(
                uuid="port",
                geometry=Point(109.5, 18.2),
                label="Yazhou",
                class_code="port",
                notes="三亚港 cranes",
                valid_from="2019",
                created_by="Bob",
                modified_by="Ann",
            ),
            Site(uuid="bare", geometry=Point(-179.5, 10), label="Bare rock", created_by="Bob"),
        ],
        "claims": [
            Claim(uuid="built", statement="A pad is built", state="assessed", confidence="high", made_at="2023-05-02"),
            Claim(uuid="said", statement="Cranes were sold", confidence="low", made_at="2024"),
        ],
        "claim_sites": [
            ClaimSite(uuid="l1", claim_uuid="built", site_uuid="pad"),
            ClaimSite(uuid="l2", claim_uuid="said", site_uuid="port"),
        ],
        "sources": [Source(uuid="ap", title="AP", published_at="2023-06-01")],
        "claim_sources": [ClaimSource(uuid="k", claim_uuid="built", source_uuid="ap", quote="a second pad")],
        "comments": [Comment(uuid="c", target_uuid="said", body="Compare the gantry", created_by="Bob")],
        "images": [Image(uuid="i", image_key="i", acquired_at="2022-03-04T05:06:07Z", date_kind="instant")],
        "observations": [Observation(uuid="o", site_uuid="port", image_uuid="i", words="two dredgers")],
    }
)
INDEX = CaseIndex(texts_of(CASE))
PASSING = KeptPassing()
CHINA = Bounds(100, 10, 120, 30)


def _found(wanted: RowFilter, view: Bounds | None = None) -> list[str]:
    answer = search_case(CASE, INDEX, wanted, PASSING.of(CASE, 0, wanted, view, unchecked))
    assert answer.total == len(answer.rows)
    return [row.uuid for row in answer.rows]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (RowFilter(class_code="port"), ["port", "said", "c", "o"]),
        (RowFilter(role="setting"), ["pad", "built", "ap", "k"]),
        (RowFilter(state="assessed"), ["pad", "built", "ap", "k"]),
        (RowFilter(confidence="low"), ["port", "said", "c"]),
        (RowFilter(state="assessed", confidence="low"), []),  # of one and the same claim
        (RowFilter(since="2024"), ["port", "said"]),  # a site from 2019 on, a claim of some day of 2024
        (RowFilter(until="2022-12"), ["port", "o"]),
        (RowFilter(since="2023-06", until="2023-06"), ["port", "ap"]),
        (RowFilter(author="Ann"), ["pad", "port"]),
        (RowFilter(unsourced=True), ["port", "said"]),  # a site without claims has nothing to source
        (RowFilter(unreviewed=True, table="sites"), ["port", "bare"]),
        (RowFilter(words="pad", table="claims"), ["built"]),
        (RowFilter(words="pad"), ["built", "k"]),
        (RowFilter(words="三亚", unsourced=True), ["port"]),
        (RowFilter(words="восточн", unsourced=True), []),
        (RowFilter(words=" ,"), []),
        (RowFilter(), []),
    ],
)
def test_words_and_filters_are_combined(wanted: RowFilter, rows: list[str]) -> None:
    assert _found(wanted) == rows


def test_a_site_passes_by_each_of_its_dates_as_the_timeline_shows_them() -> None:
    """One that was only known to be in use as of a day stood on the timeline, and passed no day."""
    pad = Site(uuid="pad", geometry=Point(0, 0), lifecycle="in use", lifecycle_as_of="2022-10")
    port = Site(uuid="port", geometry=Point(1, 0), observed_at="2015", valid_from="2019", valid_to="2020")
    document = Document({"sites": [pad, port]})

    def passing(day: str) -> list[str]:
        rows = KeptPassing().of(document, 0, RowFilter(since=day, until=day), None, unchecked)
        assert rows is not None
        return list(rows.by_table["sites"])

    assert [passing(day) for day in ("2022-10-05", "2015-02", "2019-06", "2017")] == [["pad"], ["port"], ["port"], []]


def test_what_is_in_view_is_found_in_any_turn_of_longitudes() -> None:
    assert _found(RowFilter(in_view=True), CHINA) == ["port", "said", "c", "o"]
    assert _found(RowFilter(in_view=True), Bounds(179, 0, 182, 20)) == ["bare"]
    assert _found(RowFilter(in_view=True, unsourced=True, class_code="port"), CHINA) == ["port", "said"]


def _shown(wanted: RowFilter) -> dict[Table, frozenset[str]]:
    return shown_rows(CASE, INDEX, wanted, PASSING.of(CASE, 0, wanted, None, unchecked))


def test_claims_are_listed_by_what_is_about_them_and_sources_by_the_claims_that_cite_them() -> None:
    assert _shown(RowFilter(words="gantry"))["claims"] == {"said"}, "of a comment on it"
    by_state = _shown(RowFilter(state="assessed"))
    assert (by_state["claims"], by_state["sources"]) == ({"built"}, {"ap"})
    assert _shown(RowFilter(unreviewed=True, state="assessed"))["sources"] == {"ap"}, "a claim that passes cites it"
    assert _shown(RowFilter(unsourced=True))["sources"] == frozenset()
    assert _shown(RowFilter(words="AP"))["sources"] == {"ap"}


def test_marks_are_shown_by_their_own_words_and_by_those_about_them() -> None:
    def shown(wanted: RowFilter) -> frozenset[str]:
        return _shown(wanted)["sites"]

    assert shown(RowFilter(words="gantry")) == {"port"}
    assert shown(RowFilter(words="pad")) == {"pad"}
    assert shown(RowFilter(unsourced=True)) == {"port"}
    assert shown(RowFilter(words="cranes", state="assessed")) == frozenset()
    assert shown(RowFilter()) == {"pad", "port", "bare"}


def test_a_filter_is_kept_as_json_and_a_foreign_one_refused() -> None:
    wanted = RowFilter(words="三亚", unsourced=True, since="2024-05")
    assert read_filter(wanted.as_json()) == wanted
    assert read_filter('{"state": "assessed", "of_a_later_version": [1]}') == RowFilter(state="assessed")
    assert read_filter("") == RowFilter()
    for text in ("[", "[]", '{"state": 5}', '{"unsourced": "yes"}', '{"words": "%s"}' % ("x" * 501), "[" * 100_000):
        with pytest.raises(InvalidValue):
            read_filter(text)


def test_what_the_case_has_is_offered() -> None:
    offers = offers_of(CASE)
    assert (offers.people, offers.classes) == (("Ann", "Bob"), ("launch_site", "other", "port"))
    assert RowFilter(table="sources").lists("source_files")
    assert not any(RowFilter(table="claims").lists(table) for table in TABLES if table != "claims")


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("A launch pad, relaunched", "launch", ["launch"]),
        ("海南三亚港以西", "三亚", ["三亚"]),
        ("Космодром ВОСТОЧНЫЙ", "восточн космо", ["Космо", "ВОСТОЧН"]),
        ("Gdańsk and Gdansk", "gdansk", ["Gdansk"]),
        ("near Gdańsk", "gdansk", ["Gdańsk"]),
        ("a second pad; the second-pad", '"second pad"', ["second pad", "second-pad"]),
        ("nothing of it", "pad", []),
    ],
)
def test_the_words_are_marked_where_they_stand(text: str, typed: str, marked: list[str]) -> None:
    assert [text[begin:end] for begin, end in marks_in(text, read_query(typed))] == marked
