"""Opens kept copies in other programs, once the analyst agrees; web pages and archives of them are never opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTemporaryDir, QUrl
from PySide6.QtGui import QDesktopServices

from layers.document.source import SourceFile
from viewer.panels.context import PanelContext
from viewer.panels.kept_files import write_copy
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction

ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
}
"""Kinds of files that may be opened, with the endings that they get: by its own one a file could be run."""
_UNSAFE = re.compile(r"[^\w\- ]")
LONGEST_STEM = 60


class CopyOpener:
    """Writes copies into a temporary folder, which goes with it, and has the system open them there."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self._folder: QTemporaryDir | None = None

    def ask(self, copy: SourceFile) -> None:
        """Ask whether a copy may leave the guards of this program."""
        sentence = translate(
            "KeptFiles",
            "{0} is from elsewhere, and another program would open it, without the guards of this one. Open a copy?",
        ).format(one_line(copy.name, 60))
        action = MessageAction(translate("KeptFiles", "Open"), lambda: self._open(copy))
        self._context.messages.report_with(sentence, action)

    def _open(self, copy: SourceFile) -> None:
        if self._folder is None:
            self._folder = QTemporaryDir()
        stem = _UNSAFE.sub("_", Path(copy.name).stem)[:LONGEST_STEM].strip() or "copy"
        target = Path(self._folder.filePath(f"{stem} {copy.uuid[:8]}{ENDINGS[copy.content_type]}"))
        write_copy(self._context, "source_files", copy.uuid, target, self._shown(target))

    def _shown(self, target: Path) -> Callable[[], None]:
        def show() -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))):
                words = translate("KeptFiles", "No program of this computer opens {0}: save it, and open it yourself.")
                self._context.report(words.format(target.name))

        return show


def may_open(copy: SourceFile) -> bool:
    """True for a PDF or a picture."""
    return copy.content_type in ENDINGS
