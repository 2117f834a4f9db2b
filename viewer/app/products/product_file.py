"""Writes a product to its file: reads it, lays it out, checks it at the gate, then writes it step by step."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from layers.errors import GeoloupeError
from layers.product.issuing.edition import Outgoing
from viewer.app.products.laid_out import LaidOut, PageMaker
from viewer.app.products.page_reading import PageReading
from viewer.export.formats.steps import Writing
from viewer.export.formats.writers import begin_writing
from viewer.export.gate import through_gate
from viewer.rendering.context import RenderContext

POLL_MS = 5


class ProductFile(QObject):
    """One product being written. `ended`: the file is complete and `sha256` its hash, or `error` says why not.

    Cancelled, it has neither. A product that the gate keeps from being issued or published has a ProductStopped as its
    error, and no file. The maker is closed at the end, unless it serves others afterwards.
    """

    ended = Signal()
    passed = Signal()
    """The product has passed the gate and will be written: its printed content is known."""

    def __init__(
        self,
        maker: PageMaker,
        product: Outgoing,
        path: Path,
        context: RenderContext,
        title: str,
        parent: QObject,
        *,
        closes: bool = True,
    ) -> None:
        super().__init__(parent)
        self._closes, self._maker, self._context = closes, maker, context
        self.product, self.path, self._title = product, path, title
        self._reading = PageReading(maker, product)
        self.laid: LaidOut | None = None
        self.sha256 = ""
        self.error: GeoloupeError | None = None
        self._writing: Writing | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def written(self) -> Sequence[Path]:
        """Files of the product: some formats have one for each page."""
        return self._writing.written if self._writing is not None else ()

    def cancel(self) -> None:
        """Cancel the writing; no file is left under the name."""
        if self._writing is not None:
            self._writing.cancel()
        elif self._timer.isActive():
            self._end(None)

    def _look(self) -> None:
        product = self.product
        try:
            laid = self._reading.look()
            if laid is None:
                return
            self._timer.stop()
            self.laid = through_gate(laid, product.spec, product.overrides, product.edition.state)
            self._writing = begin_writing(self.laid, self.path, self._context, self._title, self)
        except GeoloupeError as error:
            self._end(error)
            return
        self._writing.ended.connect(self._written)
        self.passed.emit()

    def _written(self) -> None:
        writing, path = self._writing, self.path
        assert writing is not None
        if writing.error is not None or not writing.written:
            self._end(writing.error)
            return

        def known(sha256: str) -> None:
            self.sha256 = sha256
            self._end(None)

        self._context.jobs.run(lambda _: file_sha256(path), known, self._end)

    def _end(self, error: GeoloupeError | None) -> None:
        self._timer.stop()
        self.error = error
        if self._closes:
            self._maker.close()
        self.ended.emit()


def file_sha256(path: Path) -> str:
    """SHA-256 hash of a file, in hexadecimal; empty where the file is gone already."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
