"""Small pictures whose every pixel is another, and the places on Earth where they are put."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

ROTATED_POLE = (
    "+proj=ob_tran +o_proj=longlat +o_lat_p=39.25 +o_lon_p=0 +lon_0=18 +R=6371000 +to_meter=0.0174532925199433"
)
GEOSTATIONARY = "+proj=geos +h=35785831 +lon_0=0 +sweep=y +ellps=GRS80 +units=m"
GRID = 'LOCAL_CS["site grid",UNIT["metre",1]]'
MOON = (
    'PROJCS["Moon eqc",GEOGCS["GCS_Moon_2000",DATUM["D_Moon_2000",SPHEROID["Moon_2000_IAU_IAG",1737400,0]],'
    'PRIMEM["Reference_Meridian",0],UNIT["degree",0.0174532925199433]],PROJECTION["Equirectangular"],'
    'PARAMETER["standard_parallel_1",0],PARAMETER["central_meridian",0],UNIT["metre",1]]'
)
MARS, EUROPA = "ESRI:104905", "ESRI:104915"


class Place(NamedTuple):
    """Where a picture lies: the CRS, its upper left corner and the size of a pixel."""

    crs: str
    x: float
    y: float
    pixel: float


PLACES = {
    "utm north": Place("EPSG:32652", 400_000, 5_750_000, 10),
    "utm south": Place("EPSG:32721", 650_000, 6_900_000, 30),
    "degrees": Place("EPSG:4326", 128.4, 51.9, 0.01),
    "null island": Place("EPSG:4326", -0.12, 0.1, 0.01),
    "to the antimeridian": Place("EPSG:4326", 179.76, -16.8, 0.01),
    "from the antimeridian": Place("EPSG:4326", -180, 65, 0.01),
    "over the antimeridian": Place("EPSG:4326", 179.9, 52, 0.01),
    "beyond 360": Place("EPSG:4326", 352, 10, 0.5),
    "whole earth": Place("EPSG:4326", -180, 90, 15),
    "antimeridian in metres": Place("EPSG:32760", 330_000, 8_100_000, 800),
    "north pole": Place("EPSG:3995", -120_000, 100_000, 10_000),
    "beside the north pole": Place("EPSG:3413", 100_000, -200_000, 5_000),
    "south pole": Place("EPSG:3031", -240_000, 200_000, 20_000),
    "beside the south pole": Place("EPSG:3031", 1_000_000, 900_000, 1_000),
    "pole in degrees": Place("EPSG:4326", -20, 90, 0.2),
    "web mercator": Place("EPSG:3857", 14_000_000, 6_500_000, 20),
    "old russian datum": Place("EPSG:28411", 11_400_000, 5_750_000, 10),
    "british grid": Place("EPSG:27700", 530_000, 180_000, 5),
    "american feet": Place("EPSG:2263", 980_000, 200_000, 50),
    "paris meridian": Place("EPSG:27572", 600_000, 2_430_000, 25),
    "swiss oblique": Place("EPSG:2056", 2_600_000, 1_200_000, 25),
    "european laea": Place("EPSG:3035", 4_321_000, 3_210_000, 1_000),
    "beijing gauss": Place("EPSG:4547", 480_000, 4_430_000, 20),
    "own datum": Place(
        "+proj=tmerc +lat_0=0 +lon_0=37.5 +k=1 +x_0=7000 +y_0=-6000000 +ellps=bessel "
        "+towgs84=316.151,78.924,589.65,-1.57273,2.69209,2.34693,8.4507 +units=m",
        7_000,
        160_000,
        50,
    ),
    "equidistant": Place("+proj=aeqd +lat_0=39.9 +lon_0=116.4 +datum=WGS84 +units=m", -600, 500, 50),
    "sinusoidal": Place("+proj=sinu +lon_0=0 +R=6371007.181 +units=m", 8_895_000, 4_447_000, 463),
    "rotated pole": Place(ROTATED_POLE, -10, 5, 0.5),
    "geostationary": Place(GEOSTATIONARY, 500_000, 3_600_000, 12_000),
}


def values_of(bands: int, height: int, width: int, low: float, high: float) -> NDArray[np.float64]:
    """(bands, height, width) values of which neighbours differ, and bands too."""
    band, row, col = np.mgrid[0:bands, 0:height, 0:width]
    found = 3 * col + 5 * row + 11 * band
    return low + (high - low) * found / max(float(found.max()), 1.0)


def size_of(rng: np.random.Generator) -> tuple[int, int]:
    """(height, width), each another."""
    return int(rng.integers(17, 21)), int(rng.integers(22, 26))


def write(path: Path, values: NDArray[Any], crs: str | None, transform: Affine | None, **options: Any) -> Path:
    """A GeoTIFF, or what `driver` in `options` says."""
    count, height, width = values.shape
    place = {} if transform is None else {"transform": transform}
    profile = {"driver": "GTiff", "dtype": values.dtype, "crs": crs, **place, **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", width=width, height=height, count=count, **profile) as out:
            out.write(values)
    return path


def at(place: Place) -> Affine:
    """North up, from the upper left corner."""
    return Affine(place.pixel, 0, place.x, 0, -place.pixel, place.y)


def simple(path: Path, rng: np.random.Generator, place: str = "utm north", bands: int = 1, **options: Any) -> Path:
    """A byte picture at a place."""
    values = np.rint(values_of(bands, *size_of(rng), 30, 240)).astype(np.uint8)
    return write(path, values, PLACES[place].crs, at(PLACES[place]), **options)


def rgb(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Three bands, smooth enough to be compared as painted."""
    height, width = size_of(rng)
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([30 + 8 * x, 40 + 9 * y, 220 - 4 * x - 3 * y]).astype(np.uint8)
