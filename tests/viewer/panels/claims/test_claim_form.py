"""The claim form: the rules of the trade as an analyst meets them."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.claims import update_claim
from viewer.commands.sources import update_source
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.judgement import COLUMNS
from viewer.panels.widgets.form_page import laid_out
from viewer.panels.widgets.link_button import LinkButton


@pytest.fixture
def form(qtbot, desk: Desk) -> ClaimFormPanel:
    panel = shown(qtbot, ClaimFormPanel(desk.context), 330, 1200)
    desk.context.show_claim("c1")
    return panel


def _choose(qtbot, field, text: str) -> None:
    choose_by_keys(field, text)


def test_no_claim_says_what_to_do(form: ClaimFormPanel, desk: Desk) -> None:
    desk.context.show_claim("")
    assert form.page.currentWidget() is form.page.hint


def test_statement_and_wording_are_two_fields(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    statement = form.fields.fields["statement"]
    statement.setFocus()
    statement.selectAll()
    qtbot.keyClicks(statement, "Optics were delivered")
    form.fields.fields["made_by"].setFocus()
    claim = desk.document.claims["c1"]
    assert (claim.statement, claim.source_wording) == ("Optics were delivered", "“are providing”")
    desk.history.undo()
    assert statement.toPlainText() == "Optics were sold"


@popup
def test_judgement_is_closed_until_assessed_and_says_why(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    assert form.judgement_part.is_folded
    qtbot.mouseClick(form.judgement_part.header, Qt.MouseButton.LeftButton)
    assert form.judgement.why_not.isVisible()
    assert not any(form.fields.fields[column].isEnabled() for column in COLUMNS)
    _choose(qtbot, form.fields.fields["state"], "Ass")
    assert desk.document.claims["c1"].state == "assessed"
    assert not form.judgement.why_not.isVisible()
    assert all(form.fields.fields[column].isEnabled() for column in COLUMNS)


@popup
def test_a_term_fills_the_band_and_a_bad_band_is_refused(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    desk.context.show_claim("c2")
    _choose(qtbot, form.fields.fields["likelihood_term"], "likely")
    claim = desk.document.claims["c2"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("likely", 55, 80)
    high = form.judgement.high
    assert high.text() == "80"
    high.setFocus()
    high.selectAll()
    qtbot.keyClicks(high, "99")
    qtbot.keyClick(high, Qt.Key.Key_Return)
    assert "not within" in form.fields.refusal.text()
    assert desk.document.claims["c2"].likelihood_high == 80
    _choose(qtbot, form.fields.fields["confidence"], "Mod")
    assert desk.document.claims["c2"].confidence == "moderate"
    _choose(qtbot, form.fields.fields["state"], "Rep")
    claim = desk.document.claims["c2"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.confidence) == ("", None, "")
    desk.history.undo()
    assert desk.document.claims["c2"].confidence == "moderate"


def test_only_the_row_of_terms_in_use_is_offered(form: ClaimFormPanel, desk: Desk) -> None:
    field = form.judgement.likelihood

    def enabled(term: str) -> bool:
        return field.model().item(field.findData(term)).isEnabled()

    desk.context.show_claim("c2")
    assert enabled("likely")
    assert enabled("probable")
    desk.context.push(update_claim(desk.document, "c1", actor="Li", state="assessed", likelihood_term="probable"))
    assert not enabled("likely")
    assert enabled("probable")
    assert not enabled("row 1")
    desk.history.undo()
    assert enabled("likely")


def test_places_are_linked_from_the_selection(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    desk.context.show_claim("c2")
    assert "belongs to the case" in laid_out(form.places.rows)[0].text()
    assert not form.places.link_button.isEnabled()
    desk.select("pad", "firm")
    qtbot.mouseClick(form.places.link_button, Qt.MouseButton.LeftButton)
    assert {site.uuid for site in desk.document.links.sites_of_claim("c2")} == {"pad", "firm"}
    assert not form.places.link_button.isEnabled()
    desk.history.undo()
    assert desk.document.links.sites_of_claim("c2") == []


def test_a_place_is_gone_to_and_unlinked(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    from viewer.panels.widgets.icon_button import IconButton

    go, cut = laid_out(form.places.rows)[0].findChildren(IconButton)
    qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    assert desk.context.selection.uuids == {"firm"}
    assert desk.visited[0].contains_point(120.16, 30.29)
    assert desk.visited[0].height > 0.2
    qtbot.mouseClick(cut, Qt.MouseButton.LeftButton)
    assert desk.document.links.sites_of_claim("c1") == []


@popup
def test_a_source_is_cited_graded_and_removed(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    (citation,) = form.sources.citations
    _choose(qtbot, citation.fields.fields["credibility"], "6")
    page = citation.fields.fields["page"]
    page.setFocus()
    qtbot.keyClicks(page, "4")
    qtbot.keyClick(page, Qt.Key.Key_Return)
    (link,) = desk.document.links.claim_to_sources("c1")
    assert (link.credibility, link.page) == (6, "4")
    form.sources.picker.picked.emit("s2")
    assert len(form.sources.citations) == 2
    qtbot.mouseClick(form.sources.citations[0].remove_button, Qt.MouseButton.LeftButton)
    assert [link.source_uuid for link in desk.document.links.claim_to_sources("c1")] == ["s2"]
    desk.history.undo()
    assert len(form.sources.citations) == 2


def test_a_title_of_chinese_and_an_address_is_shown_whole_in_a_narrow_form(qtbot, desk: Desk) -> None:
    title = "衛星圖像http://example.org/" + "W" * 40
    desk.context.push(update_source(desk.document, "s1", actor="Li", title=title))
    narrow = shown(qtbot, ClaimFormPanel(desk.context), 200, 900)
    desk.context.show_claim("c1")
    (citation,) = narrow.sources.citations
    button = next(one for one in citation.findChildren(LinkButton) if one.text() == title)
    metrics = button.fontMetrics()
    lines = math.ceil(metrics.horizontalAdvance(title) / button.width())
    assert lines > 2
    qtbot.waitUntil(lambda: button.height() >= lines * metrics.height(), timeout=2_000)


def test_responses_are_read_only(form: ClaimFormPanel) -> None:
    texts = [label.text() for label in form.findChildren(QLabel)]
    assert "Liu Pengyu: “normal trade”" in texts
    assert any("changes no claim's state" in text for text in texts)


def test_place_note_and_deletion(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    qtbot.mouseClick(form.more_part.header, Qt.MouseButton.LeftButton)
    form.place_note.setFocus()
    qtbot.keyClicks(form.place_note, "China-based")
    qtbot.keyClick(form.place_note, Qt.Key.Key_Return)
    assert desk.document.claims["c1"].place_note == "China-based"
    qtbot.mouseClick(form.delete_button, Qt.MouseButton.LeftButton)
    assert "c1" not in desk.document.claims
    assert form.page.currentWidget() is form.page.hint
    desk.history.undo()
    assert desk.document.links.sites_of_claim("c1")[0].uuid == "firm"


def test_every_label_is_plain_text(form: ClaimFormPanel) -> None:
    for label in form.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, label.text()


@pytest.mark.parametrize("width", [280, 300, 330, 360, 420])
def test_the_title_of_a_source_breaks_between_words(qtbot, form: ClaimFormPanel, desk: Desk, width: int) -> None:
    title = "China firms gave Iran BeiDou navigation and satellite imagery, US officials say, with sanctions to follow"
    desk.context.do(update_source, "s1", title=title)
    form.resize(width, 1200)
    (link,) = (one for one in form.sources.findChildren(LinkButton) if one.text() == title)
    qtbot.waitUntil(lambda: link.isVisible() and link.height() >= link.heightForWidth(link.width()))
    lines = [line.strip() for line in link.lines()]
    assert len(lines) > 1
    assert " ".join(lines) == title, lines
    assert link.height() >= len(lines) * link.fontMetrics().height(), "each line is in sight"


def test_a_word_wider_than_its_line_breaks_all_the_same(qtbot, form: ClaimFormPanel, desk: Desk) -> None:
    desk.context.do(update_source, "s1", title="W" * 100)
    form.resize(200, 1200)
    (link,) = (one for one in form.sources.findChildren(LinkButton) if one.text() == "W" * 100)
    qtbot.waitUntil(link.isVisible)
    widths = [link.fontMetrics().horizontalAdvance(line) for line in link.lines()]
    assert max(widths) <= link.width()
