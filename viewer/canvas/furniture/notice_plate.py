"""The plate on the map with notices on its layers: it covers no mark, offers ways out, and a click closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import wrapped_lines
from viewer.canvas.labels.fonts import map_font
from viewer.rendering.service_state import WAY_WORDS, Notice, Way
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

_NOTE_CHARS = 300
type MarksIn = Callable[[View, float, float, float, float], Sequence[str]]

_TEXT_PX, _EDGE_PX, _GAP_PX = 12.0, 8.0, 12.0
_LINK_GAP_PX = 16.0
"""Gap between two ways out, in logical pixels."""
_CROSS_PX = 18.0
"""Width of the cross at the right, which shows that a click closes the plate."""
_WIDEST_PX, _MOST_LINES, _LINES_EACH = 460.0, 7, 3
MARK_PX = 18.0
"""Distance between the plate and the middle of a mark, in logical pixels."""
_GROUND, _FRAME = QColor(11, 20, 28, 225), QColor(255, 255, 255, 70)
_INK, _LINK_INK = QColor(255, 255, 255, 235), QColor("#7cc4ff")


class PlateLink(Struct, frozen=True):
    """A way out of the state of a layer, as words in a box of the plate."""

    layer_uuid: str
    way: Way
    words: str
    rect: QRectF
    """Box of the words, from the upper left corner of the plate, in picture pixels."""


class _Written(Struct, frozen=True):
    """The words of a plate: its lines with their distance from its top, its links, and its size.

    `notices` are those for which there was room.
    """

    notices: tuple[Notice, ...]
    lines: tuple[tuple[float, str], ...]
    links: tuple[PlateLink, ...]
    width: float
    height: float


class NoticePlate(Struct, frozen=True):
    """A plate where it is painted; `text` is all of it, and its lines may be a shortened form."""

    text: str
    written: _Written
    rect: QRectF
    """Box of the plate, in picture pixels."""
    matters: frozenset[tuple[str, str, str]]
    """The matters of its notices."""

    @property
    def links(self) -> tuple[PlateLink, ...]:
        """Its ways out."""
        return self.written.links

    def paint(self, painter: QPainter, ratio: float) -> None:
        font = map_font(_TEXT_PX * ratio)
        metrics, edge = QFontMetricsF(font), _EDGE_PX * ratio
        painter.save()
        painter.fillRect(self.rect, _GROUND)
        painter.setPen(_FRAME)
        painter.drawRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(font)
        painter.setPen(_INK)
        for top, line in self.written.lines:
            painter.drawText(self.rect.topLeft() + QPointF(edge, top + metrics.ascent()), line)
        right = self.rect.right() - edge - metrics.horizontalAdvance("×")
        painter.drawText(QPointF(right, self.rect.top() + edge + metrics.ascent()), "×")
        underlined = QFont(font)
        underlined.setUnderline(True)
        painter.setFont(underlined)
        painter.setPen(_LINK_INK)
        for link in self.links:
            at = self.rect.topLeft() + link.rect.topLeft()
            painter.drawText(at + QPointF(0, metrics.ascent()), link.words)
        painter.restore()

    def link_at(self, at: QPointF) -> PlateLink | None:
        """The way out at a pixel of the picture; None beside them."""
        place = at - self.rect.topLeft()
        return next((link for link in self.links if link.rect.contains(place)), None)


class Notices:
    """Remembers which notices have been closed; the badges of their layers still show them."""

    def __init__(self) -> None:
        self._closed: set[tuple[str, str, str]] = set()

    def take_click(self, plate: NoticePlate, at: QPointF) -> PlateLink | None:
        """The way out that was clicked on a plate; a click beside one closes the plate's notices."""
        link = plate.link_at(at)
        if link is None:
            self._closed |= plate.matters
        return link

    def forget(self) -> None:
        """Forget what was closed, as another case is shown."""
        self._closed.clear()

    def paint(
        self,
        painter: QPainter,
        view: View,
        notices: Sequence[Notice],
        corner_boxes: Sequence[QRectF],
        marks_in: MarksIn,
    ) -> NoticePlate | None:
        """Paint the plate, and return it."""
        plate = self.plate(view, notices, corner_boxes, marks_in)
        if plate is not None:
            plate.paint(painter, view.ratio)
        return plate

    def plate(
        self, view: View, notices: Sequence[Notice], corner_boxes: Sequence[QRectF], marks_in: MarksIn
    ) -> NoticePlate | None:
        """The plate with the notices that are not closed, at the first place that covers nothing; None without one.

        `corner_boxes` are the boxes of the texts that stand in the corners already; `marks_in` gives the marks in a box
        of a view, which is passed as left, top, right, bottom.
        """
        shown = [notice for notice in notices if notice.matter not in self._closed]
        if not shown:
            return None
        r = view.ratio
        written = _written(shown, r, min(_WIDEST_PX * r, view.width - 2 * _GAP_PX * r))
        hint = translate("overlays", "A click closes this; the layer's badge goes on to say it.")
        text = "\n".join([*(in_language(notice.sentence) for notice in written.notices), hint])
        for rect in _places(view, written.width, written.height):
            around = rect.adjusted(-MARK_PX * r, -MARK_PX * r, MARK_PX * r, MARK_PX * r)
            if any(rect.intersects(other) for other in corner_boxes):
                continue
            if not marks_in(view, around.left(), around.top(), around.right(), around.bottom()):
                matters = frozenset(matter for notice in written.notices for matter in notice.matters)
                return NoticePlate(text, written, rect, matters)
        return None


def _written(notices: Sequence[Notice], ratio: float, widest: float) -> _Written:
    """The notices in lines, each with its ways out in a line below it, as many as there is room for."""
    metrics = QFontMetricsF(map_font(_TEXT_PX * ratio))
    edge, cross = _EDGE_PX * ratio, _CROSS_PX * ratio
    room = max(widest - 2 * edge - cross, 1.0)
    lines: list[tuple[float, str]] = []
    links: list[PlateLink] = []
    top, right, count = edge, 0.0, 0
    shown: list[Notice] = []
    for notice in notices:
        words = one_line(in_language(notice.sentence), _NOTE_CHARS)
        sentence = wrapped_lines(words, metrics, room, _LINES_EACH)
        if lines and count + len(sentence) + bool(notice.state.ways) > _MOST_LINES:
            break
        shown.append(notice)
        for line in sentence:
            lines.append((top, line))
            right = max(right, metrics.horizontalAdvance(line))
            top += metrics.height()
        left = edge
        for way in notice.state.ways:
            text = in_language(WAY_WORDS[way])
            width = metrics.horizontalAdvance(text)
            links.append(PlateLink(notice.layer_uuid, way, text, QRectF(left, top, width, metrics.height())))
            right = max(right, left - edge + width)
            left += width + _LINK_GAP_PX * ratio
        top += metrics.height() if notice.state.ways else 0.0
        count += len(sentence) + bool(notice.state.ways)
    return _Written(tuple(shown), tuple(lines), tuple(links), right + 2 * edge + cross, top + edge)


def _places(view: View, width: float, height: float) -> list[QRectF]:
    """Boxes for a plate along the edges of the picture, the lower left first."""
    gap = _GAP_PX * view.ratio
    across = (gap, (view.width - width) / 2, view.width - gap - width)
    down = (view.height - 4 * gap - height, view.height - 8 * gap - height, gap, (view.height - height) / 2)
    whole = QRectF(0, 0, view.width, view.height)
    rects = (QRectF(left, top, width, height) for top, left in product(down, across))
    return [rect for rect in rects if whole.contains(rect)]
