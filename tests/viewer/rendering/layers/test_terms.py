"""The terms of a service hold where its tiles are fetched: what is stored, for how long, and how many at once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.tile_grid import View
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete, context_of_host
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.support.jobs import Jobs

VIEW = View.of_bounds(WEB_MERCATOR, world_bounds(WEB_MERCATOR), 500, 500)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, server: TileServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


type MakeLayer = Callable[..., TilesDrawing]


@pytest.fixture
def drawn(draw, server: TileServer) -> MakeLayer:
    def drawn(fault: str, name: str = "a", **terms: object) -> TilesDrawing:
        service = TileService("World", server.template(fault), max_level=3, **terms)  # type: ignore[arg-type]
        layer = Layer(uuid=name, kind="tiles", name="World", source_json=json.dumps(encoded(service)))
        drawing = draw(layer)
        assert isinstance(drawing, TilesDrawing)
        return drawing

    return drawn


@pytest.mark.parametrize("may_cache", [True, False])
def test_tiles_that_may_not_be_kept_are_not_stored(drawn: MakeLayer, tmp_path: Path, qtbot, may_cache: bool) -> None:
    drawing = drawn("ok", may_cache=may_cache)
    assert complete(drawing, VIEW, qtbot).any()
    assert bool(list((tmp_path / "tiles").glob("*.tiles"))) == may_cache


def test_terms_of_another_layer_do_not_have_tiles_stored(drawn: MakeLayer, tmp_path: Path, qtbot) -> None:
    drawn("ok", "strict", may_cache=False)
    complete(drawn("ok", "lenient"), VIEW, qtbot)
    assert not list((tmp_path / "tiles").glob("*.tiles"))


@pytest.mark.parametrize(("days", "kept"), [(30.0, 30), (0.0, 7)])
def test_tiles_without_an_expiry_date_are_kept_as_long_as_terms_ask(
    drawn: MakeLayer, server: TileServer, context: RenderContext, qtbot, days: float, kept: int
) -> None:
    complete(drawn("plain", min_cache_days=days), VIEW, qtbot)
    assert context.fetcher is not None
    assert context.fetcher.tiles is not None
    stored = context.fetcher.tiles.kept(server.url + server.log[0])
    assert stored is not None
    assert stored.expires_at == pytest.approx(time.time() + kept * 86400, abs=600)


def test_no_more_is_asked_at_once_than_terms_allow_whatever_asks(
    drawn: MakeLayer, server: TileServer, context: RenderContext, qtbot
) -> None:
    for drawing in (drawn("hang", "a", max_connections=2), drawn("hang", "b", max_connections=3)):
        drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: len(server.log) == 2)
    qtbot.wait(60)
    assert len(server.log) == 2
    server.released.set()


def test_a_layer_lets_no_more_wait_than_may_be_asked_at_once(
    drawn: MakeLayer, context: RenderContext, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    """What waits at the host would be fetched although the view has gone on."""
    addresses: list[str] = []
    monkeypatch.setattr(context.fetcher, "fetch", lambda url, *_, **__: addresses.append(url))
    drawn("ok", max_connections=3).set_view(VIEW)
    qtbot.waitUntil(lambda: len(addresses) == 3)
    qtbot.wait(60)
    assert len(addresses) == 3
