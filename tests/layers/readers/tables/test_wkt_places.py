"""Geometries as text: curves are listed, an M is kept, and each row's own CRS is heard."""

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from msgspec import convert

from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.rows.row_problems import RowProblems
from layers.readers.tables.wkt_places import from_wkt, is_wkt
from layers.vector.table import VectorInfo
from tests.support.readers.odd_vectors import Odd
from tests.support.readers.raw import raw
from tests.support.readers.stored_blobs import blobs_of
from tests.support.readers.vector_reading import export

POOL = ReaderPool(inline=True)
CURVES = (
    "CIRCULARSTRING (0 0, 1 1, 2 0)",
    "CURVEPOLYGON ((0 0, 1 1, 1 0, 0 0))",
    "COMPOUNDCURVE ((0 0, 1 1), (1 1, 2 0))",
    "MULTICURVE ((0 0, 1 1))",
    "MULTISURFACE (((0 0, 1 1, 1 0, 0 0)))",
)


def table(path: Path, cells: list[str], name: str = "wkt") -> Path:
    path.write_text(f"n,{name}\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells)))
    return path


def probe(path: Path, **options) -> VectorInfo:
    (found,) = POOL.ask(raw("probe", {"path": str(path), "options": options})).header["layers"]
    return convert(found, VectorInfo)


def placed(cells: list[str], crs: str = "") -> tuple[list[tuple[float, float] | None], str, str]:
    problems = RowProblems()
    wkb, found = from_wkt(cells, crs, problems)
    return [None if b is None else shapely.from_wkb(b).coords[0] for b in wkb], found, " ".join(problems.sentences())


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_is_listed_and_the_other_rows_load(tmp_path, curve):
    path = table(tmp_path / "a.csv", ["POINT (1 2)", curve, "LINESTRING (0 0, 3 4)"])
    info = probe(path)
    assert (info.features, info.reading["placed"], info.crs) == (3, 2, "EPSG:4326")
    assert f"Row 3: its geometry “{curve[:40]}” " in " ".join(info.problems)
    drawn = table_from_answer(POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:4326"})))
    assert drawn.fid.tolist() == [2, 4]


def test_words_that_begin_like_a_geometry_are_none():
    assert all(is_wkt(curve) for curve in CURVES)
    assert all(map(is_wkt, ["POINT(1 2)", "point z (1 2 3)", "POINTZM(1 2 3 4)", " SRID=4326; POLYGON EMPTY"]))
    assert not any(map(is_wkt, ["Point of interest", "Tin roof", "Polygon", "curve (left)", "POINTER (1)"]))


@pytest.mark.parametrize(("name", "known"), [("WKT", True), ("what", False)])
def test_a_column_called_wkt_needs_less_agreement_of_its_cells(tmp_path, name, known):
    path = table(tmp_path / "a.csv", ["POINT (1 2)", "unknown", "POINT (3 4)", "none"], name)
    (info,) = POOL.ask(raw("probe", {"path": str(path), "preview": True})).header["layers"]
    assert info["reading"]["columns"] == ({"wkt": name} if known else {})


@pytest.mark.parametrize("to", ["GPKG", "FlatGeobuf"])
def test_points_with_an_m_are_drawn_and_exported(tmp_path, to):
    cells = ["POINT M (1 2 9)", "POINT M (3 4 0.125)"]
    path = table(tmp_path / "a.csv", cells)
    assert len(table_from_answer(POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:4326"})))) == 2
    assert len(POOL.ask(raw("rows", {"path": str(path)})).header["fids"]) == 2
    found = blobs_of(export(Odd("m", path, {}), to, tmp_path / "made"))
    assert sorted(shapely.to_wkt(shapely.from_wkb(found), trim=True)) == cells


def test_each_row_is_moved_from_its_own_crs():
    cells = [
        "SRID=32652;POINT(454321 5747890)",
        "SRID=4326;POINT(128 51)",
        "SRID=3857;POINT Z (14286073 6777000 12)",
        "",
    ]
    places, crs, said = placed(cells)
    assert (crs, said) == ("EPSG:4326", "")
    assert np.allclose([place[:2] for place in places[:3]], [(128.335, 51.88), (128, 51), (128.33, 51.9)], atol=0.1)
    assert places[2][2] == 12
    places, crs, said = placed(cells, "EPSG:32652")
    assert (places[0], crs, said) == ((454321, 5747890), "EPSG:32652", "")
    assert places[1] == pytest.approx(pyproj.Proj(32652)(128, 51))


def test_a_crs_that_all_rows_name_is_that_of_the_column_unless_a_person_says_another():
    cells = ["SRID=32652;POINT(454321 5747890)", "SRID=32652;POINT(454322 5747890)"]
    for said, found in (("", "EPSG:32652"), ("EPSG:32651", "EPSG:32651")):
        assert placed(cells, said)[:2] == ([(454321, 5747890), (454322, 5747890)], found)
    assert placed(["SRID=0;POINT(1 2)"])[1] == "EPSG:4326"
    assert placed(["POINT(454321 5747890)"])[1] == ""


def test_rows_that_cannot_be_moved_are_listed():
    places, crs, said = placed(
        [
            "SRID=32652;POINT(454321 5747890)",
            "SRID=999999;POINT(1 2)",
            "POINT(128 51)",
            "SRID=4326;POINT M (128 51 7)",
            "SRID=3857;POINT(1e30 1e30)",
        ]
    )
    assert (crs, [place is not None for place in places]) == ("EPSG:4326", [True, False, False, True, False])
    assert "Row 2: its SRID 999999 is no CRS that is known." in said
    assert "Row 3: it names no CRS, as other rows do" in said
    assert "Row 5" in said
    places, crs, said = placed(["SRID=32652;POINT(454321 5747890)", "SRID=4326;POINT M (128 51 7)"], "EPSG:32652")
    assert places[1] is None
    assert "Row 2: its M would be lost on the way from WGS 84 (EPSG:4326) to WGS 84 / UTM zone 52N" in said
    places, crs, said = placed(["SRID=999999;POINT(454321 5747890)"])
    assert (places, crs) == ([None], "")
    assert placed(["SRID=999999;POINT(454321 5747890)"], "EPSG:32652")[0] == [(454321, 5747890)]
