"""The field for the correction that a reissued product prints in its head."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from viewer.commands.products import LONGEST_REASON
from viewer.panels.widgets.form_page import heading, muted

_ROWS = 4


class CorrectionField(QWidget):
    """The field for a correction, hidden for a first version. It offers the changes of the case, and can be edited."""

    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Correction"))
        self.text.setPlaceholderText(self.tr("What the version before had wrong"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(_ROWS * self.text.fontMetrics().lineSpacing() + 12)
        self.text.textChanged.connect(lambda: self.typed.emit(self.text.toPlainText()[:LONGEST_REASON]))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading(self.tr("Correction")))
        layout.addWidget(self.text)
        layout.addWidget(
            muted(self.tr("Printed in the head of the page; empty, it says what has changed in the case."))
        )
        self.hide()

    def show_line(self, line: str | None) -> None:
        """Show the line, unless the analyst is typing in it. None hides the field: there is nothing to correct."""
        self.setVisible(line is not None)
        if line is not None and not self.text.hasFocus() and " ".join(self.text.toPlainText().split()) != line:
            blocked = QSignalBlocker(self.text)
            self.text.setPlainText(line)
            del blocked
