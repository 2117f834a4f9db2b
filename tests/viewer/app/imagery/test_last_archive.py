"""The archive that has answered last: offered first in another case, and in another session; by itself nothing is
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shapely
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.stac_items import stac_item
from tests.support.stac_server import StacServer, serving_stac
from tests.support.windows import settle, take_up
from tests.viewer.app.conftest import MakeWindow
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.news.news_dialog import NewsDialog
from viewer.panels.time_strip.archive_dialog import ArchiveDialog

PAD = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.2, 50.3))


@pytest.fixture
def archive() -> Iterator[StacServer]:
    with serving_stac([stac_item("first", "2026-03-04T10:00:00Z", 10.0, host="example.org")]) as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def asked_of(window: MainWindow, qtbot: QtBot) -> ArchiveDialog:
    """The dialog of a search of a new case with one site."""
    take_up(window, qtbot, sites=[PAD])
    window.views.show_bounds(Bounds(10.0, 50.0, 11.0, 50.7), 0.0)
    settle(window, qtbot)
    window.scenes.search_archives()
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    return dialog


@pytest.mark.bounded
def test_it_is_chosen_in_another_session_of_another_case(
    make_window: MakeWindow, archive: StacServer, qtbot: QtBot
) -> None:
    first = make_window()
    dialog = asked_of(first, qtbot)
    assert dialog.archive.currentText() != "Loopback Archive"
    dialog.archive.setEditText(archive.address)
    dialog.begin.setText("2026-01-01")
    dialog.search_button.click()
    qtbot.waitUntil(lambda: first.scenes.desk.archives.is_idle, timeout=60_000)
    assert first.scenes.desk.archives.scene_count == 1
    assert not first.session.document.searches, "it is no part of the case"
    first.close()
    archive.log.clear()
    later = make_window()
    dialog = asked_of(later, qtbot)
    entry = dialog.entry
    assert entry is not None
    assert (entry.title, entry.address) == ("Loopback Archive", archive.address)
    later.scenes.show_news()
    news = later.findChild(NewsDialog)
    assert news is not None
    assert [address for box, address in news.archives if box.isChecked()] == [archive.address]
    settle(later, qtbot)
    assert archive.log == [], "nothing is contacted by it"
    assert not later.context.consent.permits(archive.host)


@pytest.mark.bounded
def test_one_that_has_not_answered_is_not_kept(window: MainWindow, archive: StacServer, qtbot: QtBot) -> None:
    archive.broken = True
    dialog = asked_of(window, qtbot)
    dialog.archive.setEditText(archive.address)
    dialog.search_button.click()
    qtbot.waitUntil(lambda: window.scenes.desk.archives.is_idle, timeout=60_000)
    assert window.settings.get("last_archive") == {}
