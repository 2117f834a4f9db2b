"""The filters of the history: kind of row, person, field, days, deletions, and the row whose history is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, override

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.edit import Table
from layers.project.history.history_reader import HistoryFilter
from layers.project.storage.tables import BY_NAME
from viewer.panels.context import PanelContext
from viewer.panels.history.change_words import field_choices, group_titles
from viewer.panels.history.history_reading import HistoryQuestion
from viewer.panels.said_names import said_name
from viewer.panels.widgets.fields import DayField
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

LEAST_CHARS = 6
WIDE_PX, NARROW_COLUMNS = 640, 3
"""Least width of a panel with all filters in one line, and the filters of a line in a narrower one."""
_STRETCHES = (9, 10, 6, 7, 5, 5)
"""Shares of the filters in the width: long kinds of rows get more of it than days."""
ALL, DELETIONS, TRACES = "all", "deletions", "traces"


class HistoryFilters(QWidget):
    """The fields; `changed` says that another question is to be asked."""

    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._row_uuid = ""
        self._row_name: Callable[[], str] = str
        """Returns the present name of the row."""
        self.listed = self._choice(self.tr("What is listed"))
        for title, key in (
            (self.tr("All changes"), ALL),
            (self.tr("Deletions"), DELETIONS),
            (self.tr("No longer in the case"), TRACES),
        ):
            self.listed.addItem(title, key)
        self.kind = self._choice(self.tr("Kind of row"))
        self.kind.addItem(self.tr("Everything"), ())
        for title, tables in group_titles():
            self.kind.addItem(title, tables)
        self.person = self._choice(self.tr("Person"))
        self.person.addItem(self.tr("Anybody"), None)
        self.field = self._choice(self.tr("Field"))
        self.since, self.until = DayField(self.tr("From")), DayField(self.tr("To"))
        self.since.setAccessibleName(self.tr("First day (UTC)"))
        self.until.setAccessibleName(self.tr("Last day (UTC)"))
        for field in (self.since, self.until):
            field.setToolTip(field.accessibleName())
            field.chosen.connect(self.changed)
            field.complaint.connect(self._context.report)
        self._offer_fields()
        self._lay_out()
        for choice in (self.listed, self.person, self.field):
            choice.activated.connect(self._chosen)
        self.kind.activated.connect(self._kind_chosen)

    def _choice(self, name: str) -> ComboBox:
        box = ComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(LEAST_CHARS)
        return box

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._place_fields(len(_STRETCHES))
        self.row_line, self.row_words = QWidget(), plain_label()
        self.all_button = QPushButton(self.tr("All Changes"))
        self.all_button.setAccessibleName(self.tr("List the changes of all rows of the case"))
        self.all_button.setToolTip(self.all_button.accessibleName())
        self.all_button.clicked.connect(lambda: self.show_row("", str))
        line = QHBoxLayout(self.row_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.row_words, 1)
        line.addWidget(self.all_button)
        self.row_line.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._grid)
        layout.addWidget(self.row_line)

    def _place_fields(self, columns: int) -> None:
        """Put the fields into lines of so many columns each."""
        fields = (self.listed, self.kind, self.person, self.field, self.since, self.until)
        for at, field in enumerate(fields):
            self._grid.addWidget(field, at // columns, at % columns)
        for column, stretch in enumerate(_STRETCHES):
            self._grid.setColumnStretch(column, stretch if column < columns else 0)
        self._columns = columns

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = len(_STRETCHES) if self.width() >= WIDE_PX else NARROW_COLUMNS
        if columns != self._columns:
            self._place_fields(columns)

    @override
    def minimumSizeHint(self) -> QSize:
        """The least size, with the fields in several lines: in one they would not let the panel become narrow."""
        fields = (self.listed, self.kind, self.person, self.field, self.since, self.until)
        widest = max(field.minimumSizeHint().width() for field in fields)
        width = NARROW_COLUMNS * (widest + self._grid.spacing()) - self._grid.spacing()
        return QSize(width, super().minimumSizeHint().height())

    @property
    def is_of_row(self) -> bool:
        """True while the changes of one row are asked for."""
        return bool(self._row_uuid)

    @property
    def question(self) -> HistoryQuestion:
        """The question that the fields ask."""
        listed = self.listed.currentData()
        wanted = HistoryFilter(
            tables=tuple(self.kind.currentData() or ()),
            actor=self.person.currentData(),
            column=self.field.currentData() or "",
            since=self.since.day,
            until=self.until.day,
            only_deleted=listed == DELETIONS,
            row_uuid=self._row_uuid,
        )
        return HistoryQuestion(wanted, of_traces=listed == TRACES)

    def show_row(self, uuid: str, name: Callable[[], str]) -> None:
        """Ask for the changes of one row, by all people and of all days; of all rows for an empty uuid.

        name: returns the present name of the row
        """
        self._row_uuid, self._row_name = uuid, name
        self.name_anew()
        self.row_line.setVisible(bool(uuid))
        if uuid:
            self.clear()
        self.changed.emit()

    def show_case(self, deleted: Table | Literal[""] = "") -> None:
        """Ask for all changes of the case, or for the deletions of rows of one table."""
        self.clear()
        if deleted:
            self.listed.setCurrentIndex(self.listed.findData(DELETIONS))
            names = {spec.name for spec in BY_NAME.values() if spec.table == deleted}
            kinds = (at for at in range(1, self.kind.count()) if names.issuperset(self.kind.itemData(at)))
            self.kind.setCurrentIndex(next(kinds, 0))
            self._offer_fields()
        self.show_row("", str)

    def choose_field(self, column: str) -> None:
        """Ask for the changes of one column alone, of the row that is shown."""
        tables = next((tables for _, tables in group_titles() if "claims" in tables), ())
        at = self.field.findData(column)
        if at < 0:  # it is not among those that all kinds of rows have
            self.kind.setCurrentIndex(max(0, self.kind.findData(tables)))
            self._offer_fields()
            at = self.field.findData(column)
        self.field.setCurrentIndex(max(0, at))
        self._chosen()

    def name_anew(self) -> None:
        """Show the present name of the row whose changes are listed: the list shows that of each row, too."""
        if self._row_uuid:
            name = one_line(self._row_name(), 80)
            self.row_words.setText(self.tr("Of “{0}” and what belongs to it").format(name))

    def clear(self) -> None:
        """Ask for everything, of the row that is shown."""
        for choice in (self.listed, self.kind, self.person):
            choice.setCurrentIndex(0)
        for field in (self.since, self.until):
            field.show_day("")
            field.setEnabled(True)
        self.kind.setEnabled(True)
        self.person.setEnabled(True)
        self.field.setEnabled(True)
        self._offer_fields()

    def begin_anew(self) -> None:
        """Ask for everything, as another case is open."""
        self._row_uuid = ""
        self.row_line.hide()
        self.clear()
        self.offer_people(())

    def offer_people(self, people: tuple[str, ...]) -> None:
        """Offer those who have changed the case; the chosen one stays chosen."""
        chosen = self.person.currentData()
        self.person.clear()
        self.person.addItem(self.tr("Anybody"), None)
        for person in people:
            name = said_name(person, self._context.document)
            self.person.addItem(name or self.tr("(not named)"), person)
        self.person.setCurrentIndex(max(0, self.person.findData(chosen)) if chosen is not None else 0)

    def _offer_fields(self) -> None:
        self.field.clear()
        self.field.addItem(self.tr("Any field"), "")
        for title, column in field_choices(tuple(self.kind.currentData() or ())):
            self.field.addItem(title, column)

    def _kind_chosen(self) -> None:
        self._offer_fields()
        self._chosen()

    def _chosen(self) -> None:
        is_of_changes = self.listed.currentData() != TRACES
        for field in (self.kind, self.person, self.field, self.since, self.until):
            field.setEnabled(is_of_changes)
        self.changed.emit()
