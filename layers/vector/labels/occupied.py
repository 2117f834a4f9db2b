"""Boxes and lines that stand on a map, against which many candidate places are compared at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from layers.vector.labels.label_layout import Box

type BoxRows = NDArray[np.float64]
"""(n, 4) Boxes (left, top, right, bottom), or lines (x1, y1, x2, y2)."""
type Mask = NDArray[np.bool_]

NOBODY = -1
_TINY = 1e-9


class Occupied:
    """Boxes and lines with the number of the mark that each belongs to: what is a mark's own does not hinder it."""

    def __init__(self) -> None:
        self.boxes, self.lines = rows_of([]), rows_of([])
        self._box_owners, self._line_owners = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def add_boxes(self, boxes: BoxRows, owner: int | NDArray[np.int64] = NOBODY) -> None:
        self.boxes = np.concatenate([self.boxes, boxes])
        self._box_owners = np.concatenate([self._box_owners, np.broadcast_to(owner, len(boxes))])

    def add_lines(self, lines: BoxRows, owner: int = NOBODY) -> None:
        self.lines = np.concatenate([self.lines, lines])
        self._line_owners = np.concatenate([self._line_owners, np.full(len(lines), owner)])

    def near(self, around: Box, but: Collection[int] = ()) -> Occupied:
        """The part that lies near a place, without the things of the marks `but`: no other is compared there."""
        area, part = rows_of([around]), Occupied()
        is_near = boxes_meet(area, self.boxes)[0]
        ends = np.concatenate(
            [np.minimum(self.lines[:, :2], self.lines[:, 2:]), np.maximum(self.lines[:, :2], self.lines[:, 2:])], axis=1
        )
        is_line_near = boxes_meet(area, ends)[0]
        for owner in but:
            is_near &= self._box_owners != owner
            is_line_near &= self._line_owners != owner
        part.boxes, part._box_owners = self.boxes[is_near], self._box_owners[is_near]
        part.lines, part._line_owners = self.lines[is_line_near], self._line_owners[is_line_near]
        return part

    def release(self, owner: int) -> None:
        """Take away the boxes of a mark."""
        is_kept = self._box_owners != owner
        self.boxes, self._box_owners = self.boxes[is_kept], self._box_owners[is_kept]

    def takes_boxes(self, boxes: BoxRows) -> Mask:
        """(n,) True for boxes that meet a box or a line."""
        blocked: Mask = boxes_meet(boxes, self.boxes).any(axis=1)
        if len(self.lines):
            free = np.flatnonzero(~blocked)
            blocked[free] = lines_meet_boxes(self.lines, boxes[free]).any(axis=0)
        return blocked

    def takes_lines(self, lines: BoxRows) -> Mask:
        """(n,) True for lines that run over a box or cross a line."""
        blocked: Mask = lines_meet_boxes(lines, self.boxes).any(axis=1)
        if len(self.lines):
            free = np.flatnonzero(~blocked)
            blocked[free] = lines_cross(lines[free], self.lines).any(axis=1)
        return blocked


def rows_of(boxes: Sequence[Sequence[float]]) -> BoxRows:
    return np.array(boxes, np.float64).reshape(-1, 4)


def squares(x: NDArray[np.float64], y: NDArray[np.float64], half: float) -> BoxRows:
    """Boxes about places."""
    return np.column_stack([x - half, y - half, x + half, y + half])


def grown(boxes: BoxRows, by: float) -> BoxRows:
    return boxes + np.array([-by, -by, by, by])


def boxes_meet(boxes: BoxRows, others: BoxRows) -> Mask:
    """(boxes, others) True where two overlap."""
    left, top, right, bottom = (boxes[:, side, None] for side in range(4))
    meet: Mask = (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < bottom) & (others[:, 3] > top)
    return meet


def lines_meet_boxes(lines: BoxRows, boxes: BoxRows) -> Mask:
    """(lines, boxes) True where a line runs through a box."""
    start, way = lines[:, None, :2], lines[:, None, 2:] - lines[:, None, :2]
    way = np.where(np.abs(way) < _TINY, _TINY, way)
    to_first, to_last = (boxes[None, :, :2] - start) / way, (boxes[None, :, 2:] - start) / way
    enters = np.minimum(to_first, to_last).max(axis=2)
    leaves = np.maximum(to_first, to_last).min(axis=2)
    meet: Mask = np.maximum(enters, 0.0) <= np.minimum(leaves, 1.0)
    return meet


def lines_cross(lines: BoxRows, others: BoxRows) -> Mask:
    """(lines, others) True where two cross; not where they share an end."""
    a, b, c, d = lines[:, None, :2], lines[:, None, 2:], others[None, :, :2], others[None, :, 2:]
    return (_turn(a, b, c) * _turn(a, b, d) < 0) & (_turn(c, d, a) * _turn(c, d, b) < 0)


def _turn(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sign of the turn from a over b to c; 0 for one that is hardly any."""
    cross = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    turn: NDArray[np.float64] = np.where(np.abs(cross) < _TINY, 0.0, np.sign(cross))
    return turn
