"""A tile service on the canvas: fetches the source tiles that a view needs and composes them into display tiles."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, override

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.layer import Layer
from layers.errors import GeoloupeError, NotAllowed
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine, TileGrid, TileKey, View
from layers.grid.tile_plan import tiles_in
from layers.phrase import Phrase
from layers.services.matrix import Sources, SourceTile, bounds_in, lonlat_of
from layers.services.seen_sources import OVERVIEW, WHOLE_TILE, TilePart
from layers.services.stated_area import shows_in_overview
from layers.services.tile_service import TileService
from layers.services.times.time_steps import written_time
from viewer.network.host_state import HostReach
from viewer.network.tile_fetch import WARNING
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, credit_with_date
from viewer.rendering.layers.display_plans import Composition, DisplayPlans, coarsest_of, is_stood_in
from viewer.rendering.layers.tile_dates import TileDates
from viewer.rendering.layers.tiles_state import KeptStates, TilesFacts, state_of
from viewer.rendering.service_state import TRIED_S, ServiceState, Tried
from viewer.rendering.tile_layer import TileLayer
from viewer.rendering.world_copies import Views
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line

if TYPE_CHECKING:
    from layers.services.packs.tile_needs import TileNeeds

COMPOSED_AT_ONCE = 16
"""Most display tiles that are being composed, in two jobs."""
COMPOSED_HERE = 2
"""Most display tiles that are composed in the window's thread: a job and the way to it and back take longer."""
GATHER_MS = 20
"""Milliseconds for which tiles are gathered before the view is planned anew, while more are under way."""
STAND_IN_MS = 60
"""Milliseconds for which tiles are awaited before coarser ones are composed for them: that costs more than they do."""
LONGEST_STAND_IN_MS = 1000
LITTLE_LEFT_S = 0.15
"""Seconds until all tiles will have come below which no coarser ones are composed for them."""


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
        from viewer.rendering.layers.service_tiles import ServiceTiles  # for start-up time: no layer is drawn yet

        super().__init__(layer, context, parent)
        self.service = service
        self._tiles = ServiceTiles(
            service, context, packs, self._arrived, self._unpacked, self._set_problem, self._turned, self._found_blank
        )
        self._tile_layer = TileLayer(context.tiles.styled, layer.uuid, coarse=False)
        self._tile_layer.revision = service
        whole = service.matrices.matrices[0]
        # A map picture of all that a server has may take it long: only what is cut into tiles has an overview.
        is_whole = self._tiles.first_level == 0 and whole.columns == whole.rows == 1 and service.is_tiled
        self._has_overview = is_whole and shows_in_overview(service)
        self._view: View | None = None
        self._cursor: tuple[float, float] | None = None
        self._painted: View | None = None
        """The last view that was painted while complete, where edges are filled."""
        self._resting = True
        self._resting_grid: TileGrid | None = None
        self._plans = DisplayPlans(self._tiles)
        self.dates = TileDates(service)
        self._incomplete: dict[TileKey, Sources] = {}
        self._shown_levels: dict[TileKey, int] = {}
        """Level of the coarsest parent among the stand-ins, by display tile that has any."""
        self._composing: dict[TileKey, Composition] = {}
        self._awaited: dict[SourceTile, list[TileKey]] = {}
        """Display tiles of the newest plan by each source tile that they wait for."""
        self._ripe: dict[TileKey, None] = {}
        """Display tiles that have all they need, and are composed as soon as no others are."""
        self._states = KeptStates(self._judged)
        self._tried: Tried | None = None
        self.problem_changed.connect(self._states.forget)
        self._soon = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._soon.timeout.connect(self._request_in_turn)
        self._is_requesting = self._is_ripening = False
        self._late = QTimer(self, singleShot=True)
        self._late.timeout.connect(self._stand_in)
        self._stands_in, self._stood_in_at = False, 0
        """True while tiles are awaited for so long that coarser ones are composed for them."""
        if service.is_dated and not service.time:
            name = service.title or layer.name
            sentence = Phrase("{name} is imagery by date: choose a day in the layer's properties.", name=name)
            self._set_problem(sentence, "date")
        if context.fetcher is not None:
            context.fetcher.respect(service)
            context.fetcher.host_changed.connect(self._host_changed)
            context.fetcher.host_ready.connect(self._host_ready)
            context.fetcher.offline_changed.connect(self._states.forget)

    @property
    def drawn_service(self) -> TileService:
        """The service on the grid that is asked for now, which may be the pixels of the view."""
        return self._tiles.drawn

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def attribution(self) -> str:
        credit = self.layer.credit or self.service.attribution
        credit = credit or Phrase("{name}, credit not given", name=self.layer.name)
        when = written_time(self.service.time) or self.layer.acquired_at
        return credit_with_date(credit, when, self.layer.known_date_kind, note=self.dates.credit_note)

    # Columns of a service run on round the world, so that its tiles need no world copies.

    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        if view.grid.crs != (self._view.grid.crs if self._view else None):
            self._place(view.grid.crs)
        self._view, self._cursor, self._resting = view, cursor, resting
        if self._tiles.fit(view, resting=resting):
            self._redo(list(self._incomplete))
        self._forget_expired()
        self._request_tiles()

    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        self._tile_layer.paint(painter, view, self.layer.drawn_opacity)
        checkpoint()
        if self.context.fills_edges and view != self._painted and self._tile_layer.is_complete(view):
            self.context.mailbox.post(self._fill_edges_of, view)  # now: the picture is not kept waiting by it

    @override
    def set_layer(self, layer: Layer) -> None:
        self._states.forget()
        super().set_layer(layer)

    def shows_in(self, view: View, copies: Views = ()) -> bool:
        return self._tile_layer.shows_in(view)

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        return self._is_dead() or (self._tile_layer.is_complete(view) and not self._tiles.tries_another_way)

    def needs_in(self, view: View) -> TileNeeds | None:
        """The tiles that a view needs of the service; None where nothing can ever come."""
        from layers.services.packs.tile_needs import TileNeeds  # for start-up time: no pack is made yet

        if self._is_dead():
            return None
        if self._view is None:
            self._place(view.grid.crs)
        return TileNeeds(
            self._tiles.asked_in(view),
            view,
            self._tile_layer.within(view.grid),
            self._tiles.packs,
            not self.context.ways.is_open(self.service),
            OVERVIEW if self._has_overview else None,
        )

    def has_failed_in(self, view: View) -> bool:
        if self._is_dead():
            return bool(self.problem)
        # What was not planned anew is shown as it was.
        plans = self._plans_in(view)
        if self._tiles.has_packs and is_stood_in(plans, self._shown_levels):
            return False  # a pack has it, though coarser
        return self._tiles.have_all_failed(tile for plan in plans.values() for tile in plan.tiles)

    @property
    def progress(self) -> tuple[int, int]:
        """Tiles that have come since it began to load, and all that it loads; (0, 0) where nothing is under way."""
        return self._tiles.queue.progress

    @override
    def state_in(self, view: View | None) -> ServiceState:
        return self._states.in_view(view)

    def _judged(self, view: View | None) -> tuple[ServiceState, float]:
        """The state in a view, and the time (monotonic) until which it holds without news."""
        fetcher, now = self.context.fetcher, time.monotonic()
        seen = view if view is not None and self.layer.visible and not self._is_dead() else None
        plans = self._plans_in(seen)
        hosts = () if fetcher is None else self.service.hosts
        lacks_all = view is not None and self.has_failed_in(view)
        level, enlarged = coarsest_of(plans, self._shown_levels)
        facts = TilesFacts(
            name=one_line(self.layer.name, 60),
            service=self.service,
            view=seen,
            plans=tuple(plans.values()),
            problem=self._named_problem() if self.problem else "",
            is_undated="date" in self._problems,
            works_offline=self._works_offline(),
            reach=self.reach,
            is_sent_on=fetcher is not None and bool(fetcher.consent.sent_on_from(hosts)),
            is_stored=self._tiles.has_packs and view is not None and not lacks_all,
            is_scaled=seen is not None and self._tile_layer.shows_scaled(seen),
            lacks_all=lacks_all,
            wants_login=fetcher is not None and any(map(fetcher.wants_login, hosts)),
            busy_until=max((fetcher.busy_until(host) for host in hosts), default=0.0) if fetcher is not None else 0.0,
            has_pictures=self._tiles.shows_something(plans.values()),
            lacking=frozenset(tile for plan in plans.values() for tile in plan.tiles if self._tiles.lacks(tile)),
            is_clear=self.service.is_dated
            and not any(self._tiles.queue.progress)
            and self._tiles.shows_nothing(plans.values()),
            is_blank=any(self._tiles.is_blank(tile) for plan in plans.values() for tile in plan.tiles),
            progress=self._tiles.queue.progress,
            loads_since=self._tiles.queue.loads_since,
            coarsest=level,
            enlarged=enlarged,
            asked_date=self.dates.asked,
            tried=self._tried,
            other_date=None if self.dates.served is None else self.dates.served_words,
        )
        return state_of(facts, now)

    @property
    @override
    def state(self) -> ServiceState:
        return self.state_in(self._view)

    def _plans_in(self, view: View | None) -> dict[TileKey, Sources]:
        """The plans of what a view shows of its display tiles; empty where they are not all made."""
        return {} if view is None else self._plans.in_view(view, self._keys_in(view))

    def _keys_in(self, view: View) -> list[TileKey]:
        return list(tiles_in(view, self._tile_layer.within(view.grid)))

    def bounds_lonlat(self) -> Bounds | None:
        return lonlat_of(self.service)

    def give_back(self) -> None:
        self._tiles.clear()

    def close(self) -> None:
        fetcher = self.context.fetcher
        if fetcher is not None and not self._is_closed and shiboken6.isValid(fetcher):
            fetcher.host_changed.disconnect(self._host_changed)
            fetcher.host_ready.disconnect(self._host_ready)
            fetcher.offline_changed.disconnect(self._states.forget)
        self._soon.stop()
        self._late.stop()
        self._tiles.close()
        super().close()

    def source_pixels(self, level: int, left: int, top: int, width: int, height: int) -> QImage:
        """The service's own pixels at a level, as far as its tiles are at hand; the others stay transparent."""
        return self._tiles.pixels(level, left, top, width, height)

    def read_packs_again(self) -> None:
        """Look for tiles in the packs again, as one of them has grown, or has newer ones."""
        self._tiles.look_at_packs_again()
        self._redo(self._plans.keys())
        self._request_soon()

    def _is_dead(self) -> bool:
        """True where no tile can ever come: neither a pack nor a network, or no date chosen."""
        is_cut_off = self.context.fetcher is None and not self._tiles.has_packs
        return is_cut_off or (self.service.is_dated and not self.service.time)

    def _place(self, crs: str) -> None:
        """Tell the tile layer where the service ends, so that no tile is planned beyond it."""
        self._tile_layer.set_bounds(crs, bounds_in(crs, self.service.matrices))

    # -- requests -----------------------------------------------------------------------------------------------

    def _request_soon(self) -> None:
        """Request tiles once for all that come in some milliseconds, or at once where none is under way any more."""
        if not (self._tiles.queue.is_under_way or self._tiles.queue.awaits_beside):
            self._request_in_turn()
        elif not (self._soon.isActive() or self._is_closed):
            self._soon.start()

    def _request_in_turn(self) -> None:
        """Request tiles later in this turn, once for all of its answers."""
        self._soon.stop()
        if not self._is_requesting and not self._is_closed:
            self._is_requesting = True
            self.context.mailbox.post(self._request_tiles)

    def _request_tiles(self) -> None:
        """Replace the list of tiles to fetch by what the view lacks, and compose those that have all they need."""
        self._is_requesting = False
        self._states.forget()
        view = self._view
        if view is None or self._is_closed or self._is_dead() or not self.layer.visible:
            self._tiles.want_nothing()
            return
        # All of the view, also what is there already: the state of the layer is that of the whole view.
        if self._plans.plan(view, self._keys_in(view)):
            self._incomplete, self._shown_levels = {}, {}
        self._want_hopeful(view)
        ((_, plan),) = self._tile_layer.plan((view,), self._cursor)
        queue: dict[SourceTile, None] = {}
        ready: list[TileKey] = []
        waiting: list[TileKey] = []
        self._awaited, self._ripe = {}, {}
        for key in plan.want:
            needed = self._tiles.needed_for(self._plans.seen(key))
            for tile in needed:
                queue[tile] = None
                self._awaited.setdefault(tile, []).append(key)
            (waiting if needed else ready).append(key)
        if self._has_overview and not self._tiles.is_settled(OVERVIEW):
            queue[OVERVIEW] = None
        # While a gesture runs, the grids it passes through are not fetched; the one it started from is.
        is_asked = self._resting or view.grid == self._resting_grid
        self._resting_grid = view.grid if self._resting else self._resting_grid
        if not (queue or self.problem):
            self._tried = None
        beside: list[SourceTile] = []
        whole: list[TileKey] = []
        if self._resting and self.context.fills_edges:
            is_done = self._painted == view and not plan.want
            beside, whole = self._plans.beyond_edges(self._tile_layer.is_partial, is_done=is_done)
        if is_asked:  # first: a server works at them meanwhile
            self._tiles.want(queue, beside)
        else:
            self._tiles.want_nothing()
        if not waiting:
            self._late.stop()
            self._stands_in = False
        self._compose(view, ready, waiting)
        finals = [self._final(key, self._plans.whole(key), WHOLE_TILE) for key in whole if key not in self._composing]
        self._run(view.grid, finals)

    def _fill_edges_of(self, view: View) -> None:
        self._painted = view
        self._request_in_turn()

    def _want_hopeful(self, view: View) -> None:
        """Want display tiles again that were given up, where the view shows more of them than what has failed."""
        given_up = [key for key in self._tile_layer.given_up_in(view.grid) if key in self._plans]
        if given_up:
            hopeful = [key for key in given_up if not self._tiles.have_all_failed(self._plans.seen(key).tiles)]
            self._tile_layer.want_given_up(hopeful)

    def _stand_in(self) -> None:
        """Let coarser tiles stand in, unless the rest of the tiles will have come as soon."""
        self._late.start(min(2 * self._late.interval(), LONGEST_STAND_IN_MS))
        is_news = (come := self._tiles.queue.progress[0]) != self._stood_in_at or not self._stands_in
        if is_news and not self._composing and self._tiles.queue.time_left_s >= LITTLE_LEFT_S:
            self._stands_in, self._stood_in_at = True, come
            self._request_in_turn()

    def _unpacked(self, pictures: Mapping[SourceTile, QImage]) -> None:
        if OVERVIEW in pictures and self._has_overview:
            self._take_overview(pictures[OVERVIEW])
        self._request_soon()

    def _arrived(self, tile: SourceTile, image: QImage | None, error: GeoloupeError | None) -> None:
        if image is not None:
            self._look_at_date(image.text(WARNING))
            if tile == OVERVIEW and self._has_overview:
                self._take_overview(image)
        is_refused = isinstance(error, NotAllowed) and not (self._works_offline() and self._tiles.has_packs)
        is_news = is_refused or not (self.problem or self._works_offline())
        if error is not None and is_news:
            self._set_problem(error.sentence)
        elif image is not None and self.problem and not (self._host_sentence() or self._tiles.lacks_finer_than(tile)):
            self._set_problem("")
        self._ripen(tile)  # most of what has come is composed without a new plan
        if image is None or self._tiles.is_suspicious or not self._tiles.queue.is_under_way:
            self._request_soon()

    def _found_blank(self, tiles: list[SourceTile]) -> None:
        """Draw coarser tiles where these were drawn."""
        self._redo(self._plans.made_of(tiles))
        self._request_soon()

    def _turned(self, before: TileService, now: TileService) -> None:
        """Go on, from the beginning where the server was found to answer in another way, or ask for more."""
        if now is not before:
            self.service = now
            self._plans.clear()
            self._incomplete.clear()
            self._tile_layer.clear()
            self._tile_layer.revision = now
            self._set_problem("")
            self.context.ways.find(before, now)
        else:
            self._redo(list(self._incomplete))
        self._request_soon()

    def _look_at_date(self, warning: str) -> None:
        """Note by a server's warning that it has drawn another date than was asked for."""
        if self.dates.look_at(warning):
            self._announce()

    def _take_overview(self, image: QImage) -> None:
        bounds = self.service.matrices.matrices[0].bounds
        step_x, step_y = bounds.width / image.width(), bounds.height / image.height()
        affine = Affine(step_x, 0, bounds.left, 0, -step_y, bounds.top)
        self._tile_layer.set_overview(self.service.crs, affine, image)
        self._announce()

    # -- composing ----------------------------------------------------------------------------------------------

    def _compose(self, view: View, ready: Iterable[TileKey], waiting: Sequence[TileKey]) -> None:
        """Compose some tiles in other threads: finished ones first, then those that parents can stand in for."""
        hopeful = [key for key in ready if not (self._is_in_work(key) or self._is_given_up(view.grid, key))]
        room = COMPOSED_AT_ONCE - len(self._composing)
        ready = [key for key in hopeful if key not in self._composing][: max(room, 0)]
        self._ripe.update(dict.fromkeys(key for key in hopeful if key not in ready))  # as soon as others are done
        work: list[Composition] = []
        has_shown = False
        for key in ready:
            sources = self._plans.seen(key)
            seen = self._tiles.seen_part(sources)
            if seen is not None:
                self._tile_layer.put_part(view.grid, self.service, key, seen)
                has_shown = True
                continue
            work.append(self._final(key, sources, self._plans.composed_part(key)))
        if has_shown:
            self._announce()
        if waiting and not self._stands_in and not self._late.isActive():
            self._late.start(STAND_IN_MS)
        if self._stands_in and not (work or self._composing):
            work = self._stand_ins(view, waiting)
        for part in [work[: len(work) // 2], work[len(work) // 2 :]] if len(work) > 2 else [work]:
            self._run(view.grid, part)

    def _final(self, key: TileKey, sources: Sources, part: TilePart) -> Composition:
        """The composition of what will not be made anew, and a note of its coarsest level."""
        inputs = self._tiles.inputs(sources)
        parents = [tile.level for tile in inputs if tile.level < sources.level]
        self._shown_levels[key] = min(parents, default=sources.level)
        return Composition(key, sources, inputs, True, part)

    def _is_in_work(self, key: TileKey) -> bool:
        """True for a display tile that is being composed as the view needs it."""
        work = self._composing.get(key)
        return work is not None and work.is_final and work.sources in (self._plans.seen(key), self._plans.whole(key))

    def _is_given_up(self, grid: TileGrid, key: TileKey) -> bool:
        """Give up a display tile for which there is nothing but errors: what was seen at other scales stays shown."""
        sources = self._plans.seen(key)
        if self._tiles.inputs(sources) or not self._tiles.have_all_failed(sources.tiles):
            return False
        self._tile_layer.give_up(grid, key)
        self._tiles.find_seen(grid, key, partial(self._show_seen, grid, key))
        self._incomplete[key] = sources
        self._announce()
        return True

    def _show_seen(self, grid: TileGrid, key: TileKey, picture: QImage, is_scaled: bool) -> None:
        self._tile_layer.put_provisional(grid, key, picture, is_scaled=is_scaled)
        self._announce()

    def _stand_ins(self, view: View, waiting: Iterable[TileKey]) -> list[Composition]:
        """The compositions of coarser tiles for display tiles that wait and have no such stand-in."""
        matrices, work = self.drawn_service.matrices.matrices, []
        for key in waiting:
            sources = self._plans.whole(key)
            inputs = self._tiles.inputs(sources)
            if not inputs:
                continue
            coarser = matrices[min(tile.level for tile in inputs)].resolution / matrices[sources.level].resolution
            if self._tile_layer.lacks_stand_in(view, key, sources.enlarged * coarser * view.grid.resolution):
                work.append(Composition(key, sources, inputs, False, WHOLE_TILE))
        return work

    def _ripen(self, tile: SourceTile) -> None:
        """Compose what waited for this tile alone, without a new plan, once no other tiles are being composed."""
        self._ripe.update(dict.fromkeys(key for key in self._awaited.pop(tile, ()) if self._has_all(key)))
        if self._ripe and not self._composing and not self._is_ripening:
            self._is_ripening = True
            self.context.mailbox.post(self._compose_ripe)  # once for all answers of this turn

    def _has_all(self, key: TileKey) -> bool:
        """True for a display tile of which nothing is awaited any more."""
        return key in self._plans and not self._tiles.needed_for(self._plans.seen(key))

    def _compose_ripe(self) -> None:
        self._is_ripening = False
        view = self._view
        if self._ripe and view is not None and self._plans.is_for(view.grid) and not self._is_closed:
            ripe, self._ripe = self._ripe, {}
            # Asked once more: a tile may have been found blank meanwhile, and its parent is not there yet.
            self._compose(view, filter(self._has_all, ripe), ())

    def _run(self, grid: TileGrid, work: list[Composition]) -> None:
        if not work:
            return
        self._composing |= {composition.key: composition for composition in work}
        is_quick = len(work) <= COMPOSED_HERE and all(composition.sources.is_affine for composition in work)
        if is_quick and not self.context.mailbox.is_held:
            self._composed(grid, self.drawn_service, work, [each.image(self.drawn_service.matrices) for each in work])
            return
        drawn = self.drawn_service

        def compose(_: JobContext) -> list[QImage]:
            return [each.image(drawn.matrices) for each in work]

        def failed(error: GeoloupeError) -> None:
            self._end(work)
            self._set_problem(error.sentence)

        self.context.jobs.run(compose, partial(self._composed, grid, drawn, work), failed)

    def _end(self, work: list[Composition]) -> None:
        for composition in work:
            self._composing.pop(composition.key, None)

    def _composed(self, grid: TileGrid, drawn: TileService, work: list[Composition], pictures: list[QImage]) -> None:
        self._end(work)
        if self._is_closed:
            return
        if drawn is not self.drawn_service and self._view is not None and grid == self._view.grid:
            self._request_soon()  # more is asked for since: they are composed anew
            return
        for (key, sources, inputs, is_final, part), image in zip(work, pictures, strict=True):
            if any(map(self._tiles.is_blank, inputs)):  # found meanwhile: it is composed anew
                continue
            if not is_final:
                self._tile_layer.put_provisional(grid, key, image)
                continue
            whole = not (any(map(self._tiles.lacks, sources.tiles)) or self._tiles.cuts(sources))
            if not part.is_whole:
                self._tile_layer.put_part(grid, self.service, key, image, lasting=whole)
            else:
                if image.isNull() and len(sources.tiles) == 1:  # what has come before still shows
                    image = self._tiles.part(sources.tiles[0]) or image
                self._tile_layer.put(grid, self.service, key, image, lasting=whole)
            if not whole and self._plans.is_for(grid):
                self._incomplete[key] = sources
        self._compose_ripe()
        self._announce()
        if not (self._composing or self._tiles.queue.is_under_way):
            self._request_soon()

    # -- hosts --------------------------------------------------------------------------------------------------

    @property
    def reach(self) -> HostReach:
        """The way in which a host of the service is reached, or why only stored tiles can be shown."""
        fetcher = self.context.fetcher
        ways = [] if fetcher is None else [fetcher.reach_of(host) for host in self.service.hosts]
        if not ways or HostReach.REACHED in ways:
            return HostReach.REACHED
        return HostReach.UNREACHABLE if HostReach.UNREACHABLE in ways else ways[0]

    def note_attempt(self) -> None:
        """Note that the analyst has the hosts of the service asked again, which is said at once."""
        self._tried = Tried.now()
        QTimer.singleShot(round(1000 * TRIED_S) + 20, self, self._announce)
        self._states.forget()
        self._announce()

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
            self._tiles.ask_again()
            self._redo(list(self._incomplete))
            self._request_soon()

    def _forget_expired(self) -> None:
        expired = self._tiles.take_expired()
        if expired:
            self._redo([key for key, sources in self._incomplete.items() if expired.intersection(sources.tiles)])

    def _redo(self, keys: list[TileKey]) -> None:
        self._tile_layer.drop(keys)
        for key in keys:
            self._incomplete.pop(key, None)
