"""Spread symbols: none on another, none cut, and no line over a line, a symbol or a foreign place."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Point, box

from layers.vector.labels.label_layout import Box
from layers.vector.labels.spread import MovedSymbol, Spread, SpreadRequest, spread_symbols

ROOM = Box(2.0, 2.0, 498.0, 398.0)


def crowd(seed: int, count: int) -> list[tuple[float, float]]:
    rng = np.random.default_rng(seed)
    middles = rng.uniform((40, 40), (460, 360), (max(1, count // 12), 2))
    places = middles[rng.integers(0, len(middles), count)] + rng.normal(0, 14, (count, 2))
    return [tuple(place) for place in np.clip(places, 1, (499, 399)).tolist()]


def stands(spread: Spread, places: list[tuple[float, float]]) -> dict[int, Point]:
    """The middle of each symbol that is shown as one."""
    shown = {at: Point(place) for at, place in enumerate(places) if at not in spread.moved and at not in spread.dots}
    return shown | {at: Point(one.x, one.y) for at, one in spread.moved.items() if not one.is_number}


@pytest.mark.parametrize(("seed", "count"), [(1, 5), (2, 25), (3, 60)])
def test_symbols_stand_apart_and_lines_cross_nothing(seed: int, count: int) -> None:
    places = crowd(seed, count)
    spread = spread_symbols(SpreadRequest(places, [2] * count, 7.0, (16.0, 12.0), ROOM))
    symbols = {at: middle.buffer(spread.radius) for at, middle in stands(spread, places).items()}
    lines = {at: LineString([one.foot, one.end]) for at, one in spread.moved.items()}
    numbers = {at: box(*one.number) for at, one in spread.moved.items()}
    for at, symbol in symbols.items():
        assert box(*ROOM).buffer(0.6).contains(symbol)
        assert not [of for of, other in symbols.items() if of > at and symbol.intersects(other)]
        assert not [of for of, line in lines.items() if of != at and line.intersects(symbol)]
    for at, line in lines.items():
        assert not [
            of for of, other in lines.items() if of > at and line.crosses(other) and line.coords[0] != other.coords[0]
        ]
        assert not [of for of, number in numbers.items() if of != at and line.intersects(number)]
        feet = {of: Point(places[of]) for of in (*spread.moved, *spread.dots)}
        assert not [
            of for of, foot in feet.items() if foot.distance(Point(line.coords[0])) > 5.0 and line.distance(foot) < 1.0
        ]


def test_two_that_are_apart_stay_where_they_are() -> None:
    spread = spread_symbols(SpreadRequest([(50.0, 50.0), (90.0, 50.0)], [1, 2], 7.0, (16.0, 12.0), ROOM))
    assert not spread.moved
    assert not spread.dots


def test_of_two_that_touch_the_one_of_higher_rank_stays() -> None:
    spread = spread_symbols(SpreadRequest([(50.0, 50.0), (61.0, 50.0)], [2, 1], 7.0, (16.0, 12.0), ROOM))
    assert set(spread.moved) == {0}


def test_those_at_one_place_stand_round_it() -> None:
    spread = spread_symbols(SpreadRequest([(250.0, 200.0)] * 9, [2] * 9, 7.0, (16.0, 12.0), ROOM))
    assert len(spread.moved) == 9
    assert {one.foot for one in spread.moved.values()} == {(250.0, 200.0)}


def test_a_symbol_that_the_edge_would_cut_stands_inside() -> None:
    spread = spread_symbols(SpreadRequest([(498.0, 200.0)], [2], 7.0, (16.0, 12.0), ROOM))
    assert spread.moved[0].x + 7.0 <= ROOM.right


def test_no_symbol_is_farther_from_its_place_than_asked_and_the_rest_share_signs() -> None:
    """Symbols stood 33 mm from their places, where nobody looks for them."""
    places = crowd(3, 60)
    request = SpreadRequest(places, [2] * 60, 7.0, (16.0, 12.0), ROOM, farthest=30.0, joined_number=(32.0, 12.0))
    spread = spread_symbols(request)
    for symbol in spread.moved.values():
        assert np.hypot(symbol.x - symbol.foot[0], symbol.y - symbol.foot[1]) <= 30.0 + 1e-6
    stacks = [symbol.joins for symbol in spread.moved.values() if symbol.joins]
    assert stacks
    for stack in stacks:
        rows = np.array([places[at] for at in stack])
        assert np.hypot(*(rows - rows.mean(axis=0)).T).max() <= 30.0 + 1e-6
    members = [at for stack in stacks for at in stack]
    assert len(members) == len(set(members))
    assert not spread.dots & set(members)


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_a_line_crosses_no_standing_one_close_to_its_own_place(seed: int) -> None:
    """The line of a claim ran past the place of a mark, and that mark's own line began on its other side."""
    rng = np.random.default_rng(seed)
    stood = MovedSymbol(250.0, 240.0, (250.0, 180.0), (250.0, 232.0), Box(258.0, 234.0, 280.0, 246.0))
    places = [(250.0 + dx, 205.0 + dy) for dx, dy in rng.uniform(-2.5, 2.5, (4, 2)).tolist()]
    request = SpreadRequest(places, [2] * 4, 7.0, (16.0, 12.0), ROOM, standing=[stood])
    spread = spread_symbols(request)
    lines = [LineString([one.foot, one.end]) for one in spread.moved.values()]
    assert lines
    assert not [line for line in lines if line.crosses(LineString([stood.foot, stood.end]))]
