"""bench view of what servers offer: measured as a file, from an address alone, with nothing stored before or after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84, transform_bounds
from layers.pool.pool import ReaderPool
from tests.support.feature_server import serving_features
from tests.support.map_server import MapServer, serving_map
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.tile_server import TileServer, serving
from tests.support.wms_documents import document, layer_xml
from viewer.cli.terminal.command import BAD_INPUT, DONE

WORLD = Bounds(-MERCATOR_HALF_M, -MERCATOR_HALF_M, MERCATOR_HALF_M, MERCATOR_HALF_M)
BOUNDS = Bounds(10.0, 45.0, 20.0, 52.0)
COMMON = ("--size", "320x200", "--bounds", ",".join(map(str, BOUNDS)), "--json")


@pytest.fixture(autouse=True)
def few_steps(few_frames: None, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two scales, moved to twice. Readers in the test's own process are always ready."""
    monkeypatch.setattr("viewer.cli.benches.bench_view.warm", lambda studio: None)
    monkeypatch.setattr("viewer.cli.benches.bench_view.FRACTIONS", (1.0, 1 / 4))
    monkeypatch.setattr("viewer.cli.benches.bench_view.STEPS", 2)
    monkeypatch.setattr("viewer.cli.benches.bench_view.DRAG_PICTURES", 2)


@pytest.fixture
def tiles() -> Iterator[TileServer]:
    with serving() as server:
        yield server


@pytest.fixture
def maps() -> Iterator[MapServer]:
    picture = QImage(512, 512, QImage.Format.Format_RGB32)
    picture.fill(QColor(200, 30, 60))
    with serving_map(picture, WORLD) as server:
        two = layer_xml() + layer_xml(name="b", title="B")
        server.documents["/map"] = document(two, href=f"http://{server.host}/map?").encode()
        yield server


@pytest.mark.bounded
def test_a_layer_of_capabilities_in_bounds(cli, maps: MapServer, tmp_path: Path) -> None:
    address = f"http://{maps.host}/map?service=WMS#b"
    outcome = cli("bench", "view", address, "--frames", tmp_path, *COMMON)
    assert outcome.code == DONE, outcome.err
    figures = outcome.json
    assert figures["file"] == address
    assert figures["first_frame_ms"] > figures["open_ms"] > 0
    assert figures["stretch_fps"] is None
    whole = transform_bounds(WGS84, WEB_MERCATOR, BOUNDS)
    widths = [bounds[2] - bounds[0] for bounds in (view["bounds"] for view in figures["views"])]
    assert widths == pytest.approx([whole.width, whole.width / 4])
    assert "request=getcapabilities" in maps.log[0].lower()
    asked = [path for path in maps.log if "getmap" in path.lower()]
    assert asked
    assert all("layers=b" in path.lower() for path in asked)
    picture = next(path for path in tmp_path.glob("*_0.2500_1.png"))
    assert QColor(QImage(str(picture)).pixel(160, 100)).getRgb()[:3] == (200, 30, 60)
    assert json.loads(picture.with_suffix(".json").read_text())["bounds"] == figures["views"][1]["bounds"]


@pytest.mark.bounded
def test_each_run_asks_for_every_tile_anew(cli, tiles: TileServer, own_home: Path) -> None:
    runs = []
    for _ in range(2):
        tiles.log.clear()
        assert cli("bench", "view", tiles.template(), *COMMON).code == DONE
        runs.append(sorted(tiles.log))
    assert runs[0]
    assert runs[0] == runs[1]
    assert not [path for path in own_home.rglob("*.d") if path.is_file()], "tiles are stored nowhere that lasts"


def test_a_service_that_sends_no_tile_is_not_measured(cli, tiles: TileServer) -> None:
    outcome = cli("bench", "view", tiles.template("status403"), *COMMON)
    assert outcome.code == BAD_INPUT
    assert "none of its tiles came" in outcome.sentence


def test_what_is_no_layer_is_said(cli, maps: MapServer) -> None:
    outcome = cli("bench", "view", f"http://{maps.host}/map?service=WMS#sea", *COMMON)
    assert outcome.code == BAD_INPUT
    assert "no layer “sea”" in outcome.sentence


def test_features_of_a_server_are_those_of_the_bounds(cli) -> None:
    with serving_features() as server:
        words = ("--size", "320x200", "--bounds", "10,50.19,10.025,50.21", "--json")
        outcome = cli("bench", "view", f"{server.address}#parks", *words)
        assert outcome.code == DONE, outcome.err
        assert server.items


@pytest.mark.bounded
@pytest.mark.parametrize("bounds", [(), ("--bounds", "3.65,47.2,3.7,47.25")], ids=["whole", "bounds"])
def test_a_cog_by_range(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounds: tuple[str, ...]) -> None:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", ReaderPool)
    server = RangeServer(tmp_path)
    try:
        write_cog(tmp_path / "a.tif", 1024)
        outcome = cli("bench", "view", server.address("a.tif"), "--size", "320x200", *bounds, "--json")
        assert outcome.code == DONE, outcome.err
        assert outcome.json["stretch_fps"] > 0
        assert outcome.json["first_frame_ms"] > 0
        assert all(asked.first >= 0 for asked in server.log), "the file is never fetched as a whole"
    finally:
        server.stop()
