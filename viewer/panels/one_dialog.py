"""Shows dialogs beside the map, at most one of a kind or for a thing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget


def show_once[D: QWidget](
    window: QWidget, kind: type[D], make: Callable[[], D], is_meant: Callable[[D], bool] = lambda _one: True
) -> D:
    """Bring the window's dialog of this kind to the front, or make it.

    Where there may be several, it is the one for which `is_meant` is true.
    """
    dialog = next(filter(is_meant, window.findChildren(kind)), None)
    if dialog is None:
        dialog = make()
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
