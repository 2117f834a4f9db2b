"""Overviews of rasters that have none, built slice by slice into our own cache folder, never beside the user's file.

What is built is a tiled TIFF of the picture at a quarter of its resolution, with overviews of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, Resampling
from rasterio.io import DatasetReader
from rasterio.transform import Affine
from rasterio.windows import Window

from layers.decoding import encoded
from layers.errors import DiskFull, GeoloupeError, NotAllowed, NotReadable, TooLarge
from layers.raster.overviews import MAX_PIXELS, overview_name
from layers.readers.library_words import tells_full_disk
from layers.readers.raster.datasets import DATASETS, FULL_RESOLUTION
from layers.readers.raster.pixels import read_pixels, real_values
from layers.readers.raster.subdatasets import file_name
from layers.requests.imagery import BuildOverviews, OverviewsBuilt

OVERVIEW_FACTOR = 4
TILE_PX = 512
_STATE_TAG = "GEOLOUPE_SOURCE"
_ROW_TAG = "GEOLOUPE_ROW"
_SMALLEST_PX = 256
STRIP_PX = 16_000_000
"""Most pixels that are read at once of a raster stored in rows. They are whole rows: parts of rows would be
decompressed again and again.
"""


def build_overviews(question: BuildOverviews) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Build overviews for `slice_s` seconds: the caller asks again with `row` until it is done.

    Raises what opening and reading raise, DiskFull, NotAllowed, TooLarge. The last slice makes the coarser levels: give
    it minutes.
    """
    path, part = question.path, question.part
    full = DATASETS.get(path, FULL_RESOLUTION, part)
    if full.width * full.height > MAX_PIXELS:
        name = os.path.basename(path)
        raise TooLarge("{name} is too large for overviews of ours: save it as a Cloud Optimized GeoTIFF.", name=name)
    final = Path(question.folder) / overview_name(path, part, *DATASETS.state_of(full))
    row = question.row
    rows = _size(full)[1]
    if final.exists():
        return _header(final, rows, rows), ()
    unfinished = final.with_suffix(".part.tif")
    try:
        row = _row_of(unfinished, full) if row == 0 else row
        if row == 0 or not unfinished.exists():
            row = 0
            _begin(full, unfinished)
        end = time.monotonic() + question.slice_s
        # Each step is closed before the next begins: whenever this process is killed, what the tag says is on the disk.
        with _at_work(unfinished) as out:
            while row < rows:
                _fill_rows(full, out, row)
                row += TILE_PX
                if time.monotonic() > end:
                    break
        with _at_work(unfinished) as out:
            out.update_tags(**{_ROW_TAG: row})
        if row >= rows:
            with _at_work(unfinished) as out:
                add_levels(full, out)
            os.replace(unfinished, final)
    except (rasterio.errors.RasterioError, OSError) as error:
        raise _cannot_write(error, unfinished, full) from error
    return _header(final, min(row, rows), rows), ()


def built_overview(
    full: DatasetReader, overview_path: str, scale: float
) -> tuple[DatasetReader, tuple[float, float]] | None:
    """The coarsest level in built overviews that is as fine as `scale`, and the raster's pixels in one of its own.

    None where the overviews are not there, or belong to another raster or another state of it.
    """
    try:
        base = DATASETS.get(overview_path)
    except GeoloupeError:
        return None  # the cache may be emptied at any time
    if base.tags().get(_STATE_TAG) != _state(full) or base.count != full.count:
        return None
    level = FULL_RESOLUTION
    for candidate, factor in enumerate(base.overviews(1)):
        if factor * OVERVIEW_FACTOR <= scale:
            level = candidate
    overview = DATASETS.at_level(base, level)
    ratios = OVERVIEW_FACTOR * base.width / overview.width, OVERVIEW_FACTOR * base.height / overview.height
    return overview, ratios


def _state(full: DatasetReader) -> str:
    state = os.stat(DATASETS.path_of(full))
    return f"{state.st_mtime_ns} {state.st_size} {full.width} {full.height}"


def _size(full: DatasetReader) -> tuple[int, int]:
    """Width and height of a quarter; up to three pixels at the right and lower edges belong to none of its pixels."""
    return max(1, full.width // OVERVIEW_FACTOR), max(1, full.height // OVERVIEW_FACTOR)


def _header(final: Path, row: int, rows: int) -> dict[str, Any]:
    return encoded(OverviewsBuilt(str(final), row, row / rows, row >= rows))


@contextmanager
def _at_work(unfinished: Path) -> Iterator[Any]:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(unfinished, "r+", driver="GTiff") as out:
        yield out


def _row_of(unfinished: Path, full: DatasetReader) -> int:
    """The row at which to go on with an earlier session's unfinished overviews; 0 where nothing of them is of use."""
    try:
        with rasterio.open(unfinished, driver="GTiff") as left:
            tags = left.tags()
        return int(tags.get(_ROW_TAG, "0")) if tags.get(_STATE_TAG) == _state(full) else 0
    except (rasterio.errors.RasterioError, ValueError):
        return 0


def _begin(full: DatasetReader, path: Path) -> None:
    kind = real_values(np.zeros(1, _stored_dtype(full))).dtype
    width, height = _size(full)
    profile = {
        "driver": "GTiff",
        "dtype": kind,
        "count": full.count,
        "nodata": full.nodatavals[0],
        "compress": "deflate",
        "width": width,
        "height": height,
        "tiled": True,
        "blockxsize": TILE_PX,
        "blockysize": TILE_PX,
        "bigtiff": "if_safer",
        "sparse_ok": True,
        "zlevel": 1,
        "interleave": "pixel" if full.count <= 4 else "band",
        "transform": Affine(OVERVIEW_FACTOR, 0.0, 0.0, 0.0, -OVERVIEW_FACTOR, 0.0),  # or rasterio warns of none
    }
    with rasterio.open(path, "w", **profile) as out:
        out.update_tags(**{_STATE_TAG: _state(full)})
        for index, color in zip(full.indexes, full.colorinterp, strict=True):
            if color is ColorInterp.palette:
                with suppress(ValueError):  # no table after all
                    out.write_colormap(index, full.colormap(index))
        if ColorInterp.palette not in full.colorinterp:
            out.colorinterp = full.colorinterp


def _stored_dtype(full: DatasetReader) -> str:
    return "complex64" if full.dtypes[0] == "complex_int16" else str(full.dtypes[0])


def _fill_rows(full: DatasetReader, out: Any, row: int) -> None:
    """Write one row of blocks. Damaged parts stay masked."""
    has_mask = out.nodatavals[0] is None and ColorInterp.alpha not in full.colorinterp
    for place in _places(full, out, row):
        wide, tall = int(place.width), int(place.height)
        top, left = place.row_off * OVERVIEW_FACTOR, place.col_off * OVERVIEW_FACTOR
        window = Window(
            left, top, min(wide * OVERVIEW_FACTOR, full.width - left), min(tall * OVERVIEW_FACTOR, full.height - top)
        )
        try:
            pixels = read_pixels(full, list(full.indexes), window, (tall, wide))
        except NotReadable:
            if has_mask:
                out.write_mask(np.zeros((tall, wide), bool), window=place)
            continue
        out.write(real_values(pixels.bands), window=place)
        if has_mask:  # always: blocks that are not written count as masked
            out.write_mask(pixels.mask, window=place)


def _places(full: DatasetReader, out: Any, row: int) -> list[Window]:
    """The parts of a row of blocks that are read at once: blocks, or strips of a raster stored in rows."""
    tall = min(TILE_PX, out.height - row)
    if full.block_shapes[0][1] < full.width:
        return [Window(col, row, min(TILE_PX, out.width - col), tall) for col in range(0, out.width, TILE_PX)]
    step = max(1, STRIP_PX // (full.width * OVERVIEW_FACTOR))
    return [Window(0, at, out.width, min(step, row + tall - at)) for at in range(row, row + tall, step)]


def add_levels(full: DatasetReader, out: Any) -> None:
    """Add ever smaller overviews to the first one, until the smallest fits a small tile."""
    factors: list[int] = []
    while max(out.width, out.height) / 2 ** (len(factors) + 1) >= _SMALLEST_PX:
        factors.append(2 ** (len(factors) + 1))
    if factors:
        palette = ColorInterp.palette in full.colorinterp
        out.build_overviews(factors, Resampling.nearest if palette else Resampling.average)


def _cannot_write(error: Exception, unfinished: Path, full: DatasetReader) -> GeoloupeError:
    with suppress(OSError):
        unfinished.unlink()
    name = file_name(full)
    text = str(error.__cause__ or error)
    if tells_full_disk(error):
        return DiskFull("The overviews of {name} do not fit on the disk: make room in the cache folder.", name=name)
    return NotAllowed(
        "The overviews of {name} cannot be written into the cache folder: {split}",
        name=name,
        split=" ".join(text.split())[:200],
    )
