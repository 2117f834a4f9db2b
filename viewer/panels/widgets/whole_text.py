"""The whole text of a field that is too narrow for it, on lines below."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from viewer.support.language.text import plain

ROOM_PX = 40
"""Width of a field that its frame and its arrow take, in logical pixels."""


class WholeText(QLabel):
    """The whole text of a field; hidden while the field has room for it."""

    def __init__(self, field: QComboBox, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.setObjectName("muted")
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()
        field.installEventFilter(self)
        field.currentTextChanged.connect(self.look)
        field.editTextChanged.connect(self.look)

    def look(self) -> None:
        """Show the text where the field cuts it."""
        text = plain(self._field.currentText())
        is_cut = self._field.fontMetrics().horizontalAdvance(text) > self._field.width() - ROOM_PX
        self.setText(text if is_cut else "")
        self.setVisible(is_cut)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.look()
        return False
