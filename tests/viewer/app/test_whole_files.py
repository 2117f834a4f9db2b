"""Images whose server sends no parts of files, or sends us on, in the real window: the ways out that help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.support.range_server import Asked, RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.service_layers import badge, click_on_plate, note_on_map, plate, properties, rest
from tests.viewer.app.conftest import MakeWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges
from viewer.rendering.service_state import Way

SECONDS = 60_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    (tmp_path / "www").mkdir()
    server = RangeServer(tmp_path / "www")
    write_cog(server.folder / "a.tif", 512)
    server.fault = "ignores ranges"
    yield server
    server.stop()


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def reads_inline() -> bool:
    """Bytes of files on hosts come by the pipes of readers in processes."""
    return False


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the analyst chooses; `titles` of the question are kept beside it."""
    path = tmp_path / "mine" / "scene.tif"
    path.parent.mkdir()

    def choose(_parent: object, title: str, *_more: str) -> tuple[str, str]:
        (tmp_path / "titles").write_text(title, "utf-8")
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    return path


def show(window: MainWindow, server: RangeServer, qtbot: QtBot) -> None:
    """A case with the image, of which its server refuses parts."""
    window.context.pool.remote_files.source = FetchedRanges(window.context.fetcher)
    window.session.new_case()
    window.context.consent.allow_private(server.host)
    source = {"address": server.address("a.tif"), "licence": "CC-BY-4.0"}
    window.session.push(add_layer(window.session.document, "raster", "Scene", source, actor="a"))
    window.canvas.viewport.centre_on(410_240, 5_989_760, 40.0)
    window.canvas.motion.come_to_rest()


@pytest.mark.bounded
def test_a_file_of_which_no_parts_are_sent_is_downloaded_whole_and_drawn_from_there(
    make_window: MakeWindow, server: RangeServer, target: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    show(window, server, qtbot)
    qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
    rest(window, qtbot)
    size = (server.folder / "a.tif").stat().st_size
    assert "does not send parts of files" in note_on_map(window)
    assert f"It has {size // 1000 + 1} kB." in note_on_map(window)
    links = properties(window, qtbot).links
    assert [way for way, link in links.items() if link.isVisible()] == [Way.TRY_AGAIN, Way.DOWNLOAD], (
        "offline there would be nothing"
    )
    before = len(server.log)
    click_on_plate(window, "Download…")
    qtbot.waitUntil(target.exists, timeout=SECONDS)
    (layer,) = window.session.document.layers.values()
    qtbot.waitUntil(lambda: "path" in window.session.document.layers[layer.uuid].source, timeout=SECONDS)
    assert (tmp_path / "titles").read_text("utf-8") == f"Download a.tif ({size // 1000 + 1} kB) from {server.host}"
    assert server.log[before:] == [Asked("/a.tif")], "one request for all of it"
    assert target.read_bytes() == (server.folder / "a.tif").read_bytes()
    assert [path.name for path in target.parent.iterdir()] == ["scene.tif"]
    source = window.session.document.layers[layer.uuid].source
    assert (source["path"], source.get("address"), source["licence"]) == (str(target), None, "CC-BY-4.0")
    (drawing,) = window.scene.drawings.values()
    qtbot.waitUntil(lambda: drawing.is_open, timeout=SECONDS)
    rest(window, qtbot)
    assert plate(window) is None
    assert badge(window) == ""
    window.session.undo()
    assert "address" in window.session.document.layers[layer.uuid].source


@pytest.mark.bounded
def test_what_came_of_a_download_that_fails_is_removed_and_the_fault_is_said(
    make_window: MakeWindow, server: RangeServer, target: Path, qtbot: QtBot
) -> None:
    window = make_window()
    show(window, server, qtbot)
    qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
    rest(window, qtbot)
    (server.folder / urlsplit(server.address("a.tif")).path.lstrip("/")).unlink()
    click_on_plate(window, "Download…")
    qtbot.waitUntil(
        lambda: any("nothing at this address" in line.text for line in window.messages.lines()), timeout=SECONDS
    )
    qtbot.waitUntil(lambda: not list(target.parent.iterdir()), timeout=SECONDS)
    (layer,) = window.session.document.layers.values()
    assert "address" in layer.source


@pytest.mark.bounded
def test_ways_out_are_those_that_help(make_window: MakeWindow, server: RangeServer, qtbot: QtBot) -> None:
    window = make_window()
    show(window, server, qtbot)
    qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
    (drawing,) = window.scene.drawings.values()
    window.offline.set(True)
    rest(window, qtbot)
    assert drawing.state_in(window.canvas.viewport.view()).ways == (Way.WORK_ONLINE,)
    window.offline.set(False)
    qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
    window.context.consent.withdraw(server.host)
    state = drawing.state_in(window.canvas.viewport.view())
    assert (state.badge, state.ways) == ("paused", (Way.ALLOW,))


@pytest.mark.bounded
def test_a_server_that_sends_parts_after_all_is_asked_again_and_nothing_is_said_any_more(
    make_window: MakeWindow, server: RangeServer, qtbot: QtBot
) -> None:
    window = make_window()
    show(window, server, qtbot)
    qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
    rest(window, qtbot)
    server.fault = ""
    click_on_plate(window, "Try again")
    (drawing,) = window.scene.drawings.values()
    qtbot.waitUntil(lambda: drawing.is_open and badge(window) == "", timeout=SECONDS)
    rest(window, qtbot)
    assert plate(window) is None
    assert window.context.fetcher is not None
    assert window.context.fetcher.ranges.whole_size(server.address("a.tif")) is None


@pytest.mark.bounded
def test_a_host_to_which_a_server_sends_us_on_is_allowed_by_a_click(
    make_window: MakeWindow, server: RangeServer, tmp_path: Path, qtbot: QtBot
) -> None:
    other = RangeServer(server.folder)
    server.fault, server.elsewhere = "elsewhere", other.address("a.tif")
    try:
        window = make_window()
        show(window, server, qtbot)
        qtbot.waitUntil(lambda: badge(window) == "failed", timeout=SECONDS)
        rest(window, qtbot)
        assert f"sends us on to {other.host}, which is not allowed" in note_on_map(window)
        (drawing,) = window.scene.drawings.values()
        assert drawing.state_in(window.canvas.viewport.view()).ways == (Way.ALLOW, Way.TRY_AGAIN)
        click_on_plate(window, "Permissions…")
        qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None, timeout=SECONDS)
        question = window.findChild(QMessageBox)
        assert question is not None
        assert other.host in question.text()
        assert not other.log
        question.defaultButton().click()
        qtbot.waitUntil(lambda: drawing.is_open and badge(window) == "", timeout=SECONDS)
        assert other.log
        rest(window, qtbot)
        assert plate(window) is None
    finally:
        other.stop()
