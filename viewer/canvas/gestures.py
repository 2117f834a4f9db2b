"""Turns Qt's events into gestures: pan, zoom, turn, or a verb of the current tool."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from layers.geo.crs import PIXEL_SPACE, is_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.furniture.overlays import north_angle_deg, north_arrow_rect
from viewer.canvas.motion import Motion
from viewer.canvas.panes import Pane, Panes
from viewer.canvas.pointer import Handle, PointerEvent, PointerTool
from viewer.canvas.snapping import Snap, paint_snap, snap_at
from viewer.canvas.viewport import Viewport

DRAG_FROM_PX = 4.0
"""Logical pixels that a pressed mouse moves before it drags rather than clicks."""
WHEEL_DOUBLES = 240.0
"""Turn of the wheel that doubles the scale, in eighths of a degree: two notches."""
TOUCHPAD_DOUBLES_PX = 160.0
"""Movement on a touchpad that doubles the scale, in pixels."""
TURN_PER_NOTCH_DEG = 5.0
GRID_NORTH_DEG = 5.0
"""Largest angle in degrees between true north and the top of the map's grid at which the map counts as north up."""
PAN_STEP, PAN_LEAP = 0.1, 0.5
"""Parts of the picture that an arrow key pans, alone and with Control."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ZOOM_KEYS = {
    Qt.Key.Key_Plus: 2.0,
    Qt.Key.Key_Equal: 2.0,
    Qt.Key.Key_PageUp: 2.0,
    Qt.Key.Key_Minus: 0.5,
    Qt.Key.Key_Underscore: 0.5,
    Qt.Key.Key_PageDown: 0.5,
}
_Shift, _Control, _Alt = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class _Drag(Enum):
    """Kinds of drag."""

    NONE = auto()
    PAN = auto()
    BOX_ZOOM = auto()
    TOOL = auto()
    HANDLE = auto()


class MovedCanvas(Protocol):
    """The canvas as its gestures see it: the view that they move, and the current tool."""

    motion: Motion
    cursor_moved: Any
    tool_given_up: Any
    show_overlays: bool
    pane: Pane
    panes: Panes

    @property
    def viewport(self) -> Viewport: ...
    @property
    def tool(self) -> PointerTool | None: ...
    def update(self) -> None: ...
    def setCursor(self, cursor: Qt.CursorShape, /) -> None: ...


class Gestures:
    """The gesture in progress on one canvas, from press to release."""

    def __init__(self, canvas: MovedCanvas, snapped: Callable[[], None]) -> None:
        """`snapped` is called when the pointer snaps to something else, or to nothing."""
        self._canvas, self._snapped = canvas, snapped
        self._drag = _Drag.NONE
        self._dragging = False
        self._button = Qt.MouseButton.NoButton
        self._start: PointerEvent | None = None
        self._now = QPointF()
        self._panned = QPoint()
        self._space = self._has_other_cursor = False
        self._handle: Handle | None = None
        self.snap: Snap | None = None
        self.cursor: tuple[float, float] | None = None
        """Position of the mouse in device pixels while it is over the canvas: tiles near it are read first."""

    def cursor_pixel(self) -> tuple[int, int] | None:
        """Column and row of the picture under the pointer, in pixel space; None outside."""
        if self._canvas.viewport.crs != PIXEL_SPACE or self.cursor is None:
            return None
        x, y = self._canvas.viewport.view().to_world(*self.cursor)
        return math.floor(x), math.floor(-y)

    def pointed_place(self) -> tuple[float, float]:
        """Longitude and latitude under the mouse, or in the middle of the map while the mouse is elsewhere."""
        viewport = self._canvas.viewport
        if self.cursor is not None:
            ghost = self._canvas.panes.ghost
            lon, lat = viewport.lonlat(*self.cursor) if ghost is None else ghost[1:]
            if math.isfinite(lon) and math.isfinite(lat):
                return lon, lat
        return viewport.centre_lonlat()

    # -- mouse ----------------------------------------------------------------------------------------------------

    def pointer_at(
        self,
        position: QPointF,
        button: Qt.MouseButton = Qt.MouseButton.NoButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> PointerEvent:
        """A pointer event at a widget position."""
        viewport = self._canvas.viewport
        at = self._canvas.pane.pixel_at(position)
        return PointerEvent(at.x(), at.y(), *viewport.lonlat(at.x(), at.y()), button, modifiers)

    def press(self, event: QMouseEvent) -> None:
        button = event.button()
        if button in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
            self._canvas.motion.back() if button == Qt.MouseButton.BackButton else self._canvas.motion.forward()
            return
        if self._drag is not _Drag.NONE or button == Qt.MouseButton.RightButton:
            return
        self._button, self._dragging = button, False
        self._start = self._pointer(event)
        self._now = event.position()
        self._panned = QPoint()
        if button == Qt.MouseButton.MiddleButton or self._space:
            self._drag = _Drag.PAN
        elif (handle := self._handle_at(self._start)) is not None:
            self._drag, self._handle = _Drag.HANDLE, handle
        elif event.modifiers() & _Shift and not (self._canvas.tool is not None and self._canvas.tool.takes_shift):
            self._drag = _Drag.BOX_ZOOM
        else:
            self._drag = _Drag.TOOL
        self.update_cursor()

    def move(self, event: QMouseEvent) -> None:
        pointer = self._pointer(event)
        self.cursor = pointer.px, pointer.py
        self._canvas.cursor_moved.emit(pointer.lon, pointer.lat)
        self._canvas.pane.shown.sides.follow_pointer(self._canvas.viewport.view(), pointer.px, pointer.py)
        self._now = event.position()
        if self._drag is _Drag.NONE or self._start is None:
            self._hover(pointer)
            return
        ratio = self._canvas.viewport.view().ratio
        way = abs(pointer.px - self._start.px) + abs(pointer.py - self._start.py)
        if not self._dragging and way < DRAG_FROM_PX * ratio:
            return
        if not self._dragging:
            self._dragging = True
            if self._drag is _Drag.TOOL and self._canvas.tool is not None:
                self._canvas.tool.drag_start(self._meant(self._start))
        if self._drag is _Drag.PAN:
            self._pan_to(pointer)
        elif self._drag is _Drag.BOX_ZOOM:
            self._canvas.update()
        elif self._handle is not None:
            self._handle.drag_to(self._canvas.viewport.view(), pointer.px, pointer.py)
        elif self._canvas.tool is not None:
            self._canvas.tool.drag_move(self._meant(pointer))

    def release(self, event: QMouseEvent) -> None:
        if event.button() != self._button or self._start is None:
            return
        pointer, drag, dragging, start = self._pointer(event), self._drag, self._dragging, self._start
        handle = self._handle
        is_click = handle is not None and handle.is_inner and not dragging
        if handle is not None and not is_click:
            handle.let_go()
        self._forget()
        tool = self._canvas.tool
        if drag is _Drag.PAN and dragging:
            self._canvas.motion.come_to_rest()
        elif drag is _Drag.BOX_ZOOM and dragging:
            zoom_to_box(self._canvas, start.px, start.py, pointer.px, pointer.py)
        elif not dragging and drag not in (_Drag.PAN, _Drag.HANDLE) and self._is_on_compass(start):
            self._turn_north_up()
        elif (is_click or drag in (_Drag.TOOL, _Drag.BOX_ZOOM)) and tool is not None:
            meant = self._meant(pointer)
            tool.drag_end(meant) if dragging else tool.click(meant)
            self._show_snap(None)
        self.update_cursor()
        self._canvas.update()

    def double_click(self, event: QMouseEvent) -> None:
        """Handle the second press of a double click; its release is no click of its own."""
        tool = self._canvas.tool
        if event.button() == Qt.MouseButton.LeftButton and tool is not None and not self._space:
            tool.double_click(self._pointer(event))
        else:
            self.press(event)

    def wheel(self, event: QWheelEvent) -> None:
        viewport = self._canvas.viewport
        at = self._canvas.pane.pixel_at(event.position())
        px, py = at.x(), at.y()
        angle = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & (_Shift | _Alt):
            # Qt turns a wheel with Alt (and, on some systems, with Shift) into a sideways one.
            viewport.rotate_about(px, py, angle / 120.0 * TURN_PER_NOTCH_DEG)
        elif event.pixelDelta().y() and event.phase() != Qt.ScrollPhase.NoScrollPhase:
            viewport.zoom_about(px, py, 2.0 ** (event.pixelDelta().y() / TOUCHPAD_DOUBLES_PX))
        else:
            viewport.zoom_about(px, py, 2.0 ** (event.angleDelta().y() / WHEEL_DOUBLES))
        event.accept()
        self._canvas.motion.moved(resting=False)

    def leave(self) -> None:
        self.cursor = None
        self._show_snap(None)

    def cancel(self) -> None:
        """Cancel the gesture in progress."""
        if self._dragging and self._drag is _Drag.TOOL and self._canvas.tool is not None:
            self._canvas.tool.cancel()
        if self._handle is not None:
            self._handle.give_up()
        self._forget()
        self._show_snap(None)
        self.update_cursor()
        self._canvas.update()

    def give_up_drag(self) -> bool:
        """Cancel the drag in progress; False where there is none."""
        if not self._dragging:
            return False
        self.cancel()
        return True

    def _hover(self, pointer: PointerEvent) -> None:
        handle = self._handle_at(pointer)
        if handle is not None or self._is_on_compass(pointer) or self._is_on_date(pointer):
            self._canvas.setCursor(Qt.CursorShape.PointingHandCursor if handle is None else handle.cursor)
            self._has_other_cursor = True
            return
        if self._has_other_cursor:
            self._has_other_cursor = False
            self.update_cursor()
        if self._canvas.tool is not None:
            self._canvas.tool.hover(self._meant(pointer))

    def _meant(self, pointer: PointerEvent) -> PointerEvent:
        """The pointer event, or one at the vertex or edge that it snaps to while Control is held and the tool snaps."""
        tool, view = self._canvas.tool, self._canvas.viewport.view()
        at = tool.snaps_from(pointer) if tool is not None and pointer.has(_Control) else None
        snap = None
        if tool is not None and at is not None:
            snap = snap_at(self._canvas.pane.shown, view, *at, tool.in_hand)
        self._show_snap(snap)
        if snap is None:
            return pointer
        return replace(pointer, px=snap.px, py=snap.py, lon=snap.lon, lat=snap.lat, is_snapped=True)

    def _show_snap(self, snap: Snap | None) -> None:
        if snap != self.snap:
            self.snap = snap
            self._snapped()

    def _handle_at(self, pointer: PointerEvent) -> Handle | None:
        if self._is_on_compass(pointer):
            return None
        handle = self._canvas.pane.shown.sides.handle_at(self._canvas.viewport.view(), pointer.px, pointer.py)
        tool = self._canvas.tool
        is_left = handle is None or not handle.is_inner or tool is None or tool.leaves(pointer)
        return handle if is_left else None

    def _is_on_compass(self, pointer: PointerEvent) -> bool:
        view = self._canvas.viewport.view()
        if not self._canvas.show_overlays or not north_arrow_rect(view).contains(QPointF(pointer.px, pointer.py)):
            return False
        return not is_off_earth(view.grid.crs) and math.isfinite(north_angle_deg(view))

    def _is_on_date(self, pointer: PointerEvent) -> bool:
        return self._canvas.show_overlays and bool(self._canvas.pane.dated_at(QPointF(pointer.px, pointer.py)))

    def _turn_north_up(self) -> None:
        """North up as the key N does; where that is not north, as on a polar map, the way the arrow shows."""
        self._canvas.motion.reset_rotation()
        angle = north_angle_deg(self._canvas.viewport.view())
        if math.isfinite(angle) and abs(angle) > GRID_NORTH_DEG:
            self._canvas.motion.rotate_by(-angle)

    def _pan_to(self, pointer: PointerEvent) -> None:
        assert self._start is not None
        wanted = QPoint(round(self._start.px - pointer.px), round(self._start.py - pointer.py))
        step, self._panned = wanted - self._panned, wanted
        if not step.isNull():
            self._canvas.viewport.pan(step.x(), step.y())
            self._canvas.motion.moved(resting=False)

    def _forget(self) -> None:
        self._drag, self._dragging, self._start, self._handle = _Drag.NONE, False, None, None
        self._button = Qt.MouseButton.NoButton

    def _pointer(self, event: QMouseEvent) -> PointerEvent:
        return self.pointer_at(event.position(), event.button(), event.modifiers())

    # -- keys -----------------------------------------------------------------------------------------------------

    def wants_key(self, event: QKeyEvent) -> bool:
        """True for plain keys of the map that a window-wide shortcut must not take."""
        if event.modifiers() & (_Control | _Alt):
            return False
        tool = self._canvas.tool
        is_tools = tool is not None and event.key() in tool.own_keys
        return is_tools or event.key() in _ARROWS or event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape)

    def key_press(self, event: QKeyEvent) -> bool:
        """Handle a key; True where it has a meaning on the map."""
        key, tool = event.key(), self._canvas.tool
        self._look_again(key, True)
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self.update_cursor()
            return True
        if key == Qt.Key.Key_Escape and self._drag is not _Drag.NONE:
            self.cancel()
            return True
        if tool is not None and tool.key(key, event.modifiers()):
            return True
        if key == Qt.Key.Key_Escape:
            # Nothing is half done any more: the second Esc at the latest lays the tool down.
            self._canvas.tool_given_up.emit()
            return True
        return self._move_key(key, event.modifiers())

    def key_release(self, event: QKeyEvent) -> bool:
        self._look_again(event.key(), False)
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        self.release_space()
        return True

    def _look_again(self, key: int, is_down: bool) -> None:
        """Update snapping as Control is pressed or released, also where the mouse rests."""
        tool = self._canvas.tool
        if key != Qt.Key.Key_Control or self.cursor is None or tool is None or self._drag is not _Drag.NONE:
            return
        if tool.can_snap:
            self._hover(self.pointer_at(self._now, modifiers=_Control if is_down else Qt.KeyboardModifier.NoModifier))

    def release_space(self) -> None:
        """End the temporary pan of the space key; also when the focus is lost, as no release will arrive then."""
        self._space = False
        self.update_cursor()

    def _move_key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        canvas = self._canvas
        if modifiers & _Alt:
            return False
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and modifiers & _Shift:
            canvas.motion.rotate_by(TURN_PER_NOTCH_DEG if key == Qt.Key.Key_Right else -TURN_PER_NOTCH_DEG)
        elif key in _ARROWS:
            width, height = canvas.viewport.size
            dx, dy = _ARROWS[Qt.Key(key)]
            part = PAN_LEAP if modifiers & _Control else PAN_STEP
            canvas.motion.pan_by(dx * width * part, dy * height * part)
        elif modifiers & _Control:
            return False
        elif key in _ZOOM_KEYS:
            canvas.motion.zoom_in() if _ZOOM_KEYS[Qt.Key(key)] > 1 else canvas.motion.zoom_out()
        elif key == Qt.Key.Key_N:
            canvas.motion.reset_rotation()
        elif key == Qt.Key.Key_Home:
            canvas.motion.full_view()
        else:
            return False
        return True

    # -- what shows of it -----------------------------------------------------------------------------------------

    def update_cursor(self) -> None:
        if self._drag is _Drag.PAN:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._drag is _Drag.BOX_ZOOM:
            shape = Qt.CursorShape.CrossCursor
        else:
            shape = self._canvas.tool.cursor if self._canvas.tool is not None else Qt.CursorShape.ArrowCursor
        self._canvas.setCursor(shape)

    def paint(self, painter: QPainter, view: View) -> None:
        """Paint the rubber band of a box zoom, and the sign of a snap."""
        if self.snap is not None:
            paint_snap(painter, view, self.snap)
        if self._drag is _Drag.BOX_ZOOM and self._dragging and self._start is not None:
            corner = self._canvas.pane.pixel_at(self._now)
            paint_rubber_band(painter, QRectF(QPointF(self._start.px, self._start.py), corner).normalized(), view.ratio)


def zoom_to_box(canvas: MovedCanvas, left: float, top: float, right: float, bottom: float) -> None:
    """Zoom to a box of device pixels; a turned map stays turned."""
    viewport = canvas.viewport
    width, height = abs(right - left), abs(bottom - top)
    if width < 2 or height < 2:
        return
    factor = min(viewport.size[0] / width, viewport.size[1] / height)
    x, y = viewport.view().to_world((left + right) / 2, (top + bottom) / 2)
    viewport.centre_on(x, y, viewport.resolution / factor)
    canvas.motion.come_to_rest()


def paint_rubber_band(painter: QPainter, box: QRectF, ratio: float) -> None:
    """Paint the rubber band of a box that is dragged: light on dark, so that it shows on any imagery."""
    painter.save()
    painter.fillRect(box, QColor(255, 255, 255, 36))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(11, 20, 28, 190), 3.0 * ratio))
    painter.drawRect(box)
    painter.setPen(QPen(QColor(255, 255, 255), 1.2 * ratio))
    painter.drawRect(box)
    painter.restore()
