"""The saved filters of the case: chosen from a list, saved under a name that is typed there, renamed and deleted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from layers.document.changes import Changes
from layers.errors import GeoloupeError
from layers.finding.row_filter import RowFilter, read_filter
from viewer.commands.filing.saved_filters import delete_filters, filters_in_order, rename_filter, save_filter
from viewer.panels.context import PanelContext
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language
from viewer.support.still_boxes import ComboBox

LEAST_CHARS = 10


class SavedFilters(QWidget):
    """The box with its buttons. `chosen` carries a name and a `RowFilter`."""

    chosen = Signal(str, object)

    def __init__(self, context: PanelContext, wanted: Callable[[], RowFilter], parent: QWidget | None = None) -> None:
        """`wanted` gives the filter that is asked for now, which is to be saved."""
        super().__init__(parent)
        self._context, self._wanted = context, wanted
        self._chosen = ""
        """The saved filter that was last chosen or saved; empty for none."""
        self.box = ComboBox()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setCompleter(None)  # type: ignore[arg-type]  # None is right: no word is completed
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(LEAST_CHARS)
        says = self.tr("Saved filter, or the name to save this one by")
        self.box.setAccessibleName(says)
        self.box.setToolTip(tooltip(says))
        line = self.box.lineEdit()
        assert line is not None
        self.line = line
        line.setPlaceholderText(self.tr("Saved filters"))
        line.setAccessibleName(says)
        self.save_button = IconButton("save", self.tr("Save the words and the filter under this name"))
        self.rename_button = IconButton("form", self.tr("Give the chosen filter the name in the line"))
        self.delete_button = IconButton("delete", self.tr("Delete this saved filter"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        row.addWidget(self.save_button)
        row.addWidget(self.rename_button)
        row.addWidget(self.delete_button)
        self.box.activated.connect(self._choose)
        line.textChanged.connect(self.show_offers)
        self.save_button.clicked.connect(self.save)
        self.rename_button.clicked.connect(self.rename)
        self.delete_button.clicked.connect(self.delete)
        context.changed.connect(self._follow)
        context.document_replaced.connect(self._begin_anew)
        self._read()

    @property
    def name(self) -> str:
        """The name in the line, chosen or typed."""
        return " ".join(self.line.text().split())

    def _named(self, name: str) -> str:
        """The uuid of the saved filter with a name; empty for none."""
        rows = filters_in_order(self._context.document)
        return next((row.uuid for row in rows if row.name == name), "")

    def _follow(self, changes: Changes) -> None:
        if changes.touches("filters"):
            self._read()

    def _begin_anew(self) -> None:
        self._chosen = ""
        self.line.clear()
        self._read()

    def _read(self) -> None:
        """List the filters of the case; what stands in the line stays."""
        name = self.line.text()
        self.box.clear()
        for row in filters_in_order(self._context.document):
            self.box.addItem(one_line(row.name), row.uuid)
        at = self.box.findText(name)
        self.box.setCurrentIndex(at)
        self.line.setText(name)
        self.show_offers()

    def show_offers(self) -> None:
        """Enable what can be done with the name and the filter as they are."""
        self.save_button.setEnabled(bool(self.name) and not self._wanted().is_empty)
        named = self._named(self.name)
        self.delete_button.setEnabled(bool(named))
        is_other = bool(self.name) and not named and self._chosen in self._context.document.filters
        self.rename_button.setEnabled(is_other)

    def _choose(self, at: int) -> None:
        row = self._context.document.filters.get(self.box.itemData(at) or "")
        if row is None:
            return
        try:
            wanted = read_filter(row.filter_json)
        except GeoloupeError as error:
            self._context.report(in_language(error.sentence))
            return
        self._chosen = row.uuid
        self.chosen.emit(row.name, wanted)

    def save(self) -> None:
        """Save what is asked for under the name in the line."""
        if self._context.do(save_filter, self.name, self._wanted()):
            self._chosen = self._named(self.name)
        self.show_offers()

    def rename(self) -> None:
        """Give the chosen filter the name in the line; what it asks for stays."""
        self._context.do(rename_filter, self._chosen, self.name)
        self.show_offers()

    def delete(self) -> None:
        """Delete the filter with the name in the line."""
        uuid = self._named(self.name)
        if uuid and self._context.do(delete_filters, [uuid]):
            self.line.clear()
