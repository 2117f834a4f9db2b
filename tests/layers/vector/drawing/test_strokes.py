from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.vector.drawing import strokes
from layers.vector.drawing.strokes import Strokes

WIDTH, HEIGHT = 60, 50
_X, _Y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
PIXELS = shapely.box(_X, _Y, _X + 1, _Y + 1)


def cover(lines: list[np.ndarray], stroke: float, dash=()) -> np.ndarray:
    made = Strokes(WIDTH, HEIGHT, stroke, dash)
    xy = np.concatenate(lines).astype(np.float32)
    made.add(xy[:, 0], xy[:, 1], np.cumsum([0] + [len(line) for line in lines]))
    return made.cover() / 255


def expected(lines: list[np.ndarray], stroke: float) -> np.ndarray:
    """What shapely's round buffers cover of each pixel."""
    whole = shapely.union_all([shapely.buffer(shapely.LineString(line), stroke / 2, quad_segs=32) for line in lines])
    return shapely.area(shapely.intersection(whole, PIXELS))


@pytest.mark.bounded
@pytest.mark.sampled(6)
@pytest.mark.parametrize("stroke", [1.0, 1.6, 3.0, 9.0])
@pytest.mark.parametrize("seed", range(4))
def test_strokes_cover_what_buffers_cover(stroke: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    lines = [random.uniform(-10, 70, (4, 2)) for _ in range(2)] + [random.uniform(-3000, 3000, (2, 2))]
    off = np.abs(cover(lines, stroke) - expected(lines, stroke))
    assert off.mean() < 0.01
    assert (off < 0.2).mean() > 0.995
    assert off.max() < 0.75  # two strokes that share a pixel at an acute corner


def test_many_short_lines_lie_where_few_of_them_do(monkeypatch) -> None:
    random = np.random.default_rng(5)
    lines = [random.uniform(0, 50, (1, 2)) + random.normal(0, 0.4, (12, 2)).cumsum(axis=0) for _ in range(40)]
    fine = cover(lines, 1.6)
    monkeypatch.setattr(strokes, "MANY_VERTICES", 10)
    coarse = cover(lines, 1.6)
    assert np.abs(fine - coarse).mean() < 0.03
    near = np.pad(coarse, 1)
    around = np.max([near[1 + dy : 51 + dy, 1 + dx : 61 + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)], axis=0)
    assert (around[fine > 0.5] > 0.4).all()


@pytest.mark.parametrize("limit", [1, 4000])
def test_it_does_not_matter_how_many_are_drawn_at_a_time(monkeypatch, limit: int) -> None:
    random = np.random.default_rng(6)
    lines = [random.uniform(0, 50, (1, 2)) + random.normal(0, 2, (count, 2)).cumsum(axis=0) for count in (1, 2, 9, 40)]
    monkeypatch.setattr(strokes, "MANY_VERTICES", limit)
    whole = cover(lines, 1.6), cover(lines, 1.6, (3.0, 2.0))
    for at_once in (1, 12):
        monkeypatch.setattr(strokes, "AT_ONCE", at_once)
        assert (cover(lines, 1.6) == whole[0]).all()
        assert (cover(lines, 1.6, (3.0, 2.0)) == whole[1]).all()


def test_lines_do_not_join_each_other(monkeypatch) -> None:
    lines = [np.array([[5.0, 5.0], [6.0, 5.0]]), np.array([[50.0, 45.0], [51.0, 45.0]])]
    for limit in (1, 100):
        monkeypatch.setattr(strokes, "MANY_VERTICES", limit)
        found = cover(lines, 1.0)
        assert found[10:40].sum() == 0
        assert found[:10].sum() > 0.5


@pytest.mark.parametrize("limit", [1, 4000])
def test_strokes_beside_the_picture_reach_into_it(monkeypatch, limit: int) -> None:
    monkeypatch.setattr(strokes, "MANY_VERTICES", limit)
    beside = [np.array([[-2.0, 5.0], [-2.0, 45.0]]), np.array([[5.0, 52.0], [55.0, 52.0]])]
    found = cover(beside, 8.0)
    assert np.abs(found - expected(beside, 8.0)).mean() < 0.01
    assert (found[10:40, 0] > 0.9).all()
    assert (found[-1, 10:50] > 0.9).all()


def test_dashes_and_gaps_take_turns_along_the_whole_line() -> None:
    line = np.array([[0.0, 10.5], [20.0, 10.5], [60.0, 10.5]])
    row = cover([line], 1.0, (6.0, 4.0))[10]
    for start in range(0, 60, 10):
        assert (row[start + 1 : start + 5] > 0.9).all()
        assert (row[start + 7 : start + 9] == 0).all()


def test_a_line_thinner_than_a_pixel_is_fainter() -> None:
    assert cover([np.array([[0.0, 10.5], [60.0, 10.5]])], 0.5)[10, 20:40] == pytest.approx(0.5, abs=0.07)
