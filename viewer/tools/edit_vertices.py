"""Changes the vertices of one line or polygon."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from shapely.geometry.base import BaseGeometry

from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import Circle, RangeRing, Rectangle, shape_of_site, wanted_places
from layers.document.site import Site
from layers.geo.on_earth import why_off_earth
from layers.geo.vertices import least_vertices, rings_of, with_rings
from layers.grid.tile_grid import View
from viewer.canvas.mark_query import marks_at
from viewer.canvas.pointer import PointerEvent
from viewer.commands.sites import held_shape, reshape_site, unfit
from viewer.support.language.translation import in_language
from viewer.tools.mark_drag import HandleDrag, rows_under_way
from viewer.tools.mark_handles import Handles, MarkHandle
from viewer.tools.sketch import measured, measures, middle_of, near, paint_geometry, paint_handle, pixels_of
from viewer.tools.tool import SiteTool

REACH_PX = 8.0
MOST_VERTICES = 5000
"""Most vertices of a geometry that can be edited: each move of the mouse looks at all of them."""


class _Handle(NamedTuple):
    """A vertex of a part, or with `is_middle` the middle of the leg after it, where a new one can be made."""

    part: int
    vertex: int
    is_middle: bool = False


class EditVerticesTool(SiteTool):
    """Moves vertices by drags, adds them at the faint dots between two, and removes the last touched one by Delete.

    An arrow stays an arrow, and a callout keeps its text. A mark defined by its shape has handles instead: a circle has
    one for its middle and one for its radius.
    """

    name = "edit_vertices"
    cursor = Qt.CursorShape.ArrowCursor

    _grabbed: _Handle | None = None
    _current: _Handle | None = None
    _preview: BaseGeometry | None = None
    _dragged: HandleDrag | None = None
    """The handle of a shape that is being dragged."""

    @property
    def hint(self) -> str:
        site = self.site
        if site is None:
            return self.tr("Click the site whose vertices you want to change.")
        if held := self._held:
            return held
        if self._preview is not None and (sentence := unfit(site, self._preview)):
            return sentence
        if nowhere := why_off_earth(site.geometry):
            return self.tr("The site cannot be changed on the map: {0}.").format(in_language(nowhere))
        if self._dragged is not None:
            return self.tr("Let go to keep it so. Ctrl snaps. Esc leaves it as it was.")
        if _is_given_by_shape(site):
            return self._shape_hint(site)
        if _is_crowded(site.geometry):
            return self.tr("The site has too many vertices to be changed here one by one.")
        rings = rings_of(self._preview if self._preview is not None else site.geometry)
        size = measures(rings[0], closed=site.kind == "polygon") if site.kind != "point" else ""
        return measured(
            size,
            self.tr("Drag a vertex to move it, a faint dot to add one. Ctrl snaps. Delete removes the marked one."),
        )

    def _shape_hint(self, site: Site) -> str:
        handles = self._shape_handles()
        roles = {handle.role for handle in handles.each} if handles is not None else set()
        if not roles:
            return self.tr("It looks too small here to be changed: zoom in.")
        if isinstance(shape_of_site(site), Rectangle):
            return self.tr("Drag a corner to change its size, the handle above it to turn it; Ctrl snaps.")
        if "centre" not in roles:
            return self.tr("Drag the handle at its edge to change its radius; zoom in to move it by its middle.")
        return self.tr("Drag its middle to move it, the handle at its edge to change its radius; Ctrl snaps.")

    @property
    def site(self) -> Site | None:
        """The selected site, where it is the only one."""
        uuids = self.canvas.selection.uuids
        return self.context.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None

    @property
    def _held(self) -> str:
        """The reason why the selected mark keeps its outline; empty where it can be changed."""
        site = self.site
        return in_language(held_shape(self.context.document, site)) if site is not None else ""

    @property
    def own_keys(self) -> frozenset[int]:
        """Keys that delete a vertex here, where elsewhere they delete the site."""
        return frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Backspace})

    @property
    def can_snap(self) -> bool:
        return self._grabbed is not None or self._dragged is not None

    def hover(self, event: PointerEvent) -> None:
        over = self._handle_at(event) is not None or self._shape_handle_at(event) is not None
        self.canvas.setCursor(Qt.CursorShape.SizeAllCursor if over else self.cursor)

    def click(self, event: PointerEvent) -> None:
        handle = self._handle_at(event)
        if self._shape_handle_at(event) is not None:
            return  # it is to be dragged
        if handle is None:
            view = self.canvas.viewport.view()
            under = marks_at(self.canvas.pane.shown, view, event.px, event.py, REACH_PX * view.ratio)
            self.canvas.selection.set(under[:1])
        elif handle.is_middle and event.on_map:
            self._grabbed = handle
            self._preview_at(event)
            self._push_preview()
        else:
            self._current = handle
            self.changed()

    def drag_start(self, event: PointerEvent) -> None:
        if held := self._held:
            self.context.message(held)
            return
        self._grabbed = self._handle_at(event)
        handles, handle, site = self._shape_handles(), self._shape_handle_at(event), self.site
        if handles is not None and handle is not None and site is not None:
            self._dragged = HandleDrag(site.uuid, handles, handle, event)

    def drag_move(self, event: PointerEvent) -> None:
        if self._dragged is not None:
            self._dragged.to(event, is_snapped=event.is_snapped)
            self._show_dragged()
            self.changed()
        elif self._grabbed is not None and event.on_map:
            self._preview_at(event)
            self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        dragged = self._dragged
        if dragged is None:
            self._push_preview()
            return
        self.cancel()
        figure, document, actor = dragged.figure, self.context.document, self.context.actor
        if figure is not None:
            geometry, shape = figure.geometry, figure.shape_json
            self.push(lambda: reshape_site(document, dragged.uuid, geometry, shape_json=shape, actor=actor))

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in self.own_keys:
            # Never the site itself: here the key is about vertices. Backspace takes back what is being drawn, no more.
            if self._current is not None and key == Qt.Key.Key_Delete:
                self._remove(self._current)
            return True
        if key == Qt.Key.Key_Escape and (self._current is not None or self._dragged is not None):
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._grabbed = self._current = self._preview = self._dragged = None
        self._show_dragged()
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        site = self.site
        if site is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._preview is not None and site.kind != "point" and not unfit(site, self._preview):
            paint_geometry(painter, view, self._preview)
        for handle, (px, py) in self._handles(view):
            if np.isfinite(px):
                strong = handle == self._current and not handle.is_middle
                paint_handle(painter, px, py, view.ratio, strong=strong, faint=handle.is_middle)
        painter.restore()
        handles = self._shape_handles()
        if handles is not None:
            handles.paint(painter)

    def selection_changed(self) -> None:
        self.cancel()

    def _handles(self, view: View) -> list[tuple[_Handle, tuple[float, float]]]:
        """Handles of the site: vertices first, as they take precedence over the dots between them."""
        site = self.site
        if site is None or why_off_earth(site.geometry) or _is_crowded(site.geometry) or _is_given_by_shape(site):
            return []
        if self._held:
            return []
        vertices, middles = [], []
        for part, ring in enumerate(rings_of(self._preview if self._preview is not None else site.geometry)):
            pixels = pixels_of(view, ring)
            vertices += [(_Handle(part, i), pixel) for i, pixel in enumerate(pixels)]
            if site.kind == "point" or wanted_places(site) is not None:
                continue
            following = ring[1:] + ring[:1] if site.kind == "polygon" else ring[1:]
            between = pixels_of(view, [middle_of(a, b) for a, b in zip(ring, following, strict=False)])
            middles += [
                (_Handle(part, i, True), pixel)
                for i, pixel in enumerate(between)
                if abs(following[i][0] - ring[i][0]) <= 180.0  # else half-way is on the other side of the Earth
            ]
        return vertices + middles

    def _handle_at(self, event: PointerEvent) -> _Handle | None:
        view = self.canvas.viewport.view()
        reach = REACH_PX * view.ratio
        near_by = [
            (handle.is_middle, np.hypot(px - event.px, py - event.py), handle)
            for handle, (px, py) in self._handles(view)
            if np.hypot(px - event.px, py - event.py) <= reach
        ]
        return min(near_by)[2] if near_by else None

    def _shape_handles(self) -> Handles | None:
        """The handles of a mark defined by its shape, as it is or as the dragged handle makes it; None for others."""
        site = self.site
        if site is None or why_off_earth(site.geometry) or not _is_given_by_shape(site) or self._held:
            return None
        figure = None if self._dragged is None else self._dragged.figure
        return Handles.of(figure or Figure.of(site), self.canvas.viewport.view(), site.label)

    def _shape_handle_at(self, event: PointerEvent) -> MarkHandle | None:
        handles = self._shape_handles()
        return None if handles is None else handles.at(event.px, event.py)

    def _show_dragged(self) -> None:
        """Show the mark on the map as the dragged handle makes it."""
        figure = None if self._dragged is None else self._dragged.figure
        figures = {} if figure is None or self._dragged is None else {self._dragged.uuid: figure}
        self.canvas.panes.preview_sites(rows_under_way(self.context.document.sites, figures))

    def _preview_at(self, event: PointerEvent) -> None:
        site, handle = self.site, self._grabbed
        if site is None or handle is None:
            return
        rings = rings_of(site.geometry)
        ring = rings[handle.part]
        place = near((event.lon, event.lat), ring[handle.vertex])
        if handle.is_middle:
            ring.insert(handle.vertex + 1, place)
        else:
            ring[handle.vertex] = place
        self._preview = with_rings(site.geometry, rings)

    def _push_preview(self) -> None:
        site, geometry, handle = self.site, self._preview, self._grabbed
        self._grabbed = self._preview = None
        if site is None or geometry is None or handle is None:
            self.changed()
            return
        if self._push(site, geometry):
            self._current = _Handle(handle.part, handle.vertex + handle.is_middle)
        elif not handle.is_middle:
            self._current = handle  # where it was
        self.changed()

    def _remove(self, handle: _Handle) -> None:
        site = self.site
        if site is None:
            return
        rings = rings_of(site.geometry)
        if (places := wanted_places(site)) is not None:
            sentence = self.tr("It measures between {0} places: measure its length in the form to have any number.")
            self.context.message(sentence.format(places))
            return
        if len(rings[handle.part]) <= least_vertices(site.geometry):
            self.context.message(self.tr("Nothing would be left of it: delete the whole site with the Select tool."))
            return
        del rings[handle.part][handle.vertex]
        if self._push(site, with_rings(site.geometry, rings)):
            self._current = None
        self.changed()

    def _push(self, site: Site, geometry: BaseGeometry) -> bool:
        """Push an edit of the vertices; False, after a message, where it is refused."""
        if site.kind == "polygon" and not geometry.is_valid:
            self.context.message(self.tr("There the outline would cross itself: the vertex stays where it was."))
            return False
        document, actor = self.context.document, self.context.actor
        shape = Figure.of(site).with_geometry(geometry).shape_json
        return self.push(lambda: reshape_site(document, site.uuid, geometry, shape_json=shape, actor=actor))


def _is_given_by_shape(site: Site) -> bool:
    """True for a rectangle, a circle or range rings, which would lose their shape if a vertex moved."""
    return isinstance(shape_of_site(site), Rectangle | Circle | RangeRing)


def _is_crowded(geometry: BaseGeometry) -> bool:
    """True for more vertices than can be followed as the mouse moves."""
    return int(shapely.get_num_coordinates(geometry)) > MOST_VERTICES
