"""Begins, opens, recovers and closes cases, after questions about unsaved changes and edits left by a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

import sample_data
from layers.errors import GeoloupeError
from layers.project.saving.recovery import RecoverableSession
from viewer.app.case.saving import CaseSaving, Then
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions, Recovery
from viewer.support.messages import Messages
from viewer.support.settings import Settings


class CaseOpening(QObject):
    """Puts another case in the place of the open one. Used on the window's thread only."""

    recent_changed = Signal()
    """The list of recent cases has changed."""

    def __init__(
        self,
        session: Session,
        saving: CaseSaving,
        settings: Settings,
        messages: Messages,
        ask: Callable[[], Questions],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._saving, self._settings = session, saving, settings
        self._messages, self._ask = messages, ask

    def begin(self) -> None:
        """Begin a case on the shipped world map, or an empty one where the analyst has chosen that."""
        self._saving.guarded(self._session.begin_case)

    def begin_on_world(self, is_wanted: bool) -> None:
        """Remember whether new cases begin on the shipped world map."""
        self._settings.set("new_on_world", is_wanted)

    def begins_on_world(self) -> bool:
        return bool(self._settings.get("new_on_world"))

    def clear_the_way(
        self, case: Path, session: RecoverableSession | None, go_on: Callable[[Path | None], None]
    ) -> None:
        """Ask the questions that must be answered before `case` is opened.

        `session` holds its edits that a crash has left; None for none. `go_on` is called once the open case may be
        replaced, with the folder of the crashed session to recover, or None where the case is opened from its file.
        """

        def decide() -> None:
            answer = Recovery.AS_SAVED if session is None else self._ask().recovery(case.name, session)
            if session is None or answer is Recovery.AS_SAVED:
                go_on(None)
            elif answer is Recovery.DISCARD:
                self._session.forget_session(session.folder, lambda: go_on(None))
            elif answer is Recovery.RECOVER:
                go_on(session.folder)

        self._saving.guarded(decide)

    def ask_files(self) -> list[str]:
        """Ask for cases and other files to open."""
        paths = self._ask().paths_to_open(self._folder("files"))
        self._remember("files", Path(paths[0]) if paths else None)
        return paths

    def ask_earth_file(self) -> Path | None:
        """Ask for a file of Google Earth."""
        return self._remember("earth", self._ask().earth_file_to_open(self._folder("earth")))

    def ask_site_file(self) -> Path | None:
        """Ask for a table or a vector file whose rows become sites."""
        return self._remember("sites", self._ask().site_file_to_open(self._folder("sites")))

    def _folder(self, kind: str) -> Path:
        """The folder in which a kind of dialog begins: that of its last use, else beside the case."""
        return self._settings.dialog_folder(kind) or self._saving.folder()

    def _remember(self, kind: str, path: Path | None) -> Path | None:
        """Remember the folder of a chosen file for its kind of dialog, and return the file."""
        if path is not None:
            self._settings.remember_folder(kind, path.parent)
        return path

    def open_demo(
        self, then: Then = lambda: None, failed: Callable[[GeoloupeError], None] = lambda error: None
    ) -> None:
        """Open the demo case as an unsaved copy: the shipped file is never altered."""
        try:
            path = sample_data.path("demo.gpkg")
        except FileNotFoundError as error:
            self._messages.show("open", str(error), "error")
            failed(GeoloupeError(str(error)))
            return
        title = self.tr("Demo case (unsaved copy)")
        self._saving.guarded(lambda: self._session.open_case(path, then, failed, copy_title=title))

    def recover(self, folder: str) -> None:
        """Recover a session that a crash left."""
        self._saving.guarded(lambda: self._session.recover(Path(folder)))

    def forget_recent(self, path: str) -> None:
        self._settings.forget_recent(Path(path))
        self.recent_changed.emit()

    def close(self) -> None:
        self._saving.guarded(self._session.close)
