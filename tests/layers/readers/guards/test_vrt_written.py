"""VRTs as we write them: what they say is kept, and what GDAL alone would follow or find is refused by its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.readers.guards.vrt_judge import judge_vrt, understood_vrt
from tests.support.readers.hostile_vrts import SOUND, band, hostile, placed, whole
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster
from tests.support.readers.vrts import UTM

ROOT = Path(__file__).parents[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scenes"
    folder.mkdir()
    grey = surface().astype(np.uint8)
    write_raster(folder / "left.tif", grey, "EPSG:32652", UTM)
    write_raster(folder / "right.tif", grey[:, ::-1].copy(), "EPSG:32652", UTM)
    write_raster(folder / "masked.tif", grey, "EPSG:32652", UTM, nodata=0)
    write_raster(tmp_path / "outside.tif", 255 - grey, "EPSG:32652", UTM)
    return folder


def run_apart(*words: object) -> str:
    """In a process of its own: a reader's environment, once entered by a test, leaves GDAL without the driver."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GDAL")}
    command = [sys.executable, "-W", "ignore", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    return done.stdout


def twins(*paths: Path) -> list[tuple[dict, dict]]:
    """What GDAL makes of each VRT itself, and of what we write from it."""
    said = run_apart("-m", "tests.support.readers.vrt_twins", *paths)
    return [tuple(json.loads(line)) for line in said.splitlines()]


@pytest.mark.bounded
def test_what_is_understood_is_read_as_gdal_reads_the_vrt_itself(folder):
    paths = [folder / f"{name}.vrt" for name in SOUND]
    for path, text in zip(paths, SOUND.values(), strict=True):
        path.write_text(text, "utf-8")
    for name, (theirs, ours) in zip(SOUND, twins(*paths), strict=True):
        assert ours == theirs, name
        assert theirs["pixels"][0][1], name


@pytest.mark.bounded
def test_its_own_overviews_and_mask_are_found_beside_it(folder):
    script = "import sys, rasterio\nwith rasterio.open(sys.argv[1], 'r+') as d: d.build_overviews([2, 4])"
    for name in ("over.vrt", "masked.vrt"):
        (folder / name).write_text(whole(band(placed("left.tif") + placed("right.tif", SIZE))))
        run_apart("-c", script, folder / name)
    mask = np.tri(SIZE, 2 * SIZE, dtype=np.uint8) * 255
    place = write_raster(folder / "mask.tif", mask[None], None, None)
    run_apart(
        "-c",
        "import sys, rasterio\nwith rasterio.open(sys.argv[1], 'r+') as d: d.update_tags(INTERNAL_MASK_FLAGS_1=2)",
        place,
    )
    place.rename(folder / "masked.vrt.msk")
    for theirs, ours in twins(folder / "over.vrt", folder / "masked.vrt"):
        assert ours == theirs
        assert ours["overviews"] == [[2, 4]]
    assert ours["masks"][0][1] < SIZE * 2 * SIZE * 255 * 48


def test_what_gdal_alone_would_follow_is_refused_by_its_name(folder):
    outside = folder.parent / "outside.tif"
    (folder / "link.tif").symlink_to(outside)
    (folder / "up").symlink_to(folder.parent)
    (folder / "deep").mkdir()
    gdalg = {"type": "gdal_streamed_alg", "command_line": f"gdal raster reproject {outside}"}
    (folder / "a.gdalg.json").write_text(json.dumps(gdalg))
    (folder / "a.json").write_text('{"type": "Feature", "stac_version": "1.0.0"}')
    for name, (text, why) in hostile(str(outside)).items():
        path = folder / "hostile.vrt"
        path.write_text(text, "utf-8")
        with pytest.raises(GeoloupeError) as caught:
            judge_vrt(str(path))
        assert why in str(caught.value), name
        assert str(caught.value).startswith("hostile.vrt "), name


@pytest.mark.bounded
def test_gdal_itself_follows_what_is_refused(folder):
    """The control: without the judge the file outside is read."""
    outside = folder.parent / "outside.tif"
    names = ("attribute", "attribute in another case", "element in another case", "overview file")
    for name in names:
        (folder / f"{name}.vrt").write_text(hostile(str(outside))[name][0])
    script = "import sys, rasterio\nfor path in sys.argv[1:]:\n  with rasterio.open(path) as d: print(d.files)"
    said = run_apart("-c", script, *(folder / f"{name}.vrt" for name in names))
    assert said.count("outside.tif") == len(names), said


def test_what_gdal_is_given_names_the_sources_and_nothing_else(folder):
    path = folder / "a.vrt"
    path.write_text(
        whole(
            band(placed("left.tif") + placed("right.tif", SIZE)),
            '<Metadata domain="GEOLOCATION"><MDI key="X_DATASET">/etc/passwd</MDI></Metadata>'
            '<Metadata domain="xml:VRT" format="xml"><VRTDataset subClass="x">/etc/passwd</VRTDataset></Metadata>'
            "<SRS>/etc/passwd</SRS>",
        )
    )
    found = understood_vrt(str(path))
    assert found.sources == (str(folder / "left.tif"), str(folder / "right.tif"))
    written = found.written().decode()
    assert "passwd" not in written
    assert written.count("<SourceFilename ") == 2
    assert 'relativeToVRT="1"' not in written
    assert "<SRS" not in written


@pytest.mark.bounded
def test_a_vrt_by_a_link_and_with_a_sidecar_lies_where_it_lay(folder):
    path = folder / "a.vrt"
    path.write_text(whole(band(placed("left.tif"))))
    (folder / "a.vrt.aux.xml").write_text(
        "<PAMDataset><SRS>EPSG:32652</SRS><GeoTransform>400000, 10, 0, 5751280, 0, -10</GeoTransform></PAMDataset>"
    )
    link = folder.parent / "elsewhere" / "b.vrt"
    link.parent.mkdir()
    link.symlink_to(path)
    pool = ReaderPool(1)
    pool.start()
    try:
        for one in (path, link):
            found = pool.ask(raw("probe", {"path": str(one)}), profile=Profile.VRT).header["raster"]
            assert (found["crs"], found["placed_by"]) == ("EPSG:32652", "transform")
            assert found["path"] == str(one)
            assert Bounds(*found["bounds"]).left == 400_000
    finally:
        pool.close()
    assert sorted(file.name for file in folder.iterdir()) == [
        "a.vrt",
        "a.vrt.aux.xml",
        "left.tif",
        "masked.tif",
        "right.tif",
    ], "nothing is written beside it"
