"""Opens the windows of products, and writes and issues the products that they export."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, override

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from layers.document.document import Document
from layers.document.rows import Product
from layers.errors import GeoloupeError, ProductStopped
from layers.geo.bounds import Bounds
from layers.product.publishing import DRAFT, ISSUED, PUBLISHED, State
from layers.product.spec import Override, ProductSpec, read_spec
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.navigation.map_needed import has_map
from viewer.app.opening.written_file import open_button
from viewer.canvas.viewport import lonlat_bounds
from viewer.canvas.widget import MapCanvas
from viewer.commands.products import issue_product, product_rows, products_in_order
from viewer.export.made_on import today
from viewer.export.processing import stretches_on_screen
from viewer.panels.comparisons.candidates import candidate_of, in_order
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.shell.message_bar import MessageBar
from viewer.support.jobs import Loading
from viewer.support.language.text import plain
from viewer.support.language.translation import translate
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from layers.product.issuing.edition import Outgoing
    from layers.product.issuing.printed_rows import PrintedRow
    from layers.product.lint.finding import Finding
    from viewer.app.products.batches.batch_desk import BatchDesk
    from viewer.app.products.factcheck.sheet_desk import FactCheckDesk
    from viewer.app.products.first_spec import WindowState
    from viewer.app.products.laid_out import LaidOut, PageMaker
    from viewer.app.products.product_file import ProductFile
    from viewer.app.products.product_window import ProductWindow

TWICE_S = 0.5
"""Time within which a second request for a product means the first one: the keys were pressed twice."""
_OF_PRODUCTS = frozenset({"export", "export data", "fact check"})
"""Keys of the messages about work that is done in the windows of products."""
MOST_NAMED = 3
"""Most further files that are named in full after the first."""


class ProductWindows(QObject):
    """Product windows of one main window, their parent. `selected` gives the layers chosen in the tree."""

    def __init__(
        self,
        session: Session,
        canvas: MapCanvas,
        panels: PanelContext,
        comparisons: ComparisonDesk,
        selected: Callable[[], list[str]],
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._canvas, self._panels = session, canvas, panels
        self._comparisons, self._selected = comparisons, selected
        self._messages, self._ask, self._window = messages, ask, window
        self._folder: Path | None = None
        """Folder of the last export; None before the first."""
        self._suffix = ".pdf"
        self._written: list[ProductFile] = []
        self._printed: dict[ProductFile, list[PrintedRow]] = {}
        """Printed rows of products being issued, in the state they had when the page was laid out."""
        self._windows: list[ProductWindow] = []
        self._states: dict[str, State] = {}
        """State of each product's last export, by uuid: a window opened again takes it."""
        self._batches: BatchDesk | None = None
        self.sheets: FactCheckDesk | None = None
        """Fact-check sheets; None before the first."""
        self._begun: ProductWindow | None = None
        self._begun_at = 0.0
        self._aside: ProductWindow | None = None
        """Window whose finding is being put right in the main window: the next request for a product means it."""
        self._told = _Told()
        jobs, failed = canvas.own_scene.context.jobs, partial(messages.show, "export", level="error")
        self._loading = Loading(jobs, lambda: load_products(), self._is_there, failed)
        self._writers = Loading(jobs, lambda: _load_writers(), self._is_there, failed)
        panels.keeping_wanted.connect(self.keep_all)

    @property
    def is_idle(self) -> bool:
        desks = (self._batches, self.sheets)
        return not self._written and self._loading.is_idle and all(desk is None or desk.is_idle for desk in desks)

    @property
    def windows(self) -> list[ProductWindow]:
        """All open product windows."""
        return [shown for shown in self._windows if isValid(shown) and not shown.is_ended]

    def begin(self) -> None:
        """Open a window for a new product of the map's view; two requests in a moment make one.

        From the place of a finding it leads back to the product that this finding is of.
        """
        begun = self._begun if self._begun in self.windows else None
        if self._aside is not None and self._aside in self.windows:
            self._aside.come_forward()
            self._come_back()
        elif begun is not None and time.monotonic() - self._begun_at < TWICE_S:
            begun.come_forward()
        elif has_map(self._canvas, self._messages):
            self._panels.flush()
            self._loading.then("", self._begin)

    def _begin(self) -> None:
        from viewer.app.products.first_spec import first_spec  # for start-up time

        self._begun = self._show(first_spec(self._state_now()), "")
        self._begun_at = time.monotonic()

    def begin_batch(self) -> None:
        """Ask what to make a batch of products of."""
        if has_map(self._canvas, self._messages):
            self._panels.flush()
            self._loading.then("batch", self._begin_batch)

    def _begin_batch(self) -> None:
        from viewer.app.products.batches.batch_desk import BatchDesk  # for start-up time
        from viewer.app.products.first_spec import first_spec

        if self._batches is None:
            context = self._canvas.own_scene.context
            self._batches = BatchDesk(context, self._panels, self._maker, self._messages, self._ask, self._window)
        plain = replace(self._state_now(), comparison=None, images=(), site="")
        self._batches.begin(self._session.document, first_spec(plain))

    # -- fact-check sheets ----------------------------------------------------------------------------------------

    def write_sheet(self, *, asks_since: bool = False) -> None:
        """Write the fact-check sheet of the product in front, else of the newest kept one, else of what is shown."""
        if has_map(self._canvas, self._messages):
            self._panels.flush()
            self._loading.then("sheet", partial(self._write_sheet, asks_since))

    def bring_ticks_home(self) -> None:
        """Ask for a ticked sheet, and show what it reviews."""
        target = self._session.target
        folder = self._folder or (target.parent if target else Path.home())
        path = self._ask().sheet_to_open(folder, is_ticked=True)
        if path is not None:
            self.take_home(path)

    def take_home(self, path: Path) -> None:
        """Read a ticked sheet, and show what it reviews."""
        self._loading.then("ticks", partial(self._take_home, path))

    def _take_home(self, path: Path) -> None:
        self._sheet_desk().take_home(path)

    def _write_sheet(self, asks_since: bool) -> None:
        shown = self.windows[-1:]
        over = shown[0] if shown else self._window
        product = shown[0].outgoing if shown else self._product_kept()
        name = self._name_of(product.spec, product.edition.product, "-fact-check.html")
        self._sheet_desk().write(product, name, over, asks_since=asks_since)

    def _write_sheet_of(self, shown: ProductWindow, _checked: bool = False) -> None:
        """Write the sheet of a window's product as it stands, kept or not."""
        shown.fields.take_page()
        name = self._name_of(shown.spec, shown.row, "-fact-check.html")
        self._sheet_desk().write(shown.outgoing, name, shown)

    def _product_kept(self) -> Outgoing:
        """The newest product that the case keeps, else one of what the map shows."""
        from layers.product.issuing.edition import Edition, Outgoing  # for start-up time
        from layers.product.spec import read_overrides
        from viewer.app.products.first_spec import first_spec

        for row in reversed(products_in_order(self._session.document)):
            spec = read_spec(row.layout_json)
            if spec is not None:
                state: State = PUBLISHED if row.state == PUBLISHED else (ISSUED if row.issued_at else DRAFT)
                return Outgoing(spec, Edition(row, today(), state), read_overrides(row.overrides_json))
        return Outgoing(first_spec(self._state_now()), Edition(made_on=today()))

    def _sheet_desk(self) -> FactCheckDesk:
        from viewer.app.products.factcheck.sheet_desk import FactCheckDesk  # for start-up time

        if self.sheets is None:
            context = self._canvas.own_scene.context
            self.sheets = FactCheckDesk(
                self._session, context, self._panels, self._maker, self._messages, self._ask, self._window
            )
        return self.sheets

    def open(self, uuid: str) -> None:
        """Open a product of the case, or bring its open window to the front."""
        shown = next((window for window in self.windows if window.uuid == uuid), None)
        row = product_rows(self._session.document).get(uuid)
        spec = read_spec(row.layout_json) if row is not None else None
        if shown is not None:
            shown.come_forward()
        elif spec is not None:
            kept = stretches_on_screen(self._canvas.scene) | dict(spec.stretches)
            self._loading.then(uuid, partial(self._show, replace(spec, stretches=kept), uuid))

    def keep_all(self) -> None:
        """Keep the changes of all windows, as the case is about to be saved or left."""
        if not self._session.is_read_only:
            for shown in self.windows:
                shown.keep_changes()

    def close_all(self) -> None:
        """Close all product windows with the main window: nothing more may be read for them."""
        for shown in self.windows:
            shown.leave()
        if self._batches is not None:
            self._batches.cancel_all()

    def _is_there(self) -> bool:
        return isValid(self) and self._window.isVisible()

    def _show(self, spec: ProductSpec, uuid: str) -> ProductWindow:
        from viewer.app.products.product_window import ProductWindow  # for start-up time
        from viewer.export.plates.setting.house_style import style_names

        styles = [(name, name) for name in style_names()]
        shown = ProductWindow(
            self._panels, spec, uuid, self._maker(), self._check, self._state_now, styles, self._window
        )
        if uuid in self._states and shown.kept.state is None:
            shown.choose_state(self._states[uuid])
        shown.export_wanted.connect(partial(self._export, shown))
        shown.findings.cure_wanted.connect(partial(self._set_aside, shown))
        shown.buttons.fact_check.clicked.connect(partial(self._write_sheet_of, shown))
        before = frozenset(self._messages.lines())
        bar = MessageBar(self._messages, shows=lambda line: line.key in _OF_PRODUCTS and line not in before)
        bar.lie_over(shown.preview)  # what was done here is said here, with the button that opens the file
        self._windows = [*self.windows, shown]
        shown.finished.connect(self._let_go)
        shown.show()
        shown.come_forward()
        self._writers.then("", lambda: None)  # while the page is looked at, not while it is written
        return shown

    def _set_aside(self, shown: ProductWindow, finding: Finding) -> None:
        """Note that a finding leads to the main window; the product's window ends that once it is in front again."""
        from viewer.app.products.findings.cure_paths import leads_to_row  # for start-up time

        if leads_to_row(finding.jump):
            self._begun = None  # the next request for a new product is no second press of the first one's keys
            self._aside = shown
            shown.installEventFilter(self)

    def _come_back(self) -> None:
        aside, self._aside = self._aside, None
        if aside is not None:
            aside.removeEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and watched is self._aside:
            self._come_back()
        return False

    def _let_go(self) -> None:
        """Forget a closed window, so that its page and the tiles of its maps are freed."""
        self._windows = self.windows
        self._begun = self._begun if self._begun in self._windows else None

    def _maker(self) -> PageMaker:
        from viewer.app.products.product_pages import ProductPages  # for start-up time
        from viewer.export.plates.maps.map_scenes import product_scenes

        session, context = self._session, self._canvas.own_scene.context
        scenes = partial(product_scenes, context=context, base_folder=session.base_folder)
        return ProductPages(session.document, context.jobs, scenes)

    def _check(self, spec: ProductSpec, laid: LaidOut, overrides: Sequence[Override]) -> Sequence[Finding]:
        from layers.product.lint.check import findings  # for start-up time

        return findings(spec, laid.content, laid.facts(), overrides)

    def _state_now(self) -> WindowState:
        """Present state of the main window."""
        from viewer.app.products.first_spec import WindowState  # for start-up time

        document, scene = self._session.document, self._canvas.scene
        layers, drawings = document.layers, scene.drawings
        chosen = [uuid for uuid in self._selected() if uuid in layers and uuid in drawings]
        images = [layers[uuid] for uuid in chosen[::-1] if layers[uuid].kind != "vector"]
        sites = [uuid for uuid in self._panels.selection.uuids if uuid in document.sites]
        return WindowState(
            document,
            self._bounds(),
            self._comparisons.spec,
            self._comparisons.current,
            [candidate.uuid for candidate in in_order(candidate_of(scene, layer) for layer in images)],
            sites[0] if len(sites) == 1 and document.sites[sites[0]].is_site else "",
            self._session.analyst.answering(document),
            stretches_on_screen(scene),
        )

    def _bounds(self) -> Bounds:
        view = self._canvas.viewport.view()
        return lonlat_bounds(view.grid.crs, view.world_bounds())

    # -- written and issued ---------------------------------------------------------------------------------------

    def _export(self, shown: ProductWindow) -> None:
        from viewer.app.products.product_file import ProductFile  # for start-up time

        path = self._ask().product_to_write(self._suggestion(shown), shown)
        if not isValid(shown) or shown.is_ended:
            return
        shown.come_forward()
        if path is None:
            shown.take_answer_back()
            return
        shown.kept.answered = None
        self._folder, self._suffix = path.parent, path.suffix
        if not self._is_kept(shown):
            return
        self._states[shown.uuid] = shown.edition.state
        shown.say(self.tr("Writing {0}…").format(path.name))
        maker, document = self._maker(), self._session.document
        context, title = self._canvas.own_scene.context, self.tr("Writing {0}").format(path.name)
        file = ProductFile(maker, shown.outgoing, path, context, title, self)
        file.passed.connect(partial(self._note_printed, file))
        file.ended.connect(partial(self._ended, file, document, shown.uuid))
        self._written.append(file)

    def _is_kept(self, shown: ProductWindow) -> bool:
        """Keep the product in the case before it is written. True where it may be written.

        A read-only case keeps no product: only drafts, and issued versions, may be written from it.
        """
        if not self._session.is_read_only:
            return shown.keep()
        if shown.edition.state != DRAFT and not (shown.row is not None and shown.row.issued_at):
            shown.say(self.tr("The case is read only, and keeps no issue: export a draft, or save it as another case."))
            return False
        return True

    def _note_printed(self, file: ProductFile) -> None:
        """Remember the rows that the laid-out page prints, as the case may have changed since."""
        from layers.product.issuing.printed_rows import printed_rows  # for start-up time

        if file.laid is not None and file.product.edition.state != DRAFT:
            self._printed[file] = printed_rows(file.laid.case, file.laid.content, file.laid.facts())

    def _ended(self, file: ProductFile, document: Document, uuid: str) -> None:
        self._written.remove(file)
        printed = self._printed.pop(file, [])
        if file.laid is not None and file.sha256:
            self._issue(document, uuid, file, printed)
        elif file.error is not None:
            self._failed(file.error, uuid)
        file.deleteLater()

    def _issue(self, document: Document, uuid: str, file: ProductFile, printed: list[PrintedRow]) -> None:
        """Record a written product as issued, unless another case was opened meanwhile, and say so."""
        assert file.laid is not None
        row, edition = product_rows(document).get(uuid), file.product.edition
        issued = self.tr(", a draft that is not issued") if edition.state == DRAFT else ""
        is_here = document is self._session.document and edition.state != DRAFT
        if is_here and row is not None and not row.issued_at:
            refusal = self._panels.attempt(
                issue_product,
                uuid,
                sha256=file.sha256,
                numbers=file.laid.numbers,
                state=edition.state,
                printed=printed,
                correction=edition.product.correction if edition.product is not None else "",
            )
            words = self.tr(", published as product {0}, version {1}")
            words = words if edition.state == PUBLISHED else self.tr(", issued as product {0}, version {1}")
            issued = words.format(row.number, row.version)
            issued = f". {refusal}" if refusal else issued
        line = self._messages.line("export")
        before = self._told if line is not None and (line.text, uuid) == (self._told.text, self._told.uuid) else _Told()
        files = tuple(dict.fromkeys((*before.files, file.path, *file.written)))
        sentence = self.tr("Written: {0}").format(_named(files)) + (issued or before.issued)
        self._told = _Told(plain(sentence), uuid, files, issued or before.issued)
        self._messages.clear("export")  # of two formats one line, and that it was written twice is no news
        self._messages.show("export", sentence, "info", open_button(file.path, self._messages))
        for shown in self.windows:
            if shown.uuid == uuid:
                if edition.state != DRAFT:
                    shown.note_issued()
                shown.tiles.look(shown.laid, shown.spec.dpi)  # what was fetched is stored now
                shown.say(sentence)

    def say_deleted(self, count: int) -> None:
        """Say how many products were deleted from the case."""
        sentence = self.tr("{0} deleted. Ctrl+Z brings back what was there.")
        self._messages.show(
            "deleted", sentence.format(translate("ProductWindows", "{count} products", "{count} product", count))
        )

    def _failed(self, error: GeoloupeError, uuid: str) -> None:
        self._messages.show("export", error.sentence, "error")
        for shown in self.windows:
            if shown.uuid == uuid and isinstance(error, ProductStopped):
                shown.note_stopped(error.sentence)
            elif shown.uuid == uuid:
                shown.say(error.sentence)

    def _suggestion(self, shown: ProductWindow) -> Path:
        return self._name_of(shown.spec, shown.edition.product, self._suffix)

    def _name_of(self, spec: ProductSpec, product: Product | None, ending: str) -> Path:
        """The file that is suggested for a product, by its title and version."""
        from layers.product.batch import file_stem  # for start-up time: only where one is written

        target = self._session.target
        version = product.version if product is not None else 1
        stem = file_stem(spec.title) or (target.stem if target else "product")
        name = f"{stem}-v{version}{ending}" if version > 1 else f"{stem}{ending}"
        return (self._folder or (target.parent if target else Path.home())) / name


class _Told(Struct, frozen=True):
    """Message on the files written of a product, and the product's uuid."""

    text: str = ""
    uuid: str = ""
    files: tuple[Path, ...] = ()
    issued: str = ""
    """End of the message, on number and version."""


def _named(files: Sequence[Path]) -> str:
    """List files in words: the first with its folder, others beside it by name; of many, only the first and last."""
    first, *others = files
    names = [file.name if file.parent == first.parent else str(file) for file in others]
    if len(names) > MOST_NAMED:
        return translate("ProductWindows", "{0} and {1} more, {2} to {3}").format(
            first, len(names), names[0], names[-1]
        )
    *before, last = [str(first), *names]
    return translate("ProductWindows", "{0} and {1}").format(", ".join(before), last) if before else last


def _load_writers() -> None:
    from viewer.export.formats.writers import load_writers  # for start-up time

    load_writers()


def load_products() -> None:
    """Import the modules that show, lay out, check and write products, and the files they read.

    Call it in a job: it takes a fifth of a second.
    """
    import viewer.app.products.batches.batch_desk  # for start-up time, as all of these
    import viewer.app.products.factcheck.sheet_desk
    import viewer.app.products.product_pages
    import viewer.app.products.product_window  # noqa: F401
    from viewer.export.plates.maps.locator import coast_lines
    from viewer.export.plates.setting.house_style import style_names

    style_names()
    coast_lines()
