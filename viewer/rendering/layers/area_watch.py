"""Asks for no tiles outside of the area that a server states, until one tile shows that there is more."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from layers.grid.tile_grid import View
from layers.services.matrix import Sources, SourceTile
from layers.services.stated_area import area_of
from layers.services.tile_service import TileService
from viewer.rendering.layers.blank_watch import is_clear

SPREAD = 48
"""Difference of colours, of 255, from which a strip is not of one colour: JPEG blurs where a picture ends."""
LEAST_SHARE = 0.02
"""Share of the pixels of a strip that have to differ from its usual colour: less is the blur of an edge."""


class AreaWatch:
    """Watches the tiles of one layer for what lies beyond its stated box.

    A box hides nothing for long: it narrows only views that show some of it, and no longer once a tile shows imagery
    beyond it, or once the server has no tile where the box lies.
    """

    def __init__(self, service: TileService) -> None:
        self._service = service
        self._area = area_of(service)
        self._is_in_view = self._has_come = False

    @property
    def drawn(self) -> TileService:
        """The service, or only those of its tiles that lie in its area."""
        return self._service if self._area is None or not self._is_in_view else self._area.service

    def drawn_in(self, view: View) -> TileService:
        """The service, or only those of its tiles that are asked for in a view."""
        return self._area.service if self._area is not None and self._area.is_in(view) else self._service

    def look(self, view: View) -> bool:
        """Note what is in view; True where more is asked for from now on."""
        before, self._is_in_view = self._is_in_view, self.drawn_in(view) is not self._service
        return before and not self._is_in_view

    def cuts(self, sources: Sources) -> bool:
        """True for a display tile of which some may not have been asked for."""
        return self._area is not None and self._is_in_view and self._area.cuts(sources)

    def see(self, tile: SourceTile, picture: QImage | None) -> bool:
        """Look at a tile that has come, None where the server has none; True where more is asked for from now on."""
        if self._area is None or picture is None:
            return False
        parts = self._area.beyond(tile)
        pixels = _pixels(picture) if parts else None
        if pixels is not None and any(
            _shows_something(pixels[part.top : part.bottom, part.left : part.right]) for part in parts
        ):
            return self._give_up()
        self._has_come = self._has_come or not is_clear(picture)
        return False

    def judge_empty(self) -> bool:
        """Note that all tiles of the view have been answered; True where more is asked for from now on, as none was
        there.
        """
        return self._area is not None and self._is_in_view and not self._has_come and self._give_up()

    def _give_up(self) -> bool:
        was_narrow = self.drawn is not self._service
        self._area = None
        return was_narrow


def _pixels(picture: QImage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None:
    if picture.depth() != 32 or picture.bytesPerLine() != 4 * picture.width():
        return None
    return np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)


def _shows_something(strip: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bool:
    """True for a strip with colours that differ; of one colour is what servers fill with where they have nothing."""
    if not strip.size:
        return False
    pixels = strip.reshape(-1, 4)[:: max(1, strip.shape[0] * strip.shape[1] // 1024)].astype(np.int16)
    if not pixels[:, 3].any():
        return False
    usual = np.sort(pixels, axis=0)[len(pixels) // 2]
    return float((np.abs(pixels - usual).max(axis=1) > SPREAD).mean()) > LEAST_SHARE
