"""Marks where the camera of a photograph was, and leads there: for a menu, the form of a layer and the place dialog."""

from __future__ import annotations

from layers.raster.info import RasterInfo
from layers.raster.photograph import Photograph, photograph_in
from layers.vector.table import VectorInfo
from viewer.commands.imagery.photographs import mark_photograph, marked_photograph
from viewer.panels.context import PanelContext
from viewer.rendering.raster.raster_drawing import RasterDrawing


def photograph_of(info: RasterInfo | VectorInfo | None) -> Photograph | None:
    """The photograph that an image is, as its EXIF says; None for other images, and for those without a position."""
    return photograph_in(info.tags) if isinstance(info, RasterInfo) and info.tags else None


def mark_camera(context: PanelContext, photograph: Photograph, name: str) -> bool:
    """Mark the place, select the mark and show it. A place that is marked already is shown alone."""
    if not context.do(mark_photograph, photograph, name):
        return False
    site = marked_photograph(context.document, photograph, name)
    if site is not None:
        context.selection.set((site.uuid,))
        context.zoom_to_sites([site])
    return site is not None


def mark_camera_of_layer(context: PanelContext, uuid: str) -> bool:
    """The same for the photograph that a layer shows."""
    photograph, drawing = photograph_of(context.layers.info_of(uuid)), context.layers.drawing_of(uuid)
    if photograph is None or not isinstance(drawing, RasterDrawing):
        return False
    return mark_camera(context, photograph, drawing.path.name)
