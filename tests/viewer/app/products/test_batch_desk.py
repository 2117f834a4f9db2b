"""A batch from the window: asked for, written in the background, stopped and gone on with."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.site import Site
from tests.support.product_windows import shown_product
from tests.support.windows import take_up, texts
from tests.viewer.app.conftest import Answers
from viewer.app.products.batches.batch_desk import BatchDesk
from viewer.app.products.batches.batch_dialog import BatchDialog
from viewer.app.window import MainWindow
from viewer.commands.products import products_in_order

WAIT_MS = 40_000
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]


def begun(window: MainWindow, qtbot: QtBot) -> BatchDialog:
    window.action_table["export_batch"].trigger()
    qtbot.waitUntil(lambda: window.product_windows.is_idle, timeout=WAIT_MS)
    dialog = window.findChildren(BatchDialog)[-1]
    dialog.format_box.setCurrentIndex(dialog.format_box.findText("PNG"))
    return dialog


def test_one_product_a_site_is_written_stopped_and_gone_on_with(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    sites = [Site(uuid=f"s{at}", geometry=Point(10 + at, 50), label=f"Site {at}") for at in range(4)]
    take_up(window, qtbot, sites=sites)
    answers.path = tmp_path / "sheets"
    dialog = begun(window, qtbot)
    assert dialog.said.text().startswith("4 products")
    dialog.each_box.setCurrentIndex(2)
    assert not dialog.go_button.isEnabled(), "there is no bookmark"
    dialog.each_box.setCurrentIndex(0)
    QTest.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    windows = window.product_windows
    (run,) = window.findChild(BatchDesk).runs
    qtbot.waitUntil(lambda: run.done > 0, timeout=WAIT_MS)
    run.cancel()
    qtbot.waitUntil(lambda: windows.is_idle, timeout=WAIT_MS)
    assert "Stopped: " in texts(window)
    first = {path.name: path.stat().st_mtime_ns for path in answers.path.glob("*.png")}
    assert 0 < len(first) < 4
    QTest.mouseClick(begun(window, qtbot).go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: windows.is_idle, timeout=WAIT_MS)
    made = {path.name for path in answers.path.iterdir()}
    assert made >= {"1-site-0.png", "2-site-1.png", "3-site-2.png", "4-site-3.png"}
    assert all((answers.path / name).stat().st_mtime_ns == then for name, then in first.items()), "not made again"
    assert "of them from before" in texts(window)


def test_what_makes_products_is_loaded_in_a_job(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a fifth of a second, and the window's thread has better to do."""
    threads: list[threading.Thread] = []
    load = "viewer.app.products.windows.product_windows.load_products"
    monkeypatch.setattr(load, lambda: threads.append(threading.current_thread()))
    take_up(window, qtbot, sites=[Site(uuid="s", geometry=Point(10, 50), label="Site")])
    for _ in range(2):
        window.action_table["export_product"].trigger()
        shown_product(window, qtbot).close()
    (thread,) = threads
    assert thread is not threading.main_thread()


@pytest.mark.parametrize("action", ["export_data", "copy_picture"])
def test_what_exports_is_loaded_in_a_job_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    threads: list[threading.Thread] = []
    load = "viewer.app.actions.map_export.load_exports"
    monkeypatch.setattr(load, lambda: threads.append(threading.current_thread()))
    take_up(window, qtbot, sites=[Site(uuid="s", geometry=Point(10, 50), label="Site")])
    for _ in range(2):
        window.action_table[action].trigger()
        qtbot.waitUntil(lambda: window.map_export.is_idle, timeout=WAIT_MS)
    (thread,) = threads
    assert thread is not threading.main_thread()


def test_a_batch_of_the_window_is_issued_and_listed(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    sites = [Site(uuid=f"s{at}", geometry=Point(10 + at, 50), label=f"Site {at}") for at in range(2)]
    take_up(window, qtbot, sites=sites)
    answers.path = tmp_path / "sheets"
    dialog = begun(window, qtbot)
    dialog.state_box.setCurrentIndex(dialog.state_box.findData("issued"))
    assert "judged first" in dialog.said.text()
    QTest.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.product_windows.is_idle, timeout=WAIT_MS)
    rows = products_in_order(window.session.document)
    assert [(row.number, row.state, bool(row.sha256)) for row in rows] == [("1", "issued", True), ("2", "issued", True)]
    assert "2 products are in" in texts(window)
