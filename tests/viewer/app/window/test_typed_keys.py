"""W25, S16: keys in addresses that are typed, dropped or found in a catalogue: shown to their hosts, and kept nowhere.

The server of tiles lets in those alone who show the key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.service_layers import badge, dark_share, rest
from tests.support.spilled import spilled
from tests.support.stac_server import StacServer, serving_stac
from tests.support.tile_server import TileServer, serving
from tests.support.windows import begin_on_map, settle, take_up, texts
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.news.news_dialog import NewsDialog
from viewer.panels.time_strip.archive_dialog import ArchiveDialog

KEY = "Kq7/vZ+9sT2w"
TYPED = "Kq7%2FvZ%2B9sT2w"
SIGNATURE = "hT4pX9mEr0w"
PAD = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.23456, 50.34567))


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        server.login = KEY
        yield server


@pytest.fixture
def archive() -> Iterator[StacServer]:
    """Lists one scene, whose addresses are signed."""
    ring = [[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]
    href = f"http://127.0.0.1:9/a.tif?st=2026&sig={SIGNATURE}"
    scene = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "scene",
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [10, 50, 11, 51],
        "properties": {"datetime": "2026-11-20T10:00:00Z", "eo:cloud_cover": 5.0},
        "links": [{"rel": "self", "href": f"http://127.0.0.1:9/scene.json?token={TYPED}"}],
        "assets": {"visual": {"href": href, "type": "image/tiff", "roles": ["visual"]}},
    }
    with serving_stac([scene]) as archive:
        yield archive


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> MainWindow:
    take_up(window, qtbot, sites=[PAD])
    window.views.show_bounds(Bounds(10.0, 50.0, 11.0, 50.7), 0.0)
    window.selection.set({"s1"})
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return window


def looked_for(window: MainWindow, qtbot: QtBot, *places: Path) -> list[str]:
    """Where a secret stands, once the case is saved: on the disk, and on the screen."""
    window.panel_context.flush()
    window.session.save_as(places[0] / "case.gpkg")
    qtbot.waitUntil(lambda: (places[0] / "case.gpkg").exists() and window.is_idle(), timeout=20_000)
    words = [word for word in (KEY, TYPED, SIGNATURE) if word in texts(window)]
    return spilled([KEY, SIGNATURE], *places) + words


def dropped(window: MainWindow, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    window.opener.open_dropped(data)


@pytest.mark.bounded
def test_w25_a_dropped_template_is_drawn_with_its_key_which_stands_nowhere(
    desk: MainWindow, server: TileServer, qtbot: QtBot, tmp_path: Path, own_home: Path
) -> None:
    dropped(desk, f"{server.template('by_login')}?a=1&api_key={TYPED}")
    qtbot.waitUntil(lambda: bool(desk.session.document.layers), timeout=20_000)
    rest(desk, qtbot)
    (layer,) = desk.session.document.layers.values()
    assert layer.source["template"] == f"{server.template('by_login')}?a=1"
    assert dark_share(desk) < 0.01
    assert badge(desk) == ""
    assert all(f"api_key={TYPED}" in path for path in server.log)
    stored = [path.stat().st_size for path in (tmp_path / "tiles").rglob("*") if path.is_file()]
    assert sum(stored) > 2000
    assert looked_for(desk, qtbot, tmp_path, own_home) == []


def test_w25_a_dropped_picture_on_a_host_is_asked_for_with_its_key(
    desk: MainWindow, server: TileServer, qtbot: QtBot, tmp_path: Path, own_home: Path
) -> None:
    dropped(desk, f"{server.url}/part/0/0/a.tif?token={TYPED}")
    qtbot.waitUntil(lambda: bool(desk.session.document.layers), timeout=20_000)
    settle(desk, qtbot)
    (layer,) = desk.session.document.layers.values()
    assert layer.source == {"address": f"{server.url}/part/0/0/a.tif"}
    fetcher = desk.context.fetcher
    assert fetcher is not None
    assert KEY in fetcher.logins.key_in_addresses(server.host)
    assert looked_for(desk, qtbot, tmp_path, own_home) == []


def searches(window: MainWindow) -> list[dict[str, Any]]:
    return [json.loads(row.query_json) for row in window.session.document.searches.values()]


@pytest.mark.bounded
def test_w25_s16_a_search_of_a_typed_archive_and_its_scene_are_kept_without_keys(
    desk: MainWindow, archive: StacServer, qtbot: QtBot, tmp_path: Path, own_home: Path
) -> None:
    desk.action_table["search_archives"].trigger()
    dialog = desk.findChild(ArchiveDialog)
    assert dialog is not None
    dialog.archive.setEditText(f"{archive.address}?token={TYPED}")
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.hits.rows.hits), timeout=20_000)
    settle(desk, qtbot)
    assert archive.log
    assert all(f"token={TYPED}" in line for line in archive.log)
    assert KEY not in dialog.leaves.text() + dialog.said.text()
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    dialog.hits.add_wanted.emit(dialog.hits.rows.hits)
    settle(desk, qtbot)
    (layer,) = desk.session.document.layers.values()
    assert layer.source["address"] == "http://127.0.0.1:9/a.tif"
    (query,) = searches(desk)
    assert query["archive"] == archive.address
    dialog.archive.setEditText("")  # what the analyst sees there is what the analyst typed
    assert looked_for(desk, qtbot, tmp_path, own_home) == []


@pytest.mark.bounded
def test_w25_a_look_at_a_typed_archive_is_kept_without_its_key(
    desk: MainWindow, archive: StacServer, qtbot: QtBot, tmp_path: Path, own_home: Path
) -> None:
    desk.action_table["what_is_new"].trigger()
    dialog = desk.findChild(NewsDialog)
    assert dialog is not None
    for box, _ in dialog.archives:
        box.setChecked(False)
    dialog.other.setText(f"{archive.address}?token={TYPED}")
    assert KEY not in dialog.leaves.text()
    assert TYPED not in dialog.leaves.text()
    QTest.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.desk.has_looked, timeout=20_000)
    settle(desk, qtbot)
    assert archive.log
    assert all(f"token={TYPED}" in line for line in archive.log)
    (query,) = searches(desk)
    assert archive.address in query.values()
    dialog.other.clear()
    assert looked_for(desk, qtbot, tmp_path, own_home) == []
