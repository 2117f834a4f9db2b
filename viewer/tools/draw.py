"""Draws a new site: a point with one click, a line or a polygon vertex by vertex."""

from __future__ import annotations

import math
from typing import Literal

import shapely
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.edit import Edit
from layers.document.mark_template import MarkTemplate
from layers.document.marks.mark_shape import MarkShape
from layers.document.vocabulary import MEASURED
from layers.geo.longitudes import Place
from layers.geo.measure import destination
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_crosshair
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.snapping import snap_at
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import add_site
from viewer.commands.stamps import new_uuid
from viewer.support.language.text import one_line
from viewer.tools.leg_entry import LegEntry
from viewer.tools.sketch import geometry_of, measured, measures, near, paint_sketch, pixels_of
from viewer.tools.tool import Tool, ToolContext

_DIGITS = frozenset(range(Qt.Key.Key_0, Qt.Key.Key_9 + 1))
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class DrawTool(Tool):
    """Draws a site: clicks set vertices, Enter or a double-click ends, Backspace takes one back, Esc cancels.

    A digit opens an entry of the next leg, by length and bearing. With the keyboard alone, Enter sets a vertex at the
    crosshair in the middle of the map, and a second Enter there ends the drawing. The new site is a draft,
    measured on the image, and selected; `drawn` carries its uuid.
    """

    drawn = Signal(str)
    has_crosshair = True
    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self,
        context: ToolContext,
        kind: Literal["point", "line", "polygon"],
        class_code: str = "other",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.kind = kind
        self.name = f"draw_{kind}"
        self.class_code = class_code
        self._places: list[Place] = []
        self._at: Place | None = None
        self._is_by_keys = False
        """True where the last vertex was set at the crosshair."""
        self._is_kept = False
        self._entry: LegEntry | None = None
        self._template: MarkTemplate | None = None

    @property
    def hint(self) -> str:
        if self.off_earth:
            return self.off_earth
        kept = self._preface
        if self.kind == "point":
            return kept + self.tr("Click where the site is, or press Enter to mark it at the crosshair. Ctrl snaps.")
        if not self._places:
            return kept + self.tr("Click to set the first vertex, or press Enter to set it at the crosshair.")
        shown = self._places_shown()
        needed = (
            self.tr("Click to set vertices")
            if len(self._places) < self._least
            else self.tr("Enter or double-click ends")
        )
        more = f"{self._typing_hint()} " + self.tr("Backspace: one back. Ctrl snaps. Esc: give up.")
        return measured(measures(shown, closed=self._closed), f"{needed}. {more}")

    @property
    def _preface(self) -> str:
        """Beginning of each hint: name of the current template, and a note where the tool is kept."""
        kept = self.tr("Kept for more marks; Esc twice ends.") + " " if self._is_kept else ""
        return kept if self._template is None else f"{one_line(self._template.name, 60)}. {kept}"

    @property
    def places(self) -> tuple[Place, ...]:
        """The vertices that are set so far, in lon, lat."""
        return tuple(self._places)

    @property
    def can_step_back(self) -> bool:
        return bool(self._places)

    def step_back(self) -> None:
        self._places.pop()
        self.changed()

    @property
    def can_snap(self) -> bool:
        return not self.off_earth

    @property
    def own_keys(self) -> frozenset[int]:
        """Digit keys, while they can begin the entry of the next leg."""
        return _DIGITS if self._can_type_leg else frozenset()

    def hover(self, event: PointerEvent) -> None:
        if self.kind != "point":
            self._at = (event.lon, event.lat) if event.on_map else None
            if self._places:
                self.changed()

    def click(self, event: PointerEvent) -> None:
        if self.off_earth:
            self.context.message(self.off_earth)
        if not event.on_map or event.button != Qt.MouseButton.LeftButton:
            return
        self._is_by_keys = False
        self._set((event.lon, event.lat))

    def double_click(self, event: PointerEvent) -> None:
        self.finish()

    def drag_end(self, event: PointerEvent) -> None:
        # A hand that slips while it clicks still means the click.
        self.click(event)

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(snaps=bool(modifiers & Qt.KeyboardModifier.ControlModifier))
            return True
        if not self._places:
            return False
        if key in self.own_keys and not modifiers & ~_KEYPAD:
            self._type_leg(chr(key))
        elif key == Qt.Key.Key_Backspace:
            self.step_back()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return False
        return True

    def cancel(self) -> None:
        if self._entry is not None:
            self._entry.close_entry()
        self._places, self._at, self._is_by_keys = [], None, False
        self.changed()

    def set_template(self, template: MarkTemplate | None) -> None:
        """Set the template of new marks; None for an unknown class."""
        self._template = template
        self.hint_changed.emit()

    def set_kept(self, kept: bool) -> None:
        """Set whether the hint says that the tool stays after each mark."""
        self._is_kept = kept
        self.changed()

    @property
    def lacking(self) -> str:
        """Sentence for an attempt to end a drawing that has too few places."""
        if self._closed:
            return self.tr("An area has three corners or more: set the next one.")
        return self.tr("One place alone makes no line: set the next one, then end.")

    def finish(self) -> None:
        """Add the site and begin anew; with too few vertices the drawing goes on."""
        geometry = geometry_of(self._places, closed=self._closed)
        if geometry is None or len(set(self._places)) < self._least:
            if self._places:
                self.context.message(self.lacking)
            return
        if self._closed and not geometry.is_valid:
            self.context.message(
                self.tr("The outline crosses itself: take vertices back with Backspace and go round it once.")
            )
            return
        if self._add(geometry):
            self.cancel()

    def paint(self, painter: QPainter, view: View) -> None:
        if self.off_earth:
            return
        if self._places:
            paint_sketch(painter, view, self._places_shown(), closed=self._closed)
        paint_crosshair(painter, view)

    @property
    def _closed(self) -> bool:
        return self.kind == "polygon"

    @property
    def _least(self) -> int:
        return 3 if self._closed else 2

    def _enter(self, *, snaps: bool = False) -> None:
        """Set a vertex at the crosshair; end a drawing made by mouse, or one whose last vertex is there already."""
        if self.off_earth:
            self.context.message(self.off_earth)
            return
        view = self.canvas.viewport.view()
        snap = snap_at(self.canvas.pane.shown, view, view.width / 2, view.height / 2) if snaps else None
        place = self.canvas.viewport.centre_lonlat() if snap is None else (snap.lon, snap.lat)
        if not all(map(math.isfinite, place)):
            return
        if self._places and (not self._is_by_keys or near(place, self._places[-1]) == self._places[-1]):
            self.finish()
            return
        self._at, self._is_by_keys = None, True
        self._set(place)

    types_radius = False
    """True where a leg is a radius: it has no bearing, and is measured from the first place."""

    @property
    def _can_type_leg(self) -> bool:
        return bool(self._places) and self.kind != "point"

    @property
    def _leg_from(self) -> Place:
        return self._places[0 if self.types_radius else -1]

    def _typing_hint(self) -> str:
        return self.tr("Digits: type the radius.") if self.types_radius else self.tr("Digits: type a leg.")

    def _type_leg(self, text: str) -> None:
        """Open the entry for length and bearing of the next leg, with the digit that was typed."""
        if self._entry is None:
            self._entry = LegEntry(self.canvas, is_radius=self.types_radius)
            self._entry.typed.connect(self._show_leg)
            self._entry.entered.connect(self._set_leg)
            self._entry.closed.connect(self._forget_leg)
        view = self.canvas.viewport.view()
        px, py = pixels_of(view, [self._leg_from])[0]
        x, y = (px, py) if math.isfinite(px) else (view.width / 2, view.height / 2)
        self._entry.open_at(self.canvas.pane.on_widget(x, y).toPoint(), text)

    def _show_leg(self, length_m: float, bearing_deg: float) -> None:
        """Preview the leg as typed so far."""
        is_leg = self._places and math.isfinite(length_m)
        self._at = destination(*self._leg_from, bearing_deg, length_m) if is_leg else None
        self.changed()

    def _set_leg(self, length_m: float, bearing_deg: float) -> None:
        if self._places and length_m > 0:
            self._is_by_keys = False
            self._at = None
            self._set(destination(*self._leg_from, bearing_deg, length_m))

    def _forget_leg(self) -> None:
        self._at = None
        self.changed()

    def _set(self, place: Place) -> None:
        if self.kind == "point":
            self._add(shapely.Point(place))
            return
        self._places.append(near(place, self._places[-1]) if self._places else place)
        self.changed()

    def _places_shown(self) -> list[Place]:
        return [*self._places, near(self._at, self._places[-1])] if self._at and self._places else list(self._places)

    def _add(self, geometry: BaseGeometry, shape: MarkShape | None = None) -> bool:
        uuid = new_uuid()
        template = self._template
        fields = {
            "class_code": template.code if template else self.class_code,
            "position_basis": MEASURED,
            "status": "draft",
        }
        if template and template.color:
            fields["stroke_color"] = template.color
        actor, document = self.context.actor, self.context.document

        def make() -> Edit:
            if shape is None:
                return add_site(document, geometry, actor=actor, uuid=uuid, **fields)
            return add_mark(document, shape, geometry, actor=actor, uuid=uuid, **fields)

        if not self.push(make):
            return False
        self.canvas.selection.set({uuid})
        self.drawn.emit(uuid)
        return True
