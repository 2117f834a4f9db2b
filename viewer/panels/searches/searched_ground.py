"""The grounds that a search may go through: a mark's area, all of an image, or the view; and the images there."""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.search import Search
from layers.document.site import Site
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84
from layers.grid.tile_grid import TileGrid, View
from layers.scenes.view_area import area_of_view
from layers.time.shadows import RADAR
from viewer.canvas.image_below import is_image
from viewer.commands.imagery.cell_searches import SEARCH_AREA
from viewer.panels.context import PanelContext
from viewer.panels.searches.image_ground import GroundChoice, ground_of_image
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.image_facts import image_facts, pick_at, raster_pixel_m
from viewer.rendering.layers.shadow_facts import shadow_image
from viewer.rendering.raster.raster_drawing import RasterDrawing

MOST_AREAS = 200
"""Most marks that are offered as areas."""
_CLOSE_M = 0.01
"""Size of a pixel of the screen at which a service shows its finest level, in metres."""


def area_marks(document: Document, chosen: Sequence[str]) -> list[Site]:
    """The marks that can be searched: the chosen polygons of any kind, then search areas."""
    first = [document.sites[uuid] for uuid in chosen if uuid in document.sites]
    marks = [*first, *(site for site in document.sites.values() if site.mark_kind == SEARCH_AREA)]
    return list({site.uuid: site for site in marks if site.kind == "polygon"}.values())[:MOST_AREAS]


def ground_of_mark(site: Site) -> GroundChoice:
    """The area of a mark."""
    return GroundChoice(site.uuid, site.geometry)


def ground_of_view(view: View, drawing: LayerDrawing | None = None) -> GroundChoice | None:
    """The ground in view, cut to the outline of an image; None where nothing of it, or of the Earth, is in view."""
    shape, image = area_of_view(view), ground_of_image(drawing)
    if image is not None and -180.0 <= image.shape.bounds[0] <= image.shape.bounds[2] <= 180.0:
        common = shapely.intersection(shape, shapely.make_valid(image.shape))
        areas = [part for part in shapely.get_parts(common) if part.geom_type == "Polygon"]
        shape = areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
    return None if shape.is_empty else GroundChoice(shape, shape)


def searched_images(context: PanelContext) -> list[tuple[str, str]]:
    """Uuid and name of the images of the case that may be searched, the topmost first; hidden ones follow."""
    images = []
    layers = context.document.layers_in_order()[::-1]
    for layer in sorted(layers, key=lambda layer: not layer.visible):
        drawing = context.layers.drawing_of(layer.uuid)
        if drawing is not None and is_image(drawing) and image_facts(drawing) is not None:
            images.append((layer.uuid, layer.name))
    return images


def layer_of_search(context: PanelContext, search: Search) -> str:
    """The layer that shows the image of a search: that of the image's row, else one of the same key; empty for none."""
    image = context.document.images.get(search.image_uuid)
    if image is None:
        return ""
    if image.layer_uuid in context.document.layers:
        return image.layer_uuid
    for uuid in context.document.layers:
        drawing = context.layers.drawing_of(uuid)
        facts = None if drawing is None else image_facts(drawing)
        if facts is not None and facts.get("image_key") == image.image_key:
            return uuid
    return ""


def images_over(context: PanelContext, layer_uuid: str, area: BaseGeometry) -> list[str]:
    """The images in sight that lie above a layer in an area, in lon, lat; those of unknown ground count."""
    rows, over = context.document.layers, []
    for uuid, _ in searched_images(context):
        row, ground = rows[uuid], ground_of_image(context.layers.drawing_of(uuid))
        is_above = row.visible and row.order_key > rows[layer_uuid].order_key
        if is_above and (ground is None or ground.shape.intersects(area)):
            over.append(uuid)
    return over


def pixel_m_of(drawing: LayerDrawing | None, shape: BaseGeometry) -> float | None:
    """Ground metres of a pixel of an image in the middle of an area; None where that is not known."""
    if drawing is None:
        return None
    place = shape.representative_point()
    try:
        if isinstance(drawing, RasterDrawing):
            pixel_m = raster_pixel_m(drawing, place.x, place.y)
        else:
            pick = pick_at(drawing, View(TileGrid(WGS84, _CLOSE_M / 111_320.0), 0, 0, 1, 1), place.x, place.y)
            pixel_m = math.nan if pick is None else pick.pixel_m
    except GeoloupeError:
        return None
    return pixel_m if math.isfinite(pixel_m) and pixel_m > 0 else None


def may_be_radar(drawing: LayerDrawing | None) -> bool:
    """True for a radar image, and for one of a single band of which nothing tells what took it."""
    if not isinstance(drawing, RasterDrawing) or drawing.info is None:
        return False
    facts = shadow_image(drawing)
    kind = "" if facts is None else facts.kind
    return kind == RADAR or (not kind and len(drawing.info.bands) == 1)
