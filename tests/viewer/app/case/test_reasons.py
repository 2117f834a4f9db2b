"""Why a judgement was changed: asked in one line that may be skipped, kept with the change, shown in the history."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.project.history.history_reader import HistoryFilter, opened_history, read_page
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim, update_claim
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.history.history_panel import HistoryPanel
from viewer.panels.widgets.fields import ChoiceField


def claim_form(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """The form of an assessed claim that is thought likely."""
    window.file_menu.new_case()
    settle(window, qtbot)
    context = window.panel_context
    judged = {"voice": "analyst", "state": "assessed", "likelihood_term": "likely", "confidence": "low"}
    assert context.do(add_claim, uuid="claim", statement="A pad", **judged)
    context.show_claim("claim", raise_form=True)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    return form


def reasons(window: MainWindow) -> list[str]:
    """The reasons in the history of the claim, the newest first."""
    past = window.session.recorded_history()
    assert past is not None
    with opened_history(past.path) as connection:
        return [change.reason for change in read_page(connection, HistoryFilter(row_uuid="claim")).changes]


def test_a_reason_is_asked_where_a_judgement_changes_and_stands_in_the_history(
    window: MainWindow, qtbot: QtBot
) -> None:
    form, context = claim_form(window, qtbot), window.panel_context
    line = form.reasons["likelihood_term"]
    assert line.isHidden(), "what is stated first is no change"
    assert context.do(update_claim, "claim", likelihood_term="very likely")
    assert line.question.text() == "Why did the likelihood change?"
    assert not line.field.hasFocus(), "the keyboard is where it was"
    line.field.setText("a second  image")
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert line.isHidden()
    assert reasons(window)[0] == "a second image"
    assert context.do(update_claim, "claim", confidence="moderate")
    assert line.isHidden(), "each is asked below its own field"
    line = form.reasons["confidence"]
    assert line.question.text() == "Why did the confidence change?"
    QTest.keyClick(line.field, Qt.Key.Key_Escape)
    assert line.isHidden(), "it may be skipped"
    assert reasons(window)[:2] == ["", "a second image"]
    window.session.undo()
    window.session.undo()
    assert line.isHidden(), "what is taken back needs no reason"
    window.session.redo()
    assert reasons(window)[0] == "a second image", "what is done again has the same reason"


def test_a_reason_is_unsaved_work_and_a_change_of_words_is_not_asked_about(window: MainWindow, qtbot: QtBot) -> None:
    form, context = claim_form(window, qtbot), window.panel_context
    assert context.do(update_claim, "claim", statement="A launch pad")
    assert all(line.isHidden() for line in form.reasons.values())
    assert context.do(update_claim, "claim", state="withdrawn")
    window.session.history.mark_saved(window.session.history.state())
    form.reasons["state"].field.setText("the author withdrew it")
    form.reasons["state"].give()
    assert window.session.is_dirty
    assert reasons(window)[0] == "the author withdrew it"


@pytest.mark.bounded
def test_the_form_says_what_a_judgement_was_and_by_whom_and_why_it_changed(window: MainWindow, qtbot: QtBot) -> None:
    """A reader could not tell from the form why a judgement had changed."""
    form, context = claim_form(window, qtbot), window.panel_context
    lines = form.earlier.lines
    assert context.do(update_claim, "claim", likelihood_term="very likely")
    line = lines["likelihood_term"]
    qtbot.waitUntil(lambda: bool(line.words.text()), timeout=10_000)
    assert "Reason" not in line.words.text()
    form.reasons["likelihood_term"].field.setText("a second image")
    QTest.keyClick(form.reasons["likelihood_term"].field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Reason: a second image" in line.words.text(), timeout=10_000)
    assert line.words.text().startswith("Was: likely (55–80 %). Changed on ")
    assert line.isVisible()
    assert lines["confidence"].isHidden()
    QTest.mouseClick(line.link, Qt.MouseButton.LeftButton)
    panel = window.findChild(HistoryPanel)
    assert panel is not None
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2, timeout=10_000)  # stated, and changed
    assert panel.filters.field.currentData() == "likelihood_term"
    context.show_claim("")
    context.show_claim("claim", raise_form=True)
    qtbot.waitUntil(lambda: bool(line.words.text()), timeout=10_000)
    window.session.undo()
    qtbot.waitUntil(line.isHidden, timeout=10_000)


def test_each_question_stands_directly_below_the_field_that_was_changed(window: MainWindow, qtbot: QtBot) -> None:
    """The question why the likelihood had changed stood below the state, out of sight."""
    form, context = claim_form(window, qtbot), window.panel_context
    likely, sure, fields = form.reasons["likelihood_term"], form.reasons["confidence"], form.fields.fields
    assert context.do(update_claim, "claim", likelihood_term="very likely")
    assert context.do(update_claim, "claim", confidence="high")
    assert not likely.isHidden(), "the first question stays while another field is changed"
    settle(window, qtbot)
    shown = (fields["likelihood_high"], likely, fields["confidence"], sure, fields["confidence_reason"])
    tops = [widget.mapTo(form, QPoint()).y() for widget in shown]
    assert tops == sorted(tops)
    assert form.reasons["state"].isHidden()
    for line, words in ((likely, "a second image"), (sure, "two observers")):
        line.field.setText(words)
        QTest.keyClick(line.field, Qt.Key.Key_Return)
        assert line.isHidden()
    assert reasons(window)[:2] == ["two observers", "a second image"], "each reason is kept with its own change"


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)  # as every menu offscreen
def test_what_is_typed_after_a_choice_is_the_reason_and_no_other_choice(window: MainWindow, qtbot: QtBot) -> None:
    """The keyboard stayed on the list, and the typed reason moved it to another value."""
    form, context = claim_form(window, qtbot), window.panel_context
    line, chosen = form.reasons["likelihood_term"], form.fields.fields["likelihood_term"]
    assert isinstance(chosen, ChoiceField)
    chosen.setFocus()
    QTest.keyClick(chosen, Qt.Key.Key_Down)
    choices = chosen.view()
    qtbot.waitUntil(choices.isVisible)
    QTest.keyClick(choices, Qt.Key.Key_Down)
    QTest.keyClick(choices, Qt.Key.Key_Return)
    qtbot.waitUntil(line.field.hasFocus)
    judged = context.document.claims["claim"].likelihood_term
    assert judged == "very likely"
    QTest.keyClicks(line.field, "unlike before, two images")
    assert context.document.claims["claim"].likelihood_term == judged
    QTest.keyClick(line.field, Qt.Key.Key_Return)
    assert reasons(window)[0] == "unlike before, two images"
    assert chosen.hasFocus(), "the keyboard is back where it was"
    sure = form.reasons["confidence"]
    form.fields.fields["confidence"].setFocus()
    assert context.do(update_claim, "claim", confidence="moderate")
    QTest.keyClick(sure.field, Qt.Key.Key_Escape)
    assert form.fields.fields["confidence"].hasFocus(), "skipped too"
