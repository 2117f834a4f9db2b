"""The tiles of a service that are at hand, and those that are fetched: from packs first, then from the network."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage

from layers.errors import BadTemplate, GeoloupeError
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.grid.tile_plan import tiles_in
from layers.services.matrix import Sources, SourceTile, parents_of, sources_of
from layers.services.scales import levels_in_scale
from layers.services.tile_service import TileService
from viewer.rendering.context import RenderContext
from viewer.rendering.images import unpainted
from viewer.rendering.layers.area_watch import AreaWatch
from viewer.rendering.layers.blank_watch import BlankWatch, is_clear
from viewer.rendering.layers.seen_views import SeenDone
from viewer.rendering.layers.tile_queue import TileQueue
from viewer.rendering.layers.tile_requests import TileArrived, TileRequests
from viewer.rendering.layers.way_watch import WayWatch
from viewer.rendering.tiles.mosaic import with_ancestors
from viewer.rendering.tiles.pack_source import PackSource
from viewer.rendering.tiles.tile_cache import MIB, ByteCache
from viewer.support.painting import painting

SOURCE_BYTES = 96 * MIB
"""Most bytes of a service's own tiles that are kept unpacked."""
PART_BYTES = 24 * MIB
"""Most bytes of the parts of squares that a view has shown."""
ASK_AGAIN_S = 60.0
"""Seconds for which a tile that failed, or is missing, is not requested again."""
DECODED_AT_ONCE = 6
"""Most tiles that wait to be decoded while others are asked for."""


class ServiceTiles:
    """The tiles of one layer's service, in the window's thread.

    As many are asked for at once as the terms of the service allow, the best of the newest list next: what is no longer
    wanted is simply not in it.
    """

    def __init__(
        self,
        service: TileService,
        context: RenderContext,
        packs: Sequence[Path],
        arrived: TileArrived,
        unpacked: Callable[[dict[SourceTile, QImage]], None],
        failed: Callable[[str, str], None],
        turned: Callable[[TileService, TileService], None],
        blank: Callable[[list[SourceTile]], None],
    ) -> None:
        """
        packs: MBTiles files beside the case
        arrived: called with each tile for which an answer has come, its picture (None: there is none) and its error
        unpacked: called with the pictures that came from packs, perhaps none
        failed: called with the sentence on why none can come, and what it is about
        turned: called where the server was found to answer in another way, with the service before and now: all that
        came is of no use; with the same service where only more of it is asked for
        blank: called with tiles that have come, and were found to be there in name only
        """
        self._service, self._context = service, context
        self._view: View | None = None
        self._requests = TileRequests(service, context, self._arrived, self._answered, self._refused)
        self._tell_arrived, self._tell_unpacked, self._tell_failed = arrived, unpacked, failed
        self._tell_blank = blank
        self._area = AreaWatch(service)
        self._tell_turned, self._ways = turned, WayWatch(service, context, self._way_judged)
        self._packs = PackSource(packs, service, context.jobs, self._unpacked, lambda why: self._fail(why, "pack"))
        self.first_level = levels_in_scale(service)[0]
        self._pictures: ByteCache[SourceTile, QImage] = ByteCache(SOURCE_BYTES)
        self._parts: ByteCache[SourceTile, QImage] = ByteCache(PART_BYTES)
        """Squares of which only a part has come, placed by their `offset`."""
        self._levels: set[int] = set()
        """All levels of the pictures: a view has few of them, and a tile has many parents."""
        self._blanks = BlankWatch(service.matrices, self.first_level, self._pictures.get)
        self._blank: set[SourceTile] = set()
        """Tiles that the server has in name only."""
        self.queue = TileQueue()
        self._lacking: dict[SourceTile, float] = {}
        self._failed: set[SourceTile] = set()
        """Tiles whose last answer was an error; a tile that the server does not have is no error."""
        self._is_asking = False
        self._is_closed = False

    # -- at hand ------------------------------------------------------------------------------------------------

    def get(self, tile: SourceTile) -> QImage | None:
        """The picture of a tile, if it is at hand."""
        return self._pictures.get(tile)

    def part(self, tile: SourceTile) -> QImage | None:
        """The part of a square that has come, placed by its `offset`, if the whole one is not at hand."""
        return None if tile in self._pictures else self._parts.get(tile)

    def seen_part(self, sources: Sources) -> QImage | None:
        """The part of a display tile that is one square, where the view shows no more of it than has come."""
        part = self.part(sources.tiles[0]) if self._requests.is_fitted and sources.tiles else None
        if part is None:
            return None
        seen = self._requests.seen_of(sources.tiles[0])
        box = QRect(seen.left, seen.top, seen.width, seen.height)
        return part if part.rect().translated(part.offset()).contains(box) else None

    def shows_something(self, plans: Iterable[Sources]) -> bool:
        """True where some is certain to be shown: a tile without transparency, or a coarser one for it."""
        return any(not image.hasAlphaChannel() for image in self._shown(plans))

    def shows_nothing(self, plans: Iterable[Sources]) -> bool:
        """True where pictures have come, and all of them are transparent: a server draws days without images so."""
        pictures = self._shown(plans)
        first = next(pictures, None)
        return first is not None and is_clear(first) and all(map(is_clear, pictures))

    def _shown(self, plans: Iterable[Sources]) -> Iterator[QImage]:
        for plan in plans:
            part = self.seen_part(plan)
            yield from self.inputs(plan).values() if part is None else (part,)

    def is_settled(self, tile: SourceTile) -> bool:
        """True for a tile that is at hand, or is known to be missing."""
        return tile in self._pictures or tile in self._lacking

    def lacks(self, tile: SourceTile) -> bool:
        """True for a tile that failed, or that the service does not have."""
        return tile in self._lacking

    def is_blank(self, tile: SourceTile) -> bool:
        """True for a tile that the server has in name only: one picture for many places, or a transparent one."""
        return tile in self._blank

    def lacks_finer_than(self, tile: SourceTile) -> bool:
        """True for a coarser tile, perhaps a stored one, that came while finer ones failed."""
        return any(lacking.level > tile.level for lacking in self._lacking)

    def have_all_failed(self, tiles: Iterable[SourceTile]) -> bool:
        """True where the last answer for each of some tiles was an error."""
        wanted = set(tiles)
        return bool(wanted) and wanted <= self._failed

    def inputs(self, sources: Sources) -> dict[SourceTile, QImage]:
        """The pictures at hand for a display tile, with parents for those that are not."""
        pictures: dict[SourceTile, QImage] = {}
        missing: list[SourceTile] = []
        for tile in sources.tiles:
            image = self._pictures.get(tile)
            if image is not None:
                pictures[tile] = image
            else:
                missing.append(tile)
        if not missing:
            return pictures
        return pictures | with_ancestors(self._pictures.get, missing, self.drawn.matrices, self._levels)

    @property
    def has_packs(self) -> bool:
        """True where there is a pack, as far as is known."""
        return self._packs.is_there

    @property
    def packs(self) -> tuple[Path, ...]:
        """Its packs that can be read, as far as is known."""
        return self._packs.paths

    def pixels(self, level: int, left: int, top: int, width: int, height: int) -> QImage:
        """The service's own pixels at a level, as far as its tiles are at hand; the others stay transparent."""
        matrix = self.drawn.matrices.matrices[level]
        wide, high = matrix.tile_width, matrix.tile_height
        image = unpainted(width, height, opaque=False)
        image.fill(0)
        with painting(image) as painter:
            for row in range(top // high, (top + height - 1) // high + 1):
                for column in range(left // wide, (left + width - 1) // wide + 1):
                    tile = SourceTile(level, column % matrix.columns, row)
                    picture, part = self.get(tile), self.part(tile)
                    if picture is not None and picture.width() == wide:
                        painter.drawImage(column * wide - left, row * high - top, picture)
                    elif part is not None:
                        painter.drawImage(QPoint(column * wide - left, row * high - top) + part.offset(), part)
        return image

    # -- asking -------------------------------------------------------------------------------------------------

    @property
    def drawn(self) -> TileService:
        """The service on the grid that is asked for now: its own, or the pixels of the view."""
        return self._requests.drawn if self._requests.is_fitted or self._packs.is_there else self._area.drawn

    def asked_in(self, view: View) -> TileService:
        """The service on its own grid, with the tiles that are asked for in a view."""
        return self._service if self._packs.is_there else self._area.drawn_in(view)

    def fit(self, view: View, *, resting: bool = True) -> bool:
        """Turn to the grid that suits a view. What came on another one is dropped: its tiles have the same names.

        True where more of the same grid is asked for from now on.
        """
        self._view = view
        may_fit = not (self._packs.is_there or self._context.ways.is_open(self._service))
        if self._requests.fit(view, may_fit=may_fit, resting=resting):
            self._drop_all()
        return self._area.look(view)

    def sources(self, grid: TileGrid, keys: Sequence[TileKey]) -> list[Sources]:
        """The sources of display tiles, on the grid that is asked for now."""
        return self._requests.sources(grid, keys) if self._requests.is_fitted else sources_of(grid, keys, self.drawn)

    def cuts(self, sources: Sources) -> bool:
        """True for a display tile of which some is not asked for, as it lies outside of what the server states."""
        return self._area.cuts(sources)

    def find_seen(self, grid: TileGrid, key: TileKey, done: SeenDone) -> None:
        """Look for what was seen of a server's maps where a display tile lies, for which nothing can come."""
        if self._requests.is_fitted:
            self._requests.seen_views.find(grid, key, done)

    def needed_for(self, sources: Sources) -> list[SourceTile]:
        """The tiles to fetch for a display tile, or for those that the service lacks their parents: a level coarser
        with each answer, until one is there. A service may end earlier than its row says, here or everywhere.
        """
        tiles = sources.tiles
        unsettled = [tile for tile in tiles if not self.is_settled(tile)]
        if unsettled:
            return unsettled if self.seen_part(sources) is None else []
        parents: dict[SourceTile, None] = {}
        rest = [tile for tile in tiles if tile in self._lacking]
        while rest:
            tile = rest.pop()
            if tile in self._lacking and tile.level > self.first_level:
                rest.extend(parents_of(tile, self.drawn.matrices))
            elif not self.is_settled(tile):
                parents[tile] = None
        return list(parents)

    def want(self, tiles: Iterable[SourceTile], beside: Iterable[SourceTile] = ()) -> None:
        """Replace the list of what is fetched next, the best first. What tells of blank tiles follows at the end.

        `beside` is fetched once nothing else waits to be asked for, and is not waited for.
        """
        wanted = dict.fromkeys([*tiles, *self._blanks.wanted(self.is_settled, self._is_stored)])
        self.queue.need(wanted)
        self.queue.waiting = self._packs.take(tile for tile in wanted if tile not in self.queue.under_way)
        is_local = self._packs.is_there or self._requests.is_fitted
        self.queue.beside = (
            [] if is_local else [tile for tile in beside if tile not in wanted and not self.is_settled(tile)]
        )
        self._ways.ask(is_rest=not (self.queue.waiting or self.queue.under_way))
        self._pump()

    def want_nothing(self) -> None:
        """Fetch nothing more."""
        self.queue.want_nothing()

    def ask_again(self) -> None:
        """Let all be requested again that failed or was missing."""
        self._lacking.clear()

    def look_at_packs_again(self) -> None:
        """Look for tiles in the packs again, as one of them has grown, or has newer ones."""
        self.clear()
        self._packs.look_again()
        self._lacking.clear()

    def take_expired(self) -> set[SourceTile]:
        """The tiles that failed long enough ago to be requested again."""
        now = time.monotonic()
        expired = {tile for tile, until in self._lacking.items() if until <= now}
        for tile in expired:
            del self._lacking[tile]
        return expired

    @property
    def tries_another_way(self) -> bool:
        """True while the server is asked in another way, or is about to be."""
        return self._ways.is_pending

    @property
    def is_suspicious(self) -> bool:
        """True while coarser tiles are wanted, to tell whether some that have come are blank."""
        return self._blanks.has_suspects

    def clear(self) -> None:
        """Free what is at hand, as memory ran short."""
        self._pictures.clear()
        self._parts.clear()
        self._levels.clear()

    def close(self) -> None:
        """Request nothing more, and tell nothing."""
        self._is_closed = True
        self.queue.want_nothing()

    # -- answers ------------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Keep a few requests under way for what no pack has."""
        if self._is_asking:  # an answer that came at once: the loop goes on
            return
        self._is_asking = True
        try:
            while self._context.fetcher is not None and self.queue.waiting and self._may_ask():
                self._send_for(self._requests.best_of(self.queue.waiting))
            while self._context.fetcher is not None and self._may_ask_beside():
                self._send_for((self.queue.beside[0],), is_ahead=True)
        finally:
            self._is_asking = False

    def _may_ask(self) -> bool:
        """True where the server may be asked for one more tile now."""
        requests = self._requests
        count = requests.under_way if self._ways.is_undecided else requests.unanswered
        is_room = requests.under_way < self._service.max_connections + DECODED_AT_ONCE
        return is_room and not self._ways.is_asking and count < self._ways.most_at_once

    def _may_ask_beside(self) -> bool:
        """True where a tile beside the view may be asked for now."""
        self.queue.beside = [tile for tile in self.queue.beside if tile not in self.queue.under_way]
        return bool(self.queue.beside) and not self.queue.waiting and self._may_ask()

    def _send_for(self, tiles: tuple[SourceTile, ...], *, is_ahead: bool = False) -> None:
        self.queue.begin(tiles, is_ahead=is_ahead)
        try:
            self._requests.send(tiles)
        except BadTemplate as error:
            self.queue.give_up(tiles)
            self._fail(error.sentence, "source")

    def _answered(self) -> None:
        """Ask for the next while this one is decoded."""
        if not (self._is_closed or self._context.mailbox.is_held or self._ways.is_undecided):
            self._pump()

    def _arrived(self, tile: SourceTile, image: QImage | None, error: GeoloupeError | None) -> None:
        self.queue.end(tile)
        if self._is_closed:
            return
        # Packs are of the order in which they were fetched; pictures in the pixels of a view tell only that they come.
        if not self._packs.is_there and (image is not None or not self._requests.is_fitted):
            self._ways.see(tile, image, error)
        elif not self._packs.is_there and self._service.fallback:
            for own_tile in self._own_tiles():  # its other address may have what this one lacks
                self._ways.see(own_tile, None, error)
        if image is not None and self._service.is_tiled and self._blanks.see(tile, image):
            image = None
            self._blank.add(tile)
        if image is not None:
            self._put(tile, image)
            self._blank.discard(tile)
        else:
            self._lacking[tile] = math.inf if tile in self._blank else time.monotonic() + ASK_AGAIN_S
        self._judge_blanks()
        (self._failed.discard if error is None else self._failed.add)(tile)
        is_over = not (self.queue.waiting or self.queue.under_way or self._failed)
        if self._area.see(tile, image) or (is_over and self._area.judge_empty()):
            self._tell_turned(self._service, self._service)
        self._tell_arrived(tile, image, error)
        if error is None and not self._ways.is_undecided:
            self._pump()

    def _own_tiles(self) -> list[SourceTile]:
        """A tile of the service's own grid that lies in the view, where there is one."""
        if self._view is None:
            return []
        first = list(tiles_in(self._view))[:1]
        return [tile for sources in sources_of(self._view.grid, first, self._service) for tile in sources.tiles[:1]]

    def _is_stored(self, tile: SourceTile) -> bool:
        """True for a tile that is on this computer, as far as is known."""
        fetcher = self._context.fetcher
        if fetcher is None or fetcher.tiles is None:
            return False
        try:
            return fetcher.tiles.is_known(self.drawn.url(*tile))
        except BadTemplate:
            return False

    def _judge_blanks(self) -> None:
        blank = self._blanks.judge(self.is_settled)
        for tile in blank:
            self._pictures.discard(tile)
            self._lacking[tile] = math.inf
        self._blank.update(blank)
        if blank:
            self._tell_blank(blank)

    def _way_judged(self, service: TileService | None) -> None:
        """Go on, from the beginning where the server was found to answer in another way."""
        if self._is_closed:
            return
        before = self._service
        if service is not None:
            self._service, self._ways = service, WayWatch(service, self._context, self._way_judged)
            self._area = AreaWatch(service)
            self._requests.start_anew(service)
            self._drop_all()
        self._tell_turned(before, self._service)

    def _refused(self, error: GeoloupeError) -> None:
        """Go on with the service's own grid. The refusal may have said how large pictures may be."""
        if self._is_closed or self._view is None:
            return
        self.fit(self._view)
        for sources in self.sources(self._view.grid, list(tiles_in(self._view))[:1]):
            for tile in sources.tiles[:1]:
                self._ways.see(tile, None, error)
        self._tell_turned(self._service, self._service)

    def _drop_all(self) -> None:
        self.queue.clear()
        self._blanks = BlankWatch(self._service.matrices, self.first_level, self._pictures.get)
        for of_tiles in (
            self._pictures,
            self._parts,
            self._levels,
            self._lacking,
            self._failed,
            self._blank,
        ):
            of_tiles.clear()

    def _unpacked(self, pictures: dict[SourceTile, QImage], lacking: list[SourceTile]) -> None:
        """Take over the tiles that came from packs; those that no pack has are asked of the network next."""
        if self._is_closed:
            return
        for tile, image in pictures.items():
            self._put(tile, image)
        if self._context.fetcher is None:
            self._lacking.update(dict.fromkeys(lacking, math.inf))
        self._tell_unpacked(pictures)

    def _put(self, tile: SourceTile, image: QImage) -> None:
        if self._requests.is_fitted and image.size() != QSize(TILE_PX, TILE_PX):
            self._parts.put(tile, image, image.sizeInBytes() + 64)
            return
        self._levels.add(tile.level)
        self._pictures.put(tile, image, image.sizeInBytes() + 64)

    def _fail(self, why: str, about: str) -> None:
        if not self._is_closed:
            self._tell_failed(why, about)
