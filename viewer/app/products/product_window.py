"""The window of a product: its form, the page as it will be printed, and the findings of the check beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import override

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QSplitter, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.rows import Product
from layers.errors import GeoloupeError
from layers.product.issuing.edition import Edition, Outgoing
from layers.product.lint.finding import Finding
from layers.product.lint.groups import Group
from layers.product.lint.image_rules import kept_back
from layers.product.maps.map_choices import MapChoice, map_choices, room_for_maps, with_chosen
from layers.product.publishing import DRAFT, PUBLISHED, State
from layers.product.spec import MOST_MAPS, Override, ProductMap, ProductSpec
from viewer.app.desktop import dialog_fit
from viewer.app.keys.button_keys import ENTER
from viewer.app.products.blind_page import findings_shown, why_hidden
from viewer.app.products.findings.bulk_cures import cured_words, do_cure
from viewer.app.products.findings.cure_paths import leads_to_row, show_row_of
from viewer.app.products.findings.findings_view import FindingsView
from viewer.app.products.findings.let_pass import passed
from viewer.app.products.first_spec import WindowState, lacking, with_layout
from viewer.app.products.laid_out import LaidOut, PageMaker
from viewer.app.products.map_question import ask_for_maps
from viewer.app.products.page_tiles import PageTiles
from viewer.app.products.page_turner import PageTurner
from viewer.app.products.product_buttons import ProductButtons
from viewer.app.products.product_fields import ProductFields
from viewer.app.products.product_in_case import ProductInCase
from viewer.app.products.product_preview import ProductPreview
from viewer.app.products.publishing_step import PublishingStep
from viewer.app.products.spec_steps import SpecSteps
from viewer.app.products.state_question import ask_state
from viewer.commands.products import product_number
from viewer.export.gate import not_written
from viewer.panels.context import PanelContext
from viewer.panels.products.product_words import issued_words
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language

SIZE = (1320, 760)
FORM_PX, FINDINGS_PX = 330, 270
REST_MS, OPENING_MS = 150, 50
"""Wait between an entry and the new layout of the page, and between two looks at layers that are being opened."""
_FIELDS = {"credits": "annotation_credit"}
"""Fields of the form that correct other fields."""
type Check = Callable[[ProductSpec, LaidOut, Sequence[Override]], Sequence[Finding]]
_PRINTED = (
    *("sites", "claims", "claim_sites", "claim_sources", "sources", "responses", "response_claims", "layers"),
    *("images", "observations", "searches", "meta", "chips"),
)
"""Tables whose rows a page may print."""


class ProductWindow(QDialog):
    """Window of one product, not modal. The case holds its changes only once it is saved, exported or closed.

    `export_wanted`: the product of this uuid, as `spec` has it now, is to be written to a file.
    """

    export_wanted = Signal()

    def __init__(
        self,
        context: PanelContext,
        spec: ProductSpec,
        uuid: str,
        maker: PageMaker,
        check: Check,
        read_state: Callable[[], WindowState],
        styles: Iterable[tuple[str, str]],
        main: QWidget,
    ) -> None:
        """`uuid` is empty for a new product. `main` is the window of the case, which may be in front of this one."""
        super().__init__()
        self._main = main
        self._context, self._maker, self._check, self._read_state = context, maker, check, read_state
        self.spec, self.kept = spec, ProductInCase(context, uuid, spec)
        self.laid: LaidOut | None = None
        self._steps = SpecSteps()
        self.is_ended = self._is_waiting = self._is_stale = self._is_stamped = False
        self._is_leaving = False
        """True from the choice of a state until the page is judged in it and exported."""
        self._publishing = PublishingStep()
        self._was_refused: tuple[ProductSpec, tuple[Override, ...]] | None = None
        """The product that could not be kept at closing: closing the window again, unchanged, gives it up."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        # In its place from the first: Qt looks the style of a hundred fields up again whenever they get another parent.
        self.fields = ProductFields(context, styles, self.splitter)
        assert context.case.jobs is not None
        self.preview, self.findings = ProductPreview(context.case.jobs), FindingsView(context)
        self.buttons, self.tiles = ProductButtons(), PageTiles(context.case.jobs)
        self.said, self.state_box = self.buttons.said, self.buttons.state
        self.view_button, self.map_button = self.buttons.view, self.buttons.map
        self.save_button, self.export_button = self.buttons.save, self.buttons.export
        self.close_button = self.buttons.close_window
        self._to_cure = self.tr("Correct what is listed at the right, or let it pass with a reason.")
        self._build()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._lay_out)
        self._judging = QTimer(self, singleShot=True, interval=0)
        """Runs the check in a separate turn of the event loop."""
        self._judging.timeout.connect(self._look_over)
        self._connect()
        self._fit_screen()
        self._show_spec(spec)

    # -- building -------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.turner = PageTurner()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.preview, 1)
        column.addWidget(self.turner)
        for part in (self.fields, middle, self.findings):
            self.splitter.addWidget(part)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.tiles)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.fields.changed.connect(self._entered)
        self.fields.correction.typed.connect(self._correct)
        self.fields.maps.choose_wanted.connect(self.ask_for_maps)
        self.fields.maps.refused.connect(self.say)
        self.preview.moved.connect(self._move)
        self.preview.resized.connect(self._rest.start)
        self.preview.painted.connect(self._painted)
        self.preview.page_wanted.connect(self._show_page)
        self.turner.wanted.connect(lambda pages: self._show_page(self.preview.page + pages))
        self.state_box.activated.connect(lambda at: self.choose_state(self.state_box.itemData(at)))
        self.view_button.clicked.connect(self.take_view)
        self.map_button.clicked.connect(self.add_view)
        self.save_button.clicked.connect(self.save)
        self.export_button.clicked.connect(self.export)
        self.close_button.clicked.connect(self.close)
        self.findings.cure_wanted.connect(self._lead_to)
        self.findings.bulk_wanted.connect(self._cure_all)
        self.findings.let_pass.connect(self._let_pass)
        self.findings.taken_back.connect(self._take_back)
        for keys, do in (
            ("Ctrl+Z", self.undo),
            ("Ctrl+Shift+Z", self.redo),
            ("Ctrl+Y", self.redo),
            ("Ctrl+S", self.save),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(do)
        self._maker.listen(self._maps_changed)
        self._context.changed.connect(self._follow_edit)
        self._context.document_replaced.connect(self.leave)
        self.finished.connect(self._end)

    def _fit_screen(self) -> None:
        self.resize(*SIZE)
        dialog_fit.fit(self, dialog_fit.room_for(self._main))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        preview_px = max(self.width() - FORM_PX - FINDINGS_PX, 240)
        self.splitter.setSizes([FORM_PX, preview_px, FINDINGS_PX])
        self.fields.begin()
        self._rest.start(0)

    # -- the product ----------------------------------------------------------------------------------------------

    @property
    def uuid(self) -> str:
        """Uuid of the product in the case; empty while it has no row."""
        return self.kept.uuid

    @property
    def row(self) -> Product | None:
        """Row of the product in the case; None while there is none."""
        return self.kept.row

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The findings that were let pass."""
        return self.kept.overrides

    @property
    def edition(self) -> Edition:
        """Number, version and state of an export made now."""
        return self.kept.edition(self.spec)

    @property
    def outgoing(self) -> Outgoing:
        """All that is needed to write the product's file."""
        return self.kept.outgoing(self.spec)

    @property
    def is_changed(self) -> bool:
        """True where the case does not hold the product's present state."""
        return self.kept.is_changed(self.spec)

    @property
    def is_idle(self) -> bool:
        """True when the page is shown as in the file."""
        is_coming = self._rest.isActive() or self._judging.isActive() or self._is_waiting
        return not is_coming and self.preview.is_idle

    def _entered(self, spec: ProductSpec, series: str) -> None:
        if spec.layout != self.spec.layout:
            spec = with_layout(spec, spec.layout, self._read_state())
        self._set_spec(spec, series)

    def _set_spec(self, spec: ProductSpec, series: str = "", rest_ms: int = REST_MS) -> None:
        if spec != self.spec:
            self.say("")  # of what it was before
        if spec.publish and not self.spec.publish:
            self._publishing.begin()
        self._steps.note(self.spec, spec, series)
        if self.kept.state == PUBLISHED and not spec.publish:
            self.kept.state = None  # what is internal is back on the page: in which state it leaves is asked again
        self._show_spec(spec, rest_ms)

    def _show_spec(self, spec: ProductSpec, rest_ms: int = REST_MS) -> None:
        self.spec = spec
        self.fields.show_spec(spec)
        self.map_button.setVisible(MOST_MAPS[spec.layout] > 2)
        self._show_title()
        self._rest.start(rest_ms)

    def _correct(self, line: str) -> None:
        self.kept.correct(line)
        self._show_title()
        self._rest.start(REST_MS)

    def undo(self) -> None:
        """Undo the last change made in this window."""
        self._show_spec(self._steps.undo(self.spec), 0)

    def redo(self) -> None:
        self._show_spec(self._steps.redo(self.spec), 0)

    def _move(self, key: str, x_mm: float, y_mm: float) -> None:
        self._set_spec(self.spec.with_moved(key, x_mm, y_mm), f"move {key}" if self.preview.hasFocus() else "", 0)

    def take_view(self) -> None:
        """Show the main map's present view, layers and stretches on the page."""
        state = self._read_state()
        self._set_spec(replace(self.spec, bounds=state.bounds, layers=state.layers, stretches=state.stretches))

    def add_view(self) -> None:
        """Add the main map's present view as another map: an inset, or a panel."""
        spec, most = self.spec, MOST_MAPS[self.spec.layout]
        if len(spec.maps) >= most:
            self.say(self.tr("This layout has {0} maps at most.").format(most))
            return
        self._set_spec(replace(spec, maps=(*spec.maps, ProductMap(bounds=self._read_state().bounds))))

    def ask_for_maps(self) -> None:
        """Ask which bookmarks, images and sites to show, each in a map of its own."""
        choices, room = map_choices(self._context.document, self.spec), room_for_maps(self.spec)
        if not choices:
            self.say(self.tr("The case has no bookmark, image or site: add what the map shows with “Add the View”."))
        elif room < 1:
            self.say(self.tr("This layout has {0} maps at most.").format(MOST_MAPS[self.spec.layout]))
        else:
            self.question = ask_for_maps(choices, room, self)
            self.question.chosen.connect(self.take_maps)

    def take_maps(self, chosen: Sequence[MapChoice]) -> None:
        """Show these as maps of the product."""
        self._set_spec(with_chosen(self.spec, chosen))
        self.fields.maps.choose(len(self.spec.maps) - 1)

    # -- the page -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._is_stale = False
        lack = lacking(self.spec, self._context.document)
        if lack:
            self._show_lack(lack)
            return
        edition = self.kept.shown_edition(self.spec, self._is_stamped)
        try:
            laid = self._maker.make(self.spec, self.preview.dpi_of(self.spec), edition)
        except GeoloupeError as error:
            self._show_lack(error.sentence)
            return
        self._is_waiting = laid is None
        if laid is None:
            if self.laid is None:
                self.preview.show_sentence(self.tr("The layers are being opened…"))
            self._rest.start(OPENING_MS)
            return
        self.laid = laid
        self.fields.show_content(laid.content, self.uuid)
        self._show_laid()
        self._show_pages()
        self._judging.start()

    def _show_laid(self) -> None:
        """Show the page as its file would be now: stamped where it could leave only as a draft."""
        if self.laid is not None and (hidden := why_hidden(self._context.look, self.laid)):
            self.preview.show_sentence(hidden)
        elif self.laid is not None:
            self.preview.show_pages(self.laid.stamped() if self._is_stamped else self.laid, self.spec)

    def _show_lack(self, sentence: str) -> None:
        self.laid, self._is_leaving, self._is_waiting = None, False, False
        self.preview.show_sentence(sentence)
        self.tiles.look(None)
        self.turner.hide()

    def _look_over(self) -> None:
        if self.laid is None:
            return
        fitted = self._publishing.fitted(self.spec, self.laid.case, self.laid.content)
        if fitted != self.spec:
            self._set_spec(fitted, rest_ms=0)
            self.say(self._publishing.fitting)
            return
        self.tiles.look(self.laid, self.spec.dpi)
        findings = self._check(self.spec, self.laid, self.overrides)
        self.findings.show_findings(findings_shown(self._context.look, self.laid, findings), self.overrides)
        is_blocked = bool(self.findings.blocking)
        if self.said.text() == self._to_cure and not is_blocked:
            self.say("")
        if self._is_stamped != is_blocked:
            self._is_stamped = is_blocked
            if not is_blocked:
                self.kept.take_up(self.spec)
                self._show_title()
            self._rest.start(0)  # what the page prints on its state differs too
        if self._is_leaving:
            self._is_leaving = False
            self._leave()

    def _maps_changed(self) -> None:
        """Lay the page out again soon: a layer, its pixels or the layout have become known."""
        self._is_stale = True
        if self._is_waiting:
            self._rest.start(0)
        elif self.laid is None or self.preview.is_idle:
            self._rest.start()

    def _painted(self) -> None:
        self.tiles.look(self.laid, self.spec.dpi)
        if self._is_stale:
            self._rest.start()

    def _show_page(self, page: int) -> None:
        self.preview.show_page(page)
        self._show_pages()

    def _show_pages(self) -> None:
        self.turner.show_page(self.preview.page, self.laid.pages if self.laid is not None else 1)

    # -- the check ------------------------------------------------------------------------------------------------

    def _lead_to(self, finding: Finding) -> None:
        """Lead to the place that corrects a finding: a field of the form, or a row of the case in the main window."""
        if not leads_to_row(finding.jump):
            self._lead_to_field(finding)
            return
        self._keep_behind()
        self._main.raise_()
        self._main.activateWindow()
        show_row_of(self._context, finding.jump)

    def _keep_behind(self) -> None:
        """Keep the product before the main window comes to the front: Ctrl+E leads back to it."""
        if (self.row is None or self.is_changed) and self.keep():
            self._context.messages.tell(
                self.tr("The product is kept as a draft: Ctrl+E or the list of products leads back to it.")
            )

    def _lead_to_field(self, finding: Finding) -> None:
        """Focus the field or the button that corrects a finding; without any, say its cure."""
        name = finding.jump.field
        if name == "bounds":
            self.view_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.fields.show_field(_FIELDS.get(name, name)):
            self.say(finding.cure)

    def _let_pass(self, findings: Sequence[Finding], reason: str, second: str) -> None:
        """Record for each of the findings that it is let pass."""
        try:
            self.kept.overrides = passed(self.spec, self.overrides, findings, reason, second)
        except GeoloupeError as error:
            self.say(error.sentence)
            return
        self._show_title()
        self._look_over()

    def _cure_all(self, group: Group, choice: str, typed: str) -> None:
        """Cure all rows of a group, as one undo step of the case."""
        self.come_forward()
        self.say(do_cure(self._context, group, choice, typed) or cured_words(group))

    def _take_back(self, taken_back: Override) -> None:
        self.kept.overrides = tuple(other for other in self.overrides if other != taken_back)
        self._show_title()
        self._look_over()

    # -- kept and exported ----------------------------------------------------------------------------------------

    def keep(self) -> bool:
        """Keep the product in the case, an issued one as the next version. False where that was refused."""
        row = self.row
        if row is not None and row.issued_at and self.kept.is_as_issued(self.spec):
            return True
        if self.laid is not None and self.is_idle:
            self._show_spec(self.laid.as_seen(self.spec))
        refusal = self.kept.keep(self.spec)
        if refusal:
            self.say(refusal)
            return False
        self._show_title()
        return True

    def keep_changes(self) -> None:
        """Keep the changes before the case is saved or left. A refused number is replaced by the case's own."""
        self.fields.take_page()
        if self.is_changed and not self.keep() and self.spec.number:
            self._set_spec(replace(self.spec, number=""))
            self.keep()

    def save(self) -> None:
        """Keep the product as a draft."""
        self.fields.take_page()
        row = self.row
        if row is not None and row.issued_at and not self.is_changed:
            self.say(self.tr("This version is issued and stays as it is."))
        elif self.keep():
            self.say(self.tr("Kept in the case as a draft."))

    def export(self) -> None:
        """Export the product to a file, unless something must be corrected first. The first export asks for a state."""
        refusal = self.fields.take_page()
        if refusal:
            self.say(refusal)
            self.fields.show_field("page")
        elif self.laid is None:
            self.say(self.preview.note.text() or self.tr("The page is not laid out yet."))
        elif self.kept.state is None:
            self._ask_state()
        else:
            self._look_over()
            self._leave()

    def _ask_state(self) -> None:
        self.state_question = ask_state(self._context.document, self.spec, self)
        self.state_question.chosen.connect(self._take_state)

    def _take_state(self, state: State, author: str, organisation: str) -> None:
        """Take the answer about the state: lay the page out in it, judge it, and export it."""
        self.come_forward()
        self._set_spec(replace(self.spec, author=author, organisation=organisation))
        self.kept.answered = self.spec.publish
        self.choose_state(state)
        if state == PUBLISHED:
            self.say(self.tr("The page is laid out for readers outside, and checked…"))
        self._is_leaving = True

    def take_answer_back(self) -> None:
        """Forget the answer about the state, as no file was named for it: the next export asks again."""
        before, self.kept.answered = self.kept.answered, None
        if before is not None:
            self.kept.state = None
            self._set_spec(replace(self.spec, publish=before), rest_ms=0)

    def choose_state(self, state: State) -> None:
        """Set the state of further exports; a published product is laid out without internal content."""
        self.kept.choose_state(state)
        self._set_spec(replace(self.spec, publish=self.spec.publish or state == PUBLISHED))
        self._judging.stop()
        self._rest.start(0)

    def _leave(self) -> None:
        """Export the judged product in its state, unless a finding blocks that."""
        state = self.edition.state
        forbidden = kept_back(self.findings.blocking, self.laid.facts()) if self.laid is not None else []
        if forbidden:
            self._stay(in_language(not_written(forbidden).sentence), forbidden[0])
        elif state != DRAFT and self.findings.blocking:
            self._stay(self._to_cure)
        elif state == PUBLISHED and (question := self._publishing.question(self.findings.taken_away)):
            self.say(question, self.tr("Publish Without It…"))
            self.findings.choose(self.findings.taken_away[0])
            self.export_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.export_wanted.emit()

    def _stay(self, sentence: str, finding: Finding | None = None) -> None:
        """Say why an export is refused, and go back to the state before: nothing was issued."""
        self.buttons.say(plain(sentence), is_refusal=True)
        self.findings.choose_first() if finding is None else self.findings.choose(finding)
        self.kept.go_back()
        self._show_title()
        self._rest.start(0)

    def note_issued(self) -> None:
        """Record that the present product was written and issued."""
        self.kept.note_issued()
        self._show_title()
        self._rest.start(0)

    def note_stopped(self, sentence: str) -> None:
        """Say why the gate stopped the product, and lead to the findings."""
        self._look_over()
        self._stay(sentence)

    def come_forward(self) -> None:
        """Bring the window to the front, with the keyboard."""
        self.raise_()
        self.activateWindow()

    def say(self, sentence: str, step: str = "") -> None:
        """Show a sentence below the page. `step`: the next step, on the button that takes it."""
        self.buttons.say(plain(sentence), step)

    def _show_title(self) -> None:
        self._show_number()
        row, name = self.row, one_line(self.spec.title, 80) or self.tr("without a title")
        stands = self.tr("Product")
        if row is not None:
            stands = self.tr("Product {0}, version {1}, {2}").format(row.number, row.version, issued_words(row))
        self.setWindowTitle(f"{stands}: {name.replace('[*]', '')}[*]")
        self.buttons.show_state(self.kept.state)
        self.setWindowModified(self.is_changed)

    def _show_number(self) -> None:
        self.fields.correction.show_line(self.kept.correction if self.kept.corrects(self.spec) else None)
        row, document = self.row, self._context.document
        usual_number = product_number(document, replace(self.spec, number=""), row)
        self.fields.show_number(usual_number, is_fixed=row is not None and bool(row.issued_at or row.previous_uuid))

    # -- the case -------------------------------------------------------------------------------------------------

    def _follow_edit(self, changes: Changes) -> None:
        if changes.everything or changes.touches(*_PRINTED):
            self.kept.hear()
            self._rest.start()
        if changes.everything or changes.touches("products"):
            self._show_row()

    def _show_row(self) -> None:
        """Show the row again: an undo in the main window may have removed it or changed its layout."""
        spec = self.kept.kept_spec(self.spec)
        if spec is not None:
            self.kept.take_row(spec)
            self._show_spec(spec)
        self._show_title()

    def leave(self) -> None:
        """Close the window without keeping changes: another case is open, or none."""
        self.is_ended = True
        self.close()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter: press the focused button, or export from the title; elsewhere it only enters text."""
        focused = self.focusWidget()
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif isinstance(focused, QAbstractButton):
            focused.click()
        elif focused is self.fields.lines["title"]:
            self.export()

    @override
    def done(self, result: int) -> None:
        """Close the window once its changes are kept; where that is refused, only at a second attempt."""
        self.fields.take_page()
        now = (self.spec, self.overrides)
        if not self.is_ended and self.is_changed and self._was_refused != now:
            if not self.keep():
                self._was_refused = now
                refusal = self.said.text()
                self.say(self.tr("{0} Close the window again to discard the changes.").format(refusal))
                return
            self._context.messages.tell(self.tr("The product is kept as a draft: it is in the list of products."))
        super().done(result)

    def _end(self) -> None:
        self._rest.stop()
        self._judging.stop()
        self.preview.show_sentence("")
        self.is_ended = True
        self._maker.close()
