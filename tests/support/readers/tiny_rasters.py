"""Tiny rasters for tests: a smooth surface in any dtype, number of bands, nodata value and CRS."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import from_bounds

from layers.geo.bounds import Bounds

SIZE = 128


def surface(bands: int = 1, size: int = SIZE, low: float = 20.0, high: float = 220.0) -> NDArray[np.float64]:
    """(bands, size, size) smooth values with a different slope in each band."""
    y, x = np.mgrid[0:size, 0:size] / (size - 1)
    waves = [0.5 + 0.25 * np.sin(2.2 * x + band) + 0.25 * np.cos(1.7 * y - band) for band in range(bands)]
    return low + (high - low) * np.stack(waves)


def write_raster(
    path: Path,
    values: NDArray[Any],
    crs: str | None,
    bounds: Bounds | None,
    nodata: float | None = None,
    overviews: tuple[int, ...] = (),
    **options: Any,
) -> Path:
    """Write (bands, h, w) values as a GeoTIFF, or as the `driver` in `options`."""
    count, height, width = values.shape
    place = {} if bounds is None else {"transform": from_bounds(*bounds, width, height)}
    profile = {"driver": "GTiff", "dtype": values.dtype, "crs": crs, "nodata": nodata, **place, **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", width=width, height=height, count=count, **profile) as out:
            out.write(values)
            if overviews:
                out.build_overviews(list(overviews), rasterio.enums.Resampling.average)
    return path


def sparse_tiff(path: Path, side: int, crs: str, bounds: Bounds) -> Path:
    """Write a TIFF, `side` pixels square, of which one tile in the middle is stored, besides the index."""
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "uint8", "crs": crs}
    tiles = {"tiled": True, "blockxsize": 512, "blockysize": 512, "sparse_ok": True, "bigtiff": "if_safer"}
    with rasterio.open(path, "w", transform=from_bounds(*bounds, side, side), **profile, **tiles) as out:
        at = side // 2 // 512 * 512
        out.write(np.full((1, 512, 512), 200, np.uint8), window=rasterio.windows.Window(at, at, 512, 512))
    return path
