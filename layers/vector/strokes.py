"""Lines by the hundred thousand: a round brush set down along them, smooth at its edge.

`Canvas` coordinates are pixels of a picture with a margin: y downwards, (0.5, 0.5) is the middle of the first pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.floating]

PHASES = 8
"""Places within a pixel, each way, that the brush may be at."""
_LONG_PX = 64.0


@dataclass(frozen=True, eq=False, slots=True)
class Legs:
    """Straight pieces of lines in pixels, one after the other along each line."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    along: Floats | None = None
    """How far along its line each begins; needed for dashes only."""

    def __len__(self) -> int:
        return len(self.x0)


def stroked(width: int, height: int, legs: Legs, stroke_px: float, dash: Sequence[float] = ()) -> NDArray[np.uint8]:
    """(height, width) how much of each pixel the strokes cover, 0..255; `dash` in pixels, drawn and left in turn."""
    reach = int(np.ceil(max(stroke_px, 1.0) / 2 + 0.5)) + 1
    wide, high = width + 2 * reach, height + 2 * reach
    cover = np.zeros(wide * high, np.uint8)
    x, y = _samples(_clipped(legs, (-reach + 1.0, -reach + 1.0, width + reach - 1.0, height + reach - 1.0)),
                    stroke_px, dash)  # fmt: skip
    eighths_x, eighths_y = (np.rint(value * PHASES).astype(np.int32) + reach * PHASES for value in (x, y))
    col, row = eighths_x // PHASES, eighths_y // PHASES
    phase = (eighths_y % PHASES) * PHASES + eighths_x % PHASES
    inside = (col >= reach - 1) & (col < wide - reach + 1) & (row >= reach - 1) & (row < high - reach + 1)
    if not inside.all():
        col, row, phase = col[inside], row[inside], phase[inside]
    place = row * wide + col
    for dy, dx, tap in _brush(round(stroke_px * 16)):
        np.maximum.at(cover, place + (dy * wide + dx), tap[phase])
    return cover.reshape(high, wide)[reach : reach + height, reach : reach + width]


@lru_cache(maxsize=64)
def _brush(sixteenths: int) -> list[tuple[int, int, NDArray[np.uint8]]]:
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


def _samples(legs: Legs, stroke_px: float, dash: Sequence[float]) -> tuple[Floats, Floats]:
    """Places of the brush: close enough for its edge to be smooth; both ends of each leg among them."""
    dx, dy = legs.x1 - legs.x0, legs.y1 - legs.y0
    length = np.hypot(dx, dy)
    spacing = max(0.6, stroke_px / 5)
    if dash:
        spacing = min(spacing, 0.5)
    count = np.ceil(length * np.float32(1 / spacing)).astype(np.int64) + 1
    leg = np.repeat(np.arange(len(count)), count)
    ends = np.cumsum(count)
    step = (np.arange(len(leg)) - np.repeat(ends - count, count)).astype(np.float32)
    share = step * (1 / np.maximum(count - 1, 1)).astype(np.float32)[leg]
    if dash and legs.along is not None:
        shown = _is_drawn(legs.along[leg] + share * length[leg], dash)
        leg, share = leg[shown], share[shown]
    return legs.x0[leg] + dx[leg] * share, legs.y0[leg] + dy[leg] * share


def _is_drawn(along: Floats, dash: Sequence[float]) -> NDArray[np.bool_]:
    edges = np.cumsum(np.asarray(dash, np.float32))
    return np.asarray(np.searchsorted(edges, along % edges[-1], side="right") % 2 == 0)


def _clipped(legs: Legs, box: tuple[float, float, float, float]) -> Legs:
    """Legs that may reach into the box; long ones cut to it, so that their length is bounded by pixels."""
    left, top, right, bottom = box
    near = (
        (np.maximum(legs.x0, legs.x1) >= left) & (np.minimum(legs.x0, legs.x1) <= right)
        & (np.maximum(legs.y0, legs.y1) >= top) & (np.minimum(legs.y0, legs.y1) <= bottom)
    )  # fmt: skip
    if not near.all():
        legs = _taken(legs, np.flatnonzero(near))
    dx, dy = legs.x1 - legs.x0, legs.y1 - legs.y0
    if not len(legs) or max(np.abs(dx).max(), np.abs(dy).max()) < _LONG_PX:
        return legs
    enter, leave = np.zeros(len(legs)), np.ones(len(legs))
    with np.errstate(divide="ignore", invalid="ignore"):
        for start, step, low, high in ((legs.x0, dx, left, right), (legs.y0, dy, top, bottom)):
            a, b = (low - start) / step, (high - start) / step
            still = step == 0
            enter = np.where(still, enter, np.maximum(enter, np.minimum(a, b)))
            leave = np.where(still, leave, np.minimum(leave, np.maximum(a, b)))
    kept = np.flatnonzero(enter <= leave)
    legs, enter, leave = _taken(legs, kept), enter[kept].astype(np.float32), leave[kept].astype(np.float32)
    dx, dy = dx[kept], dy[kept]
    along = None if legs.along is None else legs.along + np.hypot(dx, dy) * enter
    return Legs(
        legs.x0 + dx * enter, legs.y0 + dy * enter, legs.x0 + dx * leave, legs.y0 + dy * leave, along
    )  # fmt: skip


def _taken(legs: Legs, which: NDArray[np.intp]) -> Legs:
    along = None if legs.along is None else legs.along[which]
    return Legs(legs.x0[which], legs.y0[which], legs.x1[which], legs.y1[which], along)
