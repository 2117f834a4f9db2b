"""Services that end early, or do not answer, in the real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point, box

from layers.decoding import encoded
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from viewer.app.window import MainWindow
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.rendering.images import argb_of_image


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def make_fetcher(server: TileServer, tmp_path: Path) -> Iterator[Callable[[Consent], Fetcher]]:
    made: list[Fetcher] = []

    def make(consent: Consent) -> Fetcher:
        made.append(Fetcher(tmp_path / "tiles", consent, Limits(first_backoff_s=0.02)))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


def show(window: MainWindow, server: TileServer, fault: str, qtbot: QtBot, *, allowed: bool = True) -> None:
    """A service whose row says that it goes to level 18, as the analyst typed it."""
    service = TileService("Sky", server.template(fault), max_level=18, attribution="Sky company")
    window.session.new_case()
    if allowed:
        window.context.consent.allow_private(server.host)
    window.session.push(add_layer(window.session.document, "tiles", "Sky", encoded(service), actor="a"))
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 128.3, 51.9))
    window.canvas.viewport.centre_on(x, y, 20.0)
    window.canvas.motion.come_to_rest()
    qtbot.waitUntil(window.canvas.is_idle, timeout=20_000)


def dark_share(window: MainWindow) -> float:
    """Share of the map on which there is nothing but its ground."""
    ground = 0xFF000000 | int(BACKGROUND_COLOR[1:], 16)
    return float((argb_of_image(window.canvas.grab_picture()) == ground).mean())


def note_on_map(window: MainWindow) -> str:
    window.canvas.grab_picture()
    pane = window.canvas.panes.in_use
    assert pane.plate is not None
    return pane.note_at(pane.plate.rect.center())


def test_a_service_that_ends_at_level_4_is_shown_enlarged_and_the_map_says_so(window, server, qtbot) -> None:
    show(window, server, "shallow", qtbot)
    assert dark_share(window) < 0.01
    assert "“Sky” has nothing finer than level 4 here" in note_on_map(window)


def test_a_service_that_does_not_answer_says_so_on_the_dark_map_until_it_does(window, server, qtbot) -> None:
    server.fail_first = 10_000
    show(window, server, "ok", qtbot)
    assert dark_share(window) > 0.8
    assert server.host in note_on_map(window)
    server.fail_first = 0
    window.context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    assert window.scene.stack.notes(window.canvas.viewport.view()) == []


def test_a_service_that_is_not_allowed_says_so_on_the_dark_map(window, server, qtbot) -> None:
    show(window, server, "ok", qtbot, allowed=False)
    assert server.log == []
    assert "allow" in note_on_map(window)


@pytest.mark.bounded
def test_a_service_is_credited_once_a_tile_of_it_is_there(window, server, qtbot) -> None:
    server.fail_first = 10_000
    show(window, server, "ok", qtbot)
    window.canvas.grab_picture()
    assert window.canvas.panes.in_use.picture.credits == []
    server.fail_first = 0
    window.context.fetcher.forgive(server.host)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    assert window.canvas.panes.in_use.picture.credits == ["Sky company (date unknown)"]


def test_the_plate_lies_on_no_mark_goes_with_a_click_and_leaves_the_badge(window, server, qtbot) -> None:
    window.context.fetcher.set_offline(True)
    show(window, server, "ok", qtbot)
    canvas, pane = window.canvas, window.canvas.panes.in_use
    assert "working offline" in note_on_map(window)
    first = QRectF(pane.plate.rect)
    lon, lat = canvas.viewport.lonlat(first.center().x(), first.center().y())
    window.session.push(add_site(window.session.document, Point(lon, lat), actor="a", label="x", uuid="x"))
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    assert "working offline" in note_on_map(window)
    assert not pane.plate.rect.adjusted(-8, -8, 8, 8).contains(first.center()), "it makes room for the mark"
    area = box(lon - 2, lat - 1, lon + 2, lat + 1)
    window.session.push(add_site(window.session.document, area, actor="a"))
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    assert pane.plate is None, "there is no room: the badge says it"
    window.action_table["undo"].trigger()
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    place = (pane.plate.rect.center() / canvas.viewport.view().ratio).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    canvas.grab_picture()
    assert pane.plate is None
    assert not window.selection.uuids
    canvas.motion.pan_by(40, 0)
    canvas.motion.zoom_in()
    qtbot.waitUntil(canvas.is_idle, timeout=20_000)
    canvas.grab_picture()
    assert pane.plate is None, "also elsewhere"
    tree = window.docks.layer_tree.model
    assert "offline" in [tree.index(row).data(BADGE_ROLE) for row in range(tree.rowCount())]
