"""A layer shown in pixel space, whatever places it on the map: in panes where its pixels are pointed at."""

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
