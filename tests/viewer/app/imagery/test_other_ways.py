"""W6, W19 and T11 of the rule book on quirks: limits that a server does not declare are learned from its refusal, and
of two addresses of the same maps or tiles the one that answers is used; by the log of a server that lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.services.offers.wmts import read_wmts
from layers.services.tile_service import TileService
from tests.support.map_faults import FaultyMaps, serving_maps
from tests.support.quarters import BOX, QUARTERS, colours, show, the_layer
from tests.support.service_layers import note_on_map
from tests.support.windows import settle
from tests.support.wms_documents import document, geographic_box, layer_xml, service_of
from tests.support.wmts_documents import capabilities, get_tile, layer, mercator, resource
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher

MESSAGE = "panel"


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def server() -> Iterator[FaultyMaps]:
    with serving_maps(BOX) as server:
        yield server


def maps_of(server: FaultyMaps, crs: str = "EPSG:3857") -> TileService:
    text = document(layer_xml(geographic_box(server.box), crs=f"<CRS>{crs}</CRS>"), href=f"{server.url}/wms")
    return service_of(text, f"{server.url}/wms")


def tiles_of(server: FaultyMaps) -> TileService:
    """Tiles with two addresses, of which the one of REST comes first."""
    template = f"{server.url}/rest/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.png"
    operations = get_tile(f"{server.url}/kvp?")
    text = capabilities(layer(resources=resource(template)), mercator(levels=12), operations=operations)
    (offered,) = read_wmts(text, f"{server.url}/wmts").layers
    assert offered.service is not None
    return offered.service


def service_in_case(window: MainWindow) -> TileService:
    return TileService.from_json(the_layer(window).source)


def sides_of(server: FaultyMaps) -> list[int]:
    """The longer sides of the pictures that were asked for, in their order."""
    return [max(int(question["WIDTH"]), int(question["HEIGHT"])) for question in server.maps]


def doors(server: FaultyMaps) -> list[str]:
    """The first parts of the paths that were asked for, in their order."""
    return [urlsplit(path).path.split("/")[1] for path in server.log]


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("crs", "words", "side"),
    [
        ("EPSG:3857", "WIDTH and HEIGHT must be between 1 and 300 pixels", 256),
        pytest.param("EPSG:25832", "Image size out of range", 256, marks=pytest.mark.bounded),
        pytest.param("EPSG:4326", "Requested image exceeds 128 x 128", 128, marks=pytest.mark.bounded),
    ],
)
def test_w19_a_limit_that_nobody_declares_is_learned_from_the_refusal(
    window: MainWindow, server: FaultyMaps, crs: str, words: str, side: int, qtbot: QtBot
) -> None:
    server.largest_px, server.limit_words = side, words
    show(window, server, maps_of(server, crs), BOX, qtbot)
    qtbot.waitUntil(lambda: service_in_case(window).matrices.matrices[0].tile_width == side, timeout=10_000)
    settle(window, qtbot)
    assert colours(window) == QUARTERS
    sides = sides_of(server)  # of requests that are on their way at once, the server may note a later one first
    refused = [length for length in sides if length > side]
    assert refused
    assert len(refused) <= 4, "a server that refuses is not pressed"
    assert max(set(sides) - set(refused)) == side
    line = window.messages.line(MESSAGE)
    assert line is not None
    assert f"{side} × {side} pixels" in line.text
    server.log.clear()
    window.action_table["undo"].trigger()
    settle(window, qtbot)
    assert service_in_case(window).matrices.matrices[0].tile_width == 512
    assert all(length > side for length in sides_of(server)), "what was undone is not tried again"


def test_w19_w20_a_refusal_of_other_matters_changes_nothing_and_is_told_on_the_map(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    server.largest_px, server.limit_words = 1, "Layer not defined"
    show(window, server, maps_of(server), BOX, qtbot)
    sides = sides_of(server)
    assert set(sides[:1]) | set(sides[-1:]) >= {512}, "the own squares of the service were asked for"
    assert min(sides) == 512
    assert len(sides) <= 10, "a server that refuses is not pressed"
    assert "Layer not defined" in note_on_map(window)
    assert set(colours(window).values()).isdisjoint(QUARTERS.values())


@pytest.mark.bounded
def test_w6_where_the_declared_address_is_dead_the_one_that_was_opened_is_used(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    text = document(layer_xml(geographic_box(server.box)), href=f"{server.url}/old/path?map=a&")
    service = service_of(text, f"{server.url}/wms?SERVICE=WMS&REQUEST=GetCapabilities")
    assert "/old/path" in service.template
    server.dead = {"/old/path"}
    show(window, server, service, BOX, qtbot)
    qtbot.waitUntil(lambda: "/wms?" in service_in_case(window).template, timeout=10_000)
    settle(window, qtbot)
    assert colours(window) == QUARTERS
    assert doors(server).count("old") < 30
    window.action_table["undo"].trigger()
    assert "/old/path" in service_in_case(window).template


@pytest.mark.bounded
@pytest.mark.parametrize("status", [404, 400])
def test_t11_of_two_addresses_the_one_that_answers_is_used(
    window: MainWindow, server: FaultyMaps, status: int, qtbot: QtBot
) -> None:
    server.rest_status = status
    service = tiles_of(server)
    assert "/rest/" in service.template
    show(window, server, service, BOX, qtbot)
    qtbot.waitUntil(lambda: "/kvp?" in service_in_case(window).template, timeout=20_000)
    settle(window, qtbot)
    assert colours(window) == QUARTERS
    asked = doors(server)
    assert set(asked[asked.index("kvp") + 3 :]) == {"kvp"}
    assert asked.count("rest") <= (40 if status == 404 else 4), "a refusal is enough; what is not there has parents"
    line = window.messages.line(MESSAGE)
    assert line is not None
    assert server.host in line.text
    assert line.action is not None
    server.log.clear()
    line.action.run()
    settle(window, qtbot)
    assert "/rest/" in service_in_case(window).template
    assert "kvp" not in doors(server), "what was turned back is not tried again"
    assert line not in window.messages.lines()


@pytest.mark.bounded
def test_t11_where_the_first_address_answers_the_other_one_is_not_asked(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    show(window, server, tiles_of(server), BOX, qtbot)
    assert colours(window) == QUARTERS
    assert set(doors(server)) == {"rest"}


@pytest.mark.bounded
def test_t11_a_place_without_tiles_is_no_reason_to_ask_elsewhere(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    show(window, server, tiles_of(server), Bounds(100.0, 20.0, 101.0, 21.0), qtbot)
    window.views.show_bounds(Bounds(110.0, 20.0, 111.0, 21.0), 0.0)
    settle(window, qtbot)
    assert set(doors(server)) == {"rest"}, "coarser tiles are there"
    assert "/rest/" in service_in_case(window).template
