"""The verbs on features of vector layers: table, selection, filter, identify, sites of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.formula.budget import Budget
from layers.pool.protocol import Answer, Request
from layers.text.counted import counted
from layers.vector.columns import ascending
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import Expression
from viewer.app.actions.feature_search import LayerSearches
from viewer.app.actions.feature_zoom import FeatureZoom
from viewer.app.actions.view_verbs import ViewVerbs
from viewer.canvas.feature_query import (
    FeatureHit,
    fids_near_features,
    geometries_of,
    passing,
)
from viewer.canvas.feature_selection import Fids, are_in
from viewer.canvas.widget import MapCanvas
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.panels.attributes.feature_access import FeatureAccess
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.attribute_store import LayerAttributes
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.jobs import JobContext
from viewer.support.text import one_line

type Rows = dict[int, dict[str, Any]]


class FeatureVerbs(QObject):
    """`changed`: other actions may be offered now. `hits_found` carries what Identify found."""

    changed = Signal()
    hits_found = Signal(object)

    def __init__(
        self, canvas: MapCanvas, context: RenderContext, panels: PanelContext, views: ViewVerbs, window: QWidget
    ) -> None:
        super().__init__(window)
        self._zoom = FeatureZoom(canvas, views, panels.report, self)
        self._canvas, self._context, self._panels, self._window = canvas, context, panels, window
        stack = canvas.scene.stack
        self.selection = canvas.features
        self.access = FeatureAccess(
            pool=context.pool,
            jobs=context.jobs,
            store=stack.attributes,
            filters=stack.filters,
            selection=self.selection,
            source_of=stack.attribute_source,
            zoom_to=self.zoom_to,
            make_sites=self._make_sites_of,
            read=self.read,
        )
        panels.features = self.access
        self.searches = LayerSearches(canvas.scene, context)
        """For the palette."""
        self.selection.changed.connect(self._show_selection)
        stack.filters.changed.connect(self._filtered)
        panels.layer_shown.connect(lambda uuid: self.changed.emit())
        panels.changed.connect(self._heard)
        panels.document_replaced.connect(self.searches.follow)

    def handlers(self) -> dict[str, Callable[..., None]]:
        """By the ids of the table of actions."""
        return {
            "attribute_table": self.show_table,
            "vector_style": self.show_style,
            "clear_filter": self.clear_filter,
            "select_expression": self.ask_expression,
            "select_near": self.ask_distance,
            "select_no_features": self.selection.clear,
            "zoom_features": self.zoom_to_selection,
            "make_sites": lambda: self._make_sites_of(self.layer_with_selection()),
        }

    def conditions(self) -> set[str]:
        """What the table's `needs` may count on."""
        layer = self._panels.document.layers.get(self._panels.layer_uuid)
        found = {"features"} if len(self.selection) else set()
        if layer is not None and layer.kind == "vector":
            found |= {"vector"} | ({"filter"} if filter_of(layer) else set())
        return found

    # -- selection ----------------------------------------------------------------------------------------------

    def layer_with_selection(self) -> str:
        """The current layer where something of it is selected, else one of which something is."""
        layers = self.selection.layers
        current = self._panels.layer_uuid
        return current if current in layers else (layers[0] if layers else "")

    def _drawing(self, uuid: str) -> VectorDrawing | None:
        drawing = self._canvas.scene.drawings.get(uuid)
        return drawing if isinstance(drawing, VectorDrawing) else None

    def _show_selection(self, uuid: str) -> None:
        drawing = self._drawing(uuid)
        if drawing is not None:
            drawing.set_selected(self.selection.of(uuid))
        self.changed.emit()

    def _filtered(self, uuid: str) -> None:
        """What a filter hides is not selected: nothing is done with features that nobody sees."""
        shown = self.access.filters.fids(uuid)
        if shown is not None:
            self.selection.set(uuid, self.selection.of(uuid)[are_in(self.selection.of(uuid), shown)])
        self.changed.emit()

    def _heard(self, changes: Any) -> None:
        if changes.touches("layers"):
            self.searches.follow()
            self.selection.keep_only(self._panels.document.layers)
            for uuid in self.selection.layers:  # a drawing may be a new one
                self._show_selection(uuid)
            self.changed.emit()

    def zoom_to(self, uuid: str, fids: Fids) -> None:
        """Show features of a layer, on the canvas on which they lie; what has no place says so."""
        self._zoom.show({uuid: fids})

    def zoom_to_selection(self) -> None:
        self._zoom.show({uuid: self.selection.of(uuid) for uuid in self.selection.layers})

    def ask_expression(self) -> None:
        """Open the small window that selects by an expression."""
        from viewer.panels.attributes.select_by import open_select_by  # for start-up time

        uuid = self._panels.layer_uuid
        source = self.access.source_of(uuid)
        if source is not None:
            info = self._panels.info_of(uuid)
            names = [name for name, _ in getattr(info, "fields", ())]
            name = self._panels.document.layers[uuid].name
            open_select_by(name, names, partial(self.select_by_expression, uuid, name), self._window)

    def select_by_expression(
        self, uuid: str, name: str, expression: Expression, how: Any, heard: Callable[[str], None]
    ) -> None:
        """Select the features of a layer for which it holds; `heard` gets a sentence: how many, or what is wrong."""
        source = self.access.source_of(uuid)
        if source is None:
            heard(self.tr("The layer “{0}” is no longer in the case.").format(one_line(name, 60)))
            return

        def compute(found: LayerAttributes) -> None:
            def work(context: JobContext) -> Fids:
                budget = Budget(context.check)
                return found.table.fids[mask_of(expression, found.table, found.search, budget, found.measured)]

            def done(fids: Fids) -> None:
                fids = passing(self._canvas.scene, uuid, ascending(fids))
                self.selection.set(uuid, fids, how)
                heard(self.tr("{0} found.").format(counted(len(fids), self.tr("feature"), self.tr("features"))))

            self._context.jobs.run(work, done, lambda error: heard(error.sentence), self.tr("Selecting"))

        title = self.tr("Reading the attributes")
        self.access.store.want(source, compute, lambda error: heard(error.sentence), title=title)

    def ask_distance(self) -> None:
        """Open the small window that selects what is near to the selected features."""
        from viewer.panels.attributes.select_by import open_select_near  # for start-up time

        open_select_near(self.select_near, self._window)

    def select_near(self, metres: float, heard: Callable[[str], None]) -> None:
        """Add the features of the current layer, or of all, that lie within so many metres of the selected ones."""
        crs = self._canvas.viewport.crs
        selected = [
            (drawing.tables, self.selection.of(uuid))
            for uuid in self.selection.layers
            if (drawing := self._drawing(uuid)) is not None
        ]
        current = self._drawing(self._panels.layer_uuid)
        drawings = (
            [current]
            if current is not None
            else [drawing for uuid in self._canvas.scene.drawings if (drawing := self._drawing(uuid)) is not None]
        )
        tables = {drawing.layer_uuid: list(drawing.tables) for drawing in drawings}

        def work(context: JobContext) -> dict[str, Fids]:
            near = [geometry for held, fids in selected for geometry in geometries_of(held, fids)]
            return {uuid: fids_near_features(found, near, crs, metres, context.check) for uuid, found in tables.items()}

        def done(found: dict[str, Fids]) -> None:
            count = 0
            for uuid, fids in found.items():
                shown = passing(self._canvas.scene, uuid, fids)
                count += len(shown)
                self.selection.set(uuid, shown, "add")
            heard(self.tr("{0} found.").format(counted(count, self.tr("feature"), self.tr("features"))))

        self._context.jobs.run(work, done, lambda error: heard(error.sentence), self.tr("Looking for what is near"))

    # -- attributes ---------------------------------------------------------------------------------------------

    def show_table(self) -> None:
        self._panels.panel_wanted.emit("panel_attributes")

    def show_style(self) -> None:
        """The style of the current layer, in the form of its properties."""
        self._panels.show_layer(self._panels.layer_uuid, raise_form=True)
        self._panels.layer_style_wanted.emit()

    def clear_filter(self) -> None:
        self._panels.do(set_layer_filter, self._panels.layer_uuid, "")

    def identified(self, hits: list[FeatureHit]) -> None:
        """What the tool found goes to the panel."""
        self._panels.panel_wanted.emit("identify")
        self.hits_found.emit(hits)

    def show_feature(self, uuid: str, fid: int) -> None:
        """Select one feature alone, and list its attributes."""
        self.selection.clear(uuid)
        self.selection.set(uuid, [fid])
        self.identified([FeatureHit(uuid, fid)])

    def read(self, uuid: str, fids: Sequence[int], done: Callable[[Rows], None]) -> None:
        """Attributes of a few features: from what is held, else from the file."""
        source = self.access.source_of(uuid)
        if source is None:
            return
        held = self.access.store.held(source)
        if held is not None:
            rows = held.table.rows_of(list(fids)).tolist()
            done({int(held.table.fids[row]): held.table.row(row) for row in rows})
            return
        params = {**source.params(), "fids": [int(fid) for fid in fids]}
        answered = partial(self._context.mailbox.post, self._read_ended, done)
        self._context.pool.submit(Request("attributes", params, answered, strike_key=source.path))

    def _read_ended(self, done: Callable[[Rows], None], result: Answer | GeoloupeError) -> None:
        if isinstance(result, GeoloupeError):
            self._panels.report(result.sentence)
            return
        columns: dict[str, list[Any]] = result.header["columns"]
        fids = [int(fid) for fid in result.header["fids"]]
        done({fid: {name: values[at] for name, values in columns.items()} for at, fid in enumerate(fids)})

    def _make_sites_of(self, uuid: str) -> None:
        from viewer.panels.sites.make_sites import open_make_sites  # for start-up time

        if uuid:
            open_make_sites(self._panels, self.access, uuid, self._window)
