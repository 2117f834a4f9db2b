"""A long name wraps where it must and is copied as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from viewer.panels.widgets.copy_label import CopyLabel
from viewer.support.language.text import BREAK

PRODUCT = "S2B_MSIL2A_20210711T022549_N0500_R046_T52UDC_20230131T081526"


@pytest.fixture
def label(qtbot) -> CopyLabel:
    label = CopyLabel(PRODUCT)
    qtbot.addWidget(label)
    label.show()
    return label


def test_it_needs_no_more_width_than_its_longest_part(label: CopyLabel) -> None:
    assert label.minimumSizeHint().width() < label.fontMetrics().horizontalAdvance(PRODUCT) / 2


def test_the_clipboard_gets_the_text_without_breaks(label: CopyLabel, qtbot) -> None:
    label.setSelection(0, 5)
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "S2B_"
    assert BREAK in QLabel.text(label), "what is shown may break"
    assert label.text() == PRODUCT
    label.setSelection(0, 0)
    assert label.copied() == PRODUCT


def test_it_is_plain_text(qtbot) -> None:
    label = CopyLabel("<b>bold</b>\u202e")
    qtbot.addWidget(label)
    assert label.copied() == "<b>bold</b>"
    assert label.textFormat() == Qt.TextFormat.PlainText
