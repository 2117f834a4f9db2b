"""Premultiplied ARGB pictures laid over each other, and colours that cover a part of each pixel."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_STEPS_A_LAYER = 256


def argb_of(color: str) -> int:
    """The number of "#rrggbb" or "#aarrggbb"."""
    value = int(color[1:], 16)
    return value if len(color) == 9 else 0xFF000000 | value


def over(below: NDArray[np.uint32], above: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """`above` on `below`, as painters lay them."""
    if not below.any():
        return above
    shown = np.flatnonzero(above)
    if not shown.size:
        return below
    out = below.copy()
    top = above.ravel()[shown]
    through = (255 - (top >> 24)).astype(np.uint16)[:, None]
    under = out.ravel()[shown].view(np.uint8).reshape(-1, 4).astype(np.uint16)
    product = under * through + 128
    mixed = top.view(np.uint8).reshape(-1, 4) + ((product + (product >> 8)) >> 8)
    out.ravel()[shown] = mixed.astype(np.uint8).view(np.uint32).ravel()
    return out


def tinted(coverage: NDArray[np.uint8], argb: int) -> NDArray[np.uint32]:
    """A colour (not premultiplied, 0xAARRGGBB) where there is coverage, premultiplied."""
    return tint_table(argb)[coverage]


def tint_table(argb: int) -> NDArray[np.uint32]:
    """(256,) the colour, premultiplied, by coverage."""
    alpha = np.rint(np.arange(256) * ((argb >> 24) / 255)).astype(np.uint32)
    table: NDArray[np.uint32] = alpha << np.uint32(24)
    for channel in (0, 8, 16):
        table |= np.rint(alpha * ((argb >> channel & 255) / 255)).astype(np.uint32) << np.uint32(channel)
    return table


def deepened(sums: NDArray[np.float32], argb: int) -> NDArray[np.uint32]:
    """A colour where its layers add up to `sums` (1 for one whole layer): the more, the less shows through."""
    steps = sums * np.float32(_STEPS_A_LAYER)
    np.clip(steps, 0, 2**16 - 1, out=steps)
    return _depth_table(argb)[np.rint(steps, out=steps).astype(np.uint16)]


@lru_cache(maxsize=16)
def _depth_table(argb: int) -> NDArray[np.uint32]:
    """(65536,) the colour, premultiplied, by the sum in steps: a power for each pixel of a picture takes long."""
    sums = np.arange(2**16) / _STEPS_A_LAYER
    opacity = (argb >> 24) / 255
    alpha = np.minimum(sums, 1) if opacity >= 1 else 1 - np.power(1 - opacity, sums)
    return tinted(np.rint(alpha * 255).astype(np.uint8), argb | 0xFF000000)
