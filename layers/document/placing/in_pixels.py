"""A layer shown in pixel space, however it is placed on the map: for panes in which its pixels are picked."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.geo.crs import PIXEL_SPACE


def row_in_pixels(layer: Layer, uuid: str) -> Layer:
    """A row of that uuid which shows the same image in pixel space, visible and opaque."""
    return replace(
        layer,
        uuid=uuid,
        crs=PIXEL_SPACE,
        control_points_json="",
        nudge_json="",
        visible=True,
        opacity=1.0,
        blend="normal",
    )
