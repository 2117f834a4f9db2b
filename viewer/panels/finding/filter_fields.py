"""The fields of a filter: kind, class, role, state, confidence, person, days, and what is lacking."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.vocabulary import CONFIDENCES, ROLES, STATES
from layers.finding.passing_rows import FilterOffers
from layers.finding.row_filter import RowFilter
from viewer.panels.context import PanelContext
from viewer.panels.finding.found_rows import kind_word
from viewer.panels.said_names import said_name
from viewer.panels.widgets.fields import DayField
from viewer.panels.words import class_title
from viewer.support.language.stored_words import capital
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import ComboBox

LEAST_CHARS = 8
LISTED: tuple[Table, ...] = (
    "sites",
    "claims",
    "sources",
    "responses",
    "claim_sources",
    "comments",
    "observations",
    "searches",
    "chips",
    "products",
)
"""Kinds of rows that can be listed alone."""


class FilterFields(QWidget):
    """The fields; `changed` says that another filter is asked for. Words are typed elsewhere."""

    changed = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._offers = FilterOffers()
        empty = Document()
        self.table = self._choice(self.tr("Kind"), self.tr("Everything"))
        for table in LISTED:
            self.table.addItem(kind_word(empty, table, ""), table)
        self.class_code = self._choice(self.tr("Class of the site"), self.tr("Any class"))
        self.role = self._choice(self.tr("Role of the site"), self.tr("Any role"))
        self.state = self._choice(self.tr("State of the claim"), self.tr("Any state"))
        self.confidence = self._choice(self.tr("Confidence of the claim"), self.tr("Any confidence"))
        for box, words in ((self.role, ROLES), (self.state, STATES), (self.confidence, CONFIDENCES)):
            for stored in words:
                box.addItem(capital(stored), stored)
        self.author = self._choice(self.tr("Person who made or changed it"), self.tr("Anybody"))
        self.since, self.until = DayField(self.tr("From")), DayField(self.tr("To"))
        self.since.setAccessibleName(self.tr("First day of what the row tells of"))
        self.until.setAccessibleName(self.tr("Last day of what the row tells of"))
        for field in (self.since, self.until):
            field.setToolTip(tooltip(field.accessibleName()))
            field.chosen.connect(self.changed)
            field.complaint.connect(self._context.report)
        self.unsourced = self._check(
            self.tr("Unsourced"),
            self.tr("Claims without a source or evidence, and sites with such a claim; not sites without claims"),
        )
        self.unreviewed = self._check(self.tr("Unreviewed"), self.tr("Drafts: sites and claims that nobody reviewed"))
        self.in_view = self._check(self.tr("In view"), self.tr("What is about a site in the view of the map"))
        self._lay_out()

    def _choice(self, name: str, any_word: str) -> ComboBox:
        box = ComboBox()
        box.setAccessibleName(name)
        box.setToolTip(tooltip(name))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(LEAST_CHARS)
        box.addItem(any_word, "")
        box.activated.connect(lambda _at: self.changed.emit())
        return box

    def _check(self, text: str, says: str) -> QCheckBox:
        check = QCheckBox(text)
        check.setToolTip(tooltip(says))
        check.setAccessibleName(says)
        check.clicked.connect(lambda _checked: self.changed.emit())
        return check

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(5)
        pairs = (
            (self.table, self.class_code),
            (self.role, self.state),
            (self.confidence, self.author),
            (self.since, self.until),
        )
        for row, pair in enumerate(pairs):
            for column, widget in enumerate(pair):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        checks = QGridLayout()
        checks.setContentsMargins(0, 0, 0, 0)
        checks.setSpacing(5)
        for place, check in enumerate((self.unsourced, self.unreviewed, self.in_view)):
            checks.addWidget(check, place // 2, place % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(grid)
        layout.addLayout(checks)

    @property
    def wanted(self) -> RowFilter:
        """The filter that the fields ask for."""
        return RowFilter(
            table=self.table.currentData(),
            class_code=self.class_code.currentData(),
            role=self.role.currentData(),
            state=self.state.currentData(),
            confidence=self.confidence.currentData(),
            author=self.author.currentData(),
            since=self.since.day,
            until=self.until.day,
            unsourced=self.unsourced.isChecked(),
            unreviewed=self.unreviewed.isChecked(),
            in_view=self.in_view.isChecked(),
        )

    def show_filter(self, wanted: RowFilter) -> None:
        """Show what a filter asks for; `changed` is not emitted."""
        for box, value in (
            (self.table, wanted.table),
            (self.class_code, wanted.class_code),
            (self.role, wanted.role),
            (self.state, wanted.state),
            (self.confidence, wanted.confidence),
            (self.author, wanted.author),
        ):
            if box.findData(value) < 0:
                box.addItem(self._word_of(box, value), value)
            box.setCurrentIndex(box.findData(value))
        for field, day in ((self.since, wanted.since), (self.until, wanted.until)):
            field.show_day(day)
        self.unsourced.setChecked(wanted.unsourced)
        self.unreviewed.setChecked(wanted.unreviewed)
        self.in_view.setChecked(wanted.in_view)

    def _word_of(self, box: ComboBox, value: str) -> str:
        if box is self.class_code:
            return class_title(value, self._context.document)
        return said_name(value, self._context.document) or self.tr("(not named)") if box is self.author else value

    def offer(self, offers: FilterOffers) -> None:
        """Offer the people and the classes of the case; what is chosen stays chosen."""
        if offers != self._offers:
            self._offers = offers
            self._offer(self.author, offers.people)
            document = self._context.document
            classes = sorted(offers.classes, key=lambda code: class_title(code, document).casefold())
            self._offer(self.class_code, classes)

    def _offer(self, box: ComboBox, values: Iterable[str]) -> None:
        chosen = box.currentData()
        while box.count() > 1:
            box.removeItem(box.count() - 1)
        for value in dict.fromkeys([*values, *([chosen] if chosen else [])]):
            box.addItem(self._word_of(box, value), value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
