"""Offline packs from the command line: resumed after a kill, refused in words, done with an exit code."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.tile_server import TileServer, serving
from tests.viewer.cli.conftest import Cli
from viewer.cli.terminal.command import BAD_INPUT, DONE, FINDINGS, USAGE
from viewer.support.settings import cache_folder

AREA = ("--bounds", "10,50,16,54")


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        yield server


def kept_tiles() -> list[Path]:
    """Files of the store of tiles: a pack puts none there, so that what is not asked for once more is in the pack."""
    return [path for path in (cache_folder() / "tiles").rglob("*") if path.stat().st_size]


def tiles_in(path: Path) -> int:
    database = sqlite3.connect(path)
    ((count,),) = database.execute("SELECT COUNT(*) FROM tiles").fetchall()
    database.close()
    return int(count)


def test_a_pack_is_made_and_a_second_call_asks_for_nothing(cli: Cli, server: TileServer, tmp_path: Path) -> None:
    out = tmp_path / "sky.mbtiles"
    outcome = cli("pack", server.template(), *AREA, "--levels", "0-7", "--out", out)
    assert outcome.code == DONE, outcome.err
    assert tiles_in(out) == len(server.log) == len(set(server.log))
    assert outcome.out == f"sky.mbtiles: {tiles_in(out)} of {tiles_in(out)} tiles.\n"
    assert "not known here" in outcome.err
    assert "tiles, about" in outcome.err
    assert kept_tiles() == []
    server.log.clear()
    assert cli("pack", server.template(), *AREA, "--levels", "0-7", "--out", out).code == DONE
    assert server.log == []
    twin = cli("pack", server.template(), *AREA, "--levels", "2-4", "--out", tmp_path / "twin.mbtiles")
    assert "sky.mbtiles beside twin.mbtiles is a pack of the same service, area and levels" in twin.err
    server.log.clear()
    assert cli("pack", server.template(), *AREA, "--levels", "7-8", "--out", out).code == DONE
    assert {path.split("/")[2] for path in server.log} == {"8"}


@pytest.mark.parametrize(
    "address",
    [
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "gibs:MODIS_Terra_CorrectedReflectance_TrueColor@2024-04-12",
    ],
)
def test_a_pack_that_the_terms_forbid_is_refused_in_their_words(cli: Cli, tmp_path: Path, address: str) -> None:
    outcome = cli("pack", address, *AREA, "--levels", "0-3", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == BAD_INPUT
    assert "do not allow tiles to be fetched ahead" in outcome.sentence
    assert not list(tmp_path.glob("x*"))


@pytest.mark.parametrize(
    ("bounds", "levels", "name", "words"),
    [
        ("10,86,11,87", "0-3", "x.mbtiles", "85 degrees"),
        ("10,50,11,51", "20-24", "x.mbtiles", "levels 0 to 19"),
        ("-180,-80,180,80", "0-19", "x.mbtiles", "smaller area"),
        ("10,50,11,51", "0-3", "x.tif", "ends otherwise"),
        ("10,50,11,51", "0-3", "none/x.mbtiles", "no folder"),
    ],
)
def test_what_cannot_be_packed_is_one_sentence(
    cli: Cli, server: TileServer, tmp_path: Path, bounds: str, levels: str, name: str, words: str
) -> None:
    outcome = cli("pack", server.template(), "--bounds", bounds, "--levels", levels, "--out", tmp_path / name)
    assert outcome.code == BAD_INPUT
    assert words in outcome.sentence
    assert server.log == []


@pytest.mark.parametrize("levels", ["a-b", "5-2", "-3", "", "1-2-3"])
def test_levels_that_are_none_are_wrong_usage(cli: Cli, tmp_path: Path, levels: str) -> None:
    words = (f"--levels={levels}", "--out", tmp_path / "x.mbtiles")
    assert cli("pack", "http://e.org/{z}/{x}/{y}", *AREA, *words).code == USAGE


def test_a_file_is_no_service(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("pack", tmp_path / "x.tif", *AREA, "--levels", "0-3", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == BAD_INPUT
    assert "no address of a tile service" in outcome.sentence


def test_tiles_that_the_server_lacks_are_counted(cli: Cli, server: TileServer, tmp_path: Path) -> None:
    server.last_level = 4
    outcome = cli("pack", server.template("shallow"), *AREA, "--levels", "4-5", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == DONE
    assert "not there on the server" in outcome.out


def test_a_refusing_server_ends_with_its_sentence(cli: Cli, server: TileServer, tmp_path: Path) -> None:
    outcome = cli("pack", server.template("status403"), *AREA, "--levels", "4-5", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == BAD_INPUT
    assert "refuses us (code 403)" in outcome.err.splitlines()[-1]


def test_tiles_that_did_not_come_are_findings(
    cli: Cli, server: TileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = TileServer.tile.__get__(server)
    monkeypatch.setattr(server, "tile", lambda z, x, y, ext: b"GIF89a" if z == 4 else whole(z, x, y, ext))
    out = tmp_path / "x.mbtiles"
    outcome = cli("pack", server.template(), *AREA, "--levels", "4-6", "--out", out)
    assert outcome.code == FINDINGS
    assert "1 of" in outcome.err.splitlines()[-1]
    monkeypatch.setattr(server, "tile", whole)
    assert cli("pack", server.template(), *AREA, "--levels", "4-6", "--out", out).code == DONE


@pytest.mark.bounded
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def test_a_killed_pack_goes_on_without_asking_again_for_what_is_there(
    cli: Cli, server: TileServer, tmp_path: Path, number: int
) -> None:
    out = tmp_path / "sky.mbtiles"
    words = ["pack", server.template(), *AREA, "--levels", "0-10", "--out", str(out)]
    child = subprocess.Popen([sys.executable, "-m", "viewer", *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    end = time.monotonic() + 60
    while len(server.log) < 150 and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(child.pid, number)
    _, told = child.communicate(timeout=30)
    there = tiles_in(out)
    assert there > 0
    if number == signal.SIGTERM:
        assert child.returncode == BAD_INPUT
        assert b"goes on where it was left" in told
    database = sqlite3.connect(out)
    kept = {
        f"/ok/{zoom}/{column}/{2**zoom - 1 - row}.png"
        for zoom, column, row in database.execute("SELECT zoom_level, tile_column, tile_row FROM tiles")
    }
    database.close()
    assert kept_tiles() == []
    server.log.clear()
    outcome = cli(*words)
    assert outcome.code == DONE, outcome.err
    assert not kept.intersection(server.log)
    assert len(set(server.log)) + there <= tiles_in(out)
    assert tiles_in(out) > there


class _Described(BaseHTTPRequestHandler):
    """A TileJSON at /tiles.json, whose tiles come from `tiles`."""

    tiles, picture = "", b""

    def do_GET(self) -> None:
        host = self.headers["Host"]
        document = {"tilejson": "3.0.0", "tiles": [self.tiles or f"http://{host}/{{z}}/{{x}}/{{y}}.png"], "maxzoom": 6}
        body = json.dumps(document).encode() if self.path == "/tiles.json" else self.picture
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Not to the terminal."""


@contextmanager
def described(picture: bytes, tiles: str = "") -> Iterator[str]:
    handler = type("Handler", (_Described,), {"picture": picture, "tiles": tiles})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tiles.json"
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_what_an_address_offers_is_packed(cli: Cli, server: TileServer, tmp_path: Path) -> None:
    with described(server.tile(0, 0, 0, "png")) as address:
        outcome = cli("pack", address, *AREA, "--levels", "4-6", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == DONE, outcome.err
    assert tiles_in(tmp_path / "x.mbtiles") > 3


def test_tiles_of_a_host_that_was_not_typed_are_not_asked_for(cli: Cli, server: TileServer, tmp_path: Path) -> None:
    with described(b"", server.template()) as address:
        outcome = cli("pack", address, *AREA, "--levels", "4-6", "--out", tmp_path / "x.mbtiles")
    assert outcome.code == BAD_INPUT
    assert server.host in outcome.sentence
    assert server.log == []
