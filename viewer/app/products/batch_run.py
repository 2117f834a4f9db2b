"""Makes a batch of products one after the other; what was made before a crash is not made again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from layers.errors import ExportFailed, GeoloupeError
from layers.product.batch import BatchItem
from layers.product.issuing.edition import Edition, Outgoing
from viewer.app.products.batch_journal import BatchJournal
from viewer.app.products.laid_out import PageMaker
from viewer.app.products.product_file import ProductFile
from viewer.export.made_on import today
from viewer.rendering.context import RenderContext


class BatchRun(QObject):
    """`ended`: all are written, or `error` says why not, or it was cancelled. `progressed` tells how many are done.

    One maker serves all, so that layers are opened once; it is closed at the end.
    """

    progressed = Signal(int)
    ended = Signal()

    def __init__(
        self,
        items: Sequence[BatchItem],
        folder: Path,
        suffix: str,
        digest: str,
        maker: PageMaker,
        context: RenderContext,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._items, self._folder, self._suffix, self._digest = list(items), folder, suffix, digest
        self._maker, self._context = maker, context
        self.written: list[Path] = []
        self.skipped = 0
        """Products that were there from before."""
        self.error: GeoloupeError | None = None
        self.is_over = self.is_cancelled = False
        self._journal: BatchJournal | None = None
        self._file: ProductFile | None = None
        QTimer.singleShot(0, self, self._begin)

    @property
    def done(self) -> int:
        return len(self.written) + self.skipped

    def cancel(self) -> None:
        """Give it up after what is whole already; begun again it goes on there."""
        if self.is_over:
            return
        self.is_cancelled = True
        file = self._file
        if file is not None:
            file.cancel()
        if not self.is_over:
            self._end(None)

    def _begin(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._journal = BatchJournal(self._folder, self._digest)
        except OSError as error:
            self._end(ExportFailed(f"The folder {self._folder} cannot be made: {error.strerror or error}."))
            return
        except GeoloupeError as error:
            self._end(error)
            return
        self._next()

    def _next(self) -> None:
        """The next product that is not there yet."""
        if self.is_over or self._journal is None:
            return
        while self._items:
            item = self._items.pop(0)
            name = item.stem + self._suffix
            if name in self._journal.done:
                self.skipped += 1
                self.progressed.emit(self.done)
                continue
            product, path = Outgoing(item.spec, Edition(made_on=today())), self._folder / name
            self._file = ProductFile(self._maker, product, path, self._context, "", self, closes=False)
            self._file.ended.connect(self._noted)
            return
        self._journal.end()
        self._end(None)

    def _noted(self) -> None:
        file = self._file
        if file is None or self._journal is None or self.is_over:
            return
        self._file = None
        file.deleteLater()
        if file.error is not None or not file.sha256:
            self._end(file.error)
            return
        try:
            self._journal.note(file.path.name, file.sha256)
        except GeoloupeError as error:
            self._end(error)
            return
        self.written.append(file.path)
        self.progressed.emit(self.done)
        QTimer.singleShot(0, self, self._next)

    def _end(self, error: GeoloupeError | None) -> None:
        self.error, self.is_over = error, True
        self._maker.close()
        self.ended.emit()


def finish_batch(run: BatchRun) -> None:
    """Run the event loop until it is over: for the command line. Raises what went wrong."""
    if not run.is_over:
        loop = QEventLoop()
        run.ended.connect(loop.quit)
        loop.exec()
    if run.error is not None:
        raise run.error
