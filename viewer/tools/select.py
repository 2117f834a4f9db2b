"""Selects marks, moves, turns and scales them, and deletes them."""

from __future__ import annotations

import math
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from layers.document.marks.figure import Figure
from layers.document.search import is_searched
from layers.document.site import Site
from layers.geo.on_earth import why_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.gestures import paint_rubber_band
from viewer.canvas.mark_query import mark_hits_at, marks_in_box
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.sites.site_frame import SiteHit
from viewer.commands.mark_numbers import numbers_beside, renumbered_since
from viewer.commands.meta import sites_visible
from viewer.commands.sites import counted_marks, delete_sites, move_sites, reshape_site
from viewer.support.language.translation import in_language, translate
from viewer.tools.mark_drag import HandleDrag, MoveDrag, grip_of, moved_figures, rows_under_way
from viewer.tools.mark_handles import Handles
from viewer.tools.tool import SiteTool

REACH_PX = 5.0
NUDGE_PX, NUDGE_FAR_PX = 1, 10
"""Logical pixels by which an arrow key moves the selected marks, alone and with Shift."""
MOST_NUDGED = 500
MOST_SHOWN = 100
"""Most dragged marks that are shown during the drag."""
_Control = Qt.KeyboardModifier.ControlModifier
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class _Drag(Enum):
    NONE = auto()
    BOX = auto()
    MOVE = auto()
    HANDLE = auto()
    PAN = auto()


class SelectTool(SiteTool):
    """Selects a mark by a click on it or its name, and the mark below by another click there; Control adds.

    A box selects all inside. A drag moves the selected marks; one selected mark has handles that scale and turn it. A
    drag on a mark that is not selected pans: no mark is moved by accident. An area that was searched stays where it is.
    """

    name = "select"
    cursor = Qt.CursorShape.ArrowCursor

    _drag = _Drag.NONE
    _from: PointerEvent | None = None
    _to: PointerEvent | None = None
    _move: MoveDrag | None = None
    _handle: HandleDrag | None = None
    _nudges = 0
    _clicked: tuple[View, float, float] | None = None
    """View and place of the last click: only another click there selects the mark below."""
    _figure: tuple[Site, Figure] | None = None
    """Row and figure of the mark with handles, kept so that a shape is decoded only once for each row."""

    @property
    def hint(self) -> str:
        count = len(self.canvas.selection)
        if self._drag is _Drag.HANDLE and self._handle is not None:
            turn = self.tr("Shift turns by whole 15°. ") if self._handle.handle.role == "turn" else ""
            return self.tr("Release to keep it. {0}Ctrl snaps. Esc leaves it as it was.").format(turn)
        if self._drag is _Drag.MOVE:
            return self.tr("Release where the sites belong. Ctrl snaps. Esc puts them back.")
        if count == 1 and self._is_held(*self.canvas.selection.uuids):
            text = self.tr("{0} selected: an area that was searched stays where it is. Delete deletes.")
            return text.format(translate("SelectTool", "{count} sites", "{count} site", count))
        if count:
            text = self.tr("{0} selected: drag to move, or by arrow keys a pixel (Shift: ten). Delete deletes.")
            if count == 1:
                text = self.tr(
                    "{0} selected: drag it or a handle, arrow keys move it a pixel (Shift: ten). Delete deletes."
                )
            return text.format(translate("SelectTool", "{count} sites", "{count} site", count))
        return self.tr("Click a site to select it, or drag a box. Arrow keys, Space+drag or a drag on a mark pan.")

    @property
    def can_snap(self) -> bool:
        return self._drag in (_Drag.MOVE, _Drag.HANDLE)

    def snaps_from(self, event: PointerEvent) -> tuple[float, float] | None:
        if self._move is None or self._from is None:
            return super().snaps_from(event)
        px, py = self._move.grip_px
        return px + event.px - self._from.px, py + event.py - self._from.py

    def leaves(self, event: PointerEvent) -> bool:
        handles = self.handles()
        is_free = handles is None or handles.at(event.px, event.py) is None
        return is_free and event.modifiers == Qt.KeyboardModifier.NoModifier and not self._hits(event)

    def hover(self, event: PointerEvent) -> None:
        handles = self.handles()
        if handles is not None and handles.at(event.px, event.py) is not None:
            self.canvas.setCursor(Qt.CursorShape.SizeAllCursor)
            return
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
        if at is None:
            selection.set({under[0]})
        elif self._is_clicked_again(event):
            selection.set({under[(at + 1) % len(under)]})
        self._clicked = self.canvas.viewport.view(), event.px, event.py

    def drag_start(self, event: PointerEvent) -> None:
        self._from = self._to = event
        self._nudges += 1
        under = self._hits(event)
        selected = [hit.uuid for hit in under if hit.is_handle and hit.uuid in self.canvas.selection]
        chosen = [uuid for uuid in selected if not self._is_held(uuid)]
        if self._take_handle(event):
            self._drag = _Drag.HANDLE
        elif event.has(_Control) or not event.on_map or not under:
            self._drag = _Drag.BOX
        elif chosen:
            self._drag = _Drag.MOVE
            sites = sorted(self._chosen(), key=lambda site: site.uuid != chosen[0])
            grip, grip_px = grip_of(Figure.of(sites[0]), self.canvas.viewport.view(), event.px, event.py)
            self._move = MoveDrag(sites, grip, grip_px)
        else:
            self._drag = _Drag.PAN
            self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.changed()

    def drag_move(self, event: PointerEvent) -> None:
        self._drag_to(event, most=MOST_SHOWN)

    def _drag_to(self, event: PointerEvent, most: int | None = None) -> None:
        last, self._to = self._to, event
        if self._drag is _Drag.PAN and last is not None:
            self.canvas.motion.pan_by(round(last.px) - round(event.px), round(last.py) - round(event.py), resting=False)
        elif self._drag is _Drag.HANDLE and self._handle is not None:
            self._handle.to(event, is_snapped=event.is_snapped)
        elif self._drag is _Drag.MOVE and self._move is not None and self._from is not None:
            if event.on_map:
                view, base = self.canvas.viewport.view(), self._move.grip_px if event.is_snapped else None
                x, y = base or (self._from.px, self._from.py)
                onto = (event.lon, event.lat) if event.is_snapped else None
                self._move.to(view, event.px - x, event.py - y, onto, most=most)
            else:
                self._move.figures = {}
        self._preview()
        self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        self._drag_to(event)
        drag, start, move, handle = self._drag, self._from, self._move, self._handle
        self.cancel()
        document, actor = self.context.document, self.context.actor
        if drag is _Drag.BOX and start is not None:
            self._take_box(start, event)
        elif drag is _Drag.PAN:
            self.canvas.motion.come_to_rest()
        elif drag is _Drag.MOVE and move is not None and move.figures:
            self._push_moved(move.figures)
        elif drag is _Drag.HANDLE and handle is not None and (figure := handle.figure) is not None:
            uuid, shape = handle.uuid, figure.shape_json
            self.push(lambda: reshape_site(document, uuid, figure.geometry, shape_json=shape, actor=actor))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        selection, document = self.canvas.selection, self.context.document
        if key == Qt.Key.Key_Escape and len(selection):
            selection.clear()
        elif key == Qt.Key.Key_Delete and len(selection):
            gone = [uuid for uuid in document.sites if uuid in selection]
            numbers = numbers_beside(document, gone)
            words = counted_marks(document.sites[uuid] for uuid in gone)
            if self.push(lambda: delete_sites(document, gone, actor=self.context.actor)):
                selection.keep_only(document.sites)
                self.context.message(deleted_words(words, renumbered_since(document, numbers)))
        elif key == Qt.Key.Key_A and modifiers & _Control:
            selection.set(document.sites)
        elif key in _ARROWS and not modifiers & (_Control | Qt.KeyboardModifier.AltModifier) and self._is_seen():
            self._nudge(key, NUDGE_FAR_PX if modifiers & Qt.KeyboardModifier.ShiftModifier else NUDGE_PX)
        else:
            return False
        return True

    def cancel(self) -> None:
        self._drag, self._from, self._to, self._move, self._handle = _Drag.NONE, None, None, None, None
        self._preview()
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        if self._drag is _Drag.BOX and self._from is not None and self._to is not None:
            start, now = QPointF(self._from.px, self._from.py), QPointF(self._to.px, self._to.py)
            paint_rubber_band(painter, QRectF(start, now).normalized(), view.ratio)
            return
        handles = self.handles()
        if handles is not None and self._drag is not _Drag.MOVE:
            handles.paint(painter)

    def selection_changed(self) -> None:
        self._nudges += 1
        self._clicked = None
        self.changed()

    def _hits(self, event: PointerEvent) -> list[SiteHit]:
        view = self.canvas.viewport.view()
        return mark_hits_at(self.canvas.pane.shown, view, event.px, event.py, REACH_PX * view.ratio)

    def _under(self, event: PointerEvent) -> list[str]:
        """The marks drawn under the pointer itself; without any, the areas that contain it."""
        hits = self._hits(event)
        direct = [hit.uuid for hit in hits if hit.is_direct]
        return list(dict.fromkeys(direct or [hit.uuid for hit in hits]))

    def _preview(self) -> None:
        """Show the marks on the map where they would be, with label, symbol and circle."""
        self.canvas.panes.preview_sites(rows_under_way(self.context.document.sites, self._under_way()))

    def _is_clicked_again(self, event: PointerEvent) -> bool:
        if self._clicked is None:
            return False
        view, px, py = self._clicked
        is_near = math.hypot(event.px - px, event.py - py) <= REACH_PX * view.ratio
        return is_near and view == self.canvas.viewport.view()

    def _take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        box = min(start.px, end.px), min(start.py, end.py), max(start.px, end.px), max(start.py, end.py)
        uuids = marks_in_box(self.canvas.scene, self.canvas.viewport.view(), *box)
        if start.has(_Control):
            self.canvas.selection.add(uuids)
        else:
            self.canvas.selection.set(uuids)

    def _chosen(self) -> list[Site]:
        """The selected marks that can be moved."""
        sites = self.context.document.sites
        return [sites[uuid] for uuid in sites if uuid in self.canvas.selection and not self._is_held(uuid)]

    def _is_held(self, uuid: str) -> bool:
        """True for a mark that no drag and no arrow key moves, as what was searched would lie elsewhere."""
        site = self.context.document.sites.get(uuid)
        return site is not None and is_searched(site, self.context.document.searches.values())

    # -- handles --------------------------------------------------------------------------------------------------

    def handles(self) -> Handles | None:
        """Handles of the single selected mark, as it is or as the dragged handle makes it; None without one."""
        uuids = self.canvas.selection.uuids
        site = self.context.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None
        if site is None or why_off_earth(site.geometry) or not sites_visible(self.context.document):
            return None
        if self._is_held(site.uuid):
            return None
        if self._figure is None or self._figure[0] is not site:
            self._figure = site, Figure.of(site)
        figure = self._figure[1]
        if self._handle is not None and self._handle.figure is not None:
            figure = self._handle.figure
        return Handles.of(figure, self.canvas.viewport.view(), site.label)

    def _take_handle(self, event: PointerEvent) -> bool:
        handles = self.handles()
        handle = handles.at(event.px, event.py) if handles is not None else None
        if handles is None or handle is None:
            return False
        (uuid,) = self.canvas.selection.uuids
        self._handle = HandleDrag(uuid, handles, handle, event)
        return True

    def _under_way(self) -> dict[str, Figure]:
        """The marks as the end of the drag would leave them, by uuid."""
        if self._handle is not None and self._handle.figure is not None:
            return {self._handle.uuid: self._handle.figure}
        return self._move.figures if self._move is not None else {}

    def _is_seen(self) -> bool:
        """True where a selected mark is in view: keys move no mark that is out of sight, and the map pans then."""
        chosen = frozenset(uuid for uuid in self.canvas.selection.uuids if not self._is_held(uuid))
        if not chosen or not sites_visible(self.context.document):
            return False
        return any(frame.shows(chosen) for frame in self.canvas.scene.marks.frames(self.canvas.viewport.view()))

    # -- moves ----------------------------------------------------------------------------------------------------

    def _nudge(self, key: int, pixels: int) -> None:
        if len(self.canvas.selection) > MOST_NUDGED:
            self.context.message(
                translate(
                    "SelectTool",
                    "{count} selected sites are too many to be nudged by keys: drag one of them to move all.",
                    "{count} selected site is too many to be nudged by keys.",
                    len(self.canvas.selection),
                )
            )
            return
        view = self.canvas.viewport.view()
        dx, dy = (step * pixels * view.ratio for step in _ARROWS[Qt.Key(key)])
        self._push_moved(moved_figures(self._chosen(), view, dx, dy), f"nudge {id(self)} {self._nudges}")

    def _push_moved(self, figures: dict[str, Figure], series: str = "") -> None:
        document, actor = self.context.document, self.context.actor
        geometries = {uuid: figure.geometry for uuid, figure in figures.items()}
        shapes = {uuid: figure.shape_json for uuid, figure in figures.items()}
        self.push(lambda: move_sites(document, geometries, shapes=shapes, series=series, actor=actor))


def deleted_words(marks: str, renumbered: int = 0) -> str:
    """The notice on deleted marks, with the change of other markers' numbers, and the way to undo it.

    `marks`: their kinds and numbers, from `counted_marks`.
    """
    sentence = translate("SelectTool", "{0} deleted. Ctrl+Z brings back what was there.")
    closed = translate(
        "SelectTool",
        " The numbers closed up: {count} markers have another one now.",
        " The numbers closed up: {count} marker has another one now.",
        renumbered,
    )
    return sentence.format(in_language(marks)) + (closed if renumbered else "")
