"""A few colormaps for single bands, interpolated from control points."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_POINTS = {
    "viridis": "440154 472c7a 3b518b 2c718e 21908d 27ad81 5cc863 aadc32 fde725",
    "inferno": "000004 1b0c42 4b0c6b 781c6d a52c60 cf4446 ed6925 fb9a06 f7d03c fcffa4",
    "turbo": "30123b 4145ab 4675ed 39a2fc 1bcfd4 24eca6 61fc6c a4fc3b d1e834 f3c63a fe9b2d f36315 d93806 b11901 7a0402",
    "terrain": "1f4e79 2e8b57 8fbc5a e8dc8a c49a5a 8b6b4a f5f5f5",
    "coolwarm": "3b4cc0 7b9ff9 c0d4f5 dddddd f2cbb7 ee8468 b40426",
}

COLORMAPS = tuple(_POINTS)
"""Names, in the order a list shows them."""


@lru_cache(maxsize=len(_POINTS))
def colormap(name: str) -> NDArray[np.uint32]:
    """256 opaque pixels 0xFFRRGGBB; raises KeyError for a name not in `COLORMAPS`."""
    points = np.array([list(bytes.fromhex(color)) for color in _POINTS[name].split()], np.float64)
    at = np.linspace(0, len(points) - 1, 256)
    channels = [np.rint(np.interp(at, np.arange(len(points)), points[:, i])).astype(np.uint32) for i in range(3)]
    red, green, blue = channels
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
