"""Dialogs for use beside the map: they stay open while marks are drawn, and ask nothing that blocks."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

_PROPERTY = "isCompanion"


def make_companion(dialog: QDialog) -> None:
    """Let letters typed on the map run commands while this dialog is open."""
    dialog.setProperty(_PROPERTY, True)


def is_companion(dialog: QDialog) -> bool:
    return bool(dialog.property(_PROPERTY))
