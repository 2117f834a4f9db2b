"""Picks a row by a typed part of its name, to link claims, sites and sources without a dialog.

A missing row can be made at once, by the last row of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import override

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QWidget

from layers.text.links import link_in
from viewer.panels.widgets.fields import left_to_form
from viewer.support.language.text import one_line

LONGEST_LIST = 20_000
MOST_MEASURED = 200
"""Most rows of the list that are measured for its width."""
_POPUP_EDGES_PX = 36
_UUID = int(Qt.ItemDataRole.UserRole)
_SEARCHED = _UUID + 1
"""Role of the text that is searched; the last row holds the typed text itself and so is always listed."""


class Picker(QLineEdit):
    """A line with a list of rows to link; Enter takes the first row.

    `picked` carries the uuid of the chosen row, `created` the text of a new one.
    """

    picked = Signal(str)
    created = Signal(str)
    let_go = Signal(str)
    """Emitted with typed text that was not entered, when the field begins to link other rows."""

    def __init__(
        self,
        offers: Callable[[], Iterable[tuple[str, str]]],
        prompt: str,
        name: str,
        new_row: Callable[[str], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`offers` gives (uuid, text) pairs, read again each time the line is entered; `name` is for screen readers.

        `new_row` gives the words of the row that makes a new one of the typed text; without it nothing new can be made.
        """
        super().__init__(parent)
        self._offers, self._new_row = offers, new_row
        self._about: frozenset[str] = frozenset()
        self.is_clicked_away = False
        """True while the focus leaves because the list was closed by a click elsewhere."""
        self._known: set[str] = set()
        self._new: QStandardItem | None = None
        self._model = QStandardItemModel(self)
        completer = QCompleter(self._model, self)
        completer.setCompletionRole(_SEARCHED)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        # queued, as Qt writes the chosen text into the line first
        completer.activated[QModelIndex].connect(self._empty, Qt.ConnectionType.QueuedConnection)  # type: ignore[index]
        self.setCompleter(completer)
        self._has_list = False
        """True once the list is made, as the line was entered: it takes as long as ten fields."""
        self.setPlaceholderText(prompt)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        self.textEdited.connect(self._offer_new)
        self.textEdited.connect(lambda _: QTimer.singleShot(0, self, self._widen))
        self.returnPressed.connect(self._entered)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.refresh()
        super().focusInEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        """Take the typed text on Tab, as on Enter, and go to the next widget unless the focus has moved already."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.take_typed()
            if self.window().focusWidget() is not self:
                event.accept()
                return True
        return super().event(event)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not left_to_form(event):
            super().dragEnterEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.text():
            self.completer().setCompletionPrefix("")
            self.completer().complete()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a pasted link without Enter."""
        self._make_list()
        if event.matches(QKeySequence.StandardKey.Paste) and self._new_row is not None and not self.text():
            link = link_in(QGuiApplication.clipboard().text())
            if link:
                self.setText(link)
                self.take_typed()
                return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Widen the list to its texts, as far as the window reaches; Qt makes it as narrow as the line.

        A click elsewhere closes it, and takes the focus from the line.
        """
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            QTimer.singleShot(0, self, self._widen)  # once the list holds what was typed
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            here = event.globalPosition().toPoint()
            places = [widget.rect().contains(widget.mapFromGlobal(here)) for widget in (self, self._popup())]
            if not any(places):
                QTimer.singleShot(0, self, self._leave)  # once the list is closed
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        self.is_clicked_away = True
        self.clearFocus()
        self.is_clicked_away = False

    def _widen(self) -> None:
        popup, window = self._popup(), self.window()
        if not popup.isVisible():
            return
        metrics, model = popup.fontMetrics(), self.completer().completionModel()
        rows = min(model.rowCount(), MOST_MEASURED)
        texts = (str(model.index(row, 0).data()) for row in range(rows))
        needed = max(map(metrics.horizontalAdvance, texts), default=0) + _POPUP_EDGES_PX
        width = max(self.width(), min(needed, window.width() - _POPUP_EDGES_PX))
        right = window.mapToGlobal(QPoint(window.width(), 0)).x()
        left = min(self.mapToGlobal(QPoint()).x(), right - width)
        if (popup.x(), popup.width()) != (left, width):
            popup.setGeometry(left, popup.y(), width, popup.height())

    def show_for(self, *uuids: str) -> None:
        """Make links of these rows from now on; typed text that was not entered for others is dropped."""
        if self._about != frozenset(uuids):
            self._about = frozenset(uuids)
            if typed := self.text().strip():
                self.let_go.emit(typed)
            self.empty()

    def refresh(self) -> None:
        """Read the rows that can be linked now."""
        self._make_list()
        self._model.clear()
        self._known, self._new = set(), None
        for count, (uuid, text) in enumerate(self._offers()):
            if count == LONGEST_LIST:
                break
            shown = one_line(text)
            self._known.add(shown.casefold())
            item = QStandardItem(shown)
            item.setData(uuid, _UUID)
            item.setData(shown, _SEARCHED)
            self._model.appendRow(item)
        self._offer_new(self.text())

    def take_typed(self) -> None:
        """Take the first row that is listed for the typed text, if there is one."""
        if not self.text().strip():
            return
        completer = self.completer()
        self._offer_new(self.text())
        completer.setCompletionPrefix(self.text())
        self._close_list()
        listed = completer.completionModel()
        if listed.rowCount():
            self._activated(listed.index(0, 0))

    def empty(self) -> None:
        """Close the list, and drop the typed text."""
        self._close_list()
        self._empty()

    def _empty(self) -> None:
        """Clear the line; undo is the case's from now on, and restores no typing."""
        self.setText("")

    def _offer_new(self, text: str) -> None:
        """Keep the last row up to date with the typed text; it is there for a name that no row has yet."""
        wanted = text.strip()
        if self._new_row is None:
            return
        if not wanted or one_line(wanted).casefold() in self._known:
            if self._new is not None:
                self._model.removeRow(self._new.row())
                self._new = None
            return
        if self._new is None:
            self._new = QStandardItem()
            self._new.setData(text, _SEARCHED)
            self._model.appendRow(self._new)
        self._new.setText(one_line(self._new_row(wanted)))
        self._new.setData(text, _SEARCHED)

    def _entered(self) -> None:
        popup = self._popup()
        if not (popup.isVisible() and popup.currentIndex().isValid()):  # else the completer takes that row
            self.take_typed()

    def _make_list(self) -> None:
        if not self._has_list:
            self._has_list = True
            self._popup().installEventFilter(self)

    def _close_list(self) -> None:
        if self._has_list:
            self._popup().hide()

    def _popup(self) -> QAbstractItemView:
        popup = self.completer().popup()
        assert popup is not None, "a completer that pops up has a list"
        return popup

    def _activated(self, index: QModelIndex) -> None:
        uuid, typed = index.data(_UUID), str(index.data(_SEARCHED)).strip()
        self._empty()  # it is taken: whatever is shown by that lets nothing go
        if uuid:
            self.picked.emit(uuid)
        else:
            self.created.emit(typed)
