"""A push button no wider than its text needs: the style makes each at least 80 pixels wide, too much below a list."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton

_EDGES_PX = 18
"""Left and right of the text, together."""


class CompactButton(QPushButton):
    """For rows of buttons in panels, so that these can be narrow."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + _EDGES_PX, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
