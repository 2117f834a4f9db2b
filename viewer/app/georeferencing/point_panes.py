"""The two panes of the georeferencing dialog: the picture in its own pixels, and the map with a preview over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import written_control_points
from layers.document.placing.in_pixels import row_in_pixels
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.raster.point_fit.fitted_points import FittedPoints
from viewer.app.georeferencing.place_points import PlacePointsTool, PointMark
from viewer.app.georeferencing.point_draft import PointDraft
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.commands.stamps import new_uuid
from viewer.panels.widgets.form_page import side_by_side
from viewer.rendering.context import RenderContext
from viewer.support.elided import ElidedLabel
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.tools.tool import ToolContext

MOST_SITES = 2000
"""Sites are landmarks; of a larger case the pane shows none, as an index of them all would take too long."""


class MapSource(Struct, frozen=True):
    """The case whose layers the map pane shows, and how they are drawn."""

    document: Document
    context: RenderContext
    base_folder: Path | None
    make_drawing: DrawingFactory
    view: View | None
    """The view of the Earth that the window shows; None where it shows none."""


class PointPane(QWidget):
    """A canvas with a title, and the points on it. Its scene is closed with `close_scene`."""

    def __init__(
        self, title: str, scene: MapScene, size: tuple[int, int] | None, say: Callable[[str], None], parent: QWidget
    ) -> None:
        """`size`: of the picture, in the pane that shows it; `say` shows a sentence on what cannot be done."""
        super().__init__(parent)
        self.scene = scene
        scene.setParent(self)
        self.canvas = MapCanvas(scene, self)
        self.canvas.setAcceptDrops(False)
        self.canvas.setAccessibleName(title.replace("&", ""))
        self.canvas.setAccessibleDescription(
            self.tr("Arrow keys pan, plus and minus zoom, Enter sets the point in the middle")
        )
        self.title: QLabel = plain_label(title)
        self.title.setBuddy(self.canvas)
        self.told = ElidedLabel()
        self.told.setObjectName("muted")
        self.tool = PlacePointsTool(ToolContext(self.canvas, lambda _edit: False, say), size, self)
        self.canvas.set_tool(self.tool)
        self.told.say(self.tool.hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(side_by_side(self.title, self.told, stretch=1))
        layout.addWidget(self.canvas, 1)

    def close_scene(self) -> None:
        """Let go of all that is drawn; nothing more is read."""
        self.scene.close()


class PicturePane(PointPane):
    """The picture in pixel space, whatever places it."""

    def __init__(
        self, layer: Layer, draft: PointDraft, source: MapSource, say: Callable[[str], None], parent: QWidget
    ) -> None:
        row = row_in_pixels(layer, new_uuid())
        scene = MapScene(
            Document({"layers": [row]}), source.context, source.base_folder, make_drawing=source.make_drawing
        )
        super().__init__(translate("PointPane", "&Picture"), scene, draft.size, say, parent)
        self._draft = draft
        self.canvas.show_overlays = False
        self.canvas.viewport.set_crs(PIXEL_SPACE)
        draft.changed.connect(self.show_points)
        self.show_points()

    def fit(self) -> None:
        """Show the picture whole."""
        width, height = self._draft.size
        self.canvas.viewport.fit(Bounds(0.0, -float(height), float(width), 0.0), 0.02)
        self.canvas.motion.come_to_rest()

    def show_points(self) -> None:
        draft, marks = self._draft, []
        for row, point in enumerate(draft.rows):
            if point.pixel is None:
                continue
            residual = draft.residual(row)
            fitted = None
            if residual is not None:
                fitted = point.pixel[0] + residual.dx_px, point.pixel[1] + residual.dy_px
            marks.append(PointMark(row + 1, point.pixel, point.is_on, row == draft.current, fitted))
        self.tool.show(marks)


class MapPane(PointPane):
    """The layers of the case without the picture, and the picture over them as it would lie."""

    def __init__(
        self, layer: Layer, draft: PointDraft, source: MapSource, say: Callable[[str], None], parent: QWidget
    ) -> None:
        self._preview = replace(
            layer, uuid=new_uuid(), crs="", nudge_json="", visible=True, opacity=0.6, blend="normal"
        )
        self._document, order = _below(source.document, layer.uuid)
        self._preview = replace(self._preview, order_key=order)
        scene = MapScene(self._document, source.context, source.base_folder, make_drawing=source.make_drawing)
        super().__init__(translate("PointPane", "&Map"), scene, None, say, parent)
        self._draft, self._view = draft, source.view
        draft.changed.connect(self.show_points)
        self.show_points()

    def fit(self, lonlat: Bounds | None) -> None:
        """Show these bounds, or all that the window shows, also where this pane is smaller."""
        viewport, view = self.canvas.viewport, self._view
        if view is not None:
            viewport.show(view)
            width, height = viewport.size
            wider = max(view.width / width, view.height / height)
            if wider > 1.0:
                viewport.centre_on(*viewport.centre, viewport.resolution * wider)
        if lonlat is not None:
            try:
                self.canvas.motion.zoom_to_bounds(lonlat, 0.1)
            except GeoloupeError:
                self.canvas.motion.full_view()  # a place that this map cannot show
        self.canvas.motion.come_to_rest()

    def show_preview(self, opacity: float) -> None:
        """Draw the picture so opaque; at 0 not at all."""
        self._preview = replace(self._preview, opacity=opacity)
        self._show_layer()

    def show_points(self) -> None:
        draft, marks = self._draft, []
        for row, point in enumerate(draft.rows):
            if point.place is None:
                continue
            fitted = None
            residual = draft.residual(row)
            if draft.fit is not None and residual is not None and point.pixel is not None:
                lon, lat = draft.fit.lonlat([point.pixel[0]], [point.pixel[1]])
                fitted = float(lon[0]), float(lat[0])
            marks.append(PointMark(row + 1, point.place, point.is_on, row == draft.current, fitted))
        self._show_layer()
        self.tool.show(marks)

    @property
    def preview(self) -> Layer | None:
        """The picture as it lies on the map now; None while nothing places it."""
        return self._document.layers.get(self._preview.uuid)

    def _show_layer(self) -> None:
        before, fit = self.preview, self._draft.fit
        after = None
        if fit is not None and self._preview.opacity > 0:
            points = written_control_points(fit.points.for_readers)
            after = replace(self._preview, control_points_json=points, nudge_json="")
        if before != after:
            self._document.apply(Edit("Preview", (Change("layers", before, after),)))


def bounds_lonlat_of_fit(fit: FittedPoints) -> Bounds | None:
    """Of the picture, in longitudes and latitudes; None where it is nowhere."""
    try:
        return transform_bounds(fit.points.crs, WGS84, fit.bounds)
    except GeoloupeError:
        return None


def _below(document: Document, uuid: str) -> tuple[Document, float]:
    """A copy of a case's layers and sites without one layer, and the order of a layer between images and vectors."""
    stack = [layer for layer in document.layers_in_order() if layer.uuid != uuid]
    images = sum(1 for layer in stack if layer.kind != "vector")
    seen, rows = 0, []
    for position, layer in enumerate(stack):
        seen += layer.kind != "vector"
        rows.append(replace(layer, order_key=float(position + (1 if seen == images and layer.kind == "vector" else 0))))
    last = max((row.order_key for row in rows if row.kind != "vector"), default=-1.0)
    sites = list(document.sites.values()) if len(document.sites) <= MOST_SITES else []
    meta = list(document.table("meta").values())
    return Document({"layers": rows, "sites": sites, "meta": meta}), last + 0.5
