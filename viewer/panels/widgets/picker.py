"""Pick a row by typing part of its name: how claims, sites and sources are linked without a dialog.

What is not there yet can be made on the spot: the last row of the list says so.
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
from viewer.support.text import one_line

LONGEST_LIST = 20_000
MOST_MEASURED = 200
"""Rows of the list that are looked at for its width."""
_POPUP_EDGES_PX = 36
_UUID = int(Qt.ItemDataRole.UserRole)
_SEARCHED = _UUID + 1
"""The text in which the typed text is looked for; the last row holds the typed text itself and is always listed."""


class Picker(QLineEdit):
    """A line that lists what may be linked; Enter takes the first row listed.

    `picked` tells the uuid of the one chosen, `created` the text of one that is to be made.
    """

    picked = Signal(str)
    created = Signal(str)
    let_go = Signal(str)
    """The text that was typed, and not taken, when other rows are shown."""

    def __init__(
        self,
        offers: Callable[[], Iterable[tuple[str, str]]],
        prompt: str,
        name: str,
        new_row: Callable[[str], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`offers` gives (uuid, text) pairs, asked anew each time the line is entered; `name` is for screen readers.

        `new_row` says how the row reads that makes what was typed; without it nothing new can be made here.
        """
        super().__init__(parent)
        self._offers, self._new_row = offers, new_row
        self._about: frozenset[str] = frozenset()
        self.is_clicked_away = False
        """True while the keyboard leaves because the list was closed by a click elsewhere."""
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
        self._popup().installEventFilter(self)
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
        """Tab takes what was typed, as Enter does, and goes on where nothing else has led the keyboard further."""
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
        """A link that is pasted needs no Enter."""
        if event.matches(QKeySequence.StandardKey.Paste) and self._new_row is not None and not self.text():
            link = link_in(QGuiApplication.clipboard().text())
            if link:
                self.setText(link)
                self.take_typed()
                return
        super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The list is as wide as its texts need, as far as the window reaches; Qt makes it as narrow as the line.

        A click elsewhere closes it, and takes the keyboard from the line.
        """
        if event.type() in (QEvent.Type.Show, QEvent.Type.Resize):
            QTimer.singleShot(0, self, self._widen)  # once the list holds what was typed
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            here = event.globalPosition().toPoint()
            places = [one.rect().contains(one.mapFromGlobal(here)) for one in (self, self._popup())]
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
        """Link to these rows from here on; what was typed for others, and not taken, goes and is linked to none."""
        if self._about != frozenset(uuids):
            self._about = frozenset(uuids)
            if typed := self.text().strip():
                self.let_go.emit(typed)
            self.empty()

    def refresh(self) -> None:
        """Read what may be linked now."""
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
        """Take the first row that is listed for the text in the line; nothing is taken for none."""
        if not self.text().strip():
            return
        completer = self.completer()
        self._offer_new(self.text())
        completer.setCompletionPrefix(self.text())
        self._popup().hide()
        listed = completer.completionModel()
        if listed.rowCount():
            self._activated(listed.index(0, 0))

    def empty(self) -> None:
        """Close the list, and take nothing of what was typed."""
        self._popup().hide()
        self._empty()

    def _empty(self) -> None:
        """Begin anew: undo is the case's from here on, and brings no typing back."""
        self.setText("")

    def _offer_new(self, text: str) -> None:
        """Keep the last row in step with the text: there for a name that no row has yet."""
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
