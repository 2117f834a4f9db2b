"""Tells of a deletion with a button that undoes it, as long as that is what Undo would do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from viewer.commands.history import History
from viewer.support.messages import MessageAction, Messages

KEY = "deleted"


class UndoOffer(QObject):
    """The line of the last deletion. It goes with the next edit and with a save: Undo is in the menu then."""

    def __init__(self, history: History, undo: Callable[[], object], messages: Messages, parent: QObject) -> None:
        """`undo` undoes the last step."""
        super().__init__(parent)
        self._history, self._undo, self._messages = history, undo, messages
        self._state = -1
        """The state of the document after the deletion; -1 for none that is offered."""
        history.changed.connect(self._look)

    def say(self, sentence: str) -> None:
        """Show a sentence on what was deleted by the last step, with the button."""
        self._state = self._history.state()
        self._messages.show(KEY, sentence, action=MessageAction(self.tr("&Undo"), self._take))

    def _take(self) -> None:
        if self._state == self._history.state():
            self._undo()

    def _look(self) -> None:
        if self._state >= 0 and (self._history.state() != self._state or self._history.is_clean()):
            self._state = -1
            self._messages.clear(KEY)
