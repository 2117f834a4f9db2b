"""A COG on a host on the canvas: drawn as a file, from the ranges of it that the window fetches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, override

from PySide6.QtCore import QObject

from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from layers.raster.overviews import Lack
from layers.raster.point_fit.control_point import PointSet
from layers.requests.addresses import name_of
from viewer.rendering.access import addresses_of, collection_of, hosts_of_file
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.raster_source import RasterSource
from viewer.rendering.service_state import ServiceState, refused_state


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
        self._hosts = hosts_of_file(layer.source)
        if context.fetcher is not None:
            for place in addresses_of(layer.source):
                context.fetcher.signing.note(place, collection_of(layer.source))
        super().__init__(layer, name, context, canvas_crs, parent, make_source)
        if context.fetcher is not None:
            context.fetcher.host_ready.connect(self._host_ready)

    @override
    def check_file(self) -> None:
        """Do nothing: a host is not asked each time that the window is looked at."""

    @override
    def close(self) -> None:
        if self.context.fetcher is not None and not self._is_closed:
            self.context.fetcher.host_ready.disconnect(self._host_ready)
        super().close()

    @override
    def state_in(self, view: View | None) -> ServiceState:
        fetcher = self.context.fetcher
        if self.problem and fetcher is not None and any(map(fetcher.wants_login, self._hosts)):
            return refused_state(self._named_problem())
        return super().state_in(view)

    def _host_ready(self, host: str) -> None:
        if host not in self._hosts or self._is_closed or self.context.puts_off(self._host_ready, host):
            return
        if self.info is None:
            self.reload()
        elif "tiles" in self._problems:
            self._set_problem("", "tiles")
            self._forget_read()  # the bytes that came are still known
            self._show_style()
            self._request_tiles()
