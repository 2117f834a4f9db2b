"""Follows the tab bars that Qt makes for stacked panels, and names them for screen readers."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QMainWindow, QTabBar
from shiboken6 import isValid

_Kind = QEvent.Type


class TabBars(QObject):
    """The tab bars of one window, as they come and go.

    It does not use `findChildren`: Qt makes new bars with every arrangement, and the Python wrapper of each bar would
    live as long as the window.
    """

    chosen = Signal(str)
    """The title of a tab that is in front now."""
    pressed = Signal(str)
    """The title of a tab that was clicked, in front or not."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._bars: list[QTabBar] = []
        window.installEventFilter(self)

    @property
    def bars(self) -> list[QTabBar]:
        """Bars that still exist: the window may have deleted one before it said so."""
        self._bars = [bar for bar in self._bars if isValid(bar)]
        return self._bars

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (_Kind.ChildPolished, _Kind.ChildRemoved) and isinstance(event, QChildEvent):
            child = event.child()
            if event.type() == _Kind.ChildRemoved:
                self._bars = [bar for bar in self.bars if bar is not child]
            elif isinstance(child, QTabBar) and not any(bar is child for bar in self.bars):
                self._take_up(child)
        return False

    def _take_up(self, bar: QTabBar) -> None:
        self._bars = [*self.bars, bar]
        bar.setAccessibleName(self.tr("Panels"))
        # All are in sight. Names that are long lose their middle, as they differ at their ends: they are whole in
        # their tooltips.
        bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        bar.setUsesScrollButtons(False)
        bar.currentChanged.connect(self._tell_chosen)
        bar.tabBarClicked.connect(self._tell_pressed)

    def _tell_chosen(self, at: int) -> None:
        bar = self.sender()
        if isinstance(bar, QTabBar):
            self.chosen.emit(bar.tabText(at))

    def _tell_pressed(self, at: int) -> None:
        bar = self.sender()
        if isinstance(bar, QTabBar):
            self.pressed.emit(bar.tabText(at))
