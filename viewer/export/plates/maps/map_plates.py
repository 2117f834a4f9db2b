"""Scale bar, north arrow, date and place, each on a plate of its own: legible on snow and sea, and clear of marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.crs import WGS84, is_off_earth, transform_points, true_north_degrees
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.product.facts import SCALE_CHANGES_M
from layers.vector.labels.label_layout import Box
from viewer.canvas.furniture.overlays import north_angle_deg, scale_bar_of
from viewer.export.plates.maps.image_captions import dates_of, image_facts
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import TextLine, Type
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece, fine_pen, sharp_rect
from viewer.rendering.vector.qt_shapes import box_of
from viewer.support.language.translation import in_language

_MOST_TURN_DEG = 5.0
"""Greatest change of true north over a frame, in degrees, for which one arrow is shown."""
_WIDE_M = 0.99 * SCALE_CHANGES_M
"""Width of a frame from which the bar names its latitude; a little less, as widths are measured in several ways."""
_WIDEST_STAMP, _HIGHEST_STAMP = 0.6, 0.3
"""Greatest parts of a frame's width and height for the stamp of date and place."""
_CORNERS = ((0, 1), (1, 0), (1, 1), (0, 0))
"""Corners as parts across and down: lower left, upper right, lower right, upper left."""
_SIDES = ((0.5, 1), (0.5, 0), (0, 0.5), (1, 0.5))
"""The middle of each edge, used where all corners have marks."""

type Marks = tuple[Sequence[Box], Sequence[Box]]
"""The boxes of symbols, and those along lines, relative to the frame's corner."""


class BarOnPlate(Struct, frozen=True):
    """The scale bar of a map: its piece, its words, and its length on the ground."""

    piece: Piece
    words: str
    length_m: float
    width: float
    latitude: float | None


def scale_bar_piece(
    on_page: MapOnPage, style: HouseStyle, type_: Type, obstacles: list[QRectF], marks: Marks
) -> BarOnPlate | None:
    """Make the scale bar; None off the Earth, or where the frame's middle has no place."""
    if is_off_earth(on_page.view.grid.crs):
        return None
    room = min(0.34 * on_page.rect.width(), 22 * type_.size)
    bar = scale_bar_of(on_page.view, room, _WIDE_M)
    if bar is None:
        return None
    pad = 0.55 * type_.size
    width = max(bar.width_px, type_.width(bar.words)) + 2 * pad
    height = 2 * pad + 1.25 * type_.size + 0.55 * type_.size
    box = corner_box(on_page, width, height, obstacles, marks, 0)
    at = QPointF(box.left() + pad, box.top() + pad + 0.85 * type_.size)
    line = TextLine(at.x(), at.y(), bar.words, type_, style.plate_ink)
    paint = partial(
        _paint_bar,
        box=box,
        pad=pad,
        length=bar.width_px,
        tick=0.5 * type_.size,
        ground=style.plate,
        ink=style.plate_ink,
    )
    key = f"scale bar:{on_page.number}"
    piece = Piece(key, on_page.page, box, (line,), (paint,), frame=on_page.number, texts=(bar.words,))
    return BarOnPlate(piece, bar.words, bar.length_m, bar.width_px, bar.latitude)


def north_arrow_piece(
    on_page: MapOnPage, style: HouseStyle, type_: Type, obstacles: list[QRectF], marks: Marks
) -> Piece | None:
    """Make the north arrow; None where there is no north, or one arrow would not be true all over the frame."""
    angle = north_angle_deg(on_page.view)
    if not math.isfinite(angle) or not north_holds(on_page.view):
        return None
    size = 2.6 * type_.size
    box = corner_box(on_page, size, 1.35 * size, obstacles, marks, 1)
    letter = Type(type_.size, True, False, type_.families)
    line = TextLine(
        box.center().x() - letter.width("N") / 2, box.top() + 1.05 * type_.size, "N", letter, style.plate_ink
    )
    paint = partial(_paint_arrow, box=box, angle=angle, ground=style.plate, ink=style.plate_ink, top=1.2 * type_.size)
    return Piece(
        f"north arrow:{on_page.number}", on_page.page, box, (line,), (paint,), frame=on_page.number, texts=("N",)
    )


def date_and_place(on_page: MapOnPage, *, with_solar_time: bool = False) -> list[str]:
    """The dates of the images in a frame, and the place of its middle; without images only the place.

    `with_solar_time`: also the hour of the day there, where the images have one.
    """
    facts = [fact for fact in image_facts(on_page, with_solar_time=with_solar_time) if not fact.is_reference]
    place = "" if is_off_earth(on_page.view.grid.crs) else centre_degrees(on_page.view)
    times = {fact.solar_time for fact in facts}
    solar = in_language(times.pop()) if len(times) == 1 else ""
    return [words for words in (dates_of(on_page) if facts else "", solar, place) if words]


def date_and_place_pieces(
    on_page: MapOnPage,
    style: HouseStyle,
    sizes: PageSizes,
    obstacles: list[QRectF],
    marks: Marks,
    *,
    with_solar_time: bool = False,
) -> list[Piece]:
    """Make the stamp, clear of marks if possible; none where the frame has no room for it."""
    words = date_and_place(on_page, with_solar_time=with_solar_time)
    type_, small = sizes.type(0.95, bold=True), sizes.type(0.85)
    lettered = [(text, type_ if at == 0 else small) for at, text in enumerate(words)]
    pad = 0.5 * type_.size
    width = max((set_in.width(text) for text, set_in in lettered), default=0.0) + 2 * pad
    height = sum(1.3 * set_in.size for _, set_in in lettered) + 1.2 * pad
    if not words or width > _WIDEST_STAMP * on_page.rect.width() or height > _HIGHEST_STAMP * on_page.rect.height():
        return []
    box = corner_box(on_page, width, height, obstacles, marks, 2)
    lines, top = [], box.top() + 0.6 * pad
    for text, set_in in lettered:
        lines.append(TextLine(box.left() + pad, top + set_in.size, text, set_in, style.plate_ink))
        top += 1.3 * set_in.size
    paint = partial(paint_plate, box=box, ground=style.plate, ink=style.plate_ink)
    key = f"date and place:{on_page.number}"
    return [Piece(key, on_page.page, box, tuple(lines), (paint,), frame=on_page.number, texts=tuple(words))]


def centre_degrees(view: View) -> str:
    """Coordinates of the middle of a view, with the digits that a hundredth of it is worth."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    lon, lat = (float(value) for value in transform_points(view.grid.crs, WGS84, x, y))
    wide_m = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution) * view.width
    return format_coordinate(lon, lat, Notation.DD, error_m=wide_m / 100)


def north_holds(view: View) -> bool:
    """True where true north is the same all over a frame, as nearly as an arrow can show."""
    middle = north_angle_deg(view)
    if not math.isfinite(middle):
        return False
    for x in (0.02, 0.98):
        for y in (0.02, 0.98):
            place = view.to_world(view.width * x, view.height * y)
            angle = true_north_degrees(view.grid.crs, *place) + view.grid.rotation_deg
            if not math.isfinite(angle) or abs((angle - middle + 180) % 360 - 180) > _MOST_TURN_DEG:
                return False
    return True


def corner_box(
    on_page: MapOnPage, width: float, height: float, obstacles: list[QRectF], marks: Marks, first: int
) -> QRectF:
    """Place a box in the corner of a frame, or the middle of an edge, where it covers the fewest marks.

    It keeps off `obstacles` where it can, and is added to them. Of equally good places the first counts, from corner
    number `first` on. Symbols weigh more than lines.
    """
    rect, margin = on_page.rect, 6.0 * on_page.view.ratio
    inner = rect.adjusted(margin, margin, -margin - width, -margin - height)
    ways = _CORNERS[first:] + _CORNERS[:first] + _SIDES
    candidates = []
    for order, (x, y) in enumerate(ways):
        left = inner.left() + x * max(inner.width(), 0.0)
        top = inner.top() + y * max(inner.height(), 0.0)
        box = QRectF(left, top, width, height)
        mine = box_of(box.translated(-rect.topLeft()))
        covered = [sum(mine.overlaps(other) for other in boxes) for boxes in marks]
        lies_on = any(box.intersects(other) for other in obstacles)
        candidates.append((lies_on, covered, order, box))
    box = min(candidates, key=lambda candidate: candidate[:3])[3]
    obstacles.append(box)
    return box


def paint_plate(painter: QPainter, box: QRectF, ground: str, ink: str) -> None:
    """Paint the ground of furniture on a map."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = QColor(ink)
    rim.setAlpha(110)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(sharp_rect(painter, box, rim, 0.7), 2.5, 2.5)


def _paint_bar(painter: QPainter, box: QRectF, pad: float, length: float, tick: float, ground: str, ink: str) -> None:
    """Paint a bar of two halves, one filled."""
    paint_plate(painter, box, ground, ink)
    left, bottom = box.left() + pad, box.bottom() - pad
    bar = sharp_rect(painter, QRectF(left, bottom - tick, length, tick), ink, 0.9)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    painter.setBrush(QColor(ink))
    painter.drawRect(sharp_rect(painter, QRectF(bar.left(), bar.top(), bar.width() / 2, bar.height()), ink, 0.9))


def _paint_arrow(painter: QPainter, box: QRectF, angle: float, ground: str, ink: str, top: float) -> None:
    paint_plate(painter, box, ground, ink)
    room = QRectF(box.left(), box.top() + top, box.width(), box.height() - top - 2.0)
    painter.save()
    painter.translate(room.center())
    painter.rotate(angle)
    half = 0.46 * min(room.height(), box.width())
    painter.setPen(fine_pen(painter, ink, 0.8))
    for side, fill in ((-1, QColor(ink)), (1, QColor(ground))):
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(0, -half), QPointF(side * 0.62 * half, half), QPointF(0, 0.55 * half)]))
    painter.restore()
