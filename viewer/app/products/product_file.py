"""Writes a product to its file, in one job: lays it out, reads its maps, lays it out anew, judges it and writes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from layers.errors import ExportFailed, GeoloupeError
from layers.product.issuing.edition import Outgoing
from viewer.app.products.laid_out import LaidOut, PageMaker
from viewer.export.formats.writers import check_size, format_of
from viewer.export.formats.writing import Made, Workshop, Writing
from viewer.export.gate import through_gate
from viewer.export.page_reader import PageReader
from viewer.export.printed import is_held
from viewer.rendering.context import RenderContext

SCREEN_DPI = 96.0


def pages_of(maker: PageMaker, product: Outgoing, dpi: float, reader: PageReader) -> LaidOut:
    """Lay a product out at `dpi` dots an inch, once its layers are open.

    Raises ExportFailed where the page has no room, and where a layer does not open.
    """

    def late() -> GeoloupeError:
        return ExportFailed("The layers of the product did not open within two minutes: see the list of layers.")

    return reader.wait_for(partial(maker.make, product.spec, dpi, product.edition), late)


def read_pages(maker: PageMaker, product: Outgoing, dpi: float, reader: PageReader) -> LaidOut:
    """Lay a product out, read what its maps show, and lay it out anew, as its words depend on the data read.

    Runs in a job. Raises ExportFailed as `pages_of` does, and where a map stays incomplete.
    """
    pages = pages_of(maker, product, dpi, reader)
    if not is_held(*pages.size_px(0)):
        pages = pages_of(maker, product, SCREEN_DPI, reader)
    for page in range(pages.pages):
        reader.hold(
            pages.scenes, partial(pages.read, page), partial(pages.is_read, page), partial(pages.waits_for, page)
        )
    reader.let_go()
    return pages_of(maker, product, dpi, reader)


def write_product(
    maker: PageMaker, product: Outgoing, path: Path, passed: Callable[[LaidOut], None], shop: Workshop
) -> Made:
    """Write a product in the format of its file's ending, in a job.

    `passed`: called in the window's thread with the laid-out product, once the gate lets it leave. `shop`: reads pages
    and reports progress. Raises ProductStopped where the gate keeps the product from being issued or published.
    """
    laid = read_pages(maker, product, product.spec.dpi, shop)
    laid = through_gate(laid, product.spec, product.overrides, product.edition.state)
    check_size(laid, path)
    shop.in_window(partial(passed, laid))
    return format_of(path).write(laid, shop)


class ProductFile(QObject):
    """One product being written. `ended`: the file is complete and `sha256` its hash, or `error` says why not.

    Cancelled, it has neither. A product that the gate keeps from being issued or published has a ProductStopped as its
    error, and no file. The maker is closed at the end.
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
    ) -> None:
        super().__init__(parent)
        self._maker, self._jobs = maker, context.jobs
        self.product, self.path = product, path
        self.laid: LaidOut | None = None
        self.sha256 = ""
        self.error: GeoloupeError | None = None
        write = partial(write_product, maker, product, path, self._pass)
        self._writing = Writing(path, write, context.jobs, context.pool, title=title, parent=self)
        self._writing.ended.connect(self._written)

    @property
    def written(self) -> Sequence[Path]:
        """Files of the product: some formats have one for each page."""
        return self._writing.written

    def cancel(self) -> None:
        """Cancel the writing; no file is left under the name."""
        self._writing.cancel()

    def _pass(self, laid: LaidOut) -> None:
        self.laid = laid
        self.passed.emit()

    def _written(self) -> None:
        if not self.written:
            self._end(self._writing.error)
            return

        def take_hash(sha256: str) -> None:
            self.sha256 = sha256
            self._end(None)

        self._jobs.run(lambda _: file_sha256(self.path), take_hash, self._end)

    def _end(self, error: GeoloupeError | None) -> None:
        self.error = error
        self._maker.close()
        self.ended.emit()


def file_sha256(path: Path) -> str:
    """SHA-256 hash of a file, in hexadecimal; empty where the file is gone already."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
