"""The layout of the attribute table: the line above the rows, the filter of the map, and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import override

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from layers.text.counted import grouped
from layers.vector.columns import Attributes
from viewer.panels.attributes.attribute_model import AttributeModel
from viewer.panels.attributes.attribute_view import AttributeView
from viewer.panels.attributes.filter_rows import FilterRows
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.elided import ElidedLabel
from viewer.support.language.text import one_line, tooltip
from viewer.support.plain_label import plain_label

QUICK_PX = 180
MOST_LISTED = 60
"""Most columns that are listed in a menu."""
_MARGIN_PX, _GAP_PX = 8, 6


class AttributePage(QWidget):
    """The widgets and their layout; `AttributeTablePanel` gives them their behaviour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = AttributeModel(self)
        self.view = AttributeView(self.model)
        self.view.setAccessibleName(self.tr("Attributes"))
        self.filter_rows = FilterRows()
        self.filter_rows.hide()
        self.message = plain_label()
        self.message.setObjectName("muted")
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.message)
        self.pages.addWidget(self.view)
        self.map_filter = self._map_filter_line()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN_PX, 6, _MARGIN_PX, 8)
        layout.setSpacing(6)
        self._make_parts()
        self._lines = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._gaps = QWidget(), QWidget(), QWidget()
        self._placed: list[list[QWidget]] = [[], [], []]
        for line in self._lines:
            line.setSpacing(_GAP_PX)
            layout.addLayout(line)
        self._place_parts()
        layout.addWidget(self.filter_rows)
        layout.addWidget(self.map_filter)
        layout.addWidget(self.pages, 1)
        self.model.set_palette(self.palette())

    def _make_parts(self) -> None:
        self.quick = QLineEdit()
        self.quick.setPlaceholderText(self.tr("Filter: text in any column"))
        self.quick.setAccessibleName(self.tr("Filter the rows by text in any column"))
        self.quick.setClearButtonEnabled(True)
        self.quick.setMinimumWidth(QUICK_PX // 2)
        self.quick.setMaximumWidth(2 * QUICK_PX)
        self.filter_button = QPushButton(self.tr("Set conditions"))
        self.filter_button.setCheckable(True)
        self.filter_button.setToolTip(tooltip(self.tr("Filter by several columns, or by an expression")))
        self.filter_button.toggled.connect(self._show_filter_rows)
        self.apply_button = QPushButton(self.tr("Filter the map"))
        self.apply_button.setToolTip(tooltip(self.tr("Show only the listed features on the map")))
        self.only_selected = QCheckBox(self.tr("Selected rows only"))
        self.count = ElidedLabel()
        self.count.setObjectName("muted")
        self.invert_button = IconButton("invert", self.tr("Invert the selection of the rows shown"))
        self.zoom_button = IconButton("zoom_selection", self.tr("Zoom to the selected features"))
        self.copy_button = IconButton("copy", self.tr("Copy the selected rows as a table"))
        self.sites_button = IconButton("sites", self.tr("Make sites of the selected features"))
        self.columns_button = IconButton("columns", self.tr("Columns: show, hide, statistics"))
        self._head = self.quick, self.filter_button
        self._buttons = (
            self.invert_button,
            self.zoom_button,
            self.copy_button,
            self.sites_button,
            self.columns_button,
        )

    def _map_filter_line(self) -> QWidget:
        line = QWidget()
        self.filter_text = ElidedLabel()
        self.filter_text.setAccessibleName(self.tr("Filter of the map"))
        self.edit_button = QPushButton(self.tr("Edit"))
        self.edit_button.setAccessibleName(self.tr("Edit the filter of the map"))
        self.clear_button = QPushButton(self.tr("Show all"))
        self.clear_button.setAccessibleName(self.tr("Clear the filter of the map"))
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.filter_text, 1)
        layout.addWidget(self.edit_button)
        layout.addWidget(self.clear_button)
        line.hide()
        return line

    # -- showing ------------------------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the rows; an empty one shows the rows."""
        self.message.setText(sentence)
        self.pages.setCurrentWidget(self.message if sentence else self.view)
        for widget in (
            self.quick,
            self.filter_button,
            self.only_selected,
            self.invert_button,
            self.columns_button,
        ):
            widget.setEnabled(not sentence)
        if sentence:
            self.apply_button.setEnabled(False)
            self.show_counts(0, 0, 0)

    def show_table(self, table: Attributes | None) -> None:
        """Show another table, as it is in its file: unsorted, unfiltered, all columns."""
        header = self.view.horizontalHeader()
        header.blockSignals(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.blockSignals(False)
        for widget in (self.quick, self.only_selected):
            widget.blockSignals(True)
        self.quick.clear()
        self.only_selected.setChecked(False)
        for widget in (self.quick, self.only_selected):
            widget.blockSignals(False)
        self.model.show_table(table)
        self.view.rows_changed()
        self.filter_rows.show_columns(list(table.columns.values()) if table is not None else [])
        for section in range(self.model.columnCount()):
            self.view.setColumnHidden(section, False)
        if table is not None:
            self.view.fit_columns()

    def show_counts(self, shown: int, total: int, selected: int) -> None:
        part = self.tr("{0} of {1}") if shown else self.tr("none of {1}")
        text = grouped(total) if shown == total else part.format(grouped(shown), grouped(total))
        if selected:
            text = self.tr("{0}, {1} selected").format(text, grouped(selected))
        self.count.say(text if total else "")
        self._place_parts()
        for button in (self.zoom_button, self.sites_button):
            button.setEnabled(selected > 0)
        self.copy_button.setEnabled(shown > 0)

    def _place_parts(self) -> None:
        """Move parts that would widen the panel to a line below, and end the counts with ….

        Otherwise the panels at the sides of the map would shrink whenever this one is opened.
        """
        room = self.contentsRect().width() - 2 * _MARGIN_PX
        apply, count, counted = [self.apply_button], [self.count], self.count.sizeHint().width() + _GAP_PX
        buttons_up = _least_px(*self._head, *self._buttons) <= room
        always = (*self._head, *self._buttons) if buttons_up else self._head
        apply_up = _least_px(*always, *apply) <= room
        below = (self.only_selected,) if apply_up else (self.only_selected, *apply)
        count_up = apply_up and buttons_up and _least_px(*always, *apply) + counted <= room
        count_below = not count_up and (apply_up or _least_px(*below) + counted <= room)
        line, second, third = list[QWidget](self._head), list[QWidget](below), list[QWidget]()
        line += apply if apply_up else ()
        (line if count_up else second if count_below else third).extend(count)
        (line if buttons_up else third).extend(self._buttons)
        self._place(line, second, third)

    def _place(self, *lines: list[QWidget]) -> None:
        """Lay out the parts of each line; the buttons of the first are at its end."""
        if list(lines) == self._placed:
            return
        for line, parts in zip(self._lines, self._placed, strict=True):
            for part in parts:
                line.removeWidget(part)
        self._placed = list(lines)
        for line, parts in zip(self._lines, lines, strict=True):
            for part in parts:
                line.addWidget(part, 8 if part is self.quick else 0)
        ends = [self._lines[0].indexOf(self.invert_button), -1, -1]
        for line, gap, end in zip(self._lines, self._gaps, ends, strict=True):
            line.removeWidget(gap)
            line.insertWidget(end, gap, 1)

    @override
    def minimumSizeHint(self) -> QSize:
        # All that may come to stand below counts, wherever it stands now: else the width would go back and forth.
        lines = self._head, (self.only_selected, self.apply_button), (*self._buttons, self.count)
        least = max(_least_px(*parts) for parts in lines)
        if self.filter_rows.isVisibleTo(self):
            least = max(least, self.filter_rows.minimumSizeHint().width())
        return QSize(least + 2 * _MARGIN_PX, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_parts()

    def show_map_filter(self, text: str, problem: str) -> None:
        """Show the filter of the map, or the problem with it; an empty `text` for no filter."""
        shown = problem or self.tr("The map shows: {0}").format(text)
        self.filter_text.say(shown if text else "")
        self.filter_text.setToolTip(tooltip(text))
        self.map_filter.setVisible(bool(text))

    def _show_filter_rows(self, shown: bool) -> None:
        self.filter_rows.setVisible(shown)
        if shown and not self.filter_rows.rows and not self.filter_rows.text and self.model.columns:
            self.filter_rows.add_row()

    # -- columns ------------------------------------------------------------------------------------------------

    def shown_columns(self) -> list[str]:
        """Names of the visible columns, in the order in which they are shown."""
        header = self.view.horizontalHeader()
        order = sorted(range(len(self.model.columns)), key=header.visualIndex)
        return [self.model.columns[section] for section in order if not self.view.isColumnHidden(section)]

    def add_column_actions(self, menu: QMenu) -> None:
        """Add a check for each column, hidden ones first where there are many; the last visible column cannot be
        hidden.
        """
        sections = range(len(self.model.columns))
        hidden = [section for section in sections if self.view.isColumnHidden(section)]
        everything = menu.addAction(self.tr("Show all columns"), partial(self._show_columns, hidden))
        everything.setEnabled(bool(hidden))
        others = [section for section in sections if section not in set(hidden)]
        listed = sorted([*hidden[:MOST_LISTED], *others[: max(0, MOST_LISTED - len(hidden))]])
        for section in listed:
            shown = not self.view.isColumnHidden(section)
            text = one_line(self.model.columns[section], 60).replace("&", "&&")
            action = QAction(text, menu, checkable=True, checked=shown)
            action.setEnabled(not shown or len(others) > 1)
            action.toggled.connect(lambda on, section=section: self.view.setColumnHidden(section, not on))
            menu.addAction(action)

    def _show_columns(self, sections: Sequence[int]) -> None:
        for section in sections:
            self.view.setColumnHidden(section, False)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.model.set_palette(self.palette())


def _least_px(*parts: QWidget) -> int:
    """Least width of a line that holds these parts."""
    widths = [part.minimumWidth() or part.minimumSizeHint().width() for part in parts]
    return sum(widths) + (len(parts) - 1) * _GAP_PX
