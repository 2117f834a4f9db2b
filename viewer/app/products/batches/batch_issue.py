"""Issues the products of a batch: numbers all before the first file, and keeps each once its file is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import Product
from layers.product.batch import BatchItem
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import PrintedRow, printed_rows
from layers.product.publishing import State
from viewer.app.products.laid_out import LaidOut
from viewer.commands.products import issue_product, product_rows, save_products
from viewer.commands.stamps import new_uuid
from viewer.export.made_on import today

_SERIES = "issue a batch"


class BatchIssue:
    """The issue of a batch's products. `push` applies an edit to the case, and `save` saves all edits to disk.

    `uuids` holds the products by the stems of their files; a batch that was stopped continues with the same ones.
    """

    def __init__(
        self,
        document: Document,
        state: State,
        actor: str,
        push: Callable[[Edit], None],
        save: Callable[[], None] | None = None,
    ) -> None:
        self._document, self.state, self._actor = document, state, actor
        self._push, self._save = push, save or _do_nothing
        self.uuids: dict[str, str] = {}

    def name(self, items: Sequence[BatchItem], known_uuids: Mapping[str, str]) -> Mapping[str, str]:
        """Give each product a uuid before it has a row; those in `known_uuids` keep theirs."""
        self.uuids = {item.stem: known_uuids.get(item.stem) or new_uuid() for item in items}
        return self.uuids

    def begin(self, items: Sequence[BatchItem]) -> None:
        """Add the missing products to the case as numbered drafts, which reserves their numbers.

        Raises InvalidValue, and what saving raises.
        """
        rows = product_rows(self._document)
        missing = [(self.uuids[item.stem], item.spec) for item in items if self.uuids[item.stem] not in rows]
        if missing:
            self._push(save_products(self._document, missing, actor=self._actor))
            self._save()

    def row(self, stem: str) -> Product | None:
        """Row of the product with this file stem; None where the case has none."""
        return product_rows(self._document).get(self.uuids.get(stem, ""))

    def is_issued(self, stem: str) -> bool:
        row = self.row(stem)
        return row is not None and bool(row.issued_at)

    def edition(self, stem: str) -> Edition:
        """Number and state in which a product leaves."""
        row = self.row(stem)
        return Edition(
            replace(row, layout_json="", overrides_json="") if row is not None else None, today(), self.state
        )

    def printed(self, laid: LaidOut) -> list[PrintedRow]:
        """Rows that a laid-out product prints, as it was laid out."""
        return printed_rows(laid.case, laid.content, laid.facts())

    def issue(self, stem: str, laid: LaidOut, printed: Sequence[PrintedRow], sha256: str) -> None:
        """Record the product with this file stem as issued, unless it is already. Raises InvalidValue."""
        if self.is_issued(stem):
            return
        uuid, state, numbers = self.uuids[stem], self.state, laid.numbers
        edit = issue_product(
            self._document, uuid, sha256=sha256, numbers=numbers, actor=self._actor, state=state, printed=printed
        )
        self._push(replace(edit, series=_SERIES))

    def end(self) -> None:
        """Save the case after the last issue. Raises what saving raises."""
        self._save()


def _do_nothing() -> None:
    """Do nothing: the open case holds each edit already."""
