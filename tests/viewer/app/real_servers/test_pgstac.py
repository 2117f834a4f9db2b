"""A real archive (stac-fastapi on pgSTAC) is searched whole, by each way; a scene of it is drawn as its file is."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.services.stac.documents import document_of
from layers.services.stac.pages import Pager
from layers.services.stac.question import StacQuestion
from tests.support.range_server import RangeServer
from tests.support.real_servers.oracles import SEARCH, WRITE_CATALOGUE, told
from tests.viewer.app.real_servers.conftest import HERE, KINDS, Archive, item_of
from tests.viewer.cli.conftest import Cli
from viewer.app.window import MainWindow
from viewer.network.range_source import FetchedRanges
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.rendering.images import argb_of_image

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(900)]
AREA = Bounds(*HERE)


def listed(cli: Cli, archive: Archive, *words: str, below: str = "") -> tuple[list[str], dict[str, Any]]:
    """The ids that the command line lists, and all that it says."""
    done = cli("scenes", archive.address + below, *words, "--json")
    assert (done.code, done.err) == (0, "")
    facts = done.json
    return [item["id"] for item in facts["items"]], facts


def searched(archive: Archive, question: StacQuestion, method: str) -> tuple[list[str], Pager, list[str]]:
    """The ids that the pager finds where the landing page names one way to ask, and the ways of its requests."""
    with urllib.request.urlopen(f"{archive.address}/", timeout=60) as answer:
        landing = json.loads(answer.read())
    landing["links"] = [link for link in landing["links"] if link.get("method", method) == method]
    pager = Pager(question, document_of(landing, f"{archive.address}/"))
    ids, ways = [], []
    while (asked := pager.next_request()) is not None:
        request = urllib.request.Request(asked.address, asked.body or None, dict(asked.headers), method=asked.method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            ids += [item.id for item in pager.take(answer.read(), answer.url, answer.status)]
        ways.append(asked.method)
    return ids, pager, ways


def test_all_pages_of_all_that_there_is(cli: Cli, scenes: Archive) -> None:
    ids, facts = listed(cli, scenes)
    assert len(ids) == len(set(ids)) == 300
    assert set(ids) == scenes.ids()
    assert (facts["matched"], facts["problems"]) == ("300", [])


def test_place_and_time(cli: Cli, scenes: Archive) -> None:
    box = ",".join(map(str, HERE))
    ids, facts = listed(cli, scenes, "--bounds", box, "--from", "2024-03-01", "--to", "2024-06-30")
    wanted = scenes.ids(begin="2024-03-01", end="2024-06-30", box=HERE)
    assert set(ids) == wanted
    assert 20 < len(wanted) < 200
    assert facts["matched"] == str(len(wanted))


def test_s23_all_pages_of_one_collection(cli: Cli, scenes: Archive) -> None:
    """They go by a parameter named token."""
    ids, facts = listed(cli, scenes, below="/collections/sentinel-1-grd")
    assert set(ids) == scenes.ids("sentinel-1-grd")
    assert facts["matched"] == "60"


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_s1_s8_each_way_of_asking_with_next_pages_and_cloud(scenes: Archive, method: str) -> None:
    question = StacQuestion(
        boxes=(AREA,), begin="2024-02-01", max_cloud=30.0, collections=("sentinel-2-l2a", "sentinel-1-grd"), limit=20
    )
    ids, pager, ways = searched(scenes, question, method)
    wanted = scenes.ids("sentinel", "2024-02-01", cloud=30.0, box=HERE)
    assert set(ids) == wanted
    assert {"sentinel-1-grd-020", "sentinel-2-l2a-020"} <= wanted, "radar, and a scene of unknown cloud"
    assert (set(ways), pager.problems) == ({method}, ())
    assert len(ways) >= len(wanted) // 20
    assert (pager.is_complete, pager.matched) == (True, str(len(wanted)))


def test_s3_that_there_is_nothing_is_known(cli: Cli, scenes: Archive) -> None:
    ids, facts = listed(cli, scenes, "--bounds", "100,10,101,11")
    assert (ids, facts["matched"], facts["problems"]) == ([], "0", [])


def test_pystac_client_finds_the_same(cli: Cli, scenes: Archive) -> None:
    question = {"bbox": list(HERE), "datetime": "2024-03-01/2024-06-30"}
    ids, _ = listed(cli, scenes, "--bounds", ",".join(map(str, HERE)), "--from", "2024-03-01", "--to", "2024-06-30")
    assert sorted(ids) == sorted(told(SEARCH, address=scenes.address, **question))
    radar = StacQuestion(collections=("sentinel-1-grd",), limit=25)
    ids, _, _ = searched(scenes, radar, "POST")
    assert sorted(ids) == sorted(told(SEARCH, address=scenes.address, collections=["sentinel-1-grd"]))


@pytest.mark.parametrize("name", ["catalog.json", "items.json"])
def test_s23_catalogues_that_pystac_writes(cli: Cli, tmp_path: Path, name: str) -> None:
    """A tree of documents, and one document of all items, as plain files on a server."""
    items = {kind: [item_of(kind, at, "http://files.invalid/a.tif") for at in range(9)] for kind, _ in KINDS}
    written = told(WRITE_CATALOGUE, folder=str(tmp_path), items=items)
    files = RangeServer(tmp_path)
    try:
        facts = cli("scenes", files.address(name), "--json").json
        assert sorted(item["id"] for item in facts["items"]) == sorted(written)
        assert (len(written), facts["matched"], facts["problems"]) == (27, "27", [])
        box = ",".join(map(str, HERE))
        some = cli("scenes", files.address(name), "--bounds", box, "--to", "2024-01-10", "--json").json
        wanted = [f"{kind}-{at:03}" for kind, _ in KINDS for at in range(3)]
        assert sorted(item["id"] for item in some["items"]) == sorted(wanted)
    finally:
        files.stop()


@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
def test_a_search_in_the_window_and_a_scene_of_it_is_drawn_as_its_file(
    window: MainWindow, scenes: Archive, qtbot: QtBot
) -> None:
    window.resize(1366, 768)
    window.session.new_case()
    window.views.show_bounds(Bounds(3.62, 47.32, 3.66, 47.345), 0.0)
    window.action_table["panel_time_strip"].trigger()
    fetcher = window.context.fetcher
    assert fetcher is not None
    window.context.pool.remote_files.source = FetchedRanges(fetcher)
    rest(window, qtbot)
    QTest.keyClick(window.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    dialog.archive.setEditText(scenes.address)
    dialog.kind.setCurrentIndex(dialog.kind.findData("sentinel-2-l2a"))
    dialog.begin.setText("2024-03-01")
    dialog.cloud.setValue(20)
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    desk = window.scenes.desk
    qtbot.waitUntil(lambda: desk.archives.is_idle, timeout=60_000)
    rest(window, qtbot)
    wanted = scenes.ids("sentinel-2-l2a", "2024-03-01", cloud=20.0, box=HERE)
    assert {scene.title for tick in desk.ticks for scene in tick.scenes} == wanted
    assert f"{len(wanted)} scenes" in dialog.said.text()
    assert "all such that the archive lists" in dialog.said.text()
    dialog.close()
    desk.use(desk.ticks[-1].key)
    window.permissions.allow(scenes.files.host)
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=20_000)
    served = drawn(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert layer.acquired_at == max(item["properties"]["datetime"] for item in scenes.items if item["id"] in wanted)
    assert layer.source["address"] == scenes.files.address("scene.tif")
    window.action_table["undo"].trigger()
    window.opener.open([str(scenes.picture)])
    qtbot.waitUntil(lambda: len(window.session.document.layers) == 1, timeout=20_000)
    window.views.show_bounds(Bounds(3.62, 47.32, 3.66, 47.345), 0.0)
    file = drawn(window, qtbot)
    assert file.std() > 5, "the picture, not the dark of an empty map"
    assert np.array_equal(served, file)


def drawn(window: MainWindow, qtbot: QtBot) -> np.ndarray:
    """(300, 400, 4) The middle of the map, where there is no furniture."""
    rest(window, qtbot)
    picture = window.canvas.grab().toImage()
    argb = argb_of_image(picture)
    middle = argb[picture.height() // 2 - 150 :, picture.width() // 2 - 200 :][:300, :400]
    return np.ascontiguousarray(middle).view(np.uint8).reshape(300, 400, 4).copy()


def rest(window: MainWindow, qtbot: QtBot) -> None:
    """Until nothing is under way any more; a reader process may have to start first."""
    qtbot.waitUntil(window.is_idle, timeout=60_000)
