"""W2 of the rule book on quirks: a server of maps that ignores the order of axes is found out, by its log, and an
honest one with nothing to show is asked once more at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import hypot

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.services.offers.axis_order import AxisOrder, order_of
from layers.services.tile_service import TileService
from tests.support.map_faults import TRANSPARENT, WHITE, FaultyMaps, serving_maps
from tests.support.quarters import BOX, QUARTERS, colours, show, the_layer
from tests.support.windows import press, settle
from tests.support.wms_documents import document, geographic_box, layer_xml, service_of
from viewer.app.imagery.server_way_desk import SETTING
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel

MESSAGE = "panel"
EAST, NORTH = AxisOrder.EAST_FIRST, AxisOrder.NORTH_FIRST


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def server() -> Iterator[FaultyMaps]:
    with serving_maps(BOX) as server:
        yield server


def capabilities(server: FaultyMaps, crs: str, version: str = "1.3.0", names: tuple[str, ...] = ("a",)) -> str:
    box = geographic_box(server.box)
    layers = "".join(layer_xml(box, name, crs=f"<CRS>{crs}</CRS>") for name in names)
    return document(f"<Layer><Title>All</Title>{layers}</Layer>", version, f"{server.url}/wms")


def service_at(server: FaultyMaps, crs: str, version: str = "1.3.0") -> TileService:
    return service_of(capabilities(server, crs, version), f"{server.url}/wms")


def orders_asked(server: FaultyMaps, crs: str) -> list[AxisOrder]:
    """The orders of axes in which the server was asked for maps of its box, in the order of the requests."""
    x, y = transform_bounds(WGS84, crs, server.box).centre
    asked = [Bounds(*map(float, question["BBOX"].split(","))).centre for question in server.maps]
    return [EAST if hypot(a - x, b - y) < hypot(a - y, b - x) else NORTH for a, b in asked]


def order_in_case(window: MainWindow) -> AxisOrder | None:
    return order_of(TileService.from_json(the_layer(window).source))


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("crs", "outside"),
    [
        ("EPSG:4326", TRANSPARENT),
        pytest.param("EPSG:4326", WHITE, marks=pytest.mark.bounded),
        ("EPSG:4326", "Invalid latitude"),
        pytest.param("EPSG:31467", TRANSPARENT, marks=pytest.mark.bounded),
        pytest.param("EPSG:3035", "No data", marks=pytest.mark.bounded),
    ],
)
def test_w2_a_server_that_ignores_the_rule_is_found_out_and_remembered(
    window: MainWindow, server: FaultyMaps, crs: str, outside: int | str, qtbot: QtBot
) -> None:
    server.ignores_axes, server.outside = {crs}, outside
    service = service_at(server, crs)
    assert order_of(service) is NORTH
    show(window, server, service, BOX, qtbot)
    qtbot.waitUntil(lambda: order_in_case(window) is EAST, timeout=10_000)
    settle(window, qtbot)
    assert colours(window) == QUARTERS
    line = window.messages.line(MESSAGE)
    assert line is not None
    assert line.text.startswith(f"{server.host} drew nothing when it was asked north before east")
    orders = orders_asked(server, crs)
    first = orders.index(EAST)
    assert first > 0
    assert set(orders[first:]) == {EAST}, "nothing is asked in the wrong order any more"
    assert [*window.settings.get(SETTING).values()] == ["EAST_FIRST"]

    server.log.clear()
    window.action_table["undo"].trigger()
    settle(window, qtbot)
    assert order_in_case(window) is NORTH
    assert EAST not in orders_asked(server, crs), "what was undone is not found out again"
    assert window.messages.line(MESSAGE) is None
    assert [*window.settings.get(SETTING).values()] == ["NORTH_FIRST"]
    window.action_table["redo"].trigger()
    settle(window, qtbot)
    assert colours(window) == QUARTERS


@pytest.mark.bounded
def test_w2_the_message_turns_it_back(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    server.ignores_axes = {"*"}
    show(window, server, service_at(server, "EPSG:4326"), BOX, qtbot)
    qtbot.waitUntil(lambda: order_in_case(window) is EAST, timeout=10_000)
    line = window.messages.line(MESSAGE)
    assert line is not None
    assert line.action is not None
    line.action.run()
    assert order_in_case(window) is NORTH


@pytest.mark.bounded
def test_w2_an_honest_server_is_asked_in_its_order_alone(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    show(window, server, service_at(server, "EPSG:4326"), BOX, qtbot)
    assert colours(window) == QUARTERS
    window.views.show_bounds(Bounds(10.0, 44.0, 11.0, 45.0), 0.0)
    settle(window, qtbot)
    assert set(orders_asked(server, "EPSG:4326")) == {NORTH}
    assert len(server.log) == len(set(server.log))


@pytest.mark.bounded
def test_w2_an_honest_server_with_nothing_there_is_asked_once_more_and_nothing_changes(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    server.holes = [Bounds(10.0, 44.0, 14.0, 46.0)]
    show(window, server, service_at(server, "EPSG:4326"), Bounds(11.0, 44.5, 12.0, 45.5), qtbot)
    assert orders_asked(server, "EPSG:4326").count(EAST) == 1
    window.views.show_bounds(Bounds(11.5, 44.2, 11.9, 44.6), 0.0)
    settle(window, qtbot)
    window.views.show_bounds(BOX, 0.05)
    settle(window, qtbot)
    assert orders_asked(server, "EPSG:4326").count(EAST) == 1
    assert order_in_case(window) is NORTH
    assert {place: colour for place, colour in colours(window).items() if place != (11.5, 45.0)} == {
        place: colour for place, colour in QUARTERS.items() if place != (11.5, 45.0)
    }
    assert window.settings.get(SETTING) == {}
    assert window.messages.line(MESSAGE) is None


def test_w2_where_both_orders_lie_in_the_box_nothing_is_concluded(window: MainWindow, qtbot: QtBot) -> None:
    with serving_maps(Bounds(36.0, 36.0, 44.0, 44.0)) as server:
        server.holes = [Bounds(40.0, 36.0, 44.0, 40.0)]
        show(window, server, service_at(server, "EPSG:4326"), Bounds(41.0, 37.0, 42.0, 38.0), qtbot)
        assert len(server.maps) > 0
        souths = [float(question["BBOX"].split(",")[0]) for question in server.maps]
        assert max(souths) < 39.0, "each in the order of the CRS"
        assert order_in_case(window) is NORTH


@pytest.mark.bounded
def test_w2_a_server_of_1_1_1_that_turns_boxes_round_is_found_out_too(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    service = service_at(server, "EPSG:4326", "1.1.1")
    assert order_of(service) is EAST
    server.ignores_axes = set()
    server.turns_old = True
    show(window, server, service, BOX, qtbot)
    qtbot.waitUntil(lambda: order_in_case(window) is NORTH, timeout=10_000)
    settle(window, qtbot)
    assert colours(window) == QUARTERS


@pytest.mark.bounded
def test_w2_the_next_layer_of_the_server_is_asked_right_from_the_beginning(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    server.ignores_axes = {"EPSG:4326"}
    show(window, server, service_at(server, "EPSG:4326"), BOX, qtbot)
    qtbot.waitUntil(lambda: order_in_case(window) is EAST, timeout=10_000)
    settle(window, qtbot)
    server.documents["/wms"] = capabilities(server, "EPSG:4326", names=("b",)).encode()
    QGuiApplication.clipboard().setText(f"{server.url}/wms?SERVICE=WMS&REQUEST=GetCapabilities")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = [dialog for dialog in window.findChildren(AddImageryDialog) if dialog.isVisible()]
    qtbot.waitUntil(dialog.panel.back.isVisible, timeout=10_000)
    server.log.clear()
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    assert len(window.session.document.layers) == 2
    assert {question["LAYERS"] for question in server.maps} == {"b"}
    assert set(orders_asked(server, "EPSG:4326")) == {EAST}


@pytest.mark.bounded
def test_w2_the_switch_in_the_properties_is_of_the_whole_server(
    window: MainWindow, server: FaultyMaps, qtbot: QtBot
) -> None:
    service = service_at(server, "EPSG:4326")
    show(window, server, service, BOX, qtbot)
    window.session.push(add_layer(window.session.document, "tiles", "More", encoded(service), actor="a"))
    uuids = list(window.session.document.layers)
    window.panel_context.show_layer(uuids[0], raise_form=True)
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    qtbot.waitUntil(panel.axes.isVisible)
    assert panel.axes.order.currentText() == "North before east"
    panel.axes.order.setCurrentIndex(0)
    panel.axes.order.activated.emit(0)
    assert {order_of(TileService.from_json(row.source)) for row in window.session.document.layers.values()} == {EAST}
    assert [*window.settings.get(SETTING).values()] == ["EAST_FIRST"]
    settle(window, qtbot)
    window.action_table["undo"].trigger()
    settle(window, qtbot)
    assert panel.axes.order.currentText() == "North before east"
    assert colours(window) == QUARTERS
