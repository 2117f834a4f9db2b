"""Names along bent lines: on the line's side, upright, gently bent, off the line, whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box, unary_union
from shapely.affinity import rotate

from layers.vector.labels.curved import MOST_BEND_DEG, MOST_TILT_DEG, Name, anchors_along
from layers.vector.labels.label_layout import Anchor, Box, bent_boxes

ROOM = Box(0, 0, 640, 480)
NAME = Name((8.0,) * 15, 128.0, 18.0, 2.0)


def arc(radius: float, first: float = 200, last: float = 340, centre: tuple[float, float] = (320, 300)) -> np.ndarray:
    """Clockwise on the picture, 270 at the top."""
    at = np.radians(np.linspace(first, last, 200))
    return np.column_stack([centre[0] + radius * np.cos(at), centre[1] + radius * np.sin(at)])


def winding(height: float, length: float, count: int = 1200) -> np.ndarray:
    """A river from left to right, its bends so high and so long."""
    x = np.linspace(10, 630, count)
    return np.column_stack([x, 240 + height * np.sin(2 * np.pi * x / length)])


def bent(anchors: tuple[Anchor, ...]) -> list[Anchor]:
    return [one for one in anchors if one.way == "bent"]


def letters_of(anchor: Anchor, name: Name, height: float) -> list[Polygon]:
    found = []
    for letter, width in zip(anchor.letters, name.advances, strict=True):
        x, y = anchor.px + letter.dx, anchor.py + letter.dy
        flat = box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        found.append(rotate(flat, letter.angle_deg, origin=(x, y)))
    return found


def check(anchor: Anchor, name: Name, line: np.ndarray) -> None:
    angles = np.array([letter.angle_deg for letter in anchor.letters])
    assert len(angles) == len(name.advances)
    assert np.abs(np.diff(angles)).max(initial=0) <= MOST_BEND_DEG + 0.2
    assert np.abs(angles).max() <= MOST_TILT_DEG
    first, last = anchor.letters[0], anchor.letters[-1]
    assert last.dx >= first.dx - 1e-6 or abs(last.dy - first.dy) > abs(last.dx - first.dx), "read from left to right"
    course = LineString(line)
    for one in letters_of(anchor, name, name.height * 0.75):
        assert not one.intersects(course), "letters on their own line"
    for one in letters_of(anchor, name, 1.0):
        assert one.distance(course) < name.height * 2, "a name that is nobody's"
    cover = bent_boxes(anchor, name.advances, name.width, name.height)
    whole = unary_union([box(*part) for part in cover])
    assert all(one.within(whole.buffer(1e-6)) for one in letters_of(anchor, name, name.height))


def test_a_name_goes_round_a_hill_in_even_steps_above_it() -> None:
    (best, *_) = anchors_along(arc(150), ROOM, NAME)
    assert best.way == "bent"
    assert not best.below
    check(best, NAME, arc(150))
    at = np.array([(best.px + one.dx - 320, best.py + one.dy - 300) for one in best.letters])
    assert np.hypot(*at.T) == pytest.approx(np.full(15, 150 + NAME.gap + NAME.height / 2), abs=0.6)
    steps = np.hypot(*np.diff(at, axis=0).T)
    assert steps == pytest.approx(np.full(14, 8.0), abs=0.2)
    tilts = np.degrees(np.arctan2(at[:, 0], -at[:, 1]))
    assert [one.angle_deg for one in best.letters] == pytest.approx(tilts, abs=1.5)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("backwards", [False, True])
def test_however_the_line_runs_its_name_is_read_upright(turn: int, backwards: bool) -> None:
    line = arc(150, 200 + turn, 340 + turn, (320, 240))
    line = line[::-1] if backwards else line
    found = bent(anchors_along(line, ROOM, NAME))
    assert found
    for anchor in found:
        check(anchor, NAME, line)


def test_where_it_is_straight_it_stays_straight() -> None:
    straight = np.array([[20.0, 100.0], [600.0, 180.0]])
    (best, *_) = anchors_along(straight, ROOM, NAME)
    assert (best.way, best.letters, best.clearance) == ("along", (), NAME.gap)
    then_round = np.vstack([[[20.0, 290.0], [310.0, 310.0]], arc(100, 100, 200, (330, 210))])
    assert anchors_along(then_round, ROOM, NAME)[0].way == "along"


def test_a_name_that_is_not_in_letters_is_never_bent() -> None:
    assert anchors_along(arc(150), ROOM, NAME._replace(advances=())) == ()


@pytest.mark.parametrize(("height", "length"), [(6, 24), (12, 90), (25, 160), (60, 300), (14, 40)])
def test_a_winding_river_has_its_name_along_its_course_and_off_its_water(height: float, length: float) -> None:
    line = winding(height, length)
    found = bent(anchors_along(line, ROOM, NAME))
    assert found
    for anchor in found:
        check(anchor, NAME, line)


def test_no_name_on_what_is_too_short_or_too_sharp() -> None:
    assert anchors_along(arc(150, 260, 280), ROOM, NAME) == ()
    zigzag = np.array([[20 + 30 * i, 200 + 90 * (i % 2)] for i in range(20)], float)
    for anchor in anchors_along(zigzag, ROOM, NAME):
        check(anchor, NAME, zigzag)


def test_wide_letters_do_not_go_round_a_corner() -> None:
    wide = Name((34.0,) * 5, 176.0, 18.0, 2.0)
    corner = np.array([[60.0, 400.0], [60.0, 280.0], [180.0, 280.0]])
    assert bent(anchors_along(corner, ROOM, NAME))
    assert bent(anchors_along(corner, ROOM, wide)) == []


def test_a_name_keeps_off_a_line_that_comes_back() -> None:
    spiral = np.vstack([arc(150), [[461.0, 240.0], [320.0, 139.0], [179.0, 240.0]]])
    for anchor in bent(anchors_along(spiral, ROOM, NAME)):
        check(anchor, NAME, spiral)


def test_the_letters_of_a_line_that_is_moved_by_whole_pixels_stay_the_same() -> None:
    large, moved = Box(-900, -900, 1500, 1500), np.add(arc(150), (31, -17))
    one, other = anchors_along(arc(150), large, NAME)[0], anchors_along(moved, large, NAME)[0]
    assert one.letters == other.letters
    assert (other.px - one.px, other.py - one.py) == (31, -17)


@given(
    st.lists(st.tuples(st.floats(-50, 700), st.floats(-50, 530)), min_size=2, max_size=12),
    st.lists(st.floats(3, 16), min_size=1, max_size=25),
)
def test_any_line_whatever_gets_good_names_or_none(points: list[tuple[float, float]], advances: list[float]) -> None:
    line, width = np.array(points), sum(advances) + 6
    name = Name(tuple(advances), width, 18.0, 2.0)
    for anchor in bent(anchors_along(line, ROOM, name)):
        if box(*ROOM).contains(unary_union([box(*one) for one in bent_boxes(anchor, *name[:3])])):
            check(anchor, name, line)


def test_a_long_line_of_which_little_is_seen_keeps_its_bends() -> None:
    x = np.linspace(-200_000, 200_000, 400_001)
    line = np.column_stack([x, 240 + 30 * np.sin(x / 40)])
    found = bent(anchors_along(line, ROOM, NAME))
    assert found
    for anchor in found:
        check(anchor, NAME, line[(x > -50) & (x < 700)])
