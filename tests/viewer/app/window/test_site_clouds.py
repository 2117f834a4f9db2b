"""Cloud over sites from the masks of archives, in the real window: what is new, and the time strip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.readers.raster.datasets import DATASETS
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_masks import halves, inline_ranges, write_mask
from tests.support.signing_servers import FileServer, TokenServer
from tests.support.stac_items import stac_item
from tests.support.stac_server import StacServer, serving_stac
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.range_source import FetchedRanges
from viewer.panels.news import site_clouds
from viewer.panels.news.news_dialog import NewsDialog
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

__all__ = ["inline_ranges"]
LON, LAT = 10.23456, 50.34567
PAD = Site(uuid="s1", label="Pad", geometry=shapely.Point(LON, LAT))
PAD_VIEW = Bounds(LON - 0.01, LAT - 0.006, LON + 0.01, LAT + 0.006)
CLEAR, CLOUD, NOTHING = 4, 9, 0
TIF = "image/tiff; application=geotiff; profile=cloud-optimized"


def item(name: str, days: int, mask: str = "", cloud: float | None = 5.0) -> dict[str, Any]:
    at = QDate.currentDate().addDays(-days).toString("yyyy-MM-dd") + "T10:00:00Z"
    return stac_item(name, at, assets={"scl": {"href": mask, "type": TIF}} if mask else {}, **{"eo:cloud_cover": cloud})


@pytest.fixture
def files(tmp_path: Path) -> Iterator[RangeServer]:
    """A host of masks: of a clear pad, one that is half in cloud, one in cloud, and one outside of what was seen."""
    folder = tmp_path / "masks"
    folder.mkdir()
    server = RangeServer(folder)
    for name, values in (
        ("clear", halves(CLEAR, CLEAR)),
        ("half", halves(CLOUD, CLEAR)),
        ("cloudy", halves(CLOUD, CLOUD)),
        ("outside", halves(NOTHING, NOTHING)),
    ):
        write_mask(folder / f"{name}.tif", values, LON, LAT)
    yield server
    for name in ("clear", "half", "cloudy", "outside", "gone"):
        DATASETS.forget(server.address(f"{name}.tif"))
    server.stop()


@pytest.fixture
def archive(files: RangeServer) -> Iterator[StacServer]:
    items = [
        item("cloudy", 2, files.address("cloudy.tif")),
        item("gone", 3, files.address("gone.tif")),
        item("half", 4, files.address("half.tif")),
        item("clear", 5, files.address("clear.tif"), cloud=19.0),
        item("outside", 6, files.address("outside.tif")),
        item("bare", 7),
    ]
    with serving_stac(items) as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def dialog(window: MainWindow, archive: StacServer, qtbot: QtBot) -> NewsDialog:
    take_up(window, qtbot, sites=[PAD])
    window.resize(1366, 768)
    QTest.keyClick(window.canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(NewsDialog)
    assert dialog is not None
    for box, _ in dialog.archives:
        box.setChecked(False)
    dialog.folders.setChecked(False)
    dialog.other.setText(archive.address)
    return dialog


def look(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    wait_for_masks(window, dialog, qtbot)


def wait_for_masks(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.desk.has_looked and not dialog.desk.clouds.is_under_way, timeout=20_000)
    settle(window, qtbot)


def facts(dialog: NewsDialog) -> dict[str, str]:
    """Cloud of each scene as its row says it, in the rows' order."""
    return {row.new.scene.title: row.facts.partition(" · covers")[0] for row in dialog.rows.rows if row.new is not None}


@pytest.mark.bounded
@pytest.mark.usefixtures("inline_ranges")
def test_masks_of_an_allowed_host_tell_the_cloud_over_the_site(
    window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot
) -> None:
    """Scenes that are cloudy over the site, or do not show it, stand last, and none is left out."""
    window.context.consent.allow_private(files.host)
    look(window, dialog, qtbot)
    assert list(facts(dialog).items()) == [
        ("gone", "cloud 5 % of the scene · mask not read"),
        ("clear", "cloud 0 % over the site, from SCL"),
        ("bare", "cloud 5 % of the scene"),
        ("cloudy", "cloud 100 % over the site, from SCL"),
        ("half", "cloud 50 % over the site, from SCL"),
        ("outside", "no data over the site, from SCL"),
    ]
    assert "masks of 4 of 5 scenes read. 1 could not be read." in dialog.said.text()
    assert "Those with more than 20 % over their site stand last." in dialog.said.text()
    assert dialog.masks_button.isHidden()
    assert "Its mask of clouds: " in dialog.rows.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert files.sent < 5 * (70 << 10), "parts of the masks alone"


@pytest.mark.usefixtures("inline_ranges")
def test_no_mask_is_read_before_its_host_is_allowed(
    window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot
) -> None:
    look(window, dialog, qtbot)
    assert "masks of 0 of 5 scenes read" in dialog.said.text()
    assert set(facts(dialog).values()) == {"cloud 5 % of the scene", "cloud 19 % of the scene"}
    assert not files.log
    assert not window.context.consent.permits(files.host)
    assert dialog.masks_button.isVisible()
    assert files.host in dialog.masks_button.text()
    assert "the masks of 5 scenes" in dialog.masks_button.toolTip()
    QTest.mouseClick(dialog.masks_button, Qt.MouseButton.LeftButton)
    wait_for_masks(window, dialog, qtbot)
    assert facts(dialog)["half"] == "cloud 50 % over the site, from SCL"
    assert dialog.masks_button.isHidden()


@pytest.mark.bounded
@pytest.mark.usefixtures("inline_ranges")
def test_offline_no_mask_is_read(window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    window.context.consent.allow_private(files.host)
    assert window.context.fetcher is not None
    window.context.fetcher.set_offline(True)
    dialog.desk.clouds.read()
    wait_for_masks(window, dialog, qtbot)
    assert not files.log
    assert "cloud 5 % of the scene" in facts(dialog)["half"]


@pytest.mark.bounded
@pytest.mark.usefixtures("inline_ranges")
def test_masks_are_bounded_and_their_number_is_said(
    window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_clouds, "MOST_MASKS", 2)
    monkeypatch.setattr("viewer.panels.news.news_dialog.MOST_MASKS", 2)
    window.context.consent.allow_private(files.host)
    look(window, dialog, qtbot)
    assert "masks of 1 of 5 scenes read. 1 could not be read." in dialog.said.text()
    assert "At most 2 are read for one look." in dialog.said.text()
    assert {asked.path for asked in files.log} == {"/cloudy.tif", "/gone.tif"}


@pytest.mark.bounded
def test_stop_ends_the_reading_of_masks(
    window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers that never answer: two masks are open, the others wait."""
    submitted: list[str] = []
    monkeypatch.setattr(window.context.pool, "submit", lambda request: submitted.append(request.question.path))
    window.context.consent.allow_private(files.host)
    QTest.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(submitted), timeout=20_000)
    assert "reading masks, 0 of 5 scenes…" in dialog.said.text()
    QTest.mouseClick(dialog.stop_button, Qt.MouseButton.LeftButton)
    assert not dialog.desk.clouds.is_under_way
    assert dialog.stop_button.isHidden()
    assert submitted == [files.address("cloudy.tif"), files.address("gone.tif")]


@pytest.mark.bounded
@pytest.mark.usefixtures("inline_ranges")
def test_a_tick_tells_the_cloud_over_the_site_and_over_the_view(
    window: MainWindow, dialog: NewsDialog, files: RangeServer, qtbot: QtBot
) -> None:
    look(window, dialog, qtbot)
    dialog.close()
    window.context.consent.allow_private(files.host)
    window.selection.set({"s1"})
    window.action_table["panel_time_strip"].trigger()
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    panel.place.setCurrentIndex(1)
    desk = window.scenes.desk
    qtbot.waitUntil(lambda: desk.is_idle and len(desk.ticks) == 6, timeout=20_000)
    assert not files.log, "ticks that nobody looks at read nothing"
    tick = next(tick for tick in desk.ticks if tick.title == "half")
    desk.choose(tick.key)
    qtbot.waitUntil(lambda: "over the site" in panel.words.text(), timeout=20_000)
    assert "covers the site, cloud 50 % over the site, from SCL" in panel.words.text()
    window.views.show_bounds(PAD_VIEW, 0.0)
    panel.place.setCurrentIndex(0)
    qtbot.waitUntil(lambda: "over the view, from SCL" in panel.words.text(), timeout=20_000)
    gone = next(tick for tick in desk.ticks if tick.title == "gone")
    panel.view.tip_wanted.emit(gone, panel.mapToGlobal(panel.rect().center()))
    qtbot.waitUntil(lambda: "Its mask of clouds: " in panel.tip.text.text(), timeout=20_000)
    assert "cloud 5 % of the scene" in panel.tip.text.text()


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
def test_s16_masks_of_an_archive_that_signs_are_read_and_no_signature_is_kept(
    window: MainWindow, dialog: NewsDialog, archive: StacServer, tmp_path: Path, qtbot: QtBot, caplog: Any
) -> None:
    """The whole way: reader processes, ranges by the fetcher, a token; one mask is refused, which costs its row."""
    caplog.set_level("DEBUG")
    tokens = TokenServer()
    signed = FileServer(tmp_path / "masks", tokens)
    archive.items = [item(name, 3, signed.address(f"{name}.tif")) for name in ("half", "gone")]
    fetcher = window.context.fetcher
    assert fetcher is not None
    fetcher.signing.rules = (tokens.rule(signed),)
    window.context.pool.remote_files.source = FetchedRanges(fetcher)
    look(window, dialog, qtbot)
    assert not tokens.log
    for server in (signed, tokens):
        assert server.host in dialog.masks_button.text()
        QTest.mouseClick(dialog.masks_button, Qt.MouseButton.LeftButton)
        wait_for_masks(window, dialog, qtbot)
    assert facts(dialog)["half"] == "cloud 50 % over the site, from SCL"
    assert facts(dialog)["gone"] == "cloud 5 % of the scene · mask not read"
    assert tokens.log == ["/token/sentinel-2-l2a"]
    assert not tokens.shown_in(caplog.text)
    assert not tokens.shown_in("".join(row.query_json for row in window.session.document.searches.values()))
    signed.stop()
    tokens.stop()
