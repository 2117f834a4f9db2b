"""The place of the comparison bar below the map: the bar is loaded and made when images are compared the first time."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.comparisons.comparison_desk import ComparisonDesk

if TYPE_CHECKING:
    from viewer.panels.comparisons.comparison_bar import ComparisonBar


class BarPlace(QWidget):
    """Takes no room while there is no bar."""

    keyboard_left = Signal()
    """Emitted as `keyboard_left` of the bar."""

    def __init__(self, desk: ComparisonDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        desk.shown_changed.connect(self._follow)

    @cached_property
    def bar(self) -> ComparisonBar:
        from viewer.panels.comparisons.comparison_bar import ComparisonBar  # for start-up time: see above

        made = ComparisonBar(self._desk, self)
        made.keyboard_left.connect(self.keyboard_left)
        self._room.addWidget(made)
        return made

    def begin(self) -> None:
        """Give the keyboard to the bar."""
        self.bar.begin()

    def _follow(self) -> None:
        if self._desk.spec is not None:
            _made = self.bar
