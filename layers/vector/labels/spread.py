"""Spreads symbols that overlap: each stands free beside the crowd, with a line to a dot at its true place.

Symbols without a free place within reach are joined in one sign for several, or become dots at their true places. No
line crosses another, a symbol or a foreign dot.
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
"""Directions and distances of the places that are tried, and the greatest distance in radii of a symbol where none is
asked for."""
_TRIES, _AT_ONCE = 2, 48
"""Number of orders in which the symbols of a crowd look for places: those without one come first in the next.

And the number of lines that are looked at together.
"""
_GAP, _DOT, _LINE_GAP = 1.5, 1.9, 2.0
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
_SMALLER, _FEW_DOTS = 0.85, 0.06
"""Factor of the symbols' radius on a map where more than this part of them would be dots."""
_JOINS, _JOINED_REACH = 10, 1.0
"""Most times that symbols are joined, and the greatest distance of their places from their sign, as a part of the
greatest distance of a symbol from its own."""
_SYMBOL, _WIDE, _WIDEST, _LINE = 0, 1, 2, 3
_OF_SIGNS, _OF_LINES = slice(0, 3), slice(3, 4)
_OF_SYMBOLS, _OF_NUMBERS, _OF_OTHERS = slice(0, 1), slice(1, 3), slice(1, 4)


class SpreadRequest(Struct, frozen=True):
    """Symbols to spread, in logical pixels from the corner of a map.

    `places`: (x, y) of the symbols; `ranks`: the least comes first; `radius`: of a symbol; `number`: width and height
    of a number that has to find room beside each moved symbol; `room`: where symbols may stand; `obstacles`: boxes that
    stand fast; `lines`: boxes along the lines of the map, which symbols keep off where they can. `farthest`: greatest
    distance of a symbol from its place, 0 for one of many radii. `joined_number`: width and height of the numbers of
    several symbols in one sign; (0, 0) where none are joined. `feet`: places of other marks, which no symbol may hide.
    `standing`: symbols that were moved before, whose lines stand fast.
    """

    places: Sequence[tuple[float, float]]
    ranks: Sequence[int]
    radius: float
    number: tuple[float, float]
    room: Box
    obstacles: Sequence[Box] = ()
    lines: Sequence[Box] = ()
    scale: float = 1.0
    farthest: float = 0.0
    joined_number: tuple[float, float] = (0.0, 0.0)
    feet: Sequence[tuple[float, float]] = ()
    standing: Sequence[MovedSymbol] = ()


class MovedSymbol(NamedTuple):
    """A symbol beside its true place: where it stands, where its line begins and ends, and room for its number.

    `is_number`: there is room for its number only, which stands for it. `joins`: positions of all symbols that it
    stands for, where these are several; it may stand at its own place then.
    """

    x: float
    y: float
    foot: tuple[float, float]
    end: tuple[float, float]
    number: Box
    is_number: bool = False
    joins: tuple[int, ...] = ()

    @property
    def has_line(self) -> bool:
        """True for one that stands beside its place."""
        return self.foot != (self.x, self.y)


class Spread(Struct, frozen=True):
    """Places of symbols by their position in the request. Those in neither stand at their true places.

    A sign for several symbols stands for the first of them.
    """

    moved: dict[int, MovedSymbol]
    dots: frozenset[int]
    """Symbols that have become dots, and stand in no sign for several."""
    radius: float = 0.0
    dot_radius: float = 0.0


def spread_symbols(request: SpreadRequest, checkpoint: Checkpoint = unchecked) -> Spread:
    """Find places for the symbols that would overlap, be cut, or hide the true place of another.

    Where many of them would have none, all symbols are smaller. Those that yet have none are joined with their nearest
    neighbours, until there is room for all, where signs for several are asked for.
    """
    single: list[tuple[int, ...]] = [(at,) for at in range(len(request.places))]
    spread = _spread(request, single, 1, checkpoint)
    if not spread.dots:
        return spread
    if len(spread.dots) > _FEW_DOTS * len(request.places):
        request = replace(request, radius=_SMALLER * request.radius)
    other = _spread(request, single, _TRIES, checkpoint)
    spread = other if len(other.dots) < len(spread.dots) else spread
    nodes = single
    for _turn in range(_JOINS if request.joined_number[0] else 0):
        if not spread.dots or (joined := _joined(request, nodes, spread.dots)) == nodes:
            break
        nodes = joined
        spread = _spread(request, nodes, _TRIES, checkpoint)
    return spread


def _joined(request: SpreadRequest, nodes: Sequence[tuple[int, ...]], dots: frozenset[int]) -> list[tuple[int, ...]]:
    """The same nodes, those without a place joined with the nearest of their rank whose places are all close by."""
    places, groups = np.array(request.places, np.float64), dict(enumerate(nodes))
    where = {at: number for number, node in groups.items() for at in node}
    reach = _JOINED_REACH * (request.farthest or _FARTHEST * request.radius)
    is_new = set[int]()
    for at in sorted(dots):
        own = where[at]
        if own in is_new:
            continue
        middles = {number: places[list(node)].mean(axis=0) for number, node in groups.items()}
        ranks = {number: request.ranks[node[0]] for number, node in groups.items()}
        near = sorted(
            (float(np.hypot(*(middles[number] - middles[own]))), number)
            for number in groups
            if number != own and ranks[number] == ranks[own]
        )
        for apart, number in near:
            both = tuple(sorted((*groups[own], *groups[number])))
            rows = places[list(both)]
            if apart > 2 * reach:
                break
            if np.hypot(*(rows - rows.mean(axis=0)).T).max() <= reach:
                groups[number] = both
                del groups[own]
                where |= dict.fromkeys(both, number)
                is_new.add(number)
                break
    return sorted(groups.values())


def _spread(request: SpreadRequest, nodes: Sequence[tuple[int, ...]], tries: int, checkpoint: Checkpoint) -> Spread:
    """Spread nodes, each of one symbol or of several that are joined."""
    crowd = _Crowd(request, nodes)
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
        waiting = sorted(ordered, key=lambda at: crowd.ranks[at])
    lost = (nodes[node] for node in waiting if node not in best)
    return Spread(
        {nodes[node][0]: symbol for node, symbol in best.items()},
        frozenset(at for node in lost for at in node),
        request.radius,
        crowd.dot,
    )


def _worth(moved: dict[int, MovedSymbol]) -> float:
    return sum(0.75 if symbol.is_number else 1.0 for symbol in moved.values())


class _Crowd:
    """The symbols of one map while places are looked for: nodes, each of one symbol or of several that are joined."""

    def __init__(self, request: SpreadRequest, nodes: Sequence[tuple[int, ...]]) -> None:
        self._request, self._nodes = request, nodes
        all_places = np.array(request.places, np.float64).reshape(-1, 2)
        self._places = np.array([all_places[list(node)].mean(axis=0) for node in nodes]).reshape(-1, 2)
        self.ranks = [request.ranks[node[0]] for node in nodes]
        feet = np.array(request.feet, np.float64).reshape(-1, 2)
        self._visible = np.concatenate([*(all_places[list(node)] for node in nodes), feet])
        """The true places that no symbol may hide, and the node of each; -1 for those of other marks."""
        self._visible_of = np.repeat([*range(len(nodes)), -1], [*(len(node) for node in nodes), len(feet)])
        scale, radius, (wide, high) = request.scale, request.radius, request.number
        self._gap, self.dot, self._beside = _GAP * scale, _DOT * scale, _LINE_GAP * scale
        self._apart = (_NUMBER_GAP + 1.0) * scale
        self._farthest = request.farthest or _FARTHEST * radius
        self._group = self._groups()
        for symbol in request.standing:  # lines of several marks at one place begin at one dot
            if (group := self._group_at(symbol.foot)) >= 0:
                self._places[group] = symbol.foot
        self._standing = list[int]()
        self._drawn = list[tuple[float, float, float, float]]()
        """The lines that stand by now: x and y of dot and end."""
        self._is_crowded = np.zeros(len(self._places), np.bool_)
        self._ways, self._numbers = self._candidates(request.number)
        self._joined_ways, self._joined_numbers = self._candidates(request.joined_number, is_joined=True)
        self._number_ways = self._candidates_of_numbers()
        widest, highest = request.joined_number
        sizes = ((radius, radius), (wide / 2, high / 2), (widest / 2, highest / 2), (0.0, 0.0))
        self._ground = FreeGround(request.room, sizes, cell=min(1.0, 0.12 * radius))
        for box in request.obstacles:
            self._ground.take_box(box, self._gap)
        for symbol in request.standing:
            self._ground.take_line(symbol.foot, symbol.end, self._beside, _OF_SIGNS)
        self._lines = FreeGround(request.room, sizes[:1], cell=2.0)
        self._walled = FreeGround(request.room, ((_WALLED * radius, _WALLED * radius),), cell=2.0)
        for box in request.lines:
            self._lines.take_box(box)

    def _groups(self) -> Ints:
        """The number of the first symbol at the same place, for each: they share a dot."""
        groups = np.arange(len(self._places))
        for at, place in enumerate(self._places):
            if groups[at] == at and len(self._nodes[at]) == 1:
                apart = np.hypot(*(self._places[at + 1 :] - place).T)
                same = np.flatnonzero(apart < _SAME_PX * self._request.scale) + at + 1
                is_single = np.array([len(self._nodes[other]) == 1 for other in same.tolist()], np.bool_)
                groups[same[(groups[same] == same) & is_single]] = at
        return groups

    def _candidates(self, number: tuple[float, float], *, is_joined: bool = False) -> tuple[Floats, Floats]:
        """Ways from a true place to its symbol (dx, dy), and to the middle of its number.

        A sign for several (`is_joined`) may stand at its place.
        """
        radius, (wide, high) = self._request.radius, number
        least = radius + self.dot + 3.5 * self._request.scale
        off = radius + _NUMBER_GAP * self._request.scale
        dx, dy = _ways(least, self._farthest)
        if is_joined:
            dx, dy = np.concatenate([[0.0, -1e-9], dx]), np.concatenate([[0.0, -1e-9], dy])
        beside = np.column_stack([dx + np.where(dx >= 0, 1, -1) * (off + wide / 2), dy])
        above = np.column_stack([dx, dy + np.where(dy >= 0, 1, -1) * (off + high / 2)])
        return np.tile(np.column_stack([dx, dy]), (2, 1)), np.concatenate([beside, above])

    def _candidates_of_numbers(self) -> Floats:
        """Ways from a true place to the middle of a number that stands there alone."""
        wide, high = self._request.number
        farthest = min(1.2 * _FARTHEST * high, self._request.farthest or math.inf)
        return np.column_stack(_ways(max(wide, high) / 2 + self.dot + 3.0 * self._request.scale, farthest))

    def waiting(self) -> list[int]:
        """Nodes that cannot stand at their true places, in the order in which they look for others.

        That is by rank, then those in the thick of the crowd. Of two that only touch the one of higher rank stays.
        """
        places, radius = self._places, self._request.radius
        is_hindered = self._ground.is_taken(_SYMBOL, places[:, 0], places[:, 1])
        crowded, thick = list[int](), dict[int, int]()
        for at in sorted(range(len(places)), key=lambda at: (self.ranks[at], at)):
            apart = np.abs(places - places[at]).max(axis=1)
            apart[at] = math.inf
            thick[at] = int((apart < 6 * radius).sum())
            near = np.abs(self._visible[self._visible_of != at] - places[at]).max(axis=1)
            hides = bool((near < radius + self.dot + self._gap).any())
            touches = bool((apart[self._standing] < 2 * radius + self._gap).any())
            waits = is_hindered[at] or hides or touches or len(self._nodes[at]) > 1
            (crowded if waits else self._standing).append(at)
        for x, y in places[self._standing].tolist():
            self._take_symbol(self._ground, x, y)
        self._is_crowded[crowded] = True
        is_seen = np.isin(self._visible_of, [*crowded, -1])
        for x, y in self._visible[is_seen].tolist():
            self._take_dot(self._ground, x, y)
            self._walled.take_box(Box(x, y, x, y))
        return sorted(crowded, key=lambda at: (self.ranks[at], -len(self._nodes[at]), -thick[at], at))

    def place_all(
        self, waiting: Sequence[int], checkpoint: Checkpoint, *, only_numbers: bool
    ) -> tuple[dict[int, MovedSymbol], list[int]]:
        """Places for nodes in this order, and those without one."""
        ground, moved, without = self._ground.copy(), dict[int, MovedSymbol](), list[int]()
        starts: dict[int, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
        request = self._request
        self._drawn = [(*stood.foot, *stood.end) for stood in request.standing]
        for stood in request.standing:
            begin = self._along(stood.foot, stood.end, _STAR_PX * request.scale)
            starts.setdefault(self._group_at(stood.foot), []).append((stood.foot, begin))
            ground.take_line(stood.foot, begin, self._beside, _OF_LINES)
            ground.take_line(begin, stood.end, self._beside, _OF_LINES)
        for at in waiting:
            own = starts.setdefault(int(self._group[at]), [])
            for start, end in own:
                ground.take_line(start, end, self._beside, _OF_LINES, -1)
            symbol = self._place(at, ground)
            if symbol is None and only_numbers and len(self._nodes[at]) == 1:
                symbol = self._place_number(at, ground)
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
            self._take_line(ground, symbol, own)
            checkpoint()
        return moved, without

    def _group_at(self, foot: tuple[float, float]) -> int:
        """The group whose dot a line from there begins at; -1 for none."""
        apart = np.hypot(*(self._places - foot).T) if len(self._places) else np.zeros(0)
        near = np.flatnonzero(apart < _SAME_PX * self._request.scale)
        return int(self._group[near[0]]) if len(near) else -1

    def _take_line(
        self,
        ground: FreeGround,
        symbol: MovedSymbol,
        own: list[tuple[tuple[float, float], tuple[float, float]]],
    ) -> None:
        """Take the ground of a line. Where it begins, others from the same dot (`own`) may be close to it."""
        if not symbol.has_line:
            return
        self._drawn.append((*symbol.foot, *symbol.end))
        begin = self._along(symbol.foot, symbol.end, _STAR_PX * self._request.scale)
        own.append((symbol.foot, begin))
        ground.take_line(symbol.foot, begin, self._beside, _OF_LINES)
        ground.take_line(symbol.foot, begin, self._beside, _OF_SIGNS)
        ground.take_line(begin, symbol.end, self._beside)

    def _take_dot(self, ground: FreeGround, x: float, y: float, times: int = 1) -> None:
        ground.take_box(_about(x, y, self.dot, self.dot), self._gap, times=times)

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

    def _place(self, at: int, ground: FreeGround) -> MovedSymbol | None:
        """The best free place of a node with its number. A sign for several may stand on their own places."""
        if len(self._nodes[at]) == 1:
            return self._placed(at, ground, self._ways, self._numbers, _WIDE)
        own = self._visible[self._visible_of == at].tolist()
        for x, y in own:
            self._take_dot(ground, x, y, -1)
        symbol = self._placed(at, ground, self._joined_ways, self._joined_numbers, _WIDEST)
        for x, y in own:
            self._take_dot(ground, x, y)
        return symbol

    def _placed(self, at: int, ground: FreeGround, ways: Floats, numbers: Floats, size: int) -> MovedSymbol | None:
        radius, is_joined = self._request.radius, size == _WIDEST
        wide, high = self._request.joined_number if is_joined else self._request.number
        x, y = self._places[self._group[at]].tolist()
        free = np.flatnonzero(~ground.is_taken(_SYMBOL, ways[:, 0] + x, ways[:, 1] + y))
        middles = numbers[free]
        free = free[~ground.is_taken(size, middles[:, 0] + x, middles[:, 1] + y)]
        order = free[np.argsort(self._costs(ways[free], at, (x, y)), kind="stable")]
        ends = ways[order] * _share_outside(ways[order], radius, radius, is_box=False)
        first = self._first_free(ends, (x, y), ground)
        if first is None:
            return None
        (dx, dy), end, middle = ways[order[first]].tolist(), ends[first].tolist(), numbers[order[first]].tolist()
        number = _about(x + middle[0], y + middle[1], wide / 2, high / 2)
        joins = self._nodes[at] if is_joined else ()
        is_here = math.hypot(dx, dy) < 1e-6
        here, there = (x, y), (x + dx, y + dy)
        return MovedSymbol(*(here if is_here else there), here, (x + end[0], y + end[1]), number, joins=joins)

    def _place_number(self, at: int, ground: FreeGround) -> MovedSymbol | None:
        """The best free place of a number that stands for its symbol."""
        ways, (wide, high) = self._number_ways, self._request.number
        x, y = self._places[self._group[at]].tolist()
        free = np.flatnonzero(~ground.is_taken(_WIDE, ways[:, 0] + x, ways[:, 1] + y))
        order = free[np.argsort(self._costs(ways[free], at, (x, y)), kind="stable")]
        ends = ways[order] * _share_outside(ways[order], wide / 2, high / 2, is_box=True)
        first = self._first_free(ends, (x, y), ground)
        if first is None:
            return None
        (dx, dy), end = ways[order[first]].tolist(), ends[first].tolist()
        number = _about(x + dx, y + dy, wide / 2, high / 2)
        return MovedSymbol(x + dx, y + dy, (x, y), (x + end[0], y + end[1]), number, True)

    def _first_free(self, ends: Floats, place: tuple[float, float], ground: FreeGround) -> int | None:
        """The first line from a place that runs over nothing; a few are looked at together."""
        for begin in range(0, len(ends), _AT_ONCE):
            free = np.flatnonzero(~self._cross(ends[begin : begin + _AT_ONCE], place, ground))
            if len(free):
                return begin + int(free[0])
        return None

    def _cross(self, ends: Floats, place: tuple[float, float], ground: FreeGround) -> NDArray[np.bool_]:
        """(n,) True for lines from a place that run over something, apart from the dot that they begin at.

        Close to that dot they may run beside other lines, and yet cross none.
        """
        lengths = np.maximum(np.hypot(*ends.T), 1e-9)
        begin = self.dot + self._gap + self._beside
        steps = max(2, math.ceil(float(lengths.max()) / 1.0))
        along = begin + (lengths[:, None] - begin) * np.linspace(0.0, 1.0, steps)
        unit = ends / lengths[:, None]
        x, y = place[0] + unit[:, :1] * along, place[1] + unit[:, 1:] * along
        blocked: NDArray[np.bool_] = ground.is_taken(_LINE, x.ravel(), y.ravel()).reshape(x.shape).any(axis=1)
        return (blocked & (lengths > begin)) | _cross_lines(ends, place, self._drawn)

    def _costs(self, ways: Floats, at: int, place: tuple[float, float]) -> Floats:
        """Length of the line, more where it leads into the crowd, and where the symbol stands on a line of the map."""
        radius, length = self._request.radius, np.hypot(*ways.T)
        off = np.array(place) - self._places
        weights = np.exp(-np.hypot(*off.T) / (4 * radius))
        outward = (off * weights[:, None]).sum(axis=0)
        size = float(np.hypot(*outward))
        close = int((np.abs(off[self._is_crowded]).max(axis=1) < _WALLED * radius).sum())
        ring = min(_RING * close * radius, 0.8 * self._farthest) if len(self._nodes[at]) == 1 else 0.0
        costs: Floats = np.abs(length - ring)
        if size > _SAME_PX:
            costs += _OUTWARD * radius * (1 - ways @ outward / (np.maximum(length, 1e-9) * size))
        on_line = self._lines.is_taken(0, ways[:, 0] + place[0], ways[:, 1] + place[1])
        costs += _ON_LINE * radius * on_line
        costs += _IN_CROWD * radius * self._walled.counts(0, ways[:, 0] + place[0], ways[:, 1] + place[1])
        return costs


def _cross_lines(
    ends: Floats, place: tuple[float, float], drawn: Sequence[tuple[float, float, float, float]]
) -> NDArray[np.bool_]:
    """(n,) True for lines from a place that cross lines from other places."""
    others = np.array([line for line in drawn if line[:2] != place], np.float64).reshape(-1, 4)
    start, end = others[None, :, :2] - place, others[None, :, 2:] - place
    way = ends[:, None, :]
    are_sides_other = _turn(way, start) * _turn(way, end) < 0
    along = end - start
    crosses: NDArray[np.bool_] = are_sides_other & (_turn(along, -start) * _turn(along, way - start) < 0)
    return crosses.any(axis=1)


def _turn(way: Floats, other_way: Floats) -> Floats:
    """Twice the area of the triangles that two ways make, negative for a turn to the other side."""
    return way[..., 0] * other_way[..., 1] - way[..., 1] * other_way[..., 0]


def _ways(least: float, most: float) -> tuple[Floats, Floats]:
    """Ways in all directions at growing distances; each ring is turned by half a step."""
    lengths = least * np.geomspace(1.0, max(most / least, 1.01), _LENGTHS)
    turns = (np.arange(_TURNS)[None, :] + 0.5 * (np.arange(_LENGTHS)[:, None] % 2)) * 2 * math.pi / _TURNS
    return (lengths[:, None] * np.cos(turns)).ravel(), (lengths[:, None] * np.sin(turns)).ravel()


def _share_outside(ways: Floats, half_x: float, half_y: float, *, is_box: bool) -> Floats:
    """(n, 1) The part of each way that lies outside the symbol, or the box of a number, at its end."""
    length = np.maximum(np.hypot(*ways.T), 1e-9)
    inside = np.full(len(ways), half_x)
    if is_box:
        with np.errstate(divide="ignore"):
            inside = np.minimum(half_x * length / np.abs(ways[:, 0]), half_y * length / np.abs(ways[:, 1]))
    share: Floats = (np.maximum(length - inside, 0.0) / length)[:, None]
    return share


def _about(x: float, y: float, half_x: float, half_y: float) -> Box:
    return Box(x - half_x, y - half_y, x + half_x, y + half_y)
