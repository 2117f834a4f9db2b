"""The legend of a product as rows that flow with its words: only what is visible, no taller than it needs to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QTransform

from layers.document.document import Document
from layers.document.site import Site
from layers.product.content import ClaimSaid
from viewer.canvas.search_painter import paint_missed, paint_obscured
from viewer.canvas.sites.seen_signs import ink_of_page, paint_presence
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.canvas.sites.site_symbol_painter import dashed
from viewer.canvas.sites.site_symbology import AREA_DOTS_PX, HALO_COLOR, SETTING_COLOR, fill_of, outline_of
from viewer.export.plates.maps.legend_content import (
    LegendRow,
    hatch_rows,
    judgement_rows,
    layer_rows,
    legend_rows,
    presence_rows,
    spread_rows,
)
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.spread_marks import paint_dot, paint_stack
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.rendering.vector.qt_shapes import is_vector_device, round_pen
from viewer.rendering.vector.symbol_sample import paint_sample
from viewer.support.language.translation import translate
from viewer.support.painting import painting, part_of_picture

KEY = "legend"
CHIP = QColor("#2c3a44")
"""Ground below samples of lines and areas."""


def legend_of(
    document: Document, maps: Sequence[MapOnPage], claims: Sequence[ClaimSaid], with_marks: bool
) -> list[LegendRow]:
    """Rows for the marks of all maps and for our judgements of the claims, then for the classes of the maps' layers,
    without repetition.
    """
    in_frames = dict.fromkeys(uuid for on_page in maps for uuid in on_page.in_frame())
    rows = legend_rows(document, in_frames) if with_marks else []
    rows += presence_rows(on_page.presences.get(uuid, "") for on_page in maps for uuid in on_page.in_frame())
    if with_marks:
        rows += spread_rows((sign for on_page in maps for sign in on_page.signs()), _insets(maps))
    rows += hatch_rows(hatch for on_page in maps for hatch in on_page.hatches_in_frame())
    rows += judgement_rows(claims)
    seen: set[tuple[str, str]] = set()
    for on_page in maps:
        for row in layer_rows(on_page.scene, on_page.view):
            if (row.text, row.geometry) not in seen:
                seen.add((row.text, row.geometry))
                rows.append(row)
    return rows


def _insets(maps: Sequence[MapOnPage]) -> int:
    """Number of the maps that are boxes on the first."""
    return len(maps) - 1 if maps and maps[0].edges else 0


def legend_atoms(rows: Sequence[LegendRow], sizes: PageSizes, style: HouseStyle, factor: float = 1.0) -> list[Atom]:
    """A heading and the rows, with letters and signs `factor` times as large as running text."""
    if not rows:
        return []
    head = sizes.type(1.05 * factor, bold=True)
    atoms = [Atom(KEY, translate("Export", "Legend"), head, style.ink, sizes.gap, keep=True)]
    for at, row in enumerate(rows):
        is_last = at + 1 == len(rows)
        atoms.append(_atom(row, sizes, style, factor, is_heading=not is_last and rows[at + 1].has_symbol))
    return atoms


def _atom(row: LegendRow, sizes: PageSizes, style: HouseStyle, factor: float, is_heading: bool) -> Atom:
    body = sizes.type(factor)
    height = (1.75 if factor == 1.0 else 1.5) * body.size
    paint, indent = partial(_paint_symbol, row=row, height=height), height * 2.7 / 1.75
    if row.has_symbol:
        text = f"{row.text} ({row.count})" if row.count > 1 else row.text
        return Atom(KEY, text, body, style.ink, 0.0, indent, paint, height)
    if row.is_note:
        small, gap = sizes.type(0.92 * factor), (0.3 if factor == 1.0 else 0.0) * sizes.body
        if row.sample is None and not row.sign:
            return Atom(KEY, row.text, small, style.quiet, gap)
        return Atom(KEY, row.text, small, style.quiet, gap, indent, paint, height)
    return Atom(KEY, row.text, sizes.type(factor, bold=True), style.quiet, 0.35 * sizes.body, keep=is_heading)


def _paint_symbol(painter: QPainter, box: QRectF, row: LegendRow, height: float) -> None:
    """Paint a symbol, onto pixels by way of a picture of its own: Qt paints clipped fine lines differently."""
    here = painter.worldTransform()
    room = here.mapRect(QRectF(box.left() - 2, box.top() - 2, 1.5 * height, box.height() + 4)).toAlignedRect()
    if is_vector_device(painter) or here.isRotating() or room.isEmpty():
        paint_sign(painter, box, row, height)
        return
    picture = QImage(room.size(), QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    with painting(picture) as inner:
        inner.setWorldTransform(here * QTransform.fromTranslate(-room.left(), -room.top()))
        paint_sign(inner, box, row, height)
    with part_of_picture(painter):
        painter.setWorldTransform(QTransform())
        painter.drawImage(room.topLeft(), picture)


def paint_sign(painter: QPainter, box: QRectF, row: LegendRow, height: float) -> None:
    """Paint the sign of a row. Symbols are drawn for dark imagery: lines in white would be lost on paper."""
    scale = height / 21.0
    sample = row.sample
    is_point = sample.kind == "point" if sample is not None else "Point" in row.geometry
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = box.top() + height / 2 if box.height() > 1.5 * height else box.center().y()
    if not (is_point or row.sign in ("stack", "dot")):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(CHIP)
        chip = QRectF(box.left(), middle - 8.5 * scale, 25 * scale, 17 * scale)
        painter.drawRoundedRect(chip, 3 * scale, 3 * scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if row.presence:
        here = QPointF(box.left() + 12.5 * scale, middle)
        paint_presence(painter, here, row.presence, 0.85 * scale, ink_of_page("#ffffff", "#0b1117"))
    elif row.sign:
        _paint_crowd_sign(painter, row.sign, QPointF(box.left() + 12.5 * scale, middle), scale)
    elif row.hatch:
        _paint_hatch(painter, row.hatch, QRectF(box.left(), middle - 8.5 * scale, 25 * scale, 17 * scale), scale)
    elif sample is not None and row.circle:
        _paint_circle(painter, sample, QPointF(box.left() + 12.5 * scale, middle), scale)
    elif sample is not None:
        paint_site_symbol(painter, sample, box.left() + 12.5 * scale, middle, scale)
    elif row.look is not None:
        paint_sample(painter, row.look, row.geometry, box.left() + 12.5 * scale, middle, scale)


def _paint_crowd_sign(painter: QPainter, sign: str, at: QPointF, scale: float) -> None:
    """Paint the sign of marks too close together: a symbol with a line to its place, one for several, or a dot."""
    if sign == "stack":
        paint_stack(painter, (at.x(), at.y()), 7.0 * scale, 3, SETTING_COLOR)
        return
    dot = at - QPointF(7.5 * scale, -3.5 * scale) if sign == "moved" else at
    if sign == "moved":
        symbol = at + QPointF(6.0 * scale, -1.5 * scale)
        painter.setPen(round_pen(QColor("#ffffff"), 1.3 * scale))
        painter.drawLine(dot, symbol)
        painter.setPen(round_pen(QColor(SETTING_COLOR), 1.6 * scale))
        painter.setBrush(QColor("#fbfdfe"))
        painter.drawEllipse(symbol, 4.6 * scale, 4.6 * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    for color, radius in (("#fbfdfe", 3.4), (SETTING_COLOR, 2.4)):
        painter.setBrush(QColor(color))
        paint_dot(painter, (dot.x(), dot.y()), radius * scale)


def _paint_hatch(painter: QPainter, hatch: str, chip: QRectF, scale: float) -> None:
    path = QPainterPath()
    path.addRect(chip)
    (paint_obscured if hatch == "obscured" else paint_missed)(painter, path, 0.7 * scale, chip)


def _paint_circle(painter: QPainter, sample: Site, middle: QPointF, scale: float) -> None:
    """Paint the circle of a loosely known place, dots on a dark line, with its symbol inside."""
    radius = 9.0 * scale
    painter.setPen(round_pen(QColor(HALO_COLOR), 2.6 * scale))
    painter.setBrush(fill_of(sample))
    painter.drawEllipse(middle, radius, radius)
    dots = AREA_DOTS_PX[0] * scale, AREA_DOTS_PX[1] * scale
    painter.setPen(dashed(round_pen(outline_of(sample), 1.6 * scale), dots))
    painter.drawEllipse(middle, radius, radius)
    paint_site_symbol(painter, sample, middle.x(), middle.y(), 0.55 * scale)
