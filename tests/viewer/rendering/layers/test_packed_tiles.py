"""Tiles from an offline pack: what is in it is never asked of the network."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WGS84, transform_points
from layers.grid.tile_grid import TileGrid, View
from layers.services.packs.mbtiles_pack import MbtilesPack
from layers.services.packs.pack_plan import plan_pack
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.rendering.conftest import CountingPool, complete
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.service_state import StateKind
from viewer.support.jobs import Jobs

RESOLUTION = 2 * MERCATOR_HALF_M / 256 / 2**6


def view_at(lon: float, lat: float, resolution: float = RESOLUTION) -> View:
    x, y = (float(v) for v in transform_points(WGS84, "EPSG:3857", lon, lat))
    return View(TileGrid("EPSG:3857", resolution, x, y), -170, -140, 340, 280)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def consent() -> Consent:
    return Consent()


@pytest.fixture
def context(pool: CountingPool, jobs: Jobs, consent: Consent, tmp_path: Path) -> Iterator[RenderContext]:
    fetcher = Fetcher(tmp_path / "tiles", consent, Limits(first_backoff_s=0.02))
    yield RenderContext(pool, fetcher, jobs, folders=FolderConsent([str(tmp_path / "case")]))
    fetcher.close()


@pytest.fixture
def pack(server: TileServer, tmp_path: Path) -> Path:
    """Zooms 0 to 6 of a part of Europe."""
    (tmp_path / "case").mkdir()
    path = tmp_path / "case" / "sky.mbtiles"
    with MbtilesPack(path, plan_pack(service_of(server), [Bounds(-20.0, 30.0, 40.0, 65.0)], (0, 6))) as pack:
        pack.put((tile, server.tile(tile.zoom, tile.column, tile.row, "png")) for tile in list(pack.missing()))
        pack.finish()
    server.log.clear()
    return path


def service_of(server: TileServer) -> TileService:
    return TileService("Sky", server.template(), max_level=8, attribution="Us")


@pytest.fixture
def packed(draw, server: TileServer) -> Callable[..., TilesDrawing]:
    def packed(*paths: Path, uuid: str = "tiles") -> TilesDrawing:
        source = encoded(service_of(server)) | {"packs": [{"path": str(path)} for path in paths]}
        return draw(Layer(uuid=uuid, kind="tiles", name="Sky", source_json=json.dumps(source)))

    return packed


@pytest.mark.bounded
def test_offline_the_layer_shows_from_the_pack_with_zero_requests(packed, pack, server, context, qtbot) -> None:
    """Nor is its host allowed: the case came from elsewhere."""
    context.fetcher.set_offline(True)
    drawing = packed(pack)
    picture = complete(drawing, view_at(10.0, 50.0), qtbot)
    assert (picture[..., 3] == 255).all()
    assert not drawing.is_paused
    assert server.log == []
    assert not drawing.has_failed_in(view_at(10.0, 50.0))
    assert drawing.problem == ""


def test_the_pack_gives_the_pixels_of_the_network(packed, pack, server, consent, qtbot) -> None:
    view = view_at(10.0, 50.0)
    from_pack = complete(packed(pack), view, qtbot)
    assert server.log == []
    consent.allow_private(server.host)
    from_network = complete(packed(uuid="other"), view, qtbot)
    assert server.log
    assert np.array_equal(from_pack, from_network)


def test_beyond_the_packs_last_level_its_tiles_are_enlarged(packed, pack, server, context, qtbot) -> None:
    context.fetcher.set_offline(True)
    drawing, view = packed(pack), view_at(10.0, 50.0, RESOLUTION / 4)
    picture = complete(drawing, view, qtbot)
    assert (picture[..., 3] == 255).all()
    assert server.log == []
    assert not drawing.has_failed_in(view)
    sentence = drawing.state_in(view).sentence
    assert "no tiles are stored for this view: those of level 6 are shown, 4 times enlarged" in sentence


@pytest.mark.bounded
def test_what_the_pack_lacks_is_asked_of_the_network(packed, pack, server, consent, qtbot) -> None:
    consent.allow_private(server.host)
    drawing = packed(pack)
    complete(drawing, view_at(-100.0, 40.0), qtbot)
    assert server.log
    assert all(path.split("/")[2] == "6" for path in server.log)


def test_without_consent_nothing_but_the_pack_is_looked_at(packed, pack, server, qtbot) -> None:
    drawing = packed(pack)
    complete(drawing, view_at(-100.0, 40.0), qtbot)
    assert server.log == []
    assert "until you allow it" in drawing.problem


def test_a_pack_outside_the_case_is_not_touched(packed, server, tmp_path, qtbot) -> None:
    outside = tmp_path / "elsewhere.mbtiles"
    outside.write_bytes(b"nothing")
    assert packed(outside).is_paused
    assert packed(Path("/dev/zero")).is_paused


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("content", ["missing", "text", "other"])
def test_a_pack_that_cannot_be_used_is_told_and_the_network_asked(
    packed, pack, server, consent, qtbot, content: str
) -> None:
    consent.allow_private(server.host)
    if content == "missing":
        pack.unlink()
    elif content == "text":
        pack.write_bytes(b"no database" * 1000)
    else:
        database = sqlite3.connect(pack)
        database.execute("UPDATE metadata SET value = 'https://other.org/{z}/{x}/{y}' WHERE name = 'source'")
        database.commit()
        database.close()
    drawing = packed(pack)
    picture = complete(drawing, view_at(10.0, 50.0), qtbot)
    assert (picture[..., 3] == 255).all()
    assert server.log
    assert "sky.mbtiles" in drawing.problem


@pytest.mark.bounded
def test_a_damaged_tile_is_asked_of_the_network(packed, pack, server, consent, qtbot) -> None:
    consent.allow_private(server.host)
    database = sqlite3.connect(pack)
    database.execute("UPDATE tiles SET tile_data = x'89504e470d0a1a0a00' WHERE zoom_level = 6")
    database.commit()
    database.close()
    drawing = packed(pack)
    picture = complete(drawing, view_at(10.0, 50.0), qtbot)
    assert (picture[..., 3] == 255).all()
    assert server.log
    assert drawing.problem == ""


@pytest.mark.bounded
def test_a_pack_that_has_grown_is_looked_at_again(packed, pack, server, context, qtbot) -> None:
    context.fetcher.set_offline(True)
    drawing, view = packed(pack), view_at(10.0, 50.0, RESOLUTION / 2)
    complete(drawing, view, qtbot)
    assert drawing.state_in(replace(view)).kind in (StateKind.PARTIAL, StateKind.SHOWN), "level 6 stands in"
    with MbtilesPack(pack, plan_pack(service_of(server), [Bounds(-20.0, 30.0, 40.0, 65.0)], (7, 7))) as more:
        more.put((tile, server.tile(tile.zoom, tile.column, tile.row, "png")) for tile in list(more.missing()))
    before = complete(drawing, view, qtbot)
    drawing.read_packs_again()
    qtbot.wait(50)
    assert not np.array_equal(complete(drawing, view, qtbot), before)
    assert server.log == []


@pytest.mark.bounded
def test_without_a_network_at_all_the_pack_shows(pool, jobs, pack, server, tmp_path, qtbot) -> None:
    """As pictures of a case on the command line have it."""
    from viewer.rendering.layers.drawings import drawing_for

    context = RenderContext(pool, None, jobs, folders=FolderConsent([str(tmp_path / "case")]))
    source = encoded(service_of(server)) | {"packs": [{"path": str(pack)}]}
    layer = Layer(uuid="tiles", kind="tiles", name="Sky", source_json=json.dumps(source))
    drawing = drawing_for(layer, tmp_path / "case", context)
    assert (complete(drawing, view_at(10.0, 50.0), qtbot)[..., 3] == 255).all()
    assert (complete(drawing, view_at(10.0, 50.0, RESOLUTION / 4), qtbot)[..., 3] == 255).all()
    drawing.close()
