"""Resampling by a map of positions, without invalid pixels bleeding into valid ones."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)  # the other core belongs to the window

_INTERPOLATIONS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "average": cv2.INTER_LINEAR,  # the reading has averaged already
    "cubic": cv2.INTER_CUBIC,
}
_NATIVE = ("uint8", "uint16", "int16", "float32", "float64")
_LEAST_WEIGHT = 1 / 64


def resample(
    bands: NDArray[Any], mask: NDArray[np.bool_], x: NDArray[np.float32], y: NDArray[np.float32], how: str
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Bands (n, h, w) and mask (h, w) at positions `x`, `y` (rows, cols), pixel centres at whole numbers.

    The dtype stays. A target pixel is valid where the nearest source pixel is.
    """
    nearest = how == "nearest"
    out_mask = np.ones(x.shape, bool)
    whole = bool(mask.all())
    if not whole:
        out_mask = _remap(mask.view(np.uint8), x, y, cv2.INTER_NEAREST).view(bool)
    interpolation = _INTERPOLATIONS.get(how, cv2.INTER_LINEAR)
    if nearest or whole:
        out = [_like(_remap(_workable(band), x, y, interpolation), band.dtype) for band in bands]
    else:
        out = _weighted(bands, mask, x, y, interpolation)
    return np.stack(out), out_mask


def _weighted(
    bands: NDArray[Any], mask: NDArray[np.bool_], x: NDArray[np.float32], y: NDArray[np.float32], interpolation: int
) -> list[NDArray[Any]]:
    """Normalised convolution: the mean of valid neighbours only."""
    deep = np.float32 if bands.dtype.itemsize <= 2 or bands.dtype == np.float32 else np.float64
    weight = _remap(mask.astype(deep), x, y, interpolation)
    usable = weight > _LEAST_WEIGHT
    weight[~usable] = 1
    out = []
    for band in bands:
        values = np.where(mask & np.isfinite(band), band, 0).astype(deep)
        out.append(_like(np.where(usable, _remap(values, x, y, interpolation) / weight, 0), band.dtype))
    return out


def _workable(band: NDArray[Any]) -> NDArray[Any]:
    """The band in a type that cv2 interpolates and that holds its values exactly (64-bit integers up to 2**53)."""
    if band.dtype.name in _NATIVE:
        return np.ascontiguousarray(band)
    if band.dtype.kind == "f":
        return band.astype(np.float32)
    return band.astype(np.int16 if band.dtype.name == "int8" else np.float64)


def _like(values: NDArray[Any], dtype: np.dtype) -> NDArray[Any]:
    """Back to the file's dtype, rounded and held within its range."""
    if values.dtype == dtype or dtype.kind not in "iu":
        return values.astype(dtype, copy=False)
    bounds = np.iinfo(dtype)
    if values.dtype.kind == "f":
        values = np.rint(values)
    return np.clip(values, bounds.min, bounds.max).astype(dtype)


def _remap(values: NDArray[Any], x: NDArray[np.float32], y: NDArray[np.float32], interpolation: int) -> NDArray[Any]:
    return np.asarray(cv2.remap(values, x, y, interpolation, borderMode=cv2.BORDER_REPLICATE))
