"""The corners of the map on the screen: scale bar, north arrow, credits and a note, none covering another.

The note says that the canvas has no scale, and what the canvas cannot show.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from layers.geo.crs import PIXEL_SPACE, crs_name, is_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import (
    ARROW_ROOM_PX,
    north_arrow_rect,
    paint_attribution,
    paint_haloed_text,
    paint_north_arrow,
    paint_scale_bar,
    wrapped_lines,
)
from viewer.canvas.labels.fonts import map_font
from viewer.canvas.sites.unplaced import Unplaced
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

_NAME_CHARS = 60
_HEAD_PX, _TEXT_PX = 12.0, 11.0
_LEADING = 1.4
"""Distance between baselines, as a multiple of the letters' size."""
_MOST_HEIGHT = 0.4
"""Greatest height of the note, as a part of the picture's; longer texts are shortened."""


class CornerNote(Struct, frozen=True):
    """A note where it is painted; `text` is all of it, and `lines` may be a shortened form."""

    text: str
    lines: tuple[tuple[str, bool], ...]
    """Lines from the top, each with True for bold letters."""
    rect: QRectF
    """Box of the note, in picture pixels."""

    def paint(self, painter: QPainter, ratio: float) -> None:
        at = self.rect.bottomLeft()
        for line, is_bold in reversed(self.lines):
            size = (_HEAD_PX if is_bold else _TEXT_PX) * ratio
            paint_haloed_text(painter, at - QPointF(0, 0.2 * size), line, size, bold=is_bold)
            at -= QPointF(0, _LEADING * size)


def corner_note(view: View, unplaced: Unplaced, corner: QPointF, room: float) -> CornerNote | None:
    """The note with its lower left at the pixel `corner`, in lines of at most `room` pixels.

    None where there is nothing to say, or no room at all.
    """
    sentences = [(sentence, False) for sentence in unplaced.sentences()]
    if is_off_earth(view.grid.crs):
        sentences.insert(0, (_plane_sentence(view.grid.crs), True))
    r = view.ratio
    lines = _lines(sentences, max(room, 1.0), r, min(_MOST_HEIGHT * view.height, corner.y()))
    if not lines:
        return None
    height = sum(_height(is_bold, r) for _, is_bold in lines)
    width = max(_metrics(is_bold, r).horizontalAdvance(line) for line, is_bold in lines)
    rect = QRectF(corner.x(), corner.y() - height, width, height)
    return CornerNote("\n".join(sentence for sentence, _ in sentences), tuple(lines), rect)


def _plane_sentence(crs: str) -> str:
    name = translate("overlays", "Pixel space") if crs == PIXEL_SPACE else one_line(crs_name(crs), _NAME_CHARS)
    return translate("overlays", "{0}: no scale, no north").format(name)


def _lines(sentences: Sequence[tuple[str, bool]], room: float, r: float, most: float) -> list[tuple[str, bool]]:
    """Break sentences, True for bold, into lines `room` pixels wide and `most` high in all; the first ones stay whole.

    A sentence that does not fit ends in an ellipsis, as does the text where sentences were left out.
    """
    least = [_height(is_bold, r) for _, is_bold in sentences]
    fit = sum(sum(least[: at + 1]) <= most for at in range(len(least)))
    left = most - sum(least[:fit])
    lines = []
    for at, (sentence, is_bold) in enumerate(sentences[:fit]):
        text = sentence if at < fit - 1 or fit == len(sentences) else f"{sentence} …"
        more = max(int(left // least[at]), 0)
        wrapped = wrapped_lines(text, _metrics(is_bold, r), room, 1 + more)
        left -= (len(wrapped) - 1) * least[at]
        lines += [(line, is_bold) for line in wrapped]
    return lines


def _height(is_bold: bool, r: float) -> float:
    return _LEADING * (_HEAD_PX if is_bold else _TEXT_PX) * r


def _metrics(is_bold: bool, r: float) -> QFontMetricsF:
    return QFontMetricsF(map_font((_HEAD_PX if is_bold else _TEXT_PX) * r, bold=is_bold))


_SCALE_PX = 36.0
"""Height of the scale bar with its text."""


def credit_rect(view: View) -> QRectF:
    """The part of a whole picture at whose lower right the credits stand."""
    return QRectF(view.width * 0.3, 0, view.width * 0.7, view.height)


def paint_corners(
    painter: QPainter, view: View, texts: Sequence[str], unplaced: Unplaced, links: Collection[str] = ()
) -> tuple[CornerNote | None, list[QRectF]]:
    """Paint scale bar at the lower left, true north at the upper right, and credits at the lower right of a whole
    picture.

    Credits of `links`, which a click follows, are underlined.
    The note of what the canvas cannot show lies above the scale bar, or in its place off the Earth. It is returned with
    all rectangles that are taken.
    """
    r = view.ratio
    width, height = float(view.width), float(view.height)
    band = paint_attribution(painter, credit_rect(view), view, texts, links)
    bar = QRectF(12 * r, height - 52 * r, min(200 * r, width / 2), 40 * r)
    if band.top() < bar.bottom() and band.left() < bar.right():
        bar.moveBottom(band.top())
    corner, arrow = QPointF(bar.left() + 4 * r, bar.bottom() - 2 * r), QRectF()
    if not is_off_earth(view.grid.crs):
        if bar.top() >= 0:
            paint_scale_bar(painter, bar, view)
        paint_north_arrow(painter, north_arrow_rect(view), view)
        corner -= QPointF(0, _SCALE_PX * r)
        arrow = QRectF(width - ARROW_ROOM_PX * r, 0, ARROW_ROOM_PX * r, ARROW_ROOM_PX * r)
    room = width - corner.x() - 12 * r
    note = corner_note(view, unplaced, corner, room)
    if note is not None and note.rect.intersects(band):
        corner.setY(band.top() - 2 * r)
        note = corner_note(view, unplaced, corner, room)
    if note is not None and note.rect.intersects(arrow):
        note = corner_note(view, unplaced, corner, arrow.left() - corner.x())
    if note is not None:
        note.paint(painter, r)
    return note, [band, bar, arrow, *([] if note is None else [note.rect])]
