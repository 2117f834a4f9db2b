"""Tests of where labels of lines and areas stand."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Point, Polygon

from layers.vector.labels.label_anchors import area_anchors, inner_place, runs_inside, straight_places
from layers.vector.labels.label_layout import Anchor, Box

ROOM = Box(0, 0, 640, 480)


def line_anchors(points: np.ndarray, room: Box, width: float, height: float) -> list[Anchor]:
    return [anchor for _, anchor in straight_places(runs_inside(points, room), width, height)]


def test_a_straight_line_is_named_in_its_middle_and_along_it() -> None:
    (best, *_) = line_anchors(np.array([[100.0, 100.0], [500.0, 300.0]]), ROOM, 80, 14)
    assert (best.px, best.py) == pytest.approx((300, 200), abs=30)
    assert best.angle_deg == pytest.approx(np.degrees(np.arctan2(200, 400)))
    assert best.way == "along"


@pytest.mark.parametrize("points", [[[500.0, 300.0], [100.0, 100.0]], [[100.0, 400.0], [101.0, 50.0]]])
def test_letters_are_never_upside_down(points: list[list[float]]) -> None:
    assert all(-90 < anchor.angle_deg <= 90 for anchor in line_anchors(np.array(points), ROOM, 80, 14))


def test_no_name_around_a_bend_nor_on_what_is_too_short() -> None:
    bend = np.array([[100.0, 100.0], [160.0, 100.0], [160.0, 160.0], [100.0, 160.0]])
    assert not line_anchors(bend, ROOM, 90, 14)
    assert not line_anchors(np.array([[0.0, 0.0], [50.0, 0.0]]), ROOM, 90, 14)
    longer = np.array([[100.0, 100.0], [160.0, 100.0], [160.0, 400.0]])
    assert all(anchor.px == pytest.approx(160, abs=2) for anchor in line_anchors(longer, ROOM, 90, 14))


def test_only_what_is_in_view_counts() -> None:
    across = np.array([[-1e6, 240.0], [1e6, 240.0]])
    anchors = line_anchors(across, ROOM, 100, 14)
    assert anchors
    assert all(ROOM.left <= anchor.px <= ROOM.right for anchor in anchors)


def test_the_place_in_an_area_is_in_it() -> None:
    horseshoe = np.array(
        [[100, 100], [500, 100], [500, 400], [400, 400], [400, 200], [200, 200], [200, 400], [100, 400.0]]
    )
    place = inner_place([horseshoe], ROOM)
    assert place is not None
    assert Polygon(horseshoe).contains(Point(place))
    hole = np.array([[150, 110], [450, 110], [450, 190], [150, 190.0]])
    assert not Polygon(hole).contains(Point(inner_place([horseshoe, hole], ROOM)))
    assert area_anchors([horseshoe + 5000], ROOM) == ()
