"""The Edit menu: undo and redo; change, move or copy the selected sites; copy the map."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.actions.clipboard import Clipboard
from viewer.app.actions.map_export import MapExport
from viewer.app.actions.select_sites import ask_values, select_actions, select_alike
from viewer.app.case.analyst_naming import AnalystNaming
from viewer.app.case.session import Session
from viewer.app.navigation.duplicating import duplicate_selected
from viewer.commands.mark_numbers import lock_numbers, numbers_beside, renumbered_since, unlocked
from viewer.commands.sites import counted_marks, delete_sites
from viewer.export.data.copied_place import PlaceForm
from viewer.panels.context import BULK_ROWS, PanelContext
from viewer.panels.shell.status_bar import StatusBar
from viewer.support.language.text import one_line
from viewer.support.messages import Messages
from viewer.tools.select import deleted_words
from viewer.tools.toolbox import Toolbox

LONGEST_STEP = 60
"""Most characters of an undo step in the menu: the title of a product would make the menu too wide."""
COPY_PLACE_AS = QT_TRANSLATE_NOOP("Actions", "Copy &Place As")


def _copy_action(form: PlaceForm, text: object) -> Action:
    return Action(
        f"copy_place_{form.name.lower()}",
        text,
        lambda menu: menu.copy_place(form),
        offered=has_case,
        tip=QT_TRANSLATE_NOOP("Actions", "Copy the place of the selected site, or of the middle of the map"),
        submenu=COPY_PLACE_AS,
    )


_COPIES = (
    _copy_action(PlaceForm.DD, QT_TRANSLATE_NOOP("Actions", "&Decimal Degrees (DD)")),
    _copy_action(PlaceForm.DMS, QT_TRANSLATE_NOOP("Actions", "Degrees, Minutes, &Seconds (DMS)")),
    _copy_action(PlaceForm.DDM, QT_TRANSLATE_NOOP("Actions", "Degrees and &Minutes (DDM)")),
    _copy_action(PlaceForm.UTM, QT_TRANSLATE_NOOP("Actions", "&UTM")),
    _copy_action(PlaceForm.MGRS, QT_TRANSLATE_NOOP("Actions", "M&GRS")),
    _copy_action(PlaceForm.GEOJSON, QT_TRANSLATE_NOOP("Actions", "GeoJS&ON")),
    _copy_action(PlaceForm.KML, QT_TRANSLATE_NOOP("Actions", "&KML")),
    _copy_action(PlaceForm.SENTENCE, QT_TRANSLATE_NOOP("Actions", "S&entence")),
)


class EditMenu(CaseMenu):
    """Handlers of the Edit menu. Refused edits are reported in the message line."""

    def __init__(
        self,
        session: Session,
        toolbox: Toolbox,
        panels: PanelContext,
        clipboard: Clipboard,
        exports: MapExport,
        status: StatusBar,
        messages: Messages,
        window: QWidget,
    ) -> None:
        """`window` is the parent of dialogs."""
        super().__init__(session, window)
        self._toolbox, self._panels, self._clipboard, self._exports = toolbox, panels, clipboard, exports
        self._status, self._messages, self._window = status, messages, window
        self._naming = AnalystNaming(session, messages, window)
        panels.name_wanted.connect(self._naming.ask)

    def undo(self) -> None:
        """Undo the last point of an unfinished drawing or drag, else the last edit of the case."""
        if self._toolbox.step_back():
            return
        stack, text = self.session.history.stack, self.session.history.undo_text()
        before = stack.index()
        self.session.undo()
        if stack.index() != before:
            self._messages.clear("deleted")  # it names Ctrl+Z, which would take back something else now
            self._status.show_done(self.tr("Undone: {0}").format(one_line(text, 120)))

    def can_undo(self) -> bool:
        return self._toolbox.can_step_back or self.session.history.stack.canUndo()

    def undo_text(self) -> str:
        if self._toolbox.can_step_back:
            return self.tr("&Undo: Last Point")
        text = _short(self.session.history.undo_text())
        return self.tr("&Undo: {0}").format(text.replace("&", "&&")) if text else ""

    def redo(self) -> None:
        """Redo the edit that was undone last, and show the sites or the claim that it brings back."""
        edit = self.session.history.undone_last()
        self.session.redo()
        if edit is None or self.session.history.undone_last() is edit:
            return
        self._status.show_done(self.tr("Redone: {0}").format(one_line(edit.label, 120)))
        added = [change for change in edit.changes if change.before is None]
        sites = [change.uuid for change in added if change.table == "sites"]
        claims = [change.uuid for change in added if change.table == "claims"]
        if 0 < len(sites) < BULK_ROWS:
            self._panels.selection.set(sites)
        if len(claims) == 1:
            self._panels.show_claim(claims[0])

    def can_redo(self) -> bool:
        return self.session.history.stack.canRedo()

    def redo_text(self) -> str:
        text = _short(self.session.history.redo_text())
        return self.tr("&Redo: {0}").format(text.replace("&", "&&")) if text else ""

    def has_selection(self) -> bool:
        """True while sites are selected."""
        return self.session.is_begun and len(self._panels.selection) > 0

    def delete_selected(self) -> None:
        uuids = self._panels.selection.uuids
        if uuids:
            document = self.session.document
            numbers = numbers_beside(document, uuids)
            marks = counted_marks(document.sites[uuid] for uuid in uuids if uuid in document.sites)

            def say() -> None:
                self._messages.show("deleted", deleted_words(marks, renumbered_since(document, numbers)))

            self._panels.do_for_many(self.tr("Deleting marks"), delete_sites, uuids, done=say)

    def duplicate(self) -> None:
        duplicate_selected(self._panels)

    def find(self) -> None:
        """Find rows of the case by their words, with the keyboard in the line for these."""
        self._panels.typing_wanted.emit("panel_find")

    def select_all(self) -> None:
        self._panels.selection.set(self._panels.document.sites)

    def select_none(self) -> None:
        self._panels.selection.clear()

    def lock_numbers(self) -> None:
        """Lock the numbers of the selected markers for good, or of all markers where none is selected."""
        markers = {site.uuid for site, _ in unlocked(self._panels.document)}
        if not markers:
            self._messages.show("locked", self.tr("There is no numbered marker whose number is not locked."))
            return
        chosen = markers & self._panels.selection.uuids or markers
        self._panels.do(lock_numbers, chosen)
        many = self.tr("{0} numbers are locked: they stay the same, also when other markers are deleted.")
        single = self.tr("The number is locked: it stays the same, also when other markers are deleted.")
        self._messages.show("locked", single if len(chosen) == 1 else many.format(len(chosen)))

    def copy_coordinate(self) -> None:
        text = self._status.copy_coordinate()
        sentence = self.tr("Copied: {0}").format(text) if text else self.tr("Point at the map to copy a coordinate.")
        self._messages.show("copied", sentence)

    def copy_place(self, form: PlaceForm) -> None:
        self._clipboard.copy_place(form)

    def select_alike(self, column: str) -> None:
        select_alike(self._panels, column)

    def ask_values(self, column: str) -> None:
        ask_values(self._panels, self._window, column)

    def cut(self) -> None:
        self._clipboard.marks.cut()

    def copy(self) -> None:
        self._clipboard.marks.copy()

    def paste(self) -> None:
        self._clipboard.paste()

    def ask_name(self) -> None:
        self._naming.ask()

    def copy_picture(self) -> None:
        self._exports.copy_picture()

    id = "edit"
    actions = (
        Action(
            "undo",
            QT_TRANSLATE_NOOP("Actions", "&Undo"),
            undo,
            "Ctrl+Z",
            "undo",
            toolbar=True,
            offered=can_undo,
            breaks=True,
            text_now=undo_text,
        ),
        Action(
            "redo",
            QT_TRANSLATE_NOOP("Actions", "&Redo"),
            redo,
            "Ctrl+Shift+Z",
            "redo",
            toolbar=True,
            offered=can_redo,
            text_now=redo_text,
            also="Ctrl+Y",
        ),
        Action(
            "delete",
            QT_TRANSLATE_NOOP("Actions", "&Delete Selected Marks"),
            delete_selected,
            "Delete",
            "delete",
            offered=has_selection,
            breaks=True,
        ),
        Action("cut", QT_TRANSLATE_NOOP("Actions", "Cu&t Marks"), cut, "Ctrl+X", offered=has_selection, breaks=True),
        Action("copy", QT_TRANSLATE_NOOP("Actions", "C&opy Marks"), copy, "Ctrl+C", "copy", offered=has_selection),
        Action(
            "paste",
            QT_TRANSLATE_NOOP("Actions", "Pa&ste"),
            paste,
            "Ctrl+V",
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Paste marks of this or another case, GeoJSON, a screenshot, or the address of imagery"
            ),
        ),
        Action(
            "duplicate",
            QT_TRANSLATE_NOOP("Actions", "Dup&licate Selected Marks"),
            duplicate,
            "Ctrl+D",
            offered=has_selection,
            tip=QT_TRANSLATE_NOOP("Actions", "Put a copy beside each selected mark"),
        ),
        Action(
            "find",
            QT_TRANSLATE_NOOP("Actions", "Find…"),
            find,
            "Ctrl+F",
            "search",
            offered=has_case,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Find sites, claims, sources, comments and kept text by their words"),
        ),
        Action("select_all", QT_TRANSLATE_NOOP("Actions", "Select &All Marks"), select_all, "Ctrl+A", offered=has_case),
        Action(
            "select_none",
            QT_TRANSLATE_NOOP("Actions", "Select &None"),
            select_none,
            "Ctrl+Shift+A",
            offered=has_selection,
        ),
        *select_actions(has_selection),
        Action(
            "lock_numbers",
            QT_TRANSLATE_NOOP("Actions", "Lock Numbers o&f Markers"),
            lock_numbers,
            "",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Keep the numbers of the selected markers, or of all, when others are deleted"
            ),
        ),
        Action(
            "copy_coordinate",
            QT_TRANSLATE_NOOP("Actions", "&Copy Coordinate"),
            copy_coordinate,
            "Ctrl+Shift+C",
            "copy",
            offered=has_case,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Copy the coordinate under the pointer"),
        ),
        *_COPIES,
        Action(
            "copy_picture",
            QT_TRANSLATE_NOOP("Actions", "Copy P&icture of the Map"),
            copy_picture,
            "Ctrl+Shift+E",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Put a screenshot of the map with its dates and credits on the clipboard"),
        ),
        Action(
            "your_name",
            QT_TRANSLATE_NOOP("Actions", "&Your Name and Organisation…"),
            ask_name,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "State the name in which you change, observe, review and publish"),
        ),
    )


def _short(step: str) -> str:
    """Shorten the name of an undo step for the menu, keeping its closing quotation mark."""
    cut = one_line(step, LONGEST_STEP)
    return f"{cut}”" if cut.endswith("…") and step.endswith("”") else cut
