"""The message line over the upper edge of the map: the newest message with its action, and the number of others."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.canvas.furniture.taken_top import TakenTop
from viewer.panels.widgets.copy_label import CopyLabel
from viewer.support.icons import line_icon, line_pixmap
from viewer.support.language.text import one_line, tooltip
from viewer.support.messages import Message, Messages
from viewer.support.plain_label import plain_label

MOST_LINES = 4
LONGEST_LINE = 400
EXPIRES_MS = 10_000
"""Milliseconds until a notice without an action is removed, not counted while the pointer is on it."""
LATE_MS = 30_000
"""Milliseconds until a warning about the case without an action is removed, as it is about the past."""
TICK_MS = 500
_GAP_PX = 6
NARROW_PX = 560
"""Width of the bar below which the buttons are below the text, which would be too narrow beside them."""


class MessageBar(QWidget):
    """Shows the newest line, and a button with the number of the others."""

    top_moved = Signal()
    """Emitted when `top_px` changes."""

    def __init__(
        self, messages: Messages, parent: QWidget | None = None, shows: Callable[[Message], bool] = lambda _line: True
    ) -> None:
        """`shows`: which lines belong here; a window beside that of the case shows those about its own work."""
        super().__init__(parent)
        self._messages, self._shows = messages, shows
        self._open = False
        self._host: QWidget | None = None
        self._free_px = 0
        self._top: TakenTop | None = None
        self.top_px = 0
        """Height in logical pixels down to which the lines reach over what they lie on; 0 without any."""
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._lines: list[_Line] = []
        self._ages: dict[Message, int] = {}
        """Ages in milliseconds of the lines that expire."""
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._age)
        messages.changed.connect(self.refresh)
        self.refresh()

    def lie_over(self, host: QWidget, free_px: int = 0, top: TakenTop | None = None) -> None:
        """Lie on the upper edge of `host` from now on, outside its layout, so that a line moves nothing below.

        `free_px` logical pixels at the right end of the edge stay free; the bar lies below the words of `top`.
        """
        self._host, self._free_px, self._top = host, free_px, top
        if top is not None:  # queued: it moves while a map is painted
            top.top_moved.connect(self._place, Qt.ConnectionType.QueuedConnection)
        self.setParent(host)
        host.installEventFilter(self)
        self._place()
        self.setVisible(bool(self._lines))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        """Place the bar: as wide as there is room, as high as the text needs at that width."""
        if self._host is not None and self._lines:
            width = self._host.width() - self._free_px
            for line in self._lines:
                line.set_narrow(width < NARROW_PX)
            top = 0 if self._top is None or not self._top.top_px else self._top.top_px + _GAP_PX
            height = min(self._layout.totalHeightForWidth(width), self._host.height() - top)
            self.setGeometry(0, top, width, height)
            self.raise_()
        reach_px = self.y() + self.height() if self._host is not None and self._lines else 0
        if reach_px != self.top_px:
            self.top_px = reach_px
            self.top_moved.emit()

    def refresh(self) -> None:
        """Show the present lines."""
        lines = [line for line in self._messages.lines()[::-1] if self._shows(line)]
        self._ages = {line: self._ages.get(line, 0) for line in lines if _expires_ms(line) is not None}
        if not self._ages:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()
        self._open = self._open and len(lines) > 1
        shown = lines[:MOST_LINES] if self._open else lines[:1]
        for old in self._lines:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._lines = [_Line(message, self._messages, self) for message in shown]
        for line in self._lines:
            self._layout.addWidget(line)
            line.show()
        if self._lines and len(lines) > 1:
            self._lines[0].offer_more(len(lines) - 1, self._open, self._toggle)
        self._place()
        self.setVisible(bool(lines))

    def _age(self) -> None:
        """Remove lines that have been shown for long enough, except while the pointer is on the bar."""
        focus = QApplication.focusWidget()
        if not self.isVisible() or self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            return
        self._ages = {line: age + self._clock.interval() for line, age in self._ages.items()}
        for line in [line for line, age in self._ages.items() if age >= (_expires_ms(line) or 0)]:
            self._messages.dismiss(line)

    def _toggle(self) -> None:
        self._open = not self._open
        self.refresh()


def _expires_ms(line: Message) -> int | None:
    """Milliseconds until a line expires; None for an error, a line with a button, and a warning about the program."""
    if line.action is not None or line.level == "error":
        return None
    if line.level == "info":
        return EXPIRES_MS
    return LATE_MS if line.about == "case" else None


class _Line(QFrame):
    def __init__(self, message: Message, messages: Messages, parent: QWidget) -> None:
        super().__init__(parent)
        self._message, self._messages = message, messages
        self.setObjectName("messageLine")
        self.setProperty("level", message.level)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(10, 4, 6, 4)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._buttons = QWidget(self)
        self._row = QHBoxLayout(self._buttons)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._is_narrow: bool | None = None
        picture = QLabel(self)
        self._grid.addWidget(picture, 0, 0)
        text = CopyLabel(one_line(message.text, LONGEST_LINE), self)
        text.setToolTip(tooltip(message.text))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        text.setSizePolicy(policy)
        text.setAccessibleName(message.text)
        self._grid.addWidget(text, 0, 1)
        if message.count > 1:
            times = plain_label(f"×{message.count}", self)
            times.setToolTip(self.tr("Happened {0} times").format(message.count))
            self._grid.addWidget(times, 0, 2)
        if message.action is not None:
            button = QPushButton(message.action.text, self._buttons)
            button.clicked.connect(self._act)
            self._row.addWidget(button)
        close = QToolButton(self)
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss this message"))
        close.setIconSize(QSize(16, 16))
        close.clicked.connect(self._dismiss)
        self._grid.addWidget(close, 0, 4)
        self.set_narrow(False)
        self.ensurePolished()
        text.ensurePolished()
        color: QColor = text.palette().color(QPalette.ColorRole.WindowText)
        picture.setPixmap(line_pixmap(message.level, color, 18, self.devicePixelRatioF()))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.ButtonText, color)
        close.setIcon(line_icon("close", palette))

    def offer_more(self, others: int, is_open: bool, toggle: object) -> None:
        """Show a button for the other lines, after that of the message."""
        button = QToolButton(self._buttons)
        button.setAutoRaise(True)
        button.setText(self.tr("Fewer") if is_open else self.tr("{0} more").format(others))
        button.clicked.connect(toggle)
        self._row.addWidget(button)
        button.show()

    def set_narrow(self, narrow: bool) -> None:
        """Move the buttons below the text, or beside it."""
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self._grid.removeWidget(self._buttons)
            place = (1, 1, 1, 3) if narrow else (0, 3, 1, 1)
            self._grid.addWidget(self._buttons, *place, Qt.AlignmentFlag.AlignRight)

    def _act(self) -> None:
        action = self._message.action
        self._dismiss()
        if action is not None:
            action.run()

    def _dismiss(self) -> None:
        self._messages.dismiss(self._message)
