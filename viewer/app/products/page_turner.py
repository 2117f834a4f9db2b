"""The row below the preview that shows the number of the page and turns to the others."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from viewer.panels.widgets.icon_button import IconButton


class PageTurner(QWidget):
    """Turns pages; hidden for a single page. `wanted`: number of pages to go forward, or back where negative."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.back_button = IconButton("back", self.tr("Previous page (Page Up in the preview)"))
        self.forward_button = IconButton("forward", self.tr("Next page (Page Down in the preview)"))
        self.label = QLabel()
        self.back_button.clicked.connect(lambda: self.wanted.emit(-1))
        self.forward_button.clicked.connect(lambda: self.wanted.emit(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        for widget in (self.back_button, self.label, self.forward_button):
            row.addWidget(widget)
        row.addStretch(1)
        self.hide()

    def show_page(self, page: int, pages: int) -> None:
        """Show the number of the present page and the number of all."""
        self.setVisible(pages > 1)
        self.label.setText(self.tr("Page {0} of {1}").format(page + 1, pages))
        self.back_button.setEnabled(page > 0)
        self.forward_button.setEnabled(page + 1 < pages)
