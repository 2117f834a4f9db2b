"""Measures labels, keeps pictures of their letters, and paints them; the same for sites and layers."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from functools import lru_cache
from threading import get_ident

from msgspec import Struct
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTransform

from layers.vector.labels.curved import Name
from layers.vector.labels.label_layout import Letter, PlacedLabel, leader_start
from viewer.canvas.labels.bent_letters import LetterPiece, advances_of, bent_pieces, bent_sprite
from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.canvas.labels.halos import HaloPainter
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.support.painting import painting

PAD_PX = 3.0
"""Least padding of the letters of a label, in logical pixels."""
MOST_SPRITES = 2000
_MOST_SIZES = 20_000


class Face(Struct, frozen=True):
    """The lettering of a label. Sizes are in logical pixels, colours as Qt reads them."""

    size_px: float = 12.0
    color: str = "#ffffff"
    halo_color: str = "#e10b141c"
    halo_px: float = 1.7
    bold: bool = False
    italic: bool = False

    def font(self, scale: float) -> QFont:
        return _font(self, scale, get_ident())

    def metrics(self, scale: float) -> QFontMetricsF:
        return _metrics(self, scale, get_ident())


type _Key = tuple[str, Face, int, float, float, tuple[Letter, ...]]
type _Pictured = tuple[PlacedLabel, QImage | None]
"""A label with the picture of its letters; None where they are painted as outlines and text."""


@lru_cache(maxsize=256)
def _font(face: Face, scale: float, _thread: int) -> QFont:
    """Font of a face, one for each thread: a font holds what its thread loaded for it, so threads must not share it."""
    return map_font(face.size_px * scale, bold=face.bold, italic=face.italic)


@lru_cache(maxsize=256)
def _metrics(face: Face, scale: float, thread: int) -> QFontMetricsF:
    return QFontMetricsF(_font(face, scale, thread))


class LabelPainter:
    """Measures and paints labels; keeps measures and letter pictures."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, Face, float], tuple[float, float]] = {}
        self._sprites: dict[_Key, QImage] = {}
        self._halos = HaloPainter()

    def size(self, text: str, face: Face, scale: float) -> tuple[float, float]:
        """Width and height of a label with its halo, in picture pixels."""
        key = text, face, scale
        if key not in self._sizes:
            if len(self._sizes) > _MOST_SIZES:
                self._sizes.clear()
            metrics = face.metrics(scale)
            lines = text.split("\n")
            width = max(metrics.horizontalAdvance(line) for line in lines)
            # slanted letters lean out of their advance
            lean = 0.2 * metrics.ascent() if face.italic else 0.0
            pad = max(PAD_PX, face.halo_px + 1.0) * scale
            self._sizes[key] = math.ceil(width + lean + 2 * pad), math.ceil(metrics.height() * len(lines) + pad)
        return self._sizes[key]

    def name(self, text: str, face: Face, scale: float, gap: float) -> Name:
        """Measure a label that is to be set along a line."""
        return Name(_advances(text, face, scale), *self.size(text, face, scale), gap)

    def paint(self, painter: QPainter, labels: Sequence[PlacedLabel], scale: float, within_s: float = math.inf) -> bool:
        """Paint labels in ascending importance, the most important on top, and all leaders below all letters.

        Pictures of letters are made for at most `within_s`, but of one label in any case. False where some were left
        out.
        """
        pictures: list[_Pictured] = [(label, None) for label in labels]
        if not is_vector_device(painter):
            pictures = self._with_letters(labels, scale, within_s)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label, _ in pictures:
            if label.leader is not None:
                _paint_leader(painter, label, scale)
        for label, sprite in reversed(pictures):
            if sprite is None:
                self._paint_shapes(painter, label, scale)
                continue
            if label.letters:
                painter.drawImage(QPointF(QPoint(round(label.px), round(label.py)) + sprite.offset()), sprite)
                continue
            x, y = label.centre
            left, top = x - sprite.width() / 2, y - sprite.height() / 2
            painter.drawImage(QPointF(round(left), round(top)), sprite)
        painter.restore()
        return len(pictures) == len(labels)

    def _with_letters(self, labels: Sequence[PlacedLabel], scale: float, within_s: float) -> list[_Pictured]:
        """The labels with pictures of their letters; those without are made in turn while there is time."""
        pictured: list[_Pictured] = []
        has_new, end = False, time.perf_counter() + within_s
        for label in labels:
            key = _key(label, scale)
            sprite = self._sprites.get(key)
            if sprite is None:
                if has_new and time.perf_counter() >= end:
                    continue
                sprite, has_new = self._made(key, label, scale), True
            pictured.append((label, sprite))
        return pictured

    def _paint_shapes(self, painter: QPainter, label: PlacedLabel, scale: float) -> None:
        """Paint a label onto PDF or SVG: the halo as an outline, the letters as text.

        Letters along a bend are outlines too; the whole name is added as invisible text, so that it can be searched and
        copied.
        """
        face = face_of(label)
        pieces, font, here = self._pieces(label, scale), face.font(scale), painter.transform()
        outline = QPainterPath()
        for way, text in pieces:
            outline.addPath(way.map(letters_path(QPointF(), font, text)))
        if face.halo_px > 0 and face.halo_color:
            pen = QPen(QColor(face.halo_color), 2 * face.halo_px * scale)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(outline, pen)
        painter.setFont(font)
        if label.letters:
            outline.setFillRule(Qt.FillRule.WindingFill)
            painter.fillPath(outline, QColor(face.color))
            painter.setPen(QColor(0, 0, 0, 0))
            width, _ = self.size(label.text, face, scale)
            painter.drawText(QPointF(label.centre[0] - width / 2, label.centre[1]), label.text)
            return
        painter.setPen(QColor(face.color))
        for way, text in pieces:
            painter.setTransform(way * here)
            painter.drawText(QPointF(), text)
        painter.setTransform(here)

    def _pieces(self, label: PlacedLabel, scale: float) -> list[LetterPiece]:
        """The lines of a label, or its letters where it is bent."""
        face = face_of(label)
        if label.letters:
            return bent_pieces(label, face.metrics(scale), QPointF(label.px, label.py))
        width, height = self.size(label.text, face, scale)
        turned = QTransform.fromTranslate(*label.centre).rotate(label.angle_deg)
        lines = _lines_of(label, scale, QPointF(-width / 2, -height / 2))
        return [(QTransform(turned).translate(place.x(), place.y()), line) for place, line in lines]

    def _made(self, key: _Key, label: PlacedLabel, scale: float) -> QImage:
        if len(self._sprites) > MOST_SPRITES:
            self._sprites.clear()
        bent = bool(label.letters)
        sprite = self._bent(label, scale) if bent else self._painted(label, scale, round(label.angle_deg, 1))
        self._sprites[key] = sprite
        return sprite

    def _bent(self, label: PlacedLabel, scale: float) -> QImage:
        face = face_of(label)
        font, metrics = face.font(scale), face.metrics(scale)
        halo_px = face.halo_px * scale if face.halo_color else 0.0
        pieces = bent_pieces(label, metrics, QPointF())
        return bent_sprite(pieces, font, metrics, self._halos, QColor(face.color), QColor(face.halo_color), halo_px)

    def _painted(self, label: PlacedLabel, scale: float, angle_deg: float) -> QImage:
        face = face_of(label)
        width, height = self.size(label.text, face, scale)
        lines, font, metrics = _lines_of(label, scale, QPointF(0, 0)), face.font(scale), face.metrics(scale)
        halo = _transparent(width, height)
        if face.halo_px > 0 and face.halo_color:
            with painting(halo) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                for place, line in lines:
                    self._halos.paint(
                        painter, place, font, metrics, line, QColor(face.halo_color), 2 * face.halo_px * scale
                    )
        turn = QTransform().rotate(angle_deg)
        box = turn.mapRect(QRectF(-width / 2, -height / 2, width, height))
        # as odd or even as the upright one, so that its middle is on the same place of a pixel
        sprite = _transparent(_like(box.width(), width), _like(box.height(), height)) if angle_deg else halo.copy()
        if not angle_deg:
            sprite.fill(Qt.GlobalColor.transparent)
        with painting(sprite) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.translate(sprite.width() / 2, sprite.height() / 2)
            painter.rotate(angle_deg)
            painter.translate(-width / 2, -height / 2)
            painter.setOpacity(QColor(face.halo_color).alphaF() if face.halo_color else 0.0)
            painter.drawImage(0, 0, halo)
            painter.setOpacity(1.0)
            for place, line in lines:
                painter.fillPath(letters_path(place, font, line), QColor(face.color))
        return sprite


def _key(label: PlacedLabel, scale: float) -> _Key:
    return label.text, face_of(label), label.side, scale, round(label.angle_deg, 1), label.letters


@lru_cache(maxsize=4096)
def _advances(text: str, face: Face, scale: float) -> tuple[float, ...]:
    return advances_of(text, face.metrics(scale))


def face_of(label: PlacedLabel) -> Face:
    return label.face if isinstance(label.face, Face) else Face()


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


def _lines_of(label: PlacedLabel, scale: float, at: QPointF) -> list[tuple[QPointF, str]]:
    """The baseline of each line of a label whose upper left is `at`."""
    face = face_of(label)
    metrics, lines = face.metrics(scale), label.text.split("\n")
    pad, widths = max(PAD_PX, face.halo_px + 1.0) * scale, [metrics.horizontalAdvance(line) for line in lines]
    baselines = []
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        indent = (max(widths) - width) * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        baseline = at.y() + pad / 2 + metrics.ascent() + number * metrics.height()
        baselines.append((QPointF(at.x() + pad + indent, baseline), line))
    return baselines


def _transparent(width: float, height: float) -> QImage:
    image = QImage(int(width), int(height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _like(length: float, other: float) -> int:
    """A length rounded up, and made odd where the other is odd."""
    whole = math.ceil(length)
    return whole + (whole - int(other)) % 2
