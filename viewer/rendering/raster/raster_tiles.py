"""The tiles of one raster: requests them, takes them in, colours and shows them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import NamedTuple, cast

from PySide6.QtGui import QImage

from layers.errors import FileMissing, GeoloupeError, GivenUp, Quarantined, ServerFault, SourceChanged
from layers.geo.bounds import Bounds
from layers.geo.crs import world_bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import PixelBounds, tiles_around, tiles_in
from layers.phrase import Phrase
from layers.pool.protocol import Answer, Request
from layers.raster.info import RasterInfo
from layers.raster.overviews import REDUCED_FROM, Lack
from layers.raster.style import RasterStyle
from layers.requests.addresses import is_address
from layers.requests.imagery import TileFacts
from viewer.rendering.context import RenderContext
from viewer.rendering.images import NOTHING
from viewer.rendering.raster.raster_colours import Colouring, Pictures, coloured
from viewer.rendering.raster.raster_requests import RasterRequests, RawReading, TileRead, coarse_pays, is_dear, raw_tile
from viewer.rendering.raster.raster_source import RasterSource
from viewer.rendering.tile_layer import TileLayer
from viewer.rendering.tiles.scheduler import TileRequest
from viewer.rendering.tiles.tile_cache import RawTile, TileName
from viewer.rendering.world_copies import Views

_CHANGED = (SourceChanged, FileMissing)

log = logging.getLogger(__name__)


class ShownTile(NamedTuple):
    """All that the picture of a tile depends on, besides its place."""

    reading: RawReading
    style: RasterStyle
    info: RasterInfo


class RasterTiles:
    """Requests and shows the tiles of a raster. Raw and coloured ones are cached apart: a new stretch reads nothing.

    `changed` is called when the picture has changed. `failed` is called with the matter ("tiles", "server", "style",
    "file"), a sentence, and True where that says more than those before it. For the window's thread only, where nothing
    else is stated.
    """

    def __init__(
        self,
        layer_uuid: str,
        source: RasterSource,
        context: RenderContext,
        changed: Callable[[], None],
        failed: Callable[[str, str, bool], None],
    ) -> None:
        self.source = source
        self.tile_layer = TileLayer(context.tiles.styled, layer_uuid)
        self.shown: ShownTile | None = None
        self.views: Views = ()
        """The view, and the wrapped world copies in it."""
        self.resting = True
        self.placed_crs = ""
        """The CRS of the canvas in which the layer's bounds are known."""
        self.is_frozen = False
        """True where the file is not the one that was probed: what was read of it stays, and nothing more is read."""
        self._is_paused = self._is_held = False
        self._under_way: dict[TileRead, Request] = {}
        """Reads under way with their requests; written on readers' threads."""
        self._layer_uuid, self._context = layer_uuid, context
        self._changed, self._tell_failure = changed, failed
        self._cursor: tuple[float, float] | None = None
        self._resting_grid: TileGrid | None = None
        self._is_wanted = False
        self._requests = RasterRequests()
        self._overview_raw: tuple[TileRead, RawTile] | None = None
        self._colouring = Colouring(context.jobs)
        self._is_closed = False

    # -- what is looked at, and as what -------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """The view without world copies."""
        return self.views[0] if self.views else None

    def look_at(self, views: Views, cursor: tuple[float, float] | None, resting: bool) -> None:
        """Set a view and the wrapped world copies in it; `request_tiles` requests what they lack."""
        self._is_paused = self._is_paused and views == self.views
        self.views, self._cursor, self.resting = views, cursor, resting

    def show(self, shown: ShownTile) -> None:
        """Set what tiles show. Tiles shown so far stay as stand-ins until the new ones are there."""
        self.shown = shown
        self.tile_layer.set_revision((shown.reading, shown.style))

    def place(self, crs: str, bounds: Bounds) -> None:
        """Set the layer's bounds on a canvas of this CRS."""
        self.tile_layer.set_bounds(crs, bounds)
        self.placed_crs, self._overview_raw = crs, None

    def unplace(self) -> None:
        """Note that the layer has no place on the canvas."""
        self.request_nothing()
        self.placed_crs = ""

    def is_complete(self, view: View) -> bool:
        """True where all tiles of a view, or of one world copy in it, have come."""
        return self.is_frozen or self._is_paused or self._is_held or self.tile_layer.is_complete(view)

    def has_come(self) -> bool:
        """True where all tiles of the view have come, world copies included."""
        return all(self.is_complete(view) for view in self.views)

    def share(self, views: Views) -> float:
        """Share of a view, and of the world copies in it, that is there, 0 to 1."""
        return sum(map(self.tile_layer.share, views)) / len(views)

    def raw_in_view(self) -> list[tuple[TileKey, RawTile]]:
        """The exact tiles in view that are kept raw; keys count from the corner that all world copies share."""
        return [tile for view in self.views for tile in self._raw(view, self._exact_keys(view))]

    def is_blank(self) -> bool:
        """True where all of the view has been read, and no pixel of the layer has a value there."""
        if not self.views or self.shown is None:
            return False
        # The first tile tells it of nearly all layers; each frame asks.
        return all(map(self._is_read_and_blank, self.views)) and self.has_come()

    def _is_read_and_blank(self, view: View) -> bool:
        assert self.shown is not None
        raw, reading = self._context.tiles.raw, self.shown.reading
        tiles = (raw.get(TileName(self._layer_uuid, reading, view.grid, key)) for key in self._exact_keys(view))
        return all(tile is not None and tile.bands is None for tile in tiles)

    def _exact_keys(self, view: View) -> Iterator[TileKey]:
        return tiles_in(view, self.tile_layer.within(view.grid))

    def forget_all(self) -> None:
        """Drop all tiles, as the data have changed or lie elsewhere."""
        self._context.tiles.drop_layer(self._layer_uuid)
        self.tile_layer.clear()
        self._requests.forgive()
        self.is_frozen = self._is_paused = False
        self.placed_crs, self._overview_raw = "", None

    def freeze(self, *, is_gone: bool) -> None:
        """Read nothing more of a file that is another one now, or gone, and report that once."""
        if not self.is_frozen:
            self.is_frozen = True
            changed = Phrase("has changed on its host" if is_address(self.source.place) else "has changed on the disk")
            what = Phrase("is no longer there") if is_gone else changed
            sentence = Phrase(
                "{name} {what}: what was read of it before stays shown.", name=self.source.path.name, what=what
            )
            self._tell_failure("file", sentence, True)
            self.request_tiles()
            self._changed()

    def waits_for_overviews(self, view: View) -> bool:
        """True where this view will be read from overviews that are being built."""
        within = self.tile_layer.within(view.grid)
        if within is None or self.shown is None or not self.source.is_built_soon:
            return False
        return self.shown.info.width >= REDUCED_FROM * (within.right - within.left)

    def pause(self) -> None:
        """Read no more of this view; another view is read again."""
        self.request_nothing()
        self._is_paused = True
        self._changed()

    def hold(self) -> None:
        """Cancel the reads that hang, and read nothing until `go_on`, as the file does not answer."""
        self._is_held = True
        self.request_nothing()
        for request in list(self._under_way.values()):
            self._context.pool.give_up(request)
        self._changed()

    def go_on(self) -> None:
        """Read again, as the file answers again."""
        self._is_held = False
        self.request_tiles()
        self._changed()

    @property
    def has_failed(self) -> bool:
        """True where a read has failed that was not asked for again since."""
        return self._requests.has_failed

    def ask_again(self) -> None:
        """Request again what has failed, as the server answers again; what stands in for it stays until it comes."""
        self._requests.forgive()
        self.tile_layer.want_given_up()
        self.request_tiles()

    def thaw(self) -> None:
        """Read again, as the file is again the one that was probed."""
        self.is_frozen = False
        self.request_tiles()
        self._changed()

    def close(self) -> None:
        self._is_closed = True
        self._context.ahead.forget(id(self))
        self._context.scheduler.forget(id(self))

    # -- requests -----------------------------------------------------------------------------------------------

    def request_nothing(self) -> None:
        self._is_wanted = False
        self._context.ahead.forget(id(self))
        self._context.scheduler.want(id(self), (), self._pool_request, profile=self.source.profile)

    def rest(self) -> None:
        """Request nothing, as nothing is in view; among very many layers, give back memory."""
        self.request_nothing()
        if self._context.tiles.is_crowded:
            self.tile_layer.rest()
            self._overview_raw = None

    def request_tiles(self) -> None:
        """Replace the requests by what the view lacks, and colour raw tiles that are there."""
        view, shown = self.view, self.shown
        if view is None or shown is None or view.grid.crs != self.placed_crs or self._is_paused or self._is_held:
            return
        self._is_wanted = True
        # While a gesture runs, the grids it passes through are not read; the one it started from is.
        is_asked = self.resting or view.grid == self._resting_grid
        self._resting_grid = view.grid if self.resting else self._resting_grid
        plans = self.tile_layer.plan(self.views, self._cursor)
        if self._context.tiles.is_crowded and not any(plan.keep for _, plan in plans):
            self.rest()
            return
        requests: list[TileRequest] = []
        is_recoloured = False
        for seen, plan in plans:
            ranks = self._ranks(seen, plan.want, shown)
            lacking = {key: rank for key, rank in ranks.items() if not self._is_raw(shown, seen.grid, key)}
            is_recoloured = is_recoloured or len(lacking) < len(ranks)
            if not self.is_frozen and not self.waits_for_overviews(seen):
                requests += self._requests_for(seen, shown, lacking, is_asked)
        if len(plans) > 1:
            requests.sort(key=attrgetter("rank"))  # of all copies the best first
        if not self.is_frozen:
            requests = self._with_whole(requests, view.grid.crs, shown)
        is_there = not requests and not any(plan.want for _, plan in plans)
        ahead = self._requests_ahead(shown) if is_there else ()
        self._context.scheduler.want(id(self), requests, self._pool_request, ahead, self.source.profile)
        if is_recoloured:
            self._recolour()

    def _ranks(self, view: View, want: Iterable[TileKey], shown: ShownTile) -> dict[TileKey, float]:
        has_coarse = _has_coarse(shown, self.tile_layer.within(view.grid))
        return {key: float(rank) for rank, key in enumerate(want) if has_coarse or not key.level}

    def _requests_for(
        self, view: View, shown: ShownTile, lacking: Mapping[TileKey, float], is_asked: bool
    ) -> list[TileRequest]:
        """Reads of the tiles that a view, or a world copy in it, lacks; failed tiles are put as empty ones."""
        for read in self._requests.failed(TileRead(shown.reading, view.grid, key) for key in lacking):
            self._put_failed(read)
        ranks = {key: rank for key, rank in lacking.items() if key.level or is_asked}
        return self._requests.tiles(shown.reading, view.grid, ranks, self.source.lack)

    def _with_whole(self, requests: list[TileRequest], crs: str, shown: ShownTile) -> list[TileRequest]:
        """The requests, and one for the small picture of the whole layer, unless it is there."""
        if self._context.tiles.is_crowded:
            return requests
        bounds = self.tile_layer.bounds_in(crs)
        bounds = bounds.intersection(world_bounds(crs)) if bounds is not None else None
        raw = self._overview_raw
        if bounds is None or (raw is not None and raw[0].reading == shown.reading):
            return requests
        for_people = self._context.overviews is not None
        is_first = self.source.lack is not Lack.NONE or self._is_dear(shown)
        if not is_first and is_address(self.source.place) and any(map(self._holds_most, self.views)):
            return requests  # the exact tiles stand in for it, at no more bytes of the host
        return self._requests.with_whole(
            requests, shown.reading, shown.info, crs, bounds, sampled=for_people, is_first=is_first
        )

    def _holds_most(self, view: View) -> bool:
        """True where at least half of the layer lies in a view, or in one world copy in it."""
        within = self.tile_layer.within(view.grid)
        if within is None:
            return False
        across = min(within.right, view.left + view.width) - max(within.left, view.left)
        down = min(within.bottom, view.top + view.height) - max(within.top, view.top)
        area = (within.right - within.left) * (within.bottom - within.top)
        return across > 0 and down > 0 and 2 * across * down >= area

    def _is_dear(self, shown: ShownTile) -> bool:
        """True where the view of a file on a host takes many bytes, and no coarse tiles come before the exact ones."""
        view, state = self.view, self.source.state
        within = None if view is None else self.tile_layer.within(view.grid)
        if view is None or within is None or state is None or not is_address(self.source.place):
            return False
        seen = sum(1 for _ in tiles_in(view, within)) * TILE_PX**2
        return not _has_coarse(shown, within) and is_dear(shown.info, state.size, within.right - within.left, seen)

    def _requests_ahead(self, shown: ShownTile) -> list[TileRequest]:
        """Requests for the ring of tiles around a view that rests and is complete, as far as the caches have room."""
        if not (self._context.reads_ahead and self.resting) or self.is_frozen or not self.source.is_ahead_worthwhile:
            return []
        in_view = self.raw_in_view()
        nbytes = sum(raw.nbytes for _, raw in in_view)
        room = self._context.ahead.tiles_for(id(self), len(in_view), nbytes)
        requests: list[TileRequest] = []
        for view in self.views:
            around = tiles_around(view, self.tile_layer.within(view.grid))[:room]
            room -= len(around)
            lacking = [key for key in around if not self._is_raw(shown, view.grid, key)]
            requests += self._requests.tiles_ahead(shown.reading, view.grid, lacking)
        return requests

    def _is_raw(self, shown: ShownTile, grid: TileGrid, key: TileKey) -> bool:
        return TileName(self._layer_uuid, shown.reading, grid, key) in self._context.tiles.raw

    # -- answers ------------------------------------------------------------------------------------------------

    def _pool_request(self, ident: Hashable) -> Request:
        """Request to a reader for a tile. Called on a supervisor's thread."""
        read = cast("TileRead", ident)
        self._requests.begin(read)
        request = self._under_way[read] = self.source.read_request(read, partial(self._answered, read))
        request.is_given_up = self._is_held  # `hold` may have passed by between
        return request

    def _answered(self, read: TileRead, answer: Answer | GeoloupeError) -> None:
        """Colour an answer on a supervisor's thread, so that the window only has to show it."""
        post = self._context.mailbox.post
        self._under_way.pop(read, None)
        if isinstance(answer, GeoloupeError):
            post(self._read_failed, read, answer)
            return
        assert self.shown is not None
        _, style, info = self.shown
        name = self.source.path.name
        try:
            fits = (style.bands, style.margin_px) == (read.reading.bands, read.reading.margin_px)
            tiles = [
                (part, raw, coloured(raw, style, info) if fits else None) for part, raw in read.split(raw_tile(answer))
            ]
        except Exception as error:  # a door: on this thread nobody else would hear of it
            log.error("colouring a tile of %s failed", self.source.path, exc_info=error)
            sentence = Phrase(
                "{name}: a tile could not be coloured ({error}): choose another style.", name=name, error=repr(error)
            )
            post(self._read_failed, read, GeoloupeError(sentence))
            return
        post(self._arrived, read, tiles, style)
        facts: TileFacts = answer.facts
        if facts.damaged:
            sentence = Phrase("{name} is damaged: what cannot be read of it is left out of the picture.", name=name)
            post(self._tell_failure, "tiles", sentence, False)

    def _is_late(self, read: TileRead) -> bool:
        return self._is_closed or self.shown is None or read.reading != self.shown.reading

    def _arrived(
        self, read: TileRead, tiles: list[tuple[TileRead, RawTile, QImage | None]], style: RasterStyle
    ) -> None:
        self._context.scheduler.settle(id(self), read)
        self._requests.settle(read)
        if self._is_late(read):
            return
        assert self.shown is not None
        for part, raw, image in tiles:
            if part.is_overview:
                self._overview_raw = (part, raw)
            else:
                name = TileName(self._layer_uuid, part.reading, part.grid, part.key)
                self._context.tiles.put_raw(name, raw)
            if image is not None and style == self.shown.style:
                self._put(part, image)
        if style != self.shown.style or any(image is None for _, _, image in tiles):
            self._recolour()
        if not any(self._is_in_view(part) for part, _, _ in tiles):
            return
        self._changed()
        if self._context.reads_ahead and self._is_wanted and self.views and self.has_come():
            self.request_tiles()

    def _is_in_view(self, read: TileRead) -> bool:
        """True for a read in view; False for one read ahead, or left behind by the view."""
        return read.is_overview or not self.views or any(_is_seen(read, view) for view in self.views)

    def _read_failed(self, read: TileRead, error: GeoloupeError) -> None:
        self._context.scheduler.settle(id(self), read)
        self._requests.settle(read)
        if self._is_late(read) or isinstance(error, GivenUp):
            return
        if isinstance(error, _CHANGED) and self.source.state is not None:  # of several files the others can be read
            self.freeze(is_gone=isinstance(error, FileMissing))
            return
        self._requests.fail(read)
        if read not in read.each():  # some of its tiles may be sound: they are asked for one by one
            if self._is_wanted:
                self.request_tiles()
            return
        if not read.is_overview:
            self._put_failed(read)
        is_of_server = isinstance(error, ServerFault) and is_address(self.source.place)
        self._tell_failure("server" if is_of_server else "tiles", error.sentence, isinstance(error, Quarantined))
        self._changed()

    def _put_failed(self, read: TileRead) -> None:
        """Leave a tile out that cannot be read, or as it is where its server did not give it: that may pass."""
        if is_address(self.source.place):
            self.tile_layer.give_up(read.grid, read.key)
        else:
            self.tile_layer.put(read.grid, self.tile_layer.revision, read.key, NOTHING, lasting=False)

    def _put(self, read: TileRead, image: QImage) -> None:
        if read.is_overview:
            self.tile_layer.set_overview(read.grid.crs, read.grid.tile_affine(read.key), image)
        else:
            self.tile_layer.put(read.grid, self.tile_layer.revision, read.key, image)

    # -- colours ------------------------------------------------------------------------------------------------

    def _recolour(self) -> None:
        """Colour the raw tiles of this view in another thread than the window's; all are shown at once."""
        shown = self.shown
        if self._colouring.is_busy or not self.views or shown is None:
            return
        reading, style, info = shown
        tiles: list[tuple[TileRead, RawTile]] = [
            (TileRead(reading, view.grid, key), raw)
            for view, plan in self.tile_layer.plan(self.views, self._cursor)
            for key, raw in self._raw(view, plan.want)
        ]
        if self._overview_raw is not None and self._overview_raw[0].reading == reading:
            tiles.append(self._overview_raw)
        if tiles:
            self._colouring.run(tiles, style, info, partial(self._recoloured, style), self._recolour_failed)

    def _raw(self, view: View, keys: Iterable[TileKey]) -> list[tuple[TileKey, RawTile]]:
        """The tiles of a view that are kept raw."""
        assert self.shown is not None
        names = ((key, TileName(self._layer_uuid, self.shown.reading, view.grid, key)) for key in keys)
        tiles = ((key, self._context.tiles.raw.get(name)) for key, name in names)
        return [(key, raw) for key, raw in tiles if raw is not None]

    def _recoloured(self, style: RasterStyle, pictures: Pictures) -> None:
        if self._is_closed or self.shown is None:
            return
        for read, image in pictures:
            if read.reading != self.shown.reading:
                continue
            if style == self.shown.style:
                self._put(read, image)
            elif not read.is_overview:
                # While a handle moves each style is late: shown all the same, or nothing would be until it stops.
                self.tile_layer.put_stale(read.grid, read.key, image)
        self._changed()
        if self._is_wanted:
            self.request_tiles()

    def _recolour_failed(self, error: GeoloupeError) -> None:
        self._tell_failure("style", error.sentence, True)


def _is_seen(read: TileRead, view: View) -> bool:
    """True where a tile is in view."""
    size = TILE_PX << read.key.level
    left, top = read.key.col * size - view.left, read.key.row * size - view.top
    return read.grid == view.grid and -size < left < view.width and -size < top < view.height


def _has_coarse(shown: ShownTile, within: PixelBounds | None) -> bool:
    """True where coarse tiles are worth a read; `within` is the area of the raster, in pixels of the canvas."""
    if within is None or shown.reading.overview_path:
        return True
    return coarse_pays(shown.info, within.right - within.left)
