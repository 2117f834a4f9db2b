"""Makes a batch of products one after the other. After a crash, products that were complete are not made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from layers.errors import ExportFailed, GeoloupeError, ProductStopped
from layers.phrase import joined
from layers.product.batch import BatchItem
from layers.product.issuing.edition import Edition, Outgoing
from layers.product.issuing.printed_rows import PrintedRow
from layers.product.lint.check import findings
from layers.product.lint.passing import stopping
from viewer.app.products.batches.batch_issue import BatchIssue
from viewer.app.products.batches.batch_journal import BatchJournal
from viewer.app.products.laid_out import LaidOut, PageMaker
from viewer.app.products.page_reading import PageReading
from viewer.app.products.product_file import ProductFile
from viewer.export.gate import finding_line
from viewer.export.made_on import today
from viewer.rendering.context import RenderContext
from viewer.support.language.translation import translate

POLL_MS = 5


class BatchOrder(Struct, frozen=True):
    """The products of a batch, the folder and the ending of their files, and how they are issued.

    `digest` gives a text that stays the same while batch and case do; `issue` is None for drafts.
    """

    items: Sequence[BatchItem]
    folder: Path
    suffix: str
    digest: Callable[[], str]
    issue: BatchIssue | None = None


class BatchRun(QObject):
    """Writes the products of a batch. `progressed` carries the number of those done.

    `ended`: all are written, or `error` says why not, or the batch was cancelled. Products to be issued are all judged
    first: with a blocking finding against one of them none is written, and `error` is a ProductStopped. One maker
    serves all, so that layers are opened once; it is closed at the end.
    """

    progressed = Signal(int)
    ended = Signal()

    def __init__(
        self, order: BatchOrder, maker: PageMaker, context: RenderContext, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._order, self._items = order, list(order.items)
        self._maker, self._context = maker, context
        self.written: list[Path] = []
        self.skipped = 0
        """Number of products that were written by an earlier run."""
        self.error: GeoloupeError | None = None
        self.is_over = self.is_cancelled = False
        self._journal: BatchJournal | None = None
        self._file: ProductFile | None = None
        self._printed: list[PrintedRow] = []
        self._read: Callable[[LaidOut], None] = _nothing
        """Callback that gets the pages once they are read."""
        self._reading: PageReading | None = None
        self._waiting: list[BatchItem] = []
        """Products still to be judged."""
        self._against: list[str] = []
        """Lines on the findings against the products judged so far."""
        self._look = QTimer(self, interval=POLL_MS)
        self._look.timeout.connect(self._look_again)
        QTimer.singleShot(0, self, self._begin if order.issue is None else self._judge)

    @property
    def done(self) -> int:
        return len(self.written) + self.skipped

    def cancel(self) -> None:
        """Stop the batch and keep the complete products; begun again, it continues after them."""
        if self.is_over:
            return
        self.is_cancelled = True
        file = self._file
        if file is not None:
            file.cancel()
        if not self.is_over:
            self._end(None)

    # -- judged before anything is written ------------------------------------------------------------------------

    def _judge(self) -> None:
        """Judge all products as they will be laid out; only their numbers are not known yet."""
        self._waiting = list(self._order.items)
        self._judge_next()

    def _judge_next(self) -> None:
        issue = self._order.issue
        assert issue is not None
        if not self._waiting:
            self._end_judging()
            return
        item = self._waiting.pop(0)

        def judge(laid: LaidOut) -> None:
            stand = stopping(findings(item.spec, laid.content, laid.facts()))
            self._against += [joined(": ", [item.stem, finding_line(one)]) for one in stand]
            self._judge_next()

        self._begin_reading(Outgoing(item.spec, Edition(made_on=today(), state=issue.state)), judge)

    def _end_judging(self) -> None:
        issue, lines = self._order.issue, self._against
        if issue is None or not lines:
            self._begin()
            return
        verb = "published" if issue.state == "published" else "issued"
        said = translate("BatchRun", "{count} findings stand", "{count} finding stands", len(lines))
        self._end(
            ProductStopped("No product of the batch is {verb}: {said} against it.", tuple(lines), verb=verb, said=said)
        )

    def _begin_reading(self, product: Outgoing, read: Callable[[LaidOut], None]) -> None:
        self._reading, self._read = PageReading(self._maker, product), read
        self._look.start()

    def _look_again(self) -> None:
        reading = self._reading
        if reading is None or self.is_over:
            self._look.stop()
            return
        try:
            laid = reading.look()
            if laid is not None:
                self._look.stop()
                self._reading = None
                self._read(laid)
        except GeoloupeError as error:
            self._end(error)

    # -- written --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        folder, issue = self._order.folder, self._order.issue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._journal = BatchJournal(folder, self._order.digest())
            if issue is not None:
                self._journal.note_products(issue.name(self._order.items, self._journal.products))
                issue.begin(self._order.items)
        except OSError as error:
            self._end(
                ExportFailed(
                    "The folder {folder} cannot be made: {strerror}.", folder=folder, strerror=error.strerror or error
                )
            )
            return
        except GeoloupeError as error:
            self._end(error)
            return
        self._next()

    def _next(self) -> None:
        """Write the next missing product. One that was written but not kept in the case before a crash is kept now."""
        journal, issue = self._journal, self._order.issue
        if self.is_over or journal is None:
            return
        while self._items:
            item = self._items.pop(0)
            name = item.stem + self._order.suffix
            if name not in journal.done:
                self._write(item, self._order.folder / name)
                return
            self.skipped += 1
            self.progressed.emit(self.done)
            if issue is not None and not issue.is_issued(item.stem):
                self._begin_reading(self._outgoing(item), partial(self._keep_written, item))
                return
        self._finish()

    def _outgoing(self, item: BatchItem) -> Outgoing:
        issue = self._order.issue
        return Outgoing(item.spec, issue.edition(item.stem) if issue is not None else Edition(made_on=today()))

    def _write(self, item: BatchItem, path: Path) -> None:
        self._printed = []
        file = ProductFile(self._maker, self._outgoing(item), path, self._context, "", self, closes=False)
        self._file = file
        file.passed.connect(self._note_printed)
        file.ended.connect(self._noted)

    def _note_printed(self) -> None:
        """Remember the rows that the page prints, in their present state."""
        issue, file = self._order.issue, self._file
        if issue is not None and file is not None and file.laid is not None:
            self._printed = issue.printed(file.laid)

    def _noted(self) -> None:
        file = self._file
        if file is None or self._journal is None or self.is_over:
            return
        self._file = None
        file.deleteLater()
        if file.error is not None or not file.sha256 or file.laid is None:
            self._end(file.error)
            return
        try:
            self._journal.note(file.path.name, file.sha256)
            self._issue(file.path.stem, file.laid, self._printed, file.sha256)
        except GeoloupeError as error:
            self._end(error)
            return
        self.written.append(file.path)
        self.progressed.emit(self.done)
        QTimer.singleShot(0, self, self._next)

    def _keep_written(self, item: BatchItem, laid: LaidOut) -> None:
        issue, journal = self._order.issue, self._journal
        assert issue is not None
        assert journal is not None
        self._issue(item.stem, laid, issue.printed(laid), journal.done[item.stem + self._order.suffix])
        QTimer.singleShot(0, self, self._next)

    def _issue(self, stem: str, laid: LaidOut, printed: Sequence[PrintedRow], sha256: str) -> None:
        """Record the product as issued, then the digest of the changed case: markers have their numbers locked now."""
        if self._order.issue is not None and self._journal is not None:
            self._order.issue.issue(stem, laid, printed, sha256)
            self._journal.note_case(self._order.digest())

    def _finish(self) -> None:
        assert self._journal is not None
        try:
            if self._order.issue is not None:
                self._order.issue.end()
        except GeoloupeError as error:
            self._end(error)
            return
        self._journal.end()
        self._end(None)

    def _end(self, error: GeoloupeError | None) -> None:
        self.error, self.is_over = error, True
        self._look.stop()
        self._maker.close()
        self.ended.emit()


def finish_batch(run: BatchRun) -> None:
    """Run the event loop until the batch is over, for the command line. Raises the batch's error."""
    if not run.is_over:
        loop = QEventLoop()
        run.ended.connect(loop.quit)
        loop.exec()
    if run.error is not None:
        raise run.error


def _nothing(_laid: LaidOut) -> None:
    """Do nothing with the pages: none is being read."""
