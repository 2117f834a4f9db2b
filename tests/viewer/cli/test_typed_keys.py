"""W25: the key of an address that was typed is shown to its host, and stands in nothing that a command writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from layers.pool.pool import ReaderPool
from layers.project.opening.intake import read_case
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.spilled import spilled
from tests.support.stac_server import serving_stac
from tests.support.tile_server import TileServer, serving

KEY = "Kq7/vZ+9sT2w"
TYPED = "Kq7%2FvZ%2B9sT2w"


@pytest.fixture
def server() -> Iterator[TileServer]:
    """Lets in those who show the key only."""
    with serving() as server:
        server.login = KEY
        yield server


@pytest.fixture
def cli(cli: Any, tmp_path: Path, own_home: Path) -> Any:
    """A command, after which the key is looked for."""

    def run(*words: str) -> Any:
        done = cli(*words)
        told = f"{done.out}\n{done.err}"
        assert KEY not in told
        assert TYPED not in told
        assert spilled([KEY], tmp_path, own_home) == []
        return done

    return run


def template(server: TileServer, fault: str = "by_login") -> str:
    return f"{server.template(fault)}?style=a&api_key={TYPED}"


def test_w25_a_new_case_holds_no_key_of_a_template(cli, server: TileServer, tmp_path: Path) -> None:
    case = tmp_path / "c.gpkg"
    assert cli("new", str(case), template(server)).code == 0
    (layer,) = read_case(case).document.layers.values()
    assert layer.source["template"] == f"{server.template('by_login')}?style=a"


def test_w25_a_template_is_drawn_with_its_key(cli, server: TileServer, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    done = cli("render", template(server), "--out", str(out), "--size", "300x300")
    assert done.code == 0, done.err
    assert all(f"api_key={TYPED}" in path and "style=a" in path for path in server.log)
    assert QColor(QImage(str(out)).pixel(150, 150)).getRgb()[:3] != (0, 0, 0)


def test_w25_what_info_says_of_an_address_has_no_key(cli, server: TileServer) -> None:
    facts = json.loads(cli("info", template(server), "--json").out)
    assert facts["template"] == f"{server.template('by_login')}?style=a"
    server.document = json.dumps(
        {"tilejson": "3.0.0", "tiles": [template(server, "ok")], "maxzoom": 3, "name": f"key {KEY}"}
    ).encode()
    done = cli("info", f"{server.url}/by_login/0/0/0.json?api_key={TYPED}", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["service"] == "tilejson"


def test_w25_an_error_names_no_key(cli, server: TileServer, tmp_path: Path) -> None:
    for word in (f"{server.url}/{{z}}/{{x}}?api_key={TYPED}", template(server, "echo"), template(server, "status403")):
        assert cli("render", word, "--out", str(tmp_path / "x.png"), "--size", "64x64").code in (1, 3)
    for word in (f"{server.url}/echo/0/0/0.json?api_key={TYPED}", f"{server.url}/html/0/0/0.json?api_key={TYPED}"):
        assert cli("info", word).code == 1
    assert cli("new", str(tmp_path / "c.gpkg"), f"http://:81/x?api_key={TYPED}").code == 1


@pytest.mark.bounded
def test_w25_a_picture_on_a_host_is_drawn_with_its_key(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", ReaderPool)  # bytes come by the pipes of processes
    (tmp_path / "www").mkdir()
    cogs = RangeServer(tmp_path / "www")
    write_cog(cogs.folder / "a.tif", 256)
    address = f"{cogs.address('a.tif')}?token={TYPED}"
    try:
        assert cli("render", address, "--out", str(tmp_path / "x.png"), "--size", "64x64").code == 0
        assert cli("info", address, "--json").code == 0
        assert cogs.log
        assert all(asked.path == f"/a.tif?token={TYPED}" for asked in cogs.log)
        assert cli("new", str(tmp_path / "c.gpkg"), address).code in (0, 1)
    finally:
        cogs.stop()


def test_w25_an_archive_is_searched_with_its_key(cli, own_home: Path) -> None:
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "a",
        "collection": "c",
        "geometry": None,
        "bbox": [10, 50, 11, 51],
        "properties": {"datetime": "2026-03-01T10:00:00Z"},
        "links": [],
        "assets": {"visual": {"href": f"https://files.example.org/a.tif?token={TYPED}", "roles": ["visual"]}},
    }
    with serving_stac([item]) as archive:
        done = cli("scenes", f"{archive.address}?token={TYPED}", "--json")
        assert done.code == 0, done.err
        assert [item["id"] for item in json.loads(done.out)["items"]] == ["a"]
        assert all(f"token={TYPED}" in line for line in archive.log)


@pytest.mark.bounded
def test_w25_a_pack_is_made_with_the_key(cli, server: TileServer, tmp_path: Path) -> None:
    words = ("--bounds", "9,49,11,51", "--levels", "0-3", "--out", str(tmp_path / "x.mbtiles"))
    done = cli("pack", template(server), *words)
    assert done.code == 0, done.err
    assert all(f"api_key={TYPED}" in path for path in server.log)


@pytest.mark.bounded
def test_w25_a_measurement_uses_the_key(cli, server: TileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", ReaderPool)  # it waits for readers in processes
    done = cli("bench", "view", template(server), "--size", "200x150", "--bounds", "9,49,11,51", "--json")
    assert done.code == 0, done.err


@pytest.mark.bounded
def test_w25_a_comparison_uses_the_key(cli, server: TileServer, tmp_path: Path) -> None:
    out = str(tmp_path / "x.png")
    two = (template(server), f"{template(server)}&b=1")
    done = cli("compare", *two, "--mode", "swipe", "--out", out, "--size", "300x200", "--bounds", "9,49,11,51")
    assert done.code == 0, done.err


def test_w25_a_name_and_password_before_the_host_are_shown_as_such(cli, server: TileServer, tmp_path: Path) -> None:
    server.login = "Basic YW5uOktxNy92Wis5c1Qydw=="
    address = template(server).replace("http://", f"http://ann:{TYPED}@").partition("?")[0]
    done = cli("render", address, "--out", str(tmp_path / "x.png"), "--size", "300x300")
    assert done.code == 0, done.err
