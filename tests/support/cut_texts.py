"""Tells whether a label or a button is too small for its text."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget


def is_cut(widget: QWidget) -> bool:
    """Whether it is smaller than its text."""
    if isinstance(widget, QLabel) and widget.text() and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height()
    if isinstance(widget, QLabel) and widget.text():
        return widget.minimumSizeHint().width() > widget.width()
    return isinstance(widget, QPushButton | QCheckBox) and widget.sizeHint().width() > widget.width()
