"""The facts of an image by which shadows on it are judged: time, kind, and the sun as its metadata state it."""

from __future__ import annotations

import math

from layers.raster.acquisition import Acquisition
from layers.raster.presets import names_of
from layers.raster.sensor_kinds import image_kind
from layers.time.shadows import ShadowImage
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.image_facts import image_facts
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing


def shadow_image(drawing: LayerDrawing) -> ShadowImage | None:
    """The facts as they are known now; None for a layer that is no image, or is not known yet."""
    facts = image_facts(drawing)
    if facts is None:
        return None
    known = drawing.dates.acquisition(drawing.layer) if isinstance(drawing, TilesDrawing) else drawing.acquisition
    words = (known.platform, known.sensor, known.product_id)
    return ShadowImage(
        facts["acquired_at"][:100], facts["date_kind"], image_kind(words, _shown_bands(drawing)), *_sun(known)
    )


def _sun(known: Acquisition) -> tuple[float | None, float | None]:
    """Azimuth and elevation of the sun in degrees, both or neither."""
    azimuth, elevation = known.sun_azimuth_deg, known.sun_elevation_deg
    if azimuth is None or elevation is None or not (math.isfinite(azimuth) and math.isfinite(elevation)):
        return None, None
    return (azimuth, elevation) if abs(azimuth) <= 360.0 and abs(elevation) <= 90.0 else (None, None)


def _shown_bands(drawing: LayerDrawing) -> list[str]:
    """The common names of the bands that are shown, as far as they are known."""
    if not isinstance(drawing, RasterDrawing) or drawing.info is None or drawing.style is None:
        return []
    names = names_of(drawing.info)
    return [name for name, band in names.items() if band in drawing.style.bands]
