"""The letters of labels on the picture: measured, kept as little pictures, painted; the same for sites and layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from layers.vector.placement import PlacedLabel, leader_start
from viewer.canvas.fonts import letters_path, map_font
from viewer.canvas.qt_shapes import is_vector_device

PAD_PX = 3.0
_WRAP_AFTER = 26
_MOST_SPRITES = 2000
_MOST_SIZES = 20_000


@dataclass(frozen=True, slots=True)
class Face:
    """How a label is written. Sizes in logical pixels; colours as Qt reads them."""

    size_px: float = 12.0
    color: str = "#ffffff"
    halo_color: str = "#e10b141c"
    halo_px: float = 1.7
    bold: bool = False
    italic: bool = False

    def font(self, scale: float) -> QFont:
        return map_font(self.size_px * scale, bold=self.bold, italic=self.italic)


class LabelPainter:
    """Measures and paints labels; keeps measures and letter pictures."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, Face, float], tuple[float, float]] = {}
        self._sprites: dict[tuple[str, Face, int, float], QImage] = {}

    def size(self, text: str, face: Face, scale: float) -> tuple[float, float]:
        """Width and height of a label with its halo, in picture pixels."""
        key = text, face, scale
        if key not in self._sizes:
            if len(self._sizes) > _MOST_SIZES:
                self._sizes.clear()
            metrics = QFontMetricsF(face.font(scale))
            lines = text.split("\n")
            width = max(metrics.horizontalAdvance(line) for line in lines)
            # slanted letters lean out of their advance
            lean = 0.2 * metrics.ascent() if face.italic else 0.0
            pad = max(PAD_PX, face.halo_px + 1.0) * scale
            self._sizes[key] = math.ceil(width + lean + 2 * pad), math.ceil(metrics.height() * len(lines) + pad)
        return self._sizes[key]

    def paint(self, painter: QPainter, labels: Sequence[PlacedLabel], scale: float) -> None:
        """The most important last, above the others; leaders below all letters."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label in labels:
            if label.leader is not None:
                _paint_leader(painter, label, scale)
        as_text = is_vector_device(painter)
        for label in reversed(labels):
            if label.angle_deg:
                self._paint_turned(painter, label, scale, as_text)
            elif as_text:
                _paint_letters(painter, label, scale, QPointF(label.box.left, label.box.top), as_text=True)
            else:
                painter.drawImage(QPointF(round(label.box.left), round(label.box.top)), self._sprite(label, scale))
        painter.restore()

    def _paint_turned(self, painter: QPainter, label: PlacedLabel, scale: float, as_text: bool) -> None:
        width, height = self.size(label.text, face_of(label), scale)
        painter.save()
        painter.translate(*label.centre)
        painter.rotate(label.angle_deg)
        _paint_letters(painter, label, scale, QPointF(-width / 2, -height / 2), as_text=as_text)
        painter.restore()

    def _sprite(self, label: PlacedLabel, scale: float) -> QImage:
        face = face_of(label)
        key = label.text, face, label.side, scale
        sprite = self._sprites.get(key)
        if sprite is None:
            if len(self._sprites) > _MOST_SPRITES:
                self._sprites.clear()
            width, height = self.size(label.text, face, scale)
            sprite = QImage(int(width), int(height), QImage.Format.Format_ARGB32_Premultiplied)
            sprite.fill(Qt.GlobalColor.transparent)
            painter = QPainter(sprite)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_letters(painter, label, scale, QPointF(0, 0), as_text=False)
            painter.end()
            self._sprites[key] = sprite
        return sprite


def face_of(label: PlacedLabel) -> Face:
    return label.face if isinstance(label.face, Face) else Face()


def wrapped(text: str) -> str:
    """Long names in two or three lines, the longest of them as short as can be."""
    words = text.split(" ")
    count = min(3, math.ceil(len(text) / _WRAP_AFTER), len(words))
    if len(text) <= _WRAP_AFTER or count < 2 or len(words) > 24:
        return text
    ways = []
    for cuts in combinations(range(1, len(words)), count - 1):
        lines = [" ".join(words[i:j]) for i, j in pairwise((0, *cuts, len(words)))]
        ways.append((max(map(len, lines)), lines))
    return "\n".join(min(ways)[1])


def _paint_leader(painter: QPainter, label: PlacedLabel, scale: float) -> None:
    assert label.leader is not None
    face = face_of(label)
    start = leader_start(label.px, label.py, label.clearance, label.leader)
    line = QLineF(QPointF(*start), QPointF(*label.leader))
    halo = QColor(face.halo_color)
    halo.setAlpha(min(halo.alpha(), 170))
    for color, width in ((halo, 2.6), (QColor(face.color), 1.0)):
        painter.setPen(QPen(color, width * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(line)


def _paint_letters(painter: QPainter, label: PlacedLabel, scale: float, at: QPointF, *, as_text: bool) -> None:
    """Letters on their halo. Onto PDF and SVG the halo is an outline and the letters are text."""
    face = face_of(label)
    font, lines = face.font(scale), label.text.split("\n")
    metrics = QFontMetricsF(font)
    outline, places = QPainterPath(), []
    pad, widths = max(PAD_PX, face.halo_px + 1.0) * scale, [metrics.horizontalAdvance(line) for line in lines]
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        indent = (max(widths) - width) * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        place = QPointF(at.x() + pad + indent, at.y() + pad / 2 + metrics.ascent() + number * metrics.height())
        places.append((place, line))
        outline.addPath(letters_path(place, font, line))
    if face.halo_px > 0 and face.halo_color:
        pen = QPen(QColor(face.halo_color), 2 * face.halo_px * scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(outline, pen)
    if not as_text:
        painter.fillPath(outline, QColor(face.color))
        return
    painter.setFont(font)
    painter.setPen(QColor(face.color))
    for place, line in places:
        painter.drawText(place, line)
