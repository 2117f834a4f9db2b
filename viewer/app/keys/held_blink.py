"""The key that shows the other image of a comparison while it is held."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QStatusTipEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from viewer.panels.comparisons.comparison_desk import ComparisonDesk

KEY = Qt.Key.Key_B
SAID_MS = 5_000
"""Time for which the status bar says why the key shows nothing."""
_WRITTEN_IN = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


class HeldBlink(QObject):
    """Listens to keys in the whole window while images are compared, except where text is typed."""

    def __init__(self, desk: ComparisonDesk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._is_listening = self._is_held = False
        self._said = QTimer(self, singleShot=True, interval=SAID_MS)
        self._said.timeout.connect(lambda: self._say(""))
        desk.shown_changed.connect(self._follow)

    def _follow(self) -> None:
        """Watch the application's keys only while there is a comparison to blink."""
        wanted = self._desk.spec is not None
        application = QApplication.instance()
        if wanted == self._is_listening or application is None:
            return
        self._is_listening, self._is_held = wanted, False
        application.installEventFilter(self) if wanted else application.removeEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowDeactivate and self._is_held and watched is self._window:
            self._hold(False)  # the release will never be heard
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        if not (isinstance(event, QKeyEvent) and event.key() == KEY and isinstance(watched, QWidget)):
            return False
        if kind == QEvent.Type.KeyRelease:
            if self._is_held and not event.isAutoRepeat():
                self._hold(False)
                return True
            return self._is_held
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if not is_plain or watched.window() is not self._window or isinstance(watched, _WRITTEN_IN):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        elif not event.isAutoRepeat():
            self._hold(True)
        return True

    def _hold(self, held: bool) -> None:
        self._is_held = held
        self._desk.hold(held)
        spec = self._desk.spec
        if held and spec is not None and spec.mode == "panes":
            self._say(self.tr("B blinks images that lie on each other; side by side, all are shown already."))
            self._said.start()

    def _say(self, text: str) -> None:
        """Show a text in the status bar, in the hint's place; empty for the hint again."""
        QApplication.sendEvent(self._window, QStatusTipEvent(text))
