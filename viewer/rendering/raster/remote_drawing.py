"""A COG on a host on the canvas: drawn as a file, from the ranges of it that the window fetches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, override

from PySide6.QtCore import QObject, QTimer

from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from layers.raster.overviews import Lack
from layers.raster.point_fit.control_point import PointSet
from layers.requests.addresses import name_of
from viewer.network.fetcher import Fetcher
from viewer.network.host_state import HostReach
from viewer.rendering.access import addresses_of, collection_of, hosts_of_file
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.raster_source import RasterSource
from viewer.rendering.service_state import (
    TRIED_S,
    ServiceState,
    Tried,
    cut_off_state,
    refused_state,
    sent_on_state,
    tried_again,
    trying_state,
    waiting_state,
    while_offline,
    whole_only_state,
)
from viewer.support.language.text import one_line


class RemoteSource(RasterSource):
    """Asks readers about a COG at an address; `path` is only its name. No overviews are built for it."""

    def __init__(
        self, context: RenderContext, name: Path, address: str, source: Mapping[str, Any], points: PointSet | None
    ) -> None:
        super().__init__(context, name, source, points)
        self.place = address

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return ()

    @property
    @override
    def lack(self) -> Lack:
        return Lack.NONE

    @property
    @override
    def is_ahead_worthwhile(self) -> bool:
        return False


class RemoteDrawing(RasterDrawing):
    """Draws a COG at an address, or the bands of a scene at one each; what failed is asked for again once its host
    answers.
    """

    def __init__(
        self,
        layer: Layer,
        address: str,
        context: RenderContext,
        canvas_crs: str = WEB_MERCATOR,
        make_source: Callable[[], RasterSource] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`make_source` is for a scene with a file for each band."""
        name, points = Path(layer.uuid) / name_of(address), read_control_points(layer.control_points_json)
        make_source = make_source or partial(RemoteSource, context, name, address, layer.source, points)
        self._hosts, self._addresses = hosts_of_file(layer.source), addresses_of(layer.source)
        self._tried: Tried | None = None
        """The analyst's last attempt to have the hosts asked again; None once they have answered."""
        if context.fetcher is not None:
            for place in addresses_of(layer.source):
                context.fetcher.signing.note(place, collection_of(layer.source))
        super().__init__(layer, name, context, canvas_crs, parent, make_source)
        if context.fetcher is not None:
            context.fetcher.host_ready.connect(self._host_ready)
            context.fetcher.host_changed.connect(self._host_changed)

    @override
    def check_file(self) -> None:
        """Do nothing: a host is not asked each time that the window is looked at."""

    @override
    def close(self) -> None:
        if self.context.fetcher is not None and not self._is_closed:
            self.context.fetcher.host_ready.disconnect(self._host_ready)
            self.context.fetcher.host_changed.disconnect(self._host_changed)
        super().close()

    @override
    def has_failed_in(self, view: View) -> bool:
        if self.info is None:
            return bool(self.problem)
        return self.tiles.tile_layer.lacks_given_up(view) and not self.shows_in(view)

    @override
    def state_in(self, view: View | None) -> ServiceState:
        fetcher = self.context.fetcher
        if not self.problem or fetcher is None or not self.layer.visible:
            return super().state_in(view)
        state = self._failed_state(fetcher, view)
        return while_offline(state) if fetcher.offline else state

    def _failed_state(self, fetcher: Fetcher, view: View | None) -> ServiceState:
        """The state of a layer with a problem, whatever it is."""
        if not all(map(fetcher.consent.permits, self._hosts)):
            return waiting_state(self._named_problem())
        if fetcher.consent.sent_on_from(self._hosts):
            return sent_on_state(self._named_problem())
        if any(map(fetcher.wants_login, self._hosts)):
            return refused_state(self._named_problem())
        seen = view or self.tiles.view
        if self.info is not None and (seen is None or not self.tiles.tile_layer.lacks_given_up(seen)):
            return super().state_in(view)
        if self._tried is not None and self._tried.said_until > time.monotonic():
            return trying_state(one_line(self.layer.name, 60))
        if len(self._addresses) == 1 and (size := fetcher.ranges.whole_size(self._addresses[0])) is not None:
            return whole_only_state(self._named_problem(), size)
        has_pictures = self.info is not None and seen is not None and self.shows_in(seen)
        state = cut_off_state(self._named_problem(), reach=self._reach, has_pictures=has_pictures)
        return state if self._tried is None else tried_again(state, self._tried.clock)

    @property
    def _reach(self) -> HostReach:
        """The way in which its hosts are reached: that of the worst."""
        fetcher = self.context.fetcher
        ways = [] if fetcher is None else [fetcher.reach_of(host) for host in self._hosts]
        return next((way for way in ways if way.is_cut_off), HostReach.REACHED)

    def note_attempt(self) -> None:
        """Note that the analyst has its hosts asked again, which is said at once."""
        self._tried = Tried.now()
        QTimer.singleShot(round(1000 * TRIED_S) + 20, self, self._announce)
        self._announce()

    @override
    def _tiles_changed(self) -> None:
        if "server" in self._problems and not self.tiles.has_failed:
            self._set_problem("", "server")
            self._tried = None
        super()._tiles_changed()

    def _host_changed(self, host: str, _: str) -> None:
        if host in self._hosts and self.problem:
            self._announce()

    def _host_ready(self, host: str) -> None:
        if host not in self._hosts or self._is_closed or self.context.puts_off(self._host_ready, host):
            return
        if self.info is None:
            self.reload()
            return
        if "tiles" in self._problems:
            self._set_problem("", "tiles")
            self._forget_read()  # the bytes that came are still known
            self._show_style()
        if "server" in self._problems:  # what was read of it stays shown until more comes
            self.tiles.ask_again()
        self._request_tiles()
