"""The state of a tile service's layer: which one it is, and when it is found anew."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.tile_grid import View
from layers.services.matrix import Sources, SourceTile
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host, drawn_service
from viewer.network.host_state import HostReach
from viewer.rendering.context import RenderContext
from viewer.rendering.layers import tiles_drawing
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.layers.tiles_state import LATE_S, TilesFacts, state_of
from viewer.rendering.service_state import Notice, ServiceState, StateKind, Tried, Way, told_once
from viewer.rendering.tile_layer import TileLayer
from viewer.support.jobs import Jobs

VIEW = View.of_bounds(WEB_MERCATOR, world_bounds(WEB_MERCATOR), 1400, 1400)
TILE = SourceTile(3, 1, 1)
PLAN = Sources(3, np.zeros((9, 9, 2)), range(1, 2), range(1, 2), (TILE,), True, 1.0)
SERVICE = TileService("World", "http://tiles.example.org/{z}/{x}/{y}.png", max_level=9)
DATED = TileService("World", "http://tiles.example.org/{time}/{z}/{x}/{y}.png", max_level=9, time="2024-04-01")
WELL = TilesFacts(
    name="World",
    service=SERVICE,
    view=VIEW,
    plans=(PLAN,),
    problem="",
    is_undated=False,
    works_offline=False,
    reach=HostReach.REACHED,
    is_stored=False,
    lacks_all=False,
    wants_login=False,
    busy_until=0.0,
    has_pictures=True,
    lacking=frozenset(),
    is_clear=False,
    is_blank=False,
    progress=(0, 0),
    loads_since=0.0,
    coarsest=3,
    enlarged=1.0,
    asked_date="",
    tried=None,
    other_date=None,
)
NOW = 1000.0


@pytest.mark.parametrize(
    ("facts", "kind", "until"),
    [
        ({}, StateKind.SHOWN, math.inf),
        ({"is_undated": True, "problem": "Choose a day."}, StateKind.UNDATED, math.inf),
        ({"plans": (replace(PLAN, is_too_coarse=True),)}, StateKind.OUT_OF_SCALE, math.inf),
        ({"service": replace(SERVICE, bounds=Bounds(170, 80, 171, 81)), "has_pictures": False}, None, math.inf),
        ({"works_offline": True, "reach": HostReach.OFFLINE}, StateKind.OFFLINE, math.inf),
        ({"works_offline": True, "reach": HostReach.OFFLINE, "is_stored": True}, StateKind.SHOWN, math.inf),
        ({"problem": "It fails."}, StateKind.FAILED, math.inf),
        ({"problem": "It fails.", "reach": HostReach.UNREACHABLE}, StateKind.OFFLINE, math.inf),
        ({"problem": "It fails.", "reach": HostReach.UNREACHABLE, "is_stored": True}, StateKind.SHOWN, math.inf),
        (
            {"problem": "It fails.", "reach": HostReach.UNREACHABLE, "is_stored": True, "lacking": frozenset({TILE})},
            StateKind.OFFLINE,
            math.inf,
        ),
        ({"problem": "It fails.", "is_stored": True}, StateKind.SHOWN, math.inf),
        ({"problem": "It fails.", "is_stored": True, "lacking": frozenset({TILE})}, StateKind.FAILED, math.inf),
        ({"problem": "It fails.", "tried": Tried("14:03:27", NOW + 0.5)}, StateKind.LOADING, NOW + 0.5),
        ({"problem": "It fails.", "tried": Tried("14:03:27", NOW)}, StateKind.FAILED, math.inf),
        ({"problem": "Sign in.", "wants_login": True}, StateKind.FAILED, math.inf),
        ({"problem": "It is busy.", "busy_until": NOW + 7}, StateKind.BUSY, NOW + 7),
        ({"problem": "It is busy.", "busy_until": NOW - 7}, StateKind.FAILED, math.inf),
        ({"progress": (1, 4), "loads_since": NOW - 1}, StateKind.LOADING, math.inf),
        ({"progress": (1, 4), "loads_since": NOW}, StateKind.SHOWN, NOW + LATE_S),
        ({"lacking": frozenset({TILE}), "has_pictures": False}, StateKind.EMPTY, math.inf),
        ({"lacking": frozenset({TILE})}, StateKind.PARTIAL, math.inf),
        ({"service": DATED, "asked_date": "2024-04-01", "is_clear": True}, StateKind.EMPTY, math.inf),
        ({"enlarged": 8.0}, StateKind.PARTIAL, math.inf),
        ({"service": DATED, "asked_date": "2024-04-01", "other_date": ""}, StateKind.OTHER_DATE, math.inf),
        ({"service": replace(DATED, nearest=True), "asked_date": "2024-04-01"}, StateKind.NEAREST, math.inf),
        ({"view": None, "plans": (), "progress": (1, 4)}, StateKind.SHOWN, math.inf),
    ],
)
def test_a_state_follows_from_facts_and_holds_until_a_time(
    facts: dict[str, Any], kind: StateKind | None, until: float
) -> None:
    state, holds_until = state_of(replace(WELL, **facts), NOW)
    if kind is not None:
        assert state.kind is kind, state
    assert holds_until == until


def test_what_stands_in_for_a_lost_server_is_said_to_be_enlarged() -> None:
    facts = replace(WELL, problem="It fails.", reach=HostReach.UNREACHABLE, lacking=frozenset({TILE}), enlarged=8.2)
    state, _ = state_of(facts, NOW)
    assert state.sentence == "It fails. What came earlier is shown, 8 times enlarged."
    state, _ = state_of(replace(facts, enlarged=1.5), NOW)
    assert state.sentence == "It fails. What came earlier is shown."


def test_offline_no_way_leads_offline_or_to_a_server() -> None:
    facts = replace(WELL, problem="It refuses us.", wants_login=True, lacking=frozenset({TILE}))
    assert state_of(facts, NOW)[0].ways == (Way.SIGN_IN, Way.TRY_AGAIN, Way.WORK_OFFLINE)
    assert state_of(replace(facts, works_offline=True), NOW)[0].ways == (Way.WORK_ONLINE, Way.SIGN_IN)


def failed(name: str, host: str = "a.example", ways: tuple[Way, ...] = (Way.TRY_AGAIN,)) -> Notice:
    sentence = f"“{name}”: {host} cannot be reached."
    return Notice(name, ServiceState(StateKind.OFFLINE, "unreachable", sentence, ways, True), name)


def test_one_cause_is_told_once_for_all_its_layers() -> None:
    others = [failed(name) for name in "BCDEF"]
    both, other, alone = told_once([failed("A"), failed("Z", "b.example"), *others, failed("Y", ways=(Way.ZOOM,))])
    assert both.sentence == ("“A”: a.example cannot be reached. The same goes for “B”, “C”, “D”, 2 more layers.")
    assert both.matters == {notice.matter for notice in (failed("A"), *others)}
    assert other.sentence == "“Z”: b.example cannot be reached."
    assert alone.layer_uuid == "Y", "a way of one layer only is not that of others"


@pytest.mark.parametrize(
    ("reach", "badge"),
    [(HostReach.REACHED, "failed"), (HostReach.UNREACHABLE, "unreachable"), (HostReach.NO_NETWORK, "offline")],
)
def test_f21_an_unreachable_host_is_told_apart_from_offline_mode(reach: HostReach, badge: str) -> None:
    assert state_of(replace(WELL, problem="It fails.", reach=reach), NOW)[0].badge == badge
    mode = state_of(replace(WELL, works_offline=True, reach=HostReach.OFFLINE), NOW)[0]
    assert mode.badge == "offline mode"
    assert "working offline" in mode.sentence


def test_a_failure_says_when_it_was_tried_again_and_is_the_same_matter() -> None:
    first = state_of(replace(WELL, problem="It fails.", reach=HostReach.UNREACHABLE), NOW)[0]
    again = state_of(
        replace(WELL, problem="It fails.", reach=HostReach.UNREACHABLE, tried=Tried("14:03:27", 0.0)), NOW
    )[0]
    assert again.sentence == f"{first.sentence} Tried again at 14:03:27."
    assert again.matter == first.matter, "a notice that was closed stays closed"


@pytest.mark.parametrize(
    ("works_offline", "enlarged", "partial"),
    [
        (False, "nothing finer than level 3 here", "lacks some tiles"),
        (True, "no tiles are stored for this view", "not"),
    ],
)
def test_offline_the_words_are_of_what_is_stored(works_offline: bool, enlarged: str, partial: str) -> None:
    facts = replace(WELL, works_offline=works_offline, is_stored=True)
    assert enlarged in state_of(replace(facts, enlarged=8.0), NOW)[0].sentence
    assert partial in state_of(replace(facts, lacking=frozenset({TILE})), NOW)[0].sentence


# -- in a drawing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


@pytest.fixture
def drawn(draw: Callable[[Layer], Any], server: TileServer) -> Callable[[str], TilesDrawing]:
    def drawn(fault: str) -> TilesDrawing:
        service = TileService("World", server.template(fault), max_level=3)
        return drawn_service(draw, service, "tiles")

    return drawn


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[TilesFacts]:
    """The facts of which states were found."""
    found: list[TilesFacts] = []

    def find(facts: TilesFacts, now: float) -> Any:
        found.append(facts)
        return state_of(facts, now)

    monkeypatch.setattr(tiles_drawing, "state_of", find)
    return found


@pytest.mark.bounded
def test_a_state_is_found_once_until_there_is_news(drawn, found: list[TilesFacts], context, qtbot) -> None:
    drawing = drawn("ok")
    complete(drawing, VIEW, qtbot)
    qtbot.waitUntil(context.is_idle)
    found.clear()
    for _ in range(50):
        assert drawing.state_in(VIEW).kind is StateKind.SHOWN
        assert drawing.state.kind is StateKind.SHOWN
    assert len(found) == 1
    context.fetcher.set_offline(True)
    assert drawing.state.kind is StateKind.OFFLINE
    context.fetcher.set_offline(False)
    assert drawing.state.kind is StateKind.SHOWN
    drawing.set_layer(replace(drawing.layer, name="Another"))
    drawing.set_view(replace(VIEW, left=VIEW.left - 300))
    qtbot.waitUntil(context.is_idle)
    assert drawing.state.kind is StateKind.SHOWN
    assert found[-1].name == "Another"


def test_loading_is_said_after_a_while_without_news(drawn, found: list[TilesFacts], server, qtbot) -> None:
    drawing = drawn("hang")
    drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: bool(server.log))
    assert drawing.state.kind is StateKind.SHOWN
    qtbot.waitUntil(lambda: drawing.state.kind is StateKind.LOADING, timeout=5000)
    assert len(found) <= 4
    server.released.set()


def test_a_failure_and_a_recovery_are_news(drawn, server: TileServer, context, qtbot) -> None:
    server.fail_first = 1000
    drawing = drawn("ok")
    complete(drawing, VIEW, qtbot)
    assert drawing.state.kind is StateKind.FAILED
    server.fail_first = 0
    context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: drawing.state.kind is StateKind.SHOWN, timeout=10_000)


def test_tiles_that_come_together_are_planned_and_painted_together(
    drawn, server: TileServer, context, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    plan, planned = TileLayer.plan, list[float]()

    def counted(layer: TileLayer, *arguments: Any) -> Any:
        planned.append(time.monotonic())
        return plan(layer, *arguments)

    monkeypatch.setattr(TileLayer, "plan", counted)
    drawing, updates = drawn("ok"), list[float]()
    drawing.updated.connect(lambda: updates.append(time.monotonic()))
    drawing.set_view(VIEW)
    end = time.monotonic() + 20
    while not (drawing.is_complete(VIEW) and context.is_idle()) and time.monotonic() < end:
        time.sleep(0.05)  # as if the window were busy
        QCoreApplication.processEvents()
    assert len(server.log) > 60
    assert len(planned) < len(server.log) / 2
    assert len(updates) < len(server.log) / 2
