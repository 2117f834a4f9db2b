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
    """Blend `above` over `below`."""
    if not below.any():
        return above
    shown = np.flatnonzero(above != 0)
    out = below.copy()
    lay(out, shown, above.ravel()[shown])
    return out


def lay(picture: NDArray[np.uint32], at: NDArray[np.intp], colours: NDArray[np.uint32]) -> None:
    """Blend colours (n,) over the pixels `at` (n,) of a contiguous picture, in place.

    Only some pixels of a picture are touched: work on all of them would cost more than the painting.
    """
    flat = picture.reshape(-1)
    under = flat[at]
    if under.any():
        through = (255 - (colours >> 24)).astype(np.uint16)[:, None]
        product = under.view(np.uint8).reshape(-1, 4).astype(np.uint16) * through + 128
        mixed = colours.view(np.uint8).reshape(-1, 4) + ((product + (product >> 8)) >> 8)
        colours = mixed.astype(np.uint8).view(np.uint32).ravel()
    flat[at] = colours


def tint(picture: NDArray[np.uint32], coverage: NDArray[np.uint8], argb: int) -> None:
    """Blend a colour (not premultiplied, 0xAARRGGBB) over pixels by their coverage, 0..255; in place."""
    at = np.flatnonzero(coverage != 0)
    lay(picture, at, tint_table(argb)[coverage.ravel()[at]])


def deepen(picture: NDArray[np.uint32], sums: NDArray[np.float32], argb: int) -> None:
    """Blend a colour in layers that add up to `sums` (1 for one whole layer): more layers cover more. In place."""
    at = np.flatnonzero(sums > 0.5 / _STEPS_A_LAYER)
    steps = np.rint(sums.ravel()[at] * np.float32(_STEPS_A_LAYER))
    lay(picture, at, _depth_table(argb)[np.minimum(steps, 2**16 - 1).astype(np.uint16)])


def tint_table(argb: int) -> NDArray[np.uint32]:
    """(256,) the colour, premultiplied, by coverage."""
    alpha = np.rint(np.arange(256) * ((argb >> 24) / 255)).astype(np.uint32)
    table: NDArray[np.uint32] = alpha << np.uint32(24)
    for channel in (0, 8, 16):
        table |= np.rint(alpha * ((argb >> channel & 255) / 255)).astype(np.uint32) << np.uint32(channel)
    return table


@lru_cache(maxsize=16)
def _depth_table(argb: int) -> NDArray[np.uint32]:
    """(65536,) the colour, premultiplied, by the sum in steps: a power for each pixel of a picture takes long."""
    sums = np.arange(2**16) / _STEPS_A_LAYER
    opacity = (argb >> 24) / 255
    alpha = np.minimum(sums, 1) if opacity >= 1 else 1 - np.power(1 - opacity, sums)
    return tint_table(argb | 0xFF000000)[np.rint(alpha * 255).astype(np.uint8)]
