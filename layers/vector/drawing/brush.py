"""The round brush of strokes: the coverage of the pixels that it touches, at places within a pixel."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PHASES = 8
"""Number of places within a pixel, each way, that the brush may be at."""


def steps_of(stroke_px: float) -> int:
    """The width of a stroke in sixteenths of a pixel, by which brushes are kept."""
    return round(stroke_px * 16)


@lru_cache(maxsize=64)
def brush_taps(sixteenths: int) -> list[tuple[int, int, NDArray[np.uint8]]]:
    """(dy, dx, coverage by phase) of every pixel a round brush may touch; thinner than a pixel it is fainter."""
    stroke = sixteenths / 16
    radius, strength = max(stroke, 1.0) / 2, min(stroke, 1.0)
    at = np.arange(PHASES) / PHASES
    y, x = np.repeat(at, PHASES), np.tile(at, PHASES)
    reach = int(np.ceil(radius + 0.5))
    taps = []
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            away = np.hypot(dx + 0.5 - x, dy + 0.5 - y)
            cover = np.rint(np.clip(radius + 0.5 - away, 0, 1) * (255 * strength)).astype(np.uint8)
            if cover.any():
                taps.append((dy, dx, cover))
    return taps
