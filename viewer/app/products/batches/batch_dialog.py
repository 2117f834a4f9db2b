"""The dialog for a batch: a product for each site, class or bookmark, their format and their state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.product.batch import BatchItem, Each
from layers.product.page_formats import OFFERED_ENDINGS
from layers.product.publishing import DRAFT, State
from viewer.app.products.state_question import state_names
from viewer.panels.widgets.form_page import muted
from viewer.support.language.translation import translate
from viewer.support.still_boxes import ComboBox


class BatchDialog(QDialog):
    """Asks for the products of a batch. Page, style and marking are those of the last product.

    `chosen`: the products, the ending of their files, and the state in which they leave.
    """

    chosen = Signal(list, str, str)
    """list[BatchItem], the ending of the files, and the state."""

    def __init__(self, items_of: Callable[[Each, State], list[BatchItem]], parent: QWidget) -> None:
        """`items_of` makes the products; it raises InvalidValue where there is none."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export a Batch"))
        self._items_of = items_of
        self._items: list[BatchItem] = []
        self.each_box, self.format_box, self.said = ComboBox(), ComboBox(), muted()
        self.state_box = ComboBox()
        for state, name in state_names().items():
            self.state_box.addItem(name, state)
        words: tuple[tuple[Each, str], ...] = (
            ("site", self.tr("Site")),
            ("class", self.tr("Class of sites")),
            ("bookmark", self.tr("Bookmark")),
        )
        for kind, word in words:
            self.each_box.addItem(word, kind)
        self.format_box.addItems([suffix[1:].upper() for suffix in OFFERED_ENDINGS])
        form = QFormLayout()
        for title, box in (
            (self.tr("&One product a"), self.each_box),
            (self.tr("&Format"), self.format_box),
            (self.tr("&State"), self.state_box),
        ):
            form.addRow(title, box)
            box.setAccessibleName(title.replace("&", ""))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go_button = self.buttons.addButton(self.tr("Choose the &Folder…"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.go_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)
        for box in (self.each_box, self.state_box):
            box.currentIndexChanged.connect(self._count)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self.setMinimumWidth(380)
        self._count()

    def _count(self) -> None:
        try:
            state = self.state_box.currentData()
            self._items = self._items_of(self.each_box.currentData(), state)
            sentence = self.tr("{0}, with the page, house style and marking of the last one.")
            sentence = sentence.format(
                translate("BatchDialog", "{count} products", "{count} product", len(self._items))
            )
            warning = self.tr("All are judged first: with a blocking finding against one of them none is written.")
            self.said.setText(sentence if state == DRAFT else f"{sentence} {warning}")
        except InvalidValue as error:
            self._items = []
            self.said.setText(error.sentence)
        self.go_button.setEnabled(bool(self._items))

    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(self._items, OFFERED_ENDINGS[self.format_box.currentIndex()], self.state_box.currentData())
