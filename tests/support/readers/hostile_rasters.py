"""Rasters that lead to a server, and two ways to read them; see hostile_child.

Imports stand within functions: GDAL as it comes must meet none of our defences.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.support.readers.raw import raw

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool


def corpus(folder: Path, url: str) -> list[Path]:
    """Hostile rasters that lead to `url`; each in a folder of its own."""
    from tests.support.readers.tiny_rasters import surface, write_raster
    from tests.support.readers.vrts import UTM, source, vrt

    made: list[Path] = []

    def add(name: str, make: Callable[[Path], Path]) -> None:
        place = folder / name
        place.mkdir()
        made.append(make(place))

    def tiff(place: Path, name: str = "a.tif") -> Path:
        return write_raster(place / name, surface().astype(np.uint8), "EPSG:32652", UTM)

    def text(name: str, content: str) -> Callable[[Path], Path]:
        def make(place: Path) -> Path:
            (place / name).write_text(content)
            return place / name

        return make

    def beside(suffix: str, content: str) -> Callable[[Path], Path]:
        def make(place: Path) -> Path:
            path = tiff(place)
            (place / f"a.tif{suffix}").write_text(content)
            return path

        return make

    remote = f"/vsicurl/{url}/x.tif"
    plain_vrt = (
        '<VRTDataset rasterXSize="64" rasterYSize="64"><VRTRasterBand dataType="Byte" band="1">'
        f"{source(remote, relative=0)}</VRTRasterBand></VRTDataset>"
    )
    wms = (
        f'<GDAL_WMS><Service name="TMS"><ServerUrl>{url}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service><DataWindow>'
        "<UpperLeftX>-2e7</UpperLeftX><UpperLeftY>2e7</UpperLeftY><LowerRightX>2e7</LowerRightX>"
        "<LowerRightY>-2e7</LowerRightY><SizeX>512</SizeX><SizeY>512</SizeY></DataWindow>"
        "<Projection>EPSG:3857</Projection><BandsCount>3</BandsCount></GDAL_WMS>"
    )
    pointer = f'<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{remote}</MDI></Metadata>'
    overviews = f'<PAMDataset>{pointer}<PAMRasterBand band="1">{pointer}</PAMRasterBand></PAMDataset>'
    mask = f'<PAMDataset><Metadata><MDI key="MASK_FILE">{remote}</MDI></Metadata></PAMDataset>'
    entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{url}/entity">]><PAMDataset><SRS>&a;</SRS></PAMDataset>'
    dtd = f'<!DOCTYPE x SYSTEM "{url}/dtd"><PAMDataset/>'
    stac = f'{{"type": "Feature", "stac_version": "1.0.0", "assets": {{"a": {{"href": "{url}/a.tif"}}}}}}'
    add("aux", beside(".aux.xml", overviews))
    add("aux-mask", beside(".aux.xml", mask))
    add("aux-entity", beside(".aux.xml", entity))
    add("aux-dtd", beside(".aux.xml", dtd))
    add("aux-srs", beside(".aux.xml", f"<PAMDataset><SRS>{url}/crs.wkt</SRS></PAMDataset>"))
    add("ovr-vrt", beside(".ovr", plain_vrt))
    add("ovr-wms", beside(".ovr", wms))
    add("msk-vrt", beside(".msk", plain_vrt))
    add("prj-url", lambda place: (write(place / "a.prj", f"{url}/crs.wkt"), unplaced(place))[1])
    add("vrt-curl", text("a.vrt", plain_vrt))
    add("vrt-url", lambda place: vrt(place, source(f"{url}/x.tif", relative=0)))
    add("vrt-streaming", lambda place: vrt(place, source(f"/vsicurl_streaming/{url}/x.tif", relative=0)))
    add("vrt-zip", lambda place: vrt(place, source(f"/vsizip/vsicurl/{url}/x.zip/x.tif", relative=0)))
    add("vrt-wms", lambda place: (write(place / "w.tif", wms), vrt(place, source("w.tif")))[1])
    add("vrt-entity", text("a.vrt", plain_vrt.replace("<VRTDataset", f'<!DOCTYPE x SYSTEM "{url}/dtd"><VRTDataset', 1)))
    add("vrt-srs", lambda place: vrt(place, source(tiff(place).name), head=HEAD_WITH_SRS.format(url=url)))
    add("vrt-ovr", lambda place: (tiff(place), write(place / "a.tif.ovr", plain_vrt), vrt(place, source("a.tif")))[2])
    add(
        "vrt-aux",
        lambda place: (tiff(place), write(place / "a.tif.aux.xml", overviews), vrt(place, source("a.tif")))[2],
    )
    add(
        "vrt-own-ovr",
        lambda place: (tiff(place), write(place / "a.vrt.ovr", plain_vrt), vrt(place, source("a.tif")))[2],
    )
    add("vrt-as-tif", text("a.tif", plain_vrt))
    add("wms-as-tif", text("a.tif", wms))
    add("wms-as-jp2", text("a.jp2", wms))
    add("wms-as-ntf", text("a.ntf", wms))
    add("wms-inline", text("a.tif", f"WMS:{url}/?SERVICE=WMS&LAYERS=a"))
    add("wmts", text("a.tif", f"<GDAL_WMTS><GetCapabilitiesUrl>{url}/c.xml</GetCapabilitiesUrl></GDAL_WMTS>"))
    add("stac", text("a.tif", stac))
    return made


HEAD_WITH_SRS = """<VRTDataset rasterXSize="256" rasterYSize="128"><SRS>{url}/crs.wkt</SRS>
<GeoTransform>400000, 10, 0, 5751280, 0, -10</GeoTransform>"""


def write(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def unplaced(place: Path) -> Path:
    from tests.support.readers.tiny_rasters import surface, write_raster

    return write_raster(place / "a.tif", surface().astype(np.uint8), None, None)


def name_of(path: Path) -> str:
    return path.parent.name


def read(pool: ReaderPool, path: Path) -> None:
    """All that the window asks of a raster."""
    from layers.pool.protocol import Profile

    profile = Profile.VRT if path.suffix == ".vrt" else Profile.LOCAL
    params = {"path": str(path), "crs": "EPSG:32652", "width": 64, "height": 64, "bands": [1]}
    pool.ask(raw("probe", {"path": str(path), "canvas_crs": "EPSG:3857"}))
    for metres in (1, 10, 40):
        pool.ask(raw("tile", {**params, "affine": [metres, 0, 400_000, 0, -metres, 5_751_280]}), profile=profile)
    pool.ask(raw("statistics", {"path": str(path), "bands": [1]}), profile=profile)


def open_unguarded(folder: Path) -> None:
    """GDAL as it comes: what a program does that opens whatever it is given. A few of them, for it is slow."""
    import rasterio

    for name in ("vrt-as-tif", "wms-as-tif", "ovr-vrt"):
        with contextlib.suppress(rasterio.errors.RasterioError), rasterio.open(folder / name / "a.tif") as dataset:
            dataset.overviews(1)
            dataset.read(1, out_shape=(16, 16))
