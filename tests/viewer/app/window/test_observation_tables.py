"""A spreadsheet of observations comes into the case by the menu and its dialog, and goes out again as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.image import Image
from layers.pool.pool import ReaderPool
from layers.requests.features import ReadSheets, SheetFacts
from tests.support.cut_texts import is_cut
from tests.support.observation_sheets import sheet_of, typed, with_scenes
from tests.support.product_windows import WAIT_MS
from tests.support.windows import press, texts
from tests.viewer.app.conftest import Answers, settle
from viewer.app.window import MainWindow
from viewer.commands.imagery.images import add_image
from viewer.commands.imagery.observations import record_observation
from viewer.commands.sites import add_site
from viewer.panels.observations.import_dialog import ObservationImportDialog

ROWS = """Place;Date;Seen;How many;Notes
Bend 1;12.04.2024;+;2;two bars
Bend 1;01.06.2024;-;;
Bend 2;12.04.2024;?;;
Bend 9;12.04.2024;+;;
"""


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A case with two sites and images of two days."""
    session = window.session
    for label in ("Bend 1", "Bend 2"):
        session.push(add_site(session.document, Point(1, 2), actor="Li", label=label))
    for day in ("2024-04-12", "2024-06-01"):
        facts = {"product_id": f"P{day}", "layer_title": f"Landsat {day}", "acquired_at": day, "date_kind": "instant"}
        session.push(add_image(session.document, actor="Li", **facts))
    settle(window, qtbot)
    return window


def dialog_of(window: MainWindow, answers: Answers, path: Path, qtbot: QtBot) -> ObservationImportDialog:
    answers.path = path
    window.action_table["import_observations"].trigger()
    qtbot.waitUntil(lambda: window.findChild(ObservationImportDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(ObservationImportDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.is_reading, timeout=WAIT_MS)
    return dialog


def choose(dialog: ObservationImportDialog, field: str, data: str, qtbot: QtBot) -> None:
    box = {**dialog.columns, "view": dialog.view_quality, "reason": dialog.why, "order": dialog.order}[field]
    box.setCurrentIndex(box.findData(data))
    qtbot.waitUntil(lambda: not dialog.is_reading)


@pytest.mark.bounded
def test_a_spreadsheet_comes_in_and_goes_out_again(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "seen.csv"
    path.write_text(ROWS, "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    assert dialog.heading.text() == "4 rows of “seen.csv”"
    assert [dialog.columns[name].currentData() for name in ("site", "date", "presence", "words")] == [
        *("Place", "Date", "Seen", "Notes")
    ]
    assert dialog.order.isVisible()
    assert "it could be 12 April or 4 December" in dialog.outcome.text()
    assert not dialog.record_button.isEnabled()
    choose(dialog, "order", "day first", qtbot)
    assert dialog.outcome.text() == "Observations: 1 new, 0 changed, 3 left out."
    assert "Row 3 is left out. “Absent” needs a clear view" in dialog.reasons.toPlainText()
    choose(dialog, "view", "clear", qtbot)
    choose(dialog, "reason", "cloud", qtbot)
    assert dialog.record_button.text() == "&Record 3 observations"
    assert dialog.reasons.toPlainText() == "Row 5 is left out. The case has no site “Bend 9”."
    qtbot.mouseClick(dialog.record_button, Qt.MouseButton.LeftButton)
    rows = list(case.session.document.observations.values())
    assert [(row.presence, row.count_low, row.words, row.why) for row in rows] == [
        ("present", 2, "two bars", ""),
        ("absent", None, "", ""),
        ("cannot tell", None, "", "cloud"),
    ]
    assert case.session.history.stack.undoText() == "Record 3 observations of “seen.csv”"

    case.selection.clear()
    for name in ("out.csv", "out.xlsx"):
        answers.path = tmp_path / name
        case.action_table["export_observations"].trigger()
        qtbot.waitUntil(answers.path.exists)
        settle(case, qtbot)
        (sheet,) = _sheets(answers.path).sheets
        assert sheet.columns["site"] == ["Bend 1", "Bend 1", "Bend 2"]
        assert sheet.columns["date"] == ["2024-04-12", "2024-06-01", "2024-04-12"]
        assert sheet.columns["presence"] == ["present", "absent", "cannot tell"]
        assert sheet.columns["count"] == ["2", "", ""]
        assert sheet.columns["image name"][0] == "Landsat 2024-04-12"
        again = dialog_of(case, answers, answers.path, qtbot)
        assert again.outcome.text() == "All of this is in the case already."
        assert not again.record_button.isEnabled()
        again.close()
        qtbot.waitUntil(lambda: case.findChild(ObservationImportDialog) is None)


def _sheets(path: Path) -> SheetFacts:
    facts: SheetFacts = ReaderPool(inline=True).ask(ReadSheets(str(path))).facts
    return facts


def test_a_file_that_is_no_table_is_one_sentence(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "a.png"
    answers.path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    case.action_table["import_observations"].trigger()
    qtbot.waitUntil(lambda: any("is no table" in line.text for line in case.messages.lines()))
    assert case.findChild(ObservationImportDialog) is None


@pytest.mark.bounded
def test_dates_without_an_image_are_entered_where_that_is_ticked(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "seen.csv"
    path.write_text("site,date,presence\nBend 1,2023-01-05,+\n", "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    assert dialog.outcome.text() == "Row 2 is left out. The case has no image of 2023-01-05."
    qtbot.mouseClick(dialog.stated, Qt.MouseButton.LeftButton, pos=dialog.stated.rect().bottomLeft() / 2)
    qtbot.waitUntil(lambda: not dialog.is_reading)
    assert dialog.record_button.text() == "&Record 1 observation"
    dialog.record()
    images = case.session.document.images.values()
    assert [image.service for image in images if isinstance(image, Image)][-1] == "seen.csv"


@pytest.mark.bounded
def test_the_dialog_fits_a_small_screen(case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "seen.csv"
    path.write_text(ROWS, "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    choose(dialog, "order", "day first", qtbot)
    assert dialog.sizeHint().height() <= 660
    assert dialog.minimumSizeHint().width() <= 900
    dialog.adjustSize()
    qtbot.wait(20)  # the layout
    assert not [part for part in dialog.findChildren(QWidget) if part.isVisible() and is_cut(part)]


@pytest.mark.bounded
def test_a_long_sentence_is_whole_and_moves_nothing(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "seen.csv"
    path.write_text(ROWS, "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    sentence = dialog.outcome.text()
    assert "it could be 12 April or 4 December" in sentence
    assert dialog.outcome.wordWrap()
    places = []
    for text in ("Reading the rows…", sentence):
        dialog.outcome.setText(text)
        qtbot.wait(20)  # the layout
        if not places:
            dialog.adjustSize()  # as it is when it opens
            qtbot.wait(20)
        assert not is_cut(dialog.outcome), text
        fields = (dialog.target, dialog.outcome, dialog.reasons, dialog.record_button)
        places.append([field.mapTo(dialog, QPoint()) for field in fields])
    assert places[0] == places[1]


@pytest.mark.bounded
def test_what_changes_is_listed_and_an_unticked_row_stays_as_it_is(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    """A file turned "absent" into "present" without a word."""
    document = case.session.document
    sites = {site.label: site.uuid for site in document.sites.values()}
    images = {image.acquired_at: image.uuid for image in document.images.values()}
    for label, day, words in (("Bend 1", "2024-04-12", "dry"), ("Bend 2", "2024-06-01", "")):
        facts = {"presence": "absent", "view_quality": "clear", "words": words, "target": "Channel"}
        case.session.push(record_observation(document, sites[label], images[day], actor=case.session.actor, **facts))
    path = tmp_path / "seen.csv"
    path.write_text("site,date,presence,count\nBend 1,2024-04-12,+,2\nBend 2,2024-06-01,+,\n", "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    assert dialog.outcome.text() == "Observations: 2 new, 0 changed.", "nothing is said of the channel"
    assert not dialog.differences.isVisible()
    dialog.target.setEditText("channel")
    qtbot.waitUntil(lambda: not dialog.is_reading)
    assert dialog.outcome.text() == "Observations: 0 new, 2 changed."
    lines = [dialog.differences.item(at) for at in range(dialog.differences.count())]
    assert lines[0].text().startswith("Bend 1, 2024-04-12: Count: not stated → 2; Present or absent: absent → present")
    case.panel_context.look.hide_others("somebody else")
    dialog.target.setEditText("Channel")
    qtbot.waitUntil(lambda: "hidden, as you look blind" in dialog.differences.item(0).text())
    case.panel_context.look.show_all()
    dialog.target.setEditText("channel")
    qtbot.waitUntil(lambda: not dialog.is_reading and "absent → present" in dialog.differences.item(0).text())
    lines = [dialog.differences.item(at) for at in range(dialog.differences.count())]
    lines[0].setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: not dialog.is_reading)
    assert dialog.record_button.text() == "&Record 1 observation"
    assert dialog.differences.item(0).checkState() == Qt.CheckState.Unchecked
    qtbot.mouseClick(dialog.record_button, Qt.MouseButton.LeftButton)
    assert [(row.presence, row.words) for row in document.observations.values()] == [("absent", "dry"), ("present", "")]


@pytest.mark.bounded
def test_a_day_in_the_interval_of_an_image_is_of_that_image(
    case: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    facts = {"product_id": "Y", "layer_title": "Mosaic", "acquired_at": "1990", "date_kind": "interval"}
    case.session.push(add_image(case.session.document, actor="Li", **facts))
    path = tmp_path / "seen.csv"
    path.write_text("site,date,presence\nBend 1,1990-12-31,+\nBend 1,1991-01-01,+\n", "utf-8")
    dialog = dialog_of(case, answers, path, qtbot)
    assert dialog.outcome.text() == "Observations: 1 new, 0 changed, 1 left out."
    assert "1991-01-01" in dialog.reasons.toPlainText()


@pytest.mark.bounded
def test_a_spreadsheet_has_the_dates_without_a_row_and_comes_home_without_them(
    window: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    sheet.desk.set_target("the channel")
    typed("+")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Right)
    typed("-c")
    answers.path = tmp_path / "seen.csv"
    window.action_table["export_observations"].trigger()
    qtbot.waitUntil(answers.path.exists)
    settle(window, qtbot)
    with answers.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["site"], row["date"][:4], row["presence"], row["gap"]) for row in rows] == [
        ("north", "1985", "present", ""),
        ("north", "1990", "", "no row"),
        ("north", "1995", "absent", ""),
    ], "a site that nobody has observed at all has no gaps"
    assert (rows[1]["looked for"], rows[1]["image name"]) == ("the channel", "1990")
    assert "2 rows of observations are in seen.csv. 1 date with an image and no row stands there as a gap." in texts(
        window
    )
    dialog = dialog_of(window, answers, answers.path, qtbot)
    assert dialog.outcome.text() == "All of this is in the case already."
    dialog.close()
