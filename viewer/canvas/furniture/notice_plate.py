"""The plate on the map with notices on its layers: it covers no mark, and a click closes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import wrapped_lines
from viewer.canvas.labels.fonts import map_font
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

_NOTE_CHARS = 300
type MarksIn = Callable[[View, float, float, float, float], Sequence[str]]

_TEXT_PX, _EDGE_PX, _GAP_PX = 12.0, 8.0, 12.0
_CROSS_PX = 18.0
"""Width of the cross at the right, which shows that a click closes the plate."""
_WIDEST_PX, _MOST_LINES = 460.0, 4
MARK_PX = 18.0
"""Distance between the plate and the middle of a mark, in logical pixels."""
_GROUND, _INK = QColor(11, 20, 28, 225), QColor(255, 255, 255, 235)
_NUMBERS = re.compile(r"[\d.,\s\u202f]+")


class NoticePlate(Struct, frozen=True):
    """A plate where it is painted; `text` is all of it, and `lines` may be a shortened form."""

    text: str
    lines: tuple[str, ...]
    rect: QRectF
    """Box of the plate, in picture pixels."""
    matters: frozenset[str]
    """Its notices, without the numbers in them."""

    def paint(self, painter: QPainter, ratio: float) -> None:
        font = map_font(_TEXT_PX * ratio)
        metrics, inside = QFontMetricsF(font), self.rect.adjusted(*(_edges(ratio)))
        painter.save()
        painter.fillRect(self.rect, _GROUND)
        painter.setFont(font)
        painter.setPen(_INK)
        for number, line in enumerate(self.lines):
            painter.drawText(QPointF(inside.left(), inside.top() + metrics.ascent() + number * metrics.height()), line)
        painter.drawText(QPointF(inside.right() - metrics.horizontalAdvance("×"), inside.top() + metrics.ascent()), "×")
        painter.restore()


class Notices:
    """Remembers which notices have been closed; the badges of their layers still show them."""

    def __init__(self) -> None:
        self._closed: set[str] = set()

    def take_click(self, plate: NoticePlate | None, at: QPointF) -> bool:
        """Close the notices of a plate that was clicked; False for a click beside it."""
        is_meant = plate is not None and plate.rect.contains(at)
        if plate is not None and is_meant:
            self._closed |= plate.matters
        return is_meant

    def forget(self) -> None:
        """Forget what was closed, as another case is shown."""
        self._closed.clear()

    def paint(
        self, painter: QPainter, view: View, notes: Sequence[str], corner_boxes: Sequence[QRectF], marks_in: MarksIn
    ) -> NoticePlate | None:
        """Paint the plate, and return it."""
        plate = self.plate(view, notes, corner_boxes, marks_in)
        if plate is not None:
            plate.paint(painter, view.ratio)
        return plate

    def plate(
        self, view: View, notes: Sequence[str], corner_boxes: Sequence[QRectF], marks_in: MarksIn
    ) -> NoticePlate | None:
        """The plate with the notices that are not closed, at the first place that covers nothing; None without one.

        `corner_boxes` are the boxes of the texts that stand in the corners already; `marks_in` gives the marks in a box
        of a view, which is passed as left, top, right, bottom.
        """
        open_notes = [one_line(note, _NOTE_CHARS) for note in notes if _matter(note) not in self._closed]
        if not open_notes:
            return None
        r = view.ratio
        metrics = QFontMetricsF(map_font(_TEXT_PX * r))
        room = min(_WIDEST_PX * r, view.width - 2 * _GAP_PX * r) - (2 * _EDGE_PX + _CROSS_PX) * r
        lines = [line for note in open_notes for line in wrapped_lines(note, metrics, max(room, 1.0), 2)][:_MOST_LINES]
        width = max(metrics.horizontalAdvance(line) for line in lines) + (2 * _EDGE_PX + _CROSS_PX) * r
        height = metrics.height() * len(lines) + 2 * _EDGE_PX * r
        hint = translate("overlays", "A click closes this; the layer's badge goes on to say it.")
        text = "\n".join([*open_notes, hint])
        for rect in _places(view, width, height):
            around = rect.adjusted(-MARK_PX * r, -MARK_PX * r, MARK_PX * r, MARK_PX * r)
            if any(rect.intersects(other) for other in corner_boxes):
                continue
            if not marks_in(view, around.left(), around.top(), around.right(), around.bottom()):
                return NoticePlate(text, tuple(lines), rect, frozenset(map(_matter, notes)))
        return None


def _edges(ratio: float) -> tuple[float, float, float, float]:
    edge = _EDGE_PX * ratio
    return edge, edge, -edge, -edge


def _places(view: View, width: float, height: float) -> list[QRectF]:
    """Boxes for a plate along the edges of the picture, the lower left first."""
    gap = _GAP_PX * view.ratio
    across = (gap, (view.width - width) / 2, view.width - gap - width)
    down = (view.height - 4 * gap - height, view.height - 8 * gap - height, gap, (view.height - height) / 2)
    whole = QRectF(0, 0, view.width, view.height)
    rects = (QRectF(left, top, width, height) for top, left in product(down, across))
    return [rect for rect in rects if whole.contains(rect)]


def _matter(note: str) -> str:
    """The words of a notice without numbers, which change with the scale."""
    return _NUMBERS.sub(" ", note)
