"""Asks a server for what a view lacks of one layer: tile by tile, or for pictures in the view's own pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.services.map_pictures import (
    PictureBox,
    box_of,
    fitted,
    fitted_sources,
    looks_beyond,
    most_a_side,
    picture_url,
    pictures_of,
    view_box,
)
from layers.services.matrix import Sources, SourceTile, sources_of
from layers.services.tile_service import TileService
from viewer.network.server_faults import AnsweredInWords
from viewer.network.tile_fetch import TileFetch
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.seen_views import SeenViews
from viewer.rendering.tiles.mosaic import cut_picture

type TileArrived = Callable[[SourceTile, QImage | None, GeoloupeError | None], None]


class _Request(Struct, eq=False):
    """A request: on which grid, and for which of its tiles."""

    service: TileService
    tiles: tuple[SourceTile, ...]
    box: PictureBox
    """The part of them that is asked for, in pixels of their matrix: of squares perhaps only what is in view."""
    fetch: TileFetch[QImage] | None = None
    is_answered: bool = False
    """True once only work on this computer is left."""


class TileRequests:
    """The requests under way for one layer, and the grid on which its service is asked.

    A service of tiles is asked on its own grid. One that draws maps on request is asked for the pixels of the view.
    """

    def __init__(
        self,
        service: TileService,
        context: RenderContext,
        arrived: TileArrived,
        answered: Callable[[], None],
        refused: Callable[[GeoloupeError], None],
    ) -> None:
        """
        arrived: called for each tile for which an answer has come
        answered: called where the server is free for the next request before that
        refused: called where the server refuses pictures on the grid of a view, and its own one is asked from now on
        """
        self.service = self.drawn = service
        """The service on its own grid, and on the one that is asked for now."""
        self._context = context
        self.seen_views = SeenViews(service, context)
        self._tell_arrived, self._tell_answered, self._tell_refused = arrived, answered, refused
        self._may_fit = True
        """False once the server has refused a map in the pixels of a view."""
        self._has_come = False
        self._fitted: tuple[TileGrid, TileService] | None = None
        self._seen: PictureBox | None = None
        """The view in pixels of the squares; None where the service is asked on its own grid."""
        self._is_resting = True
        self._open: set[_Request] = set()

    @property
    def is_fitted(self) -> bool:
        """True where display tiles are squares of the view's own pixels."""
        return self.drawn is not self.service

    @property
    def under_way(self) -> int:
        """Number of requests of which nothing has been told yet."""
        return len(self._open)

    @property
    def unanswered(self) -> int:
        """Number of requests at which the server works."""
        return sum(not request.is_answered for request in self._open)

    def start_anew(self, service: TileService) -> None:
        """Ask another service from now on, on its own grid at first. What is under way is given up."""
        self.service, self._may_fit, self._fitted = service, True, None
        self.seen_views = SeenViews(service, self._context)
        self._turn_to(service)

    def fit(self, view: View, *, may_fit: bool, resting: bool = True) -> bool:
        """Turn to the grid that suits a view; True where it is another one. What is under way is given up then.

        Of squares only what a `resting` view shows is asked for: a fifth of them lies outside.
        """
        drawn = self.service
        if may_fit and self._may_fit and not self.service.is_tiled and not looks_beyond(self.service, view):
            if self._fitted is None or self._fitted[0] != view.grid:
                self._fitted = view.grid, fitted(self.service, view.grid)
            drawn = self._fitted[1]
        self._seen = None if drawn is self.service else view_box(drawn, view)
        self._is_resting = resting
        if drawn is self.drawn:
            return False
        self._turn_to(drawn)
        return True

    def _turn_to(self, drawn: TileService) -> None:
        self.drawn, self._has_come = drawn, False
        for request in self._open:
            if request.fetch is not None:
                request.fetch.cancel()
        self._open.clear()

    def sources(self, grid: TileGrid, keys: Sequence[TileKey]) -> list[Sources]:
        """The sources of display tiles."""
        return (fitted_sources if self.is_fitted else sources_of)(grid, keys, self.drawn)

    def seen_of(self, tile: SourceTile) -> PictureBox:
        """The part of a square that is in view, in its pixels."""
        assert self._seen is not None
        box = box_of((tile,), self._seen)
        left, top = tile.x * TILE_PX, tile.y * TILE_PX
        return PictureBox(box.left - left, box.top - top, box.right - left, box.bottom - top)

    def best_of(self, queue: Sequence[SourceTile]) -> tuple[SourceTile, ...]:
        """The tiles of a queue that the next request is for: its first one, or those of the largest picture."""
        return pictures_of(queue, most_a_side(self.service))[0] if self.is_fitted else (queue[0],)

    def send(self, tiles: tuple[SourceTile, ...]) -> None:
        """Ask for a tile, or for a picture of several. Raises BadTemplate."""
        fetcher = self._context.fetcher
        assert fetcher is not None
        box = box_of(tiles, self._seen if self._is_resting else None)
        url = picture_url(self.drawn, box) if self.is_fitted else self.drawn.url(*tiles[0])
        request = _Request(self.drawn, tiles, box)
        self._open.add(request)
        request.fetch = fetcher.fetch(
            url, partial(self._done, request), partial(self._answered, request), is_map=not self.service.is_tiled
        )

    def _answered(self, request: _Request) -> None:
        request.is_answered = True
        if request in self._open:
            self._tell_answered()

    def _done(self, request: _Request, image: QImage | None, error: GeoloupeError | None) -> None:
        """Take in an answer: one tile, or a picture that is cut into its squares."""
        if self._context.puts_off(self._done, request, image, error):
            return
        if request not in self._open:
            return  # it was given up
        self._open.discard(request)
        if self.is_fitted and not self._has_come and isinstance(error, AnsweredInWords):
            self._may_fit = False  # perhaps for the size of the picture: the smaller ones of its own grid may do
            if self._context.fetcher is not None and request.fetch is not None:
                self._context.fetcher.forgive(request.fetch.host)  # it was asked for too much
            self._tell_refused(error)
            return
        self._has_come = self._has_come or image is not None
        squares: dict[SourceTile, QImage] = {}
        if image is not None:
            if self.is_fitted:
                self.seen_views.note(request.service, request.box)
            squares = cut_picture(image, request.tiles, request.box) if self.is_fitted else {request.tiles[0]: image}
        for tile in request.tiles:
            self._tell_arrived(tile, squares.get(tile), error)
