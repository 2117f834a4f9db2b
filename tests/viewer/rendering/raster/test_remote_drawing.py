"""A COG on a host is drawn as the same file on a disk, once its host is allowed, and from few bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import blocks_of, write_cog
from tests.viewer.rendering.raster.conftest import document_of
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, wait_until
from viewer.network.secrets import Secret, SecretKind
from viewer.rendering.drawing import FailedDrawing
from viewer.rendering.raster.raster_requests import DEAR_BYTES
from viewer.rendering.raster.remote_drawing import RemoteDrawing
from viewer.rendering.service_state import Way


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    server = RangeServer(tmp_path)
    yield server
    server.stop()


def picture_of(studio: Studio, scene: MapScene, shrink: float = 1.0) -> QImage:
    """A picture of the middle of the COG, `shrink` of its pixels to one."""
    half = 10 * 200 * shrink
    bounds = Bounds(410_240 - half, 5_989_760 - half, 410_240 + half, 5_989_760 + half)
    return studio.picture(scene, WEB_MERCATOR, transform_bounds(WEB_MERCATOR, WGS84, bounds), 400, 400)


@pytest.mark.bounded
@pytest.mark.parametrize("shrink", [1.0, 5.0])
def test_the_picture_is_that_of_the_file_on_disk(
    studio: Studio, server: RangeServer, tmp_path: Path, shrink: float
) -> None:
    path = write_cog(tmp_path / "a.tif")
    here = studio.scene(document_of({"path": str(path)}))
    there = studio.scene(document_of({"address": server.address("a.tif")}))
    ours, theirs = (picture_of(studio, scene, shrink) for scene in (here, there))
    assert ours == theirs
    assert ours.pixelColor(200, 200) != ours.pixelColor(5, 5)
    ranges = sorted((asked.first, asked.last) for asked in server.log)
    assert len(set(ranges)) == len(ranges), "no range twice"


@pytest.mark.bounded
def test_a_picture_of_all_fetches_the_overviews_alone(studio: Studio, server: RangeServer, tmp_path: Path) -> None:
    size = write_cog(tmp_path / "a.tif", 4096, 1).stat().st_size
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    studio.picture(scene, WEB_MERCATOR, None, 400, 400)
    assert size > 10_000_000
    assert server.sent < 1_000_000


WHOLE_PX = (1366, 768)
"""A view of 4096 pixels in it is drawn from the overview of 1024, and the small picture of all from that of 512."""
EXACT, SMALL = 1, 2
HEADER_BYTES = 24 << 10


@pytest.mark.bounded
def test_a_view_fetches_the_blocks_that_it_needs_and_little_beside_the_small_picture_of_all_first(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    path = write_cog(tmp_path / "a.tif", 4096, bands=2, blocksize=512)
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    studio.picture(scene, WEB_MERCATOR, None, *WHOLE_PX)
    exact, small = (list(blocks_of(path, level).values()) for level in (EXACT, SMALL))
    needed = sum(last - first + 1 for first, last in [*exact, *small])
    assert needed > DEAR_BYTES
    assert server.sent <= needed + HEADER_BYTES
    begun = [next(at for at, asked in enumerate(server.log) if asked.last >= last) for _, last in (small[0], exact[0])]
    assert begun[0] < begun[1]


@pytest.mark.bounded
def test_a_view_of_most_of_a_file_fetches_no_small_picture_of_all_until_it_moves_on(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    path = write_cog(tmp_path / "a.tif", 2048, bands=1, compress="JPEG", quality=90)
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    studio.picture(scene, WEB_MERCATOR, None, 1100, 1000)
    wait_until(studio.context.is_idle)
    exact, small = (sum(last - first + 1 for first, last in blocks_of(path, level).values()) for level in (0, 1))
    assert exact < DEAR_BYTES
    assert exact <= server.sent <= exact + HEADER_BYTES
    assert small > HEADER_BYTES, "else it could have been fetched unnoticed"
    before = server.sent
    picture_of(studio, scene)
    wait_until(studio.context.is_idle)
    (small_first, _), *_ = sorted(blocks_of(path, 1).values())
    assert any(asked.first <= small_first <= asked.last for asked in server.log), "there before the next way out"
    assert server.sent > before


def test_nothing_is_asked_of_a_host_that_is_not_allowed(tmp_path: Path, server: RangeServer) -> None:
    write_cog(tmp_path / "a.tif", 512)
    with Studio(workers=1) as studio:
        scene = studio.scene(document_of({"address": server.address("a.tif")}))
        (drawing,) = scene.drawings.values()
        assert isinstance(drawing, FailedDrawing)
        assert drawing.is_paused
        assert f"{server.host} is not contacted until you allow it" in drawing.problem
    assert server.log == []


@pytest.mark.bounded
def test_offline_nothing_is_asked_and_that_is_said(studio: Studio, server: RangeServer, tmp_path: Path) -> None:
    write_cog(tmp_path / "a.tif", 512)
    studio.context.fetcher.set_offline(True)
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    (drawing,) = scene.drawings.values()
    assert "offline" in drawing.problem
    assert server.log == []
    studio.context.fetcher.set_offline(False)
    wait_until(lambda: isinstance(drawing, RemoteDrawing) and drawing.info is not None)
    assert drawing.problem == ""


FAULTS = {
    "ignores ranges": "does not send parts of files",
    "cut off": "127.0.0.1",
    "shifted": "another part of the file",
    "elsewhere": "is not allowed",
}


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_lies_is_said(studio: Studio, server: RangeServer, tmp_path: Path, fault: str) -> None:
    write_cog(tmp_path / "a.tif", 512)
    server.fault, server.elsewhere = fault, "http://127.0.0.2:1/a.tif"
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    (drawing,) = scene.drawings.values()
    assert FAULTS[fault] in drawing.problem
    assert len(server.log) <= 4, "one try and three more"


@pytest.mark.bounded
def test_f29_a_cog_that_wants_a_login_says_so_and_is_drawn_after_it(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    write_cog(tmp_path / "a.tif", 512)
    server.fault = "wants login"
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    (drawing,) = scene.drawings.values()
    assert isinstance(drawing, RemoteDrawing)
    assert "refuses us (code 401)" in drawing.problem
    assert (drawing.state.badge, drawing.state.ways[0]) == ("refused", Way.SIGN_IN)
    studio.context.fetcher.sign_in(server.host, Secret(SecretKind.BEARER, "a-key"))
    wait_until(lambda: drawing.info is not None)
    assert drawing.state.ways == ()


@pytest.mark.bounded
def test_a_file_that_changes_meanwhile_stays_as_it_was_read(
    studio: Studio, server: RangeServer, tmp_path: Path
) -> None:
    write_cog(tmp_path / "a.tif")
    scene = studio.scene(document_of({"address": server.address("a.tif")}))
    server.fault = "changed"
    picture_of(studio, scene)
    (drawing,) = scene.drawings.values()
    assert "has changed on its host" in drawing.problem


def test_addresses_that_no_layer_may_name_are_not_drawn(studio: Studio, server: RangeServer) -> None:
    for address in ("ftp://host/a.tif", f"http://me:secret@{server.host}/a.tif", "http://ho st/a.tif", 5, "/etc/a.tif"):
        scene = studio.scene(document_of({"address": address}))
        (drawing,) = scene.drawings.values()
        assert isinstance(drawing, FailedDrawing)
    assert server.log == []
