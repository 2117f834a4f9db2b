"""No choice, number or slider anywhere in the program is changed by a wheel that only passes over it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import viewer
from viewer.support import still_boxes

_RESTLESS = re.compile(r"\bQ(?:ComboBox|SpinBox|DoubleSpinBox|DateEdit|DateTimeEdit|TimeEdit|Slider|Dial)\(")


def test_every_box_and_slider_keeps_still() -> None:
    rooms = [path for path in Path(viewer.__file__).parent.rglob("*.py") if path != Path(still_boxes.__file__)]
    restless = [path.name for path in rooms if _RESTLESS.search(path.read_text())]
    assert not restless, "take those of still_boxes"
    subclasses = re.compile(r"^class \w+\(Q(?:ComboBox|SpinBox|DoubleSpinBox|DateEdit|Slider)\)", re.MULTILINE)
    assert not [path.name for path in rooms if subclasses.search(path.read_text())]


def test_a_text_too_long_for_its_box_ends_in_dots(qtbot: QtBot) -> None:
    long, cut = still_boxes.ComboBox(), still_boxes.ComboBox()
    long.addItem("Newslooks, carrying the Associated Press")
    for box in (long, cut):
        qtbot.addWidget(box)
        box.resize(150, 26)
    whole = long.currentText()
    for letters in range(5, len(whole)):
        cut.clear()
        cut.addItem(f"{whole[:letters].rstrip()}…")
        if cut.grab().toImage() == long.grab().toImage():
            break
    # what stands in the box is shorter than the box
    assert cut.fontMetrics().horizontalAdvance(cut.currentText()) < 150 - 15


def test_a_box_to_type_in_has_an_edge_in_dark_colours(qtbot: QtBot) -> None:
    box = still_boxes.ComboBox()
    qtbot.addWidget(box)
    box.setEditable(True)
    box.resize(150, 26)
    dark = box.palette()
    for role, color in ((QPalette.ColorRole.Window, "#202226"), (QPalette.ColorRole.Base, "#16181c")):
        dark.setColor(role, QColor(color))
    dark.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text, QColor("#70757c"))
    box.setPalette(dark)
    picture = box.grab().toImage()
    edge = [picture.pixelColor(0, 13), picture.pixelColor(60, 0), picture.pixelColor(60, 25)]
    assert all(color.lightness() > 80 for color in edge)


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)  # lists offscreen
@pytest.mark.parametrize("is_editable", [False, True])
@pytest.mark.parametrize(("key", "neighbour"), [(Qt.Key.Key_Tab, 2), (Qt.Key.Key_Backtab, 0)])
def test_tab_in_an_open_list_takes_the_entry_and_goes_on(
    qtbot: QtBot, key: Qt.Key, neighbour: int, is_editable: bool
) -> None:
    window, box = QWidget(), still_boxes.ComboBox()
    qtbot.addWidget(window)
    column = [QLineEdit(), box, QLineEdit()]
    layout = QVBoxLayout(window)
    for widget in column:
        layout.addWidget(widget)
    box.addItems(["likely", "very likely", "almost certain"])
    box.setEditable(is_editable)
    chosen: list[int] = []
    box.activated.connect(chosen.append)
    window.show()
    qtbot.waitActive(window)
    box.setFocus()
    for _ in range(2):  # the list is told once, however often it is opened
        chosen.clear()
        box.setCurrentIndex(0)
        box.setFocus()
        box.showPopup()
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
        QTest.keyClick(box.view(), key)
        assert not box.view().isVisible()
        assert (chosen, box.currentText()) == ([1], "very likely")
        qtbot.waitUntil(lambda: window.focusWidget() is column[neighbour])
