"""Writes tiny ERDAS Imagine rasters, with overviews beside them, and renames what they name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling

from layers.geo.bounds import Bounds
from tests.support.readers.tiny_rasters import surface, write_raster

SIZE = 300
UTM = Bounds(400_000, 5_750_000, 403_000, 5_753_000)
VALUES = surface(2, SIZE).astype(np.int16)


def write_imagine(path: Path, **options: str) -> Path:
    return write_raster(path, VALUES, "EPSG:32652", UTM, driver="HFA", **options)


def with_overviews(path: Path, **options: str) -> Path:
    """With overviews in a file of their own."""
    write_imagine(path, **options)
    with rasterio.Env(HFA_USE_RRD="YES"), rasterio.open(path, "r+") as out:
        out.build_overviews([2, 4], Resampling.average)
    assert path.with_suffix(".rrd").exists()
    return path


def renamed(path: Path, old: bytes, new: bytes) -> Path:
    """The file with another name in it, of the same length."""
    assert len(old) == len(new)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path
