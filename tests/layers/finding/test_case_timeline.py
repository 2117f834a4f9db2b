"""The timeline of a case: lanes, what dates are dates of, rows without one, and edits brought in one by one."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from shapely import Point

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.rows import ClaimSite, ClaimSource, Response, ResponseClaim, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from layers.finding.case_timeline import LANES, Timeline, TimelineRow, changed_timeline, read_timeline
from layers.raster.acquisition import Acquisition


def a_case() -> Document:
    return Document(
        {
            "sites": [Site(uuid="pad", geometry=Point(63, 45)), Site(uuid="port", geometry=Point(64, 46))],
            "claims": [
                Claim(uuid="day", statement="built", made_at="2021-05-03"),
                Claim(uuid="year", statement="used", made_at="2021"),
                Claim(uuid="none", statement="closed"),
                Claim(uuid="odd", statement="moved", made_at="last spring"),
            ],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid="day", site_uuid="pad")],
            "sources": [
                Source(uuid="news", kind="news report", title="AP", published_at="2021-05-04"),
                Source(uuid="scene", kind="imagery", title="S2A", acquired_at="2021-05-01T08:30Z", published_at="2022"),
            ],
            "claim_sources": [ClaimSource(uuid="k", claim_uuid="day", source_uuid="news")],
            "responses": [Response(uuid="no", speaker="Firm", words="no", made_at="2021-06")],
            "response_claims": [ResponseClaim(uuid="rc", response_uuid="no", claim_uuid="day")],
            "images": [
                Image(uuid="i1", image_key="a", layer_uuid="l1", acquired_at="2021-05-01", date_kind="instant"),
                Image(uuid="i2", image_key="b", acquired_at="2020", date_kind="published"),
            ],
            "layers": [Layer(uuid=uuid, kind="raster", name=uuid) for uuid in ("l1", "l2", "l3")],
            "observations": [
                Observation(uuid="o1", site_uuid="port", image_uuid="i1", observer="Li"),
                Observation(uuid="o2", site_uuid="pad", image_uuid="i2", observer="Wu"),
            ],
            "searches": [Search(uuid="s1", kind="catalogue", area_uuid="port", at="2023-01-02T10:00Z")],
        }
    )


def rows_of(timeline: Timeline) -> dict[str, TimelineRow]:
    return {row.uuid: row for row in timeline.all_rows()}


def test_dates_of_words_images_and_publications_stand_apart() -> None:
    timeline = read_timeline(a_case(), known={"l2": Acquisition(at="2019-01-01", date_kind="instant")})
    lanes = {LANES[lane]: [row.uuid for row in timeline.rows[timeline.lane(lane)]] for lane in range(len(LANES))}
    assert lanes == {
        "claims": ["day", "year"],
        "responses": ["no"],
        "observations": ["o1"],
        "images": ["l2", "scene", "i1"],
        "sites": [],
        "searches": ["s1"],
        "sources": ["news"],
    }, "l1 is the layer of i1, l3 has no date at all, and a scene's day of publication is none of its image"
    rows = rows_of(timeline)
    assert {row.uuid for row in timeline.undated} == {"none", "odd", "i2", "o2"}, "a publication dates no image"
    assert (rows["scene"].date_of, rows["news"].date_of, rows["day"].date_of) == ("taken", "published", "said")
    assert (rows["year"].precision, rows["scene"].precision) == ("year", "")
    year = rows["year"].span
    assert year is not None
    assert year.end - year.begin > 364 * 86400
    assert {uuid: row.sites for uuid, row in rows.items() if row.sites} == {
        **dict.fromkeys(("day", "news", "no", "i2", "o2"), ("pad",)),
        **dict.fromkeys(("o1", "i1", "s1"), ("port",)),
    }
    told = timeline.about({"port"})
    assert [row.uuid for row, is_told in zip(timeline.rows, told, strict=True) if is_told] == ["o1", "i1", "s1"]
    assert "o2" not in rows_of(read_timeline(a_case(), lambda row: getattr(row, "observer", "Li") == "Li"))


def test_sites_stand_by_each_of_their_own_dates() -> None:
    seen = Image(uuid="i", image_key="k", acquired_at="2021-05-01", date_kind="instant")
    place = Point(63, 45)
    document = Document(
        {
            "sites": [
                Site(
                    uuid="built", geometry=place, valid_from="2019", valid_to="2022-06", observed_at="2021-05-01T08:30Z"
                ),
                Site(uuid="open", geometry=place, valid_from="2020-03"),
                Site(uuid="gone", geometry=place, valid_to="2018", lifecycle="closed", lifecycle_as_of="2024"),
                Site(uuid="looked", geometry=place, observed_at="2021-05-01", valid_from="2021-05-01"),
                Site(uuid="odd", geometry=place, observed_at="last spring"),
                Site(uuid="plain", geometry=place),
            ],
            "images": [seen],
            "observations": [Observation(uuid="o", site_uuid="looked", image_uuid="i", presence="present")],
        }
    )
    timeline = read_timeline(document)
    part = timeline.lane(LANES.index("sites"))
    rows = {(row.uuid, row.date_of): row for row in timeline.rows[part]}
    assert {key: row.date for key, row in rows.items()} == {
        ("built", "observed"): "2021-05-01T08:30Z",
        ("built", "valid"): "2019/2022-06",
        ("open", "valid"): "2020-03/",
        ("gone", "valid"): "/2018",
        ("gone", "as of"): "2024",
    }, "dates that follow from an observation stand with it, and a site without a date of its own nowhere"
    assert [(row.uuid, row.date_of) for row in timeline.undated] == [("odd", "observed")]
    ends = {
        row.key[1:]: (begin, end) for row, begin, end in zip(timeline.rows, timeline.begin, timeline.end, strict=True)
    }
    first, last = timeline.begin.min(), timeline.end.max()
    assert ends["open", "valid"][1] == last > ends["gone", "as of"][1], "no end is stated: it reaches beyond all dates"
    assert ends["gone", "valid"][0] == first < ends["built", "valid"][0]
    assert ends["built", "observed"][0] == ends["built", "observed"][1], "an instant"
    assert np.isfinite([first, last]).all()


def test_an_edit_of_a_site_moves_its_dates() -> None:
    document = a_case()
    timeline = read_timeline(document)
    pad = document.sites["pad"]
    seen = document.images["i1"]
    look = Observation(uuid="o3", site_uuid="pad", image_uuid="i1", presence="present", observer="Wu")
    dated = replace(pad, valid_from=seen.acquired_at, observed_at=seen.acquired_at)
    for changes in (
        (Change("sites", pad, dated),),
        (Change("sites", dated, renamed := replace(dated, label="Pad 1")),),
        (Change("observations", None, look),),
        (Change("sites", renamed, pad), Change("observations", look, None)),
    ):
        edit = Edit("Edit", changes)
        document.apply(edit)
        after = changed_timeline(timeline, document, Changes(edit), lambda row: True)
        assert after is not None
        assert {row.key for row in after.all_rows()} == {row.key for row in read_timeline(document).all_rows()}
        assert after is not timeline, "the name of a dated site is shown, too"
        timeline = after
    assert not timeline.rows[timeline.lane(LANES.index("sites"))]


def test_an_edit_of_a_row_changes_the_timeline_as_reading_it_anew() -> None:
    document = a_case()
    timeline = read_timeline(document)

    def edited(*changes: Change) -> Timeline | None:
        edit = Edit("Edit", changes)
        document.apply(edit)
        return changed_timeline(timeline, document, Changes(edit), lambda row: True)

    def updated(table: Table, row: Row, **fields: object) -> Change:
        return Change(table, row, replace(row, **fields))

    for change in (
        updated("claims", document.claims["none"], made_at="2020-02"),
        Change("claims", None, Claim(uuid="new", statement="x", made_at="2024-01-01")),
        Change("sources", document.sources["news"], None),
    ):
        after = edited(change)
        assert after is not None
        assert rows_of(after) == rows_of(read_timeline(document))
        assert [row.uuid for row in after.rows] == [row.uuid for row in read_timeline(document).rows]
        timeline = after
    assert edited(updated("sites", document.sites["pad"], label="Pad")) is timeline, "a label is no date"
    assert edited(updated("images", document.images["i1"], acquired_at="2018-01-01")) is None, (
        "its observations move, too"
    )
