"""The dialog that picks which files of a folder to open."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from layers.text.counted import grouped
from viewer.app.opening.folder_files import FolderFiles
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

MOST_TICKED = 20
"""Most files that are ticked at first; of more, none is, as they are rarely wanted all at once."""
KB = 1024


class FolderPicker(TickDialog):
    """Lists the files with boxes to tick. `chosen` carries the ticked paths as text."""

    def __init__(self, folder_name: str, listing: FolderFiles, parent: QWidget | None = None) -> None:
        count = translate("FolderPicker", "{count} files", "{count} file", len(listing.files))
        question = translate("FolderPicker", "{0} holds {1} that may be opened. Which should be?").format(
            one_line(folder_name, 80), count
        )
        if listing.is_cut:
            question += " " + translate("FolderPicker", "There are more: only the first are listed.")
        likely = sum(file.is_likely for file in listing.files)
        rows = [
            TickRow(
                [one_line(file.name, 160), _size_text(file.size)],
                str(file.path),
                file.is_likely and likely <= MOST_TICKED,
                file.name,
            )
            for file in listing.files
        ]
        super().__init__(
            question, (translate("FolderPicker", "Name"), translate("FolderPicker", "Size")), rows, _open_text, parent
        )
        self.open_button = self.take_button
        self.setWindowTitle(translate("FolderPicker", "Files of {0}").format(one_line(folder_name, 60)))
        self.list.setAccessibleName(translate("FolderPicker", "Files of the folder"))
        self.all_button.setToolTip(translate("FolderPicker", "Tick all files"))
        self.none_button.setToolTip(translate("FolderPicker", "Tick no file"))
        self.resize(560, 420)


def _open_text(count: int) -> str:
    return translate("FolderPicker", "&Open {0}").format(
        translate("FolderPicker", "{count} files", "{count} file", count)
    )


def _size_text(size: int) -> str:
    if size >= KB * KB:
        return f"{grouped(round(size / KB / KB))} MB"
    return f"{grouped(max(1, round(size / KB)))} kB"
