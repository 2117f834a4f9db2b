"""Copies of places and of the map's picture, from the Edit menu of the real window."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from shapely import LineString, Point, Polygon

import sample_data
from layers.document.claim import Claim
from layers.document.rows import ClaimSite, ClaimSource
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.measure import distance_m
from tests.support.windows import opened, take_up, texts
from tests.viewer.app.conftest import settle
from viewer.app.actions.menu_bar import palette_entries
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.export.data.copied_place import CopiedPlace, PlaceForm

KML = "{http://www.opengis.net/kml/2.2}"


def _clip() -> str:
    return QGuiApplication.clipboard().text()


@pytest.fixture
def marked(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.new_case()
    edit = add_site(
        window.session.document,
        Point(128.334, 51.884),
        actor="me",
        uuid="pad",
        label="Pad <1S> & more",
        position_error_m=40.0,
        position_basis="published coordinate of the site",
    )
    window.session.push(edit)
    settle(window, qtbot)
    window.selection.set({"pad"})
    return window


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("form", [PlaceForm.DD, PlaceForm.DMS, PlaceForm.DDM, PlaceForm.UTM, PlaceForm.MGRS])
def test_the_place_of_the_selected_site_is_copied_in_each_notation(marked: MainWindow, form: PlaceForm) -> None:
    marked.action_table[f"copy_place_{form.name.lower()}"].trigger()
    read = parse_coordinate(_clip())
    assert read.notation == form.value
    assert distance_m(read.lon, read.lat, 128.334, 51.884) < 100
    assert 1 < read.error_m < 100, "as many digits as the error allows"
    assert _clip() in texts(marked)


@pytest.mark.bounded
def test_as_geojson_and_kml_it_is_a_feature_with_its_error(marked: MainWindow) -> None:
    marked.action_table["copy_place_geojson"].trigger()
    feature = json.loads(_clip())
    assert feature["geometry"] == {"type": "Point", "coordinates": [128.334, 51.884]}
    assert feature["properties"] == {
        "name": "Pad <1S> & more",
        "position_basis": "published coordinate of the site",
        "position_error_m": 40.0,
    }
    marked.action_table["copy_place_kml"].trigger()
    placemark = ElementTree.fromstring(_clip().encode()).find(f"{KML}Placemark")
    assert placemark.findtext(f"{KML}name") == "Pad <1S> & more"
    lon, lat = placemark.findtext(f"{KML}Point/{KML}coordinates").split(",")
    assert (float(lon), float(lat)) == (128.334, 51.884)


@pytest.mark.bounded
def test_as_a_sentence_it_says_how_well_it_is_known(marked: MainWindow) -> None:
    marked.action_table["copy_place_sentence"].trigger()
    said = _clip()
    assert said.startswith("Pad <1S> & more lies at 51°53'02")
    assert "MGRS 52U" in said
    assert "WGS 84" in said
    assert "known to 40 m (90 %). Position: published coordinate of the site." in said


@pytest.mark.bounded
def test_without_a_site_the_middle_of_the_map_is_copied(marked: MainWindow, qtbot: QtBot) -> None:
    marked.selection.clear()
    marked.views.show_bounds(Bounds(37.5, 55.6, 37.7, 55.8))
    marked.action_table["copy_place_dd"].trigger()
    read = parse_coordinate(_clip())
    assert (read.lon, read.lat) == (pytest.approx(37.6, abs=1e-3), pytest.approx(55.7, abs=1e-3))
    assert "middle of the map" in texts(marked)
    marked.action_table["copy_place_sentence"].trigger()
    assert "read off the map to about" in _clip()


@pytest.mark.bounded
def test_each_copy_is_found_in_the_palette_by_its_whole_name(marked: MainWindow) -> None:
    names = [entry.text for entry in palette_entries(marked.action_table, marked.palette())]
    assert "Copy Place As: MGRS" in names
    assert len([name for name in names if name.startswith("Copy Place As: ")]) == len(PlaceForm)


def _site(geometry: object, error_m: float | None = None) -> CopiedPlace:
    return CopiedPlace.of_site(Site(uuid="s", geometry=geometry, label="A", position_error_m=error_m))  # type: ignore[arg-type]


def test_what_is_known_to_no_better_than_a_kilometre_is_no_pin() -> None:
    loose = _site(Point(100.3, 40.96), 3000.0)
    feature = json.loads(loose.text(PlaceForm.GEOJSON))
    assert feature["geometry"]["type"] == "Polygon"
    lon, lat = feature["geometry"]["coordinates"][0][0]
    assert distance_m(lon, lat, 100.3, 40.96) == pytest.approx(3000, rel=0.02)
    assert "<Polygon>" in loose.text(PlaceForm.KML)
    assert "lies within 3 km (90 %) of" in loose.text(PlaceForm.SENTENCE)


def test_lines_and_areas_keep_their_shape_and_are_cut_at_the_antimeridian() -> None:
    line = _site(LineString([(170, 50), (190, 55)]))
    assert json.loads(line.text(PlaceForm.GEOJSON))["geometry"]["type"] == "MultiLineString"
    assert line.text(PlaceForm.KML).count("<LineString>") == 2
    ring = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    kml = _site(ring).text(PlaceForm.KML)
    assert kml.count("<outerBoundaryIs>") == kml.count("<innerBoundaryIs>") == 1
    assert "was not judged" in _site(ring).text(PlaceForm.SENTENCE)


@pytest.mark.bounded
def test_a_site_off_the_earth_is_not_copied(window: MainWindow, qtbot: QtBot) -> None:
    take_up(window, qtbot, sites=[Site(uuid="lost", geometry=Point(0, math.inf))])
    QGuiApplication.clipboard().setText("before")
    window.selection.set({"lost"})
    window.action_table["copy_place_dd"].trigger()
    assert _clip() == "before"
    assert "Nothing is copied" in texts(window)


@pytest.mark.bounded
def test_the_picture_of_the_map_is_copied_with_its_credits(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    QGuiApplication.clipboard().clear()
    opened(window, sample_data.path("blue_marble.tif"), qtbot)
    window.action_table["copy_picture"].trigger()
    settle(window, qtbot)
    image = QGuiApplication.clipboard().image()
    ratio = window.canvas.viewport.view().ratio
    assert image.width() == round(window.canvas.width() * ratio)
    assert image.height() > window.canvas.height() * ratio, "the credits stand below the map"
    assert "on the clipboard" in texts(window)
    strip = range(image.height() - 40, image.height() - 14)
    below = [image.pixelColor(x, y).value() for x in range(image.width()) for y in strip]
    assert min(below) < 128 < max(below), "there is text"
    image.save(str(tmp_path / "copied.png"))


@pytest.mark.bounded
@pytest.mark.parametrize("is_supported", [False, True])
def test_a_copied_picture_is_stamped_where_it_could_not_be_issued(
    window: MainWindow, qtbot: QtBot, is_supported: bool
) -> None:
    """A judgement of ours on a mark in it that rests on nothing keeps any product of it from being issued."""
    take_up(
        window,
        qtbot,
        sites=[Site(uuid="pier", geometry=Point(10, 50), label="Pier")],
        claims=[Claim(uuid="c", statement="A pier is built.", voice="analyst", state="assessed")],
        claim_sites=[ClaimSite(uuid="l", claim_uuid="c", site_uuid="pier")],
        claim_sources=[ClaimSource(uuid="q", claim_uuid="c", source_uuid="s")] if is_supported else [],
        sources=[Source(uuid="s", title="A report")],
    )
    window.action_table["copy_picture"].trigger()
    settle(window, qtbot)
    image = QGuiApplication.clipboard().image()
    edges = ((1, 1), (image.width() // 2, image.height() - 2))
    assert {image.pixelColor(x, y).name() == "#8c1d18" for x, y in edges} == {not is_supported}
