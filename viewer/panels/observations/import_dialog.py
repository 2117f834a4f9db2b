"""The dialog that brings a spreadsheet of observations home: which column says what, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, override

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.observation import Observation
from layers.document.vocabulary import VIEW_QUALITIES, WHYS
from layers.errors import GeoloupeError, InvalidValue
from layers.observing.observation_rows import (
    COLUMN_NAMES,
    DAY_FIRST,
    FIELDS,
    MONTH_FIRST,
    NEEDED,
    RowReading,
    SeenRow,
    asks_order,
    order_of,
    read_row,
)
from layers.phrase import Phrase
from layers.requests.features import SheetOfCells
from viewer.commands.imagery.observation_rows import RecordedRows, RowDifference, observations_from_rows
from viewer.commands.tables.field_columns import guess_mapping
from viewer.panels.context import PanelContext
from viewer.panels.homecoming.rows_look import RowsLook, SentenceList, offer_columns
from viewer.panels.words import choices
from viewer.rendering.layers.image_facts import image_facts
from viewer.support.jobs import JobContext, Jobs
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 640
REASONS_PX = 110
OUTCOME_LINES = 2
"""Lines of the longest sentence on what comes of the rows."""
MOST_DIFFERENCES = 200
"""Most rows that are listed with what they change."""
TOLD_ROWS = 250


class ObservationImportDialog(QDialog):
    """Asks beside the map, shows what would be recorded, and records it as one step.

    Each choice reads all rows anew in a job, so that the number on the button is what a click records.
    """

    def __init__(self, context: PanelContext, jobs: Jobs, path: Path, sheets: Sequence[SheetOfCells], parent: QWidget):
        super().__init__(parent)
        self._context, self._path, self._sheets = context, path, sheets
        self._images = images_on_map(context)
        self._recorded: RecordedRows | None = None
        """Edit that the button pushes, with its counts; None while the rows are read."""
        self.setWindowTitle(self.tr("Import Observations"))
        self._look = RowsLook(jobs, self._read_rows, self)
        self.heading = plain_label()
        self.heading.setObjectName("heading")
        self.sheet = ComboBox()
        self.sheet.setAccessibleName(self.tr("Sheet"))
        for number, each in enumerate(sheets):
            self.sheet.addItem(one_line(each.name, 60), number)
        self.columns = {field: ComboBox() for field in FIELDS}
        self.order, self.view_quality, self.why = ComboBox(), ComboBox(), ComboBox()
        self.stated = QCheckBox(
            self.tr("Enter dates without an image as images of “{0}”").format(one_line(path.name, 40))
        )
        self.target = ComboBox()
        self.target.setEditable(True)
        self.kept_as_is: set[int] = set()
        """Numbers of the rows whose tick was taken away: what the case has stays."""
        self.differences = QListWidget()
        self.outcome = plain_label()
        self.reasons = SentenceList(self.tr("Rows that are left out"), REASONS_PX)
        self._fill_choices()
        self._lay_out()
        self._show_sheet()
        context.changed.connect(self._follow_edit)
        context.document_replaced.connect(self.close)

    def _fill_choices(self) -> None:
        for text, order in ((self.tr("Day first: 12.4."), DAY_FIRST), (self.tr("Month first: 4/12"), MONTH_FIRST)):
            self.order.addItem(text, order)
        self.order.setPlaceholderText(self.tr("Choose"))
        self.order.setCurrentIndex(-1)
        for box, words, name in (
            (self.view_quality, VIEW_QUALITIES, self.tr("How clear the view was, where no column says")),
            (self.why, WHYS, self.tr("Why it cannot be told, where no column says")),
        ):
            box.setAccessibleName(name)
            box.addItem(self.tr("not stated"), "")
            for value, text in choices(words):
                box.addItem(text, value)
        self.order.setAccessibleName(self.tr("Order of day and month"))
        for field, box in self.columns.items():
            box.setAccessibleName(self.tr("Column for: {0}").format(self.word(field)))
        for box in (*self.columns.values(), self.order, self.view_quality, self.why):
            box.currentIndexChanged.connect(self._look_anew)
        self.target.setAccessibleName(self.tr("What was looked for, where no column says"))
        targets = {row.target.strip(): None for row in self._context.document.observations.values()}
        self.target.addItems([one_line(target, 80) for target in ("", *sorted(filter(None, targets)))])
        self.target.currentTextChanged.connect(self._look_anew)
        self.differences.setAccessibleName(self.tr("Rows that change what the case has"))
        self.differences.itemChanged.connect(self._tick)
        self.sheet.currentIndexChanged.connect(self._show_sheet)
        self.stated.toggled.connect(self._look_anew)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        half = (len(FIELDS) + 1) // 2
        for number, (field, box) in enumerate(self.columns.items()):
            row, side = number % half, 2 * (number // half)
            label = plain_label(self.word(field))
            label.setBuddy(box)
            grid.addWidget(label, row, side)
            grid.addWidget(box, row, side + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.setHorizontalSpacing(10)
        form = QFormLayout()
        form.addRow(self.tr("Order of day and month"), self.order)
        form.addRow(self.tr("How clear the view was, where no column says"), self.view_quality)
        form.addRow(self.tr("Why it cannot be told, where no column says"), self.why)
        form.addRow(self.tr("What was looked for, where no column says"), self.target)
        form.addRow(self.stated)
        self._form = form
        self.outcome.setWordWrap(True)
        # room for the longest sentence, so that neither it is cut nor the buttons move
        self.outcome.setMinimumHeight(OUTCOME_LINES * self.outcome.fontMetrics().lineSpacing())
        self.outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        policy = self.reasons.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # so that the buttons stay under the pointer
        self.reasons.setSizePolicy(policy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.record_button = QPushButton(self.tr("&Record"))
        self.record_button.setDefault(True)
        buttons.addButton(self.record_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.record)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.heading)
        layout.addWidget(self.sheet)
        self.sheet.setVisible(len(self._sheets) > 1)
        layout.addLayout(grid)
        layout.addLayout(form)
        layout.addWidget(self.outcome)
        self.differences.setFixedHeight(REASONS_PX)
        self.differences.setWordWrap(True)
        self.differences.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.differences.hide()
        layout.addWidget(self.differences)
        layout.addWidget(self.reasons)
        layout.addWidget(buttons)
        self.setMinimumWidth(WIDTH_PX)

    # -- the file ---------------------------------------------------------------------------------------------------

    @property
    def chosen_sheet(self) -> SheetOfCells:
        return self._sheets[max(self.sheet.currentIndex(), 0)]

    def _show_sheet(self) -> None:
        sheet = self.chosen_sheet
        rows = translate("ObservationImportDialog", "{count} rows", "{count} row", len(sheet.numbers))
        self.heading.setText(self.tr("{0} of “{1}”").format(rows, one_line(self._path.name, 60)))
        guessed = guess_mapping(list(sheet.columns), COLUMN_NAMES)
        examples = {name: next((cell for cell in cells if cell.strip()), "") for name, cells in sheet.columns.items()}
        for field, box in self.columns.items():
            offer_columns(box, list(sheet.columns), examples, guessed.get(field, ""))
        self.kept_as_is.clear()
        self._look_anew()

    def reading(self) -> RowReading:
        """The present choices for reading the rows."""
        columns = {field: box.currentData() for field, box in self.columns.items() if box.currentData()}
        dates = self._dates(columns)
        order = order_of(dates) or (self.order.currentData() or "")
        return RowReading(
            columns, order, self.view_quality.currentData(), self.why.currentData(), self.target.currentText().strip()
        )

    def _dates(self, columns: Mapping[str, str]) -> list[str]:
        return self.chosen_sheet.columns.get(columns.get("date", ""), [])

    @property
    def is_reading(self) -> bool:
        """True until the rows are read by the present choices."""
        return self._look.is_under_way

    # -- what comes of it -------------------------------------------------------------------------------------------

    def _follow_edit(self, changes: Changes) -> None:
        if changes.touches("sites", "images", "observations"):
            self._look_anew()

    def _look_anew(self) -> None:
        self._recorded = None
        self.record_button.setEnabled(False)
        self._look.ask()

    def _read_rows(self) -> None:
        """Read the rows by the present choices, in a job."""
        reading = self.reading()
        self._form.setRowVisible(self.order, asks_order(self._dates(reading.columns)))
        missing = [self.word(field) for field in NEEDED if field not in reading.columns]
        if missing:
            self._say_refused(self.tr("Choose a column for: {0}.").format(", ".join(missing)))
            return
        read = partial(
            read_and_record,
            self._context.document.copied(),
            self.chosen_sheet,
            reading,
            actor=self._context.case.actor,
            title=self._path.name,
            images=self._images,
            stated_image=self._path.name if self.stated.isChecked() else "",
            kept_as_is=frozenset(self.kept_as_is),
        )
        self.outcome.setText(self.tr("Reading the rows…"))
        self._look.run(lambda job: read(job), self._show, self._say_refused)

    def _show(self, recorded: RecordedRows) -> None:
        self._recorded = recorded
        count = recorded.added + recorded.changed
        words = translate("ObservationImportDialog", "{count} observations", "{count} observation", count)
        text = self.tr("&Record {0}").format(words) if count else self.tr("&Record")
        self.record_button.setText(text)
        self.record_button.setEnabled(bool(recorded.edit.changes))
        new = translate("ObservationImportDialog", "{count} new", "{count} new", recorded.added)
        parts = [new, translate("ObservationImportDialog", "{count} changed", "{count} changed", recorded.changed)]
        if recorded.left_out:
            left = len(recorded.left_out)
            parts.append(translate("ObservationImportDialog", "{count} left out", "{count} left out", left))
        counts = self.tr("Observations: {0}.").format(", ".join(parts))
        nothing = self.tr("All of this is in the case already.")
        self.outcome.setText(counts if count or recorded.left_out or recorded.differences else nothing)
        self._list_differences(recorded.differences)
        self._list_reasons(recorded.left_out)

    def _list_differences(self, differences: Sequence[RowDifference]) -> None:
        """List what the rows change, old and new, each with a tick."""
        lines = self.differences
        lines.blockSignals(True)
        lines.clear()
        for each in differences[:MOST_DIFFERENCES]:
            line = QListWidgetItem(one_line(self._difference_words(each), 300))
            line.setData(Qt.ItemDataRole.UserRole, each.number)
            line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_off = each.number in self.kept_as_is
            line.setCheckState(Qt.CheckState.Unchecked if is_off else Qt.CheckState.Checked)
            line.setToolTip(self.tr("Untick to leave the row of the case as it is"))
            lines.addItem(line)
        lines.blockSignals(False)
        lines.setVisible(bool(differences))

    def _difference_words(self, difference: RowDifference) -> str:
        if not self._context.look.shows(difference.before):
            hidden = self.tr("hidden, as you look blind")
            return self.tr("{0}, {1}: {2}").format(difference.site, difference.date, hidden)
        nothing = self.tr("not stated")
        fields = [
            self.tr("{0}: {1} → {2}").format(self.word(name), word(old) or nothing, word(new) or nothing)
            for name, old, new in difference.fields
        ]
        return self.tr("{0}, {1}: {2}").format(difference.site, difference.date, "; ".join(fields))

    def _tick(self, line: QListWidgetItem) -> None:
        """Leave a row of the case as it is, or change it after all."""
        number = line.data(Qt.ItemDataRole.UserRole)
        (self.kept_as_is.discard if line.checkState() == Qt.CheckState.Checked else self.kept_as_is.add)(number)
        self._look_anew()

    def _say_refused(self, sentence: str) -> None:
        self._recorded = None
        self.record_button.setText(self.tr("&Record"))
        self.record_button.setEnabled(False)
        self.outcome.setText(sentence)
        self._list_differences([])
        self._list_reasons([])

    def _list_reasons(self, left_out: Sequence[str]) -> None:
        self.reasons.show_sentences(left_out)
        self.reasons.setVisible(bool(left_out))

    def record(self) -> None:
        """Record what is shown, as one step, and close."""
        recorded = self._recorded
        if recorded is None or self.is_reading or not self._context.do(lambda document, actor: recorded.edit):
            return
        rows = (change.row for change in recorded.edit.changes)
        sites = {row.site_uuid for row in rows if isinstance(row, Observation)}
        self._context.selection.set(sites)
        self._context.messages.tell(in_language(recorded.edit.label))
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._look.end()
        super().closeEvent(event)
        self.deleteLater()

    def word(self, field: str) -> str:
        return {
            "site": self.tr("Site"),
            "date": self.tr("Date of the image"),
            "presence": self.tr("Present or absent"),
            "count": self.tr("Count"),
            "words": self.tr("Words"),
            "why": self.tr("Why it cannot be told"),
            "view_quality": self.tr("How clear the view was"),
            "image": self.tr("Image"),
            "target": self.tr("Looked for"),
            "observer": self.tr("Observer"),
        }[field]


def read_and_record(
    document: Document, sheet: SheetOfCells, reading: RowReading, job: JobContext | None = None, **options: Any
) -> RecordedRows:
    """Read the rows of a sheet and build the edit that records them. Raises InvalidValue where no row fits."""
    rows: list[SeenRow] = []
    unread: list[tuple[int, str]] = []
    names = list(sheet.columns)
    for number, cells in zip(sheet.numbers, zip(*sheet.columns.values(), strict=True), strict=True):
        try:
            row = read_row(dict(zip(names, cells, strict=True)), number, reading)
        except InvalidValue as error:
            unread.append((number, Phrase("Row {number} is left out. {why}", number=number, why=error.sentence)))
            continue
        rows += [row] if row is not None else []

    def check(done: int) -> None:
        if job is not None and done % TOLD_ROWS == 0:
            job.check()

    if not rows and unread:
        raise InvalidValue(unread[0][1])
    recorded = observations_from_rows(document, rows, check=check, **options)
    return recorded._replace(left_out=[*(words for _number, words in unread), *recorded.left_out])


def images_on_map(context: PanelContext) -> list[dict[str, Any]]:
    """Facts of the images of the map's layers, as far as they are known."""
    facts = []
    for uuid in context.document.layers:
        drawing = context.layers.drawing_of(uuid)
        known = image_facts(drawing) if drawing is not None else None
        facts += [known] if known else []
    return facts


def import_observations(context: PanelContext, path: Path, window: QWidget) -> None:
    """Read a spreadsheet in a reader process, then ask what its columns say."""
    from layers.requests.features import ReadSheets, SheetFacts  # only where a spreadsheet comes in

    access = context.layers.features
    assert access is not None
    pool, jobs = access.pool, access.jobs

    def read(job: JobContext) -> SheetFacts:
        facts: SheetFacts = pool.ask(ReadSheets(str(path.resolve()))).facts
        return facts

    def show(facts: SheetFacts) -> None:
        ObservationImportDialog(context, jobs, path, facts.sheets, window).show()

    def refuse(error: GeoloupeError) -> None:
        context.report(in_language(error.sentence))

    title = translate("ObservationImportDialog", "Reading {0}").format(one_line(path.name, 60))
    jobs.run(read, show, refuse, title, apart=True, of_case=True)
