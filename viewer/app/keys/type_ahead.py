"""Letters typed in lists: they find an entry in dialogs and open choices; in a panel's lists the tools get them."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QDockWidget, QWidget

from viewer.panels.widgets.form_page import FormPage, page_of
from viewer.support.focus_filter import TAKES_LETTERS, FocusFilter

_Modifier = Qt.KeyboardModifier


class TypeAhead(FocusFilter):
    """Filters the letters and digits of lists and choices.

    Choices in forms keep all that is typed there; lists in forms keep digits.
    """

    @override
    def concerns(self, widget: QWidget) -> bool:
        return isinstance(widget, QAbstractItemView | QComboBox) and not widget.property(TAKES_LETTERS)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget) or not _is_letter(event):
            return False
        if _is_panels(watched) or (isinstance(watched, QAbstractItemView) and _is_in_form(watched, event)):
            return event.type() == QEvent.Type.KeyPress  # of no tool: nothing is chosen by it either
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return False


def _is_panels(widget: QWidget) -> bool:
    """True for a list or a closed choice of a panel outside its forms, where one click brings the keyboard.

    False for the list of an open choice, which is a window of its own.
    """
    if isinstance(widget, QComboBox) and widget.isEditable():
        return False
    parent: QWidget | None = widget
    while parent is not None and not (isinstance(parent, QDockWidget | FormPage) or parent.isWindow()):
        parent = parent.parentWidget()
    return isinstance(parent, QDockWidget)


def _is_in_form(view: QAbstractItemView, event: QKeyEvent) -> bool:
    """True for a letter, but not for a digit, in a list of a form: a digit may begin to edit a number."""
    page = page_of(view)
    return page is not None and page.window() is view.window() and event.text().isalpha()


def _is_letter(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~(_Modifier.ShiftModifier | _Modifier.KeypadModifier)
    return plain and event.text().isalnum()
