"""Installs the key filters of a window: for forms, lists, buttons and text fields, and for comparisons."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from viewer.app.keys.button_keys import ButtonKeys
from viewer.app.keys.form_keys import FormKeys
from viewer.app.keys.held_blink import HeldBlink
from viewer.app.keys.type_ahead import TypeAhead
from viewer.app.keys.undo_keys import UndoKeys
from viewer.panels.comparisons.comparison_desk import ComparisonDesk


def follow_keys(
    window: QWidget,
    canvas: QWidget,
    form_left: SignalInstance,
    tab_clicked: SignalInstance,
    comparisons: ComparisonDesk,
) -> None:
    """Install all key filters for the life of the window."""
    HeldBlink(comparisons, window)
    TypeAhead(window)
    FormKeys(canvas, form_left, tab_clicked, window)
    ButtonKeys(window)
    UndoKeys(window)
