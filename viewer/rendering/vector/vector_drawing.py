"""Draws a vector file: the features of its filter, in the symbols of its style, the selected ones on top."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import is_off_earth, lonlat_bounds, transform_bounds
from layers.grid.map_scale import map_scale
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.text.counted import counted
from layers.vector.columns import Attributes
from layers.vector.drawing.content import FeatureClasses, VectorContent
from layers.vector.drawing.simplification import Details
from layers.vector.style.layer_style import ClassKey, VectorStyle
from layers.vector.table import LINE, POINT, POLYGON, FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, is_on_plane
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.rendering.raster.raster_place import off_the_map, plane_of
from viewer.rendering.vector.feature_loader import FeatureLoader
from viewer.rendering.vector.layer_styles import ColumnReader
from viewer.rendering.vector.symbology import Symbology
from viewer.rendering.vector.vector_clusters import paint_clusters
from viewer.rendering.vector.vector_picture import NO_FIDS, Effort, VectorPicture, Wanted, resolved
from viewer.rendering.world_copies import Views
from viewer.support.language.text import one_line
from viewer.support.newest_job import NewestJob

GEOMETRIES = {POINT: "Point", LINE: "LineString", POLYGON: "Polygon"}


class VectorDrawing(LayerDrawing):
    """Draws a vector layer from its file, its symbols, its clusters, its labels and its selection.

    Holds all features of one layer of a file, in the CRS of the canvas.
    """

    def __init__(self, layer: Layer, path: Path, context: RenderContext, parent: QObject | None = None) -> None:
        from viewer.rendering.vector.feature_tiles import FeatureTiles  # for start-up time: no layer is drawn yet

        super().__init__(layer, context, parent)
        self.path = path
        self.source = FeatureLoader(context, path, layer)
        self.symbology = Symbology()
        self.tables: tuple[FeatureTable, ...] = ()
        """All features read so far, in painting order."""
        self.is_out_of_scale = False
        """True where the style hid everything in the last view."""
        self.columns: ColumnReader | None = None
        """Reads attributes, for classes and labels."""
        self.picture = VectorPicture()
        """The picture that is painted, or is about to be."""
        self._wanted = Wanted()
        self._resolving = NewestJob(context.jobs)
        self._details = Details()
        self._tiles = FeatureTiles(context, layer.uuid, self._announce, self._set_problem, self._details)
        self._selected_tiles = FeatureTiles(
            context, f"{layer.uuid} selected", self._announce, self._set_problem, Details()
        )
        self._shown: NDArray[np.int64] | None = None
        self._selected = NO_FIDS
        self._view: View | None = None
        self.source.probe(partial(self._probed, self.source))

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def info(self) -> VectorInfo | None:
        """The facts that a reader found; None until then."""
        return self.source.info

    @property
    @override
    def missing(self) -> frozenset[str]:
        return self.source.missing

    @property
    def style(self) -> VectorStyle:
        """The style that is shown."""
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
    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        self.read(view, copies)
        scale = self.symbology.scale_at(view)
        if scale and self.has_place_on(view.grid.crs):
            self._tiles.set_views((view, *copies), scale, cursor)
            self._selected_tiles.set_views((view, *copies), scale, cursor)

    def read(self, view: View, copies: Views = ()) -> None:
        """Read the features of a view, as `set_view` does, but paint no tile of them ahead."""
        self._view = view
        if not self._look_for_place(view.grid.crs):
            return
        if self._can_load and view.grid.crs != self.source.crs:
            self._load(view)
        scale = self.symbology.scale_at(view)
        if bool(scale) is self.is_out_of_scale:
            self.is_out_of_scale = not scale
            self._announce()
        if scale and self._cluster_cell() != self._wanted.cell:
            self._resolve()

    @override
    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        scale = self.symbology.scale_at(view)
        if view.grid.crs == self.source.crs and scale and not self.is_nowhere:
            views, opacity = (view, *copies), self.layer.drawn_opacity
            for seen in views:
                self._tiles.paint(painter, seen, scale, opacity, checkpoint)
            clusters, symbol = self.picture.clusters, self.style.symbols[-1] or self.style.own_symbol
            if clusters is not None:
                for seen in views:
                    paint_clusters(painter, seen, clusters, symbol, opacity)
                    checkpoint()
            for seen in views:  # opaque, however faint the layer is
                self._selected_tiles.paint(painter, seen, scale, 1.0, checkpoint)

    @override
    def shows_in(self, view: View, copies: Views = ()) -> bool:
        scale = self.symbology.scale_at(view)
        if view.grid.crs != self.source.crs or not scale or self.is_nowhere:
            return False
        clusters, views = self.picture.clusters, (view, *copies)
        if clusters is not None and any(len(clusters.within(seen.world_bounds())[1]) for seen in views):
            return True
        return any(self._tiles.shows_in(seen, scale) for seen in views)

    @property
    def is_resolved(self) -> bool:
        """True once all features are there, and the picture is made of them as it is wanted now."""
        return self.source.is_loaded and self.picture.is_whole

    @override
    def is_complete(self, view: View, copies: Views = ()) -> bool:
        if not self.is_read(view, copies):
            return False
        if self._cannot_be_drawn or not self.has_place_on(view.grid.crs) or not self.symbology.scale_at(view):
            return True
        tiles, selected = self._tiles, self._selected_tiles
        return all(tiles.is_complete(seen) and selected.is_complete(seen) for seen in (view, *copies))

    def is_read(self, view: View, copies: Views = ()) -> bool:
        """True when the features of a view are known, whether their tiles are painted or not."""
        if self._cannot_be_drawn:
            return True
        if self.info is None:
            return False
        if not self.has_place_on(view.grid.crs):
            return True
        return self.source.is_loaded and view.grid.crs == self.source.crs and not self._resolving.is_under_way

    @property
    @override
    def is_open(self) -> bool:
        return bool(self.problem) or self.info is not None

    @property
    def _can_load(self) -> bool:
        return not self.is_nowhere and self.source.is_readable(self.layer)

    @property
    def _cannot_be_drawn(self) -> bool:
        """True where nothing will be drawn.

        A problem with the style or the attributes alone leaves the features to be drawn.
        """
        return self.is_unavailable or not self._problems.keys().isdisjoint(("source", "crs", "content"))

    @override
    def labelling(self, view: View) -> LayerLabelling | None:
        source, labels = self.picture.labels, self.style.labels
        if source is None or not labels.text or view.grid.crs != self.source.crs or not self.symbology.scale_at(view):
            return None
        scale = map_scale(view)
        if source.content.tables[0].crs != self.source.crs or 0 < labels.visible_from < scale:
            return None
        return LayerLabelling(source, labels, self.style.symbols, self.style.size_factor(scale), self.picture.clusters)

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
        if self.info is None or self.info.bounds is None or not is_on_plane(self.plane, crs):
            return None
        return transform_bounds(self.plane, crs, self.info.bounds)

    def has_place_on(self, crs: str) -> bool:
        """True where a canvas of this CRS has a place for the layer, as far as is known."""
        return is_on_plane(self.plane, crs) if self.plane else not is_off_earth(crs)

    def is_reading_for(self, crs: str) -> bool:
        """True while features are still to come on a canvas that shows the layer."""
        if not self.layer.visible or self._cannot_be_drawn or not (self._can_load and self.has_place_on(crs)):
            return False
        return self.source.crs != crs or not self.source.is_loaded

    def _look_for_place(self, crs: str) -> bool:
        """True where a canvas has a place for the layer; where it has none, `problem` says so."""
        is_there = self.has_place_on(crs)
        self._set_problem("" if is_there or not self.plane else off_the_map(self.plane, self.path.name), "place")
        return is_there

    @property
    @override
    def remark(self) -> str:
        info = self.info
        if info is None or not info.features or info.bounds is not None:
            return super().remark
        rows = counted(info.features, "row, which has no place", "rows, none of which has a place")
        return Phrase("{name} holds {rows}: nothing of it is drawn, see its table.", name=self.path.name, rows=rows)

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return (self.path.parent,)

    @property
    @override
    def _needs_file(self) -> bool:
        return not self.source.is_loaded

    @override
    def _stop_reading(self) -> None:
        self.source.stop()

    @override
    def _read_on(self) -> None:
        self.reload()

    def reload(self) -> None:
        """Read everything again: the file has changed, or could not be read."""
        self.context.pool.forgive(str(self.path))
        self.source.stop()
        self.is_unavailable = False
        for about in list(self._problems):
            self._set_problem("", about)
        self.source = FeatureLoader(self.context, self.path, self.layer)
        self.source.probe(partial(self._probed, self.source))
        if self._view is not None:
            self._load(self._view)

    @override
    def close(self) -> None:
        self.source.stop()
        self._resolving.drop()
        self._tiles.close()
        self._selected_tiles.close()
        super().close()

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def content(self) -> VectorContent:
        """The features that are drawn, or are in clusters that are."""
        return self.picture.content

    @property
    def geometry(self) -> str:
        """The OGC name of its geometry; where the file does not say, that of the first feature."""
        geometry = self.info.geometry if self.info is not None else ""
        first = next((table for table in self.tables if len(table)), None)
        if first is None or any(name in geometry for name in GEOMETRIES.values()):
            return geometry
        return GEOMETRIES[int(first.kind[0])]

    def alone(self, fids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The features among `fids` that have a sign of their own, in no cluster."""
        shown = self.picture.drawn.shown
        return fids if self.picture.clusters is None or shown is None else fids[np.isin(fids, shown)]

    def set_filter(self, fids: NDArray[np.int64] | None) -> None:
        """Show these features only (ascending fids); None shows all."""
        self._shown = fids
        self._resolve()

    def set_selected(self, fids: NDArray[np.int64]) -> None:
        """Paint these features (ascending fids) as selected, above the others."""
        if len(fids) or len(self._selected):
            self._selected = fids
            self._resolve()

    def set_attributes(self, attributes: Attributes, key: ClassKey, classes: FeatureClasses | None) -> None:
        """Take columns that hold what the style needs, and the class of each feature for styles of this key."""
        features = self.info.features if self.info is not None else 0
        self.symbology.take_classes(attributes, key, classes, features)
        missing = self.style.missing_in(attributes.columns)
        sentence = Phrase(
            "The style of {name} is about a column that {name_2} has not: {missing}.",
            name=one_line(self.layer.name, 60),
            name_2=self.path.name,
            missing=missing,
        )
        self._set_problem(sentence if missing else "", "attributes")
        self._resolve()
        self._announce()  # a list of its classes may say more now

    def attributes_failed(self, sentence: str) -> None:
        """Report that the attributes cannot be read, or that a rule cannot be used."""
        self._set_problem(sentence, "attributes")

    # -- reading ------------------------------------------------------------------------------------------------

    def _probed(self, source: FeatureLoader, sentence: str) -> None:
        if self._is_closed or source is not self.source:  # it was reloaded meanwhile
            return
        if sentence:
            self._set_problem(sentence)
        else:
            assert self.info is not None
            self._take_style()
            if not self.info.features:
                self._set_problem(Phrase("{name} holds no features: there is nothing to draw.", name=self.path.name))
            elif not (self.layer.crs or self.info.crs):
                self._set_problem(
                    Phrase("{name} does not say in which CRS it is: choose one for the layer.", name=self.path.name)
                )
            elif self._view is not None and self.plane:
                self._load_again(self._view)
        self._announce()

    def _load_again(self, view: View) -> None:
        """Load the features again, as the CRS is another now, or known only now; those read before are not shown."""
        self.source.stop()
        self.source.crs = ""
        if self._look_for_place(view.grid.crs) and self._can_load:
            self._load(view)
        else:
            self.tables = ()
            self._resolve()

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
        self._resolve()

    def _arrived(self, tables: tuple[FeatureTable, ...], sentence: str) -> None:
        self.tables = tables
        self._resolve()
        if sentence:
            self._set_problem(sentence)
        self._announce()

    # -- painting -----------------------------------------------------------------------------------------------

    def _take_style(self) -> None:
        assert self.info is not None
        before = self.style
        wrong = self.symbology.take_style(self.layer, self.info)
        self._set_problem(
            Phrase("The style of {name} cannot be used: {wrong}", name=one_line(self.layer.name, 60), wrong=wrong)
            if wrong
            else "",
            "style",
        )
        if self.style != before:
            self._resolve()

    def _resolve(self) -> None:
        """Make the picture that is wanted now: fast parts at once, the rest in a job."""
        wanted = self._wanted = self._all_wanted()
        self._apply(resolved(wanted, self.picture, Effort.AT_ONCE))
        if self.picture.is_whole:
            self._resolving.drop()
            return
        before, post = self.picture, self.context.mailbox.post

        def work() -> VectorPicture:
            features = resolved(wanted, before, Effort.FEATURES)
            if features.is_whole or self._wanted is not wanted:
                return features
            post(self._take, wanted, features)
            return resolved(wanted, features, Effort.ALL)

        self._resolving.run(work, partial(self._take, wanted), self._not_resolved)

    def _all_wanted(self) -> Wanted:
        symbology, labels, is_loaded = self.symbology, self.style.labels, self.source.is_loaded
        return Wanted(
            self.tables,
            symbology.symbols,
            symbology.classes,
            self._shown,
            self._selected if is_loaded else NO_FIDS,  # else each chunk would have them picked anew
            self._cluster_cell(),
            symbology.attributes if is_loaded else None,
            labels.text,
            labels.priority,
        )

    def _take(self, wanted: Wanted, picture: VectorPicture) -> None:
        if self._wanted is wanted and not self._is_closed:
            self._set_problem("", "content")
            self._apply(picture)

    def _apply(self, picture: VectorPicture) -> None:
        before, self.picture = self.picture, picture
        if picture.drawn is not before.drawn:
            self._tiles.set_content(picture.drawn, keep=bool(picture.drawn.tables))
        if picture.selected is not before.selected:
            self._selected_tiles.set_content(picture.selected, keep=bool(picture.selected.tables))
        if picture.differs_from(before):
            self._announce()

    def _not_resolved(self, error: GeoloupeError) -> None:
        self._set_problem(error.sentence, "content")

    def _cluster_cell(self) -> float:
        """The side of the squares whose points are drawn as one, in canvas CRS units; 0 without clusters."""
        view = self._view
        return 0.0 if view is None else self.style.cluster_px * view.ratio * view.grid.resolution
