"""The sides of a comparison share the picture without a gap, and a pixel belongs to the side that is painted there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from layers.document.comparison import ComparisonSpec, spec_of
from viewer.canvas.comparison.compared_painter import paint_bars
from viewer.canvas.comparison.sides import Sides
from viewer.canvas.panes import pane_rects
from viewer.support.painting import painting

SIZES = st.integers(20, 3000)
PARTS = st.floats(0, 1)


def spec(frames: int, mode: str, position: float, position_y: float = 0.5) -> ComparisonSpec:
    return replace(spec_of(*(("a",),) * frames, mode=mode), position=position, position_y=position_y)


@given(st.integers(2, 4), st.sampled_from(["swipe", "swipe across"]), PARTS, SIZES, SIZES, PARTS, PARTS)
def test_the_parts_of_a_swipe_are_the_whole_picture(
    frames: int, mode: str, position: float, width: int, height: int, x: float, y: float
) -> None:
    sides = Sides(spec(frames, mode, position), width, height)
    rects = sides.rects()
    assert sum(rect.width() * rect.height() for rect in rects) == width * height
    px, py = int(x * (width - 1)), int(y * (height - 1))
    at = sides.frame_at(px, py, 0)
    assert 0 <= at < frames
    rect = rects[at]
    assert rect.left() <= px < rect.right()
    assert rect.top() <= py < rect.bottom()


@given(st.sampled_from(["swipe", "swipe across", "spyglass"]), PARTS, PARTS, PARTS, PARTS)
def test_a_bar_goes_where_the_hand_goes(mode: str, position: float, position_y: float, x: float, y: float) -> None:
    sides = Sides(spec(2, mode, position, position_y), 1000, 500)
    grip = sides.grip_of(700.0, 100.0)
    assert abs(sides.position_for(700.0, 100.0, grip)[0] - position) < 0.0012, "taken, it does not jump"
    moved = sides.position_for(x * 1000, y * 500, QPointF(0, 0))
    wanted = (round(y, 4), position_y) if mode == "swipe across" else (round(x, 4), position_y)
    assert moved == ((round(x, 4), round(y, 4)) if mode == "spyglass" else wanted)


@given(st.integers(2, 4), SIZES, SIZES)
def test_panes_are_of_one_size_and_do_not_overlap(count: int, width: int, height: int) -> None:
    rects = pane_rects(count, width, height)
    assert len(rects) == count
    assert len({rect[2:] for rect in rects}) == 1
    assert len({rect[:2] for rect in rects}) == count
    assert all(left + wide <= width and top + high <= height for left, top, wide, high in rects)


@pytest.mark.parametrize("mode", ["swipe", "swipe across"])
def test_the_grip_leaves_the_middle_free_where_the_map_was_brought_to_a_mark(qapp: QApplication, mode: str) -> None:
    image = QImage(400, 400, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with painting(image) as painter:
        paint_bars(painter, Sides(spec(2, mode, 0.5), 400, 400), 1.0)
    beside = [(208, 200), (208, 100)] if mode == "swipe" else [(200, 208), (100, 208)]
    assert [image.pixelColor(x, y).alpha() > 0 for x, y in beside] == [False, True]
