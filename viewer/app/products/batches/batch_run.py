"""Makes a batch of products one after the other. After a crash, products that were complete are not made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QEventLoop, QObject, Signal

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
from viewer.app.products.product_file import file_sha256, read_pages, write_product
from viewer.export.formats.writing import write_files
from viewer.export.gate import finding_line
from viewer.export.made_on import today
from viewer.export.page_reader import PageReader
from viewer.rendering.context import RenderContext
from viewer.support.jobs import JobContext
from viewer.support.language.translation import translate


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
    """Writes the products of a batch, in one job. `progressed` carries the number of those done.

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
        self._order, self._maker, self._context = order, maker, context
        self.written: list[Path] = []
        self.skipped = 0
        """Number of products that were written by an earlier run."""
        self.error: GeoloupeError | None = None
        self.is_over = self.is_cancelled = False
        self._job = context.jobs.run(
            self._work, lambda _: self._end(None), self._end, apart=True, given_up=lambda _: self._end(None)
        )

    @property
    def done(self) -> int:
        return len(self.written) + self.skipped

    def cancel(self) -> None:
        """Stop the batch and keep the complete products; begun again, it continues after them."""
        if not self.is_over:
            self.is_cancelled = True
            self._job.cancel()

    def _end(self, error: GeoloupeError | None) -> None:
        self.error, self.is_over = error, True
        self._maker.close()
        self.ended.emit()

    # -- the job --------------------------------------------------------------------------------------------------

    def _work(self, job: JobContext) -> None:
        reader = PageReader(job, self._context.jobs)
        try:
            if self._order.issue is not None:
                self._judge(self._order.issue, reader)
            journal = self._begin(reader)
            for item in self._order.items:
                job.check()
                if item.stem + self._order.suffix in journal.done:
                    self._skip(item, journal, reader)
                else:
                    self._write(item, journal, reader, job)
            if self._order.issue is not None:
                reader.in_window(self._order.issue.end)
            journal.end()
        finally:
            reader.close()

    def _judge(self, issue: BatchIssue, reader: PageReader) -> None:
        """Judge all products as they will be laid out; only their numbers are not known yet. Raises ProductStopped."""
        lines: list[str] = []
        for item in self._order.items:
            product = Outgoing(item.spec, Edition(made_on=today(), state=issue.state))
            laid = read_pages(self._maker, product, item.spec.dpi, reader)
            against = stopping(findings(item.spec, laid.content, laid.facts()))
            lines += [joined(": ", [item.stem, finding_line(finding)]) for finding in against]
        if lines:
            verb = "published" if issue.state == "published" else "issued"
            findings_text = translate("BatchRun", "{count} findings stand", "{count} finding stands", len(lines))
            raise ProductStopped(
                "No product of the batch is {verb}: {said} against it.", tuple(lines), verb=verb, said=findings_text
            )

    def _begin(self, reader: PageReader) -> BatchJournal:
        """Begin the journal of the batch, and number its products."""
        folder, issue, items = self._order.folder, self._order.issue, self._order.items
        try:
            folder.mkdir(parents=True, exist_ok=True)
            journal = BatchJournal(folder, reader.in_window(self._order.digest))
            if issue is not None:
                journal.note_products(reader.in_window(partial(issue.name, items, journal.products)))
                reader.in_window(partial(issue.begin, items))
        except OSError as error:
            raise ExportFailed(
                "The folder {folder} cannot be made: {strerror}.", folder=folder, strerror=error.strerror or error
            ) from error
        return journal

    def _outgoing(self, item: BatchItem, reader: PageReader) -> Outgoing:
        issue = self._order.issue
        if issue is None:
            return Outgoing(item.spec, Edition(made_on=today()))
        return Outgoing(item.spec, reader.in_window(partial(issue.edition, item.stem)))

    def _write(self, item: BatchItem, journal: BatchJournal, reader: PageReader, job: JobContext) -> None:
        issue, path = self._order.issue, self._order.folder / (item.stem + self._order.suffix)
        passed: list[tuple[LaidOut, Sequence[PrintedRow]]] = []

        def note(laid: LaidOut) -> None:
            """Remember the rows that the page prints, in their present state."""
            passed.append((laid, issue.printed(laid) if issue is not None else ()))

        write = partial(write_product, self._maker, self._outgoing(item, reader), path, note)
        write_files(write, path, self._context.jobs, self._context.pool, job)
        sha256, ((laid, printed),) = file_sha256(path), passed
        journal.note(path.name, sha256)
        self._issue(item.stem, laid, printed, sha256, journal, reader)
        reader.in_window(partial(self._tell, path))

    def _skip(self, item: BatchItem, journal: BatchJournal, reader: PageReader) -> None:
        """Skip a product that is written; it is kept in the case now, where it was not before a crash."""
        issue = self._order.issue
        if issue is not None and not reader.in_window(partial(issue.is_issued, item.stem)):
            laid = read_pages(self._maker, self._outgoing(item, reader), item.spec.dpi, reader)
            printed = reader.in_window(partial(issue.printed, laid))
            sha256 = journal.done[item.stem + self._order.suffix]
            self._issue(item.stem, laid, printed, sha256, journal, reader)
        reader.in_window(partial(self._tell, None))

    def _issue(
        self,
        stem: str,
        laid: LaidOut,
        printed: Sequence[PrintedRow],
        sha256: str,
        journal: BatchJournal,
        reader: PageReader,
    ) -> None:
        """Record the product as issued, then the digest of the changed case: markers have their numbers locked now."""
        if self._order.issue is not None:
            reader.in_window(partial(self._order.issue.issue, stem, laid, printed, sha256))
            journal.note_case(reader.in_window(self._order.digest))

    def _tell(self, path: Path | None) -> None:
        if path is None:
            self.skipped += 1
        else:
            self.written.append(path)
        self.progressed.emit(self.done)


def finish_batch(run: BatchRun) -> None:
    """Run the event loop until the batch is over, for the command line. Raises the batch's error."""
    if not run.is_over:
        loop = QEventLoop()
        run.ended.connect(loop.quit)
        loop.exec()
    if run.error is not None:
        raise run.error
