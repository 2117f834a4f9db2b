"""README's list of what opens: a small file of each kind in it does, and each kind that opens is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import rasterio.shutil

from layers.pool.pool import ReaderPool
from layers.readers.confinement.grants import Grants
from layers.readers.deliveries.scene_files import DeliveryKind
from layers.readers.files import OPENED, Content
from tests.corpus.every import EVERY
from tests.support.command_line import ROOT
from tests.support.readers import tiny_archives, tiny_deliveries
from tests.support.readers.pmtiles_files import tiles_of_mbtiles, write_pmtiles
from viewer.cli.info import describe

ODD = {odd.name: odd for odd in EVERY}

type Make = Callable[[Path], Path]


def odd(name: str) -> Make:
    """The maker of a file of the corpus."""
    return ODD[name].write


def cloud_optimised(folder: Path) -> Path:
    rasterio.shutil.copy(odd("place utm north")(folder), folder / "cog.tif", driver="COG")
    return folder / "cog.tif"


def pmtiles_of_mbtiles(folder: Path) -> Path:
    return write_pmtiles(folder / "tiles.pmtiles", tiles_of_mbtiles(odd("mbtiles")(folder)))


def landsat_tar(folder: Path) -> Path:
    return tiny_archives.tar_of(tiny_deliveries.landsat(folder), folder / "LC08_L2SP_119024_20200904.tar")


def sentinel_zip(folder: Path) -> Path:
    return tiny_archives.zip_of(tiny_deliveries.sentinel2(folder), folder / "S2B.zip")


KINDS: dict[str, tuple[Make, str]] = {
    "GeoTIFF": (odd("place utm north"), Content.TIFF),
    "COG": (cloud_optimised, Content.TIFF),
    "JPEG 2000": (odd("jpeg 2000"), Content.JPEG2000),
    "NITF": (odd("nitf"), Content.NITF),
    "ENVI": (odd("envi bsq"), Content.ENVI),
    "ERDAS Imagine": (odd("imagine"), Content.IMAGINE),
    "netCDF": (odd("netcdf of form NC4"), Content.NETCDF),
    "HDF5": (odd("hdf5 of the new kind"), Content.HDF5),
    "HDF-EOS5": (odd("hdf-eos5"), Content.HDF5),
    "judged VRTs": (odd("vrt of two"), Content.VRT),
    "MBTiles": (odd("mbtiles"), Content.MBTILES),
    "PMTiles": (pmtiles_of_mbtiles, Content.PMTILES),
    "GeoPackage tiles": (odd("tiles in a geopackage"), Content.TILES),
    "PNG": (odd("png of 16 bits"), Content.PNG),
    "JPEG": (odd("jpeg with wld"), Content.JPEG),
    "WebP": (odd("webp"), Content.WEBP),
    "SRTM": (odd("srtm"), Content.SRTM),
    "DTED": (odd("dted"), Content.DTED),
    "Arc/Info ASCII grids": (odd("a grid in text"), Content.GRID),
    "Sentinel-2 SAFE of any year": (tiny_archives.old_sentinel2, DeliveryKind.SENTINEL2),
    "Sentinel-1 SAFE (GRD)": (tiny_archives.sentinel1, DeliveryKind.SENTINEL1),
    "Landsat": (tiny_deliveries.landsat, DeliveryKind.LANDSAT),
    "Maxar": (tiny_deliveries.maxar, DeliveryKind.MAXAR),
    "Airbus DIMAP": (tiny_deliveries.dimap, DeliveryKind.DIMAP),
    "Planet": (tiny_deliveries.planet, DeliveryKind.PLANET),
    "Landsat also as the TAR": (landsat_tar, DeliveryKind.LANDSAT),
    "the Sentinels as the ZIP in which they are sold": (sentinel_zip, DeliveryKind.SENTINEL2),
    "GeoPackage": (odd("one point .gpkg"), "GPKG"),
    "GeoJSON": (odd("one point .geojson"), "GeoJSON"),
    "Shapefile": (odd("one point .shp"), Content.SHAPEFILE),
    "file geodatabases": (odd("vector in utm south .gdb"), Content.GEODATABASE),
    "FlatGeobuf": (odd("one point .fgb"), Content.FLATGEOBUF),
    "KML": (odd("kml of nested folders"), Content.KML),
    "KMZ": (odd("kmz"), Content.KMZ),
    "GPX": (odd("gpx of all"), Content.GPX),
    "GML": (odd("vector in utm south .gml"), Content.GML),
    "CSV": (odd("csv"), Content.TABLE),
    "Excel tables with coordinates in any notation": (odd("workbook"), Content.WORKBOOK),
}
"""Words of README's list, a small file of each, and the kind that `geoloupe info` tells of it."""
INSIDE = {Content.SQLITE, Content.JSON, Content.JSON_LINES}
"""Kinds of content of which `info` tells what is inside: tiles or features."""
LISTS = {"Images": "; any number of bands", "Deliveries": ".", "Vectors": "; a million features"}
"""The parts of README's section that list kinds, each with what follows its list."""


def listed() -> list[str]:
    """All kinds that README lists, one by one."""
    text = (ROOT / "README.md").read_text("utf-8")
    section = " ".join(text.partition("## What it opens")[2].partition("\n## ")[0].split())
    words = []
    for title, end in LISTS.items():
        kinds = section.partition(f"* **{title}**")[2].partition(" * **")[0].partition(end)[0]
        kinds = kinds.removeprefix(", as one scene each").removeprefix(": ")
        words += re.split(r", | and |; elevation as |; ", kinds)
    return words


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kinds", numbered=False)


@pytest.fixture(scope="module")
def pool(shelf: Path) -> Iterator[ReaderPool]:
    """A real reader that may read all of the shelf: another folder each time would be another process each time."""
    pool = ReaderPool(1, grants=Grants(read=frozenset((str(shelf),))))
    pool.start()
    yield pool
    pool.close()


def test_each_kind_in_readme_is_tried_and_no_other() -> None:
    assert sorted(listed()) == sorted(KINDS)


@pytest.mark.bounded
@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_each_kind_in_readme_opens(
    name: str, pool: ReaderPool, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def one_reader() -> Iterator[ReaderPool]:
        yield pool

    monkeypatch.setattr("viewer.cli.terminal.reading.one_reader", one_reader)
    make, driver = KINDS[name]
    folder = shelf / str(list(KINDS).index(name))
    folder.mkdir()
    facts = describe(str(make(folder)))
    assert facts["driver"] == driver
    assert facts.get("bands") or facts["layers"][0]["features"], "a picture or places, and not only a name"


def test_each_kind_that_opens_is_in_readme() -> None:
    assert {*Content, *DeliveryKind} - {driver for _, driver in KINDS.values()} == INSIDE


def test_a_refusal_lists_the_same_kinds() -> None:
    """A file of no kind that is known is refused with a list of those that open."""
    kinds = {name for name, (_, driver) in KINDS.items() if driver not in {*DeliveryKind}}
    unnamed = {kind for kind in kinds if not any(word in kind for word in OPENED)}
    assert unnamed == {"COG", "HDF-EOS5"}, "forms of GeoTIFF and HDF5"
    assert {word for word in OPENED if not any(word in kind for kind in kinds)} == set()
