"""Makes batches of products from the window: asks for the choices, and shows progress in the status bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import NotAllowed, ProductStopped
from layers.product.batch import BatchItem, Each, batch_digest, batch_of
from layers.product.publishing import DRAFT, PUBLISHED, State
from layers.product.spec import ProductSpec
from viewer.app.desktop.questions import Questions
from viewer.app.products.batches.batch_dialog import BatchDialog
from viewer.app.products.batches.batch_issue import BatchIssue
from viewer.app.products.batches.batch_run import BatchOrder, BatchRun
from viewer.app.products.laid_out import PageMaker
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.jobs import Job
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import Messages

MOST_TOLD = 3
"""Most findings named in the message about a stopped batch."""


class BatchDesk(QObject):
    """Batches of one main window. `maker` makes a PageMaker for the pages."""

    def __init__(
        self,
        context: RenderContext,
        panels: PanelContext,
        maker: Callable[[], PageMaker],
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._context, self._panels, self._maker, self._messages = context, panels, maker, messages
        self._ask, self._window = ask, window
        self.runs: list[BatchRun] = []

    @property
    def is_idle(self) -> bool:
        return not self.runs

    def begin(self, document: Document, like: ProductSpec) -> BatchDialog:
        """Ask which products to make; their pages follow `like`."""

        def items_of(kind: Each, state: State) -> list[BatchItem]:
            return batch_of(document, kind, replace(like, publish=like.publish or state == PUBLISHED))

        dialog = BatchDialog(items_of, self._window)
        dialog.chosen.connect(partial(self._start, document))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def cancel_all(self) -> None:
        """Cancel all batches under way; begun again, each continues where it stopped."""
        for run in list(self.runs):
            run.cancel()

    def _start(self, document: Document, items: list[BatchItem], suffix: str, state: State) -> None:
        folder = self._ask().folder_of_products()
        if folder is None:
            return
        push = partial(self._push, document)
        issue = BatchIssue(document, state, self._panels.case.actor, push) if state != DRAFT else None
        order = BatchOrder(items, folder, suffix, partial(batch_digest, document, items, suffix, state), issue)
        run = BatchRun(order, self._maker(), self._context, self)
        job = self._context.jobs.follow(self.tr("Writing {0}").format(self._products(len(items))), run.cancel)
        run.progressed.connect(partial(self._tell, job, len(items)))
        run.ended.connect(partial(self._ended, run, job, len(items), folder))
        self.runs.append(run)

    def _push(self, document: Document, edit: Edit) -> None:
        if self._panels.document is not document:
            raise NotAllowed(
                "Another case is open now: the batch stops, and goes on when it is begun again in its own."
            )
        self._panels.push(edit)

    def _tell(self, job: Job, count: int, done: int) -> None:
        self._context.jobs.tell(job, done / count, self.tr("{0} of {1}").format(done, count))

    def _ended(self, run: BatchRun, job: Job, count: int, folder: Path) -> None:
        self._context.jobs.end(job)
        self.runs.remove(run)
        run.deleteLater()
        if isinstance(run.error, ProductStopped):
            sentence = " ".join(map(in_language, (run.error.sentence, *_first_lines(run.error.lines))))
            self._messages.show("batch", sentence, "error")
        elif run.error is not None:
            self._messages.show("batch", run.error.sentence, "error")
        elif run.is_cancelled:
            sentence = self.tr("Stopped: of {1}, {0} in {2}. Begun again, the batch goes on with the others.")
            done = translate("BatchDesk", "{count} are", "{count} is", run.done)
            self._messages.show("batch", sentence.format(done, self._products(count), folder), "info")
        else:
            products = translate("BatchDesk", "{count} products are", "{count} product is", run.done)
            sentence = self.tr("{0} in {1}, {2} of them from before.") if run.skipped else self.tr("{0} in {1}.")
            self._messages.show("batch", sentence.format(products, folder, run.skipped), "info")

    def _products(self, count: int) -> str:
        return translate("BatchDesk", "{count} products", "{count} product", count)


def _first_lines(lines: Sequence[str]) -> list[str]:
    """The first lines, and the number of further ones."""
    more = len(lines) - MOST_TOLD
    remainder = translate("BatchDesk", "({count} more)", "({count} more)", more)
    return [*lines[:MOST_TOLD], *([remainder] if more > 0 else [])]
