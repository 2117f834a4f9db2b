"""Rows F60 and F72 with real readers: very many features, very many vertices, geometries that take for ever."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from pyogrio.errors import DataSourceError

from layers.errors import GivenUp, ReaderTimeout
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request, deadline_s
from tests.support.readers.raw import raw
from tests.support.readers.real_reader import real_reader

GIB = 2**30
CANCEL_S = 2.0


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderPool]:
    monkeypatch.setenv("GEOLOUPE_TEST_OPS", "1")
    with real_reader() as pool:
        yield pool


def geopackage(path: Path, shapes: np.ndarray, geometry: str) -> Path:
    names = np.arange(len(shapes))
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), [names], ["n"], driver="GPKG", geometry_type=geometry, crs="EPSG:4326", layer="a"
    )
    return path


def peak_bytes(pid: int) -> int:
    """The most memory a process has had at a time, as the kernel counts it."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def load(pool: ReaderPool, path: Path) -> tuple[int, int, int]:
    """Features, vertices and requests of everything, chunk by chunk, as the window asks."""
    features = vertices = requests = 0
    start: int | None = 0
    while start is not None:
        answer = pool.ask(
            raw("features", {"path": str(path), "crs": "EPSG:3857", "start_fid": start, "most_bytes": 3 << 20})
        )
        table = table_from_answer(answer)
        assert sum(array.nbytes for array in answer.arrays) < 2**26
        features, vertices, requests = features + len(table), vertices + len(table.xy), requests + 1
        start = answer.header["next_fid"]
    return features, vertices, requests


@pytest.mark.bounded
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is read from /proc")
def test_f60_a_million_features_come_in_chunks_within_a_gibibyte(tmp_path, pool):
    places = np.random.default_rng(1).uniform(-80, 80, (1_000_000, 2))
    path = geopackage(tmp_path / "a.gpkg", shapely.points(places), "Point")
    (layer,) = pool.ask(raw("probe", {"path": str(path)})).header["layers"]
    assert layer["features"] == 1_000_000
    features, _, requests = load(pool, path)
    assert features == 1_000_000
    assert requests > 2
    (pid,) = pool.pids(Profile.FEATURES)
    assert peak_bytes(pid) < GIB


@pytest.mark.bounded
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is read from /proc")
def test_f60_a_polygon_of_a_million_vertices_within_a_gibibyte(tmp_path, pool):
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    path = geopackage(tmp_path / "a.gpkg", shapely.polygons([np.stack([np.cos(angle), np.sin(angle)], 1)]), "Polygon")
    assert pool.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"] == []
    features, vertices, _ = load(pool, path)
    assert features == 1
    assert vertices > 900_000
    (pid,) = pool.pids(Profile.FEATURES)
    assert peak_bytes(pid) < GIB


@pytest.mark.bounded
def test_f60_reading_is_cancelled_at_once_and_the_next_file_is_read(tmp_path, pool):
    angle = np.linspace(0, 2 * np.pi, 200_000, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1)
    slow = tmp_path / "slow.geojson"  # read as a whole, by one request
    polygons = ",".join(
        '{"type":"Feature","properties":{},"geometry":' + shapely.to_geojson(shapely.Polygon(ring * size)) + "}"
        for size in (1, 2, 3, 4)
    )
    slow.write_text('{"type":"FeatureCollection","features":[' + polygons + "]}")
    good = geopackage(tmp_path / "good.gpkg", shapely.points([[1.0, 2.0]]), "Point")
    pool.ask(raw("probe", {"path": str(good)}))
    (before,) = pool.pids(Profile.FEATURES)
    said: list[object] = []
    arrived = threading.Event()
    request = Request(
        raw("features", {"path": str(slow), "crs": "EPSG:3857"}), lambda r: (said.append(r), arrived.set()), str(slow)
    )
    pool.submit(request)
    end = time.monotonic() + 10
    while pool.is_idle() and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(0.05)  # it is at work
    begin = time.monotonic()
    pool.give_up(request)
    assert arrived.wait(CANCEL_S)
    assert time.monotonic() - begin < CANCEL_S
    assert isinstance(said[0], GivenUp)
    assert "cancelled" in said[0].sentence
    assert load(pool, good)[0] == 1
    assert pool.pids(Profile.FEATURES) != [before], "the reader that was at it is gone"


def scribble(count: int = 3000) -> shapely.Polygon:
    """So many vertices at random: some three million crossings, which a repair would have to find a place for."""
    return shapely.Polygon(np.random.default_rng(1).uniform(0, 10, (count, 2)))


@pytest.mark.bounded
def test_f72_a_geometry_bomb_loads_draws_and_is_exported_in_time(tmp_path, pool):
    """No op of ours repairs, buffers or simplifies: each gets done well before its reader would be killed."""
    path = geopackage(tmp_path / "a.gpkg", np.array([scribble(), shapely.box(1, 1, 2, 2)], object), "Polygon")
    params = {"path": str(path), "crs": "EPSG:3857", "layer": "a"}
    out = tmp_path / "out.gpkg"
    for op, more in (
        ("probe", {}),
        ("features", {}),
        ("attributes", {}),
        ("columns", {}),
        ("rows", {}),
        ("export_rows", {"out": str(out), "format": "GPKG", "start": 0}),
    ):
        request = Request(raw(op, params), lambda _: None)
        assert deadline_s(request) <= 30
        begin = time.monotonic()
        answer = pool.ask(raw(op, {**params, **more}), profile=Profile.WRITER if op == "export_rows" else Profile.LOCAL)
        assert time.monotonic() - begin < 10, op
        assert isinstance(answer, Answer)
        if op == "probe":
            assert any("self-intersection" in problem for problem in answer.header["layers"][0]["problems"])
        if op == "features":
            assert len(table_from_answer(answer)) == 2
    try:
        kept = shapely.from_wkb(pyogrio.raw.read(out)[2][0])
    except DataSourceError:
        pytest.fail("nothing was exported")
    assert shapely.equals_exact(shapely.get_parts(kept)[0], scribble())


@pytest.mark.bounded
def test_f72_what_never_ends_is_killed_at_its_deadline_with_one_sentence(pool):
    """`_hang` stands for a library that does not come back."""
    pool.ask(raw("_echo", {}))
    (before,) = pool.pids(Profile.LOCAL)
    said: list[object] = []
    arrived = threading.Event()
    request = Request(
        raw("_hang", {"path": "/x/bomb.gpkg"}), lambda r: (said.append(r), arrived.set()), "/x/bomb.gpkg", 3.0
    )
    begin = time.monotonic()
    pool.submit(request)
    assert arrived.wait(10)
    assert 3 <= time.monotonic() - begin < 10
    assert isinstance(said[0], ReaderTimeout)
    assert said[0].sentence == "bomb.gpkg did not answer within 3 s and was given up: try a smaller part."
    assert pool.ask(raw("_echo", {})).header["pid"] != before
    assert not os.path.exists(f"/proc/{before}"), "no process is left behind"
    assert deadline_s(Request(raw("probe", {"path": "/x/bomb.gpkg"}), print)) == 10
