"""Capabilities of 1,500 layers, fetched from loopback and read in a job: the window stays free, the list is usable."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest

from layers.services.offers.recognise import recognised
from layers.services.tile_service import TileService
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.tile_server import TileServer, serving
from tests.support.wmts_documents import capabilities, degrees, dimension, layer, link, mercator, resource
from tests.viewer.panels.conftest import Desk
from tests.viewer.panels.imagery.conftest import listed
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.access import CaseAccess
from viewer.panels.context import PanelContext
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.imagery.offer_source import FetchedOffers, ImageryNetwork
from viewer.support.jobs import Jobs

LAYERS = 1500
USABLE_S = 20.0
"""Far more than it takes: that it does not hang is tested here, how long it takes is printed."""


def document(count: int, address: str) -> bytes:
    """A WMTS document with two grids, of which each layer has both, some dated."""
    template = address + "/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
    dated = address + "/{Layer}/{Time}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
    words = "<ows:Abstract>" + "What this layer shows, and of which years it is. " * 40 + "</ows:Abstract>"
    layers = [
        layer(
            f"sheet_{n}",
            link("web") + link("deg"),
            resource(dated if n % 3 == 0 else template),
            more=words + (dimension("Time", "2012-05-08/2024-01-01/P1D", default="2023-06-01") if n % 3 == 0 else ""),
        )
        for n in range(count)
    ]
    return capabilities(*layers, mercator(levels=19), degrees(levels=18))


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def fetcher(qtbot, desk: Desk) -> Iterator[Fetcher]:
    fetcher = Fetcher(None, Consent())
    yield fetcher
    fetcher.close()


@pytest.mark.bounded
def test_w26_t19_fifteen_hundred_layers_are_listed_while_the_window_stays_free(
    qtbot, desk: Desk, jobs: Jobs, fetcher: Fetcher, server: TileServer
) -> None:
    server.document = document(LAYERS, server.url)
    allow = fetcher.consent.allow_private
    context = PanelContext(
        desk.document, CaseAccess(desk.history.push, lambda: "Olga", jobs, allow), desk.context.selection
    )
    network = ImageryNetwork(FetchedOffers(fetcher, jobs, recognised), fetcher.fetch, fetcher.consent.permits)
    dialog = AddImageryDialog(context, None, network)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "OpenStreetMap" in listed(dialog))
    dialog.panel.line.setText(f"{server.url}/plain/0/0/0.json")
    assert server.log == []
    with Heartbeat() as heart:
        begun = time.perf_counter()
        dialog.panel.go_on()
        qtbot.waitUntil(lambda: dialog.panel.model.rowCount() > LAYERS, timeout=int(USABLE_S * 1000))
        usable_s = time.perf_counter() - begun
        for letter in "sheet_1234":  # one after the other, as a person types: the loop turns in between
            QTest.keyClick(dialog.panel.line, letter)
            qtbot.wait(10)
    size_mb = len(server.document) / 1e6
    print(f"{LAYERS} layers, {size_mb:.1f} MB: usable after {usable_s:.2f} s, longest gap {heart.longest_ms:.0f} ms")
    assert heart.longest_ms < FREE_MS
    assert sum(path.endswith("/0.json") for path in server.log) == 1, "besides pictures of the view"
    assert listed(dialog)[:1] == ["[Basemaps]"]
    row = dialog.panel.current()
    assert row is not None
    assert row.layer is not None
    assert row.layer.name == "sheet_1234"
    assert isinstance(row.entry.service, TileService)
    dialog.close()
