"""Tests of what is said of damaged files of features: what, which file, what to do; no word of a library."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from tests.viewer.cli.conftest import Cli, cli  # noqa: F401
from viewer.cli.terminal.command import BAD_INPUT, DONE

RAW = re.compile(
    r"Fatal error|Failed to read|codec can't|malformed|disk image|out of bounds|No such file|Invalid offset|no such"
    r"|Exception|unreadable, or corrupt|sqlite3|XLSX:|PROJ|\bshx file is"
)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """The folder of sound files named `sound`, of each kind one."""
    places = np.random.default_rng(1).uniform(0, 10, (200, 2))
    shapes = [shapely.Point(place).buffer(0.1) for place in places]
    frame = geopandas.GeoDataFrame({"n": range(200), "t": ["x" * 50] * 200}, geometry=shapes, crs=4326)
    for suffix, driver in (("gpkg", "GPKG"), ("fgb", "FlatGeobuf"), ("geojson", "GeoJSON"), ("shp", "ESRI Shapefile")):
        frame.to_file(tmp_path / f"sound.{suffix}", driver=driver)
    return tmp_path


def said(cli: Cli, file: Path) -> str:  # noqa: F811
    """Everything that is said of a file, in facts and in the refusal."""
    outcome = cli("info", file, "--json")
    assert outcome.code in (DONE, BAD_INPUT)
    return outcome.out + outcome.err


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize("suffix", ["gpkg", "fgb", "geojson"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.97])
def test_files_that_were_cut_off(cli: Cli, sound: Path, suffix: str, share: float) -> None:  # noqa: F811
    data = (sound / f"sound.{suffix}").read_bytes()
    file = sound / f"cut.{suffix}"
    file.write_bytes(data[: int(share * len(data))])
    text = said(cli, file)
    assert not RAW.search(text), text
    assert cli("info", file).code == DONE or "copy or download it again" in text


@pytest.mark.bounded_after(5)
@pytest.mark.sampled(7)
@pytest.mark.parametrize("suffix", ["gpkg", "fgb", "geojson", "shp", "shx", "dbf"])
@pytest.mark.parametrize("seed", range(4))
def test_files_with_other_bytes_here_and_there(cli: Cli, sound: Path, suffix: str, seed: int) -> None:  # noqa: F811
    path, random = sound / f"sound.{suffix}", np.random.default_rng(seed)
    data = bytearray(path.read_bytes())
    for at in random.integers(len(data), size=100).tolist():
        data[at] = random.integers(256)
    path.write_bytes(data)
    file = path.with_suffix(".shp") if suffix in ("shx", "dbf") else path
    text = said(cli, file)
    assert not RAW.search(text), text


TEXTS = {
    "array.json": ("[1, 2, 3]", "save it as GeoJSON"),
    "single.geojson": ("{'type': 'FeatureCollection', 'features': []}", "save it as GeoJSON"),
    "none.geojson": ('{"type": "FeatureCollection"}', "no list of features"),
    "esri.json": (
        '{"geometryType": "esriGeometryPoint", "features": [{"attributes": {}, "geometry": {"x": 1, "y": 2}}]}',
        "save it as GeoJSON or GeoPackage",
    ),
    "deep.json": ('{"type": "FeatureCollection", "features": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
    "number.geojson": (
        '{"type": "FeatureCollection", "features": [\n{"type": "Feature", "properties": {}, "geometry": '
        '{"type": "Point", "coordinates": [1.x, 2]}}]}',
        "damaged at line 2, character ",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_json_that_is_none(cli: Cli, tmp_path: Path, name: str) -> None:  # noqa: F811
    text, words = TEXTS[name]
    (tmp_path / name).write_text(text)
    found = said(cli, tmp_path / name)
    assert words in found
    assert not RAW.search(found), found


@pytest.mark.bounded
def test_a_geopackage_that_lists_what_it_lacks(cli: Cli, sound: Path) -> None:  # noqa: F811
    with closing(sqlite3.connect(sound / "sound.gpkg")) as database, database:
        database.execute("UPDATE gpkg_geometry_columns SET column_name = 'elsewhere'")
    outcome = cli("render", sound / "sound.gpkg", "--out", sound / "x.png", "--size", "64x64")
    assert "lacks a table or column that it lists itself: save it anew" in outcome.sentence


def test_a_workbook_that_is_none(cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<workbook")
    assert "a.xlsx is no workbook that can be read, or damaged: save it anew, or as CSV." in said(
        cli, tmp_path / "a.xlsx"
    )


@pytest.mark.parametrize(
    ("suffix", "data", "words"),
    [
        ("dbf", b"", "The .dbf file of sound.shp is damaged: its features have no attributes."),
        ("dbf", b"hello", "The .dbf file of sound.shp is damaged: its features have no attributes."),
        ("shx", b"", "without its .shx index: it was restored in memory"),
    ],
)
def test_empty_parts_of_a_shapefile(cli: Cli, sound: Path, suffix: str, data: bytes, words: str) -> None:  # noqa: F811
    (sound / f"sound.{suffix}").write_bytes(data)
    facts = cli("info", sound / "sound.shp", "--json").json
    assert any(words in problem for problem in facts["problems"])
    assert facts["layers"][0]["features"] == 200


def test_a_dbf_that_promises_a_thousand_million_rows(cli: Cli, sound: Path) -> None:  # noqa: F811
    data = (sound / "sound.dbf").read_bytes()
    (sound / "sound.dbf").write_bytes(data[:4] + b"\xff\xff\xff\x7f" + data[8:])
    facts = cli("info", sound / "sound.shp", "--json").json
    assert facts["layers"][0]["features"] == 200
    assert any("the last 200 rows of its attributes" in problem for problem in facts["problems"])


def test_an_index_that_does_not_fit(cli: Cli, sound: Path) -> None:  # noqa: F811
    data = (sound / "sound.shx").read_bytes()
    (sound / "sound.shx").write_bytes(data[:100] + b"\x7f" * 80 + data[180:])
    outcome = cli("info", sound / "sound.shp")
    assert outcome.code == DONE or "take the .shx file away, it is made anew" in outcome.err
    assert not RAW.search(outcome.err + outcome.out)
