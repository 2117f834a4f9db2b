"""A picture is made of the tiles that its own resolution needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tile_server import serving


def test_a_picture_of_twice_the_size_is_made_of_tiles_a_level_finer(cli, tmp_path: Path, own_home: Path) -> None:
    finest = []
    with serving() as server:
        for size in (200, 400, 800):
            server.log.clear()
            out = tmp_path / f"{size}.png"
            bounds = ("--size", f"{size}x{size}", "--bounds", "10,40,50,65")
            assert cli("render", server.template(), "--out", out, *bounds).code == 0
            finest.append(max(int(path.split("/")[2]) for path in server.log))
    assert finest == [finest[0], finest[0] + 1, finest[0] + 2]


def test_the_number_of_tiles_is_said_before_they_are_fetched(cli, tmp_path: Path, own_home: Path) -> None:
    """And nothing is said where all are stored."""
    call = ("--size", "700x500", "--bounds", "10,40,50,65")
    with serving() as server:
        outcome = cli("render", server.template(), "--out", tmp_path / "a.png", *call)
        count = len(server.log)
        assert count > 6
        assert outcome.sentence == f"This picture needs {count} tiles of {server.host}; none is stored."
        again = cli("render", server.template(), "--out", tmp_path / "b.png", *call)
        assert (again.err, len(server.log)) == ("", count)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_slow_server_is_waited_for_as_long_as_its_tiles_come(
    cli, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The patience is for a server that sends nothing; here it ends long before the last tile."""
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 300)
    with serving() as server:
        call = ("--size", "900x700", "--bounds", "10,40,50,65")
        outcome = cli("render", server.template("slow"), "--out", tmp_path / "a.png", *call)
        assert outcome.code == 0, outcome.err
        assert len(server.log) > 20, "in six rows of a tenth of a second each"


def test_a_server_that_sends_nothing_is_not_waited_for(
    cli, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 300)
    with serving() as server:
        outcome = cli("render", server.template("hang"), "--out", tmp_path / "a.png", "--size", "300x200")
        assert outcome.code == 1
        assert "within two minutes" in outcome.err
