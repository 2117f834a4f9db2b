"""Undo and redo: one stack for edits of all kinds, through which the document is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from layers.document.document import Document
from layers.document.edit import Edit
from viewer.support.language.translation import in_language

LONGEST = 10_000
"""Most steps that are kept. They share rows, so that ten thousand are small."""


class Journal(Protocol):
    """Makes applied edits durable."""

    def append(self, edit: Edit, actor: str) -> None: ...
    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None: ...


class History(QObject):
    """Applies edits to one document, journals them and keeps the way back. For the window's thread only."""

    changed = Signal()
    """Emitted when undo, redo or the saved state may have changed."""

    def __init__(self, document: Document, journal: Journal, actor: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(LONGEST)
        self._states = count(1)
        self._applied: Edit | None = None
        self._document, self._journal, self._actor = document, journal, actor
        self._base = self._saved = next(self._states)

    def attach(self, document: Document, journal: Journal, actor: str) -> None:
        """Begin anew with another document, with nothing to undo, and saved."""
        self._document, self._journal, self._actor = document, journal, actor
        self._base = self._saved = next(self._states)
        self._stack.clear()
        self.changed.emit()

    def set_actor(self, actor: str) -> None:
        """Record further edits under another name."""
        self._actor = actor

    @property
    def stack(self) -> QUndoStack:
        return self._stack

    def push(self, edit: Edit) -> None:
        """Apply an edit and add it to the stack. Raises InvalidEdit, with nothing changed, where it does not fit.

        An edit that reverses the step before it in its series undoes that step, as if nothing had been done.
        """
        if edit.changes and self._goes_on(edit) and self._top().edit.joined(edit).leads_nowhere:
            step = self._top()
            self._through(step.edit.inverse(), lambda: self._forget(step))
        elif edit.changes:
            self._through(edit, lambda: self._remember(edit))

    def amend(self, edit: Edit) -> None:
        """Apply an edit as a part of the last step, which keeps its name: one undo reverses both.

        After an undo it is a step of its own. Raises InvalidEdit, with nothing changed.
        """
        if not edit.changes:
            return
        if not self._stack.index() or self._stack.canRedo():
            self.push(edit)
            return
        self._through(edit, lambda: self._take_up(edit))

    def touches(self, uuid: str) -> bool:
        """True where the last step changed a row of this uuid, and nothing was undone since."""
        is_last = bool(self._stack.index()) and not self._stack.canRedo()
        return is_last and any(change.uuid == uuid for change in self._edit_at(self._stack.index() - 1).changes)

    def give_reason(self, uuid: str, columns: Sequence[str], reason: str) -> None:
        """Keep the analyst's reason with the newest change of these columns of a row, and with the step that made it.

        The case then differs from its file.
        """
        self._journal.give_reason(uuid, columns, reason)
        if self.touches(uuid):
            step = self._top()
            step.edit = replace(step.edit, reason=reason)
        self._saved = next(self._states)
        self.changed.emit()

    def undo(self) -> None:
        """Undo the last edit. Raises InvalidEdit, with the stack as it was, where that is no longer possible."""
        if self._stack.canUndo():
            edit = self._edit_at(self._stack.index() - 1)
            self._through(edit.undone(), lambda: self._move(edit, self._stack.undo))

    def redo(self) -> None:
        """Redo the next edit; fails as `undo` does."""
        if self._stack.canRedo():
            edit = self._edit_at(self._stack.index())
            self._through(edit.redone(), lambda: self._move(edit, self._stack.redo))

    def undone_last(self) -> Edit | None:
        """The edit that `redo` would do again."""
        return self._edit_at(self._stack.index()) if self._stack.canRedo() else None

    def undo_text(self) -> str:
        return self._stack.undoText()

    def redo_text(self) -> str:
        return self._stack.redoText()

    # -- clean against the last save ----------------------------------------------------------------------------

    def state(self) -> int:
        """A number for the present document: equal numbers mean equal documents."""
        return self._top().state if self._stack.index() else self._base

    def mark_saved(self, state: int) -> None:
        """Note that the file holds the document as it was at `state`."""
        self._saved = state
        self.changed.emit()

    def is_clean(self) -> bool:
        return self.state() == self._saved

    # ------------------------------------------------------------------------------------------------------------

    def _through(self, edit: Edit, then: Callable[[], None]) -> None:
        """Change the document, journal the change, update the stack by `then`, and only then notify listeners.

        A listener that fails, or ends the program, must find the edit durable and undoable. After a failure of the
        journal it is undoable too, and the error is raised at the end.
        """
        changes = self._document.change(edit)
        try:
            self._journal.append(edit, self._actor)
        finally:
            then()
            try:
                self._document.tell(changes)
            finally:
                self.changed.emit()

    def _remember(self, edit: Edit) -> None:
        if self._goes_on(edit):
            self._take_up(edit)
            return
        if self._stack.index() == LONGEST:
            self._base = next(self._states)  # the oldest step falls off, so the bottom is another document now
        self._move(edit, lambda: self._stack.push(_Step(self, edit, next(self._states))))

    def _take_up(self, edit: Edit) -> None:
        self._top().take_up(edit, next(self._states))

    def _forget(self, step: _Step) -> None:
        step.setObsolete(True)  # so that the stack lets it go, and offers no redo
        self._move(step.edit, self._stack.undo)

    def _move(self, edit: Edit, move: Callable[[], None]) -> None:
        self._applied = edit
        move()
        self._applied = None

    def _goes_on(self, edit: Edit) -> bool:
        """True where an edit belongs to the step that was done last; never to one that the file already holds."""
        index = self._stack.index()
        if not edit.series or index == 0 or self._stack.canRedo() or self.is_clean():
            return False
        return self._top().edit.series == edit.series

    def _top(self) -> _Step:
        command = self._stack.command(self._stack.index() - 1)
        assert isinstance(command, _Step)
        return command

    def _edit_at(self, index: int) -> Edit:
        command = self._stack.command(index)
        assert isinstance(command, _Step)
        return command.edit

    def step(self, edit: Edit, change: Edit) -> None:
        """Apply a move of the stack that `push`, `undo` and `redo` did not begin. Called by a step of the stack."""
        if self._applied is not edit:
            changes = self._document.change(change)
            self._journal.append(change, self._actor)
            self._document.tell(changes)


class _Step(QUndoCommand):
    def __init__(self, history: History, edit: Edit, state: int) -> None:
        super().__init__(in_language(edit.label))
        self.edit = edit
        self.state = state
        self._history = history

    def take_up(self, later: Edit, state: int) -> None:
        """Extend this step by another edit, which was just applied."""
        self.edit, self.state = self.edit.joined(later), state

    def undo(self) -> None:
        self._history.step(self.edit, self.edit.undone())

    def redo(self) -> None:
        self._history.step(self.edit, self.edit.redone())
