"""A late answer: it finds the products that print its claim, and the next version says what is corrected."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.counted_steps import Counter
from tests.support.product_windows import WAIT_MS, export_as, ready, settled
from tests.support.windows import press, texts
from tests.viewer.app.conftest import Answers
from viewer.app.products.product_file import file_sha256
from viewer.app.window import MainWindow
from viewer.commands.products import product_rows, products_in_order
from viewer.commands.responses import add_response
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.products.product_list import ProductListPanel

Key, Left, Control = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(240)]
SAID = "We sold none of it to them."
DPI = 72
"""The words are read, and pictures of the usual 300 take most of the time."""


def words_of(pdf: Path) -> str:
    """The text of a PDF, with its line breaks as blanks."""
    ran = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(ran.stdout.split())


def products_panel(window: MainWindow, qtbot: QtBot) -> ProductListPanel:
    """The list of products, once it is known which of them need a correction."""
    window.docks.show_panel("panel_products")
    panel = window.docks.products.panel
    assert isinstance(panel, ProductListPanel)
    qtbot.waitUntil(lambda: window.products.due.is_idle, timeout=WAIT_MS)
    return panel


def test_a_late_answer_marks_its_product_and_is_printed_with_its_correction(
    window: MainWindow, answers: Answers, counter: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    window.resize(1366, 768)
    window.file_menu.open_demo()
    settled(window, qtbot)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.fields.page_box.setCurrentText("A3 landscape")
    shown.fields.dpi_box.setValue(DPI)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    answers.path = first = tmp_path / "first.pdf"
    export_as(shown, "issued")
    qtbot.waitUntil(first.exists, timeout=WAIT_MS)
    settled(window, qtbot)
    shown.close()
    document = window.session.document
    (issued,) = products_in_order(document)
    assert issued.sha256 == file_sha256(first)
    assert "Correction" not in words_of(first)
    panel = products_panel(window, qtbot)
    assert "needs correction" not in panel.model.index(0).data()
    # the answer comes
    claim = next(one for one in document.claims.values() if "Hikvision" in one.source_wording + one.statement)
    window.panel_context.do(add_response, "Hikvision", SAID, claim_uuids=[claim.uuid])
    qtbot.waitUntil(lambda: "needs correction" in panel.model.index(0).data(), timeout=WAIT_MS)
    assert f"Needs correction: Product {issued.number}, version 1" in texts(window)
    # from its claim to its product
    window.panel_context.show_claim(claim.uuid, raise_form=True)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    qtbot.waitUntil(lambda: len(form.printed_in.links) == 1, timeout=WAIT_MS)
    link = form.printed_in.links[0]
    assert link.text() == f"Product 1, version 1 (issued {issued.issued_at[:10]})"
    counter.told.clear()
    QTest.mouseClick(link, Left)
    shown = ready(window, qtbot)
    assert len(counter.told) <= 3, counter.told
    assert shown.uuid == issued.uuid
    shown.close()
    # its next version
    panel.choose(issued.uuid)
    QTest.mouseClick(panel.reissue_button, Left)
    shown = ready(window, qtbot)
    field = shown.fields.correction
    assert field.isVisible()
    assert "the answer of Hikvision is added" in field.text.toPlainText()
    field.text.setFocus()
    press(Key.Key_A, Control)
    QTest.keyClicks(field.text, "An answer of Hikvision that came later is added.")
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    answers.path = second = tmp_path / "second.pdf"
    export_as(shown, "issued")
    qtbot.waitUntil(second.exists, timeout=WAIT_MS)
    settled(window, qtbot)
    row = product_rows(window.session.document)[shown.uuid]
    assert (row.number, row.version, row.state) == (issued.number, 2, "issued")
    assert row.correction == "An answer of Hikvision that came later is added."
    said, before = words_of(second), words_of(first)
    assert row.correction in said
    assert SAID in said
    assert SAID not in before
    assert product_rows(window.session.document)[issued.uuid] == issued, "the first version stays as it was"
    assert file_sha256(first) == issued.sha256
    qtbot.waitUntil(lambda: window.products.due.is_idle, timeout=WAIT_MS)
    assert not window.products.due.uuids
    shown.close()


def test_the_product_of_what_the_inspector_shows_is_opened_from_the_menu(
    window: MainWindow, answers: Answers, qtbot: QtBot, tmp_path: Path
) -> None:
    window.file_menu.open_demo()
    settled(window, qtbot)
    window.action_table["products_printing"].trigger()
    assert "Choose a site, claim" in texts(window)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.fields.dpi_box.setValue(DPI)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    answers.path = tmp_path / "first.pdf"
    export_as(shown, "issued")
    qtbot.waitUntil(answers.path.exists, timeout=WAIT_MS)
    settled(window, qtbot)
    shown.close()
    (row,) = products_in_order(window.session.document)
    claim = next(
        one.row_uuid for one in window.session.document.links.rows_of_product(row.uuid) if one.table_name == "claims"
    )
    window.panel_context.show_claim(claim, raise_form=True)
    window.action_table["products_printing"].trigger()
    shown = ready(window, qtbot)
    assert shown.uuid == row.uuid
    shown.close()
