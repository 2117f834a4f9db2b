"""Statistics of a column, as a small window beside its header."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.text.counted import grouped, grouped_number
from layers.vector.expression.column_statistics import ColumnStatistics
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label

WIDTH_PX = 300
LONGEST = 60


class ColumnSummary(QFrame):
    """The window of statistics, closed by Escape or a click elsewhere. Its text can be copied as a table."""

    def __init__(self, name: str, statistics: ColumnStatistics, of_rows: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(self.tr("Statistics of {0}").format(one_line(name, LONGEST)))
        self.setMinimumWidth(WIDTH_PX)
        self.lines = self._lines(statistics)
        self.frequent = [(_shown(value), grouped(count)) for value, count in statistics.frequent]
        title = plain_label(one_line(name, LONGEST))
        title.setObjectName("heading")
        where = plain_label(of_rows)
        where.setObjectName("muted")
        copy = QPushButton(self.tr("Copy"))
        copy.setAccessibleName(self.tr("Copy the statistics"))
        copy.clicked.connect(self.copy)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.addWidget(title)
        layout.addWidget(where)
        layout.addLayout(_grid(self.lines))
        if self.frequent:
            heading = plain_label(self.tr("Most frequent"))
            heading.setObjectName("heading")
            layout.addWidget(heading)
            layout.addLayout(_grid(self.frequent))
        layout.addLayout(bottom)

    def _lines(self, statistics: ColumnStatistics) -> list[tuple[str, str]]:
        lines = [
            (self.tr("Filled"), grouped(statistics.count)),
            (self.tr("NULL"), grouped(statistics.nulls)),
            (self.tr("Different"), grouped(statistics.distinct)),
            (self.tr("Least"), _shown(statistics.least)),
            (self.tr("Greatest"), _shown(statistics.greatest)),
            (self.tr("Mean"), _shown(statistics.mean)),
            (self.tr("Standard deviation"), _shown(statistics.deviation)),
            (self.tr("Median"), _shown(statistics.median)),
            (self.tr("Sum"), _shown(statistics.total)),
        ]
        if statistics.empty:
            lines.insert(2, (self.tr("Empty text"), grouped(statistics.empty)))
        return [(word, value) for word, value in lines if value]

    def copy(self) -> None:
        QApplication.clipboard().setText("\n".join(f"{word}\t{value}" for word, value in self.lines + self.frequent))
        self.close()

    def show_at(self, place: QPoint) -> None:
        """Show the window below a place of the screen, moved so that all of it is on the screen."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), min(place.x(), room.right() - self.width()))
        y = max(room.top(), min(place.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()


def _grid(lines: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    grid.setVerticalSpacing(3)
    for row, (word, value) in enumerate(lines):
        grid.addWidget(plain_label(word), row, 0)
        cell = plain_label(value)
        cell.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(cell, row, 1)
    grid.setColumnStretch(0, 1)
    return grid


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return grouped(value)
    return grouped_number(f"{value:.10g}") if isinstance(value, float) else one_line(str(value), LONGEST) or "“”"
