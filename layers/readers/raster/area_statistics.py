"""Statistics of the pixels of an image whose centres lie inside an area."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize

from layers.decoding import encoded
from layers.errors import NotReadable
from layers.readers.raster.pixels import real_values
from layers.requests.imagery import AREA_PERCENTILES, AreaRing, BandStatistics, ReadArea

BINS = 128


def area_statistics(
    question: ReadArea, header: dict[str, Any], arrays: tuple[NDArray[Any], ...]
) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """The header of a tile with the statistics of its `arrays`, bands and mask, inside the rings; no arrays."""
    bands, mask = arrays
    inside = pixels_inside(question.rings, mask.shape)
    statistics = [encoded(band_statistics(band, mask & inside)) for band in bands]
    return {**header, "inside": int(inside.sum()), "bands": statistics}, ()


def pixels_inside(rings: tuple[AreaRing, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """True where a pixel's centre is inside an odd number of rings. Raises NotReadable for a ring that is none."""
    inside = np.zeros(shape, bool)
    for ring in rings:
        if len(ring) < 3 or not np.isfinite(np.array(ring, float)).all():
            raise NotReadable("The area has an edge that cannot be followed: draw it anew.")
        polygon = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        inside ^= rasterize([polygon], out_shape=shape, all_touched=False, dtype="uint8").astype(bool)
    return inside


def band_statistics(band: NDArray[Any], mask: NDArray[np.bool_]) -> BandStatistics:
    """Compute statistics of the values where the mask is true; infinities and nan are left out."""
    values = real_values(band)[mask]
    values = values[np.isfinite(values)].astype(np.float64)
    if not values.size:
        return BandStatistics(0)
    least, most = float(values.min()), float(values.max())
    bins = BINS
    if band.dtype.kind in "iu" and most - least < BINS:
        bins = int(most - least) + 1  # a bin a value
    counts, _ = np.histogram(values, bins, (least, most if most > least else least + 1))
    percentiles = tuple(float(value) for value in np.percentile(values, AREA_PERCENTILES))
    return BandStatistics(
        int(values.size), least, most, float(values.mean()), float(values.std()), percentiles, tuple(counts.tolist())
    )
