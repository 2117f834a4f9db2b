"""A picture is made of the tiles that its own resolution needs."""

from __future__ import annotations

from pathlib import Path

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
