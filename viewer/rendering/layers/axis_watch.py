"""Finds out that a server of maps ignores the order of axes of a CRS: nothing is drawn in one order, and in the other
one there is a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtGui import QImage

from layers.errors import BadTemplate, GeoloupeError
from layers.services.matrix import SourceTile
from layers.services.offers.axis_order import in_order, order_of, tells_order
from layers.services.tile_service import TileService
from viewer.network.server_faults import AnsweredInWords
from viewer.rendering.context import RenderContext

FIRST_AT_ONCE = 3
"""Tiles that are asked for at first of a server whose order of axes is not certain."""


class AxisWatch:
    """Watches the tiles of one layer. Only those within the layer's stated box count that lie outside of it in the
    other order of axes: a server that keeps to the rule has nothing to show there when it is asked the wrong way round.
    """

    def __init__(
        self, service: TileService, context: RenderContext, judged: Callable[[TileService | None], None]
    ) -> None:
        """`judged` is called with the service in the other order where its server was found to want that, with None
        where it was not.
        """
        self._service, self._context, self._judged = service, context, judged
        self._empty: SourceTile | None = None
        """The first tile that had to show something, and did not."""
        self._is_urgent = self.is_asking = self._is_over = self._has_seen = False

    @property
    def most_at_once(self) -> int:
        """Most tiles to ask for at once: few until one has come, as a server that refuses several is left alone."""
        is_careful = not self._has_seen and self._context.axes.is_open(self._service)
        return min(FIRST_AT_ONCE, self._service.max_connections) if is_careful else self._service.max_connections

    def see(self, tile: SourceTile, image: QImage | None, error: GeoloupeError | None) -> None:
        """Look at the answer for a tile."""
        self._has_seen = True
        if self._is_over or self.is_asking or not self._context.axes.is_open(self._service):
            return
        is_refused = isinstance(error, AnsweredInWords)
        if (image is None and not is_refused) or not tells_order(self._service, *tile):
            return
        if image is not None and not is_uniform(image):
            self._context.axes.settle(self._service)
            self._is_over = True
        else:
            self._empty = self._empty or tile
            self._is_urgent |= is_refused

    def ask(self, *, is_rest: bool) -> None:
        """Ask for an empty tile in the other order, once, where all that came was empty.

        is_rest: True where nothing more is under way; a server that refuses in words is asked at once, as it would be
        left alone after some refusals
        """
        fetcher, order = self._context.fetcher, order_of(self._service)
        if self._empty is None or self._is_over or not (is_rest or self._is_urgent) or fetcher is None or order is None:
            return
        self._is_over = self.is_asking = True
        self._context.axes.settle(self._service)
        other = in_order(self._service, order.other)
        try:
            address = other.url(*self._empty)
        except BadTemplate:
            self.is_asking = False
            return

        fetcher.fetch(address, partial(self._judge, other))

    def _judge(self, other: TileService, image: QImage | None, error: GeoloupeError | None) -> None:
        if self._context.puts_off(self._judge, other, image, error):
            return
        self.is_asking = False
        self._judged(other if image is not None and not is_uniform(image) else None)


def is_uniform(image: QImage) -> bool:
    """True for a picture of one colour, or of none."""
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return bool((pixels == pixels[0]).all())
