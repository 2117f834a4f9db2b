"""Watches for issued products that need a correction, because they would be printed differently now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.rows import Row
from viewer.panels.context import PanelContext

REST_MS = 250
"""Milliseconds from an edit to the next check, so that several edits in a row are checked once."""
_PRINTED = ("claims", "claim_sites", "claim_sources", "responses", "response_claims", "sources", "sites", "images")
_TABLES = (*_PRINTED, "layers", "products", "product_rows")
"""Tables whose edits can make a correction due."""


class CorrectionsDue(QObject):
    """Keeps `uuids`, the products that need a correction, up to date.

    They are found in a job: for a product with thousands of rows it takes a second.
    """

    changed = Signal()
    found = Signal(object)
    """Emitted with the list[Product] that an edit has just made wrong."""

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.uuids: frozenset[str] = frozenset()
        self._is_told = False
        """False until the state of the case at its opening is known: only later changes are reported."""
        self._is_looking = self._is_stale = False
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._look)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self._begin_anew)
        self._begin_anew()

    @property
    def is_idle(self) -> bool:
        return not (self._rest.isActive() or self._is_looking)

    def _begin_anew(self) -> None:
        self._is_told = not _has_issued(self._context.document)
        self._take(frozenset())
        if not self._is_told:
            self._rest.start()

    def _heard(self, changes: Changes) -> None:
        if changes.touches(*_TABLES) and _has_issued(self._context.document):
            self._rest.start()
        elif changes.touches("products"):
            self._take(frozenset())

    def _look(self) -> None:
        if self._is_looking:
            self._is_stale = True
            return
        document = self._context.document
        self._is_looking, self._is_stale = True, False
        rows: Mapping[object, tuple[Row, ...]] = {table: tuple(document.table(table).values()) for table in TABLES}
        work: Callable[[], frozenset[str]] = partial(_due, rows)
        self._context.run(work, partial(self._known, document), "")

    def _known(self, document: Document, uuids: frozenset[str]) -> None:
        self._is_looking = False
        if document is self._context.document:
            self._tell(uuids - self.uuids)
            self._take(uuids)
        if self._is_stale or document is not self._context.document:
            self._rest.start()

    def _tell(self, uuids: Iterable[str]) -> None:
        products = self._context.document.products
        rows = [products[uuid] for uuid in uuids if uuid in products]
        if rows and self._is_told:
            self.found.emit(sorted(rows, key=lambda row: (row.number, row.version)))
        self._is_told = True

    def _take(self, uuids: frozenset[str]) -> None:
        if uuids != self.uuids:
            self.uuids = uuids
            self.changed.emit()


def _due(rows: Mapping[object, tuple[Row, ...]]) -> frozenset[str]:
    """The uuids of products among these rows that need a correction. Runs in a job, as rows never change."""
    from layers.product.issuing.printed_rows import needs_correction  # for start-up time

    return frozenset(needs_correction(Document(rows)))  # type: ignore[arg-type]


def _has_issued(document: Document) -> bool:
    return any(row.issued_at for row in document.products.values())
