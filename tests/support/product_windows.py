"""A hand at the window of a product."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from layers.product.publishing import ISSUED, State
from viewer.app.products.product_window import ProductWindow
from viewer.app.products.state_question import StateQuestion
from viewer.app.window import MainWindow

WAIT_MS = 30_000


def settled(main: MainWindow, qtbot: QtBot) -> None:
    """Wait as long as a page may take."""
    qtbot.waitUntil(main.is_idle, timeout=WAIT_MS)


def ready(main: MainWindow, qtbot: QtBot) -> ProductWindow:
    """The product that is open, once its page is there."""
    shown = shown_product(main, qtbot)
    qtbot.waitUntil(lambda: shown.is_idle, timeout=WAIT_MS)
    return shown


def shown_product(main: MainWindow, qtbot: QtBot) -> ProductWindow:
    """The one that is open, once what makes products is loaded."""
    qtbot.waitUntil(lambda: bool(main.product_windows.windows), timeout=30_000)
    (shown,) = main.product_windows.windows
    return shown


def question_in_hand(qtbot: QtBot) -> None:
    """Wait until the question of the state has the keyboard."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), StateQuestion), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QPushButton), timeout=WAIT_MS)


def export_as(window: ProductWindow, state: State) -> None:
    """Export a product, and say in which state where that is asked."""
    window.export()
    answer_state(window, state)


def answer_state(window: ProductWindow, state: State) -> None:
    """The button of a state in the question, if that is asked."""
    asked = [one for one in window.findChildren(StateQuestion) if one.isVisible()]
    for question in asked:
        QTest.mouseClick(question.buttons[state], Qt.MouseButton.LeftButton)


def exported_at_last(window: ProductWindow) -> None:
    """Issue a product, a second person letting pass whatever keeps it from being issued."""
    let_all_pass(window)
    export_as(window, ISSUED)


def let_all_pass(window: ProductWindow) -> None:
    """A second person lets pass what blocks."""
    findings = window.findings
    while findings.blocking:
        before = len(findings.blocking)
        findings.let_pass.emit(findings.blocking[:1], "not what this is about", "A second person")
        assert len(findings.blocking) < before, findings.blocking
