"""Places for numbers: the nearest that is free, whatever way it is looked for."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, Rank
from viewer.export.plates.maps.number_places import NumberPlaces

ROOM = Box(3.0, 3.0, 397.0, 297.0)
LENGTHS = (16, 24, 34, 46, 60, 76, 94, 114, 136, 160, 190, 220)
places = st.tuples(st.integers(0, 400), st.integers(0, 300))
boxes = st.builds(
    lambda at, w, h: Box(at[0], at[1], at[0] + w, at[1] + h), places, st.integers(4, 60), st.integers(4, 40)
)


def request(uuid: str, x: float, y: float) -> LabelRequest:
    return LabelRequest(uuid, "00", Rank.SETTING, 17.0, 14.0, (Anchor(x, y, 9.0),))


def one_by_one(marks: list[Box], standing: list[Box], x: float, y: float) -> tuple[Box, list[Box]] | None:
    """The same by the plainest search, and the boxes along the line."""
    for length in LENGTHS:
        for turn in range(24):
            angle = 2 * math.pi * (turn + (0.5 if length % 3 == 0 else 0.0)) / 24
            end_x, end_y = x + math.cos(angle) * (9.0 + length), y + math.sin(angle) * (9.0 + length)
            left, top = round(end_x - 8.5), round(end_y - 7.0)
            box = Box(left, top, left + 17.0, top + 14.0)
            way, line = math.hypot(end_x - x, end_y - y), []
            steps = max(1, int(way / 4.0))
            for i in range(steps + 1):
                if 16.0 < way * i / steps < way - 9.0:
                    at_x, at_y = x + (end_x - x) * i / steps, y + (end_y - y) * i / steps
                    line.append(Box(at_x - 1.0, at_y - 1.0, at_x + 1.0, at_y + 1.0))
            is_inside = box.left >= 3 and box.top >= 3 and box.right <= 397 and box.bottom <= 297
            is_clear = not any(box.overlaps(other) for other in (*marks, *standing))
            if is_inside and is_clear and not any(part.overlaps(other) for part in line for other in standing):
                return box, line
    return None


@given(st.lists(boxes, max_size=25), st.lists(boxes, max_size=25), st.lists(places, min_size=1, max_size=4))
def test_each_takes_the_place_that_a_search_one_by_one_finds(
    marks: list[Box], standing: list[Box], asked: list[tuple[int, int]]
) -> None:
    found = NumberPlaces(ROOM, marks, standing)
    for number, (x, y) in enumerate(asked):
        wanted = one_by_one(marks, standing, x, y)
        label = found.place(request(str(number), x, y))
        assert (None if label is None else label.box) == (None if wanted is None else wanted[0])
        if wanted is not None:
            standing = [*standing, wanted[0], *wanted[1]]


def test_a_mark_in_a_crowd_looks_for_a_place_with_many_checkpoints() -> None:
    """It takes a thirtieth of a second a mark."""
    checkpoints: list[None] = []
    crowd = [Box(x, y, x + 9.0, y + 9.0) for x in range(0, 400, 10) for y in range(0, 300, 10)]
    assert NumberPlaces(ROOM, [], crowd).place(request("a", 200, 150), lambda: checkpoints.append(None)) is None
    assert len(checkpoints) == len(LENGTHS)
