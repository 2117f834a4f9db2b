"""Lines by the hundred thousand: a round brush set down along them, smooth at its edge.

`Canvas` coordinates are pixels of a picture with a margin: y downwards, (0.5, 0.5) is the middle of the first pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.vector.drawing.brush import PHASES, brush_taps, steps_of
from layers.vector.drawing.dots import BITS, DOT_PHASES, Dots

type Floats = NDArray[np.floating]

_LONG_PX = 64.0
_SHORT_PX = 1.5
AT_ONCE = 2**16
"""Vertices drawn at a time: their data stay in the processor's cache, and little memory is in use."""
MANY_VERTICES = 4_000
"""Number of vertices from which on they are set down to half a pixel, and only long legs are drawn."""


class Legs(Struct, frozen=True, eq=False):
    """Straight pieces of lines in pixels, one after the other along each line."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    along: Floats | None = None
    """Distance along its line at which each begins; needed for dashes only."""

    def __len__(self) -> int:
        return len(self.x0)


class Strokes:
    """A picture of strokes of one width under way: `add` lines, then take the `cover`."""

    def __init__(self, width: int, height: int, stroke_px: float, dash: Sequence[float] = ()) -> None:
        """`dash` in pixels, drawn and left in turn."""
        self._size, self._stroke, self._dash = (width, height), stroke_px, dash
        self._taps = int(np.ceil(max(stroke_px, 1.0) / 2 + 0.5))
        # The brush may stand outside as far as it reaches, and has to find room there.
        self._reach = 2 * self._taps + 1
        self._wide, self._high = -(-(width + 2 * self._reach) // BITS) * BITS, height + 2 * self._reach
        self._cover = np.zeros(self._wide * self._high, np.uint8)
        self._dots: Dots | None = None

    def add(self, x: Floats, y: Floats, starts: NDArray[Any]) -> None:
        """Lines in pixels: line j's coordinates are ``starts[j]`` to ``starts[j + 1]``."""
        is_many, first = len(x) >= MANY_VERTICES, 0
        while first < len(starts) - 1:
            full = np.searchsorted(starts, starts[first] + AT_ONCE, side="right") - 1
            last = max(first + 1, int(full))
            mine = slice(starts[first], starts[last])
            self._add(x[mine], y[mine], starts[first : last + 1] - starts[first], is_many)
            first = last

    def _add(self, x: Floats, y: Floats, starts: NDArray[Any], is_many: bool) -> None:
        if not len(x):
            return
        dx, dy = np.diff(x), np.diff(y)
        between = starts[1:-1] - 1  # from one line to the next
        dx[between] = dy[between] = 0
        reach = np.maximum(np.abs(dx), np.abs(dy))
        if self._dash or not is_many:
            at = np.ones(len(dx), bool)
            at[between] = False
            along = self._along(dx, dy, starts) if self._dash else None
            self._draw(x, y, np.flatnonzero(at), along)
            alone = starts[:-1][np.diff(starts) == 1]
            self._set_down(x[alone], y[alone])
            return
        self._dot(x, y)
        middle = np.flatnonzero((reach > _SHORT_PX / 2) & (reach <= _SHORT_PX))
        self._dot((x[middle] + x[middle + 1]) / 2, (y[middle] + y[middle + 1]) / 2)
        self._draw(x, y, np.flatnonzero(reach > _SHORT_PX), None)

    def _draw(self, x: Floats, y: Floats, at: NDArray[np.intp], along: Floats | None) -> None:
        """The legs that begin at these coordinates, smoothly."""
        width, height = self._size
        edge = self._taps + 0.5
        legs = Legs(x[at], y[at], x[at + 1], y[at + 1], None if along is None else along[at])
        legs = clipped(legs, (-edge, -edge, width + edge, height + edge))
        if len(legs):
            self._set_down(*_samples(legs, self._stroke, self._dash))

    def _set_down(self, x: Floats, y: Floats) -> None:
        place, phase = self._places(x, y, PHASES)
        for dy, dx, tap in brush_taps(steps_of(self._stroke)):
            np.maximum.at(self._cover, place + (dy * self._wide + dx), tap[phase])

    @staticmethod
    def _along(dx: Floats, dy: Floats, starts: NDArray[Any]) -> Floats:
        """Distance of each coordinate along its line."""
        total = np.concatenate([[0.0], np.cumsum(np.hypot(dx, dy), dtype=np.float64)])
        return (total - np.repeat(total[starts[:-1]], np.diff(starts))).astype(np.float32)

    def add_dots(self, x: Floats, y: Floats) -> None:
        """Set the brush down at single places."""
        (self._dot if len(x) >= MANY_VERTICES else self._set_down)(x, y)

    def cover(self) -> NDArray[np.uint8]:
        """(height, width) how much of each pixel the strokes cover, 0..255."""
        if self._dots is not None:
            self._dots.set_down(self._cover, self._stroke)
        width, height = self._size
        whole = self._cover.reshape(self._high, self._wide)
        return whole[self._reach : self._reach + height, self._reach : self._reach + width]

    def _places(self, x: Floats, y: Floats, phases: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Pixel and phase of places in the picture, those outside left out."""
        parts_x, parts_y = (np.rint(value * phases).astype(np.int32) + self._reach * phases for value in (x, y))
        shift = phases.bit_length() - 1
        col, row = parts_x >> shift, parts_y >> shift
        inside = (col >= self._taps) & (col < self._wide - self._taps)
        inside &= (row >= self._taps) & (row < self._high - self._taps)
        phase = ((parts_y & (phases - 1)) << shift) | (parts_x & (phases - 1))
        place = row * np.int32(self._wide) + col
        return (place, phase) if inside.all() else (place[inside], phase[inside])

    def _dot(self, x: Floats, y: Floats) -> None:
        """Places to half a pixel, at each of which the brush is set down once."""
        if self._dots is None:
            self._dots = Dots(self._wide, self._high, self._reach)
        self._dots.add(*self._places(x, y, DOT_PHASES))


def _samples(legs: Legs, stroke_px: float, dash: Sequence[float]) -> tuple[Floats, Floats]:
    """Return places of the brush, close enough for its edge to be smooth, with both ends of each leg among them."""
    dx, dy = legs.x1 - legs.x0, legs.y1 - legs.y0
    length = np.hypot(dx, dy)
    spacing = max(0.25, stroke_px / 6)
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


def clipped(legs: Legs, box: tuple[float, float, float, float]) -> Legs:
    """Legs that may reach into the box; long ones cut to it, so that their length is bounded by pixels."""
    left, top, right, bottom = box
    near = (
        (np.maximum(legs.x0, legs.x1) >= left)
        & (np.minimum(legs.x0, legs.x1) <= right)
        & (np.maximum(legs.y0, legs.y1) >= top)
        & (np.minimum(legs.y0, legs.y1) <= bottom)
    )
    if not near.all():
        legs = _legs_at(legs, np.flatnonzero(near))
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
    legs, enter, leave = _legs_at(legs, kept), enter[kept].astype(np.float32), leave[kept].astype(np.float32)
    dx, dy = dx[kept], dy[kept]
    along = None if legs.along is None else legs.along + np.hypot(dx, dy) * enter
    return Legs(legs.x0 + dx * enter, legs.y0 + dy * enter, legs.x0 + dx * leave, legs.y0 + dy * leave, along)


def _legs_at(legs: Legs, which: NDArray[np.intp]) -> Legs:
    along = None if legs.along is None else legs.along[which]
    return Legs(legs.x0[which], legs.y0[which], legs.x1[which], legs.y1[which], along)
