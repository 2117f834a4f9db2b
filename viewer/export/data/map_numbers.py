"""Places the numbers on the map of the report so that none covers another."""

from __future__ import annotations

from collections.abc import Mapping

from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, Rank
from viewer.export.plates.maps.number_places import NumberPlaces

HIGH, DIGIT, MARGIN = 28.0, 11.0, 13.0
"""Height, digit width and margin of a number in pixels of the picture, as `.map a` of the report's style sheet has
them.
"""
_ABOVE = 0.9
"""Distance from a mark to the middle of its number, in heights of the number."""
_MARK = 7.0


def number_places(
    numbers: Mapping[str, int], places: Mapping[str, tuple[float, float]], width: float, height: float
) -> dict[str, tuple[float, float]]:
    """Place the numbers: above their marks where there is room, else further off, to be joined by a line.

    `numbers`: by uuid of a mark. `places`: pixels of the marks by uuid, in a picture of this `width` and `height`. The
    answer has the pixel in the middle of each number, by uuid.
    """
    middles: dict[str, tuple[float, float]] = {}
    room, standing = Box(0.0, 0.0, width, height), list[Box]()
    order = sorted(places, key=lambda uuid: numbers[uuid])
    for uuid in order:
        x, y = places[uuid]
        box = _box(x, y - _ABOVE * HIGH, numbers[uuid])
        if not any(box.overlaps(other) for other in standing):
            middles[uuid] = x, y - _ABOVE * HIGH
            standing.append(box)
    marks = [Box(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in places.values()]
    free = NumberPlaces(room, marks, standing)
    for uuid in order:
        if uuid not in middles:
            x, y = places[uuid]
            box = _box(x, y, numbers[uuid])
            anchors = (Anchor(x, y, HIGH / 2),)
            text, wide, high = str(numbers[uuid]), box.right - box.left, box.bottom - box.top
            request = LabelRequest(uuid, text, Rank.SETTING, wide, high, anchors, leader=True)
            placed = free.place(request) or free.place(request, crosses=True)
            middles[uuid] = _middle(placed.box) if placed is not None else (x, y - _ABOVE * HIGH)
    return middles


def _box(x: float, y: float, number: int) -> Box:
    wide = DIGIT * len(str(number)) + MARGIN
    return Box(x - wide / 2, y - HIGH / 2, x + wide / 2, y + HIGH / 2)


def _middle(box: Box) -> tuple[float, float]:
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2
