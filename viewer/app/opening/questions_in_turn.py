"""Questions beside the map, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget

from viewer.app.case.session import Session


class QuestionsInTurn(QObject):
    """One dialog at a time; those of the case before are dropped. The window's thread only."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._waiting: list[Callable[[], QDialog]] = []
        self.dialog: QDialog | None = None
        """The question that stands open."""
        session.document_replaced.connect(self._forget)

    @property
    def is_idle(self) -> bool:
        return self.dialog is None and not self._waiting

    @property
    def waiting(self) -> int:
        """Number of questions that wait for the one that stands open."""
        return len(self._waiting)

    def ask_in_turn(self, make: Callable[[], QDialog]) -> None:
        """Show the dialog that is made once those before it are answered."""
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
        """Another case is open: the questions were about the one before."""
        self._waiting = []
        if self.dialog is not None:
            self.dialog.reject()
