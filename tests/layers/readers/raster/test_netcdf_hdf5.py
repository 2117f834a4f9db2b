"""netCDF and HDF5: which pictures a file holds, where they lie, and files that keep a part of themselves elsewhere."""

import contextlib
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio.shutil
from msgspec import convert

from layers.errors import GeoloupeError, NotAllowed, NotReadable, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle
from layers.readers.guards.hdf5 import judge_hdf5
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.tiny_hdf5 import FILES
from tests.support.readers.tiny_rasters import surface, write_raster

POOL = ReaderPool(inline=True)
RED = np.arange(600, dtype=np.int16).reshape(20, 30)
UTM = Bounds(400_000, 5_750_000, 400_300, 5_750_200)
REFUSED = {
    "link old": "links 'far' to '../outside.h5', which is another file",
    "link new": "links 'far' to '../outside.h5', which is another file",
    "link among many": "links 'far' to '../outside.h5', which is another file",
    "storage": "keeps values in other files",
    "view": "is a view of other files",
    "family": "is one of several files that belong together",
}


def hdf5(folder: Path, name: str, suffix: str = ".h5") -> Path:
    path = folder / f"a{suffix}"
    path.write_bytes(FILES[name])
    return path


def netcdf(path: Path, values: np.ndarray, form: str) -> Path:
    """Each band as a variable of its own."""
    tiff = write_raster(path.with_suffix(".tif"), values, "EPSG:32652", UTM, nodata=-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(tiff, path, driver="netCDF", FORMAT=form)
    return path


def pixels(path: Path, part: str = "", rows: int = 20, cols: int = 30) -> np.ndarray:
    params = {
        "path": str(path),
        "crs": "",
        "affine": [1, 0, 0, 0, -1, 0],
        "width": cols,
        "height": rows,
        "bands": [1],
        "part": part,
    }
    return POOL.ask(raw("tile", params)).arrays[0][0]


def pixels_of(path: Path, bounds: Bounds, part: str) -> np.ndarray:
    """Pixel for pixel in the file's own CRS."""
    params = {
        "path": str(path),
        "crs": probed_image(path).crs,
        "affine": [0.5, 0, bounds.left, 0, -0.5, bounds.top],
        "width": 30,
        "height": 20,
        "bands": [1],
        "part": part,
    }
    return POOL.ask(raw("tile", params)).arrays[0][0]


@pytest.mark.parametrize("name", ["plain old", "plain new"])
def test_pictures_come_before_what_places_them(tmp_path, name):
    path = hdf5(tmp_path, name)
    answer = POOL.ask(raw("probe", {"path": str(path)})).header
    info = convert(answer["raster"], RasterInfo)
    assert (info.driver, info.part, info.width, info.height, info.dtype) == ("HDF5", "Red", 30, 20, "int16")
    assert info.parts == ("Red", "inner/NIR", "lat", "lat_bnds")
    assert [one["words"] for one in answer["pictures"]] == [
        "30 × 20 int16",
        "2 × 30 × 20 int16",
        "30 × 20 float32",
        "2 × 20 float32",
    ]
    assert any("holds 4 pictures" in problem for problem in info.problems)
    assert (pixels(path) == RED).all()
    inner = probed_image(path, part="inner/NIR")
    assert (len(inner.bands), inner.part) == (2, "inner/NIR")
    assert (pixels(path, "inner/NIR") == RED).all()
    for part in ("Blue", 'Red"', "/etc/passwd", "//Red"):
        with pytest.raises(NotReadable, match="has no picture"):
            probed_image(path, part=part)


@pytest.mark.bounded
def test_hdf_eos5_says_where_it_lies(tmp_path):
    path = hdf5(tmp_path, "eos5", ".he5")
    info = probed_image(path)
    assert info.crs.startswith("GEOGCS")
    assert info.bounds_lonlat == pytest.approx((-10, 40, 5, 50))
    assert info.parts == ("HDFEOS/GRIDS/Earth/Data_Fields/Cloud", "HDFEOS/GRIDS/Earth/Data_Fields/Red")
    assert (pixels_of(path, info.bounds, info.parts[1]) == RED).all()


@pytest.mark.parametrize("form", ["NC", "NC2", "NC4", "NC4C"])
def test_netcdf_of_each_form(tmp_path, form):
    values = surface(2, 20).astype(np.float32)[:, :, :].repeat(2, axis=2)[:, :, :30]
    path = netcdf(tmp_path / "a.nc", values, form)
    info = probed_image(path)
    assert (info.driver, info.crs, info.parts, info.part) == ("netCDF", "EPSG:32652", ("Band1", "Band2"), "Band1")
    assert info.bounds == pytest.approx(UTM)
    params = {
        "path": str(path),
        "crs": "EPSG:32652",
        "affine": [10, 0, UTM.left, 0, -10, UTM.top],
        "width": 30,
        "height": 20,
        "bands": [1],
        "part": "Band2",
    }
    found, mask = POOL.ask(raw("tile", params)).arrays
    assert mask.all()
    assert (found[0] == values[1]).all()
    (tmp_path / "one").mkdir()
    alone = probed_image(netcdf(tmp_path / "one" / "a.nc", values[:1], form))
    assert (alone.parts, alone.part, alone.crs) == ((), "", "EPSG:32652")


def test_a_grid_of_longitudes_and_latitudes_without_a_datum(tmp_path):
    path = hdf5(tmp_path, "climate", ".nc")
    info = probed_image(path)
    assert (info.crs, info.parts, info.part) == ("OGC:CRS84", ("sst", "lat_bnds"), "sst")
    assert info.bounds_lonlat == pytest.approx((100, 40, 136, 58))
    assert any("no datum: WGS 84 is taken" in problem for problem in info.problems)
    assert [band.description for band in info.bands] == ["time 0", "time 6"]
    style = RasterStyle.default(info)
    assert style.bands == (1,)  # two moments are no colours, and neither are three
    params = {
        "path": str(path),
        "crs": info.crs,
        "affine": [2, 0, 100, 0, -2, 58],
        "width": 18,
        "height": 9,
        "bands": [2],
        "part": "sst",
    }
    found, mask = POOL.ask(raw("tile", params)).arrays
    assert mask.all()
    assert (found[0] == np.arange(162, 324).reshape(9, 18)[::-1]).all()


@pytest.mark.parametrize("suffix", [".h5", ".nc"])
@pytest.mark.parametrize("name", list(REFUSED))
def test_what_lies_elsewhere_is_refused(tmp_path, name, suffix):
    (tmp_path / "outside.h5").write_bytes(FILES["outside"])
    (tmp_path / "here").mkdir()
    path = hdf5(tmp_path / "here", name, suffix)
    with pytest.raises(NotAllowed) as caught:
        probed_image(path)
    assert caught.value.sentence.startswith(f"a{suffix} is not opened because it {REFUSED[name]}: ask its maker for")


@pytest.mark.bounded
def test_readers_of_their_own_open_them_too(tmp_path):
    """Within their walls: the libraries of these formats look for more than others do."""
    paths = [hdf5(tmp_path, "plain new"), netcdf(tmp_path / "b.nc", surface(2, 20).astype(np.float32), "NC4")]
    pool = ReaderPool(1)
    pool.start()
    try:
        for path in paths:
            assert pool.ask(raw("probe", {"path": str(path)})).header["raster"]["width"] in (20, 30)
    finally:
        pool.close()


@pytest.mark.bounded
def test_damaged_files_are_said_to_be(tmp_path):
    whole = FILES["plain old"]
    path = tmp_path / "a.h5"
    for size in (20, 100, 900, len(whole) // 2):
        path.write_bytes(whole[:size])
        with pytest.raises(NotReadable, match="damaged"):
            probed_image(path)
    rng = np.random.default_rng(5)
    for name in ("plain old", "link among many", "eos5"):
        for _ in range(150):  # whatever stands there, looking ends
            broken = bytearray(FILES[name])
            for at in rng.integers(8, len(broken), 60):
                broken[at] = int(rng.integers(256))
            path.write_bytes(broken)
            with contextlib.suppress(GeoloupeError):
                judge_hdf5(str(path))


def test_formats_that_stay_out_are_named(tmp_path):
    path = tmp_path / "a.hdf"
    path.write_bytes(b"\x0e\x03\x13\x01" + bytes(100))
    with pytest.raises(UnsupportedFormat, match="HDF4, which this GDAL does not read"):
        probed_image(path)
    path.write_bytes(b"GRIB\0\0\0\2" + bytes(100))
    with pytest.raises(UnsupportedFormat, match="GRIB, fields of weather"):
        probed_image(path)


def test_a_name_that_gdal_would_misread(tmp_path):
    folder = tmp_path / 'odd "one"'
    folder.mkdir()
    with pytest.raises(NotAllowed, match='take the " out of the names'):
        probed_image(hdf5(folder, "plain new"))
    folder = tmp_path / "o'dd: one,two;[1] %d"
    folder.mkdir()
    assert probed_image(hdf5(folder, "plain new")).part == "Red"


def test_a_swath_of_hdf_eos_is_placed_by_its_longitudes_and_latitudes(tmp_path):
    """GDAL lays it by geolocation arrays, which say where the middle of each pixel is; so is it within half a pixel."""
    path = tmp_path / "swath.he5"
    path.write_bytes(FILES["swath"])
    info = probed_image(path)
    assert info.parts[0] == "HDFEOS/SWATHS/Aerosol/Data_Fields/UVIndex"
    assert (info.width, info.height, info.crs, info.placed_by) == (20, 30, "EPSG:4326", "control points")
    for row, col in ((0, 0), (29, 19), (12, 7), (29, 0)):
        lon, lat = 50 + 0.1 * col - 0.02 * row, 40 + 0.1 * row + 0.02 * col
        question = {"crs": "EPSG:4326", "affine": [1e-4, 0, lon, 0, -1e-4, lat], "width": 1, "height": 1, "bands": [1]}
        answer = POOL.ask(raw("tile", {"path": str(path), "part": info.parts[0], "resampling": "nearest", **question}))
        assert answer.arrays[1].all()
        assert answer.arrays[0][0, 0, 0] == 20 * row + col
