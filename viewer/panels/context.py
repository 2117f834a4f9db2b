"""The context of every panel: the document, the one way to change it, and what the panels share with each other."""

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
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction
from viewer.support.text import one_line

if TYPE_CHECKING:
    from viewer.panels.widgets.field_set import CommitTyped, Dropped, FieldSet

ROW_FORMS: dict[Table, str] = {"sources": "source_form", "responses": "response_form"}
"""The panels of tables whose rows are shown by `show_row`."""
BULK_ROWS = 500
"""From here on an edit is built off the window's thread."""


class Entries(Protocol):
    """Fields of a form that tell of refused entries which they did not keep, and take them once more."""

    @property
    def dropped(self) -> SignalInstance: ...
    @property
    def mended(self) -> SignalInstance: ...

    def retype(self, typed: Mapping[str, str]) -> None: ...


class PanelContext(QObject):
    """Made by the window, one a document window. The window's thread only.

    Panels hear of edits through `changed`, so that a panel that is gone hears nothing. `layer_previewed` carries a
    layer row that is not in the document: the canvas shows it until the next edit of that layer.
    """

    document_replaced = Signal()
    changed = Signal(object)
    """Changes."""
    claim_shown = Signal(str)
    """The claim the forms are about; empty for none."""
    layer_shown = Signal(str)
    """The layer that the layer properties are about; empty for none."""
    row_shown = Signal(str, str)
    """A table (sources, responses) and the row of it that its form is about; empty for none."""
    layer_previewed = Signal(object)
    """Layer."""
    notation_changed = Signal()
    panel_wanted = Signal(str)
    """The name of a panel that should be brought to the front: site_form, claim_form, layer_properties, ..."""
    typing_wanted = Signal(str)
    """The name of the form whose first field the keyboard should be in."""
    field_wanted = Signal(str, str)
    """The name of a form that should come to the front, and of the column whose field should have the keyboard."""
    image_asked = Signal(str)
    """A mark of which it is asked, or no longer asked, on which of several images it was drawn."""
    layer_style_wanted = Signal()
    """Show the style in the form of the current layer, which is in front."""
    shown_above = Signal(object)
    """A painter of something above the map on the screen, given a QPainter and the view; None for nothing more."""
    permissions_wanted = Signal()
    """Show what the case may touch."""
    typing_taken_back = Signal(str)
    """The name of the field whose typing was taken back, and is brought again by undo."""
    typing_discarded = Signal(str, str)
    """The name of a field and what was refused there, when it was taken back: undo does not bring it."""
    flush_requested = Signal()
    product_wanted = Signal(str)
    """The product that should be shown in its window."""
    keeping_wanted = Signal()
    """The case is about to be saved or left: what windows of their own hold of it is to be kept in it."""

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
        self._messages, self._dropped = messages or MessageAccess(), ""
        self._typed: Edit | None = None
        """All of the series that was last pushed."""
        self._last: Edit | None = None
        """The edit that was last pushed."""
        """All that the text which was typed last has changed, as one edit of its series."""
        self._notation = Notation.DD
        self._claim_uuid = self._layer_uuid = ""
        self._rows_shown: dict[Table, str] = dict.fromkeys(ROW_FORMS, "")
        self._document = document
        self._marks: ListedMarks | None = None
        """Found ahead of a case that comes; None but while it is told."""
        self._leave = document.subscribe(self._tell)

    # -- document -----------------------------------------------------------------------------------------------

    @property
    def document(self) -> Document:
        return self._document

    def set_document(self, document: Document, marks: ListedMarks | None = None) -> None:
        """Another document stands here now: forget what was shown, tell every panel to read anew.

        `marks` are its marks as lists show them, where they are known already.
        """
        self._leave()
        self._document, self._marks = document, marks
        self._leave = document.subscribe(self._tell)
        self.selection.clear()
        self.show_claim("")
        self.show_layer("")
        for table in ROW_FORMS:
            self.show_row(table, "")
        self.document_replaced.emit()
        self._marks = None  # as an edit may come

    def listed_marks(self) -> ListedMarks:
        """The marks of the case as they are now, in the order of lists."""
        return ListedMarks.of(self._document.sites) if self._marks is None else self._marks

    def _tell(self, changes: Changes) -> None:
        if changes.touches("sites"):
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
        """Apply an edit as one undo step, or as part of the series it belongs to; one without changes is dropped.

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

        The sentence that says why not, or empty text: for forms, which show it beside the field.
        """
        return self.attempt_typed("", command, *args, **fields)

    def attempt_typed(self, series: str, command: Callable[..., Edit], /, *args: Any, **fields: Any) -> str:
        """`attempt` of an edit of a text that is being typed: all of one `series` are one step to undo."""
        try:
            edit = command(self._document, *args, actor=self.case.actor, **fields)
            self.push(replace(edit, series=series) if series and not edit.series else edit)
        except GeoloupeError as error:
            return in_language(error.sentence)
        return ""

    def do(self, command: Callable[..., Edit], *args: Any, **fields: Any) -> bool:
        """`attempt` where no field is at hand: a refusal goes to the message line. True where it was done."""
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
        """`do` for a command over `uuids`; for many of them the edit is built by a job, named `title`.

        `done` is called once it was done.
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
        """Do work that reads a person's files in a job, or at once where there are no jobs; errors are reported."""
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
        """From now on texts of these fields are in the case whenever typing rests, as one step to undo, and typing that
        is given up goes out of it again. `commit` enters a text; None for fields without any.
        """
        if commit is not None:
            fields.keep_typing(commit)
        fields.given_up.connect(self.give_up)
        fields.discarded.connect(self.typing_discarded)

    def give_up(self, series: str, name: str, commit: Callable[[], None]) -> None:
        """Take what was typed into the field `name` out of the case again, by a step of its own: undo brings it back.

        `commit` enters what is not in the case yet; what is refused then is in no step, and goes.
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
        """Say what was typed to be linked, and never entered, of the row that is shown no longer."""
        self.report(self.tr("Not linked: “{0}”, which was typed and not entered.").format(one_line(typed, 60)))

    def tell_dropped(self, table: Table, fields: Entries) -> None:
        """From now on say which entries of a form of rows were not kept, and why; a button leads back to them."""
        fields.dropped.connect(partial(self._report_dropped, table, fields))
        fields.mended.connect(self._withdraw_dropped)

    def _report_dropped(self, table: Table, fields: Entries, dropped: Dropped) -> None:
        self._dropped = self.tr("Not kept: {0}").format(dropped.why)
        if dropped.uuid in self._document.table(table):
            back = partial(self._go_back, table, fields, dropped)
            self.offer(self._dropped, MessageAction(self.tr("Go Back"), back))
        else:
            self.report(self._dropped)

    def _go_back(self, table: Table, fields: Entries, dropped: Dropped) -> None:
        if dropped.uuid in self._document.table(table) and isValid(fields):
            self.open_row(table, dropped.uuid)
            fields.retype(dropped.typed)

    def _withdraw_dropped(self) -> None:
        """Take back what was said of entries that were not kept: they were entered anew."""
        self._messages.withdraw(self._dropped)

    def report(self, sentence: str) -> None:
        """Say a sentence in the message line."""
        self._messages.report(sentence)

    def offer(self, sentence: str, action: MessageAction) -> None:
        """Say one with a button, where the message line has any."""
        if self._messages.offer is None:
            self.report(sentence)
        else:
            self._messages.offer(sentence, action)

    def flush(self) -> None:
        """Commit what is typed but not yet entered: called before taking pictures, too."""
        self.flush_requested.emit()

    def keep(self) -> None:
        """Commit that, and what windows of their own hold: called before the case is saved or left."""
        self.flush()
        self.keeping_wanted.emit()

    def zoom_to_sites(self, sites: Iterable[Site]) -> None:
        """Show these sites; where none can be drawn it is said why."""
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
        """Make a claim the one the claim form is about."""
        if uuid != self._claim_uuid:
            self.flush()
            self._claim_uuid = uuid
            self.claim_shown.emit(uuid)
        if raise_form:
            self.panel_wanted.emit("claim_form")

    def shown_row(self, table: Table) -> str:
        """The row of `table` that its form is about; empty for none."""
        return self._rows_shown[table]

    def show_row(self, table: Table, uuid: str, *, raise_form: bool = False) -> None:
        """Make a source or a response the one its form is about."""
        if uuid != self._rows_shown[table]:
            self.flush()
            self._rows_shown[table] = uuid
            self.row_shown.emit(table, uuid)
        if raise_form:
            self.panel_wanted.emit(ROW_FORMS[table])

    def open_row(self, table: Table, uuid: str) -> None:
        """Show a row of the case in its form, which comes to the front."""
        if table == "sites":
            self.selection.set((uuid,))
            self.panel_wanted.emit("site_form")
        elif table == "claims":
            self.show_claim(uuid, raise_form=True)
        elif table == "layers":
            self.show_layer(uuid, raise_form=True)
        else:
            self.show_row(table, uuid, raise_form=True)

    def report_of(self, table: Table, uuid: str, sentence: str) -> None:
        """Say something of a row that was made just now; it goes with the row, as where that is undone."""

        def look(changes: Changes) -> None:
            if changes.touches(table) and uuid not in self.document.table(table):
                self.changed.disconnect(look)
                self._messages.withdraw(sentence)

        self.changed.connect(look)
        self.report(sentence)

    def begin_row(self, table: Table, uuid: str) -> None:
        """Open a row that was made just now, to be filled in."""
        if table == "claims":
            self.show_claim(uuid)
        else:
            self.show_row(table, uuid)
        self.typing_wanted.emit(ROW_FORMS.get(table, "claim_form"))

    @property
    def layer_uuid(self) -> str:
        return self._layer_uuid

    def show_layer(self, uuid: str, *, raise_form: bool = False) -> None:
        """Make a layer the one the layer properties are about."""
        if uuid != self._layer_uuid:
            self.flush()
            self._layer_uuid = uuid
            self.layer_shown.emit(uuid)
        if raise_form:
            self.panel_wanted.emit("layer_properties")

    @property
    def layer(self) -> Layer | None:
        """The current layer; None for none."""
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
