"""Measure on the ellipsoid: a line's length and direction, with a closed ring its area; keep it as a mark if wanted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter

from layers.document.vocabulary import MEASURED
from layers.geo.measure import azimuth_deg, distance_m
from layers.grid.tile_grid import View
from layers.text.measures import length_text
from viewer.canvas.overlays import haloed_text_box, paint_haloed_text
from viewer.canvas.pointer import PointerEvent
from viewer.commands.shapes.marks import add_measurement
from viewer.commands.stamps import new_uuid
from viewer.tools.sketch import MEASURE_SYMBOL, Place, geometry_of, measured, measures, near, paint_sketch, pixels_of
from viewer.tools.tool import Tool

CLOSE_PX = 9.0
READOUT_PX = 13.0
_EDGE_PX = 6.0
"""The readout stays so far inside of the picture."""


class MeasureTool(Tool):
    """Click along what is to be measured. What was measured stays shown until it is kept, cleared or measured anew.

    `drawn` carries the uuid of the mark that a measurement was kept as.
    """

    drawn = Signal(str)
    name = "measure"
    cursor = Qt.CursorShape.CrossCursor

    _places: tuple[Place, ...] = ()
    _at: Place | None = None
    _closed = False
    _finished = False

    @property
    def hint(self) -> str:
        if self.off_earth:
            return self.off_earth
        if not self._places:
            return self.tr("Click along what you want to measure.")
        if self._finished:
            keep = self.tr("Enter, or Keep in the right-click menu, keeps it as a mark. Esc clears it.")
            return measured(self.readout, keep)
        ways = self.tr("Enter or double-click ends, a click on the first point closes an area. Backspace: one back.")
        return measured(self.readout, ways)

    @property
    def readout(self) -> str:
        """The whole length, with length and azimuth of the last leg; of a closed ring area and perimeter."""
        places = self._shown()
        if self._closed or len(places) < 2:
            return measures(places, closed=self._closed)
        (lon1, lat1), (lon2, lat2) = places[-2:]
        leg = f"{length_text(distance_m(lon1, lat1, lon2, lat2))}, {azimuth_deg(lon1, lat1, lon2, lat2):.1f}°"
        return leg if len(places) == 2 else f"{measures(places, closed=False)} ({self.tr('last leg')} {leg})"

    @property
    def can_step_back(self) -> bool:
        return bool(self._places) and not self._finished

    def step_back(self) -> None:
        self._places = self._places[:-1]
        self.changed()

    @property
    def can_snap(self) -> bool:
        return not self.off_earth

    def hover(self, event: PointerEvent) -> None:
        self._at = (event.lon, event.lat) if event.on_map else None
        if self._places and not self._finished:
            self.changed()

    def click(self, event: PointerEvent) -> None:
        if self.off_earth:
            self.context.message(self.off_earth)
        if not event.on_map:
            return
        place = event.lon, event.lat
        if self._finished:
            self._clear()
        if len(self._places) >= 3 and self._is_on_first(event):
            self._closed = self._finished = True
        elif self._places:
            self._places = (*self._places, near(place, self._places[-1]))
        else:
            self._places = (place,)
        self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        self.click(event)

    def double_click(self, event: PointerEvent) -> None:
        self._finish()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if not self._places:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep() if self._finished else self._finish()
        elif key == Qt.Key.Key_Backspace and self.can_step_back:
            self.step_back()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return False
        return True

    @property
    def can_keep(self) -> bool:
        """True once a measurement has ended."""
        return self._finished

    def keep(self) -> None:
        """Make a mark of what was measured, with its length or area as its label."""
        geometry = geometry_of(self._places, closed=self._closed)
        if not self._finished or geometry is None:
            return
        if not geometry.is_valid:
            self.context.message(self.tr("An outline that crosses itself can be measured, but not kept as a mark."))
            return
        uuid, label = new_uuid(), measures(self._places, closed=self._closed)
        document, actor = self.context.document, self.context.actor
        fields = {"label": label, "position_basis": MEASURED, "status": "draft"}
        if not self.push(lambda: add_measurement(document, geometry, actor=actor, uuid=uuid, **fields)):
            return
        self.cancel()
        self.canvas.selection.set({uuid})
        self.drawn.emit(uuid)

    def cancel(self) -> None:
        self._clear()
        self.changed()

    def deactivate(self) -> None:
        """Keep what was measured: it is shown again when the tool comes back."""
        self._at = None

    def paint(self, painter: QPainter, view: View) -> None:
        places = self._shown()
        if not places or self.off_earth:
            return
        paint_sketch(painter, view, places, closed=self._closed, symbol=MEASURE_SYMBOL)
        px, py = pixels_of(view, places)[-1]
        if self.readout and px == px:
            at = self._readout_at(view, px, py)
            paint_haloed_text(painter, at, self.readout, READOUT_PX * view.ratio, bold=True)

    def _readout_at(self, view: View, px: float, py: float) -> QPointF:
        """The baseline of the readout: right above the pointer, moved only as far as the picture's edges demand."""
        r, box = view.ratio, haloed_text_box(self.readout, READOUT_PX * view.ratio, bold=True)
        x, y, edge = px + 12 * r, py - 8 * r, _EDGE_PX * view.ratio
        if x + box.right() > view.width - edge:
            x = px - 12 * r - box.right()  # on the other side of the pointer, where there is room
        x = max(edge - box.left(), min(x, view.width - edge - box.right()))
        return QPointF(x, max(edge - box.top(), min(y, view.height - edge - box.bottom())))

    def _shown(self) -> list[Place]:
        if self._at is None or self._finished or not self._places:
            return list(self._places)
        return [*self._places, near(self._at, self._places[-1])]

    def _is_on_first(self, event: PointerEvent) -> bool:
        view = self.canvas.viewport.view()
        (px, py), *_ = pixels_of(view, self._places[:1])
        return abs(px - event.px) + abs(py - event.py) <= CLOSE_PX * view.ratio

    def _finish(self) -> None:
        self._finished = len(self._places) >= 2
        self.changed()

    def _clear(self) -> None:
        self._places, self._closed, self._finished = (), False, False
