"""Pictures in other formats: raw ones with a header, Imagine, netCDF, HDF5, tiles in databases, VRTs, NITF."""

from __future__ import annotations

import gzip
import sqlite3
import warnings
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
import rasterio.shutil
from rasterio.transform import Affine

from tests.corpus.geotiffs import simple_in
from tests.corpus.odd import Odd
from tests.corpus.pictures import PLACES, at, rgb, simple, size_of, values_of, write
from tests.corpus.tiny_netcdf import Variable, write_netcdf
from tests.support.readers import tiny_elevation
from tests.support.readers.gdal_2_tables import add_technical_table
from tests.support.readers.pmtiles_files import (
    Form,
    directory,
    header,
    pmtiles,
)
from tests.support.readers.tiny_envi import write_envi
from tests.support.readers.tiny_hdf5 import FILES


def formats() -> list[Odd]:
    """All of them."""
    return [*_envi(), *_imagine(), *_netcdf(), *_hdf5(), *_databases(), *_heights(), *_others(), *_refused()]


UTM = "map info = {UTM, 1, 1, 400000, 5751280, 10, 10, 52, North, WGS-84, units=Meters}"
DEGREES = "map info = {Geographic Lat/Lon, 1.5, 1.5, 128.05, 51.95, 0.1, 0.1, WGS-84, units=Degrees}"
SOUTH = "map info = {UTM, 1, 1, 400000, 6751280, 30, 30, 21, South, WGS-84, units=Meters}"
TURNED = "map info = {UTM, 1, 1, 400000, 5751280, 10, 10, 52, North, WGS-84, units=Meters, rotation=30}"
NAMES = (
    "band names = {\n Red edge,\n ближний ИК,\n third}\nwavelength units = Micrometers\n"
    "wavelength = {0.665, 0.842, 1.61}"
)


def _envi() -> list[Odd]:
    kinds: dict[str, dict[str, Any]] = {
        "bsq": {"interleave": "bsq"},
        "bil": {"interleave": "bil"},
        "bip": {"interleave": "bip"},
        "of motorola": {"order": ">", "dtype": "float32"},
        "in degrees": {"more": DEGREES, "dtype": "uint16"},
        "in the south": {"more": SOUTH, "dtype": "float32"},
        "turned": {"more": TURNED},
        "with wavelengths and names": {"more": f"{UTM}\n{NAMES}", "interleave": "bil"},
        "with a value for nothing": {"more": f"{UTM}\ndata ignore value = 45"},
        "without an end to its name": {"name": "scene"},
        "called img": {"name": "scene.img"},
    }
    return [
        *(Odd(f"envi {name}", partial(_of_envi, **options)) for name, options in kinds.items()),
        Odd("envi without a place", partial(_of_envi, more=""), says="it is shown in pixel space"),
        Odd("envi behind a header", _envi_behind_a_header),
        Odd("envi cut short", _envi_cut_short, refused="cut short"),
    ]


def _of_envi(
    folder: Path, rng: np.random.Generator, name: str = "scene.dat", dtype: str = "int16", **options: Any
) -> Path:
    values = np.rint(values_of(3, *size_of(rng), 40, 9_000)).astype(dtype)
    return write_envi(folder / name, values, **options)


def _envi_behind_a_header(folder: Path, rng: np.random.Generator) -> Path:
    path = _of_envi(folder, rng)
    path.write_bytes(b"\x01" * 77 + path.read_bytes())
    header = path.with_suffix(".hdr")
    header.write_text(header.read_text().replace("header offset = 0", "header offset = 77"))
    return path


def _envi_cut_short(folder: Path, rng: np.random.Generator) -> Path:
    path = _of_envi(folder, rng)
    path.write_bytes(path.read_bytes()[:-90])
    return path


def _imagine() -> list[Odd]:
    return [
        Odd("imagine", partial(simple_in, "a.img", driver="HFA", bands=3)),
        Odd("imagine compressed", partial(simple_in, "a.img", driver="HFA", COMPRESSED="YES", place="degrees")),
        Odd("imagine with a spill file", partial(simple_in, "a.img", driver="HFA", USE_SPILL="YES", place="utm south")),
        Odd("imagine with overviews beside", _imagine_overviews),
        Odd("imagine of four bits", partial(_imagine_of_bits)),
        Odd("imagine in a state plane", partial(simple_in, "a.img", driver="HFA", place="american feet")),
        Odd("imagine polar", partial(simple_in, "a.img", driver="HFA", place="beside the north pole")),
        Odd("imagine complex", _imagine_complex),
    ]


def _imagine_overviews(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm north"]
    values = np.rint(values_of(1, 200, 300, 5, 60_000)).astype(np.uint16)
    path = write(folder / "a.img", values, place.crs, at(place), driver="HFA")
    with rasterio.Env(HFA_USE_RRD="YES"), rasterio.open(path, "r+") as out:
        out.build_overviews([2, 4], rasterio.enums.Resampling.average)
    return path


def _imagine_of_bits(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["british grid"]
    values = (np.rint(values_of(1, *size_of(rng), 0, 90)) % 16).astype(np.uint8)
    return write(folder / "bits.img", values, place.crs, at(place), driver="HFA", NBITS="4")


def _imagine_complex(folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES["utm north"]
    values = (values_of(1, *size_of(rng), 5, 900) * (0.6 + 0.8j)).astype(np.complex64)
    return write(folder / "complex.img", values, place.crs, at(place), driver="HFA")


def _netcdf() -> list[Odd]:
    forms = [
        Odd(f"netcdf of form {form}", partial(_gdal_netcdf, form), part="") for form in ("NC", "NC2", "NC4", "NC4C")
    ]
    no_datum = {"peer": {"crs": "OGC:CRS84"}, "why": "GDAL names no CRS for plain longitudes and latitudes"}
    return [
        *forms,
        Odd("netcdf in polar metres", partial(_gdal_netcdf, "NC4", place="beside the south pole")),
        Odd("netcdf plain grid", partial(_grid), **no_datum),
        Odd("netcdf from the south", partial(_grid, from_south=True), **no_datum),
        Odd("netcdf packed", partial(_grid, packed=True), **no_datum),
        Odd("netcdf of 0 to 360", partial(_grid, lon=(0.0, 15.0), lat=(82.5, -15.0), count=(12, 24)), **no_datum),
        Odd("netcdf over the antimeridian", partial(_grid, lon=(170.0, 1.0)), **no_datum),
        Odd(
            "netcdf of moments",
            partial(_grid, times=3),
            peer=no_datum["peer"],
            written={"descriptions": [f"time {hours}" for hours in (0, 6, 12)]},
            why="GDAL names no CRS for plain longitudes and latitudes, and tells moments elsewhere",
        ),
        Odd("netcdf with its mapping", partial(_grid, mapped=True)),
        Odd("netcdf in lambert metres", _lambert),
        Odd(
            "netcdf of two pictures",
            partial(_grid, names=("sst", "ice")),
            part="sst",
            peer={"part": "sst", **no_datum["peer"]},
            why=no_datum["why"],
        ),
        Odd("netcdf swath of curved places", _swath, says="it is shown in pixel space"),
    ]


def _gdal_netcdf(form: str, folder: Path, rng: np.random.Generator, place: str = "utm north") -> Path:
    tiff = simple(folder / "a.tif", rng, place, dtype="float32")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(tiff, folder / "a.nc", driver="netCDF", FORMAT=form)
    return folder / "a.nc"


def _grid(
    folder: Path,
    rng: np.random.Generator,
    lon: tuple[float, float] = (20.0, 0.5),
    lat: tuple[float, float] = (50, -0.5),
    count: tuple[int, int] = (18, 23),
    from_south: bool = False,
    packed: bool = False,
    times: int = 0,
    mapped: bool = False,
    names: tuple[str, ...] = ("sst",),
) -> Path:
    """As climate models write it: coordinates of the middles of pixels, no word of a datum."""
    lons, lats = lon[0] + lon[1] * np.arange(count[1]), lat[0] + lat[1] * np.arange(count[0])
    lats = lats[::-1].copy() if from_south else lats
    variables = {
        "lon": Variable(["lon"], lons, {"units": "degrees_east", "standard_name": "longitude"}),
        "lat": Variable(["lat"], lats, {"units": "degrees_north", "standard_name": "latitude"}),
    }
    more: dict[str, Any] = {"units": "K", "_FillValue": np.float32(-99)}
    kind = np.dtype("f4")
    if packed:
        kind, more = np.dtype("i2"), {"scale_factor": 0.01, "add_offset": 273.15, "_FillValue": np.int16(-99)}
    if times:
        variables["time"] = Variable(["time"], np.arange(times) * 6.0, {"units": "hours since 2020-01-01"})
    if mapped:
        more["grid_mapping"] = "crs"
        variables["crs"] = Variable(
            [],
            np.zeros((), "i4"),
            {
                "grid_mapping_name": "latitude_longitude",
                "semi_major_axis": 6378137.0,
                "inverse_flattening": 298.257223563,
            },
        )
    for number, name in enumerate(names):
        values = np.rint(values_of(max(times, 1), *count, 20 + 7 * number, 9_000)).astype(kind)
        values[0, 3, 4:7] = -99
        dimensions = ["time", "lat", "lon"] if times else ["lat", "lon"]
        variables[name] = Variable(dimensions, values if times else values[0], more)
    return write_netcdf(folder / "grid.nc", variables, {"Conventions": "CF-1.6"})


def _lambert(folder: Path, rng: np.random.Generator) -> Path:
    x, y = 5_000.0 * np.arange(22), 5_000.0 * np.arange(17)[::-1].copy()
    variables = {
        "x": Variable(["x"], x, {"units": "m", "standard_name": "projection_x_coordinate"}),
        "y": Variable(["y"], y, {"units": "m", "standard_name": "projection_y_coordinate"}),
        "lambert": Variable(
            [],
            np.zeros((), "i4"),
            {
                "grid_mapping_name": "lambert_conformal_conic",
                "standard_parallel": np.array([30.0, 60.0]),
                "longitude_of_central_meridian": 110.0,
                "latitude_of_projection_origin": 45.0,
                "false_easting": 0.0,
                "false_northing": 0.0,
                "semi_major_axis": 6378137.0,
                "inverse_flattening": 298.257223563,
            },
        ),
        "rain": Variable(["y", "x"], values_of(1, 17, 22, 0, 80)[0].astype("f4"), {"grid_mapping": "lambert"}),
    }
    return write_netcdf(folder / "lambert.nc", variables, {"Conventions": "CF-1.6"})


def _swath(folder: Path, rng: np.random.Generator) -> Path:
    y, x = np.mgrid[0:17, 0:22].astype("f4")
    variables = {
        "lat": Variable(["line", "pixel"], 50 - 0.1 * y + 0.02 * x, {"units": "degrees_north"}),
        "lon": Variable(["line", "pixel"], 20 + 0.1 * x + 0.02 * y, {"units": "degrees_east"}),
        "chlor": Variable(["line", "pixel"], values_of(1, 17, 22, 1, 80)[0].astype("f4"), {"coordinates": "lat lon"}),
    }
    return write_netcdf(folder / "swath.nc", variables, {"Conventions": "CF-1.6"})


def _hdf5() -> list[Odd]:
    first = {"part": "Red", "peer": {"part": "Red"}, "why": "the first picture of several", "says": "pixel space"}
    return [
        Odd("hdf5 of the old kind", partial(_stored, "plain old", "a.h5"), **first),
        Odd("hdf5 of the new kind", partial(_stored, "plain new", "a.hdf5"), **first),
        Odd(
            "hdf-eos5",
            partial(_stored, "eos5", "a.he5"),
            part="HDFEOS/GRIDS/Earth/Data_Fields/Cloud",
            peer={"part": "Cloud"},
            written={"grid": [[-10, 40], [5, 40], [-10, 50], [5, 50]]},
            why="GDAL before 3.11 reads the CRS of it but not where it lies",
        ),
        Odd(
            "hdf5 called netcdf",
            partial(_stored, "climate", "a.nc"),
            part="sst",
            peer={"part": "sst", "crs": "OGC:CRS84"},
            written={"descriptions": ["time 0", "time 6"]},
            why="GDAL names no CRS for plain longitudes and latitudes, and tells moments elsewhere",
        ),
        Odd("hdf5 with a link elsewhere", partial(_stored, "link old", "a.h5"), refused="which is another file"),
        Odd(
            "hdf5 with its values elsewhere", partial(_stored, "storage", "a.h5"), refused="keeps values in other files"
        ),
        Odd("hdf5 that is a view", partial(_stored, "view", "a.h5"), refused="is a view of other files"),
        Odd("hdf5 of a family", partial(_stored, "family", "a.h5"), refused="several files that belong together"),
    ]


def _stored(kind: str, name: str, folder: Path, rng: np.random.Generator) -> Path:
    (folder / name).write_bytes(FILES[kind])
    return folder / name


def _databases() -> list[Odd]:
    whole = {
        "peer": {"options": ["USE_BOUNDS=NO"]},
        "why": "we show all of the tiles, the peer cuts them at the bounds told",
    }
    return [
        Odd("tiles in a geopackage", partial(_tiles, "PNG")),
        Odd("tiles in a geopackage of gdal 2", partial(_tiles, "PNG", of_gdal_2=True)),
        Odd("elevation in a geopackage", _elevation),
        Odd("mbtiles", partial(_mbtiles, "PNG"), **whole),
        Odd("mbtiles of jpeg", partial(_mbtiles, "JPEG"), **whole),
        Odd("mbtiles of vectors", _vector_mbtiles, refused="vector tiles"),
        Odd("pmtiles of vectors", partial(_odd_pmtiles, tile_type=1), refused="vector tiles"),
        Odd("pmtiles of version 2", partial(_odd_pmtiles, version=2), refused="version 2"),
        Odd("pmtiles in zstandard", partial(_odd_pmtiles, packed=4), refused="Zstandard"),
        Odd("pmtiles cut short", partial(_odd_pmtiles, cut=150), refused="damaged"),
        Odd("pmtiles without pictures", _odd_pmtiles, refused="no PNG, JPEG or WebP tiles"),
        Odd("pmtiles that lead in a circle", _pmtiles_in_a_circle, refused="damaged"),
        Odd("pmtiles with a bomb for a directory", _pmtiles_of_a_bomb, refused="damaged"),
    ]


def _tiles(form: str, folder: Path, rng: np.random.Generator, of_gdal_2: bool = False) -> Path:
    place, path = PLACES["web mercator"], folder / "tiles.gpkg"
    tiff = write(folder / "a.tif", rgb(rng), place.crs, at(place))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(tiff, path, driver="GPKG", RASTER_TABLE="TILES", TILE_FORMAT=form)
    tiff.unlink()
    if of_gdal_2:
        add_technical_table(path)
    return path


def _elevation(folder: Path, rng: np.random.Generator) -> Path:
    place, path = PLACES["degrees"], folder / "heights.gpkg"
    values = np.rint(values_of(1, 40, 50, -400, 4_000)).astype(np.int16)
    tiff = write(folder / "a.tif", values, place.crs, at(place), nodata=-32768)
    rasterio.shutil.copy(tiff, path, driver="GPKG", RASTER_TABLE="HEIGHTS")
    tiff.unlink()
    return path


def _mbtiles(form: str, folder: Path, rng: np.random.Generator) -> Path:
    path = folder / "tiles.mbtiles"
    tiff = write(folder / "a.tif", rgb(rng), "EPSG:3857", Affine(38.2, 0, 14_000_000, 0, -38.2, 6_500_000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(tiff, path, driver="MBTiles", TILE_FORMAT=form)
    tiff.unlink()
    return path


def _vector_mbtiles(folder: Path, rng: np.random.Generator) -> Path:
    path = folder / "vector.mbtiles"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.execute("INSERT INTO metadata VALUES ('format', 'pbf')")
        database.execute("INSERT INTO tiles VALUES (0, 0, 0, ?)", (b"\x1a\x00",))
        database.commit()
    return path


def _odd_pmtiles(folder: Path, rng: np.random.Generator, cut: int | None = None, **form: int) -> Path:
    path = folder / "odd.pmtiles"
    path.write_bytes(pmtiles({(0, 0, 0): b"sea" * 20, (1, 0, 0): b"land"}, Form(**form))[:cut])
    return path


def _pmtiles_in_a_circle(folder: Path, rng: np.random.Generator) -> Path:
    leaf, path = directory([(0, 0, 5, 0)]), folder / "circle.pmtiles"
    parts = (127, len(leaf), 0, 0, 127 + len(leaf), len(leaf), 127 + 2 * len(leaf), 0)
    path.write_bytes(header(parts, Form(packed=1), (0, 9)) + leaf + leaf)
    return path


def _pmtiles_of_a_bomb(folder: Path, rng: np.random.Generator) -> Path:
    bomb, path = gzip.compress(b"\1" * (30 << 20)) * 10, folder / "bomb.pmtiles"
    path.write_bytes(header((127, len(bomb), 0, 0, 0, 0, 127, len(bomb)), Form(), (0, 9)) + bomb)
    return path


def _others() -> list[Odd]:
    return [
        Odd("jpeg 2000", partial(simple_in, "a.jp2", driver="JP2OpenJPEG", QUALITY="100", REVERSIBLE="YES", bands=3)),
        Odd("nitf", partial(simple_in, "a.ntf", driver="NITF", place="utm north", bands=3, ICORDS="N")),
        Odd("nitf in decimal degrees", partial(simple_in, "a.ntf", driver="NITF", place="degrees", ICORDS="D")),
        Odd(
            "nitf in degrees, minutes and seconds",
            partial(simple_in, "a.ntf", driver="NITF", place="degrees", ICORDS="G"),
        ),
        Odd("png of 16 bits", partial(_image_of, np.uint16)),
        Odd("png with alpha", partial(_image_of, np.uint8, with_alpha=True)),
        Odd("vrt of two", _vrt_mosaic),
        Odd("vrt of a band", partial(_vrt_of, '<ComplexSource resampling="bilinear">', "</ComplexSource>")),
        Odd(
            "vrt scaled",
            partial(
                _vrt_of, "<ComplexSource><ScaleOffset>10</ScaleOffset><ScaleRatio>2</ScaleRatio>", "</ComplexSource>"
            ),
        ),
        Odd("vrt beside its sources elsewhere", _vrt_outside, refused="outside its folder"),
        Odd("vrt without its source", _vrt_alone, refused="not there"),
    ]


def _image_of(kind: type, folder: Path, rng: np.random.Generator, with_alpha: bool = False) -> Path:
    name = "a.png"
    scale = 257 if kind is np.uint16 else 1
    values = np.moveaxis(rgb(rng), 0, -1).astype(kind) * kind(scale)
    if with_alpha:
        alpha = np.full((*values.shape[:2], 1), 255, np.uint8)
        alpha[:6] = 0
        values = np.concatenate([values, alpha], axis=-1)
    cv2.imwrite(str(folder / name), values[..., [2, 1, 0, 3][: values.shape[-1]]])
    (folder / name).with_suffix(".pgw").write_text("10\n0\n0\n-10\n450005\n5000005\n")
    (folder / f"{name}.aux.xml").write_text("<PAMDataset><SRS>EPSG:32633</SRS></PAMDataset>")
    return folder / name


def _vrt(folder: Path, width: int, height: int, sources: str, kind: str = "Byte") -> Path:
    path = folder / "mosaic.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}"><SRS>EPSG:32652</SRS>'
        "<GeoTransform>400000, 10, 0, 5750000, 0, -10</GeoTransform>"
        f'<VRTRasterBand dataType="{kind}" band="1"><NoDataValue>0</NoDataValue>{sources}</VRTRasterBand></VRTDataset>'
    )
    return path


def _source(
    name: str,
    left: int,
    width: int,
    height: int,
    before: str = "<SimpleSource>",
    after: str = "</SimpleSource>",
    relative: int = 1,
) -> str:
    return (
        f'{before}<SourceFilename relativeToVRT="{relative}">{name}</SourceFilename><SourceBand>1</SourceBand>'
        f'<SrcRect xOff="0" yOff="0" xSize="{width}" ySize="{height}"/>'
        f'<DstRect xOff="{left}" yOff="0" xSize="{width}" ySize="{height}"/>{after}'
    )


def _tiff_of(path: Path, height: int, width: int) -> Path:
    values = np.rint(values_of(1, height, width, 30, 120)).astype(np.uint8)
    return write(path, values, PLACES["utm north"].crs, at(PLACES["utm north"]))


def _vrt_mosaic(folder: Path, rng: np.random.Generator) -> Path:
    height, width = size_of(rng)
    _tiff_of(folder / "left.tif", height, width)
    _tiff_of(folder / "right.tif", height, width)
    sources = _source("left.tif", 0, width, height) + _source("right.tif", width + 3, width, height)
    return _vrt(folder, 2 * width + 3, height, sources)


def _vrt_of(before: str, after: str, folder: Path, rng: np.random.Generator) -> Path:
    height, width = size_of(rng)
    _tiff_of(folder / "left.tif", height, width)
    return _vrt(folder, width, height, _source("left.tif", 0, width, height, before, after), "Int16")


def _vrt_outside(folder: Path, rng: np.random.Generator) -> Path:
    (folder / "here").mkdir()
    _tiff_of(folder / "left.tif", 20, 24)
    return _vrt(folder / "here", 24, 20, _source("../left.tif", 0, 24, 20))


def _vrt_alone(folder: Path, rng: np.random.Generator) -> Path:
    return _vrt(folder, 24, 20, _source("gone.tif", 0, 24, 20))


def _heights() -> list[Odd]:
    kinds: dict[str, tuple[str, Any]] = {
        "srtm": ("N36E043.hgt", tiny_elevation.hgt),
        "dted": ("a.dt1", tiny_elevation.dted),
        "a grid in text": ("a.asc", tiny_elevation.grid),
        "webp": ("a.webp", tiny_elevation.webp),
    }
    return [Odd(name, partial(_as_written, *how)) for name, how in kinds.items()]


def _as_written(name: str, make: Any, folder: Path, rng: np.random.Generator) -> Path:
    return make(folder / name)


def _refused() -> list[Odd]:
    heads = {
        "grib": ("a.grib2", b"GRIB" + bytes(100), "GRIB, fields of weather"),
        "hdf4": ("a.hdf", b"\x0e\x03\x13\x01" + bytes(100), "HDF4"),
        "a web page": ("a.tif", b"<!DOCTYPE html><html></html>", "a web page"),
        "a pdf": ("a.pdf", b"%PDF-1.7\n" + bytes(50), "PDF"),
        "nothing": ("a.tif", b"", "empty"),
        "gzip": ("a.geojson.gz", b"\x1f\x8b\x08" + bytes(50), "gzip"),
        "broken webp": ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40), "damaged"),
        "raw without a header": ("a.bsq", bytes(range(200)) * 9, "raw pixels"),
    }
    found = [Odd(f"refused {name}", partial(_of_head, *head[:2]), refused=head[2]) for name, head in heads.items()]
    return [*found, Odd("tiff cut short", _tiff_cut_short, refused="cut short")]


def _of_head(name: str, content: bytes, folder: Path, rng: np.random.Generator) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def _tiff_cut_short(folder: Path, rng: np.random.Generator) -> Path:
    path = simple(folder / "cut.tif", rng)
    path.write_bytes(path.read_bytes()[:-40])
    return path
