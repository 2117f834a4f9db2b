"""Cloud Optimized GeoTIFFs, and TIFFs that are none, for tests of reading by ranges."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import from_origin


def write_cog(path: Path, side: int = 2048, bands: int = 3, **options: Any) -> Path:
    """A COG of noise over a ramp, in Web Mercator, with overviews."""
    rng = np.random.default_rng(side)
    ramp = np.linspace(0, 200, side, dtype=np.uint8)
    pixels = rng.integers(0, 40, (bands, side, side), dtype=np.uint8) + ramp
    wanted = {"driver": "COG", "compress": "DEFLATE", "blocksize": 256, **options}
    if wanted["driver"] != "COG":
        del wanted["blocksize"]
    place = {"crs": "EPSG:3857", "transform": from_origin(400_000, 6_000_000, 10, 10)}
    with rasterio.open(path, "w", width=side, height=side, count=bands, dtype="uint8", **place, **wanted) as file:
        file.write(pixels)
    return path


def blocks_of(path: Path, overview: int | None = None) -> dict[tuple[int, int], tuple[int, int]]:
    """First and last byte of each block of a TIFF, or of one of its overviews, by column and row."""
    options = {} if overview is None else {"overview_level": overview}
    with rasterio.open(path, **options) as level:
        rows, cols = level.block_shapes[0]
        places = itertools.product(range(-(-level.width // cols)), range(-(-level.height // rows)))
    with rasterio.open(path) as file:
        number = partial(file.get_tag_item, dm="TIFF", bidx=1, ovr=overview)
        blocks = {(x, y): (int(number(f"BLOCK_OFFSET_{x}_{y}")), int(number(f"BLOCK_SIZE_{x}_{y}"))) for x, y in places}
    return {place: (first, first + count - 1) for place, (first, count) in blocks.items()}
