"""COGs on hosts on the command line: typing an address is consent to its own host, and to no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from viewer.cli.terminal.command import BAD_INPUT, DONE


@pytest.mark.bounded
def test_info_describes_it_as_the_file_on_disk(real, range_server: RangeServer) -> None:
    path = write_cog(range_server.folder / "a.tif", 512)
    here, there = real("info", path, "--json").json, real("info", range_server.address("a.tif"), "--json").json
    assert {key: there[key] for key in here if key != "kind"} == {key: here[key] for key in here if key != "kind"}
    assert (there["kind"], there["service"], there["title"]) == ("service", "cog", "a.tif")
    (layer,) = there["layers"]
    assert (layer["crs"], layer["address"]) == (["EPSG:3857"], range_server.address("a.tif"))


@pytest.mark.bounded
def test_render_draws_the_bytes_of_the_file_on_disk(real, range_server: RangeServer, tmp_path: Path) -> None:
    path = write_cog(range_server.folder / "a.tif", 512)
    for name, at in (("here.png", path), ("there.png", range_server.address("a.tif"))):
        assert real("render", at, "--out", tmp_path / name, "--size", "200x200").code == DONE
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / "there.png").read_bytes()


@pytest.mark.bounded
def test_another_host_is_not_followed_and_is_named(real, range_server: RangeServer) -> None:
    write_cog(range_server.folder / "a.tif", 512)
    range_server.fault, range_server.elsewhere = "elsewhere", "http://127.0.0.2:1/a.tif"
    outcome = real("info", range_server.address("a.tif"), "--json")
    assert outcome.code == BAD_INPUT
    assert "sends us on to 127.0.0.2:1, which is not allowed" in outcome.err
    assert "Traceback" not in outcome.err
