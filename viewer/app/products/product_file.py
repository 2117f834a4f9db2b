"""A product on its way to its file: laid out once its layers are open, then written step by step."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from layers.errors import ExportFailed, GeoloupeError
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec
from viewer.app.products.laid_out import LaidOut, PageMaker
from viewer.export.formats.steps import Writing
from viewer.export.formats.writers import begin_writing
from viewer.rendering.context import RenderContext

PATIENCE_S = 120.0
POLL_MS, SCREEN_DPI = 5, 96.0
_TURNS = 2
"""Times that a page is laid out and read at the least: its words tell of what was read."""


class ProductFile(QObject):
    """`ended`: written whole, with `sha256` of the file, or `error` says why not; given up, it has neither.

    The maker is closed with it, unless it serves others afterwards.
    """

    ended = Signal()

    def __init__(
        self,
        maker: PageMaker,
        spec: ProductSpec,
        edition: Edition,
        path: Path,
        context: RenderContext,
        title: str,
        parent: QObject,
        *,
        closes: bool = True,
    ) -> None:
        super().__init__(parent)
        self._closes, self._is_read = closes, False
        self._seen: LaidOut | None = None
        """The pages whose maps are read now."""
        self._turns = 0
        self._maker, self._spec, self._edition, self._context = maker, spec, edition, context
        self.path, self._title = path, title
        self.laid: LaidOut | None = None
        self.sha256 = ""
        self.error: GeoloupeError | None = None
        self._writing: Writing | None = None
        self._begun = time.monotonic()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def written(self) -> Sequence[Path]:
        """The files that it stands in: some formats have one for each page."""
        return self._writing.written if self._writing is not None else ()

    def cancel(self) -> None:
        """Give it up; nothing stands under the name."""
        if self._writing is not None:
            self._writing.cancel()
        elif self._timer.isActive():
            self._end(None)

    def _look(self) -> None:
        try:
            if not self._is_read:
                self._is_read = self._read()
                return
            laid = self._maker.make(self._spec, self._spec.dpi, self._edition)
            if laid is None:
                self._check_patience()
                return
            self._timer.stop()
            self.laid = laid
            self._writing = begin_writing(laid, self.path, self._context, self._title, self)
        except GeoloupeError as error:
            self._end(error)
            return
        self._writing.ended.connect(self._written)

    def _read(self) -> bool:
        """True once all is read of which the words of the page tell. It is laid out anew when all of that is there, not
        whenever a part of it came, and read again as far as its maps are others then.
        """
        if self._seen is None:
            self._seen = self._maker.make(self._spec, SCREEN_DPI, self._edition)
            if self._seen is None:
                self._check_patience()
                return False
            for page in range(self._seen.pages):
                self._seen.want(page)
        is_late = time.monotonic() - self._begun > PATIENCE_S
        if not is_late and not all(self._seen.is_ready(page) for page in range(self._seen.pages)):
            return False
        self._seen = None
        self._turns += 1
        return is_late or self._turns == _TURNS

    def _check_patience(self) -> None:
        if time.monotonic() - self._begun > PATIENCE_S:
            raise ExportFailed("The layers of the product did not open within two minutes: see the list of layers.")

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
    """The hash of a file's bytes, in hexadecimal; empty where the file is gone already."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
