"""Lays out labels: whole, never on each other, never on the mark they name; the important ones first.

One layout for the labels of sites and of layers, so that they keep clear of each other.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct, field

_CELL_PX = 96
_GAP_PX = 2.0
_LEADER_PX = (22.0, 38.0, 58.0)
_LEADER_STEP_PX = 7.0
MOST_CANDIDATES = 6000
"""Most candidate places that are looked at for one picture."""
MOST_LEADERS_AT = 3000
"""Number of candidates after which no place further off is looked for."""
_LEADER_WAYS = tuple(
    (math.cos(math.radians(turn)), math.sin(math.radians(turn)))
    for turn in (-45, 45, -135, 135, -15, 15, -165, 165, -75, 75, -105, 105)
)


type _Cells = dict[tuple[int, int], list[Box]]


class Rank(IntEnum):
    """Order in which labels are placed, the least first."""

    SELECTED = 0
    CLAIM = 1
    SETTING = 2
    LINE = 3
    LAYER = 4


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

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


class Letter(NamedTuple):
    """The middle of one letter, from the anchor of its label, and its turn (clockwise)."""

    dx: float
    dy: float
    angle_deg: float


class Anchor(NamedTuple):
    """A place a label may stand at: beside it (`way` "around", `clearance` away), centred "over" it, "along" a line
    that runs through it at `angle_deg` (clockwise on the picture, -90 to 90), or "bent", each letter where `letters`
    say, `below` the line or above it."""

    px: float
    py: float
    clearance: float = 0.0
    way: str = "around"
    angle_deg: float = 0.0
    letters: tuple[Letter, ...] = ()
    below: bool = False


class LabelRequest(Struct, frozen=True):
    """One label to place by one of `anchors`, the best first. `face` says how; equal for equal letters."""

    uuid: str
    text: str
    rank: Rank
    width: float
    height: float
    anchors: tuple[Anchor, ...]
    face: Hashable = None
    leader: bool = False
    """True where it may stand further off with a line to its mark, if there is no place beside that."""
    advances: tuple[float, ...] = ()
    """The width of each of its letters, where they may be set along a bend."""


class PlacedLabel(Struct, frozen=True):
    uuid: str
    text: str
    rank: Rank
    box: Box
    """The area that it covers; of a turned label the upright box about it."""
    side: int
    """1 right of its mark, 0 above or below, -1 left: which way its lines are set."""
    px: float
    py: float
    """The anchor it was placed by."""
    face: Hashable = None
    angle_deg: float = 0.0
    leader: tuple[float, float] | None = None
    """The point at which a line from its anchor meets it."""
    clearance: float = 0.0
    letters: tuple[Letter, ...] = ()
    """Places of the letters, of a label along a bend."""

    @property
    def centre(self) -> tuple[float, float]:
        return (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2

    def moved(self, dx: float, dy: float) -> PlacedLabel:
        """The same label, moved with the map by so many pixels."""
        leader = None if self.leader is None else (self.leader[0] + dx, self.leader[1] + dy)
        box, px, py = self.box.moved(dx, dy), self.px + dx, self.py + dy
        # written out, for each label of each frame of a pan: `replace` looks at all fields first
        return PlacedLabel(
            self.uuid,
            self.text,
            self.rank,
            box,
            self.side,
            px,
            py,
            self.face,
            self.angle_deg,
            leader,
            self.clearance,
            self.letters,
        )


class _Candidate(NamedTuple):
    side: int
    box: Box
    parts: tuple[Box, ...]
    """Upright boxes that together cover what it covers, nearly."""
    leader: tuple[float, float] | None = None


class LabelLayout(Struct):
    """Greedy and deterministic: requests in order of rank, then as given; each takes its first free place or none.

    `room` is where labels may be; `marks` are boxes that labels keep clear of, those of layers (`layer_marks`) too
    where they can: a site that finds no other place has its label on them.
    """

    room: Box
    placed: list[PlacedLabel] = field(default_factory=list)
    looked_at: int = 0
    _cells: _Cells = field(default_factory=lambda: defaultdict(list))
    _layer_marks: _Cells = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(
        cls, room: Box, requests: Iterable[LabelRequest], marks: Iterable[Box] = (), layer_marks: Iterable[Box] = ()
    ) -> LabelLayout:
        layout = cls(room)
        for mark in marks:
            _occupy(layout._cells, mark)
        for mark in layer_marks:
            _occupy(layout._layer_marks, mark)
        layout.add(requests)
        return layout

    def add(self, requests: Iterable[LabelRequest]) -> None:
        """Place more labels, clear of those placed before. It stops after the most candidates that it may look at."""
        for request in sorted(requests, key=lambda request: request.rank):
            if self.looked_at >= MOST_CANDIDATES:
                break
            self._place(request)

    def _place(self, request: LabelRequest) -> None:
        kept = (self._cells, self._layer_marks)
        if not self._is_placed(request, kept) and request.rank is not Rank.LAYER and self._layer_marks:
            self._is_placed(request, kept[:1])

    def _is_placed(self, request: LabelRequest, kept: tuple[_Cells, ...]) -> bool:
        for anchor in request.anchors:
            for candidate in _candidates(anchor, request, leaders=self.looked_at < MOST_LEADERS_AT):
                self.looked_at += 1
                if not all(map(self._is_inside, candidate.parts)) or not _are_clear(candidate.parts, kept):
                    continue
                line = _line_boxes(anchor, candidate.leader)  # last: most places are taken already
                if not _are_clear(line, kept):
                    continue
                for part in (*candidate.parts, *line):
                    _occupy(self._cells, part)
                self.placed.append(_placed(request, anchor, candidate))
                return True
        return False

    def _is_inside(self, box: Box) -> bool:
        room = self.room
        return box.left >= room.left and box.top >= room.top and box.right <= room.right and box.bottom <= room.bottom


def _are_clear(boxes: Iterable[Box], kept: tuple[_Cells, ...]) -> bool:
    return not any(
        box.overlaps(other)
        for box in boxes
        for cell in _cells_of(box)
        for cells in kept
        for other in cells.get(cell, ())
    )


def _occupy(cells: _Cells, box: Box) -> None:
    for cell in _cells_of(box):
        cells[cell].append(box)


def _placed(request: LabelRequest, anchor: Anchor, candidate: _Candidate) -> PlacedLabel:
    angle = anchor.angle_deg if anchor.way == "along" else 0.0
    return PlacedLabel(
        request.uuid,
        request.text,
        request.rank,
        candidate.box,
        candidate.side,
        anchor.px,
        anchor.py,
        request.face,
        angle,
        candidate.leader,
        anchor.clearance,
        anchor.letters,
    )


def _candidates(anchor: Anchor, request: LabelRequest, *, leaders: bool) -> Iterator[_Candidate]:
    if anchor.way == "along":
        yield from _along(anchor, request.width, request.height)
        return
    if anchor.way == "bent":
        parts = bent_boxes(anchor, request.advances, request.width, request.height)
        yield _Candidate(0, _about(parts), parts)
        return
    if anchor.way == "over":
        left, top = round(anchor.px - request.width / 2), round(anchor.py - request.height / 2)
        yield _upright(0, Box(left, top, left + request.width, top + request.height))
        return
    yield from _around(anchor.px, anchor.py, anchor.clearance, request.width, request.height)
    if request.leader and leaders:
        yield from _with_leader(anchor.px, anchor.py, anchor.clearance, request.width, request.height)


def _upright(side: int, box: Box) -> _Candidate:
    return _Candidate(side, box, (box,))


def _around(px: float, py: float, clearance: float, width: float, height: float) -> Iterator[_Candidate]:
    for side, x, y in places_around(px, py, clearance, width, height):
        yield _upright(side, Box(round(x), round(y), round(x) + width, round(y) + height))


def places_around(
    px: float, py: float, clearance: float, width: float, height: float
) -> tuple[tuple[int, float, float], ...]:
    """Twelve places about a mark, as cartographers rank them: right first, then above, below, left.

    Each with the side of the mark that it is on (1: right, 0: middle, -1: left), and its upper left corner.
    """
    near, far = clearance + _GAP_PX, clearance * 0.72 + _GAP_PX
    left_of, right_of, middle_x = px - near - width, px + near, px - width / 2
    above, below, middle_y = py - near - height, py + near, py - height / 2
    upper, lower = py - far - height, py + far
    return (
        (1, right_of, middle_y),
        (1, px + far, upper),
        (1, px + far, lower),
        (0, middle_x, above),
        (0, middle_x, below),
        (-1, left_of, middle_y),
        (-1, px - far - width, upper),
        (-1, px - far - width, lower),
        (1, right_of, py - height * 0.85),
        (1, right_of, py - height * 0.15),
        (-1, left_of, py - height * 0.85),
        (-1, left_of, py - height * 0.15),
    )


def _with_leader(px: float, py: float, clearance: float, width: float, height: float) -> Iterator[_Candidate]:
    """Further off, at the end of a line that crosses no label and no other mark."""
    for length in _LEADER_PX:
        for dx, dy in _LEADER_WAYS:
            x, y = px + dx * (clearance + length), py + dy * (clearance + length)
            side = 1 if dx > 0 else -1
            left, top = round(x if side > 0 else x - width), round(y - height / 2)
            box = Box(left, top, left + width, top + height)
            yield _Candidate(side, box, (box,), (x, y))


def leader_start(px: float, py: float, clearance: float, end: tuple[float, float]) -> tuple[float, float]:
    """The point at which a leader leaves its mark."""
    length = math.hypot(end[0] - px, end[1] - py) or 1.0
    begin = min(length, clearance * 1.25 + 1.0)
    return px + (end[0] - px) * begin / length, py + (end[1] - py) * begin / length


def _line_boxes(anchor: Anchor, end: tuple[float, float] | None) -> tuple[Box, ...]:
    """Upright boxes that cover a leader from beside its mark to just before its label."""
    if end is None:
        return ()
    x, y = leader_start(anchor.px, anchor.py, anchor.clearance, end)
    length = math.hypot(end[0] - x, end[1] - y)
    steps = max(1, math.ceil(length / _LEADER_STEP_PX))
    share = max(0.0, 1.0 - 2.0 / max(length, 2.0)) / steps
    dx, dy = (end[0] - x) * share, (end[1] - y) * share
    return tuple(
        Box(
            min(x + dx * i, x + dx * (i + 1)) - 1,
            min(y + dy * i, y + dy * (i + 1)) - 1,
            max(x + dx * i, x + dx * (i + 1)) + 1,
            max(y + dy * i, y + dy * (i + 1)) + 1,
        )
        for i in range(steps)
    )


def _along(anchor: Anchor, width: float, height: float) -> Iterator[_Candidate]:
    """Yield candidates on the line, then above and below it."""
    cos, sin = math.cos(math.radians(anchor.angle_deg)), math.sin(math.radians(anchor.angle_deg))
    off = height / 2 + anchor.clearance
    for shift in (0.0, -off, off) if anchor.clearance <= 0 else (-off, off):
        x, y = anchor.px - sin * shift, anchor.py + cos * shift
        parts = turned_boxes(x, y, width, height, anchor.angle_deg)
        yield _Candidate(0, _about(parts), parts)


def _about(parts: tuple[Box, ...]) -> Box:
    return Box(
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.right for part in parts),
        max(part.bottom for part in parts),
    )


def bent_boxes(anchor: Anchor, advances: tuple[float, ...], width: float, height: float) -> tuple[Box, ...]:
    """Return upright boxes that together cover a label along a bend, each with as many letters as it is high.

    `width` is the label's width in a straight line: its excess over that of the letters surrounds each of them.
    """
    room, boxes, group, reach = (width - sum(advances)) / 2, list[Box](), list[Box](), 0.0
    for letter, advance in zip(anchor.letters, advances, strict=True):
        cos, sin = math.cos(math.radians(letter.angle_deg)), math.sin(math.radians(letter.angle_deg))
        across = advance + 2 * room
        half_x, half_y = (across * abs(cos) + height * abs(sin)) / 2, (across * abs(sin) + height * abs(cos)) / 2
        x, y = anchor.px + letter.dx, anchor.py + letter.dy
        group.append(Box(x - half_x, y - half_y, x + half_x, y + half_y))
        reach += advance
        if reach >= height * 0.8:
            boxes.append(_about(tuple(group)))
            group, reach = [], 0.0
    if group:
        boxes.append(_about(tuple(group)))
    return tuple(boxes)


def turned_boxes(x: float, y: float, width: float, height: float, angle_deg: float) -> tuple[Box, ...]:
    """Upright boxes that together cover a rectangle about (x, y) turned by an angle."""
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    count = 1 if abs(sin) < 0.02 else max(1, math.ceil(width / max(height, 1.0)))
    piece = width / count
    half_x, half_y = (
        (piece * abs(cos) + height * abs(sin)) / 2,
        (piece * abs(sin) + height * abs(cos)) / 2,
    )
    boxes = []
    for i in range(count):
        along = (i + 0.5) * piece - width / 2
        cx, cy = x + cos * along, y + sin * along
        boxes.append(Box(cx - half_x, cy - half_y, cx + half_x, cy + half_y))
    return tuple(boxes)


def mark_boxes(px: float, py: float, radius: float) -> tuple[Box, Box]:
    """The two boxes that together cover a disc (or a diamond) and leave its corners free."""
    inner = radius * 0.71
    return Box(px - radius, py - inner, px + radius, py + inner), Box(px - inner, py - radius, px + inner, py + radius)


def _cells_of(box: Box) -> Iterator[tuple[int, int]]:
    for col in range(int(box.left // _CELL_PX), int(box.right // _CELL_PX) + 1):
        for row in range(int(box.top // _CELL_PX), int(box.bottom // _CELL_PX) + 1):
            yield col, row
