"""Keys of forms and panels: typing stays in the form, Enter goes to the next field, Esc goes back to the map.

The keyboard focus is always in sight: it leaves a panel whose tab goes behind another, returns at a click on that tab,
and never enters a field by itself. It leaves a choice, or a line that lists rows, when a click elsewhere closes the
list. Enter in a label into which a new mark has put the keyboard also goes back to the map.
"""

from __future__ import annotations

from functools import partial
from typing import override

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, SignalInstance
from PySide6.QtGui import QCursor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.fields import REFUSED, ChoiceField, LineField, TextField, take_back
from viewer.panels.widgets.form_page import FormPage, page_of
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.refusal import TYPED_IN, Refusal, refusals_in
from viewer.support.focus_filter import FocusFilter
from viewer.support.outside_words import copied_address, copied_service

_Modifier = Qt.KeyboardModifier
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
CLIPBOARD = (QKeySequence.StandardKey.Cut, QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste)
ERASE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_FILLED_IN = (*TYPED_IN, QAbstractSlider)
"""Widgets that a form is filled in with: letters typed in them must not reach the tools."""
type _Field = LineField | ChoiceField | TextField


class FormKeys(FocusFilter):
    """Filters the keys of all widgets in panels."""

    def __init__(
        self, canvas: QWidget, form_left: SignalInstance, tab_clicked: SignalInstance, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        form_left.connect(self._go_to_map)
        tab_clicked.connect(self._come_back)
        self._left: dict[str, QWidget] = {}
        """Field that had the focus in each panel now behind another tab, by the panel's name."""
        self._is_handing_on = False
        self._followed: set[str] = set()
        """Names of the panels whose tabs are followed."""

    @override
    def concerns(self, widget: QWidget) -> bool:
        return _panel_of(widget) is not None

    @override
    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        super()._moved(before, now)
        if self._is_clicked_away(before, now):
            QTimer.singleShot(0, self, self._go_to_map)  # once the list is closed
        panel = None if now is None else _panel_of(now)
        if panel is not None and panel.objectName() not in self._followed:
            self._followed.add(panel.objectName())
            panel.visibilityChanged.connect(partial(self._covered, panel))

    def _is_clicked_away(self, before: QWidget | None, now: QWidget | None) -> bool:
        """True where an open list was closed by a press outside it; an entry would be chosen by the release."""
        if now is None:
            return isinstance(before, Picker) and before.is_clicked_away
        box = now if isinstance(now, QComboBox) else now.parentWidget()
        if not isinstance(box, QComboBox) or (_panel_of(box) is None and box.window() is not self._canvas.window()):
            return False
        is_pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        return before is box.view() and is_pressed and not box.rect().contains(box.mapFromGlobal(QCursor.pos()))

    def _covered(self, panel: QDockWidget, is_visible: bool) -> None:
        """Move the focus to the map when its panel goes behind another tab: Qt would leave it there, out of sight."""
        focus = QApplication.focusWidget()
        if not is_visible and focus is not None and panel.isAncestorOf(focus):
            self._left[panel.objectName()] = focus
            self._go_to_map()

    def _come_back(self, panel: QDockWidget) -> None:
        """Give the focus back to the last field of a panel whose tab was clicked, once the panel is in front."""
        field = self._left.pop(panel.objectName(), None)
        if field is not None:
            QTimer.singleShot(0, self, partial(self._give_back, field))

    def _give_back(self, field: QWidget) -> None:
        if shiboken6.isValid(field) and field.isVisible() and field.isEnabled():
            field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_map(self) -> None:
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget) or self._is_handing_on:
            return False
        if event.type() == QEvent.Type.ShortcutOverride and (_is_typing(watched, event) or _is_copying(watched, event)):
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and not event.modifiers():
            return self._leave(watched, event)
        if event.type() == QEvent.Type.KeyPress and event.key() in ENTER:
            return self._go_on(watched, event)
        return False

    def _leave(self, watched: QWidget, event: QKeyEvent) -> bool:
        """Handle Esc: take back what was typed into the field, and go to the map. Undo brings the text again.

        Refused entries of other fields are taken back first, and the focus then stays. Widgets with a use of their own
        for Esc get it first. A list holds no typed text that could be refused.
        """
        page = None if isinstance(watched, QAbstractItemView) else page_of(watched)
        refused = [] if page is None else [refusal for refusal in refusals_in(page) if not _is_at(refusal, watched)]
        if refused:
            for refusal in refused:
                refusal.dismissed.emit()
            return True
        if isinstance(watched, LineField | ChoiceField | TextField | Picker):
            if isinstance(watched, Picker):
                watched.empty()
            else:
                take_back(watched)
            self._go_to_map()
            return True
        if _is_editor(watched):
            return False
        self._hand_on(watched, event)
        if not event.isAccepted():
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _go_on(self, watched: QWidget, event: QKeyEvent) -> bool:
        is_plain = not event.modifiers() & ~_Modifier.KeypadModifier
        is_entered = is_plain or bool(event.modifiers() & _Modifier.ControlModifier)
        wanted = is_entered if isinstance(watched, TextField) and not is_plain else is_plain
        page = page_of(watched)
        if page is None or not wanted or not isinstance(watched, LineField | ChoiceField | TextField):
            return False
        if isinstance(watched, TextField) and is_plain:
            return False  # a new line
        following = None if _leads_back(watched) else _next_field(watched, page)
        self._hand_on(watched, event)
        if shiboken6.isValid(watched):
            watched.flush()
            if watched.property(REFUSED):
                return True  # it is said why, and the field waits to be mended
            following = None if _leads_back(watched) else following
        # After what the commit brings about: a form may show its fields anew.
        QTimer.singleShot(0, self, lambda: self._begin(following))
        return True

    def _begin(self, field: _Field | None) -> None:
        if field is not None and shiboken6.isValid(field) and field.isVisible() and field.isEnabled():
            begin_typing(field)
        else:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hand_on(self, watched: QWidget, event: QKeyEvent) -> None:
        """Send a key on to the widget and its parents, past this filter."""
        self._is_handing_on = True
        event.ignore()
        QApplication.sendEvent(watched, event)
        self._is_handing_on = False


def _is_typing(watched: QWidget, event: QKeyEvent) -> bool:
    """True for a key that is typing in this widget, though a tool or a command uses it as well.

    Letters belong to the tools where nothing can be typed, such as on an empty part of a form. Keys that erase belong
    to the marks on the map only.
    """
    if page_of(watched) is None or event.modifiers() & ~(_Modifier.ShiftModifier | _Modifier.KeypadModifier):
        return False
    if event.key() in ERASE:
        return not isinstance(watched, QAbstractItemView)
    if isinstance(watched, QAbstractItemView):  # a number, or its sign, begins to edit a table of them
        return event.text().isprintable() and bool(event.text()) and not event.text().isalpha()
    takes_letters = isinstance(watched, _FILLED_IN) or event.key() == Qt.Key.Key_Space  # which presses a button
    return takes_letters and bool(event.text()) and event.text().isprintable()


def _is_copying(widget: QWidget, event: QKeyEvent) -> bool:
    """True for a clipboard key that is not meant for the map: marks are copied only there and in their list.

    An address on the web is meant for the map wherever no text can be pasted.
    """
    if not any(event.matches(key) for key in CLIPBOARD):
        return False
    if event.matches(QKeySequence.StandardKey.Paste) and not _is_text_pasted(widget) and _is_address_copied(widget):
        return False
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, SiteListPanel):
        parent = parent.parentWidget()
    return parent is None or not isinstance(widget, QAbstractItemView)


def _is_text_pasted(widget: QWidget) -> bool:
    """True for a field that takes a pasted text."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox):
        return not widget.isReadOnly()
    return False


def _is_address_copied(widget: QWidget) -> bool:
    """True where an address is on the clipboard that Add Imagery takes: where links are pasted as sources, only that of
    a service.
    """
    from viewer.panels.claims.evidence_drop import EvidenceDrop  # for start-up time: nothing is pasted yet

    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, QDockWidget):
        if parent.findChild(EvidenceDrop, options=Qt.FindChildOption.FindDirectChildrenOnly) is not None:
            return bool(copied_service())
        parent = parent.parentWidget()
    return bool(copied_address(is_sure=False))


def _panel_of(widget: QWidget) -> QDockWidget | None:
    parent: QWidget | None = widget
    while parent is not None and not isinstance(parent, QDockWidget):
        parent = parent.parentWidget()
    return parent


def _is_editor(widget: QWidget) -> bool:
    """True for the editor of an item in a list or a tree, which handles Esc itself."""
    viewport = widget.parentWidget()
    return viewport is not None and isinstance(viewport.parentWidget(), QAbstractItemView)


def _next_field(field: QWidget, page: FormPage) -> _Field | None:
    """The field after this one on its page, in the order of Tab; None after the last."""
    following = field.nextInFocusChain()
    while following is not None and following is not field and page.isAncestorOf(following):
        if isinstance(following, LineField | ChoiceField | TextField) and _can_type(following):
            return following
        following = following.nextInFocusChain()
    return None


def _leads_back(field: QWidget) -> bool:
    return isinstance(field, LineField) and field.leads_back


def _is_at(refusal: Refusal, widget: QWidget) -> bool:
    """True for a refusal at this field, or at a field that contains it."""
    return refusal.field is widget or (refusal.field is not None and refusal.field.isAncestorOf(widget))


def _can_type(field: _Field) -> bool:
    is_fixed = not isinstance(field, ChoiceField) and field.isReadOnly()
    return field.isVisible() and field.isEnabled() and not is_fixed
