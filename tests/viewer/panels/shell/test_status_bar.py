"""Coordinates, scale and CRS in the status bar."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from layers.grid.map_scale import LOGICAL_PIXEL_M
from viewer.panels.shell.status_bar import StatusBar, parse_scale, scale_text
from viewer.support.language.text import tooltip


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 28)
    bar.show()
    return bar


def _button(bar: StatusBar, tip: str) -> QToolButton:
    return next(button for button in bar.findChildren(QToolButton) if tip in button.toolTip())


def test_a_click_shows_the_next_notation(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_place(128.334, 51.884, 1.0)
    button, seen = _button(bar, "next notation"), []
    bar.notation_changed.connect(seen.append)
    shown = [button.text()]
    for _ in range(5):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        shown.append(button.text())
    assert seen == ["DDM", "DMS", "UTM", "MGRS", "DD"]
    assert shown[0] == shown[5]
    assert len(set(shown)) == 5
    assert shown[4].startswith("52U DC")


def test_the_digits_follow_the_scale(bar: StatusBar) -> None:
    bar.show_place(128.334, 51.884, 20_000.0)
    coarse = bar.coordinate_text()
    bar.show_place(128.334, 51.884, 0.5)
    assert len(coarse) < len(bar.coordinate_text())


def test_copying(bar: StatusBar) -> None:
    QGuiApplication.clipboard().setText("before")
    assert bar.copy_coordinate() == ""
    assert QGuiApplication.clipboard().text() == "before"
    bar.show_place(128.334, 51.884, 1.0)
    assert bar.copy_coordinate() == QGuiApplication.clipboard().text() == bar.coordinate_text()
    bar.show_place(math.nan, math.nan, 1.0)
    assert bar.coordinate_text() == ""


def test_a_typed_scale_is_asked_for(bar: StatusBar, qtbot: QtBot) -> None:
    box = bar.findChild(QComboBox)
    assert box is not None
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "1:25,000")
    with qtbot.waitSignal(bar.scale_asked) as asked:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert asked.args == [pytest.approx(25_000 * LOGICAL_PIXEL_M)]


@given(st.floats(1, 1e9))
def test_a_scale_reads_back_as_it_is_written(scale: float) -> None:
    read = parse_scale(scale_text(scale))
    assert read is not None
    assert read == pytest.approx(scale, rel=0.01, abs=0.51)


@pytest.mark.parametrize("text", ["", "1:", "big", "1:-5", "0", "1:99999999999"])
def test_what_is_no_scale(text: str) -> None:
    assert parse_scale(text) is None


def test_the_crs_menu_offers_what_may_be_chosen(qtbot: QtBot) -> None:
    bar = StatusBar(crs_choices=lambda: [("Web Mercator", "EPSG:3857"), ("UTM zone 52 north", "EPSG:32652")])
    qtbot.addWidget(bar)
    bar.show()
    bar.show_crs("Web Mercator", "EPSG:3857")
    menu = _button(bar, "reference system").menu()
    menu.aboutToShow.emit()
    assert [(a.text(), a.isChecked()) for a in menu.actions()] == [("Web Mercator", True), ("UTM zone 52 north", False)]
    with qtbot.waitSignal(bar.crs_asked) as asked:
        menu.actions()[1].trigger()
    assert asked.args == ["EPSG:32652"]


@pytest.mark.bounded
def test_quick_work_is_not_shown_and_slow_work_can_be_stopped(bar: StatusBar, qtbot: QtBot) -> None:
    progress = bar.findChild(QProgressBar)
    assert progress is not None
    bar.show_work("Saving", 0.1)
    assert not progress.isVisible()
    bar.end_work()
    bar.show_work("Saving", 0.1)
    qtbot.waitUntil(progress.isVisible, timeout=2000)
    with qtbot.waitSignal(bar.cancel_asked):
        qtbot.mouseClick(_button(bar, "Stop this"), Qt.MouseButton.LeftButton)
    bar.end_work()
    assert not progress.isVisible()


@pytest.mark.bounded
def test_work_with_a_long_name_fits_a_small_window(bar: StatusBar, qtbot: QtBot) -> None:
    bar.resize(1024, 28)
    bar.show_place(128.334, 51.884, 1.0)
    bar.show_crs("WGS 84 / UTM zone 52N (of the image)", "EPSG:32652")
    bar.show_work("Reading the attributes of " + "a layer with a long name " * 4, 0.5)
    (title,) = (label for label in bar.findChildren(QLabel) if label.text().startswith("Reading the attributes"))
    qtbot.waitUntil(title.isVisible)
    assert bar.minimumSizeHint().width() <= 1024
    assert title.toolTip() == tooltip(title.text())
