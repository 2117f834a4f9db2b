"""Select sites, move them, delete them."""

from __future__ import annotations

from enum import Enum, auto

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.grid.tile_grid import View
from layers.text.counted import counted
from viewer.canvas.gestures import paint_rubber_band
from viewer.canvas.pointer import PointerEvent
from viewer.commands.sites import delete_sites, move_sites, unfit
from viewer.tools.sketch import paint_geometry, paint_handle, pixels_of, shifted
from viewer.tools.tool import Tool

REACH_PX = 5.0
_Control = Qt.KeyboardModifier.ControlModifier


class _Drag(Enum):
    NONE = auto()
    BOX = auto()
    MOVE = auto()


class SelectTool(Tool):
    """Click a site, and again for the one below it; Control adds; a box takes all inside; a drag moves the selected."""

    name = "select"
    cursor = Qt.CursorShape.ArrowCursor

    _drag = _Drag.NONE
    _from: PointerEvent | None = None
    _to: PointerEvent | None = None

    @property
    def hint(self) -> str:
        count = len(self.canvas.selection)
        if self._drag is _Drag.MOVE:
            return self.tr("Let go where the sites belong. Esc puts them back.")
        if count:
            text = self.tr("{0} selected: drag to move, Delete to delete, Ctrl+click to add or drop one.")
            return text.format(counted(count, self.tr("site"), self.tr("sites")))
        return self.tr("Click a site to select it, or drag a box. Middle button or Space+drag pans.")

    def activate(self) -> None:
        self.canvas.selection.changed.connect(self.hint_changed)

    def deactivate(self) -> None:
        self.canvas.selection.changed.disconnect(self.hint_changed)
        self.cancel()

    def hover(self, event: PointerEvent) -> None:
        over = bool(self._under(event))
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if over else self.cursor)

    def click(self, event: PointerEvent) -> None:
        selection, under = self.canvas.selection, self._under(event)
        if event.has(_Control):
            if under:
                selection.toggle(under[0])
            return
        if not under:
            selection.clear()
            return
        at = next((i for i, uuid in enumerate(under) if selection.uuids == {uuid}), None)
        selection.set({under[0] if at is None else under[(at + 1) % len(under)]})

    def drag_start(self, event: PointerEvent) -> None:
        self._from = self._to = event
        under = self._under(event)
        if not event.on_map or event.has(_Control) or not any(uuid in self.canvas.selection for uuid in under):
            self._drag = _Drag.BOX
        else:
            self._drag = _Drag.MOVE
        self.changed()

    def drag_move(self, event: PointerEvent) -> None:
        self._to = event
        self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        self._to, drag = event, self._drag
        moved = self._moved() if drag is _Drag.MOVE else {}
        start = self._from
        self.cancel()
        if drag is _Drag.BOX and start is not None:
            self._take_box(start, event)
        elif moved:
            document, actor = self.context.document, self.context.actor
            self.push(lambda: move_sites(document, moved, actor=actor))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        selection, document = self.canvas.selection, self.context.document
        if key == Qt.Key.Key_Escape and len(selection):
            selection.clear()
        elif key == Qt.Key.Key_Delete and len(selection):
            gone = [uuid for uuid in document.sites if uuid in selection]
            if self.push(lambda: delete_sites(document, gone, actor=self.context.actor)):
                selection.keep_only(document.sites)
        elif key == Qt.Key.Key_A and modifiers & _Control:
            selection.set(document.sites)
        else:
            return False
        return True

    def cancel(self) -> None:
        self._drag, self._from, self._to = _Drag.NONE, None, None
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        if self._from is None or self._to is None:
            return
        if self._drag is _Drag.BOX:
            start, now = QPointF(self._from.px, self._from.py), QPointF(self._to.px, self._to.py)
            paint_rubber_band(painter, QRectF(start, now).normalized(), view.ratio)
        else:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            sites = self.context.document.sites
            for uuid, geometry in self._moved().items():
                if not unfit(sites[uuid], geometry):
                    _paint_moved(painter, view, geometry)
            painter.restore()

    def _under(self, event: PointerEvent) -> list[str]:
        view = self.canvas.viewport.view()
        return self.canvas.scene.sites_at(view, event.px, event.py, REACH_PX * view.ratio)

    def _take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        box = min(start.px, end.px), min(start.py, end.py), max(start.px, end.px), max(start.py, end.py)
        found = self.canvas.scene.sites_within(self.canvas.viewport.view(), *box)
        if start.has(_Control):
            self.canvas.selection.add(found)
        else:
            self.canvas.selection.set(found)

    def _moved(self) -> dict[str, BaseGeometry]:
        """The selected sites' geometries as far along as the mouse went; nothing where it left the map."""
        if self._from is None or self._to is None or not self._to.on_map:
            return {}
        view = self.canvas.viewport.view()
        dx, dy = self._to.px - self._from.px, self._to.py - self._from.py
        sites = self.context.document.sites
        chosen = [uuid for uuid in sites if uuid in self.canvas.selection]
        moved = {uuid: shifted(sites[uuid].geometry, view, dx, dy) for uuid in chosen}
        return {uuid: geometry for uuid, geometry in moved.items() if geometry is not None}


def _paint_moved(painter: QPainter, view: View, geometry: BaseGeometry) -> None:
    if geometry.geom_type in ("Point", "MultiPoint"):
        for px, py in pixels_of(view, [tuple(place) for place in shapely.get_coordinates(geometry)]):
            paint_handle(painter, px, py, view.ratio, strong=True)
    else:
        paint_geometry(painter, view, geometry)
