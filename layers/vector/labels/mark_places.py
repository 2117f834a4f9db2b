"""Places the names and numbers of a map on a page: clear of symbols, lines and each other, nearest to their own mark.

A name beside its mark needs no line; one further off has a line that crosses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from layers.checkpoint import Checkpoint, unchecked
from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, PlacedLabel, places_around
from layers.vector.labels.occupied import NOBODY, BoxRows, Mask, Occupied, boxes_meet, grown, rows_of
from layers.vector.labels.spread import MovedSymbol

_NEAREST = 4.0
"""Least distance of a name from another mark, in logical pixels of full signs: more than from its own."""
_BESIDE_LINE = 1.5
_LENGTHS = (14.0, 22.0, 32.0, 44.0, 58.0, 74.0, 96.0, 124.0, 160.0, 210.0)
"""Lengths of lines to names, in logical pixels of full signs, the shortest first."""
FARTHEST = 50.0
"""Greatest length of a line to a name, in logical pixels of full signs, where none is asked for."""
_TURNS = 24
_MOST_ANCHORS = 4


class MarkBoxes(NamedTuple):
    """Boxes and lines that stand on a map: of symbols and dots by mark, from dots to symbols, and of other things.

    `outlines`: boxes along lines and outlines, which names keep off where they can. `moved`: symbols that stand beside
    their places by mark, each with room where only its own number may stand.
    """

    symbols: Sequence[tuple[str, Box]]
    lines: Sequence[tuple[str, tuple[float, float], tuple[float, float]]]
    dots: Sequence[tuple[str, Box]]
    furniture: Sequence[Box]
    outlines: Sequence[Box]
    moved: Mapping[str, MovedSymbol]
    dot_room: float = 0.0
    """Room round dots that lines keep free, as long as symbols are still to be spread."""


class MarkPlaces:
    """Gives one name after the other the best free place. `placed` are those that have one."""

    def __init__(self, room: Box, boxes: MarkBoxes, scale: float) -> None:
        self._room, self._boxes, self._scale = room, boxes, scale
        self.placed: list[PlacedLabel] = []
        self._owners: dict[str, int] = {}
        self._near, self._below, self._reserved = Occupied(), Occupied(), Occupied()
        """Things that names keep off, those that their lines keep off, and room that is kept for numbers."""
        for owners, marked_boxes in ((True, boxes.symbols), (False, boxes.dots)):
            rows = rows_of([box for _, box in marked_boxes])
            who = np.array([self._owner(uuid) if owners else NOBODY for uuid, _ in marked_boxes], np.int64)
            self._near.add_boxes(grown(rows, (_NEAREST if owners else _BESIDE_LINE) * scale), who)
            self._below.add_boxes(grown(rows, _BESIDE_LINE * scale + (0.0 if owners else boxes.dot_room)), who)
        for occupied in (self._near, self._below):
            occupied.add_boxes(rows_of(list(boxes.furniture)))
            occupied.add_lines(rows_of([(*foot, *end) for _, foot, end in boxes.lines]))
        for uuid, symbol in boxes.moved.items():
            self._reserved.add_boxes(rows_of([symbol.number]), self._owner(uuid))
        self._outlines = rows_of(list(boxes.outlines))

    def copy(self) -> MarkPlaces:
        other = MarkPlaces.__new__(MarkPlaces)
        other._room, other._boxes, other._scale, other._owners = self._room, self._boxes, self._scale, self._owners
        other.placed, other._outlines = list(self.placed), self._outlines
        nothing = Box(-math.inf, -math.inf, math.inf, math.inf)
        other._near, other._below = self._near.near(nothing), self._below.near(nothing)
        other._reserved = self._reserved.near(nothing)
        return other

    def take(self, other: MarkPlaces) -> None:
        """Take over what a copy has placed."""
        self.placed, self._near, self._below = other.placed, other._near, other._below
        self._reserved = other._reserved

    def place(
        self,
        request: LabelRequest,
        checkpoint: Checkpoint = unchecked,
        *,
        on_outlines: bool = False,
        farthest: float = 0.0,
        leads_on: bool = False,
    ) -> PlacedLabel | None:
        """Place a name; None where there is no free place.

        `farthest`: most length of a line, in logical pixels. `leads_on`: a symbol beside its place, which has a line
        already, may have another to its name.
        """
        farthest = farthest or FARTHEST * self._scale
        for is_led in (False, True):
            if is_led and (not request.leader or (request.uuid in self._boxes.moved and not leads_on)):
                break
            for anchor in request.anchors[:_MOST_ANCHORS]:
                label = self._placed_at(anchor, request, on_outlines, farthest if is_led else None)
                if label is not None:
                    self._stand(label)
                    return label
            checkpoint()
        return None

    def stand(self, labels: Sequence[PlacedLabel]) -> None:
        """Take over labels that were placed before, where they are."""
        for label in labels:
            self._stand(label)

    def place_reserved(self, request: LabelRequest) -> PlacedLabel | None:
        """Place a number where room is kept for it; None where none is."""
        symbol = self._boxes.moved.get(request.uuid)
        if symbol is None:
            return None
        clearance = math.inf if symbol.is_number else request.anchors[0].clearance
        label = PlacedLabel(
            request.uuid,
            request.text,
            request.rank,
            symbol.number,
            0,
            symbol.x,
            symbol.y,
            request.face,
            clearance=clearance,
        )
        self._stand(label)
        return label

    def _stand(self, label: PlacedLabel) -> None:
        owner = self._owner(label.uuid)
        self._reserved.release(owner)
        for occupied in (self._near, self._below):
            occupied.add_boxes(grown(rows_of([label.box]), 1.0))
        line = label_line(label.px, label.py, label.clearance, label.box) if label.leader is not None else None
        if line is not None:
            for occupied in (self._near, self._below):
                occupied.add_lines(rows_of([line]))
        self.placed.append(label)

    def _placed_at(
        self, anchor: Anchor, request: LabelRequest, on_outlines: bool, farthest: float | None
    ) -> PlacedLabel | None:
        width, height = request.width, request.height
        is_led = farthest is not None
        sides, boxes = (
            _led(anchor, width, height, self._scale, farthest)
            if farthest is not None
            else _beside(anchor, width, height)
        )
        if not len(boxes):
            return None
        owner = self._owner(request.uuid)
        corners = np.concatenate([boxes[:, :2], boxes[:, 2:], [(anchor.px, anchor.py)]])
        area = Box(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        free = np.flatnonzero(self._are_inside(boxes))
        near = self._near.near(area, () if is_led else (owner,))
        free = free[~near.takes_boxes(boxes[free])]
        free = free[~self._reserved.near(area, (owner,)).takes_boxes(boxes[free])]
        if not on_outlines:
            free = free[~boxes_meet(boxes[free], self._outlines).any(axis=1)]
        if not len(free):
            return None
        first = int(free[0])
        if is_led:
            box_rows = [Box(*row) for row in boxes[free].tolist()]
            lines = rows_of([label_line(anchor.px, anchor.py, anchor.clearance, box) for box in box_rows])
            below = self._below.near(area, (owner,))
            is_taken = below.takes_lines(lines) | self._reserved.near(area, (owner,)).takes_lines(lines)
            if is_taken.all():
                return None
            first = int(free[np.flatnonzero(~is_taken)[0]])
        box = Box(*boxes[first].tolist())
        end = label_line(anchor.px, anchor.py, anchor.clearance, box)[2:] if is_led else None
        return PlacedLabel(
            request.uuid,
            request.text,
            request.rank,
            box,
            int(sides[first]),
            anchor.px,
            anchor.py,
            request.face,
            leader=end,
            clearance=anchor.clearance,
        )

    def _owner(self, uuid: str) -> int:
        return self._owners.setdefault(uuid, len(self._owners))

    def _are_inside(self, boxes: BoxRows) -> Mask:
        room = self._room
        inside: Mask = (
            (boxes[:, 0] >= room.left)
            & (boxes[:, 1] >= room.top)
            & (boxes[:, 2] <= room.right)
            & (boxes[:, 3] <= room.bottom)
        )
        return inside


def label_line(px: float, py: float, clearance: float, box: Box) -> tuple[float, float, float, float]:
    """The line from beside a mark to the nearest edge of its label; its middle part, where that is high."""
    high = box.bottom - box.top
    x = min(max(px, box.left), box.right)
    y = min(max(py, box.top + 0.3 * high), box.bottom - 0.3 * high)
    length = math.hypot(x - px, y - py)
    share = min(1.0, (clearance * 1.1 + 1.0) / length) if length else 1.0
    return px + (x - px) * share, py + (y - py) * share, x, y


def _beside(anchor: Anchor, width: float, height: float) -> tuple[list[int], BoxRows]:
    places = places_around(anchor.px, anchor.py, anchor.clearance, width, height)
    rows = [(x, y, x + width, y + height) for _, x, y in places]
    return [side for side, _, _ in places], rows_of(rows)


def _led(anchor: Anchor, width: float, height: float, scale: float, farthest: float) -> tuple[list[int], BoxRows]:
    """Places further off, the nearest first."""
    sides, rows = list[int](), list[tuple[float, float, float, float]]()
    for length in _LENGTHS:
        if length * scale > farthest:
            break
        for turn in range(_TURNS):
            angle = 2 * math.pi * turn / _TURNS
            dx, dy = math.cos(angle), math.sin(angle)
            x = anchor.px + dx * (anchor.clearance + length * scale)
            y = anchor.py + dy * (anchor.clearance + length * scale)
            side = 0 if abs(dx) < 0.3 else 1 if dx > 0 else -1
            left = x - width / 2 if side == 0 else x if side > 0 else x - width
            top = y - height / 2 if side else (y if dy > 0 else y - height)
            sides.append(side)
            rows.append((left, top, left + width, top + height))
    return sides, rows_of(rows)
