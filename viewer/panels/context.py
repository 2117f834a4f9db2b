"""The context that all panels share: the document, the only way to change it, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, SignalInstance
from shiboken6 import isValid

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.edit import Edit, Table
from layers.document.layer import Layer
from layers.document.site import Site
from layers.document.sites_off_earth import not_drawn
from layers.errors import GeoloupeError
from layers.geo.coordinates.notation import Notation
from layers.phrase import Phrase
from viewer.canvas.selection import Selection
from viewer.canvas.sites.site_index import bounds_of_sites
from viewer.panels.access import CaseAccess, KnownLayers, LayerVerbs, MessageAccess, ViewAccess
from viewer.panels.listed_marks import ListedMarks
from viewer.panels.mark_filter import MarkFilter
from viewer.panels.observer_look import ObserverLook
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction

if TYPE_CHECKING:
    from viewer.panels.widgets.field_set import CommitTyped, Dropped, FieldSet

ROW_FORMS: dict[Table, str] = {"sources": "source_form", "responses": "response_form", "searches": "search_list"}
"""The panels of tables whose rows are shown by `show_row`: forms, and the list of searches."""
BULK_ROWS = 500
"""Number of rows from which an edit is built off the window's thread."""


class Entries(Protocol):
    """Fields of a form that report refused entries which were not kept, and can be filled with them again."""

    @property
    def dropped(self) -> SignalInstance: ...
    @property
    def mended(self) -> SignalInstance: ...

    def retype(self, typed: Mapping[str, str]) -> None: ...


class PanelContext(QObject):
    """The context of the panels of one document window. For the window's thread only.

    Panels follow edits through `changed`, so that a deleted panel is not called. `layer_previewed` carries a layer row
    that is not in the document: the canvas shows it until the next edit of that layer.
    """

    document_replaced = Signal()
    changed = Signal(object)
    """Emitted with the `Changes` of an edit."""
    claim_shown = Signal(str)
    hint_wanted = Signal(str)
    """Emitted with the hint of a panel that has the keyboard, for the place of the map's; empty: the map's again."""
    relation_wanted = Signal(str, list)
    """Emitted with a claim and the rows that were just linked with it: their relation is to be asked."""
    """Emitted with the claim that the forms show; empty for none."""
    layer_shown = Signal(str)
    """Emitted with the layer that the layer properties show; empty for none."""
    row_shown = Signal(str, str)
    """Emitted with a table of `ROW_FORMS` and the row of it that its panel shows; empty for none."""
    layer_previewed = Signal(object)
    """Emitted with a `Layer` that is not in the document."""
    notation_changed = Signal()
    panel_wanted = Signal(str)
    """Emitted with the name of a panel to bring to the front: site_form, claim_form, layer_properties, ..."""
    typing_wanted = Signal(str)
    """Emitted with the name of the form whose first field is to have the focus."""
    field_wanted = Signal(str, str)
    """Emitted with the name of a form to bring to the front, and the column whose field is to have the focus."""
    image_asked = Signal(str)
    """Emitted with the uuid of a mark when asking begins or ends on which image it was drawn."""
    layer_style_wanted = Signal()
    """Emitted to show the style in the layer properties, which have been brought to the front."""
    shown_above = Signal(str, object)
    """Emitted with a name and a function that paints it above the map on the screen, called with a QPainter and the
    view; or None, which ends it.
    """
    archive_wanted = Signal(str)
    """Emitted with the address of an archive of imagery that is to be searched."""
    question_wanted = Signal(object)
    """Emitted with the `AskedQuestion` of a kept search that an archive is to be asked again."""
    scene_wanted = Signal(str, object)
    """Emitted with the key of a scene that a kept search has listed, and its `AskedQuestion`, to show it as a layer."""
    search_wanted = Signal(str)
    """Emitted with a search area that is to be gone through, a search to go on with, or an empty text for the form to
    ask.
    """
    features_wanted = Signal(object)
    """Emitted with the `ImageryEntry` of features whose part in the view is to become a layer."""
    picture_wanted = Signal(str)
    """Emitted with the address of one large picture that is to become a layer."""
    permissions_wanted = Signal()
    """Emitted to show the hosts and folders that the case may use."""
    typing_taken_back = Signal(str)
    """Emitted with the name of a field whose typing was taken back, and can be restored by undo."""
    typing_discarded = Signal(str, str)
    """Emitted with the name of a field and its refused text, when that was taken back: undo does not restore it."""
    flush_requested = Signal()
    history_wanted = Signal(str, str)
    """Emitted with a table and a row of it whose changes are to be listed. An empty row: all that was deleted of the
    table.
    """
    history_field_wanted = Signal(str)
    """Emitted after `history_wanted` with the column whose changes alone are to be listed."""
    comments_wanted = Signal(str, str)
    """Emitted with a table and a row of it whose comments are to be shown."""
    custody_wanted = Signal(str, str)
    """Emitted with the table and the uuid of a chip or kept copy, also a deleted one, whose custody is to be shown."""
    product_wanted = Signal(str)
    """Emitted with the product to show in its window."""
    name_wanted = Signal()
    """Emitted to ask the analyst for their name."""
    keeping_wanted = Signal()
    """Emitted before the case is saved or left, so that other windows store their state in it."""

    def __init__(
        self,
        document: Document,
        case: CaseAccess,
        selection: Selection,
        *,
        view: ViewAccess | None = None,
        layers: KnownLayers | None = None,
        messages: MessageAccess | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.case, self.selection, self.view = case, selection, view or ViewAccess()
        self.layers, self.layer_verbs = layers or KnownLayers(), LayerVerbs(self)
        self.messages, self._dropped = messages or MessageAccess(), ""
        self.look, self.mark_filter = ObserverLook(self), MarkFilter(selection, self)
        self.look.changed.connect(self._look_otherwise)
        self._typed: Edit | None = None
        """All edits of the series that was last pushed, joined."""
        self._last: Edit | None = None
        """The edit that was last pushed."""
        self._notation = Notation.DD
        self._claim_uuid = self._layer_uuid = ""
        self._rows_shown: dict[Table, str] = dict.fromkeys(ROW_FORMS, "")
        self._document = document
        self._marks: ListedMarks | None = None
        """Marks of the case for lists; None from an edit of sites until a list asks for them."""
        self._leave = document.subscribe(self._tell)

    # -- document -----------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self._document

    def set_document(self, document: Document, marks: ListedMarks | None = None) -> None:
        """Replace the document, drop what was shown, and let every panel read anew.

        `marks` are its marks for lists, where they are known already.
        """
        self._leave()
        self._document, self._marks = document, marks
        self._leave = document.subscribe(self._tell)
        self.selection.clear()
        self.mark_filter.clear()
        self.show_claim("")
        self.show_layer("")
        for table in ROW_FORMS:
            self.show_row(table, "")
        self.document_replaced.emit()
        if self.look.blind is not None:
            self.look.hide_others(self.case.actor)  # it stays blind, in the name of the analyst

    def listed_marks(self) -> ListedMarks:
        """The present marks of the case, in the order of lists."""
        if self._marks is None:
            sites, look = self._document.sites, self.look
            shown = sites if look.blind is None else {uuid: site for uuid, site in sites.items() if look.shows(site)}
            self._marks = ListedMarks.of(shown)
        return self._marks

    def _look_otherwise(self) -> None:
        """Let all panels read anew, as other rows are hidden now."""
        self._marks = None
        self.changed.emit(Changes(everything=True))

    def _tell(self, changes: Changes) -> None:
        if changes.touches("sites"):
            self._marks = None
            self.selection.keep_only(self._document.sites)
        if self._claim_uuid and self._claim_uuid not in self._document.claims:
            self.show_claim("")
        if self._layer_uuid and self._layer_uuid not in self._document.layers:
            self.show_layer("")
        for table, uuid in self._rows_shown.items():
            if uuid and uuid not in self._document.table(table):
                self.show_row(table, "")
        self.changed.emit(changes)

    # -- edits --------------------------------------------------------------------------------------------------

    def push(self, edit: Edit) -> None:
        """Apply an edit as one undo step, or as part of its series; an edit without changes is dropped.

        Raises InvalidEdit.
        """
        if not edit.changes:
            return
        self.case.push(edit)
        self._last = edit
        if edit.series:
            is_more = self._typed is not None and self._typed.series == edit.series
            self._typed = self._typed.joined(edit) if self._typed is not None and is_more else edit

    def attempt(self, command: Callable[..., Edit], *args: Any, **fields: Any) -> str:
        """Run ``command(document, *args, actor=..., **fields)`` and push its edit.

        Returns the reason of a refusal, or empty text: for forms, which show it beside the field.
        """
        return self.attempt_typed("", command, *args, **fields)

    def attempt_typed(self, series: str, command: Callable[..., Edit], /, *args: Any, **fields: Any) -> str:
        """`attempt` an edit of a text that is being typed: all edits of one `series` are one step to undo."""
        try:
            edit = command(self._document, *args, actor=self.case.actor, **fields)
            self.push(replace(edit, series=series) if series and not edit.series else edit)
        except GeoloupeError as error:
            return in_language(error.sentence)
        return ""

    def do(self, command: Callable[..., Edit], *args: Any, **fields: Any) -> bool:
        """`attempt` without a field: a refusal goes to the message line. True where the edit was made."""
        sentence = self.attempt(command, *args, **fields)
        if sentence:
            self.report(sentence)
        return not sentence

    def do_for_many(
        self,
        title: str,
        command: Callable[..., Edit],
        uuids: Collection[str],
        *,
        done: Callable[[], None] = lambda: None,
        **fields: Any,
    ) -> None:
        """`do` a command over `uuids`; for many of them a job named `title` builds the edit.

        `done` is called after the edit was made.
        """
        wanted = sorted(uuids)
        if self.case.jobs is None or len(wanted) < BULK_ROWS:
            if self.do(command, wanted, **fields):
                done()
            return
        document, actor = self._document, self.case.actor
        build = partial(command, document, wanted, actor=actor, **fields)
        self.case.jobs.run(lambda job: build(), partial(self._push_built, done), self._say_error, title, of_case=True)

    def run[T](self, work: Callable[[], T], done: Callable[[T], None], title: str) -> None:
        """Run `work`, which reads files, in a job named `title`, or at once where there are no jobs.

        `done` is called with the result in the window's thread; errors are reported.
        """
        if self.case.jobs is not None:
            self.case.jobs.run(lambda job: work(), done, self._say_error, title, apart=True, of_case=True)
            return
        try:
            done(work())
        except GeoloupeError as error:
            self._say_error(error)

    def _push_built(self, done: Callable[[], None], edit: Edit) -> None:
        if self.do(lambda document, actor: edit):
            done()

    def _say_error(self, error: GeoloupeError) -> None:
        self.report(error.sentence)

    def keep_typing(self, fields: FieldSet, commit: CommitTyped | None = None) -> None:
        """Enter the texts of these fields into the case whenever typing rests, as one undo step for each text.

        Typing that is taken back is removed from the case again. `commit` enters a text; None where no field has text.
        """
        if commit is not None:
            fields.keep_typing(commit)
        fields.given_up.connect(self.give_up)
        fields.discarded.connect(self.typing_discarded)

    def give_up(self, series: str, name: str, commit: Callable[[], None]) -> None:
        """Take back what was typed into the field `name`, as an edit of its own, so that undo restores the typing.

        `series` is that of the edits which entered the text. `commit` enters the part of it that is not in the case
        yet; where it is refused, that part is lost.
        """
        self._last = None
        commit()
        typed, self._typed = self._typed, None
        if typed is None or typed.series != series:
            typed = self._last  # a number is in no series: it comes into the case as a whole
        if typed is None or typed.leads_nowhere:
            return
        try:
            self.case.push(
                replace(typed.inverse(), label=Phrase("Take back typing in {name}", name=one_line(name, 60)))
            )
        except GeoloupeError as error:  # another hand has changed the row since
            self.report(error.sentence)
            return
        self.typing_taken_back.emit(name)

    def tell_not_linked(self, typed: str) -> None:
        """Report text that was typed to link a row, but never entered, for a row that is no longer shown."""
        self.report(self.tr("Not linked: “{0}”, which was typed and not entered.").format(one_line(typed, 60)))

    def tell_dropped(self, table: Table, fields: Entries) -> None:
        """Report the entries of a form of rows that were not kept, with the reason and a button that leads back to
        them.
        """
        fields.dropped.connect(partial(self._report_dropped, table, fields))
        fields.mended.connect(self._withdraw_dropped)

    def _report_dropped(self, table: Table, fields: Entries, dropped: Dropped) -> None:
        self._dropped = self.tr("Not kept: {0}").format(dropped.why)
        if dropped.uuid in self._document.table(table):
            back = partial(self._go_back, table, fields, dropped)
            self.messages.report_with(self._dropped, MessageAction(self.tr("Go Back"), back))
        else:
            self.report(self._dropped)

    def _go_back(self, table: Table, fields: Entries, dropped: Dropped) -> None:
        if dropped.uuid in self._document.table(table) and isValid(fields):
            self.open_row(table, dropped.uuid)
            fields.retype(dropped.typed)

    def _withdraw_dropped(self) -> None:
        """Remove the report on entries that were not kept, as they were entered again."""
        self.messages.withdraw(self._dropped)

    def report(self, sentence: str) -> None:
        """Show a sentence in the message line."""
        self.messages.report(sentence)

    def flush(self) -> None:
        """Commit typing that has not been entered; also called before pictures are taken."""
        self.flush_requested.emit()

    def keep(self) -> None:
        """Commit typing and the state of other windows: called before the case is saved or left."""
        self.flush()
        self.keeping_wanted.emit()

    def zoom_to_sites(self, sites: Iterable[Site]) -> None:
        """Show these sites; where none can be drawn the reason is reported."""
        wanted = list(sites)
        bounds = bounds_of_sites(wanted)
        are_points = all(site.kind == "point" for site in wanted)
        if bounds is not None:
            (self.view.show_points or self.view.show_bounds)(bounds) if are_points else self.view.show_bounds(bounds)
        elif wanted:
            self.report(not_drawn(wanted))

    # -- shared between panels ----------------------------------------------------------------------------------

    @property
    def claim_uuid(self) -> str:
        return self._claim_uuid

    def show_claim(self, uuid: str, *, raise_form: bool = False) -> None:
        """Show a claim in the claim form."""
        if uuid != self._claim_uuid:
            self.flush()
            self._claim_uuid = uuid
            self.claim_shown.emit(uuid)
        if raise_form:
            self.panel_wanted.emit("claim_form")

    def shown_row(self, table: Table) -> str:
        """The row of `table` that its form shows; empty for none."""
        return self._rows_shown[table]

    def show_row(self, table: Table, uuid: str, *, raise_form: bool = False) -> None:
        """Show a source, a response or a search in its panel."""
        if uuid != self._rows_shown[table]:
            self.flush()
            self._rows_shown[table] = uuid
            self.row_shown.emit(table, uuid)
        if raise_form:
            self.panel_wanted.emit(ROW_FORMS[table])

    def open_row(self, table: Table, uuid: str) -> None:
        """Show a row of the case in its form, and bring that to the front."""
        if table == "sites":
            self.selection.set((uuid,))
            self.panel_wanted.emit("site_form")
        elif table == "claims":
            self.show_claim(uuid, raise_form=True)
        elif table == "layers":
            self.show_layer(uuid, raise_form=True)
        else:
            if uuid == self._rows_shown[table]:
                self.row_shown.emit(table, uuid)  # in its list, the analyst may have gone to another row since
            self.show_row(table, uuid, raise_form=True)

    def report_of(self, table: Table, uuid: str, sentence: str) -> None:
        """Inform of a row that was just made; the sentence is withdrawn when the row is removed, as by undo."""

        def look(changes: Changes) -> None:
            if changes.touches(table) and uuid not in self.document.table(table):
                self.changed.disconnect(look)
                self.messages.withdraw(sentence)

        self.changed.connect(look)
        self.messages.note(sentence)

    def begin_row(self, table: Table, uuid: str) -> None:
        """Open a row that was just made, to be filled in."""
        if table == "claims":
            self.show_claim(uuid)
        else:
            self.show_row(table, uuid)
        self.typing_wanted.emit(ROW_FORMS.get(table, "claim_form"))

    @property
    def layer_uuid(self) -> str:
        return self._layer_uuid

    def show_layer(self, uuid: str, *, raise_form: bool = False) -> None:
        """Show a layer in the layer properties."""
        if uuid != self._layer_uuid:
            self.flush()
            self._layer_uuid = uuid
            self.layer_shown.emit(uuid)
        if raise_form:
            self.panel_wanted.emit("layer_properties")

    @property
    def layer(self) -> Layer | None:
        """The current layer; None without one."""
        return self._document.layers.get(self._layer_uuid)

    def show_style(self) -> None:
        """Bring the style of the current layer to the front, in the form of its properties."""
        self.show_layer(self._layer_uuid, raise_form=True)
        self.layer_style_wanted.emit()

    @property
    def notation(self) -> Notation:
        return self._notation

    def set_notation(self, notation: Notation) -> None:
        if notation != self._notation:
            self._notation = notation
            self.notation_changed.emit()
