"""Advice on wording beside the fields of the claim card, the site form and a chip's caption, as it is typed."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from layers.document.chip import Chip
from layers.document.edit import Change, Edit
from layers.product.wording.passed import rules_off
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.claims import update_claim
from viewer.commands.filing.earth_stated import lines_mark
from viewer.commands.sites import update_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.claim_verbs import judge
from viewer.panels.sites.chip_dialog import ChipDialog
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.link_button import LinkButton

PROOF = "The image proves that the gate is open."
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def form(qtbot, desk: Desk) -> ClaimFormPanel:
    panel = shown(qtbot, ClaimFormPanel(desk.context), 330, 1500)
    judge(desk.context)
    return panel


def typed(widget: QWidget, words: str) -> None:
    widget.setFocus()
    QTest.keyClicks(widget, words)


@pytest.mark.bounded
def test_advice_follows_the_words_of_a_claim(qtbot, form: ClaimFormPanel) -> None:
    statement = form.fields.fields["statement"]
    assert not form.wording.isVisible()
    typed(statement, PROOF)
    qtbot.waitUntil(form.wording.isVisible)
    assert form.wording.sentences == [
        "“proves” claims more than an image or a report can bear. Say what is seen, or that the two agree."
    ]
    statement.selectAll()
    QTest.keyClicks(statement, "The gate is open on the image.")
    qtbot.waitUntil(lambda: not form.wording.isVisible())


def test_one_key_lets_a_sentence_pass_until_its_words_change(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    statement = form.fields.fields["statement"]
    typed(statement, PROOF)
    qtbot.waitUntil(form.wording.isVisible)
    QTest.keyClick(statement, Qt.Key.Key_Return, ALT)
    qtbot.waitUntil(lambda: not form.wording.isVisible())
    assert statement.toPlainText() == PROOF
    typed(statement, " It also proves more.")
    qtbot.waitUntil(form.wording.isVisible)
    assert len(form.wording.advice) == 1
    QTest.keyClick(statement, Qt.Key.Key_Return, ALT)
    qtbot.waitUntil(lambda: not form.wording.isVisible())
    desk.history.undo()
    qtbot.waitUntil(form.wording.isVisible)


def test_a_rule_can_be_switched_off_for_the_case(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    typed(form.fields.fields["statement"], PROOF)
    qtbot.waitUntil(form.wording.isVisible)
    off = next(button for button in form.wording.findChildren(LinkButton) if "in the case" in button.text())
    qtbot.mouseClick(off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not form.wording.advice)
    assert rules_off(desk.document) == ("proof",)
    again = next(button for button in form.wording.findChildren(LinkButton) if "again" in button.text())
    assert again.text() == "Check again: No proof where an image only shows"
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(form.wording.advice))
    assert rules_off(desk.document) == ()


def test_the_statement_of_a_report_is_not_ours(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    desk.context.show_claim("c1")
    typed(form.fields.fields["statement"], PROOF)
    form.fields.fields["confidence_reason"].setPlainText(PROOF)
    qtbot.waitUntil(form.wording.isVisible)
    assert [column for column, _ in form.wording.advice] == ["confidence_reason"]


def test_a_recorded_judgement_may_say_what_follows(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    statement = form.fields.fields["statement"]
    typed(statement, "The gate was built to keep people out.")
    qtbot.waitUntil(form.wording.isVisible)
    form.flush()
    uuid, judged = desk.context.claim_uuid, {"likelihood_term": "likely", "confidence": "low"}
    assert desk.context.do(update_claim, uuid, likelihood_low=55, likelihood_high=80, **judged)
    qtbot.waitUntil(lambda: not form.wording.isVisible())


def test_labels_and_notes_of_a_site_have_their_advice(qtbot, desk: Desk) -> None:
    panel = shown(qtbot, SiteFormPanel(desk.context), 330, 900)
    desk.select("firm")
    typed(panel.fields.fields["notes"], "The island has no airstrip. The tents have disappeared. It is 340 m long.")
    qtbot.waitUntil(panel.wording.isVisible)
    assert [advice.rule for _, advice in panel.wording.advice] == ["absence-of", "gone"], "two at once, not three"


def test_notes_that_stand_as_a_file_of_google_earth_has_them_are_not_judged(qtbot, desk: Desk) -> None:
    """Others wrote them; what the analyst makes of them is judged."""
    panel = shown(qtbot, SiteFormPanel(desk.context), 330, 1500)
    stated = json.dumps({"earth": {"stated": {"notes": lines_mark([PROOF])}}})
    uuid = next(iter(desk.context.document.sites))
    desk.context.do(update_site, uuid, notes=PROOF, props_json=stated)
    desk.context.selection.set((uuid,))
    notes = panel.fields.fields["notes"]
    qtbot.waitUntil(lambda: notes.toPlainText() == PROOF)
    qtbot.wait(20)
    assert not panel.wording.isVisible()
    typed(notes, " It proves more.")
    qtbot.waitUntil(panel.wording.isVisible)


def test_a_caption_has_its_advice(qtbot, desk: Desk) -> None:
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="firm", width=4, height=4)
    desk.context.push(Edit("chip", (Change("chips", None, chip),)))
    window = shown(qtbot, QWidget(), 100, 100)
    dialog = ChipDialog(desk.context, "chip", window)
    dialog.show()
    typed(dialog.fields.fields["caption"], "The tents are gone")
    qtbot.waitUntil(dialog.wording.isVisible)
    dialog.close()
