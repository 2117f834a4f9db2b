"""Finds another way to ask a server that gives nothing when it is asked as its document states: the other order of
axes, smaller pictures, or the other address of its tiles. Each is tried once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.errors import BadTemplate, GeoloupeError, ServerFault
from layers.services.matrix import SourceTile
from layers.services.offers.axis_order import in_order, order_of, tells_order
from layers.services.picture_limits import cut_smaller, limit_in_words
from layers.services.tile_service import TileService
from viewer.network.server_faults import AnsweredInWords, LoginRefused, Unreachable
from viewer.rendering.context import RenderContext

FIRST_AT_ONCE = 4
"""Tiles that are asked for at first of a server about which something may be found out: all map pictures of a view on a
usual screen, and fewer than the errors after which a server is left alone.
"""
SMALLER, OTHER_ADDRESS = "smaller pictures", "other address"


class _Way(NamedTuple):
    """Another way to ask: the service in it, the tile to ask for, and True where the picture has to show something."""

    service: TileService
    tile: SourceTile
    has_to_show: bool = False


class WayWatch:
    """Watches the tiles of one layer.

    Of the order of axes only tiles within the layer's stated box tell that lie outside of it in the other order: a
    server that keeps to the rule has nothing to show there when it is asked the wrong way round.
    """

    def __init__(
        self, service: TileService, context: RenderContext, judged: Callable[[TileService | None], None]
    ) -> None:
        """`judged` is called with the service in another way where its server was found to want that, with None where
        it was not.
        """
        self._service, self._context, self._judged = service, context, judged
        self._empty: SourceTile | None = None
        """The first tile that had to show something, and did not."""
        self._missing: SourceTile | None = None
        """The coarsest tile that did not come, which is the most certain to be there; None once any has come."""
        self._limit_px = 0
        """Largest side of a picture that a refusal allows; 0 while none has said so."""
        self._has_come = self._is_urgent = self._was_refused = self.is_asking = False

    @property
    def most_at_once(self) -> int:
        """Most tiles to ask for at once: few until one has come, as a server that refuses several is left alone."""
        ways, service = self._context.ways, self._service
        may_be_mended = ways.is_open(service) or self._may_be_smaller or self._may_be_elsewhere
        is_careful = not self._has_come and (self._was_refused or (may_be_mended and self._missing is None))
        return min(FIRST_AT_ONCE, self._service.max_connections) if is_careful else self._service.max_connections

    @property
    def is_undecided(self) -> bool:
        """True while an answer may tell that the server is to be asked in another way."""
        is_mendable = self._may_be_smaller or self._may_be_elsewhere
        return self._context.ways.is_open(self._service) or (is_mendable and not self._has_come)

    @property
    def is_pending(self) -> bool:
        """True while another way is asked for, or will be once nothing else is under way."""
        is_misplaced = self._empty is not None and self._context.ways.is_open(self._service)
        is_refused = self._missing is not None and (
            (bool(self._limit_px) and self._may_be_smaller) or self._may_be_elsewhere
        )
        return self.is_asking or is_misplaced or is_refused

    @property
    def _may_be_smaller(self) -> bool:
        return not self._service.is_tiled and not self._context.ways.was_tried(self._service, SMALLER)

    @property
    def _may_be_elsewhere(self) -> bool:
        return bool(self._service.fallback) and not self._context.ways.was_tried(self._service, OTHER_ADDRESS)

    def see(self, tile: SourceTile, image: QImage | None, error: GeoloupeError | None) -> None:
        """Look at the answer for a tile."""
        if self.is_asking:
            return
        is_refused = isinstance(error, AnsweredInWords)
        if image is not None:
            self._has_come, self._missing = True, None
        elif error is None or _is_of_server(error):
            is_coarser = self._missing is None or tile.level < self._missing.level
            self._missing = None if self._has_come else tile if is_coarser else self._missing
            self._is_urgent |= error is not None and not self._has_come
            self._was_refused |= error is not None
        if is_refused and not self._service.is_tiled:
            matrix = self._service.matrices.matrices[tile.level]
            self._limit_px = limit_in_words(str(error), max(matrix.tile_width, matrix.tile_height)) or self._limit_px
        if self._context.ways.is_open(self._service) and tells_order(self._service, *tile):
            if image is not None and not is_uniform(image):
                self._context.ways.settle(self._service)
                self._empty = None
            elif image is not None or is_refused:
                self._empty = self._empty or tile

    def ask(self, *, is_rest: bool) -> None:
        """Ask in another way, once, where all that came was empty.

        is_rest: True where nothing more is under way; a server that refuses is asked at once, as it would be left alone
        after some refusals
        """
        fetcher = self._context.fetcher
        if self.is_asking or fetcher is None or not (is_rest or self._is_urgent):
            return
        way = self._smaller() or self._turned() or self._elsewhere()
        if way is None:
            self._is_urgent = False
            return
        try:
            address = way.service.url(*way.tile)
        except BadTemplate:
            return
        self.is_asking = True
        fetcher.fetch(address, partial(self._judge, way))

    def _smaller(self) -> _Way | None:
        if not self._limit_px or self._missing is None or not self._context.ways.try_once(self._service, SMALLER):
            return None
        service, parts = cut_smaller(self._service, self._limit_px)
        level, column, row = self._missing
        return None if parts == 1 else _Way(service, SourceTile(level, column * parts, row * parts))

    def _turned(self) -> _Way | None:
        order = order_of(self._service)
        if self._empty is None or order is None or not self._context.ways.is_open(self._service):
            return None
        self._context.ways.settle(self._service)
        return _Way(in_order(self._service, order.other), self._empty, has_to_show=True)

    def _elsewhere(self) -> _Way | None:
        if not self._service.fallback or self._missing is None:
            return None
        if not self._context.ways.try_once(self._service, OTHER_ADDRESS):
            return None
        template, fallback = self._service.fallback, self._service.template
        return _Way(replace(self._service, template=template, fallback=fallback), self._missing)

    def _judge(self, way: _Way, image: QImage | None, error: GeoloupeError | None) -> None:
        if self._context.puts_off(self._judge, way, image, error):
            return
        self.is_asking = False
        is_right = image is not None and not (way.has_to_show and is_uniform(image))
        self._judged(way.service if is_right else None)


def _is_of_server(error: GeoloupeError) -> bool:
    """True for an error by which a server itself has answered."""
    return isinstance(error, ServerFault) and not isinstance(error, LoginRefused | Unreachable)


def is_uniform(image: QImage) -> bool:
    """True for a picture of one colour, or of none."""
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return bool((pixels == pixels[0]).all())
