"""A product is never lost: not by a dialog that is left, nor by going to what a finding is about, nor by leaving."""

from __future__ import annotations

from pathlib import Path
from typing import override

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from layers.product.lint import check
from layers.product.lint.finding import Finding
from layers.product.lint.passing import reasons_that_hold
from layers.product.publishing import DRAFT, ISSUED
from layers.product.spec import ProductSpec
from tests.support.product_windows import answer_state, export_as, let_all_pass, shown_product
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import begin_on_map, new_case, press, settle, texts
from tests.viewer.app.conftest import Answers
from viewer.app.desktop.questions import Questions, Unsaved
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.commands.products import products_in_order, rename_product, save_product
from viewer.commands.sites import add_site
from viewer.panels.products.product_list import ProductListPanel

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """A case of one image without a credit."""
    new_case(window, qtbot)
    bands = np.full((3, 32, 32), 90, np.uint8)
    window.opener.open([str(write_raster(tmp_path / "town.tif", bands, "EPSG:4326", Bounds(8, 48, 12, 52)))])
    settle(window, qtbot)
    return window


def begun(window: MainWindow, qtbot: QtBot, title: str = "Pier") -> ProductWindow:
    """A product of what the map shows, its title typed."""
    begin_on_map(window, qtbot)
    press(Key.Key_E, Control)
    shown = shown_product(window, qtbot)
    qtbot.waitUntil(shown.fields.lines["title"].hasFocus)
    QTest.keyClicks(shown.fields.lines["title"], title)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
    return shown


@pytest.mark.bounded
def test_a_file_dialog_that_is_left_leads_back_to_the_product(
    case: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ask = Questions(case)
    shown = begun(case, qtbot)
    shown.findings.show_findings((), ())
    monkeypatch.setattr(check, "findings", lambda *_: ())
    over = []

    def leave() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog) and dialog.isActiveWindow():
            over.append(dialog.parentWidget())
            press(Key.Key_Escape)

    look = QTimer(case, interval=50)
    look.timeout.connect(leave)
    look.start()
    shown.export_button.click()
    answer_state(shown, DRAFT)
    qtbot.waitUntil(lambda: bool(over), timeout=10_000)
    look.stop()
    assert over == [shown], "over another window it would leave that one in front"
    qtbot.waitUntil(shown.isActiveWindow)
    assert shown.isVisible()
    assert shown.spec.title == "Pier"
    assert not products_in_order(case.session.document)


def finding_of_credit(shown: ProductWindow, case: MainWindow) -> Finding:
    (layer,) = case.session.document.layers
    stands = (one for group in shown.findings.groups for one in group.findings)
    (found,) = (one for one in stands if one.jump == ("layers", layer, "credit"))
    return found


@pytest.mark.bounded
def test_the_place_of_a_finding_has_the_keyboard_and_the_product_is_kept(case: MainWindow, qtbot: QtBot) -> None:
    shown = begun(case, qtbot)
    found = finding_of_credit(shown, case)
    shown.findings.choose(found)
    QTest.mouseClick(shown.findings.cure_button, Qt.MouseButton.LeftButton)
    assert shown.isVisible()
    (row,) = products_in_order(case.session.document)
    assert (row.name, row.issued_at, row.uuid) == ("Pier", "", shown.uuid)
    qtbot.waitUntil(case.isActiveWindow)
    field = QApplication.focusWidget()
    assert field is not None
    assert (field.window(), field.accessibleName()) == (case, "Credit")
    tool = case.toolbox.in_hand
    QTest.keyClicks(field, "Nasa lpmr")
    assert case.toolbox.in_hand == tool
    case.panel_context.flush()
    (layer,) = case.session.document.layers.values()
    assert layer.credit == "Nasa lpmr"
    begin_on_map(case, qtbot)
    press(Key.Key_E, Control)
    qtbot.waitUntil(shown.isActiveWindow)
    assert case.product_windows.windows == [shown], "it leads back to the draft"
    case.activateWindow()
    case.products.open(row.uuid)
    qtbot.waitUntil(shown.isActiveWindow)
    assert case.product_windows.windows == [shown]
    begin_on_map(case, qtbot)
    press(Key.Key_E, Control)
    qtbot.waitUntil(lambda: len(case.product_windows.windows) == 2)


@pytest.mark.bounded
def test_leaving_the_case_asks_about_a_product_too(case: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    answers = case.ask
    assert isinstance(answers, Answers)
    answers.path = tmp_path / "case.gpkg"
    case.file_menu.save_as()
    settle(case, qtbot)
    assert not case.session.is_dirty
    begun(case, qtbot)
    answers.unsaved_answer = Unsaved.CANCEL
    case.close()
    assert [asked for asked in answers.asked if asked.startswith("unsaved")]
    (row,) = products_in_order(case.session.document)
    assert row.name == "Pier"


@pytest.mark.bounded
def test_what_cannot_be_kept_is_closed_only_when_it_is_closed_again(case: MainWindow, qtbot: QtBot) -> None:
    shown = begun(case, qtbot)
    shown.save()
    shown.close()
    shown = begun(case, qtbot, "Other")
    number = shown.fields.lines["number"]
    QTest.keyClicks(number, "1")
    shown.close()
    assert shown.isVisible()
    assert "Another product has the number 1" in shown.said.text()
    QTest.keyClicks(number, "0")
    shown.close()
    names = [(row.name, row.number) for row in products_in_order(case.session.document)]
    assert names == [("Pier", "1"), ("Other", "10")]


class EndOfLine(QLineEdit):
    """Takes Ctrl+E for itself, as Qt's own lines do on X11."""

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.key() == Key.Key_E and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


@pytest.mark.bounded
def test_ctrl_e_makes_a_product_from_a_text_field_too(case: MainWindow, qtbot: QtBot) -> None:
    line = EndOfLine(case)
    line.show()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    press(Key.Key_E, Control)
    assert shown_product(case, qtbot).isVisible()


@pytest.mark.bounded
def test_a_long_title_does_not_widen_the_menu(case: MainWindow, qtbot: QtBot) -> None:
    shown = begun(case, qtbot, "Where the trains cross the river " * 10)
    shown.save()
    text = case.action_table["undo"].text()
    assert text.startswith("&Undo: Save product “Where the trains")
    assert text.endswith("…”")
    assert len(text) < 80


@pytest.mark.bounded
def test_all_files_of_a_product_are_said(
    case: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.panel_context.do(add_site, Point(10.0, 50.0), uuid="s", label="Firm")
    case.panel_context.selection.set({"s"})
    settle(case, qtbot)
    shown = begun(case, qtbot)
    shown.fields.texts["caption"].setPlainText("The river rose. " * 240)
    shown.fields.texts["processing_note"].setPlainText("It was sharpened. " * 200)
    shown.fields.page_box.setCurrentText("640x480")
    monkeypatch.setattr(check, "findings", lambda *_: ())
    qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
    assert shown.laid is not None
    assert shown.laid.pages == 2
    answers = case.ask
    assert isinstance(answers, Answers)
    answers.path = tmp_path / "firm.png"
    shown.fields.dpi_box.setValue(30)
    export_as(shown, ISSUED)
    qtbot.waitUntil((tmp_path / "firm-2.png").exists, timeout=20_000)
    settle(case, qtbot)
    assert f"Written: {tmp_path / 'firm.png'} and firm-2.png, issued as product 1" in shown.said.text()


def test_a_title_in_taller_letters_leaves_the_facts_in_sight(case: MainWindow, qtbot: QtBot) -> None:
    for uuid in ("one", "two"):
        case.panel_context.do(save_product, ProductSpec(title="Depot"), uuid=uuid)
    case.docks.show_panel("panel_products")
    panel = case.docks.products.panel
    assert isinstance(panel, ProductListPanel)
    panel.view.setCurrentIndex(panel.model.index(0))
    settle(case, qtbot)

    def ink() -> int:
        """Pixels at the foot of the second row, left, that are not its ground."""
        picture = panel.view.viewport().grab(panel.view.visualRect(panel.model.index(1))).toImage()
        foot = range(picture.height() - 10, picture.height())
        return sum(picture.pixel(x, y) != picture.pixel(0, foot[-1]) for x in range(200) for y in foot)

    latin = ink()
    case.panel_context.do(rename_product, "two", "乌奇图尔潘发射场 " * 10)
    assert ink() > 0.7 * latin > 50


@pytest.mark.bounded
def test_what_is_said_of_a_product_goes_once_it_holds_no_more(
    case: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = begun(case, qtbot)
    QTest.mouseClick(shown.save_button, Qt.MouseButton.LeftButton)
    assert shown.said.text() == "Kept in the case as a draft."
    shown.fields.lines["title"].setFocus()
    QTest.keyClicks(shown.fields.lines["title"], "s of the town")
    assert shown.said.text() == "", "this is not kept yet"
    qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
    pin = Finding("no-false-pin", "blocking", "map 1", "It is no pin.", "Show an area.")
    monkeypatch.setattr(check, "findings", lambda spec, *facts: reasons_that_hold([pin], facts[-1], spec))
    QTest.mouseClick(shown.export_button, Qt.MouseButton.LeftButton)
    answer_state(shown, ISSUED)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
    assert "Correct what is listed" in shown.said.text()
    (layer,) = case.session.document.layers
    credit, date = {"credit": "NASA"}, {"acquired_at": "2016-04-28T10:00Z", "date_kind": "instant"}
    case.session.push(update_layer(case.session.document, layer, actor="me", **credit, **date))
    qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
    assert "Correct what is listed" in shown.said.text()
    QTest.keyClicks(shown.fields.lines["author"], "Anna A.")
    QTest.keyClick(shown.fields.lines["author"], Key.Key_Return)
    qtbot.waitUntil(lambda: shown.spec.author == "Anna A." and shown.is_idle, timeout=10_000)
    QTest.mouseClick(shown.export_button, Qt.MouseButton.LeftButton)
    let_all_pass(shown)
    case.products.open(shown.uuid)
    assert shown.said.text() == ""


@pytest.mark.bounded
def test_two_formats_of_a_product_are_said_once(
    case: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = begun(case, qtbot)
    monkeypatch.setattr(check, "findings", lambda *_: ())
    shown.fields.dpi_box.setValue(30)
    answers = case.ask
    assert isinstance(answers, Answers)
    for name in ("pier.pdf", "pier.png"):
        answers.path = tmp_path / name
        qtbot.waitUntil(lambda: shown.is_idle, timeout=10_000)
        QTest.mouseClick(shown.export_button, Qt.MouseButton.LeftButton)
        answer_state(shown, ISSUED)
        qtbot.waitUntil((tmp_path / name).exists, timeout=20_000)
        settle(case, qtbot)
    said = f"Written: {tmp_path / 'pier.pdf'} and pier.png, issued as product 1, version 1"
    assert shown.said.text() == said
    (line,) = [line for line in case.messages.lines() if "Written" in line.text]
    assert (line.text, line.count) == (said, 1)


@pytest.mark.bounded
def test_ctrl_e_pressed_twice_makes_one_product(case: MainWindow, qtbot: QtBot) -> None:
    for _ in range(2):  # before all that makes products is loaded, and after
        for _ in range(2):
            begin_on_map(case, qtbot)  # a desktop takes its time to go to the new window
            press(Key.Key_E, Control)
        settle(case, qtbot)
        (shown,) = case.product_windows.windows
        shown.close()


@pytest.mark.bounded
def test_products_that_cannot_be_loaded_say_so_and_are_tried_again(
    case: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ExportFailed("There is not enough memory for that.")

    with monkeypatch.context() as short:
        short.setattr("viewer.app.products.windows.product_windows.load_products", fail)
        begin_on_map(case, qtbot)
        press(Key.Key_E, Control)
        settle(case, qtbot)
    assert "There is not enough memory for that." in texts(case)
    press(Key.Key_E, Control)
    assert shown_product(case, qtbot).isVisible()
