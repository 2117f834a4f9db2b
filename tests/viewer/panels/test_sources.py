"""The source register and the response list, each with the form that its rows open in."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from layers.document.source import SourceFile
from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.filing.custody import attach_copies
from viewer.commands.reviewing.reviews import set_review
from viewer.commands.sources import update_source
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.claims.response_list import ResponseListPanel
from viewer.panels.sources.source_form import SourceForm
from viewer.panels.sources.source_register import RELIABILITY, SourceRegisterPanel
from viewer.panels.widgets.form_page import laid_out
from viewer.panels.widgets.row_table import CHIP_ROLE


@pytest.fixture
def register(qtbot, desk: Desk) -> SourceRegisterPanel:
    return shown(qtbot, SourceRegisterPanel(desk.context), 340, 300)


@pytest.fixture
def source_form(qtbot, desk: Desk) -> SourceForm:
    form = shown(qtbot, SourceForm(desk.context), 340, 700)
    desk.context.typing_wanted.connect(lambda name: form.begin() if name == "source_form" else None)
    return form


@pytest.fixture
def answers(qtbot, desk: Desk) -> ResponseListPanel:
    return shown(qtbot, ResponseListPanel(desk.context), 340, 300)


@pytest.fixture
def response_form(qtbot, desk: Desk) -> ResponseForm:
    form = shown(qtbot, ResponseForm(desk.context), 340, 700)
    desk.context.typing_wanted.connect(lambda name: form.begin() if name == "response_form" else None)
    return form


@popup
def test_a_source_is_added_and_described(
    qtbot, register: SourceRegisterPanel, source_form: SourceForm, desk: Desk
) -> None:
    qtbot.mouseClick(register.add_button, Qt.MouseButton.LeftButton)
    fields = source_form.fields.fields
    qtbot.keyClicks(fields["title"], "Space Today")
    choose_by_keys(fields["reliability"], "F")
    (uuid,) = register.list.selected()
    source = desk.document.sources[uuid]
    assert (source.title, source.reliability) == ("Space Today", "F")
    assert fields["reliability"].currentText() == "F · cannot be judged"
    for _ in range(3):
        desk.history.undo()
    assert set(desk.document.sources) == {"s1", "s2"}
    assert source_form.page.currentWidget() is source_form.page.hint


def test_an_uncited_source_goes_at_once(qtbot, register: SourceRegisterPanel, desk: Desk) -> None:
    register.list.view.selectRow(1)
    qtbot.mouseClick(register.delete_button, Qt.MouseButton.LeftButton)
    assert set(desk.document.sources) == {"s1"}
    assert not register.question.isVisible()


def test_a_cited_source_is_asked_about_in_the_panel(qtbot, register: SourceRegisterPanel, desk: Desk) -> None:
    register.list.view.selectRow(0)
    qtbot.keyClick(register.list.view, Qt.Key.Key_Delete)
    assert register.question.isVisible()
    assert "1 claims, 1 responses" in register.question_text.text()
    qtbot.mouseClick(register.keep_button, Qt.MouseButton.LeftButton)
    assert "s1" in desk.document.sources
    qtbot.mouseClick(register.delete_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(register.confirm_button, Qt.MouseButton.LeftButton)
    assert set(desk.document.sources) == {"s2"}
    assert desk.document.links.claim_to_sources("c1") == []
    desk.history.undo()
    assert len(desk.document.links.claim_to_sources("c1")) == 1
    assert desk.document.responses["r1"].source_uuid == "s1"


def test_the_form_says_what_cites_the_source(register: SourceRegisterPanel, source_form: SourceForm) -> None:
    register.list.view.selectRow(0)
    assert [link.text() for link in source_form.uses.links] == ["Claim: Optics were sold", "Answer of Liu Pengyu"]
    register.list.view.selectRow(1)
    assert any("No claim cites" in label.text() for label in source_form.uses.findChildren(QLabel))


@popup
def test_the_form_says_that_a_grade_makes_reviewed_claims_drafts(source_form: SourceForm, desk: Desk) -> None:
    note = source_form.review.label
    desk.context.show_row("sources", "s1")
    assert note.isHidden()
    desk.context.do(set_review, ["c1"], status="published", reviewer="Ida")
    assert note.isVisible()
    assert note.text().startswith("1 reviewed claim cites this source")
    choose_by_keys(source_form.fields.fields["reliability"], "C")
    assert desk.document.claims["c1"].status == "draft"
    assert note.text() == "1 claim that cites this source is a draft again. Undo: Ctrl+Z"
    desk.history.undo()
    assert note.text().startswith("1 reviewed claim cites")
    desk.context.show_row("sources", "s2")
    assert note.isHidden()


def test_a_response_answers_the_whole_until_a_claim_is_named(
    answers: ResponseListPanel, response_form: ResponseForm, desk: Desk
) -> None:
    before = dict(desk.document.claims)
    answers.list.view.selectRow(0)
    assert "whole" in laid_out(response_form.claims)[0].text()
    response_form.picker.picked.emit("c2")
    assert [link.claim_uuid for link in desk.document.links.response_to_claims("r1")] == ["c2"]
    assert answers.model.data(answers.model.index(0, 1)) == "1 claims"
    assert dict(desk.document.claims) == before
    desk.history.undo()
    assert answers.model.data(answers.model.index(0, 1)) == "the whole"


@popup
def test_a_response_is_written_by_hand(
    qtbot, answers: ResponseListPanel, response_form: ResponseForm, desk: Desk
) -> None:
    qtbot.mouseClick(answers.add_button, Qt.MouseButton.LeftButton)
    fields = response_form.fields.fields
    qtbot.keyClicks(fields["speaker"], "A spokesman")
    fields["words"].setFocus()
    qtbot.keyClicks(fields["words"], "No.")
    choose_by_keys(fields["source_uuid"], "Back")
    (uuid,) = answers.list.selected()
    response = desk.document.responses[uuid]
    assert (response.speaker, response.words, response.source_uuid) == ("A spokesman", "No.", "s2")
    qtbot.mouseClick(answers.delete_button, Qt.MouseButton.LeftButton)
    assert set(desk.document.responses) == {"r1"}


def test_every_label_is_plain_text(
    register: SourceRegisterPanel, answers: ResponseListPanel, source_form: SourceForm, response_form: ResponseForm
) -> None:
    for panel in (register, answers, source_form, response_form):
        for label in panel.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText, label.text()


@popup
def test_a_date_says_what_it_is_from(qtbot, source_form: SourceForm, desk: Desk) -> None:
    desk.context.show_row("sources", "s1")
    field = source_form.fields.fields["date_basis"]
    choose_by_keys(field, "F")
    assert desk.document.sources["s1"].date_basis == "file name"
    desk.history.undo()
    assert desk.document.sources["s1"].date_basis == ""


def test_a_narrow_register_has_the_reliability_beside_the_title(register: SourceRegisterPanel, desk: Desk) -> None:
    desk.history.push(update_source(desk.document, "s1", actor="Olga", reliability="B"))
    first = register.model.index(0, 0)
    register.resize(260, 300)
    assert register.list.view.isColumnHidden(RELIABILITY)
    assert register.model.data(first, CHIP_ROLE) == "B"
    register.resize(900, 300)
    assert not register.list.view.isColumnHidden(RELIABILITY)
    assert register.model.data(first, CHIP_ROLE) == "", "once is enough"


def test_a_source_with_the_link_of_another_is_told_in_form_and_list(
    register: SourceRegisterPanel, source_form: SourceForm, desk: Desk
) -> None:
    desk.history.push(update_source(desk.document, "s1", actor="Olga", url="https://example.org/17"))
    register.list.view.selectRow(1)
    assert source_form.alike.isHidden()
    source_form.take(["http://www.example.org/17/"])
    assert [link.text() for link in source_form.alike.links] == ["US intel: the same link"]
    model = register.model
    assert model.data(model.index(1, 0), CHIP_ROLE) == "here twice?"
    source_form.alike.links[0].click()
    assert desk.context.shown_row("sources") == "s1"
    desk.history.undo()
    assert source_form.alike.isHidden()


def test_words_to_the_other_side_are_entered_and_stay_verbatim(
    qtbot, register: SourceRegisterPanel, source_form: SourceForm, desk: Desk
) -> None:
    register.list.view.selectRow(0)
    field = source_form.fields.fields["context"]
    qtbot.keyClicks(field, "no direct lethal support")
    source_form.fields.flush()
    assert desk.document.sources["s1"].context == "no direct lethal support"
    desk.history.undo()
    assert desk.document.sources["s1"].context == ""


def test_a_copy_of_the_same_bytes_is_told_in_the_list_at_once(register: SourceRegisterPanel, desk: Desk) -> None:
    model, copy = register.model, SourceFile(uuid="", source_uuid="", name="a.pdf", sha256="5" * 64)

    def chips() -> list[str]:
        return [str(model.data(model.index(row, 0), CHIP_ROLE)) for row in range(2)]

    desk.history.push(attach_copies(desk.document, "s1", [replace(copy, uuid="c1")], actor="Olga"))
    shown_rows: list[int] = []
    model.dataChanged.connect(lambda first, last: shown_rows.extend(range(first.row(), last.row() + 1)))
    assert chips() == ["", ""]
    desk.history.push(attach_copies(desk.document, "s2", [replace(copy, uuid="c2")], actor="Olga"))
    assert chips() == ["here twice?", "here twice?"]
    assert set(shown_rows) == {0, 1}, "both are painted anew"
    desk.history.undo()
    assert chips() == ["", ""]
