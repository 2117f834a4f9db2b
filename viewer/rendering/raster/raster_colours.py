"""Turns raw tiles into coloured pictures, many of them in two threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtGui import QImage

from layers.errors import GeoloupeError
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle, colorize
from viewer.rendering.images import NOTHING, unpainted
from viewer.rendering.raster.raster_requests import TileRead
from viewer.rendering.tiles.tile_cache import RawTile
from viewer.support.jobs import JobContext, Jobs
from viewer.support.timing import span

THREADS = 2

type RawTiles = Sequence[tuple[TileRead, RawTile]]
type Pictures = list[tuple[TileRead, QImage]]


def coloured(raw: RawTile, style: RasterStyle, info: RasterInfo) -> QImage:
    """The picture of a tile; without transparency, which is painted fastest, where all of it is valid."""
    if raw.bands is None:
        return NOTHING
    height, width = (length - 2 * style.margin_px for length in raw.bands.shape[1:])
    opaque = raw.mask is None and not style.expression and not info.bands[style.bands[0] - 1].palette
    image = unpainted(width, height, opaque=opaque)
    pixels = np.frombuffer(image.bits(), dtype=np.uint32).reshape(height, width)
    with span("style"):
        colorize(raw.bands, raw.mask, style, info, pixels)
    return image


class Colouring:
    """Colours many tiles in other threads than the window's, one batch at a time."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._waiting = 0
        self._pictures: Pictures = []
        self._error: GeoloupeError | None = None

    @property
    def is_busy(self) -> bool:
        return self._waiting > 0

    def run(
        self,
        tiles: RawTiles,
        style: RasterStyle,
        info: RasterInfo,
        done: Callable[[Pictures], None],
        failed: Callable[[GeoloupeError], None],
    ) -> None:
        """Colour tiles; `done` or `failed` is called once, in the window's thread, when all of them are coloured."""
        assert not self.is_busy, "one batch at a time"
        self._pictures, self._error = [], None
        parts = [part for part in (tiles[start::THREADS] for start in range(THREADS)) if part]
        self._waiting = len(parts)

        def end_one() -> None:
            self._waiting -= 1
            if self._waiting == 0:
                pictures, self._pictures = self._pictures, []
                if self._error is None:
                    done(pictures)
                else:
                    failed(self._error)

        def part_done(pictures: Pictures) -> None:
            self._pictures += pictures
            end_one()

        def part_failed(error: GeoloupeError) -> None:
            self._error = error
            end_one()

        for part in parts:
            self._jobs.run(_work(part, style, info), part_done, part_failed)


def _work(tiles: RawTiles, style: RasterStyle, info: RasterInfo) -> Callable[[JobContext], Pictures]:
    return lambda _: [(read, coloured(raw, style, info)) for read, raw in tiles]
