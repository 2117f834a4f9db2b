"""Finds the image that counts at a place of the map: the topmost one that is shown there with data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtGui import QImage, QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.site import Site
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.world_copies import Views, world_copies
from viewer.support.going_on import going_on
from viewer.support.painting import painting


class ImagesBelow(NamedTuple):
    """Uuids of the image layers at a place, the topmost first: one, or several that are blended."""

    layers: tuple[str, ...]
    is_awaited: bool
    """True while an image that may lie above these has not been read yet."""


def scenes_at(shown: ShownScene, view: View, lon: float, lat: float) -> list[MapScene]:
    """The scenes that are seen at a place of a view, the stronger first; empty outside the view."""
    place = _pixel_of(view, lon, lat)
    return [] if place is None else shown.sides.seen_at(view, *place)


def images_below(shown: ShownScene, view: View, lon: float, lat: float, sides: Sequence[MapScene] = ()) -> ImagesBelow:
    """The images at a place of a view, as they are painted there now; nothing is read.

    With `sides`, only the images of these sides of a comparison.
    """
    place = _pixel_of(view, lon, lat)
    if place is None:
        return ImagesBelow((), False)
    seen = [_images_at(scene, view, place) for scene in sides or shown.sides.seen_at(view, *place)]
    layers = tuple(dict.fromkeys(uuid for images in seen for uuid in images.layers))
    return ImagesBelow(layers, any(images.is_awaited for images in seen))


def _images_at(scene: MapScene, view: View, place: tuple[int, int]) -> ImagesBelow:
    uuids: list[str] = []
    is_awaited = False
    for layer in reversed(scene.stack.shown_on(view)):
        drawing = scene.drawings[layer.uuid]
        if not is_image(drawing) or not layer.drawn_opacity:
            continue
        seen = drawing.seen(view)
        copies = world_copies(seen)
        if _paints(drawing, seen, copies, place):
            uuids.append(layer.uuid)
            if layer.drawn_opacity == 1.0 and layer.blend == "normal":
                break
        elif not drawing.is_complete(seen, copies):
            is_awaited = True
    return ImagesBelow(tuple(uuids), is_awaited)


class SeenPixel(NamedTuple):
    """An image under a pixel of the map, and the colour in which it is drawn there."""

    layer_uuid: str
    color: tuple[int, int, int]
    """Red, green and blue, before blending with the layers below."""


class PlaceHits(NamedTuple):
    """Images at a place that the analyst pointed at."""

    crs: str
    """CRS of the canvas, which may be off the Earth."""
    at: tuple[float, float]
    """The place, in `crs`."""
    images: tuple[SeenPixel, ...] = ()
    """The images there, the topmost first."""
    resolution: float = 1.0
    """Units of `crs` a pixel of the view."""


def images_at(shown: ShownScene, view: View, px: float, py: float) -> list[SeenPixel]:
    """The shown images that colour a pixel of the view, the topmost first. Nothing is read."""
    place = math.floor(px), math.floor(py)
    pixels: dict[str, SeenPixel] = {}
    for scene in shown.sides.seen_at(view, *place):
        for layer in reversed(scene.stack.shown_on(view)):
            drawing = scene.drawings[layer.uuid]
            seen = drawing.seen(view)
            color = _color(drawing, seen, world_copies(seen), place) if is_image(drawing) else None
            if color is not None:
                pixels.setdefault(layer.uuid, SeenPixel(layer.uuid, color))
    return list(pixels.values())


def images_around(scene: MapScene, geometry: BaseGeometry) -> list[str]:
    """Uuids of the shown image layers whose bounds hold a mark's place, the topmost first."""
    images = [uuid for uuid in reversed(scene.stack.visible()) if is_image(scene.drawings[uuid])]
    if not images:
        return []
    place = Site(uuid="", geometry=geometry).place
    turns, uuids = (place.x, place.x + 360.0, place.x - 360.0), []
    for uuid in images:
        bounds = scene.drawings[uuid].shown_bounds()
        if bounds is not None and bounds.bottom <= place.y <= bounds.top:
            uuids += [uuid] if any(bounds.left <= x <= bounds.right for x in turns) else []
    return uuids


def is_image(drawing: LayerDrawing) -> bool:
    """True for a layer of pixels: a file, or a service."""
    return isinstance(drawing, RasterDrawing | TilesDrawing)


def _pixel_of(view: View, lon: float, lat: float) -> tuple[int, int] | None:
    """The pixel of the view that a place falls into, on the map itself or on a wrapped copy; None outside."""
    try:
        x, y = (float(coordinate) for coordinate in transform_points(WGS84, view.grid.crs, lon, lat))
    except GeoloupeError:
        return None
    for seen in (view, *world_copies(view)):
        px, py = seen.to_pixel(x, y)
        if math.isfinite(px) and math.isfinite(py) and 0 <= px < view.width and 0 <= py < view.height:
            return math.floor(px), math.floor(py)
    return None


def _paints(drawing: LayerDrawing, view: View, copies: Views, place: tuple[int, int]) -> bool:
    """True where a layer alone would colour that pixel; False for a hole in an image."""
    return _color(drawing, view, copies, place) is not None


def _color(drawing: LayerDrawing, view: View, copies: Views, place: tuple[int, int]) -> tuple[int, int, int] | None:
    """The colour that a layer alone gives that pixel; None where it gives none."""
    pixel = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
    pixel.fill(0)
    with painting(pixel) as painter, going_on():
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.translate(-place[0], -place[1])
        painter.setClipRect(place[0], place[1], 1, 1)
        drawing.paint(painter, view, copies)
    color = pixel.pixelColor(0, 0)
    return (color.red(), color.green(), color.blue()) if color.alpha() > 0 else None
