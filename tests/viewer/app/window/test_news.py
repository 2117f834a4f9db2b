"""News over sites, in the real window: asked on purpose, gone through by keys, kept as a look of the case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.services.imagery_entry import ImageryEntry
from tests.support.many_scenes import write_scene
from tests.support.stac_items import stac_item
from tests.support.stac_server import StacServer, serving_stac
from tests.support.windows import settle, take_up
from viewer.app.window import MainWindow
from viewer.commands.imagery.looks import Look, record_looks
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.imagery.entry_lists import KeptImagery
from viewer.panels.news.news_dialog import NewsDialog
from viewer.panels.time_strip.archive_dialog import ArchiveDialog

# As every menu offscreen.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
PAD = Site(uuid="s1", label="Pad", folder="East", geometry=shapely.Point(10.23456, 50.34567))
QUAY = Site(uuid="s2", label="Quay", folder="West", geometry=shapely.box(29.9, 50.1, 30.1, 50.2))
HANGAR = Site(uuid="s3", label="Hangar", folder="East", geometry=shapely.Point(10.31, 50.34567))


def days_ago(days: int) -> str:
    return QDate.currentDate().addDays(-days).toString("yyyy-MM-dd") + "T10:00:00Z"


def item(name: str, days: int, west: float = 10.0, **properties: Any) -> dict[str, Any]:
    return stac_item(name, days_ago(days), west, **properties)


ITEMS = [
    item("older", 40),
    item("newest", 2),
    item("hazy", 2, **{"eo:cloud_cover": 15.0}),
    item("cloudy", 3, **{"eo:cloud_cover": 90.0}),
    item("radar", 30, platform="sentinel-1a", instruments=["c-sar"], **{"sar:instrument_mode": "IW"}),
    item("before", 400),
    item("half", 5, west=30.0),
]


@pytest.fixture
def server() -> Iterator[StacServer]:
    with serving_stac([dict(known) for known in ITEMS]) as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def dialog(window: MainWindow, server: StacServer, qtbot: QtBot) -> NewsDialog:
    """The dialog, about the archive of the server and nothing else; nothing has been asked."""
    take_up(window, qtbot, sites=[PAD, QUAY, HANGAR])
    window.resize(1366, 768)
    QTest.keyClick(window.canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(NewsDialog)
    assert dialog is not None
    for box, _ in dialog.archives:
        box.setChecked(False)
    dialog.folders.setChecked(False)
    dialog.other.setText(server.address)
    return dialog


def look(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.desk.has_looked, timeout=20_000)
    settle(window, qtbot)


def listed(dialog: NewsDialog) -> list[str]:
    """Labels of sites, and names of scenes below them."""
    rows = dialog.rows.rows
    return [row.words.partition(" · ")[0] if row.new is None else row.new.scene.title for row in rows]


def looks(window: MainWindow) -> list[dict[str, Any]]:
    return [json.loads(row.query_json) for row in window.session.document.searches.values()]


def test_the_line_before_says_what_leaves_and_nothing_is_asked(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    assert f"2 areas go to {server.host}" in dialog.leaves.text()  # two sites lie in boxes that touch
    qtbot.wait(50)
    assert not server.log
    assert not window.context.consent.permits(server.host)


@pytest.mark.bounded
def test_scenes_stand_by_site_with_the_best_first(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    look(window, dialog, qtbot)
    of_pad = ["newest", "hazy", "radar", "older"]
    assert listed(dialog) == ["Pad", *of_pad, "Quay", "half", "Hangar", *of_pad]
    assert sorted(question["bbox"] for question in server.questions) == [
        [10.2, 50.3, 10.4, 50.4],
        [29.9, 50.1, 30.1, 50.2],
    ]
    facts = next(row.facts for row in dialog.rows.rows if row.new is not None and row.new.scene.title == "half")
    assert "cloud 5 % of the scene" in facts
    assert "covers 50 % of the site" in facts


@pytest.mark.bounded
def test_the_look_button_stays_under_the_pointer(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    place = dialog.look_button.mapToGlobal(QPoint(0, 0))
    texts = {dialog.leaves.text()}
    for box, _ in dialog.archives:
        box.setChecked(True)
        settle(window, qtbot)
        texts.add(dialog.leaves.text())
        assert dialog.look_button.mapToGlobal(QPoint(0, 0)) == place
    assert len(texts) > 1
    for box, _ in dialog.archives:
        box.setChecked(False)
    look(window, dialog, qtbot)
    assert dialog.said.text()
    assert dialog.stop_button.isHidden(), "nothing is under way"
    assert dialog.look_button.mapToGlobal(QPoint(0, 0)) == place


@pytest.mark.bounded
def test_after_a_look_the_line_says_what_was_asked_and_when_the_next_begins(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    (before,) = (plan.question.begin for plan in dialog.desk.plans(dialog.question()))
    assert f"2 areas go to {server.host}: boxes of about 10 km, dates from {before}" in dialog.leaves.text()
    look(window, dialog, qtbot)
    (after,) = (plan.question.begin for plan in dialog.desk.plans(dialog.question()))
    assert after > before
    words = dialog.leaves.text()
    assert f"2 areas went to {server.host}: boxes of about 10 km, dates from {before}" in words
    assert words.endswith(f"The next look begins at {after}.")
    dialog.cloud.setValue(50)
    assert f"2 areas go to {server.host}" in dialog.leaves.text(), "that is another question"


@pytest.mark.bounded
def test_a_look_is_one_row_and_one_step(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    (query,) = looks(window)
    assert sorted(query["sites"]) == ["s1", "s2", "s3"]
    assert (query["count"], query["complete"]) == (5, True)
    window.session.history.undo()
    assert not looks(window)


@pytest.mark.bounded
def test_the_next_look_begins_at_the_last_of_the_case(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    look(window, dialog, qtbot)
    server.questions.clear()
    look(window, dialog, qtbot)
    begins = {question["datetime"][:10] for question in server.questions}
    assert begins == {days_ago(10)[:10]}
    assert listed(dialog) == ["Pad", "newest", "hazy", "Quay", "half", "Hangar", "newest", "hazy"]
    assert "last look" in dialog.rows.rows[0].words


@pytest.mark.bounded
def test_enter_adds_the_scene_as_a_layer(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    (layer,) = window.session.document.layers.values()
    assert (layer.name, layer.date_basis) == ("newest", "catalogue")
    assert listed(dialog)[:2] == ["Pad", "hazy"]
    QTest.keyClick(dialog.view, Qt.Key.Key_A)
    assert len(window.session.document.layers) == 2


@pytest.mark.bounded
def test_what_was_passed_over_does_not_come_again(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    QTest.keyClick(dialog.view, Qt.Key.Key_X)
    assert listed(dialog)[:2] == ["Pad", "hazy"]
    assert "newest" in listed(dialog)  # of the other site
    look(window, dialog, qtbot)
    assert listed(dialog)[:3] == ["Pad", "hazy", "Quay"]
    assert "1 scene to decide on, 1 decided on" in dialog.rows.rows[0].words
    window.session.history.undo()
    window.session.history.undo()
    assert listed(dialog)[:2] == ["Pad", "newest"]


@pytest.mark.bounded
def test_n_records_that_no_image_is_usable(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    QTest.keyClick(dialog.view, Qt.Key.Key_N)
    assert listed(dialog)[:2] == ["Pad", "Quay"]
    assert "all 4 scenes decided on" in dialog.rows.rows[0].words
    assert "none of 4 scenes of Pad is usable. Ctrl+Z on the map takes it back." in dialog.said.text()
    row = next(row for row in window.session.document.searches.values() if "No usable image of Pad" in row.words)
    assert row.kind == "catalogue"
    assert json.loads(row.query_json)["sites"] == ["s1"]
    window.session.history.undo()
    assert "is usable" not in dialog.said.text(), "it was taken back"
    assert listed(dialog)[:2] == ["Pad", "newest"]


@pytest.mark.bounded
def test_the_archives_of_the_case_and_of_ones_own_list_are_offered(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    look(window, dialog, qtbot)
    dialog.close()
    own = ImageryEntry(title="My Archive", role="archive", kind="stac-api", address="https://own.example/v1")
    KeptImagery.of_user().own.append([own])
    window.scenes.show_news()
    addresses = [address for _, address in dialog.archives]
    assert server.address in addresses, "the last look asked it"
    qtbot.waitUntil(lambda: own.address in [address for _, address in dialog.archives])
    window.scenes.search_archives()
    (questions,) = window.findChildren(ArchiveDialog)
    titles = [questions.archive.itemText(at) for at in range(questions.archive.count())]
    assert "Loopback Archive" in titles
    assert "My Archive" in titles
    assert questions.entry is not None
    assert questions.entry.address == server.address, "the one that was asked last"


@pytest.mark.bounded
def test_a_case_from_the_disk_ticks_the_archive_that_it_asked_last(window: MainWindow, qtbot: QtBot) -> None:
    asked = Look(archive="https://a.example/v1", title="Archive A", count=1, sites=("s1",), complete=True)
    take_up(window, qtbot, sites=[PAD])
    window.session.push(record_looks(window.session.document, [asked], actor="Ann"))
    window.scenes.show_news()
    (dialog,) = window.findChildren(NewsDialog)
    assert [address for box, address in dialog.archives if box.isChecked()] == ["https://a.example/v1"]


@pytest.mark.bounded
def test_sites_of_a_folder_alone(window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot) -> None:
    dialog.place.setCurrentIndex(dialog.place.findData("folder West"))
    assert "1 area goes to" in dialog.leaves.text()
    look(window, dialog, qtbot)
    assert listed(dialog) == ["Quay", "half"]


@pytest.mark.bounded
def test_that_nothing_is_new_is_a_look_too(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    server.items = []
    look(window, dialog, qtbot)
    (row,) = window.session.document.searches.values()
    assert row.result == "none listed"
    assert "nothing new" in dialog.rows.rows[0].words


@pytest.mark.bounded
def test_an_archive_that_fails_is_no_look(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    server.broken = True
    look(window, dialog, qtbot)
    assert dialog.said.text().count(server.host) == 1, "the archive is named once"
    assert not looks(window)


@pytest.mark.bounded
def test_another_case_leaves_nothing_behind(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    take_up(window, qtbot, sites=[QUAY])
    assert not dialog.rows.rows
    assert "(1)" in dialog.place.currentText()


@pytest.mark.bounded
def test_scenes_of_watched_folders_are_a_source_too(
    window: MainWindow, dialog: NewsDialog, server: StacServer, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    write_scene(folder / "fresh.tif", Bounds(9.9, 49.9, 11.1, 50.8), days_ago(3))
    write_scene(folder / "stale.tif", Bounds(9.9, 49.9, 11.1, 50.8), days_ago(500))
    write_scene(folder / "undated.tif", Bounds(9.9, 49.9, 11.1, 50.8))
    assert not dialog.folders.isEnabled()
    window.scenes.folders.add(str(folder))
    qtbot.waitUntil(lambda: window.scenes.folders.is_idle, timeout=20_000)
    dialog.other.clear()
    dialog.folders.setChecked(True)
    assert "nothing leaves the computer" in dialog.leaves.text()
    look(window, dialog, qtbot)
    assert [row.new.scene.path for row in dialog.rows.rows if row.new is not None] == [str(folder / "fresh.tif")] * 2
    assert "1 scene has no date" in dialog.said.text()
    assert not server.log
    (query,) = looks(window)
    assert (query["archive"], query["count"]) == ("folders of scenes", 1)
    assert str(tmp_path) not in json.dumps(query)
    QTest.keyClick(dialog.view, Qt.Key.Key_A)
    settle(window, qtbot)
    assert [layer.kind for layer in window.session.document.layers.values()] == ["raster"]


@pytest.mark.bounded
def test_small_pictures_come_from_allowed_hosts_alone(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    server.files["/small.png"] = Path("tests/__init__.py").read_bytes()
    for known in server.items:
        href = f"http://{server.host}/small.png" if known["id"] == "half" else "http://elsewhere.invalid/small.png"
        thumbnail = {"href": href, "type": "image/png", "roles": ["thumbnail"]}
        known["assets"] = known["assets"] | {"thumbnail": thumbnail}
    look(window, dialog, qtbot)
    for row in range(dialog.rows.rowCount()):
        dialog.rows.index(row).data(Qt.ItemDataRole.DecorationRole)
    qtbot.waitUntil(lambda: "GET /small.png" in server.log, timeout=10_000)
    assert not window.context.consent.permits("elsewhere.invalid")


@pytest.mark.bounded
def test_radar_and_what_lasts_are_told_as_such(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    stretch = {"start_datetime": days_ago(40), "end_datetime": days_ago(12)}
    server.items.append(item("monthly mosaic", 12, **stretch))
    look(window, dialog, qtbot)
    rows = {row.new.scene.title: row for row in dialog.rows.rows if row.new is not None}
    assert rows["radar"].facts.startswith("radar · ")
    begin, end = days_ago(40)[:10], days_ago(12)[:10]
    days = f"{begin} – {end[5:] if begin[:4] == end[:4] else end}, composite"
    assert rows["monthly mosaic"].words == f"{days} · sentinel-2a"
    assert rows["newest"].words == f"{days_ago(2)[:10]} 10:00 · sentinel-2a"


@pytest.mark.bounded
def test_sites_have_intervals_and_those_that_are_due_are_offered(
    window: MainWindow, dialog: NewsDialog, server: StacServer, qtbot: QtBot
) -> None:
    """On request only: nothing is asked because a site is due."""
    assert dialog.place.findData("due") < 0
    assert not dialog.interval.set_button.isEnabled()
    dialog.place.setCurrentIndex(dialog.place.findData("folder East"))
    dialog.interval.days.setValue(7)
    QTest.mouseClick(dialog.interval.set_button, Qt.MouseButton.LeftButton)
    assert sorted(row.site_uuid for row in window.session.document.watch.values()) == ["s1", "s3"]
    assert not dialog.interval.set_button.isEnabled()
    dialog.place.setCurrentIndex(dialog.place.findData("all"))
    assert "different" in dialog.interval.note.text()
    dialog.place.setCurrentIndex(dialog.place.findData("due"))
    assert dialog.place.currentText() == "Sites that are due (2)"
    assert dialog.interval.days.value() == 7
    assert not server.log
    look(window, dialog, qtbot)
    heads = [row.words for row in dialog.rows.rows if row.new is None]
    assert [head.partition(" · ")[0] for head in heads] == ["Pad", "Hangar"]
    assert all(head.endswith(" · every 7 days") for head in heads)
    assert dialog.place.findData("due") < 0, "they have been looked at"
    window.session.history.undo()
    window.session.history.undo()
    assert not window.session.document.watch


@pytest.mark.bounded
def test_a_right_click_passes_over_a_scene(window: MainWindow, dialog: NewsDialog, qtbot: QtBot) -> None:
    look(window, dialog, qtbot)
    before = listed(dialog)
    menu = dialog.open_menu(dialog.view.visualRect(dialog.rows.index(2)).center())
    assert menu is not None
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts == ["Add as Layer\tA", "Pass Over\tX", "No Usable Image of Site\tN"]
    menu.actions()[1].trigger()
    menu.close()
    settle(window, qtbot)
    assert listed(dialog) == [*before[:2], *before[3:]]
