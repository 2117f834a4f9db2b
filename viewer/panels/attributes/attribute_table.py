"""The attribute table of a vector layer: its rows are filtered and selected, and its filter applied to the map."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import override

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from layers.errors import GeoloupeError
from layers.vector.columns import Attributes
from layers.vector.expression.column_statistics import ColumnStatistics, statistics_of
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.panels.attributes.attribute_page import AttributePage
from viewer.panels.attributes.attribute_rows import AttributeRows
from viewer.panels.attributes.column_summary import ColumnSummary
from viewer.panels.context import PanelContext
from viewer.panels.feature_access import FeatureAccess
from viewer.rendering.vector.attribute_store import AttributeSource, LayerAttributes
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

TYPING_MS = 60
_ROWS_A_LOOK = 2000
"""Rows that are copied between two checks for cancellation."""


class AttributeTablePanel(AttributePage):
    """Shows the context's layer while the panel is visible; a layer's attributes are read when it is first shown.

    `layer_named` is emitted with the name of the layer whose attributes are shown; empty without one.
    """

    layer_named = Signal(str)

    def __init__(self, context: PanelContext, access: FeatureAccess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._access = context, access
        self._uuid = ""
        self._source: AttributeSource | None = None
        self._attributes: LayerAttributes | None = None
        self._rows = AttributeRows(access.jobs, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(lambda: self._rows.want(text=self.quick.text()))
        self._connect()
        self._say_nothing()

    def _connect(self) -> None:
        view, context, access = self.view, self._context, self._access
        context.layer_shown.connect(self._follow)
        context.changed.connect(lambda changes: self._follow() if changes.touches("layers") else None)
        context.document_replaced.connect(self._follow)
        access.selection.changed.connect(self._selection_changed)
        access.filters.changed.connect(self._filter_changed)
        self.quick.textChanged.connect(self._typing.start)
        self.filter_rows.changed.connect(lambda text: self._rows.want(expression=text))
        self._rows.found.connect(self._show_rows)
        self._rows.failed.connect(self.filter_rows.say)
        self.only_selected.toggled.connect(self._want_selected)
        self.apply_button.clicked.connect(self.apply_to_map)
        self.edit_button.clicked.connect(self.edit_map_filter)
        self.clear_button.clicked.connect(lambda: self._context.do(set_layer_filter, self._uuid, ""))
        self.zoom_button.clicked.connect(self.zoom_to_selected)
        self.invert_button.clicked.connect(self.invert)
        self.copy_button.clicked.connect(self.copy)
        self.sites_button.clicked.connect(lambda: context.layer_verbs.make_sites.emit(self._uuid))
        self.columns_button.clicked.connect(self._show_column_menu)
        self.filter_rows.refused.connect(lambda sentence: self._show_counts())
        view.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        view.chosen.connect(lambda: access.selection.set(self._uuid, self.model.selected_fids()))
        view.entered_row.connect(self._zoom_to_current)
        view.copy_wanted.connect(self.copy)
        view.header_menu_wanted.connect(self._header_menu)
        clear = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.quick)
        clear.setContext(Qt.ShortcutContext.WidgetShortcut)
        clear.activated.connect(self.quick.clear)

    # -- which layer --------------------------------------------------------------------------------------------

    @property
    def is_settled(self) -> bool:
        return not (self._rows.is_busy or self._typing.isActive()) and (
            self._source is None or self._attributes is not None
        )

    @override
    def event(self, event: QEvent) -> bool:
        """Take the key of Find for the quick filter, while the keyboard is in here: the window has it, too."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.quick.setFocus()
                return True
        return super().event(event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        """Show the current layer; one without attributes leaves the table as it is."""
        document = self._context.document
        uuid = self._context.layer_uuid
        if self._access.source_of(uuid) is None:
            uuid = self._uuid if self._uuid in document.layers else ""
        source = self._access.source_of(uuid) if uuid else None
        self._show_map_filter()
        self.layer_named.emit(document.layers[uuid].name if source is not None else "")
        if not self.isVisible() or (uuid, source) == (self._uuid, self._source):
            return
        self._uuid, self._source, self._attributes = uuid, source, None
        self._rows.show(None)
        self.show_table(None)
        if source is None:
            self._say_nothing()
            return
        self._show_map_filter()
        layer = document.layers[uuid]
        self.say(self.tr("Reading the attributes of {0}…").format(one_line(layer.name, 60)))
        info = self._context.layers.info_of(uuid)
        self._access.store.want(
            source,
            partial(self._arrived, uuid, source),
            partial(self._not_read, uuid, source),
            title=self.tr("Reading the attributes of {0}").format(one_line(layer.name, 60)),
            expected=getattr(info, "features", 0),
        )

    def _say_nothing(self) -> None:
        self.say(self.tr("Select a vector layer in the layer tree to see its attributes."))

    def _not_read(self, uuid: str, source: AttributeSource, error: GeoloupeError) -> None:
        if (uuid, source) == (self._uuid, self._source):
            self._source = None  # showing the panel again tries again
            self.say(error.sentence)

    def _arrived(self, uuid: str, source: AttributeSource, attributes: LayerAttributes) -> None:
        if (uuid, source) != (self._uuid, self._source):
            return
        self._attributes = attributes
        self._rows.show(attributes)
        self.say("")
        self.show_table(attributes.table)
        self._selection_changed(uuid)
        self._rows.want(passing=self._passing())
        # So that the first letter that is typed is answered as quickly as the second.
        self._access.jobs.run(lambda job: attributes.search.prepare(job.check), failed=lambda error: None)

    # -- rows ---------------------------------------------------------------------------------------------------

    def _passing(self) -> np.ndarray | None:
        """(n,) Mask of the rows that pass the layer's filter; None without a filter, or without rows yet."""
        fids = self._access.filters.fids(self._uuid)
        if fids is None or self._attributes is None:
            return None
        mask = np.zeros(self._attributes.rows, bool)
        mask[self._attributes.table.rows_of(fids)] = True
        return mask

    def _filter_changed(self, uuid: str) -> None:
        if uuid == self._uuid:
            self._show_map_filter()
            if self._attributes is not None:
                self._rows.want(passing=self._passing())

    def _want_selected(self, only: bool) -> None:
        self._rows.want(selected=self.model.selected.copy() if only else None)

    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        named = 0 <= section < len(self.model.columns)
        descending = order == Qt.SortOrder.DescendingOrder
        self._rows.want(sort=(self.model.columns[section], descending) if named else None)

    def _show_rows(self, rows: np.ndarray) -> None:
        self.model.show_rows(rows)
        self.view.rows_changed()
        self._show_counts()

    def _show_counts(self) -> None:
        total = self._attributes.rows if self._attributes is not None else 0
        self.show_counts(len(self.model.rows), total, int(self.model.selected.sum()))
        self.apply_button.setEnabled(bool(self._rows.request.as_expression) and not self.filter_rows.is_refused)

    # -- selection ----------------------------------------------------------------------------------------------

    def _selection_changed(self, uuid: str) -> None:
        if uuid != self._uuid or self._attributes is None:
            return
        mask = np.zeros(self._attributes.rows, bool)
        mask[self._attributes.table.rows_of(self._access.selection.of(uuid))] = True
        if not np.array_equal(mask, self.model.selected):
            self.model.select(mask)
            places = np.flatnonzero(mask[self.model.rows])
            if len(places) and not self.view.hasFocus():
                self.view.scroll_to_row(int(places[0]))
        if self.only_selected.isChecked():
            self._want_selected(True)
        self._show_counts()

    def invert(self) -> None:
        """Invert the selection among the rows shown."""
        if self._attributes is not None:
            fids = self._attributes.table.fids[self.model.rows]
            self._access.selection.set(self._uuid, fids, "toggle")

    def zoom_to_selected(self) -> None:
        self._access.zoom_to(self._uuid, self._access.selection.of(self._uuid))

    def _zoom_to_current(self) -> None:
        row = self.view.currentIndex().row()
        if self._attributes is not None and 0 <= row < len(self.model.rows):
            self._access.zoom_to(self._uuid, self._attributes.table.fids[self.model.rows[[row]]])

    def copy(self) -> None:
        """Copy the selected rows that are shown, or the current row without any, as a table for other programs."""
        attributes = self._attributes
        if attributes is None:
            return
        rows = self.model.rows[self.model.selected[self.model.rows]]
        current = self.view.currentIndex().row()
        if not len(rows) and 0 <= current < len(self.model.rows):
            rows = self.model.rows[[current]]
        if len(rows):
            names = self.shown_columns()
            title = self.tr("Copying {0}").format(
                translate("AttributeTablePanel", "{count} rows", "{count} row", len(rows))
            )
            self._run(lambda context: rows_as_text(attributes.table, rows, names, context), self._copied, title)

    def _copied(self, text: str) -> None:
        QApplication.clipboard().setText(text)

    # -- the filter of the map ----------------------------------------------------------------------------------

    def apply_to_map(self) -> None:
        """Add the table's filter to that of the layer, so that the map shows the same features."""
        self.filter_rows.flush()  # what was typed a moment ago counts
        if self._typing.isActive():
            self._typing.stop()
            self._rows.want(text=self.quick.text())
        typed = self._rows.request.as_expression
        layer = self._context.document.layers.get(self._uuid)
        if not typed or layer is None or self.filter_rows.is_refused:
            return
        before = filter_of(layer)
        text = f"({before}) and ({typed})" if before else typed
        if self._context.do(set_layer_filter, self._uuid, text):
            self.quick.clear()
            self.filter_rows.show_expression("")

    def edit_map_filter(self) -> None:
        """Move the layer's filter from the map into the editor."""
        layer = self._context.document.layers.get(self._uuid)
        text = filter_of(layer) if layer is not None else ""
        if text and self._context.do(set_layer_filter, self._uuid, ""):
            self.filter_button.setChecked(True)
            self.filter_rows.show_expression(text)

    def _show_map_filter(self) -> None:
        layer = self._context.document.layers.get(self._uuid)
        self.show_map_filter(filter_of(layer) if layer is not None else "", self._access.filters.problem(self._uuid))

    # -- columns ------------------------------------------------------------------------------------------------

    def _header_menu(self, section: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if section >= 0:
            menu.addAction(self.tr("Statistics…"), partial(self.summarize, section, place))
            menu.addAction(self.tr("Hide column"), partial(self.view.setColumnHidden, section, True))
            menu.addSeparator()
        self.add_column_actions(menu)
        menu.popup(place)

    def _show_column_menu(self) -> None:
        section = max(self.view.currentIndex().column(), 0) if self.model.columns else -1
        self._header_menu(section, self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height())))

    def summarize(self, section: int, place: QPoint) -> None:
        """Show the statistics of a column over the rows shown."""
        if self._attributes is None:
            return
        column, rows = self.model.column(section), self.model.rows
        title = self.tr("Counting {0}").format(one_line(column.name, 60))

        def show(statistics: ColumnStatistics) -> None:
            of_rows = self.tr("of {0} shown").format(
                translate("AttributeTablePanel", "{count} rows", "{count} row", len(rows))
            )
            self.summary = ColumnSummary(column.name, statistics, of_rows, self)
            self.summary.show_at(place)

        self._run(lambda context: statistics_of(column, rows), show, title)

    def _run[T](self, work: Callable[[JobContext], T], done: Callable[[T], None], title: str) -> None:
        self._access.jobs.run(work, done, lambda error: self._context.report(error.sentence), title, of_case=True)


def rows_as_text(table: Attributes, rows: NDArray[np.intp], names: Sequence[str], context: JobContext) -> str:
    """Rows as text for other programs: a header line and a line for each row, with tabs between exact values.

    `rows` are indexes into the table, `names` its columns in order. Text with tabs or line breaks is quoted, NULL is
    empty.
    """
    out = io.StringIO()
    writer = csv.writer(out, dialect="excel-tab", lineterminator="\n")
    writer.writerow(names)
    columns = [table.columns[name] for name in names]
    for number, row in enumerate(rows.tolist()):
        if number % _ROWS_A_LOOK == 0:
            context.check()
            context.progress(number / len(rows))
        values = (column.value(row) for column in columns)
        writer.writerow("" if v is None else str(v).lower() if isinstance(v, bool) else v for v in values)
    return out.getvalue()
