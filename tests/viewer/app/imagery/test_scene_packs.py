"""Offline packs of images on hosts: a part of the COG beside the case, drawn where the host is out of reach."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.layer import Layer
from layers.services.offers.kept_item import PACK_ASSET, PACK_SOURCE
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.windows import settle
from tests.viewer.app.conftest import Answers, MakeWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import add_layer
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges
from viewer.panels.packs.scene_pack_dialog import ScenePackDialog
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.remote_drawing import RemoteDrawing

SIGNED = "?se=2026-03-01&sp=r&sv=2021&sr=b&sig=abc%2Fdef"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RangeServer]:
    (tmp_path / "www").mkdir()
    server = RangeServer(tmp_path / "www")
    write_cog(server.folder / "a.tif", 2048)
    item = {"id": "a", "assets": {"visual": {"href": server.address("a.tif") + SIGNED}}}
    (server.folder / "a.json").write_text(json.dumps(item))
    yield server
    server.stop()


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def reads_inline() -> bool:
    """Bytes of files on hosts come by the pipes of readers in processes."""
    return False


def begin(window: MainWindow, server: RangeServer, qtbot: QtBot, licence: str = "CC-BY-4.0") -> str:
    """A case with the scene, on its middle."""
    window.context.pool.remote_files.source = FetchedRanges(window.context.fetcher)
    window.session.new_case()
    window.context.consent.allow_private(server.host)
    catalogue = {"id": "a", "collection": "c", "address": server.address("a.json")}
    source = {"address": server.address("a.tif"), "licence": licence, "catalogue": catalogue}
    edit = add_layer(window.session.document, "raster", "Scene", source, actor="a")
    window.session.push(edit)
    uuid = edit.changes[-1].after.uuid
    look_at(window, uuid, qtbot)
    return uuid


def look_at(window: MainWindow, uuid: str, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: drawing_of(window, uuid).is_open, timeout=60_000)
    window.canvas.viewport.centre_on(410_240, 5_989_760, 10.0)
    window.canvas.motion.come_to_rest()
    qtbot.waitUntil(window.canvas.is_idle, timeout=60_000)


def drawing_of(window: MainWindow, uuid: str) -> RasterDrawing:
    return window.scene.drawings[uuid]


def layer_of(window: MainWindow, uuid: str) -> Layer:
    return window.session.document.layers[uuid]


def dialog_of(window: MainWindow, uuid: str) -> ScenePackDialog:
    window.panel_context.show_layer(uuid)
    window.action_table.refresh()
    window.action_table["make_pack"].trigger()
    (dialog,) = window.findChildren(ScenePackDialog)
    return dialog


def make_pack(window: MainWindow, uuid: str, qtbot: QtBot) -> None:
    dialog = dialog_of(window, uuid)
    qtbot.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "path" in layer_of(window, uuid).source, timeout=120_000)
    settle(window, qtbot)
    qtbot.waitUntil(lambda: not window.session.is_dirty, timeout=60_000)


@pytest.mark.bounded
def test_the_terms_of_a_scene_are_told_and_read_in_the_browser_by_a_click(
    window: MainWindow, server: RangeServer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()) or True)
    uuid = begin(window, server, qtbot)
    assert not dialog_of(window, uuid).link_button.isVisible(), "its catalogue links no terms"
    dialog_of(window, uuid).close()
    QApplication.processEvents()
    layer, terms = layer_of(window, uuid), "https://archive.example.org/terms"
    edit = add_layer(window.session.document, "raster", "With terms", layer.source | {"link": terms}, actor="a")
    window.session.push(edit)
    other = edit.changes[-1].after.uuid
    qtbot.waitUntil(lambda: drawing_of(window, other).is_open, timeout=60_000)
    dialog = dialog_of(window, other)
    assert dialog.terms.text().startswith("Its licence")
    assert dialog.link_button.text() == f"Its terms: {terms}"
    assert dialog.link_button.window() is dialog
    qtbot.mouseClick(dialog.link_button, Qt.MouseButton.LeftButton)
    assert opened == [terms]


@pytest.mark.bounded
def test_a_pack_that_another_case_has_made_is_offered_as_it_is(
    window: MainWindow, answers: Answers, server: RangeServer, tmp_path: Path, qtbot: QtBot
) -> None:
    uuid = begin(window, server, qtbot)
    answers.path = tmp_path / "desk" / "first.gpkg"
    answers.path.parent.mkdir()
    make_pack(window, uuid, qtbot)
    uuid = begin(window, server, qtbot)
    target = tmp_path / "desk" / "second.gpkg"
    window.session.save_as(target)
    qtbot.waitUntil(lambda: window.session.target == target and window.session.is_idle, timeout=60_000)
    assert "path" not in layer_of(window, uuid).source
    dialog = dialog_of(window, uuid)
    qtbot.waitUntil(dialog.found.isVisible, timeout=60_000)
    assert dialog.found.text().startswith("Scene.tif was made before and lies beside the case, with all of this area.")
    written_at = (tmp_path / "desk" / "Scene.tif").stat().st_mtime_ns
    qtbot.mouseClick(dialog.found, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert layer_of(window, uuid).source["path"] == str(tmp_path / "desk" / "Scene.tif")
    assert (tmp_path / "desk" / "Scene.tif").stat().st_mtime_ns == written_at
    assert [path.name for path in target.parent.glob("*.tif")] == ["Scene.tif"], "nothing is fetched a second time"


@pytest.mark.bounded
def test_a_part_at_full_resolution_lies_beside_the_case_and_draws_without_a_network(
    make_window: MakeWindow, answers: Answers, server: RangeServer, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin(window, server, qtbot)
    answers.path = tmp_path / "desk" / "case.gpkg"
    answers.path.parent.mkdir()
    (answers.path.parent / "Scene.tif").write_text("another file of the analyst's")
    make_pack(window, uuid, qtbot)
    pack = tmp_path / "desk" / "Scene 2.tif"
    assert layer_of(window, uuid).source["path"] == str(pack)
    assert (answers.path.parent / "Scene.tif").read_text() == "another file of the analyst's"
    with rasterio.open(pack) as part, rasterio.open(server.folder / "a.tif") as whole:
        assert part.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert part.overviews(1)
        assert part.width < whole.width
        window_of_part = whole.window(*part.bounds)
        np.testing.assert_array_equal(part.read(), whole.read(window=window_of_part))
    assert json.loads(pack.with_suffix(".json").read_text())["assets"][PACK_ASSET][PACK_SOURCE].endswith("/a.tif")
    again = dialog_of(window, uuid)
    assert "no second file" in again.remark.text()
    assert again.go_button.text() == "Fetch &Anew"
    written_at = pack.stat().st_mtime_ns
    qtbot.mouseClick(again.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pack.stat().st_mtime_ns > written_at, timeout=120_000)
    settle(window, qtbot)
    assert sorted(path.name for path in pack.parent.glob("Scene*")) == ["Scene 2.json", "Scene 2.tif", "Scene.tif"]
    assert layer_of(window, uuid).source["path"] == str(pack)
    item = json.loads(pack.with_suffix(".json").read_text())
    assert item["assets"][PACK_ASSET]["href"] == "./Scene 2.tif"
    assert "sig=" not in pack.with_suffix(".json").read_text()
    settle(window, qtbot)
    assert isinstance(drawing_of(window, uuid), RemoteDrawing), "the whole scene, while its host answers"

    server.log.clear()
    window.context.fetcher.set_offline(True)
    qtbot.waitUntil(lambda: not isinstance(drawing_of(window, uuid), RemoteDrawing), timeout=20_000)
    look_at(window, uuid, qtbot)
    assert drawing_of(window, uuid).info is not None
    assert not drawing_of(window, uuid).problem
    window.context.fetcher.set_offline(False)
    qtbot.waitUntil(lambda: isinstance(drawing_of(window, uuid), RemoteDrawing), timeout=20_000)
    settle(window, qtbot)
    window.session.close()

    (tmp_path / "desk").rename(tmp_path / "other desk")
    server.log.clear()
    away = make_window()
    away.opener.open([str(tmp_path / "other desk" / "case.gpkg")])
    qtbot.waitUntil(lambda: uuid in away.session.document.layers, timeout=20_000)
    look_at(away, uuid, qtbot)
    assert layer_of(away, uuid).source["path"] == str(tmp_path / "other desk" / "Scene 2.tif")
    assert not drawing_of(away, uuid).is_paused
    assert not drawing_of(away, uuid).problem
    assert server.log == [], "its host was never allowed there"


@pytest.mark.bounded
@pytest.mark.parametrize("licence", ["proprietary", "terms not stated"])
def test_s22_a_licence_that_tells_nothing_is_asked_about(
    make_window: MakeWindow, server: RangeServer, qtbot: QtBot, licence: str
) -> None:
    window = make_window()
    dialog = dialog_of(window, begin(window, server, qtbot, licence))
    assert not dialog.go_button.isEnabled()
    assert dialog.agreed.isVisible()
    assert dialog.focusWidget() is dialog.agreed
    qtbot.mouseClick(dialog.agreed, Qt.MouseButton.LeftButton)
    assert dialog.go_button.isEnabled()
    assert "Save Case" in dialog.go_button.text()
    dialog.area.edges[0].setValue(100.0)
    dialog.area.edges[2].setValue(101.0)
    assert "no pixels in this area" in dialog.estimate.text()
    assert not dialog.go_button.isEnabled()


@pytest.mark.bounded
def test_a_cancelled_pack_leaves_nothing(
    make_window: MakeWindow, answers: Answers, server: RangeServer, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin(window, server, qtbot)
    answers.path = tmp_path / "case.gpkg"
    dialog = dialog_of(window, uuid)
    window.context.fetcher.ranges.forget(server.address("a.tif"))
    window.context.pool.remote_files.forget(server.address("a.tif"))
    server.delay_s = 0.5
    qtbot.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    jobs = window.context.jobs
    qtbot.waitUntil(lambda: any("Scene.tif" in job.title for job in jobs.running()), timeout=60_000)
    (job,) = [job for job in jobs.running() if "Scene.tif" in job.title]
    job.cancel()
    qtbot.waitUntil(lambda: not any("Scene.tif" in job.title for job in jobs.running()), timeout=2_000)
    server.delay_s = 0.0
    settle(window, qtbot)
    assert sorted(path.suffix for path in tmp_path.glob("Scene*")) == []
    assert "path" not in layer_of(window, uuid).source
