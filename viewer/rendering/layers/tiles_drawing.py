"""A tile service on the canvas: fetches the source tiles that a view needs and composes them into display tiles."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import override

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.layer import Layer
from layers.errors import BadTemplate, GeoloupeError, NotAllowed
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, lonlat_bounds, same_crs, transform_bounds
from layers.grid.tile_grid import Affine, TileGrid, TileKey, View
from layers.grid.tile_plan import tiles_in
from layers.phrase import Phrase
from layers.services.matrix import Sources, SourceTile, parents_of, sources_of
from layers.services.scales import levels_in_scale
from layers.services.tile_service import TileService
from layers.services.times.served_time import served_time
from layers.services.times.time_steps import written_time
from viewer.network.tile_fetch import WARNING
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, credit_with_date, moment_text
from viewer.rendering.images import NOTHING, unpainted
from viewer.rendering.layers.tiles_state import (
    empty_state,
    enlarged_state,
    loading_state,
    nearest_state,
    offline_state,
    other_date_state,
    partial_state,
    place_state,
    problem_state,
)
from viewer.rendering.layers.way_watch import WayWatch
from viewer.rendering.service_state import SHOWN, ServiceState, StateKind, Way, refused_state
from viewer.rendering.tile_layer import TileLayer
from viewer.rendering.tiles.mosaic import compose_tile, with_ancestors
from viewer.rendering.tiles.pack_source import PackSource
from viewer.rendering.tiles.tile_cache import MIB, ByteCache
from viewer.rendering.world_copies import Views
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.painting import painting

SOURCE_BYTES = 96 * MIB
"""Most bytes of a service's own tiles that are kept unpacked."""
ASK_AGAIN_S = 60.0
"""Seconds for which a tile that failed, or is missing, is not requested again."""
COMPOSED_A_JOB = 12
"""Most display tiles that are composed in one job."""
SAID_FROM = 3.0
"""Enlargement from which a note on the map says that a service is shown enlarged."""
LATE_S = 0.5
"""Seconds after which a layer that loads is said to."""

LONLAT = Bounds(-180.0, -MERCATOR_MAX_LAT, 180.0, MERCATOR_MAX_LAT)
OVERVIEW = SourceTile(0, 0, 0)
"""The tile that shows all of a service, where it has such a one: it stands in while others load."""


class TilesDrawing(LayerDrawing):
    """Draws a tile service. A raster file that was cut into tiles is drawn where the file itself would be."""

    def __init__(
        self,
        layer: Layer,
        service: TileService,
        context: RenderContext,
        packs: Sequence[Path] = (),
        parent: QObject | None = None,
    ) -> None:
        """`packs` are MBTiles files beside the case, from which tiles are taken before the network is asked."""
        super().__init__(layer, context, parent)
        self.service = service
        self._packs = PackSource(packs, service, context.jobs, self._unpacked, self._pack_failed)
        self._tile_layer = TileLayer(context.tiles.styled, layer.uuid, coarse=False)
        self._tile_layer.revision = service
        whole = service.matrices.matrices[0]
        # A map picture of all that a server has may take it long: only what is cut into tiles has an overview.
        self._first_level = levels_in_scale(service)[0]
        self._has_overview = self._first_level == 0 and whole.columns == whole.rows == 1 and service.is_tiled
        self._view: View | None = None
        self._cursor: tuple[float, float] | None = None
        self._resting = True
        self._resting_grid: TileGrid | None = None
        self._pictures: ByteCache[SourceTile, QImage] = ByteCache(SOURCE_BYTES)
        self._plans: dict[TileKey, Sources] = {}
        self._plans_grid: TileGrid | None = None
        self._queue: list[SourceTile] = []
        self._under_way: set[SourceTile] = set()
        self._void: set[SourceTile] = set()
        """Tiles under way that were asked for in a way that was given up."""
        self._come = 0
        """Tiles that have come since it began to load."""
        self._loads_since = 0.0
        self._other_date: str | None = None
        """The date that the server says it has drawn instead of the one asked for, empty where it does not say which;
        None while it has said no such thing.
        """
        self._lacking: dict[SourceTile, float] = {}
        self._failed: set[SourceTile] = set()
        """Tiles whose last answer was an error; a tile that the server does not have is no error."""
        self._incomplete: dict[TileKey, Sources] = {}
        self._shown_levels: dict[TileKey, int] = {}
        """Level of the coarsest parent among the stand-ins, by display tile that has any."""
        self._is_composing = False
        self._is_requesting = False
        self._ways = WayWatch(service, context, self._way_judged)
        if service.is_dated and not service.time:
            name = service.title or layer.name
            self._set_problem(
                Phrase("{name} is imagery by date: choose a day in the layer's properties.", name=name), "date"
            )
        if context.fetcher is not None:
            context.fetcher.respect(service)
            context.fetcher.host_changed.connect(self._host_changed)
            context.fetcher.host_ready.connect(self._host_ready)

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def attribution(self) -> str:
        credit = (
            self.layer.credit or self.service.attribution or Phrase("{name}, credit not given", name=self.layer.name)
        )
        note = Phrase(", asked for; the nearest may be served") if self._is_nearest else ""
        if self._other_date is not None:
            served = moment_text(written_time(self._other_date) or self._other_date)
            note = (
                Phrase(", asked for; {date} was served", date=served)
                if served
                else Phrase(", asked for; another date was served")
            )
        when = written_time(self.service.time) or self.layer.acquired_at
        return credit_with_date(credit, when, self.layer.known_date_kind, note=note)

    # Columns of a service run on round the world, so that its tiles need no world copies.

    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        if view.grid.crs != (self._view.grid.crs if self._view else None):
            self._place(view.grid.crs)
        self._view, self._cursor, self._resting = view, cursor, resting
        self._forget_expired()
        self._request_tiles()

    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        self._tile_layer.paint(painter, view, self.layer.drawn_opacity)
        checkpoint()

    def shows_in(self, view: View, copies: Views = ()) -> bool:
        return self._tile_layer.shows_in(view)

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        return self._is_dead() or self._tile_layer.is_complete(view)

    def has_failed_in(self, view: View) -> bool:
        if self._is_dead():
            return bool(self.problem)
        # What was not planned anew is shown as it was.
        plans = self._plans_in(view)
        if self._packs.is_there and self._stood_in(plans):
            return False  # a pack has it, though coarser
        wanted = {tile for plan in plans.values() for tile in plan.tiles}
        return bool(wanted) and wanted <= self._failed

    def _stood_in(self, plans: Mapping[TileKey, Sources]) -> bool:
        """True where a coarser tile stands in for any of the display tiles."""
        return any(self._shown_levels.get(key, sources.level) < sources.level for key, sources in plans.items())

    @property
    def progress(self) -> tuple[int, int]:
        """Tiles that have come since it began to load, and all that it loads; (0, 0) where nothing is under way."""
        waits = len(self._queue) + len(self._under_way)
        return (self._come, self._come + waits) if waits else (0, 0)

    @override
    def state_in(self, view: View | None) -> ServiceState:
        name = one_line(self.layer.name, 60)
        if "date" in self._problems:
            ways = (Way.CHOOSE_DATE,)
            return ServiceState(StateKind.UNDATED, Phrase("no date"), self._named_problem(), ways, True)
        seen = view if view is not None and self.layer.visible and not self._is_dead() else None
        plans = self._plans_in(seen)
        place = None if seen is None else place_state(name, self.service, seen, plans.values())
        if place is not None and not (place.kind is StateKind.OUTSIDE and self._has_pictures(plans)):
            return place
        fetcher = self.context.fetcher
        is_stored = self._packs.is_there and view is not None and not self.has_failed_in(view)
        if self._works_offline() and not is_stored and not (self.problem and not self.is_offline):
            return offline_state(name, lacks_all=view is not None and self.has_failed_in(view))
        if self.problem and fetcher is not None and any(map(fetcher.wants_login, self.service.hosts)):
            return refused_state(self._named_problem())
        if self.problem:
            is_busy = fetcher is not None and any(
                fetcher.busy_until(host) > time.monotonic() for host in self.service.hosts
            )
            shown = self._has_pictures(plans)
            return problem_state(self._named_problem(), is_busy=is_busy, is_offline=self.is_offline, has_pictures=shown)
        if seen is None or not plans:
            return SHOWN
        if (self._queue or self._under_way) and time.monotonic() - self._loads_since >= LATE_S:
            return loading_state(name, *self.progress)
        tiles = {tile for sources in plans.values() for tile in sources.tiles}
        if tiles and all(tile in self._lacking for tile in tiles) and not self._has_pictures(plans):
            return empty_state(name, self._asked_date)
        level, enlarged = self._coarsest_in(plans)
        if enlarged >= SAID_FROM:
            return enlarged_state(name, level, enlarged)
        if any(tile in self._lacking for tile in tiles):
            return partial_state(name)
        if self._other_date is not None:
            return other_date_state(name, self._asked_date, self._other_date)
        return nearest_state(name, self._asked_date) if self._is_nearest else SHOWN

    @property
    @override
    def state(self) -> ServiceState:
        return self.state_in(self._view)

    @property
    def _asked_date(self) -> str:
        """The date that is asked for, as people write it; empty for a service without dates."""
        return moment_text(written_time(self.service.time) or self.service.time) if self.service.is_dated else ""

    @property
    def _is_nearest(self) -> bool:
        """True where the server may draw another date than the one that is asked for."""
        return self.service.nearest and self.service.is_dated

    def _plans_in(self, view: View | None) -> dict[TileKey, Sources]:
        """The plans of the display tiles in a view; empty where they are not all made."""
        if view is None or view.grid != self._plans_grid:
            return {}
        keys = list(tiles_in(view, self._tile_layer.within(view.grid)))
        return {key: self._plans[key] for key in keys} if all(key in self._plans for key in keys) else {}

    def _has_pictures(self, plans: Mapping[TileKey, Sources]) -> bool:
        """True where some of a view is certain to be shown: a tile without transparency, or a coarser one for it."""
        return any(not image.hasAlphaChannel() for plan in plans.values() for image in self._inputs(plan).values())

    def _coarsest_in(self, plans: Mapping[TileKey, Sources]) -> tuple[int, float]:
        """The coarsest level that is shown, and its enlargement; 0, 0 where that is not known."""
        levels = [
            (self._shown_levels[key], plan)
            for key, plan in plans.items()
            if key in self._shown_levels and not plan.is_empty
        ]
        enlarged = [(level, sources.enlarged * 2.0 ** (sources.level - level)) for level, sources in levels]
        return max(enlarged, key=lambda pair: pair[1], default=(0, 0.0))

    def bounds_lonlat(self) -> Bounds | None:
        if self.service.bounds is not None:
            return self.service.bounds
        if self.service.matrices.turn:
            return LONLAT
        try:
            return lonlat_bounds(self.service.crs, self.service.matrices.bounds)
        except GeoloupeError:
            return LONLAT

    def give_back(self) -> None:
        self._pictures.clear()

    def close(self) -> None:
        fetcher = self.context.fetcher
        if fetcher is not None and not self._is_closed and shiboken6.isValid(fetcher):
            fetcher.host_changed.disconnect(self._host_changed)
            fetcher.host_ready.disconnect(self._host_ready)
        self._queue = []
        super().close()

    def source_pixels(self, level: int, left: int, top: int, width: int, height: int) -> QImage:
        """The service's own pixels at a level, as far as its tiles are at hand; the others stay transparent."""
        matrix = self.service.matrices.matrices[level]
        wide, high = matrix.tile_width, matrix.tile_height
        image = unpainted(width, height, opaque=False)
        image.fill(0)
        with painting(image) as painter:
            for row in range(top // high, (top + height - 1) // high + 1):
                for column in range(left // wide, (left + width - 1) // wide + 1):
                    picture = self._pictures.get(SourceTile(level, column % matrix.columns, row))
                    if picture is not None and picture.width() == wide:
                        painter.drawImage(column * wide - left, row * high - top, picture)
        return image

    def read_packs_again(self) -> None:
        """Look for tiles in the packs again, as one of them has grown."""
        self._packs.look_again()
        self._lacking.clear()
        self._redo(list(self._incomplete))
        self._request_soon()

    def _is_dead(self) -> bool:
        """True where no tile can ever come: neither a pack nor a network, or no date chosen."""
        is_cut_off = self.context.fetcher is None and not self._packs.is_there
        return is_cut_off or (self.service.is_dated and not self.service.time)

    def _place(self, crs: str) -> None:
        """Tell the tile layer where the service ends, so that no tile is planned beyond it."""
        matrices = self.service.matrices
        if matrices.turn:
            # Round the world nothing ends at the antimeridian, so only north and south are cut.
            bounds = matrices.bounds
            wide = Bounds(bounds.left - 4 * bounds.width, bounds.bottom, bounds.right + 4 * bounds.width, bounds.top)
            self._tile_layer.set_bounds(crs, wide if same_crs(crs, self.service.crs) else None)
            return
        try:
            bounds = transform_bounds(self.service.crs, crs, matrices.bounds)
        except GeoloupeError:
            # A CRS that the service does not fit into: no tile is skipped then.
            self._tile_layer.set_bounds(crs, None)
            return
        self._tile_layer.set_bounds(crs, bounds)

    # -- requests -----------------------------------------------------------------------------------------------

    def _request_soon(self) -> None:
        """Request tiles later in this turn, once for all of its answers."""
        if not self._is_requesting and not self._is_closed:
            self._is_requesting = True
            self.context.mailbox.post(self._request_tiles)

    def _request_tiles(self) -> None:
        """Replace the queue by what the view lacks, and compose the display tiles that have all they need."""
        self._is_requesting = False
        view = self._view
        if view is None or self._is_closed or self._is_dead() or not self.layer.visible:
            self._queue = []
            return
        ((_, plan),) = self._tile_layer.plan((view,), self._cursor)
        keys = plan.want
        # Also of those that are there already: the state of the layer is that of the whole view.
        self._plan_sources(view.grid, dict.fromkeys([*keys, *tiles_in(view, self._tile_layer.within(view.grid))]))
        queue: dict[SourceTile, None] = {}
        ready: list[TileKey] = []
        waiting: list[TileKey] = []
        for key in keys:
            tiles = self._plans[key].tiles
            needed = [tile for tile in tiles if not self._is_settled(tile)] or self._parents_to_ask(tiles)
            queue.update(dict.fromkeys(needed))
            (waiting if needed else ready).append(key)
        if self._has_overview and not self._is_settled(OVERVIEW):
            queue[OVERVIEW] = None
        # While a gesture runs, the grids it passes through are not fetched; the one it started from is.
        is_asked = self._resting or view.grid == self._resting_grid
        self._resting_grid = view.grid if self._resting else self._resting_grid
        self._queue = [tile for tile in queue if tile not in self._under_way] if is_asked else []
        self._compose(view.grid, ready, waiting)
        self._pump()

    def _plan_sources(self, grid: TileGrid, keys: Iterable[TileKey]) -> None:
        if grid != self._plans_grid:
            self._plans, self._plans_grid, self._incomplete, self._shown_levels = {}, grid, {}, {}
        new = [key for key in keys if key not in self._plans]
        self._plans.update(zip(new, sources_of(grid, new, self.service), strict=True))

    def _is_settled(self, tile: SourceTile) -> bool:
        return tile in self._pictures or tile in self._lacking

    def _parents_to_ask(self, tiles: Iterable[SourceTile]) -> list[SourceTile]:
        """Parents to fetch for tiles that the service lacks: a level coarser with each answer, until one is there.

        A service may end earlier than its row says, here or everywhere.
        """
        parents: dict[SourceTile, None] = {}
        rest = list(tiles)
        while rest:
            tile = rest.pop()
            if tile in self._lacking and tile.level > self._first_level:
                rest.extend(parents_of(tile, self.service.matrices))
            elif not self._is_settled(tile):
                parents[tile] = None
        return list(parents)

    def _pump(self) -> None:
        """Keep a few requests under way for what no pack has; the best of the newest queue goes next."""
        self._queue = self._packs.take(self._queue)
        fetcher = self.context.fetcher
        self._ways.ask(is_rest=not (self._queue or self._under_way))
        most = 0 if self._ways.is_asking else self._ways.most_at_once
        while fetcher is not None and self._queue and len(self._under_way) < most:
            tile = self._queue.pop(0)
            try:
                url = self.service.url(*tile)
            except BadTemplate as error:
                self._queue = []
                self._set_problem(error.sentence)
                return
            if not self._under_way and not self._come:
                self._loads_since = time.monotonic()
            self._under_way.add(tile)
            fetcher.fetch(url, partial(self._arrived, tile))

    def _unpacked(self, pictures: dict[SourceTile, QImage], lacking: list[SourceTile]) -> None:
        """Take over the tiles that came from packs; those that no pack has are asked of the network next."""
        if self._is_closed:
            return
        for tile, image in pictures.items():
            self._pictures.put(tile, image, image.sizeInBytes() + 64)
            if tile == OVERVIEW and self._has_overview:
                self._take_overview(image)
        if self.context.fetcher is None:
            self._lacking.update(dict.fromkeys(lacking, math.inf))
        self._request_soon()

    def _pack_failed(self, sentence: str) -> None:
        if not self._is_closed:
            self._set_problem(sentence, "pack")

    def _arrived(self, tile: SourceTile, image: QImage | None, error: GeoloupeError | None) -> None:
        if self.context.puts_off(self._arrived, tile, image, error):
            return
        self._under_way.discard(tile)
        if self._is_closed:
            return
        if tile in self._void:
            self._void.discard(tile)
            self._request_soon()
            return
        self._come = self._come + 1 if self._queue or self._under_way else 0
        if not self._packs.is_there:  # packs are of the order in which they were fetched
            self._ways.see(tile, image, error)
        if image is not None:
            self._look_at_date(image.text(WARNING))
            self._pictures.put(tile, image, image.sizeInBytes() + 64)
            if tile == OVERVIEW and self._has_overview:
                self._take_overview(image)
        else:
            self._lacking[tile] = time.monotonic() + ASK_AGAIN_S
        (self._failed.discard if error is None else self._failed.add)(tile)
        is_refused = isinstance(error, NotAllowed) and not (self._works_offline() and self._packs.is_there)
        is_news = is_refused or not (self.problem or self._works_offline())
        if error is not None and is_news:
            self._set_problem(error.sentence)
        elif image is not None and self.problem and not self._host_sentence() and not self._stands_in(tile):
            self._set_problem("")
        self._request_soon()

    def _way_judged(self, service: TileService | None) -> None:
        """Go on, from the beginning where the server was found to answer in another way: all that came is of no use."""
        if self._is_closed:
            return
        if service is not None:
            before, self._ways = self.service, WayWatch(service, self.context, self._way_judged)
            self.service, self._void = service, set(self._under_way)
            for of_tiles in (self._pictures, self._lacking, self._failed, self._plans, self._incomplete):
                of_tiles.clear()
            self._tile_layer.clear()
            self._tile_layer.revision = service
            self._set_problem("")
            self.context.ways.find(before, service)
        self._request_soon()

    def _stands_in(self, tile: SourceTile) -> bool:
        """True for a coarser tile, perhaps a stored one, that came while finer ones failed: the problem stands."""
        return any(lacking.level > tile.level for lacking in self._lacking)

    def _look_at_date(self, warning: str) -> None:
        """Note by a server's warning that it has drawn another date than was asked for."""
        served = served_time(warning, self.service.time) if warning and self.service.is_dated else None
        if served is not None and served != self._other_date:
            self._other_date = served
            self._announce()

    def _take_overview(self, image: QImage) -> None:
        bounds = self.service.matrices.matrices[0].bounds
        step_x, step_y = bounds.width / image.width(), bounds.height / image.height()
        affine = Affine(step_x, 0, bounds.left, 0, -step_y, bounds.top)
        self._tile_layer.set_overview(self.service.crs, affine, image)
        self._announce()

    # -- composing ----------------------------------------------------------------------------------------------

    def _compose(self, grid: TileGrid, ready: list[TileKey], waiting: list[TileKey]) -> None:
        """Compose some tiles in other threads: finished ones first, then those that parents can stand in for."""
        if self._is_composing:
            return
        work: list[tuple[TileKey, Sources, dict[SourceTile, QImage], bool]] = []
        for key in ready[:COMPOSED_A_JOB]:
            sources = self._plans[key]
            inputs = self._inputs(sources)
            parents = [tile.level for tile in inputs if tile.level < sources.level]
            self._shown_levels[key] = min(parents, default=sources.level)
            work.append((key, sources, inputs, True))
        for key in waiting if not work else ():
            inputs = self._inputs(self._plans[key]) if self._tile_layer.lacks_stand_in(grid, key) else {}
            if inputs:
                work.append((key, self._plans[key], inputs, False))
        if not work:
            return
        self._is_composing = True
        matrices = self.service.matrices

        def compose(_: JobContext) -> list[tuple[TileKey, Sources, QImage, bool]]:
            return [
                (key, sources, NOTHING if not inputs else compose_tile(sources, inputs, matrices), final)
                for key, sources, inputs, final in work
            ]

        self.context.jobs.run(compose, partial(self._composed, grid), self._compose_failed)

    def _inputs(self, sources: Sources) -> dict[SourceTile, QImage]:
        """The pictures at hand for a display tile, with parents for those that are not."""
        pictures: dict[SourceTile, QImage] = {}
        missing: list[SourceTile] = []
        for tile in sources.tiles:
            image = self._pictures.get(tile)
            if image is not None:
                pictures[tile] = image
            else:
                missing.append(tile)
        return pictures | with_ancestors(self._pictures.get, missing, self.service.matrices, self._first_level)

    def _composed(self, grid: TileGrid, pictures: list[tuple[TileKey, Sources, QImage, bool]]) -> None:
        self._is_composing = False
        if self._is_closed:
            return
        for key, sources, image, final in pictures:
            if not final:
                self._tile_layer.put_provisional(grid, key, image)
                continue
            whole = not any(tile in self._lacking for tile in sources.tiles)
            self._tile_layer.put(grid, self.service, key, image, lasting=whole)
            if not whole and grid == self._plans_grid:
                self._incomplete[key] = sources
        self._announce()
        self._request_tiles()

    def _compose_failed(self, error: GeoloupeError) -> None:
        self._is_composing = False
        self._set_problem(error.sentence)

    # -- hosts --------------------------------------------------------------------------------------------------

    @property
    def is_offline(self) -> bool:
        """True where only stored tiles can be shown: by choice, or because no host of the service can be reached."""
        fetcher = self.context.fetcher
        return fetcher is not None and all(fetcher.is_offline_for(host) for host in self.service.hosts)

    def _works_offline(self) -> bool:
        return self.context.fetcher is not None and self.context.fetcher.offline

    def _host_sentence(self) -> str:
        states = self.context.fetcher.host_states() if self.context.fetcher is not None else {}
        return next((states[host] for host in self.service.hosts if host in states), "")

    def _host_changed(self, host: str, sentence: str) -> None:
        if self.context.puts_off(self._host_changed, host, sentence):
            return
        if host in self.service.hosts:
            self._set_problem(sentence or self._host_sentence())
            self._announce()

    def _host_ready(self, host: str) -> None:
        if self.context.puts_off(self._host_ready, host):
            return
        if host in self.service.hosts:
            self._lacking.clear()
            self._redo(list(self._incomplete))
            self._request_soon()

    def _forget_expired(self) -> None:
        now = time.monotonic()
        expired = {tile for tile, until in self._lacking.items() if until <= now}
        if expired:
            for tile in expired:
                del self._lacking[tile]
            self._redo([key for key, sources in self._incomplete.items() if expired.intersection(sources.tiles)])

    def _redo(self, keys: list[TileKey]) -> None:
        self._tile_layer.drop(keys)
        for key in keys:
            del self._incomplete[key]
