"""A hand at the window of a product."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from viewer.app.products.product_window import ProductWindow
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


def exported_at_last(window: ProductWindow) -> None:
    """Export a product, a second person letting pass whatever keeps it from being issued."""
    window.export()
    let_all_pass(window)
    if window.findings.blocking == [] and window.overrides:
        window.export()


def let_all_pass(window: ProductWindow) -> None:
    """A second person lets pass what blocks."""
    findings = window.findings
    while findings.blocking:
        before = len(findings.blocking)
        findings.let_pass.emit(findings.blocking[0], "not what this is about", "A second person")
        assert len(findings.blocking) < before, findings.blocking
