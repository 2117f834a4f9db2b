"""The perceptual hash of a picture in a file, by which its other sizes and formats are known again."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasterio.enums import Resampling

from layers.decoding import encoded
from layers.raster.perceptual_hash import SIDE, perceptual_hash
from layers.readers.raster.datasets import DATASETS
from layers.requests.imagery import HashPicture, PictureHash

MOST_PIXELS = 200_000_000
_COLOR_BANDS = 3


def hash_picture(question: HashPicture) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Answer with `PictureHash`; it is empty for a picture that is too large. Raises what opening and reading raise."""
    picture = DATASETS.get(question.path)
    if picture.width * picture.height > MOST_PIXELS:
        return encoded(PictureHash()), ()
    indexes = list(range(1, min(picture.count, _COLOR_BANDS) + 1))
    bands = picture.read(indexes, out_shape=(len(indexes), SIDE, SIDE), resampling=Resampling.average)
    grey = np.nan_to_num(bands.astype(np.float64).mean(axis=0), posinf=0.0, neginf=0.0)
    if bands.dtype != np.uint8:
        low, high = float(grey.min()), float(grey.max())
        grey = (grey - low) * (255.0 / (high - low) if high > low else 0.0)
    return encoded(PictureHash(perceptual_hash(grey.astype(np.uint8)))), ()
