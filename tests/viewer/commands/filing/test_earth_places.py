"""A file of Google Earth becomes sites in their folders, layers and bookmarks, as one step that can be undone."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from layers.document.bookmark_state import state_of
from layers.document.document import Document
from layers.document.kept_view import KeptView
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.pool.pool import ReaderPool
from layers.project.saving.publish import write_case
from layers.requests.earth_file import EarthView, ReadEarthFile
from tests.support.cases.rich import read_case
from tests.support.readers.earth_files import AREA, LOOK_AT, PLACES, earth_kml, earth_kmz
from viewer.commands.bookmarks import bookmarks_in_order
from viewer.commands.filing.earth_places import EarthChoice, EarthEdit, bring_home
from viewer.commands.filing.earth_views import viewport_json

POOL = ReaderPool(inline=True)


def brought(document: Document, path: Path, choice: EarthChoice | None = None) -> EarthEdit:
    answer = POOL.ask(ReadEarthFile(str(path)))
    blobs, starts = answer.arrays
    shapes = [blobs[first:last].tobytes() for first, last in pairwise(starts)]
    return bring_home(document, answer.facts, shapes, path, choice or EarthChoice(), actor="Li")


@pytest.fixture
def document(tmp_path: Path) -> Document:
    document = Document()
    document.apply(brought(document, earth_kmz(tmp_path)).edit)
    return document


def sites_named(document: Document, label: str) -> list[Site]:
    return [site for site in document.sites.values() if site.label == label]


def test_sites_stand_in_the_folders_of_the_file(document: Document) -> None:
    (pad,) = sites_named(document, "Pad")
    assert pad.folder == "My Places / Sites A/B"
    assert (
        pad.notes == "Twelve metres\n[files/photo.png]\n[https://example.com/a.jpg]\ntime slider: 2014-06-01\ncrew: 12"
    )
    assert (pad.stroke_color, pad.fill_color, pad.stroke_width) == ("#ff0000", "", None)
    assert {site.folder for site in sites_named(document, "Fence")} == {"My Places / Sites A/B / Fences"}
    kept = json.loads(pad.props_json)
    assert kept["crew"] == "12"
    assert kept["earth"]["height_m"] == 120.0
    assert kept["earth"]["icon"][3:] == ["20", "2", "pixels", "pixels"]


def test_a_place_of_several_kinds_is_one_site_and_its_parts(document: Document) -> None:
    first, *others = sites_named(document, "Fence")
    assert [site.kind for site in (first, *others)] == ["point", "line", "polygon"]
    assert [site.parent_uuid for site in (first, *others)] == ["", first.uuid, first.uuid]
    assert (others[1].stroke_color, others[1].fill_color, others[1].stroke_width) == ("#ffaa00", "#00ff00", 3.0)


def test_a_time_span_is_when_a_thing_is_valid_and_no_date_of_an_image(document: Document) -> None:
    fence = sites_named(document, "Fence")[0]
    assert (fence.valid_from, fence.valid_to, fence.observed_at) == ("2014", "2016-03", "")
    assert sites_named(document, "Pad")[0].observed_at == "2019-05-01T05:30:00Z"
    assert sites_named(document, "Walk")[0].observed_at == "2019-05-01T08:30:00Z/2019-05-01T08:50:00Z"
    assert not any(site.image_uuid for site in document.sites.values())
    (layer,) = document.layers.values()
    assert (layer.acquired_at, layer.date_kind) == ("", "unknown")


def test_the_file_is_the_source_of_all(document: Document) -> None:
    (source,) = document.sources.values()
    assert (source.kind, source.title) == ("data set", "myplaces.kmz")
    assert {site.position_source_uuid for site in document.sites.values()} == {source.uuid}
    (photo,) = sites_named(document, "From the hill")
    assert (photo.mark_kind, photo.position_basis) == ("photo", "as in myplaces.kmz: where the camera stood")


def test_overlays_are_layers_and_views_bookmarks(document: Document) -> None:
    (layer,) = document.layers.values()
    assert (layer.name, layer.opacity, layer.source["part"]) == ("Scan of 1988", 0.502, "files/a.png")
    marks = bookmarks_in_order(document)
    assert [mark.name for mark in marks] == ["Sites A/B", "Only a view", "Flight"]
    assert marks[0].order_key < marks[1].order_key < marks[2].order_key
    assert state_of(marks[0].state_json).layers == ()
    view = KeptView.from_json(marks[0].viewport_json)
    assert view.rotation_deg == 330.0  # the map's north is turned left where the eye looks to the right


@pytest.mark.parametrize("lat", [0.0, 60.0])
def test_a_view_is_as_wide_on_the_ground_wherever_it_lies(lat: float) -> None:
    view = KeptView.from_json(viewport_json(EarthView("A", "folder", -1, 10.0, lat, 1000.0)))
    on_ground = view.resolution * (0.5 if lat else 1.0) * 1000
    assert on_ground == pytest.approx(1154.7, abs=0.1)


def test_only_what_is_chosen_comes(tmp_path: Path) -> None:
    document = Document()
    made = brought(document, earth_kmz(tmp_path), EarthChoice(sites=False, overlays=False, views=("place",)))
    document.apply(made.edit)
    assert not document.sites
    assert not document.layers
    assert not document.sources
    assert [mark.name for mark in bookmarks_in_order(document)] == ["Pad", "From the hill"]
    with pytest.raises(InvalidValue, match="Nothing of the file is chosen"):
        brought(document, earth_kmz(tmp_path), EarthChoice(sites=False, overlays=False, views=()))


def test_undo_leaves_nothing(document: Document, tmp_path: Path) -> None:
    empty = Document()
    made = brought(empty, earth_kmz(tmp_path, name="other.kmz"))
    empty.apply(made.edit)
    empty.apply(made.edit.inverse())
    assert not any(empty.table(name) for name in ("sites", "layers", "bookmarks", "sources"))


def test_times_in_the_wrong_order_stand_in_the_notes(tmp_path: Path) -> None:
    span = "<TimeSpan><begin>2019</begin><end>2016</end></TimeSpan>"
    path = earth_kml(tmp_path, f"<Placemark><name>A</name>{span}{AREA}</Placemark>")
    document = Document()
    document.apply(brought(document, path).edit)
    (site,) = document.sites.values()
    assert (site.valid_from, site.valid_to, site.notes) == ("", "", "time in myplaces.kml: 2019/2016")


def test_a_place_off_the_earth_is_left_out_with_its_reason(tmp_path: Path) -> None:
    point = "<Point><coordinates>{}</coordinates></Point>"
    path = earth_kml(
        tmp_path,
        f"<Placemark><name>Far</name>{point.format('1,95')}</Placemark>"
        f"<Placemark><name>Near</name>{LOOK_AT}{point.format('1,5')}</Placemark>",
    )
    document = Document()
    made = brought(document, path)
    document.apply(made.edit)
    assert [site.label for site in document.sites.values()] == ["Near"]
    assert "“Far” is left out. A site lies on the Earth" in made.left_out[0]


def test_coming_home_twice_registers_the_file_once(document: Document, tmp_path: Path) -> None:
    document.apply(brought(document, earth_kmz(tmp_path), EarthChoice(leaves_known=False)).edit)
    assert len(document.sources) == 1
    assert len(sites_named(document, "Pad")) == 2


def test_a_second_time_only_what_is_new_comes(document: Document, tmp_path: Path) -> None:
    def counts() -> list[int]:
        return [len(rows) for rows in (document.sites, document.layers, document.bookmarks, document.sources)]

    sites, *others = counts()
    with pytest.raises(InvalidValue, match="All of it is in this case already"):
        brought(document, earth_kmz(tmp_path))
    new = "<Placemark><name>Pad</name><Point><coordinates>43.5,36.5001</coordinates></Point></Placemark>"
    made = brought(document, earth_kmz(tmp_path, places=PLACES + new))
    document.apply(made.edit)
    assert len(made.site_uuids) == 1, "of the same name at another place"
    assert counts() == [sites + 1, *others]


def test_a_case_that_was_saved_has_the_same_parts(document: Document, tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    write_case(document, case)
    again = read_case(case).document
    with pytest.raises(InvalidValue, match="All of it is in this case already"):
        brought(again, earth_kmz(tmp_path))
