"""Places for the numbers of marks that stand close together: further off, each with a line to its mark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from layers.vector.labels.label_layout import Box, LabelRequest, PlacedLabel

_TURNS = 24
_LENGTHS = (16.0, 24.0, 34.0, 46.0, 60.0, 76.0, 94.0, 114.0, 136.0, 160.0, 190.0, 220.0)
_STEP = 4.0
_UNDER = 16.0
"""Round its mark a line may pass below other signs: where many stand on one place it has no other way."""


class NumberPlaces:
    """Greedy, in the order in which numbers come: each takes the nearest place that is free, its line too."""

    def __init__(self, room: Box, marks: Sequence[Box], standing: Sequence[Box]) -> None:
        """Lines of numbers may cross no `standing` thing, and numbers lie on no mark either."""
        self._room = room
        self._marks, self._standing = _rows(marks), _rows(standing)

    def place(self, request: LabelRequest) -> PlacedLabel | None:
        """None where there is no room within reach."""
        for anchor in request.anchors[:4]:
            for x, y in _around(anchor.px, anchor.py, anchor.clearance):
                left, top = round(x - request.width / 2), round(y - request.height / 2)
                box = Box(left, top, left + request.width, top + request.height)
                if not self._is_inside(box) or _hits(self._marks, box) or _hits(self._standing, box):
                    continue
                line = list(_along(anchor.px, anchor.py, x, y))
                if any(_hits(self._standing, part) for part in line):
                    continue
                self._standing = np.concatenate([self._standing, _rows([box, *line])])
                return PlacedLabel(
                    request.uuid,
                    request.text,
                    request.rank,
                    box,
                    0,
                    anchor.px,
                    anchor.py,
                    request.face,
                    leader=(x, y),
                    clearance=anchor.clearance,
                )
        return None

    def _is_inside(self, box: Box) -> bool:
        room = self._room
        return box.left >= room.left and box.top >= room.top and box.right <= room.right and box.bottom <= room.bottom


def _around(px: float, py: float, clearance: float) -> Iterator[tuple[float, float]]:
    for length in _LENGTHS:
        for turn in range(_TURNS):
            angle = 2 * math.pi * (turn + 0.5 * (length % 3 == 0)) / _TURNS
            yield px + math.cos(angle) * (clearance + length), py + math.sin(angle) * (clearance + length)


def _along(x1: float, y1: float, x2: float, y2: float) -> Iterator[Box]:
    length = math.hypot(x2 - x1, y2 - y1)
    steps = max(1, int(length / _STEP))
    for i in range(steps + 1):
        at = length * i / steps
        if _UNDER < at < length - 9.0:
            x, y = x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps
            yield Box(x - 1.0, y - 1.0, x + 1.0, y + 1.0)


def _rows(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array(boxes, np.float64).reshape(-1, 4)


def _hits(rows: NDArray[np.float64], box: Box) -> bool:
    return bool(
        np.any((rows[:, 0] < box.right) & (rows[:, 2] > box.left) & (rows[:, 1] < box.bottom) & (rows[:, 3] > box.top))
    )
