"""A card of the start page: a button with a title and, below it, a line of detail."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from viewer.support.icons import line_icon
from viewer.support.language.text import tooltip

ICON_PX = 22
BESIDE_PX = 4
"""Distance between the icon and the words, besides the style's own, in logical pixels."""
_INDENT = "\u2002"


class StartCard(QPushButton):
    """The card. Each line ends with … where the card is too narrow, and the tooltip has it whole."""

    def __init__(self, title: str, detail: str, icon: str, parent: QWidget, tip: str = "") -> None:
        """`tip` is the tooltip, where it is not the two lines."""
        super().__init__(QIcon(), "", parent)
        self._lines, self._icon_name, self._tip = (title, detail), icon, tip
        self.setText("\n".join(self._lines).replace("&", "&&"))
        self.setObjectName("card")
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)
        self.setToolTip(tooltip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.recolor()

    def recolor(self) -> None:
        """Draw the icon again after a change of colours."""
        self.setIcon(line_icon(self._icon_name, self.palette()))

    def shown_lines(self) -> list[str]:
        """The lines as they are painted."""
        option = QStyleOptionButton()
        QPushButton.initStyleOption(self, option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        room -= ICON_PX + BESIDE_PX
        metrics, elide = self.fontMetrics(), Qt.TextElideMode.ElideRight
        return [metrics.elidedText(f"{_INDENT}{line}", elide, room) for line in self._lines]

    @override
    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = "\n".join(self.shown_lines()).replace("&", "&&")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_whole = all(map(str.endswith, self.shown_lines(), self._lines))
        self.setToolTip(tooltip(self._tip or ("" if is_whole else "\n".join(self._lines))))
