"""W15 and W18 of the rule book on quirks: the dates of a layer in a case are read anew from its server where the newest
one is wanted, and the control says what it does not understand of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.services.tile_service import TileService
from tests.support.map_faults import FaultyMaps, serving_maps
from tests.support.quarters import BOX, show, the_layer
from tests.support.windows import settle
from tests.support.wms_documents import document, geographic_box, layer_xml, service_of
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.service_time_form import ServiceTimeForm


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def server() -> Iterator[FaultyMaps]:
    with serving_maps(BOX) as server:
        yield server


def capabilities(server: FaultyMaps, times: str) -> str:
    dimension = f"<Dimension name='time' units='ISO8601'>{times}</Dimension>" if times else ""
    inner = geographic_box(server.box) + dimension
    return (
        document(layer_xml("", "other") + layer_xml(inner), href=f"{server.url}/wms")
        .replace("</Request>", "</Request><Layer><Title>All</Title>")
        .replace("</Capability>", "</Layer></Capability>")
    )


def shown(window: MainWindow, server: FaultyMaps, times: str, qtbot: QtBot) -> ServiceTimeForm:
    """The control of a layer that was added when the server had these times."""
    text = document(
        layer_xml(geographic_box(server.box) + f"<Dimension name='time'>{times}</Dimension>"), href=f"{server.url}/wms"
    )
    show(window, server, service_of(text, f"{server.url}/wms?SERVICE=WMS&REQUEST=GetCapabilities"), BOX, qtbot)
    (uuid,) = window.session.document.layers
    window.panel_context.show_layer(uuid, raise_form=True)
    settle(window, qtbot)
    panel = window.findChild(LayerPropertiesPanel)
    assert panel is not None
    qtbot.waitUntil(panel.time.isVisible)
    server.log.clear()
    return panel.time


def service(window: MainWindow) -> TileService:
    return TileService.from_json(the_layer(window).source)


def documents_asked(server: FaultyMaps) -> int:
    return sum("getcapabilities" in path.lower() for path in server.log)


@pytest.mark.bounded
def test_w18_latest_is_the_newest_that_the_server_has_now(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    form = shown(window, server, "2024-05-01/2024-05-03/P1D", qtbot)
    assert service(window).time == "2024-05-03"
    assert form.latest.isEnabled(), "the server may have more by now"
    server.documents["/wms"] = capabilities(server, "2024-05-01/2024-06-09/P1D").encode()
    QTest.mouseClick(form.latest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: service(window).time == "2024-06-09", timeout=10_000)
    settle(window, qtbot)
    assert documents_asked(server) == 1
    assert the_layer(window).acquired_at == "2024-06-09"
    assert any("TIME=2024-06-09" in path for path in server.log if "GetMap" in path)
    QTest.mouseClick(form.earlier, Qt.MouseButton.LeftButton)
    assert service(window).time == "2024-06-08", "the days between are there, too"
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert (service(window).time, service(window).times) == ("2024-05-03", "2024-05-01/2024-05-03/P1D")


def test_w18_nothing_newer_changes_nothing(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    form = shown(window, server, "2024-05-01/2024-05-03/P1D", qtbot)
    server.documents["/wms"] = capabilities(server, "2024-05-01/2024-05-03/P1D").encode()
    before = the_layer(window)
    QTest.mouseClick(form.latest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: documents_asked(server) == 1, timeout=10_000)
    settle(window, qtbot)
    assert the_layer(window) == before


@pytest.mark.bounded
@pytest.mark.parametrize("state", ["offline", "no such page", "no dates"])
def test_w18_where_the_server_cannot_say_what_is_known_is_kept(
    window: MainWindow, server: FaultyMaps, state: str, qtbot: QtBot
) -> None:
    form = shown(window, server, "2024-05-01/2024-05-03/P1D", qtbot)
    QTest.mouseClick(form.earlier, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    server.log.clear()
    if state == "offline":
        window.context.fetcher.set_offline(True)
    if state == "no dates":
        server.documents["/wms"] = capabilities(server, "").encode()
    QTest.mouseClick(form.latest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: service(window).time == "2024-05-03", timeout=10_000)
    settle(window, qtbot)
    assert service(window).times == "2024-05-01/2024-05-03/P1D"
    line = window.messages.line("panel")
    assert line is not None
    assert urlsplit(server.url).hostname in line.text
    assert (documents_asked(server) == 0) == (state == "offline")


@pytest.mark.bounded
def test_w15_the_control_says_what_it_does_not_understand(window: MainWindow, server: FaultyMaps, qtbot: QtBot) -> None:
    form = shown(window, server, "2024-05-01,someday,2024-05-03", qtbot)
    assert "The time “someday” is not understood." in form.note.text()
    assert service(window).time == "2024-05-03"
