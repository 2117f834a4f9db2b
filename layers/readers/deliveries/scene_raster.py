"""A scene as if it were one raster, so that everything that shows rasters can show it: band n is the scene's band n."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.georeferencing import Georeferencing
from layers.readers.raster.pixels import real_values
from layers.readers.raster.probe import sample

MAX_SAMPLED_TILES = 4
"""Most tiles of a mosaic that are sampled for its range of values; they are spread over it."""
_COLORS = ("red", "green", "blue")


class SceneGrid(Struct, frozen=True):
    """The finest file's pixels, extended over all files."""

    width: int
    height: int
    crs: str
    transform: tuple[float, float, float, float, float, float]
    bounds: Bounds


def raster_of(scene: SceneInfo, canvas_crs: str = "", height_m: float | None = None) -> RasterInfo | None:
    """The scene in the pixels of its finest band, None where no file of it can be opened.

    Problems of its files become the raster's.
    """
    problems: list[str] = list(scene.problems)
    files = [(path, band.part) for band in scene.bands for path in band.paths]
    opened = {file: _open(*file, problems, height_m) for file in files}
    placed = {file: image for file, image in opened.items() if image is not None}
    if not placed:
        return None
    finest = _finest(placed.values())
    grid = _grid(finest, list(placed.values()))
    if canvas_crs and grid.crs:
        transform_points(canvas_crs, grid.crs, [0.0], [0.0])
    georeferencing = finest[1]
    problems += [problem for problem in georeferencing.problems if problem not in problems]
    return RasterInfo(
        path=scene.path, driver=scene.kind, width=grid.width, height=grid.height,
        bands=_bands(scene, placed, problems), crs=grid.crs, transform=grid.transform, bounds=grid.bounds,
        bounds_lonlat=_lonlat(grid, georeferencing, problems), overviews=finest[0].overviews,
        block_shape=finest[0].block_shape, acquired_at=scene.acquisition.at, date_kind=scene.acquisition.date_kind,
        credit=scene.acquisition.credit, tags=dict(scene.acquisition.facts()), problems=tuple(problems),
        placed_by=georeferencing.placed_by, georeferencing_note=georeferencing.note,
        height_m=georeferencing.used_height_m,
        own_height_m=georeferencing.own_height_m,
    )  # fmt: skip


def place_of(scene: SceneInfo, problems: list[str]) -> tuple[SceneGrid, bool] | None:
    """The grid of a scene, its CRS empty where its place is not known, and whether its files have overviews; None where
    no file of it can be opened. No pixel is read. Problems of the files are added to `problems`.
    """
    opened = (_open(path, band.part, problems, None) for band in scene.bands for path in band.paths)
    placed = [image for image in opened if image is not None]
    if not placed:
        return None
    finest = _finest(placed)
    grid = _grid(finest, placed)
    has_overviews = all(shape.overviews for shape, _ in placed)
    return (grid if finest[1].is_known else replace(grid, crs="")), has_overviews


def _finest(placed: Iterable[_Placed]) -> _Placed:
    return min(placed, key=lambda image: (not image[1].has_position, abs(image[1].transform[0])))


class _Shape(Struct, frozen=True):
    """Facts of a file, kept after the file itself was closed to make room for others."""

    path: str
    width: int
    height: int
    dtypes: tuple[str, ...]
    nodatavals: tuple[float | None, ...]
    overviews: tuple[int, ...]
    block_shape: tuple[int, int]


_Placed = tuple[_Shape, Georeferencing]


def _open(path: str, part: str, problems: list[str], height_m: float | None) -> _Placed | None:
    try:
        dataset = DATASETS.get(path, part=part)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return None
    return _shape(path, dataset), DATASETS.georeferencing(dataset).at_height(height_m, dataset.width, dataset.height)


def _shape(path: str, dataset: DatasetReader) -> _Shape:
    return _Shape(
        path,
        dataset.width,
        dataset.height,
        tuple(dataset.dtypes),
        tuple(dataset.nodatavals),
        tuple(dataset.overviews(1)),
        tuple(dataset.block_shapes[0]),
    )


def _grid(finest: _Placed, placed: list[_Placed]) -> SceneGrid:
    shape, georeferencing = finest
    a, b, c, d, e, f = georeferencing.transform
    own = _bounds(shape, georeferencing)
    if not georeferencing.has_position:
        e = -1.0  # pixel space, row 0 at y = 0 and y upwards, as for a raster without a place
        return SceneGrid(
            shape.width,
            shape.height,
            georeferencing.crs,
            georeferencing.transform,
            Bounds(0, -shape.height, shape.width, 0),
        )
    if georeferencing.warp is not None and len(placed) > 1:
        return _around(finest, placed)
    if b or d or e > 0 or georeferencing.warp is not None:
        return SceneGrid(shape.width, shape.height, georeferencing.crs, georeferencing.transform, own)
    union = own
    for other in placed:
        union = union.union(_bounds_in(georeferencing.crs, *other) or own)
    # Whole pixels of the finest file, so that its own pixels stay on the grid.
    before_x, before_y = (round((own.left - union.left) / a), round((union.top - own.top) / -e))
    left, top = c - before_x * a, f - before_y * e
    width, height = math.ceil((union.right - left) / a - 1e-6), math.ceil((top - union.bottom) / -e - 1e-6)
    bounds = Bounds(left, top + height * e, left + width * a, top)
    return SceneGrid(width, height, georeferencing.crs, (a, 0.0, left, 0.0, e, top), bounds)


def _around(finest: _Placed, placed: list[_Placed]) -> SceneGrid:
    """An upright grid of about the finest file's pixels around tiles that are placed by RPCs or control points."""
    _, georeferencing = finest
    a, b, _, d, e, _ = georeferencing.transform
    width_px, height_px = math.hypot(a, d), math.hypot(b, e)
    alike = [_bounds(s, p) for s, p in placed if p.crs == georeferencing.crs and p.has_position]
    whole = alike[0]
    for bounds in alike[1:]:
        whole = whole.union(bounds)
    transform = (width_px, 0.0, whole.left, 0.0, -height_px, whole.top)
    size = math.ceil(whole.width / width_px), math.ceil(whole.height / height_px)
    return SceneGrid(*size, georeferencing.crs, transform, whole)


def _bounds_in(crs: str, shape: _Shape, georeferencing: Georeferencing) -> Bounds | None:
    """The bounds of a file, which may be of the next zone; None where it has no place."""
    if not georeferencing.has_position:
        return None
    own = _bounds(shape, georeferencing)
    if georeferencing.crs == crs or not (crs and georeferencing.crs):
        return own if georeferencing.crs == crs else None
    try:
        return transform_bounds(georeferencing.crs, crs, own)
    except GeoloupeError:
        return None


def _bounds(shape: _Shape, georeferencing: Georeferencing) -> Bounds:
    a, b, c, d, e, f = georeferencing.transform
    corners = [(x, y) for x in (0, shape.width) for y in (0, shape.height)]
    return Bounds.of_points([a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners])


def _lonlat(grid: SceneGrid, georeferencing: Georeferencing, problems: list[str]) -> Bounds | None:
    if not georeferencing.is_known:
        return None
    try:
        return transform_bounds(grid.crs, WGS84, grid.bounds)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return None


def _bands(scene: SceneInfo, placed: dict[tuple[str, str], _Placed], problems: list[str]) -> tuple[BandInfo, ...]:
    infos = []
    colors = set()
    for number, band in enumerate(scene.bands, 1):
        shape = next((placed[path, band.part][0] for path in band.paths if (path, band.part) in placed), None)
        known = shape is not None and band.index <= len(shape.dtypes)
        dtype = shape.dtypes[band.index - 1] if shape is not None and known else "uint16"
        nodata = (
            shape.nodatavals[band.index - 1] if shape is not None and known and band.nodata is None else band.nodata
        )
        color = band.common_name if band.common_name in _COLORS and band.common_name not in colors else ""
        colors.add(color)
        low, high = (
            _stretch(band, [p for p in band.paths if (p, band.part) in placed], problems) if known else (None, None)
        )
        infos.append(BandInfo(number, dtype, nodata, _described(band), color or "undefined", low, high))
    return tuple(infos)


def _described(band: SceneBand) -> str:
    """Describe a band in words, such as B04 red 665 nm."""
    wavelength = "" if band.wavelength_nm is None else f"{band.wavelength_nm:.0f} nm"
    return " ".join(part for part in (band.name, band.common_name, wavelength) if part)


def _stretch(band: SceneBand, paths: list[str], problems: list[str]) -> tuple[float | None, float | None]:
    """The default stretch: the 2nd to 98th percentile of valid values; for quality bands the whole range."""
    step = max(1, math.ceil(len(paths) / MAX_SAMPLED_TILES))
    parts: list[NDArray[Any]] = []
    for path in paths[::step]:
        try:
            bands, mask = sample(DATASETS.get(path, part=band.part), [band.index])
        except GeoloupeError as error:
            problems.append(error.sentence)
            continue
        values = real_values(bands[0])
        valid = mask & np.isfinite(values)
        if band.nodata is not None:
            valid &= values != band.nodata
        parts.append(values[valid].astype(np.float64))
    values = np.concatenate(parts) if parts else np.zeros(0)
    if not values.size:
        return None, None
    low, high = (float(v) for v in np.percentile(values, (0, 100) if band.role == "quality" else (2, 98)))
    return low, high if high > low else low + 1.0
