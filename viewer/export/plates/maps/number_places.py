"""Places the numbers of marks that are close together, at some distance and with a line to each mark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from layers.checkpoint import Checkpoint, unchecked
from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, PlacedLabel

type _Boxes = NDArray[np.float64]
"""Rows of boxes: left, top, right, bottom."""

_TURNS = 24
_LENGTHS = (16.0, 24.0, 34.0, 46.0, 60.0, 76.0, 94.0, 114.0, 136.0, 160.0, 190.0, 220.0)
_STEP = 4.0
_UNDER = 16.0
"""Radius round a mark in which a line may pass below other signs: in a crowd it has no other way."""


class NumberPlaces:
    """Gives one number after the other the nearest place where it and its line are free."""

    def __init__(self, room: Box, marks: Sequence[Box], standing: Sequence[Box]) -> None:
        """Lines of numbers may not cross `standing` things, and numbers may not lie on marks either."""
        self._room = room
        self._marks, self._standing = _rows(marks), _rows(standing)

    def place(
        self, request: LabelRequest, checkpoint: Checkpoint = unchecked, *, crosses: bool = False
    ) -> PlacedLabel | None:
        """Place a number; None where there is no room within reach. `crosses`: its line may pass below other things.

        For a mark in a crowd a thousand places are tried, with a checkpoint after each distance.
        """
        for anchor in request.anchors[:4]:
            free_place = self._free_place(anchor, request, checkpoint, crosses)
            if free_place is None:
                continue
            box, end, line = free_place
            self._standing = np.concatenate([self._standing, _rows([box]), line])
            return PlacedLabel(
                request.uuid,
                request.text,
                request.rank,
                box,
                0,
                anchor.px,
                anchor.py,
                request.face,
                leader=end,
                clearance=anchor.clearance,
            )
        return None

    def _free_place(
        self, anchor: Anchor, request: LabelRequest, checkpoint: Checkpoint, crosses: bool
    ) -> tuple[Box, tuple[float, float], _Boxes] | None:
        """A free box, the end of its line there, and boxes along the line; None without a free place.

        Only boxes within reach are compared, and all of one distance at once: in a crowd thousands would be compared
        one by one.
        """
        reach = anchor.clearance + _LENGTHS[-1] + max(request.width, request.height) + 1.0
        about = _rows([Box(anchor.px - reach, anchor.py - reach, anchor.px + reach, anchor.py + reach)])
        standing, marks = _near(about, self._standing), _near(about, self._marks)
        for length in _LENGTHS:
            ends = list(_around(anchor.px, anchor.py, anchor.clearance, length))
            boxes = [_box_about(x, y, request.width, request.height) for x, y in ends]
            rows = _rows(boxes)
            is_taken = _hits(rows, standing).any(axis=1) | _hits(rows, marks).any(axis=1)
            for end, box, is_hit in zip(ends, boxes, is_taken.tolist(), strict=True):
                if is_hit or not self._is_inside(box):
                    continue
                line = _along(anchor.px, anchor.py, *end)
                if crosses or not _hits(line, _near(line, standing)).any():
                    return box, end, line[:0] if crosses else line
            checkpoint()
        return None

    def _is_inside(self, box: Box) -> bool:
        room = self._room
        return box.left >= room.left and box.top >= room.top and box.right <= room.right and box.bottom <= room.bottom


def _around(px: float, py: float, clearance: float, length: float) -> Iterator[tuple[float, float]]:
    for turn in range(_TURNS):
        angle = 2 * math.pi * (turn + 0.5 * (length % 3 == 0)) / _TURNS
        yield px + math.cos(angle) * (clearance + length), py + math.sin(angle) * (clearance + length)


def _box_about(x: float, y: float, width: float, height: float) -> Box:
    left, top = round(x - width / 2), round(y - height / 2)
    return Box(left, top, left + width, top + height)


def _along(x1: float, y1: float, x2: float, y2: float) -> _Boxes:
    """Small boxes along a line, except at its ends."""
    length = math.hypot(x2 - x1, y2 - y1)
    steps = max(1, int(length / _STEP))
    i = np.arange(steps + 1.0)
    i = i[(length * i / steps > _UNDER) & (length * i / steps < length - 9.0)]
    x, y = x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps
    return np.column_stack([x - 1.0, y - 1.0, x + 1.0, y + 1.0])


def _rows(boxes: Sequence[Box]) -> _Boxes:
    return np.array(boxes, np.float64).reshape(-1, 4)


def _hits(boxes: _Boxes, others: _Boxes) -> NDArray[np.bool_]:
    """(boxes, others) True where a box overlaps one of the others."""
    left, top, right, bottom = (boxes[:, side, None] for side in range(4))
    return (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < bottom) & (others[:, 3] > top)


def _near(boxes: _Boxes, others: _Boxes) -> _Boxes:
    """The others that overlap the bounding box of all boxes."""
    if not len(boxes):
        return others[:0]
    around = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    near: _Boxes = others[_hits(around[None], others)[0]]
    return near
