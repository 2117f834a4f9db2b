"""Public archives of imagery in the real window: asked on purpose, answered on the time strip, kept as evidence."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.observing.listed_scenes import scenes_of
from layers.scenes.view_area import area_of_view
from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.signing_servers import FileServer, TokenServer
from tests.support.stac_items import stac_item
from tests.support.stac_server import StacServer, serving_stac
from tests.support.windows import settle, take_up
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.host_state import ERRORS_TO_PAUSE, HostReach
from viewer.network.range_source import FetchedRanges
from viewer.panels.searches.scene_walk import SceneWalkDialog
from viewer.panels.searches.search_list import SearchListPanel
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.rendering.access import hosts_of

# As every menu offscreen.
pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
VIEW = Bounds(10.0, 50.0, 11.0, 50.7)


ITEMS = [
    stac_item("early", "2026-03-01T10:00:00Z"),
    stac_item("cloudy", "2026-03-06T10:00:00Z", **{"eo:cloud_cover": 90.0}),
    stac_item("late", "2026-04-10T10:00:00Z"),
    stac_item("old", "2020-04-10T10:00:00Z"),
    stac_item("elsewhere", "2026-03-02T10:00:00Z", west=60.0),
]


@pytest.fixture
def server() -> Iterator[StacServer]:
    with serving_stac(ITEMS, page=2) as server:
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def strip(window: MainWindow, qtbot: QtBot) -> TimeStripPanel:
    """The time strip in sight, over a case whose map shows `VIEW`."""
    pad = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.23456, 50.34567))
    take_up(window, qtbot, sites=[pad])
    window.resize(1366, 768)
    window.views.show_bounds(VIEW, 0.0)
    window.action_table["panel_time_strip"].trigger()
    panel = window.docks.time_strip.panel
    assert isinstance(panel, TimeStripPanel)
    qtbot.waitUntil(panel.isVisible)
    settle(window, qtbot)
    return panel


def asked(window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot, **fields: Any) -> ArchiveDialog:
    """The dialog, after a search of everything since March 2026 has ended."""
    QTest.mouseClick(strip.archives_button, Qt.MouseButton.LeftButton)
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    dialog.archive.setEditText(server.address)
    dialog.begin.setText(fields.get("begin", "2026-03-01"))
    dialog.limits_cloud.setChecked(fields.get("cloud", False))
    dialog.place.setCurrentIndex(fields.get("place", 0))
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    archives = window.scenes.desk.archives
    qtbot.waitUntil(lambda: archives.is_idle, timeout=20_000)
    settle(window, qtbot)
    return dialog


def titles(strip: TimeStripPanel) -> list[str]:
    return [placed.tick.title for placed in strip.view.places.all]


def test_nothing_is_asked_before_search_is_pressed(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    assert "earth-search.aws.element84.com" in dialog.leaves.text()
    dialog.archive.setEditText(server.address)
    assert server.host in dialog.leaves.text()
    qtbot.wait(50)
    assert not server.log
    assert not window.context.consent.permits(server.host)


@pytest.mark.bounded
def test_scenes_of_an_archive_stand_on_the_strip(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot)
    assert titles(strip) == ["early", "cloudy", "late"]
    assert "3 scenes" in dialog.said.text()
    question = server.questions[0]
    assert question["bbox"] == [9.99, 49.99, 11.01, 50.71] or question["bbox"][0] < 10.0
    assert all(round(edge * 100) == pytest.approx(edge * 100, abs=1e-6) for edge in question["bbox"])


@pytest.mark.bounded
def test_s10_a_scene_of_unknown_date_is_a_tick_behind_the_axis_that_says_so(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    """Its search asked for a stretch of time: what states no date may be of it, and is never given one."""
    server.items = [*ITEMS, stac_item("undated", "", datetime=None), stac_item("odd", "", datetime="01/02/2026")]
    asked(window, strip, server, qtbot)
    undated = {placed.tick.title: placed for placed in strip.view.places.undated}
    assert set(undated) == {"undated", "odd"}
    assert titles(strip)[:3] == ["early", "cloudy", "late"]
    assert all(placed.left > strip.view.places.divider > 0 for placed in undated.values())
    assert "2 undated" in strip.summary.text()
    QTest.mouseClick(
        strip.view, Qt.MouseButton.LeftButton, pos=QPoint(round(undated["odd"].at), strip.view.height() // 2)
    )
    settle(window, qtbot)
    (layer,) = (each for each in window.session.document.layers.values() if each.name == "odd")
    assert (layer.acquired_at, layer.date_kind) == ("", "unknown")
    assert "date unknown" in strip.words.text()
    (own,) = (placed for placed in strip.view.places.undated if placed.tick.title == "odd")
    assert own.tick.layers, "the tick has the dot of the case"


@pytest.mark.bounded
def test_a_limit_of_cloud_leaves_cloudy_scenes_out(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    asked(window, strip, server, qtbot, cloud=True)
    assert titles(strip) == ["early", "late"]


@pytest.mark.bounded
def test_sites_are_told_as_a_rounded_box(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    window.selection.set({"s1"})
    asked(window, strip, server, qtbot, place=1)
    assert server.questions[0]["bbox"] == [10.2, 50.3, 10.3, 50.4]


@pytest.mark.bounded
def test_a_click_adds_the_scene_with_what_the_archive_states(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    asked(window, strip, server, qtbot)
    desk = window.scenes.desk
    desk.use(desk.ticks[-1].key)
    (layer,) = window.session.document.layers.values()
    assert (layer.kind, layer.name, layer.acquired_at) == ("raster", "late", "2026-04-10T10:00:00Z")
    assert (layer.date_kind, layer.date_basis, layer.sensor) == ("instant", "catalogue", "sentinel-2a")
    assert layer.source["address"] == "http://files.invalid/late.tif"
    assert layer.source["catalogue"]["id"] == "late"


@pytest.mark.bounded
def test_a_search_is_kept_as_evidence(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot)
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    (search,) = window.session.document.searches.values()
    assert (search.kind, search.result) == ("catalogue", "found")
    assert search.words == "Loopback Archive: 3 scenes, all such that it lists."
    query = json.loads(search.query_json)
    assert query["archive"] == server.address
    assert query["count"] == 3
    assert query["question"]["begin"] == "2026-03-01"


@pytest.mark.bounded
def test_that_nothing_is_listed_is_evidence_too(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot, begin="2026-05-01")
    assert "lists no scene" in dialog.said.text()
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    (search,) = window.session.document.searches.values()
    assert search.result == "none listed"
    assert search.words == "Loopback Archive: no scene for this place and time."


def kept_again(window: MainWindow, dialog: ArchiveDialog) -> SearchListPanel:
    """The panel of searches with the kept search as its row, after the dialog and the map went elsewhere."""
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    dialog.close()
    dialog.archive.setEditText("https://other.example.org/stac")
    dialog.begin.setText("2001")
    dialog.limits_cloud.setChecked(False)
    window.views.show_bounds(Bounds(-70.0, -20.0, -69.0, -19.0), 0.0)
    window.docks.show_panel("panel_searches")
    panel = window.findChild(SearchListPanel)
    assert panel is not None
    (search,) = window.session.document.searches.values()
    panel.choose(search.uuid)
    return panel


@pytest.mark.bounded
@pytest.mark.parametrize("by_keys", [True, False], ids=["keys", "mouse"])
def test_a_kept_search_is_asked_again_with_its_own_question(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot, by_keys: bool
) -> None:
    window.selection.set({"s1"})
    dialog = asked(window, strip, server, qtbot, cloud=True, place=1)
    panel = kept_again(window, dialog)
    window.selection.clear()
    if by_keys:
        QTest.keyClick(panel.again_button, Qt.Key.Key_Space)
        qtbot.waitUntil(dialog.search_button.hasFocus)
        QTest.keyClick(dialog.search_button, Qt.Key.Key_Return)
    else:
        QTest.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.scenes.desk.archives.is_idle, timeout=20_000)
    settle(window, qtbot)
    assert server.questions[-1]["bbox"] == server.questions[0]["bbox"] == [10.2, 50.3, 10.3, 50.4]
    assert server.questions[-1]["datetime"] == server.questions[0]["datetime"]
    assert dialog.cloud.isEnabled()
    assert titles(strip) == ["early", "late"], "the strip shows the scenes of that ground"
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    abouts = [json.loads(row.query_json)["about"] for row in window.session.document.searches.values()]
    assert abouts == [["s1"], ["s1"]], "the second is about the same site"


def begun(window: MainWindow, panel: SearchListPanel, qtbot: QtBot) -> SceneWalkDialog:
    """The walk through the scenes of the chosen search."""
    qtbot.waitUntil(lambda: window.findChild(SceneWalkDialog) is not None)
    walk = window.findChild(SceneWalkDialog)
    assert walk is not None
    return walk


@pytest.mark.bounded
def test_scenes_of_a_kept_answer_are_gone_through_by_keys(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    panel = kept_again(window, asked(window, strip, server, qtbot))
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    walk = begun(window, panel, qtbot)
    assert [walk.list.item(row, 1).text() for row in range(3)] == ["early", "cloudy", "late"]
    assert area_of_view(window.canvas.viewport.view()).intersects(shapely.box(*VIEW)), "the map goes to the scene"
    QTest.keyClick(walk.list, Qt.Key.Key_1)
    QTest.keyClick(walk.list, Qt.Key.Key_3)
    assert walk.question.isVisible(), "without a reason it is asked"
    assert not any(words.endswith("…") for _key, _value, words in walk.question.answers), "no reason in words"
    QTest.keyClick(walk.list, Qt.Key.Key_X)
    assert "Nothing is kept yet" in walk.question.words.text()
    QTest.keyClick(walk.list, Qt.Key.Key_C)
    assert walk.current is not None
    assert walk.current.title == "late"
    QTest.keyClick(walk.list, Qt.Key.Key_4)
    assert "Of 3 scenes, 3 gone through: 1 usable, 1 not usable (cloud), 1 skipped." in walk.says.text()
    assert "3 of 3 gone through" in panel.model.data(panel.model.index(0), Qt.ItemDataRole.DisplayRole)
    assert "1 not usable (cloud)" in panel.words.text()
    window.action_table["undo"].trigger()
    assert "2 gone through" in walk.says.text()
    (search,) = window.session.document.searches.values()
    answers = scenes_of(search)
    assert answers is not None
    assert [scene.answer for scene in answers.scenes] == ["usable", "not usable", ""]


@pytest.mark.bounded
def test_a_scene_of_a_kept_answer_becomes_a_layer_by_the_mouse(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    panel = kept_again(window, asked(window, strip, server, qtbot))
    QTest.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    walk = begun(window, panel, qtbot)
    QTest.mouseClick(walk.skip, Qt.MouseButton.LeftButton)
    QTest.mouseClick(walk.usable, Qt.MouseButton.LeftButton)
    QTest.mouseClick(walk.show_button, Qt.MouseButton.LeftButton)
    (layer,) = window.session.document.layers.values()
    assert layer.name == "late"
    archives = window.scenes.desk.archives
    for search in archives.searches:
        archives.forget(search)
    QTest.mouseClick(walk.list.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_row(walk, 0))
    QTest.mouseDClick(walk.list.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_row(walk, 0))
    assert len(window.session.document.layers) == 1, "its picture is not known any more"
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.begin.text() == "2026-03-01"
    QTest.keyClick(walk, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(SceneWalkDialog) is None)


def middle_of_row(walk: SceneWalkDialog, row: int) -> QPoint:
    return walk.list.visualItemRect(walk.list.item(row, 1)).center()


@pytest.mark.bounded
def test_a_search_that_fails_says_why_and_is_no_evidence(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    server.broken = True
    dialog = asked(window, strip, server, qtbot)
    assert server.host in dialog.said.text()
    assert not dialog.keep_button.isEnabled()


@pytest.mark.bounded
def test_a_host_that_is_lost_in_a_search_is_said_and_no_page_is_blamed(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    asked(window, strip, server, qtbot)
    fetcher = window.context.fetcher
    sentence = f"{server.host} cannot be reached: it takes no connections."

    def lose(*_: object) -> None:
        for _turn in range(ERRORS_TO_PAUSE):
            fetcher.failed(server.host, sentence, reach=HostReach.UNREACHABLE)

    window.scenes.desk.archives.searches_changed.connect(lose)
    dialog = asked(window, strip, server, qtbot)
    window.scenes.desk.archives.searches_changed.disconnect(lose)
    assert dialog.said.text() == sentence
    assert not dialog.keep_button.isEnabled()


@pytest.mark.bounded
def test_an_archive_that_is_down_says_so_is_tried_again_by_a_button_and_is_not_the_next_choice(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot)
    assert not dialog.again_button.isVisible()
    dead = StacServer([])
    dead.stop()
    dialog.archive.setEditText(dead.address)
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.again_button.isVisible, timeout=20_000)
    assert dialog.said.text() == f"{dead.host} cannot be reached: it takes no connections."
    back = StacServer([stac_item("early", "2026-03-01T10:00:00Z")], port=dead.server_address[1])
    try:
        QTest.mouseClick(dialog.again_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: "1 scene" in dialog.said.text(), timeout=20_000)
        assert not dialog.again_button.isVisible()
    finally:
        back.stop()
    window.context.fetcher.network.clearConnectionCache()
    QTest.mouseClick(dialog.search_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.again_button.isVisible, timeout=20_000)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    window.scenes.search_archives()
    assert dialog.entry is not None
    assert dialog.entry.address == server.address, "the last one that has answered"
    assert f"{dead.host} did not answer when it was last asked: " in dialog.said.text()


@pytest.mark.bounded
def test_offline_no_archive_is_asked_and_that_is_said(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    fetcher = window.context.fetcher
    assert fetcher is not None
    fetcher.set_offline(True)
    dialog = asked(window, strip, server, qtbot)
    assert "working offline" in dialog.said.text()
    assert not dialog.keep_button.isEnabled()
    assert not server.log


@pytest.mark.bounded
def test_an_answer_goes_with_its_question(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot, cloud=True)
    assert "2 scenes with at most 20 % of cloud" in dialog.said.text()
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    assert dialog.said.text().endswith(
        "Kept in the case as evidence: a product that shows marks on this ground says so among its caveats."
    )
    assert not dialog.keep_button.isEnabled(), "it is kept once"
    dialog.limits_cloud.setChecked(False)
    assert dialog.said.text() == ""


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
def test_a_scene_that_was_added_is_drawn_from_its_host(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot, tmp_path: Path
) -> None:
    """A COG on a host is read by ranges; its tick says that it is in the case then."""
    files = RangeServer(tmp_path)
    write_cog(tmp_path / "early.tif", side=1024)
    west, north = (float(number) for number in transform_points(WEB_MERCATOR, WGS84, 400_000, 6_000_000))
    window.views.show_bounds(Bounds(west, north - 0.05, west + 0.08, north), 0.0)
    place = stac_item("early", "2026-03-01T10:00:00Z")
    place["bbox"], place["geometry"] = [west - 0.1, north - 0.3, west + 0.4, north + 0.2], None
    place["assets"]["visual"]["href"] = files.address("early.tif")
    server.items = [place]
    fetcher = window.context.fetcher
    assert fetcher is not None
    window.context.pool.remote_files.source = FetchedRanges(fetcher)
    asked(window, strip, server, qtbot)
    desk = window.scenes.desk
    assert [tick.title for tick in desk.ticks] == ["early"]
    desk.use(desk.ticks[0].key)
    qtbot.waitUntil(lambda: bool(desk.ticks and desk.ticks[0].layers), timeout=20_000)
    assert not files.log, "a click allows no host"
    assert not window.context.consent.permits(files.host)
    assert len(window.session.document.layers) == 1
    window.permissions.allow(files.host)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    drawing = window.panel_context.layers.drawing_of(layer.uuid)
    assert drawing is not None
    assert drawing.problem == ""
    picture = window.canvas.grab().toImage()
    middle = picture.pixelColor(picture.rect().center())
    assert middle.value() > 60, "the image is drawn, not the dark of an empty map"
    assert files.log, "its bytes came from the host"
    files.stop()


@pytest.mark.bounded
@pytest.mark.parametrize("reads_inline", [False], ids=["reader processes"])
def test_s16_a_scene_of_an_archive_that_signs_is_drawn_and_no_signature_is_kept(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot, tmp_path: Path, monkeypatch, caplog
) -> None:
    """Its catalogue names a signed address, and its host answers to signed ones only."""
    caplog.set_level("DEBUG")
    folder = tmp_path / "files"
    folder.mkdir()
    tokens = TokenServer()
    files = FileServer(folder, tokens)
    write_cog(folder / "early.tif", side=1024)
    west, north = (float(number) for number in transform_points(WEB_MERCATOR, WGS84, 400_000, 6_000_000))
    window.views.show_bounds(Bounds(west, north - 0.05, west + 0.08, north), 0.0)
    place = stac_item("early", "2026-03-01T10:00:00Z")
    place["bbox"], place["geometry"] = [west - 0.1, north - 0.3, west + 0.4, north + 0.2], None
    place["assets"]["visual"]["href"] = f"{files.address('early.tif')}?{tokens.token()}"
    place["links"] = [{"rel": "self", "href": f"{tokens.url}/items/early?sig=Ab%2Bc"}]
    tokens.revoke()
    server.items = [place]
    fetcher = window.context.fetcher
    assert fetcher is not None
    fetcher.signing.rules = (tokens.rule(files),)
    monkeypatch.setattr("viewer.rendering.access.known_rules", lambda: fetcher.signing.rules)
    window.context.pool.remote_files.source = FetchedRanges(fetcher)
    dialog = asked(window, strip, server, qtbot)
    fetcher.consent.allow_private(tokens.host)
    fetcher.consent.allow_private(files.host)
    desk = window.scenes.desk
    assert [scene.path for scene in desk.ticks[0].scenes] == [files.address("early.tif")]
    for words in ("Copy the Address of the Picture", "Copy the Address of the Item"):
        choose(menu_of_hit(dialog, 0), words)
        assert QGuiApplication.clipboard().text()
        assert not tokens.shown_in(QGuiApplication.clipboard().text())
    QTest.keyClick(dialog.hits.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.ticks and desk.ticks[0].layers), timeout=20_000)
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    drawing = window.panel_context.layers.drawing_of(layer.uuid)
    assert drawing is not None
    assert drawing.problem == ""
    assert window.canvas.grab().toImage().pixelColor(window.canvas.rect().center()).value() > 60
    assert (files.refused, tokens.log) == (0, ["/token/sentinel-2-l2a"])
    assert layer.source["address"] == files.address("early.tif")
    assert hosts_of(layer) == (files.host, tokens.host)
    answers = window.ask
    assert isinstance(answers, Answers)
    answers.path = tmp_path / "case.gpkg"
    window.file_menu.save_as()
    settle(window, qtbot)
    assert answers.path.exists()
    kept = [path for folder in (tmp_path, Path(os.environ["GEOLOUPE_HOME"])) for path in folder.rglob("*")]
    written = [path.read_bytes().decode("latin-1") for path in kept if path.is_file()]
    assert not [text for text in (*written, caplog.text, layer.source_json) if tokens.shown_in(text)]
    fetcher.consent.withdraw(tokens.host)
    assert [need.name for need in window.permissions.needs(window.session.document, None) if not need.is_allowed] == [
        tokens.host
    ]
    files.stop()
    tokens.stop()


# -- menus of hits and of outlines --------------------------------------------------------------------------------


def menu_of_hit(dialog: ArchiveDialog, row: int) -> QMenu:
    """The menu that a right click on a row opens."""
    view = dialog.hits.list
    at = view.visualRect(view.model().index(row, 0)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text().replace("&", "").partition("\t")[0]: action for action in menu.actions() if action.text()}


def choose(menu: QMenu, text: str) -> None:
    action = entries(menu)[text]
    assert action.isEnabled(), text
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


@pytest.mark.bounded
def test_a_right_click_on_a_hit_opens_what_can_be_done_with_it(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot)
    rows = [hit.scene.title for hit in dialog.hits.rows.hits]
    menu = menu_of_hit(dialog, rows.index("early"))
    assert list(entries(menu)) == [
        "Add as Layer",
        "Compare Newest and Oldest",
        "Show on the Map",
        "Copy the Address of the Picture",
        "Copy the Address of the Item",
        "Copy the Name of the Item",
        "Keep the Search as Evidence",
    ]
    assert [hit.scene.title for hit in dialog.hits.list.chosen] == ["early"]
    choose(menu, "Copy the Address of the Picture")
    assert QGuiApplication.clipboard().text() == "http://files.invalid/early.tif"
    choose(menu_of_hit(dialog, rows.index("early")), "Copy the Name of the Item")
    assert QGuiApplication.clipboard().text() == "early"
    choose(menu_of_hit(dialog, rows.index("late")), "Show on the Map")
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx((10.5, 50.5), abs=0.05)
    choose(menu_of_hit(dialog, rows.index("late")), "Add as Layer")
    settle(window, qtbot)
    assert [layer.name for layer in window.session.document.layers.values()] == ["late"]
    assert "Show the Layer" in entries(menu_of_hit(dialog, rows.index("late")))
    QApplication.activePopupWidget().close()  # type: ignore[union-attr]
    choose(menu_of_hit(dialog, 0), "Keep the Search as Evidence")
    assert len(window.session.document.searches) == 1
    assert not entries(menu_of_hit(dialog, 0))["Keep the Search as Evidence"].isEnabled()
    QApplication.activePopupWidget().close()  # type: ignore[union-attr]
    QTest.keyClick(dialog.hits.list, Qt.Key.Key_Escape)


@pytest.mark.bounded
def test_outlines_on_the_map_lead_to_their_scenes(
    window: MainWindow, strip: TimeStripPanel, server: StacServer, qtbot: QtBot
) -> None:
    dialog = asked(window, strip, server, qtbot)
    canvas = window.canvas
    at = canvas.rect().center()

    def menu_here() -> QMenu:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
        QApplication.sendEvent(canvas, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    menu = menu_here()
    inner = entries(menu)["Add One of 3 Scenes Here"].menu()
    assert isinstance(inner, QMenu)
    names = [action.text() for action in inner.actions()]
    assert names == ["2026-04-10 10:00 · late", "2026-03-06 10:00 · cloudy", "2026-03-01 10:00 · early"]
    inner.actions()[0].trigger()
    menu.close()
    settle(window, qtbot)
    assert [layer.name for layer in window.session.document.layers.values()] == ["late"]
    dialog.close()
    menu = menu_here()
    assert not any("Scene" in name for name in entries(menu)), "no outlines are shown"
    menu.close()
