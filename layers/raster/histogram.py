"""Histograms of a raster's values, drawn beside the settings of a stretch."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.raster.stretch import Values

BINS = 128
_TAIL_PERCENT = 0.1


class Histogram(Struct, frozen=True, eq=False):
    """`counts` of equal bins from `low` to `high`; what lies beyond is in the outer bins."""

    counts: NDArray[np.int64]
    low: float
    high: float


def histogram(values: Values, shown: tuple[float, float] | None = None) -> Histogram:
    """Count `Values.sorted` between nearly all of its extremes (without lone outliers), or between `shown`, low and
    high.

    Bins of whole numbers are whole numbers wide, as every second bin would be empty otherwise.
    """
    low, high = values.percentile(_TAIL_PERCENT), values.percentile(100 - _TAIL_PERCENT)
    if shown is not None:
        low, high = min(low, *shown), max(high, *shown)
    margin = (high - low) * 0.03 or 0.5
    low, high = low - margin, high + margin
    if values.sorted.dtype.kind in "iu":
        width = max(1.0, np.ceil((high - low) / BINS))
        low = float(np.floor(low)) - 0.5
        high = low + width * max(1, int(np.ceil((high - low) / width)))
        bins = round((high - low) / width)
    else:
        bins = BINS
    edges = np.linspace(low, high, bins + 1)
    below = np.searchsorted(values.sorted, edges[1:-1], side="left")
    counts = np.diff(np.concatenate([[0], below, [values.sorted.size]]))
    return Histogram(counts.astype(np.int64), low, high)
