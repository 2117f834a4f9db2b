"""Shapefiles whose parts do not fit together: what is whole loads, and what is wrong is said."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layer

POOL = ReaderPool(inline=True)
NAMES = ["Восточный", "Плесецк", "Байконур"]


def shapefile(folder: Path, encoding: str = "utf-8", driver: str = "ESRI Shapefile", suffix: str = "shp") -> Path:
    points = shapely.to_wkb(np.array([shapely.Point(128 + i, 51) for i in range(3)], object))
    path = folder / f"a.{suffix}"
    more = {"encoding": encoding} if suffix == "shp" else {}
    columns = [np.array(NAMES, object), np.array([12345, 67890, 13579])]
    pyogrio.raw.write(
        path, points, columns, ["имя", "n"], driver=driver, geometry_type="Point", crs="EPSG:4326", **more
    )
    return path


def columns_of(path: Path) -> dict[str, list[Any]]:
    return rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None).columns


@pytest.mark.bounded
@pytest.mark.parametrize("text", ["GEOGCS[broken", "\0\0\0\0 nonsense", "<html>"])
def test_a_prj_that_is_no_crs_costs_the_crs_alone(tmp_path, text):
    path = shapefile(tmp_path)
    path.with_suffix(".prj").write_text(text)
    info = probed_layer(path)
    assert (info.features, info.crs, info.bounds) == (3, "", (128, 51, 130, 51))
    assert "The .prj file of a.shp is no CRS that can be read." in info.problems
    assert columns_of(path)["имя"] == NAMES


@pytest.mark.parametrize("named", ["ISO-8859-1", "1252", "1251"])
def test_texts_in_utf_8_are_read_so_whatever_the_cpg_says(tmp_path, named):
    path = shapefile(tmp_path)
    path.with_suffix(".cpg").write_text(named)
    info = probed_layer(path)
    assert info.reading["encoding"] == "utf-8"
    assert info.reading["encoding_evidence"].startswith("its bytes are valid UTF-8; the .cpg file says ")
    assert columns_of(path)["имя"] == NAMES


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_attributes_that_were_cut_off_cost_their_rows_alone(tmp_path, cut):
    """Half a number would be another number."""
    path = shapefile(tmp_path)
    dbf = path.with_suffix(".dbf")
    whole = dbf.read_bytes().removesuffix(b"\x1a")
    dbf.write_bytes(whole[:-cut])
    lost = 1 if cut < 100 else 2
    kept = 3 - lost
    info = probed_layer(path)
    assert info.features == 3
    rows = "1 row of its attributes is" if lost == 1 else "2 rows of its attributes are"
    assert f"The .dbf file of a.shp is cut off: the last {rows} lost, in part or whole." in info.problems
    columns = columns_of(path)
    assert columns["n"] == [12345, 67890, 13579][:kept] + [None] * lost
    assert columns["имя"] == NAMES[:kept] + [None] * lost


@pytest.mark.parametrize("has_index", [True, False])
@pytest.mark.parametrize("cut", [1, 10, 30])
def test_geometries_that_were_cut_off_cost_their_rows_a_place(tmp_path, cut, has_index):
    path = shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])
    if not has_index:
        path.with_suffix(".shx").unlink()
    lost = 1 if cut < 28 else 2
    info = probed_layer(path)
    assert info.features == 3
    assert "a.shp is cut off: the rows behind its last whole geometry have none." in info.problems
    rows = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None)
    assert rows.columns["имя"] == NAMES
    assert [one is None for one in rows.wkb] == [False] * (3 - lost) + [True] * lost


def test_a_shapefile_without_a_whole_geometry_is_refused(tmp_path):
    path = shapefile(tmp_path)
    path.write_bytes(path.read_bytes()[:110])
    with pytest.raises(NotReadable, match="no whole geometry"):
        probed_layer(path)


def test_a_geopackage_that_does_not_know_its_crs_asks_for_it(tmp_path):
    path = shapefile(tmp_path, driver="GPKG", suffix="gpkg")
    for undefined in (0, -1):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (undefined,))
            database.execute("UPDATE gpkg_contents SET srs_id = ?", (undefined,))
        info = probed_layer(path)
        assert info.crs == ""
        assert any("does not say in which CRS it is" in problem for problem in info.problems)
