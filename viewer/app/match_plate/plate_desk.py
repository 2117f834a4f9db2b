"""Opens match plates for the current layer, where that is an image in a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from layers.geo.bounds import Bounds
from layers.raster.info import RasterInfo
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.canvas.widget import MapCanvas
from viewer.export.processing import stretches_on_screen
from viewer.panels.context import PanelContext
from viewer.panels.one_dialog import show_once
from viewer.rendering.raster.raster_drawing import RasterDrawing


class MatchPlateDesk(QObject):
    """Opens one match plate for each photograph, above `window`.

    `marked` carries the uuid of a marker that a plate has just set on the map.
    """

    marked = Signal(str)
    _closing = Signal()

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._panels = session, canvas, panels
        self._ask, self._window = ask, window

    def can_open(self) -> bool:
        """True while the current layer is an image that has been read from a file."""
        return self._session.is_begun and self._info() is not None

    def open(self) -> None:
        """Open the plate of the current layer, or bring it to the front where it is open already."""
        info = self._info()
        if not self._session.is_begun or info is None:
            return
        # For start-up time: most windows never open a plate.
        from viewer.app.match_plate.plate_dialog import MatchPlateDialog
        from viewer.app.match_plate.plate_sides import PlateSource

        photo, scene = self._panels.layer_uuid, self._canvas.scene

        def make() -> MatchPlateDialog:
            source = PlateSource(
                self._session.document,
                scene.context,
                self._session.base_folder,
                (info.width, info.height),
                self._canvas.viewport.view(),
                self._extent(photo),
                stretches_on_screen(scene),
            )
            dialog = MatchPlateDialog(self._panels, photo, source, self._path, self._suggestion(), self._window)
            dialog.marked.connect(self.marked)
            self._closing.connect(dialog.close)
            return dialog

        show_once(self._window, MatchPlateDialog, make, lambda dialog: dialog.photo == photo)

    def close_all(self) -> None:
        """Close all plates with the window: nothing more may be read for them."""
        self._closing.emit()

    def _info(self) -> RasterInfo | None:
        drawing = self._panels.layers.drawing_of(self._panels.layer_uuid)
        return drawing.info if isinstance(drawing, RasterDrawing) else None

    def _extent(self, photo: str) -> Bounds | None:
        """Bounds in lon, lat of the shown layers without the photograph, as far as they are known."""
        scene = self._canvas.scene
        shown = [scene.drawings[layer.uuid] for layer in scene.document.layers.values() if layer.visible]
        extents = [drawing.bounds_lonlat() for drawing in shown if drawing.layer_uuid != photo]
        known_extents = [bounds for bounds in extents if bounds is not None]
        return reduce(Bounds.union, known_extents) if known_extents else None

    def _path(self, suggestion: Path) -> Path | None:
        return self._ask().picture_to_write(suggestion)

    def _suggestion(self) -> Path:
        return (self._session.base_folder or Path.home()) / "match-plate.png"
