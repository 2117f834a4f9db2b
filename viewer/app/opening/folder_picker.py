"""Picks the files of a folder that are opened."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from layers.text.counted import counted, grouped
from viewer.app.opening.folder_files import FolderFiles
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow
from viewer.support.text import one_line

MOST_TICKED = 20
"""More are rarely wanted all at once: then none is ticked."""
KB = 1024


class FolderPicker(TickDialog):
    """`chosen` carries the paths that were ticked, as text."""

    def __init__(self, folder_name: str, found: FolderFiles, parent: QWidget | None = None) -> None:
        count = counted(len(found.files), _tr("file"), _tr("files"))
        said = _tr("{0} holds {1} that may be opened. Which should be?").format(one_line(folder_name, 80), count)
        if found.is_cut:
            said = f"{said} {_tr('There are more: only the first are listed.')}"
        likely = sum(file.is_likely for file in found.files)
        rows = [
            TickRow(
                [one_line(file.name, 160), _size_text(file.size)],
                str(file.path),
                file.is_likely and likely <= MOST_TICKED,
                file.name,
            )
            for file in found.files
        ]
        super().__init__(said, (_tr("Name"), _tr("Size")), rows, _open_text, parent)
        self.open_button = self.take_button
        self.setWindowTitle(_tr("Files of {0}").format(one_line(folder_name, 60)))
        self.list.setAccessibleName(_tr("Files of the folder"))
        self.all_button.setToolTip(_tr("Tick all files"))
        self.none_button.setToolTip(_tr("Tick no file"))
        self.resize(560, 420)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FolderPicker", text)


def _open_text(count: int) -> str:
    return _tr("&Open {0}").format(counted(count, _tr("file"), _tr("files")))


def _size_text(size: int) -> str:
    if size >= KB * KB:
        return f"{grouped(round(size / KB / KB))} MB"
    return f"{grouped(max(1, round(size / KB)))} kB"
