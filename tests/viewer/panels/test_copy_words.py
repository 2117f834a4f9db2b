"""The words of kept copies are read in the form of their source, and a hit in them leads to its page."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from layers.document.rows import ClaimSource
from tests.support.readers.kept_documents import PAGE, pdf_of
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, unnamed
from viewer.commands.claims import update_claim_source
from viewer.panels.claims.claim_sources import Citation
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.sources.source_form import SourceForm

LEFT = Qt.MouseButton.LeftButton
REPORT = pdf_of("The port has one crane", "A crane of 三亚 and a quay", "Nothing else", "The port's last crane")


@pytest.fixture
def form(qtbot, reading_desk: Desk, tmp_path: Path) -> SourceForm:
    form = shown(qtbot, SourceForm(reading_desk.context), 340, 700)
    reading_desk.context.show_row("sources", "s1")
    for name, data in (("page.html", PAGE.encode()), ("report.pdf", REPORT)):
        (tmp_path / name).write_bytes(data)
        form.take([str(tmp_path / name)])
    return form


def test_a_hit_in_a_pdf_leads_to_its_page_with_the_words_marked(qtbot, form: SourceForm, desk: Desk) -> None:
    desk.context.show_row("sources", "s2")
    panel, reader = shown(qtbot, FindPanel(desk.context), 500, 300), form.copies.reader
    assert reader.isHidden()
    panel.line.setText("三亚 quay")
    qtbot.waitUntil(lambda: [row.table for row in panel.model.rows] == ["source_files"], timeout=20_000)
    assert panel.model.rows[0].page == 2
    qtbot.keyClick(panel.line, Qt.Key.Key_Return)
    assert form.uuid == "s1"
    qtbot.waitUntil(reader.isVisible, timeout=20_000)
    assert (reader.line.text(), reader.place.text()) == ("三亚 quay", "1 of 2 · page 2 of 4")
    assert reader.view.toPlainText() == "A crane of 三亚 and a quay"
    assert [mark.cursor.selectedText() for mark in reader.view.extraSelections()] == ["quay", "三亚"]

    def is_in_sight() -> bool:
        return form.page.rect().contains(reader.mapTo(form.page, reader.place.geometry().center()))

    qtbot.waitUntil(is_in_sight, timeout=20_000)
    assert [card.words_button.isChecked() for card in form.copies.cards] == [False, True]
    assert not unnamed(form.copies)


def test_the_words_of_a_copy_are_read_and_searched_page_by_page(qtbot, form: SourceForm, desk: Desk) -> None:
    card, reader = form.copies.cards[1], form.copies.reader
    qtbot.mouseClick(card.words_button, LEFT)
    assert reader.place.text() == "page 1 of 4"
    qtbot.mouseClick(reader.on_button, LEFT)
    assert (reader.place.text(), reader.view.toPlainText()) == ("page 2 of 4", "A crane of 三亚 and a quay")
    qtbot.keyClicks(reader.line, "cran")
    assert reader.place.text() == "1 of 3 · page 1 of 4"
    qtbot.keyClick(reader.line, Qt.Key.Key_Return)
    qtbot.keyClick(reader.line, Qt.Key.Key_Return)
    assert reader.place.text() == "3 of 3 · page 4 of 4"
    qtbot.mouseClick(form.copies.cards[1].verify_button, LEFT)
    qtbot.waitUntil(reader.isVisible, timeout=20_000)  # the cards are made anew, the words stay
    assert reader.place.text() == "3 of 3 · page 4 of 4"
    reader.line.setText("zeppelin")
    assert reader.place.text() == "Not in this copy · page 4 of 4"
    qtbot.mouseClick(form.copies.cards[0].words_button, LEFT)
    assert "Восточный" in reader.view.toPlainText()
    assert reader.place.text() == "", "a short web page is one part without a number"
    qtbot.mouseClick(form.copies.cards[0].words_button, LEFT)
    assert reader.isHidden()
    desk.context.show_row("sources", "s2")
    desk.context.show_row("sources", "s1")
    assert not any(card.words_button.isChecked() for card in form.copies.cards)


def test_a_quote_is_shown_in_the_kept_copy_that_has_it(qtbot, form: SourceForm, desk: Desk) -> None:
    desk.context.show_row("sources", "s2")
    link = desk.document.table("claim_sources")["k1"]
    assert isinstance(link, ClaimSource)
    card = shown(qtbot, Citation(desk.context, link, desk.document.sources["s1"]), 300, 300)
    assert not card.kept_link.isVisible(), "there is no quote yet"
    assert desk.context.do(update_claim_source, "k1", quote="port\u2019s “last” crane")
    card.show_link(desk.document.table("claim_sources")["k1"])
    qtbot.mouseClick(card.kept_link, LEFT)
    assert form.uuid == "s1"
    qtbot.waitUntil(form.copies.reader.isVisible, timeout=20_000)
    assert form.copies.reader.place.text() == "1 of 1 · page 4 of 4"
    (mark,) = form.copies.reader.view.extraSelections()
    assert mark.cursor.selectedText() == "port's last crane"
    assert not unnamed(card)


LONG = "Der Bau des Geländes schreitet voran und wird bald fertig. " * 12
"""A quote that is longer than what a line searches for."""


@pytest.mark.parametrize(
    ("quote", "written", "marked"),
    [
        (
            "des Geländes «schreitet» voran",
            "Bau des Ge-<br>ländes &nbsp;schreitet<br>voran.",
            "des Ge-\nländes schreitet\nvoran",
        ),
        ("космодрома Восточный прошёл", "Пуск с космодрома<br>Восточный прошёл", "космодрома\nВосточный прошёл"),
        ("les «fichiers» du café", "Voici les “ﬁchiers” du cafe\u0301.", "les “ﬁchiers” du café"),
        ("A launch-site is built", "“A launchsite is built”, they say", "A launchsite is built"),
        (LONG, f"Before it. {LONG}", LONG[:497]),
    ],
)
def test_a_quote_is_found_over_ends_of_lines_and_as_it_is_written(
    qtbot, reading_desk: Desk, tmp_path: Path, quote: str, written: str, marked: str
) -> None:
    desk = reading_desk
    form = shown(qtbot, SourceForm(desk.context), 340, 700)
    desk.context.show_row("sources", "s1")
    (tmp_path / "page.html").write_text(f'<html><meta charset="utf-8"><body><p>{written}</p></body></html>', "utf-8")
    form.take([str(tmp_path / "page.html")])
    assert desk.context.do(update_claim_source, "k1", quote=quote)
    link = desk.document.table("claim_sources")["k1"]
    assert isinstance(link, ClaimSource)
    card = shown(qtbot, Citation(desk.context, link, desk.document.sources["s1"]), 300, 300)
    qtbot.mouseClick(card.kept_link, LEFT)
    qtbot.waitUntil(form.copies.reader.isVisible, timeout=20_000)
    (mark,) = form.copies.reader.view.extraSelections()
    text = unicodedata.normalize("NFC", mark.cursor.selectedText().replace("\u2029", "\n"))
    assert text == marked if len(marked) < 400 else len(text) > 450 and marked.startswith(text)
