"""Pictures that a server of maps has drawn for other views, in this session or an earlier one, where none can come."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from PySide6.QtCore import QRectF, QUrl
from PySide6.QtGui import QImage, QPainter, QRegion

from layers.errors import BadTemplate, ServerFault
from layers.geo.bounds import Bounds
from layers.geo.crs import same_crs
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey
from layers.services.drawn_views import DrawnView, DrawnViews, service_name
from layers.services.map_pictures import PictureBox, picture_url
from layers.services.tile_service import TileService
from viewer.network.tile_fetch import picture_of_tile
from viewer.network.tile_store import TileStore
from viewer.rendering.context import RenderContext
from viewer.support.painting import painting

MOST_PICTURES = 16
"""Most pictures that one display tile is made of: those of the nearest scales."""
MOST_DECODED = 48
"""Most pictures that are held unpacked while display tiles are made."""
_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded

_SAME_SCALE = 1e-3
"""Doublings by which a scale may differ from another that it is meant to be: less than a pixel in a tile."""

type SeenDone = Callable[[QImage, bool], None]
"""Takes the picture of a display tile, and whether any of it was drawn at another scale."""


class SeenViews:
    """Notes which place each stored picture of one service shows, and finds them again. For the window's thread."""

    def __init__(self, service: TileService, context: RenderContext) -> None:
        self._service, self._context = service, context
        self._wanted: dict[tuple[TileGrid, TileKey], SeenDone] = {}
        self._is_looking = False

    def note(self, drawn: TileService, box: PictureBox) -> None:
        """Note that a picture has come: `box` is in pixels of the view for which `drawn` was made."""
        store, name = self._store, self._name
        if store is None or not name or any(store.days_of(host) is None for host in self._service.hosts):
            return
        with suppress(BadTemplate):
            address, views = self._without_key(picture_url(drawn, box)), store.views
            (matrix,) = drawn.matrices.matrices
            left, top = matrix.left + box.left * matrix.resolution, matrix.top - box.top * matrix.resolution
            right, bottom = left + box.width * matrix.resolution, top - box.height * matrix.resolution
            bounds, resolution = (left, bottom, right, top), matrix.resolution
            self._context.jobs.run(lambda _: _note(store, views, name, address, bounds, resolution))

    def find(self, grid: TileGrid, key: TileKey, done: SeenDone) -> None:
        """Look for what was seen where a display tile lies; `done` is called with its picture where there is any.

        A product shows what its server draws for it, and nothing older.
        """
        if self._store is None or self._context.is_of_page or grid.rotation_deg:
            return
        if not same_crs(grid.crs, self._service.crs):
            return
        self._wanted[grid, key] = done
        if not self._is_looking:
            self._is_looking = True
            self._context.mailbox.post(self._look)

    def _look(self) -> None:
        store, name, wanted = self._store, self._name, self._wanted
        self._wanted = {}
        if store is None or not name or not wanted:
            self._is_looking = False
            return

        def made(pictures: list[_Seen | None]) -> None:
            for done, picture in zip(wanted.values(), pictures, strict=True):
                if picture is not None:
                    done(*picture)
            self._look()

        self._context.jobs.run(lambda _: _pictures(store, name, list(wanted)), made, lambda _: self._look())

    @property
    def _store(self) -> TileStore | None:
        return None if self._context.fetcher is None else self._context.fetcher.tiles

    @property
    def _name(self) -> str:
        """The name of the service in the index; empty for one that cannot be asked."""
        try:
            return service_name(self._without_key(self._service.url(0, 0, 0)))
        except BadTemplate:
            return ""

    def _without_key(self, address: str) -> str:
        fetcher = self._context.fetcher
        assert fetcher is not None
        return fetcher.without_key(QUrl(address, QUrl.ParsingMode.StrictMode)).toString(_ENCODED)


# -- in jobs --------------------------------------------------------------------------------------------------------


class _Seen(NamedTuple):
    """A picture made of what was seen, and whether any of it that shows was drawn at another scale."""

    picture: QImage
    is_scaled: bool


def _note(
    store: TileStore,
    views: DrawnViews,
    name: str,
    address: str,
    bounds: tuple[float, float, float, float],
    resolution: float,
) -> None:
    key = store.key_of(address)
    if key is not None:
        views.note(name, DrawnView(key.hex(), bounds, resolution))


def _pictures(store: TileStore, name: str, wanted: list[tuple[TileGrid, TileKey]]) -> list[_Seen | None]:
    """Draws what was seen where each display tile lies; None where nothing was."""
    views, unpacked = store.views.views_of(name), dict[str, QImage | None]()
    return [_picture(store, views, grid, key, unpacked) for grid, key in wanted]


def _picture(
    store: TileStore, views: list[DrawnView], grid: TileGrid, key: TileKey, unpacked: dict[str, QImage | None]
) -> _Seen | None:
    affine = grid.tile_affine(key)
    (left, top), (right, bottom) = affine.apply(0, 0), affine.apply(TILE_PX, TILE_PX)
    place = Bounds(left, bottom, right, top)
    # The newest of the nearest scale comes last: it is painted over all others.
    near = sorted((view for view in views if view.meets(place)), key=lambda view: -_distance(view, grid))
    picture: QImage | None = None
    scaled, exact = QRegion(), QRegion()
    for view in near[-MOST_PICTURES:]:
        image = _unpacked(store, view, unpacked)
        if image is None:
            continue
        if picture is None:
            picture = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
            picture.fill(0)
        into = affine.inverse()
        (x, y), (far_x, far_y) = into.apply(view.bounds[0], view.bounds[3]), into.apply(view.bounds[2], view.bounds[1])
        target = QRectF(x, y, far_x - x, far_y - y)
        with painting(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, image, QRectF(image.rect()))
        if _distance(view, grid) <= _SAME_SCALE:
            exact += target.toAlignedRect()
        else:
            scaled += target.toAlignedRect().intersected(picture.rect())
    return None if picture is None else _Seen(picture, not scaled.subtracted(exact).isEmpty())


def _distance(view: DrawnView, grid: TileGrid) -> float:
    """The number of times by which the scale of a picture has to be doubled or halved."""
    return abs(math.log2(view.resolution / grid.resolution)) if view.resolution > 0 else math.inf


def _unpacked(store: TileStore, view: DrawnView, unpacked: dict[str, QImage | None]) -> QImage | None:
    if view.key not in unpacked:
        while len(unpacked) >= MOST_DECODED:
            del unpacked[next(iter(unpacked))]
        try:
            tile = store.kept_under(bytes.fromhex(view.key))
        except ValueError:  # a damaged row
            tile = None
        image = None if tile is None else picture_of_tile(tile.body, "", "")
        unpacked[view.key] = None if isinstance(image, ServerFault) else image
    return unpacked[view.key]
