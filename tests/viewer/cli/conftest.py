"""The command line in this process, and small files to give to it."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
from msgspec import Struct
from shapely.geometry import Point

import sample_data
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_rasters import write_raster
from viewer.__main__ import main


class Outcome(Struct, frozen=True):
    """What a call left: its exit code and the two streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence of a refusal; fails where there is more, or a traceback."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("geoloupe: ")
        assert lines[0].endswith(".")
        assert self.out == ""
        return lines[0].removeprefix("geoloupe: ")


type Cli = Callable[..., Outcome]


@contextmanager
def inline_reader() -> Iterator[ReaderPool]:
    pool = ReaderPool(inline=True)
    pool.start()
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture
def cli(qapp, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """`cli("info", path)`: the call in this process, with readers in this process; real ones are in test_processes."""
    monkeypatch.setattr("viewer.cli.terminal.reading.one_reader", inline_reader)
    monkeypatch.setattr("viewer.cli.terminal.reading.reader_of_documents", inline_reader)
    monkeypatch.setattr("viewer.cli.terminal.reading.readers", lambda workers: inline_reader())
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))

    def run(*arguments: object) -> Outcome:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def demo() -> Path:
    return sample_data.path("demo.gpkg")


@pytest.fixture
def scene_tif(tmp_path: Path) -> Path:
    """256 x 256 pixels over 10..11 E, 50..51 N: red grows eastwards, green southwards."""
    return write_scene(tmp_path / "scene.tif")


def write_scene(path: Path, crs: str | None = "EPSG:4326", **options: Any) -> Path:
    y, x = np.mgrid[0:256, 0:256]
    values = np.stack((x, y, np.full_like(x, 60))).astype(np.uint8)
    return write_raster(path, values, crs, Bounds(10, 50, 11, 51) if crs else None, photometric="RGB", **options)


@pytest.fixture
def foreign_gpkg(tmp_path: Path) -> Path:
    """A GeoPackage of someone else: two points with a name."""
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"]}, geometry=[Point(10.2, 50.3), Point(10.5, 50.6)], crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "other.gpkg", layer="things")
    return tmp_path / "other.gpkg"


@pytest.fixture
def points_geojson(tmp_path: Path) -> Path:
    path = tmp_path / "points.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "notes": "n"},
            "geometry": {"type": "Point", "coordinates": at},
        }
        for name, at in (("one", [10.25, 50.25]), ("two", [10.75, 50.75]))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def few_frames() -> Iterator[None]:
    """A measurement in this process: what it changes of Python itself is put back after."""
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.freeze()


@pytest.fixture
def real(cli, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command line with readers in processes: bytes of files on hosts come by their pipes."""
    monkeypatch.setattr("viewer.export.headless.ReaderPool", ReaderPool)
    return cli


@pytest.fixture
def range_server(tmp_path: Path) -> Iterator[RangeServer]:
    """A server of the files of a folder, by ranges."""
    (tmp_path / "www").mkdir()
    server = RangeServer(tmp_path / "www")
    yield server
    server.stop()
