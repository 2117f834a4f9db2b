"""A perceptual hash of 64 bits: nearly equal for pictures that look alike, whatever their size and format."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE = 32
"""Edge in pixels of the small grey picture that is hashed."""
_KEPT = 8


def perceptual_hash(grey: NDArray[np.uint8]) -> str:
    """16 hexadecimal digits of a grey picture of `SIDE` x `SIDE` pixels.

    The lowest frequencies of its cosine transform, each above their median or not; the mean grey does not count.
    """
    assert grey.shape == (SIDE, SIDE)
    k = np.arange(_KEPT)[:, None]
    cosines = np.cos(np.pi * (2 * np.arange(SIDE)[None, :] + 1) * k / (2 * SIDE))
    low = (cosines @ grey.astype(np.float64) @ cosines.T).round(6).ravel()
    low[0] = 0.0
    bits = low > np.median(low[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
