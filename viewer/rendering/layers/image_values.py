"""Values of images: raw values of all bands at a place, and their statistics inside an area."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from layers.document.layer import Layer
from layers.document.site import Site
from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.crs import PIXEL_SPACE, WGS84, is_off_earth, is_unrolled, transform_points, world_bounds
from layers.grid.tile_grid import Affine
from layers.pool.protocol import Answer
from layers.raster.info import BandInfo, RasterInfo
from layers.requests.imagery import AreaFacts, AreaRing, BandStatistics
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.nudged import step_of
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.raster_source import MOST_BANDS

MOST_AREA_PX = 4_000_000
"""Most pixels for statistics; a larger area is read from an overview."""
_SMALL = 0.02
"""Side of the square that is read at a place, as a part of a pixel: too small for any reader to take an overview."""
_BY_MAPPING = ("control points", "RPC")
"""Ways of placing an image that leave it without an even grid."""


class BandValue(Struct, frozen=True):
    """The raw value of a band at a place; None where it has no data there, or with a sentence on why it is not read."""

    band: BandInfo
    raw: float | None
    problem: str = ""

    @property
    def measured(self) -> float | None:
        """The value in the band's unit; None where the band has no unit and scale, or no value."""
        has_one = self.band.unit or (self.band.scale, self.band.offset) != (1.0, 0.0)
        return self.raw * self.band.scale + self.band.offset if has_one and self.raw is not None else None


class PixelValues(Struct, frozen=True):
    """All bands at a place of an image."""

    bands: tuple[BandValue, ...]
    pixel: tuple[int, int] | None = None
    """Column and row, from 0; None where the image has no even grid of its own."""


class AreaValues(Struct, frozen=True):
    """Statistics of an image inside an area, over the pixels with their centre in it."""

    bands: tuple[tuple[BandInfo, BandStatistics], ...]
    inside: int
    """Number of pixels inside, on the grid that was read."""
    shrink: float
    """Pixels of full resolution along the side of a pixel that was read."""


class AreaPixels(Struct, frozen=True, eq=False):
    """The raw values of an image around an area, on its own grid or a coarser one."""

    bands: NDArray[Any]
    """(n, h, w)."""
    valid: NDArray[np.bool_]
    """(h, w) True where there are data."""
    affine: Affine
    """Converts pixels of the picture into `crs`."""
    crs: str
    aside: tuple[float, float]
    """Degrees of longitude and latitude by which the layer lies elsewhere on the map."""

    def lonlats(self, across: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) Longitudes and latitudes on the map of places of the picture; nan for those nowhere on the Earth."""
        grid = self.affine
        x, y = grid.a * across + grid.b * down + grid.c, grid.d * across + grid.e * down + grid.f
        lon, lat = transform_points(self.crs, WGS84, x, y)
        return np.stack([lon + self.aside[0], lat + self.aside[1]], axis=-1)


type PixelDone = Callable[[PixelValues | GeoloupeError], None]
type AreaDone = Callable[[AreaValues | GeoloupeError], None]
type AreaPixelsDone = Callable[[AreaPixels | GeoloupeError], None]


def area_of(site: Site) -> BaseGeometry | None:
    """The area that a mark encloses; None where it encloses none."""
    return site.geometry if site.geometry.geom_type in ("Polygon", "MultiPolygon") else None


def images_to_measure(
    layers: Sequence[Layer], drawing_of: Callable[[str], LayerDrawing | None]
) -> list[tuple[str, str]]:
    """Uuid and name of the images of a stack that have values, the topmost first."""
    return [(layer.uuid, layer.name) for layer in reversed(layers) if _has_values(layer, drawing_of)]


def can_measure(layers: Iterable[Layer], drawing_of: Callable[[str], LayerDrawing | None]) -> bool:
    """True where one of the layers is an image that has values."""
    return any(_has_values(layer, drawing_of) for layer in layers)


def _has_values(layer: Layer, drawing_of: Callable[[str], LayerDrawing | None]) -> bool:
    drawing = drawing_of(layer.uuid) if layer.kind == "raster" else None
    return isinstance(drawing, RasterDrawing) and drawing.info is not None


def ask_pixel(drawing: RasterDrawing, place_crs: str, place: tuple[float, float], done: PixelDone) -> None:
    """Read an image's values at a place in the CRS of the canvas; `done` takes them."""
    info = drawing.info
    if info is None:
        done(CannotBePlaced("The image is not known yet: try again in a moment."))
        return
    crs = _crs(drawing, info)
    try:
        aside = step_of(drawing.nudge, place_crs)
        x, y = _on(crs, place_crs, (place[0] - aside[0], place[1] - aside[1]))
    except GeoloupeError as error:
        done(error)
        return
    grid = _grid(crs, info)
    turn = _turn(crs, info)
    column, row = grid.inverse().apply(x, y)
    if turn and not 0 <= column < info.width:  # the same place, a turn of the Earth further
        x += math.copysign(turn, grid.a) * (1 if column < 0 else -1)
        column, row = grid.inverse().apply(x, y)

    def answered(answer: Answer | GeoloupeError) -> None:
        if isinstance(answer, GeoloupeError):
            done(answer)
            return
        bands, mask = answer.arrays
        has_data, lost = bool(mask.any()), answer.facts.lost
        values = [
            BandValue(band, None, lost[str(at)]) if str(at) in lost else _value(band, raw, has_data)
            for at, (band, raw) in enumerate(zip(info.bands, bands, strict=False))
        ]
        done(PixelValues(tuple(values), None if info.placed_by in _BY_MAPPING else (int(column // 1), int(row // 1))))

    step = _SMALL * min(math.hypot(grid.a, grid.d), math.hypot(grid.b, grid.e))
    drawing.source.ask_pixel((x, y), step, crs, answered)


class _AreaGrid(Struct, frozen=True, eq=False):
    """The grid on which an image is read around an area."""

    crs: str
    affine: Affine
    size: tuple[int, int]
    rings: list[AreaRing]
    """The area's rings in pixels of that grid."""
    shrink: int
    aside: tuple[float, float]


def ask_area(drawing: RasterDrawing, area: BaseGeometry, done: AreaDone) -> None:
    """Read statistics of all bands of an image inside an area in lon, lat; `done` takes them."""
    info = drawing.info
    try:
        grid = _area_grid(drawing, info, area)
    except GeoloupeError as error:
        done(error)
        return

    def answered(answer: Answer | GeoloupeError) -> None:
        if isinstance(answer, GeoloupeError):
            done(answer)
            return
        facts: AreaFacts = answer.facts
        pairs = tuple(zip(() if info is None else info.bands[:MOST_BANDS], facts.bands, strict=False))
        done(AreaValues(pairs, facts.inside, float(grid.shrink)))

    drawing.source.ask_area(grid.affine, grid.size, grid.crs, tuple(grid.rings), answered)


def ask_area_pixels(drawing: RasterDrawing, area: BaseGeometry, done: AreaPixelsDone) -> None:
    """Read the raw values of all bands of an image in the box around an area in lon, lat; `done` takes them."""
    info = drawing.info
    try:
        grid = _area_grid(drawing, info, area, 1 if info is None else len(info.bands))
    except GeoloupeError as error:
        done(error)
        return

    def answered(answer: Answer | GeoloupeError) -> None:
        if isinstance(answer, GeoloupeError):
            done(answer)
            return
        bands, valid = answer.arrays
        done(AreaPixels(bands, valid.astype(np.bool_), grid.affine, grid.crs, grid.aside))

    drawing.source.ask_pixels(drawing.source.all_bands, grid.affine, grid.size, grid.crs, answered)


def ask_pixels_beside(
    drawing: RasterDrawing,
    pixels: AreaPixels,
    place: str,
    bands: tuple[int, ...],
    done: Callable[[Answer | GeoloupeError], None],
) -> None:
    """Read bands of another file, such as a mask, on the pixels that were read of an image."""
    height, width = pixels.valid.shape
    drawing.source.ask_beside(place, bands, pixels.affine, (width, height), pixels.crs, done)


def _area_grid(drawing: RasterDrawing, info: RasterInfo | None, area: BaseGeometry, bands: int = 1) -> _AreaGrid:
    """The grid around an area, coarser where more than `MOST_AREA_PX` values of `bands` would be read. Raises
    CannotBePlaced.
    """
    crs = "" if info is None else _crs(drawing, info)
    if info is None or crs in ("", PIXEL_SPACE):
        raise CannotBePlaced("The image has no place on the Earth: it cannot be measured inside an area.")
    grid, aside = _grid(crs, info), step_of(drawing.nudge, WGS84)
    own_area = translate(area, *(-step for step in aside))
    turn_px = abs(_turn(crs, info) / grid.a) if grid.a else 0.0
    rings = _near([_ring_on(grid, crs, ring) for ring in _rings_of(own_area)], turn_px, info)
    left, top, right, bottom = _window(rings, info, turn_px)
    shrink = max(1, math.ceil(math.sqrt((right - left) * (bottom - top) * bands / MOST_AREA_PX)))
    size = math.ceil((right - left) / shrink), math.ceil((bottom - top) / shrink)
    x, y = grid.apply(left, top)
    coarse = Affine(grid.a * shrink, grid.b * shrink, x, grid.d * shrink, grid.e * shrink, y)
    in_tile: list[AreaRing] = [
        tuple((float(px), float(py)) for px, py in (ring - (left, top)) / shrink) for ring in rings
    ]
    return _AreaGrid(crs, coarse, size, in_tile, shrink, aside)


def _crs(drawing: RasterDrawing, info: RasterInfo) -> str:
    return drawing.layer.crs or info.crs


def _grid(crs: str, info: RasterInfo) -> Affine:
    return Affine(1.0, 0.0, 0.0, 0.0, -1.0, 0.0) if crs == PIXEL_SPACE else Affine(*info.transform)


def _on(crs: str, place_crs: str, place: tuple[float, float]) -> tuple[float, float]:
    x, y = (float(coordinate) for coordinate in transform_points(place_crs, crs, *place))
    if not (math.isfinite(x) and math.isfinite(y)):
        raise CannotBePlaced("The place is nowhere on the image's own map.")
    return x, y


def _turn(crs: str, info: RasterInfo) -> float:
    """Length of a turn round the Earth in a CRS, where that runs straight along the image's rows; else 0."""
    is_straight = not (info.transform[1] or info.transform[3]) and not is_off_earth(crs)
    return world_bounds(crs).width if is_straight and is_unrolled(crs) else 0.0


def _near(rings: list[NDArray[np.float64]], turn_px: float, info: RasterInfo) -> list[NDArray[np.float64]]:
    """The rings without leaps over the antimeridian, moved by whole turns so that the first is nearest to the image."""
    if not turn_px:
        return rings
    middle = info.width / 2
    straight = [np.stack([np.unwrap(ring[:, 0], period=turn_px), ring[:, 1]], axis=-1) for ring in rings]
    first = straight[0][:, 0].mean()
    shift = round((middle - first) / turn_px) * turn_px
    near = [round((first - ring[:, 0].mean()) / turn_px) * turn_px for ring in straight]
    return [ring + np.array([shift + own, 0.0]) for ring, own in zip(straight, near, strict=True)]


def _value(band: BandInfo, raw: NDArray[Any], has_data: bool) -> BandValue:
    number = float(raw.reshape(-1)[0])
    is_value = has_data and math.isfinite(number) and number != band.nodata
    return BandValue(band, number if is_value else None)


def _rings_of(area: BaseGeometry) -> list[Any]:
    """Outer and inner rings of all polygons of an area. Raises CannotBePlaced where there is none."""
    parts = getattr(area, "geoms", [area])
    rings = [ring for part in parts if part.geom_type == "Polygon" for ring in (part.exterior, *part.interiors)]
    if not rings:
        raise CannotBePlaced("Statistics are of an area: select one that has an inside.")
    return rings


def _ring_on(grid: Affine, crs: str, ring: Any) -> NDArray[np.float64]:
    """(n, 2) Corners of a ring in pixels of the image, without the last, which repeats the first."""
    lon, lat = np.asarray(ring.coords)[:-1, :2].T
    x, y = transform_points(WGS84, crs, lon, lat)
    back = grid.inverse()
    corners = np.stack([back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f], axis=-1)
    if not np.isfinite(corners).all():
        raise CannotBePlaced("A part of the area is nowhere on the image's own map.")
    return corners


def _window(rings: Sequence[NDArray[np.float64]], info: RasterInfo, turn_px: float = 0.0) -> tuple[int, int, int, int]:
    """Whole pixels of the image around the rings. Raises CannotBePlaced where there are none.

    An image that goes round the Earth may be read beyond its edges, where it repeats itself.
    """
    corners = np.concatenate(rings)
    left, top = (math.floor(coordinate) for coordinate in corners.min(axis=0))
    right, bottom = (math.ceil(coordinate) for coordinate in corners.max(axis=0))
    if not turn_px or info.width < turn_px - 0.5:
        left, right = max(left, 0), min(right, info.width)
    top, bottom = max(top, 0), min(bottom, info.height)
    if left >= right or top >= bottom:
        raise CannotBePlaced("The area lies outside of the image.")
    return left, top, right, bottom
