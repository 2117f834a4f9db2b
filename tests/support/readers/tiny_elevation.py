"""Small files of elevation and WebP pictures, written as their programs write them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

SIDE = 1201
STEP = 1 / 1200
VOID = -32768


def heights() -> NDArray[np.int16]:
    """Of a tile of one degree; the upper left corner is not known."""
    values = (np.add.outer(2 * np.arange(SIDE), np.arange(SIDE)) // 3).astype(np.int16)
    values[:5, :5] = VOID
    return values


def hgt(path: Path) -> Path:
    """A tile of SRTM, of three seconds."""
    heights().astype(">i2").tofile(path)
    return path


def _copied(path: Path, driver: str, values: NDArray[Any], **profile: Any) -> Path:
    count, height, width = values.shape
    with warnings.catch_warnings(), MemoryFile() as memory:
        warnings.simplefilter("ignore")
        with memory.open(
            driver="GTiff", width=width, height=height, count=count, dtype=values.dtype, **profile
        ) as file:
            file.write(values)
        with memory.open() as file:
            rasterio.shutil.copy(file, path, driver=driver)
    Path(f"{path}.aux.xml").unlink(missing_ok=True)
    return path


def dted(path: Path) -> Path:
    """DTED of level 1, its corner at 43 E 36 N."""
    corner = from_origin(43 - STEP / 2, 37 + STEP / 2, STEP, STEP)
    return _copied(path, "DTED", heights()[None], crs="EPSG:4326", transform=corner, nodata=VOID)


def grid(path: Path, crs: str = "EPSG:32638", cols: int = 24, rows: int = 18) -> Path:
    """A grid in text, with its CRS beside it."""
    values = (np.add.outer(5 * np.arange(rows), 3 * np.arange(cols)) / 4).astype(np.float32)
    values[0, 0] = -9999
    place = from_origin(400_000, 4_000_000, 30, 30)
    return _copied(path, "AAIGrid", values[None], crs=crs, transform=place, nodata=-9999)


def webp(path: Path, cols: int = 24, rows: int = 18, *, world_file: bool = True) -> Path:
    """A picture of smooth colours; lossy, as most are."""
    band, row, col = np.mgrid[0:3, 0:rows, 0:cols]
    _copied(path, "WEBP", (40 + 3 * col + 5 * row + 20 * band).astype(np.uint8))
    if world_file:
        path.with_suffix(".wld").write_text("0.01\n0\n0\n-0.01\n43.005\n36.995\n")
    return path
