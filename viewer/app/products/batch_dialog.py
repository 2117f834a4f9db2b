"""Asks of what a batch has one product each, and in which format."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.product.batch import BatchItem, Each
from layers.product.page_formats import OFFERED_ENDINGS
from viewer.panels.widgets.form_page import muted
from viewer.support.still_boxes import ComboBox


class BatchDialog(QDialog):
    """`chosen`: the products and the ending of their files. Page, style and marking are those of the last product."""

    chosen = Signal(list, str)
    """list[BatchItem], and the ending."""

    def __init__(self, items_of: Callable[[Each], list[BatchItem]], parent: QWidget) -> None:
        """`items_of` raises InvalidValue where there is none."""
        super().__init__(parent)
        tr = self.tr
        self.setWindowTitle(tr("Export a Batch"))
        self._items_of = items_of
        self._items: list[BatchItem] = []
        self.each_box, self.format_box, self.said = ComboBox(), ComboBox(), muted()
        words: tuple[tuple[Each, str], ...] = (
            ("site", tr("Site")),
            ("class", tr("Class of sites")),
            ("bookmark", tr("Bookmark")),
        )
        for each, word in words:
            self.each_box.addItem(word, each)
        self.format_box.addItems([suffix[1:].upper() for suffix in OFFERED_ENDINGS])
        form = QFormLayout()
        for title, box in ((tr("&One product a"), self.each_box), (tr("&Format"), self.format_box)):
            form.addRow(title, box)
            box.setAccessibleName(title.replace("&", ""))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_button = self.buttons.addButton(tr("Choose the &Folder…"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)
        self.each_box.currentIndexChanged.connect(self._count)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self.setMinimumWidth(380)
        self._count()

    def _count(self) -> None:
        try:
            self._items = self._items_of(self.each_box.currentData())
            said = self.tr("{0} products, with the page, house style and marking of the last one.")
            self.said.setText(said.format(len(self._items)))
        except InvalidValue as error:
            self._items = []
            self.said.setText(error.sentence)
        self.go_button.setEnabled(bool(self._items))

    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(self._items, OFFERED_ENDINGS[self.format_box.currentIndex()])
