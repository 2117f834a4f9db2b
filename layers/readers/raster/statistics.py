"""Statistics of bands, of a sample of the whole file or of one window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from layers.errors import NotReadable
from layers.grid.tile_grid import Affine
from layers.raster.band_maths import parse_expression
from layers.raster.stretch import StretchLimits, StretchRule, Values
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.pixels import read_pixels, real_values
from layers.readers.raster.probe import SAMPLE_PX, sample
from layers.requests.imagery import ReadStatistics, ReadTile

type TileReader = Callable[[ReadTile], tuple[dict[str, Any], tuple[Any, ...]]]

BINS = 256
_MAX_WINDOW_SIDE_PX = 1024


def read_statistics(question: ReadStatistics, read_tile: TileReader) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Header {"bands": [...]}, one object a band (see `_describe`), and "stretch" as `ReadStatistics` says."""
    if question.is_composed:
        return _scene_statistics(question, read_tile)
    dataset = DATASETS.get(question.path, part=question.part)
    indexes = question.numbers
    if question.window is None:
        bands, mask = sample(dataset, indexes)
    else:
        col, row, width, height = question.window
        whole = Window(0, 0, dataset.width, dataset.height)
        inside = Window(col, row, width, height).intersection(whole)
        shape = (min(int(inside.height), _MAX_WINDOW_SIDE_PX), min(int(inside.width), _MAX_WINDOW_SIDE_PX))
        pixels = read_pixels(dataset, indexes, inside, shape)
        bands, mask = pixels.bands.reshape(len(indexes), -1), pixels.mask.reshape(-1)
    header: dict[str, Any] = {"bands": [_describe(i, band, mask) for i, band in zip(indexes, bands, strict=True)]}
    if question.rule is not None:
        header["stretch"] = _stretch(bands, mask, question.rule, question.expression)
    return header, ()


def _scene_statistics(question: ReadStatistics, read_tile: TileReader) -> tuple[dict[str, Any], tuple[Any, ...]]:
    if question.bounds is None or question.rule is None:
        raise NotReadable("A scene is sampled within bounds, by a rule: open the scene again.")
    left, bottom, right, top = question.bounds
    step = max(right - left, top - bottom) / SAMPLE_PX
    width, height = max(1, round((right - left) / step)), max(1, round((top - bottom) / step))
    affine = Affine((right - left) / width, 0.0, left, 0.0, (bottom - top) / height, top)
    whole = ReadTile(
        question.path,
        question.part,
        question.height_m,
        question.bands,
        crs=question.crs,
        affine=affine,
        width=width,
        height=height,
        resampling="nearest",
    )
    _, (bands, mask) = read_tile(whole)
    return {"stretch": _stretch(bands, mask, question.rule, question.expression)}, ()


def _stretch(bands: NDArray[Any], mask: NDArray[np.bool_], rule: StretchRule, text: str) -> list[StretchLimits]:
    if text:
        expression = parse_expression(text)
        bands = expression.evaluate(dict(zip(expression.bands, bands, strict=True)), mask)[np.newaxis]
    values = [Values.of([real_values(band)[mask]]) for band in bands]
    known = [each for each in values if each is not None]
    return list(rule.limits(known)) if len(known) == len(values) else []


def _describe(index: int, band: NDArray[Any], mask: NDArray[np.bool_]) -> dict[str, Any]:
    """The 2nd and 98th percentile, extremes, moments and a histogram of 256 bins from min to max."""
    values = real_values(band)
    values = values[mask & np.isfinite(values)].astype(np.float64)
    if not values.size:
        empty = dict.fromkeys(("low", "high", "min", "max", "mean", "std"))
        return {"index": index, "count": 0, **empty, "histogram": [0] * BINS}
    low, high = (float(v) for v in np.percentile(values, (2, 98)))
    least, most = float(values.min()), float(values.max())
    counts, _ = np.histogram(values, BINS, (least, most if most > least else least + 1))
    return {
        "index": index,
        "count": int(values.size),
        "low": low,
        "high": high,
        "min": least,
        "max": most,
        "mean": float(values.mean()),
        "std": float(values.std()),
        "histogram": counts.tolist(),
    }
