"""Row F21: started without a network, the program is there at once, with the tiles that it has and a badge."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtNetwork import QNetworkProxy

from layers.decoding import encoded
from layers.document.document import Document
from layers.project.saving.publish import write_case
from layers.services.tile_service import TileService
from tests.end_to_end.conftest import Desk, MakeDesk
from tests.support.deaths.kills import ROOT
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.pictures import picture
from tests.support.stored_tiles import store_tiles
from tests.support.tile_server import serving
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.panels.layers.layer_rows import BADGE_ROLE
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.support.settings import Settings, cache_folder

HOST = "tiles.example.invalid"
OPEN_S = 3.0
GAP_MS = 100.0
"""Longest gap of the window while names are looked up."""


@pytest.fixture
def case(own_home: Path, tmp_path: Path, qapp: object) -> Path:
    """A case with tiles of a host that was allowed once, and of which the coarse levels are stored."""
    template = f"http://{HOST}/{{z}}/{{x}}/{{y}}.png"
    service = TileService("Far tiles", template, max_level=6, attribution="Us")
    document = Document()
    document.apply(edit_for(document, [FoundLayer("tiles", service.title, encoded(service))], "me"))
    write_case(document, tmp_path / "case.gpkg")
    Settings.of_user().set("allowed_hosts", [HOST])
    store_tiles(cache_folder() / "tiles", template, 1)
    return tmp_path / "case.gpkg"


@pytest.fixture
def make_desk(make_desk: MakeDesk) -> MakeDesk:
    """Its map is wide enough for a level that is not stored."""

    def make() -> Desk:
        desk = make_desk()
        desk.window.resize(1800, 1000)
        return desk

    return make


def badge(desk: Desk) -> str:
    tree = desk.panel(LayerTreePanel)
    return tree.model.index(1).data(BADGE_ROLE)


def without_network(desk: Desk) -> None:
    """All its requests go to a proxy that is not there: no name is looked up, as without a network."""
    fetcher = desk.window.context.fetcher
    assert fetcher is not None
    fetcher.network.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "127.0.0.1", 1))


@pytest.mark.bounded
def test_f21_without_a_network_a_case_is_there_at_once_with_its_stored_tiles(make_desk: MakeDesk, case: Path) -> None:
    desk = make_desk()
    without_network(desk)
    desk.names.to_open = [str(case)]
    begin = time.monotonic()
    desk.keys("Ctrl+O")
    desk.wait(lambda: bool(desk.document.layers))
    assert time.monotonic() - begin < OPEN_S
    with Heartbeat() as heart:
        desk.settle()
    assert picture(desk.canvas).std() > 15, "the stored levels stand in"
    assert heart.longest_ms < FREE_MS
    assert badge(desk) == "offline"
    (problem,) = desk.canvas.scene.stack.problems().values()
    assert HOST in problem
    assert desk.said() == [], "the badge says it; the network is no fault of the case"


@pytest.mark.bounded
def test_a_stored_tile_that_stands_in_takes_no_problem_back(make_desk: MakeDesk, case: Path) -> None:
    desk = make_desk()
    without_network(desk)
    desk.window.resize(1280, 600)  # four tiles of level 1: a host is given up after five failures
    shutil.rmtree(cache_folder() / "tiles")
    store_tiles(cache_folder() / "tiles", f"http://{HOST}/{{z}}/{{x}}/{{y}}.png", 0)
    desk.open_file(case)
    assert badge(desk) == "failed"
    (problem,) = desk.canvas.scene.stack.problems().values()
    assert HOST in problem


@pytest.mark.bounded
def test_f21_the_badge_goes_with_the_first_answer(make_desk: MakeDesk, case: Path) -> None:
    desk = make_desk()
    without_network(desk)
    desk.open_file(case)
    assert badge(desk) == "offline"
    fetcher = desk.window.context.fetcher
    assert fetcher is not None
    with serving() as server:
        fetcher.network.setProxy(
            QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "127.0.0.1", server.server_address[1])
        )
        fetcher.forgive(HOST)
        desk.wait(lambda: badge(desk) == "")
        desk.settle()
        assert any(HOST in path for path in server.log)
    assert desk.canvas.scene.stack.problems() == {}


@pytest.mark.bounded
def test_f21_working_offline_by_choice_has_the_badge_too(make_desk: MakeDesk, case: Path) -> None:
    desk = make_desk()
    without_network(desk)
    desk.menu("Layer", "Work Offline")
    desk.open_file(case)
    assert badge(desk) == "offline mode"
    assert desk.canvas.scene.stack.problems() == {}
    desk.menu("Layer", "Work Offline")
    desk.wait(lambda: bool(desk.canvas.scene.stack.problems()))
    desk.wait(lambda: badge(desk) == "offline")  # now because there is no network


@pytest.mark.bounded
def test_f21_where_no_name_can_be_looked_up_the_program_starts_all_the_same(case: Path, own_home: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("unshare"):
        pytest.skip("no right to take the network away from a process")
    command = ["unshare", "-n", "--", sys.executable, "-m", "tests.support.offline_start", str(case)]
    environment = os.environ | {"GEOLOUPE_HOME": str(own_home), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert 0 < told["shown_s"] < OPEN_S
    assert told["badge"] == "offline"
    assert told["said"] == []
    assert HOST in told["problems"][0]


@pytest.mark.bounded
def test_f23_names_whose_look_up_hangs_leave_the_window_free(case: Path, own_home: Path, tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("no right to give a process a network and a resolver of its own")
    resolver = tmp_path / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:9 attempts:1\n")
    shell = f'ip link set lo up && mount --bind {resolver} /etc/resolv.conf && exec "$@"'
    watched = [sys.executable, "-m", "tests.support.hanging_names", str(case)]
    environment = os.environ | {"GEOLOUPE_HOME": str(own_home), "QT_QPA_PLATFORM": "offscreen"}
    command = ["unshare", "-n", "-m", "--", "sh", "-c", shell, "sh", *watched]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    middle_ms = told["gaps_ms"][len(told["gaps_ms"]) // 2]
    assert middle_ms < GAP_MS, "most half seconds: others use this machine, too"
    assert told["under_way"] or told["badge"] == "offline"
    assert told["badge"] in ("loading", "offline")
