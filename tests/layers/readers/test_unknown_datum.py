"""CRSs of which only the ellipsoid is known are told, as they may lie some hundred metres off."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.readers.unknown_datum import datum_sentence, unknown_datum
from layers.requests.probe import Probe
from tests.support.readers.tiny_rasters import surface, write_raster

ROUNDED = (
    'PROJCS["GK 8",GEOGCS["42",DATUM["S42",SPHEROID["Krassowsky",6378245,298.299738]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",45],PARAMETER["scale_factor",1],PARAMETER["false_easting",8500000],'
    'PARAMETER["false_northing",0],UNIT["metre",1]]'
)


@pytest.mark.parametrize("crs", [ROUNDED, "+proj=utm +zone=38 +ellps=krass +units=m", "+proj=longlat +ellps=intl"])
def test_an_ellipsoid_alone_is_no_datum(crs: str) -> None:
    assert unknown_datum(crs)
    assert "may lie some hundred metres off" in datum_sentence("a.tif", crs)


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4326",
        "EPSG:3857",
        "EPSG:32638",
        "EPSG:28408",
        "EPSG:4230",
        "EPSG:4284",
        "EPSG:2056",
        "EPSG:27700",
        "EPSG:4547",
        "+proj=utm +zone=38 +ellps=WGS84",
        "+proj=utm +zone=38 +ellps=GRS80",
        "+proj=longlat +R=6371000",
        "+proj=tmerc +lon_0=45 +ellps=krass +towgs84=23.57,-140.95,-79.8,0,0.35,0.79,-0.22",
        "+proj=longlat +a=6378137 +rf=298.257",
        "",
    ],
)
def test_datums_that_are_known_or_near_need_no_word(crs: str) -> None:
    assert unknown_datum(crs) == ""


@pytest.mark.bounded
def test_an_image_and_features_in_one_say_so(tmp_path: Path) -> None:
    bounds = Bounds(8_400_000, 5_500_000, 8_401_280, 5_501_280)
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), ROUNDED, bounds)
    pool = ReaderPool(inline=True)
    assert any("only the ellipsoid is known" in one for one in pool.ask(Probe(str(path))).header["raster"]["problems"])
    table = tmp_path / "a.csv"
    table.write_text("lat,lon\n1,2\n")
    assert "ellipsoid" not in json.dumps(pool.ask(Probe(str(table))).header)
