"""The button beside a message on a written file, which opens that file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction, Messages


def open_button(path: Path, messages: Messages) -> MessageAction:
    """Make a button that opens the file in the desktop's program for it; without one, a message names its place."""

    def open_it() -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            said = translate("WrittenFile", "The desktop has no program for {0}: it is in {1}.")
            messages.show("export", said.format(path.name, path.parent), "warning")

    return MessageAction(translate("WrittenFile", "Open"), open_it)
