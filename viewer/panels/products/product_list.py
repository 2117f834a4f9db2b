"""The panel of products: those that the case keeps, opened, reissued, renamed and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtWidgets import QWidget

from layers.document.rows import Product
from viewer.panels.comments.row_menu import told_of
from viewer.panels.named_lists.named_list import NamedListPanel, Offer
from viewer.panels.named_lists.named_rows import NameDelegate, NamedRows
from viewer.panels.products.product_desk import ProductDesk
from viewer.panels.products.product_words import product_facts
from viewer.panels.widgets.form_page import side_by_side


class ProductRows(NamedRows[Product]):
    """Rows of products, the newest first, each with its state and facts."""

    def __init__(self, desk: ProductDesk) -> None:
        super().__init__(lambda: desk.rows)
        self._desk = desk

    @override
    def facts_of(self, row: Product) -> str:
        return product_facts(row, is_wrong=self._desk.is_wrong(row))


class ProductListPanel(NamedListPanel):
    """The list of products; it follows the document, and every operation is the desk's."""

    def __init__(self, desk: ProductDesk, parent: QWidget | None = None) -> None:
        model = ProductRows(desk)
        super().__init__(desk, model, parent)
        self._desk, self.model = desk, model
        hint = self.tr("A product is a finished map that the case keeps, to be issued and reissued. Add the first.")
        self.set_up_view(self.tr("Products"), hint, NameDelegate(self.view, self.tr("Name of the product")))
        self.add_button = self.button(self.tr("Add…"), self.tr("Make a product of what the map shows"), desk.begin)
        self.open_button = self.button(self.tr("Open"), self.tr("Open the product"), self.enter)
        again = self.tr("Issue the product again as its next version")
        self.reissue_button = self.button(self.tr("Reissue…"), again, self.reissue)
        self.delete_button = self.button(self.tr("Delete"), self.tr("Delete the product"), self.delete)
        self.column.addLayout(side_by_side(self.add_button, self.open_button))
        self.column.addLayout(side_by_side(self.reissue_button, self.delete_button))
        self.follow(desk.context, "products")
        desk.due.changed.connect(self.read)

    @override
    def enter(self) -> None:
        if self.chosen:
            self._desk.open(self.chosen)

    def reissue(self) -> None:
        """Begin the next version, and make it the current row."""
        if self.chosen:
            self.choose(self._desk.reissue(self.chosen))

    @override
    def offers(self) -> Sequence[Offer]:
        again = ((self.tr("Re&issue…"), "", self.reissue),) if self._desk.can_reissue(self.chosen) else ()
        return (
            *((self.tr("&Open"), "Return", self.enter), *again, (self.tr("&Rename"), "F2", self.rename)),
            *told_of(self._desk.context, "products", self.chosen),
        )

    @override
    def read(self) -> None:
        """Read the document. The newest row is chosen where none was, and a new version in place of the one before."""
        known = {row.uuid for row in self.model.rows}
        super().read()
        rows = self.model.rows
        number = next((row.number for row in rows if row.uuid == self.chosen), None)
        rows = rows if number is None else [row for row in rows if row.number == number and row.uuid not in known]
        if rows:
            self.choose(max(rows, key=lambda row: (row.created_at, row.version)).uuid)

    @override
    def show_offers(self) -> None:
        for button in (self.open_button, self.delete_button):
            button.setEnabled(bool(self.chosen))
        self.reissue_button.setEnabled(bool(self.chosen) and self._desk.can_reissue(self.chosen))
