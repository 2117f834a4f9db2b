"""Converts 32-bit floats into the 64-bit ones that read the same: 0.1 stays 0.1, without digits nobody measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DIGITS = (6, 7, 8, 9)
"""Significant digits: six are always kept by 32 bits, nine always tell two such floats apart."""


def widened(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) Each with the fewest digits that mean the same float of 32 bits."""
    wide = values.astype(np.float64)
    shortest = wide.copy()
    left = np.flatnonzero(np.isfinite(values) & (values != 0))
    for digits in _DIGITS:
        numbers = wide[left]
        places = digits - 1 - np.floor(np.log10(np.abs(numbers)))
        up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
        rounded = np.round(numbers * up / down) / up * down
        with np.errstate(over="ignore"):
            same = rounded.astype(np.float32) == values[left]
        shortest[left[same]] = rounded[same]
        left = left[~same]
        if not left.size:
            break
    return shortest
