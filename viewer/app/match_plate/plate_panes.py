"""The two canvases of a match plate: the photograph in its own pixels, and the map of the case without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.in_pixels import row_in_pixels
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, is_off_earth
from layers.grid.tile_grid import View
from viewer.app.match_plate.number_pane import NumberPaneTool
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.commands.stamps import new_uuid
from viewer.panels.widgets.form_page import muted
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.plain_label import plain_label
from viewer.tools.tool import ToolContext

FIT_MARGIN = 0.02


class PlateSource(Struct, frozen=True):
    """The case and the map that a plate is made of."""

    document: Document
    context: RenderContext
    base_folder: Path | None
    view: View
    """The view of the map in the window."""
    extent: Bounds | None
    """Of all other layers, in lon, lat: shown where the window's view is off the Earth."""
    frozen: dict[str, str]
    """Styles as they are on the screen now, by layer."""


class NumberPane(QWidget):
    """A canvas below its title, with its tool in hand. `close_scene` lets go of all that is drawn."""

    def __init__(self, title: str, scene: MapScene, say: Callable[[str], None], *, is_photo: bool) -> None:
        super().__init__()
        self.scene = scene
        self.canvas = MapCanvas(scene, self)
        scene.setParent(self.canvas)
        self.canvas.setAcceptDrops(False)
        self.canvas.setAccessibleName(title)
        self.canvas.setAccessibleDescription(
            self.tr("Arrow keys pan, plus and minus zoom, Enter sets the next number in the middle")
        )
        self.title = plain_label(title)
        self.title.setBuddy(self.canvas)
        self.told = muted()
        self.told.setWordWrap(False)  # both panes stay of one height
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        context = ToolContext(self.canvas, lambda _edit: False, say)
        self.tool = NumberPaneTool(context, is_photo=is_photo, parent=self.canvas)
        self.canvas.set_tool(self.tool)
        self.canvas.hint_changed.connect(self.told.setText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.title, self.told):
            layout.addWidget(widget)
        layout.addWidget(self.canvas, 1)

    def close_scene(self) -> None:
        self.scene.close()


class PhotoPane(NumberPane):
    """The photograph in pixel space, whatever places it on the map."""

    def __init__(self, layer: Layer, source: PlateSource, title: str, say: Callable[[str], None]) -> None:
        self._row = row_in_pixels(layer, new_uuid())
        scene = MapScene(Document({"layers": [self._row]}), source.context.for_frame(), source.base_folder)
        super().__init__(title, scene, say, is_photo=True)
        self.canvas.show_overlays = False
        self.canvas.viewport.set_crs(PIXEL_SPACE)
        self._is_fitted = False
        scene.updated.connect(self.fit_once)
        self.fit_once()

    @property
    def drawing(self) -> LayerDrawing | None:
        return self.scene.drawings.get(self._row.uuid)

    def fit(self) -> None:
        """Show the photograph whole."""
        width, height = self.tool.size or (0, 0)
        self.canvas.viewport.fit(Bounds(0.0, -float(height), float(width), 0.0), FIT_MARGIN)
        self.canvas.motion.come_to_rest()

    def fit_once(self) -> None:
        """Once its size is known, and the canvas has its own."""
        drawing = self.drawing
        if self._is_fitted or not isinstance(drawing, RasterDrawing) or drawing.info is None:
            return
        self._is_fitted = self.canvas.isVisible()
        self.tool.size = drawing.info.width, drawing.info.height
        self.fit()


class MapPane(NumberPane):
    """The map of the case as the window shows it, without the photograph."""

    def __init__(self, layer: Layer, source: PlateSource, title: str, say: Callable[[str], None]) -> None:
        self._view, self._extent = source.view, source.extent
        scene = MapScene(
            source.document,
            source.context.for_frame(),
            source.base_folder,
            frozen=source.frozen,
            arrange=partial(_without, layer.uuid),
        )
        super().__init__(title, scene, say, is_photo=False)
        if not is_off_earth(source.view.grid.crs):
            self.canvas.viewport.set_crs(source.view.grid.crs)

    def begin(self) -> None:
        """Show the middle of the window's view, once the canvas has its size; for a window off the Earth all layers."""
        view, viewport = self._view, self.canvas.viewport
        if not is_off_earth(view.grid.crs):
            x, y = view.to_world(view.width / 2, view.height / 2)
            viewport.centre_on(x, y, view.grid.resolution)
        elif self._extent is None:
            viewport.fit_world()
        else:
            viewport.fit_lonlat(self._extent, FIT_MARGIN)
        self.canvas.motion.come_to_rest()


def _without(uuid: str, rows: Sequence[Layer]) -> list[Layer]:
    """The layers as they are, the photograph hidden."""
    return [replace(row, visible=False) if row.uuid == uuid else row for row in rows]
