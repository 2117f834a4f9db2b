"""Deliveries as they are sold: read in their archives, without unpacking, and radar as it was recorded."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from msgspec import convert
from rasterio.transform import from_origin
from rasterio.warp import Resampling, reproject

from layers.decoding import encoded
from layers.errors import GeoloupeError, NotReadable, TooLarge, UnsupportedFormat
from layers.raster.info import RasterInfo
from layers.raster.scene import SceneInfo
from layers.raster.sensor_kinds import image_kind
from layers.readers.door import ops
from layers.requests.imagery import ReadAcquisition
from layers.time.shadows import RADAR
from tests.support.readers import tiny_archives as sold
from tests.support.readers import tiny_deliveries as tiny

VIEW = {"crs": tiny.UTM, "affine": [30.0, 0, tiny.BOUNDS.left, 0, -30.0, tiny.BOUNDS.top], "width": 64, "height": 64}


def probed(path: Path) -> tuple[SceneInfo, RasterInfo]:
    header, _ = ops.run("probe", {"path": str(path), "canvas_crs": "EPSG:3857"})
    assert header["kind"] == "scene", header
    header = json.loads(json.dumps(header, allow_nan=False))
    return convert(header["scene"], SceneInfo), convert(header["raster"], RasterInfo)


def tile(scene: SceneInfo, *names: str, **more: Any) -> tuple[np.ndarray, np.ndarray]:
    places = [encoded(scene.bands[(scene.find(name) or 0) - 1].place) for name in names]
    return ops.run("tile", {**VIEW, "path": scene.path, "bands": places, **more})[1]


def refusal(path: Path) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        ops.run("probe", {"path": str(path)})
    return caught.value


@pytest.mark.parametrize("prefix", ["", "./", "LC08/"])
def test_landsat_is_opened_as_the_tar_in_which_it_is_sold(tmp_path: Path, prefix: str) -> None:
    folder = tiny.landsat(tmp_path, 2)
    archive = sold.tar_of(folder, tmp_path / "LC08.tar", prefix=prefix)
    scene, raster = probed(archive)
    expected, as_folder = probed(folder)
    assert (scene.kind, scene.title, scene.problems) == ("Landsat", expected.title, ())
    assert scene.acquisition == expected.acquisition
    assert [band.name for band in scene.bands] == [band.name for band in expected.bands]
    red = scene.bands[(scene.find("red") or 0) - 1]
    assert (red.scale, red.offset, red.unit) == (2.75e-05, -0.2, "reflectance")
    assert (raster.bounds, raster.crs, raster.width) == (as_folder.bounds, as_folder.crs, as_folder.width)
    values, mask = tile(scene, "red", "nir08")
    from_folder, _ = tile(expected, "red", "nir08")
    assert mask.all()
    assert (values == from_folder).all()


def test_a_tar_of_anything_else_is_to_be_unpacked(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("x")
    error = refusal(sold.tar_of(tmp_path / "in", tmp_path / "a.tar"))
    assert isinstance(error, UnsupportedFormat)
    assert "a TAR archive (unpack it" in error.sentence


def test_what_an_archive_names_outside_itself_is_not_there(tmp_path: Path) -> None:
    folder = tiny.landsat(tmp_path, 2)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for file in sorted(folder.iterdir()):
            if file.name.endswith("SR_B4.TIF"):
                link = tarfile.TarInfo(file.name)
                link.type, link.linkname = tarfile.SYMTYPE, str(file)
                archive.addfile(link)
            elif file.name.endswith("SR_B3.TIF"):
                archive.add(file, f"../{file.name}")
            else:
                archive.add(file, file.name)
    scene, _ = probed(tmp_path / "a.tar")
    assert not {"B3", "B4"} & {band.name for band in scene.bands}
    assert len(scene.problems) == 2


@pytest.mark.bounded
def test_hostile_archives_are_refused(tmp_path: Path) -> None:
    folder = tiny.landsat(tmp_path, 2)
    whole = sold.tar_of(folder, tmp_path / "a.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    assert isinstance(refusal(tmp_path / "cut.tar"), NotReadable)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/manifest.safe", bytes(20 * 2**20))
    assert isinstance(refusal(tmp_path / "bomb.zip"), TooLarge)
    with tarfile.open(tmp_path / "many.tar", "w") as archive:
        for number in range(10_001):
            archive.addfile(tarfile.TarInfo(f"{number}"), io.BytesIO())
    assert isinstance(refusal(tmp_path / "many.tar"), TooLarge)


def test_a_picture_in_an_archive_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = tiny.landsat(tmp_path, 2)
    red = next(folder.glob("*SR_B4.TIF"))
    red.write_text(f'<VRTDataset rasterXSize="1" rasterYSize="1"><!--{red}--></VRTDataset>')
    scene, raster = probed(sold.tar_of(folder, tmp_path / "a.tar"))
    assert any("is no picture" in problem for problem in raster.problems)
    with pytest.raises(UnsupportedFormat):
        tile(scene, "red")


def s1_tile(path: Path, name: str = "VV") -> tuple[np.ndarray, np.ndarray, list[float]]:
    step = sold.S1_STEP / 2
    affine = [step, 0.0, sold.S1_WEST - 0.02, 0.0, -step, sold.S1_NORTH + 0.01]
    scene, _ = probed(path)
    values, mask = tile(scene, name, crs="EPSG:4326", affine=affine, width=240, height=240, resampling="nearest")
    return values[0], mask, affine


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_sentinel_1_is_one_scene_of_its_polarisations(tmp_path: Path, packed: bool) -> None:
    safe = sold.sentinel1(tmp_path)
    path = sold.zip_of(safe, tmp_path / f"{sold.S1_NAME}.zip") if packed else safe
    scene, raster = probed(path)
    assert (scene.kind, scene.title) == ("Sentinel-1 SAFE", sold.S1_NAME)
    assert [band.name for band in scene.bands] == ["VV", "VH"]
    assert scene.bands[0].gsd_m == 10.0
    known = scene.acquisition
    assert (known.at, known.date_kind) == ("2018-07-16T00:35:01.512Z", "instant")
    assert (known.platform, known.sensor, known.incidence_deg) == ("Sentinel-1A", "C-SAR IW", 38.914)
    said = " ".join(known.notes)
    for words in (
        "Radar, C band, IW mode, polarisations VH, VV.",
        "Level 1, GRD",
        "Descending pass, looking towards 282°",
        "not terrain-corrected; heights displaced",
    ):
        assert words in said
    assert image_kind([known.platform, known.sensor]) == RADAR
    assert raster.placed_by == "control points"
    assert raster.georeferencing_note.endswith("; not terrain-corrected; heights displaced")
    assert raster.bounds_lonlat is not None
    assert raster.bounds_lonlat.left == pytest.approx(sold.s1_place(0, sold.S1_SIDE)[0], abs=sold.S1_STEP)
    values, mask, _ = s1_tile(path)
    assert mask.any()
    assert not mask.all()
    assert values[mask].min() >= 200


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_radar_lies_where_gdal_lays_it(tmp_path: Path, packed: bool) -> None:
    safe = sold.sentinel1(tmp_path)
    path = sold.zip_of(safe, tmp_path / "S1.zip") if packed else safe
    values, mask, affine = s1_tile(path)
    with rasterio.open(next(safe.glob("measurement/*vv*.tiff"))) as file:
        expected = np.zeros((240, 240), np.uint16)
        reproject(
            rasterio.band(file, 1), expected, gcps=file.gcps[0], src_crs="EPSG:4326", dst_crs="EPSG:4326",
            dst_transform=from_origin(affine[2], affine[5], affine[0], affine[0]), resampling=Resampling.nearest,
            tolerance=0.0, src_nodata=0,
        )  # fmt: skip
    assert (mask != (expected > 0)).mean() < 0.01
    both = mask & (expected > 0)
    # One column is 2, one row is 1: within half a pixel either way.
    assert np.abs(values[both].astype(int) - expected[both]).mean() < 0.5


def test_an_image_inside_the_folder_knows_its_scene(tmp_path: Path) -> None:
    safe = sold.sentinel1(tmp_path)
    image = next(safe.glob("measurement/*vv*.tiff"))
    known = ops.answer(ReadAcquisition(str(image)))[0]["acquisition"]
    assert (known["at"], known["platform"]) == ("2018-07-16T00:35:01.512Z", "Sentinel-1A")


@pytest.mark.parametrize(("kind", "words"), [("SLC", "open the GRD"), ("RAW", "open the GRD"), ("OCN", "netCDF")])
def test_other_products_of_sentinel_1_are_refused_with_a_way_round(tmp_path: Path, kind: str, words: str) -> None:
    error = refusal(sold.sentinel1(tmp_path, kind))
    assert isinstance(error, UnsupportedFormat)
    assert words in error.sentence


def test_a_product_with_a_map_overlay_is_no_kmz(tmp_path: Path) -> None:
    """ALOS and others put a KML beside their images, too."""
    path = tmp_path / "0000119240_001001_ALOS2.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("IMG-HH-ALOS2.1__A", b"x" * 50)
        archive.writestr("LED-ALOS2.1__A", b"x" * 50)
        archive.writestr("overlay.kml", "<kml/>")
    assert "a ZIP archive (unpack it" in refusal(path).sentence


def test_sentinel_2_is_opened_as_the_zip_in_which_it_is_sold(tmp_path: Path) -> None:
    safe = tiny.sentinel2(tmp_path, "2A")
    scene, raster = probed(sold.zip_of(safe, tmp_path / "S2.zip"))
    expected, as_folder = probed(safe)
    assert scene.acquisition == expected.acquisition
    assert raster.bounds == as_folder.bounds
    assert (tile(scene, "B04")[0] == tile(expected, "B04")[0]).all()


@pytest.mark.bounded
def test_sentinel_2_of_before_2016(tmp_path: Path) -> None:
    scene, raster = probed(sold.old_sentinel2(tmp_path))
    assert (scene.kind, scene.problems) == ("Sentinel-2 SAFE", ())
    assert len(scene.bands) == 13
    assert {len(band.paths) for band in scene.bands} == {2}
    red = scene.bands[(scene.find("B04") or 0) - 1]
    assert (red.common_name, red.gsd_m, red.scale, red.offset) == ("red", 10.0, 1e-4, 0.0)
    known = scene.acquisition
    assert (known.at, known.platform, known.sun_elevation_deg) == ("2015-12-30T10:51:53Z", "Sentinel-2A", 18.5)
    assert "Processing level: Level-1C." in known.notes
    assert raster.bounds.width == 2 * tiny.SIDE_M
    values, mask = tile(scene, "B04", width=128)
    assert mask.all()
    assert values[0, 20, 10] < 1100 < 1400 < values[0, 20, 100]
