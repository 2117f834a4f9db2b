"""The issued products that print a row: lines in its form, and entries of its menu, each leading to the product."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import Product
from layers.document.site import Site
from viewer.panels.context import PanelContext
from viewer.panels.products.product_words import product_and_state
from viewer.panels.widgets.link_lines import LinkLine, LinkLines
from viewer.support.language.translation import translate

MOST_SHOWN = 8


class PrintedIn(LinkLines):
    """Lines of products; hidden where no issued product prints the row.

    A click, or Enter, on a line opens its product.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(translate("PrintedIn", "Printed in"), MOST_SHOWN, parent=parent)
        self._context = context
        self.opened.connect(self._open_product)

    def _open_product(self, uuid: str) -> None:
        self._context.product_wanted.emit(uuid)

    def show_row(self, table: Table, uuid: str) -> None:
        """Show the products of another row, or of the same row again."""
        texts = [(product_and_state(row), row.uuid) for row in printing(self._context.document, table, uuid)]
        self.show_lines([LinkLine(text, self.tr("Open {0}").format(text), product) for text, product in texts])


def printing(document: Document, table: Table, uuid: str) -> list[Product]:
    """The issued products that print a row of the document."""
    from layers.product.issuing.printed_rows import products_printing  # for start-up time

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
