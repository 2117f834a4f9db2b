"""Questions in dialogs beside the map, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from viewer.app.case.session import Session


class QuestionsInTurn(QObject):
    """Shows one dialog at a time; another case drops all of them. Used on the window's thread only."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._waiting: list[Callable[[], QDialog]] = []
        self.dialog: QDialog | None = None
        """The open question; None for none."""
        session.document_replaced.connect(self._forget)

    @property
    def is_idle(self) -> bool:
        return self.dialog is None and not self._waiting

    @property
    def waiting(self) -> int:
        """Number of questions that wait for the open one."""
        return len(self._waiting)

    def ask_in_turn(self, make: Callable[[], QDialog]) -> None:
        """Make and show a dialog once those before it are answered."""
        self._waiting.append(make)
        self._next()

    def _next(self) -> None:
        if self.dialog is None and self._waiting:
            self.dialog = self._waiting.pop(0)()
            self.dialog.finished.connect(self._ended)
            self.dialog.show()

    def _ended(self) -> None:
        self.dialog = None
        self._next()

    def _forget(self) -> None:
        """Drop all questions: they were about the case before."""
        self._waiting = []
        if self.dialog is not None:
            self.dialog.reject()
