"""Words of a map's server on a place that is identified, in the real window: the server's log is the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.decoding import encoded
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.services.tile_service import TileService
from tests.support.map_server import MapServer, serving_map
from tests.support.service_layers import note_on_map
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.attributes.identify_panel import IdentifyPanel

EXCEPTION = (
    b'<?xml version="1.0"?><ServiceExceptionReport><ServiceException>Layer cannot be asked</ServiceException>'
    b"</ServiceExceptionReport>"
)
PAGE = b"<html><script>alert(1)</script><table><tr><td>name</td><td>North &amp; Park</td></tr></table></html>"


@pytest.fixture
def server() -> Iterator[MapServer]:
    bounds = world_bounds(WEB_MERCATOR)
    assert bounds is not None
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor("darkgreen"))
    with serving_map(picture, bounds) as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def maps(window: MainWindow, server: MapServer, qtbot: QtBot) -> MainWindow:
    """The window with a map of the server."""
    window.session.new_case()
    window.context.consent.allow_private(server.host)
    template = f"{server.maps}&SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=parks&CRS=EPSG:3857"
    service = encoded(TileService("Parks", template, kind="wms", layer="parks", licence="CC BY 4.0"))
    window.session.push(add_layer(window.session.document, "tiles", "Parks", service, actor="a"))
    window.canvas.viewport.centre_on(1e6, 6e6, 20.0)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    server.log.clear()
    return window


def identified(window: MainWindow, qtbot: QtBot) -> dict[str, str]:
    """Names and values of the map that the panel lists after a click into the middle."""
    window.canvas.grab_picture()
    window.action_table["tool_identify"].trigger()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
    settle(window, qtbot)
    panel = window.findChild(IdentifyPanel)
    assert panel is not None
    head = panel.tree.topLevelItem(0)
    assert head.text(0) == "Parks"
    return {head.child(at).text(0): head.child(at).text(1) for at in range(head.childCount())}


def questions(server: MapServer) -> list[dict[str, str]]:
    queries = [
        {name.lower(): words[0] for name, words in parse_qs(urlsplit(path).query).items()} for path in server.log
    ]
    return [query for query in queries if query.get("request") == "GetFeatureInfo"]


def test_the_server_is_asked_once_about_the_place_and_its_words_are_plain(
    maps: MainWindow, server: MapServer, qtbot: QtBot
) -> None:
    server.documents["/map"] = PAGE
    rows = identified(maps, qtbot)
    assert rows["name"] == "North & Park"
    assert not any("alert" in words for words in rows.values())
    (asked,) = questions(server)
    west, south, east, north = map(float, asked["bbox"].split(","))
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx((1e6, 6e6), abs=20.0), "to a pixel"
    assert (asked["i"], asked["j"], asked["query_layers"]) == ("50", "50", "parks")


@pytest.mark.bounded
def test_each_format_is_tried_and_then_the_servers_own_words_stand_there(
    maps: MainWindow, server: MapServer, qtbot: QtBot
) -> None:
    server.documents["/map"] = EXCEPTION
    assert identified(maps, qtbot)["Server"] == "Layer cannot be asked"
    formats = [asked["info_format"] for asked in questions(server)]
    assert formats == ["text/plain", "application/json", "text/html", "application/vnd.ogc.gml"]


@pytest.mark.bounded
def test_a_server_that_has_nothing_there_says_nothing(maps: MainWindow, server: MapServer, qtbot: QtBot) -> None:
    server.documents["/map"] = b'{"type": "FeatureCollection", "features": []}'
    assert identified(maps, qtbot)["Server"] == "says nothing of this place"


@pytest.mark.bounded
def test_offline_the_server_is_not_asked_and_that_is_said(maps: MainWindow, server: MapServer, qtbot: QtBot) -> None:
    fetcher = maps.context.fetcher
    assert fetcher is not None
    fetcher.set_offline(True)
    assert identified(maps, qtbot)["Server"].startswith("You are working offline")
    assert questions(server) == []


@pytest.mark.bounded
def test_offline_the_map_says_that_a_view_of_another_scale_stands_in(maps: MainWindow, qtbot: QtBot) -> None:
    """A server that draws on request is asked for the pixels of each view: those of another scale are not exact."""
    fetcher = maps.context.fetcher
    assert fetcher is not None
    fetcher.set_offline(True)
    maps.canvas.motion.zoom_out()
    settle(maps, qtbot)
    assert "what was seen before at another scale is shown for it" in note_on_map(maps)
