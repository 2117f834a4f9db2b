"""The issued products that print a row: lines in its form, and entries of its menu, each leading to the product."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import Product
from layers.document.site import Site
from layers.product.issuing.printed_rows import products_printing
from viewer.panels.context import PanelContext
from viewer.panels.products.product_words import product_and_state
from viewer.panels.widgets.form_page import clear_layout, heading, muted
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.translation import translate

MOST_SHOWN = 8


class PrintedIn(QWidget):
    """Lines of products; hidden where no issued product prints the row.

    A click, or Enter, on a line opens its product.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: list[str] | None = None
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading(self.tr("Printed in")))
        layout.addLayout(self._lines)
        self.links: list[LinkButton] = []
        self.hide()

    def show_row(self, table: Table, uuid: str) -> None:
        """Show the products of another row, or of the same row again."""
        products = printing(self._context.document, table, uuid)
        texts = [product_and_state(row) for row in products]
        if texts == self._shown:
            return
        self._shown = texts
        clear_layout(self._lines)
        self.links = [self._link(row) for row in products[:MOST_SHOWN]]
        for link in self.links:
            self._lines.addWidget(link)
        if len(products) > MOST_SHOWN:
            self._lines.addWidget(muted(self.tr("and {0} more").format(len(products) - MOST_SHOWN)))
        self.setVisible(bool(products))

    def _link(self, row: Product) -> LinkButton:
        text = product_and_state(row)
        link = LinkButton(text, self.tr("Open {0}").format(text))
        link.clicked.connect(partial(self._open, row.uuid))
        return link

    def _open(self, uuid: str, _checked: bool = False) -> None:
        self._context.product_wanted.emit(uuid)


def printing(document: Document, table: Table, uuid: str) -> list[Product]:
    """The issued products that print a row of the document."""
    row = document.table(table).get(uuid)
    if row is None or not any(product.issued_at for product in document.products.values()):
        return []
    return products_printing(document, f"site_{row.kind}" if isinstance(row, Site) else table, uuid)


def add_printing(menu: QMenu, context: PanelContext, table: Table, uuid: str) -> QMenu:
    """Add a submenu of the products that print a row; it is disabled without any."""
    part = menu.addMenu(translate("Products", "Products that P&rint This"))
    products = printing(context.document, table, uuid)
    for row in products:
        part.addAction(product_and_state(row), partial(context.product_wanted.emit, row.uuid))
    part.setEnabled(bool(products))
    return part
