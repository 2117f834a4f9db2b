"""Zooms to features on the canvas that can show them, as soon as they have been read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from PySide6.QtCore import QObject

from layers.geo.bounds import Bounds
from layers.geo.crs import has_way, is_off_earth
from layers.geo.lon_extent import around
from layers.grid.tile_grid import View
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.feature_query import bounds_of_features, box_of_features
from viewer.canvas.feature_selection import Fids
from viewer.canvas.widget import MapCanvas
from viewer.rendering.vector.vector_drawing import VectorDrawing

type Chosen = dict[str, Fids]
"""Features by the uuid of their layer."""

_LEAST_SHARE = 0.02
"""Share of its layer shown around a single place off the Earth, where there are no metres."""


class FeatureZoom(QObject):
    """Zooms to features of vector layers. `report` gets a sentence where none of them has a place."""

    def __init__(self, canvas: MapCanvas, views: MapViews, report: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._views, self._report = canvas, views, report
        self._waiting: tuple[Chosen, View] | None = None
        """Features to zoom to once they are read, and the view at the request: another view by then cancels it."""
        canvas.scene_updated.connect(self._go_when_read)

    def zoom_to(self, uuid: str, fids: Fids) -> None:
        """Show features of one layer."""
        self.show({uuid: fids})

    def show(self, chosen: Mapping[str, Fids]) -> None:
        """Zoom to features as a whole; where they are on several canvases, to those of the present or the first one."""
        self._waiting = None
        together = self._on_one_canvas(
            {uuid: fids for uuid, fids in chosen.items() if len(fids) and self._drawing(uuid)}
        )
        first = next((drawing for uuid in together if (drawing := self._drawing(uuid)) is not None), None)
        if first is None:
            self._report(self.tr("These features have no place on the map."))
            return
        if not first.has_place_on(self._canvas.viewport.crs):
            self._views.show_layer(first.layer_uuid)
        self._waiting = together, self._canvas.viewport.view()
        self._go_when_read()

    def _drawing(self, uuid: str) -> VectorDrawing | None:
        drawing = self._canvas.own_scene.drawings.get(uuid)
        return drawing if isinstance(drawing, VectorDrawing) else None

    def _on_one_canvas(self, chosen: Chosen) -> Chosen:
        drawings = {uuid: drawing for uuid in chosen if (drawing := self._drawing(uuid)) is not None}
        crs = self._canvas.viewport.crs
        uuids = {uuid for uuid, drawing in drawings.items() if drawing.has_place_on(crs)}
        if not uuids and drawings:
            plane = next(iter(drawings.values())).plane
            uuids = {uuid for uuid, drawing in drawings.items() if _are_together(plane, drawing.plane)}
        return {uuid: fids for uuid, fids in chosen.items() if uuid in uuids}

    def _go_when_read(self) -> None:
        if self._waiting is None:
            return
        chosen, view = self._waiting
        if view != self._canvas.viewport.view():
            self._waiting = None
            return
        drawings = {uuid: drawing for uuid in chosen if (drawing := self._drawing(uuid)) is not None}
        if any(drawing.is_reading_for(view.grid.crs) for drawing in drawings.values()):
            return
        self._waiting = None
        if not self._zoom_to_read({drawing: chosen[uuid] for uuid, drawing in drawings.items()}):
            self._report(self.tr("These features have no place on the map."))

    def _zoom_to_read(self, fids_by_drawing: Mapping[VectorDrawing, Fids]) -> bool:
        """Zoom to features that have been read; False where none has a place."""
        crs = self._canvas.viewport.crs
        if not is_off_earth(crs):
            lonlat = [
                box
                for drawing, fids in fids_by_drawing.items()
                if (box := bounds_of_features(drawing, fids)) is not None
            ]
            extent = around(lonlat)
            if extent is not None:
                self._views.show_rows(extent)
            return extent is not None
        read = [
            crs_and_box
            for drawing, fids in fids_by_drawing.items()
            if (crs_and_box := box_of_features(drawing, fids)) is not None
        ]
        boxes = [box for box_crs, box in read if box_crs == crs]
        if not boxes:
            return False
        layers = [box for drawing in fids_by_drawing if (box := drawing.plane_bounds(crs)) is not None]
        around_all = reduce(Bounds.union, layers, boxes[0])
        self._views.show_on_plane(reduce(Bounds.union, boxes), _LEAST_SHARE * max(around_all.width, around_all.height))
        return True


def _are_together(plane: str, other: str) -> bool:
    """True where two layers can lie on the same canvas; an empty plane is the Earth."""
    return has_way(plane, other) if plane and other else plane == other
