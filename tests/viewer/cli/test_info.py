"""Tests of what a raster, a vector, a case and a service are said to be: keys as the contract of the command line."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import pytest
import rasterio.shutil

from tests.support.readers import tiny_archives, tiny_deliveries
from tests.support.readers.odd_vectors import odd_vectors
from tests.support.readers.tiny_hdf5 import FILES
from tests.support.wmts_documents import capabilities, layer, mercator
from tests.viewer.cli.conftest import write_scene
from viewer.cli.terminal.command import BAD_INPUT, DONE

COMMON = ["kind", "driver", "crs", "bounds_lonlat", "problems"]
RASTER = [*COMMON, "width", "height", "bands", "overviews", "acquisition"]
VECTOR = [*COMMON, "layers"]
CASE = [*COMMON, "schema_version", "sites", "claims", "sources", "responses", "chips", "layers"]


def test_raster(cli, tmp_path: Path) -> None:
    facts = cli("info", write_scene(tmp_path / "a.tif", overviews=(2, 4)), "--json").json
    assert list(facts) == RASTER
    assert (facts["kind"], facts["driver"], facts["crs"], facts["problems"]) == ("raster", "GTiff", "EPSG:4326", [])
    assert facts["bounds_lonlat"] == pytest.approx([10, 50, 11, 51])
    assert (facts["width"], facts["height"], facts["overviews"]) == (256, 256, [2, 4])
    assert facts["bands"] == [{"dtype": "uint8", "nodata": None, "description": ""}] * 3
    assert facts["acquisition"] == {"at": None, "date_kind": "unknown", "credit": ""}


def test_the_shipped_picture_says_its_credit(cli, demo: Path) -> None:
    facts = cli("info", demo.with_name("blue_marble.tif"), "--json").json
    assert facts["acquisition"] == {
        "at": None,
        "date_kind": "composite",
        "credit": "NASA Blue Marble Next Generation",
        "facts": {"Licence": "NASA media, free to use with credit"},
        "notes": ["Described in the file as “Blue Marble Next Generation: composite of 2004, month not stated”."],
    }


def test_raster_without_crs_is_described_with_its_problem(cli, tmp_path: Path) -> None:
    outcome = cli("info", write_scene(tmp_path / "nowhere.tif", crs=None), "--json")
    assert outcome.code == DONE
    assert (outcome.json["crs"], outcome.json["bounds_lonlat"]) == ("", None)
    assert any("CRS" in problem for problem in outcome.json["problems"])


def test_vector_and_a_geopackage_of_someone_else(cli, points_geojson: Path, foreign_gpkg: Path) -> None:
    facts = cli("info", points_geojson, "--json").json
    assert list(facts) == VECTOR
    assert (facts["kind"], facts["crs"]) == ("vector", "EPSG:4326")
    assert facts["bounds_lonlat"] == pytest.approx([10.25, 50.25, 10.75, 50.75])
    layer = facts["layers"][0]
    assert list(layer) == ["name", "geometry", "features", "fields"]
    assert (layer["features"], [field["name"] for field in layer["fields"]]) == (2, ["name", "notes"])
    other = cli("info", foreign_gpkg, "--json").json
    assert (other["kind"], other["driver"], other["layers"][0]["name"]) == ("vector", "GPKG", "things")


def test_a_geopackage_of_features_and_tiles_lists_both(cli, foreign_gpkg: Path, tmp_path: Path) -> None:
    add_tiles(foreign_gpkg, write_scene(tmp_path / "a.tif"))
    facts = cli("info", foreign_gpkg, "--json").json
    assert list(facts) == [*VECTOR, "pictures"]
    assert (facts["kind"], [layer["name"] for layer in facts["layers"]]) == ("vector", ["things"])
    (picture,) = facts["pictures"]
    assert (picture["name"], picture["crs"]) == ("TILES", "EPSG:4326")
    assert min(picture["width"], picture["height"]) >= 256
    assert facts["bounds_lonlat"] == pytest.approx([10, 50, 11, 51])
    assert "1. name TILES, width" in cli("info", foreign_gpkg).out


def test_several_pictures_of_a_file_are_listed(cli, tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(FILES["eos5"])
    facts = cli("info", tmp_path / "a.h5", "--json").json
    assert list(facts) == [*RASTER, "pictures"]
    assert [one["name"].rpartition("/")[2] for one in facts["pictures"]] == ["Cloud", "Red"]


def add_tiles(path: Path, picture: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(picture, path, driver="GPKG", APPEND_SUBDATASET="YES", RASTER_TABLE="TILES")


def test_case_and_what_it_says_about_itself(cli, demo: Path) -> None:
    facts = cli("info", demo, "--json").json
    assert list(facts) == CASE
    assert {key: facts[key] for key in CASE[5:]} == {
        "schema_version": 3,
        "sites": 60,
        "claims": 12,
        "sources": 29,
        "responses": 2,
        "chips": 0,
        "layers": 3,
    }
    told = cli("info", demo).out
    assert "note: No open scene over Russia, China or Kazakhstan was found in any package" in told
    assert "hold off on directly arming Russia" in told


def test_service_without_contacting_it(cli) -> None:
    facts = cli("info", "https://tiles.example.org/{z}/{x}/{y}.png", "--json").json
    assert list(facts)[:5] == COMMON
    assert (facts["kind"], facts["template"]) == ("service", "https://tiles.example.org/{z}/{x}/{y}.png")
    dated = cli("info", "gibs:VIIRS_NOAA20_CorrectedReflectance_TrueColor@2024-04-12", "--json").json
    assert dated["time"] == "2024-04-12"
    assert "GIBS" in dated["attribution"]


@pytest.mark.parametrize(
    "text", ["https://example.org/no/holders.png", "gibs:Nothing", "gibs:VIIRS_NOAA20_CorrectedReflectance_TrueColor"]
)
def test_a_service_that_cannot_be(cli, text: str) -> None:
    outcome = cli("info", text)
    assert outcome.code == BAD_INPUT
    assert outcome.sentence


def test_each_vector_format(cli, tmp_path: Path) -> None:
    """The odd files of the readers' tests: each is described with its kind, its place and its columns."""
    drivers = set()
    odds = {odd.name: odd for odd in odd_vectors(tmp_path)}
    for name in (
        "int64",
        "GeoJSON by lines",
        "a GeoPackage",
        "a shapefile in cp1251 that does not say so",
        "a FlatGeobuf",
        "KML with folders",
        "KMZ",
        "GPX with a broken time",
        "a table in cp1251",
    ):
        facts = cli("info", odds[name].path, "--json").json
        drivers.add(facts["driver"])
        assert (facts["kind"], facts["crs"]) == ("vector", "EPSG:4326"), name
        assert facts["bounds_lonlat"]
        assert {field["name"] for field in facts["layers"][0]["fields"]} >= set(odds[name].columns), name
    assert drivers == {"GeoJSON", "GeoJSONSeq", "GPKG", "ESRI Shapefile", "FlatGeobuf", "KML", "KMZ", "GPX", "CSV"}


def test_all_tables_of_a_file_are_taken(cli, tmp_path: Path) -> None:
    gpx = tmp_path / "a.gpx"
    gpx.write_text("<gpx><wpt lat='1' lon='2'/><rte><rtept lat='1' lon='2'/><rtept lat='3' lon='4'/></rte></gpx>")
    assert cli("new", tmp_path / "case.gpkg", gpx).code == DONE
    assert cli("info", tmp_path / "case.gpkg", "--json").json["layers"] == 2


def test_numbers_without_a_word_in_json_are_texts(cli, tmp_path: Path) -> None:
    for nodata, said in ((float("inf"), "inf"), (float("-inf"), "-inf"), (float("nan"), "nan")):
        path = tmp_path / f"{said}.tif"
        place = {"crs": "EPSG:4326", "transform": rasterio.transform.from_origin(10, 50, 1, 1)}
        with rasterio.open(path, "w", "GTiff", 4, 4, 1, dtype="float32", nodata=nodata, **place):
            pass
        text = cli("info", path, "--json").out
        assert not {"Infinity", "NaN"} & set(re.findall(r"\w+", text))
        assert json.loads(text, parse_constant=pytest.fail)["bands"][0]["nodata"] == said


def test_info_says_scale_offset_level_and_notes(cli, tmp_path: Path) -> None:
    facts = cli("info", tiny_deliveries.sentinel2(tmp_path, "2A"), "--json").json
    red = next(band for band in facts["bands"] if band["description"] == "B04")
    assert (red["scale"], red["offset"], red["unit"], red["gsd_m"]) == (1e-4, -0.1, "reflectance", 10.0)
    known = facts["acquisition"]
    assert known["basis"] == "the delivery's metadata"
    assert {"Processing level: Level-2A.", "Processing baseline 05.00."} <= set(known["notes"])
    radar = cli("info", tiny_archives.sentinel1(tmp_path), "--json").json["acquisition"]
    assert radar["facts"]["Incidence (at the ground)"] == "38.9°"
    assert "It is not terrain-corrected; heights displaced." in radar["notes"]


def test_info_says_what_the_file_itself_tells_of_its_acquisition(cli, tmp_path: Path) -> None:
    path = write_scene(tmp_path / "a.tif")
    with rasterio.open(path, "r+") as file:
        file.update_tags(ACQUISITION_DATETIME="2021-05-06T07:08:09Z", SATELLITE="Umbra-04")
    known = cli("info", path, "--json").json["acquisition"]
    assert (known["at"], known["date_kind"]) == ("2021-05-06T07:08:09Z", "instant")
    assert (known["basis"], known["facts"]) == ("metadata in or beside the file", {"Platform": "Umbra-04"})


def test_a_saved_document_of_a_service(cli, tmp_path: Path) -> None:
    (tmp_path / "capabilities.xml").write_bytes(capabilities(mercator(), layer()))
    outcome = cli("info", tmp_path / "capabilities.xml", "--json")
    assert outcome.code == DONE
    assert list(outcome.json) == ["kind", "service", "title", "problems", "layers"]
    assert (outcome.json["kind"], outcome.json["service"], outcome.json["problems"]) == ("service", "wmts", [])
    assert [shown["name"] for shown in outcome.json["layers"]] == ["scenes"]
    assert "service: wmts" in cli("info", tmp_path / "capabilities.xml").out


def test_a_refusal_of_a_server_and_a_document_of_no_service(cli, tmp_path: Path) -> None:
    (tmp_path / "refusal.json").write_text('{"error": {"code": 499, "message": "Token Required"}}')
    (tmp_path / "other.json").write_text('{"name": "x"}')
    refusal, other = cli("info", tmp_path / "refusal.json", "--json"), cli("info", tmp_path / "other.json", "--json")
    assert (refusal.code, other.code) == (BAD_INPUT, BAD_INPUT)
    assert "Token Required" in refusal.err
    assert "damaged" not in other.err
