"""Features become sites: fields by their columns, every attribute kept, one source, one step back."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon

from layers.document.document import Document
from layers.errors import InvalidValue
from viewer.commands.tables.feature_sites import LayerSource, sites_from_features
from viewer.commands.tables.field_columns import SiteMapping, guess_mapping
from viewer.commands.tables.row_sources import row_source

LARGE = 2**53 + 1
SOURCE = LayerSource("Facilities", "OpenStreetMap contributors", "ODbL", "facilities.gpkg, table pads")


def rows(*geometries) -> list:
    names = ["Pad 31", "Rail", "Depot"]
    return [
        (
            n + 1,
            shapely.to_wkb(geometry, output_dimension=3) if geometry is not None else b"",
            {
                "name": names[n % 3],
                "kind": ["Launch site", "rail", "?"][n % 3],
                "id": LARGE,
                "name:ru": "Площадка",
                "gone": None,
                "empty": "",
                "country": "RU",
            },
        )
        for n, geometry in enumerate(geometries)
    ]


def test_columns_are_guessed_once_each() -> None:
    names = ["ID", "Name", "name_ru", "KIND", "Country", "remarks"]
    assert guess_mapping(names) == {
        "label": "Name",
        "class_code": "KIND",
        "alias_ru": "name_ru",
        "notes": "remarks",
        "location_country": "Country",
    }
    assert guess_mapping(["name_en"]) == {"label": "name_en"}
    assert guess_mapping([]) == {}


def test_geometry_attributes_and_source_are_kept() -> None:
    document = Document()
    geometries = [Point(128.3, 51.9, 7), LineString([(1, 2), (3, 4)]), Polygon([(0, 0), (1, 0), (1, 1)])]
    mapping = SiteMapping(guess_mapping(["name", "kind", "name:ru", "country"]), "depot")
    edit, left_out = sites_from_features(document, rows(*geometries), mapping, SOURCE, layer_uuid="L", actor="Li")
    assert edit.label == "Make 3 sites of “Facilities”"
    assert not left_out
    document.apply(edit)
    pad, rail, depot = document.sites.values()
    assert pad.geometry.equals(Point(128.3, 51.9))
    assert not pad.geometry.has_z
    assert (pad.label, pad.class_code, pad.aliases, pad.location_country) == (
        "Pad 31",
        "launch_site",
        (("ru", "Площадка"),),
        "RU",
    )
    assert (rail.kind, rail.class_code, depot.kind, depot.class_code) == ("line", "rail", "polygon", "depot")
    assert pad.notes == f"id: {LARGE}"
    assert json.loads(pad.props_json) == {"fid": 1, **rows(Point(0, 0))[0][2]}
    (source,) = document.sources.values()
    assert (source.kind, source.title, source.publisher, source.rights, source.descriptor) == (
        "data set",
        "Facilities",
        "OpenStreetMap contributors",
        "ODbL",
        "facilities.gpkg, table pads",
    )
    assert {site.position_source_uuid for site in document.sites.values()} == {source.uuid}
    assert {site.layer_uuid for site in document.sites.values()} == {"L"}
    assert {site.status for site in document.sites.values()} == {"draft"}
    document.apply(edit.inverse())
    assert not document.sites
    assert not document.sources


def test_a_source_is_registered_once() -> None:
    document = Document()
    for _ in range(2):
        edit, _ = sites_from_features(document, rows(Point(1, 2)), SiteMapping(), SOURCE, layer_uuid="L", actor="Li")
        document.apply(edit)
    assert len(document.sources) == 1
    assert len(document.sites) == 2


def test_what_has_no_place_is_left_out_and_said() -> None:
    bad = b"\x01\x01\x00\x00\x00short"
    some = [*rows(Point(1, 2), None, MultiPoint([(1, 2)])), (9, bad, {}), (10, shapely.to_wkb(Point(1, 95)), {})]
    edit, left_out = sites_from_features(Document(), some, SiteMapping(), SOURCE, layer_uuid="L", actor="Li")
    sites = [change.after for change in edit.changes if change.table == "sites"]
    assert [site.geometry.geom_type for site in sites] == ["Point", "Point"]
    assert [text.split(" is")[0] for text in left_out] == ["Feature 2", "Feature 9", "Feature 10"]
    with pytest.raises(InvalidValue, match="no place"):
        sites_from_features(Document(), rows(None), SiteMapping(), SOURCE, layer_uuid="L", actor="Li")


def test_long_notes_are_cut_and_others_may_stay_out() -> None:
    row = (1, shapely.to_wkb(Point(1, 2)), {"a": "x" * 9000, "note": "seen"})
    edit, _ = sites_from_features(Document(), [row], SiteMapping({"notes": "note"}), SOURCE, layer_uuid="", actor="Li")
    notes = edit.changes[-1].after.notes
    assert notes.startswith("seen\na: xxx")
    assert len(notes) == 4000
    edit, _ = sites_from_features(
        Document(), [row], SiteMapping({"notes": "note"}, lists_others=False), SOURCE, layer_uuid="", actor="Li"
    )
    assert edit.changes[-1].after.notes == "seen"
    assert len(json.loads(edit.changes[-1].after.props_json)["a"]) == 9000


@pytest.mark.parametrize("clockwise", [False, True])
def test_a_box_is_as_wide_as_in_its_layer(clockwise: bool) -> None:
    """In a shapefile areas lie to the right of their rings."""
    wide = Polygon([(-179, -60), (179, -60), (179, 70), (-179, 70)])
    given = wide.reverse() if clockwise else wide
    edit, _ = sites_from_features(
        Document(), rows(given), SiteMapping(), SOURCE, layer_uuid="L", actor="Li", clockwise=clockwise
    )
    (site,) = (change.after for change in edit.changes if change.table == "sites")
    assert site.geometry.exterior.is_ccw
    assert site.geometry.bounds == (-179, -60, 179, 70)


def _sourced(*texts: str, urls: tuple[str, ...] = ()) -> list:
    return [
        (n, shapely.to_wkb(Point(n, n)), {"name": f"Site {n}", "source": text, "url": urls[n] if urls else None})
        for n, text in enumerate(texts)
    ]


SOURCED = SiteMapping(guess_mapping(["name", "source", "url"]))


def test_the_rows_own_sources_become_sources() -> None:
    document = Document()
    cited = "\"Backgrounder: China's four space launch centers\", Xinhua/People's Daily, 2011-10-26"
    texts = (cited, "Reuters, 2017-05-12", cited, "", "general knowledge (from memory)")
    edit, left_out = sites_from_features(document, _sourced(*texts), SOURCED, SOURCE, layer_uuid="L", actor="Li")
    assert left_out == []
    document.apply(edit)
    titles = [document.sources[site.position_source_uuid].title for site in document.sites.values()]
    background = "Backgrounder: China's four space launch centers"
    assert titles == [background, "Reuters, 2017-05-12", background, "Facilities", "Facilities"]
    first = document.sources[next(iter(document.sites.values())).position_source_uuid]
    assert (first.publisher, first.published_at) == ("Xinhua/People's Daily", "2011-10-26")
    assert first.descriptor == "Named in facilities.gpkg, table pads; not looked into."
    assert first.rights == "", "the licence of the table is not that of what it cites"
    assert len(document.sources) == 3, "each is entered once"
    notes = [site.notes for site in document.sites.values()]
    assert notes == ["", "", "", "", "source: general knowledge (from memory)"], "memory is no source; it stays said"
    document.apply(edit.inverse())
    assert not document.sources
    assert not document.sites


def test_a_link_is_the_address_of_its_source() -> None:
    document = Document()
    rows = _sourced("https://a.org/1", "Named", "", urls=("", "https://b.org/2", "https://b.org/3"))
    edit, _ = sites_from_features(document, rows, SOURCED, SOURCE, layer_uuid="L", actor="Li")
    document.apply(edit)
    found = [document.sources[site.position_source_uuid] for site in document.sites.values()]
    assert [(one.kind, one.title, one.url) for one in found] == [
        ("web page", "https://a.org/1", "https://a.org/1"),
        ("web page", "Named", "https://b.org/2"),
        ("web page", "https://b.org/3", "https://b.org/3"),
    ]


def test_a_source_of_the_case_is_used_again_and_one_that_no_site_needs_is_not_entered() -> None:
    document = Document()
    for _ in range(2):
        edit, _ = sites_from_features(document, _sourced("Reuters"), SOURCED, SOURCE, layer_uuid="L", actor="Li")
        document.apply(edit)
    assert [source.title for source in document.sources.values()] == ["Reuters"]
    bad = [(1, b"", {"name": "x", "source": "Nobody needs it"}), *_sourced("Reuters")]
    edit, left_out = sites_from_features(document, bad, SOURCED, SOURCE, layer_uuid="L", actor="Li")
    assert len(left_out) == 1
    assert {change.table for change in edit.changes} == {"sites"}


CITATIONS = (
    ('"Activities", NTs OMZ site, 2005-01-18', ("Activities", "NTs OMZ site", "2005-01-18")),
    (
        '"Russia\'s Numerous Active Spaceports", Space Today Online, n.d.',
        ("Russia's Numerous Active Spaceports", "Space Today Online", ""),
    ),
    (
        '"Khorgos, where East meets West", Belt and Road Portal (eng.yidaiyilu.gov.cn), 2017',
        ("Khorgos, where East meets West", "Belt and Road Portal (eng.yidaiyilu.gov.cn)", "2017"),
    ),
    (
        'Wikipedia (de) "Kosmodrom Wostotschny" copy, 2021-10-27',
        ('Wikipedia (de) "Kosmodrom Wostotschny" copy, 2021-10-27', "", ""),
    ),
    (
        '"New ground stations", SCMP, 2022-09 (Roscosmos statement 2022-09-27)',
        ("New ground stations", "SCMP, 2022-09 (Roscosmos statement 2022-09-27)", ""),
    ),
)


@pytest.mark.parametrize(("text", "wanted"), CITATIONS)
def test_a_citation_is_taken_apart_where_it_has_the_usual_form(text: str, wanted: tuple[str, str, str]) -> None:
    found = row_source({"source": text}, SiteMapping({"source": "source"}))
    assert (found["title"], found.get("publisher", ""), found.get("published_at", "")) == wanted
