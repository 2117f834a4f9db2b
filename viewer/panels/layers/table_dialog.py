"""Asks for the columns, encoding, delimiter and CRS of a text table or a workbook, and shows the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.errors import GeoloupeError
from layers.vector.table import VectorInfo
from viewer.panels.layers.place_dialog import place_words
from viewer.panels.widgets.form_page import FormPage, heading, muted, wrapped
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

ENCODINGS = (
    "utf-8",
    "cp1251",
    "koi8-r",
    "cp866",
    "gb18030",
    "big5",
    "cp1252",
    "cp1250",
    "iso-8859-2",
    "cp1254",
    "shift_jis",
    "euc-kr",
    "utf-16",
)
DELIMITERS = (",", ";", "\t", "|")
TYPING_MS = 300
MOST_ABOVE = 500
"""Most rows above the names of columns."""

type Answered = Callable[[list[VectorInfo] | GeoloupeError], None]
type Ask = Callable[[dict[str, Any], Answered], None]
"""Reads the first rows with options, off the window's thread, and calls back with the result."""


class TableDialog(QDialog):
    """The dialog beside the map.

    `decided` is not emitted where the dialog was cancelled.
    """

    decided = Signal(object, str)
    """Emitted with the options for reading, and the name of the sheet or table."""

    def __init__(
        self, name: str, ask: Ask, options: dict[str, Any] | None = None, sheet: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("How to read {0}").format(one_line(name, 60)))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ask, self._options, self._sheet = ask, dict(options or {}), sheet
        self._infos: list[VectorInfo] = []
        self._asked = 0
        self._chosen_mode = ""
        self._is_showing = self._is_over = False
        self._build(name)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._read)
        self._read()

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self, name: str) -> None:
        self.says = wrapped("")
        self.says.setObjectName("bigFact")
        self.says.setAccessibleName(self.tr("Result of reading"))
        self.sheet = self._choice(self.tr("Sheet"))
        self.encoding = self._choice(self.tr("Encoding"))
        self.delimiter = self._choice(self.tr("Delimiter"))
        self.header = QCheckBox(self.tr("A row holds the names of the columns"))
        self.header_row = SpinBox()
        self.header_row.setRange(1, MOST_ABOVE)
        self.header_row.setAccessibleName(self.tr("Row of the names"))
        self.header_row.setKeyboardTracking(False)
        self.mode = self._choice(self.tr("Place"))
        self.columns = {key: self._choice(title) for key, title in self._titles().items()}
        self.crs = QLineEdit()
        self.crs.setAccessibleName(self.tr("CRS"))
        self.crs.setPlaceholderText(self.tr("e.g. EPSG:4326; for metres the zone, as EPSG:32652"))
        self.form = QFormLayout()
        for box in (self.sheet, self.encoding, self.delimiter):
            self._add_row(box)
        self.form.addRow("", self.header)
        self._add_row(self.header_row)
        for field in (self.mode, *self.columns.values(), self.crs):
            self._add_row(field)
        self.preview = QTableWidget()
        self.preview.setAccessibleName(self.tr("The first rows"))
        self.preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.preview.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.preview.setMinimumHeight(170)
        self.evidence = muted("")
        buttons = QDialogButtonBox()
        self.add_button = buttons.addButton(self.tr("&Read Table"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._decide)
        buttons.rejected.connect(self.reject)
        page = FormPage("")  # scrolls where the screen is small: the buttons stay in reach
        page.content.addLayout(self.form)
        page.content.addWidget(self.evidence)
        page.content.addWidget(heading(self.tr("The first rows")))
        page.content.addWidget(self.preview, 1)
        page.show_form()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(page, 1)
        layout.addWidget(self.says)
        layout.addWidget(buttons)
        self._connect()
        self.resize(640, 620)

    def _titles(self) -> dict[str, str]:
        return {
            "x": self.tr("Longitude or x"),
            "y": self.tr("Latitude or y"),
            "zone": self.tr("UTM zone"),
            "place": self.tr("Coordinates"),
            "wkt": self.tr("Geometry"),
        }

    def _choice(self, name: str) -> QComboBox:
        box = ComboBox()
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(24)
        return box

    def _add_row(self, field: QWidget) -> None:
        label = plain_label(field.accessibleName())
        label.setBuddy(field)
        self.form.addRow(label, field)

    def _connect(self) -> None:
        for box in (self.encoding, self.delimiter, *self.columns.values()):
            box.activated.connect(self._changed)
        self.mode.activated.connect(self._mode_chosen)
        self.sheet.activated.connect(self._sheet_chosen)
        self.header.clicked.connect(self._header_clicked)
        self.header_row.valueChanged.connect(self._header_row_chosen)
        self.crs.textEdited.connect(lambda: self._typing.start())

    # -- what is chosen ---------------------------------------------------------------------------------------------

    def options(self) -> dict[str, Any]:
        """The chosen options, without those that are left to the reader."""
        options: dict[str, Any] = {}
        if self.encoding.currentData():
            options["encoding"] = self.encoding.currentData()
        if self.delimiter.currentData():
            options["delimiter"] = self.delimiter.currentData()
        if not self.header.isChecked():
            options["header"] = False
        elif self._options.get("header_row"):
            options["header_row"] = self._options["header_row"]
        for key in self._keys():
            if self.columns[key].currentData():
                options[key] = self.columns[key].currentData()
        if self.crs.text().strip() and self.mode.currentData() != "place":
            options["crs"] = self.crs.text().strip()
        return options

    def _keys(self) -> tuple[str, ...]:
        return {"": (), "parts": (), "xy": ("x", "y"), "utm": ("x", "y", "zone"), "place": ("place",), "wkt": ("wkt",)}[
            str(self.mode.currentData() or "")
        ]

    def _changed(self, *_: object) -> None:
        if not self._is_showing:
            self._show_rows()
            self._options = self.options()
            self._read()

    def _mode_chosen(self, *_: object) -> None:
        self._chosen_mode = str(self.mode.currentData())
        self._changed()

    def _header_clicked(self, *_: object) -> None:
        """Guess the columns anew, as they have other names now."""
        self._chosen_mode = ""
        self._options = {key: value for key, value in self.options().items() if key not in self.columns}
        self._read()

    def _header_row_chosen(self, row: int) -> None:
        if not self._is_showing:
            self._options["header_row"] = row
            self._header_clicked()

    def _sheet_chosen(self, *_: object) -> None:
        self._sheet = str(self.sheet.currentData())
        self._chosen_mode = ""
        others = (*self.columns, "header_row")
        self._options = {key: value for key, value in self._options.items() if key not in others}
        self._read()

    def _decide(self) -> None:
        self.decided.emit(self.options(), self._sheet)
        self.accept()

    def done(self, result: int) -> None:
        self._is_over = True  # an answer may still be on its way
        super().done(result)

    # -- what comes of it -------------------------------------------------------------------------------------------

    def _read(self) -> None:
        if self.mode.count():
            self._options = self.options()
        self._asked += 1
        number = self._asked

        def answered(result: list[VectorInfo] | GeoloupeError) -> None:
            if not self._is_over and number == self._asked:
                self._show(result)

        self.says.setText(self.tr("Reading …"))
        self._ask(dict(self._options), answered)

    def _show(self, result: list[VectorInfo] | GeoloupeError) -> None:
        if isinstance(result, GeoloupeError):
            self.says.setText(plain(result.sentence))
            self.add_button.setEnabled(False)
            if not self.mode.count():
                self._is_showing = True
                self._fill_modes("")
                self._is_showing = False
            return
        self._infos = result
        info = next((sheet for sheet in result if sheet.name == self._sheet), result[0])
        self._sheet = info.name
        self._is_showing = True
        self._show_info(info)
        self._is_showing = False

    def _show_info(self, info: VectorInfo) -> None:
        reading = info.reading
        names = [str(name) for name in reading.get("names", [])]
        columns = {str(key): str(value) for key, value in dict(reading.get("columns", {})).items()}
        _fill(self.sheet, [(sheet.name, sheet.name) for sheet in self._infos], info.name)
        automatic = self.tr("Automatic ({0})")
        encodings = [
            ("", automatic.format(reading.get("encoding", ""))),
            *((encoding, encoding) for encoding in ENCODINGS),
        ]
        _fill(self.encoding, encodings, str(self._options.get("encoding", "")))
        words = {",": self.tr("Comma"), ";": self.tr("Semicolon"), "\t": self.tr("Tab"), "|": self.tr("Bar")}
        delimiter = words.get(str(reading.get("delimiter", "")), "")
        delimiters = [("", automatic.format(delimiter)), *((sign, words[sign]) for sign in DELIMITERS)]
        _fill(self.delimiter, delimiters, str(self._options.get("delimiter", "")))
        self.header.setChecked(bool(reading.get("header", True)))
        self.header_row.setValue(int(reading.get("header_row") or 1))
        kept = {key: str(value) for key, value in self._options.items() if key in self.columns and value in names}
        mode = str(self.mode.currentData() or "") if self.mode.count() and kept else ""
        self._fill_modes(self._chosen_mode or mode or _mode_of(columns), "lat_deg" in columns)
        for key, box in self.columns.items():
            _fill(
                box,
                [("", self.tr("choose a column")), *((name, name) for name in names)],
                kept.get(key, columns.get(key, "")),
            )
        if not self.crs.hasFocus():
            self.crs.setText(str(self._options.get("crs", "") or info.crs))
        self._show_rows("delimiter" in reading)
        self.evidence.setText(self._evidence(reading))
        self.evidence.setVisible(bool(self.evidence.text()))
        self._show_preview(names, list(reading.get("preview", [])), set(columns.values()))
        is_open = self._chosen_mode not in ("", _mode_of(columns))
        self.says.setText(self._sentence(info, is_open))
        self.add_button.setEnabled(bool(reading.get("placed")) and bool(info.crs) and not is_open)

    def _fill_modes(self, mode: str, has_parts: bool = False) -> None:
        modes = [
            ("xy", self.tr("Two columns: longitude and latitude, or x and y")),
            ("place", self.tr("One column in any notation: degrees, UTM, MGRS")),
            ("utm", self.tr("UTM in three columns: easting, northing, zone")),
            ("wkt", self.tr("Geometry as WKT")),
        ]
        if has_parts or mode == "parts":
            modes.append(("parts", self.tr("Degrees, minutes and seconds in columns of their own")))
        _fill(self.mode, modes, mode or "xy")
        self._show_rows()

    def _show_rows(self, is_text: bool | None = None) -> None:
        """Show only the fields that matter for what is chosen."""
        if is_text is not None:
            self.form.setRowVisible(self.encoding, is_text)
            self.form.setRowVisible(self.delimiter, is_text)
            self.form.setRowVisible(self.sheet, len(self._infos) > 1)
        for key, box in self.columns.items():
            self.form.setRowVisible(box, key in self._keys())
        self.form.setRowVisible(self.header_row, self.header.isChecked())
        self.form.setRowVisible(self.crs, self.mode.currentData() in ("xy", "wkt"))

    def _evidence(self, reading: dict[str, Any]) -> str:
        if not reading.get("encoding"):
            return ""
        evidence = in_language(reading.get("encoding_evidence", ""))
        return self.tr("Encoding {0}: {1}.").format(reading["encoding"], evidence)

    def _show_preview(self, names: list[str], rows: list[list[str]], marked: set[str]) -> None:
        self.preview.setColumnCount(len(names))
        self.preview.setHorizontalHeaderLabels([one_line(name, 60) for name in names])
        self.preview.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(one_line(str(text), 120))
                if names[column] in marked:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.preview.setItem(at, column, item)
        self.preview.resizeColumnsToContents()

    def _sentence(self, info: VectorInfo, is_open: bool) -> str:
        """Sentence on the result. `is_open`: the columns of the chosen mode have not been chosen yet."""
        reading = info.reading
        rows, placed = int(reading.get("rows", 0)), int(reading.get("placed", 0))
        if is_open or not reading.get("columns"):
            return self.tr("Nothing says where the rows are: choose the columns that do.")
        if reading.get("swapped"):
            columns = dict(reading["columns"])
            return self.tr("“{0}” and “{1}” look swapped: choose them the other way round.").format(
                columns.get("y", ""), columns.get("x", "")
            )
        if not placed:
            return self.tr("None of the first {0} rows has a place by these columns.").format(rows)
        count = self.tr("{0} of the first {1} rows have a place.").format(placed, rows)
        if not info.crs:
            return count + " " + self.tr("Their numbers are no degrees: name their CRS.")
        if info.bounds_lonlat is None:
            return count + " " + self.tr("Their numbers do not fit this CRS.")
        return count + " " + place_words(info.bounds_lonlat)


def _mode_of(columns: dict[str, str]) -> str:
    if "zone" in columns or "lat_deg" in columns:
        return "utm" if "zone" in columns else "parts"
    return next((mode for mode in ("wkt", "place") if mode in columns), "xy")


def _fill(box: QComboBox, choices: list[tuple[str, str]], current: str) -> None:
    box.clear()
    for value, text in choices:
        box.addItem(one_line(text, 80), value)
    box.setCurrentIndex(max(0, box.findData(current)))
