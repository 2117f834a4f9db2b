"""The verbs of the File menu, questions included. Long work is the session's; here is only who asks for it and when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

import sample_data
from layers.errors import GeoloupeError
from viewer.app.case.session import Session
from viewer.app.opening.opener import FileOpener
from viewer.app.opening.questions import Changed, Questions, Unsaved
from viewer.support.messages import Messages
from viewer.support.settings import Settings

type Then = Callable[[], None]


class FileVerbs(QObject):
    """New, open, save, close, with the question about unsaved changes in front of what would lose them."""

    recent_changed = Signal()

    def __init__(
        self,
        session: Session,
        opener: FileOpener,
        messages: Messages,
        settings: Settings,
        ask: Callable[[], Questions],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._opener, self._messages, self._settings, self._ask = (
            session,
            opener,
            messages,
            settings,
            ask,
        )
        session.changed_on_disk.connect(self._choose)
        session.save_as_wanted.connect(self._save_elsewhere)
        session.hold.take_over_wanted.connect(self._take_over)
        opener.guard = self.guarded

    def new_case(self) -> None:
        self.guarded(self._session.new_case)

    def close_case(self) -> None:
        self.guarded(self._session.close)

    def open(self) -> None:
        self._opener.expect()
        self.open_words(self._ask().paths_to_open(self._folder()))

    def open_words(self, words: list[str]) -> None:
        """Open what is named; a case takes the place of the open one after the question about changes."""
        self._opener.open(words)

    def open_recent(self, path: str) -> None:
        self.open_words([path])

    def forget_recent(self, path: str) -> None:
        self._settings.forget_recent(Path(path))
        self.recent_changed.emit()

    def open_demo(
        self, then: Then = lambda: None, failed: Callable[[GeoloupeError], None] = lambda error: None
    ) -> None:
        """The demo case as an unsaved copy: the shipped file is never altered."""
        try:
            path = sample_data.path("demo.gpkg")
        except FileNotFoundError as error:
            self._messages.show("open", str(error), "error")
            failed(GeoloupeError(str(error)))
            return
        title = self.tr("Demo case (unsaved copy)")
        self.guarded(lambda: self._session.open_case(path, then, failed, copy_title=title))

    def recover(self, folder: str) -> None:
        self.guarded(lambda: self._session.recover(Path(folder)))

    def save(self, then: Then = lambda: None) -> None:
        if self._session.target is None or self._session.is_read_only:
            self.save_as(then)
        else:
            self._session.save(then)

    def save_as(self, then: Then = lambda: None) -> None:
        target = self._session.target
        suggestion = target or self._folder() / f"{_file_name(self._session.title)}.gpkg"
        path = self._ask().case_to_write(suggestion)
        if path is not None:
            self._session.save_as(path, then)

    def _save_elsewhere(self) -> None:
        """Where the case lies nothing answers: the dialog must not look there."""
        name = self._session.target.name if self._session.target else f"{_file_name(self._session.title)}.gpkg"
        path = self._ask().case_to_write(Path.home() / name)
        if path is not None:
            self._session.save_as(path)

    def guarded(self, go_on: Then) -> None:
        """`go_on` when nothing would be lost by it, or the analyst has said so."""
        self._session.before_save()
        if not self._session.is_dirty:
            go_on()
            return
        match self._ask().unsaved(self._session.title):
            case Unsaved.SAVE:
                self.save(go_on)
            case Unsaved.DISCARD:
                go_on()

    def _choose(self) -> None:
        """The file on disk is another one: nothing is overwritten without a word."""
        target = self._session.target
        if target is None:
            return
        match self._ask().changed_on_disk(self._session.title):
            case Changed.RELOAD:
                self._session.open_case(target)
            case Changed.SAVE_AS:
                self.save_as()
            case Changed.OVERWRITE:
                self._session.save(overwrite=True)

    def _take_over(self) -> None:
        hold = self._session.hold
        if self._ask().take_over(self._session.title, hold.holder):
            hold.take_over()
        else:
            hold.say_held()

    def _folder(self) -> Path:
        recent = self._settings.recent()
        if self._session.target is not None:
            return self._session.target.parent
        return recent[0].parent if recent else Path.home()


def _file_name(title: str) -> str:
    kept = "".join(c if c.isalnum() or c in " -_" else "_" for c in title).strip()
    return kept[:80] or "case"
