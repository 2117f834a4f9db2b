"""The states of a tile service's layer in words."""

from __future__ import annotations

import math
from collections.abc import Iterable

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import lonlat_bounds
from layers.grid.map_scale import map_scale
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.services.matrix import Sources, level_resolution
from layers.services.scales import coarsest_resolution
from layers.services.tile_service import TileService
from layers.services.times.time_steps import written_time
from layers.text.counted import counted, grouped
from viewer.rendering.drawing import moment_text
from viewer.rendering.service_state import ServiceState, StateKind, Way


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
    try:
        seen = lonlat_bounds(view.grid.crs, view.world_bounds())
    except GeoloupeError:
        return True
    turns = (-360.0, 0.0, 360.0)
    return any(
        seen.intersects(Bounds(bounds.left + turn, bounds.bottom, bounds.right + turn, bounds.top)) for turn in turns
    )


def offline_state(name: str, *, lacks_all: bool) -> ServiceState:
    """The state while working offline."""
    sentence = (
        Phrase("“{name}”: working offline, and none of its tiles are stored for this place.", name=name)
        if lacks_all
        else Phrase("“{name}”: working offline, only tiles that are stored on this computer are shown.", name=name)
    )
    return ServiceState(StateKind.OFFLINE, Phrase("offline"), sentence, (Way.WORK_ONLINE,), lacks_all)


def problem_state(problem: str, *, is_busy: bool, is_offline: bool, has_pictures: bool) -> ServiceState:
    """The state of a service whose server does not give what it is asked for.

    problem: the sentence on what is amiss
    is_busy: True where the server wants to be left alone for a while
    is_offline: True where nothing comes from any host of the service
    has_pictures: True where tiles that came earlier are shown in the view
    """
    sentence = Phrase("{problem} What came earlier is shown.", problem=problem) if has_pictures else problem
    if is_busy:
        return ServiceState(StateKind.BUSY, Phrase("busy"), sentence, (), True)
    ways = (Way.TRY_AGAIN, Way.WORK_OFFLINE)
    if is_offline:
        return ServiceState(StateKind.OFFLINE, Phrase("offline"), sentence, ways, True)
    return ServiceState(StateKind.FAILED, Phrase("failed"), sentence, ways, True)


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


def enlarged_state(name: str, level: int, enlarged: float) -> ServiceState:
    """The state of a service that ends before the scale of the map."""
    sentence = Phrase(
        "“{name}” has nothing finer than level {level} here: shown {round} times enlarged.",
        name=name,
        level=level,
        round=grouped(round(enlarged)),
    )
    return ServiceState(StateKind.PARTIAL, Phrase("enlarged"), sentence, (), True)


def partial_state(name: str) -> ServiceState:
    """The state of a service that lacks some tiles of the view."""
    sentence = Phrase("“{name}” lacks some tiles here: coarser ones, or nothing, are shown for them.", name=name)
    return ServiceState(StateKind.PARTIAL, Phrase("partial"), sentence)


def nearest_state(name: str, date: str) -> ServiceState:
    """The state of a service whose server may draw another date than it is asked for."""
    sentence = Phrase("“{name}”: {date} is asked for, the nearest may be served.", name=name, date=date)
    return ServiceState(StateKind.NEAREST, Phrase("nearest"), sentence)


def other_date_state(name: str, date: str, served: str) -> ServiceState:
    """The state of a service whose server says that it has drawn another date; `served` is empty for one unknown."""
    if served:
        when = moment_text(written_time(served) or served)
        sentence = Phrase("“{name}”: {date} was asked for, {when} was served.", name=name, date=date, when=when)
    else:
        sentence = Phrase("“{name}”: {date} was asked for, another date was served.", name=name, date=date)
    return ServiceState(StateKind.OTHER_DATE, Phrase("other date"), sentence, (Way.CHOOSE_DATE,), True)
