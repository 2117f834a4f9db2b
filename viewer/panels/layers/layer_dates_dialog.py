"""The table that dates several layers at once, each with the date in its file's name, and its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.vocabulary import DATE_KINDS
from layers.errors import GeoloupeError
from layers.time.typed_dates import typed_date
from viewer.commands.imagery.layer_dates import LayerDate, date_layers, kind_of_date
from viewer.panels.context import PanelContext
from viewer.panels.layers.date_offers import offered_date
from viewer.panels.one_dialog import show_once
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.panels.words import choices
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

NAME, DATE, KIND = range(3)
MOST_ROWS = 500
"""Most rows of the table, as the analyst should look at each."""
_WIDTH_PX, _HEIGHT_PX = 640, 420


class _Row(NamedTuple):
    uuid: str
    offered: LayerDate | None
    item: QTreeWidgetItem
    date: QLineEdit
    kind: ChoiceField


class LayerDatesDialog(QDialog):
    """The dialog of the table, beside the map. Rows without a date are not ticked; typing a date ticks its row."""

    def __init__(self, context: PanelContext, layers: Sequence[Layer], parent: QWidget | None = None) -> None:
        """`layers` are images without a date."""
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Date Layers by Name"))
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Layers without a date"))
        self.list.setRootIsDecorated(False)
        self.list.setHeaderLabels([self.tr("Layer"), self.tr("Date, UTC"), self.tr("Kind of date")])
        self.note = muted()
        self.all_button, self.none_button = QPushButton(self.tr("Select &All")), QPushButton(self.tr("Select &None"))
        self.all_button.clicked.connect(lambda: self._tick(True))
        self.none_button.clicked.connect(lambda: self._tick(False))
        buttons = QDialogButtonBox()
        self.take_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        says = self.tr(
            "A name is no metadata: tick the dates that you take from it. Their basis is then the file’s name."
        )
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(wrapped(says))
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.all_button, self.none_button))
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.rows = [self._row(layer) for layer in layers[:MOST_ROWS]]
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (DATE, KIND):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, 170)
        self.list.itemChanged.connect(self._look)
        context.document_replaced.connect(self.close)
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        self._look()

    def _row(self, layer: Layer) -> _Row:
        offered = offered_date(layer, self._context.layers.drawing_of(layer.uuid))
        name = one_line(layer.name, 80)
        item = QTreeWidgetItem([plain(name)])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setToolTip(NAME, plain(name))
        item.setCheckState(NAME, Qt.CheckState.Checked if offered else Qt.CheckState.Unchecked)
        self.list.addTopLevelItem(item)
        date = QLineEdit("" if offered is None else offered.acquired_at)
        date.setPlaceholderText(self.tr("no date in its name"))
        date.setAccessibleName(self.tr("Date of {0}").format(name))
        kind = ChoiceField(choices(DATE_KINDS))
        kind.setAccessibleName(self.tr("Kind of date of {0}").format(name))
        kind.show_value("unknown" if offered is None else offered.date_kind)
        row = _Row(layer.uuid, offered, item, date, kind)
        date.textEdited.connect(lambda text: self._typed(row, text))
        kind.committed.connect(kind.show_value)
        self.list.setItemWidget(item, DATE, date)
        self.list.setItemWidget(item, KIND, kind)
        return row

    def _typed(self, row: _Row, text: str) -> None:
        """Set the kind of a typed date, and tick its row."""
        row.item.setCheckState(NAME, Qt.CheckState.Checked if text.strip() else Qt.CheckState.Unchecked)
        try:
            date = typed_date(text)
        except GeoloupeError:
            date = ""
        if date and row.kind.currentData() != "composite":
            row.kind.show_value(kind_of_date(date))
        self._look()

    def _tick(self, on: bool) -> None:
        """Tick all rows with a date, or none."""
        for row in self.rows:
            is_ticked = on and bool(row.date.text().strip())
            row.item.setCheckState(NAME, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)

    def dates(self) -> dict[str, LayerDate]:
        """The dates of the ticked rows. Raises GeoloupeError where one is invalid."""
        dates = {}
        for row in self.rows:
            text = row.date.text().strip()
            if row.item.checkState(NAME) is not Qt.CheckState.Checked or not text:
                continue
            date, kind = typed_date(text), str(row.kind.currentData())
            is_offered = row.offered is not None and row.offered.acquired_at == date
            dates[row.uuid] = LayerDate(date, kind, "file name" if is_offered else "analyst")
        return dates

    def _look(self, *_: object) -> None:
        """Show what is wrong with the ticked rows, and let them be taken where nothing is."""
        count, why = 0, ""
        document = self._context.document
        try:
            dates = {uuid: date for uuid, date in self.dates().items() if uuid in document.layers}
            count = len(dates)
            if dates:
                date_layers(document, dates, actor=self._context.case.actor)
        except GeoloupeError as error:
            why = error.sentence
        self.note.setText(plain(why))
        self.take_button.setText(
            self.tr("Date {0}").format(translate("LayerDatesDialog", "{count} layers", "{count} layer", count))
        )
        self.take_button.setEnabled(bool(count) and not why)

    def _take(self) -> None:
        layers = self._context.document.layers
        dates = {uuid: date for uuid, date in self.dates().items() if uuid in layers}
        if self._context.do(date_layers, dates):
            self.accept()


def undated_images(document: Document, uuids: Iterable[str], context: PanelContext) -> list[Layer]:
    """The layers that are images of files without a date, both in the case and in the file."""
    rows = [document.layers[uuid] for uuid in uuids if uuid in document.layers]
    images = []
    for layer in rows:
        drawing = context.layers.drawing_of(layer.uuid)
        if layer.kind == "raster" and not layer.acquired_at and not (drawing is not None and drawing.acquisition.at):
            images.append(layer)
    return images


def open_layer_dates(context: PanelContext, chosen: Sequence[str], window: QWidget) -> LayerDatesDialog | None:
    """Open the table for the chosen layers, or for all images of the case; None where all have a date.

    All images are taken where fewer than two layers are chosen.
    """
    document = context.document
    every = [layer.uuid for layer in document.layers_in_order()[::-1]]
    layers = undated_images(document, chosen if len(chosen) > 1 else every, context)
    if not layers:
        context.report(
            translate(
                "LayerDatesDialog", "All of these images have a date already: change it in the properties of each."
            )
        )
        return None
    for dialog in window.findChildren(LayerDatesDialog):
        dialog.close()
    return show_once(window, LayerDatesDialog, lambda: LayerDatesDialog(context, layers, window), lambda _dialog: False)
