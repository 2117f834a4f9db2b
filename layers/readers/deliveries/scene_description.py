"""Describes one image or delivery in short, for the list of scenes: its outline, its date and a small picture.

Of the pixels only an overview is read, once, or all of an image that is small.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from layers.decoding import encoded
from layers.errors import GeoloupeError, NotAFile, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_geographic, is_off_earth, transform_bounds
from layers.geo.lon_extent import MAX_LAT
from layers.geo.picture_outline import box_outline, picture_outline
from layers.grid.tile_grid import Affine
from layers.raster.acquisition import Acquisition
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import names_of, resolve
from layers.raster.scene import BandPlace, SceneBand, SceneInfo
from layers.readers.deliveries.acquisition_beside import acquisition_of
from layers.readers.deliveries.scene_files import leads_to_scene
from layers.readers.deliveries.scene_probe import describe
from layers.readers.deliveries.scene_raster import place_of
from layers.readers.deliveries.scene_tile import read_scene_tile
from layers.readers.environment import Profile, current_profile
from layers.readers.files import RASTERS, Content, regular_file
from layers.readers.guards.vrt_judge import judge_vrt
from layers.readers.raster.datasets import DATASETS, raster_content
from layers.readers.raster.tile import read_tile
from layers.requests.imagery import ReadTile
from layers.requests.scenes import DescribeScene, SceneFacts

READ_WHOLE_PIXELS = 4_000_000
"""An image without overviews has a small picture only where all of it is read in no time."""
MOST_PROBLEMS, LONGEST = 5, 300
JPEG_QUALITY = 80
UNSEEN = 24
"""The grey of pixels without data."""
_PERCENT = (2.0, 98.0)
_TRUE_COLOUR = ("red", "green", "blue")


class _Placed(NamedTuple):
    """A picture's size and where it lies. `crs` is empty where that is not known."""

    crs: str
    transform: tuple[float, float, float, float, float, float]
    size: tuple[int, int]
    bounds: Bounds
    has_overviews: bool


def describe_scene(question: DescribeScene) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Header `SceneFacts`; arrays: the bytes of a JPEG, or none. Raises UnsupportedFormat for a file that is no image,
    and what opening and describing raise.
    """
    if leads_to_scene(question.path):
        return _of_delivery(question)
    path = regular_file(question.path)
    content = raster_content(path)
    if content not in RASTERS:
        raise UnsupportedFormat("{path} is not an image.", path=os.path.basename(path))
    if content is Content.VRT and current_profile() is not Profile.VRT:
        judge_vrt(path)
        return {"profile": str(Profile.VRT)}, ()
    return _of_file(replace(question, path=path), content)


def _of_file(question: DescribeScene, content: Content) -> tuple[dict[str, Any], tuple[Any, ...]]:
    dataset = DATASETS.get(question.path)
    georeferencing = DATASETS.georeferencing(dataset, anew=True)
    transform = georeferencing.transform
    placed = _Placed(
        georeferencing.crs if georeferencing.is_known else "",
        transform,
        (dataset.width, dataset.height),
        _box(transform, dataset),
        bool(dataset.overviews(1)),
    )
    problems = list(georeferencing.problems)
    tags = {str(key): str(value) for key, value in dataset.tags().items()}
    imagery = {str(key): str(value) for key, value in dataset.tags(ns="IMAGERY").items()}
    known = acquisition_of(question.path, tags, imagery)
    if known.date_kind == "unknown" and tags.get("DATE_KIND") in {"composite", "interval"}:
        known = replace(known, date_kind=tags["DATE_KIND"])  # as the probe believes it
    ring = _ring(placed, problems)
    palette, bands = _shown_bands(dataset)
    picture = _picture(question, placed, list(bands), palette, problems)
    title = os.path.splitext(os.path.basename(question.path))[0]
    return _facts(title, str(content), known, ring, problems), picture


def _of_delivery(question: DescribeScene) -> tuple[dict[str, Any], tuple[Any, ...]]:
    scene = describe(question.path)
    shown = _shown(scene)
    problems = list(scene.problems)
    place = place_of(replace(scene, bands=shown), problems)
    if place is None:
        raise NotAFile("None of the files that {path} names can be opened.", path=os.path.basename(question.path))
    grid, has_overviews = place
    placed = _Placed(grid.crs, grid.transform, (grid.width, grid.height), grid.bounds, has_overviews)
    ring = _ring(placed, problems)
    picture = _picture(question, placed, [band.place for band in shown], (), problems)
    return _facts(scene.title, scene.kind, scene.acquisition, ring, problems), picture


def _facts(
    title: str, kind: str, known: Acquisition, ring: list[tuple[float, float]], problems: list[str]
) -> dict[str, Any]:
    sentences = tuple(problem[:LONGEST] for problem in dict.fromkeys(problems))[:MOST_PROBLEMS]
    gsd_m = known.product_gsd_m
    brief = replace(known, notes=known.notes[:MOST_PROBLEMS])
    return encoded(SceneFacts(title[:LONGEST], kind, brief, tuple(ring), gsd_m, sentences))


def _box(transform: tuple[float, float, float, float, float, float], dataset: DatasetReader) -> Bounds:
    a, b, c, d, e, f = transform
    corners = [(x, y) for x in (0, dataset.width) for y in (0, dataset.height)]
    return Bounds.of_points([a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners])


def _ring(placed: _Placed, problems: list[str]) -> list[tuple[float, float]]:
    """The outline of the picture; where some of it is off the Earth, the box around it in longitude and latitude."""
    if not placed.crs or is_off_earth(placed.crs):
        return []
    if is_geographic(placed.crs) and max(abs(placed.bounds.bottom), abs(placed.bounds.top)) > MAX_LAT:
        return []
    try:
        ring = picture_outline(placed.crs, placed.transform, placed.size)
        return ring or box_outline(transform_bounds(placed.crs, WGS84, placed.bounds))
    except GeoloupeError as error:
        problems.append(error.sentence)
        return []


# -- the small picture -----------------------------------------------------------------------------------------------


def _shown_bands(dataset: DatasetReader) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    """The colours of a palette, if any, and the bands that are shown: true colour, or the first."""
    bands = []
    for index, dtype, description, color in zip(
        dataset.indexes, dataset.dtypes, dataset.descriptions, dataset.colorinterp, strict=True
    ):
        bands.append(BandInfo(index, dtype, None, (description or "")[:LONGEST], color.name.lower()))
    if bands[0].color == "palette":
        colors = dataset.colormap(1)
        return tuple(tuple(colors.get(value, (0, 0, 0, 0))) for value in range(max(colors) + 1)), (1,)
    info = RasterInfo("", "", 1, 1, tuple(bands), "", (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), Bounds(0, 0, 1, 1), None)
    return (), resolve(_TRUE_COLOUR, names_of(info)) or (1,)


def _shown(scene: SceneInfo) -> tuple[SceneBand, ...]:
    """The bands of a delivery that are shown: true colour, or the first that is no mask. All where there is none."""
    numbers = resolve(_TRUE_COLOUR, names_of(scene))
    if numbers is not None:
        return tuple(scene.bands[number - 1] for number in numbers)
    return next(((band,) for band in scene.bands if band.role == "data"), scene.bands[:1])


def _picture(
    question: DescribeScene,
    placed: _Placed,
    bands: list[int | BandPlace] | list[int] | list[BandPlace],
    palette: tuple[tuple[int, ...], ...],
    problems: list[str],
) -> tuple[NDArray[np.uint8], ...]:
    """The bytes of a JPEG, north up as its own CRS has it; none where too much would have to be read for it."""
    pixels = placed.size[0] * placed.size[1]
    if not (question.thumbnail_px and bands) or (pixels > READ_WHOLE_PIXELS and not placed.has_overviews):
        return ()
    tile = _tile_of(question, placed, tuple(bands))
    try:
        _, (values, mask) = read_scene_tile(tile) if tile.is_composed else read_tile(tile)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return ()
    if palette:
        colors = _indexed(values[0], palette)
    elif values.dtype == np.uint8 and len(values) == len(_TRUE_COLOUR):
        colors = values.copy()  # made to be seen
    else:
        colors = np.stack([_stretched(band, mask) for band in values])
    if len(colors) == 1:
        colors = np.repeat(colors, 3, axis=0)
    colors[:, ~mask] = UNSEEN
    is_written, data = cv2.imencode(
        ".jpg", np.ascontiguousarray(colors[::-1].transpose(1, 2, 0)), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    return (data.reshape(-1),) if is_written else ()


def _tile_of(question: DescribeScene, placed: _Placed, bands: tuple[int | BandPlace, ...]) -> ReadTile:
    """Return a tile that shows all of the picture; its longer side has the given number of pixels."""
    box = placed.bounds if placed.crs else Bounds(0.0, -float(placed.size[1]), float(placed.size[0]), 0.0)
    resolution = max(box.width, box.height) / min(question.thumbnail_px, max(placed.size))
    width, height = max(1, round(box.width / resolution)), max(1, round(box.height / resolution))
    affine = Affine(box.width / width, 0.0, box.left, 0.0, -box.height / height, box.top)
    return ReadTile(question.path, bands=bands, crs=placed.crs, affine=affine, width=width, height=height)


def _indexed(values: NDArray[Any], palette: tuple[tuple[int, ...], ...]) -> NDArray[np.uint8]:
    table = np.array([color[:3] for color in palette], np.uint8)
    return np.moveaxis(table[np.clip(values.astype(np.int64), 0, len(table) - 1)], -1, 0)


def _stretched(values: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Stretch the valid values from their 2nd to their 98th percentile onto 0 to 255."""
    numbers = values.astype(np.float64)
    valid = numbers[mask & np.isfinite(numbers)]
    if not valid.size:
        return np.zeros(values.shape, np.uint8)
    low, high = np.percentile(valid, _PERCENT)
    scaled = (np.nan_to_num(numbers) - low) / max(high - low, 1e-9)
    return np.asarray(np.clip(scaled * 255.0, 0, 255), np.uint8)
