"""F40, F79: a hostile case goes through every command; the system sees no look at what is outside, and no request."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.cases.foreign_cases import foreign_case, scene_file
from tests.support.command_line import one_process
from tests.support.traced import can_trace, contacts, run_traced

OUTSIDE = re.compile(r'"[^"]*(?:/forbidden|/net/|/afs/|srv|vsicurl|/dev/full|C:\\\\|tiles\.example)[^"]*"')
COMMANDS = {
    "reading": [["info", "CASE"], ["validate", "CASE"], ["sites", "CASE"]],
    "render": [["render", "CASE", "--out", "x.png", "--size", "64x64"]],
    "export": [["export", "CASE", "--out", "x.png", "--size", "900x600"]],
    "window": [["CASE", "--screenshot", "x.png", "--size", "800x600"]],
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Names a folder beside its own by every way there is, and hosts and devices."""
    outside = scene_file(tmp_path / "forbidden" / "a.tif")
    os.mkfifo(tmp_path / "forbidden" / "pipe.tif")
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "link.tif").symlink_to(outside)
    (tmp_path / "case" / "folder").symlink_to(outside.parent)
    (tmp_path / "case" / "net").symlink_to("/net/srv")
    os.mkfifo(tmp_path / "case" / "pipe.tif")
    scene_file(tmp_path / "case" / "beside.tif")
    pipe = str(tmp_path / "forbidden" / "pipe.tif")
    return foreign_case(
        tmp_path / "case" / "c.gpkg", beside="beside.tif", absolute=str(outside), up="../forbidden/a.tif",
        link="link.tif", folder="folder/a.tif", auto="net/a.tif", pipe=pipe, own="pipe.tif",
        unc="\\\\srv\\share\\a.tif", slashes="//srv/share/a.tif", tricky="/\\srv\\a.tif", net="/net/srv/a.tif",
        afs="/afs/srv/a.tif", device="/dev/full", vsi="/vsicurl/http://srv/a.tif", url="http://srv/a.tif",
        windows="C:\\x\\a.tif", vectors="../forbidden/v.geojson", shipped={"shipped": f"../../../{outside}"},
        tiles={"template": "http://tiles.example.org/{z}/{x}/{y}.png"},
        local={"template": "http://127.0.0.1:9/{z}/{x}/{y}.png"},
        both={"combined": [{"path": "beside.tif", "name": "a", "bands": 1}, {"path": pipe, "name": "b", "bands": 1}]},
    )  # fmt: skip


def asked(call: str) -> str:
    """The part of a call that says what is looked at; what a link says is an answer."""
    if "readlink" not in call:
        return call
    return "" if "resumed>" in call else call[: call.find('"', call.find('"') + 1) + 1]


@pytest.mark.bounded
@pytest.mark.timeout(180)
@pytest.mark.skipif(not can_trace(), reason="strace is not installed, or this system lets nobody trace")
@pytest.mark.parametrize("kind", COMMANDS)
def test_f79_the_system_sees_no_look_outside(case: Path, tmp_path: Path, kind: str) -> None:
    commands = [[str(case) if word == "CASE" else word for word in words] for words in COMMANDS[kind]]
    log = tmp_path / "calls"
    done = run_traced(*one_process(commands), cwd=tmp_path, log=log, calls="%file,%network")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    calls = [line for line in log.read_text("utf-8", "replace").splitlines() if "execve(" not in line]
    assert [line for line in calls if OUTSIDE.search(asked(line))] == []
    assert contacts(log) == []
    if kind in ("render", "export", "window"):
        assert "“absolute” is left out" in done.stderr
        assert (tmp_path / "x.png").stat().st_size > 0
