"""F1: every key on one sheet, by menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.support.plain_label import plain_label

COLUMNS = 4


class ShortcutSheet(QDialog):
    """`groups` maps a title to (text, keys) pairs; groups are laid out in columns of about equal length."""

    def __init__(self, groups: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = QWidget(self)
        columns = QHBoxLayout(sheet)
        columns.setSpacing(34)
        for share in _columns(groups):
            column = QVBoxLayout()
            for title in share:
                column.addWidget(self._group(title, groups[title], sheet))
            column.addStretch(1)
            columns.addLayout(column)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)
        hint = sheet.sizeHint()
        self.resize(min(hint.width() + 60, 1300), min(hint.height() + 90, 760))

    def _group(self, title: str, rows: Sequence[tuple[str, str]], parent: QWidget) -> QWidget:
        group = QWidget(parent)
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        heading = plain_label(title, group)
        heading.setObjectName("heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        for at, (text, keys) in enumerate(rows, start=1):
            cap = plain_label(keys, group)
            cap.setObjectName("keycap")
            grid.addWidget(plain_label(text, group), at, 0)
            grid.addWidget(cap, at, 1, Qt.AlignmentFlag.AlignRight)
        return group


def _columns(groups: Mapping[str, Sequence[tuple[str, str]]]) -> list[list[str]]:
    """Titles shared out in order, each to the shortest column so far."""
    columns: list[list[str]] = [[] for _ in range(COLUMNS)]
    lengths = [0] * COLUMNS
    for title, rows in groups.items():
        at = lengths.index(min(lengths))
        columns[at].append(title)
        lengths[at] += len(rows) + 2
    return columns
