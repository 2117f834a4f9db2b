"""Resampling by a map of positions, without invalid pixels bleeding into valid ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

cv2.setNumThreads(1)  # the other core belongs to the window

_INTERPOLATIONS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "average": cv2.INTER_LINEAR,  # the reading has averaged already
    "cubic": cv2.INTER_CUBIC,  # by `_cubic`: cv2's own takes a = -0.75, which bends even a straight ramp
}
_NATIVE = ("uint8", "uint16", "int16", "float32", "float64")
_SAME_SIZE = {1: "u1", 2: "u2", 4: "f4", 8: "f8"}
_LEAST_WEIGHT = 1 / 64
_CUBIC_REACH = np.ones((5, 5), np.uint8)
"""The pixels around the nearest one that contain all sixteen that a cubic takes."""

Mask = NDArray[np.bool_]
_Places = NDArray[np.float32]


def resample(
    bands: NDArray[Any], mask: Mask, x: _Places, y: _Places, how: str, valid: Mask | None = None
) -> tuple[NDArray[Any], Mask]:
    """Bands (n, h, w) and mask (h, w) at positions `x`, `y` (rows, cols), pixel centres at whole numbers.

    The dtype stays. A target pixel is valid where the nearest source pixel is. `valid` (n, h, w) says band by band
    which pixels hold a value, where the bands differ in that; a pixel without one keeps what the file has there.
    """
    out_mask = np.ones(x.shape, bool)
    whole = bool(mask.all())
    if not whole:
        out_mask = _remap(mask.view(np.uint8), x, y, cv2.INTER_NEAREST).view(bool)
    interpolation = _INTERPOLATIONS.get(how, cv2.INTER_LINEAR)
    out = np.empty((len(bands), *x.shape), bands.dtype)
    if whole and valid is None and interpolation == cv2.INTER_LINEAR and bands.dtype.name in _NATIVE:
        for into, band in zip(out, bands, strict=True):  # what most tiles are: straight to where it goes
            _remap(np.ascontiguousarray(band), x, y, interpolation, into)
        return out, out_mask
    new_bands: Iterable[NDArray[Any]]
    if interpolation == cv2.INTER_NEAREST:
        new_bands = (_nearest(band, x, y) for band in bands)
    elif valid is not None:
        new_bands = (_where_valid(band, has, x, y, interpolation) for band, has in zip(bands, valid, strict=True))
    elif whole:
        new_bands = (_like(_interpolated(_workable(band), x, y, interpolation), band.dtype) for band in bands)
    else:
        new_bands = _weighted(bands, mask, x, y, interpolation)
    for into, values in zip(out, new_bands, strict=True):
        into[:] = values
    return out, out_mask


def _where_valid(band: NDArray[Any], has_value: Mask, x: _Places, y: _Places, interpolation: int) -> NDArray[Any]:
    """One band with holes of its own; the holes keep the file's own value (nodata or nan)."""
    (values,) = _weighted(band[None], has_value, x, y, interpolation)
    hole = _remap(has_value.view(np.uint8), x, y, cv2.INTER_NEAREST) == 0
    if hole.any():
        values[hole] = _nearest(band, x, y)[hole]
    return values


def _weighted(bands: NDArray[Any], mask: Mask, x: _Places, y: _Places, interpolation: int) -> list[NDArray[Any]]:
    """Normalised convolution: the mean of valid neighbours only. Near invalid pixels a cubic gives way to it."""
    deep = np.float32 if bands.dtype.itemsize <= 2 or bands.dtype == np.float32 else np.float64
    weight = _remap(mask.astype(deep), x, y, cv2.INTER_LINEAR)  # the same type: cv2 places each type in its own way
    usable = weight > _LEAST_WEIGHT
    weight[~usable] = 1
    sound = None
    if interpolation == cv2.INTER_CUBIC:
        # Its negative weights would turn a hole's edge into spikes.
        inner = cv2.erode(mask.view(np.uint8), _CUBIC_REACH, borderType=cv2.BORDER_REPLICATE)
        sound = _remap(np.asarray(inner), x, y, cv2.INTER_NEAREST) > 0
    out = []
    for band in bands:
        values = np.where(mask & np.isfinite(band), band, 0).astype(deep)
        mean = np.where(usable, _remap(values, x, y, cv2.INTER_LINEAR) / weight, 0)
        if sound is not None:
            mean = np.where(sound, _cubic(values, x, y), mean)
        out.append(_like(mean, band.dtype))
    return out


def _nearest(band: NDArray[Any], x: _Places, y: _Places) -> NDArray[Any]:
    """Values themselves, of any dtype: cv2 moves the bytes, whatever they mean."""
    moved = _remap(np.ascontiguousarray(band).view(_SAME_SIZE[band.dtype.itemsize]), x, y, cv2.INTER_NEAREST)
    return moved.view(band.dtype)


def _workable(band: NDArray[Any]) -> NDArray[Any]:
    """The band in a type that cv2 interpolates and that holds its values exactly (64-bit integers up to 2**53)."""
    if band.dtype.name in _NATIVE:
        return np.ascontiguousarray(band)
    if band.dtype.kind == "f":
        return band.astype(np.float32)
    return band.astype(np.int16 if band.dtype.name == "int8" else np.float64)


def _like(values: NDArray[Any], dtype: np.dtype) -> NDArray[Any]:
    """Convert values back to the file's dtype, rounded and held within its range."""
    if values.dtype == dtype or dtype.kind not in "iu":
        return values.astype(dtype, copy=False)
    bounds = np.iinfo(dtype)
    if values.dtype.kind == "f":
        values = np.rint(values)
        if dtype.itemsize == 8:  # 2**63 itself is a float, the largest integer is not
            return np.clip(values, float(bounds.min), np.nextafter(float(bounds.max), 0)).astype(dtype)
    return np.clip(values, bounds.min, bounds.max).astype(dtype)


def _interpolated(values: NDArray[Any], x: _Places, y: _Places, interpolation: int) -> NDArray[Any]:
    if interpolation != cv2.INTER_CUBIC:
        return _remap(values, x, y, interpolation)
    return _cubic(values.astype(np.float32 if values.dtype.itemsize <= 2 else values.dtype, copy=False), x, y)


def _cubic(values: NDArray[Any], x: _Places, y: _Places) -> NDArray[Any]:
    """Cubic convolution with a = -0.5 (Keys 1981; what GDAL calls cubic), in the values' own floating type."""
    left, top = np.floor(x), np.floor(y)
    across, down = _keys(x - left), _keys(y - top)
    total = np.zeros(x.shape, values.dtype)
    for row, by in enumerate(down, -1):
        for col, weight in enumerate(across, -1):
            total += _remap(values, left + col, top + row, cv2.INTER_NEAREST) * (weight * by)
    return total


def _keys(t: _Places) -> tuple[_Places, _Places, _Places, _Places]:
    """The weights of the four pixels around a position `t` after the second."""
    u = np.float32(1) - t
    two = np.float32(2)
    return -t * u * u / two, 1 - t * t * (5 - 3 * t) / two, 1 - u * u * (5 - 3 * u) / two, -u * t * t / two


def _remap(
    values: NDArray[Any], x: _Places, y: _Places, interpolation: int, into: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Resample one band. `into`: the array for the values, contiguous and of their type."""
    return np.asarray(cv2.remap(values, x, y, interpolation, into, borderMode=cv2.BORDER_REPLICATE))
