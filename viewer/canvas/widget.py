"""The canvas: a window on a scene, moved by mouse, wheel and keys."""

from __future__ import annotations

import math
from typing import cast

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE
from layers.grid.tile_grid import View
from viewer.canvas.corners import CornerNote, paint_corners
from viewer.canvas.feature_selection import FeatureSelection
from viewer.canvas.gestures import Gestures
from viewer.canvas.map_picture import MapPicture
from viewer.canvas.pointer import PointerTool
from viewer.canvas.scene import MapScene
from viewer.canvas.selection import Selection
from viewer.canvas.snapping import snap_at
from viewer.canvas.view_history import ViewHistory
from viewer.canvas.viewport import FINEST_FIT_M, FIT_MARGIN, Viewport
from viewer.support.going_on import going_on
from viewer.support.painting import painting, part_of_picture
from viewer.support.text import tooltip

REST_MS = 100
"""A wheel gesture has ended when nothing came for so long."""
LINGER_MS = 500
"""A view that rested for so long is one to come back to."""


class MapCanvas(QWidget):
    """Shows one scene. Any number of canvases may stand side by side, also on the same document.

    `view_changed`: another view is shown. `cursor_moved` carries longitude and latitude, nan off the map.
    `context_menu_requested` carries a PointerEvent, without a button where it was asked for by key.
    `files_dropped` carries paths and URLs as texts.
    """

    view_changed = Signal()
    cursor_moved = Signal(float, float)
    context_menu_requested = Signal(object)
    files_dropped = Signal(list)
    hint_changed = Signal(str)
    tool_changed = Signal()
    tool_given_up = Signal()
    """Esc was pressed while the tool had nothing half done."""

    def __init__(self, scene: MapScene, parent: QWidget | None = None, selection: Selection | None = None) -> None:
        super().__init__(parent)
        self.scene = scene
        self.selection = selection if selection is not None else Selection(self)
        self.features = FeatureSelection(self)
        self.viewport = Viewport(width=self.width(), height=self.height(), ratio=self.devicePixelRatioF())
        self.show_overlays = True
        self._history = ViewHistory()
        self._gestures = Gestures(self)
        self._tool: PointerTool | None = None
        self._picture = MapPicture(scene, self.viewport, self.selection, self)
        self._picture.outdated.connect(self.update)
        self._note: CornerNote | None = None
        self._resting = True
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.come_to_rest)
        self._linger = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._linger.timeout.connect(self._remember)
        scene.document_changed.connect(self._on_document)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(self.tr("Map"))
        self.setAccessibleDescription(
            self.tr("Arrow keys pan or move what is selected, plus and minus zoom, Shift+left turns, N puts north up.")
        )

    # -- tools ----------------------------------------------------------------------------------------------------

    @property
    def tool(self) -> PointerTool | None:
        return self._tool

    def set_tool(self, tool: PointerTool | None) -> None:
        """Hand the mouse to another tool; the last one drops what it was in the middle of."""
        if tool is self._tool:
            return
        if self._tool is not None:
            self._gestures.cancel()
            self._tool.deactivate()
            self._tool.hint_changed.disconnect(self._on_hint)
        self._tool = tool
        if tool is not None:
            tool.hint_changed.connect(self._on_hint)
            tool.activate()
        self._gestures.update_cursor()
        self._on_hint()
        self.tool_changed.emit()
        self.update()

    def give_up_drag(self) -> bool:
        """Drop what the pressed mouse is in the middle of; False where it drags nothing."""
        return self._gestures.give_up_drag()

    @property
    def hint(self) -> str:
        """The sentence of the current tool on what one can do now."""
        if self._tool is None:
            return ""
        if self._gestures.snap is not None:
            return f"{self._gestures.snap.words} {self._tool.hint}"
        return self._tool.hint

    def crosshair_place(self, in_hand: frozenset[str] = frozenset(), *, snaps: bool = False) -> tuple[float, float]:
        """Longitude and latitude in the middle of the map; with `snaps` of the vertex or edge that is near to it."""
        view = self.viewport.view()
        snap = snap_at(self.scene, view, view.width / 2, view.height / 2, in_hand) if snaps else None
        return self.viewport.centre_lonlat() if snap is None else (snap.lon, snap.lat)

    def pointed_place(self) -> tuple[float, float]:
        """Longitude and latitude under the mouse; in the middle of the map while it is elsewhere."""
        if self._gestures.cursor is not None:
            lon, lat = self.viewport.lonlat(*self._gestures.cursor)
            if math.isfinite(lon) and math.isfinite(lat):
                return lon, lat
        return self.viewport.centre_lonlat()

    def snap_changed(self) -> None:
        """The pointer snaps to something else now, or to nothing."""
        self._on_hint()

    def _on_hint(self) -> None:
        self.hint_changed.emit(self.hint)
        self.update()

    # -- where to -------------------------------------------------------------------------------------------------

    def zoom_to_bounds(self, lonlat: Bounds, margin: float = FIT_MARGIN, finest_m: float = 0.0) -> None:
        """Show lon, lat bounds whole, as `Viewport.fit_lonlat`. Raises CannotBePlaced where the canvas's CRS has no
        place for them.
        """
        self.viewport.fit_lonlat(lonlat, margin, finest_m)
        self.come_to_rest()

    def show_bounds(self, crs: str, bounds: Bounds) -> None:
        """Show exactly `bounds` of a CRS, as `View.of_bounds` does for products."""
        self.viewport.set_crs(crs)
        self.viewport.set_rotation(0.0)
        self.viewport.fit(bounds)
        self.come_to_rest()

    def zoom_to_layer(self, uuid: str) -> bool:
        """Show a layer whole; False where nobody knows yet where it is."""
        bounds = self.scene.layer_bounds(uuid)
        if bounds is not None:
            self.zoom_to_bounds(bounds, 0.0)
        return bounds is not None

    def zoom_to_sites(self, uuids: frozenset[str], finest_m: float = FINEST_FIT_M) -> bool:
        """Show sites, with the areas that stand for them, at no finer than `finest_m` a pixel; False where none of them
        can be drawn.
        """
        bounds = self.scene.site_bounds(uuids)
        if bounds is not None:
            self.zoom_to_bounds(bounds, 0.2, finest_m)
        return bounds is not None

    def full_view(self) -> None:
        """The world, or the area of use of a local CRS."""
        self.viewport.set_rotation(0.0)
        self.viewport.fit_world()
        self.come_to_rest()

    def zoom_in(self) -> None:
        self._zoom_about_middle(2.0)

    def zoom_out(self) -> None:
        self._zoom_about_middle(0.5)

    def pan_by(self, dx_px: float, dy_px: float, resting: bool = True) -> None:
        """Move the view by device pixels to the right and down; `resting` False while a gesture goes on."""
        self.viewport.pan(round(dx_px), round(dy_px))
        self.moved(resting)

    def rotate_by(self, degrees: float) -> None:
        self.viewport.set_rotation(self.viewport.rotation_deg + degrees)
        self.come_to_rest()

    def reset_rotation(self) -> None:
        self.viewport.set_rotation(0.0)
        self.come_to_rest()

    def set_crs(self, crs: str) -> None:
        """Draw the map in another CRS, about the same place at the same scale. Raises BadCRS."""
        self.viewport.set_crs(crs)
        self.come_to_rest()

    @property
    def can_go_back(self) -> bool:
        return self._history.can_go_back or (self._is_under_way and not self._history.is_empty)

    @property
    def can_go_forward(self) -> bool:
        return self._history.can_go_forward and not self._is_under_way

    def back(self) -> None:
        """To the view before in which the map rested."""
        if self._is_under_way:
            self._remember()  # so that forward leads here again
        self._show_remembered(self._history.back())

    def forward(self) -> None:
        """To the view that `back` left."""
        if self._is_under_way:
            self._remember()
        self._show_remembered(self._history.forward())

    @property
    def _is_under_way(self) -> bool:
        """True while the view that is shown has not rested for long."""
        return self._linger.isActive() or self._rest.isActive()

    def _remember(self) -> None:
        self._linger.stop()
        self._history.record(self.viewport.view())

    def moved(self, resting: bool) -> None:
        """The viewport has changed. While a gesture runs stand-ins will do, and it rests soon after the last step."""
        if resting:
            self.come_to_rest()
            return
        self._resting = False
        self._rest.start()
        self._linger.stop()
        self._show_view()

    def come_to_rest(self) -> None:
        """Show the viewport exactly, and remember it where it stays so for a while."""
        self._rest.stop()
        self._resting = True
        self._linger.start()
        self._show_view()

    def cursor_pixel(self) -> tuple[int, int] | None:
        """Column and row of the picture under the pointer, in pixel space; None elsewhere."""
        if self.viewport.crs != PIXEL_SPACE or self._gestures.cursor is None:
            return None
        x, y = self.viewport.view().to_world(*self._gestures.cursor)
        return math.floor(x), math.floor(-y)

    def _zoom_about_middle(self, factor: float) -> None:
        width, height = self.viewport.size
        self.viewport.zoom_about(width / 2, height / 2, factor)
        self.come_to_rest()

    def _show_remembered(self, view: View | None) -> None:
        if view is not None:
            self._rest.stop()
            self._linger.stop()
            self._resting = True
            self.viewport.show(view)
            self._show_view()

    def _show_view(self) -> None:
        self.scene.set_view(self.viewport.view(), self._gestures.cursor, self._resting)
        self._picture.paint_anew()
        self.view_changed.emit()

    def _on_document(self) -> None:
        if self._tool is not None:
            self._tool.cancel()
        self.selection.keep_only(self.scene.document.sites)
        self.features.clear()
        self.scene.set_view(self.viewport.view())

    # -- painting -------------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """True when the picture on screen is final and exact."""
        return self._resting and self._picture.is_final(self.viewport.view())

    def grab_picture(self) -> QImage:
        """The picture that the canvas shows, in device pixels, overlays included."""
        view = self.viewport.view()
        image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
        with painting(image) as painter:
            self._picture.paint(painter, view, settled=self._resting)
            self._paint_above(painter, view)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        view = self.viewport.view()
        with painting(self) as painter:
            self._picture.show(painter, view, settled=self._resting, whole=event.region().contains(self.rect()))
            self._paint_above(painter, view)

    def _paint_above(self, painter: QPainter, view: View) -> None:
        if self._tool is not None:
            with going_on(), part_of_picture(painter):
                self._tool.paint(painter, view)
        self._gestures.paint(painter, view)
        if self.show_overlays:
            shown = self._picture
            self._note = paint_corners(painter, view, shown.credits, shown.unplaced, shown.notes)

    # -- events ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow_size()

    def _follow_size(self) -> None:
        ratio = self.devicePixelRatioF()
        self.viewport.set_ratio(ratio)
        self.viewport.resize(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        self.come_to_rest()

    def note_at(self, at: QPointF) -> str:
        """All of the note in the corner of the map where one is under a place of the widget; else empty."""
        ratio = self.viewport.view().ratio
        note = self._note if self.show_overlays else None
        return note.text if note is not None and note.rect.contains(at * ratio) else ""

    def words_at(self, at: QPointF) -> str:
        """The tooltip of a place of the widget: the note there, or on a mark that the image does not tell of."""
        view = self.viewport.view()
        return self.note_at(at) or self.scene.place_at(view, at.x() * view.ratio, at.y() * view.ratio)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            asked = cast("QHelpEvent", event)
            QToolTip.showText(asked.globalPos(), tooltip(self.words_at(asked.pos().toPointF())), self)
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._follow_size()
        # Tab belongs to the focus chain, Space and the arrows to the map, whatever menus would like.
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and self._gestures.wants_key(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._gestures.leave()
        self.cursor_moved.emit(math.nan, math.nan)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._gestures.key_press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._gestures.key_release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._gestures.release_space()
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        button = Qt.MouseButton.RightButton if by_mouse else Qt.MouseButton.NoButton
        self.context_menu_requested.emit(self._gestures.pointer_at(event.pos().toPointF(), button))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            self.scene.context.pool.expect()
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        data = event.mimeData()
        texts = [url.toLocalFile() or url.toString() for url in data.urls()] or data.text().split("\n")
        texts = [text.strip() for text in texts if text.strip()]
        if texts:
            event.acceptProposedAction()
            self.files_dropped.emit(texts)
