"""All that is done with products that the case keeps: opened, reissued, renamed, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QObject, Signal

from layers.document.rows import Product
from layers.product.spec import LAYOUTS, read_spec
from viewer.commands.products import (
    delete_products,
    draft_after,
    product_rows,
    products_in_order,
    reissue_product,
    rename_product,
)
from viewer.panels.context import PanelContext
from viewer.support.text import one_line


class ProductDesk(QObject):
    """One a window. The list of products asks it; who shows products hears of what is wanted."""

    opened = Signal(str)
    """A product of this uuid is to be shown in its window."""
    new_wanted = Signal()
    """A new product is to be made of what the map shows."""
    deleted = Signal(int)
    """So many were taken out of the case."""

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self.context = context

    @property
    def rows(self) -> list[Product]:
        """In the order of the list."""
        return products_in_order(self.context.document)

    @property
    def current(self) -> str:
        """A product is shown in a window of its own, never by the list."""
        return ""

    def begin(self) -> None:
        self.new_wanted.emit()

    def open(self, uuid: str) -> None:
        """Show a product; what is in the way is said."""
        row = product_rows(self.context.document).get(uuid)
        if row is None:
            return
        if read_spec(row.layout_json) is None:
            said = self.tr("“{0}” cannot be shown: the case does not say how it is laid out.")
            self.context.report(said.format(one_line(row.name, 60)))
            return
        self.opened.emit(uuid)

    def reissue(self, uuid: str) -> str:
        """Show the next version of an issued product, beginning it where it is not begun; its uuid, empty for none."""
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


def product_facts(row: Product) -> str:
    """Number, version, whether it is issued, and the layout of a product, in one line."""
    tr = QCoreApplication.translate
    spec = read_spec(row.layout_json)
    facts = [tr("Products", "No. {0}").format(one_line(row.number, 40))] if row.number else []
    facts.append(tr("Products", "version {0}").format(row.version))
    facts.append(issued_words(row))
    facts.append(tr("Products", "cannot be shown") if spec is None else tr("Products", LAYOUTS[spec.layout]))
    return " · ".join(facts)


def issued_words(row: Product) -> str:
    """The day and the issuer, or that it is a draft."""
    tr = QCoreApplication.translate
    if not row.issued_at:
        return tr("Products", "draft")
    day, by = one_line(row.issued_at[:10], 20), one_line(row.issued_by, 40)
    return (tr("Products", "issued {0} by {1}") if by else tr("Products", "issued {0}")).format(day, by)
