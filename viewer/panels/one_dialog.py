"""Opens a dialog at most once: an open one is brought to the front instead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget


def show_once[D: QWidget](
    window: QWidget, kind: type[D], make: Callable[[], D], is_meant: Callable[[D], bool] = lambda _dialog: True
) -> D:
    """Bring a dialog of this class in `window` to the front, or `make` it where none is open.

    Where several of a class may be open, `is_meant` is true for the one that is wanted.
    """
    dialog = next(filter(is_meant, window.findChildren(kind)), None)
    if dialog is None:
        dialog = make()
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
    return dialog
