"""New kinds lie where GDAL lays them, within half a pixel, with the values that GDAL reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import rasterio
import shapely
from msgspec import convert

from layers.decoding import encoded
from layers.geo.crs import same_crs
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.raster.scene import SceneInfo
from layers.readers.door import ops
from layers.requests.imagery import ReadTile
from layers.requests.probe import Probe
from tests.support.readers import tiny_archives as sold
from tests.support.readers import tiny_deliveries as tiny
from tests.support.readers.raw import raw
from tests.support.readers.tiny_geodatabase import geodatabase
from tests.support.readers.tiny_gml import SHORT, gml, member, point
from tests.support.readers.tiny_kmz import BOX, kmz, overlay

POOL = ReaderPool(inline=True)


def of_scene(path: Path, band: str, peer: rasterio.DatasetReader) -> tuple[np.ndarray, np.ndarray]:
    """Values and mask of a band on the grid that GDAL gives its file."""
    header, _ = ops.run("probe", {"path": str(path), "canvas_crs": "EPSG:3857"})
    scene = convert(json.loads(json.dumps(header["scene"])), SceneInfo)
    (place,) = [encoded(one.place) for one in scene.bands if one.name == band]
    grid = {"crs": peer.crs.to_string(), "affine": list(peer.transform)[:6], "width": peer.width, "height": peer.height}
    return ops.run("tile", {"path": str(path), "bands": [place], "resampling": "nearest", **grid})[1]


def test_landsat_in_its_tar(tmp_path: Path) -> None:
    folder = tiny.landsat(tmp_path, 2)
    archive = sold.tar_of(folder, tmp_path / "LC08.tar")
    red = next(folder.glob("*SR_B4.TIF")).name
    with rasterio.open(f"/vsitar/{archive}/{red}") as peer:
        values, mask = of_scene(archive, "B4", peer)
        expected = peer.read(1, masked=True)
    assert (mask == ~np.ma.getmaskarray(expected)).all()
    assert (values[0][mask] == expected.data[mask]).all()


@pytest.mark.bounded
def test_both_granules_of_sentinel_2_of_before_2016(tmp_path: Path) -> None:
    safe = sold.old_sentinel2(tmp_path)
    files = sorted(safe.glob("GRANULE/*/IMG_DATA/*_B04.jp2"))
    assert len(files) == 2
    for file in files:
        with rasterio.open(file) as peer:
            values, mask = of_scene(safe, "B04", peer)
            expected = peer.read(1)
        assert mask.all()
        assert (values[0] == expected).all()


def test_an_overlay_of_a_kmz(tmp_path: Path) -> None:
    path = kmz(tmp_path, overlay(BOX.format("")))
    ours = POOL.ask(Probe(str(path), "files/a.png")).header["raster"]
    with rasterio.open(path, driver="KMLSUPEROVERLAY") as peer:
        expected, bounds, affine = peer.read((1, 2, 3)), peer.bounds, peer.transform
    assert ours["bounds"] == pytest.approx(list(bounds), abs=affine.a / 2)
    question = ReadTile(
        str(path),
        part="files/a.png",
        bands=(1, 2, 3),
        crs="EPSG:4326",
        affine=tuple(affine)[:6],
        width=expected.shape[2],
        height=expected.shape[1],
        resampling="nearest",
    )
    values, mask = POOL.ask(question).arrays
    assert mask.all()
    assert (values == expected).all()


@pytest.mark.parametrize("kind", ["geodatabase", "gml"])
def test_features(tmp_path: Path, kind: str) -> None:
    if kind == "gml":
        places = [member(point(f"{36 + n / 3} {43 + n / 7}", SHORT.format(4326)), n) for n in range(1, 5)]
        path, layer = gml(tmp_path / "a.gml", *places, version="/3.2"), "site"
    else:
        path, layer = geodatabase(tmp_path / "bases.gdb"), "pads"
    (found,) = [one for one in POOL.ask(Probe(str(path))).header["layers"] if one["name"] == layer]
    facts, _, blobs, _ = pyogrio.raw.read(path, layer=layer)
    expected = shapely.get_coordinates(shapely.from_wkb(blobs))
    assert same_crs(found["crs"], facts["crs"])
    table = table_from_answer(POOL.ask(raw("features", {"path": str(path), "layer": layer, "crs": "EPSG:4326"})))
    assert table.xy * table.step == pytest.approx(expected, abs=table.step)
