"""A part of a form under a heading that folds it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from viewer.panels.widgets.icon_button import IconButton


def unfold_to(widget: QWidget) -> None:
    """Unfold all parts around a widget."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, FoldSection):
            parent.set_folded(False)
        parent = parent.parentWidget()


class FoldSection(QWidget):
    """A part of a form. `content` is its layout; its heading is a button, for mouse and keyboard."""

    def __init__(self, title: str, *, folded: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = IconButton("chevron_down", title)
        self.header.setObjectName("sectionHeader")
        self.header.setText(title)
        self.header.setToolTip("")  # its text says it
        self.header.setCheckable(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.body = QWidget(self)
        self.content = QVBoxLayout(self.body)
        self.content.setContentsMargins(0, 0, 0, 4)
        self.content.setSpacing(5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.header)
        layout.addWidget(self.body)
        self._was_chosen = False
        self.header.toggled.connect(self._toggled)
        self.header.clicked.connect(self._choose)
        self.set_folded(folded)
        self._toggled(not folded)

    @property
    def is_folded(self) -> bool:
        return not self.header.isChecked()

    def set_folded(self, folded: bool) -> None:
        self.header.setChecked(not folded)

    def offer(self, *, is_open: bool) -> None:
        """Fold or unfold the part, unless the analyst has chosen its state."""
        if not self._was_chosen:
            self.set_folded(not is_open)

    def _choose(self) -> None:
        self._was_chosen = True

    def _toggled(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
        self.header.show_icon("chevron_down" if is_open else "chevron_right")
