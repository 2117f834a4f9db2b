"""Saturation and sharpening of coloured pixels: what needs all three channels, or the neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint32]

_LUMA = (0.299, 0.587, 0.114)
SHARPEN_PX = 1
"""How far the sharpening looks: tiles are read with so much more on each side, or they would show seams."""
_STRENGTH = 3.0


def adjust(pixels: Pixels, mask: NDArray[np.bool_] | None, saturation: float, sharpen: float) -> Pixels:
    """Opaque pixels (h, w) with saturation -1 (grey) to 1, and sharpened 0..1 by an unsharp mask of 3 x 3.

    Where `sharpen` is not 0 the result is `SHARPEN_PX` smaller on each side. Pixels with False in `mask` have no say in
    their neighbours; their own colour is arbitrary.
    """
    channels = np.stack([((pixels >> np.uint32(shift)) & np.uint32(255)) for shift in (16, 8, 0)]).astype(np.float32)
    if saturation:
        _saturate(channels, saturation)
    if sharpen:
        channels = _sharpened(channels, mask, sharpen)
    red, green, blue = np.clip(channels + np.float32(0.5), 0, 255).astype(np.uint32)
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue


def _saturate(channels: NDArray[np.float32], saturation: float) -> None:
    factor = np.float32(1 + saturation if saturation < 0 else 1 + 2 * saturation)
    luma = sum((np.float32(weight) * channel for weight, channel in zip(_LUMA, channels, strict=True)), np.float32(0))
    channels -= luma
    channels *= factor
    channels += luma
    np.clip(channels, 0, 255, out=channels)


def _sharpened(channels: NDArray[np.float32], mask: NDArray[np.bool_] | None, sharpen: float) -> NDArray[np.float32]:
    inner = channels[:, SHARPEN_PX:-SHARPEN_PX, SHARPEN_PX:-SHARPEN_PX]
    if mask is None:
        mean = _sum_3x3(channels) * np.float32(1 / 9)
    else:
        weight = mask.astype(np.float32)
        mean = _sum_3x3(channels * weight) / np.maximum(_sum_3x3(weight), np.float32(1))
    found: NDArray[np.float32] = inner + np.float32(_STRENGTH * sharpen) * (inner - mean)
    return found


def _sum_3x3(values: NDArray[np.float32]) -> Any:
    rows = values[..., :-2, :] + values[..., 1:-1, :] + values[..., 2:, :]
    return rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]
