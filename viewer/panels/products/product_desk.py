"""Operations on products that the case keeps: opening, reissuing, renaming and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from layers.document.edit import Table
from layers.document.rows import Product
from layers.product.spec import read_spec
from viewer.commands.products import (
    delete_products,
    draft_after,
    product_rows,
    products_in_order,
    reissue_product,
    rename_product,
)
from viewer.panels.context import PanelContext
from viewer.panels.products.corrections_due import CorrectionsDue
from viewer.panels.products.printed_in import printing
from viewer.panels.products.product_words import product_and_state, product_name
from viewer.support.language.text import one_line

MOST_NAMED = 3
"""Most products that a message names; more are counted."""


class ProductDesk(QObject):
    """Operations on products, one object a window; its signals ask to show products in windows of their own."""

    opened = Signal(str)
    """Emitted with the uuid of a product to show in its window."""
    new_wanted = Signal()
    """Emitted to make a new product of what the map shows."""
    deleted = Signal(int)
    """Emitted with the number of products that were deleted."""

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context
        self.due = CorrectionsDue(context, self)
        self.due.found.connect(self._say_due)
        context.product_wanted.connect(self.open)

    @property
    def rows(self) -> list[Product]:
        """The rows in the order of the list: by the day on which they were issued or begun, the newest first."""
        rows = products_in_order(self.context.document)
        begun = {uuid: at for at, uuid in enumerate(product_rows(self.context.document))}
        return sorted(rows, key=lambda row: (row.issued_at or row.created_at, begun[row.uuid]), reverse=True)

    def is_wrong(self, row: Product) -> bool:
        """True where an issued product would be printed differently now."""
        return row.uuid in self.due.uuids

    def show_printing(self, table: Table, uuid: str, over: QWidget) -> None:
        """Open the issued product that prints a row; where there are several, ask which."""
        products = printing(self.context.document, table, uuid)
        if not products:
            self.context.report(self.tr("No issued product prints this."))
        elif len(products) == 1:
            self.open(products[0].uuid)
        else:
            menu = QMenu(over)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for row in products:
                menu.addAction(product_and_state(row), partial(self.open, row.uuid))
            menu.popup(over.mapToGlobal(over.rect().center()))

    def _say_due(self, rows: Sequence[Product]) -> None:
        names = [product_name(row) for row in rows[:MOST_NAMED]]
        if len(rows) > MOST_NAMED:
            names.append(self.tr("{0} more").format(len(rows) - MOST_NAMED))
        sentence = self.tr("Needs correction: {0}. The list of products reissues what was printed otherwise.")
        self.context.report(sentence.format("; ".join(names)))

    @property
    def current(self) -> str:
        """Empty, as a product is shown in a window of its own, never by the list."""
        return ""

    def begin(self) -> None:
        self.new_wanted.emit()

    def open(self, uuid: str) -> None:
        """Show a product; obstacles are reported."""
        row = product_rows(self.context.document).get(uuid)
        if row is None:
            return
        if read_spec(row.layout_json) is None:
            sentence = self.tr("“{0}” cannot be shown: the case does not say how it is laid out.")
            self.context.report(sentence.format(one_line(row.name, 60)))
            return
        self.opened.emit(uuid)

    def reissue(self, uuid: str) -> str:
        """Show the next version of an issued product, made first if needed; return its uuid, empty for a refusal."""
        if not self.can_reissue(uuid) or not self.context.do(reissue_product, uuid):
            return ""
        draft = draft_after(self.context.document, uuid)
        if draft is None:
            return ""
        self.opened.emit(draft.uuid)
        return draft.uuid

    def can_reissue(self, uuid: str) -> bool:
        row = product_rows(self.context.document).get(uuid)
        return row is not None and bool(row.issued_at) and read_spec(row.layout_json) is not None

    def rename(self, uuid: str, name: str) -> None:
        self.context.do(rename_product, uuid, name)

    def delete(self, uuids: Sequence[str]) -> None:
        if uuids and self.context.do(delete_products, uuids):
            self.deleted.emit(len(uuids))
