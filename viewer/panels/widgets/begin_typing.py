"""Focuses a field: scrolls it into sight and selects its text."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QWidget


def begin_typing(field: QWidget) -> None:
    """Focus a field of a form, select its text, and scroll it into sight, also where its form is only now laid out."""
    field.setFocus(Qt.FocusReason.TabFocusReason)  # a line selects its text for this reason
    if isinstance(field, QPlainTextEdit):
        field.selectAll()
    _show(field)
    QTimer.singleShot(0, field, lambda: _show(field))


def _show(field: QWidget) -> None:
    parent = field.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None:
        inside = parent.widget()
        layout = inside.layout() if inside is not None else None
        if layout is not None:
            layout.activate()
        parent.ensureWidgetVisible(field, 0, 20)
