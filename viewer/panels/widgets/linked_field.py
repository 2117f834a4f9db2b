"""A field that links one row of the case: a picker without a link, else the row's name, with buttons to open and
unlink.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.picker import Picker
from viewer.support.language.text import one_line, tooltip
from viewer.support.plain_label import plain_label


class LinkedField(QWidget):
    """The field.

    `picked` carries the uuid of a row, `created` the text of a new one; `opened` and `cut` are the buttons'.
    """

    picked = Signal(str)
    created = Signal(str)
    opened = Signal()
    cut = Signal()

    def __init__(self, picker: Picker, parent: QWidget | None = None) -> None:
        """`picker` offers the rows; its name is the kind of link."""
        super().__init__(parent)
        name = picker.accessibleName()
        self.setAccessibleName(name)
        self.picker = picker
        self.picker.picked.connect(self.picked)
        self.picker.created.connect(self.created)
        self.label = plain_label()
        self.label.setWordWrap(True)
        self.open_button = IconButton("forward", self.tr("Show it: %1").replace("%1", name))
        self.cut_button = IconButton("close", self.tr("Take it away: %1").replace("%1", name))
        self.open_button.clicked.connect(self.opened)
        self.cut_button.clicked.connect(self._cut)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.picker, 1)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.open_button)
        layout.addWidget(self.cut_button)
        self.setFocusProxy(self.picker)
        self.show_linked("")

    def show_linked(self, text: str) -> None:
        """Show the name of the linked row; empty text shows the picker."""
        self.label.setText(one_line(text, 120))
        self.label.setToolTip(tooltip(one_line(text)))
        self.picker.setVisible(not text)
        for widget in (self.label, self.open_button, self.cut_button):
            widget.setVisible(bool(text))

    def _cut(self) -> None:
        self.cut.emit()
        if self.picker.isVisible():
            self.picker.setFocus()  # the button that had the keyboard is gone
