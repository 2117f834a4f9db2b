"""The Features menu: identify, select, filter and zoom to features of vector layers, and make sites of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Signal
from PySide6.QtWidgets import QWidget
from shapely.affinity import translate as moved

from layers.formula.budget import Budget
from layers.vector.columns import ascending
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import Expression
from layers.vector.table import FeatureTable
from viewer.app.actions.action_table import Action
from viewer.app.actions.tools_menu import ToolMenu, tool_action
from viewer.app.case.session import Session
from viewer.app.navigation.feature_zoom import FeatureZoom
from viewer.canvas.feature_query import (
    FeatureHit,
    fids_near_features,
    geometries_of,
    passing,
)
from viewer.canvas.feature_selection import Fids, are_in
from viewer.canvas.image_below import PlaceHits
from viewer.canvas.widget import MapCanvas
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.panels.context import PanelContext
from viewer.panels.feature_access import FeatureAccess
from viewer.rendering.nudged import step_of
from viewer.rendering.vector.attribute_store import LayerAttributes
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.jobs import JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.tools.toolbox import Toolbox


class FeatureMenu(ToolMenu):
    """Actions on the current vector layer, and on the selected features of any layer.

    `hits_found` carries what Identify found.
    """

    hits_found = Signal(object, object)

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        access: FeatureAccess,
        zoom: FeatureZoom,
        toolbox: Toolbox,
        jobs: Jobs,
        window: QWidget,
    ) -> None:
        """`window` is the parent of dialogs."""
        super().__init__(session, toolbox, window)
        self._canvas, self._panels, self.access, self._zoom = canvas, panels, access, zoom
        self._jobs, self._window = jobs, window
        self.selection = access.selection
        self.selection.changed.connect(self._show_selection)
        canvas.panes_changed.connect(self._show_in_panes)
        access.filters.changed.connect(self._filtered)
        toolbox.identified.connect(self.identified)
        panels.layer_shown.connect(self.changed)
        panels.changed.connect(self._follow_layers)
        panels.layer_verbs.make_sites.connect(self.make_sites_of)

    # -- selection ----------------------------------------------------------------------------------------------

    def layer_with_selection(self) -> str:
        """Uuid of the current layer where features of it are selected, else of another such layer; empty for none."""
        layers = self.selection.layers
        current = self._panels.layer_uuid
        return current if current in layers else (layers[0] if layers else "")

    def _drawing(self, uuid: str) -> VectorDrawing | None:
        drawing = self._canvas.own_scene.drawings.get(uuid)
        return drawing if isinstance(drawing, VectorDrawing) else None

    def _show_selection(self, uuid: str) -> None:
        for scene in dict.fromkeys(frame for pane in self._canvas.panes.all for frame in pane.shown.frames):
            drawing = scene.drawings.get(uuid)
            if isinstance(drawing, VectorDrawing):
                drawing.set_selected(self.selection.of(uuid))
        self.changed.emit()

    def _show_in_panes(self) -> None:
        """Show the selection in each pane: other panes are on the screen now."""
        for uuid in self.selection.layers:
            self._show_selection(uuid)

    def _filtered(self, uuid: str) -> None:
        """Remove from the selection the features that a filter hides: no action may touch invisible features."""
        shown = self.access.filters.fids(uuid)
        if shown is not None:
            self.selection.set(uuid, self.selection.of(uuid)[are_in(self.selection.of(uuid), shown)])
        self.changed.emit()

    def _follow_layers(self, changes: Any) -> None:
        if changes.touches("layers"):
            self.selection.keep_only(self._panels.document.layers)
            for uuid in self.selection.layers:  # a drawing may be a new one
                self._show_selection(uuid)
            self.changed.emit()

    def select_none(self) -> None:
        self.selection.clear()

    def zoom_to_selection(self) -> None:
        self._zoom.show({uuid: self.selection.of(uuid) for uuid in self.selection.layers})

    def ask_expression(self) -> None:
        """Open the small window that selects by an expression."""
        from viewer.panels.attributes.select_by import open_select_by  # for start-up time

        uuid = self._panels.layer_uuid
        source = self.access.source_of(uuid)
        if source is not None:
            info = self._panels.layers.info_of(uuid)
            names = [name for name, _ in getattr(info, "fields", ())]
            name = self._panels.document.layers[uuid].name
            open_select_by(name, names, partial(self.select_by_expression, uuid, name), self._window)

    def select_by_expression(
        self, uuid: str, name: str, expression: Expression, how: Any, say: Callable[[str], None]
    ) -> None:
        """Select the features of a layer for which the expression holds.

        `name`: name of the layer. `how`: a `How`, such as "add". `say` receives a sentence: the number of
        features, or what is wrong.
        """
        source = self.access.source_of(uuid)
        if source is None:
            say(self.tr("The layer “{0}” is no longer in the case.").format(one_line(name, 60)))
            return

        def compute(attributes: LayerAttributes) -> None:
            def work(context: JobContext) -> Fids:
                budget = Budget(context.check)
                return attributes.table.fids[
                    mask_of(expression, attributes.table, attributes.search, budget, attributes.measured)
                ]

            def done(fids: Fids) -> None:
                fids = passing(self._canvas.own_scene, uuid, ascending(fids))
                self.selection.set(uuid, fids, how)
                say(
                    self.tr("{0} found.").format(
                        translate("FeatureMenu", "{count} features", "{count} feature", len(fids))
                    )
                )

            self._jobs.run(work, done, lambda error: say(error.sentence), self.tr("Selecting"), of_case=True)

        title = self.tr("Reading the attributes")
        self.access.store.want(source, compute, lambda error: say(error.sentence), title=title)

    def ask_distance(self) -> None:
        """Open the small window that selects features near the selected ones."""
        from viewer.panels.attributes.select_by import open_select_near  # for start-up time

        open_select_near(self.select_near, self._window)

    def select_near(self, metres: float, say: Callable[[str], None]) -> None:
        """Add to the selection the features within `metres` of the selected ones, of the current layer or of all.

        `say` receives a sentence: the number of features, or what is wrong.
        """
        crs = self._canvas.viewport.crs
        selected = [
            (drawing.tables, self.selection.of(uuid), step_of(drawing.nudge, crs))
            for uuid in self.selection.layers
            if (drawing := self._drawing(uuid)) is not None
        ]
        current = self._drawing(self._panels.layer_uuid)
        drawings = (
            [current]
            if current is not None
            else [drawing for uuid in self._canvas.own_scene.drawings if (drawing := self._drawing(uuid)) is not None]
        )
        tables = {drawing.layer_uuid: (list(drawing.tables), step_of(drawing.nudge, crs)) for drawing in drawings}

        def work(context: JobContext) -> dict[str, Fids]:
            near = [moved(geometry, *step) for held, fids, step in selected for geometry in geometries_of(held, fids)]

            def found_in(held: list[FeatureTable], step: tuple[float, float]) -> Fids:
                shifted_back = [moved(geometry, -step[0], -step[1]) for geometry in near]
                return fids_near_features(held, shifted_back, crs, metres, context.check)

            return {uuid: found_in(*table) for uuid, table in tables.items()}

        def done(fids_by_layer: dict[str, Fids]) -> None:
            count = 0
            for uuid, fids in fids_by_layer.items():
                shown = passing(self._canvas.own_scene, uuid, fids)
                count += len(shown)
                self.selection.set(uuid, shown, "add")
            say(self.tr("{0} found.").format(translate("FeatureMenu", "{count} features", "{count} feature", count)))

        title = self.tr("Looking for what is near")
        self._jobs.run(work, done, lambda error: say(error.sentence), title, of_case=True)

    # -- attributes ---------------------------------------------------------------------------------------------

    def show_table(self) -> None:
        self._panels.panel_wanted.emit("panel_attributes")

    def clear_filter(self) -> None:
        self._panels.do(set_layer_filter, self._panels.layer_uuid, "")

    def identified(self, hits: list[FeatureHit], place: PlaceHits | None = None) -> None:
        """List the features that Identify found in its panel."""
        self._panels.panel_wanted.emit("identify")
        self.hits_found.emit(hits, place)

    def show_feature(self, uuid: str, fid: int) -> None:
        """Select one feature alone, and list its attributes."""
        self.selection.clear(uuid)
        self.selection.set(uuid, [fid])
        self.identified([FeatureHit(uuid, fid)])

    def make_sites(self) -> None:
        """Ask how to turn the selected features into sites."""
        self.make_sites_of(self.layer_with_selection())

    def make_sites_of(self, uuid: str) -> None:
        """`make_sites` for the selected features of one layer."""
        from viewer.panels.sites.make_sites import open_make_sites  # for start-up time

        if uuid:
            open_make_sites(self._panels, self.access, uuid, self._window)

    # -- when they are offered ----------------------------------------------------------------------------------

    def has_vector(self) -> bool:
        """True while the current layer is a vector layer."""
        layer = self._panels.layer
        return layer is not None and layer.kind == "vector"

    def has_filter(self) -> bool:
        """True while the current layer is a vector layer with a filter."""
        layer = self._panels.layer
        return layer is not None and layer.kind == "vector" and bool(filter_of(layer))

    def has_features(self) -> bool:
        """True while features are selected, in any layer."""
        return self.session.is_begun and len(self.selection) > 0

    id = "feature"
    actions = (
        Action(
            "attribute_table",
            QT_TRANSLATE_NOOP("Actions", "Attribute &Table"),
            show_table,
            "",
            "table",
            offered=has_vector,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "The attributes of the current vector layer"),
        ),
        tool_action(
            "tool_identify",
            QT_TRANSLATE_NOOP("Actions", "&Identify"),
            "Ctrl+Shift+I",
            "identify",
            toolbar=True,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Click a feature to see its attributes, an image to see its pixel values"),
        ),
        tool_action(
            "tool_select_features",
            QT_TRANSLATE_NOOP("Actions", "&Select Features"),
            "F",
            "select_features",
            toolbar=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Select features of vector layers by click or box"),
        ),
        tool_action(
            "tool_select_lasso", QT_TRANSLATE_NOOP("Actions", "Select in a &Lasso or Polygon"), "Shift+F", "lasso"
        ),
        tool_action(
            "tool_select_within", QT_TRANSLATE_NOOP("Actions", "Select within a &Distance of a Place"), "", "within"
        ),
        Action(
            "select_near",
            QT_TRANSLATE_NOOP("Actions", "Select &Near the Selected…"),
            ask_distance,
            offered=has_features,
            tip=QT_TRANSLATE_NOOP("Actions", "Add the features within a distance of the selected ones"),
        ),
        Action(
            "select_expression",
            QT_TRANSLATE_NOOP("Actions", "Select by &Expression…"),
            ask_expression,
            "Ctrl+F3",
            offered=has_vector,
        ),
        Action(
            "select_no_features", QT_TRANSLATE_NOOP("Actions", "Select No &Features"), select_none, offered=has_features
        ),
        Action(
            "zoom_features",
            QT_TRANSLATE_NOOP("Actions", "&Zoom to Selected Features"),
            zoom_to_selection,
            "Ctrl+Shift+J",
            "zoom_selection",
            offered=has_features,
            breaks=True,
        ),
        Action(
            "clear_filter",
            QT_TRANSLATE_NOOP("Actions", "&Clear the Filter of the Layer"),
            clear_filter,
            "",
            "filter",
            offered=has_filter,
        ),
        Action(
            "make_sites",
            QT_TRANSLATE_NOOP("Actions", "&Make Sites of Selected Features…"),
            make_sites,
            "Ctrl+Shift+M",
            "sites",
            offered=has_features,
            breaks=True,
        ),
    )
