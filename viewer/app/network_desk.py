"""The network as the window shows it: offline mode, what is fetched, and the ways out of the states of services."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from viewer.app.desktop.offline import OfflineMode
from viewer.app.fetch_progress import FetchProgress
from viewer.app.imagery.newest_dates import NewestDates
from viewer.app.imagery.server_way_desk import ServerWayDesk
from viewer.app.imagery.whole_file_desk import WholeFileDesk
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.state_ways import StateWays
from viewer.canvas.widget import MapCanvas
from viewer.panels.context import PanelContext
from viewer.panels.shell.status_bar import StatusBar
from viewer.rendering.context import RenderContext
from viewer.support.settings import Settings


class NetworkDesk(QObject):
    """Keeps the status bar and the layer list in step with the network. `look` looks at the states of layers anew."""

    def __init__(
        self,
        context: RenderContext,
        settings: Settings,
        canvas: MapCanvas,
        panels: PanelContext,
        views: MapViews,
        status: StatusBar,
        look: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.offline = OfflineMode(settings, context.fetcher, self)
        self._status, self._look = status, look
        ServerWayDesk(context.ways, panels, settings, self)
        NewestDates(context.fetcher, context.jobs, panels, self)
        files = WholeFileDesk(panels, canvas.window, context.fetcher, self)
        StateWays(canvas, panels, views, self.offline, context.fetcher, files.download, self)
        self.offline.changed.connect(self._show_offline)
        status.online_asked.connect(lambda: self.offline.set(False))
        status.show_offline(self.offline.is_on)
        if context.fetcher is not None:
            progress = FetchProgress(context.fetcher, context.jobs, lambda: canvas.own_scene.drawings, self)
            progress.changed.connect(look)

    def _show_offline(self) -> None:
        self._status.show_offline(self.offline.is_on)
        self._look()
