"""Each delivery opens as one scene with the right bands, dates and angles, from its folder or its metadata file."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from msgspec import convert

from layers.decoding import encoded
from layers.errors import FileMissing, GeoloupeError, InvalidValue, NotAFile, NotReadable, UnsupportedFormat
from layers.raster.info import RasterInfo
from layers.raster.presets import combinations_of, names_of
from layers.raster.scene import SceneInfo
from layers.raster.style import RasterStyle
from layers.readers.deliveries.scene_probe import describe
from layers.readers.deliveries.scene_tile import read_scene_tile
from layers.readers.door import ops
from layers.requests.imagery import ReadTile
from tests.support.readers import tiny_deliveries as tiny

VIEW = {"crs": tiny.UTM, "affine": [30.0, 0, tiny.BOUNDS.left, 0, -30.0, tiny.BOUNDS.top], "width": 64, "height": 64}
ROW = 40
"""Below the swath's edge and the seam of tiles that lie one below the other."""


def probed(path: Path) -> tuple[SceneInfo, RasterInfo]:
    header, arrays = ops.run("probe", {"path": str(path), "canvas_crs": "EPSG:3857"})
    assert header["kind"] == "scene"
    assert arrays == ()
    header = json.loads(json.dumps(header, allow_nan=False))
    scene, raster = convert(header["scene"], SceneInfo), convert(header["raster"], RasterInfo)
    assert convert(encoded(scene), SceneInfo) == scene
    assert len(raster.bands) == len(scene.bands)
    assert all(os.path.isfile(path) for band in scene.bands for path in band.paths)
    return scene, raster


def tile(scene: SceneInfo, *names: str, **more):
    sources = [encoded(scene.bands[names_of(scene)[name] - 1].place) for name in names]
    header, (bands, mask) = ops.run("tile", {**VIEW, "path": scene.path, "bands": sources, **more})
    assert header["dtype"] == bands.dtype.str
    assert bands.shape == (len(names), *mask.shape)
    return header, bands, mask


def names(scene: SceneInfo, role: str = "data") -> dict[str, str]:
    return {band.name: band.common_name for band in scene.bands if band.role == role}


@pytest.mark.parametrize("level", ["1C", "2A"])
def test_sentinel2(tmp_path, level):
    safe = tiny.sentinel2(tmp_path, level)
    scene, raster = probed(safe)
    assert (scene.kind, scene.problems) == ("Sentinel-2 SAFE", ())
    assert names(scene)["B04"] == "red"
    assert names(scene)["B8A"] == "nir08"
    assert names(scene)["B12"] == "swir22"
    assert len(names(scene)) == 13
    assert list(names(scene, "quality")) == (["SCL"] if level == "2A" else [])
    assert {b.name: b.gsd_m for b in scene.bands}.items() >= {("B02", 10.0), ("B11", 20.0), ("B09", 60.0)}
    red = scene.bands[scene.find("B04") - 1]
    assert (red.wavelength_nm, red.scale, red.offset, red.unit, red.nodata) == (664.6, 1e-4, -0.1, "reflectance", 0.0)
    known = scene.acquisition
    assert (known.at, known.date_kind, known.platform) == ("2021-07-11T02:31:24.161Z", "instant", "Sentinel-2B")
    assert (known.sun_azimuth_deg, known.sun_elevation_deg, known.incidence_deg) == (152.25, 58.5, 8.5)
    assert (known.off_nadir_deg, known.cloud_percent, known.product_gsd_m) == (None, 7.25, 10.0)
    assert "Copernicus Sentinel data 2021" in known.credit
    assert (raster.width, raster.height, raster.crs) == (192, 192, tiny.UTM)
    assert raster.bounds == tiny.BOUNDS
    assert RasterStyle.default(raster).bands == (4, 3, 2)
    assert raster.bands[3].low >= 1800  # nodata has no part in the stretch


def test_bands_of_all_resolutions_compose_one_picture(tmp_path):
    scene, _ = probed(tiny.sentinel2(tmp_path))
    header, bands, mask = tile(scene, "nir", "swir16", "b09")
    assert bands[:, ROW, 0].tolist() == pytest.approx([2200, 2600, 2400], abs=2)
    assert np.diff(bands[:, ROW].astype(int), axis=1).min() >= -1
    assert not mask[:3].any()
    assert mask[5:].all()
    assert not header["empty"]


@pytest.mark.parametrize("step", [5.0, 10.0, 17.0, 30.0, 61.0, 120.0])
def test_nodata_does_not_bleed_at_any_scale(tmp_path, step):
    scene, _ = probed(tiny.sentinel2(tmp_path, bands={"B08": 4000.0, "B11": 3000.0}))
    size = int(tiny.SIDE_M / step)
    view = {"affine": [step, 0, tiny.BOUNDS.left, 0, -step, tiny.BOUNDS.top], "width": size, "height": size}
    for name, least in (("nir", 4000), ("swir16", 3000)):
        _, (band,), mask = tile(scene, name, **view)
        assert band[mask].min() >= least - 1
        assert mask.mean() > 0.8


def test_each_band_lies_where_its_own_file_lies(tmp_path):
    """A step at the same place in bands of 10, 20 and 60 m; a shift by half a pixel of any would move it."""
    safe = tiny.sentinel2(tmp_path, bands={"B02": 1000, "B11": 1000, "B09": 1000})
    scene, _ = probed(safe)
    for band in scene.bands[:3]:
        values = tiny.flat(1000, band.gsd_m)
        values[:, :, values.shape[2] // 2 :] += 4000
        tiny.write_jp2(Path(band.paths[0]), values)
    _, bands, _ = tile(scene, "b02", "swir16", "b09", resampling="nearest")
    edges = [int(np.flatnonzero(band[ROW] > 3000)[0]) for band in bands]
    assert edges == [32, 32, 32]


def test_a_pixel_is_there_where_every_band_is(tmp_path):
    scene, _ = probed(tiny.sentinel2(tmp_path, bands={"B02": 1000, "B11": 1000}))
    values = tiny.flat(1000, 20.0)
    values[:, :, :48] = 0
    tiny.write_jp2(Path(scene.bands[1].paths[0]), values)
    _, _, mask = tile(scene, "b02", "swir16")
    assert not mask[ROW, :32].any()
    assert mask[ROW, 34:].all()
    assert tile(scene, "b02")[2][ROW].all()


@pytest.mark.parametrize("opened", ["MTD_MSIL2A.xml", "manifest.safe", "GRANULE/{granule}/MTD_TL.xml"])
def test_sentinel2_from_one_of_its_files(tmp_path, opened):
    safe = tiny.sentinel2(tmp_path)
    path = safe / opened.format(granule=tiny.GRANULE.format(level="2A"))
    scene = describe(str(path))
    assert scene.path == str(path)
    assert scene.folder == str(safe)
    assert len(scene.bands) == 14


def test_a_band_that_is_named_but_lost_is_said(tmp_path):
    scene, _ = probed(tiny.sentinel2(tmp_path, left_out="B03"))
    assert "B03" not in names(scene)
    assert any("B03" in problem and "not there" in problem for problem in scene.problems)


@pytest.mark.parametrize("mtl", ["txt", "json"])
def test_landsat_level_2(tmp_path, mtl):
    root = tiny.landsat(tmp_path, 2, mtl)
    scene, raster = probed(root)
    assert scene.title == "LC08_L2SP_119024_20200904_20200918_02_T1"
    assert scene.problems == ()
    expected = ["coastal", "blue", "green", "red", "nir", "swir16", "swir22", "lwir11"]
    assert list(names(scene).values()) == expected
    assert list(names(scene, "quality")) == ["QA_PIXEL"]
    assert (scene.bands[3].scale, scene.bands[3].offset, scene.bands[3].unit) == (2.75e-05, -0.2, "reflectance")
    assert (scene.bands[7].scale, scene.bands[7].unit) == (0.00341802, "K")
    known = scene.acquisition
    assert (known.at, known.date_kind, known.platform, known.sensor) == (
        "2020-09-04T02:17:33.193Z",
        "instant",
        "Landsat 8",
        "OLI_TIRS",
    )
    assert (known.sun_azimuth_deg, known.sun_elevation_deg, known.cloud_percent) == (158.07402468, 43.96183577, 12.5)
    assert known.product_id == scene.title
    assert (known.off_nadir_deg, known.incidence_deg) == (None, None)
    assert raster.acquired_at == known.at
    assert RasterStyle.default(raster).bands == (4, 3, 2)
    _, bands, mask = tile(scene, "swir16", "nir", "blue")
    assert bands[:, ROW, 0].tolist() == pytest.approx([10500, 10000, 8500], abs=2)
    assert mask.all()


def test_landsat_level_1_has_its_panchromatic_band(tmp_path):
    scene, raster = probed(tiny.landsat(tmp_path, 1))
    assert names(scene)["B8"] == "pan"
    assert scene.bands[7].gsd_m == 15.0
    assert (scene.bands[3].scale, scene.bands[3].offset) == (2e-05, -0.1)
    assert scene.bands[7].scale == 2e-05
    assert (raster.width, raster.transform[0]) == (128, 15.0)


def test_maxar(tmp_path):
    root = tiny.maxar(tmp_path)
    scene, raster = probed(root)
    assert list(names(scene).items())[:3] == [("BAND_C", "coastal"), ("BAND_B", "blue"), ("BAND_G", "green")]
    assert (names(scene)["BAND_N"], names(scene)["BAND_N2"], len(scene.bands)) == ("nir", "nir09", 8)
    assert ["R1C1" in scene.bands[0].paths[0], "R1C2" in scene.bands[0].paths[1]] == [True, True]
    known = scene.acquisition
    assert (known.at, known.date_kind, known.platform) == ("2018-10-02T02:50:47.704Z", "instant", "WorldView-3")
    assert (known.off_nadir_deg, known.incidence_deg) == (26.6, 29.5)
    assert (known.sun_azimuth_deg, known.sun_elevation_deg, known.cloud_percent) == (100.4, 75.0, 0.8)
    assert (known.collected_gsd_m, known.product_gsd_m) == (1.234, 15.0)
    assert (raster.width, raster.height) == (128, 128)
    assert raster.bounds == tiny.BOUNDS
    assert RasterStyle.default(raster).bands == (5, 3, 2)
    for opened in root.glob("*.[TI][IM][LD]"):
        assert describe(str(opened)).bands == scene.bands


def test_tiles_of_a_mosaic_join_without_a_seam(tmp_path):
    scene, _ = probed(tiny.maxar(tmp_path))
    header, bands, mask = tile(scene, "red", "green", "blue")
    assert mask.all()
    assert not header["empty"]
    assert bands[:, ROW, 0].tolist() == pytest.approx([340, 320, 310], abs=1)
    assert np.diff(bands[0, ROW].astype(int)).max() <= 1
    assert bands[0, ROW, -1] - bands[0, ROW, 0] == pytest.approx(3, abs=1)


def test_a_til_in_flat_form_names_its_tiles_too(tmp_path):
    root = tiny.maxar(tmp_path)
    expected, _ = probed(root)
    til = next(root.glob("*.TIL"))
    lines, group = [], ""
    for line in til.read_text().splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "BEGIN_GROUP":
            group = value.strip() + "."
        elif key.strip() == "END_GROUP":
            group = ""
        else:
            lines.append(group + line.strip())
    til.write_text("\n".join(lines))
    scene, raster = probed(root)
    assert scene == expected
    assert raster.width == 128


def test_a_maxar_bundle_is_one_scene(tmp_path):
    tiny.maxar(tmp_path)
    tiny.maxar(tmp_path, "P", second=46)
    scene, raster = probed(tmp_path)
    assert len(scene.bands) == 9
    assert scene.bands[-1].common_name == "pan"
    assert raster.transform[0] == 7.5
    assert any("P2AS" in note for note in scene.acquisition.notes)
    _, bands, _ = tile(scene, "red", "pan")
    assert bands[:, ROW, 0].tolist() == pytest.approx([340, 300], abs=1)


def test_images_of_different_times_are_not_joined(tmp_path):
    tiny.maxar(tmp_path)
    pan = tiny.maxar(tmp_path, "P")
    imd = next(pan.glob("*.IMD"))
    imd.write_text(imd.read_text().replace("2018-10-02T02:50", "2018-10-02T02:55"))
    with pytest.raises(UnsupportedFormat, match="2 scenes"):
        describe(str(tmp_path))


@pytest.mark.parametrize("jp2", [True, False])
def test_dimap(tmp_path, jp2):
    root = tiny.dimap(tmp_path, jp2)
    scene, raster = probed(tmp_path)
    assert scene.folder == str(root)
    assert list(names(scene).items()) == [("B2", "red"), ("B1", "green"), ("B0", "blue"), ("B3", "nir")]
    assert [path.rpartition("_")[2][:4] for path in scene.bands[0].paths] == ["R1C1", "R2C1"]
    assert scene.bands[0].wavelength_nm == 650.0
    assert scene.bands[1].wavelength_nm is None
    known = scene.acquisition
    assert (known.at, known.date_kind, known.platform) == ("2021-08-20T15:53:34.031Z", "instant", "PHR 1A")
    assert known.off_nadir_deg == pytest.approx(31.2035, abs=1e-3)
    assert known.incidence_deg == pytest.approx(35.1186, abs=1e-3)
    assert (known.collected_gsd_m, known.product_gsd_m, known.cloud_percent) == (None, 2.0, 68.32)
    assert (known.licence, known.credit[:5]) == ("EULA", "©CNES")
    assert raster.bounds == tiny.BOUNDS
    _, bands, mask = tile(scene, "nir", "red", "green")
    assert mask.all()
    assert bands[:, ROW, 0].tolist() == pytest.approx([430, 400, 410], abs=1)


def test_pleiades_neo_states_the_index_of_each_band_of_each_file(tmp_path):
    root = tiny.dimap(tmp_path, jp2=False)
    path = next(root.glob("DIM_*.XML"))
    groups = ""
    for kind, ids in (("RGB", ("R", "G", "B")), ("NED", ("NIR", "RE", "DB"))):
        tiny.write_tif(root / f"IMG_{kind}_R1C1.TIF", tiny.flat(500 if kind == "RGB" else 700, 20.0, 3))
        listed = "".join(
            f"<Raster_Index><BAND_ID>{name}</BAND_ID><BAND_INDEX>{index}</BAND_INDEX></Raster_Index>"
            for index, name in enumerate(ids, 1)
        )
        file = f'<Data_File tile_R="1" tile_C="1"><DATA_FILE_PATH href="IMG_{kind}_R1C1.TIF"/></Data_File>'
        display = f"<Raster_Display><Raster_Index_List>{listed}</Raster_Index_List></Raster_Display>"
        groups += f"<Data_Files>{file}{display}</Data_Files>"
    text = path.read_text()
    start, end = text.index("<Data_Files>"), text.index("</Data_Files>") + len("</Data_Files>")
    path.write_text(text[:start] + groups + text[end:])
    scene, _ = probed(root)
    assert list(names(scene).values()) == ["red", "green", "blue", "nir", "rededge", "coastal"]
    _, bands, _ = tile(scene, "nir", "coastal", "red")
    assert bands[:, ROW, 0].tolist() == pytest.approx([700, 720, 500], abs=1)


@pytest.mark.parametrize("count", [4, 8])
def test_planet(tmp_path, count):
    root = tiny.planet(tmp_path, count)
    scene, raster = probed(root)
    four = ["blue", "green", "red", "nir"]
    eight = ["coastal", "blue", "", "green", "yellow", "red", "rededge", "nir"]
    assert list(names(scene).values()) == (four if count == 4 else eight)
    assert list(names(scene, "quality"))[:2] == ["udm2_clear", "udm2_snow"]
    known = scene.acquisition
    assert (known.at, known.date_kind, known.sensor) == ("2022-07-12T01:49:33.126Z", "instant", "PSB.SD")
    assert (known.off_nadir_deg, known.incidence_deg, known.cloud_percent) == (3.2, None, 4.0)
    assert (known.collected_gsd_m, known.product_gsd_m) == (3.9, 3.0)
    assert len(RasterStyle.default(raster).bands) == 3
    assert describe(str(root / "20220712_014933_12_2440_metadata.json")).bands == scene.bands
    assert "true_colour" in {combination.name for combination, _ in combinations_of(scene)}


def test_a_folder_of_two_scenes_says_which(tmp_path):
    root = tiny.planet(tmp_path)
    item = json.dumps(tiny.PLANET_ITEM).replace("20220712", "20220713")
    (root / "20220713_014933_12_2440_metadata.json").write_text(item)
    with pytest.raises(UnsupportedFormat, match="20220713_014933_12_2440_metadata"):
        ops.run("probe", {"path": str(root)})


FEATURE = '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}'


def test_a_folder_of_nothing_and_other_peoples_metadata_are_no_scene(tmp_path):
    with pytest.raises(NotAFile, match="folder"):
        ops.run("probe", {"path": str(tmp_path)})
    (tmp_path / "my_metadata.json").write_text(
        '{"type": "FeatureCollection", "features": [FEATURE]}'.replace("FEATURE", FEATURE)
    )
    assert ops.run("probe", {"path": str(tmp_path / "my_metadata.json")})[0]["kind"] == "vector"
    with pytest.raises(FileMissing):
        ops.run("probe", {"path": str(tmp_path / "LC08_L1TP_119024_20200904_20200918_02_T1_MTL.txt")})


ESCAPES = [
    "../outside",
    "/etc/hostname",
    "..\\outside",
    "C:\\outside",
    "~/outside",
    "link",
    "file:///etc/hostname",
    ".",
]


@pytest.mark.parametrize("name", ESCAPES)
def test_metadata_cannot_lead_out_of_the_folder(tmp_path, name):
    root = tiny.maxar(tmp_path)
    outside = tiny.write_tif(tmp_path / "outside.tif", tiny.flat(5, 60.0, 8))
    (tmp_path / "outside").write_bytes(outside.read_bytes())
    (root / "link").symlink_to(outside)
    til = next(root.glob("*.TIL"))
    lines = [f'\tfilename = "{name}";' if "filename" in line else line for line in til.read_text().splitlines()]
    til.write_text("\n".join(lines))
    with pytest.raises(UnsupportedFormat, match="no tile that is there"):
        describe(str(root))


def test_a_tile_outside_the_scene_is_empty_and_bad_lists_are_refused(tmp_path):
    scene, _ = probed(tiny.maxar(tmp_path))
    far = {**VIEW, "affine": [30.0, 0, tiny.BOUNDS.left + 50_000, 0, -30.0, tiny.BOUNDS.top]}
    header, (bands, mask) = read_scene_tile(ReadTile.of({**far, "bands": [encoded(scene.bands[0].place)]}))
    assert (header["empty"], mask.any(), bands.shape) == (True, False, (1, 64, 64))
    for bad in ([{"index": 1}], [{"path": scene.bands[0].paths[0], "index": "x"}], [{}, 3]):
        with pytest.raises(GeoloupeError):
            read_scene_tile(ReadTile.of({**VIEW, "bands": bad}))
    with pytest.raises(InvalidValue):
        read_scene_tile(ReadTile.of({**VIEW, "bands": [{"index": 1}]}))


@pytest.mark.parametrize("make", [tiny.sentinel2, tiny.dimap])
def test_hostile_xml_is_refused_in_a_sentence(tmp_path, make):
    root = make(tmp_path)
    path = next(p for p in root.iterdir() if p.name.startswith(("MTD_MSIL", "DIM_")))
    text = path.read_text()
    for hostile in (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + text.partition("?>")[2],
        "<a>" * 500 + "</a>" * 500,
        text[: len(text) // 2],
    ):
        path.write_text(hostile)
        with pytest.raises(NotReadable, match=path.name):
            describe(str(path))
