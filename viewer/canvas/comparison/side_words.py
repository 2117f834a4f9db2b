"""The words that are burned into each side of a comparison: image, dates and stretch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from layers.document.comparison import ComparisonSpec
from layers.raster.acquisition import Acquisition
from layers.time.spans import Span, are_apart, is_before, span_of
from viewer.canvas.comparison.sides import SWIPES, Sides
from viewer.canvas.furniture.overlays import ARROW_ROOM_PX, wrapped_lines
from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.canvas.scene import MapScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import unpainted
from viewer.rendering.layer_date import UNDATED, dated
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.painting import painting

LETTERS = "ABCDEF"
BEFORE, AFTER = "before", "after"
"""The sides of two images where it is known which one is older; all others have a letter."""
_HEAD_PX, _TEXT_PX, _PAD_PX = 12.5, 10.5, 7.0
_LINE_LETTERS = 64
"""Most letters of a line of a sentence in the middle of the picture."""
_MOST_LINES = 3
"""Most lines for each of date, name and note."""
_MOST_NAMED, _NAME_CHARS = 2, 44
"""Most images or dates that are named, and most characters of a name."""
_ABOVE_CORNERS_PX = 64.0
"""Height above the lower edge that is left to the scale bar and the credits."""
_ONE_BOX_PX, _TWO_BOXES_PX = 56.0, 112.0
"""Height for the words of one image, and of two images one below the other."""
_LEAST_PX = 46.0
"""Width below which a side has no words."""


class SideWords(Struct, frozen=True):
    """The words of one side.

    `letter` is Before or After where that is known, else A to D; `when` holds the dates with their kinds.
    """

    letter: str
    when: str
    name: str
    note: str = ""
    """Words on the stretch; empty where there is nothing to say."""

    @property
    def head(self) -> str:
        return f"{self.letter} · {self.when}"

    @property
    def text(self) -> str:
        return " · ".join(filter(None, (self.name, self.note)))


def acquisition_shown(drawing: LayerDrawing) -> Acquisition:
    """The acquisition of what a drawing shows; for a service, of the day that is requested, or served instead."""
    return drawing.dates.acquisition(drawing.layer) if isinstance(drawing, TilesDrawing) else drawing.acquisition


def images_of(scene: MapScene, spec: ComparisonSpec, at: int) -> list[LayerDrawing]:
    """The drawings of the images of a frame in its scene, the topmost first."""
    own = frozenset(spec.frames[at].layers) & scene.drawings.keys()
    images = [row for row in reversed(scene.document.layers_in_order()) if row.uuid in own and row.kind != "vector"]
    return [scene.drawings[row.uuid] for row in images]


def words_of(spec: ComparisonSpec, scenes: Sequence[MapScene], notes: Sequence[str]) -> list[SideWords]:
    """The words of each frame; `notes` are those on the stretches, one for each frame."""
    images = [images_of(scene, spec, at) for at, scene in enumerate(scenes)]
    known = [[acquisition_shown(drawing) for drawing in drawings] for drawings in images]
    sides = sides_for([span_of_all(times) for times in known])
    words = []
    for at, frame in enumerate(spec.frames):
        dates = [in_language(date) for date in dict.fromkeys(map(dated, known[at]))] or [in_language(UNDATED)]
        names = [one_line(drawing.layer.name, _NAME_CHARS) for drawing in images[at]]
        name = one_line(frame.title, _NAME_CHARS) or _first_few(names) or translate("comparison", "(not in the case)")
        words.append(SideWords(side_name(sides[at]), _first_few(dates), name, notes[at]))
    return words


def sides_of(spec: ComparisonSpec, scenes: Sequence[MapScene]) -> list[str]:
    """The side of each frame of a comparison."""
    images = [images_of(scene, spec, at) for at, scene in enumerate(scenes)]
    return sides_for([span_of_all([acquisition_shown(drawing) for drawing in drawings]) for drawings in images])


def sides_for(spans: Sequence[Span | None]) -> list[str]:
    """The sides of frames of these spans: before and after need known dates that do not overlap."""
    if len(spans) == 2 and spans[0] is not None and spans[1] is not None and are_apart(spans):
        return [BEFORE, AFTER] if is_before(spans[0], spans[1]) else [AFTER, BEFORE]
    return list(LETTERS[: len(spans)])


def side_name(side: str) -> str:
    """A side as it is burned in: its word in the analyst's language, or its letter."""
    return {BEFORE: translate("comparison", "Before"), AFTER: translate("comparison", "After")}.get(side, side)


def span_of_all(times: Sequence[Acquisition]) -> Span | None:
    """The time from the first to the last of the images of a frame; None where one of them has no date."""
    spans = [span_of(time.at, time.until) for time in times]
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return None
    return min(span[0] for span in known), max(span[1] for span in known)


def _first_few(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_NAMED
    return "; ".join(texts[:_MOST_NAMED]) + (f" +{more}" if more > 0 else "")


# -- painting -----------------------------------------------------------------------------------------------------


def paint_side_words(painter: QPainter, sides: Sides, words: Sequence[SideWords], ratio: float) -> list[QRectF]:
    """Paint the words of frames that stand beside each other, each on its side of the bar; return their boxes."""
    r, bottom = ratio, sides.height - _ABOVE_CORNERS_PX * ratio
    if sides.spec.mode in SWIPES:
        boxes = list[QRectF]()
        for at, rect in enumerate(sides.rects()):
            room = rect.adjusted(10 * r, 8 * r, -10 * r, -8 * r)
            if sides.is_across:
                anchor = QPointF(room.left(), room.bottom() if at == 0 else room.top())
                up = Qt.AlignmentFlag.AlignBottom if at == 0 else Qt.AlignmentFlag.AlignTop
                boxes.append(_paint_box(painter, anchor, Qt.AlignmentFlag.AlignLeft | up, room, words[at], r))
            else:
                side = Qt.AlignmentFlag.AlignRight if at == 0 else Qt.AlignmentFlag.AlignLeft
                anchor = QPointF(room.right() if at == 0 else room.left(), bottom)
                boxes.append(_paint_box(painter, anchor, side | Qt.AlignmentFlag.AlignBottom, room, words[at], r))
        return boxes
    whole = QRectF(10 * r, 8 * r, sides.width - 20 * r, sides.height - 16 * r)
    middle = Qt.AlignmentFlag.AlignHCenter
    glass, gap = sides.glass, 6 * r
    is_below = glass.bottom() + gap + _TWO_BOXES_PX * r <= bottom  # else above it: no words lie on what it shows
    place = QPointF(glass.center().x(), glass.bottom() + gap if is_below else glass.top() - gap)
    align = Qt.AlignmentFlag.AlignTop if is_below else Qt.AlignmentFlag.AlignBottom
    second = _paint_box(painter, place, middle | align, whole, words[1], r)
    is_free = glass.bottom() + gap + _ONE_BOX_PX * r <= bottom
    place = QPointF(whole.center().x(), bottom if is_free else whole.top())
    align = Qt.AlignmentFlag.AlignBottom if is_free else Qt.AlignmentFlag.AlignTop
    return [_paint_box(painter, place, middle | align, whole, words[0], r), second]


def paint_caption(
    painter: QPainter, sides: Sides, words: Sequence[SideWords], ratio: float, shares: Sequence[float] = ()
) -> list[QRectF]:
    """Paint the words of frames that lie upon each other, one below the other in the middle; return their boxes.

    `shares` are the parts, 0 to 1, that each frame has in the picture.
    """
    r = ratio
    whole = QRectF(10 * r, 8 * r, sides.width - 20 * r, sides.height - 16 * r)
    at, boxes = QPointF(whole.center().x(), sides.height - _ABOVE_CORNERS_PX * r), list[QRectF]()
    for number in reversed(range(len(words))):
        side_words = words[number]
        if shares:
            side_words = SideWords(
                side_words.letter, f"{side_words.when} · {shares[number]:.0%}", side_words.name, side_words.note
            )
        align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        box = _paint_box(painter, at, align, whole, side_words, r)
        at = QPointF(at.x(), box.top() - 4 * r)
        boxes.append(box)
    return boxes


def paint_pane_words(painter: QPainter, width: float, height: float, words: SideWords, ratio: float) -> QRectF:
    """Paint the words of a frame with a picture of its own, in its upper left corner, and return their box.

    They leave the north arrow free, and take more lines where the picture is narrow.
    """
    r = ratio
    room = QRectF(10 * r, 10 * r, max(width - (20 + ARROW_ROOM_PX) * r, 0.0), height - 20 * r)
    align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    return _paint_box(painter, room.topLeft(), align, room, words, r)


def paint_sentence(painter: QPainter, sides: Sides, head: str, text: str, ratio: float) -> None:
    """Paint the reason why a picture shows no comparison, in its middle: `head` in bold, `text` below it."""
    r = ratio
    whole = QRectF(10 * r, 8 * r, sides.width - 20 * r, sides.height - 16 * r)
    align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
    _paint_lines(painter, QPointF(whole.center().x(), whole.center().y()), align, whole, [head, *_wrapped(text)], r)


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _LINE_LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _paint_box(
    painter: QPainter, anchor: QPointF, align: Qt.AlignmentFlag, room: QRectF, words: SideWords, r: float
) -> QRectF:
    """Paint words in a box and return it. Narrow room gives more lines rather than a date that is cut off."""
    inside = max(room.width() - 2 * _PAD_PX * r, 1.0)
    lines = wrapped_lines(words.head, QFontMetricsF(_font(0, r)), inside, _MOST_LINES)
    for text in filter(None, (words.name, words.note)):
        lines += wrapped_lines(text, QFontMetricsF(_font(1, r)), inside, _MOST_LINES)
    return _paint_lines(painter, anchor, align, room, lines, r)


def _paint_lines(
    painter: QPainter, anchor: QPointF, align: Qt.AlignmentFlag, room: QRectF, lines: Sequence[str], r: float
) -> QRectF:
    """Paint lines on a dark ground, the first in bold, and return the box.

    They are shortened where the room is narrow, and left out where there is none.
    """
    if room.width() < _LEAST_PX * r or room.height() < 2 * _HEAD_PX * r:
        return QRectF(anchor, anchor)
    pad = _PAD_PX * r
    fonts = [_font(number, r) for number in range(len(lines))]
    metrics = [QFontMetricsF(font) for font in fonts]
    most = room.width() - 2 * pad
    shown = [
        metric.elidedText(line, Qt.TextElideMode.ElideRight, most) for line, metric in zip(lines, metrics, strict=True)
    ]
    width = max(metric.horizontalAdvance(line) for line, metric in zip(shown, metrics, strict=True)) + 2 * pad
    height = sum(1.3 * font.pixelSize() for font in fonts) + pad
    left, top = anchor.x(), anchor.y()
    if align & Qt.AlignmentFlag.AlignRight:
        left -= width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        left -= width / 2
    if align & Qt.AlignmentFlag.AlignBottom:
        top -= height
    left = min(max(left, room.left()), room.right() - width)
    top = min(max(top, room.top()), room.bottom() - height)
    box = QRectF(round(left), round(top), round(width), round(height))
    if is_vector_device(painter):
        painter.save()
        painter.translate(box.topLeft())
        _fill_box(painter, tuple(shown), box.width(), box.height(), r)
        painter.restore()
    else:
        painter.drawImage(box.topLeft(), _box_picture(tuple(shown), int(box.width()), int(box.height()), r))
    return box


@lru_cache(maxsize=32)
def _box_picture(lines: tuple[str, ...], width: int, height: int, r: float) -> QImage:
    """Picture of a box of words, kept because painting its letters takes longest while a bar is dragged."""
    image = unpainted(width, height, opaque=False)
    image.fill(0)
    with painting(image) as painter:
        _fill_box(painter, lines, width, height, r)
    return image


def _fill_box(painter: QPainter, lines: Sequence[str], width: float, height: float, r: float) -> None:
    pad = _PAD_PX * r
    painter.fillRect(QRectF(0, 0, width, height), QColor(11, 20, 28, 190))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    baseline = pad / 2
    for number, line in enumerate(lines):
        font = _font(number, r)
        baseline += 1.3 * font.pixelSize()
        path = letters_path(QPointF(pad, baseline - 0.3 * font.pixelSize()), font, line)
        painter.fillPath(path, QColor(255, 255, 255, 240))


def _font(number: int, r: float) -> QFont:
    """Font of a line by its number; 0 is the head."""
    return map_font(_TEXT_PX * r) if number else map_font(_HEAD_PX * r, bold=True)
