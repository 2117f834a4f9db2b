"""Sites that were changed in Google Earth come home as the same sites, as the analyst says of each."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.site import Site
from layers.project.history.history_reader import HistoryFilter, opened_history, read_page
from tests.support.homecoming import WAIT_MS, bring, own_case, own_file
from tests.viewer.app.conftest import Answers, settle
from viewer.app.window import MainWindow
from viewer.commands.sites import update_site
from viewer.panels.homecoming.changed_places import DIFFERS, NAME
from viewer.panels.homecoming.earth_dialog import EarthDialog

EDITED = (
    ("<name>Pad</name>", "<name>Pad 5</name>"),
    ("<coordinates>43.50000,36.50000</coordinates>", "<coordinates>43.501,36.5,0</coordinates>"),
    ("by hand&lt;/p&gt;</description><styleUrl>#s1<", "by hand&lt;/p&gt;Burnt since 2020</description><styleUrl>#s1<"),
)
"""Changes in Google Earth: another name, another place, a line more in the balloon."""


def edited(path: Path, *changes: tuple[str, str]) -> Path:
    """The file as somebody saved it after changes, each at the first place where its text stands."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    text = members["doc.kml"].decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**members, "doc.kml": text.encode()}.items():
            archive.writestr(name, data)
    return path


def take_case(window: MainWindow, case: Document) -> Document:
    """Put the sites of a case into the window's."""
    changes = tuple(Change("sites", None, site) for site in case.sites.values())
    assert window.panel_context.do(lambda document, actor: Edit("Add", changes))
    return window.session.document


def rows(dialog: EarthDialog) -> list[tuple[str, str]]:
    items = [dialog.changes.list.topLevelItem(at) for at in range(dialog.changes.list.topLevelItemCount())]
    return [(item.text(NAME), item.text(DIFFERS)) for item in items if item is not None]


def sites_named(document: Document, *names: str) -> list[Site]:
    return [site for site in document.sites.values() if site.label in names]


@pytest.mark.bounded
def test_a_site_that_was_changed_in_google_earth_takes_the_changes_as_one_step(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    document = take_case(window, own_case())
    (pad,) = sites_named(document, "Pad")
    path = edited(own_file(document, tmp_path), *EDITED)
    dialog = bring(window, answers, path, qtbot)
    assert dialog.leave_known.text() == "Leave out what this case has already: 3 placemarks"
    assert rows(dialog) == [
        ("Pad 5", "name: “Pad” → “Pad 5”\nmoved 89.59 m east\nnotes: “Burnt since 2020”"),
    ]
    assert dialog.changes.head.text() == "1 site has changed in the file"
    (box,) = dialog.changes.boxes.values()
    assert box.currentText() == "Keep mine", "nothing is overwritten unasked"
    assert not dialog.bring_button.isEnabled()
    assert dialog.nothing_new.text() == "Nothing comes in yet: say what becomes of the changed sites."
    box.setCurrentIndex(box.findText("Update"))
    assert not dialog.nothing_new.isVisible()
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: document.sites[pad.uuid].label == "Pad 5", timeout=WAIT_MS)
    settle(window, qtbot)
    assert len(document.sites) == 4, "no second site"
    site = document.sites[pad.uuid]
    assert (site.notes, site.class_code, site.role) == ("Burnt since 2020", "launch_pad", "setting")
    assert site.geometry.equals_exact(Point(43.501, 36.5), 1e-9)
    assert site.position_basis == "as in own.kmz; was: by hand"
    (source,) = document.sources.values()
    assert site.position_source_uuid == source.uuid
    assert any("Brought home of “own.kmz”: 1 site changed." in line.text for line in window.messages.lines())
    assert window.selection.uuids == {pad.uuid}
    past = window.session.recorded_history()
    assert past is not None
    with opened_history(past.path) as connection:
        newest = read_page(connection, HistoryFilter(row_uuid=pad.uuid)).changes[0]
    assert newest.reason == "Changed in Google Earth: “own.kmz”"
    dialog = bring(window, answers, path, qtbot)
    assert not rows(dialog), "the case has these changes now"
    dialog.close()
    window.session.undo()
    assert document.sites[pad.uuid].label == "Pad"
    assert not document.sources
    assert document.sites[pad.uuid].geometry.equals_exact(pad.geometry, 1e-9)


@pytest.mark.bounded
def test_changes_in_the_case_are_no_changes_of_the_file(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    """A site that the analyst renamed and moved since is the same; a copy of a placemark is another one."""
    document = take_case(window, own_case())
    (pad,) = sites_named(document, "Pad")
    path = own_file(document, tmp_path)
    window.panel_context.do(
        lambda case, actor: update_site(case, pad.uuid, label="North pad", notes="ours", actor=actor)
    )
    dialog = bring(window, answers, path, qtbot)
    assert not dialog.changes.isVisible()
    assert dialog.leave_known.text() == "Leave out what this case has already: 4 placemarks"
    dialog.close()
    with zipfile.ZipFile(path) as archive:
        text = archive.read("doc.kml").decode()
    mark = text[text.index("<Placemark><name>Pad</name>") :]
    mark = mark[: mark.index("</Placemark>") + len("</Placemark>")]
    copy = mark.replace("43.50000,", "43.70000,").replace(">Pad<", ">Pad copy<")
    dialog = bring(window, answers, edited(path, (mark, copy + mark)), qtbot)
    assert not dialog.changes.isVisible()
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(document.sites) == 5, timeout=WAIT_MS)
    settle(window, qtbot)
    assert document.sites[pad.uuid].label == "North pad"
    assert len(sites_named(document, "Pad copy")) == 1


@pytest.mark.bounded
def test_keep_mine_and_second_site_leave_the_site_as_it_is(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    document = take_case(window, own_case())
    before = dict(document.sites)
    area = ("43.1000000,36.1000000 43.0000000,36.1000000", "43.1,36.1 43.05,36.12 43,36.1")
    path = edited(own_file(document, tmp_path), *EDITED[:2], area)
    dialog = bring(window, answers, path, qtbot)
    assert rows(dialog) == [
        ("Pad 5", "name: “Pad” → “Pad 5”\nmoved 89.59 m east"),
        ("Area", "outline: 5 → 6 vertices"),
    ]
    dialog.changes.all_box.setCurrentIndex(3)
    dialog.changes.all_box.activated.emit(3)
    assert {box.currentText() for box in dialog.changes.boxes.values()} == {"Second site"}
    _pad_box, area_box = dialog.changes.boxes.values()
    area_box.setCurrentIndex(area_box.findText("Keep mine"))
    QTest.mouseClick(dialog.bring_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(document.sites) == 5, timeout=WAIT_MS)
    settle(window, qtbot)
    assert {uuid: document.sites[uuid] for uuid in before} == before
    assert len(sites_named(document, "Pad 5")) == 1
