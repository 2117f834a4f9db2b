"""Dialogs beside the map, of which a thing has one at most."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget


def show_once[D: QWidget](
    window: QWidget, kind: type[D], make: Callable[[], D], is_meant: Callable[[D], bool] = lambda _one: True
) -> D:
    """Bring the window's dialog of this kind to the front, the one that `is_meant` where there may be several; one
    that is not open yet is made.
    """
    dialog = next(filter(is_meant, window.findChildren(kind)), None)
    if dialog is None:
        dialog = make()
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
