"""The proxy that is set for this computer is used, and is no way around consent."""

from __future__ import annotations

import pytest

from layers.services.http_request import HttpRequest
from tests.support.tile_server import TileServer, serving
from tests.viewer.network.conftest import Documents, Heard
from viewer.network.fetcher import Fetcher

HOST = "tiles.example.invalid"


@pytest.fixture
def proxied(server: TileServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> Fetcher:
    """A fetcher on a computer whose proxy is the server."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, server.url)
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return fetcher


def test_requests_go_through_the_proxy_of_the_system(proxied: Fetcher, server: TileServer, qtbot) -> None:
    proxied.consent.allow(HOST)
    heard = Heard()
    proxied.fetch(f"http://{HOST}/5/1/3.png", heard)
    qtbot.waitUntil(lambda: heard.count == 1, timeout=8000)
    assert heard.images
    assert server.log == [f"http://{HOST}/5/1/3.png"]


def test_f40_the_proxy_is_told_of_no_host_that_is_not_allowed(proxied: Fetcher, server: TileServer, qtbot) -> None:
    heard, documents = Heard(), Documents()
    assert proxied.fetch(f"http://{HOST}/5/1/3.png", heard) is None
    assert proxied.fetch_document(HttpRequest(f"http://{HOST}/a.json"), documents) is None
    with serving() as other:
        proxied.consent.allow(HOST)
        other.elsewhere = "http://elsewhere.example.invalid"
        proxied.consent.allow_private(other.host)
        proxied.fetch(f"{other.url}/onward/5/0/3.png", heard)
        qtbot.waitUntil(lambda: heard.count == 2, timeout=8000)
    assert len(heard.errors) == 2
    assert not [path for path in server.log if "example.invalid" in path]
