"""The letters of a label along a bend: how wide each is, where each stands, and the little picture of them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QTransform

from layers.vector.labels.label_layout import PlacedLabel
from layers.vector.labels.letters import clusters_of
from viewer.canvas.labels.fonts import letters_path
from viewer.canvas.labels.halos import HaloPainter
from viewer.support.painting import painting

_SMOOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform

type LetterPiece = tuple[QTransform, str]
"""A text, and the transform that places and turns the beginning of its baseline."""


def advances_of(text: str, metrics: QFontMetricsF) -> tuple[float, ...]:
    """The width of each letter, kerning included; empty where the text is only ever set straight."""
    ends = [0.0, *(metrics.horizontalAdvance(part) for part in accumulate(clusters_of(text)))]
    return tuple(end - start for start, end in pairwise(ends))


def bent_pieces(label: PlacedLabel, metrics: QFontMetricsF, origin: QPointF) -> list[LetterPiece]:
    """Each letter of a label along a bend, the label's anchor at `origin`."""
    drop = (metrics.ascent() - metrics.descent()) / 2
    pieces = []
    clusters, advances = clusters_of(label.text), advances_of(label.text, metrics)
    for letter, cluster, advance in zip(label.letters, clusters, advances, strict=True):
        if not cluster.isspace():
            way = QTransform.fromTranslate(origin.x() + letter.dx, origin.y() + letter.dy).rotate(letter.angle_deg)
            pieces.append((way.translate(-advance / 2, drop), cluster))
    return pieces


def bent_sprite(
    pieces: Sequence[LetterPiece],
    font: QFont,
    metrics: QFontMetricsF,
    halos: HaloPainter,
    color: QColor,
    halo_color: QColor,
    halo_px: float,
) -> QImage:
    """Picture of the letters: the halos of all, then the letters. Its offset is that of its corner from the anchor."""
    margin = 2 * halo_px + 2.0
    box = QRectF()
    for way, text in pieces:
        flat = QRectF(0, -metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
        box |= way.mapRect(flat.adjusted(-margin, -margin, margin, margin))
    corner = QPoint(math.floor(box.left()), math.floor(box.top()))
    halo = _transparent(math.ceil(box.right()) - corner.x(), math.ceil(box.bottom()) - corner.y())
    sprite = halo.copy()
    to_sprite = QTransform.fromTranslate(-corner.x(), -corner.y())
    if halo_px > 0:
        with painting(halo) as painter:
            painter.setRenderHints(_SMOOTH)
            for way, text in pieces:
                painter.setTransform(way * to_sprite)
                halos.paint(painter, QPointF(), font, metrics, text, halo_color, 2 * halo_px)
    with painting(sprite) as painter:
        painter.setRenderHints(_SMOOTH)
        painter.setOpacity(halo_color.alphaF())
        painter.drawImage(0, 0, halo)
        painter.setOpacity(1.0)
        for way, text in pieces:
            painter.fillPath((way * to_sprite).map(letters_path(QPointF(), font, text)), color)
    sprite.setOffset(corner)
    return sprite


def _transparent(width: int, height: int) -> QImage:
    image = QImage(max(width, 1), max(height, 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image
