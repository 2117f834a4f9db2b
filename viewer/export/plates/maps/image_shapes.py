"""The shape that the images of a map cover in its projection, and the largest box that they fill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, has_way, transform_points
from layers.geo.picture_outline import box_outline
from viewer.canvas.image_below import is_image
from viewer.canvas.scene import MapScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing

_WHOLE_EARTH_DEG = 350.0
"""Width in degrees from which an image covers any map of the Earth."""
_STEPS = 16
"""Stretches of each side of an image: straight sides bend in another projection."""
_HALVINGS, _LEAST_SHARE = 18, 0.5
"""Steps of the search for the largest box, and its least share of the images' own: a smaller one crops too much."""
_SLACK = 1e-9
"""Tolerance of edges that were computed, as a part of the box."""
_COARSER, _MOST_OF_MAP = 8.0, 0.6
"""Factor by which an image has larger pixels than others where these cover that part of a map: beside them it looks
like an empty margin.
"""
_GUESSED = ("control points", "RPC")
"""Ways of placing an image by which its transform is only roughly right."""


def filled_box(scenes: Sequence[MapScene], crs: str, world: Bounds | None = None) -> Bounds | None:
    """The largest box in `crs` that the images of each of these scenes fill, so that no margin of a map is dark.

    `world`: the part in `crs` that is to be shown; far coarser images do not count there beside others that cover most
    of it. None where images cover the whole Earth, or the extent of one is not known.
    """
    shapes = [shape for scene in scenes if (shape := images_shape(scene, crs, world)) is not None]
    if not shapes:
        return None
    common = shapely.intersection_all(shapes)
    return inner_box(shapely.union_all(shapes) if common.is_empty or not common.area > 0 else common)


def images_shape(scene: MapScene, crs: str, world: Bounds | None = None) -> BaseGeometry | None:
    """The shape of all images that a scene shows; None as in `filled_box`, and without images."""
    drawings = [scene.drawings[uuid] for uuid in scene.stack.visible() if is_image(scene.drawings[uuid])]
    images = [(drawing, scene.stack.bounds_of(drawing.layer.uuid)) for drawing in drawings]
    known = [(drawing, lonlat) for drawing, lonlat in images if lonlat is not None]
    if len(known) < len(images):
        return None
    if world is not None and (shape := _shape_without_overviews(known, crs, world)) is not None:
        return shape
    return _shape_of(known, crs)


def _shape_without_overviews(
    images: Sequence[tuple[LayerDrawing, Bounds]], crs: str, world: Bounds
) -> BaseGeometry | None:
    """The shape of the images beside which all others are far coarser; None unless they cover most of the map."""
    part = shapely.box(*world)
    here = [image for image in images if _is_round_earth(image[1]) or _outline(*image, crs).intersects(part)]
    sizes = [_degrees_of_pixel(drawing, lonlat) for drawing, lonlat in here]
    most = _COARSER * min(sizes, default=0.0)
    fine = [image for image, size in zip(here, sizes, strict=True) if size <= most]
    if not 0 < len(fine) < len(here):
        return None
    shape = _shape_of(fine, crs)
    if shape is None or shape.intersection(part).area < _MOST_OF_MAP * part.area:
        return None
    return shape


def _is_round_earth(lonlat: Bounds) -> bool:
    return lonlat.width >= _WHOLE_EARTH_DEG


def _degrees_of_pixel(drawing: LayerDrawing, lonlat: Bounds) -> float:
    """The rough size of an image's pixels; 0 for a service, which is as fine as the map asks for."""
    info = drawing.info if isinstance(drawing, RasterDrawing) else None
    return 0.0 if info is None else max(lonlat.width / info.width, lonlat.height / info.height)


def _shape_of(images: Sequence[tuple[LayerDrawing, Bounds]], crs: str) -> BaseGeometry | None:
    """The shape of images; None without any, and where one goes round the Earth."""
    if any(_is_round_earth(lonlat) for _, lonlat in images):
        return None
    outlines = [_outline(drawing, lonlat, crs) for drawing, lonlat in images]
    shapes = [shape for shape in outlines if not shape.is_empty]
    return shapely.union_all(shapes) if shapes else None


def inner_box(shape: BaseGeometry) -> Bounds:
    """The largest box within a shape that has the proportions of the box around it; that one where it is too small."""
    around = Bounds(*shape.bounds)
    grown = shape.buffer(_SLACK * max(around.width, around.height))
    if grown.covers(shapely.box(*around)):
        return around
    middle = shape.centroid if shape.covers(shape.centroid) else shape.representative_point()
    least, most = 0.0, 1.0
    for _ in range(_HALVINGS):
        share = (least + most) / 2
        least, most = (share, most) if grown.covers(shapely.box(*_part(around, middle, share))) else (least, share)
    return _part(around, middle, least) if least >= _LEAST_SHARE else around


def _part(around: Bounds, middle: shapely.Point, share: float) -> Bounds:
    """The part of a box that `share` of each of the ways from a place inside to its edges leaves."""
    x, y = middle.x, middle.y
    return Bounds(
        x + share * (around.left - x),
        y + share * (around.bottom - y),
        x + share * (around.right - x),
        y + share * (around.top - y),
    )


def _outline(drawing: LayerDrawing, lonlat: Bounds, crs: str) -> BaseGeometry:
    """The outline of an image in a CRS; empty where some of it has no place there."""
    x, y = _edge_of(drawing, crs) or transform_points(WGS84, crs, *np.array(box_outline(lonlat)).T)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return shapely.Polygon()
    return shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))


def _edge_of(drawing: LayerDrawing, crs: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Places along the edge of a raster whose transform is exact; None for other images."""
    info = drawing.info if isinstance(drawing, RasterDrawing) else None
    if info is None or info.placed_by in _GUESSED:
        return None
    source = drawing.layer.crs or info.crs
    if not source or not has_way(source, crs):
        return None
    along = np.arange(_STEPS) / _STEPS
    first, last = np.zeros(_STEPS), np.ones(_STEPS)
    cols = np.concatenate([along, last, 1 - along, first]) * info.width
    rows = np.concatenate([first, along, last, 1 - along]) * info.height
    a, b, c, d, e, f = info.transform
    return transform_points(source, crs, a * cols + b * rows + c, d * cols + e * rows + f)
