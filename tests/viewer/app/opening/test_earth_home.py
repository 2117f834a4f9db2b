"""A file of Google Earth comes home in the real window: by the menu, and from the line after it was opened."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.requests.earth_file import STAYS_BEHIND
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.homecoming import WAIT_MS, bring, dialog_of
from tests.support.readers.earth_files import PLACES, earth_kml, earth_kmz, many_places
from tests.support.readers.tiny_kmz import picture
from tests.support.windows import warm_up
from tests.viewer.app.conftest import Answers, settle
from viewer.app.window import MainWindow
from viewer.panels.homecoming.earth_words import STAYS


def test_a_file_comes_home_by_the_menu_as_one_step(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = bring(window, answers, earth_kmz(tmp_path), qtbot)
    assert dialog.sites.text() == "7 placemarks as sites, in their folders"
    assert dialog.photos.text() == "2 photos in the file as chips"
    assert dialog.overlays.text() == "1 overlay as a layer"
    assert dialog.folder_views.text() == "3 views of folders and tours as bookmarks"
    assert dialog.place_views.isChecked(), "as they are few"
    dialog.place_views.setChecked(False)
    account = dialog.account.toPlainText()
    assert "Links to other files and servers: none is followed (1): Live ships: http://example.com/ships.kml" in account
    assert "Views that look aslant: the map shows them from above (1): From the hill" in account
    top = dialog.tree.topLevelItem(0)
    assert top is not None
    assert [top.text(column) for column in range(3)] == ["My Places", "4", "1"]
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.sites) == 9, timeout=WAIT_MS)
    settle(window, qtbot)
    assert len(document.layers) == 1
    assert len(document.bookmarks) == 3
    photos = {document.sites[chip.site_uuid].label: chip for chip in document.chips.values()}
    assert photos.keys() == {"Pad", "From the hill"}
    chip = photos["Pad"]
    assert (chip.content_type, chip.layer_title) == ("image/png", "files/photo.png in myplaces.kmz")
    assert (chip.date_kind, chip.credit) == ("unknown", ""), "nothing is invented"
    data = window.session.blob_reader()("chips", [chip.uuid], "data")[chip.uuid]
    assert hashlib.sha256(data).hexdigest() == chip.sha256
    assert window.session.blob_reader()("chips", [chip.uuid], "thumbnail")
    (line,) = [line for line in window.messages.lines() if line.action is not None and "Brought home" in line.text]
    assert line.text.startswith("Brought home of “myplaces.kmz”: 9 sites, 1 layer, 2 chips, 3 bookmarks. Its source")
    (source,) = document.sources.values()
    assert "Live ships: http://example.com/ships.kml" in source.descriptor
    assert line.action is not None
    line.action.run()
    assert window.panel_context.shown_row("sources") == source.uuid
    assert window.selection.uuids == set(document.sites)
    assert window.session.history.stack.undoText() == "Bring home “myplaces.kmz”"
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) != (0.0, 0.0)
    window.session.undo()
    assert not document.sites
    assert not document.layers
    assert not document.chips
    assert not document.bookmarks


def test_a_file_that_was_opened_as_a_layer_offers_to_come_home(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window.opener.open([str(earth_kml(tmp_path, many_places(3)))])
    settle(window, qtbot)
    assert len(window.session.document.layers) == 1
    (line,) = [line for line in window.messages.lines() if line.action is not None and "myplaces" in line.text]
    assert line.text == ("The placemarks of “myplaces.kml” can also be sites, with their folders, notes and dates.")
    assert line.action is not None
    line.action.run()
    dialog = dialog_of(window, qtbot)
    dialog.place_views.setChecked(False)
    dialog.sites.setChecked(False)
    assert not dialog.bring_button.isEnabled()
    dialog.sites.setChecked(True)
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.session.document.sites) == 3, timeout=WAIT_MS)
    assert line not in window.messages.lines()


def test_a_file_of_another_kind_is_one_sentence(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "a.geojson"
    answers.path.write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    window.action_table["bring_home"].trigger()
    qtbot.waitUntil(lambda: any("is no KML" in line.text for line in window.messages.lines()))


def test_each_kind_that_stays_behind_has_a_sentence() -> None:
    assert STAYS.keys() == set(STAYS_BEHIND)


def test_what_is_not_beside_a_kml_is_named_and_stays(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = bring(window, answers, earth_kml(tmp_path, PLACES), qtbot)
    assert not dialog.overlays.isVisible()
    stays = "Overlays whose picture is not in the file or beside it, is there twice, or cannot be drawn (2)"
    assert f"{stays}: Scan of 1988: files/a.png" in dialog.account.toPlainText()


def test_pictures_beside_a_kml_come_with_it(window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> None:
    """An overlay lies in its box as inside a KMZ, by points; a photo is a chip of its place."""
    (tmp_path / "files").mkdir()
    for name in ("a.png", "photo.png"):
        (tmp_path / "files" / name).write_bytes(picture())
    dialog = bring(window, answers, earth_kml(tmp_path, PLACES), qtbot)
    assert (dialog.overlays.text(), dialog.photos.text()) == ("1 overlay as a layer", "2 photos in the file as chips")
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    qtbot.waitUntil(lambda: len(document.chips) == 2, timeout=WAIT_MS)
    settle(window, qtbot)
    (layer,) = document.layers.values()
    assert layer.source["path"] == str(tmp_path / "files" / "a.png")
    assert window.canvas.own_scene.stack.bounds_of(layer.uuid) == pytest.approx((43.0, 36.0, 44.0, 37.0), abs=1e-6)
    assert {line.level for line in window.messages.lines()} == {"info"}, "nothing is wrong"


@pytest.mark.bounded
def test_what_the_case_has_already_is_left_out_or_comes_once_more(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    path = earth_kml(tmp_path, many_places(3))
    document = window.session.document
    dialog = bring(window, answers, path, qtbot)
    assert not dialog.leave_known.isVisible()
    dialog.place_views.setChecked(False)
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(document.sites) == 3, timeout=WAIT_MS)
    settle(window, qtbot)
    earth_kml(tmp_path, many_places(4))
    dialog = bring(window, answers, path, qtbot)
    assert dialog.leave_known.text() == "Leave out what this case has already: 3 placemarks"
    window.session.undo()
    qtbot.waitUntil(lambda: not dialog.leave_known.isVisible(), timeout=WAIT_MS)
    window.session.redo()
    qtbot.waitUntil(dialog.leave_known.isVisible, timeout=WAIT_MS)
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(document.sites) == 4, timeout=WAIT_MS)
    settle(window, qtbot)
    dialog = bring(window, answers, path, qtbot)
    assert not dialog.bring_button.isEnabled()
    assert dialog.nothing_new.isVisible()
    dialog.leave_known.setChecked(False)
    assert not dialog.nothing_new.isVisible()
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(document.sites) == 8, timeout=WAIT_MS)


@pytest.mark.bounded
def test_two_thousand_places_come_while_the_window_stays_free(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    warm_up(window, qtbot)
    dialog = bring(window, answers, earth_kml(tmp_path, many_places(2000)), qtbot)
    document = window.session.document
    with Heartbeat() as heart:
        QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: len(document.sites) == 2000, timeout=WAIT_MS)
        settle(window, qtbot)
    assert window.selection.uuids == set(document.sites)
    assert window.canvas.own_scene.marks.index.uuids == list(document.sites), "they are drawn in their order"
    assert heart.longest_ms < FREE_MS
