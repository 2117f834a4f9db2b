"""Maps on request in the pixels of the view: drawn as they come, in few requests, and never those of another view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.decoding import encoded
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR
from layers.grid.tile_grid import TileGrid, View
from layers.services.map_pictures import PictureBox
from layers.services.matrix import SourceTile
from layers.services.tile_service import TileService
from tests.support.map_server import MapServer, serving_map
from tests.viewer.rendering.conftest import complete, context_of_host
from viewer.network.server_faults import AnsweredInWords
from viewer.rendering.context import RenderContext
from viewer.rendering.images import image_of_argb
from viewer.rendering.layers.drawings import drawing_for
from viewer.rendering.layers.tile_requests import TileRequests
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.tiles.mosaic import cut_picture

SIDE_PX, STEP_M = 1600, 100.0
PLACE = Bounds(1_000_000.0, 6_000_000.0, 1_000_000.0 + SIDE_PX * STEP_M, 6_000_000.0 + SIDE_PX * STEP_M)
GRID = TileGrid(WEB_MERCATOR, STEP_M, PLACE.left, PLACE.top)
VIEW = View(GRID, 100, 50, 1200, 800)


def noise() -> np.ndarray:
    return np.random.default_rng(26).integers(0, 1 << 24, (SIDE_PX, SIDE_PX), dtype=np.uint32) | 0xFF000000


@pytest.fixture
def server() -> Iterator[MapServer]:
    with serving_map(image_of_argb(noise()), PLACE) as server:
        yield server


@pytest.fixture
def context(pool, jobs, server: MapServer, tmp_path: Path) -> Iterator[RenderContext]:
    with context_of_host(server.host, tmp_path, pool, jobs) as context:
        yield context


def service_of(server: MapServer) -> TileService:
    return TileService("Maps", server.maps, max_level=20, tile_px=512, kind="wms")


def drawn(draw, service: TileService):
    return draw(Layer(uuid="maps", kind="tiles", name="Maps", source_json=json.dumps(encoded(service))))


def boxes(server: MapServer) -> list[tuple[Bounds, int, int]]:
    queries = [parse_qs(urlsplit(path).query) for path in server.log]
    return [(Bounds(*map(float, q["bbox"][0].split(","))), int(q["width"][0]), int(q["height"][0])) for q in queries]


def shown_part(view: View) -> np.ndarray:
    """The server's own pixels of a view that lies on them."""
    argb = noise()[view.top : view.top + view.height, view.left : view.left + view.width]
    return argb.astype("<u4").view(np.uint8).reshape(*argb.shape, 4)


@pytest.mark.bounded
def test_pixels_are_those_of_the_server_and_come_in_few_requests(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    picture = complete(drawing, VIEW, qtbot)
    assert drawing.problem == ""
    assert np.array_equal(picture[..., :3], shown_part(VIEW)[..., :3]), "nothing was resampled"
    asked = boxes(server)
    assert len(asked) <= 6
    for bounds, width, height in asked:
        assert (bounds.width / width, bounds.height / height) == pytest.approx((STEP_M, STEP_M))

    server.log.clear()
    moved = View(GRID, VIEW.left + 200, VIEW.top, VIEW.width, VIEW.height)
    assert np.array_equal(complete(drawing, moved, qtbot)[..., :3], shown_part(moved)[..., :3])
    assert sum(width * height for _, width, height in boxes(server)) <= 256 * 256 * 4, "only what has come into view"


def test_only_what_is_in_view_is_asked_for_and_does_for_no_other_view(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    small = View(GRID, 100, 50, 300, 260)
    assert np.array_equal(complete(drawing, small, qtbot)[..., :3], shown_part(small)[..., :3])
    assert sum(width * height for _, width, height in boxes(server)) == small.width * small.height

    inside, beyond = View(GRID, 110, 60, 280, 240), View(GRID, 130, 40, 300, 260)
    assert drawing.is_complete(inside)
    assert not drawing.is_complete(beyond), "a part is no whole tile"
    server.log.clear()
    assert np.array_equal(complete(drawing, inside, qtbot)[..., :3], shown_part(inside)[..., :3])
    assert server.log == []
    assert np.array_equal(complete(drawing, beyond, qtbot)[..., :3], shown_part(beyond)[..., :3])
    assert server.log != []


@pytest.mark.bounded
def test_while_the_map_is_dragged_whole_squares_are_asked_for(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    complete(drawing, VIEW, qtbot)
    server.log.clear()
    dragged = View(GRID, VIEW.left + 200, VIEW.top, VIEW.width, VIEW.height)
    drawing.set_view(dragged, resting=False)
    qtbot.waitUntil(lambda: drawing.is_complete(dragged))
    assert {size % 256 for _, *sides in boxes(server) for size in sides} == {0}


@pytest.mark.bounded
def test_what_has_come_still_shows_where_the_rest_fails(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    complete(drawing, VIEW, qtbot)
    server.largest_px = 1  # from now on it refuses all
    moved = View(GRID, VIEW.left + 40, VIEW.top, VIEW.width, VIEW.height)
    picture = complete(drawing, moved, qtbot)
    assert np.array_equal(picture[:, :-40, :3], shown_part(moved)[:, :-40, :3])
    assert (picture[:, -40:, 3] == 0).all()
    assert drawing.problem


@pytest.mark.bounded
def test_another_resolution_is_asked_for_anew_and_the_first_one_is_kept(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    complete(drawing, VIEW, qtbot)
    closer = View(TileGrid(WEB_MERCATOR, STEP_M / 3, PLACE.left, PLACE.top), 600, 600, 500, 400)
    complete(drawing, closer, qtbot)
    assert drawing.drawn_service.matrices.matrices[0].resolution == pytest.approx(STEP_M / 3)
    server.log.clear()
    assert np.array_equal(complete(drawing, VIEW, qtbot)[..., :3], shown_part(VIEW)[..., :3])
    assert server.log == []


@pytest.mark.bounded
def test_a_server_that_refuses_large_pictures_is_asked_for_small_ones(draw, server: MapServer, qtbot) -> None:
    server.largest_px = 512
    drawing = drawn(draw, service_of(server))
    picture = complete(drawing, VIEW, qtbot)
    assert drawing.problem == ""
    assert (picture[..., 3] == 255).all()
    assert max(boxes(server)[-1][1:]) <= 512


def test_a_view_over_the_edge_of_the_world_is_asked_on_the_own_grid(draw, server: MapServer, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    edge = View(TileGrid(WEB_MERCATOR, 5_000.0, MERCATOR_HALF_M, 6_200_000.0), -200, 0, 400, 300)
    complete(drawing, edge, qtbot)
    assert drawing.drawn_service is drawing.service
    assert all(width == 512 for _, width, _ in boxes(server))


def test_a_picture_smaller_than_asked_for_is_enlarged_and_keeps_its_words() -> None:
    picture = image_of_argb(np.full((128, 256), 0xFF204060, dtype=np.uint32))
    picture.setText("Warning", "another day")
    squares = cut_picture(picture, [SourceTile(0, 4, 7), SourceTile(0, 5, 7)], PictureBox(1024, 1792, 1536, 2048))
    assert [(tile, image.width(), image.height()) for tile, image in squares.items()] == [
        (SourceTile(0, 4, 7), 256, 256),
        (SourceTile(0, 5, 7), 256, 256),
    ]
    assert {image.text("Warning") for image in squares.values()} == {"another day"}
    assert QImage(squares[SourceTile(0, 5, 7)]).pixelColor(3, 3).getRgb()[:3] == (0x20, 0x40, 0x60)


class _Fetch:
    """A request that is never answered by itself."""

    def __init__(self, done: Callable[[QImage | None, GeoloupeError | None], None]) -> None:
        self.done, self.is_over, self.is_cancelled, self.host = done, False, False, "maps.example.org"

    def cancel(self) -> None:
        self.is_over = self.is_cancelled = True


@pytest.fixture
def fetches(context: RenderContext, monkeypatch: pytest.MonkeyPatch) -> list[_Fetch]:
    made: list[_Fetch] = []

    def fetch(
        url: str,
        done: Callable[[QImage | None, GeoloupeError | None], None],
        answered: Callable[[], None],
        *,
        is_map: bool,
    ) -> _Fetch:
        assert is_map
        made.append(_Fetch(done))
        return made[-1]

    monkeypatch.setattr(context.fetcher, "fetch", fetch)
    return made


def test_what_is_under_way_for_another_resolution_is_given_up(
    context: RenderContext, server: MapServer, fetches: list[_Fetch]
) -> None:
    arrived: list[SourceTile] = []
    requests = TileRequests(
        service_of(server), context, lambda tile, *_: arrived.append(tile), lambda: None, lambda _: None
    )
    assert requests.fit(VIEW, may_fit=True)
    requests.send((SourceTile(0, 3, 3), SourceTile(0, 4, 3)))
    assert not requests.fit(View(GRID, 0, 0, 300, 200), may_fit=True), "another place in the same pixels"
    assert requests.fit(View(TileGrid(WEB_MERCATOR, 7.0), 0, 0, 300, 200), may_fit=True)
    assert [fetch.is_cancelled for fetch in fetches] == [True]
    fetches[0].done(QImage(512, 256, QImage.Format.Format_RGB32), None)
    assert arrived == []
    assert requests.under_way == 0


def test_all_pictures_of_a_view_are_asked_for_in_one_turn(
    draw: Callable[..., TilesDrawing], server: MapServer, fetches: list[_Fetch]
) -> None:
    """Else the last one would be begun when the first ones are there, and the view would take twice as long."""
    drawing = drawn(draw, service_of(server))
    drawing.set_view(View(GRID, 0, 0, 1920, 1080))
    assert len(fetches) == 4
    assert drawing.progress == (0, 40)


def test_words_are_a_refusal_only_until_a_picture_has_come(
    context: RenderContext, server: MapServer, fetches: list[_Fetch]
) -> None:
    arrived: list[SourceTile] = []
    turns: list[str] = []
    requests = TileRequests(
        service_of(server),
        context,
        lambda tile, *_: arrived.append(tile),
        lambda: None,
        lambda error: turns.append(error.sentence),
    )
    requests.fit(VIEW, may_fit=True)
    requests.send((SourceTile(0, 3, 3),))
    fetches[0].done(QImage(256, 256, QImage.Format.Format_RGB32), None)
    requests.send((SourceTile(0, 4, 3),))
    fetches[1].done(None, AnsweredInWords("There is no memory left."))
    assert (len(arrived), turns) == (2, [])
    requests.fit(View(TileGrid(WEB_MERCATOR, 7.0), 0, 0, 300, 200), may_fit=True)
    requests.send((SourceTile(0, 3, 3),))
    fetches[2].done(None, AnsweredInWords("The picture is too large."))
    assert (len(arrived), turns) == (2, ["The picture is too large."])
    assert requests.fit(VIEW, may_fit=True)
    assert not requests.is_fitted


def test_what_was_seen_at_another_scale_stands_in_offline_and_that_is_said(draw, server, context, qtbot) -> None:
    drawing = drawn(draw, service_of(server))
    small = View(GRID, 100, 50, 300, 260)
    complete(drawing, small, qtbot)
    context.fetcher.set_offline(True)
    closer = View(replace(GRID, resolution=STEP_M / 2), 250, 150, 200, 160)
    picture = complete(drawing, closer, qtbot)
    assert (picture[..., 3] == 255).all(), "scaled from what was seen"
    state = drawing.state_in(closer)
    assert "seen before at another scale" in state.sentence
    elsewhere = View(replace(GRID, resolution=STEP_M / 2), 2400, 2400, 200, 160)
    assert not complete(drawing, elsewhere, qtbot)[..., 3].any()
    assert "at the same scale" in drawing.state_in(elsewhere).sentence
    context.fetcher.set_offline(False)
    qtbot.waitUntil(lambda: (drawing.set_view(closer), drawing.is_complete(closer))[1] and not drawing.problem)
    assert not np.array_equal(complete(drawing, closer, qtbot), picture), "drawn by the server now"


@pytest.mark.bounded
def test_what_was_seen_at_the_same_scale_is_not_called_one_of_another_scale(
    draw, server, context, pool, jobs, tmp_path, qtbot
) -> None:
    drawing = drawn(draw, service_of(server))
    complete(drawing, View(GRID, 100, 50, 300, 260), qtbot)
    qtbot.waitUntil(jobs.is_idle)
    context.fetcher.set_offline(True)
    moved = View(GRID, 150, 90, 300, 260)
    assert complete(drawing, moved, qtbot)[..., 3].any(), "what was seen is shown"
    sentence = drawing.state_in(moved).sentence
    assert "at the same scale" in sentence, "the rest is what lacks"
    assert "another scale" not in sentence

    with context_of_host(server.host, tmp_path, pool, jobs) as later:
        later.fetcher.set_offline(True)
        source = json.dumps(encoded(service_of(server)))
        again = drawing_for(Layer(uuid="maps", kind="tiles", name="Maps", source_json=source), None, later)
        complete(again, moved, qtbot)
        qtbot.waitUntil(lambda: again.shows_in(moved))
        assert "another scale" not in again.state_in(moved).sentence
        closer = View(replace(GRID, resolution=STEP_M / 2), 300, 180, 200, 160)
        complete(again, closer, qtbot)
        qtbot.waitUntil(lambda: again.shows_in(closer))
        assert "another scale" in again.state_in(closer).sentence
        again.close()


@pytest.mark.bounded
def test_what_earlier_sessions_saw_stands_in_offline_at_other_scales(
    draw, server, context, pool, jobs, tmp_path, qtbot
) -> None:
    secret = replace(service_of(server), template=f"{server.maps}&api_key=hush-hush")
    complete(drawn(draw, secret), View(GRID, 100, 50, 300, 260), qtbot)
    qtbot.waitUntil(jobs.is_idle)
    (index,) = (tmp_path / "tiles-seen").iterdir()
    assert not any(word in index.name + index.read_text() for word in ("hush", "key", server.host, "Maps"))
    with context_of_host(server.host, tmp_path, pool, jobs) as later:
        later.fetcher.set_offline(True)
        again = drawing_for(
            Layer(uuid="maps", kind="tiles", name="Maps", source_json=json.dumps(encoded(secret))), None, later
        )
        closer = View(replace(GRID, resolution=STEP_M / 2), 250, 150, 200, 160)
        complete(again, closer, qtbot)
        qtbot.waitUntil(lambda: again.shows_in(closer))
        picture = complete(again, closer, qtbot)
        assert (picture[..., 3] == 255).all()
        truth = shown_part(View(GRID, 125, 75, 100, 80)).repeat(2, 0).repeat(2, 1)
        assert np.abs(picture[..., :3].astype(int) - truth[..., :3]).mean() < 60, "the place, larger than it was drawn"
        assert "seen before at another scale" in again.state_in(closer).sentence
        again.close()
