"""The picture of the difference of two images of a comparison, and the reasons why there may be none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtGui import QImage

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import View
from layers.raster.reflectance import Reflectance
from viewer.canvas.comparison.shown_values import (
    are_reflectance,
    brought_to_reflectance,
    reflectance_shown,
    why_not_reflectance,
)
from viewer.canvas.comparison.stretches import paired_tiles, statement_of, top_image
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.rendering.images import image_of_argb
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.translation import in_language, translate


def why_no_difference(spec: ComparisonSpec, scenes: Sequence[MapScene]) -> str:
    """The reason why the second image minus the first means nothing, as a sentence; empty where it means something."""
    first, second = top_image(scenes[0], spec, 0), top_image(scenes[1], spec, 1)
    if first is None or second is None or first.style is None or second.style is None:
        return translate(
            "comparison", "A difference needs the values of two image files; one of these has none, or is not read yet."
        )
    known = reflectance_shown(first), reflectance_shown(second)
    fields = ("sensor", "level", "resampling") if any(known) else ("sensor", "level", "units", "resampling")
    why = statement_of(first).unlike(statement_of(second), *fields)
    if not why and (first.style.bands, first.style.expression) != (second.style.bands, second.style.expression):
        why = [translate("comparison", "they do not show the same bands")]
    if not why:
        return _why_not_alike(first, second)
    reasons = ", ".join(map(in_language, why))
    return translate(
        "comparison",
        "Two images are subtracted only where sensor, processing level, units and resampling are stated and "
        "equal: here {0}. Swipe or blink them instead.",
    ).format(reasons)


def _why_not_alike(first: RasterDrawing, second: RasterDrawing) -> str:
    """The reason why the values of two images, of which one is of Sentinel-2, mean different things."""
    reasons = why_not_reflectance([first, second])
    if not reasons:
        return ""
    return translate(
        "comparison",
        "Two images of Sentinel-2 are subtracted only where both can be brought to reflectance. {0} Swipe or blink "
        "them instead.",
    ).format(" ".join(reasons))


def is_in_reflectance(spec: ComparisonSpec, scenes: Sequence[MapScene]) -> bool:
    """True where a difference is one of reflectance."""
    first, second = top_image(scenes[0], spec, 0), top_image(scenes[1], spec, 1)
    return first is not None and second is not None and _ways(first, second) is not None


def _ways(first: RasterDrawing, second: RasterDrawing) -> tuple[Reflectance, Reflectance] | None:
    """The ways of both images' values to reflectance; None where they are subtracted as they are."""
    known, other = reflectance_shown(first), reflectance_shown(second)
    has_expression = any(drawing.style is not None and drawing.style.expression for drawing in (first, second))
    if known is None or other is None or not are_reflectance(known, other) or has_expression:
        return None
    return known, other


def difference_work(spec: ComparisonSpec, scenes: Sequence[MapScene], view: View) -> Callable[[], QImage]:
    """Return a function that makes the picture of a difference, in any thread.

    Mid grey is no difference, lighter grey a larger value in the second image, in steps of its stretch. The background
    shows where one of them has no data.
    """
    first, second = top_image(scenes[0], spec, 0), top_image(scenes[1], spec, 1)
    assert first is not None
    assert second is not None
    style, other = first.style, second.style
    assert style is not None
    assert other is not None
    pairs = paired_tiles(first, second)
    ways = _ways(first, second)
    step = 1.0 if ways is None or ways[0].scale is None else ways[0].scale
    spans = [max((stretch.high - stretch.low) * step, 1e-30) for stretch in style.stretches]

    def work() -> QImage:
        argb = np.full((view.height, view.width), int(BACKGROUND_COLOR[1:], 16) | 0xFF000000, np.uint32)
        for (left, top), tile, other_tile in pairs:
            (values, valid), (other_values, other_valid) = tile.values(style), other_tile.values(other)
            if ways is not None:
                values = brought_to_reflectance(values, ways[0])
                other_values = brought_to_reflectance(other_values, ways[1])
            pixels = np.full(valid.shape, 0xFF000000, np.uint32)
            for band in range(3):
                at = band if len(values) == 3 else 0
                change = (other_values[at].astype(np.float32) - values[at].astype(np.float32)) * np.float32(
                    127.5 / spans[at]
                )
                levels = np.clip(np.nan_to_num(change) + 128, 0, 255).astype(np.uint32)
                pixels |= levels << np.uint32(16 - 8 * band)
            here = argb[top : top + pixels.shape[0], left : left + pixels.shape[1]]
            here[:] = np.where(valid & other_valid, pixels, here)
        return image_of_argb(argb)

    return work
