"""Addresses of servers typed in a terminal: consent for their host, and the layer that is named is added as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.tile_server import TileServer, serving
from tests.support.windows import press, settle
from tests.support.wmts_documents import capabilities, dimension, layer, mercator, resource
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges
from viewer.panels.imagery.add_imagery import AddImageryDialog

ROOT = Path(__file__).resolve().parents[4]
DAY = "2024-04-12"


@pytest.fixture
def server() -> Iterator[TileServer]:
    """A server of two dated layers of a region, and their tiles."""
    with serving() as server:
        tiles = resource(f"{server.url}/ok/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png?time={{Time}}")
        corners = "<ows:LowerCorner>30 40</ows:LowerCorner><ows:UpperCorner>30.5 40.3</ows:UpperCorner>"
        box = f"<ows:WGS84BoundingBox>{corners}</ows:WGS84BoundingBox>"
        days = dimension("Time", "2024-03-01/2024-06-30/P1D")
        layers = (layer(name, resources=tiles, more=days, box=box) for name in ("first", "second"))
        server.document = capabilities(*layers, mercator(levels=12))
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def address_of(server: TileServer) -> str:
    return f"{server.url}/ok/0/0/0.xml?SERVICE=WMTS&REQUEST=GetCapabilities"


@pytest.fixture
def files(tmp_path: Path) -> Iterator[RangeServer]:
    server = RangeServer(tmp_path)
    yield server
    server.stop()


def middle_of(window: MainWindow) -> tuple[float, float]:
    x, y = transform_points(WGS84, WEB_MERCATOR, *window.canvas.viewport.centre_lonlat())
    return float(x), float(y)


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
def test_the_map_goes_to_a_file_at_an_address(
    window: MainWindow, files: RangeServer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.app.opening.opener.HOST_PATIENCE_MS", 100_000)  # a busy machine starts readers slowly
    write_cog(tmp_path / "a.tif", 512)
    window.context.pool.remote_files.source = FetchedRanges(window.context.fetcher)
    window.opener.open([files.address("a.tif")], is_typed=True)
    qtbot.waitUntil(lambda: bool(window.session.document.layers), timeout=90_000)
    settle(window, qtbot)
    assert middle_of(window) == pytest.approx((402_560, 5_997_440), abs=500)
    (row,) = window.session.document.layers.values()
    assert row.source == {"address": files.address("a.tif")}
    assert sum(asked.first == 0 for asked in files.log) == 1, "it is looked at once"


@pytest.mark.bounded
def test_a_file_whose_host_does_not_answer_in_time_is_a_layer_that_says_so(
    window: MainWindow, files: RangeServer, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.app.opening.opener.HOST_PATIENCE_MS", 20)
    window.opener.open([files.address("a.tif")], is_typed=True)  # nothing brings its bytes
    qtbot.waitUntil(lambda: bool(window.session.document.layers))
    (row,) = window.session.document.layers.values()
    assert (row.name, row.source) == ("a", {"address": files.address("a.tif")})
    qtbot.waitUntil(lambda: window.opener.is_idle)


@pytest.mark.bounded
def test_a_named_layer_is_added_and_shown(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    window.opener.open([f"{address_of(server)}#second@{DAY}"], is_typed=True)
    qtbot.waitUntil(lambda: bool(window.session.document.layers))
    settle(window, qtbot)
    (row,) = window.session.document.layers.values()
    assert row.acquired_at == DAY
    assert any(path.endswith(f".png?time={DAY}") for path in server.log)
    assert not window.findChildren(AddImageryDialog)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx((30.25, 40.15), abs=0.1)


def test_without_a_name_the_server_is_asked_at_once(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    window.opener.open([address_of(server)], is_typed=True)
    qtbot.waitUntil(lambda: bool(window.findChildren(AddImageryDialog)))
    (dialog,) = window.findChildren(AddImageryDialog)
    qtbot.waitUntil(dialog.panel.back.isVisible, timeout=10_000)
    press(Qt.Key.Key_Escape)


def test_what_was_dropped_is_no_consent(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    window.opener.open([f"{address_of(server)}#second@{DAY}"])
    qtbot.waitUntil(lambda: bool(window.findChildren(AddImageryDialog)))
    (dialog,) = window.findChildren(AddImageryDialog)
    assert dialog.add_button.text() == "Allow and Ask"
    assert server.log == []
    press(Qt.Key.Key_Escape)


def test_an_unknown_layer_is_one_sentence(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    window.opener.open([f"{address_of(server)}#third"], is_typed=True)
    qtbot.waitUntil(lambda: window.opener.is_idle, timeout=10_000)
    assert "The service has no layer “third”" in "".join(window.layer_adder.failures)
    assert not window.session.document.layers


@pytest.mark.bounded
def test_the_window_s_picture_shows_a_layer_of_a_server(server: TileServer, tmp_path: Path) -> None:
    out = tmp_path / "window.png"
    environment = os.environ | {"GEOLOUPE_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "viewer", f"{address_of(server)}#second@{DAY}", "--screenshot", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(path.endswith(f".png?time={DAY}") for path in server.log)
    picture = QImage(str(out))
    middle = picture.pixelColor(picture.width() // 2 + 100, picture.height() // 2)
    assert max(middle.red(), middle.green(), middle.blue()) > 60, "imagery, and not the dark map"
