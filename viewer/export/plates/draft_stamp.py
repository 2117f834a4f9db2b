"""Stamps DRAFT into the margins of a page, round its content: it covers no mark, no word and no map."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from viewer.export.plates.setting.lettering import PT, TextLine, Type, paint_lines
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.support.language.translation import translate
from viewer.support.painting import part_of_picture

_GROUND, _INK = "#8c1d18", "#ffffff"
_LEAST, _MOST = 6.0 * PT, 11.0 * PT
"""Least and greatest size of its letters, in logical pixels."""
_FILLED = 0.8
"""Part of a margin that its band takes; the rest keeps it off the page's content."""


def draft_stamp(sizes: PageSizes, page: int) -> list[Piece]:
    """Four bands along the edges of a page; those at the top and at the bottom repeat the word in a row."""
    depth = _FILLED * sizes.margin
    across = QRectF(0.0, 0.0, sizes.width, depth)
    down = QRectF(0.0, 0.0, depth, sizes.height)
    bands = (
        across,
        across.translated(0.0, sizes.height - depth),
        down,
        down.translated(sizes.width - depth, 0.0),
    )
    word = translate("Export", "DRAFT")
    return [
        Piece(f"draft:{at}", page, box, below=(partial(_paint, box=box, word=word),), is_draggable=False, texts=(word,))
        for at, box in enumerate(bands)
    ]


def _paint(painter: QPainter, box: QRectF, word: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(box, QColor(_GROUND))
    is_upright = box.height() > box.width()
    length, depth = max(box.width(), box.height()), min(box.width(), box.height())
    type_ = Type(min(max(0.62 * depth, _LEAST), _MOST), bold=True)
    step = 5.0 * type_.width(word)
    count = max(1, int(length / step))
    with part_of_picture(painter):
        if is_upright:  # the letters of both sides are read with the head to the left
            painter.translate(box.left(), box.bottom())
            painter.rotate(-90.0)
        else:
            painter.translate(box.topLeft())
        for at in range(count):
            middle = (at + 0.5) * length / count
            origin = QPointF(middle - 0.5 * type_.width(word), 0.5 * depth + 0.36 * type_.size)
            paint_lines(painter, (TextLine(origin.x(), origin.y(), word, type_, _INK),))
