"""The canvas: a window on a scene, moved by mouse, wheel and keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
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

from layers.grid.tile_grid import View
from viewer.canvas.feature_selection import FeatureSelection
from viewer.canvas.furniture.corners import paint_corners
from viewer.canvas.furniture.notice_plate import Notices
from viewer.canvas.gestures import Gestures
from viewer.canvas.map_picture import MapPicture
from viewer.canvas.mark_query import marks_in_box, place_words_at
from viewer.canvas.motion import Motion
from viewer.canvas.panes import Ghost, Pane, Panes, PaneWords
from viewer.canvas.pointer import PointerTool
from viewer.canvas.scene import MapScene
from viewer.canvas.selection import Selection
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.viewport import Viewport
from viewer.rendering.service_state import Way
from viewer.support.going_on import going_on
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language
from viewer.support.outside_words import dropped_words
from viewer.support.painting import painting, part_of_picture

type AbovePaint = Callable[[QPainter, View], QRectF | None]
"""Paints something above the map; it returns the box of words that nothing else is to cover, if there is one."""


class MapCanvas(QWidget):
    """Shows one scene, or several side by side, each in a pane; `scene` and `viewport` are those of the pane in use.

    Any number of canvases may stand side by side, also on the same document. `view_changed` is emitted when another
    view is shown. `cursor_moved` carries longitude and latitude, nan off the map. `context_menu_requested` carries a
    PointerEvent, without a button where it was requested by key. `files_dropped` carries paths and URLs as texts.
    """

    view_changed = Signal()
    cursor_moved = Signal(float, float)
    context_menu_requested = Signal(object)
    files_dropped = Signal(list)
    picture_dropped = Signal(object)
    """Emitted with the `QMimeData` of a dropped picture that is no file."""
    hint_changed = Signal(str)
    tool_changed = Signal()
    tool_given_up = Signal()
    """Emitted when Esc is pressed while the tool has nothing half done."""
    panes_changed = Signal()
    """Emitted when other panes are shown, another one is in use, or they are linked or unlinked."""
    notice_answered = Signal(str, str)
    """Emitted with a layer, and the way out of its state, or to its dates, that was clicked on the map."""
    scene_updated = Signal()
    """Emitted when the picture of any shown scene has changed."""

    def __init__(self, shown: ShownScene, parent: QWidget | None = None, selection: Selection | None = None) -> None:
        super().__init__(parent)
        self.selection = selection if selection is not None else Selection(self)
        self.features = FeatureSelection(self)
        viewport = Viewport(width=self.width(), height=self.height(), ratio=self.devicePixelRatioF())
        self.pane = self._new_pane(shown, viewport)
        """The pane that tools and gestures act on: the one in use, or for a moment the one under the mouse."""
        self._alone = self.pane
        """The only map, or the first of several."""
        self.panes = Panes([self.pane])
        self.show_overlays = True
        self._notices = Notices()
        self.gestures = Gestures(self, self._on_hint)
        self._tool: PointerTool | None = None
        self._above: dict[str, AbovePaint] = {}
        """Functions that paint above the map, by the names of what they paint, the first below the others."""
        self.motion = Motion(lambda: self.pane.viewport, self._show_view, self)
        self.pane.scene.document_changed.connect(self._on_document)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(self.tr("Map"))
        self.setAccessibleDescription(
            self.tr("Arrow keys pan or move what is selected, plus and minus zoom, Shift+left turns, N puts north up.")
        )

    # -- panes ----------------------------------------------------------------------------------------------------

    @property
    def scene(self) -> MapScene:
        """The map of the pane in use."""
        return self.pane.scene

    @property
    def own_scene(self) -> MapScene:
        """The scene of the map, or of the first of several panes: it knows all layers, the others only theirs."""
        return self._alone.scene

    @property
    def viewport(self) -> Viewport:
        return self.pane.viewport

    @property
    def pane_rect(self) -> QRect:
        """The part of the widget that the pane in use fills, in logical pixels."""
        place, ratio = self.pane.place, self.viewport.view().ratio
        if len(self.panes) == 1:
            return self.rect()
        return QRectF(QPointF(place.topLeft()) / ratio, QSizeF(place.size()) / ratio).toRect()

    def show_beside(self, others: Sequence[MapScene], words: PaneWords | None = None) -> None:
        """Show more scenes beside the canvas's own, all at the same place.

        Without any, the map alone takes the view of the pane in use.
        """
        self.gestures.cancel()
        view = self.viewport.view()
        for pane in self.panes.all[1:]:
            pane.shown.updated.disconnect(self.scene_updated)
            pane.picture.close()
        made = [self._new_pane(scene, Viewport(view.grid.crs, ratio=view.ratio)) for scene in others]
        self.panes = Panes([self._alone, *made], words if made else None)
        self.pane = self._alone
        self.panes.lay_out(*self._size_px(), view.ratio)
        self.viewport.show(view)
        self._pane_changed()
        self.motion.come_to_rest()

    def use_pane(self, pane: Pane) -> None:
        """Make this the pane that keys, tools, menus and panels act on."""
        if pane is not self.panes.in_use:
            self.pane = self.panes.in_use = pane
            self._pane_changed()
            self.view_changed.emit()
            self._on_hint()

    def link_panes(self, linked: bool) -> None:
        """Move all panes together from now on, the others to where the one in use is; or each by itself."""
        self.panes.is_linked = linked
        self._pane_changed()
        self.motion.come_to_rest()

    def _new_pane(self, shown: ShownScene, viewport: Viewport) -> Pane:
        pane = Pane(shown, viewport, MapPicture(shown, viewport, self.selection, self))
        pane.picture.outdated.connect(self.update)
        shown.updated.connect(self.scene_updated)
        return pane

    def _pane_changed(self) -> None:
        words, number, count = self.panes.words, self.panes.number, len(self.panes)
        name = self.tr("Map, pane {0} of {1}: {2}") if words is not None else self.tr("Map")
        self.setAccessibleName(name.format(number + 1, count, words.name(number) if words is not None else ""))
        self.panes_changed.emit()
        self.update()

    def _size_px(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return math.ceil(self.width() * ratio), math.ceil(self.height() * ratio)

    def _pane_at(self, position: QPointF) -> Pane:
        at = position * self.viewport.view().ratio
        return self.panes.at(at.x(), at.y())

    @contextmanager
    def _lent_to(self, pane: Pane) -> Iterator[None]:
        """Let tools and gestures act on another pane within a `with` block, as while the mouse moves over it."""
        self.pane = pane
        try:
            yield
        finally:
            self.pane = self.panes.in_use

    # -- tools ----------------------------------------------------------------------------------------------------

    @property
    def tool(self) -> PointerTool | None:
        return self._tool

    def set_tool(self, tool: PointerTool | None) -> None:
        """Give the mouse to another tool; the one before cancels what is half done."""
        if tool is self._tool:
            return
        if self._tool is not None:
            self.gestures.cancel()
            self._tool.deactivate()
            self._tool.hint_changed.disconnect(self._on_hint)
        self._tool = tool
        if tool is not None:
            tool.hint_changed.connect(self._on_hint)
            tool.activate()
        self.panes.show_crosshair(tool is not None and tool.has_crosshair)
        self.gestures.update_cursor()
        self._on_hint()
        self.tool_changed.emit()
        self.update()

    def show_above(self, name: str, paint: AbovePaint | None) -> None:
        """Paint something, by its name, above the map on the screen, below the tool; None ends that."""
        self._above.pop(name, None)
        if paint is not None:
            self._above[name] = paint
        self.update()

    @property
    def hint(self) -> str:
        """The sentence of the current tool on what can be done now."""
        if self._tool is None:
            return ""
        hint = in_language(self._tool.hint)
        return hint if self.gestures.snap is None else f"{self.gestures.snap.words} {hint}"

    def _on_hint(self) -> None:
        self.hint_changed.emit(self.hint)
        self.update()

    def _show_view(self) -> None:
        view = self.viewport.view()
        for pane in self.panes.led_by(self.pane):
            if pane is not self.pane:
                pane.viewport.show(view)
            pane.shown.set_view(pane.viewport.view(), self.gestures.cursor, self.motion.is_resting)
            pane.picture.paint_anew()
        self.view_changed.emit()
        ghost, at = self.panes.ghost if len(self.panes) > 1 else None, self.gestures.cursor
        if at is not None:  # another place lies under a pointer that has not moved
            self.cursor_moved.emit(*(self.pane if ghost is None else ghost.pane).viewport.lonlat(*at))

    def _on_document(self) -> None:
        if self._tool is not None:
            self._tool.cancel()
        self.selection.keep_only(self.scene.document.sites)
        self.features.clear()
        self._notices.forget()
        self.pane.shown.set_view(self.viewport.view())

    # -- painting -------------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """True when the picture on screen is final and exact."""
        return self.motion.is_resting and all(pane.picture.is_final(pane.viewport.view()) for pane in self.panes.all)

    def grab_picture(self) -> QImage:
        """The picture that the canvas shows, in device pixels, overlays included."""
        image = QImage(*self._size_px(), QImage.Format.Format_RGB32)
        with painting(image) as painter:
            for pane in self.panes.all:
                with part_of_picture(painter):
                    painter.translate(pane.place.topLeft())
                    painter.setClipRect(QRect(QPoint(), pane.place.size()))
                    pane.picture.paint(painter, pane.viewport.view(), settled=self.motion.is_resting)
                    self._paint_above(painter, pane)
            self.panes.paint_around(painter, image.size(), self.viewport.view().ratio)
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        whole, ratio = event.region().contains(self.rect()), self.viewport.view().ratio
        with painting(self) as painter:
            for pane in self.panes.all:
                view = pane.viewport.view()
                painter.save()
                if len(self.panes) > 1:
                    painter.translate(QPointF(pane.place.topLeft()) / ratio)
                    painter.setClipRect(QRectF(0, 0, view.width / ratio, view.height / ratio))
                pane.picture.show(painter, view, settled=self.motion.is_resting, whole=whole)
                self._paint_above(painter, pane)
                painter.restore()
            painter.scale(1 / ratio, 1 / ratio)
            self.panes.paint_around(painter, QSize(*self._size_px()), ratio)

    def _paint_above(self, painter: QPainter, pane: Pane) -> None:
        """Paint the tool's unfinished work in all panes, at the same place."""
        view, shown = pane.viewport.view(), pane.picture
        word_boxes = list[QRectF]()
        if self.panes.shows_same(pane):
            with self._lent_to(pane):
                of_tool: tuple[AbovePaint, ...] = () if self._tool is None else (self._tool.paint,)
                for paint in (*self._above.values(), *of_tool):
                    with going_on(), part_of_picture(painter):
                        word_boxes += [box for box in (paint(painter, view),) if box is not None]
                self.gestures.paint(painter, view)
        if self.show_overlays:
            shown.graticule.paint(painter, view, settled=self.motion.is_resting, is_pane=len(self.panes) > 1)
            pane.note, corner_boxes = paint_corners(painter, view, shown.credits, shown.unplaced, shown.dated)
            pane.plate = self._notices.paint(
                painter,
                view,
                shown.notices,
                [*corner_boxes, *word_boxes, *pane.shown.sides.word_boxes],
                partial(marks_in_box, pane.scene),
            )
        with going_on(), part_of_picture(painter):
            self.panes.paint_in(painter, pane)

    # -- events ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow_size()

    def _follow_size(self) -> None:
        self.panes.lay_out(*self._size_px(), self.devicePixelRatioF())
        if not self.panes.is_linked:
            for pane in self.panes.all:
                pane.shown.set_view(pane.viewport.view())
                pane.picture.paint_anew()
        self.motion.come_to_rest()

    def _words_at(self, at: QPointF) -> str:
        """The tooltip at a place of the widget: the note there, or words on a mark that the image does not tell of."""
        pane = self._pane_at(at)
        pixel = pane.pixel_at(at)
        note = pane.note_at(pixel) if self.show_overlays else ""
        return note or place_words_at(pane.shown, pane.viewport.view(), *pixel.toTuple())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            QToolTip.showText(help_event.globalPos(), tooltip(self._words_at(help_event.pos().toPointF())), self)
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._follow_size()
        # Tab belongs to the focus chain, Space and the arrows to the map, whatever menus would like.
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if is_key and self.gestures.wants_key(cast("QKeyEvent", event)):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pane = self._pane_at(event.position())
        if self.show_overlays and pane.plate is not None and pane.plate.rect.contains(pane.pixel_at(event.position())):
            link = self._notices.take_click(pane.plate, pane.pixel_at(event.position()))
            if link is not None:
                self.notice_answered.emit(link.layer_uuid, link.way)
            self.update()
            return
        is_click = event.button() == Qt.MouseButton.LeftButton and self.show_overlays
        if is_click and (dated := pane.dated_at(pane.pixel_at(event.position()))):
            self.notice_answered.emit(dated, Way.CHOOSE_DATE)
            return
        if event.buttons() == event.button():  # a second button belongs to the gesture of the first
            self.use_pane(pane)
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_held = event.buttons() != Qt.MouseButton.NoButton
        with self._lent_to(self.pane if is_held else self._pane_at(event.position())):
            self.gestures.move(event)
            pointer = self.gestures.pointer_at(event.position())
            self._show_ghost(Ghost(self.pane, pointer.lon, pointer.lat))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.use_pane(self._pane_at(event.position()))
        self.gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:
            self.use_pane(self._pane_at(event.position()))
        self.gestures.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.gestures.leave()
        self._show_ghost(None)
        self.cursor_moved.emit(math.nan, math.nan)

    def _show_ghost(self, ghost: Ghost | None) -> None:
        """Move the ghost of the pointer in the other panes, and repaint that part of them only."""
        if len(self.panes) > 1:
            ratio = self.viewport.view().ratio
            before = self.panes.ghost_rects()
            self.panes.ghost = ghost
            for rect in (*before, *self.panes.ghost_rects()):
                self.update(QRectF(QPointF(rect.topLeft()) / ratio, QSizeF(rect.size()) / ratio).toAlignedRect())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus through the panes before it leaves the map, as for Tab."""
        at = self.panes.number + (1 if forward else -1)
        if self.hasFocus() and 0 <= at < len(self.panes):
            self.use_pane(self.panes.all[at])
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        ends = {Qt.FocusReason.TabFocusReason: 0, Qt.FocusReason.BacktabFocusReason: -1}
        if event.reason() in ends:
            self.use_pane(self.panes.all[ends[event.reason()]])
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.gestures.key_press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self.gestures.key_release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.gestures.release_space()
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        button = Qt.MouseButton.RightButton if by_mouse else Qt.MouseButton.NoButton
        at = event.pos().toPointF()
        if by_mouse:
            self.use_pane(self._pane_at(at))
        elif len(self.panes) > 1:
            at = self.pane.on_widget(self.viewport.size[0] / 2, self.viewport.size[1] / 2)
        self.context_menu_requested.emit(self.gestures.pointer_at(at, button))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasUrls() or data.hasText() or data.hasImage():
            self.scene.context.pool.expect()
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        texts, data = dropped_words(event.mimeData()), event.mimeData()
        if data.hasImage() and not any(url.isLocalFile() for url in data.urls()):
            event.acceptProposedAction()
            self.picture_dropped.emit(data)
        elif texts:
            event.acceptProposedAction()
            self.files_dropped.emit(texts)
