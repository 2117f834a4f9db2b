"""Opens the georeferencing dialog for a layer, and applies its control points as an edit of the case."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.errors import GeoloupeError
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, crs_name, is_off_earth, same_crs, utm_crs
from layers.raster.info import RasterInfo
from layers.raster.point_fit.control_point import PointSet
from viewer.app.case.session import Session
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.commands.imagery.placed_layers import can_have_points, place_as_file_says, place_by_points
from viewer.panels.context import PanelContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from viewer.app.georeferencing.georeferencing_dialog import Choice, GeoreferencingDialog

KEY = "georeferencing"


class GeoreferencingDesk(QObject):
    """Opens georeferencing dialogs, one at a time. Used on the window's thread only."""

    def __init__(
        self,
        session: Session,
        scene: MapScene,
        views: MapViews,
        panels: PanelContext,
        make_drawing: DrawingFactory,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._scene, self._views, self._panels = session, scene, views, panels
        self._make_drawing, self._messages, self._window = make_drawing, messages, window
        self.dialog: GeoreferencingDialog | None = None
        """The open dialog; None for none."""
        self._awaited = ""
        """Uuid of the layer whose dialog opens once its file has been read; empty for none."""
        scene.updated.connect(self._look_again)
        session.document_replaced.connect(self._forget)
        panels.layer_verbs.georeference.connect(self.open_when_read)
        panels.layer_verbs.place_by_file.connect(self.place_as_file_says)

    def can_open(self, uuid: str) -> bool:
        """True for a picture in one file that has been read."""
        return self._picture_of(uuid) is not None

    def open_when_read(self, uuid: str) -> None:
        """Show the dialog for a layer as soon as its file, which may be new, has been read. Empty for no layer."""
        self._awaited = uuid
        self._look_again()

    def open(self, uuid: str) -> None:
        """Show the dialog for a layer."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        layer, info = self._session.document.layers.get(uuid), self._picture_of(uuid)
        if layer is None or info is None:
            self._messages.show(
                KEY, self.tr("Only a picture in one file that has been read can be georeferenced."), "warning"
            )
            return
        from viewer.app.georeferencing.georeferencing_dialog import GeoreferencingDialog  # for start-up time
        from viewer.app.georeferencing.picture_preview import MapSource

        view = self._views.earth_view()
        points = read_control_points(layer.control_points_json)
        if points is None or points.size not in ((0, 0), (info.width, info.height)):
            points = PointSet((), crs=self._usual_crs())
        lies = info.bounds_lonlat if not layer.crs else None
        source = MapSource(
            self._session.document, self._scene.context, self._session.base_folder, self._make_drawing, view, lies
        )
        dialog = GeoreferencingDialog(
            layer,
            (info.width, info.height),
            points,
            self._crs_choices(points.crs),
            source,
            self._panels.notation,
            self._window,
        )
        self.dialog = dialog
        dialog.applied.connect(partial(self._apply, uuid))
        dialog.reset_wanted.connect(partial(self.place_as_file_says, uuid))
        dialog.finished.connect(self._ended)
        dialog.open()

    def place_as_file_says(self, uuid: str) -> None:
        """Remove the control points of a layer: it lies where its file says."""
        if self._push(partial(place_as_file_says, self._session.document, uuid, actor=self._session.actor)):
            layer = self._session.document.layers[uuid]
            if layer.crs == PIXEL_SPACE:
                self._views.show_plane(uuid)

    def _look_again(self) -> None:
        uuid, drawing = self._awaited, self._panels.layers.drawing_of(self._awaited)
        if not uuid or drawing is None or not drawing.is_open:
            return
        self._awaited = ""  # also where it cannot be read: it should not open later, unasked
        if self.can_open(uuid):
            self.open(uuid)

    # -- steps ------------------------------------------------------------------------------------------------------

    def _apply(self, uuid: str, points: PointSet) -> None:
        document, actor = self._session.document, self._session.actor
        if not self._push(partial(place_by_points, document, uuid, points, actor=actor)):
            return
        from layers.raster.point_fit.fitted_points import fitted_points  # for start-up time
        from viewer.app.georeferencing.picture_preview import bounds_lonlat_of_fit

        bounds = bounds_lonlat_of_fit(fitted_points(points, points.size))
        if bounds is not None:
            self._views.show_bounds(bounds)

    def _push(self, make: Callable[[], Edit]) -> bool:
        try:
            edit = make()
        except GeoloupeError as error:
            self._messages.show(KEY, error.sentence, "warning")
            return False
        return bool(edit.changes) and self._session.push_or_say(edit)

    def _ended(self) -> None:
        self.dialog = None

    def _forget(self) -> None:
        """Close the dialog: it was about the case before."""
        self._awaited = ""
        if self.dialog is not None:
            self.dialog.done(0)

    def _picture_of(self, uuid: str) -> RasterInfo | None:
        """Facts of the picture in a layer; None where it has no pixels of its own, or is not read yet."""
        layer: Layer | None = self._session.document.layers.get(uuid)
        drawing = self._panels.layers.drawing_of(uuid)
        if not can_have_points(layer) or not isinstance(drawing, RasterDrawing) or drawing.source.scene is not None:
            return None
        return drawing.info

    def _usual_crs(self) -> str:
        """CRS of the map, in which the fit is made, so that lines straight on the map are fitted as straight."""
        view = self._views.earth_view()
        return WEB_MERCATOR if view is None or is_off_earth(view.grid.crs) else view.grid.crs

    def _crs_choices(self, current: str) -> list[Choice]:
        lon, lat = self._views.map_centre()
        local_crs = [utm_crs(lon, lat)] if -80 <= lat <= 84 and abs(lon) <= 540 else []
        choices: list[Choice] = []
        for crs in (current, self._usual_crs(), WEB_MERCATOR, *local_crs):
            try:
                if not any(same_crs(crs, other) for other, _ in choices):
                    choices.append((crs, self.tr("Web Mercator") if same_crs(crs, WEB_MERCATOR) else crs_name(crs)))
            except GeoloupeError:
                choices.append((crs, crs))  # of a case that somebody else wrote: the fit says what is wrong with it
        return choices
