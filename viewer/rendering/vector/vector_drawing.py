"""A vector file on the canvas: its features, those of a filter, in the looks of its style, the selected ones on top."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth, lonlat_bounds, transform_bounds
from layers.grid.map_scale import map_scale
from layers.grid.tile_grid import View
from layers.text.counted import grouped
from layers.vector.columns import Attributes
from layers.vector.content import FeatureClasses, VectorContent
from layers.vector.drawing.simplification import Details
from layers.vector.style.layer_style import ClassKey, VectorStyle
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_place import off_the_map, plane_of
from viewer.rendering.vector.layer_labelling import LayerLabelling
from viewer.rendering.vector.layer_styles import ColumnReader
from viewer.rendering.vector.round_sheet import RoundSheet, views_around
from viewer.rendering.vector.selected_features import SelectedFeatures
from viewer.rendering.vector.symbology import Symbology
from viewer.rendering.vector.vector_clusters import VectorClusters
from viewer.rendering.vector.vector_labels import VectorLabels
from viewer.rendering.vector.vector_source import VectorSource
from viewer.support.newest_job import NewestJob
from viewer.support.text import one_line

GEOMETRIES = {POINT: "Point", LINE: "LineString", POLYGON: "Polygon"}


class VectorDrawing(LayerDrawing):
    """Puts together where the file is, how it looks, its clusters, its labels and what of it is selected.

    Holds all features of one layer of a file, in the CRS of the canvas.
    """

    def __init__(self, layer: Layer, path: Path, context: RenderContext, parent: QObject | None = None) -> None:
        super().__init__(layer, context, parent)
        self.path = path
        self.source = VectorSource(context, path, layer)
        self.symbology = Symbology()
        self.tables: tuple[FeatureTable, ...] = ()
        """All features read so far, in painting order."""
        self.is_out_of_scale = False
        """Whether the style hid everything in the last view."""
        self.columns: ColumnReader | None = None
        """Who reads attributes for whatever is made of them."""
        self.clusters = VectorClusters(context.jobs, self._present)
        self._details = Details()
        self._sheet = RoundSheet(context, layer.uuid, self._announce, self._set_problem, self._details)
        self._selected = SelectedFeatures(context, layer.uuid, self._announce, self._set_problem)
        self._labels = VectorLabels(context.jobs, self._announce)
        self._preparing = NewestJob(context.jobs)
        self._shown: NDArray[np.int64] | None = None
        self._view: View | None = None
        self.source.probe(partial(self._probed, self.source))

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def info(self) -> VectorInfo | None:
        """What a reader found; None until then."""
        return self.source.info

    @property
    @override
    def missing(self) -> frozenset[str]:
        return self.source.missing

    @property
    def style(self) -> VectorStyle:
        """What is shown."""
        return self.symbology.style

    @override
    def set_layer(self, layer: Layer) -> None:
        moved = layer.crs != self.layer.crs
        super().set_layer(layer)
        if self.info is not None:
            self._take_style()
            if moved:
                self._set_problem("")
            if moved and self._view is not None:
                self._load_again(self._view)

    @override
    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        self._view = view
        if not self._look_for_place(view.grid.crs):
            return
        if self._can_load and view.grid.crs != self.source.crs:
            self._load(view)
        scale = self.symbology.scale_at(view)
        if bool(scale) is self.is_out_of_scale:
            self.is_out_of_scale = not scale
            self._announce()
        if scale:
            self.clusters.set_cell(self._cluster_cell())
            self._sheet.set_view(view, scale, cursor)
            self._selected.set_view(view, scale, cursor)

    @override
    def paint(self, painter: QPainter, view: View) -> None:
        scale = self.symbology.scale_at(view)
        if view.grid.crs == self.source.crs and scale and not self.is_nowhere:
            self._sheet.paint(painter, view, scale, self.layer.drawn_opacity)
            for seen in views_around(view):
                self.clusters.paint(
                    painter, seen, self.style.symbols[-1] or self.style.own_symbol, self.layer.drawn_opacity
                )
            self._selected.paint(painter, view, scale)

    @override
    def is_complete(self, view: View) -> bool:
        if self._cannot_be_drawn:
            return True
        if self.info is None:
            return False
        if not self.has_place_on(view.grid.crs):
            return True
        if not self.source.is_loaded or view.grid.crs != self.source.crs or self._preparing.is_under_way:
            return False
        if not self.symbology.scale_at(view):
            return True
        if not (self._labels.is_settled and self.clusters.is_settled):
            return False
        return self._sheet.is_complete(view) and self._selected.is_complete(view)

    @property
    @override
    def is_open(self) -> bool:
        return bool(self.problem) or self.info is not None

    @property
    def _can_load(self) -> bool:
        return not self.is_nowhere and self.source.is_readable(self.layer)

    @property
    def _cannot_be_drawn(self) -> bool:
        """Nothing will come; what is wrong with the style or the attributes leaves the features to be drawn."""
        return self.is_unavailable or not self._problems.keys().isdisjoint(("source", "crs", "content"))

    @override
    def labelling(self, view: View) -> LayerLabelling | None:
        if not self.style.labels.text or view.grid.crs != self.source.crs or not self.symbology.scale_at(view):
            return None
        return self._labels.labelling(self.source.crs, self.style, map_scale(view), self.clusters.found)

    @override
    def bounds_lonlat(self) -> Bounds | None:
        if self.info is None or not self.layer.crs or self.info.bounds is None:
            return self.info.bounds_lonlat if self.info else None
        try:
            return lonlat_bounds(self.layer.crs, self.info.bounds)
        except GeoloupeError:
            return None  # `problem` says so already

    @property
    @override
    def plane(self) -> str:
        return plane_of(self.layer, self.info)

    @override
    def plane_bounds(self, crs: str) -> Bounds | None:
        if self.info is None or self.info.bounds is None or not self.lies_on(crs):
            return None
        return transform_bounds(self.plane, crs, self.info.bounds)

    def has_place_on(self, crs: str) -> bool:
        """Whether a canvas has a place for it, as far as is known."""
        return self.lies_on(crs) if self.plane else not is_off_earth(crs)

    def is_reading_for(self, crs: str) -> bool:
        """Whether its features are still to come on a canvas that shows it."""
        if not self.layer.visible or self._cannot_be_drawn or not (self._can_load and self.has_place_on(crs)):
            return False
        return self.source.crs != crs or not self.source.is_loaded

    def _look_for_place(self, crs: str) -> bool:
        """That; where there is none, `problem` says so."""
        is_there = self.has_place_on(crs)
        self._set_problem("" if is_there or not self.plane else off_the_map(self.plane, self.path.name), "place")
        return is_there

    @property
    @override
    def remark(self) -> str:
        info = self.info
        if info is None or not info.features or info.bounds is not None:
            return super().remark
        rows = "row, which has no" if info.features == 1 else "rows, none of which has a"
        return f"{self.path.name} holds {grouped(info.features)} {rows} place: nothing of it is drawn, see its table."

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return (self.path.parent,)

    @override
    def suspend(self, sentence: str) -> None:
        """What has been read whole needs its file no more."""
        if not (self.is_unavailable or self.source.is_loaded):
            self.is_unavailable = True
            self.source.stop()
            self._set_problem(sentence, "drive")
            self._announce()

    @override
    def resume(self) -> None:
        if self.is_unavailable:
            self.reload()

    def reload(self) -> None:
        """Read everything again: the file has changed, or could not be read."""
        self.context.pool.forgive(str(self.path))
        self.source.stop()
        self.is_unavailable = False
        for about in list(self._problems):
            self._set_problem("", about)
        self.source = VectorSource(self.context, self.path, self.layer)
        self.source.probe(partial(self._probed, self.source))
        if self._view is not None:
            self._load(self._view)

    @override
    def close(self) -> None:
        self.source.stop()
        self._preparing.drop()
        self._sheet.close()
        self._selected.close()
        super().close()

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def content(self) -> VectorContent:
        """What is drawn, or is in the clusters that are."""
        return self.clusters.content

    @property
    def geometry(self) -> str:
        """The OGC name of its geometry; where the file does not say, that of the first feature."""
        said = self.info.geometry if self.info is not None else ""
        first = next((table for table in self.tables if len(table)), None)
        if first is None or any(name in said for name in GEOMETRIES.values()):
            return said
        return GEOMETRIES[int(first.kind[0])]

    def alone(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of these features that have a sign of their own, and are in no cluster."""
        shown = self._sheet.content.shown
        return fids if self.clusters.found is None or shown is None else fids[np.isin(fids, shown)]

    def set_filter(self, fids: NDArray[np.int64] | None) -> None:
        """Show these features only (ascending fids); None shows all."""
        self._shown = fids
        self._show()

    def set_selected(self, fids: NDArray[np.int64]) -> None:
        """Paint these features (ascending fids) as selected, above the others."""
        self._selected.select(fids)

    def set_attributes(self, attributes: Attributes, key: ClassKey, classes: FeatureClasses | None) -> None:
        """Take columns that hold what the style needs, and the class of each feature for styles of this key."""
        features = self.info.features if self.info is not None else 0
        self.symbology.take_classes(attributes, key, classes, features)
        missing = self.style.missing_in(attributes.columns)
        sentence = (
            f"The style of {one_line(self.layer.name, 60)} is about a column that {self.path.name} has not: {missing}."
        )
        self._set_problem(sentence if missing else "", "attributes")
        self._show()

    def attributes_failed(self, sentence: str) -> None:
        """They cannot be had, or a rule cannot be used."""
        self._set_problem(sentence, "attributes")

    # -- reading ------------------------------------------------------------------------------------------------

    def _probed(self, source: VectorSource, sentence: str) -> None:
        if self._is_closed or source is not self.source:  # it was reloaded meanwhile
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
            elif self._view is not None and self.plane:
                self._load_again(self._view)
        self._announce()

    def _load_again(self, view: View) -> None:
        """Its CRS is another now, or known now: what was read in vain is not shown."""
        self.source.stop()
        self.source.crs = ""
        if self._look_for_place(view.grid.crs) and self._can_load:
            self._load(view)
        else:
            self.tables = ()
            self._show(keep=False)

    def _load(self, view: View) -> None:
        details = self._details

        def prepare(table: FeatureTable) -> None:
            _ = table.index, table.areas if table.only_kind == POLYGON else None
            looked_at = self._view or view  # while it is read, somebody may have zoomed
            if VectorContent((table,)).is_largely_in(looked_at.world_bounds()):
                details.table(table, looked_at.grid.resolution)

        self.source.load(view.grid.crs, self.layer.crs, prepare, self._arrived)
        self.tables = ()
        details.clear()
        self._show(keep=False)

    def _arrived(self, tables: tuple[FeatureTable, ...], sentence: str) -> None:
        self.tables = tables
        self._show(is_whole=self.source.is_loaded)
        if sentence:
            self._set_problem(sentence)
        self._announce()

    # -- painting -----------------------------------------------------------------------------------------------

    def _take_style(self) -> None:
        assert self.info is not None
        before = self.style
        wrong = self.symbology.take_style(self.layer, self.info)
        self._set_problem(
            f"The style of {one_line(self.layer.name, 60)} cannot be used: {wrong}" if wrong else "", "style"
        )
        if self.style != before:
            self._show()

    def _show(self, *, keep: bool = True, is_whole: bool = True) -> None:
        """Paint what is there now; without `keep` nothing of what was there stands in for it.

        While it is not whole the selected ones wait: each chunk would have them picked anew.
        """
        self._prepare(keep)
        if is_whole:
            content = VectorContent(self.tables, self.symbology.looks, self.symbology.classes, self._shown)
            self._selected.set_content(content, keep=keep)

    def _prepare(self, keep: bool) -> None:
        """Have worked out, off the window's thread, what is known feature by feature only; then show it."""
        before, classes, looks = self._sheet.content, self.symbology.classes, self.symbology.looks
        same = before.tables == self.tables and before.classes is classes and before.shown is self._shown
        if same:
            content = replace(before, symbols=looks)  # with all that is known of it
        else:
            content = VectorContent(self.tables, looks, classes, self._shown)
        if content.is_ready:
            self._preparing.drop()
            self._cluster(keep, content)
        else:
            self._preparing.run(content.prepared, partial(self._cluster, keep), self._not_prepared)

    def _not_prepared(self, error: GeoloupeError) -> None:
        self._set_problem(error.sentence, "content")

    def _cluster(self, keep: bool, content: VectorContent) -> None:
        self.clusters.set_content(content, self._cluster_cell(), keep)
        self._announce()

    def _present(self, content: VectorContent, keep: bool) -> None:
        self._sheet.set_content(content, keep=keep)
        attributes = self.symbology.attributes if self.source.is_loaded else None
        self._labels.update(content, attributes, self.style)
        self._announce()

    def _cluster_cell(self) -> float:
        """The side of the squares whose points are drawn as one, in canvas CRS units; 0: none are."""
        view = self._view
        return 0.0 if view is None else self.style.cluster_px * view.ratio * view.grid.resolution
