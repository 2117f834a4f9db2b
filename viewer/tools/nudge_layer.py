"""Shifts the display of a layer to where it should lie, by a drag, by keys or by typed metres."""

from __future__ import annotations

import math
from typing import override

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.document.layer import Layer
from layers.document.placing.nudge import MOST_M, Nudge, read_nudge
from layers.geo.crs import WGS84, transform_points
from layers.geo.ground_offset import offset_m
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import paint_haloed_text
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.shown_scene import ShownScene
from viewer.commands.nudging import nudge_layer
from viewer.rendering.nudged import step_of
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.tools.nudge_entry import NudgeEntry
from viewer.tools.tool import Tool, ToolContext

STEP_PX, FAR_STEP_PX = 1, 10
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LINE_COLOR = "#ff4fd8"
_TEXT_PX = 13.0


class NudgeLayerTool(Tool):
    """Shifts the current layer of the tree, not its file. A drag, or a run of arrow keys, is one undo step."""

    name = "nudge_layer"
    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(context, parent)
        self._start: PointerEvent | None = None
        self._nudge: Nudge | None = None
        """The shift as it would be at the end of the drag."""
        self._series = 0
        self._shown: ShownScene | None = None
        self._entry: NudgeEntry | None = None

    # -- what is meant ------------------------------------------------------------------------------------------

    @property
    def layer(self) -> Layer | None:
        """The current layer, where it is shown on a map of the Earth."""
        layer = self.context.document.layers.get(self.context.layer())
        if layer is None or not layer.visible or self.off_earth:
            return None
        drawing = self.canvas.scene.drawings.get(layer.uuid)
        return layer if drawing is not None and not drawing.plane else None

    @property
    def hint(self) -> str:
        layer = self.layer
        if layer is None:
            return self.tr("Choose the layer to nudge in the Layers panel: one that is shown on the map.")
        sentence = self.tr(
            "Drag “{0}”, or press the arrow keys (Shift: 10 pixels). Enter types metres, Backspace puts it back."
        )
        return sentence.format(one_line(layer.name, 40))

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({*_ARROWS, *_ENTER, Qt.Key.Key_Backspace})

    def activate(self) -> None:
        self._series += 1
        self._shown = self.canvas.pane.shown
        self._shown.updated.connect(self._show_entry)
        self._show_entry()

    @override
    def deactivate(self) -> None:
        super().deactivate()
        if self._shown is not None:
            self._shown.updated.disconnect(self._show_entry)
            self._shown = None
        if self._entry is not None:
            self._entry.hide()

    @override
    def layer_changed(self) -> None:
        self.cancel()
        self._series += 1
        self._show_entry()
        self.hint_changed.emit()

    # -- by the mouse -------------------------------------------------------------------------------------------

    def drag_start(self, event: PointerEvent) -> None:
        if self.layer is None:
            self.context.message(self.hint)
            return
        self._start = event

    def drag_move(self, event: PointerEvent) -> None:
        layer = self.layer
        if layer is None or self._start is None:
            return
        start = (self._start.lon, self._start.lat) if self._start.on_map else None
        self._nudge = self._moved(layer, round(event.px - self._start.px), round(event.py - self._start.py), start)
        if self._nudge is not None:
            self.canvas.pane.shown.preview_layer(replace(layer, nudge_json=self._nudge.to_json()))
        self._show_entry()
        self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        layer, nudge = self.layer, self._nudge
        self._start = self._nudge = None
        self._series += 1
        if layer is not None and nudge is not None:
            self._put(layer, nudge)
        self.changed()

    def cancel(self) -> None:
        """Cancel the drag, and show the layer at its stored shift."""
        layer = self.layer
        if self._start is not None and layer is not None:
            self.canvas.pane.shown.preview_layer(layer)
        self._start = self._nudge = None
        self._show_entry()
        self.changed()

    # -- by the keyboard ----------------------------------------------------------------------------------------

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        layer = self.layer
        if layer is None or key not in self.own_keys or self._start is not None:
            return False
        if key in _ENTER:
            self._type()
        elif key == Qt.Key.Key_Backspace:
            self.put_back()
        else:
            far = FAR_STEP_PX if modifiers & Qt.KeyboardModifier.ShiftModifier else STEP_PX
            dx, dy = (step * far * self.canvas.viewport.view().ratio for step in _ARROWS[Qt.Key(key)])
            nudge = self._moved(layer, dx, dy, None)
            if nudge is not None:
                self._put(layer, nudge, f"nudge layer {id(self)} {self._series}")
        return True

    def put_back(self) -> None:
        """Remove the shift, and show the layer where its data lie."""
        layer = self.layer
        nudge = read_nudge(layer.nudge_json) if layer is not None else None
        if layer is not None and nudge is not None:
            self._series += 1
            self._put(layer, replace(nudge, dx_m=0.0, dy_m=0.0))

    def _type(self) -> None:
        entry = self._made_entry()
        entry.east.setFocus()
        entry.east.selectAll()

    def _typed(self, east_m: float, north_m: float) -> None:
        layer = self.layer
        if layer is None or self._start is not None:
            return
        before = read_nudge(layer.nudge_json)
        present_m = (0.0, 0.0) if before is None else (before.dx_m, before.dy_m)
        place = self._place_of(layer, before)
        if place is None or all(abs(a - b) < 0.005 for a, b in zip((east_m, north_m), present_m, strict=True)):
            return
        self._series += 1
        self._put(layer, Nudge(east_m, north_m, *place))

    # -- the shift ----------------------------------------------------------------------------------------------

    def _moved(self, layer: Layer, dx: float, dy: float, held: tuple[float, float] | None) -> Nudge | None:
        """The layer's shift with (`dx`, `dy`) pixels added; None where that leads off the map.

        `held`: the pressed place, for a layer that was not shifted before.
        """
        before, view = read_nudge(layer.nudge_json), self.canvas.viewport.view()
        place = self._place_of(layer, before, held)
        if place is None:
            return None
        crs, to_world = view.grid.crs, view.affine
        step_x, step_y = (0.0, 0.0) if before is None else step_of(before, crs)
        step_x, step_y = step_x + to_world.a * dx + to_world.b * dy, step_y + to_world.d * dx + to_world.e * dy
        x, y = (float(v) for v in transform_points(WGS84, crs, *place))
        lon, lat = (float(v) for v in transform_points(crs, WGS84, x + step_x, y + step_y))
        if not all(map(math.isfinite, (x, y, lon, lat))):
            return None
        return Nudge(*offset_m(*place, lon, lat), *place)

    def _place_of(
        self, layer: Layer, before: Nudge | None, held: tuple[float, float] | None = None
    ) -> tuple[float, float] | None:
        """The place at which metres are measured: that of the shift before, the pressed one, or the view's middle."""
        if before is not None:
            return before.lon, before.lat
        if held is not None:
            return held
        bounds, centre = self.canvas.scene.stack.bounds_of(layer.uuid), self.canvas.viewport.centre_lonlat()
        if all(map(math.isfinite, centre)) and (bounds is None or bounds.contains_point(*centre)):
            return centre
        return None if bounds is None else bounds.centre

    def _put(self, layer: Layer, nudge: Nudge, series: str = "") -> None:
        document, actor = self.context.document, self.context.actor
        if not self.push(lambda: nudge_layer(document, layer.uuid, nudge, actor=actor, series=series)):
            self.canvas.pane.shown.preview_layer(layer)
        self._show_entry()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _made_entry(self) -> NudgeEntry:
        if self._entry is None:
            self._entry = NudgeEntry(self.canvas)
            self._entry.entered.connect(self._typed)
            self._entry.reset_wanted.connect(self.put_back)
        return self._entry

    def _show_entry(self) -> None:
        layer = self.layer if self._shown is not None else None
        if layer is None:
            if self._entry is not None:
                self._entry.hide()
            return
        row = read_nudge(layer.nudge_json)
        shown = self._nudge or row
        east, north = (0.0, 0.0) if shown is None else (shown.dx_m, shown.dy_m)
        words = "" if row is None else in_language(row.words)
        sentence = f"{words[:1].upper()}{words[1:]}." if words else self.tr("Not shifted.")
        entry = self._made_entry()
        entry.show_shift(layer.name, east, north, sentence)
        entry.show()

    def paint(self, painter: QPainter, view: View) -> None:
        """Paint a line during a drag, from where the data lie to where the layer would be shown, with its length."""
        nudge = self._nudge
        if nudge is None or self._start is None:
            return
        x, y = (float(v) for v in transform_points(WGS84, view.grid.crs, nudge.lon, nudge.lat))
        step_x, step_y = step_of(nudge, view.grid.crs)
        first, last = QPointF(*view.to_pixel(x, y)), QPointF(*view.to_pixel(x + step_x, y + step_y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(_LINE_COLOR), 2.0 * view.ratio))
        painter.drawLine(first, last)
        painter.drawEllipse(last, 4.0 * view.ratio, 4.0 * view.ratio)
        words = in_language(nudge.offset_words)
        if math.hypot(nudge.dx_m, nudge.dy_m) > MOST_M:
            words = self.tr("{0}: further than a layer can be moved").format(words)
        paint_haloed_text(
            painter, last + QPointF(10 * view.ratio, -10 * view.ratio), words, _TEXT_PX * view.ratio, bold=True
        )
