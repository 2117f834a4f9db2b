"""The line of a product's window that tells how many tiles its file fetches: the server's log is the oracle."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.product.publishing import DRAFT
from layers.services.tile_service import TileService
from tests.support.map_server import serving_map
from tests.support.product_windows import WAIT_MS, export_as, ready, settled
from tests.support.service_layers import show
from tests.support.tile_server import TileServer
from tests.viewer.app.conftest import Answers
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer, update_layer
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher

KEPT: dict[str, Any] = {"licence": "CC BY 4.0"}
NUMBERS = re.compile("This page needs ([0-9\u202f]+) [a-z ]+ of [^;]+; (all|none|[0-9\u202f]+) (?:are|is) stored")


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def told(shown: ProductWindow, qtbot: QtBot) -> str:
    """The line once it is that of the page as it is now."""
    qtbot.waitUntil(lambda: shown.is_idle and shown.tiles.is_idle, timeout=WAIT_MS)
    return shown.tiles.line.text()


def exported(window: MainWindow, shown: ProductWindow, answers: Answers, path: Path, qtbot: QtBot) -> None:
    answers.path = path
    export_as(shown, DRAFT)
    qtbot.waitUntil(lambda: answers.asked[-1:] != [] and answers.asked[-1].startswith("write"), timeout=WAIT_MS)
    settled(window, qtbot)
    assert path.exists()


def numbers_of(words: str) -> tuple[int, int]:
    """The numbers of requests that are needed and stored."""
    match = NUMBERS.match(words)
    assert match is not None, words
    needed = int(match[1].replace("\u202f", ""))
    stored = {"none": "0", "all": str(needed)}.get(match[2], match[2])
    return needed, int(stored.replace("\u202f", ""))


def opened(window: MainWindow, qtbot: QtBot, dpi: int) -> ProductWindow:
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.fields.changed.emit(replace(shown.spec, dpi=dpi), "")
    return shown


@pytest.mark.bounded
@pytest.mark.parametrize(("ending", "dpi"), [(".png", 150), (".pdf", 300), (".tif", 200)])
def test_the_number_told_is_the_number_fetched(
    window: MainWindow, server: TileServer, qtbot: QtBot, answers: Answers, tmp_path: Path, ending: str, dpi: int
) -> None:
    show(window, server, "ok", qtbot, **KEPT)
    shown = opened(window, qtbot, dpi)
    words = told(shown, qtbot)
    server.log.clear()
    exported(window, shown, answers, tmp_path / f"page{ending}", qtbot)
    asked = len(server.log)
    assert asked == len(set(server.log)) > 10, "a page of its own resolution"
    needed, stored = numbers_of(words)
    assert f" tiles of {server.host}; " in words
    assert needed - stored == asked
    assert told(shown, qtbot) == f"This page needs {needed} tiles of {server.host}; all are stored."
    server.log.clear()
    exported(window, shown, answers, tmp_path / f"again{ending}", qtbot)
    assert server.log == []


@pytest.mark.bounded
@pytest.mark.parametrize("dpi", [100, 250])
def test_maps_on_request_are_told_by_their_pictures(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path, dpi: int
) -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor("#3060a0"))
    with serving_map(picture, world_bounds(WEB_MERCATOR)) as maps:
        service = TileService("Maps", maps.maps, attribution="Us", licence="CC BY 4.0", kind="wms")
        window.session.new_case()
        window.context.consent.allow_private(maps.host)
        window.session.push(add_layer(window.session.document, "tiles", "Maps", encoded(service), actor="a"))
        settled(window, qtbot)
        shown = opened(window, qtbot, dpi)
        words = told(shown, qtbot)
        maps.log.clear()
        exported(window, shown, answers, tmp_path / "page.png", qtbot)
        needed, stored = numbers_of(words)
        assert f" of {maps.host}; " in words
        assert "pictures of maps" in words
        assert needed - stored == len(maps.log)
        assert stored <= 1, "the window has shown at most the picture of all of it"


@pytest.mark.bounded
def test_the_number_follows_the_resolution_of_the_page(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    show(window, server, "ok", qtbot, **KEPT)
    shown = opened(window, qtbot, 300)
    fine = numbers_of(told(shown, qtbot))[0]
    shown.fields.changed.emit(replace(shown.spec, dpi=100), "")
    qtbot.waitUntil(lambda: numbers_of(told(shown, qtbot))[0] < fine / 3, timeout=WAIT_MS)


@pytest.mark.bounded
def test_a_slow_server_is_waited_for_as_long_as_its_tiles_come(
    window: MainWindow,
    server: TileServer,
    qtbot: QtBot,
    answers: Answers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience_s = 3.0
    monkeypatch.setattr("viewer.export.page_reader.PATIENCE_S", patience_s)
    show(window, server, "slow", qtbot, **KEPT)
    shown = opened(window, qtbot, 150)
    needed, stored = numbers_of(told(shown, qtbot))
    server.slow_s = 0.9
    assert (needed - stored) // Limits().in_flight * server.slow_s > patience_s
    exported(window, shown, answers, tmp_path / "page.png", qtbot)


@pytest.mark.bounded
def test_a_service_that_forbids_many_tiles_is_named(
    window: MainWindow, server: TileServer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by what the layer's row says; of hosts that are known the catalogue says it."""
    show(window, server, "ok", qtbot, **KEPT, may_cache=False)
    shown = opened(window, qtbot, 300)
    few = told(shown, qtbot)
    assert "terms of" not in few
    monkeypatch.setattr("viewer.export.tile_counts.BULK_FROM", 40)
    shown.fields.changed.emit(replace(shown.spec, dpi=290), "")
    end = "The terms of Sky do not allow many tiles to be fetched at once: choose fewer dots per inch, or less ground."
    qtbot.waitUntil(lambda: told(shown, qtbot).endswith(end), timeout=WAIT_MS)
    assert "none is stored" in told(shown, qtbot), "its tiles are not kept"


@pytest.mark.bounded
def test_offline_nothing_is_fetched_and_that_is_said(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    show(window, server, "ok", qtbot, **KEPT)
    assert window.context.fetcher is not None
    window.context.fetcher.set_offline(True)
    shown = opened(window, qtbot, 300)
    qtbot.waitUntil(
        lambda: told(shown, qtbot).endswith(" stored. Nothing is fetched while working offline."), timeout=WAIT_MS
    )


def test_the_number_is_said_before_a_picture_of_the_map_is_copied(
    window: MainWindow, server: TileServer, qtbot: QtBot
) -> None:
    """Nothing is said where all is stored, as it mostly is: the map shows it."""
    show(window, server, "ok", qtbot, **KEPT, may_cache=False)
    said: dict[str, int] = {}

    def note() -> None:
        said.update({line.text: len(server.log) for line in window.messages.lines() if line.text not in said})

    window.messages.changed.connect(note)
    server.log.clear()
    window.action_table["copy_picture"].trigger()
    qtbot.waitUntil(lambda: any("on the clipboard" in words for words in said), timeout=WAIT_MS)
    first, last = said
    assert first == f"This picture needs {len(server.log)} tiles of {server.host}; none is stored."
    assert said[first] == 0, "before any is asked for"
    assert "on the clipboard" in last


@pytest.mark.bounded
def test_a_page_without_tiles_has_no_line(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    show(window, server, "ok", qtbot, **KEPT)
    (layer,) = window.session.document.layers
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    assert told(shown, qtbot)
    assert shown.tiles.isVisible()
    window.session.push(update_layer(window.session.document, layer, actor="a", visible=False))
    shown.fields.layers_offer.button.click()
    qtbot.waitUntil(lambda: told(shown, qtbot) == "", timeout=WAIT_MS)
    assert not shown.tiles.isVisible()
