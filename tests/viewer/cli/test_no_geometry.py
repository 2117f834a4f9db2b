"""Layers whose rows have no geometry: they are known at once, and it is said why nothing of them is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from layers.geo.bounds import Bounds
from tests.support.pictures import drawn
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import DONE

KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name></Placemark></Document></kml>'


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in vain is given up before the test is."""
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 8_000)


@pytest.fixture(params=["nulls.geojson", "empty.geojson", "nowhere.kml", "nulls.shp"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    if path.suffix == ".shp":  # it says of itself that it lies at 0, 0
        none, numbers = np.array([None, None], object), [np.arange(2)]
        pyogrio.raw.write(path, none, numbers, ["a"], driver="ESRI Shapefile", geometry_type="Point", crs="EPSG:4326")
        return path
    geometry = None if path.name == "nulls.geojson" else {"type": "Polygon", "coordinates": []}
    features = [{"type": "Feature", "properties": {"a": number}, "geometry": geometry} for number in (1, 2)]
    text = KML if path.suffix == ".kml" else json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text)
    return path


@pytest.mark.bounded_after(1)
def test_rows_without_geometry_do_not_hold_up_a_picture(
    cli: Cli, soon: None, nowhere: Path, points_geojson: Path, tmp_path: Path
) -> None:
    out = tmp_path / "x.png"
    for files in ([nowhere], [nowhere, points_geojson]):
        outcome = cli("render", *files, "--out", out, "--size", "200x150")
        assert outcome.code == DONE
        assert nowhere.name in outcome.sentence
        assert "place: nothing of it is drawn" in outcome.sentence
        assert drawn(out).any() == (len(files) == 2)


@pytest.mark.bounded
def test_a_case_with_such_a_layer_is_exported(
    cli: Cli, soon: None, nowhere: Path, points_geojson: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case.gpkg"
    assert cli("new", case, points_geojson, nowhere).code == DONE
    outcome = cli("export", case, "--out", tmp_path / "x.png", "--size", "400x300")
    assert outcome.code == DONE
    assert nowhere.name in outcome.sentence


@pytest.mark.parametrize("crs", ["EPSG:32652", "EPSG:4326", None])
def test_a_picture_without_a_value_is_said_to_be_one(cli: Cli, tmp_path: Path, crs: str | None) -> None:
    values, out = np.full((1, 300, 400), -1, np.int16), tmp_path / "x.png"
    bounds = {"EPSG:32652": Bounds(4e5, 5e6, 4.1e5, 5.1e6), "EPSG:4326": Bounds(178, 10, 182, 13), None: None}[crs]
    path = write_raster(tmp_path / "empty.tif", values, crs, bounds, nodata=-1)
    outcome = cli("render", path, "--out", out, "--size", "200x150")
    assert outcome.code == DONE
    assert "Nothing of empty.tif is drawn: at this size no pixel of it has a value." in outcome.err
    assert not drawn(out).any()
    values[0, 120:180, 190:210] = 5
    path = write_raster(tmp_path / "nearly.tif", values, crs, bounds, nodata=-1)
    assert "Nothing" not in cli("render", path, "--out", out, "--size", "400x300").err
    assert drawn(out).any()
