"""The part of the Earth that the map of a web story shows, its projection, and its parts with finer pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.geo.lon_extent import narrowest
from layers.geo.map_projections import suited_crs
from layers.geo.picture_outline import box_outline
from layers.grid.tile_grid import View
from layers.product.spec import ProductSpec
from viewer.canvas.extent import bounds_of_all
from viewer.canvas.scene import MapScene
from viewer.export.data.exported import MapDetail
from viewer.export.plates.maps.framing import MARK_ROOM
from viewer.export.plates.maps.image_shapes import filled_box, inner_box
from viewer.export.plates.maps.shown_parts import Shown, framing_of, pane_shape, shown_parts
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing

MAP_PX, RATIO = 2400, 2.0
"""The longer side of the picture of the map, in pixels, and how many of them a pixel of the page has."""
_SHAPE = 1.5
"""Width of a map as a multiple of its height, for a page and a screen, as far as what is shown allows."""
_LEAST_ROOM = 0.01
"""Least room around the marks of a map, in degrees."""
DETAIL_STEP = 5
"""Times by which each finer picture is larger than the one before; also the number of its parts along a side."""
LEVELS = 2
MOST_DETAILS = 6
"""Most parts of the map that have a finer picture, at each level."""
_FINER = 1.3
"""Least number of an image's own pixels for each pixel of a coarser picture, so that a finer one shows more."""
_BESIDE = 0.15
"""Distance from a part, in its sides, from which a mark counts for it: around a mark something is to be seen."""

type _Boxes = NDArray[np.float64]


class FinerPart(Struct, frozen=True):
    """A part of a map with a finer picture: its place in parts of the map's width and height, and its view."""

    level: int
    left: float
    top: float
    width: float
    height: float
    view: View


def story_view(scene: MapScene, marks: _Boxes) -> View | None:
    """The view of the map in the projection that suits it; None without anything that has a place on the Earth.

    `marks`: (n, 4) bounds of the marks in degrees, all of which it shows; without any it shows what its layers have.
    """
    part = _part_around(scene, marks) if len(marks) else _part_of_layers(scene)
    if part is None:
        return None
    shape = pane_shape([part])
    wide_to_high = max(min(max(_SHAPE, shape.least), shape.most), 1 / _SHAPE)
    width, height = (MAP_PX, MAP_PX / wide_to_high) if wide_to_high >= 1 else (MAP_PX * wide_to_high, MAP_PX)
    framing = framing_of(QRectF(0.0, 0.0, max(round(width), 1), max(round(height), 1)), part, RATIO)
    return framing.view


def _part_around(scene: MapScene, marks: _Boxes) -> Shown | None:
    around = narrowest(marks)
    bounds = around.expanded(max(MARK_ROOM * max(around.width, around.height), _LEAST_ROOM))
    crs = suited_crs(bounds)
    left, bottom, right, top = marks.T
    lons = np.concatenate([left, (left + right) / 2, right] * 3)
    lats = np.repeat([bottom, (bottom + top) / 2, top], 3, axis=0).ravel()
    x, y = transform_points(WGS84, crs, lons, lats)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return None
    marked = Bounds.of_points(x[known], y[known])
    least = max(MARK_ROOM * max(marked.width, marked.height), _least_room(crs, bounds))
    world = marked.expanded(least)
    images = filled_box([scene], crs)
    reach = None if images is None or images.intersection(world) is None else images.union(world)
    return Shown(bounds, crs, world, reach, marks=marked)


def _least_room(crs: str, bounds: Bounds) -> float:
    """The least room around marks in units of the CRS."""
    lon, lat = bounds.centre
    middle = Bounds(lon, lat, lon, lat).expanded(_LEAST_ROOM)
    return transform_bounds(WGS84, crs, middle).height / 2


def _part_of_layers(scene: MapScene) -> Shown | None:
    bounds = bounds_of_all(scene)
    if bounds is None:
        return None
    grown = bounds if bounds.width and bounds.height else bounds.expanded(_LEAST_ROOM)
    return shown_parts(ProductSpec(bounds=grown), [scene])[0]


def pair_bounds(crs: str, lonlat: Bounds) -> Bounds:
    """The box in a CRS that a part of the Earth fills to all edges. Raises CannotBePlaced."""
    x, y = transform_points(WGS84, crs, *np.array(box_outline(lonlat)).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise CannotBePlaced("The images of a comparison have no place in a map’s projection.")
    return inner_box(shapely.make_valid(shapely.Polygon(np.column_stack([x, y]))))


# -- finer pictures -----------------------------------------------------------------------------------------------


def detail_parts(scene: MapScene, view: View, marks: Mapping[str, tuple[float, float]]) -> list[FinerPart]:
    """The parts of a map around its marks that a finer picture shows in more detail, the coarser ones first.

    `marks`: pixels of the marks in `view`. Images are looked at with their own pixels: what is not finer is left out.
    """
    places = np.array([*marks.values()]).reshape(-1, 2) / (view.width, view.height)
    parts = list[FinerPart]()
    for level in range(1, LEVELS + 1):
        across, counts = DETAIL_STEP**level, dict[tuple[int, int], int]()
        for x, y in places * across:
            for cell in {(int(x + dx), int(y + dy)) for dx in (-_BESIDE, 0, _BESIDE) for dy in (-_BESIDE, 0, _BESIDE)}:
                if min(cell) >= 0 and max(cell) < across:
                    counts[cell] = counts.get(cell, 0) + 1
        ranked = sorted(counts, key=lambda cell: (-counts[cell], cell[1], cell[0]))
        made = (_detail_part(view, level, cell) for cell in ranked)
        parts += [part for part in made if _has_more(scene, view, part)][:MOST_DETAILS]
    return parts


def _detail_part(view: View, level: int, cell: tuple[int, int]) -> FinerPart:
    """One of the equal parts of a map at a level, a picture of at most half as many pixels as the map's own."""
    across = DETAIL_STEP**level
    width, height = round(view.width / RATIO), round(view.height / RATIO)
    resolution = view.grid.resolution * view.width / (across * width)
    x, y = view.to_world(view.width * cell[0] / across, view.height * cell[1] / across)
    grid = replace(view.grid, resolution=resolution, origin_x=x, origin_y=y)
    high = height * resolution / (view.grid.resolution * view.height)
    return FinerPart(level, cell[0] / across, cell[1] / across, 1 / across, high, View(grid, 0, 0, width, height, 1.0))


def _has_more(scene: MapScene, view: View, part: FinerPart) -> bool:
    """True where an image has more pixels than the picture of the level before, or, at the first, a layer has lines."""
    coarser = view.grid.resolution / (1 if part.level == 1 else DETAIL_STEP ** (part.level - 1) / RATIO)
    for uuid in scene.stack.in_view(part.view):
        drawing = scene.drawings[uuid]
        if isinstance(drawing, VectorDrawing) and part.level == 1:
            return True
        own = _own_resolution(scene, uuid, view.grid.crs)
        if own is not None and own * _FINER <= coarser:
            return True
    return False


def _own_resolution(scene: MapScene, uuid: str, crs: str) -> float | None:
    """Units of the CRS that a pixel of an image takes, roughly; None where that is not known."""
    drawing, lonlat = scene.drawings[uuid], scene.stack.bounds_of(uuid)
    info = drawing.info if isinstance(drawing, RasterDrawing) else None
    if info is None or lonlat is None or not info.height:
        return None
    lon, lat = lonlat.centre
    step = lonlat.height / info.height
    _, ys = transform_points(WGS84, crs, [lon, lon], [lat - step / 2, lat + step / 2])
    xs, _ = transform_points(WGS84, crs, [lon, lon], [lat - step / 2, lat + step / 2])
    return float(np.hypot(xs[1] - xs[0], ys[1] - ys[0])) or None


def map_detail(part: FinerPart, data: bytes) -> MapDetail:
    """A finer picture with its place, as a file has it."""
    return MapDetail(data, part.level, part.left, part.top, part.width, part.height)


def detail_choice(parts: Sequence[tuple[FinerPart, bytes]], most_bytes: int) -> list[tuple[FinerPart, bytes]]:
    """The finer pictures that a file has room for, in their order: the coarser, and those of more marks first."""
    kept, room = list[tuple[FinerPart, bytes]](), most_bytes
    for part, data in parts:
        if len(data) <= room:
            kept.append((part, data))
            room -= len(data)
    return kept
