"""Reading pixels with their mask, and what is left of them when blocks of the file are damaged."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from layers.errors import NotReadable, TooLarge

MAX_SOURCE_PIXELS = 500_000_000
_SMALLEST_PART_PX = 32


@dataclass(frozen=True, eq=False, slots=True)
class Pixels:
    """`bands` (n, h, w) in the file's dtype, `mask` (h, w) True where valid, `damaged` when blocks are missing."""

    bands: NDArray[Any]
    mask: NDArray[np.bool_]
    damaged: bool = False


def read_pixels(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """Read a whole-pixel window of bands (from 1), averaged down to `shape` (rows, cols) where that is smaller.

    Damaged blocks come back masked. Raises NotReadable when nothing could be read, TooLarge when too much is asked.
    """
    name = os.path.basename(dataset.name)
    if window.width * window.height > MAX_SOURCE_PIXELS:
        raise TooLarge(f"{name} has no overviews and is too large to be drawn as a whole: zoom in or build overviews.")
    found = _attempt(dataset, indexes, window, shape)
    if isinstance(found, Pixels):
        return found
    parts = list(_sound_parts(dataset, indexes, window, (0, 0, *shape)))
    if not parts:
        cause = " ".join(str(found.__cause__ or found).split())[:200]
        raise NotReadable(f"{name} is damaged here, its pixels cannot be read: {cause}") from found
    bands = np.zeros((len(indexes), *shape), parts[0][1].bands.dtype)
    mask = np.zeros(shape, bool)
    for (top, left, rows, cols), part in parts:
        bands[:, top : top + rows, left : left + cols] = part.bands
        mask[top : top + rows, left : left + cols] = part.mask
    return Pixels(bands, mask, damaged=True)


def real_values(band: NDArray[Any]) -> NDArray[Any]:
    """Magnitudes of complex values, 0 and 1 of booleans, everything else as it is."""
    if band.dtype.kind == "c":
        return np.abs(band)
    return band.view(np.uint8) if band.dtype.kind == "b" else band


def _attempt(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels | Exception:
    try:
        return _read(dataset, indexes, window, shape)
    except (RasterioError, CPLE_BaseError) as error:
        failure = error
    # GDAL keeps its last error, and rasterio would raise it from the next innocent call.
    with contextlib.suppress(CPLE_BaseError):
        _ = dataset.colorinterp
    return failure


def _read(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    shrunk = shape != (window.height, window.width)
    palette = any(dataset.colorinterp[i - 1] is ColorInterp.palette for i in indexes)
    how = Resampling.average if shrunk and not palette else Resampling.nearest
    bands = dataset.read(indexes, window=window, out_shape=(len(indexes), *shape), resampling=how)
    return Pixels(bands, _mask(dataset, indexes, bands, window))


def _mask(dataset: DatasetReader, indexes: list[int], bands: NDArray[Any], window: Window) -> NDArray[np.bool_]:
    """A pixel is valid when the file's own mask or alpha says so and any of its bands holds a value."""
    shape = bands.shape[1:]
    mask = np.ones(shape, bool)
    flags = dataset.mask_flag_enums[indexes[0] - 1]
    if MaskFlags.per_dataset in flags or MaskFlags.alpha in flags:
        mask = dataset.read_masks(indexes[0], window=window, out_shape=shape) > 0
    nodatas = [dataset.nodatavals[i - 1] for i in indexes]
    if bands.dtype.kind not in "fc" and all(nodata is None for nodata in nodatas):
        return mask
    has_value = np.zeros(shape, bool)
    for band, nodata in zip(bands, nodatas, strict=True):
        found = np.isfinite(band) if band.dtype.kind in "fc" else np.ones(shape, bool)
        if nodata is not None and nodata == nodata:
            found &= band != nodata
        has_value |= found
    return mask & has_value


def _sound_parts(
    dataset: DatasetReader, indexes: list[int], window: Window, place: tuple[int, int, int, int]
) -> list[tuple[tuple[int, int, int, int], Pixels]]:
    """What can be read of a window that failed as a whole, by quarters; `place` is (top, left, rows, cols)."""
    top, left, rows, cols = place
    found = []
    for row0, row1 in _halves(rows):
        for col0, col1 in _halves(cols):
            part = _part_of(window, (rows, cols), (row0, row1), (col0, col1))
            where = (top + row0, left + col0, row1 - row0, col1 - col0)
            pixels = _attempt(dataset, indexes, part, (row1 - row0, col1 - col0))
            if isinstance(pixels, Pixels):
                found.append((where, pixels))
            elif max(row1 - row0, col1 - col0) > _SMALLEST_PART_PX:  # a smaller part is lost with its block
                found += _sound_parts(dataset, indexes, part, where)
    return found


def _halves(size: int) -> list[tuple[int, int]]:
    return [(0, size)] if size <= _SMALLEST_PART_PX else [(0, size // 2), (size // 2, size)]


def _part_of(window: Window, shape: tuple[int, int], rows: tuple[int, int], cols: tuple[int, int]) -> Window:
    tall, wide = window.height / shape[0], window.width / shape[1]
    top, bottom = round(rows[0] * tall), max(round(rows[1] * tall), round(rows[0] * tall) + 1)
    left, right = round(cols[0] * wide), max(round(cols[1] * wide), round(cols[0] * wide) + 1)
    return Window(window.col_off + left, window.row_off + top, right - left, bottom - top)
