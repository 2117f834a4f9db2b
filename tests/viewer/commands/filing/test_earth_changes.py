"""Places of a file that changed since they came: told from the case's own changes, and taken as the analyst says."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely import Point, box

from layers.document.document import Document
from layers.errors import InvalidValue
from layers.pool.pool import ReaderPool
from layers.product.gathering import content_of
from layers.project.saving.publish import write_case
from layers.requests.earth_file import EarthFile, ReadEarthFile
from tests.support.cases.rich import read_case
from tests.support.readers.earth_files import AREA, earth_kml
from viewer.commands.filing.earth_known import KnownParts, known_parts
from viewer.commands.filing.earth_places import KEEP, SECOND, UPDATE, EarthChoice, EarthEdit, bring_home
from viewer.commands.sites import add_site, update_site
from viewer.export.data.kmz import kmz_bytes
from viewer.panels.homecoming.change_words import differences

POOL = ReaderPool(inline=True)
PIN = "<Point><coordinates>{}</coordinates></Point>"


def place(name: str, inside: str, more: str = "") -> str:
    return f"<Placemark><name>{name}</name><styleUrl>#m_ylw-pushpin</styleUrl>{more}{inside}</Placemark>"


def read(path: Path) -> tuple[EarthFile, list[bytes]]:
    answer = POOL.ask(ReadEarthFile(str(path)))
    blobs, starts = answer.arrays
    return answer.facts, [blobs[first:last].tobytes() for first, last in pairwise(starts)]


def brought(document: Document, path: Path, choice: EarthChoice | None = None) -> EarthEdit:
    made = bring_home(document, *read(path), path, choice or EarthChoice(), actor="Li")
    document.apply(made.edit)
    return made


def known(document: Document, path: Path) -> KnownParts:
    return known_parts(document, *read(path))


def words(document: Document, parts: KnownParts) -> dict[str, list[str]]:
    return {
        document.sites[change.site_uuid].label: differences(document.sites[change.site_uuid], change)
        for change in parts.changed
    }


FIRST = (
    f"<Folder><name>North</name>{place('Pad', PIN.format('43,36'), '<description>old</description>')}"
    f"{place('Yard', AREA, '<TimeStamp><when>2019</when></TimeStamp>')}"
    f"{place('Mixed', f'<MultiGeometry>{AREA}{PIN.format("43.05,36.05")}</MultiGeometry>')}</Folder>"
)
LATER = (
    f"<Folder><name>North</name>{place('Pad', PIN.format('43.01,36'), '<description>old\nnew</description>')}"
    f"{place('Yard 2', AREA, '<TimeStamp><when>2020</when></TimeStamp>')}</Folder><Folder><name>South</name>"
    f"{place('Mixed', f'<MultiGeometry>{AREA}{PIN.format("43.06,36.05")}</MultiGeometry>')}</Folder>"
)


def test_changes_of_a_file_are_told_part_by_part_and_taken(tmp_path: Path) -> None:
    document = Document()
    brought(document, earth_kml(tmp_path, FIRST))
    path = earth_kml(tmp_path, LATER)
    parts = known(document, path)
    assert not parts.places
    assert words(document, parts) == {
        "Pad": ["moved 901.6 m east", "notes: “new”"],
        "Yard": ["name: “Yard” → “Yard 2”", "dates: 2019 → 2020"],
        "Mixed": ["moved 901.1 m east", "folder: “North” → “South”"],
    }
    with pytest.raises(InvalidValue, match="All of it is in this case already"):
        brought(document, path)
    before = len(document.sites)
    made = brought(document, path, EarthChoice(answers=dict.fromkeys(range(3), UPDATE)))
    assert (len(document.sites), len(made.changed), made.site_uuids) == (before, 3, ())
    assert made.edit.reason == "Changed in Google Earth: “myplaces.kml”"
    assert sorted((site.label, site.folder, site.notes, site.observed_at) for site in document.sites.values()) == [
        ("Mixed", "South", "", ""),
        ("Mixed", "South", "", ""),
        ("Pad", "North", "old\nnew", ""),
        ("Yard 2", "North", "", "2020"),
    ]
    assert len(known(document, path).places) == 3, "they are as in the file now"
    document.apply(made.edit.inverse())
    assert len(known(document, path).changed) == 3


def test_what_the_analyst_changed_is_no_change_of_the_file(tmp_path: Path) -> None:
    document = Document()
    path = earth_kml(tmp_path, FIRST)
    brought(document, path)
    (pad,) = [site for site in document.sites.values() if site.label == "Pad"]
    mine = {"label": "Pad North", "notes": "old\nmine", "folder": "Ours", "geometry": Point(43.2, 36.2)}
    document.apply(update_site(document, pad.uuid, actor="Li", **mine))
    case = tmp_path / "case.gpkg"
    write_case(document, case)
    again = read_case(case).document
    assert known(again, path).places == {0, 1, 2}
    parts = known(again, earth_kml(tmp_path, FIRST.replace(">old<", ">old\nnew<")))
    assert words(again, parts) == {"Pad North": ["notes: “new”"]}
    brought(again, path, EarthChoice(answers={0: UPDATE}))
    assert again.sites[pad.uuid].notes == "old\nmine\nnew", "the analyst's own lines stay"


def test_a_site_of_the_same_name_nearby_is_asked_about_and_comes_as_a_second_one_by_itself(tmp_path: Path) -> None:
    document = Document()
    document.apply(add_site(document, Point(43.001, 36), label="Pad", actor="Li"))
    document.apply(add_site(document, Point(50, 36), label="Far", actor="Li"))
    path = earth_kml(tmp_path, place("Pad", PIN.format("43,36")) + place("Far", PIN.format("43,36")))
    (change,) = known(document, path).changed
    assert (document.sites[change.site_uuid].label, change.is_sure) == ("Pad", False)
    made = brought(document, path, EarthChoice(answers={0: KEEP}))
    assert [document.sites[uuid].label for uuid in made.site_uuids] == ["Far"]
    assert len(brought(document, path, EarthChoice(answers={0: SECOND})).site_uuids) == 1


def test_places_of_another_file_far_away_are_others_though_their_name_is_usual(tmp_path: Path) -> None:
    document = Document()
    brought(document, earth_kml(tmp_path, place("Untitled Placemark", PIN.format("43,36"))))
    path = earth_kml(tmp_path, place("Untitled Placemark", PIN.format("50,36")), name="other.kml")
    assert not known(document, path)
    assert len(brought(document, path).site_uuids) == 1


def test_an_update_makes_a_reviewed_site_a_draft_and_holds_the_outline_of_a_search(tmp_path: Path) -> None:
    document = Document()
    outline = box(43, 36, 43.1, 36.1)
    made = add_site(document, outline, label="Area", mark_kind="search area", actor="Li")
    document.apply(made)
    document.apply(add_site(document, Point(44, 36), label="Pad", actor="Li"))
    (area, pad) = document.sites
    document.apply(update_site(document, pad, status="reviewed", actor="Li"))
    path = tmp_path / "own.kmz"
    path.write_bytes(kmz_bytes(document, content_of(document, document.sites)))
    file, shapes = read(path)
    assert known_parts(document, file, shapes).places >= {0, 1}
    number = [place.name for place in file.places].index("Pad")
    moved = [*shapes]
    moved[number] = Point(44.1, 36).wkb
    answers = {number: UPDATE}
    document.apply(bring_home(document, file, moved, path, EarthChoice(answers=answers), actor="Wu").edit)
    assert document.sites[pad].status == "draft"
    assert document.sites[area].geometry.equals(outline)


def test_marks_of_ours_are_known_by_name_in_a_case_that_has_no_such_uuid(tmp_path: Path) -> None:
    document = Document()
    document.apply(add_site(document, Point(43, 36), label="Pad", observed_at="2020-01", actor="Li"))
    path = tmp_path / "own.kmz"
    path.write_bytes(kmz_bytes(document, content_of(document, document.sites)))
    other = Document()
    brought(other, path)
    (site,) = other.sites.values()
    assert (site.label, site.observed_at) == ("Pad", "2020-01")
    assert known(other, path).places
    file, _shapes = read(path)
    (change,) = known_parts(other, file, [Point(43.01, 36).wkb]).changed
    assert change.site_uuid == site.uuid
    assert json.loads(site.props_json or "{}") == {}


def test_colours_words_and_times_of_a_mark_of_ours_are_compared_with_what_was_written(tmp_path: Path) -> None:
    """Words of claims that are lacking stay in the case; what stands in their place is a note."""
    document = Document()
    document.apply(add_site(document, box(43, 36, 43.1, 36.1), label="Area", class_code="other/yard", actor="Li"))
    (site,) = document.sites.values()
    path = tmp_path / "own.kmz"
    path.write_bytes(kmz_bytes(document, content_of(document, document.sites)))
    file, shapes = read(path)
    (mark,) = [place for place in file.places if place.own and place.own.is_mark]
    assert mark.notes.splitlines()[0] == "Yard"
    later = replace(
        mark,
        notes=mark.notes.replace("Yard", "Store"),
        style=replace(mark.style, stroke_color="#ff0000"),
        time_kind="stamp",
        begin="2021",
    )
    edited = replace(file, places=(later,))
    parts = known_parts(document, edited, shapes)
    assert parts.reworded == ("Area",)
    assert words(document, parts) == {"Area": ["notes: “Store”", "dates: – → 2021", "colours or widths"]}
    made = bring_home(document, edited, shapes, path, EarthChoice(answers={0: UPDATE}), actor="Li")
    document.apply(made.edit)
    site = document.sites[site.uuid]
    assert (site.notes, site.observed_at, site.stroke_color) == ("Store", "2021", "#ff0000")
