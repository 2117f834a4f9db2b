"""The picture of the difference of two images of a comparison, and the reasons why there may be none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtGui import QImage

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import View
from viewer.canvas.comparison.stretches import paired_tiles, statement_of, top_image
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.rendering.images import image_of_argb
from viewer.support.language.translation import in_language, translate


def why_no_difference(spec: ComparisonSpec, scenes: Sequence[MapScene]) -> str:
    """The reason why the second image minus the first means nothing, as a sentence; empty where it means something."""
    first, second = top_image(scenes[0], spec, 0), top_image(scenes[1], spec, 1)
    if first is None or second is None or first.style is None or second.style is None:
        return translate(
            "comparison", "A difference needs the values of two image files; one of these has none, or is not read yet."
        )
    why = statement_of(first).unlike(statement_of(second), "sensor", "level", "units", "resampling")
    if not why and (first.style.bands, first.style.expression) != (second.style.bands, second.style.expression):
        why = [translate("comparison", "they do not show the same bands")]
    if not why:
        return ""
    reasons = ", ".join(map(in_language, why))
    return translate(
        "comparison",
        "Two images are subtracted only where sensor, processing level, units and resampling are stated and "
        "equal: here {0}. Swipe or blink them instead.",
    ).format(reasons)


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
    spans = [max(stretch.high - stretch.low, 1e-30) for stretch in style.stretches]

    def work() -> QImage:
        argb = np.full((view.height, view.width), int(BACKGROUND_COLOR[1:], 16) | 0xFF000000, np.uint32)
        for (left, top), tile, other_tile in pairs:
            (values, valid), (other_values, other_valid) = tile.values(style), other_tile.values(other)
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
