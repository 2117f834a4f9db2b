"""Marks and shows the place of a photograph's camera, for a menu, the form of a layer and the place dialog."""

from __future__ import annotations

from layers.raster.info import RasterInfo
from layers.raster.photograph import Photograph, photograph_in
from layers.vector.table import VectorInfo
from viewer.commands.photographs import mark_photograph, marked_photograph
from viewer.panels.context import PanelContext
from viewer.rendering.raster.raster_drawing import RasterDrawing


def photograph_of(info: RasterInfo | VectorInfo | None) -> Photograph | None:
    """The facts of a photograph from its EXIF; None for other images, and for those without a position."""
    return photograph_in(info.tags) if isinstance(info, RasterInfo) and info.tags else None


def mark_camera(context: PanelContext, photograph: Photograph, name: str) -> bool:
    """Mark the place of a camera, select the mark and show it; one that is marked already is only shown.

    `name` is that of the photograph. Returns False where the mark was refused.
    """
    if not context.do(mark_photograph, photograph, name):
        return False
    site = marked_photograph(context.document, photograph, name)
    if site is not None:
        context.selection.set((site.uuid,))
        context.zoom_to_sites([site])
    return site is not None


def mark_camera_of_layer(context: PanelContext, uuid: str) -> bool:
    """Mark the place of the camera of the photograph that a layer shows; False where there is none."""
    photograph, drawing = photograph_of(context.layers.info_of(uuid)), context.layers.drawing_of(uuid)
    if photograph is None or not isinstance(drawing, RasterDrawing):
        return False
    return mark_camera(context, photograph, drawing.path.name)
