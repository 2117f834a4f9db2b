"""Letters of a product: measured at one large size, without hinting, and painted scaled, so that text takes the same
room at any resolution.

All lengths are logical pixels, 96 to the inch, wherever a page is laid out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from threading import get_ident

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QTransform

from layers.quick_dataclass import dataclass
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.support.fonts import FALLBACKS, FAMILY
from viewer.support.painting import painting
from viewer.support.text import plain

PT = 96.0 / 72.0
"""Logical pixels a point."""
MM = 96.0 / 25.4
LEAST_PT = 6.0
LEADING = 1.28
LONGEST_TEXT = 2_000
"""Characters of one text of a page."""
_NARROWEST = 0.2
"""Of its size, the least width of a letter: so a word without an end is measured only as far as a line can go."""
_MEASURED_PX = 1000
_HALO = 0.3
"""Width of the stroke round letters, of their size."""
_QUARTERS = 4
_MOST_KEPT_PX, _MOST_BYTES = 120_000, 32 * 2**20
_TEXT_PX = 100
"""Of the font that a PDF is given, scaled: Qt's fonts have whole pixels only."""
_PIECES = re.compile(r"\s*+(?:[⺀-鿿豈-﫿＀-￯]|[^\s⺀-鿿豈-﫿＀-￯]+)|\s+$")
"""A word with the blanks before it; a line may end before any Chinese character."""


@dataclass(frozen=True, slots=True)
class Type:
    """The lettering of a text. `families` are asked for in their order, then ours."""

    size: float
    bold: bool = False
    italic: bool = False
    families: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        return self.size / PT

    @property
    def line_height(self) -> float:
        return self.size * LEADING

    def width(self, text: str) -> float:
        """The advance of one line."""
        return _advance(text, self.bold, self.italic, self.families, get_ident()) * self.size / _MEASURED_PX

    def scaled(self, factor: float) -> Type:
        """The same lettering in another size, and in no smaller one than may be printed."""
        return replace(self, size=max(self.size * factor, LEAST_PT * PT))

    @property
    def _measured(self) -> Type:
        return replace(self, size=_MEASURED_PX)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line where it stands, `x` and `baseline` of its beginning. `halo`: a colour round its letters, or none."""

    x: float
    baseline: float
    text: str
    type: Type
    color: str
    halo: str = ""

    @property
    def box(self) -> QRectF:
        size = self.type.size
        return QRectF(self.x, self.baseline - size, self.type.width(self.text), LEADING * size)

    def moved(self, dx: float, dy: float) -> TextLine:
        return replace(self, x=self.x + dx, baseline=self.baseline + dy)


@lru_cache(maxsize=8_000)
def wrapped(text: str, type_: Type, room: float) -> tuple[str, ...]:
    """A text in lines no wider than `room`, nothing left out: a word that is wider is broken. Kept, as a page is cut
    several times until its words suit it.
    """
    lines: list[str] = []
    most = max(8, int(room / (_NARROWEST * type_.size)))

    def fits(words: str) -> bool:
        return len(words) <= most and type_.width(words) <= room

    for paragraph in text.split("\n"):
        line = ""
        for piece in _PIECES.findall(paragraph):
            if fits(line + piece.rstrip()) or not (line or piece.strip()):
                line += piece
                continue
            if line.strip():
                lines.append(line.strip())
            line = piece.lstrip()
            while not fits(line) and len(line) > 1:
                head = line[:most]
                cut = len(head) if fits(head) else _fitting(head, type_, room)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.strip())
    return tuple(lines)


def whole(text: str) -> str:
    """Text fit to be printed, and all of it: a page goes on where it is long."""
    return plain(text, LONGEST_TEXT)


def text_block(
    text: str, type_: Type, color: str, at: QPointF, room: float, *, centred: bool = False
) -> list[TextLine]:
    """Lines whose upper left is `at`, in a room so wide."""
    found = []
    for number, line in enumerate(wrapped(text, type_, room)):
        spare = room - type_.width(line)
        x = at.x() + (spare / 2 if centred else 0.0)
        found.append(TextLine(x, at.y() + number * type_.line_height + type_.size, line, type_, color))
    return found


def block_height(lines: Sequence[TextLine]) -> float:
    """From the top of the first line to below the last."""
    return sum(line.type.line_height for line in lines)


def paint_lines(painter: QPainter, lines: Iterable[TextLine]) -> None:
    """Text at any transform; onto PDF and SVG it stays text."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_vector, here = is_vector_device(painter), painter.worldTransform()
    is_upright = not here.isRotating() and here.m11() == here.m22()
    for line in lines:
        if not line.text:
            continue
        if not is_vector and is_upright and (kept := _kept(line, here)) is not None:
            place, sprite = kept
            painter.setWorldTransform(QTransform())
            painter.drawImage(place, sprite)
            painter.setWorldTransform(here)
            continue
        painter.save()
        painter.translate(line.x, line.baseline)
        _paint_line(painter, line, is_vector)
        painter.restore()
    painter.restore()


def _paint_line(painter: QPainter, line: TextLine, is_vector: bool) -> None:
    """A line that begins at the painter's origin."""
    scale = line.type.size / _MEASURED_PX
    # A stroke round small letters takes half as long as one round large letters that is made small.
    pixels = 1.0 if is_vector else abs(painter.worldTransform().m11()) or 1.0
    painter.scale(1 / pixels, 1 / pixels)
    large = _outline(line.text, line.type._measured, get_ident())
    outline = QTransform.fromScale(scale * pixels, scale * pixels).map(large)
    if line.halo:
        painter.strokePath(outline, round_pen(QColor(line.halo), _HALO * line.type.size * pixels))
    if is_vector:
        painter.scale(line.type.size / _TEXT_PX, line.type.size / _TEXT_PX)
        painter.setFont(_font(replace(line.type, size=_TEXT_PX), get_ident()))
        painter.setPen(QColor(line.color))
        painter.drawText(QPointF(), line.text)
    else:
        painter.fillPath(outline, QColor(line.color))


def warm_up(line: TextLine, ratio: float, shift: QPointF) -> None:
    """Make the picture of a line that will be painted on a page of so many pixels a logical pixel, moved by so much."""
    if line.text:
        _kept(line, QTransform.fromScale(ratio, ratio).translate(shift.x(), shift.y()))


def _kept(line: TextLine, here: QTransform) -> tuple[QPoint, QImage] | None:
    """A picture of the letters, and the pixel at which it begins; None where that would be a large one.

    Pictures are kept, as one drags a name over a page that stays; letters stand at quarters of pixels.
    """
    scale, size = here.m11(), line.type.size * here.m11()
    wide = math.ceil(line.type.width(line.text) * scale + 2 * size)
    high = math.ceil(2.6 * size)
    if wide * high > _MOST_KEPT_PX or scale <= 0:
        return None
    x, y = here.dx() + line.x * scale, here.dy() + line.baseline * scale
    column, row = math.floor(x * _QUARTERS + 0.5), math.floor(y * _QUARTERS + 0.5)
    key = line.text, line.type, line.color, line.halo, scale, column % _QUARTERS, row % _QUARTERS
    begin = QPoint(column // _QUARTERS - math.ceil(size), row // _QUARTERS - math.ceil(1.6 * size))
    sprite = _SPRITES.get(key)
    if sprite is None:
        sprite = QImage(wide + 1, high + 1, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        with painting(sprite) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            off_x, off_y = (column % _QUARTERS) / _QUARTERS, (row % _QUARTERS) / _QUARTERS
            painter.translate(math.ceil(size) + off_x, math.ceil(1.6 * size) + off_y)
            painter.scale(scale, scale)
            _paint_line(painter, line, is_vector=False)
        _SPRITES.keep(key, sprite)
    return begin, sprite


class _Sprites:
    """Pictures of lines, as many as some memory holds; all are let go when there are more."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, QImage] = {}
        self._bytes = 0

    def get(self, key: Hashable) -> QImage | None:
        return self._kept.get(key)

    def keep(self, key: Hashable, sprite: QImage) -> None:
        self._bytes += sprite.sizeInBytes()
        if self._bytes > _MOST_BYTES:
            self._kept.clear()
            self._bytes = sprite.sizeInBytes()
        self._kept[key] = sprite


_SPRITES = _Sprites()


def _fitting(text: str, type_: Type, room: float) -> int:
    """Characters of a word that fit; one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if type_.width(text[:middle]) <= room else (low, middle - 1)
    return low


@lru_cache(maxsize=256)
def _font(type_: Type, _thread: int) -> QFont:
    """A font has what its thread loaded for it: no two threads use one."""
    chosen = QFont([*dict.fromkeys((*type_.families, FAMILY, *FALLBACKS))])
    chosen.setPixelSize(max(1, round(type_.size)))
    chosen.setBold(type_.bold)
    chosen.setItalic(type_.italic)
    chosen.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    chosen.setFeature(QFont.Tag("liga"), 0)  # a ligature in a PDF is one odd character that nobody finds
    return chosen


@lru_cache(maxsize=64)
def _metrics(type_: Type, thread: int) -> QFontMetricsF:
    return QFontMetricsF(_font(type_, thread))


@lru_cache(maxsize=20_000)
def _advance(text: str, bold: bool, italic: bool, families: tuple[str, ...], thread: int) -> float:
    return _metrics(Type(_MEASURED_PX, bold, italic, families), thread).horizontalAdvance(text)


@lru_cache(maxsize=4_000)
def _outline(text: str, type_: Type, thread: int) -> QPainterPath:
    path = QPainterPath()
    path.addText(QPointF(), _font(type_, thread), text)
    path.setFillRule(Qt.FillRule.WindingFill)
    return path
