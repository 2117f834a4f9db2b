"""Writes the pixels of a view, unchanged, into a small GeoTIFF that is kept as evidence."""

from __future__ import annotations

from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from layers.errors import CannotBePlaced, TooLarge
from layers.requests.imagery import ReadChip

CONTENT_TYPE = "image/tiff"
MOST_BYTES = 64 << 20
"""Most bytes of raw pixels in one chip."""


def written(
    question: ReadChip, header: dict[str, Any], arrays: tuple[NDArray[Any], ...]
) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """The header and arrays of a tile with the bytes of a GeoTIFF of them before. Raises CannotBePlaced, TooLarge."""
    bands, mask = arrays
    if header.get("empty"):
        raise CannotBePlaced("The image has no pixels with data there: take the chip where it has some.")
    if bands.nbytes > MOST_BYTES:
        raise TooLarge("That is too large a part of the image for a chip: zoom closer, or show fewer bands.")
    profile = {
        "driver": "GTiff",
        "dtype": bands.dtype.name,
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "compress": "deflate",
        "crs": question.crs or None,
        "transform": Affine(*(question.placed or question.affine)),
    }
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(bands)
            if not mask.all():
                file.write_mask(mask)
        data = np.frombuffer(bytes(memory.getbuffer()), dtype=np.uint8)
    return {**header, "content_type": CONTENT_TYPE}, (data, bands, mask)
