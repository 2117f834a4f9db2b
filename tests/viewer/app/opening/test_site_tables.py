"""Rows of tables become sites in the real window: by the menu with a dialog, and after a question at a drop."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.crs import WGS84, transform_points
from tests.viewer.app.conftest import Answers, settle
from viewer.app.window import MainWindow
from viewer.panels.homecoming.site_table_dialog import SiteTableDialog
from viewer.panels.layers.place_dialog import PlaceDialog

WAIT_MS = 60_000
ROWS = (
    "name,kind,lat,lon,when,claim,who,source,publisher,terrain\n"
    'Pad,launch_site,40.9,100.3,2016-04,"A pad is being built",Li,A new pad,Xinhua,first\n'
    'Hall,silo field,40.8,100.2,12/04/2016,"A pad is being built",Li,A new pad,Xinhua,\n'
    "Gate,port,,,,,,,,\n"
    "Road,port,95,100,,,,,,\n"
)


def dialog_of(window: MainWindow, qtbot: QtBot) -> SiteTableDialog:
    qtbot.waitUntil(lambda: window.findChild(SiteTableDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(SiteTableDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    return dialog


def test_a_table_comes_in_by_the_menu_as_one_step(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "sites.csv"
    answers.path.write_text(ROWS, "utf-8")
    window.action_table["add_table"].trigger()
    dialog = dialog_of(window, qtbot)
    by_whom = dialog.grid.boxes["made_by"]
    by_whom.setCurrentIndex(by_whom.findData("who"))
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    assert dialog.outcome.text() == "What comes in: 2 sites, 1 new source, 1 claim, 2 rows left out."
    lines = dialog.remarks.toPlainText().splitlines()
    assert lines[0] == "sites.csv, row 4: left out. It has no coordinates."
    assert lines[1].startswith("sites.csv, row 5: left out. ")
    assert lines[2:4] == [
        "Row 3: “silo field” is no class. It stands in the notes.",
        "Row 3: “12/04/2016” is no date. It stands in the notes.",
    ]
    assert lines[4] == "Columns that fill no field: terrain. They are listed in the notes."
    assert dialog.rows.horizontalHeaderItem(0).text() == "name\n→ Label"
    numbers = [dialog.rows.verticalHeaderItem(row).text() for row in range(4)]
    assert numbers == ["2", "3", "4", "5"], "as the remarks count"
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    document = window.session.document
    pad, hall = document.sites.values()
    (claim,), (source,) = document.claims.values(), document.sources.values()
    assert (pad.class_code, pad.observed_at, pad.role) == ("launch_site", "2016-04", "named in a claim")
    assert (hall.class_code, hall.notes) == ("other", "kind: silo field\nwhen: 12/04/2016")
    assert pad.notes == "terrain: first"
    assert (claim.statement, claim.made_by, claim.state) == ("A pad is being built", "Li", "reported")
    assert (source.title, source.publisher) == ("A new pad", "Xinhua")
    assert {link.site_uuid for link in document.links.claim_to_sites(claim.uuid)} == set(document.sites)
    settle(window, qtbot)
    assert window.selection.uuids == set(document.sites)
    window.session.undo()
    assert [len(rows) for rows in (document.sites, document.claims, document.sources)] == [0, 0, 0]


def test_times_and_errors_that_do_not_fit_leave_no_row_out(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "book.xlsx"
    book = Workbook()
    book.active.append(["name", "lat", "lon", "observed", "error_m", "source", "published"])
    report = ["AP report", datetime(2020, 4, 13, 10, 30)]
    book.active.append(["Pad", 40.9, 100.3, datetime(2020, 4, 12, 5, 6), "about 5 m", *report])
    book.active.append(["Hall", 40.8, 100.2, "2020-04-12T05:06:00+08:00", 12, "AP report", date(2020, 4, 13)])
    book.active.append(["Gate", 40.7, 100.1, None, -5, None, "2019"])
    book.active.append(["Pylon", 40.6, 100.0, None, None, "AP report", "spring 2020"])
    book.save(answers.path)
    window.action_table["add_table"].trigger()
    dialog = dialog_of(window, qtbot)
    assert dialog.outcome.text() == "What comes in: 4 sites, 2 new sources."
    assert dialog.remarks.toPlainText().splitlines() == [
        "Row 2: “about 5 m” is no number of metres. It stands in the notes.",
        "Row 4: “-5” is no number of metres. It stands in the notes.",
        "Row 5: “spring 2020” is no date. It stands in the notes.",
        "Row 2: a time of day without a time zone. The day is taken, the time stands in the notes.",
    ]
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    pad, hall, gate, pylon = window.session.document.sites.values()
    source, _undated = window.session.document.sources.values()
    assert (pad.observed_at, hall.observed_at, source.published_at) == (
        "2020-04-12",
        "2020-04-11T21:06:00Z",
        "2020-04-13",
    )
    assert pad.notes.splitlines() == [
        "error_m: about 5 m",
        "observed: 2020-04-12T05:06:00",
        "published: 2020-04-13T10:30:00",
    ]
    assert (pad.position_error_m, hall.position_error_m, gate.position_error_m) == (None, 12, None)
    assert gate.notes == "error_m: -5\npublished: 2019", "the date of a source that the row does not name"
    assert pylon.notes == "published: spring 2020"


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard|raise", extend=True)  # as every menu offscreen
def test_a_dropped_file_is_asked_for_as_layer_or_as_sites(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "points.geojson"
    point = {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [10, 50]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}), "utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drops = window.layer_questions.drops
    for text in ("Add as &Layer", "Add as &Sites…"):
        window.opener.open_dropped(data)
        qtbot.waitUntil(lambda: drops.menu is not None, timeout=WAIT_MS)
        assert drops.menu is not None
        (answer,) = [action for action in drops.menu.actions() if action.text() == text]
        drops.menu.hide()
        answer.trigger()
        settle(window, qtbot)
    assert len(window.session.document.layers) == 1
    dialog = dialog_of(window, qtbot)
    assert dialog.add_button.text() == "&Add 1 site"
    assert not dialog.grid.boxes["lat"].isVisible()
    dialog.close()


@pytest.mark.bounded
def test_rows_that_the_case_has_already_are_left_out_or_come_once_more(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = path = tmp_path / "sites.csv"
    document = window.session.document

    def shown(rows: str) -> SiteTableDialog:
        settle(window, qtbot)
        path.write_text(f"name,lat,lon,statement\n{rows}", "utf-8")
        window.action_table["add_table"].trigger()
        dialog = dialog_of(window, qtbot)
        qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
        return dialog

    shown("Pad,40,100,A pad is built\nHall,41,101,\n").add()
    assert len(document.sites) == 2
    dialog = shown("Pad,40,100,It is finished\nHall,41,101,\n")
    assert dialog.leave_known.text() == "Leave out 1 row that this case has already", "the other says something new"
    dialog.add()
    assert len(document.sites) == 3
    dialog = shown("Pad,40,100,It is finished\nHall,41,101,\n")
    assert dialog.outcome.text() == "This case has all of these rows already."
    assert not dialog.add_button.isEnabled()
    dialog.leave_known.setChecked(False)
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    dialog.add()
    assert len(document.sites) == 5


@pytest.mark.bounded
def test_numbers_that_are_no_degrees_get_their_crs_in_the_dialog(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "grid.csv"
    answers.path.write_text("name,X,Y\nPad,7612000,5735000\nHall,7613000,5736000\n", "utf-8")
    window.action_table["add_table"].trigger()
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    assert dialog.crs_button.text() == "Not stated: Choose…"
    assert "does not say in which CRS" in dialog.outcome.text()
    assert not dialog.add_button.isEnabled()
    QTest.mouseClick(dialog.crs_button, Qt.MouseButton.LeftButton)
    question = window.place_questions.dialog
    assert isinstance(question, PlaceDialog)
    question.search.setText("28407")
    qtbot.waitUntil(question.place_button.isEnabled, timeout=WAIT_MS)
    QTest.mouseClick(question.place_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    assert dialog.crs_button.text() == "Pulkovo 1942 / Gauss-Kruger zone 7 (EPSG:28407)"
    assert dialog.outcome.text() == "What comes in: 2 sites."
    dialog.add()
    pad, _hall = window.session.document.sites.values()
    lon, lat = transform_points("EPSG:28407", WGS84, [7612000.0], [5735000.0])
    assert (pad.geometry.x, pad.geometry.y) == pytest.approx((lon[0], lat[0]), abs=1e-9)
    assert pad.position_basis == "as in grid.csv, in Pulkovo 1942 / Gauss-Kruger zone 7 (EPSG:28407)"


def test_a_crs_is_asked_for_only_where_the_file_leaves_it_open(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "places.csv"
    answers.path.write_text("name,X,Y,coordinates\nPad,100,40,40 N 100 E\n", "utf-8")
    window.action_table["add_table"].trigger()
    dialog = dialog_of(window, qtbot)
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    place, x = dialog.grid.boxes["place"], dialog.grid.boxes["lon"]
    place.setCurrentIndex(place.findData("coordinates"))
    assert not dialog.crs_button.isVisible(), "a coordinate in words has its own"
    for box, column in ((x, "X"), (dialog.grid.boxes["lat"], "Y")):
        box.setCurrentIndex(box.findData(column))
    assert dialog.crs_button.isVisible()
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    assert dialog.crs_button.text() == "WGS 84 (EPSG:4326)"


def test_a_table_with_german_headers_fills_its_fields_by_itself(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "orte.csv"
    rows = "Ort;Breite;Länge;Datum;Quelle;geom;alt\n"
    rows += "Tor;51,5;128,25;04.05.2016;Bericht;POINT(128.25 51.5);POINT(1 2)\n"
    rows += "Halle;51,6;128,26;13.05.2017;;POINT(128.26 51.6);POINT(1 2)\n"
    answers.path.write_text(rows, "utf-8")
    window.action_table["add_table"].trigger()
    dialog = dialog_of(window, qtbot)
    assert dialog.outcome.text() == "What comes in: 2 sites, 1 new source."
    lines = dialog.remarks.toPlainText().splitlines()
    assert "“geom” gives the places. Geometries stand in “alt” as well: another column can be chosen." in lines
    assert "“Datum” is read with the day first: “13.05.2017” cannot be otherwise." in lines
    dialog.add()
    gate, hall = window.session.document.sites.values()
    assert (gate.label, gate.observed_at, gate.geometry.x) == ("Tor", "2016-05-04", 128.25)
    assert (hall.label, hall.observed_at) == ("Halle", "2017-05-13")
