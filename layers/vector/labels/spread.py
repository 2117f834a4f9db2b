"""Spreads symbols that overlap: each stands free beside the crowd, with a line to a dot at its true place.

A symbol without a free place becomes a dot at its true place. No line crosses another, a symbol or a foreign dot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.checkpoint import Checkpoint, unchecked
from layers.vector.labels.free_ground import FreeGround
from layers.vector.labels.label_layout import Box

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

_TURNS, _LENGTHS, _FARTHEST = 36, 13, 14.0
"""Directions and distances of the places that are tried, and the greatest distance in radii of a symbol."""
_TRIES, _AT_ONCE = 2, 48
"""Number of orders in which the symbols of a crowd look for places: those without one come first in the next.

And the number of lines that are looked at together.
"""
_GAP, _DOT, _LINE_GAP = 1.5, 1.5, 2.0
"""Gap between symbols, radius of a dot at a true place, and room beside a line, as logical pixels of full signs."""
_NUMBER_GAP = 2.0
_SAME_PX, _STAR_PX = 4.0, 18.0
"""Distance of true places that share a dot, and length from there in which their lines may be close together, in
logical pixels of full signs."""
_OUTWARD, _ON_LINE, _IN_CROWD = 4.0, 1.2, 0.6
"""Costs, in radii: of a line that leads into the crowd, of a symbol on a line of the map, and of each true place that a
symbol would wall in."""
_RING = 0.32
"""Radii by which a line is the longer for each symbol close by: round a large crowd there is room for all."""
_WALLED = 4.0
"""Distance up to which a symbol walls in a true place, in radii."""
_SMALLER, _FEW_DOTS = 0.8, 0.03
"""Factor of the symbols' radius on a map where more than this part of them would be dots."""
_SYMBOL, _WIDE, _LINE = 0, 1, 2
_OF_SIGNS, _OF_LINES = slice(0, 2), slice(2, 3)
_OF_SYMBOLS, _OF_NUMBERS, _OF_OTHERS = slice(0, 1), slice(1, 2), slice(1, 3)


class SpreadRequest(Struct, frozen=True):
    """Symbols to spread, in logical pixels from the corner of a map.

    `places`: (x, y) of the symbols; `ranks`: the least comes first; `radius`: of a symbol; `number`: width and height
    of a number that has to find room beside each moved symbol; `room`: where symbols may stand; `obstacles`: boxes that
    stand fast; `lines`: boxes along the lines of the map, which symbols keep off where they can.
    """

    places: Sequence[tuple[float, float]]
    ranks: Sequence[int]
    radius: float
    number: tuple[float, float]
    room: Box
    obstacles: Sequence[Box] = ()
    lines: Sequence[Box] = ()
    scale: float = 1.0


class MovedSymbol(NamedTuple):
    """A symbol beside its true place: where it stands, where its line begins and ends, and room for its number.

    `is_number`: there is room for its number only, which stands for it.
    """

    x: float
    y: float
    foot: tuple[float, float]
    end: tuple[float, float]
    number: Box
    is_number: bool = False


class Spread(Struct, frozen=True):
    """Places of symbols by their position in the request. Those in neither stand at their true places."""

    moved: dict[int, MovedSymbol]
    dots: frozenset[int]
    """Symbols that have become dots."""
    radius: float = 0.0
    dot_radius: float = 0.0


def spread_symbols(request: SpreadRequest, checkpoint: Checkpoint = unchecked) -> Spread:
    """Find places for the symbols that would overlap, be cut, or hide the true place of another.

    Where many of them would have none, all symbols are smaller.
    """
    spread = _spread(request, 1, checkpoint)
    if not spread.dots:
        return spread
    if len(spread.dots) > _FEW_DOTS * len(request.places):
        request = replace(request, radius=_SMALLER * request.radius)
    other = _spread(request, _TRIES, checkpoint)
    return other if len(other.dots) < len(spread.dots) else spread


def _spread(request: SpreadRequest, tries: int, checkpoint: Checkpoint) -> Spread:
    crowd = _Crowd(request)
    waiting = crowd.waiting()
    best: dict[int, MovedSymbol] = {}
    for turn in range(tries if waiting else 0):
        moved, without = crowd.place_all(waiting, checkpoint, only_numbers=turn == tries - 1)
        if not turn or _worth(moved) > _worth(best):
            best = moved
        if not without:
            break
        failed = set(without)
        ordered = [*without, *(at for at in waiting if at not in failed)]
        waiting = sorted(ordered, key=lambda at: request.ranks[at])
    return Spread(best, frozenset(waiting) - best.keys(), request.radius, crowd.dot)


def _worth(moved: dict[int, MovedSymbol]) -> float:
    return sum(0.75 if symbol.is_number else 1.0 for symbol in moved.values())


class _Crowd:
    """The symbols of one map while places are looked for."""

    def __init__(self, request: SpreadRequest) -> None:
        self._request = request
        self._places = np.array(request.places, np.float64).reshape(-1, 2)
        scale, radius, (wide, high) = request.scale, request.radius, request.number
        self._gap, self.dot, self._beside = _GAP * scale, _DOT * scale, _LINE_GAP * scale
        self._apart = (_NUMBER_GAP + 1.0) * scale
        self._group = self._groups()
        self._standing = list[int]()
        self._is_crowded = np.zeros(len(self._places), np.bool_)
        self._ways, self._numbers = self._candidates()
        self._number_ways = self._candidates_of_numbers()
        sizes = ((radius, radius), (wide / 2, high / 2), (0.0, 0.0))
        self._ground = FreeGround(request.room, sizes, cell=min(1.0, 0.12 * radius))
        for box in request.obstacles:
            self._ground.take_box(box, self._gap)
        self._lines = FreeGround(request.room, sizes[:1], cell=2.0)
        self._walled = FreeGround(request.room, ((_WALLED * radius, _WALLED * radius),), cell=2.0)
        for box in request.lines:
            self._lines.take_box(box)

    def _groups(self) -> Ints:
        """The number of the first symbol at the same place, for each: they share a dot."""
        groups = np.arange(len(self._places))
        for at, place in enumerate(self._places):
            if groups[at] == at:
                apart = np.hypot(*(self._places[at + 1 :] - place).T)
                same = np.flatnonzero(apart < _SAME_PX * self._request.scale) + at + 1
                groups[same[groups[same] == same]] = at
        return groups

    def _candidates(self) -> tuple[Floats, Floats]:
        """Ways from a true place to its symbol (dx, dy), and to the middle of its number."""
        radius, (wide, high) = self._request.radius, self._request.number
        least = radius + self.dot + 3.5 * self._request.scale
        off = radius + _NUMBER_GAP * self._request.scale
        dx, dy = _ways(least, _FARTHEST * radius)
        beside = np.column_stack([dx + np.where(dx >= 0, 1, -1) * (off + wide / 2), dy])
        above = np.column_stack([dx, dy + np.where(dy >= 0, 1, -1) * (off + high / 2)])
        return np.tile(np.column_stack([dx, dy]), (2, 1)), np.concatenate([beside, above])

    def _candidates_of_numbers(self) -> Floats:
        """Ways from a true place to the middle of a number that stands there alone."""
        wide, high = self._request.number
        return np.column_stack(
            _ways(max(wide, high) / 2 + self.dot + 3.0 * self._request.scale, 1.2 * _FARTHEST * high)
        )

    def waiting(self) -> list[int]:
        """Symbols that cannot stand at their true places, in the order in which they look for others.

        That is by rank, then those in the thick of the crowd. Of two that only touch the one of higher rank stays.
        """
        request, places, radius = self._request, self._places, self._request.radius
        is_hindered = self._ground.is_taken(_SYMBOL, places[:, 0], places[:, 1])
        crowded, thick = list[int](), dict[int, int]()
        for at in sorted(range(len(places)), key=lambda at: (request.ranks[at], at)):
            apart = np.abs(places - places[at]).max(axis=1)
            apart[at] = math.inf
            thick[at] = int((apart < 6 * radius).sum())
            hides = bool((apart < radius + self.dot + self._gap).any())
            touches = bool((apart[self._standing] < 2 * radius + self._gap).any())
            (crowded if is_hindered[at] or hides or touches else self._standing).append(at)
        for x, y in places[self._standing].tolist():
            self._take_symbol(self._ground, x, y)
        self._is_crowded[crowded] = True
        for x, y in places[crowded].tolist():
            self._ground.take_box(_about(x, y, self.dot, self.dot), self._gap)
            self._walled.take_box(Box(x, y, x, y))
        return sorted(crowded, key=lambda at: (request.ranks[at], -thick[at], at))

    def place_all(
        self, waiting: Sequence[int], checkpoint: Checkpoint, *, only_numbers: bool
    ) -> tuple[dict[int, MovedSymbol], list[int]]:
        """Places for symbols in this order, and those without one."""
        ground, moved, without = self._ground.copy(), dict[int, MovedSymbol](), list[int]()
        starts: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
        for at in waiting:
            own = starts.setdefault(int(self._group[at]), [])
            for start, end in own:
                ground.take_line(start, end, self._beside, _OF_LINES, -1)
            symbol = self._place(at, ground, is_number=False)
            if symbol is None and only_numbers:
                symbol = self._place(at, ground, is_number=True)
            for start, end in own:
                ground.take_line(start, end, self._beside, _OF_LINES)
            if symbol is None:
                without.append(at)
                continue
            moved[at] = symbol
            if not symbol.is_number:
                self._take_symbol(ground, symbol.x, symbol.y)
            ground.take_box(symbol.number, self._gap, _OF_OTHERS)
            ground.take_box(symbol.number, self._apart, _OF_SYMBOLS)
            begin = self._along(symbol.foot, symbol.end, _STAR_PX * self._request.scale)
            own.append((symbol.foot, begin))
            ground.take_line(symbol.foot, begin, self._beside, _OF_LINES)
            ground.take_line(symbol.foot, begin, self._beside, _OF_SIGNS)
            ground.take_line(begin, symbol.end, self._beside)
            checkpoint()
        return moved, without

    def _take_symbol(self, ground: FreeGround, x: float, y: float) -> None:
        """Take the ground of a symbol: numbers of others stand farther off than its own."""
        box = _about(x, y, self._request.radius, self._request.radius)
        ground.take_box(box, self._gap)
        ground.take_box(box, self._apart, _OF_NUMBERS)

    @staticmethod
    def _along(start: tuple[float, float], end: tuple[float, float], reach: float) -> tuple[float, float]:
        """The place at a distance along a line, at most its end."""
        share = min(1.0, reach / max(math.hypot(end[0] - start[0], end[1] - start[1]), 1e-9))
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    def _place(self, at: int, ground: FreeGround, *, is_number: bool) -> MovedSymbol | None:
        radius, (wide, high) = self._request.radius, self._request.number
        x, y = self._places[self._group[at]].tolist()
        ways = self._number_ways if is_number else self._ways
        size = _WIDE if is_number else _SYMBOL
        free = np.flatnonzero(~ground.is_taken(size, ways[:, 0] + x, ways[:, 1] + y))
        if not is_number:
            numbers = self._numbers[free]
            free = free[~ground.is_taken(_WIDE, numbers[:, 0] + x, numbers[:, 1] + y)]
        ways_free = ways[free]
        order = free[np.argsort(self._costs(ways_free, at, (x, y)), kind="stable")]
        half = (wide / 2, high / 2) if is_number else (radius, radius)
        ends = ways[order] * _share_outside(ways[order], *half, is_box=is_number)
        first = self._first_free(ends, (x, y), ground)
        if first is None:
            return None
        way, end = ways[order[first]], ends[first]
        middle = way if is_number else self._numbers[order[first]]
        number = _about(x + float(middle[0]), y + float(middle[1]), wide / 2, high / 2)
        return MovedSymbol(
            x + float(way[0]), y + float(way[1]), (x, y), (x + float(end[0]), y + float(end[1])), number, is_number
        )

    def _first_free(self, ends: Floats, place: tuple[float, float], ground: FreeGround) -> int | None:
        """The first line from a place that runs over nothing; a few are looked at together."""
        for begin in range(0, len(ends), _AT_ONCE):
            free = np.flatnonzero(~self._cross(ends[begin : begin + _AT_ONCE], place, ground))
            if len(free):
                return begin + int(free[0])
        return None

    def _cross(self, ends: Floats, place: tuple[float, float], ground: FreeGround) -> NDArray[np.bool_]:
        """(n,) True for lines from a place that run over something, apart from the dot that they begin at."""
        lengths = np.hypot(*ends.T)
        begin = self.dot + self._gap + self._beside
        steps = max(2, math.ceil(float(lengths.max()) / 1.0))
        along = begin + (lengths[:, None] - begin) * np.linspace(0.0, 1.0, steps)
        unit = ends / lengths[:, None]
        x, y = place[0] + unit[:, :1] * along, place[1] + unit[:, 1:] * along
        blocked: NDArray[np.bool_] = ground.is_taken(_LINE, x.ravel(), y.ravel()).reshape(x.shape).any(axis=1)
        return blocked

    def _costs(self, ways: Floats, at: int, place: tuple[float, float]) -> Floats:
        """Length of the line, more where it leads into the crowd, and where the symbol stands on a line of the map."""
        radius, length = self._request.radius, np.hypot(*ways.T)
        off = np.array(place) - self._places
        weights = np.exp(-np.hypot(*off.T) / (4 * radius))
        outward = (off * weights[:, None]).sum(axis=0)
        size = float(np.hypot(*outward))
        close = int((np.abs(off[self._is_crowded]).max(axis=1) < _WALLED * radius).sum())
        costs: Floats = np.abs(length - min(_RING * close, 0.8 * _FARTHEST) * radius)
        if size > _SAME_PX:
            costs += _OUTWARD * radius * (1 - ways @ outward / (length * size))
        on_line = self._lines.is_taken(0, ways[:, 0] + place[0], ways[:, 1] + place[1])
        costs += _ON_LINE * radius * on_line
        costs += _IN_CROWD * radius * self._walled.counts(0, ways[:, 0] + place[0], ways[:, 1] + place[1])
        return costs


def _ways(least: float, most: float) -> tuple[Floats, Floats]:
    """Ways in all directions at growing distances; each ring is turned by half a step."""
    lengths = least * np.geomspace(1.0, max(most / least, 1.01), _LENGTHS)
    turns = (np.arange(_TURNS)[None, :] + 0.5 * (np.arange(_LENGTHS)[:, None] % 2)) * 2 * math.pi / _TURNS
    return (lengths[:, None] * np.cos(turns)).ravel(), (lengths[:, None] * np.sin(turns)).ravel()


def _share_outside(ways: Floats, half_x: float, half_y: float, *, is_box: bool) -> Floats:
    """(n, 1) The part of each way that lies outside the symbol, or the box of a number, at its end."""
    length = np.hypot(*ways.T)
    inside = np.full(len(ways), half_x)
    if is_box:
        with np.errstate(divide="ignore"):
            inside = np.minimum(half_x * length / np.abs(ways[:, 0]), half_y * length / np.abs(ways[:, 1]))
    share: Floats = ((length - inside) / length)[:, None]
    return share


def _about(x: float, y: float, half_x: float, half_y: float) -> Box:
    return Box(x - half_x, y - half_y, x + half_x, y + half_y)
