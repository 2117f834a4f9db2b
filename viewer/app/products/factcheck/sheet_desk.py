"""Writes the fact-check sheet beside a product, and takes home the sheets that a checker has ticked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from layers.errors import GeoloupeError, NotAllowed
from layers.finding.kept_words_store import KeptWordsStore
from layers.product.factcheck.coming_home import Homecoming, homecoming
from layers.product.factcheck.fact_sheet import FactSheet
from layers.product.factcheck.kept_texts import NO_TEXTS
from layers.product.factcheck.sheet import CheckedProduct
from layers.product.factcheck.ticked_file import TickedSheet, read_sheet
from layers.product.issuing.edition import Outgoing
from layers.project.saving.kept_documents import KeptDocuments
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.opening.written_file import WrittenFiles
from viewer.app.products.factcheck.ticks_dialog import TicksDialog
from viewer.app.products.laid_out import PageMaker
from viewer.app.products.product_file import SCREEN_DPI, pages_of
from viewer.commands.reviewing.reviews import review_checked
from viewer.export.factcheck.kept_sources import kept_texts
from viewer.export.factcheck.sheet_file import write_sheet
from viewer.export.factcheck.sheet_words import counts, since_words
from viewer.export.formats.writing import Made, Workshop, Writing
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.jobs import JobContext
from viewer.support.language.translation import translate
from viewer.support.messages import Messages
from viewer.support.settings import kept_words_folder


class FactCheckDesk(QObject):
    """Fact-check sheets of one main window. `maker` lays out the product of each."""

    def __init__(
        self,
        session: Session,
        context: RenderContext,
        panels: PanelContext,
        maker: Callable[[], PageMaker],
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._context, self._panels, self._maker = session, context, panels, maker
        self._messages, self._ask, self._window = messages, ask, window
        self._files = WrittenFiles(context.jobs, messages)
        self._running = 0
        self.dialog: TicksDialog | None = None
        """The dialog of the sheet that came home last."""

    @property
    def is_idle(self) -> bool:
        """True while no sheet is being written or read."""
        return not self._running

    # -- written --------------------------------------------------------------------------------------------------

    def write(self, product: Outgoing, suggestion: Path, over: QWidget, *, asks_since: bool = False) -> None:
        """Write the sheet of a product to a file that the analyst names.

        `asks_since`: ask for an earlier sheet first, and list only what has changed since. `over`: the window in front.
        """
        since: Path | None = None
        if asks_since:
            since = self._ask().sheet_to_open(suggestion.parent)
            if since is None:
                return
        path = self._ask().sheet_to_write(suggestion, over)
        if path is None:
            return
        maker, sheets, documents = self._maker(), list[FactSheet](), self._documents()

        def laid_out(shop: Workshop) -> CheckedProduct:
            laid = pages_of(maker, product, SCREEN_DPI, shop)
            texts = NO_TEXTS
            if documents is not None:
                texts = kept_texts(laid.case, laid.content, documents, lambda _share: shop.check())
            facts, spec = laid.facts(), product.spec
            return CheckedProduct(laid.case, laid.content, facts, spec, product.edition, product.overrides, texts)

        def work(shop: Workshop) -> Made:
            self._check(path, since)
            return write_sheet(laid_out, since, sheets.append, shop)

        self._running += 1
        title = self.tr("Writing {0}").format(path.name)
        self._messages.clear("export")
        self._files.say(f"{title}…")
        writing = Writing(path, work, self._context.jobs, self._context.pool, title=title, parent=self)
        writing.ended.connect(partial(self._written, writing, maker, path, sheets))

    def _documents(self) -> KeptDocuments | None:
        """The kept copies of the case; None where it has no working copy, and so none of its own."""
        case = self._panels.case
        if case.pool is None:
            return None
        try:
            return KeptDocuments(case.kept_bytes(), KeptWordsStore(kept_words_folder()), case.pool)
        except GeoloupeError:
            return None

    def _check(self, path: Path, since: Path | None) -> None:
        """Raise NotAllowed where the file is the case, or the earlier sheet. Runs in a job: a drive may be slow."""
        target = self._session.target
        kept = [other for other in (target, since) if other is not None and other.exists()]
        if path.exists() and any(path.samefile(other) for other in kept):
            raise NotAllowed("“{name}” is the case, or the sheet that was chosen: choose another name.", name=path.name)

    def _written(self, writing: Writing, maker: PageMaker, path: Path, sheets: list[FactSheet]) -> None:
        self._running -= 1
        maker.close()
        self._messages.withdraw("export", self.tr("Writing {0}").format(path.name) + "…")
        if writing.error is not None:
            self._files.fail(writing.error.sentence)
        elif writing.written and sheets:
            more = " ".join(filter(None, (f"{counts(sheets[0])}.", since_words(sheets[0]))))
            self._files.note(path, f". {more}")
        writing.deleteLater()

    # -- come home ------------------------------------------------------------------------------------------------

    def take_home(self, path: Path) -> None:
        """Read a ticked sheet in a job, and show what it reviews and what not."""
        document = self._panels.document
        case = document.copied()

        def work(_job: JobContext) -> tuple[TickedSheet, Homecoming]:
            sheet = read_sheet(path)
            return sheet, homecoming(case, sheet, sheet.checker)

        def read(result: tuple[TickedSheet, Homecoming]) -> None:
            self._running -= 1
            if document is self._panels.document and isValid(self._window):
                self._show(path, *result)

        def failed(error: GeoloupeError) -> None:
            self._running -= 1
            self._messages.show("fact check", error.sentence, "error")

        self._running += 1
        self._context.jobs.run(work, read, failed, self.tr("Reading {0}").format(path.name), apart=True)

    def _show(self, path: Path, sheet: TickedSheet, home: Homecoming) -> None:
        if not home.is_of_case:
            self._refuse(self.tr("The case has no row of the sheet “{0}”: open its own case first.").format(path.name))
        elif not sheet.ticked and not home.remarks:
            sentence = self.tr(
                "Nothing is ticked in “{0}”: tick it in a browser, and open the file that is saved there."
            )
            self._refuse(sentence.format(path.name))
        else:
            self.dialog = TicksDialog(self._panels, sheet, home, self._window)
            self.dialog.review_wanted.connect(self._review)
            self.dialog.open()

    def _refuse(self, sentence: str) -> None:
        self._messages.show("fact check", sentence, "warning")

    def _review(self, home: Homecoming, checker: str) -> None:
        """Review the rows and keep the remarks in one step, and say how many."""
        remarks = [(remark.uuid, remark.body) for remark in home.new_remarks]
        rows = {"claims": home.claims, "sites": home.sites, "remarks": remarks}
        if not self._panels.do(review_checked, checker=checker, **rows):
            return
        done = translate("FactCheck", "{count} rows reviewed", "{count} row reviewed", home.reviews)
        if remarks:
            kept = translate("FactCheck", "{count} remarks kept", "{count} remark kept", len(remarks))
            done = f"{done}, {kept}" if home.reviews else kept
        left = translate("FactCheck", "{count} entries left as they are", "{count} entry left as it is", len(home.left))
        sentence = self.tr("{0} in the name of {1}; {2}. Ctrl+Z takes it back.")
        self._messages.clear("fact check")
        self._messages.show("fact check", sentence.format(done, checker, left), "info")
