"""Reports of officials: judged by one key; a judgement that was issued asks why it changed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.edit import Change, Edit
from layers.document.rows import Product, ProductRow
from layers.product.judging.judged import judgements_of
from layers.product.judging.reissue import issued_judgements
from layers.product.lint.finding import Jump
from layers.product.numbering import numbers_json
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import begin_on_map, press, settle
from viewer.app.products.findings.cure_paths import show_row_of
from viewer.app.window import MainWindow
from viewer.commands.claims import report_claim, update_claim
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.report_chooser import ReportChooser
from viewer.panels.widgets.begin_typing import begin_typing

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")
Key = Qt.Key


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """A report of an official is open, and the keyboard is on the map."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    edit = report_claim(
        window.session.document, actor="me", uuid="r", source_wording="“likely ready”", made_by="An official"
    )
    window.session.push(edit)
    settle(window, qtbot)
    window.panel_context.show_claim("r", raise_form=True)
    qtbot.wait(20)
    begin_on_map(window, qtbot)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    return form


def write(text: str) -> None:
    for letter in text:
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, letter)


@pytest.mark.parametrize("key", [Key.Key_J, Key.Key_R])
def test_words_typed_after_a_refused_letter_run_no_commands(window: MainWindow, qtbot: QtBot, key: Key) -> None:
    window.file_menu.new_case()
    window.session.push(add_site(window.session.document, Point(9.1, 50.0), actor="me", uuid="pad", label="Pad"))
    window.selection.clear()
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    steps, tool = window.session.history.stack.count(), window.toolbox.in_hand
    press(key)
    write("The pad is ready by now")
    settle(window, qtbot)
    assert (window.session.history.stack.count(), window.toolbox.in_hand) == (steps, tool)
    assert not window.session.document.claims
    window.selection.set({"pad"})
    press(key)
    settle(window, qtbot)
    assert len(window.session.document.claims) == 1, "with a site in hand the letter works at once"


def test_j_on_an_open_report_judges_it(window: MainWindow, form: ClaimFormPanel, qtbot: QtBot) -> None:
    press(Key.Key_J)
    settle(window, qtbot)
    write("The pad is ready")
    form.flush()
    document = window.session.document
    ((judgement, _),) = judgements_of(document, "r")
    assert judgement.statement == "The pad is ready"
    assert window.panel_context.claim_uuid == judgement.uuid
    steps = window.session.history.stack.count()
    window.session.push(
        update_claim(document, judgement.uuid, actor="me", likelihood_term="likely", confidence="moderate")
    )
    QTest.mouseClick(form.reports.rows[0].words, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert window.panel_context.claim_uuid == "r"
    assert form.own_judgements.rows[0].text() == "Judged by us: likely (55–80 %). Confidence: moderate."
    assert "The pad is ready" in " ".join(label.text() for label in form.own_judgements.findChildren(QLabel))
    press(Key.Key_J)
    settle(window, qtbot)
    assert len(judgements_of(document, "r")) == 2
    for _ in range(window.session.history.stack.count() - steps + 2):
        window.session.undo()
    assert judgements_of(document, "r") == []


@pytest.mark.bounded
@pytest.mark.parametrize("by_keys", [True, False], ids=["keys", "mouse"])
def test_a_judgement_may_start_from_the_words_of_the_report_quoted_as_its_own(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot, by_keys: bool
) -> None:
    """The statement was empty, and the words of the report had to be typed again."""
    press(Key.Key_J)
    settle(window, qtbot)
    document, own = window.session.document, window.panel_context.claim_uuid
    (offer,) = (link for link in form.words_of_report.links if link.isVisible())
    assert offer.text() == "Start from the report’s words"
    assert "An official: “likely ready”" in offer.accessibleName()
    statement = form.fields.fields["statement"]
    if by_keys:
        qtbot.waitUntil(statement.hasFocus)
        press(Key.Key_Tab)
        qtbot.waitUntil(offer.hasFocus)
        press(Key.Key_Return)
    else:
        QTest.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert document.claims[own].statement == "An official: “likely ready”"
    assert (document.claims[own].likelihood_term, document.claims[own].likelihood_low) == ("", None)
    assert document.claims["r"].source_wording == "“likely ready”"
    qtbot.waitUntil(statement.hasFocus)
    assert not offer.isVisible()
    window.session.undo()
    qtbot.waitUntil(offer.isVisible)
    window.panel_context.show_claim("r")
    assert not offer.isVisible()


def judged_and_issued(window: MainWindow, qtbot: QtBot) -> str:
    """Judge the open report by `J`, as likely, and issue a product that prints it; returns the judgement's uuid."""
    press(Key.Key_J)
    settle(window, qtbot)
    document, own = window.session.document, window.panel_context.claim_uuid
    window.session.push(update_claim(document, own, actor="me", likelihood_term="likely", confidence="low"))
    numbers = numbers_json({}, {}, issued_judgements([document.claims[own]]))
    product = Product(uuid="p", name="P", issued_at="2024-05-01T00:00:00Z", numbers_json=numbers)
    printed = ProductRow(uuid="pr", product_uuid="p", table_name="claims", row_uuid=own)
    window.session.push(Edit("issue", (Change("products", None, product), Change("product_rows", None, printed))))
    return own


@pytest.mark.bounded
def test_the_cure_of_a_changed_judgement_leads_to_its_reason(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    document, own = window.session.document, judged_and_issued(window, qtbot)
    window.session.push(update_claim(document, own, actor="me", likelihood_term="very likely"))
    window.panel_context.show_claim("")
    show_row_of(window.panel_context, Jump("claims", own, "change_note"))
    settle(window, qtbot)
    assert form.change_note.note.hasFocus()
    assert (
        form.change_note.changes.text() == "Likelihood: was likely (55–80 %) in version 1, now very likely (80–95 %)."
    )
    write("because a third image shows the tower")
    form.flush()
    assert document.claims[own].change_note == "because a third image shows the tower"
    assert form.cautions.sentences == []


def test_a_word_of_the_report_that_is_judged_is_not_said_to_be_of_nobody(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    """The margin said that nobody was named who calls the site so, below the report of an official who does."""
    window.session.push(update_claim(window.session.document, "r", actor="me", source_wording="“a missile base”"))
    press(Key.Key_J)
    settle(window, qtbot)
    statement = form.fields.fields["statement"]
    begin_typing(statement)
    write("The camp is a missile base of the army")
    qtbot.waitUntil(lambda: bool(form.wording.sentences), timeout=10_000)
    assert form.wording.sentences[0].startswith("“missile”: nobody is named"), "the other word is in no report"
    for _ in " of the army":
        press(Key.Key_Backspace)
    qtbot.waitUntil(lambda: form.wording.sentences == [], timeout=10_000)


@popup
@pytest.mark.bounded
def test_one_answer_says_in_the_history_and_in_the_reissue_why_a_judgement_changed(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    """The form asked the same thing twice, and the product refused what the first answer had said."""
    document, own = window.session.document, judged_and_issued(window, qtbot)
    choose_by_keys(form.fields.fields["likelihood_term"], "very likely")
    line = form.reasons["likelihood_term"]
    qtbot.waitUntil(line.isVisible)
    assert line.question.text().endswith("The next version of its product prints this reason.")
    line.field.setFocus()
    write("a third image shows the tower")
    press(Key.Key_Return)
    assert document.claims[own].change_note == "a third image shows the tower"
    assert form.cautions.sentences == []
    choose_by_keys(form.fields.fields["confidence"], "Moderate")
    sure = form.reasons["confidence"]
    qtbot.waitUntil(sure.isVisible)
    assert "prints" not in sure.question.text(), "the reissue has its words"
    sure.field.setFocus()
    write("two origins now")
    press(Key.Key_Return)
    assert document.claims[own].change_note == "a third image shows the tower", "what stands there is the analyst's"


@pytest.mark.bounded
def test_j_with_nothing_in_hand_lists_the_reports_and_judges_one_by_keys_alone(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot
) -> None:
    document = window.session.document
    for uuid, words in (("s", "The bridge is closed"), ("t", "The airfield is in use")):
        window.session.push(report_claim(document, actor="me", uuid=uuid, source_wording=words, made_by="A paper"))
    window.panel_context.show_claim("")
    window.selection.clear()
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    press(Key.Key_J)
    chooser = window.findChild(ReportChooser)
    assert chooser is not None
    qtbot.waitUntil(chooser.line.hasFocus)
    assert chooser.list.count() == 4, "three reports, and a judgement of none of them"
    write("air paper")
    assert [chooser.list.item(row).text() for row in range(2)] == [
        "A paper: The airfield is in use",
        "None of these: a judgement of the case",
    ]
    press(Key.Key_Return)
    settle(window, qtbot)
    ((judgement, _),) = judgements_of(document, "t")
    assert window.panel_context.claim_uuid == judgement.uuid
    window.panel_context.show_claim("")
    begin_on_map(window, qtbot)
    press(Key.Key_J)
    chooser = window.findChild(ReportChooser)
    qtbot.waitUntil(chooser.line.hasFocus)
    assert chooser.list.item(2).text() == "A paper: The airfield is in use\nJudged by us: not yet."
    for _ in range(3):
        press(Key.Key_Down)
    press(Key.Key_Return)
    settle(window, qtbot)
    assert len(document.claims) == 5
