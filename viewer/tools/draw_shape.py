"""The shared part of the tools that draw marks with a shape: rectangles, circles, arrows, texts and the like."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import Circle, MarkShape, RangeRing, Rectangle
from layers.geo.longitudes import Place
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.pointer import PointerEvent
from viewer.support.language.translation import translate
from viewer.tools.draw import DrawTool
from viewer.tools.sketch import measured, near, paint_geometry, paint_handle, pixels_of
from viewer.tools.tool import ToolContext


class ShapeTool(DrawTool):
    """Draws a shape: places are set by clicks, by one drag, or by Enter at the crosshair; the last one makes the mark.

    A shape of any number of places ends with Enter or a double click.
    """

    id = ""
    places_wanted: int | None = 1
    """Number of places of the shape; None for any number from two."""
    steps: tuple[Any, ...] = ()
    """Words for each place in the hint, in English, such as "the first corner"."""

    def __init__(self, context: ToolContext, class_code: str = "other", parent: QObject | None = None) -> None:
        super().__init__(context, "line" if self.places_wanted != 1 else "point", class_code, parent)
        self.name = f"draw_{self.id}"

    # -- what a shape says ----------------------------------------------------------------------------------------

    def shape(self, places: Sequence[Place]) -> MarkShape | None:
        """Make the shape through these places; None where they make none."""
        raise NotImplementedError

    def geometry(self, places: Sequence[Place], shape: MarkShape) -> BaseGeometry:
        """Geometry of the new mark."""
        assert isinstance(shape, Rectangle | Circle | RangeRing)
        return shape.geometry()

    def says(self, shape: MarkShape, geometry: BaseGeometry) -> str:
        """Measures of the shape, for the hint; empty for none."""
        return ""

    def refusal(self) -> str:
        """Sentence for places that make no shape."""
        return self.tr("These places are one and the same: set the next one elsewhere.")

    def preview(self, painter: QPainter, view: View, shape: MarkShape, geometry: BaseGeometry) -> None:
        """Paint the unfinished shape."""
        if geometry.geom_type != "Point":
            paint_geometry(painter, view, geometry)

    # -- verbs ----------------------------------------------------------------------------------------------------

    @property
    def hint(self) -> str:
        if self.off_earth:
            return self.off_earth
        number = len(self._places)
        step = translate("Shapes", self.steps[min(number, len(self.steps) - 1)])
        if not number:
            return self._preface + self.tr("Click to set {0}, or press Enter to set it at the crosshair.").format(step)
        reading = self._measured()
        ends = self.tr("Enter or a double click ends. ") if self.places_wanted is None and number > 1 else ""
        move = self.tr("Move the map and press Enter to set {0}.") if self._is_by_keys else self.tr("Click to set {0}.")
        more = f"{self._typing_hint()} " + self.tr("Backspace: one back. Ctrl snaps. Esc: give up.")
        return measured(reading, f"{move.format(step)} {ends}{more}")

    def activate(self) -> None:
        super().activate()
        self.canvas.view_changed.connect(self._follow_view)

    def deactivate(self) -> None:
        self.canvas.view_changed.disconnect(self._follow_view)
        super().deactivate()

    def drag_start(self, event: PointerEvent) -> None:
        if not self._places and self.places_wanted != 1:
            self.click(event)

    def drag_move(self, event: PointerEvent) -> None:
        self.hover(event)

    def finish(self) -> None:
        """Make the mark; the pointer's place stands in for a missing last one."""
        places = self._places_shown()
        if self.places_wanted is None:
            places = list(self._places)
        if len(places) == (self.places_wanted or max(2, len(places))):
            self._make(places)
        elif places and self.places_wanted is None:
            self.context.message(self.lacking)

    def paint(self, painter: QPainter, view: View) -> None:
        if self.off_earth:
            return
        places = self._places_shown()
        shape = self.shape(places) if self._is_enough(places) else None
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shape is not None:
            self.preview(painter, view, shape, self.geometry(places, shape))
        for px, py in pixels_of(view, self._places):
            paint_handle(painter, px, py, view.ratio)
        painter.restore()
        paint_crosshair(painter, view)

    # -- places ---------------------------------------------------------------------------------------------------

    def _follow_view(self) -> None:
        """Update the hint when the map moves: by keys the next place is the middle of the map."""
        if self._places and self._is_by_keys:
            self.hint_changed.emit()

    def _places_shown(self) -> list[Place]:
        """Places that are set, and the one that would be set now."""
        is_at_crosshair = self._is_by_keys and self._at is None  # a leg may be being typed
        at = self.canvas.viewport.centre_lonlat() if is_at_crosshair else self._at
        if not self._places or at is None or not all(map(math.isfinite, at)):
            return list(self._places)
        return [*self._places, near(at, self._places[-1])]

    def _is_enough(self, places: Sequence[Place]) -> bool:
        return len(places) >= min(2, self.places_wanted or 2)

    def _measured(self) -> str:
        places = self._places_shown()
        shape = self.shape(places) if self._is_enough(places) else None
        return "" if shape is None else self.says(shape, self.geometry(places, shape))

    def _set(self, place: Place) -> None:
        places = [*self._places, near(place, self._places[-1]) if self._places else place]
        if len(places) == self.places_wanted:
            self._make(places)
            return
        self._places = places
        self.changed()

    def _make(self, places: Sequence[Place]) -> None:
        shape = self.shape(places)
        if shape is None:
            self.context.message(self.refusal())
            return
        if self._add(self.geometry(places, shape), shape):
            self.cancel()
