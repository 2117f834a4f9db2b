"""Looks at many sites in an archive of many scenes, during which the window stays at hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
import shapely
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.scenes.found_scene import FoundScene
from layers.scenes.scene_cloud import SceneCloud
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.many_items import serving_many_items
from tests.support.windows import settle, take_up
from viewer.app.main import SWITCH_INTERVAL_S
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.named_lists.named_rows import Index
from viewer.panels.news.news_dialog import NewsDialog
from viewer.panels.news.news_rows import NewsDelegate

SITES, ITEMS = 40, 1000


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture(autouse=True)
def threads_as_in_the_program() -> Iterator[None]:
    """Python's threads take turns as often as the program lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    yield
    sys.setswitchinterval(before)


@pytest.mark.bounded
def test_thousands_of_new_scenes_of_many_sites_come_while_one_works(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [shapely.Point(10.0 + n % 20 * 0.05, 50.0 + n // 20 * 0.07) for n in range(SITES)]
    take_up(window, qtbot, sites=[Site(uuid=f"s{n}", label=f"Site {n}", geometry=at) for n, at in enumerate(places)])
    window.resize(1366, 768)
    window.action_table["what_is_new"].trigger()
    dialog = window.findChild(NewsDialog)
    assert dialog is not None
    measured: list[int] = []
    height_of = NewsDelegate.sizeHint

    def measure(delegate: NewsDelegate, option: QStyleOptionViewItem, index: Index) -> QSize:
        measured.append(index.row())
        return height_of(delegate, option, index)

    monkeypatch.setattr(NewsDelegate, "sizeHint", measure)
    for box, _ in dialog.archives:
        box.setChecked(False)
    dialog.folders.setChecked(False)
    dialog.kind.setCurrentIndex(dialog.kind.findData(""))
    dialog.months.setValue(100)
    told: list[str] = []
    cloud_of = dialog.desk.clouds.of

    def noted(site: str, scene: FoundScene) -> SceneCloud:
        told.append(site)
        return cloud_of(site, scene)

    monkeypatch.setattr(dialog.desk.clouds, "of", noted)
    with serving_many_items(ITEMS) as address:
        dialog.other.setText(address)
        qtbot.wait(200)
        with Heartbeat() as beat:
            QTest.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
            qtbot.waitUntil(lambda: dialog.desk.has_looked, timeout=60_000)
            settle(window, qtbot)
            rows = dialog.rows.rowCount()
            QTest.keyClick(dialog.view, Qt.Key.Key_X)
            settle(window, qtbot)
            dialog.view.viewport().grab()
    gaps = sorted(round(gap) for gap in beat.gaps_ms if gap > 30)
    print(f"{rows} rows, gaps over 30 ms {gaps}, words of {len(told)} rows")
    assert dialog.rows.rowCount() == rows - 1
    assert rows > 5000
    assert len(measured) < 4.5 * rows, "pictures that come are painted, and lay out no list anew"
    assert 0 < len(told) < rows / 4, "rows in sight alone"
    assert beat.longest_ms < FREE_MS
