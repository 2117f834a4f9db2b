"""Saves the open case, and asks first where something would be lost or overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from viewer.app.case.session import Session
from viewer.app.desktop.questions import Changed, Questions, Unsaved
from viewer.panels.context import PanelContext
from viewer.panels.widgets.refusal import Refusal, refusals_in
from viewer.support.messages import Messages
from viewer.support.settings import Settings
from viewer.support.text import one_line

LONGEST_NAME = 120
LONGEST_STEM, MOST_BYTES = 80, 200
"""Characters and UTF-8 bytes of the name that is suggested: no file system takes more than 255 bytes."""
type Then = Callable[[], None]


class CaseSaving(QObject):
    """The long work is the session's; here are the questions. What is typed but not entered is part of each save."""

    def __init__(
        self,
        session: Session,
        panels: PanelContext,
        viewport_json: Callable[[], str],
        settings: Settings,
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        """`viewport_json` gives the view that is kept with the case.

        `window` holds the forms: what they refuse is in no save, and that is said.
        """
        super().__init__(window)
        self._window, self._given_up = window, ""
        self._session, self._panels, self._viewport_json, self._settings, self._ask = (
            session,
            panels,
            viewport_json,
            settings,
            ask,
        )
        self._messages = messages
        session.changed_on_disk.connect(self._choose)
        session.save_as_wanted.connect(self._save_elsewhere)
        session.hold.take_over_wanted.connect(self._take_over)

    def save(self, then: Then = lambda: None) -> None:
        """Save to the case's own file; to another where there is none yet, or it may not be replaced.

        Where nothing is changed that is said: what is typed may be refused, or be what the case says already.
        """
        self._panels.keep()
        if self._session.target is not None and not self._session.is_dirty:
            self._lead_to_refused()
            self._saying(self.tr("Nothing to save in {0}"), self._session.target, then)()
        elif self._session.target is None or self._session.is_read_only:
            self.save_as(then)
        else:
            self._save(then)

    def save_as(self, then: Then = lambda: None) -> None:
        """Ask for a file, and save to it."""
        target = self._session.target
        suggestion = target or self.folder() / self._suggested_name()
        self._save_to(self._ask().case_to_write(suggestion), then)

    def guarded(self, go_on: Then) -> None:
        """Call `go_on` when nothing would be lost by it, or the analyst has said so.

        Entries that are refused are lost by it: it is not called before they were said.
        """
        self._panels.keep()
        refused = self._refused()
        if refused and refused != self._given_up:
            self._given_up = refused
            said = self.tr("Not taken yet: {0} Correct it, take it back with Esc, or do the same again to discard it.")
            self._messages.show("saved", said.format(refused), "warning")
            self._lead_to_refused()
            return
        self._given_up = ""
        if not self._session.is_dirty:
            go_on()
            return
        match self._ask().unsaved(self._session.title):
            case Unsaved.SAVE:
                self.save(go_on)
            case Unsaved.DISCARD:
                go_on()

    def folder(self) -> Path:
        """The folder in which a dialog about cases begins: beside the open one, else beside the newest recent one."""
        recent = self._settings.recent()
        if self._session.target is not None:
            return self._session.target.parent
        return recent[0].parent if recent else Path.home()

    def _save(self, then: Then = lambda: None, *, overwrite: bool = False) -> None:
        self._lead_to_refused()
        assert self._session.target is not None
        said = self._saying(self.tr("Saved: {0}"), self._session.target, then)
        self._session.save(said, overwrite=overwrite, viewport_json=self._viewport_json())

    def _save_to(self, path: Path | None, then: Then = lambda: None) -> None:
        if path is not None:
            self._panels.keep()
            self._lead_to_refused()
            said = self._saying(self.tr("Saved as {0}"), path, then)
            self._session.save_as(path, said, viewport_json=self._viewport_json())

    def _saying(self, sentence: str, path: Path, then: Then) -> Then:
        """`then`, once it was said for a moment that the case is in the file."""

        def say() -> None:
            self._messages.clear("saved")  # each time anew: that it was saved twice is no news
            said, refused = sentence.format(one_line(path.name, LONGEST_NAME)), self._refused()
            if refused:
                said = self.tr("{0}. Not taken: {1}").format(said, refused)
            self._messages.show("saved", said, "warning" if refused else "info")
            then()

        return say

    def _refused(self) -> str:
        """The entries that a form refuses, and why; empty where there are none."""
        return " ".join(one.words for one in self._refusals())

    def _refusals(self) -> list[Refusal]:
        return [one for one in refusals_in(self._window) if one.is_of_typing]

    def _lead_to_refused(self) -> None:
        """The keyboard stays in a field whose entry is refused, or goes to one that is in sight."""
        fields = [one.field for one in self._refusals() if one.field is not None and one.field.isVisible()]
        focused = QApplication.focusWidget()
        if fields and (focused is None or not any(one is focused or one.isAncestorOf(focused) for one in fields)):
            fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _suggested_name(self) -> str:
        """File name from the case's own title: the title of an unsaved copy says that it is a copy, not its topic."""
        return f"{file_name(self._session.document.meta('title') or self._session.title)}.gpkg"

    def _save_elsewhere(self) -> None:
        """Asks for another place and saves there; the dialog must not look into the case's folder, which is silent."""
        name = self._session.target.name if self._session.target else self._suggested_name()
        self._save_to(self._ask().case_to_write(Path.home() / name))

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
                self._panels.keep()
                self._save(overwrite=True)

    def _take_over(self) -> None:
        hold = self._session.hold
        if self._ask().take_over(self._session.title, hold.holder):
            hold.take_over()
        else:
            hold.say_held()


def file_name(title: str) -> str:
    """A title as the stem of a file's name that every system takes: "What was reported - China, 2024"."""
    words = re.sub(r"\s*[:/\\|]\s*", " - ", re.sub(r'["<>?*\x00-\x1f]', " ", one_line(title)))
    kept = " ".join(words.split())[:LONGEST_STEM].encode()[:MOST_BYTES].decode(errors="ignore")
    return kept.strip(" .-") or "case"
