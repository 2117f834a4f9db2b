"""The sheet of all keys (F1), by menu, with a line to search them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.companion import make_companion
from viewer.support.plain_label import plain_label

MOST_COLUMNS = 4
GAP_PX = 34
FRAME_PX = (40, 60)
"""Width and height of the screen that the window frame and some ground around it need, in logical pixels."""


class _Row(NamedTuple):
    """A key on the sheet, and the words for finding it."""

    searched: str
    text: QLabel
    keys: QLabel


class ShortcutSheet(QDialog):
    """`groups` maps a title to (text, keys) pairs; groups are laid out in columns of about equal length.

    It is never larger than the screen: a narrow one has fewer columns, and a long sheet scrolls. Typed words filter the
    rows.
    """

    def __init__(self, groups: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        make_companion(self)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        screen = (parent or self).screen().availableGeometry()
        room = QSize(screen.width() - FRAME_PX[0], screen.height() - FRAME_PX[1])
        self._rows: dict[QWidget, list[_Row]] = {}
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search the keys, e.g. measure"))
        self.search.setAccessibleName(self.tr("Search the keys"))
        self.search.textChanged.connect(self._filter)
        self.nothing = plain_label(self.tr("No key has these words. Ctrl+K finds every command by name."), self)
        self.nothing.setObjectName("muted")
        self.nothing.hide()
        sheet = QWidget(self)
        self._fill(sheet, groups, room.width() - 2 * GAP_PX)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the columns are as many as fit
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter is the line's
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        hint = sheet.sizeHint()
        wanted = QSize(
            hint.width() + 60, hint.height() + buttons.sizeHint().height() + self.search.sizeHint().height() + 60
        )
        self.resize(wanted.boundedTo(room))
        self.search.setFocus()

    def shown_rows(self) -> list[tuple[str, str]]:
        """The texts and keys that are not filtered away."""
        rows = [row for rows in self._rows.values() for row in rows]
        return [(row.text.text(), row.keys.text()) for row in rows if not row.text.isHidden()]

    def _filter(self, text: str) -> None:
        """Show the rows with all words of a text, and their groups; without words all rows."""
        words = text.casefold().split()
        is_any = False
        for group, rows in self._rows.items():
            fitting = [row for row in rows if all(word in row.searched for word in words)]
            for row in rows:
                row.text.setVisible(row in fitting)
                row.keys.setVisible(row in fitting)
            group.setVisible(bool(fitting))
            is_any |= bool(fitting)
        self.nothing.setVisible(not is_any)

    def _fill(self, sheet: QWidget, groups: Mapping[str, Sequence[tuple[str, str]]], room_px: int) -> None:
        """Lay the groups out in as many columns as there is room for."""
        made = {title: self._group(title, rows, sheet) for title, rows in groups.items()}
        for count in range(MOST_COLUMNS, 0, -1):
            shares = _columns(groups, count)
            widths = [max((made[title].sizeHint().width() for title in share), default=0) for share in shares]
            if sum(widths) + GAP_PX * (count - 1) <= room_px:
                break
        columns = QHBoxLayout(sheet)
        columns.setSpacing(GAP_PX)
        for share in shares:
            column = QVBoxLayout()
            for title in share:
                column.addWidget(made[title])
            column.addStretch(1)
            columns.addLayout(column)

    def _group(self, title: str, rows: Sequence[tuple[str, str]], parent: QWidget) -> QWidget:
        group = QWidget(parent)
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, 6)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        heading = plain_label(title, group)
        heading.setObjectName("heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        made = list[_Row]()
        for at, (text, keys) in enumerate(rows, start=1):
            cap = plain_label(keys, group)
            cap.setObjectName("keycap")
            label = plain_label(text, group)
            grid.addWidget(label, at, 0)
            grid.addWidget(cap, at, 1, Qt.AlignmentFlag.AlignRight)
            made.append(_Row(f"{title} {text} {keys}".casefold(), label, cap))
        self._rows[group] = made
        return group


def _columns(groups: Mapping[str, Sequence[tuple[str, str]]], count: int) -> list[list[str]]:
    """Titles distributed in order, each to the shortest column so far."""
    columns: list[list[str]] = [[] for _ in range(count)]
    lengths = [0] * count
    for title, rows in groups.items():
        at = lengths.index(min(lengths))
        columns[at].append(title)
        lengths[at] += len(rows) + 2
    return columns
