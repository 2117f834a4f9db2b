"""Texts of several lines are as tall as whole lines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.panels.widgets.fields import TextField


@pytest.mark.parametrize("sheet", ["", "QPlainTextEdit { border: 1px solid; padding: 2px 4px }"])
def test_no_line_is_cut_through_at_the_bottom(qtbot: QtBot, sheet: str) -> None:
    for lines in (1, 3, 20):
        field = TextField(1, most_lines=4)
        qtbot.addWidget(field)
        field.setStyleSheet(sheet)
        field.show_value("\n".join(["Word"] * lines))
        field.show()
        qtbot.waitExposed(field)
        shown = min(lines, 4) * field.fontMetrics().lineSpacing()
        rest = field.viewport().height() - shown - field.document().documentMargin()
        assert 0 <= rest <= field.document().documentMargin(), lines


def test_a_text_that_needs_a_bar_is_wrapped_once_and_rests(qtbot: QtBot) -> None:
    field = TextField(1, most_lines=4)
    qtbot.addWidget(field)
    field.resize(200, 100)
    field.show_value("Words of a long quotation, " * 20)
    field.show()
    qtbot.waitExposed(field)
    qtbot.wait(20)
    changed: list[object] = []
    field.document().documentLayout().documentSizeChanged.connect(changed.append)
    qtbot.wait(30)
    assert field.verticalScrollBar().isVisible()
    assert changed == []


def test_the_wheel_scrolls_the_form_and_a_long_text_only_while_that_is_in_use(qtbot: QtBot) -> None:
    form, line, field = QWidget(), QLineEdit(), TextField(1, most_lines=4)
    qtbot.addWidget(form)
    layout = QVBoxLayout(form)
    layout.addWidget(line)
    layout.addWidget(field)
    form.resize(200, 140)
    field.show_value("Words of a long quotation, " * 20)
    form.show()
    line.setFocus()
    qtbot.waitUntil(lambda: line.hasFocus() and field.verticalScrollBar().isVisible())
    assert not turned(field).isAccepted()
    assert field.verticalScrollBar().value() == 0
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    turned(field)
    assert field.verticalScrollBar().value() > 0


def turned(field: TextField) -> QWheelEvent:
    """The event of a wheel that was turned down over the text."""
    at = QPointF(field.viewport().rect().center())
    down, none = QPoint(0, -120), Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, field.mapToGlobal(at), QPoint(), down, Qt.MouseButton.NoButton, none, phase, False)
    QApplication.sendEvent(field.viewport(), event)
    return event
