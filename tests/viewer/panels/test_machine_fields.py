"""Machine work on sources and on steps of claims is named by its fields, and unchecked work told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.document.source import read_machine
from layers.product.judging.steps import has_unchecked_step, read_steps
from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.sources import update_source
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.machine_fields import MachineFields
from viewer.panels.sites.chip_dialog import ChipDialog, open_chip
from viewer.panels.sources.source_form import SourceForm


@pytest.fixture
def form(qtbot, desk: Desk) -> SourceForm:
    form = shown(qtbot, SourceForm(desk.context), 340, 900)
    desk.context.show_row("sources", "s1")
    form.machine_part.set_folded(False)
    return form


def type_in(qtbot, part: MachineFields, **texts: str) -> None:
    for column, text in texts.items():
        field = part.fields.fields[column]
        field.setFocus()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_the_translation_of_a_source_names_its_tool_and_its_checker(qtbot, form: SourceForm, desk: Desk) -> None:
    assert form.machine.unchecked.isHidden()
    type_in(qtbot, form.machine, task="translated", tool="Lingua", version="3")
    work = read_machine(desk.document.sources["s1"].machine_json)
    assert work is not None
    assert str(work.words) == "translated by machine (Lingua 3), not checked by a person"
    assert not form.machine.unchecked.isHidden()
    type_in(qtbot, form.machine, checked_by="Anna Lind")
    assert form.machine.unchecked.isHidden()
    work = read_machine(desk.document.sources["s1"].machine_json)
    assert work is not None
    assert str(work.words_for(is_published=True)) == "translated by machine (Lingua 3), checked by a person"
    for _ in range(4):
        desk.history.undo()
    assert desk.document.sources["s1"].machine_json == ""


@popup
def test_a_source_that_nobody_has_evaluated_says_so_until_it_is_graded(form: SourceForm, desk: Desk) -> None:
    fields = form.fields.fields
    assert fields["evaluated"].currentText() == "not stated"
    choose_by_keys(fields["evaluated"], "no:")
    assert desk.document.sources["s1"].evaluated is False
    choose_by_keys(fields["reliability"], "F")
    assert desk.document.sources["s1"].evaluated is True, "that it cannot be judged was judged"
    assert fields["evaluated"].currentText().startswith("yes")
    assert "graded source is evaluated" in desk.context.attempt(update_source, "s1", evaluated=False)


@pytest.mark.parametrize(
    ("task", "words"), [("described", "described by machine"), ("detected", "detected by machine")]
)
def test_a_chip_names_the_machine_that_described_or_detected_and_who_checked_it(
    qtbot, desk: Desk, task: str, words: str
) -> None:
    chip = Chip(uuid="h", site_uuid="pad", kind="pixels", content_type="image/tiff")
    desk.context.push(Edit("Take a chip", (Change("chips", None, chip),)))
    parent = shown(qtbot, QWidget(), 600, 600)
    open_chip(desk.context, "h", parent)
    (dialog,) = parent.findChildren(ChipDialog)
    assert dialog.machine_part.is_folded
    dialog.machine_part.set_folded(False)
    type_in(qtbot, dialog.machine, task=task, tool="Shipfinder", version="2")
    assert dialog.machine.unchecked.isVisible()
    work = read_machine(desk.document.chips["h"].machine_json)
    assert work is not None
    assert str(work.words) == f"{words} (Shipfinder 2), not checked by a person"
    type_in(qtbot, dialog.machine, checked_by="Ann Lind")
    assert not dialog.machine.unchecked.isVisible()
    work = read_machine(desk.document.chips["h"].machine_json)
    assert work is not None
    assert (work.is_checked, work.checked_by) == (True, "Ann Lind")
    dialog.close()


def test_a_step_names_the_machine_that_did_a_part_of_it(qtbot, desk: Desk) -> None:
    form = shown(qtbot, ClaimFormPanel(desk.context), 340, 1200)
    desk.context.show_claim("c1")
    form.steps.add()
    (card,) = form.steps.cards
    card.lines["what"].setFocus()
    qtbot.keyClicks(card.lines["what"], "Ships counted")
    qtbot.keyClick(card.lines["what"], Qt.Key.Key_Return)
    card.machine_part.set_folded(False)
    assert card.machine is not None
    type_in(qtbot, card.machine, task="detected", tool="Shipfinder")
    text = desk.document.claims["c1"].steps_json
    assert [str(step.words) for step in read_steps(text)] == [
        "Ships counted; detected by machine (Shipfinder), not checked by a person"
    ]
    assert has_unchecked_step(text)
    type_in(qtbot, card.machine, checked_by="Ann")
    assert not has_unchecked_step(desk.document.claims["c1"].steps_json)
