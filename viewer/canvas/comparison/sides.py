"""The sides of a comparison on a picture: which part belongs to which frame, and where the bar between them is."""

from __future__ import annotations

import math
from itertools import pairwise

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from layers.document.comparison import ComparisonSpec

SWIPES = ("swipe", "swipe across")
GLASS_PART = 0.28
"""Radius of a spyglass, as a part of the shorter side of the picture."""
REACH_PX = 8.0
"""Distance in logical pixels from a bar, or the rim of a glass, within which the mouse can drag it."""


class Sides(Struct, frozen=True):
    """The sides of a comparison on one picture of `width` x `height` pixels."""

    spec: ComparisonSpec
    width: float
    height: float

    @property
    def is_across(self) -> bool:
        return self.spec.mode == "swipe across"

    @property
    def bars(self) -> list[float]:
        """Positions of the bars of a swipe, in pixels from the left or from the top.

        The first is where the position says; the others divide the rest evenly.
        """
        length, rest = self.height if self.is_across else self.width, len(self.spec.frames) - 1
        first = self.spec.position
        return [round((first + (1 - first) * at / rest) * length) for at in range(rest)]

    @property
    def glass(self) -> QRectF:
        """The square around a spyglass."""
        radius = self.radius
        x, y = self.spec.position * self.width, self.spec.position_y * self.height
        return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)

    @property
    def radius(self) -> float:
        return GLASS_PART * min(self.width, self.height)

    def rects(self) -> list[QRectF]:
        """The parts of a swipe, one for each frame, in the frames' order."""
        ends = [0.0, *self.bars, self.height if self.is_across else self.width]
        if self.is_across:
            return [QRectF(0, start, self.width, end - start) for start, end in pairwise(ends)]
        return [QRectF(start, 0, end - start, self.height) for start, end in pairwise(ends)]

    def path(self, at: int) -> QPainterPath:
        """The part of the picture on which a frame is shown, where frames stand beside each other."""
        path = QPainterPath()
        if self.spec.mode == "spyglass":
            if at == 0:
                path.addRect(QRectF(0, 0, self.width, self.height))
            elif at == 1:
                path.addEllipse(self.glass)
        else:
            path.addRect(self.rects()[at])
        return path

    def frame_at(self, px: float, py: float, phase: int) -> int:
        """The frame that is seen at a pixel; `phase` is the frame shown now, in modes that show one at a time."""
        if self.spec.mode in SWIPES:
            along = py if self.is_across else px
            return sum(along >= bar for bar in self.bars)
        if self.spec.mode == "spyglass":
            middle = self.glass.center()
            return int(math.hypot(px - middle.x(), py - middle.y()) <= self.radius)
        return phase

    def has_handle_at(self, px: float, py: float, ratio: float) -> bool:
        """True where the mouse can drag the bar, or the rim of the glass."""
        if self.spec.mode in SWIPES:
            return abs((py if self.is_across else px) - self.bars[0]) <= REACH_PX * ratio
        if self.spec.mode == "spyglass":
            middle = self.glass.center()
            return abs(math.hypot(px - middle.x(), py - middle.y()) - self.radius) <= REACH_PX * ratio
        return False

    def is_in_glass(self, px: float, py: float) -> bool:
        """True inside the rim of a glass."""
        middle = self.glass.center()
        return self.spec.mode == "spyglass" and math.hypot(px - middle.x(), py - middle.y()) < self.radius

    def position_for(self, px: float, py: float, grip: QPointF) -> tuple[float, float]:
        """The position and position_y that bring the bar to a pixel, where it was grasped at offset `grip`."""
        x, y = (px - grip.x()) / self.width, (py - grip.y()) / self.height
        if self.spec.mode == "spyglass":
            return _part(x), _part(y)
        return _part(y if self.is_across else x), self.spec.position_y

    def grip_of(self, px: float, py: float) -> QPointF:
        """Offset of a pixel from the place of the bar or of the glass."""
        if self.spec.mode == "spyglass":
            return QPointF(px, py) - self.glass.center()
        return QPointF(0, py - self.bars[0]) if self.is_across else QPointF(px - self.bars[0], 0)


def _part(position: float) -> float:
    return round(min(max(position, 0.0), 1.0), 4)
