"""Selects features of vector layers: by click or box, by an area drawn freely, by a distance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from layers.geo.measure import circle, distance_m
from layers.grid.tile_grid import View
from layers.text.measures import length_text
from viewer.canvas.feature_query import (
    FeatureHit,
    cluster_hits_at,
    fids_in_ring,
    fids_near_place,
    hits_at,
    is_cluster_at,
    vector_layers,
)
from viewer.canvas.feature_selection import Fids, How
from viewer.canvas.furniture.overlays import paint_haloed_text
from viewer.canvas.pointer import PointerEvent
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.rendering.world_copies import wrapped_views
from viewer.support.language.translation import translate
from viewer.tools.dragged_box import BoxTool
from viewer.tools.feature_marks import paint_area, paint_feature
from viewer.tools.sketch import pixels_of
from viewer.tools.tool import Tool

_Modifier = Qt.KeyboardModifier
LEAST_STEP_PX = 3.0


class FeatureTool(Tool):
    """The base of tools for features: the layers to work on, and the feature under the pointer.

    The tools work on the current layer where it is a shown vector layer, else on all such layers.
    """

    cursor = Qt.CursorShape.CrossCursor
    takes_shift = True
    _over: FeatureHit | None = None
    _is_on_cluster = False

    @property
    def view(self) -> View:
        return self.canvas.viewport.view()

    def drawings(self) -> list[VectorDrawing]:
        return vector_layers(self.canvas.scene, self.view, self.context.layer())

    def hover(self, event: PointerEvent) -> None:
        hits = self.hits(event)
        over = hits[0] if hits else None
        on_cluster = over is None and is_cluster_at(
            self.canvas.pane.shown, self.view, event.px, event.py, only=self.layer_meant
        )
        if over != self._over or on_cluster != self._is_on_cluster:
            self._over, self._is_on_cluster = over, on_cluster
            self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if over or on_cluster else self.cursor)
            self.canvas.update()

    @property
    def layer_meant(self) -> str:
        return self.context.layer()

    def hits(self, event: PointerEvent) -> list[FeatureHit]:
        return hits_at(self.canvas.pane.shown, self.view, event.px, event.py, only=self.layer_meant)

    def cluster_hits(self, event: PointerEvent) -> list[FeatureHit]:
        """All features of the cluster whose sign is under the pointer."""
        return cluster_hits_at(self.canvas.pane.shown, self.view, event.px, event.py, only=self.layer_meant)

    def activate(self) -> None:
        self.canvas.features.changed.connect(self._selection_changed)

    def deactivate(self) -> None:
        self.canvas.features.changed.disconnect(self._selection_changed)
        self._over = None
        super().deactivate()

    def _selection_changed(self, layer_uuid: str) -> None:
        self.hint_changed.emit()  # it says how many are selected

    def paint(self, painter: QPainter, view: View) -> None:
        if self._over is not None:
            drawing = self.canvas.scene.drawings.get(self._over.layer_uuid)
            if isinstance(drawing, VectorDrawing):
                for world_view in wrapped_views(drawing.seen(view)):
                    paint_feature(painter, world_view, drawing.tables, self._over.fid)

    def take(self, modifiers: Qt.KeyboardModifier, find: Callable[[VectorDrawing], Fids]) -> None:
        """Select the features that `find` returns for each layer: Shift adds, Control toggles, else all is replaced."""
        self._choose(modifiers, {drawing.layer_uuid: find(drawing) for drawing in self.drawings()})

    def take_later(self, modifiers: Qt.KeyboardModifier, find: Callable[[VectorDrawing], Fids]) -> None:
        """Select as `take` does, off the window's thread: an area may hold a million features."""
        drawings = self.drawings()
        self.canvas.scene.context.jobs.run(
            lambda job: {drawing.layer_uuid: find(drawing) for drawing in drawings},
            lambda fids_by_layer: self._choose(modifiers, fids_by_layer),
            lambda error: self.context.message(error.sentence),
        )

    def _choose(self, modifiers: Qt.KeyboardModifier, fids_by_layer: dict[str, Fids]) -> None:
        features = self.canvas.features
        how: How = "replace"
        if modifiers & _Modifier.ControlModifier:
            how = "toggle"
        elif modifiers & _Modifier.ShiftModifier:
            how = "add"
        if how == "replace":
            for uuid in features.layers:
                if uuid not in fids_by_layer:
                    features.set(uuid, [])
        for uuid, fids in fids_by_layer.items():
            features.set(uuid, fids, how)
        self.hint_changed.emit()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape and len(self.canvas.features):
            self.canvas.features.clear()
            self.hint_changed.emit()
            return True
        return False

    def counted(self, hint: str) -> str:
        """The hint with the number of selected features before it."""
        count = len(self.canvas.features)
        words = translate("FeatureTool", "{count} features", "{count} feature", count)
        return self.tr("{0} selected.").format(words) + " " + hint if count else hint


class SelectFeaturesTool(BoxTool, FeatureTool):
    """Selects a feature by a click, or many by a box."""

    name = "select_features"

    @property
    def hint(self) -> str:
        return self.counted(self.tr("Click a feature, or drag a box. Shift adds, Ctrl toggles, Esc selects none."))

    def click(self, event: PointerEvent) -> None:
        hits = self.hits(event)[:1] or self.cluster_hits(event)
        self.take(
            event.modifiers,
            lambda drawing: np.array([hit.fid for hit in hits if hit.layer_uuid == drawing.layer_uuid], np.int64),
        )

    def take_box(self, start: PointerEvent, end: PointerEvent) -> None:
        (left, right), (top, bottom) = sorted((start.px, end.px)), sorted((start.py, end.py))
        ring = [(left, top), (right, top), (right, bottom), (left, bottom)]
        scene, view = self.canvas.scene, self.view
        self.take_later(start.modifiers, lambda drawing: fids_in_ring(scene, drawing, view, ring))


class LassoFeaturesTool(FeatureTool):
    """Selects features inside a drag, or inside a polygon whose corners are clicked, ended with Enter."""

    name = "select_lasso"
    _ring: tuple[tuple[float, float], ...] = ()
    _at: tuple[float, float] | None = None
    _is_free = False
    _modifiers = _Modifier.NoModifier

    @property
    def hint(self) -> str:
        if self._ring and not self._is_free:
            return self.tr("Click the corners; Enter or double-click selects. Backspace: one back. Esc: give up.")
        return self.counted(
            self.tr("Drag round the features, or click the corners of an area. Shift adds, Ctrl toggles.")
        )

    @property
    def can_step_back(self) -> bool:
        return bool(self._ring)

    def step_back(self) -> None:
        self._ring = self._ring[:-1]
        self.changed()

    def hover(self, event: PointerEvent) -> None:
        self._at = (event.px, event.py)
        if self._ring:
            self.canvas.update()

    def click(self, event: PointerEvent) -> None:
        if not self._ring:
            self._modifiers = event.modifiers
        self._ring = (*self._ring, (event.px, event.py))
        self.changed()

    def double_click(self, event: PointerEvent) -> None:
        self._finish()

    def drag_start(self, event: PointerEvent) -> None:
        if not self._ring:
            self._is_free, self._modifiers = True, event.modifiers
            self._ring = ((event.px, event.py),)

    def drag_move(self, event: PointerEvent) -> None:
        x, y = self._ring[-1] if self._ring else (event.px, event.py)
        if self._is_free and abs(event.px - x) + abs(event.py - y) >= LEAST_STEP_PX * self.view.ratio:
            self._ring = (*self._ring, (event.px, event.py))
            self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        if self._is_free:
            self._finish()
        else:
            self.click(event)

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if self._ring and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish()
        elif self._ring and key == Qt.Key.Key_Backspace:
            self.step_back()
        elif self._ring and key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return super().key(key, modifiers)
        return True

    def cancel(self) -> None:
        self._ring, self._is_free = (), False
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        ring = list(self._ring)
        if ring and self._at is not None and not self._is_free:
            ring.append(self._at)
        if len(ring) > 1:
            paint_area(painter, view, ring)

    def _finish(self) -> None:
        ring, scene, view = list(self._ring), self.canvas.scene, self.view
        self.cancel()
        if len(ring) > 2:
            self.take_later(self._modifiers, lambda drawing: fids_in_ring(scene, drawing, view, ring))


class WithinDistanceTool(FeatureTool):
    """Selects features within the dragged distance from a place, on the ellipsoid."""

    name = "select_within"
    _from: PointerEvent | None = None
    _to: PointerEvent | None = None

    @property
    def hint(self) -> str:
        if self._from is not None and self.metres:
            return self.tr("Within {0}. Esc gives it up.").format(length_text(self.metres))
        return self.counted(self.tr("Drag from a place to as far as features may lie. Shift adds, Ctrl toggles."))

    @property
    def metres(self) -> float:
        start, now = self._from, self._to
        if start is None or now is None or not (start.on_map and now.on_map):
            return 0.0
        return distance_m(start.lon, start.lat, now.lon, now.lat)

    def drag_start(self, event: PointerEvent) -> None:
        if self.off_earth:
            self.context.message(self.off_earth)
            return
        self._from = self._to = event
        self.changed()

    def drag_move(self, event: PointerEvent) -> None:
        self._to = event
        self.changed()

    def drag_end(self, event: PointerEvent) -> None:
        self._to = event
        start, metres = self._from, self.metres
        self.cancel()
        if start is not None and metres > 0:
            scene, crs = self.canvas.scene, self.view.grid.crs
            place = start.lon, start.lat
            self.take_later(start.modifiers, lambda drawing: fids_near_place(scene, drawing, crs, place, metres))

    def cancel(self) -> None:
        self._from = self._to = None
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        super().paint(painter, view)
        if self._from is None or self._to is None or not self.metres:
            return
        paint_area(painter, view, self._circle(view))
        at = QPointF(self._to.px + 12 * view.ratio, self._to.py - 8 * view.ratio)
        paint_haloed_text(painter, at, length_text(self.metres), 13 * view.ratio, bold=True)

    def _circle(self, view: View) -> list[tuple[float, float]]:
        assert self._from is not None
        lons, lats = circle(self._from.lon, self._from.lat, self.metres)
        places = pixels_of(view, [(float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True)])
        return [place for place in places if place[0] == place[0]]
