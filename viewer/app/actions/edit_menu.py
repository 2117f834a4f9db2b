"""The Edit menu: undo and redo, all that works on the selected sites, the coordinate under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.case.session import Session
from viewer.commands.sites import delete_sites
from viewer.panels.context import PanelContext
from viewer.panels.shell.status_bar import StatusBar
from viewer.support.messages import Messages


class EditMenu(CaseMenu):
    """Refusals go to the message line."""

    def __init__(
        self, session: Session, panels: PanelContext, status: StatusBar, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(session, parent)
        self._panels, self._status, self._messages = panels, status, messages
        panels.selection.changed.connect(self.changed)

    def undo(self) -> None:
        self.session.undo()

    def can_undo(self) -> bool:
        return self.session.history.stack.canUndo()

    def undo_text(self) -> str:
        text = self.session.history.undo_text()
        return self.tr("&Undo: {0}").format(text.replace("&", "&&")) if text else ""

    def redo(self) -> None:
        self.session.redo()

    def can_redo(self) -> bool:
        return self.session.history.stack.canRedo()

    def redo_text(self) -> str:
        text = self.session.history.redo_text()
        return self.tr("&Redo: {0}").format(text.replace("&", "&&")) if text else ""

    def has_selection(self) -> bool:
        """True while sites are selected."""
        return self.session.is_begun and len(self._panels.selection) > 0

    def delete_selected(self) -> None:
        if len(self._panels.selection):
            self._panels.do_for_many(self.tr("Deleting sites"), delete_sites, self._panels.selection.uuids)

    def select_all(self) -> None:
        self._panels.selection.set(self._panels.document.sites)

    def select_none(self) -> None:
        self._panels.selection.clear()

    def copy_coordinate(self) -> None:
        text = self._status.copy_coordinate()
        said = self.tr("Copied: {0}").format(text) if text else self.tr("Point at the map to copy a coordinate.")
        self._messages.show("copied", said)

    id = "edit"
    title = QT_TRANSLATE_NOOP("Actions", "&Edit")
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
        ),
        Action(
            "delete",
            QT_TRANSLATE_NOOP("Actions", "&Delete Selected Sites"),
            delete_selected,
            "Delete",
            "delete",
            offered=has_selection,
            breaks=True,
        ),
        Action("select_all", QT_TRANSLATE_NOOP("Actions", "Select &All Sites"), select_all, "Ctrl+A", offered=has_case),
        Action(
            "select_none",
            QT_TRANSLATE_NOOP("Actions", "Select &None"),
            select_none,
            "Ctrl+Shift+A",
            offered=has_selection,
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
    )
