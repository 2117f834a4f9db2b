"""A pulsing ring on the map at a place that was found, or an arrow at the map's edge to a place outside.

It is a widget above the map: no picture and no product shows it, and the map is not painted anew.
"""

from __future__ import annotations

import itertools
import math

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import circle, distance_m
from viewer.canvas.labels.fonts import map_font
from viewer.canvas.sites.site_symbology import HALO_COLOR, SELECTED_COLOR
from viewer.canvas.widget import MapCanvas
from viewer.support.painting import painting

FRAME_MS = 40
PULSE_MS = 1400
RING_PX, SWELL_PX = 9.0, 13.0
EDGE_PX = 26.0
RIM_STEPS, FARTHEST_LAT = 12, 85.0
REACH_PX = 44
"""Half the size of the widget around a place with a small error, in logical pixels."""


class PlaceMarker(QWidget):
    """Child of a canvas, transparent for the mouse. `cover` is the part of the canvas that something else hides."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._place: tuple[float, float] | None = None
        self._error_m = 0.0
        self._frame: Bounds | None = None
        self._cover = QRect()
        self._phase = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Place found"))
        self._beat = QTimer(self, interval=FRAME_MS)
        self._beat.timeout.connect(self._pulse)
        self._end = QTimer(self, singleShot=True)
        self._end.timeout.connect(self.clear)
        canvas.view_changed.connect(self._follow)
        canvas.panes_changed.connect(self._follow)
        canvas.installEventFilter(self)
        self.hide()

    @property
    def place(self) -> tuple[float, float] | None:
        """Longitude and latitude of the place that is shown."""
        return self._place

    def show_at(
        self, lon: float, lat: float, error_m: float = 0.0, *, for_ms: int = 0, frame: Bounds | None = None
    ) -> None:
        """Show a place with the circle of its error, or with an extent.

        `error_m`: radius of the circle, in metres. `for_ms`: milliseconds until the marker goes, 0 for no end. `frame`:
        the extent, in lon, lat.
        """
        self._place, self._error_m, self._frame, self._phase = (lon, lat), error_m, frame, 0.0
        self._end.stop()
        if for_ms:
            self._end.start(for_ms)
        self._beat.start()
        self._follow()

    @property
    def frame(self) -> Bounds | None:
        """The extent that is framed, in lon, lat."""
        return self._frame if self._place is not None else None

    def set_cover(self, cover: QRect) -> None:
        """Set the hidden part, in the canvas's coordinates; the arrow points at a place under it from below."""
        self._cover = cover
        self._follow()

    def clear(self) -> None:
        self._place = None
        self._beat.stop()
        self._end.stop()
        self.hide()

    def anchor(self) -> tuple[QPointF, bool] | None:
        """Position of the ring or arrow in the canvas's logical pixels, and True for a ring, at the place itself."""
        at = self._position()
        if at is None:
            return None
        room = QRectF(self._canvas.pane_rect).adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        if self._cover.isValid() and QRectF(self._cover).adjusted(-4, -4, 4, 4).contains(at):
            below = min(float(self._cover.bottom()) + EDGE_PX, room.bottom())
            return QPointF(min(max(at.x(), room.left()), room.right()), below), False
        if QRectF(self._canvas.pane_rect).contains(at):
            return at, True
        middle = room.center()
        dx, dy = at.x() - middle.x(), at.y() - middle.y()
        share = min(room.width() / 2 / abs(dx) if dx else math.inf, room.height() / 2 / abs(dy) if dy else math.inf)
        edge = QPointF(middle.x() + dx * share, middle.y() + dy * share)
        if self._cover.isValid() and QRectF(self._cover).contains(edge):
            edge.setY(float(self._cover.bottom()) + EDGE_PX)
        return edge, False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    # -- where it is ----------------------------------------------------------------------------------------------

    def _position(self) -> QPointF | None:
        """The place in logical pixels of the canvas; of its copies around the world, the nearest to the middle."""
        if self._place is None:
            return None
        points = self._pixels([self._place[0] + turn for turn in (-360.0, 0.0, 360.0)], [self._place[1]] * 3)
        middle = QRectF(self._canvas.pane_rect).center()
        near = [point for point in points if math.isfinite(point.x()) and math.isfinite(point.y())]
        return min(near, key=lambda point: math.dist((point.x(), point.y()), (middle.x(), middle.y())), default=None)

    def _pixels(self, lons: list[float], lats: list[float]) -> list[QPointF]:
        view = self._canvas.viewport.view()
        xs, ys = transform_points(WGS84, view.grid.crs, lons, lats)
        pixels = (view.to_pixel(float(x), float(y)) for x, y in zip(xs, ys, strict=True))
        return [self._canvas.pane.on_widget(px, py) for px, py in pixels]

    def _outline(self) -> QPolygonF | None:
        """The frame, or the circle of the error; None where it is smaller than the ring, or not on this map."""
        at = self._position()
        if at is None or self._place is None:
            return None
        if self._frame is not None:
            lons, lats = _rim(self._frame)
        elif self._error_m <= 0 or abs(self._place[1]) > 89:
            return None
        else:
            lons, lats = ([float(degrees) for degrees in values] for values in circle(*self._place, self._error_m))
        outline = QPolygonF(self._pixels(lons, lats))
        shift = at - outline.boundingRect().center()
        if abs(shift.x()) > 2 * abs(outline.boundingRect().width()):  # another copy of the world
            outline.translate(QPointF(shift.x(), 0.0))
        size = outline.boundingRect()
        far = 20 * max(self._canvas.width(), self._canvas.height())
        fits = math.isfinite(size.width()) and 2 * RING_PX < max(size.width(), size.height()) < far
        return outline if fits else None

    def _follow(self) -> None:
        anchor = self.anchor()
        if anchor is None:
            self.hide()
            return
        at, is_place = anchor
        area = QRectF(at.x() - REACH_PX, at.y() - REACH_PX, 2 * REACH_PX, 2 * REACH_PX)
        outline = self._outline() if is_place else None
        if outline is not None:
            area = area.united(outline.boundingRect().adjusted(-4, -4, 4, 4))
        if not is_place:
            area = area.adjusted(-60, 0, 60, 0)
        self.setGeometry(area.toAlignedRect().intersected(self._canvas.pane_rect))
        self.show()
        self.update()

    def _pulse(self) -> None:
        self._phase = (self._phase + FRAME_MS / PULSE_MS) % 1.0
        self.update()

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        anchor = self.anchor()
        if anchor is None:
            return
        at, is_place = anchor
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-QPointF(self.pos()))
            if is_place:
                self._paint_ring(painter, at)
            else:
                self._paint_arrow(painter, at)

    def _paint_ring(self, painter: QPainter, at: QPointF) -> None:
        outline = self._outline()
        if outline is not None:
            fill = QColor(SELECTED_COLOR)
            fill.setAlpha(36)
            painter.setPen(QPen(QColor(HALO_COLOR), 3.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(outline)
            painter.setPen(QPen(QColor(SELECTED_COLOR), 1.4, Qt.PenStyle.DashLine))
            painter.setBrush(fill)
            painter.drawPolygon(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        swelling = QColor(SELECTED_COLOR)
        swelling.setAlphaF(0.85 * (1.0 - self._phase))
        painter.setPen(QPen(swelling, 2.4))
        radius = RING_PX + SWELL_PX * self._phase
        painter.drawEllipse(at, radius, radius)
        for color, width in ((HALO_COLOR, 5.0), (SELECTED_COLOR, 2.4)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawEllipse(at, RING_PX, RING_PX)
            for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0)):
                near, far = RING_PX - 3.5, RING_PX + 4.5
                painter.drawLine(
                    QPointF(at.x() + dx * near, at.y() + dy * near), QPointF(at.x() + dx * far, at.y() + dy * far)
                )

    def _paint_arrow(self, painter: QPainter, at: QPointF) -> None:
        """Paint an arrow head that points to the place, with its distance from the middle of the map."""
        goal = self._position()
        if goal is None:
            return
        turn = math.degrees(math.atan2(goal.y() - at.y(), goal.x() - at.x()))
        painter.save()
        painter.translate(at)
        painter.rotate(turn)
        head = QPainterPath(QPointF(15 + 3 * math.sin(2 * math.pi * self._phase), 0))
        head.lineTo(-7, -9)
        head.lineTo(-3, 0)
        head.lineTo(-7, 9)
        head.closeSubpath()
        painter.setPen(QPen(QColor(HALO_COLOR), 3.0))
        painter.setBrush(QColor(SELECTED_COLOR))
        painter.drawPath(head)
        painter.fillPath(head, QColor(SELECTED_COLOR))
        painter.restore()
        self._paint_distance(painter, at)

    def _paint_distance(self, painter: QPainter, at: QPointF) -> None:
        lon, lat = self._canvas.viewport.centre_lonlat()
        if self._place is None or not math.isfinite(lon):
            return
        text = self.tr("{0} km").format(f"{distance_m(lon, lat, *self._place) / 1000:,.0f}".replace(",", "\u202f"))
        font = map_font(11, bold=True)
        width = QFontMetricsF(font).horizontalAdvance(text) + 12
        room = QRectF(self._canvas.pane_rect).adjusted(4, 4, -4, -4)
        left = min(max(at.x() - width / 2, room.left()), room.right() - width)
        top = at.y() + 15 if at.y() + 35 < room.bottom() else at.y() - 35
        chip = QRectF(left, top, width, 19)
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(HALO_COLOR)
        ground.setAlpha(215)
        painter.setBrush(ground)
        painter.drawRoundedRect(chip, 4, 4)
        painter.setFont(font)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)


def _rim(frame: Bounds) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes along the edges, close enough to bend as the map does; the poles are left out."""
    steps = [step / RIM_STEPS for step in range(RIM_STEPS)]
    south, north = max(frame.bottom, -FARTHEST_LAT), min(frame.top, FARTHEST_LAT)
    corners = [
        (frame.left, south),
        (frame.right, south),
        (frame.right, north),
        (frame.left, north),
        (frame.left, south),
    ]
    rim = [
        (x + (next_x - x) * step, y + (next_y - y) * step)
        for (x, y), (next_x, next_y) in itertools.pairwise(corners)
        for step in steps
    ]
    return [x for x, _ in rim], [y for _, y in rim]
