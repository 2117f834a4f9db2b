"""Places of pixels of a swath: HDF-EOS5 keeps a longitude and a latitude for each, in arrays beside the picture."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from layers.readers.raster.warp import ControlPoints

POINTS_A_SIDE = 21
"""Most points along each direction: swaths bend slowly, and a spline through all pixels would be far too slow."""
_LEAST = 6
_ARRAY = re.compile(r'HDF5:"(.*)"://HDFEOS/SWATHS/.+', re.DOTALL)
_MOST_PIXELS = 64_000_000


def swath_points(dataset: Any, path: str) -> ControlPoints | None:
    """Control points from the arrays of the same file that GDAL names for a picture; None without sound ones."""
    tags = {str(key): str(value) for key, value in dataset.tags(ns="GEOLOCATION").items()}
    arrays = [tags.get(f"{axis}_DATASET", "") for axis in "XY"]
    named = [_ARRAY.fullmatch(name) for name in arrays]
    if not all(match is not None and match[1] == path for match in named):
        return None  # of another file, or of none
    rows = np.unique(np.linspace(0, dataset.height - 1, POINTS_A_SIDE).astype(int))
    cols = np.unique(np.linspace(0, dataset.width - 1, POINTS_A_SIDE).astype(int))
    shape = dataset.height, dataset.width
    lon, lat = (_values(name, shape, rows, cols) for name in arrays)
    if lon is None or lat is None:
        return None
    grid_cols, grid_rows = np.meshgrid(cols + 0.5, rows + 0.5)  # they are those of pixels' middles
    with np.errstate(invalid="ignore"):
        sound = (np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0)
    if sound.sum() < _LEAST:
        return None
    return ControlPoints(grid_cols[sound], grid_rows[sound], lon[sound], lat[sound])


def _values(name: str, shape: tuple[int, int], rows: Any, cols: Any) -> NDArray[np.float64] | None:
    try:
        with warnings.catch_warnings(), rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(name, driver="HDF5Image") as array:
                if (array.height, array.width) != shape or shape[0] * shape[1] > _MOST_PIXELS:
                    return None
                return np.asarray(array.read(1)[np.ix_(rows, cols)], dtype=np.float64)
    except RasterioError:
        return None
