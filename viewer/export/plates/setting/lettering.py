"""Letters of a product: measured at one large size, without hinting, and painted scaled.

So text takes the same room at any resolution. All lengths are logical pixels, 96 to the inch, wherever a page is laid
out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from threading import get_ident

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QRawFont,
    QTextLayout,
    QTransform,
)

from layers.text.quotation_marks import with_printed_marks
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.support.fonts import FALLBACKS, FAMILY
from viewer.support.language.text import plain
from viewer.support.painting import painting

PT = 96.0 / 72.0
"""Logical pixels a point."""
MM = 96.0 / 25.4
LEAST_PT = 6.0
LEADING = 1.28
LONGEST_TEXT = 2_000
"""Most characters of one text of a page."""
_NARROWEST = 0.2
"""Least width of a letter, in parts of its size: a word without an end is measured only as far as a line can go."""
_MEASURED_PX = 1000
_HALOS = ((0.34, 0.4), (0.19, 1.0))
"""Strokes round letters, a faint wide one below a narrow one: their widths in parts of the letters' size, and the part
of the halo's opacity that they have."""
_QUARTERS = 4
_MOST_KEPT_PX, _MOST_BYTES = 120_000, 32 * 2**20
_HAIR_PX = 0.02
"""Shift to the right and down in a PDF, so that a viewer's rounding does not fall short of a whole pixel."""
_SLANT, _SLANTED = 0.2126, re.compile("italic|oblique", re.IGNORECASE)
_PIECES = re.compile(r"\s*+(?:[⺀-鿿豈-﫿＀-￯]|(?:[^\s⺀-鿿豈-﫿＀-￯]|\u00a0| (?=%))+)|\s+$")
"""Pattern of a word with the blanks before it; a line may end before any Chinese character, not at a no-break space
nor before "%"."""


class Type(Struct, frozen=True):
    """The lettering of a text. `families` are tried in their order, then ours."""

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
        return _advance(text, self.bold, self.italic, self.families) * self.size / _MEASURED_PX

    def scaled(self, factor: float) -> Type:
        """The same lettering in another size, but no smaller than may be printed."""
        return replace(self, size=max(self.size * factor, LEAST_PT * PT))

    @property
    def _measured(self) -> Type:
        return replace(self, size=_MEASURED_PX)


class TextLine(Struct, frozen=True):
    """One line at its place: `x` and `baseline` of its beginning. `halo`: a colour round its letters, or empty."""

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
    """Break a text into lines no wider than `room`, without leaving anything out; words that are wider are broken.

    Kept, as a page is cut several times until its words suit it.
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
                cut = len(head) if fits(head) else _fitting_count(head, type_, room)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.strip())
    return tuple(lines)


def whole(text: str) -> str:
    """A text made fit to print, without invisible characters, with quotation marks of one kind; of a very long one the
    beginning.
    """
    return with_printed_marks(plain(text, LONGEST_TEXT))


def text_block(
    text: str, type_: Type, color: str, at: QPointF, room: float, *, centred: bool = False
) -> list[TextLine]:
    """Lines of a text in a room of this width, with their upper left at `at`."""
    lines = []
    for number, line in enumerate(wrapped(text, type_, room)):
        spare = room - type_.width(line)
        x = at.x() + (spare / 2 if centred else 0.0)
        lines.append(TextLine(x, at.y() + number * type_.line_height + type_.size, line, type_, color))
    return lines


def block_height(lines: Sequence[TextLine]) -> float:
    """Height of lines, from the top of the first to below the last."""
    return sum(line.type.line_height for line in lines)


def paint_lines(painter: QPainter, lines: Iterable[TextLine]) -> None:
    """Paint lines at any transform; onto PDF and SVG they stay text.

    On an upright page a line begins at a quarter of a pixel and stands on a whole one, onto PDF too, so that both look
    alike and a kept picture of the line fits in many places.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_vector, here = is_vector_device(painter), painter.worldTransform()
    is_upright = not here.isRotating() and here.m11() == here.m22() > 0
    hair = _HAIR_PX if is_vector else 0.0
    for line in lines:
        if not line.text:
            continue
        if not is_upright:
            painter.save()
            painter.translate(line.x, line.baseline)
            _paint_line(painter, line, 1.0, is_vector)
            painter.restore()
            continue
        scale, (column, row) = here.m11(), _start_of_line(line, here)
        if not is_vector and (sprite := _sprite_of(line, scale, column % _QUARTERS)) is not None:
            painter.setWorldTransform(QTransform())
            painter.drawImage(QPoint(column // _QUARTERS, row) + sprite.offset(), sprite)
        else:
            painter.setWorldTransform(QTransform.fromTranslate(column / _QUARTERS + hair, row + hair))
            _paint_line(painter, line, scale, is_vector)
        painter.setWorldTransform(here)
    painter.restore()


def _start_of_line(line: TextLine, here: QTransform) -> tuple[int, int]:
    """Place of a line's beginning: quarters of pixels to the right, and whole pixels down."""
    x, y = here.dx() + line.x * here.m11(), here.dy() + line.baseline * here.m11()
    return math.floor(x * _QUARTERS + 0.5), math.floor(y + 0.5)


def _paint_line(painter: QPainter, line: TextLine, scale: float, is_vector: bool) -> None:
    """Paint a line that begins at the painter's origin, `scale` pixels a logical pixel."""
    measured = line.type._measured
    size = line.type.size * scale
    part = size / _MEASURED_PX
    if line.halo:
        # A stroke round small letters takes half as long as one round large letters that is made small.
        outline = _own(QTransform.fromScale(part, part), _outline(line.text, measured))
        halo = QColor(line.halo)
        alpha = halo.alphaF()
        for width, share in _HALOS:
            halo.setAlphaF(share * alpha)
            painter.strokePath(outline, round_pen(halo, width * size))
    if is_vector:
        painter.save()
        painter.scale(part, part)
        painter.shear(-_slant(measured), 0.0)
        painter.setFont(_font(measured, get_ident()))
        painter.setPen(QColor(line.color))
        painter.drawText(QPointF(), line.text)
        painter.restore()
        return
    # Letter by letter takes a third as long as the outline of the whole line.
    for letter in _letters(line.text, measured):
        shape = _own(QTransform.fromTranslate(letter.at * size, 0.0).scale(part, part), letter.outline)
        painter.fillPath(shape, QColor(line.color))


def _sprite_of(line: TextLine, scale: float, quarters: int) -> QImage | None:
    """A kept picture of letters that begin `quarters` of a pixel after a whole pixel, from which its offset counts.

    None where the picture would be large. Kept for names that are dragged over a page that stays.
    """
    size = line.type.size * scale
    wide = math.ceil(line.type.width(line.text) * scale + 2 * size)
    high = math.ceil(2.6 * size)
    if wide * high > _MOST_KEPT_PX:
        return None
    key = line.text, line.type, line.color, line.halo, scale, quarters
    sprite = _SPRITES.get(key)
    if sprite is None:
        sprite = QImage(wide + 1, high + 1, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        left, top = math.ceil(size), math.ceil(1.6 * size)
        with painting(sprite) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(left + quarters / _QUARTERS, top)
            _paint_line(painter, line, scale, is_vector=False)
        sprite.setOffset(QPoint(-left, -top))
        _SPRITES.keep(key, sprite)
    return sprite


class _Sprites:
    """Pictures of lines within a limit of memory; all are dropped when it is passed."""

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


def _fitting_count(text: str, type_: Type, room: float) -> int:
    """Number of characters of a word that fit; at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if type_.width(text[:middle]) <= room else (low, middle - 1)
    return low


@lru_cache(maxsize=256)
def _font(type_: Type, _thread: int) -> QFont:
    """Font of a lettering, one for each thread: a font holds what its thread loaded for it, so threads must not share
    it.

    It is upright where the family has no italic.
    """
    chosen = QFont([*dict.fromkeys((*type_.families, FAMILY, *FALLBACKS))])
    chosen.setPixelSize(max(1, round(type_.size)))
    chosen.setBold(type_.bold)
    chosen.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    chosen.setFeature(QFont.Tag("liga"), 0)  # a ligature in a PDF is one odd character that nobody finds
    if type_.italic:
        chosen.setItalic(True)
        if not _SLANTED.search(QRawFont.fromFont(chosen).styleName()):
            chosen.setItalic(False)
    return chosen


@lru_cache(maxsize=256)
def _slant(type_: Type) -> float:
    """The slant that we give letters ourselves: Qt would slant them more in a PDF than in a picture."""
    return _SLANT if type_.italic and not _font(type_, get_ident()).italic() else 0.0


@lru_cache(maxsize=64)
def _metrics(type_: Type, thread: int) -> QFontMetricsF:
    return QFontMetricsF(_font(type_, thread))


@lru_cache(maxsize=20_000)
def _advance(text: str, bold: bool, italic: bool, families: tuple[str, ...]) -> float:
    return _metrics(Type(_MEASURED_PX, bold, italic, families), get_ident()).horizontalAdvance(text)


def _own(place: QTransform, outline: QPainterPath) -> QPainterPath:
    """A copy of a kept outline, to paint: all threads share the kept one, and painting stores results in a path."""
    copy = place.map(outline)
    # The kept one has the other rule: even one that is not moved at all becomes a path of its own.
    copy.setFillRule(Qt.FillRule.WindingFill)
    return copy


@lru_cache(maxsize=4_000)
def _outline(text: str, type_: Type) -> QPainterPath:
    path = QPainterPath()
    path.addText(QPointF(), _font(type_, get_ident()), text)
    return QTransform().shear(-_slant(type_), 0.0).map(path)


class _Letter(Struct, frozen=True):
    """A letter of a line: `at` is where it begins, in parts of the size. Its `outline` is a large one."""

    at: float
    outline: QPainterPath


@lru_cache(maxsize=4_000)
def _letters(text: str, type_: Type) -> tuple[_Letter, ...]:
    layout = QTextLayout(text, _font(type_, get_ident()))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    slanted = QTransform().shear(-_slant(type_), 0.0)
    letters = []
    for run in layout.glyphRuns():
        font = run.rawFont()
        for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
            outline = font.pathForGlyph(glyph)
            if not outline.isEmpty():
                letters.append(_Letter(at.x() / type_.size, slanted.map(outline)))
    return tuple(letters)
