"""The names of marks as pieces of a page: labels with their lines, and numbers on discs."""

from __future__ import annotations

import re
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.vector.labels.label_layout import PlacedLabel
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.naming import LABEL_PAD, LEADING, Naming, label_type
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine, Type
from viewer.export.plates.setting.piece import Piece, fine_pen, sharp_rect
from viewer.export.printed import GroupKind
from viewer.rendering.vector.qt_shapes import rect_of

_NEAR_PX = 14.0
"""Distance in logical pixels from which a moved label has a line to its mark."""


def label_pieces(on_page: MapOnPage, naming: Naming, style: HouseStyle, sign_scale: float) -> list[Piece]:
    """Labels and numbers as pieces at their places on the page."""
    corner = on_page.rect.topLeft()
    pieces = []
    for label in naming.labels:
        type_ = label.face if isinstance(label.face, Type) else label_type(label.rank, style, sign_scale)
        color = style.label
        box = rect_of(label.box).translated(corner)
        lines = _lines(label, type_, box, color, style.halo)
        pieces.append(_piece(on_page, label, box, lines, color, style, f"label:{label.uuid}"))
    for label in naming.numbers:
        type_ = label.face if isinstance(label.face, Type) else label_type(label.rank, style, sign_scale)
        box = rect_of(label.box).translated(corner)
        text, type_ = _fitting(label.text, type_, box.width() - 0.4 * type_.size)
        x = box.center().x() - type_.width(text) / 2
        line = TextLine(x, box.center().y() + 0.36 * type_.size, text, type_, "#0b141c")
        piece = _piece(on_page, label, box, (line,), style.label, style, f"number:{label.uuid}")
        pieces.append(replace(piece, below=(partial(_paint_disc, box=box),)))
    return pieces


def _fitting(numbers: str, type_: Type, room: float) -> tuple[str, Type]:
    """Numbers in letters that fit; of many that do not follow each other the first and the last."""
    if type_.width(numbers) <= room:
        return numbers, type_
    small = type_.scaled(room / type_.width(numbers))
    if small.width(numbers) <= room:
        return numbers, small
    first, last = re.split(r"\D+", numbers)[0], re.split(r"\D+", numbers)[-1]
    return f"{first}…{last}", type_


def _piece(
    on_page: MapOnPage,
    label: PlacedLabel,
    box: QRectF,
    lines: tuple[TextLine, ...],
    color: str,
    style: HouseStyle,
    key: str,
) -> Piece:
    foot = on_page.rect.topLeft() + QPointF(label.px, label.py)
    leader = partial(
        _paint_leader,
        foot=foot,
        clearance=label.clearance,
        color=color,
        halo=style.halo,
        is_wanted=label.leader is not None,
        scale=on_page.view.ratio,
    )
    return Piece(
        key,
        on_page.page,
        box,
        lines,
        kind=GroupKind.LABELS,
        frame=on_page.number,
        leader=leader,
        texts=(" ".join(label.text.split()),),
    )


def _lines(label: PlacedLabel, type_: Type, box: QRectF, color: str, halo: str) -> tuple[TextLine, ...]:
    lines = []
    room = box.width() - 2 * LABEL_PAD
    for number, text in enumerate(label.text.split("\n")):
        spare = room - type_.width(text)
        x = box.left() + LABEL_PAD + spare * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        baseline = box.top() + LABEL_PAD + number * type_.size * LEADING + 0.92 * type_.size
        lines.append(TextLine(x, baseline, text, type_, color, halo))
    return tuple(lines)


def _paint_disc(painter: QPainter, box: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor("#fbfdfe"))
    disc = sharp_rect(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), "#0b141c", 1.0)
    painter.drawRoundedRect(disc, disc.height() / 2, disc.height() / 2)


def _paint_leader(
    painter: QPainter,
    box: QRectF,
    *,
    foot: QPointF,
    clearance: float,
    color: str,
    halo: str,
    is_wanted: bool,
    scale: float,
) -> None:
    """Paint a line from beside the mark to the nearest edge of the label."""
    end = QPointF(
        min(max(foot.x(), box.left()), box.right()),
        min(max(foot.y(), box.top() + 0.3 * box.height()), box.bottom() - 0.3 * box.height()),
    )
    line = QLineF(foot, end)
    length = line.length()
    if length <= (0.0 if is_wanted else clearance + _NEAR_PX * scale) or length <= clearance:
        return
    line.setP1(line.pointAt(min(1.0, (clearance * 1.1 + 1.0) / length)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    round_cap = Qt.PenCapStyle.RoundCap
    for ink, width in ((QColor(halo), 2.8 * scale), (QColor(color), 1.1 * scale)):
        painter.setPen(fine_pen(painter, ink, width, round_cap))
        painter.drawLine(line)
