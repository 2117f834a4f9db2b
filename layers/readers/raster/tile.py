"""One tile of a raster on the canvas's grid: the best overview, read once, resampled once."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader
from rasterio.windows import Window

from layers.decoding import encoded
from layers.errors import CannotBePlaced
from layers.grid.tile_grid import Affine
from layers.readers.raster.datasets import DATASETS, FULL_RESOLUTION
from layers.readers.raster.mapping import Mapping, PixelFrame, Singles, Target, ValueSpan, map_pixels
from layers.readers.raster.overview_cache import OVERVIEW_FACTOR, built_overview
from layers.readers.raster.pixels import Pixels, read_pixels, real_values
from layers.readers.raster.ranged_files import changed, state_at
from layers.readers.raster.resampling import resample
from layers.readers.raster.subdatasets import file_name
from layers.requests.addresses import is_address
from layers.requests.imagery import ReadTile, TileFacts

_PIXEL_SPACE = Affine(1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
PIXEL_CENTRE = 0.5
"""cv2 counts from the middle of the first pixel, the mapping from its edge."""
_MARGIN_PX = 3
_MAX_WINDOW_PX = 16_384
_OVERVIEW_TOLERANCE = 1.2
"""Factor by which an overview may be coarser than the canvas, as GDAL lets it: the next finer one has four times as
many pixels, which of a file on a host are fetched, and to take every other of them shows no more.
"""
_FINE_TOLERANCE = 1.02
"""The same of the first overview, beside whose scale all that an image resolves is looked for, and of those that were
built here, where finer pixels cost little: halves are seldom exact.
"""
_FIRST_FACTOR = 2


class _Source(Struct, frozen=True):
    """One level of a raster: `sx`, `sy` full-resolution pixels in one of its own."""

    dataset: DatasetReader
    sx: float
    sy: float
    shrink: int
    """Factor by which the read itself has to average, where no overview is coarse enough."""


def read_tile(question: ReadTile) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    """Bands (n, h, w) in the file's dtype (complex ones as magnitudes) and their mask (h, w).

    Raises SourceChanged where the file is not in the state that is asked for, CannotBePlaced without CRS or position,
    and what opening and reading raise.
    """
    if question.state is not None:
        _check_state(question.path, question.state)
    full = DATASETS.get(question.path, part=question.part)
    target = Target(question.crs, question.affine, question.width, question.height)
    frame = _frame(full, target.crs, question)
    indexes, how = question.numbers, question.resampling
    if any(full.colorinterp[index - 1] is ColorInterp.palette for index in indexes):
        how = "nearest"  # there is no mean of two colour numbers
    mapping = map_pixels(target, frame)
    reach = mapping.reach(frame)
    if reach is None:
        return _empty(full, indexes, target)
    source = _choose(full, mapping.scale, question.overview_path)
    pixels, x, y, inside = _read_around(source, indexes, mapping, reach, frame)
    if question.nodata is not None:
        pixels = pixels.without(question.nodata, source.sx > 1 or source.shrink > 1)
    bands, mask = resample(real_values(pixels.bands), pixels.mask, x, y, how, pixels.valid)
    if inside is not None:
        mask &= inside
    facts = TileFacts(bands.dtype.str, not bool(mask.any()), source.sx, pixels.damaged, pixels.sampled)
    return encoded(facts), (bands, mask)


def _check_state(path: str, state: tuple[int, int]) -> None:
    if is_address(path):
        state_now = state_at(path)
    else:
        try:
            status = os.stat(path)
        except OSError:
            return  # opening it says why
        state_now = (status.st_mtime_ns, status.st_size)
    if state_now != state:
        raise changed(path)


def _frame(full: DatasetReader, canvas_crs: str, question: ReadTile) -> PixelFrame:
    if not canvas_crs:
        return PixelFrame("", _PIXEL_SPACE, full.width, full.height)
    name, size = file_name(full), (full.width, full.height)
    georeferencing = DATASETS.georeferencing(full).at_height(question.height_m, *size)
    georeferencing = georeferencing.by_points(question.control_points, size, name)
    crs = question.source_crs or georeferencing.crs
    if not crs:
        raise CannotBePlaced(
            "{name} does not say in which CRS it is: choose its CRS in the layer's properties.", name=name
        )
    if not georeferencing.has_position:
        raise CannotBePlaced(
            "{name} says nothing about its position: it needs a world file or georeferencing.", name=name
        )
    return PixelFrame(crs, Affine(*georeferencing.transform), *size, georeferencing.warp)


def _choose(full: DatasetReader, scale: float, overview_path: str) -> _Source:
    """The coarsest level that is still as fine as the canvas: stored ones, or built ones where those are too fine."""
    level, best = FULL_RESOLUTION, 1
    for candidate, factor in enumerate(full.overviews(1)):
        if factor <= scale * (_OVERVIEW_TOLERANCE if factor > _FIRST_FACTOR else _FINE_TOLERANCE):
            level, best = candidate, factor
    built = None
    if overview_path and scale * _FINE_TOLERANCE >= max(OVERVIEW_FACTOR, 2 * best):
        built = built_overview(full, overview_path, scale * _FINE_TOLERANCE)
    if built is not None:
        dataset, (sx, sy) = built
    else:
        dataset = full if level == FULL_RESOLUTION else DATASETS.at_level(full, level)
        sx, sy = full.width / dataset.width, full.height / dataset.height
    return _Source(dataset, sx, sy, max(1, math.floor(scale / math.sqrt(sx * sy))))


def _read_around(
    source: _Source, indexes: list[int], mapping: Mapping, reach: tuple[ValueSpan, ValueSpan], frame: PixelFrame
) -> tuple[Pixels, Singles, Singles, NDArray[np.bool_] | None]:
    """The pixels that the mapping touches, the mapping in them, positions of centres as cv2 counts, and where these are
    inside the source, None for everywhere.
    """
    ds, shrink = source.dataset, source.shrink
    wraps = frame.is_round_the_world
    margin = _MARGIN_PX * shrink
    left, right = _span(reach[0], source.sx, margin, shrink, (-margin, ds.width + margin) if wraps else (0, ds.width))
    top, bottom = _span(reach[1], source.sy, margin, shrink, (0, ds.height))
    while max(right - left, bottom - top) / shrink > _MAX_WINDOW_PX:
        shrink *= 2
    pixels = _read_wrapped(ds, indexes, (left, right), (top, bottom), shrink)
    rows, cols = pixels.mask.shape
    per_col, per_row = cols / (right - left), rows / (bottom - top)
    scale_x, scale_y = per_col / source.sx, per_row / source.sy
    shift_x, shift_y = -left * per_col - PIXEL_CENTRE, -top * per_row - PIXEL_CENTRE
    x, y = mapping.in_window((scale_x, scale_y), (shift_x, shift_y))
    if mapping.lies_within(frame):
        return pixels, x, y, None
    inside = (x >= shift_x) & (x <= frame.width * scale_x + shift_x)
    inside &= (y >= shift_y) & (y <= frame.height * scale_y + shift_y)
    if mapping.is_dense:
        x[~inside] = y[~inside] = -1.0  # some are no numbers
    return pixels, x, y, inside


def _span(reach: ValueSpan, scale: float, margin: int, step: int, bounds: tuple[int, int]) -> tuple[int, int]:
    low = math.floor((reach[0] / scale - margin) / step) * step
    high = math.ceil((reach[1] / scale + margin) / step) * step
    low, high = max(low, bounds[0]), min(high, bounds[1])
    return low, max(high, low + 1)


def _read_wrapped(
    ds: DatasetReader, indexes: list[int], cols: tuple[int, int], rows: tuple[int, int], by: int
) -> Pixels:
    """Read columns that may run over the edges of a raster that goes round the world."""
    left, right = cols
    pieces = [(max(left, 0), min(right, ds.width))]
    if left < 0:
        pieces.insert(0, (ds.width + left, ds.width))
    if right > ds.width:
        pieces.append((0, right - ds.width))
    parts = []
    for start, end in pieces:
        window = Window(start, rows[0], end - start, rows[1] - rows[0])
        shape = (max(1, math.ceil((rows[1] - rows[0]) / by)), max(1, math.ceil((end - start) / by)))
        parts.append(read_pixels(ds, indexes, window, shape))
    if len(parts) == 1:
        return parts[0]
    valid = None
    if any(p.valid is not None for p in parts):
        each = [np.broadcast_to(p.mask, p.bands.shape) if p.valid is None else p.valid for p in parts]
        valid = np.concatenate(each, axis=2)
    return Pixels(
        np.concatenate([p.bands for p in parts], axis=2),
        np.concatenate([p.mask for p in parts], axis=1),
        any(p.damaged for p in parts),
        valid,
        any(p.sampled for p in parts),
    )


def _empty(full: DatasetReader, indexes: list[int], target: Target) -> tuple[dict[str, Any], tuple[NDArray[Any], ...]]:
    stored = full.dtypes[indexes[0] - 1]
    dtype = real_values(np.zeros(1, "complex64" if stored == "complex_int16" else stored)).dtype
    bands = np.zeros((len(indexes), target.height, target.width), dtype)
    return encoded(TileFacts(dtype.str, empty=True, shrink=1.0)), (bands, np.zeros((target.height, target.width), bool))
