"""The marks of a map spread on its page: symbols of the page's size, those of a crowd beside it with lines to dots."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import Box
from layers.vector.labels.spread import MovedSymbol, SpreadRequest, spread_symbols
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_symbol_painter import SYMBOL_RADIUS_PX
from viewer.export.plates.setting.lettering import TextLine, Type, paint_lines
from viewer.export.plates.setting.piece import fine_pen
from viewer.support.painting import part_of_picture

LEAST_RADIUS, MOST_RADIUS = 4.6, 8.5
"""Least and greatest radius of a symbol on a page, in logical pixels; a smaller one is not told from another."""
_RADIUS_OF_SIDE = 0.27
"""Radius of symbols for the root of the side of a square as large as the map: larger on larger maps, but less so."""
CLAIM_SCALE = 1.3
"""Size of the symbols of those named in a claim, of which the map is, relative to those of their setting."""
FARTHEST_PX = 30.0
"""Greatest distance of a symbol from its true place, 8 mm on paper, in logical pixels: farther off nobody looks."""
_CLAIM, _SETTING = 1, 2
_DOT_SIZE = 1.5
"""Radius of a dot that stands for a symbol, relative to that of a dot at the foot of a line."""
_LINE_PX, _HALO_PX, _RIM_PX = 1.1, 2.6, 0.9
_STACK_SIZE = 1.15
"""Radius of the sign for several marks, relative to that of a symbol."""
_STACK_INK, _STACK_GROUND = "#0b141c", "#fbfdfe"


class MarkPart(NamedTuple):
    """One place of a mark: the copy of the world it is in, the mark, and the place's number of several."""

    copy: int
    uuid: str
    part: int


class SpreadMarks(Struct, frozen=True):
    """Places of the symbols of a map on its page, in logical pixels from the frame's corner.

    `moved` stand beside their true places, `dots` are only dots at theirs; all others stand where they are. A sign for
    several stands for the first of its `stacks`, all of which are dots.
    """

    symbol_scale: float = 1.0
    claim_scale: float = 1.0
    moved: dict[MarkPart, MovedSymbol] = {}
    dots: frozenset[MarkPart] = frozenset()
    dot_radius: float = 0.0
    stacks: dict[MarkPart, tuple[MarkPart, ...]] = {}
    radius: float = 0.0
    """Radius of a symbol of the setting."""

    def frame(self, copy: int, frame: SiteFrame, view: View) -> SiteFrame:
        """A frame with its symbols where they stand. `view`: the map's view in logical pixels."""
        scale = frame.view.width / view.width
        px, py, is_symbol = frame.px.copy(), frame.py.copy(), frame.is_symbol.copy()
        # A symbol whose place lies beyond the edge would be cut by it.
        is_symbol &= (px >= 0) & (px <= frame.view.width) & (py >= 0) & (py <= frame.view.height)
        hidden = self.hidden
        if self.moved or hidden:
            for at in np.flatnonzero(is_symbol).tolist():
                part = part_of(copy, frame, at)
                symbol = self.moved.get(part)
                if part in hidden:
                    is_symbol[at] = False
                elif symbol is not None:
                    px[at], py[at] = symbol.x * scale, symbol.y * scale
        return frame.rearranged(px, py, is_symbol, self.symbol_scale, self.claim_scale)

    @property
    def hidden(self) -> frozenset[MarkPart]:
        """The marks whose own symbols are not drawn."""
        stacked = {part for stack in self.stacks.values() for part in stack}
        numbers = {part for part, symbol in self.moved.items() if symbol.is_number}
        return frozenset(self.dots | stacked | numbers)

    def lines(self) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
        """The lines from dots to symbols: mark, dot and end."""
        return [(part.uuid, symbol.foot, symbol.end) for part, symbol in self.moved.items() if symbol.has_line]

    def signs(self) -> list[str]:
        """The kinds of signs that a legend has to explain."""
        kinds = {
            "moved": any(symbol.has_line for symbol in self.moved.values()),
            "stack": bool(self.stacks),
            "dot": bool(self.dots),
        }
        return [kind for kind, is_drawn in kinds.items() if is_drawn]

    def leading_to(self, numbered: Collection[str]) -> SpreadMarks:
        """The same, but marks without a number are only dots where their line would lead to one."""
        idle = {part for part, symbol in self.moved.items() if symbol.is_number and part.uuid not in numbered}
        moved = {part: symbol for part, symbol in self.moved.items() if part not in idle}
        return replace(self, moved=moved, dots=self.dots | idle) if idle else self

    def of_marks(self) -> dict[str, MovedSymbol]:
        """The first moved symbol of each mark, or the sign that stands for it and others."""
        moved: dict[str, MovedSymbol] = {}
        for part, symbol in self.moved.items():
            moved.setdefault(part.uuid, symbol)
        return moved

    def stacked(self) -> dict[str, tuple[str, ...]]:
        """Uuids of the marks in each sign for several, by the first of them."""
        stacks: dict[str, tuple[str, ...]] = {}
        for first, parts in self.stacks.items():
            stacks.setdefault(first.uuid, tuple(dict.fromkeys(part.uuid for part in parts)))
        return stacks

    def stack_boxes(self) -> list[tuple[str, Box]]:
        """The boxes of the signs for several, each with its first mark."""
        radius = _STACK_SIZE * self.radius
        places = [(part.uuid, self.moved[part]) for part in self.stacks]
        return [(u, Box(at.x - radius, at.y - radius, at.x + radius, at.y + radius)) for u, at in places]

    def places_of_dots(
        self, frames: Sequence[SiteFrame], scale: float = 1.0
    ) -> list[tuple[MarkPart, tuple[float, float], bool]]:
        """The dots: mark, place in logical pixels, and whether the dot stands for its symbol.

        Those below a sign for several are none. `scale`: pixels of the frames in a logical pixel.
        """
        feet = [(part, symbol.foot, False) for part, symbol in self.moved.items() if symbol.has_line]
        feet = [foot for foot in feet if foot[0] not in self.stacks]
        feet += [(part, place_of(frames, part, scale), True) for part in sorted(self.dots)]
        for first, stack in self.stacks.items():
            sign = self.moved[first]
            places = [(part, place_of(frames, part, scale), False) for part in stack]
            feet += [at for at in places if math.hypot(at[1][0] - sign.x, at[1][1] - sign.y) > self.radius]
        return feet

    def dot_marks(self) -> frozenset[str]:
        """The marks that are shown only as dots."""
        return frozenset(part.uuid for part in self.dots) - {part.uuid for part in self.moved}


def part_of(copy: int, frame: SiteFrame, at: int) -> MarkPart:
    row = int(frame.rows[at])
    uuid = frame.index.uuids[row]
    return MarkPart(copy, uuid, row - min(frame.index.rows_of(uuid)))


def symbol_scale(view: View) -> float:
    """The size of symbols on a page, relative to the screen's: that of the map, within what can be read."""
    radius: float = _RADIUS_OF_SIDE * math.sqrt(math.sqrt(view.width * view.height))
    return min(max(radius, LEAST_RADIUS), MOST_RADIUS) / (SYMBOL_RADIUS_PX * view.ratio)


class SpreadRoom(Struct, frozen=True):
    """The sizes of the names beside symbols that are spread, and what these keep clear of.

    `beside`: width and height of a name beside a moved symbol; `joined`: of the numbers of several marks in one sign.
    `obstacles` stand fast; `lines` are those of the map, which symbols keep off where they can. `dotted`: uuids of
    marks that are only dots on this map. `first`: uuid of the mark that is spread with those named in a claim, the site
    that the page is of.
    """

    beside: tuple[float, float]
    joined: tuple[float, float] = (0.0, 0.0)
    obstacles: Sequence[Box] = ()
    lines: Sequence[Box] = ()
    dotted: frozenset[str] = frozenset()
    first: str = ""


class _Symbols(Struct):
    """The symbols of a map at their true places: their parts, places in logical pixels, and whether each is a claim's.

    `standing`: boxes of texts, numbers and callouts.
    """

    parts: list[MarkPart]
    places: list[tuple[float, float]]
    is_claim: list[bool]
    standing: list[Box]

    def of(self, *, claims: bool) -> list[int]:
        return [at for at, is_claim in enumerate(self.is_claim) if is_claim == claims]


def _symbols_of(frames: Sequence[SiteFrame], view: View, first: str) -> _Symbols | None:
    """The symbols in a map; None for very many, which are dots that nobody can spread.

    The mark `first` counts as named in a claim.
    """
    symbols = _Symbols([], [], [], [])
    for copy, frame in enumerate(frames):
        if frame.compact:
            return None
        symbols.standing += [sign.box(frame.scale) for _, sign in frame.signs]
        inside = (frame.px >= 0) & (frame.px <= view.width) & (frame.py >= 0) & (frame.py <= view.height)
        for at in np.flatnonzero(frame.is_symbol & inside).tolist():
            symbols.parts.append(part_of(copy, frame, at))
            symbols.places.append((float(frame.px[at]), float(frame.py[at])))
            symbols.is_claim.append(bool(frame.is_claim[at]) or symbols.parts[-1].uuid == first)
    return symbols


def spread_claims(
    frames: Sequence[SiteFrame], view: View, room: SpreadRoom, checkpoint: Checkpoint = unchecked
) -> SpreadMarks:
    """Spread the symbols of those named in a claim, which have the first choice of places; all others are dots yet."""
    scale = symbol_scale(view)
    symbols = _symbols_of(frames, view, room.first)
    if symbols is None:
        return SpreadMarks(scale)
    claims, others = symbols.of(claims=True), symbols.of(claims=False)
    radius = SYMBOL_RADIUS_PX * view.ratio * scale
    request = SpreadRequest(
        [symbols.places[at] for at in claims],
        [_CLAIM] * len(claims),
        CLAIM_SCALE * radius,
        room.beside,
        _inside(view),
        [*symbols.standing, *room.obstacles],
        room.lines,
        view.ratio,
        FARTHEST_PX,
        feet=[symbols.places[at] for at in others],
    )
    spread = spread_symbols(request, checkpoint)
    waiting = {symbols.parts[at] for at in others}
    return SpreadMarks(
        scale,
        spread.radius / radius if claims else CLAIM_SCALE,
        {symbols.parts[claims[at]]: symbol for at, symbol in spread.moved.items()},
        frozenset(symbols.parts[claims[at]] for at in spread.dots) | waiting,
        spread.dot_radius,
        radius=radius,
    )


def spread_setting(
    frames: Sequence[SiteFrame],
    view: View,
    room: SpreadRoom,
    claims: SpreadMarks,
    checkpoint: Checkpoint = unchecked,
) -> SpreadMarks:
    """Spread all other symbols beside those of `claims`, each with room for its number.

    Those without room are joined in signs for several.
    """
    symbols = _symbols_of(frames, view, room.first)
    if symbols is None:
        return claims
    parts, places, radius = symbols.parts, symbols.places, claims.radius
    dotted = {at for at in symbols.of(claims=False) if parts[at].uuid in room.dotted}
    others = [at for at in symbols.of(claims=False) if at not in dotted]
    firm = symbols.of(claims=True)
    lost = {part for part in claims.dots if part in {parts[at] for at in firm}}
    reach = radius * claims.claim_scale
    stand = [_place_on_page(claims, parts[at], places[at]) for at in firm if parts[at] not in lost]
    boxes = [Box(x - reach, y - reach, x + reach, y + reach) for x, y in stand]
    moved = [symbol for symbol in claims.moved.values() if symbol.has_line]
    is_seen = [at for at in firm if parts[at] in lost or parts[at] in claims.moved]
    request = SpreadRequest(
        [places[at] for at in others],
        [_SETTING] * len(others),
        radius,
        room.beside,
        _inside(view),
        [*symbols.standing, *room.obstacles, *boxes],
        room.lines,
        view.ratio,
        FARTHEST_PX,
        room.joined,
        [*(places[at] for at in is_seen), *(places[at] for at in sorted(dotted))],
        moved,
    )
    spread = spread_symbols(request, checkpoint)
    factor = spread.radius / radius
    stacks = {
        parts[others[at]]: tuple(parts[others[of]] for of in symbol.joins)
        for at, symbol in spread.moved.items()
        if symbol.joins
    }
    return SpreadMarks(
        claims.symbol_scale * factor,
        claims.claim_scale / factor,
        claims.moved | {parts[others[at]]: symbol for at, symbol in spread.moved.items()},
        frozenset(lost | {parts[others[at]] for at in spread.dots} | {parts[at] for at in dotted}),
        spread.dot_radius or claims.dot_radius,
        stacks,
        spread.radius,
    )


def _place_on_page(spread: SpreadMarks, part: MarkPart, place: tuple[float, float]) -> tuple[float, float]:
    symbol = spread.moved.get(part)
    return place if symbol is None else (symbol.x, symbol.y)


def _inside(view: View) -> Box:
    margin = 1.5 * view.ratio
    return Box(margin, margin, view.width - margin, view.height - margin)


def paint_leaders(
    painter: QPainter, spread: SpreadMarks, frames: Sequence[SiteFrame], view: View, inks: tuple[str, str]
) -> None:
    """Paint the lines from moved symbols to their true places, which lie below all symbols.

    `view`: the map's view in logical pixels; `inks`: colours of lines and halos. Halos come first.
    """
    lines = spread.lines()
    if not lines or not frames:
        return
    color, halo = inks
    with part_of_picture(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, ratio = frames[0].view.width / view.width, view.ratio
        painter.scale(scale, scale)
        for ink, width in ((QColor(halo), _HALO_PX * ratio), (QColor(color), _LINE_PX * ratio)):
            painter.setPen(fine_pen(painter, ink, width, Qt.PenCapStyle.RoundCap))
            for _, foot, end in lines:
                painter.drawLine(QLineF(*foot, *end))


def paint_spread(
    painter: QPainter, spread: SpreadMarks, frames: Sequence[SiteFrame], view: View, inks: tuple[str, str]
) -> None:
    """Paint the dots at the true places of moved symbols, and the signs for several, above all symbols.

    `view`: the map's view in logical pixels; `inks`: colours of lines and halos. Halos come first.
    """
    if not (spread.moved or spread.dots) or not frames:
        return
    color, halo = inks
    colors = _colors(frames)
    with part_of_picture(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale, ratio = frames[0].view.width / view.width, view.ratio
        places = spread.places_of_dots(frames, scale)
        painter.scale(scale, scale)
        painter.setPen(Qt.PenStyle.NoPen)
        for rim, ground in ((2 * _RIM_PX, QColor(halo)), (_RIM_PX, QColor(_STACK_GROUND)), (0.0, None)):
            for part, place, is_symbol in places:
                painter.setBrush(QColor(colors.get(part.uuid, color)) if ground is None else ground)
                radius = spread.dot_radius * (_DOT_SIZE if is_symbol else 1.0)
                paint_dot(painter, place, radius + rim * ratio)
        for first, stack in spread.stacks.items():
            sign = spread.moved[first]
            paint_stack(painter, (sign.x, sign.y), spread.radius, len(stack), colors.get(first.uuid, color))


def paint_stack(painter: QPainter, at: tuple[float, float], radius: float, count: int, color: str) -> None:
    """Paint the sign for several marks: a disc with their number, of the size of a symbol of that radius."""
    reach = _STACK_SIZE * radius
    painter.setPen(fine_pen(painter, QColor(color), 0.22 * reach))
    painter.setBrush(QColor(_STACK_GROUND))
    paint_dot(painter, at, 0.89 * reach)
    text = f"×{count}"  # a bare number would be that of a mark
    type_ = Type((1.0 if len(text) < 3 else 0.8 if len(text) < 4 else 0.65) * reach, bold=True)
    x, y = at[0] - type_.width(text) / 2, at[1] + 0.36 * type_.size
    paint_lines(painter, [TextLine(x, y, text, type_, _STACK_INK)])


def paint_dot(painter: QPainter, at: tuple[float, float], radius: float) -> None:
    painter.drawEllipse(QPointF(*at), radius, radius)


def _colors(frames: Sequence[SiteFrame]) -> dict[str, str]:
    return {
        frame.index.uuids[row]: frame.index.symbols[frame.index.symbol[row]].color
        for frame in frames
        for row in frame.rows.tolist()
    }


def place_of(frames: Sequence[SiteFrame], part: MarkPart, scale: float = 1.0) -> tuple[float, float]:
    """The true place of a mark, in pixels of which `scale` are a logical one."""
    frame = frames[part.copy]
    row = min(frame.index.rows_of(part.uuid)) + part.part
    at = int(np.flatnonzero(frame.rows == row)[0])
    return float(frame.px[at]) / scale, float(frame.py[at]) / scale
