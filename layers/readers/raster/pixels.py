"""Reads pixels with their mask, and saves what it can where blocks of the file are damaged."""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import Any

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, Interleaving, MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from layers.errors import NotReadable
from layers.raster.overviews import SAMPLED_FROM_PIXELS
from layers.readers.library_words import cannot_read
from layers.readers.raster.subdatasets import file_name

MAX_SOURCE_PIXELS = SAMPLED_FROM_PIXELS
"""Most pixels, counted in whole blocks, that are averaged; of more, some blocks are sampled."""
SLAB_BYTES = 48 * 2**20
"""Most bytes of a window that are averaged at once: GDAL's cache holds their blocks, and each is decompressed once."""
SAMPLED_PIXELS = 64_000_000
MAX_SAMPLES = 24
"""Blocks a side of a window that is sampled."""
_SAMPLE_PX = 32
_FEWEST_BLOCKS = 9
_MAX_COMPLEX_PIXELS = 16_000_000
_SMALLEST_PART_PX = 32
_NEIGHBOURS = np.ones((3, 3), np.uint8)

Mask = NDArray[np.bool_]


class Pixels(Struct, frozen=True, eq=False):
    """`bands` (n, h, w) in the file's dtype (complex ones as magnitudes), `mask` (h, w) True where valid.

    `valid` (n, h, w) says it band by band, where bands differ. `damaged` when blocks are missing, `sampled` when not
    all of the file was looked at.
    """

    bands: NDArray[Any]
    mask: Mask
    damaged: bool = False
    valid: Mask | None = None
    sampled: bool = False

    def without(self, nodata: float, is_reduced: bool) -> Pixels:
        """The same without pixels that hold `nodata`, each band's own where bands differ.

        Of reduced pixels their neighbours go too: the program that reduced them mixed values with `nodata`.
        """
        valid = (self.bands != nodata) & (self.mask if self.valid is None else self.valid)
        if is_reduced:
            valid = np.stack([cv2.erode(v.view(np.uint8), _NEIGHBOURS).view(bool) for v in valid])
        mask = valid.any(axis=0)
        return replace(self, mask=mask, valid=None if (valid == mask).all() else valid)


def read_pixels(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """Read a whole-pixel window of bands (from 1), averaged down to `shape` (rows, cols) where that is smaller.

    Damaged blocks come back masked. Raises NotReadable when nothing could be read.
    """
    if _unpacked_pixels(dataset, window) > MAX_SOURCE_PIXELS:
        return _sample(dataset, indexes, window, shape)
    outcome = _attempt(dataset, indexes, window, shape)
    if isinstance(outcome, Pixels):
        return outcome
    parts = list(_sound_parts(dataset, indexes, window, (0, 0, *shape)))
    if not parts:
        raise _damaged(dataset, outcome) from outcome
    bands = np.zeros((len(indexes), *shape), parts[0][1].bands.dtype)
    valid = np.zeros(bands.shape, bool)
    mask = np.zeros(shape, bool)
    for (top, left, rows, cols), part in parts:
        place = (slice(top, top + rows), slice(left, left + cols))
        bands[:, *place], mask[place] = part.bands, part.mask
        valid[:, *place] = part.mask if part.valid is None else part.valid
    return Pixels(bands, mask, damaged=True, valid=None if (valid == mask).all() else valid)


def real_values(band: NDArray[Any]) -> NDArray[Any]:
    """Magnitudes of complex values, 0 and 1 of booleans, everything else as it is."""
    if band.dtype.kind == "c":
        return np.abs(band)
    return band.view(np.uint8) if band.dtype.kind == "b" else band


def _damaged(dataset: DatasetReader, cause: Exception) -> NotReadable:
    return cannot_read(file_name(dataset), str(cause.__cause__ or cause))


def _attempt(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels | Exception:
    try:
        return _read(dataset, indexes, window, shape)
    except (RasterioError, CPLE_BaseError) as error:
        failure = error
    # GDAL keeps its last error, and rasterio would raise it from the next innocent call.
    with contextlib.suppress(CPLE_BaseError):
        _ = dataset.colorinterp
    return failure


def _unpacked_pixels(dataset: DatasetReader, window: Window) -> float:
    """Number of pixels to unpack for a window: whole blocks, and so whole rows of a raster stored in rows."""
    rows, cols = dataset.block_shapes[0]
    left, top = window.col_off // cols * cols, window.row_off // rows * rows
    right = min(-(-(window.col_off + window.width) // cols) * cols, dataset.width)
    bottom = min(-(-(window.row_off + window.height) // rows) * rows, dataset.height)
    return float(max(window.width, right - left) * max(window.height, bottom - top))


def _read(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """Read a window as a whole, or in slabs from top to bottom where it is averaged from more than the cache holds."""
    together = dataset.count if dataset.interleaving is Interleaving.pixel else 1
    nbytes = _unpacked_pixels(dataset, window) * together * np.dtype(_plain(dataset.dtypes[indexes[0] - 1])).itemsize
    count = min(shape[0], -(-int(nbytes) // SLAB_BYTES)) if shape[0] < window.height else 1
    if count <= 1:
        return read_slab(dataset, indexes, window, shape)
    tall = window.height / shape[0]
    edges = [shape[0] * at // count for at in range(count + 1)]
    slabs = []
    for start, end in itertools.pairwise(edges):
        slab = Window(window.col_off, window.row_off + start * tall, window.width, (end - start) * tall)
        slabs.append(read_slab(dataset, indexes, slab, (end - start, shape[1])))
    valid = None
    if any(slab.valid is not None for slab in slabs):
        each = [np.broadcast_to(s.mask, s.bands.shape) if s.valid is None else s.valid for s in slabs]
        valid = np.concatenate(each, axis=1)
    return Pixels(
        np.concatenate([s.bands for s in slabs], axis=1), np.concatenate([s.mask for s in slabs]), valid=valid
    )


def _plain(dtype: str) -> str:
    return "complex64" if dtype == "complex_int16" else dtype


def read_slab(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """Read a window into `shape` at once, however large it is."""
    shrunk = shape != (window.height, window.width)
    palette = any(dataset.colorinterp[i - 1] is ColorInterp.palette for i in indexes)
    if "complex" in dataset.dtypes[indexes[0] - 1]:
        return _read_magnitudes(dataset, indexes, window, shape)
    how = Resampling.average if shrunk and not palette else Resampling.nearest
    bands = dataset.read(indexes, window=window, out_shape=(len(indexes), *shape), resampling=how)
    mask, valid = _masks(dataset, indexes, bands, window)
    return Pixels(bands, mask, valid=valid)


def _read_magnitudes(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """Magnitudes are averaged: the mean of complex values would be near nothing where phases differ."""
    is_small = window.width * window.height <= _MAX_COMPLEX_PIXELS
    whole = (int(window.height), int(window.width)) if is_small else shape
    values = dataset.read(indexes, window=window, out_shape=(len(indexes), *whole), resampling=Resampling.nearest)
    mask, valid = _masks(dataset, indexes, values, window)
    bands = np.abs(values)
    if whole == shape:
        return Pixels(bands, mask, valid=valid)
    each = np.broadcast_to(mask, bands.shape) if valid is None else valid
    size = (shape[1], shape[0])
    weights = [cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_AREA) for m in each]
    sums = [cv2.resize(np.where(m, b, 0), size, interpolation=cv2.INTER_AREA) for m, b in zip(each, bands, strict=True)]
    means = np.stack([s / np.maximum(w, 1e-6) for s, w in zip(sums, weights, strict=True)]).astype(bands.dtype)
    small = np.stack(weights) > 0.5
    return Pixels(means, small.any(axis=0), valid=None if valid is None else small)


def _masks(dataset: DatasetReader, indexes: list[int], bands: NDArray[Any], window: Window) -> tuple[Mask, Mask | None]:
    """Return the mask, and (n, h, w) for each band, None where all bands hold values in the same pixels.

    A pixel is valid where the file's own mask or alpha says so and any of its bands holds a value.
    """
    shape = bands.shape[1:]
    mask = np.ones(shape, bool)
    flags = dataset.mask_flag_enums[indexes[0] - 1]
    if MaskFlags.per_dataset in flags or MaskFlags.alpha in flags:
        mask = dataset.read_masks(indexes[0], window=window, out_shape=shape) > 0
    nodatas = [dataset.nodatavals[i - 1] for i in indexes]
    if bands.dtype.kind not in "fc" and all(nodata is None for nodata in nodatas):
        return mask, None
    valid = np.isfinite(bands) if bands.dtype.kind in "fc" else np.ones(bands.shape, bool)
    for has_value, band, nodata in zip(valid, bands, nodatas, strict=True):
        if nodata is not None and nodata == nodata:
            has_value &= band != nodata
    has_any = valid.any(axis=0)
    mask = mask & has_any
    differ = len(valid) > 1 and bool((valid != has_any).any())
    return mask, valid & mask if differ else None


def _sample(dataset: DatasetReader, indexes: list[int], window: Window, shape: tuple[int, int]) -> Pixels:
    """A coarse picture of a window too large to be read: a little of some blocks, spread evenly."""
    rows, cols = _sample_grid(dataset, window, shape)
    tall, wide = window.height / rows, window.width / cols
    bands: NDArray[Any] | None = None
    mask = np.zeros((rows, cols), bool)
    failure: Exception | None = None
    for row in range(rows):
        for col in range(cols):
            outcome = _attempt(dataset, indexes, _spot(window, (row + 0.5) * tall, (col + 0.5) * wide), (1, 1))
            if not isinstance(outcome, Pixels):
                failure = outcome
                continue
            if bands is None:
                bands = np.zeros((len(indexes), rows, cols), outcome.bands.dtype)
            bands[:, row, col], mask[row, col] = outcome.bands[:, 0, 0], outcome.mask[0, 0]
    if bands is None:
        assert failure is not None
        raise _damaged(dataset, failure) from failure
    ys, xs = (np.arange(size) * count // size for size, count in zip(shape, (rows, cols), strict=True))
    return Pixels(bands[:, ys][:, :, xs], mask[ys][:, xs], damaged=failure is not None, sampled=True)


def _sample_grid(dataset: DatasetReader, window: Window, shape: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of samples, so that no more than `SAMPLED_PIXELS` have to be unpacked."""
    block_rows, block_cols = dataset.block_shapes[0]
    together = dataset.count if dataset.interleaving is Interleaving.pixel else 1
    block_px = block_rows * block_cols * together
    across = window.width / block_cols
    rows, cols = min(MAX_SAMPLES, shape[0]), min(MAX_SAMPLES, shape[1])
    blocks = max(_FEWEST_BLOCKS, SAMPLED_PIXELS // block_px)
    wide = min(float(cols), max(1.0, across))  # more samples across than blocks cost nothing more
    if rows * wide > blocks:
        wide = min(wide, max(math.sqrt(blocks), blocks / rows))
        rows = max(1, min(rows, int(blocks / wide)))
        cols = cols if wide >= across else max(1, int(wide))
    return rows, cols


def _spot(window: Window, row: float, col: float) -> Window:
    height, width = min(_SAMPLE_PX, int(window.height)), min(_SAMPLE_PX, int(window.width))
    top = window.row_off + min(max(0, int(row - height / 2)), int(window.height) - height)
    left = window.col_off + min(max(0, int(col - width / 2)), int(window.width) - width)
    return Window(left // _SAMPLE_PX * _SAMPLE_PX, top // _SAMPLE_PX * _SAMPLE_PX, width, height)


def _sound_parts(
    dataset: DatasetReader, indexes: list[int], window: Window, place: tuple[int, int, int, int]
) -> list[tuple[tuple[int, int, int, int], Pixels]]:
    """Readable parts of a window that failed as a whole, by quarters; `place` is (top, left, rows, cols)."""
    top, left, rows, cols = place
    parts = []
    for row0, row1 in _halves(rows):
        for col0, col1 in _halves(cols):
            part = _part_of(window, (rows, cols), (row0, row1), (col0, col1))
            where = (top + row0, left + col0, row1 - row0, col1 - col0)
            pixels = _attempt(dataset, indexes, part, (row1 - row0, col1 - col0))
            if isinstance(pixels, Pixels):
                parts.append((where, pixels))
            elif max(row1 - row0, col1 - col0) > _SMALLEST_PART_PX:  # a smaller part is lost with its block
                parts += _sound_parts(dataset, indexes, part, where)
    return parts


def _halves(size: int) -> list[tuple[int, int]]:
    return [(0, size)] if size <= _SMALLEST_PART_PX else [(0, size // 2), (size // 2, size)]


def _part_of(window: Window, shape: tuple[int, int], rows: tuple[int, int], cols: tuple[int, int]) -> Window:
    tall, wide = window.height / shape[0], window.width / shape[1]
    top, bottom = round(rows[0] * tall), max(round(rows[1] * tall), round(rows[0] * tall) + 1)
    left, right = round(cols[0] * wide), max(round(cols[1] * wide), round(cols[0] * wide) + 1)
    return Window(window.col_off + left, window.row_off + top, right - left, bottom - top)
