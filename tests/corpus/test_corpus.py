"""Odd but honest files: each is told, read and drawn as its peer, GDAL with LIBKML, says, or rightly refused."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pytest
from msgspec import Struct
from PySide6.QtGui import QImage

from layers.geo.crs import WGS84, is_off_earth, transform_points, world_bounds
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from tests.corpus.agreement import differences, points_of
from tests.corpus.every import EVERY
from tests.corpus.odd import Odd
from tests.support.pictures import drawn, pixels
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has
from tests.support.readers.raw import raw
from viewer.__main__ import main
from viewer.cli.terminal.command import BAD_INPUT, DONE
from viewer.export.headless import Studio

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(120)]

WIDTH, HEIGHT = 320, 240
LONGEST_S = 10.0
ABOUT_PX = 2
COLOUR_OFF = 14


class OneStudio(Studio):
    """The studio of all calls: each gives its scenes back, and it tells what it drew last."""

    last_view: View | None = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for scene in self._scenes:
            scene.close()
        self._scenes.clear()

    def picture_of(self, scene: Any, view: View) -> Any:
        self.last_view = view
        return super().picture_of(scene, view)


class Corpus(Struct, frozen=True):
    """The files as they were written, what the peer says of each, and what they are read with."""

    paths: dict[str, Path]
    words: dict[str, dict[str, Any]]
    inline: OneStudio
    processes: OneStudio

    def studio(self, odd: Odd) -> OneStudio:
        """A VRT is read by a reader process of its own only; the others here, which is faster than in one a folder."""
        return self.processes if self.paths[odd.name].suffix == ".vrt" else self.inline


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Corpus]:
    need(system_python_has("osgeo.gdal"), "python3-gdal")
    request.getfixturevalue("qapp")
    folder = tmp_path_factory.mktemp("corpus")
    odds = {
        item.callspec.params["odd"].name: item.callspec.params["odd"]
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    }
    paths = {name: odd.write(folder) for name, odd in odds.items()}
    words = asked_peer({name: odd.job(paths[name]) for name, odd in odds.items()}, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
        studio = OneStudio()
    processes = OneStudio()
    mosaics = [str(path) for path in paths.values() if path.suffix == ".vrt"]
    processes.pool.foretell(str(file) for path in mosaics for file in Path(path).parent.iterdir())
    for path in mosaics[:1]:
        processes.pool.ask(raw("probe", {"path": path}))  # a reader that starts is no wait for a file
    yield Corpus(paths, words, studio, processes)
    for one in (studio, processes):
        super(OneStudio, one).__exit__(None, None, None)


def asked_peer(jobs: dict[str, dict[str, Any]], folder: Path) -> dict[str, dict[str, Any]]:
    """What GDAL says of all of them, in a process of its own."""
    asked, answers = folder / "jobs.json", folder / "answers.json"
    asked.write_text(json.dumps(jobs), "utf-8")
    call = [SYSTEM_PYTHON, str(Path(__file__).with_name("gdal_word.py")), str(asked), str(answers)]
    done = subprocess.run(call, capture_output=True, text=True, env=clean(), timeout=100)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(answers.read_text("utf-8"))


@pytest.fixture
def run(odd: Odd, corpus: Corpus, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run("info", path)`: the exit code and both streams of a call in this process, with the corpus's readers."""

    @contextmanager
    def one_reader() -> Iterator[ReaderPool]:
        yield corpus.studio(odd).pool

    monkeypatch.setattr("viewer.cli.terminal.reading.one_reader", one_reader)
    monkeypatch.setattr("viewer.export.headless.Studio", lambda consent=(), secrets=None: corpus.studio(odd))
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", int(LONGEST_S * 1000))

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize("odd", EVERY, ids=lambda odd: odd.name)
def test_a_file_answers_as_its_peer_or_is_rightly_refused(odd: Odd, corpus: Corpus, run: Any, tmp_path: Path) -> None:
    path = corpus.paths[odd.name]
    word = corpus.words[odd.name] | odd.written
    began = time.monotonic()
    code, out, err = run("info", path, "--json")
    if odd.refused:
        assert (code, len(err.splitlines())) == (BAD_INPUT, 1), (out, err)
        assert odd.refused in err
        return
    assert (code, err) == (DONE, "")
    facts = json.loads(out)
    wrong = differences(path, odd.part, facts, word, corpus.studio(odd).pool)

    code, _, err = run("render", path, "--out", tmp_path / "x.png", "--size", f"{WIDTH}x{HEIGHT}")
    if odd.not_drawn:
        assert (code, wrong) == (BAD_INPUT, [])
        assert odd.not_drawn in err
        return
    assert code == DONE, err
    assert "Traceback" not in err
    wrong += wrong_picture(tmp_path / "x.png", word, corpus.studio(odd).last_view, err)
    if odd.says and odd.says not in err:
        wrong.append(f"it is not said: {odd.says}, but: {err}")
    if time.monotonic() - began > LONGEST_S:
        wrong.append(f"it took {time.monotonic() - began:.1f} s")
    if wrong:
        pytest.fail("\n".join([*wrong, f"said: {err}", f"problems: {facts['problems']}"]))


def wrong_picture(file: Path, word: dict[str, Any], view: View | None, said: str) -> list[str]:
    """Nothing in it without a word, nothing where the peer has something, or other colours."""
    assert view is not None
    seen = drawn(file)
    if not seen.any():
        return [] if said else ["the picture is blank without a word"]
    if is_off_earth(view.grid.crs):
        return []
    there, off = [], []
    for (lon, lat), values in points_of(word):
        at = place_in(view, lon, lat)
        if at is None:
            continue
        x, y = at
        near = (slice(max(y - ABOUT_PX, 0), y + ABOUT_PX + 1), slice(max(x - ABOUT_PX, 0), x + ABOUT_PX + 1))
        there.append(bool(seen[near].any()))
        if word["kind"] == "raster" and is_true_colour(word):
            off.append(abs(pixels_of(file)[y, x].astype(int) - values[:3]).max())
    wrong = []
    if there and np.mean(there) < 0.75:
        wrong.append(f"of the peer's points in the picture {there} are drawn")
    if off and np.median(off) > COLOUR_OFF:
        wrong.append(f"colours are {off} off")
    return wrong


def place_in(view: View, lon: float, lat: float) -> tuple[int, int] | None:
    """The pixel of the picture for a place, on whichever copy of the world it shows; None where it is not in it."""
    x, y = (values.item() for values in transform_points(WGS84, view.grid.crs, lon, lat))
    round_the_world = world_bounds(view.grid.crs).width
    for turn in (0, 1, -1):
        col, row = view.to_pixel(x + turn * round_the_world, y)
        if 0 <= col < view.width and 0 <= row < view.height:
            return int(col), int(row)
    return None


def is_true_colour(word: dict[str, Any]) -> bool:
    return word["colours"] == ["Red", "Green", "Blue"] and set(word["dtypes"]) == {"Byte"}


def pixels_of(file: Path) -> np.ndarray:
    """(h, w) red, green, blue."""
    return pixels(QImage(str(file)))[..., ::-1]


def test_there_are_enough_of_them() -> None:
    assert len(EVERY) >= 160
    assert len({odd.name for odd in EVERY}) == len(EVERY)
    assert all(odd.why for odd in EVERY if odd.written or odd.peer)
