"""Saves the open case, and asks first where data would be lost or overwritten."""

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
from viewer.support.language.text import one_line
from viewer.support.messages import Messages
from viewer.support.settings import Settings

LONGEST_NAME = 120
LONGEST_STEM, MOST_BYTES = 80, 200
"""Most characters, and most UTF-8 bytes, of a suggested file name: no file system takes more than 255 bytes."""
type Then = Callable[[], None]


class CaseSaving(QObject):
    """Asks the questions around a save; the session does the work.

    Text that is typed in a form and not yet entered is part of each save.
    """

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

        `window` holds the forms: entries that they refuse are not saved, and the message says so.
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
        """Save to the case's own file; ask for another where there is none yet, or it may not be replaced.

        Without changes it says so: typed text may have been refused, or equal what the case has already.
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
        """Call `go_on` where nothing would be lost, or after the analyst has agreed.

        Refused entries would be lost: they are reported first, and only a second call goes on.
        """
        self._panels.keep()
        refused = self._refused()
        if refused and refused != self._given_up:
            self._given_up = refused
            sentence = self.tr(
                "Not taken yet: {0} Correct it, take it back with Esc, or do the same again to discard it."
            )
            self._messages.show("saved", sentence.format(refused), "warning")
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
        """Folder in which dialogs about cases begin: beside the open case, else beside the newest recent one."""
        recent = self._settings.recent()
        if self._session.target is not None:
            return self._session.target.parent
        return recent[0].parent if recent else Path.home()

    def _save(self, then: Then = lambda: None, *, overwrite: bool = False) -> None:
        self._lead_to_refused()
        assert self._session.target is not None
        done = self._saying(self.tr("Saved: {0}"), self._session.target, then)
        self._session.save(done, overwrite=overwrite, viewport_json=self._viewport_json())

    def _save_to(self, path: Path | None, then: Then = lambda: None) -> None:
        if path is not None:
            self._panels.keep()
            self._lead_to_refused()
            done = self._saying(self.tr("Saved as {0}"), path, then)
            self._session.save_as(path, done, viewport_json=self._viewport_json())

    def _saying(self, sentence: str, path: Path, then: Then) -> Then:
        """Wrap `then`: say first that the case is in the file, and which entries were refused."""

        def say() -> None:
            self._messages.clear("saved")  # each time anew: that it was saved twice is no news
            words, refused = sentence.format(one_line(path.name, LONGEST_NAME)), self._refused()
            if refused:
                words = self.tr("{0}. Not taken: {1}").format(words, refused)
            self._messages.show("saved", words, "warning" if refused else "info")
            then()

        return say

    def _refused(self) -> str:
        """Sentences on the entries that forms refuse, and why; empty where there are none."""
        return " ".join(refusal.words for refusal in self._refusals())

    def _refusals(self) -> list[Refusal]:
        return [refusal for refusal in refusals_in(self._window) if refusal.is_of_typing]

    def _lead_to_refused(self) -> None:
        """Move the keyboard to a visible field whose entry is refused, unless it is in such a field already."""
        fields = [
            refusal.field for refusal in self._refusals() if refusal.field is not None and refusal.field.isVisible()
        ]
        focused = QApplication.focusWidget()
        if fields and (focused is None or not any(field is focused or field.isAncestorOf(focused) for field in fields)):
            fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _suggested_name(self) -> str:
        """File name from the case's own title: the title of an unsaved copy says that it is a copy, not its topic."""
        return f"{file_name(self._session.document.meta('title') or self._session.title)}.gpkg"

    def _save_elsewhere(self) -> None:
        """Ask for another file and save there. The dialog begins at home, as the case's own folder does not answer."""
        name = self._session.target.name if self._session.target else self._suggested_name()
        self._save_to(self._ask().case_to_write(Path.home() / name))

    def _choose(self) -> None:
        """Ask what to do about a file that was changed on disk: reload it, save elsewhere, or overwrite it."""
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
    """Turn a title into the stem of a file name that every system takes: "What was reported - China, 2024"."""
    words = re.sub(r"\s*[:/\\|]\s*", " - ", re.sub(r'["<>?*\x00-\x1f]', " ", one_line(title)))
    kept = " ".join(words.split())[:LONGEST_STEM].encode()[:MOST_BYTES].decode(errors="ignore")
    return kept.strip(" .-") or "case"
