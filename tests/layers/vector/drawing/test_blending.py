"""Colours on pictures: only where something is painted, and there as a painter lays them."""

from __future__ import annotations

import numpy as np
import pytest

from layers.vector.drawing.blending import deepen, over, tint

BLUE, HALF_RED = 0xFF0000FF, 0x80FF0000


def channels(pixel: int) -> list[int]:
    return [pixel >> shift & 255 for shift in (24, 16, 8, 0)]


def test_a_tint_lies_on_what_is_below_and_leaves_the_rest() -> None:
    picture = np.array([[0, BLUE, BLUE, 0x40004000]], np.uint32)
    tint(picture, np.array([[255, 0, 255, 128]], np.uint8), HALF_RED)
    assert channels(int(picture[0, 0])) == [128, 128, 0, 0], "premultiplied"
    assert picture[0, 1] == BLUE
    assert channels(int(picture[0, 2])) == pytest.approx([255, 128, 0, 127], abs=1)
    assert channels(int(picture[0, 3])) == pytest.approx([112, 64, 48, 0], abs=1)


def test_a_part_of_a_wider_cover_is_laid_in_its_place() -> None:
    """Covers are cut out of pictures with a margin: their rows do not follow each other in memory."""
    wide = np.zeros((4, 6), np.uint8)
    wide[1, 2] = wide[2, 4] = 255
    picture = np.zeros((2, 4), np.uint32)
    tint(picture, wide[1:3, 1:5], BLUE)
    assert np.argwhere(picture).tolist() == [[0, 1], [1, 3]]


def test_layers_deepen_a_see_through_colour_and_nothing_stays_nothing() -> None:
    picture = np.zeros((1, 4), np.uint32)
    deepen(picture, np.array([[0, 1, 2, 400]], np.float32), HALF_RED)
    assert picture[0, 0] == 0
    assert [pixel >> 24 for pixel in picture[0].tolist()] == pytest.approx([0, 128, 191, 255], abs=1)


def test_a_picture_on_a_picture_is_a_new_one() -> None:
    below, above = np.array([[BLUE, 0]], np.uint32), np.array([[0x80800000, 0]], np.uint32)
    found = over(below, above)
    assert below[0, 0] == BLUE
    assert channels(int(found[0, 0])) == pytest.approx([255, 128, 0, 127], abs=1)
