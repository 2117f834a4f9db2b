"""The map of a window: its scene, its canvas, its views, and its facts about layers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer.app.case.session import Session
from viewer.app.navigation.feature_zoom import FeatureZoom
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.furniture.taken_top import TakenTop
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.panels.access import KnownLayers, ViewAccess
from viewer.panels.context import PanelContext
from viewer.panels.feature_access import FeatureAccess
from viewer.panels.image_access import ImageAccess
from viewer.panels.observations.marks_then import MarksThen
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.support.messages import Messages
from viewer.tools.toolbox import Toolbox


class CaseMap:
    """The map of the open case in one window, and the parts of it that panels may use."""

    def __init__(
        self,
        session: Session,
        context: RenderContext,
        messages: Messages,
        make_drawing: DrawingFactory,
        parent: QObject,
        *,
        asks: bool,
    ) -> None:
        """`asks`: False without an analyst to answer, as for a picture."""
        self.scene = MapScene(session.document, context, session.base_folder, make_drawing=make_drawing)
        self.compared = ComparedScene(self.scene, make_drawing=make_drawing, parent=parent)
        self.canvas = MapCanvas(self.compared)
        self.views = MapViews(self.canvas, messages, parent, asks=asks)
        report = partial(messages.show, "panel", level="warning")
        self.zoom = FeatureZoom(self.canvas, self.views, report, parent)
        stack = self.scene.stack
        self.features = FeatureAccess(
            pool=context.pool,
            jobs=context.jobs,
            store=stack.attributes,
            filters=stack.filters,
            selection=self.canvas.features,
            source_of=stack.attribute_source,
            zoom_to=self.zoom.zoom_to,
            report=report,
        )

    def for_view(self) -> ViewAccess:
        """The view of the map, for panels."""
        views = self.views
        return ViewAccess(
            views.show_rows,
            views.show_points,
            views.show_layer,
            self.canvas.viewport.view,
            self.canvas.view_changed.connect,
        )

    def for_layers(self, images: ImageAccess) -> KnownLayers:
        """Facts, drawings and features of the layers, for panels; `images` are those behind marks."""
        return KnownLayers(self.views.layer_info, self._drawing_of, self.features, images)

    def follow_dates(self, panels: PanelContext, messages: TakenTop) -> MarksThen:
        """Let the map draw its marks as they were seen at the date that is looked at, and say so below messages."""
        return MarksThen(panels, self.canvas, messages, panels)

    def make_timeline(self, panels: PanelContext, then: MarksThen) -> QWidget:
        """Make the timeline of the case for its dock; it shows the date that is looked at as a line."""
        from viewer.panels.timeline.timeline_panel import TimelinePanel  # for start-up time: hidden at first

        panel = TimelinePanel(panels, then.date)
        then.date_changed.connect(panel.show_date)
        return panel

    def make_sheet(self, panels: PanelContext, toolbox: Toolbox, then: MarksThen) -> QWidget:
        """Make the sheet of observations for its dock; the map shows the image of its cell, and marks as `then`."""
        # For start-up time: the sheet is hidden at first.
        from viewer.app.observing.counting import Counting
        from viewer.panels.observations.cell_image import CellImage
        from viewer.panels.observations.observation_sheet import ObservationSheet
        from viewer.panels.observations.sheet_desk import SheetDesk

        desk = SheetDesk(panels, panels)
        self.canvas.scene_updated.connect(desk.look_soon)
        sheet = ObservationSheet(desk, CellImage(desk, self.canvas, self.compared, then, desk))
        Counting(sheet, toolbox)
        return sheet

    def _drawing_of(self, uuid: str) -> LayerDrawing | None:
        return self.scene.drawings.get(uuid)
