"""Vectors whose CRS nobody can use: shown by themselves or in pixel space, with a sentence, never refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from tests.support.crs_off_earth import GRID, MOON_DEGREES
from tests.support.pictures import drawn
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import DONE

pytestmark = pytest.mark.bounded

BOX = shapely.box(1, 2, 3, 4)
HEIGHT = 'VERT_CS["EGM96",VERT_DATUM["EGM96 geoid",2005],UNIT["metre",1],AXIS["Up",UP]]'
DOCK = 'ENGCRS["Shipyard",EDATUM["Dock corner"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
GRID_WITH_HEIGHT = f'COMPD_CS["site + h",{GRID},{HEIGHT}]'
CENTRE = (
    'GEOCCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["metre",1]]'
)
FULLER = (
    'PROJCS["World_Fuller",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Fuller"],PARAMETER["False_Easting",0],'
    'PARAMETER["False_Northing",0],PARAMETER["Option",0],UNIT["Meter",1]]'
)
DATES = 'TIMECRS["t",TDATUM["Gregorian"],CS[TemporalDateTime,1],AXIS["time (T)",future]]'
ODD = {
    "grid": (GRID, "no place on the Earth"),
    "dock": (DOCK, "no place on the Earth"),
    "grid with height": (GRID_WITH_HEIGHT, "no place on the Earth"),
    "Moon": (MOON_DEGREES, "no place on the Earth"),
    "Fuller": (FULLER, "no way to other maps is known"),
    "height": (HEIGHT, "pixel space"),
    "centre": (CENTRE, "pixel space"),
    "nonsense": ("this is no CRS at all", "pixel space"),
    "cut off": (GRID[:20], "pixel space"),
    "none": ("", "pixel space"),
}


def geopackage(folder: Path, crs: str) -> Path:
    path = folder / "odd.gpkg"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[BOX], crs="EPSG:32631").to_file(path)
    with closing(sqlite3.connect(path)) as database, database:
        row = ("odd", 200_000, "NONE", 200_000, crs)
        columns = "srs_name, srs_id, organization, organization_coordsys_id, definition"
        database.execute(f"INSERT INTO gpkg_spatial_ref_sys ({columns}) VALUES (?, ?, ?, ?, ?)", row)
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            database.execute(f"UPDATE {table} SET srs_id = 200000")
    return path


def shapefile(folder: Path, crs: str) -> Path:
    path = folder / "odd.shp"
    geopandas.GeoDataFrame({"n": [1]}, geometry=[BOX], crs="EPSG:32631").to_file(path)
    path.with_suffix(".prj").write_text(crs)
    return path


def flatgeobuf(folder: Path, crs: str) -> Path:
    """OGR refuses to write some of them: they take the place of another text of their length."""
    path, stand_in = folder / "odd.fgb", f'LOCAL_CS["{"x" * 600}",UNIT["metre",1]]'
    box = np.array([shapely.to_wkb(BOX)], object)
    pyogrio.raw.write(path, box, [np.array([1])], ["n"], geometry_type="Polygon", crs=stand_in, driver="FlatGeobuf")
    data = path.read_bytes()
    start = data.index(b"ENGCRS[")
    length = int.from_bytes(data[start - 4 : start], "little")
    assert len(crs.encode()) <= length
    path.write_bytes(data[:start] + crs.encode().ljust(length) + data[start + length :])
    return path


def geojson(folder: Path, crs: str) -> Path:
    path = folder / "odd.geojson"
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": crs}},
                "features": [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(BOX)}],
            }
        )
    )
    return path


@pytest.mark.sampled(10)
@pytest.mark.parametrize(
    ("write", "kind"),
    [
        *((geopackage, kind) for kind in ODD),
        *((shapefile, kind) for kind in ("grid", "Fuller", "height", "nonsense")),
        *((flatgeobuf, kind) for kind in ("dock", "Moon", "centre", "cut off", "none")),
    ],
)
def test_it_is_drawn_with_a_sentence(cli: Cli, tmp_path: Path, write, kind: str) -> None:
    crs, words = ODD[kind]
    file, out = write(tmp_path, crs), tmp_path / "x.png"
    facts = cli("info", file, "--json")
    assert facts.code == DONE
    assert facts.json["bounds_lonlat"] is None
    outcome = cli("render", file, "--out", out, "--size", "100x100")
    assert outcome.code == DONE
    assert words in outcome.sentence
    assert drawn(out).mean() > 0.9
    case = tmp_path / "case.gpkg"
    assert cli("new", case, file).code == DONE
    outcome = cli("render", case, "--out", out, "--size", "100x100")
    assert outcome.code == DONE
    assert drawn(out).mean() > 0.9
    assert "PROJ" not in outcome.err + facts.out


@pytest.mark.parametrize("name", ["EPSG:5773", "EPSG:4978", "local", "EPSG:0", "IAU_2015:30100", "ESRI:104905", GRID])
def test_a_geojson_that_names_one_is_drawn(cli: Cli, tmp_path: Path, name: str) -> None:
    file, out = geojson(tmp_path, name), tmp_path / "x.png"
    facts = cli("info", file, "--json").json
    is_plane = name in ("IAU_2015:30100", "ESRI:104905", GRID)
    words = "no place on the Earth" if is_plane else "it is shown as WGS 84; check its CRS"
    assert any(words in problem for problem in facts["problems"])
    assert (facts["bounds_lonlat"] is None) == is_plane
    outcome = cli("render", file, "--out", out, "--size", "100x100")
    assert outcome.code == DONE
    assert drawn(out).mean() > 0.7


@pytest.mark.parametrize(("kind", "words"), [("height", "tells heights only"), ("centre", "middle of the Earth")])
@pytest.mark.parametrize("write", [geopackage, shapefile, flatgeobuf])
def test_it_is_said_why_a_named_crs_places_nothing(cli: Cli, tmp_path: Path, write, kind: str, words: str) -> None:
    facts = cli("info", write(tmp_path, ODD[kind][0]), "--json").json
    assert any(words in problem for problem in facts["problems"])


def test_a_prj_in_other_spellings_is_read(cli: Cli, tmp_path: Path) -> None:
    box = shapely.box(448000, 5411000, 449000, 5412000)
    geopandas.GeoDataFrame({"n": [1]}, geometry=[box], crs="EPSG:32631").to_file(tmp_path / "odd.shp")
    for text in ("EPSG:32631", "+proj=utm +zone=31 +datum=WGS84", pyproj.CRS("EPSG:32631").to_wkt("WKT2_2019")):
        (tmp_path / "odd.prj").write_text(text)
        assert cli("info", tmp_path / "odd.shp", "--json").json["bounds_lonlat"][0] == pytest.approx(2.29, abs=0.01)
        outcome = cli("render", tmp_path / "odd.shp", "--out", tmp_path / "x.png", "--size", "100x100")
        assert (outcome.code, outcome.err) == (DONE, "")


def test_heights_beside_places_do_not_take_the_places_away(cli: Cli, points_geojson: Path, tmp_path: Path) -> None:
    """UTM with heights, for a layer of a case: it was said to tell heights only."""
    file = tmp_path / "field.shp"
    box = shapely.box(448000, 5411000, 449000, 5412000)
    geopandas.GeoDataFrame({"n": [1]}, geometry=[box], crs="EPSG:32631").to_file(file)
    file.with_suffix(".prj").unlink()
    outcome = cli("render", file, "--out", tmp_path / "x.png", "--size", "100x100", "--crs-of-data", "EPSG:32631+5773")
    assert (outcome.code, outcome.err) == (DONE, "")
    assert drawn(tmp_path / "x.png").mean() > 0.7
