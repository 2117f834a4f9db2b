"""Follows the tab bars that Qt makes for stacked panels, and names them for screen readers."""

from __future__ import annotations

from functools import partial
from typing import override

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QTabBar
from shiboken6 import isValid

_Kind = QEvent.Type
LEAST_SHARE, SHORT_LETTERS = 0.6, 9
"""Least share of a title's width that its first and last letters take where its middle is left out, and the letters
of a title that is never cut.
"""
SLACK_PX = 4
"""Room to spare for other words: what Qt measures for a title may differ, and two titles would change for ever."""
_FITTED = "fittedFor"
"""Dynamic property of a bar: what its titles were last fitted to."""


class TabBars(QObject):
    """The tab bars of one window, as they come and go.

    It does not use `findChildren`: Qt makes new bars with every arrangement, and the Python wrapper of each bar would
    live as long as the window.
    """

    chosen = Signal(str)
    """The title of a tab that is in front now."""
    pressed = Signal(str)
    """The title of a tab that was clicked, in front or not."""
    fitted = Signal()
    """Emitted when the titles of a bar were fitted to a width, or to other titles."""

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
        elif event.type() == _Kind.Paint and isinstance(watched, QTabBar):
            self._fit_later(watched)  # it is painted after every change of its size, its tabs and their titles
        return False

    def _take_up(self, bar: QTabBar) -> None:
        self._bars = [*self.bars, bar]
        bar.setAccessibleName(self.tr("Panels"))
        bar.installEventFilter(self)
        _fit(bar)
        bar.currentChanged.connect(self._tell_chosen)
        bar.tabBarClicked.connect(self._tell_pressed)

    def _fit_later(self, bar: QTabBar) -> None:
        if bar.property(_FITTED) != _needs(bar):
            QTimer.singleShot(0, bar, partial(self._fit_now, bar))

    def _fit_now(self, bar: QTabBar) -> None:
        _fit(bar)
        self.fitted.emit()

    def has_room(self, title: str, words: str) -> bool:
        """True where words in place of the title of a tab leave the other tabs of its bar whole, or it has no tab."""
        for bar in self.bars:
            if title in (bar.tabText(at) for at in range(bar.count()) if bar.isTabVisible(at)):
                measured = bar.fontMetrics().horizontalAdvance
                needed_px = bar.sizeHint().width() + measured(words) - measured(title)
                return needed_px + (SLACK_PX if words != title else 0) <= bar.width()
        return True

    def _tell_chosen(self, at: int) -> None:
        bar = self.sender()
        if isinstance(bar, QTabBar):
            self.chosen.emit(bar.tabText(at))

    def _tell_pressed(self, at: int) -> None:
        bar = self.sender()
        if isinstance(bar, QTabBar):
            self.pressed.emit(bar.tabText(at))


def _needs(bar: QTabBar) -> str:
    """All that decides how the titles of a bar fit: its width, and the titles."""
    return "\n".join((str(bar.width()), *(bar.tabText(at) for at in range(bar.count()))))


def _fit(bar: QTabBar) -> None:
    """Keep all tabs in sight where their titles can be read without their middles; else show whole ones, and scroll.

    Titles differ at their ends, and a tooltip has each of them whole.
    """
    bar.setProperty(_FITTED, _needs(bar))
    bar.setElideMode(Qt.TextElideMode.ElideMiddle)
    bar.setUsesScrollButtons(False)
    if _is_crowded(bar):
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setUsesScrollButtons(True)


def _is_crowded(bar: QTabBar) -> bool:
    """True where so little is left of a title that it cannot be read: “S…s”."""
    if bar.width() >= bar.sizeHint().width():
        return False
    shown = [at for at in range(bar.count()) if bar.isTabVisible(at)]
    wide = [bar.fontMetrics().horizontalAdvance(bar.tabText(at)) for at in shown]
    edges = (bar.sizeHint().width() - sum(wide)) / max(len(wide), 1)
    dots = bar.fontMetrics().horizontalAdvance("… ")
    rooms = [bar.tabRect(at).width() - edges for at in shown]
    return any(
        room < title - 1 and (len(bar.tabText(at)) <= SHORT_LETTERS or room - dots < LEAST_SHARE * title)
        for at, room, title in zip(shown, rooms, wide, strict=True)
    )
