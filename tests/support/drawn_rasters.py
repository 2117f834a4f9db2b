"""Writes GeoTIFFs to be drawn, large ones among them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

SIDE = 1200


def write_raster(path: Path, bands: np.ndarray, crs: str, left: float, top: float, resolution: float, **more) -> Path:
    """A GeoTIFF of (n, h, w)."""
    count, height, width = bands.shape
    transform = from_origin(left, top, resolution, resolution)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=count,
        dtype=bands.dtype,
        crs=crs,
        transform=transform,
        **more,
    ) as file:
        file.write(bands)
    return path


def written(path: Path, value: int) -> Path:
    bands = np.full((1, SIDE, SIDE), value, np.uint8)
    return write_raster(path, bands, "EPSG:3857", 1e6, 6e6, 10.0, tiled=True)
