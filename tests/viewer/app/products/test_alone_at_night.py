"""One analyst alone, and a case without answers: refused everywhere, cured by hand in six interactions, published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

import sample_data
from tests.support.cases.changed_cases import change
from tests.support.choices import popup
from tests.support.counted_steps import Counter
from tests.support.product_windows import WAIT_MS, export_as, question_in_hand, ready, settled
from tests.support.windows import press, texts
from tests.viewer.app.conftest import Answers
from viewer.app.products.batches.batch_dialog import BatchDialog
from viewer.app.products.product_window import ProductWindow
from viewer.app.window import MainWindow
from viewer.commands.products import products_in_order

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(240)]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The demo, without a single answer."""
    path = Path(shutil.copy(sample_data.path("demo.gpkg"), tmp_path / "case.gpkg"))
    change(path, "DELETE FROM responses")
    return path


class FileLine(Answers):
    """A line in the place of the system's dialog, into which a name is typed."""

    def product_to_write(self, suggestion: Path, over: QWidget | None = None) -> Path | None:
        assert self.path is not None
        line = QLineEdit()
        line.setAccessibleName("File name")
        line.show()
        line.activateWindow()
        assert QTest.qWaitForWindowActive(line)
        line.setFocus()
        QTest.keyClicks(line, str(self.path))
        QTest.keyClick(line, Key.Key_Return)
        line.deleteLater()
        return Path(line.text())


def idle(shown: ProductWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)


@popup
def test_it_is_refused_everywhere_cured_in_six_and_published(
    window: MainWindow, counter: Counter, qtbot: QtBot, case: Path, tmp_path: Path
) -> None:
    window.resize(1366, 768)
    window.opener.open([str(case)])
    settled(window, qtbot)
    answers = FileLine(path=tmp_path / "out.pdf")
    window.ask = answers  # type: ignore[assignment]
    window.action_table["export_batch"].trigger()
    qtbot.waitUntil(lambda: window.product_windows.is_idle, timeout=WAIT_MS)
    dialog = window.findChildren(BatchDialog)[-1]
    dialog.state_box.setCurrentIndex(dialog.state_box.findData("issued"))
    dialog.each_box.setCurrentIndex(dialog.each_box.findData("class"))
    answers.path = tmp_path / "sheets"
    QTest.mouseClick(dialog.go_button, Left)
    qtbot.waitUntil(lambda: window.product_windows.is_idle, timeout=120_000)
    assert "No product of the batch is issued" in texts(window)
    assert not answers.path.exists()
    answers.path = path = tmp_path / "out.pdf"
    window.panel_context.zoom_to_sites(list(window.session.document.sites.values()))
    settled(window, qtbot)
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    shown.kept.state = "issued"
    export_as(shown, "issued")
    idle(shown, qtbot)
    assert "Correct what is listed" in shown.said.text()
    shown.kept.state = None
    shown.export()
    question_in_hand(qtbot)
    press(Key.Key_P)
    idle(shown, qtbot)
    found = shown.findings
    qtbot.waitUntil(found.list.hasFocus, timeout=WAIT_MS)
    assert {one.rule for one in found.blocking} == {"named-party"}
    assert not path.exists()
    assert not products_in_order(window.session.document)
    counter.told.clear()
    press(Key.Key_Return)  # why is there no answer, for all of the claims
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=WAIT_MS)
    press(Key.Key_N)  # not asked
    qtbot.waitUntil(lambda: not found.blocking, timeout=WAIT_MS)
    idle(shown, qtbot)
    assert "marks" in found.bulk_button.text(), "the next that one hand cures"
    press(Key.Key_Return)
    press(Key.Key_B)  # text into the line of the reviewer's name
    QTest.keyClicks(found.typed, "oris B.")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: not found.taken_away, timeout=WAIT_MS)
    idle(shown, qtbot)
    QTest.mouseClick(shown.export_button, Left)
    qtbot.waitUntil(path.exists, timeout=WAIT_MS)
    settled(window, qtbot)
    assert len(counter.told) <= 6, counter.told
    (row,) = products_in_order(window.session.document)
    assert (row.state, row.version) == ("published", 1)
    document = window.session.document
    assert {one.kind for one in document.responses.values()} == {"not asked"}
    assert {site.reviewed_by for site in document.sites.values() if site.status == "reviewed"} == {"boris B."}
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    shown.close()
