"""The place of the comparison bar below the map; the bar is loaded and made with the first comparison."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.comparisons.comparison_desk import ComparisonDesk

if TYPE_CHECKING:
    from viewer.panels.comparisons.comparison_bar import ComparisonBar


class BarPlace(QWidget):
    """Holds the bar, and takes no room without one."""

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
        """Focus the bar."""
        self.bar.begin()

    def _follow(self) -> None:
        if self._desk.spec is not None:
            _made = self.bar
