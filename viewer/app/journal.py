"""Edits on their way to the working copy, which may still be in the making."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from layers.document.edit import Edit

if TYPE_CHECKING:
    from layers.project.working_copy import WorkingCopy


class CaseJournal:
    """Holds edits until `attach`, then hands each on at once. The window's thread only.

    `wanted` is called at each edit without a working copy, so that an untouched new case leaves nothing behind.
    """

    def __init__(self, wanted: Callable[[], None]) -> None:
        self._wanted = wanted
        self._waiting: list[tuple[Edit, str]] = []
        self._work: WorkingCopy | None = None
        self.is_being_made = False
        self.then: list[Callable[[], None]] = []
        """What waits for the working copy that is being made."""

    @property
    def work(self) -> WorkingCopy | None:
        return self._work

    def append(self, edit: Edit, actor: str) -> None:
        if self._work is not None:
            self._work.append(edit, actor)
            return
        self._waiting.append((edit, actor))
        self._wanted()

    def attach(self, work: WorkingCopy) -> None:
        """From now on edits go to `work`; those that waited go first."""
        self._work = work
        waiting, self._waiting = self._waiting, []
        for edit, actor in waiting:
            work.append(edit, actor)

    def detach(self) -> WorkingCopy | None:
        """Give the working copy up, to be closed by the caller."""
        work, self._work = self._work, None
        return work
