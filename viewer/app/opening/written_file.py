"""Files that the window writes in jobs, and the messages at their end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from layers.errors import GeoloupeError
from viewer.support.jobs import Jobs
from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction, Messages


class WrittenFiles:
    """Writes files in jobs, and says how it ended. `folder` is that of the last one; None before the first."""

    def __init__(self, jobs: Jobs, messages: Messages) -> None:
        self._jobs, self._messages = jobs, messages
        self.folder: Path | None = None

    def write(self, write: Callable[[], object], path: Path, then: Callable[[], str] = str) -> None:
        """Call `write` in a job. Once the file is there, `then` is called and gives the end of the message."""
        self.folder = path.parent

        def done(_result: object) -> None:
            self.note(path, then())

        def failed(error: GeoloupeError) -> None:
            self.fail(error.sentence)

        title = translate("WrittenFile", "Writing {0}").format(path.name)
        self._jobs.run(lambda _: write(), done, failed, title, apart=True)

    def note(self, path: Path, more: str = "") -> None:
        """Say that a file is written."""
        self.folder = path.parent
        sentence = translate("WrittenFile", "Written: {0}").format(path) + more
        self._messages.show("export", sentence, "info", open_button(path, self._messages))

    def say(self, sentence: str) -> None:
        """Say what a file that is being made needs."""
        self._messages.show("export", sentence, "info")

    def fail(self, sentence: str) -> None:
        """Say why a file is not written."""
        self._messages.show("export", sentence, "error")

    def warn(self, sentence: str) -> None:
        """Say what a file lacks."""
        self._messages.show("export data", sentence, "warning")


def open_button(path: Path, messages: Messages) -> MessageAction:
    """Make a button that opens the file in the desktop's program for it; without one, a message names its place."""

    def open_it() -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            sentence = translate("WrittenFile", "The desktop has no program for {0}: it is in {1}.")
            messages.show("export", sentence.format(path.name, path.parent), "warning")

    return MessageAction(translate("WrittenFile", "Open"), open_it)
