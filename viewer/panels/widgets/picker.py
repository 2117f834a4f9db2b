"""Pick a row by typing part of its name: how claims, sites and sources are linked without a dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import override

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from viewer.support.text import one_line

LONGEST_LIST = 20_000


class Picker(QLineEdit):
    """A line that lists what may be linked and emits `picked` with the uuid of the one chosen."""

    picked = Signal(str)

    def __init__(
        self, offers: Callable[[], Iterable[tuple[str, str]]], prompt: str, name: str, parent: QWidget | None = None
    ) -> None:
        """`offers` gives (uuid, text) pairs, asked anew each time the line is entered; `name` is for screen readers."""
        super().__init__(parent)
        self._offers = offers
        self._model = QStandardItemModel(self)
        completer = QCompleter(self._model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        # queued, as Qt writes the chosen text into the line first
        completer.activated[QModelIndex].connect(self.clear, Qt.ConnectionType.QueuedConnection)  # type: ignore[index]
        self.setCompleter(completer)
        self.setPlaceholderText(prompt)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.refresh()
        super().focusInEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.text():
            self.completer().setCompletionPrefix("")
            self.completer().complete()

    def refresh(self) -> None:
        """Read what may be linked now."""
        self._model.clear()
        for count, (uuid, text) in enumerate(self._offers()):
            if count == LONGEST_LIST:
                break
            item = QStandardItem(one_line(text))
            item.setData(uuid, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)

    def _activated(self, index: QModelIndex) -> None:
        self.picked.emit(index.data(Qt.ItemDataRole.UserRole))
