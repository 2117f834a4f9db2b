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
from viewer.export.plates.setting.piece import fine_pen
from viewer.support.painting import part_of_picture

LEAST_RADIUS, MOST_RADIUS = 4.6, 11.0
"""Least and greatest radius of a symbol on a page, in logical pixels; a smaller one is not told from another."""
_RADIUS_OF_SIDE = 0.33
"""Radius of symbols for the root of the side of a square as large as the map: larger on larger maps, but less so."""
_CLAIM, _SETTING = 1, 2
_DOT_SIZE = 1.9
"""Radius of a dot that stands for a symbol, relative to that of a dot at the foot of a line."""
_LINE_PX, _HALO_PX = 0.9, 2.4


class MarkPart(NamedTuple):
    """One place of a mark: the copy of the world it is in, the mark, and the place's number of several."""

    copy: int
    uuid: str
    part: int


class SpreadMarks(Struct, frozen=True):
    """Places of the symbols of a map on its page, in logical pixels from the frame's corner.

    `moved` stand beside their true places, `dots` are only dots at theirs; all others stand where they are.
    """

    symbol_scale: float = 1.0
    moved: dict[MarkPart, MovedSymbol] = {}
    dots: frozenset[MarkPart] = frozenset()
    dot_radius: float = 0.0

    def frame(self, copy: int, frame: SiteFrame, view: View) -> SiteFrame:
        """A frame with its symbols where they stand. `view`: the map's view in logical pixels."""
        scale = frame.view.width / view.width
        px, py, is_symbol = frame.px.copy(), frame.py.copy(), frame.is_symbol.copy()
        # A symbol whose place lies beyond the edge would be cut by it.
        is_symbol &= (px >= 0) & (px <= frame.view.width) & (py >= 0) & (py <= frame.view.height)
        if self.moved or self.dots:
            for at in np.flatnonzero(is_symbol).tolist():
                part = part_of(copy, frame, at)
                symbol = self.moved.get(part)
                if symbol is not None and not symbol.is_number:
                    px[at], py[at] = symbol.x * scale, symbol.y * scale
                elif symbol is not None or part in self.dots:
                    is_symbol[at] = False
        return frame.rearranged(px, py, is_symbol, self.symbol_scale)

    def lines(self) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
        """The lines from dots to symbols: mark, dot and end."""
        return [(part.uuid, symbol.foot, symbol.end) for part, symbol in self.moved.items()]

    def leading_to(self, numbered: Collection[str]) -> SpreadMarks:
        """The same, but marks without a number are only dots where their line would lead to one."""
        idle = {part for part, symbol in self.moved.items() if symbol.is_number and part.uuid not in numbered}
        moved = {part: symbol for part, symbol in self.moved.items() if part not in idle}
        return replace(self, moved=moved, dots=self.dots | idle) if idle else self

    def of_marks(self) -> dict[str, MovedSymbol]:
        """The first moved symbol of each mark."""
        moved: dict[str, MovedSymbol] = {}
        for part, symbol in self.moved.items():
            moved.setdefault(part.uuid, symbol)
        return moved

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


def spread_marks(
    frames: Sequence[SiteFrame],
    view: View,
    number: tuple[float, float],
    obstacles: Sequence[Box],
    lines: Sequence[Box],
    checkpoint: Checkpoint = unchecked,
) -> SpreadMarks:
    """Spread the symbols of a map clear of `obstacles` and, where they can be, of `lines`.

    `number`: width and height of a mark's number. Very many symbols are dots that nobody can spread.
    """
    scale = symbol_scale(view)
    parts, places, ranks = list[MarkPart](), list[tuple[float, float]](), list[int]()
    standing = list(obstacles)
    for copy, frame in enumerate(frames):
        if frame.compact:
            return SpreadMarks(scale)
        standing += [sign.box(frame.scale) for _, sign in frame.signs]
        inside = (frame.px >= 0) & (frame.px <= view.width) & (frame.py >= 0) & (frame.py <= view.height)
        for at in np.flatnonzero(frame.is_symbol & inside).tolist():
            parts.append(part_of(copy, frame, at))
            places.append((float(frame.px[at]), float(frame.py[at])))
            ranks.append(_CLAIM if frame.is_claim[at] else _SETTING)
    radius = SYMBOL_RADIUS_PX * view.ratio * scale
    margin = 1.5 * view.ratio
    room = Box(margin, margin, view.width - margin, view.height - margin)
    request = SpreadRequest(places, ranks, radius, number, room, standing, lines, view.ratio)
    spread = spread_symbols(request, checkpoint)
    return SpreadMarks(
        scale * spread.radius / radius,
        {parts[at]: symbol for at, symbol in spread.moved.items()},
        frozenset(parts[at] for at in spread.dots),
        spread.dot_radius,
    )


def paint_spread(
    painter: QPainter, spread: SpreadMarks, frames: Sequence[SiteFrame], view: View, inks: tuple[str, str]
) -> None:
    """Paint the dots at the true places of moved symbols, and the lines between them.

    `view`: the map's view in logical pixels; `inks`: colours of lines and halos. Halos come first.
    """
    if not (spread.moved or spread.dots) or not frames:
        return
    color, halo = inks
    colors = _colors(frames)
    with part_of_picture(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = frames[0].view.width / view.width
        painter.scale(scale, scale)
        sizes = [(QColor(halo), _HALO_PX * view.ratio, 0.9 * view.ratio), (QColor(color), _LINE_PX * view.ratio, 0.0)]
        for ink, width, rim in sizes:
            painter.setPen(fine_pen(painter, ink, width, Qt.PenCapStyle.RoundCap))
            for _, foot, end in spread.lines():
                painter.drawLine(QLineF(*foot, *end))
            painter.setPen(Qt.PenStyle.NoPen)
            for part, symbol in spread.moved.items():
                painter.setBrush(ink if rim else QColor(colors.get(part.uuid, color)))
                _paint_dot(painter, symbol.foot, spread.dot_radius + rim + 0.4 * view.ratio)
            for part in sorted(spread.dots):
                painter.setBrush(QColor("#fbfdfe") if rim else QColor(colors.get(part.uuid, color)))
                _paint_dot(painter, place_of(frames, part, scale), _DOT_SIZE * spread.dot_radius + rim)


def _paint_dot(painter: QPainter, at: tuple[float, float], radius: float) -> None:
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
