"""Images on a host that is out of reach, in the real window: what came stays, and what lacks is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.service_layers import badge, click_on_plate, dark_share, note_on_map, plate, properties, rest
from tests.viewer.app.conftest import MakeWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    (tmp_path / "www").mkdir()
    server = RangeServer(tmp_path / "www")
    write_cog(server.folder / "a.tif", 2048)
    yield server
    server.stop()


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def reads_inline() -> bool:
    """Bytes of files on hosts come by the pipes of readers in processes."""
    return False


def show(window: MainWindow, server: RangeServer, qtbot: QtBot) -> None:
    """A case with the image, of which all is on the map, from its overviews."""
    window.context.pool.remote_files.source = FetchedRanges(window.context.fetcher)
    window.session.new_case()
    window.context.consent.allow_private(server.host)
    source = {"address": server.address("a.tif"), "licence": "CC-BY-4.0"}
    window.session.push(add_layer(window.session.document, "raster", "Scene", source, actor="a"))
    (drawing,) = window.scene.drawings.values()
    qtbot.waitUntil(lambda: drawing.is_open, timeout=60_000)
    look(window, 40.0, qtbot)


def look(window: MainWindow, resolution: float, qtbot: QtBot) -> None:
    window.canvas.viewport.centre_on(410_240, 5_989_760, resolution)
    window.canvas.motion.come_to_rest()
    rest(window, qtbot)


@pytest.mark.bounded
def test_what_came_of_an_image_stays_while_its_host_is_out_of_reach_and_more_comes_by_a_click(
    make_window: MakeWindow, server: RangeServer, qtbot: QtBot
) -> None:
    window = make_window()
    show(window, server, qtbot)
    assert dark_share(window) > 0.01, "the image does not fill the map"
    server.stop()
    window.context.fetcher.network.clearConnectionCache()  # its lines are answered on
    look(window, 10.0, qtbot)
    assert dark_share(window) < 0.01, "the picture of before stands in"
    qtbot.waitUntil(lambda: badge(window) == "unreachable")
    assert f"{server.host} cannot be reached: it takes no connections. What came earlier is shown." in note_on_map(
        window
    )
    assert "“Scene”" in note_on_map(window)
    assert f"{server.host} cannot be reached: it takes no connections." in properties(window, qtbot).words.text()
    again = RangeServer(server.folder, server.server_address[1])
    try:
        click_on_plate(window, "Try again")
        qtbot.waitUntil(lambda: bool(again.log), timeout=20_000)
        rest(window, qtbot)
        assert plate(window) is None
        qtbot.waitUntil(lambda: badge(window) == "")
        assert not properties(window, qtbot).isVisible()
    finally:
        again.stop()
