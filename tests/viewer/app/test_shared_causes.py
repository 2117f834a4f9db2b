"""Several layers of one host in the real window: what is amiss is said once, and credits follow what is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.services.tile_service import TileService
from tests.support.service_layers import click_on_plate, note_on_map, plate, rest, show
from tests.support.tile_server import TileServer
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def add(window: MainWindow, server: TileServer, name: str, fault: str, qtbot: QtBot) -> None:
    """One more service of the same host, on top."""
    service = TileService(name, f"{server.template(fault)}?{name}", max_level=18, attribution=f"{name} company")
    window.session.push(add_layer(window.session.document, "tiles", name, encoded(service), actor="a"))
    rest(window, qtbot)


@pytest.mark.bounded
def test_a_host_that_fails_is_said_once_for_all_its_layers(
    window: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    show(window, server, "status500", qtbot)
    add(window, server, "Town", "status500", qtbot)
    add(window, server, "Port", "status500", qtbot)
    text = note_on_map(window)
    assert text.count(server.host) == 1
    assert "The same goes for “Town”, “Sky”." in text
    click_on_plate(window)
    assert plate(window) is None, "a click closes it for all"


@pytest.mark.bounded
def test_the_credit_is_of_what_covers_the_map_once_that_has_come(
    window: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    show(window, server, "ok", qtbot)
    server.fail_first = 10_000
    add(window, server, "Top", "ok", qtbot)
    window.canvas.grab_picture()
    assert window.canvas.panes.in_use.picture.credits == ["Sky company (date unknown)"]
    server.fail_first = 0
    assert window.context.fetcher is not None
    window.context.fetcher.forgive(server.host)
    qtbot.waitUntil(
        lambda: window.is_idle() and window.canvas.panes.in_use.picture.credits == ["Top company (date unknown)"],
        timeout=60_000,
    )
