"""Marks dialogs that are used beside the map: letters typed on the map still run commands while one is open."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

_PROPERTY = "isCompanion"


def make_companion(dialog: QDialog) -> None:
    """Mark a dialog as one that is used beside the map."""
    dialog.setProperty(_PROPERTY, True)


def is_companion(dialog: QDialog) -> bool:
    return bool(dialog.property(_PROPERTY))
