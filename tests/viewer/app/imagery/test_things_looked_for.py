"""The things that the sheet looks for: a list of them, which one the rows are about, and a name for rows without."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from layers.document.marks.mark_shape import CountTick, shape_of
from tests.support.observation_sheets import sheet_of, typed, with_scenes
from tests.support.windows import press, settle
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim
from viewer.commands.filing.evidence import link_evidence
from viewer.commands.imagery.count_ticks import add_tick
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.observations.sheet_desk import SheetPlace
from viewer.panels.observations.sheet_things import name_rows

Key = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)  # lists offscreen


@pytest.fixture
def sheet(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> ObservationSheet:
    with_scenes(window, tmp_path, qtbot)
    return sheet_of(window, qtbot)


def select_name(sheet: ObservationSheet) -> None:
    sheet.target.setFocus()
    line = sheet.target.lineEdit()
    assert line is not None
    line.selectAll()


def look_for(sheet: ObservationSheet, name: str) -> None:
    select_name(sheet)
    typed(name)
    press(Key.Key_Return)
    assert sheet.view.hasFocus()


def listed(sheet: ObservationSheet) -> list[str]:
    sheet.target.list_wanted.emit()
    return [sheet.target.itemText(at) for at in range(sheet.target.count())]


def test_things_stand_in_a_list_and_rows_without_one_are_named_as_one_step(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document, apart = window.session.document, sheet.apart
    typed("+3")
    press(Key.Key_Right)
    typed("#")
    settle(window, qtbot)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
    assert not apart.isVisible(), "all rows are about one thing"
    sheet.view.setFocus()
    look_for(sheet, "main channel")
    assert apart.isVisible()
    assert apart.words.text() == (
        "Rows shown: “main channel” (0 rows). Apart, in the list above: no thing said (2 rows)."
    )
    assert apart.name_button.text() == "Name the 2 rows that say no thing"
    QTest.mouseClick(apart.name_button, Qt.MouseButton.LeftButton)
    assert {row.target for row in document.observations.values()} == {"main channel"}
    assert sorted(row.change for row in document.observations.values()) == ["", "first look"]
    assert not apart.isVisible()
    place = sheet.view.place
    assert place is not None
    assert len(sheet.desk.ticks(place)) == 1, "the ticks of the count go along"
    assert "main channel: Present" in sheet.words.text()
    window.action_table["undo"].trigger()
    assert {row.target for row in document.observations.values()} == {""}
    window.action_table["redo"].trigger()
    look_for(sheet, "ferry landing")
    assert "“main channel” (2 rows)" in apart.words.text()
    assert not apart.name_button.isVisible()
    typed("+")
    assert sorted(listed(sheet)) == ["ferry landing", "main channel"]
    sheet.target.setFocus()
    sheet.target.showPopup()
    QApplication.processEvents()  # the pointer may lie on a row as the list opens
    names = sheet.target.view()
    for row in (1, 0):
        names.setCurrentIndex(names.model().index(row, 0))
        sheet.target.list_wanted.emit()  # as where the focus is back in the field before the list tells of the choice
        assert names.currentIndex().row() == row
    names.setCurrentIndex(names.model().index(sheet.target.findText("main channel"), 0))
    QTest.keyClick(names, Key.Key_Return)
    assert sheet.desk.target == "main channel"
    assert sheet.target.currentText() == "main channel"
    assert "“ferry landing” (1 row)" in apart.words.text()


@pytest.mark.bounded
def test_a_name_that_begins_as_another_is_not_completed_and_a_taken_image_keeps_its_row(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    document = window.session.document
    look_for(sheet, "main channel")
    typed("+")
    look_for(sheet, "main")
    assert sheet.desk.target == "main", "as it was typed"
    select_name(sheet)
    press(Key.Key_Delete)
    press(Key.Key_Return)
    assert sheet.desk.target == ""
    typed("+")
    press(Key.Key_Right)
    typed("+")
    assert listed(sheet)[-1] == "(rows that say no thing)"
    look_for(sheet, "main channel")
    assert sheet.apart.name_button.text() == "Name the 1 row that says no thing", "the other image has a row already"
    assert name_rows(sheet.desk)
    assert sorted(row.target for row in document.observations.values()) == ["", "main channel", "main channel"]
    assert not name_rows(sheet.desk), "nothing is left to name"


@pytest.mark.bounded
def test_what_others_looked_for_is_not_listed_for_the_blind(window: MainWindow, sheet: ObservationSheet) -> None:
    sheet.desk.set_observer("A. One")
    look_for(sheet, "ferry landing")
    typed("+")
    sheet.desk.set_observer("B. Two")
    look_for(sheet, "main channel")
    assert "ferry landing" in listed(sheet)
    assert sheet.apart.isVisible()
    sheet.blind.setChecked(True)
    assert "ferry landing" not in listed(sheet)
    sheet.desk.set_observer("B. Two")
    assert not sheet.apart.isVisible()


def test_the_status_bar_tells_the_keys_of_the_sheet_while_it_has_the_keyboard(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    assert "+ present" in window.status.hint.text()
    window.canvas.setFocus()
    assert "+ present" not in window.status.hint.text()
    assert window.canvas.hint in window.status.hint.text()
    sheet.view.setFocus()
    assert "+ present" in window.status.hint.text()
    window.resize(911, 512)
    settle(window, qtbot)
    assert sheet.keys.height() >= sheet.keys.heightForWidth(sheet.keys.width()), "in as many lines as it needs"
    date = sheet.view.sheet_model.headerData(0, Qt.Orientation.Horizontal).split("\n")[0]
    assert "…" not in date


@pytest.mark.bounded
def test_counting_begins_on_the_image_of_the_chosen_layer_and_names_the_thing(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    look_for(sheet, "boats")
    window.panel_context.show_layer(sheet.desk.sheet.images[2].layer_uuid)
    window.action_table["tool_count"].trigger()
    assert sheet.view.place == SheetPlace(0, 2)
    assert "“boats” at north, 1 August 1995: 0 counted" in window.canvas.hint
    sheet.view.setFocus()
    press(Key.Key_Home)
    window.action_table["tool_select"].trigger()
    typed("#")
    assert sheet.view.place == SheetPlace(0, 0), "the key counts in the cell where it is pressed"


@pytest.mark.bounded
def test_the_head_of_an_image_leads_to_its_date(window: MainWindow, sheet: ObservationSheet, qtbot: QtBot) -> None:
    head = sheet.view.horizontalHeader()
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[-1].trigger()
    menu.close()
    assert window.panel_context.layer_uuid == sheet.desk.sheet.images[0].layer_uuid
    form = window.findChild(LayerPropertiesPanel)
    assert form is not None
    qtbot.waitUntil(form.isVisible)


def choose_join(sheet: ObservationSheet) -> None:
    """Choose the first join that the line of things offers."""
    QTest.mouseClick(sheet.apart.join_button, Qt.MouseButton.LeftButton)
    (menu,) = (menu for menu in sheet.findChildren(QMenu) if menu.isVisible())
    menu.setActiveAction(menu.actions()[0])
    QTest.keyClick(menu, Key.Key_Return)


def test_of_two_equal_counts_that_are_joined_one_set_of_ticks_stays(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document, actor = window.session.document, window.session.actor
    for thing in ("ferry", "ship"):
        look_for(sheet, thing)
        typed("+")
        row = next(row for row in document.observations.values() if row.target == thing)
        for place in ((10.001, 50.0), (10.002, 50.0)):
            where = (row.site_uuid, row.image_uuid, None, place)
            window.session.push(add_tick(document, *where, observer=row.observer, actor=actor, target=thing))

    def ticks() -> list[tuple[str, int]]:
        shapes = [shape_of(mark.shape_json) for mark in document.sites.values() if mark.mark_kind == "annotation"]
        return sorted((shape.target, shape.number) for shape in shapes if isinstance(shape, CountTick))

    both = [("ferry", 1), ("ferry", 2), ("ship", 1), ("ship", 2)]
    assert ticks() == both
    choose_join(sheet)
    assert ticks() == [("ship", 1), ("ship", 2)]
    (row,) = document.observations.values()
    assert (row.target, row.count_low, row.count_high) == ("ship", 2, 2)
    window.action_table["undo"].trigger()
    assert ticks() == both


def test_two_names_of_one_thing_are_joined_as_one_step(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document, apart = window.session.document, sheet.apart
    look_for(sheet, "ferry landing")
    typed("+")
    press(Key.Key_Right)
    typed("-c")
    press(Key.Key_Home)
    look_for(sheet, "jetty & ramp")
    typed("?c")
    press(Key.Key_Right)
    press(Key.Key_Right)
    typed("+")
    landing = next(row for row in document.observations.values() if row.target == "ferry landing")
    doubtful = next(row for row in document.observations.values() if row.presence == "cannot tell")
    actor = window.session.actor
    window.session.push(add_claim(document, statement="A ferry calls", actor=actor, uuid="c1"))
    window.session.push(link_evidence(document, "c1", "observations", doubtful.uuid, bearing="supports", actor=actor))
    assert apart.join_button.isVisible()

    def choose(text: str) -> None:
        QTest.mouseClick(apart.join_button, Qt.MouseButton.LeftButton)
        (menu,) = (menu for menu in sheet.findChildren(QMenu) if menu.isVisible())
        assert [action.text() for action in menu.actions()] == [text]
        menu.setActiveAction(menu.actions()[0])
        QTest.keyClick(menu, Key.Key_Return)

    choose("“ferry landing” (2 rows) is the same as “jetty && ramp”")
    rows = sorted(document.observations.values(), key=lambda row: document.images[row.image_uuid].acquired_at)
    assert [(row.presence, row.change, row.target) for row in rows] == [
        ("present", "first look", "jetty & ramp"),
        ("absent", "", "jetty & ramp"),
        ("present", "", "jetty & ramp"),
    ]
    (link,) = document.links.claim_to_evidence("c1")
    assert link.evidence_uuid == rows[0].uuid == doubtful.uuid
    assert landing.uuid not in document.observations
    assert not apart.isVisible()
    window.action_table["undo"].trigger()
    assert len(document.observations) == 4
    assert {row.target for row in document.observations.values()} == {"ferry landing", "jetty & ramp"}
    press(Key.Key_Home)
    typed("-c")
    choose("“ferry landing” (2 rows) is the same as “jetty && ramp”")
    assert len(document.observations) == 4, "present and absent on one image are not joined"
    assert "contradict each other on 1 image" in sheet.view.question.words.text()
