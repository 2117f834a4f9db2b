"""Templates in the real window: marks drawn by key, the fields of their form, the dialog, and files."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot
from shapely import LineString

from layers.document.document import Document
from layers.document.mark_template import MarkTemplate, row_of_template
from layers.document.rows import Template
from layers.document.site import Site
from layers.project.saving.publish import write_case
from tests.support.choices import choose_by_keys
from tests.support.windows import opened, settle, take_up, texts
from tests.viewer.app.conftest import Answers
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.commands.stamps import new_uuid
from viewer.panels.sites.mark_as_dialog import MarkAsDialog
from viewer.panels.sites.new_class import NewClassDialog
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.template_dialog import CHOICES, KIND, TITLE, UNIT, TemplateDialog
from viewer.panels.widgets.fields import ChoiceField

pytestmark = pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as popups offscreen
Alt = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    return window


def only(window: MainWindow) -> Site:
    (site,) = window.session.document.sites.values()
    return site


def form_of(window: MainWindow) -> SiteFormPanel:
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form


def dialog_of(window: MainWindow) -> TemplateDialog:
    window.action_table["edit_templates"].trigger()
    dialog = window.findChildren(TemplateDialog)[-1]
    assert dialog.isVisible()
    return dialog


def enter(qtbot: QtBot, field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.bounded
def test_a_key_takes_the_tool_and_the_form_has_the_fields_of_the_class(desk: MainWindow, qtbot: QtBot) -> None:
    assert desk.action_table["template_1"].text() == "Launch pad"
    QTest.keyClick(desk.canvas, Qt.Key.Key_2, Alt)
    assert desk.toolbox.in_hand == "tool_point"
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    settle(desk, qtbot)
    assert only(desk).class_code == "antenna"
    part = form_of(desk).details_part
    qtbot.waitUntil(part.isVisible)
    assert list(part.fields.fields) == ["type", "diameter", "azimuth", "band"]
    assert part.fields.labels["diameter"].text() == "Diameter, m"
    enter(qtbot, part.fields.fields["diameter"], "12,5")
    enter(qtbot, part.fields.fields["band"], "C")
    chosen = part.fields.fields["type"]
    choose_by_keys(chosen, chosen.itemText(2))
    details = json.loads(only(desk).props_json)["details"]
    assert (details["diameter"], details["band"]) == (12.5, "C")
    enter(qtbot, part.fields.fields["diameter"], "wide")
    assert "Diameter" in part.fields.refusal.text()
    assert json.loads(only(desk).props_json)["details"]["diameter"] == 12.5
    desk.session.undo()
    while "Change" in desk.session.history.undo_text():
        desk.session.undo()
    assert "details" not in only(desk).props_json


@pytest.mark.bounded
def test_the_next_tool_has_forgotten_the_template(desk: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_3, Alt)
    assert "Radome" in desk.canvas.tool.hint
    QTest.keyClick(desk.canvas, Qt.Key.Key_P)
    assert "Radome" not in desk.canvas.tool.hint
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    settle(desk, qtbot)
    assert only(desk).class_code == "other"
    assert not form_of(desk).details_part.isVisible()


@pytest.mark.bounded
def test_choosing_a_class_shows_its_fields(desk: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_P)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    settle(desk, qtbot)
    form = form_of(desk)
    field = form.fields.fields["class_code"]
    assert isinstance(field, QComboBox)
    choose_by_keys(field, "Hang")
    assert only(desk).class_code == "hangar"
    assert list(form.details_part.fields.fields) == ["length", "width", "doors"]
    assert form.details_part.isVisible()
    order = [form.details_part.header, *form.details_part.fields.fields.values()]
    assert all(before.nextInFocusChain() is after for before, after in itertools.pairwise(order))


@pytest.mark.bounded
def test_any_template_is_found_by_typing(desk: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(desk.canvas, Qt.Key.Key_0, Alt)
    dialog = desk.findChildren(MarkAsDialog)[-1]
    qtbot.keyClicks(dialog.line, "telesc")
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert desk.toolbox.in_hand == "tool_point"
    desk.canvas.setFocus()
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    settle(desk, qtbot)
    assert only(desk).class_code == "optical_telescope"


@pytest.mark.bounded
def test_a_template_of_one_s_own_with_key_colour_and_fields(desk: MainWindow, qtbot: QtBot) -> None:
    dialog = dialog_of(desk)
    dialog.add_button.click()
    enter(qtbot, dialog.fields.fields["name"], "Early warning")
    for column, words in (("kind_of", "Radar"), ("hot_key", "Alt+9")):
        field = dialog.fields.fields[column]
        field.setCurrentIndex(field.findText(words))
        field.activated.emit(field.currentIndex())
    assert "Radar" in dialog.fields.refusal.text(), "the key is another's"
    field = dialog.fields.fields["geometry"]
    field.setCurrentIndex(field.findText("Point"))
    enter(qtbot, dialog.fields.fields["color"].line, "#ff8800")
    dialog.add_field_button.click()
    item = dialog.table.item(0, TITLE)
    item.setText("Faces")
    dialog.table.item(0, UNIT).setText("pcs")
    kinds = dialog.table.cellWidget(0, KIND)
    kinds.setCurrentIndex(1)
    kinds.activated.emit(1)
    (row,) = desk.session.document.table("templates").values()
    assert row.class_code == "radar/early_warning"  # type: ignore[attr-defined]
    one = dialog.template
    assert one is not None
    assert [(f.title, f.kind, f.unit) for f in one.fields] == [("Faces", "number", "pcs")]
    dialog.close()
    QTest.keyClick(desk.canvas, Qt.Key.Key_0, Alt)
    listed = desk.findChildren(MarkAsDialog)[-1]
    qtbot.keyClicks(listed.line, "early")
    qtbot.keyClick(listed.line, Qt.Key.Key_Return)
    desk.canvas.setFocus()
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    settle(desk, qtbot)
    site, form = only(desk), form_of(desk)
    assert (site.class_code, site.stroke_color) == ("radar/early_warning", "#ff8800")
    assert list(form.details_part.fields.labels) == ["new_field"]
    assert form.details_part.fields.labels["new_field"].text() == "Faces, pcs"
    assert form.fields.fields["class_code"].currentText() == "Early warning"
    while desk.action_table["undo"].isEnabled():
        desk.action_table["undo"].trigger()
    assert not desk.session.document.table("templates")
    assert not desk.session.document.sites


@pytest.mark.bounded
def test_a_shipped_template_is_changed_in_the_case_and_comes_back(desk: MainWindow, qtbot: QtBot) -> None:
    dialog = dialog_of(desk)
    assert not dialog.delete_button.isEnabled()
    enter(qtbot, dialog.fields.fields["name"], "Pad of ours")
    assert desk.action_table["template_1"].text() == "Pad of ours"
    dialog.table.item(4, CHOICES).setText("yes, no, yes")
    assert dialog.template is not None
    assert dialog.template.fields[4].choices == ("yes", "no")
    dialog.table.setCurrentCell(0, TITLE)
    dialog.delete_field_button.click()
    assert next(field.key for field in dialog.template.fields) == "vehicle"
    dialog.delete_button.click()
    assert desk.action_table["template_1"].text() == "Launch pad"
    assert not desk.session.document.table("templates")


@pytest.mark.bounded
def test_templates_travel_by_file_and_with_the_case(
    desk: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot
) -> None:
    answers.path = tmp_path / "t.json"
    dialog = dialog_of(desk)
    enter(qtbot, dialog.fields.fields["name"], "Pad of ours")
    dialog.export_button.click()
    qtbot.waitUntil(answers.path.is_file)
    settle(desk, qtbot)
    dialog.close()
    answers.path = tmp_path / "case.gpkg"
    desk.action_table["save"].trigger()
    settle(desk, qtbot)
    desk.file_menu.new_case()
    settle(desk, qtbot)
    assert desk.action_table["template_1"].text() == "Launch pad"
    answers.path = tmp_path / "t.json"
    dialog_of(desk).import_button.click()
    settle(desk, qtbot)
    assert desk.action_table["template_1"].text() == "Pad of ours"
    desk.action_table["undo"].trigger()
    assert desk.action_table["template_1"].text() == "Launch pad"


def test_a_file_that_is_none_is_said(desk: MainWindow, answers: Answers, tmp_path: Path, qtbot: QtBot) -> None:
    answers.path = tmp_path / "t.json"
    answers.path.write_text("{" * 5000)
    dialog_of(desk).import_button.click()
    settle(desk, qtbot)
    assert "templates" in texts(desk)
    assert not desk.session.document.table("templates")


@pytest.mark.bounded
def test_hostile_templates_of_a_case_do_no_harm(window: MainWindow, qtbot: QtBot) -> None:

    rows = [
        Template(uuid="a", class_code="radar", name="<b>R</b>", hot_key="9", fields_json='{"fields": [{"key": "x"}]}'),
        Template(uuid="b", class_code="../../x", name="Evil"),
        Template(uuid="c", class_code="port/p", name="P", hot_key="99", style_json="[" * 9000, fields_json="7"),
    ]
    take_up(window, qtbot, templates=rows)
    assert window.action_table["template_9"].text() == "<b>R</b>"
    dialog = dialog_of(window)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert "Evil" not in " ".join(names)
    assert "P" in names


@pytest.mark.bounded
def test_every_control_of_the_dialogs_has_a_name(desk: MainWindow) -> None:
    dialog = dialog_of(desk)
    assert all(button.text() for button in dialog.findChildren(QPushButton))
    assert all(combo.accessibleName() for combo in dialog.findChildren(QComboBox))
    assert dialog.list.accessibleName()
    assert dialog.table.accessibleName()


@pytest.mark.bounded
def test_a_case_brings_its_own_templates(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    columns: dict[str, Any] = dict(row_of_template(MarkTemplate("radome", "Radome, ours", hot_key="3")))
    write_case(Document({"templates": [Template(uuid=new_uuid(), **columns)]}), tmp_path / "case.gpkg")
    opened(window, tmp_path / "case.gpkg", qtbot)
    assert window.action_table["template_3"].text() == "Radome, ours"


def test_a_class_of_ones_own_comes_from_the_class_list_in_one_step(desk: MainWindow, qtbot: QtBot) -> None:
    """“Fence” stands in no list: the first entry asks for its name, and the mark has it."""
    session = desk.session
    session.push(add_site(session.document, LineString([(1, 2), (3, 4)]), actor="Li", label="North side"))
    desk.selection.set({only(desk).uuid})
    settle(desk, qtbot)
    classes: ChoiceField = form_of(desk).fields.fields["class_code"]
    assert classes.itemText(0) == "New class…", "seen without scrolling a long list"
    classes.setCurrentIndex(0)
    classes.activated.emit(0)
    (dialog,) = desk.findChildren(NewClassDialog)
    assert classes.currentData() == "other", "asking is no choice"
    assert "takes that one’s sign" in dialog.kind_of.toolTip()
    assert not dialog.ok_button.isEnabled()
    QTest.keyClicks(dialog.name, "Fence")
    QTest.mouseClick(dialog.ok_button, Qt.MouseButton.LeftButton)
    assert only(desk).class_code == "other/fence"
    assert session.history.stack.undoText() == "Add class “Fence”"
    settle(desk, qtbot)
    assert (classes.currentText(), classes.currentData()) == ("Fence", "other/fence")
    (row,) = session.document.table("templates").values()
    assert isinstance(row, Template)
    assert json.loads(row.style_json)["geometry"] == "line"
    session.undo()
    assert only(desk).class_code == "other"
    assert not session.document.table("templates")
