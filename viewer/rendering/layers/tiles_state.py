"""The state of a tile service's layer: what it follows from, which one it is, and its words."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, lonlat_bounds
from layers.grid.map_scale import map_scale
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.services.matrix import Sources, SourceTile, level_resolution
from layers.services.scales import coarsest_resolution
from layers.services.stated_area import box_in
from layers.services.tile_service import TileService
from layers.text.counted import counted, grouped
from viewer.network.host_state import HostReach
from viewer.rendering.service_state import (
    SHOWN,
    ServiceState,
    StateKind,
    Tried,
    Way,
    problem_state,
    refused_state,
    sent_on_state,
    tried_again,
    trying_state,
    while_offline,
)

_MOST_VIEWS = 4
"""Views of which the state is kept."""


SAID_FROM = 3.0
"""Enlargement from which a note on the map says that a service is shown enlarged."""
LATE_S = 0.5
"""Seconds after which a layer that loads is said to."""


class TilesFacts(Struct, frozen=True, kw_only=True):
    """All that the state of a tile service's layer follows from.

    `view` is None where nothing is drawn; `plans` are of all display tiles of the view, none where they are not made
    yet.
    """

    name: str
    service: TileService
    view: View | None
    plans: tuple[Sources, ...]
    problem: str
    """Sentence on what is amiss; empty while all is well."""
    is_undated: bool
    """True where no date was chosen."""
    works_offline: bool
    reach: HostReach
    """Another than reached where nothing comes from any host of the service, by choice or not."""
    is_stored: bool
    """True where packs hold what the view needs."""
    lacks_all: bool
    """True where every tile of the view has failed."""
    wants_login: bool
    busy_until: float
    """Time (monotonic) until which a host wants to be left alone; 0 for none."""
    has_pictures: bool
    """True where some of the view is certain to be shown."""
    lacking: frozenset[SourceTile]
    """Tiles of the view that failed, or that the service does not have."""
    is_clear: bool
    """True where all that has come of a date for the view is transparent."""
    is_blank: bool
    """True where the server has sent pictures for tiles of the view that stand for none."""
    progress: tuple[int, int]
    """Tiles that have come, and all that are loaded; (0, 0) where nothing is under way."""
    loads_since: float
    coarsest: int
    """The coarsest level that is shown."""
    enlarged: float
    """Enlargement of that level."""
    asked_date: str
    """Date that is asked for, as people write it; empty for a service without dates."""
    tried: Tried | None
    """The analyst's last attempt to have the service asked again; None once it has answered."""
    other_date: str | None
    """Date that the server has drawn instead, as people write it: empty where it does not say which, None while it has
    said no such thing.
    """
    is_sent_on: bool = False
    """True where a host of the service sends us on to one that has not been allowed."""
    is_scaled: bool = False
    """True where what was seen at another scale stands in for what cannot come."""


class KeptStates:
    """The states of one layer, found anew only after news of it, when time has changed it, or for another view."""

    def __init__(self, find: Callable[[View | None], tuple[ServiceState, float]]) -> None:
        """`find`: the state in a view, and the time (monotonic) until which it holds without news."""
        self._find = find
        self._kept: dict[View | None, tuple[ServiceState, float]] = {}

    def in_view(self, view: View | None) -> ServiceState:
        kept = self._kept.get(view)
        if kept is None or time.monotonic() >= kept[1]:
            if len(self._kept) >= _MOST_VIEWS:
                self._kept.clear()
            kept = self._kept[view] = self._find(view)
        return kept[0]

    def forget(self) -> None:
        """Find the state anew when it is asked for next, as there is news."""
        self._kept.clear()


def state_of(facts: TilesFacts, now: float) -> tuple[ServiceState, float]:
    """The state of a layer, and the time (monotonic) until which it holds without news."""
    if facts.is_undated:
        return ServiceState(StateKind.UNDATED, Phrase("no date"), facts.problem, (Way.CHOOSE_DATE,), True), math.inf
    place = None if facts.view is None else place_state(facts.name, facts.service, facts.view, facts.plans)
    if place is not None and not (place.kind is StateKind.OUTSIDE and facts.has_pictures):
        return place, math.inf
    if facts.works_offline and not facts.is_stored and not (facts.problem and not facts.reach.is_cut_off):
        is_drawn = not facts.service.is_tiled
        scaled = is_drawn and facts.is_scaled
        return offline_state(facts.name, lacks_all=facts.lacks_all, is_drawn=is_drawn, is_scaled=scaled), math.inf
    if facts.tried is not None and facts.tried.said_until > now and not facts.works_offline:
        return trying_state(facts.name), facts.tried.said_until
    if facts.problem and not _is_all_stored(facts):
        state, until = _failed_state(facts, now)
        return while_offline(state) if facts.works_offline else state, until
    if facts.view is None or not facts.plans:
        return SHOWN, math.inf
    late_at = facts.loads_since + LATE_S if any(facts.progress) else math.inf
    if now >= late_at:
        return loading_state(facts.name, *facts.progress), math.inf
    return _shown_state(facts), late_at


def _is_all_stored(facts: TilesFacts) -> bool:
    """True where packs hold all that the view needs, so that no server is missed."""
    return facts.is_stored and bool(facts.plans) and not facts.lacking and not any(facts.progress)


def _failed_state(facts: TilesFacts, now: float) -> tuple[ServiceState, float]:
    """The state of a layer whose server does not give what it is asked for, and the time until which it holds."""
    clock = "" if facts.tried is None else facts.tried.clock
    if facts.is_sent_on:
        return sent_on_state(facts.problem), math.inf
    if facts.wants_login:
        return tried_again(refused_state(facts.problem), clock), math.inf
    is_busy = facts.busy_until > now
    state = problem_state(
        facts.problem,
        is_busy=is_busy,
        reach=facts.reach,
        has_pictures=facts.has_pictures,
        enlarged=facts.enlarged if facts.enlarged >= SAID_FROM else 0.0,
    )
    return tried_again(state, clock), facts.busy_until if is_busy else math.inf


def _shown_state(facts: TilesFacts) -> ServiceState:
    """The state of a layer of which all has come that will."""
    tiles = {tile for sources in facts.plans for tile in sources.tiles}
    if (tiles and tiles == facts.lacking and not facts.has_pictures) or facts.is_clear:
        return empty_state(facts.name, facts.asked_date)
    if facts.enlarged >= SAID_FROM:
        return enlarged_state(facts.name, facts.coarsest, facts.enlarged, works_offline=facts.works_offline)
    if facts.lacking:
        return blank_state(facts.name) if facts.is_blank else partial_state(facts.name, facts.works_offline)
    if facts.other_date is not None:
        return other_date_state(facts.name, facts.asked_date, facts.other_date)
    is_nearest = facts.service.nearest and facts.service.is_dated
    return nearest_state(facts.name, facts.asked_date) if is_nearest else SHOWN


def place_state(name: str, service: TileService, view: View, plans: Iterable[Sources]) -> ServiceState | None:
    """The state of a service that has nothing for this scale or this place; None where it may have something."""
    coarse = next((plan for plan in plans if plan.is_too_coarse), None)
    if coarse is not None:
        scale = _shows_from(service, view, coarse)
        words = grouped(round(scale))
        sentence = Phrase("“{name}” shows from 1:{scale}: this map shows more of the world.", name=name, scale=words)
        ways = (Way.ZOOM,)
        return ServiceState(StateKind.OUT_OF_SCALE, Phrase("from 1:{scale}", scale=words), sentence, ways, True, scale)
    if service.bounds is not None and not _meet(view, service.bounds):
        sentence = Phrase("“{name}” has nothing here: it covers another part of the world.", name=name)
        return ServiceState(StateKind.OUTSIDE, Phrase("nothing here"), sentence, (Way.SHOW_COVERED,), True)
    return None


def _shows_from(service: TileService, view: View, plan: Sources) -> float:
    """The n of a scale 1 : n of this map at which the service is certain to show."""
    if not plan.enlarged:
        return 0.0
    shown = level_resolution(plan.level, service) / plan.enlarged
    scale = map_scale(view) * coarsest_resolution(service) / shown
    if not scale > 0:
        return 0.0
    step = 10.0 ** max(0, math.floor(math.log10(scale)) - 1)
    return math.floor(scale / step) * step


def _meet(view: View, bounds: Bounds) -> bool:
    """True where a view may show a part of these bounds, in longitude and latitude."""
    box = box_in(view.grid.crs, WGS84, bounds)
    if box is not None and box.intersects(view.world_bounds()):  # it is so most of the time
        return True
    try:
        seen = lonlat_bounds(view.grid.crs, view.world_bounds())
    except GeoloupeError:
        return True
    turns = (-360.0, 0.0, 360.0)
    return any(
        seen.intersects(Bounds(bounds.left + turn, bounds.bottom, bounds.right + turn, bounds.top)) for turn in turns
    )


def offline_state(name: str, *, lacks_all: bool, is_drawn: bool = False, is_scaled: bool = False) -> ServiceState:
    """The state while working offline. `is_drawn`: its server draws each view anew, so that only these are stored;
    `is_scaled`: what was seen of it at another scale stands in.
    """
    sentence = (
        Phrase("“{name}”: working offline, and none of its tiles are stored for this place.", name=name)
        if lacks_all
        else Phrase("“{name}”: working offline, only tiles that are stored on this computer are shown.", name=name)
    )
    if is_drawn:
        sentence = Phrase(
            "“{name}”: working offline. Its server draws each view anew: only views that were seen before, at the same"
            " scale, are stored. A pack holds all of an area.",
            name=name,
        )
    if is_scaled:
        sentence = Phrase(
            "“{name}”: working offline. Its server draws each view anew: what was seen before at another scale is shown"
            " for it, larger or smaller than it was drawn.",
            name=name,
        )
    return ServiceState(StateKind.OFFLINE, Phrase("offline mode"), sentence, (Way.WORK_ONLINE,), lacks_all)


def loading_state(name: str, come: int, total: int) -> ServiceState:
    """The state while tiles are under way."""
    sentence = Phrase(
        "“{name}” is loading: {come} of {tiles} so far.", name=name, come=come, tiles=counted(total, "tile")
    )
    return ServiceState(StateKind.LOADING, Phrase("loading"), sentence)


def empty_state(name: str, date: str) -> ServiceState:
    """The state of a service that has no tile in the view."""
    sentence = (
        Phrase("“{name}” has nothing here on {date}: choose another date, or another place.", name=name, date=date)
        if date
        else Phrase("“{name}” has nothing here: its server has no tile of this place.", name=name)
    )
    ways = (Way.CHOOSE_DATE,) if date else ()
    return ServiceState(StateKind.EMPTY, Phrase("nothing here"), sentence, ways, True)


def enlarged_state(name: str, level: int, enlarged: float, *, works_offline: bool) -> ServiceState:
    """The state of a service that ends before the scale of the map, or of which no tiles for it are stored."""
    sentence = Phrase(
        "“{name}”: working offline, no tiles are stored for this view: those of level {level} are shown, {round} times"
        " enlarged."
        if works_offline
        else "“{name}” has nothing finer than level {level} here: shown {round} times enlarged.",
        name=name,
        level=level,
        round=grouped(round(enlarged)),
    )
    return ServiceState(StateKind.PARTIAL, Phrase("enlarged"), sentence, (), True)


def partial_state(name: str, works_offline: bool) -> ServiceState:
    """The state of a service that lacks some tiles of the view, or of which they are not stored."""
    sentence = Phrase(
        "“{name}”: working offline, some tiles of this view are not stored: coarser ones, or nothing, are shown for"
        " them."
        if works_offline
        else "“{name}” lacks some tiles here: coarser ones, or nothing, are shown for them.",
        name=name,
    )
    return ServiceState(StateKind.PARTIAL, Phrase("partial"), sentence)


def blank_state(name: str) -> ServiceState:
    """The state of a service that sends pictures in which there is nothing of the place."""
    sentence = Phrase(
        "“{name}” has no pictures of its own for parts of this map, only a blank one: coarser tiles are shown there.",
        name=name,
    )
    return ServiceState(StateKind.PARTIAL, Phrase("partial"), sentence, (), True)


def nearest_state(name: str, date: str) -> ServiceState:
    """The state of a service whose server may draw another date than it is asked for."""
    sentence = Phrase("“{name}”: {date} is asked for, the nearest may be served.", name=name, date=date)
    return ServiceState(StateKind.NEAREST, Phrase("nearest"), sentence)


def other_date_state(name: str, date: str, served: str) -> ServiceState:
    """The state of a service whose server says that it has drawn another date; `served` is empty for one unknown."""
    if served:
        badge = Phrase("served {when}", when=served)
        sentence = Phrase("“{name}”: {date} was asked for, {when} was served.", name=name, date=date, when=served)
    else:
        badge = Phrase("other date")
        sentence = Phrase("“{name}”: {date} was asked for, another date was served.", name=name, date=date)
    return ServiceState(StateKind.OTHER_DATE, badge, sentence, (Way.CHOOSE_DATE,), True)
