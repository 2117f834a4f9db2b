"""The dialog that makes sites of the rows of a file: which column fills which field, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import override

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from layers.document.changes import Changes
from layers.document.document import Document
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import crs_name
from layers.pool.pool import ReaderPool
from layers.vector.table import VectorInfo
from viewer.commands.tables.field_columns import SiteMapping, guess_table_mapping
from viewer.commands.tables.known_rows import known_rows
from viewer.commands.tables.site_files import (
    PLACE_OPTIONS,
    FoundSites,
    TableReading,
    TableRow,
    add_rows,
    is_placed,
    layers_of_file,
    names_of,
    notes_on,
    rows_of,
)
from viewer.commands.tables.site_rows import TableEdit, add_table, bounds_of, own_classes
from viewer.commands.unplaced import PlaceQuestion
from viewer.panels.added_sites import show_added
from viewer.panels.context import PanelContext
from viewer.panels.homecoming.column_grid import FIELD_WORDS, ColumnGrid
from viewer.panels.homecoming.rows_look import RowsLook, SentenceList
from viewer.panels.widgets.form_page import FormPage
from viewer.panels.words import class_choices
from viewer.support.jobs import JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX, WISHED_PX, AROUND_PX = 820, 720, 60
"""Logical pixels: width and height of the dialog where the screen has it, and the frame around it."""
SCROLL_PX = 12
FIRST_ROWS, ROWS_PX, ROW_PX, REMARKS_PX = 5, 150, 22, 66
COLUMN_PX = 130

type AskCrs = Callable[[PlaceQuestion, str, Callable[[str], None]], None]
"""Asks for the CRS of numbers: the question, the CRS that holds now, and the taker of the answer."""


class ReadTable(Struct, frozen=True, eq=False):
    """The rows of one layer, as these options place them."""

    options: Mapping[str, str]
    layer: VectorInfo
    rows: list[TableRow]

    @property
    def lacks_crs(self) -> bool:
        """True where the CRS of its numbers has to be chosen before any row has a place."""
        return not (self.layer.crs or self.options.get("crs")) and self.layer.bounds is not None


class MadeSites(Struct, frozen=True, eq=False):
    """Sites of the rows by the present choices, and the edit that adds them."""

    table: ReadTable
    sites: FoundSites
    known: int
    """Number of sites that the case has already, by name and place."""
    made: TableEdit | None
    """The edit that adds them; None without any."""
    bounds: Bounds | None


class SiteTableDialog(QDialog):
    """Asks beside the map, shows what would be added, and adds it as one step.

    Each choice makes the sites anew in a job, so that the number on the button is what a click adds.
    """

    def __init__(
        self,
        context: PanelContext,
        pool: ReaderPool,
        jobs: Jobs,
        path: Path,
        layers: Sequence[VectorInfo],
        ask_crs: AskCrs,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context, self._pool, self._jobs, self._path = context, pool, jobs, path
        self._layers, self._ask_crs = layers, ask_crs
        self._crs = ""
        """CRS that was chosen for the numbers; empty for that of the file, or degrees of WGS 84."""
        self._made: MadeSites | None = None
        self._table: ReadTable | None = None
        """Rows that were read last: they are read anew only where other columns give the places."""
        self._look = RowsLook(jobs, self._read, self)
        self.setWindowTitle(self.tr("Add Sites from a Table"))
        self.heading = plain_label()
        self.heading.setObjectName("heading")
        self.sheet = ComboBox()
        self.sheet.setAccessibleName(self.tr("Sheet or layer"))
        for layer in layers:
            self.sheet.addItem(one_line(layer.name, 60), layer.name)
        self.rows = QTableWidget()
        self.grid = ColumnGrid()
        self.class_code = ComboBox()
        self.others = QCheckBox(self.tr("List the other columns in the notes"))
        self.leave_known = QCheckBox()
        self.crs_button = QPushButton()
        self.outcome = plain_label()
        self.remarks = SentenceList(self.tr("Rows and values that do not fit"), REMARKS_PX)
        self.add_button = QPushButton(self.tr("&Add Sites"))
        self._fill()
        self._lay_out()
        self._show_layer()
        context.changed.connect(self._follow_edit)
        context.document_replaced.connect(self.close)

    def _fill(self) -> None:
        for code, title in class_choices():
            self.class_code.addItem(title, code)
        self.class_code.setCurrentIndex(self.class_code.findData("other"))
        self.class_code.setAccessibleName(self.tr("Class where the column says none"))
        self.others.setChecked(True)
        self.leave_known.setChecked(True)
        self.leave_known.setToolTip(self.tr("Rows of the same name at the same place, whose claim is here as well"))
        self.leave_known.hide()
        self.rows.setAccessibleName(self.tr("The first rows"))
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.rows.setFixedHeight(ROWS_PX)
        self.rows.setTabKeyNavigation(False)
        self.rows.horizontalHeader().setDefaultSectionSize(COLUMN_PX)
        self.rows.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.rows.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.rows.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.rows.setWordWrap(False)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.outcome.setWordWrap(True)
        self.crs_button.setToolTip(self.tr("Choose the CRS in which the file states its numbers"))
        self.crs_button.clicked.connect(self._choose_crs)
        self.sheet.currentIndexChanged.connect(self._show_layer)
        self.class_code.currentIndexChanged.connect(self._look_anew)
        for box in (self.others, self.leave_known):
            box.toggled.connect(self._look_anew)
        self.grid.changed.connect(self._choose_columns)

    def _lay_out(self) -> None:
        self._reading = QFormLayout()  # not on the page that scrolls: without a CRS nothing else counts
        self._reading.addRow(self.tr("CRS of the coordinates"), self.crs_button)
        form = QFormLayout()
        form.addRow(self.tr("Class where the column says none"), self.class_code)
        form.addRow(self.others)
        page = FormPage("")  # scrolls where the screen is small: the buttons stay in reach
        page.content.setContentsMargins(0, 0, SCROLL_PX, 0)
        page.content.addWidget(self.rows)
        page.content.addWidget(self.grid)
        page.content.addLayout(form)
        page.show_form()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button.setDefault(True)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.add)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.heading)
        layout.addWidget(self.sheet)
        self.sheet.setVisible(len(self._layers) > 1)
        layout.addLayout(self._reading)
        layout.addWidget(page, 1)
        for part in (self.leave_known, self.outcome, self.remarks):
            layout.addWidget(part)
        layout.addWidget(buttons)
        self.setMinimumWidth(WIDTH_PX - 100)
        self.resize(WIDTH_PX, min(WISHED_PX, self.screen().availableGeometry().height() - AROUND_PX))

    # -- the file ---------------------------------------------------------------------------------------------------

    @property
    def layer(self) -> VectorInfo:
        """The sheet or layer that is chosen."""
        return self._layers[max(self.sheet.currentIndex(), 0)]

    def _show_layer(self, *_: object) -> None:
        layer = self.layer
        count = int(layer.reading.get("rows") or layer.features)
        rows = translate("SiteTableDialog", "{count} rows", "{count} row", count)
        self.heading.setText(self.tr("{0} of “{1}”").format(rows, one_line(self._path.name, 60)))
        names, preview = names_of(layer), layer.reading.get("preview") or []
        places = layer.reading.get("columns") or {}
        guessed = guess_table_mapping(names, list(places.values()))
        guessed |= {field: places[key] for field, key in PLACE_OPTIONS.items() if key in places}
        examples = {name: next((row[at] for row in preview if row[at]), "") for at, name in enumerate(names)}
        self.grid.show_columns(names, examples, guessed, has_places="columns" in layer.reading)
        self._table, self._crs = None, ""
        self._show_rows(names, preview)
        self._look_anew()

    def _show_rows(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.rows.setColumnCount(len(names))
        self.rows.setRowCount(min(len(rows), FIRST_ROWS))
        for number, row in enumerate(rows[:FIRST_ROWS]):
            for at, cell in enumerate(row):
                self.rows.setItem(number, at, QTableWidgetItem(one_line(cell, 120)))
        self._name_columns()

    def _name_columns(self) -> None:
        """Write above each column its name and the fields that it fills."""
        fills: dict[str, list[str]] = {}
        for field, column in self.grid.columns().items():
            fills.setdefault(column, []).append(translate("ColumnGrid", FIELD_WORDS[field]))
        for at, name in enumerate(names_of(self.layer)):
            words = f"\n→ {', '.join(fills[name])}" if name in fills else "\n–"
            self.rows.setHorizontalHeaderItem(at, QTableWidgetItem(one_line(name, 30) + words))

    def _choose_columns(self) -> None:
        self._name_columns()
        self._look_anew()

    @property
    def is_reading(self) -> bool:
        """True until the rows are read by the present choices."""
        return self._look.is_under_way

    # -- what comes of it -------------------------------------------------------------------------------------------

    def _follow_edit(self, changes: Changes) -> None:
        if changes.touches("sites", "sources", "templates"):
            self._look_anew()

    def _look_anew(self, *_: object) -> None:
        self._made = None
        self.add_button.setEnabled(False)
        self._show_crs()
        self._look.ask()

    def _options(self) -> dict[str, str]:
        """The columns that give the places of a table, and their CRS, as readers take them."""
        crs = {"crs": self._crs} if self._crs and self._has_numbers() else {}
        if not self._is_table:
            return crs
        chosen = self._chosen_places()
        own = {
            key: name
            for key, name in (self.layer.reading.get("columns") or {}).items()
            if key in ("x", "y", "place", "wkt")
        }
        return crs if chosen == own else chosen | crs

    def _chosen_places(self) -> dict[str, str]:
        """The columns that are chosen to give the places, by the options of readers."""
        columns = self.grid.columns()
        return {PLACE_OPTIONS[field]: column for field, column in columns.items() if field in PLACE_OPTIONS}

    @property
    def _is_table(self) -> bool:
        """True for a file whose columns have to say where its rows are."""
        return "columns" in self.layer.reading

    # -- the CRS ----------------------------------------------------------------------------------------------------

    def _has_numbers(self) -> bool:
        """True where the places are numbers of a CRS; a coordinate in words or in degrees, minutes, seconds has its
        own, and most files state theirs.
        """
        own = self.layer.reading.get("columns") or {}
        if not self._is_table:
            return not self.layer.crs
        chosen = self._chosen_places()
        return "wkt" in chosen or ({"x", "y"} <= chosen.keys() and not {"zone", "lat_deg"} & own.keys())

    def _show_crs(self) -> None:
        """Show the CRS of the numbers, as far as it is known."""
        layer = self.layer if self._table is None else self._table.layer
        crs = self._crs or layer.crs
        words = one_line(crs_name(crs), 60) if crs else self.tr("Not stated: Choose…")
        self.crs_button.setText(words.replace("&", "&&"))
        self.crs_button.setAccessibleName(self.tr("CRS of the coordinates: {0}").format(words))
        self._reading.setRowVisible(self.crs_button, self._has_numbers())

    def _choose_crs(self) -> None:
        layer = self.layer if self._table is None else self._table.layer
        question = PlaceQuestion(self._path.name, "", layer.bounds, has_pixels=False)
        self._ask_crs(question, self._crs or layer.crs, self._take_crs)

    def _take_crs(self, crs: str) -> None:
        if isValid(self) and crs != self._crs:
            self._crs = crs
            self._look_anew()

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Make the sites by the present choices, in a job."""
        options, read = self._options(), self.layer.reading.get("columns") or {}
        own = {} if options else {f"place {key}": str(name) for key, name in read.items()}
        columns = self.grid.columns() | own  # what gives the place is not listed in the notes
        document = self._context.document.copied()
        mapping = SiteMapping(columns, self.class_code.currentData(), self.others.isChecked())
        work = partial(
            _make,
            document,
            TableReading(mapping, own_classes(document)),
            self._path,
            self.layer,
            options,
            self._table,
            self._pool,
            self._context.case.actor,
            leaves_known=self.leave_known.isChecked(),
        )
        self.outcome.setText(self.tr("Reading the rows…"))
        self._look.run(work, self._show, self._refuse, apart=True)

    def _show(self, made: MadeSites) -> None:
        self._made, self._table = made, made.table
        self._show_crs()
        if not self.rows.rowCount():
            names = names_of(self.layer)
            cells = [
                ["" if (value := row[2].get(name)) is None else str(value) for name in names]
                for row in made.table.rows[:FIRST_ROWS]
            ]
            self._show_rows(names, cells)
        numbers = [str(number) for number, _wkb, _values in made.table.rows[: self.rows.rowCount()]]
        self.rows.setVerticalHeaderLabels(numbers)  # as the remarks below count
        self.leave_known.setText(
            translate(
                "SiteTableDialog",
                "Leave out {count} rows that this case has already",
                "Leave out {count} row that this case has already",
                made.known,
            )
        )
        self.leave_known.setVisible(made.known > 0)
        outcome, edit = made.sites, made.made
        count = len(edit.site_uuids) if edit is not None else 0
        parts = [translate("SiteTableDialog", "{count} sites", "{count} site", count)]
        if edit is not None and edit.sources:
            parts.append(translate("SiteTableDialog", "{count} new sources", "{count} new source", edit.sources))
        if edit is not None and edit.claims:
            parts.append(translate("SiteTableDialog", "{count} claims", "{count} claim", edit.claims))
        if outcome.left_out:
            left = len(outcome.left_out)
            parts.append(translate("SiteTableDialog", "{count} rows left out", "{count} row left out", left))
        self.outcome.setText(self.tr("What comes in: {0}.").format(", ".join(parts)) if count else self._why_none())
        self.add_button.setText(self.tr("&Add {0}").format(parts[0]) if count else self.tr("&Add Sites"))
        self.add_button.setEnabled(count > 0)
        if made.table.lacks_crs:
            self.remarks.show_sentences([])
            return
        remarks = [*outcome.left_out, *outcome.unfit.sentences(), *outcome.notes, *self._unused()]
        self.remarks.show_sentences(remarks or [self.tr("All rows and all columns come in.")])

    def _why_none(self) -> str:
        if self._made is not None and self._made.sites.sites:
            return self.tr("This case has all of these rows already.")
        if self._made is not None and self._made.table.lacks_crs:
            return self.tr("The file does not say in which CRS its numbers are, and they are no degrees: choose it.")
        if self._is_table and not is_placed(self.layer) and not self._options():
            return self.tr("Choose the columns that say where the rows are: latitude and longitude, or coordinates.")
        return self.tr("No row has a place.")

    def _unused(self) -> list[str]:
        """A sentence on the columns that fill no field."""
        used = set(self.grid.columns().values()) | set(map(str, (self.layer.reading.get("columns") or {}).values()))
        names = [name for name in names_of(self.layer) if name not in used]
        if not names:
            return []
        listed = one_line(", ".join(names), 300)
        if self.others.isChecked():
            return [self.tr("Columns that fill no field: {0}. They are listed in the notes.").format(listed)]
        return [
            self.tr("Columns that fill no field: {0}. They stay in the file and in the site’s data.").format(listed)
        ]

    def _refuse(self, sentence: str) -> None:
        self._made = None
        self.add_button.setText(self.tr("&Add Sites"))
        self.add_button.setEnabled(False)
        self.outcome.setText(sentence)
        self.remarks.show_sentences([])

    def add(self) -> None:
        """Add what is shown, as one step, go there and close."""
        made = self._made
        if made is None or made.made is None or self.is_reading:
            return
        edit = made.made.edit
        if not self._context.do(lambda document, actor: edit):
            return
        show_added(self._context, self._jobs, made.made.site_uuids, made.bounds)
        self._context.messages.tell(self.outcome.text())
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._look.end()
        super().closeEvent(event)
        self.deleteLater()


def _make(
    document: Document,
    reading: TableReading,
    path: Path,
    layer: VectorInfo,
    options: Mapping[str, str],
    known: ReadTable | None,
    pool: ReaderPool,
    actor: str,
    job: JobContext,
    *,
    leaves_known: bool,
) -> MadeSites:
    """Read the rows where they are not known, and build the edit that adds their sites."""
    table = known if known is not None and known.options == options else _read_table(path, layer, options, pool, job)
    outcome = FoundSites(notes=notes_on([table.layer]))
    add_rows(outcome, table.layer, table.rows, reading, options)
    job.check()
    here = known_rows(document, outcome.sites)
    sites = [site for number, site in enumerate(outcome.sites) if not (leaves_known and number in here)]
    made = add_table(document, sites, path.name, actor=actor) if sites else None
    return MadeSites(table, outcome, len(here), made, bounds_of(sites))


def _read_table(
    path: Path, layer: VectorInfo, options: Mapping[str, str], pool: ReaderPool, job: JobContext
) -> ReadTable:
    if options and "columns" in layer.reading:  # other places, and something else to say of them
        same = [each for each in layers_of_file(path, pool, options) if each.name == layer.name]
        if not same:
            raise InvalidValue("{name} has no {layer} any more: open it again.", name=path.name, layer=layer.name)
        layer = same[0]
    table = ReadTable(dict(options), layer, [])
    if table.lacks_crs:
        return table
    return replace(table, rows=rows_of(layer, path, options, pool, lambda done: job.check()))
