"""A vector file on the canvas: its features, those of a filter, in the looks of its style, the selected ones on top."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import lonlat_bounds
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.vector import query
from layers.vector.columns import Attributes
from layers.vector.content import FeatureClasses, VectorContent
from layers.vector.details import Details
from layers.vector.look import Look
from layers.vector.style import ClassKey, VectorStyle
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.rendering.layer_styles import ColumnReader
from viewer.rendering.round_sheet import RoundSheet, views_around
from viewer.rendering.vector_clusters import VectorClusters
from viewer.rendering.vector_labels import VectorLabels
from viewer.rendering.vector_source import VectorSource

SELECTED_COLOR = "#ffd400"
GEOMETRIES = {POINT: "Point", LINE: "LineString", POLYGON: "Polygon"}
NO_CLASSES = FeatureClasses(np.zeros(0, np.int64), np.zeros(0, np.uint16))
"""Nobody knows yet: all features are in no class."""
_LOGICAL_PIXEL_M = 0.0254 / 96


class VectorDrawing(LayerDrawing):
    """Holds all features of one layer of a file, in the CRS of the canvas."""

    def __init__(self, layer: Layer, path: Path, context: RenderContext, parent: QObject | None = None) -> None:
        super().__init__(layer, context, parent)
        self.path = path
        self.source = VectorSource(context, path, layer)
        self.style = VectorStyle()
        self.tables: tuple[FeatureTable, ...] = ()
        """All features read so far, in painting order."""
        self.others_known: tuple[ClassKey, bool] | None = None
        """Whether any feature is in none of the classes of styles of a key, once that is known."""
        self.is_out_of_scale = False
        """Whether the style hid everything in the last view."""
        self.columns: ColumnReader | None = None
        """Who reads attributes for whatever is made of them."""
        self._details = Details()
        self._sheet = RoundSheet(context, layer.uuid, self._announce, self._set_problem, self._details)
        self._selected_sheet = RoundSheet(
            context, f"{layer.uuid} selected", self._announce, self._set_problem, Details()
        )
        self._labels = VectorLabels(context.jobs, self._announce)
        self._clusters = VectorClusters(context.jobs, self._present)
        self._attributes: Attributes | None = None
        self._classes: tuple[ClassKey, FeatureClasses | None] = ("single", "", ()), None
        self._shown: NDArray[np.int64] | None = None
        self._selected: NDArray[np.int64] = np.zeros(0, np.int64)
        self._pending: dict[str, int] = {}
        self._runs = 0
        self._view: View | None = None
        self.source.probe(self._probed)

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def info(self) -> VectorInfo | None:
        """What a reader found; None until then."""
        return self.source.info

    def set_layer(self, layer: Layer) -> None:
        moved = layer.crs != self.layer.crs
        super().set_layer(layer)
        if self.info is not None:
            self._take_style()
            if moved:
                self._set_problem("")
            if moved and self._view is not None and self.source.is_readable(self.layer):
                self._load(self._view)

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        self._view = view
        if self.source.is_readable(self.layer) and view.grid.crs != self.source.crs:
            self._load(view)
        scale = self._scale_at(view)
        if bool(scale) is self.is_out_of_scale:
            self.is_out_of_scale = not scale
            self._announce()
        if scale:
            self._clusters.set_cell(self._cluster_cell())
            self._sheet.set_view(view, scale, cursor)
            self._selected_sheet.set_view(view, scale, cursor)

    def paint(self, painter: QPainter, view: View) -> None:
        scale = self._scale_at(view)
        if view.grid.crs == self.source.crs and scale:
            self._sheet.paint(painter, view, scale, self.layer.opacity)
            for seen in views_around(view):
                self._clusters.paint(painter, seen, self.style.looks[-1] or self.style.own_look, self.layer.opacity)
            self._selected_sheet.paint(painter, view, scale, 1.0)

    def is_complete(self, view: View) -> bool:
        if self.info is None or self.problem:
            return bool(self.problem)
        if not self.source.is_loaded or view.grid.crs != self.source.crs or self._pending:
            return False
        if not self._scale_at(view):
            return True
        if not (self._labels.is_settled and self._clusters.is_settled):
            return False
        return self._sheet.is_complete(view) and self._selected_sheet.is_complete(view)

    def labelling(self, view: View) -> LayerLabelling | None:
        if not self.style.labels.text or view.grid.crs != self.source.crs or not self._scale_at(view):
            return None
        return self._labels.labelling(self.source.crs, self.style, map_scale(view), self._clusters.found)

    def bounds_lonlat(self) -> Bounds | None:
        if self.info is None or not self.layer.crs or self.info.bounds is None:
            return self.info.bounds_lonlat if self.info else None
        try:
            return lonlat_bounds(self.layer.crs, self.info.bounds)
        except GeoloupeError:
            return None  # `problem` says so already

    def close(self) -> None:
        self.source.stop()
        self._sheet.close()
        self._selected_sheet.close()
        super().close()

    @property
    def content(self) -> VectorContent:
        """What is drawn, or is in the clusters that are."""
        return self._clusters.content

    @property
    def geometry(self) -> str:
        """The OGC name of its geometry; where the file does not say, that of the first feature."""
        said = self.info.geometry if self.info is not None else ""
        first = next((table for table in self.tables if len(table)), None)
        if first is None or any(name in said for name in GEOMETRIES.values()):
            return said
        return GEOMETRIES[int(first.kind[0])]

    def is_shown_at(self, view: View) -> bool:
        """Whether the style draws anything at this scale."""
        return self._scale_at(view) > 0

    def painted(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of these features whose class is shown."""
        classes, looks = self._wanted_classes(), self.style.looks
        shown = np.array([look is not None for look in looks])
        codes = np.zeros(len(fids), np.uint16) if classes is None else classes.codes_of(fids, len(looks) - 1)
        seen: NDArray[np.int64] = fids[shown[codes]]
        return seen

    def alone(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of these features that have a sign of their own, and are in no cluster."""
        shown = self._sheet.content.shown
        return fids if self._clusters.found is None or shown is None else fids[np.isin(fids, shown)]

    def cluster_at(self, view: View, px: float, py: float) -> NDArray[np.int64]:
        """Ascending fids of the cluster whose sign is at a place of the picture; none where there is none."""
        index = self._clusters.at(view, px, py)
        return self._clusters.members(index) if index >= 0 else NO_CLASSES.fids

    def is_cluster_at(self, view: View, px: float, py: float) -> bool:
        """The same question at once, whatever is in it."""
        return self._clusters.at(view, px, py) >= 0

    def sign_px(self, view: View) -> float:
        """How wide its largest sign is, in picture pixels."""
        return max((look.size_px for look in self.style.looks if look is not None), default=0.0) * self._scale_at(view)

    # -- what is shown --------------------------------------------------------------------------------------------

    def set_filter(self, fids: NDArray[np.int64] | None) -> None:
        """Show these features only (ascending fids); None shows all."""
        self._shown = fids
        self._show()
        self._show_selected()

    def set_selected(self, fids: NDArray[np.int64]) -> None:
        """Paint these features (ascending fids) as selected, above the others."""
        if len(fids) or len(self._selected):
            self._selected = fids
            self._show_selected()

    def set_attributes(self, attributes: Attributes, key: ClassKey, classes: FeatureClasses | None) -> None:
        """Take columns that hold what the style needs, and the class of each feature for styles of this key."""
        self._attributes, self._classes = attributes, (key, classes)
        features = self.info.features if self.info is not None else 0
        self.others_known = None if classes is None else (key, classes.has_others(len(key[2]), features))
        self._set_problem("", "attributes")
        self._show()
        self._show_selected()

    def attributes_failed(self, sentence: str) -> None:
        """They cannot be had, or a rule cannot be used."""
        self._set_problem(sentence, "attributes")

    def features_at(self, view: View, px: float, py: float, radius_px: float = 4.0) -> list[int]:
        """Fids of what is shown at a place of the picture, topmost first. A sign counts as far as it reaches."""
        scale = self._scale_at(view)
        if view.grid.crs != self.source.crs or not scale:
            return []
        points = any(table.is_single for table in self.tables)
        reach = max(radius_px, max((look.size_px / 2 * scale for look in self.style.looks if look), default=0.0))
        radius = (reach if points else radius_px) * view.grid.resolution
        found = [fid for seen in views_around(view) for fid in query.at(self.tables, *seen.to_world(px, py), radius)]
        return found if self._shown is None else [fid for fid in found if _holds(self._shown, fid)]

    def features_within(self, bounds: Bounds) -> NDArray[np.int64]:
        """Ascending fids of what is shown and reaches into a box of the canvas CRS."""
        return self._passing(query.within(self.tables, bounds))

    def features_within_ring(self, ring: list[tuple[float, float]]) -> NDArray[np.int64]:
        """Ascending fids of what is shown and reaches into an area of the canvas CRS."""
        return self._passing(query.within_polygon(self.tables, ring))

    def _passing(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        return fids if self._shown is None else np.intersect1d(fids, self._shown, assume_unique=True)

    # -- reading ------------------------------------------------------------------------------------------------

    def _probed(self, sentence: str) -> None:
        if self._is_closed:
            return
        if sentence:
            self._set_problem(sentence)
        else:
            assert self.info is not None
            self._take_style()
            if not self.info.features:
                self._set_problem(f"{self.path.name} holds no features: there is nothing to draw.")
            elif not (self.layer.crs or self.info.crs):
                self._set_problem(f"{self.path.name} does not say in which CRS it is: choose one for the layer.")
        self._announce()

    def _load(self, view: View) -> None:
        details = self._details

        def prepare(table: FeatureTable) -> None:
            _ = table.index, table.areas if table.only_kind == POLYGON else None
            looked_at = self._view or view  # while it is read, somebody may have zoomed
            if VectorContent((table,)).is_largely_in(looked_at.world_bounds()):
                details.table(table, looked_at.grid.resolution)

        self.source.load(view.grid.crs, self.layer.crs, prepare, self._arrived)
        self._take_tables((), keep=False)

    def _arrived(self, tables: tuple[FeatureTable, ...], sentence: str) -> None:
        self._take_tables(tables)
        if sentence:
            self._set_problem(sentence)
        self._announce()

    def _take_tables(self, tables: tuple[FeatureTable, ...], *, keep: bool = True) -> None:
        self.tables = tables
        if not keep:
            self._details.clear()
        self._show(keep=keep)
        if self.source.is_loaded or not keep:
            self._show_selected(keep=keep)

    # -- painting -----------------------------------------------------------------------------------------------

    def _take_style(self) -> None:
        assert self.info is not None
        before = self.style
        try:
            values = self.layer.style
            seed = zlib.crc32(self.layer_uuid.encode())
            self.style = VectorStyle.from_json(values) if values else VectorStyle.default(self.info, seed)
        except GeoloupeError as error:
            self.style = VectorStyle()
            self._set_problem(error.sentence, "style")
        else:
            self._set_problem("", "style")
        if self.style != before:
            self._show()
            self._show_selected()

    def _scale_at(self, view: View) -> float:
        """Picture pixels a logical pixel of the looks; 0 where the style shows nothing at the map's scale."""
        style = self.style
        if not (style.visible_from or style.visible_to or style.full_size_at):
            return view.ratio
        scale = map_scale(view)
        return view.ratio * style.size_factor(scale) if style.is_shown_at(scale) else 0.0

    def _show(self, *, keep: bool = True) -> None:
        before, classes, looks = self._sheet.content, self._wanted_classes(), self.style.looks
        same = before.tables == self.tables and before.classes is classes and before.shown is self._shown
        if same:
            content = replace(before, looks=looks)  # with all that is known of it
        else:
            content = VectorContent(self.tables, looks, classes, self._shown)
        if content.is_ready:
            self._pending.pop("content", None)
            self._take_content(content, keep)
            self._announce()
        else:
            self._run("content", content.prepared, lambda found: self._take_content(found, keep))

    def _take_content(self, content: VectorContent, keep: bool) -> None:
        self._clusters.set_content(content, self._cluster_cell(), keep)

    def _present(self, content: VectorContent, keep: bool) -> None:
        self._sheet.set_content(content, keep=keep)
        self._labels.update(content, self._attributes if self.source.is_loaded else None, self.style)
        self._announce()

    def _cluster_cell(self) -> float:
        """The side of the squares whose points are drawn as one, in canvas CRS units; 0: none are."""
        view = self._view
        return 0.0 if view is None else self.style.cluster_px * view.ratio * view.grid.resolution

    def _wanted_classes(self) -> FeatureClasses | None:
        key, classes = self._classes
        if self.style.mode == "single":
            return None
        return classes if classes is not None and key == self.style.class_key else NO_CLASSES

    def _show_selected(self, *, keep: bool = True) -> None:
        selected, shown, tables = self._selected, self._shown, self.tables
        looks = tuple(None if look is None else selected_look(look) for look in self.style.looks)
        classes = self._wanted_classes()
        if not len(selected):
            self._pending.pop("selected", None)
            self._selected_sheet.set_content(VectorContent(), keep=False)
            self._announce()
            return

        def chosen() -> VectorContent:
            fids = selected if shown is None else np.intersect1d(selected, shown, assume_unique=True)
            parts = [table.taken(rows) for table in tables if (rows := table.rows_of(fids)).size]
            return VectorContent(tuple(parts), looks, classes).prepared()

        self._run("selected", chosen, lambda found: self._selected_sheet.set_content(found, keep=keep))

    def _run[T](self, what: str, work: Any, done: Any) -> None:
        """Work for another thread; only the last of its kind counts. The picture is not complete before."""
        self._runs += 1
        self._pending[what] = number = self._runs

        def ended(found: T) -> None:
            if not self._is_closed and self._pending.get(what) == number:
                del self._pending[what]
                done(found)
                self._announce()

        def failed(error: GeoloupeError) -> None:
            if self._pending.get(what) == number:
                del self._pending[what]
            self._set_problem(error.sentence, what)

        self.context.jobs.run(lambda _: work(), ended, failed)


def selected_look(look: Look) -> Look:
    """A look that stands out wherever it is: the same shape in the colour of the selection, with a dark edge."""
    return replace(
        look, stroke_color=SELECTED_COLOR, stroke_width_px=max(look.stroke_width_px, 1.2) + 1.2,
        fill_color="#99ffd400", casing_color="#1a1a1a", casing_width_px=1.0, ground_color="", dash=(),
        size_px=look.size_px + 2.0,
    )  # fmt: skip


def map_scale(view: View) -> float:
    """The map is 1 : this, in the middle of the view."""
    middle = view.to_world(view.width / 2, view.height / 2)
    metres = ground_resolution_m(view.grid.crs, *middle, view.grid.resolution)
    return metres * view.ratio / _LOGICAL_PIXEL_M if np.isfinite(metres) else 0.0


def _holds(ascending: NDArray[np.int64], fid: int) -> bool:
    at = int(np.searchsorted(ascending, fid))
    return at < len(ascending) and int(ascending[at]) == fid
