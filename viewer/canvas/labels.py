"""Where labels go: whole, never on each other, never on the mark they name; the important ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

_CELL_PX = 96
_GAP_PX = 2.0


class Rank(IntEnum):
    """Who is placed first."""

    SELECTED = 0
    CLAIM = 1
    SETTING = 2
    LINE = 3


class Box(NamedTuple):
    """An upright rectangle in picture pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class LabelWish:
    """One label to place near one of `anchors` (px, py, clearance_px), the best anchor first."""

    uuid: str
    text: str
    rank: Rank
    width: float
    height: float
    anchors: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    uuid: str
    text: str
    rank: Rank
    box: Box
    side: int
    """1 right of its mark, 0 above or below, -1 left: which way its lines are set."""
    px: float
    py: float
    """The anchor it was placed by."""

    def moved(self, dx: float, dy: float) -> PlacedLabel:
        """The same label so far along, when the map moves under it."""
        left, top, right, bottom = self.box
        box = Box(left + dx, top + dy, right + dx, bottom + dy)
        return PlacedLabel(self.uuid, self.text, self.rank, box, self.side, self.px + dx, self.py + dy)


@dataclass(slots=True)
class LabelLayout:
    """Greedy and deterministic: wishes in order of rank, then as given; each takes its first free place or none.

    `room` is where labels may be; `marks` are boxes that labels keep clear of.
    """

    room: Box
    placed: list[PlacedLabel] = field(default_factory=list)
    _cells: dict[tuple[int, int], list[Box]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, room: Box, wishes: Iterable[LabelWish], marks: Iterable[Box] = ()) -> LabelLayout:
        layout = cls(room)
        for mark in marks:
            layout._occupy(mark)
        for wish in sorted(wishes, key=lambda wish: wish.rank):
            layout._place(wish)
        return layout

    def _place(self, wish: LabelWish) -> None:
        for px, py, clearance in wish.anchors:
            for side, box in _candidates(px, py, clearance, wish.width, wish.height):
                if self._is_free(box):
                    self._occupy(box)
                    self.placed.append(PlacedLabel(wish.uuid, wish.text, wish.rank, box, side, px, py))
                    return

    def _is_free(self, box: Box) -> bool:
        room = self.room
        if box.left < room.left or box.top < room.top or box.right > room.right or box.bottom > room.bottom:
            return False
        return not any(box.overlaps(other) for cell in _cells_of(box) for other in self._cells.get(cell, ()))

    def _occupy(self, box: Box) -> None:
        for cell in _cells_of(box):
            self._cells[cell].append(box)


def _candidates(px: float, py: float, clearance: float, width: float, height: float) -> list[tuple[int, Box]]:
    """Twelve places about a mark, as cartographers rank them: right first, then above, below, left; with their side."""
    near, far = clearance + _GAP_PX, clearance * 0.72 + _GAP_PX
    left_of, right_of, middle_x = px - near - width, px + near, px - width / 2
    above, below, middle_y = py - near - height, py + near, py - height / 2
    upper, lower = py - far - height, py + far
    corners = [
        (1, right_of, middle_y), (1, px + far, upper), (1, px + far, lower), (0, middle_x, above), (0, middle_x, below),
        (-1, left_of, middle_y), (-1, px - far - width, upper), (-1, px - far - width, lower),
        (1, right_of, py - height * 0.85), (1, right_of, py - height * 0.15),
        (-1, left_of, py - height * 0.85), (-1, left_of, py - height * 0.15),
    ]  # fmt: skip
    return [(side, Box(round(x), round(y), round(x) + width, round(y) + height)) for side, x, y in corners]


def mark_boxes(px: float, py: float, radius: float) -> tuple[Box, Box]:
    """The two boxes that together cover a disc (or a diamond) and leave its corners free."""
    inner = radius * 0.71
    return Box(px - radius, py - inner, px + radius, py + inner), Box(px - inner, py - radius, px + inner, py + radius)


def _cells_of(box: Box) -> Iterable[tuple[int, int]]:
    for col in range(int(box.left // _CELL_PX), int(box.right // _CELL_PX) + 1):
        for row in range(int(box.top // _CELL_PX), int(box.bottom // _CELL_PX) + 1):
            yield col, row
