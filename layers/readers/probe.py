"""The probe of a raster: everything `RasterInfo` holds, from the header and the smallest overview."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.raster.info import BandInfo, RasterInfo
from layers.readers.datasets import DATASETS, refused_sidecars
from layers.readers.files import Content
from layers.readers.pixels import read_pixels, real_values
from layers.readers.placement import Placement, placement_of

SAMPLE_PX = 512
MAX_STRETCHED_BANDS = 16
MAX_DECIMATED_PIXELS = 16_000_000
HUGE_PIXELS = 200_000_000
_LATTICE = 4
_MAX_TAGS = 100
_MAX_TAG_CHARS = 2000


def probe_raster(path: str, content: Content, canvas_crs: str = "") -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The header of a raster probe. With `canvas_crs` the way there is prepared for the tiles that will follow."""
    dataset = DATASETS.get(path)
    placement = placement_of(dataset)
    problems = list(placement.problems)
    bounds, lonlat = _bounds(dataset, placement, problems)
    if canvas_crs and placement.crs:
        transform_points(canvas_crs, placement.crs, [0.0], [0.0])
    overviews = tuple(dataset.overviews(1))
    if not overviews and dataset.width * dataset.height > HUGE_PIXELS:
        problems.append(f"{os.path.basename(path)} has no overviews, so that zooming out is slow: build them.")
    problems += [f"{name} beside it is not what it should be and is ignored." for name in refused_sidecars(path)]
    tags = _tags(dataset)
    info = RasterInfo(
        path=path, driver=str(content), width=dataset.width, height=dataset.height,
        bands=_bands(dataset, problems), crs=placement.crs, transform=placement.transform, bounds=bounds,
        bounds_lonlat=lonlat, overviews=overviews, block_shape=tuple(dataset.block_shapes[0]),
        acquired_at=_acquired_at(dataset), date_kind=_date_kind(dataset, tags),
        credit=tags.get("TIFFTAG_COPYRIGHT", ""), tags=tags, problems=tuple(problems),
    )  # fmt: skip
    return {"kind": "raster", "raster": info.to_json()}, ()


def sample(dataset: DatasetReader, indexes: list[int]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Some thousand values of each band, (n, k) and which of them are valid: the smallest overview, or a lattice."""
    level = _smallest_useful_overview(dataset)
    if level is not None:
        source = DATASETS.get(dataset.name, level)
        found = read_pixels(source, indexes, Window(0, 0, source.width, source.height), _fitting(source))
    elif dataset.width * dataset.height <= MAX_DECIMATED_PIXELS:
        found = read_pixels(dataset, indexes, Window(0, 0, dataset.width, dataset.height), _fitting(dataset))
    else:
        return _lattice(dataset, indexes)
    return found.bands.reshape(len(indexes), -1), found.mask.reshape(-1)


def _smallest_useful_overview(dataset: DatasetReader) -> int | None:
    factors = dataset.overviews(1)
    longest = max(dataset.width, dataset.height)
    useful = [level for level, factor in enumerate(factors) if longest / factor >= SAMPLE_PX / 2]
    return useful[-1] if useful else None


def _fitting(dataset: DatasetReader) -> tuple[int, int]:
    shrink = max(1.0, max(dataset.width, dataset.height) / SAMPLE_PX)
    return max(1, round(dataset.height / shrink)), max(1, round(dataset.width / shrink))


def _lattice(dataset: DatasetReader, indexes: list[int]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Small windows spread over a large file without overviews."""
    side = SAMPLE_PX // _LATTICE
    parts, masks = [], []
    for row in np.linspace(0, max(0, dataset.height - side), _LATTICE).astype(int):
        for col in np.linspace(0, max(0, dataset.width - side), _LATTICE).astype(int):
            window = Window(col, row, min(side, dataset.width), min(side, dataset.height))
            found = read_pixels(dataset, indexes, window, (int(window.height), int(window.width)))
            parts.append(found.bands.reshape(len(indexes), -1))
            masks.append(found.mask.reshape(-1))
    return np.concatenate(parts, axis=1), np.concatenate(masks)


def _bands(dataset: DatasetReader, problems: list[str]) -> tuple[BandInfo, ...]:
    stretches = _stretches(dataset, problems)
    found = []
    for index, dtype, nodata, description, color in zip(
        dataset.indexes, dataset.dtypes, dataset.nodatavals, dataset.descriptions, dataset.colorinterp, strict=True
    ):
        low, high = stretches.get(index, (None, None))
        palette = _palette(dataset, index) if color.name == "palette" else ()
        text = (description or "")[:_MAX_TAG_CHARS]
        found.append(BandInfo(index, dtype, nodata, text, color.name.lower(), low, high, palette))
    return tuple(found)


def _stretches(dataset: DatasetReader, problems: list[str]) -> dict[int, tuple[float, float]]:
    """The default stretch: all of 8 bits, else the 2nd to 98th percentile of valid values."""
    bytes_ = {i: (0.0, 255.0) for i, dtype in zip(dataset.indexes, dataset.dtypes, strict=True) if dtype == "uint8"}
    others = [i for i in dataset.indexes if i not in bytes_][:MAX_STRETCHED_BANDS]
    if not others:
        return bytes_
    try:
        bands, mask = sample(dataset, others)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return bytes_
    for index, band in zip(others, bands, strict=True):
        values = real_values(band)
        values = values[mask & np.isfinite(values)]
        if values.size:
            low, high = (float(v) for v in np.percentile(values, (2, 98)))
            bytes_[index] = (low, high if high > low else low + 1.0)
    return bytes_


def _palette(dataset: DatasetReader, index: int) -> tuple[tuple[int, int, int, int], ...]:
    colors = dataset.colormap(index)
    return tuple(tuple(colors.get(value, (0, 0, 0, 0))) for value in range(max(colors) + 1))


def _bounds(dataset: DatasetReader, placement: Placement, problems: list[str]) -> tuple[Bounds, Bounds | None]:
    a, b, c, d, e, f = placement.transform
    cols, rows = (0, dataset.width, 0, dataset.width), (0, 0, dataset.height, dataset.height)
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in zip(cols, rows, strict=True)]
    bounds = Bounds.of_points([x for x, _ in corners], [y for _, y in corners])
    if not placement.is_known:
        return bounds, None
    try:
        return bounds, transform_bounds(placement.crs, WGS84, bounds)
    except CannotBePlaced as error:
        problems.append(error.sentence)
        return bounds, None


def _tags(dataset: DatasetReader) -> dict[str, str]:
    return {str(k)[:200]: str(v)[:_MAX_TAG_CHARS] for k, v in list(dataset.tags().items())[:_MAX_TAGS]}


def _acquired_at(dataset: DatasetReader) -> str:
    """The time in the IMAGERY metadata. TIFFTAG_DATETIME is not asked: it is mostly when the file was processed."""
    value = str(dataset.tags(ns="IMAGERY").get("ACQUISITIONDATETIME", "")).strip()
    return value.replace(" ", "T").removesuffix("Z") + "Z" if value else ""


def _date_kind(dataset: DatasetReader, tags: dict[str, str]) -> str:
    """An acquisition time is an instant; else a tag is believed that claims less (the shipped pictures have one)."""
    if _acquired_at(dataset):
        return "instant"
    return tags["DATE_KIND"] if tags.get("DATE_KIND") in {"composite", "interval"} else "unknown"
