"""VRTs: what the judge accepts, what it refuses by name, and that a reader of its own draws what is accepted."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from layers.errors import FileMissing, GeoloupeError, NotAllowed, NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.guards import vrt_judge
from layers.readers.guards.vrt_judge import judge_vrt
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster
from tests.support.readers.vrts import HEAD, UTM, source, vrt


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    grey = surface().astype(np.uint8)
    write_raster(tmp_path / "left.tif", grey, "EPSG:32652", UTM)
    write_raster(tmp_path / "right.tif", grey[:, ::-1].copy(), "EPSG:32652", UTM)
    return tmp_path


@pytest.mark.bounded
def test_a_mosaic_is_judged_here_and_drawn_in_a_reader_of_its_own(pair):
    path = vrt(pair, source("left.tif"), source("right.tif", SIZE, kind="ComplexSource", more="<NODATA>0</NODATA>"))
    assert judge_vrt(str(path)) == (str(pair / "left.tif"), str(pair / "right.tif"))
    inline = ReaderPool(inline=True)
    assert inline.ask(raw("probe", {"path": str(path)})).header == {"profile": "vrt"}
    params = {
        "path": str(path),
        "crs": "EPSG:32652",
        "affine": [10, 0, UTM.left, 0, -10, UTM.top],
        "width": 2 * SIZE,
        "height": SIZE,
        "bands": [1],
    }
    with pytest.raises(UnsupportedFormat, match="only a reader of its own"):
        inline.ask(raw("tile", params))
    pool = ReaderPool(1)
    pool.start()
    try:
        info = pool.ask(raw("probe", {"path": str(path)})).facts.raster
        assert (info.driver, info.crs, info.width) == ("VRT", "EPSG:32652", 2 * SIZE)
        bands, mask = pool.ask(raw("tile", params), profile=vrt_profile()).arrays
        grey = surface().astype(np.uint8)
        assert mask.all()
        assert (bands == np.concatenate([grey, grey[:, ::-1]], axis=2)).all()
        # Opening judges too: what was good at the probe may not be now.
        vrt(pair, source("/etc/passwd", relative=0))
        with pytest.raises(NotAllowed, match="passwd"):
            pool.ask(raw("tile", params), profile=vrt_profile())
    finally:
        pool.close()


def vrt_profile():
    from layers.pool.protocol import Profile

    return Profile.VRT


@pytest.mark.bounded
def test_what_gdal_itself_writes_is_accepted(pair):
    # In a process of its own: a reader's environment, once entered by a test, leaves GDAL without the driver.
    code = "import sys, rasterio.shutil; rasterio.shutil.copy(*sys.argv[1:], driver='VRT')"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GDAL")}
    subprocess.run([sys.executable, "-c", code, pair / "left.tif", pair / "b.vrt"], check=True, env=environment)
    assert judge_vrt(str(pair / "b.vrt")) == (str(pair / "left.tif"),)


def refused_vrts(folder: Path) -> dict[str, tuple[Path, str]]:
    outside = write_raster(folder.parent / "outside.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    (folder / "link.tif").symlink_to(outside)
    vrt(folder, source("left.tif"), name="inner.vrt")
    (folder / "list.txt").write_text("a,b\n1,2\n")
    found = {
        "url": (source("/vsicurl/http://127.0.0.1:1/a.tif", relative=0), "no regular file"),
        "url relative": (source("http://127.0.0.1:1/a.tif", relative=0), "no plain path"),
        "inline": (source("&lt;VRTDataset/&gt;", relative=0), "no plain path"),
        "subdataset": (source("NITF_IM:0:left.tif", relative=0), "no plain path"),
        "absolute": (source(str(outside), relative=0), "outside its folder"),
        "upwards": (source("../outside.tif"), "outside its folder"),
        "link": (source("link.tif"), "outside its folder"),
        "recursive": (source("recursive.vrt"), "whose content is VRT"),
        "nested": (source("inner.vrt"), "whose content is VRT"),
        "text": (source("list.txt"), "whose content is CSV"),
        "folder": (source("."), "no regular file"),
        "kernel": (source("left.tif", kind="KernelFilteredSource"), "KernelFilteredSource inside VRTRasterBand"),
        "no data source": (source("left.tif", kind="NoDataFromMaskSource"), "NoDataFromMaskSource"),
        "options": (source("left.tif", more='<OpenOptions><OOI key="X">Y</OOI></OpenOptions>'), "OpenOptions"),
        "overview": ("<Overview><SourceFilename>/etc/passwd</SourceFilename></Overview>", "Overview inside"),
        "metadata": ('<Metadata domain="vrt_sources"><MDI key="s">x</MDI></Metadata>', "hidden in its metadata"),
    }
    refused = {name: (vrt(folder, text, name=f"{name}.vrt"), why) for name, (text, why) in found.items()}
    for kind in ("VRTRawRasterBand", "VRTDerivedRasterBand", "VRTWarpedRasterBand", "VRTPansharpenedRasterBand"):
        path = vrt(folder, source("left.tif"), band=f'subClass="{kind}"', name=f"{kind}.vrt")
        refused[kind] = (path, kind)
    for kind in ("VRTWarpedDataset", "VRTPansharpenedDataset", "VRTProcessedDataset"):
        head = HEAD.replace("<VRTDataset ", f'<VRTDataset subClass="{kind}" ')
        refused[kind] = (vrt(folder, head=head, name=f"{kind}.vrt"), kind)
    head = f"{HEAD}<PansharpeningOptions/>"
    refused["dataset options"] = (vrt(folder, head=head, name="dataset.vrt"), "PansharpeningOptions inside VRTDataset")
    group = f'{HEAD}<Group name="/"/>'
    refused["group"] = (vrt(folder, head=group, name="group.vrt"), "Group inside VRTDataset")
    return refused


def test_everything_else_is_refused_by_name(pair):
    folder = pair / "inside"
    folder.mkdir()
    for name in ("left.tif", "right.tif"):
        (pair / name).rename(folder / name)
    for name, (path, why) in refused_vrts(folder).items():
        with pytest.raises(NotAllowed) as caught:
            judge_vrt(str(path))
        assert why in str(caught.value), name
        assert path.name in str(caught.value)


def test_missing_sources_are_listed(pair):
    path = vrt(pair, source("left.tif"), *(source(f"gone{i}.tif") for i in range(8)))
    with pytest.raises(FileMissing, match=r"gone0.tif, .*gone4.tif and 3 more"):
        judge_vrt(str(path))


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize(
    "text",
    [
        "<VRTDataset",
        '<!DOCTYPE x [<!ENTITY a "aaa">]><VRTDataset>&a;</VRTDataset>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x"><VRTDataset/>',
        "<VRTDataset>" + "<a>" * 10_000,
        "<VRTDataset>" + "<a/>" * 300_000 + "</VRTDataset>",
        "<other><VRTDataset/></other>",
        '<?xml version="1.0" encoding="nonsense"?><VRTDataset/>',
        "\x00\x01",
    ],
)
def test_bad_xml_ends_in_a_sentence(tmp_path, text):
    path = tmp_path / "a.vrt"
    path.write_text(text)
    with pytest.raises(NotReadable, match=r"a\.vrt is no VRT"):
        judge_vrt(str(path))


def test_sizes_are_bounded(pair, monkeypatch):
    monkeypatch.setattr(vrt_judge, "MAX_SOURCES", 1)
    with pytest.raises(GeoloupeError, match="2 sources"):
        judge_vrt(str(vrt(pair, source("left.tif"), source("right.tif"))))
    monkeypatch.setattr(vrt_judge, "MAX_BYTES", 100)
    with pytest.raises(NotReadable, match="larger than"):
        judge_vrt(str(pair / "a.vrt"))
