"""The tree and the times of a file of Google Earth go out as they came in; readers outside are not told of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtGui import QImage
from shapely import Point
from shapely.geometry import shape

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.product.gathering import content_of
from layers.product.issuing.data_spec import DataSpec
from layers.project.opening.case_paths import CaseHome
from layers.requests.earth_file import EarthFile, ReadEarthFile
from tests.support.qgis.peers import clean, need
from tests.support.readers.earth_files import AREA, PLACES, earth_kmz
from tests.support.readers.tiny_kmz import BOX, picture
from viewer.canvas.sites.site_symbology import fill_of
from viewer.commands.bookmarks import add_bookmark, bookmarks_in_order
from viewer.commands.filing.earth_known import known_parts
from viewer.commands.filing.earth_overlays import kept_overlay
from viewer.commands.filing.earth_places import EarthChoice, bring_home
from viewer.commands.layers import update_layer
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import DataExport
from viewer.export.data.kml_folders import MOST_DEEP, filed_mark, folders_of, time_of_mark
from viewer.export.data.kmz import kmz_bytes
from viewer.export.data.laid_pictures import CasePlace, with_laid_pictures
from viewer.network.folder_consent import FolderConsent

POOL = ReaderPool(inline=True)


def read(path: Path) -> tuple[EarthFile, list[bytes]]:
    answer = POOL.ask(ReadEarthFile(str(path)))
    blobs, starts = answer.arrays
    return answer.facts, [blobs[first:last].tobytes() for first, last in pairwise(starts)]


@pytest.fixture
def brought(tmp_path: Path) -> Document:
    document, path = Document(), earth_kmz(tmp_path)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    return document


def places_of(file: EarthFile) -> list[tuple[str, ...]]:
    return [(*file.path_of(place.folder), place.name, place.time_kind, place.begin, place.end) for place in file.places]


def test_a_file_comes_out_with_its_tree_and_times_and_in_again(brought: Document, tmp_path: Path) -> None:
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(brought, content_of(brought, brought.sites)))
    home = "My Places"
    assert places_of(read(out)[0]) == [
        (home, "Sites A/B", "Pad", "stamp", "2019-05-01T05:30:00Z", ""),
        *[(home, "Sites A/B", "Fences", "Fence", "span", "2014", "2016-03")] * 3,
        (home, "Walk", "span", "2019-05-01T08:30:00Z", "2019-05-01T08:50:00Z"),
        *[(home, name, "", "", "") for name in ("Hidden hut", "House", "From the hill")],
        (home, "Second file", "Gate", "", "", ""),
    ]


def test_descriptions_go_out_as_descriptions_and_to_no_reader_outside(brought: Document, tmp_path: Path) -> None:
    out, content = tmp_path / "out.kmz", content_of(brought, brought.sites)
    for is_published in (False, True):
        out.write_bytes(kmz_bytes(brought, replace(content, is_published=is_published)))
        (pad,) = [place for place in read(out)[0].places if place.name == "Pad"]
        assert ("Twelve metres" in pad.notes) is not is_published


OVERLAYS = f"""
<Folder><name>Scans / old</name>
 <GroundOverlay><name>Turned &amp; dim</name><visibility>0</visibility><description>Of a book</description>
  <TimeStamp><when>1988-05</when></TimeStamp><color>80ffffff</color><Icon><href>files/a.png</href></Icon>
  {BOX.format("<rotation>30</rotation>")}</GroundOverlay></Folder>
<GroundOverlay><name>By its corners</name><TimeSpan><begin>1990</begin><end>1991</end></TimeSpan>
 <Icon><href>files/photo.png</href></Icon><gx:LatLonQuad><coordinates>10,20 11,20.5 11.2,21 9.9,21.1</coordinates>
 </gx:LatLonQuad></GroundOverlay>
"""


def out_and_in(
    document: Document, folder: Path, spec: DataSpec, *, is_published: bool = False
) -> tuple[Path, list[str]]:
    """The file that a case goes out as, and sentences on what it goes without."""
    content = replace(content_of(document, document.sites), is_published=is_published)
    allowed = FolderConsent()
    allowed.begin(CaseHome(str(folder)))
    place = CasePlace(folder, allowed)
    export, left_out = with_laid_pictures(DataExport(document, content), spec, place, POOL)
    out = folder / "out.kmz"
    write_data(export, out, POOL)
    return out, left_out


def test_overlays_go_out_and_come_in_again_where_they_were(tmp_path: Path) -> None:
    document, path = Document(), earth_kmz(tmp_path, places=OVERLAYS)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    out, left_out = out_and_in(document, tmp_path, DataSpec(".kmz"))
    assert not left_out
    before, after = read(path)[0], read(out)[0]
    turned, corners = after.overlays
    assert after.path_of(turned.folder) == ("Scans/old",)
    assert (turned.box, turned.opacity, turned.is_visible) == ((37.0, 36.0, 44.0, 43.0, 30.0), 0.502, False)
    assert corners.box == ()
    for old, new in zip(before.overlays, after.overlays, strict=True):
        assert (new.name, new.notes) == (old.name, old.notes)
        assert (new.time_kind, new.begin, new.end) == (old.time_kind, old.begin, old.end)
        for mine, theirs in zip(new.corners, old.corners, strict=True):
            assert mine == pytest.approx(theirs, abs=1e-8)
    assert not out_and_in(document, tmp_path, DataSpec(".kmz", sites=()))[1]
    assert not read(tmp_path / "out.kmz")[0].overlays, "marks alone"
    assert len(read(out_and_in(document, tmp_path, DataSpec(".kmz", bounds=Bounds(9, 19, 12, 22)))[0])[0].overlays) == 1


def test_an_overlay_that_is_not_handed_on_is_said(tmp_path: Path) -> None:
    """A case of others names any file: only what may be looked at is read, and an overlay placed anew is none."""
    document, path = Document(), earth_kmz(tmp_path, places=OVERLAYS)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    published = out_and_in(document, tmp_path, DataSpec(".kmz"), is_published=True)[1]
    assert published == ["2 overlays of Google Earth stay in the case: readers outside get sites and comparisons."]
    home = tmp_path / "case"
    home.mkdir()
    out, left_out = out_and_in(document, home, DataSpec(".kmz"))
    assert len(left_out) == 2
    assert left_out[0].startswith("Overlay “Turned & dim” is left out. The file")
    assert not read(out)[0].overlays
    layer = next(iter(document.layers.values()))
    assert kept_overlay(layer) is not None
    moved = replace(layer, nudge_json='{"x": 1}')
    assert kept_overlay(moved) is None
    document.apply(update_layer(document, layer.uuid, actor="Li", nudge_json='{"x": 1}'))
    assert out_and_in(document, home, DataSpec(".kmz"))[1][0] == (
        "Overlay “Turned & dim” is left out: it was placed anew here, and its file states its old place."
    )
    odd = ("{}", '{"earth": 1}', '{"earth": {"box": [1, 2]}}', '{"earth": {"box": [true, 2, 3, 4, "a"]}}')
    assert not any(kept_overlay(replace(layer, source_json=text)) for text in odd)


def test_bookmarks_go_out_in_their_order_and_come_in_again_as_they_were(tmp_path: Path) -> None:
    document, path = Document(), earth_kmz(tmp_path)
    choice = EarthChoice(views=("folder", "place", "tour"))
    document.apply(bring_home(document, *read(path), path, choice, actor="Li").edit)
    for name, crs, x, y, resolution, turn in (
        ("By hand", "EPSG:3857", 4842000.123, 4367000.456, 3.3, 347.7),
        ("UTM", "EPSG:32638", 5e5, 4e6, 2, 0),
        ("Z", "pixels", 5, 4, 1, 0),
    ):
        view = json.dumps({"crs": crs, "x": x, "y": y, "resolution": resolution, "rotation_deg": turn})
        document.apply(add_bookmark(document, view, name=name, actor="Li"))
    rows = bookmarks_in_order(document)
    out, left_out = out_and_in(document, tmp_path, DataSpec(".kmz"))
    assert left_out == ["Bookmark “Z” is left out: it shows a picture without a place on the Earth."]
    file, blobs = read(out)
    assert [view.name for view in file.views] == [row.name for row in rows[:-1]]
    empty = Document()
    empty.apply(bring_home(empty, file, blobs, out, EarthChoice(), actor="Li").edit)
    for old, new in zip(rows[:-2], bookmarks_in_order(empty), strict=False):
        assert new.name == old.name
        before, after = json.loads(old.viewport_json), json.loads(new.viewport_json)
        assert after.pop("crs") == before.pop("crs")
        assert after == pytest.approx(before, abs=0.01)
    utm = file.views[-1]
    assert (utm.lon, utm.lat) == (pytest.approx(45), pytest.approx(36.1442, abs=1e-3))
    assert utm.range_m == pytest.approx(2000 / (2 * 3**-0.5), rel=1e-3)
    assert known_parts(document, file, blobs).views >= {number for number, _row in enumerate(rows[:-2])}
    assert not read(out_and_in(document, tmp_path, DataSpec(".kmz"), is_published=True)[0])[0].views
    assert not read(out_and_in(document, tmp_path, DataSpec(".kmz", bounds=Bounds(9, 19, 12, 22)))[0])[0].views


def test_readers_outside_see_neither_folders_nor_times(brought: Document, tmp_path: Path) -> None:
    content = replace(content_of(brought, brought.sites), is_published=True)
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(brought, content))
    file = read(out)[0]
    assert "My Places" not in [folder.name for folder in file.folders]
    assert not [place for place in file.places if place.time_kind]


type Row = tuple[str, str, str, str, str, Any]
"""Layer, name, begin, end, time stamp and geometry of a feature as GDAL reads it."""


def rows_by_gdal(path: Path) -> list[Row]:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    run = subprocess.run(["ogrinfo", "-json", "-features", path], capture_output=True, text=True, env=clean())
    facts = json.loads(run.stdout)
    assert facts["driverShortName"] == "LIBKML"
    rows: list[Row] = []
    for layer in facts["layers"]:
        for feature in layer["features"]:
            texts = [str(feature["properties"].get(key) or "") for key in ("Name", "begin", "end", "timestamp")]
            place = feature["geometry"]
            rows.append((layer["name"], *texts, None if place is None else shape(place)))
    return rows


@pytest.mark.bounded
def test_gdal_reads_the_tree_the_times_and_the_overlays_that_were_there_before(tmp_path: Path) -> None:
    quad = OVERLAYS.partition("</Folder>")[2]
    document, path = Document(), earth_kmz(tmp_path, places=PLACES + quad)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    out, left_out = out_and_in(document, tmp_path, DataSpec(".kmz"))
    assert not left_out
    before, after = rows_by_gdal(path), rows_by_gdal(out)
    layers = {row[0] for row in after}
    assert {"My Places", "Sites A/B", "Fences", "Second file"} <= layers
    stays = {
        "Only a view",
        "Weather",
    }  # without a place, and with a picture elsewhere: the report of the way in says so
    came = [(row[0], row[1]) for row in before if row[1] not in stays and row[0] != "myplaces.kmz"]
    homes = {(row[0], row[1]) for row in after}
    assert [row for row in came if row not in homes] == []
    assert [row[:2] for row in after].count(("Fences", "Fence")) == 3
    times = {row[1]: row[2:5] for row in after}
    assert [row[1] for row in after if row[0] == "Bookmarks"] == ["Sites A/B", "Only a view", "Flight"]
    # GDAL leaves out bare years, and tells times in the zone that the file has them in.
    assert times["Fence"] == next(row[2:5] for row in before if row[1] == "Fence")
    assert times["Walk"] == next(row[2:5] for row in before if row[1] == "Walk")
    assert times["Pad"] == ("", "", "2019/05/01 05:30:00+00")
    for name, folder in (("Scan of 1988", "My Places"), ("By its corners", "Geoloupe")):
        (was,), (now,) = ([row for row in rows if row[1] == name] for rows in (before, after))
        assert now[0] == folder
        width, height = QImage.fromData(picture()).size().toTuple()
        left, bottom, right, top = was[5].bounds
        half_a_pixel = min((right - left) / width, (top - bottom) / height) / 2
        mine, theirs = (shapely.get_coordinates(row[5])[:4] for row in (now, was))
        assert np.hypot(*(mine - theirs).T).max() < half_a_pixel


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"valid_from": "2014", "observed_at": "2020"}, "<TimeSpan><begin>2014</begin></TimeSpan>"),
        ({"observed_at": "2024-04-12T08:30Z"}, "<TimeStamp><when>2024-04-12T08:30:00Z</when></TimeStamp>"),
        ({"observed_at": "2019/2020-05"}, "<TimeSpan><begin>2019</begin><end>2020-05</end></TimeSpan>"),
        ({"observed_at": "<b>"}, ""),
        ({}, ""),
    ],
)
def test_times_as_exactly_as_they_are_known(fields: dict[str, str], expected: str) -> None:
    site = Site(uuid="a", geometry=Point(1, 2), props_json='{"earth": {"order": 1}}', **fields)
    assert time_of_mark(site) == expected
    assert time_of_mark(replace(site, props_json="")) == ""


def test_a_path_without_end_is_no_tree_without_end() -> None:
    site = Site(uuid="a", geometry=Point(1, 2), folder=" / ".join(["a"] * 5000), props_json="[]")
    text = folders_of([filed_mark(site, "x")], lambda name, inside: f"({inside})")
    assert text.count("(") == MOST_DEEP + 1
    bare = replace(site, folder=" / ")
    assert folders_of([filed_mark(bare, "x")], lambda name, inside: f"({inside})") == "x"


def test_areas_can_be_seen_through_as_much_as_in_google_earth(tmp_path: Path) -> None:
    """On the map, unless they hide the image; back in Google Earth, all of them."""
    styles = {"half": "<color>8000ff00</color>", "none": "<fill>0</fill>", "all": "<color>ff00ff00</color>"}
    places = "".join(
        f"<Placemark><name>{name}</name><Style><LineStyle><color>40ffffff</color></LineStyle><PolyStyle>{style}"
        f"</PolyStyle></Style>{AREA}</Placemark>"
        for name, style in styles.items()
    )
    document, path = Document(), earth_kmz(tmp_path, places=places)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    sites = {site.label: site for site in document.sites.values()}
    assert {name: fill_of(sites[name]).alpha() for name in styles} == {"half": 128, "none": 0, "all": 46}
    assert [left.name for left in read(path)[0].left if left.kind == "transparent"] == list(styles), "for their lines"
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(document, content_of(document, document.sites)))
    file, _shapes = read(out)
    assert {
        place.name: (place.style.stroke_opacity, place.style.fill_opacity)
        for place in file.places
        if place.name in styles
    } == {
        "half": (0.251, 0.502),
        "none": (0.251, 0.0),
        "all": (0.251, 1.0),
    }
    odd = ('{"earth": {"opacity": 1}}', '{"earth": {"opacity": [2, "a"]}}', '{"opacity": []}', "nonsense")
    assert {fill_of(replace(sites["all"], props_json=text)).alpha() for text in odd} == {46}
