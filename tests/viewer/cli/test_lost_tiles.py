"""A picture none of whose tiles came is written, said to lack them, and ends with 3: done, with findings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from layers.decoding import encoded
from layers.document.document import Document
from layers.project.saving.publish import write_case
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from viewer.cli.terminal.command import DONE, FINDINGS
from viewer.commands.found_layers import FoundLayer, edit_for

BOUNDS = ("--size", "300x200", "--bounds", "10,40,40,60")


@pytest.fixture
def server(own_home: Path) -> Iterator[TileServer]:
    with serving() as server:
        yield server


def case_with_tiles(path: Path, server: TileServer) -> Path:
    document = Document()
    service = TileService("Tiles of the case", server.template(), max_level=5, attribution="Us")
    layer = FoundLayer("tiles", service.title, encoded(service))
    document.apply(edit_for(document, [layer], "them"))
    write_case(document, path)
    return path


@pytest.mark.bounded
@pytest.mark.parametrize("fault", ["status500", "html", "status403"])
def test_render_says_that_no_tile_came(cli, server: TileServer, tmp_path: Path, fault: str) -> None:
    out = tmp_path / "x.png"
    outcome = cli("render", server.template(fault), "--out", out, *BOUNDS)
    assert outcome.code == FINDINGS
    number, lost = outcome.err.splitlines()
    assert number.startswith("geoloupe: This picture needs ")
    assert "none of its tiles came" in lost
    assert server.host in lost
    assert QImage(str(out)).width() == 300, "it is written all the same"


def test_render_with_tiles_is_done(cli, server: TileServer, tmp_path: Path) -> None:
    outcome = cli("render", server.template(), "--out", tmp_path / "x.png", *BOUNDS)
    assert outcome.code == DONE
    assert outcome.sentence == f"This picture needs {len(server.log)} tiles of {server.host}; none is stored."


def test_where_the_server_has_nothing_nothing_has_failed(cli, server: TileServer, tmp_path: Path) -> None:
    outcome = cli("render", server.template("status404"), "--out", tmp_path / "x.png", *BOUNDS)
    assert outcome.code == DONE
    assert outcome.sentence.startswith("This picture needs ")


@pytest.mark.bounded
def test_some_tiles_are_some(cli, server: TileServer, tmp_path: Path) -> None:
    server.fail_first = 2  # each is asked for once more, and comes
    assert cli("render", server.template(), "--out", tmp_path / "x.png", *BOUNDS).code == DONE


@pytest.mark.parametrize("command", ["render", "export"])
def test_hosts_of_a_case_that_nobody_allowed_are_left_out_and_said(
    cli, server: TileServer, tmp_path: Path, command: str
) -> None:
    case, out = case_with_tiles(tmp_path / "a.gpkg", server), tmp_path / "x.png"
    outcome = cli(command, case, "--out", out, "--size", "600x500", *BOUNDS[2:])
    assert outcome.code == DONE
    assert "“Tiles of the case” is left out" in outcome.sentence
    assert server.log == []
    assert out.exists()
