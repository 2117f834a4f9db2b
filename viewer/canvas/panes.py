"""The maps of a canvas: one that fills it, or two to four side by side, one of which is in use.

Linked maps show the same place at the same scale and turn. All rectangles are in device pixels of the canvas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct, field
from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen

from layers.document.site import Site
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.furniture.corners import CornerNote, credit_rect
from viewer.canvas.furniture.notice_plate import NoticePlate
from viewer.canvas.furniture.overlays import credit_at
from viewer.canvas.map_picture import MapPicture
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.sites.site_symbology import HALO_COLOR
from viewer.canvas.viewport import Viewport
from viewer.support.language.translation import translate

IN_USE_COLOR = "#4cc2ff"
GHOST_PX = 11.0
_STRIP_ROWS = 64
"""Most rows of a translucent fill: Qt shares out a higher one among threads, and waits for them."""


class PaneWords(Protocol):
    """The words on the panes of a canvas, by their numbers from 0."""

    def name(self, at: int) -> str: ...
    def paint(self, painter: QPainter, view: View, at: int) -> None: ...


class Pane(Struct, eq=False):
    """One map: `place` is the part of the canvas that it fills."""

    shown: ShownScene
    viewport: Viewport
    picture: MapPicture
    place: QRect = field(default_factory=QRect)
    note: CornerNote | None = None
    """The note in its lower left corner, as last painted."""
    plate: NoticePlate | None = None

    @property
    def scene(self) -> MapScene:
        """The map, or the first of those that are compared in the pane."""
        return self.shown.frames[0]

    def note_at(self, at: QPointF) -> str:
        """The whole text of the plate or the note at a pixel of the pane, or what a click on a credit does."""
        shown = (
            text_box for text_box in (self.plate, self.note) if text_box is not None and text_box.rect.contains(at)
        )
        date_words = translate("overlays", "A click here leads to the date of this layer.")
        return next((text_box.text for text_box in shown), date_words if self.dated_at(at) else "")

    def dated_at(self, at: QPointF) -> str:
        """The layer, by uuid, whose credit at a pixel of the pane leads to its dates; empty where there is none."""
        if not self.picture.dated:
            return ""
        view = self.viewport.view()
        return self.picture.dated.get(credit_at(credit_rect(view), view, self.picture.credits, at), "")

    def pixel_at(self, at: QPointF) -> QPointF:
        """The pixel of the pane at a place of the widget, which is in logical pixels."""
        return at * self.viewport.view().ratio - QPointF(self.place.topLeft())

    def on_widget(self, px: float, py: float) -> QPointF:
        """The place on the widget, in logical pixels, of a pixel of the pane."""
        return (QPointF(px, py) + QPointF(self.place.topLeft())) / self.viewport.view().ratio

    def show_crosshair(self, is_shown: bool) -> None:
        """Keep labels clear of the middle, or no longer, while a tool marks it there."""
        if self.scene.has_crosshair != is_shown:
            self.scene.has_crosshair = is_shown
            self.picture.paint_anew()


class Ghost(NamedTuple):
    """The place that the mouse points at, and the pane that it is over."""

    pane: Pane
    lon: float
    lat: float


class Panes:
    """The panes of a canvas, at least one. Keys, menus and panels act on `in_use`."""

    def __init__(self, panes: Sequence[Pane], words: PaneWords | None = None) -> None:
        self.all = list(panes)
        self.words = words
        self.in_use = self.all[0]
        self.is_linked = True
        self.ghost: Ghost | None = None

    def __len__(self) -> int:
        return len(self.all)

    def show_crosshair(self, is_shown: bool) -> None:
        """Keep the labels of all panes clear of the middle, or no longer, while a tool marks it there."""
        for pane in self.all:
            pane.show_crosshair(is_shown)

    def preview_sites(self, rows: Mapping[str, Site]) -> None:
        """Show these sites, by uuid, instead of their rows in all panes; see `MapScene.preview_sites`."""
        for pane in self.all:
            for scene in pane.shown.painted:
                scene.preview_sites(rows)

    @property
    def number(self) -> int:
        """Number of the pane in use, from 0."""
        return self.all.index(self.in_use)

    def lay_out(self, width: int, height: int, ratio: float) -> None:
        """Divide a canvas among the panes."""
        for pane, place in zip(self.all, pane_rects(len(self.all), width, height), strict=True):
            pane.place = QRect(*place)
            pane.viewport.set_ratio(ratio)
            pane.viewport.resize(pane.place.width(), pane.place.height())

    def at(self, px: float, py: float) -> Pane:
        """The pane at a pixel, or the nearest one."""
        return min(self.all, key=lambda pane: _way(QRectF(pane.place), px, py))

    def led_by(self, pane: Pane) -> list[Pane]:
        """The panes that move with this one, itself included."""
        return self.all if self.is_linked else [pane]

    def shows_same(self, pane: Pane) -> bool:
        """True for a pane that shows the same as the one in use, pixel for pixel."""
        return pane is self.in_use or pane.viewport.view() == self.in_use.viewport.view()

    # -- what is painted around and above ------------------------------------------------------------------------

    def ghost_in(self, pane: Pane) -> QPointF | None:
        """The pixel of a pane that shows the place under the mouse; None in the pane that the mouse is over."""
        if self.ghost is None or pane is self.ghost.pane:
            return None
        view = pane.viewport.view()
        if is_off_earth(view.grid.crs) or not math.isfinite(self.ghost.lon):
            return None
        lons = [self.ghost.lon + turn for turn in (0.0, -360.0, 360.0)]
        xs, ys = transform_points(WGS84, view.grid.crs, lons, [self.ghost.lat] * 3)
        pixels = (view.to_pixel(float(x), float(y)) for x, y in zip(xs, ys, strict=True))
        inside = [(x, y) for x, y in pixels if 0 <= x < view.width and 0 <= y < view.height]
        return QPointF(*inside[0]) if inside else None

    def ghost_rects(self) -> list[QRect]:
        """The parts of the canvas with ghosts of the pointer."""
        rects = []
        for pane in self.all:
            at, reach = self.ghost_in(pane), math.ceil((GHOST_PX + 3) * pane.viewport.view().ratio)
            if at is not None:
                middle = (at + QPointF(pane.place.topLeft())).toPoint()
                rects.append(QRect(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach))
        return rects

    def paint_in(self, painter: QPainter, pane: Pane) -> None:
        """Paint the words of a pane and the ghost of the pointer; the painter's coordinates are the pane's pixels."""
        view = pane.viewport.view()
        if self.words is not None:
            self.words.paint(painter, view, self.all.index(pane))
        at = self.ghost_in(pane)
        if at is not None:
            paint_ghost(painter, at, view.ratio)

    def paint_around(self, painter: QPainter, size: QSize, ratio: float) -> None:
        """Paint borders, and a frame inside the pane in use, in the canvas's device pixels."""
        if len(self.all) == 1:
            return
        painter.save()
        right, bottom = (
            max(end) for end in zip(*((pane.place.right(), pane.place.bottom()) for pane in self.all), strict=True)
        )
        left_over = QRect(right + 1, 0, size.width(), size.height()), QRect(0, bottom + 1, size.width(), size.height())
        for rect in left_over:
            painter.fillRect(rect, QColor(HALO_COLOR))
        paint_borders(painter, [pane.place for pane in self.all], ratio)
        paint_frame(painter, self.in_use.place, ratio)
        painter.restore()


def paint_borders(painter: QPainter, places: Sequence[QRect], ratio: float) -> None:
    """Paint a line between panes, light on dark as a bar.

    It is filled, as Qt takes many times as long for a wide pen.
    """
    for color, width in ((QColor(11, 20, 28, 190), 4), (QColor(255, 255, 255), 2)):
        wide = round(width * ratio)
        for place in places:
            if place.left():
                for top in range(place.top(), place.bottom() + 1, _STRIP_ROWS):
                    high = min(_STRIP_ROWS, place.bottom() + 1 - top)
                    painter.fillRect(place.left() - wide // 2, top, wide, high, color)
            if place.top():
                painter.fillRect(place.left(), place.top() - wide // 2, place.width(), wide, color)


def paint_frame(painter: QPainter, place: QRect, ratio: float) -> None:
    """Paint a frame inside the edges of the pane in use."""
    for color, first, width in ((IN_USE_COLOR, 0, 3), (HALO_COLOR, 3, 1)):
        inset, wide = round(first * ratio), round(width * ratio)
        outer = place.adjusted(inset, inset, -inset, -inset)
        across, down = QSize(outer.width(), wide), QSize(wide, outer.height())
        painter.fillRect(QRect(outer.topLeft(), across), QColor(color))
        painter.fillRect(QRect(outer.left(), outer.bottom() + 1 - wide, outer.width(), wide), QColor(color))
        painter.fillRect(QRect(outer.topLeft(), down), QColor(color))
        painter.fillRect(QRect(outer.right() + 1 - wide, outer.top(), wide, outer.height()), QColor(color))


def paint_ghost(painter: QPainter, at: QPointF, ratio: float) -> None:
    """Paint a cross with an open middle, light on dark: it shows on any image, and leaves its place visible."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    far, near = GHOST_PX * ratio, 3.5 * ratio
    for color, width in ((QColor(11, 20, 28, 200), 3.6), (QColor(255, 255, 255), 1.4)):
        painter.setPen(QPen(color, width * ratio))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(at + QPointF(dx * near, dy * near), at + QPointF(dx * far, dy * far))
    painter.restore()


def _way(place: QRectF, px: float, py: float) -> float:
    """Distance of a pixel from a rectangle; 0 inside."""
    dx = max(place.left() - px, 0.0, px - place.right())
    dy = max(place.top() - py, 0.0, py - place.bottom())
    return math.hypot(dx, dy)


def pane_rects(count: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of panes of one size that share a picture: four as two by two, two and three beside
    each other, on a tall picture one below the other.
    """
    columns = 2 if count == 4 else 1 if height > width else count
    rows = count // columns
    wide, high = max(width // columns, 1), max(height // rows, 1)
    return [(at % columns * wide, at // columns * high, wide, high) for at in range(count)]
