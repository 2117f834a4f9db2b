"""Halos of letters, put together from those of single characters: stroking a name takes a hundred times as long."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath

from viewer.canvas.labels.fonts import letters_path
from viewer.rendering.vector.qt_shapes import round_pen
from viewer.support.painting import painting

_MOST_CHARACTERS = 4000
_SUBPIXELS = 2
"""Parts of a pixel in which a character may begin, each with a picture of its own."""
_SIMPLE_BELOW = 0x0590
"""First code point whose letters may join or combine. Latin, Greek, Cyrillic, Chinese and kana stand side by side."""
_SIMPLE_RANGES = ((0x2000, 0x2BFF), (0x3000, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFFEF))
"""Ranges of further code points whose letters stand side by side."""

type HaloKey = tuple[str, str, int]


class HaloPainter:
    """Keeps the halos of characters. All are opaque: the caller sets the opacity of the whole."""

    def __init__(self) -> None:
        self._characters: dict[HaloKey, tuple[QImage, QPointF]] = {}

    def paint(
        self,
        painter: QPainter,
        at: QPointF,
        font: QFont,
        metrics: QFontMetricsF,
        text: str,
        color: QColor,
        width: float,
    ) -> None:
        """Paint the halo of a line of text, `at` its baseline."""
        solid = QColor(color.rgb())
        if not all(map(_stands_alone, text)):
            painter.strokePath(letters_path(at, font, text), round_pen(solid, width))
            return
        face = f"{font.key()} {solid.rgb():08x} {width:g}"
        for index, letter in enumerate(text):
            if letter.isspace():
                continue
            x, y = at.x() + metrics.horizontalAdvance(text[:index]), at.y()
            column = math.floor(x)
            part = round((x - column) * _SUBPIXELS) % _SUBPIXELS
            column += 1 if part == 0 and x - column > 0.5 else 0
            image, offset = self._character(face, letter, part, font, solid, width)
            painter.drawImage(QPointF(column + offset.x(), round(y) + offset.y()), image)

    def _character(
        self, face: str, letter: str, part: int, font: QFont, color: QColor, width: float
    ) -> tuple[QImage, QPointF]:
        """The picture of a character's halo, and the offset of its upper left from the whole pixel before its place."""
        key = face, letter, part
        halo = self._characters.get(key)
        if halo is None:
            if len(self._characters) > _MOST_CHARACTERS:
                self._characters.clear()
            path = letters_path(QPointF(part / _SUBPIXELS, 0), font, letter)
            halo = self._characters[key] = _painted(path, color, width)
        return halo


def _painted(path: QPainterPath, color: QColor, width: float) -> tuple[QImage, QPointF]:
    box = path.boundingRect().adjusted(-width / 2 - 1, -width / 2 - 1, width / 2 + 1, width / 2 + 1)
    left, top = math.floor(box.left()), math.floor(box.top())
    size = max(1, math.ceil(box.right()) - left), max(1, math.ceil(box.bottom()) - top)
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-left, -top)
        painter.strokePath(path, round_pen(color, width))
    return image, QPointF(left, top)


def _stands_alone(letter: str) -> bool:
    code = ord(letter)
    return (code < _SIMPLE_BELOW and not 0x0300 <= code < 0x0370) or any(
        low <= code <= high for low, high in _SIMPLE_RANGES
    )
