"""Takes the ways out of the state of a service that the map and the layer's properties offer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.grid.map_scale import LOGICAL_PIXEL_M
from viewer.app.desktop.offline import OfflineMode
from viewer.app.navigation.map_views import MapViews
from viewer.canvas.widget import MapCanvas
from viewer.commands.imagery.service_times import dated_service
from viewer.network.fetcher import Fetcher
from viewer.panels.context import PanelContext
from viewer.panels.service_time_keys import STATED_DATE, TIME_FIELD
from viewer.rendering.access import hosts_of
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.remote_drawing import RemoteDrawing
from viewer.rendering.service_state import Way


class StateWays(QObject):
    """Does what was clicked: signs in, tries again, works offline or online, or goes to where the layer shows."""

    def __init__(
        self,
        canvas: MapCanvas,
        panels: PanelContext,
        views: MapViews,
        offline: OfflineMode,
        fetcher: Fetcher | None,
        download: Callable[[Layer], None],
        parent: QObject,
    ) -> None:
        """`download` fetches the file of a layer whole."""
        super().__init__(parent)
        self._canvas, self._panels, self._views = canvas, panels, views
        self._offline, self._fetcher = offline, fetcher
        self._download = download
        canvas.notice_answered.connect(self.take)
        panels.layer_verbs.leave_state.connect(self.take)

    def take(self, layer_uuid: str, way: str) -> None:
        """Take a `Way` out of the state of a layer."""
        layer = self._panels.document.layers.get(layer_uuid)
        if layer is None:
            return
        match Way(way):
            case Way.SIGN_IN:
                from viewer.panels.logins.sign_in import open_sign_in  # for start-up time

                open_sign_in(self._panels, self._canvas.window(), hosts_of(layer))
            case Way.TRY_AGAIN:
                drawing = self._panels.layers.drawing_of(layer_uuid)
                if isinstance(drawing, TilesDrawing | RemoteDrawing):
                    drawing.note_attempt()
                if self._fetcher is not None:
                    for host in hosts_of(layer):
                        self._fetcher.forgive(host)
            case Way.WORK_OFFLINE | Way.WORK_ONLINE:
                self._offline.set(way == Way.WORK_OFFLINE)
            case Way.ALLOW:
                self._allow(layer)
            case Way.DOWNLOAD:
                self._download(layer)
            case Way.CHOOSE_DATE:
                self._choose_date(layer)
            case Way.SHOW_COVERED:
                self._views.show_layer(layer_uuid)
            case Way.ZOOM:
                self._zoom(layer_uuid)

    def _allow(self, layer: Layer) -> None:
        """Ask about the hosts to which those of a layer have sent us on; without any lead to the permissions."""
        fetcher, hosts = self._fetcher, hosts_of(layer)
        others = [] if fetcher is None else fetcher.consent.sent_on_from(hosts)
        if fetcher is None or not others:
            self._panels.permissions_wanted.emit()
            return
        from viewer.panels.imagery.host_question import when_allowed  # for start-up time

        def go_on() -> None:
            for host in hosts:
                fetcher.forgive(host)

        when_allowed(self._panels, others, go_on, self.tr("&Allow"), self._canvas.window())

    def _choose_date(self, layer: Layer) -> None:
        """Lead to the times of a service, or to the field in which the date of any other image is stated."""
        is_chosen = dated_service(layer) is not None
        self._panels.show_layer(layer.uuid, raise_form=True)
        self._panels.field_wanted.emit("layer_properties", TIME_FIELD if is_chosen else STATED_DATE)

    def _zoom(self, layer_uuid: str) -> None:
        drawing = self._panels.layers.drawing_of(layer_uuid)
        scale = 0.0 if drawing is None else drawing.state.scale
        if scale:
            self._views.set_metres_per_pixel(scale * LOGICAL_PIXEL_M)
