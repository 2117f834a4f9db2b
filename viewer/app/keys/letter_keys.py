"""Limits letters that run commands: some need a selection, and none works beside a dialog that waits for an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from viewer.panels.claims.claim_verbs import open_report
from viewer.panels.companion import is_companion
from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line

_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def about_now(actions: Mapping[str, QAction], panels: PanelContext) -> dict[QAction, Callable[[], bool]]:
    """Functions that tell whether an action that makes rows is about something now: selected sites, or for judging an
    open report. `actions` are by their ids.
    """

    def has_selection() -> bool:
        return len(panels.selection) > 0

    def has_report() -> bool:
        return has_selection() or bool(open_report(panels))

    return {action: has_report if id_ == "judge" else has_selection for id_, action in actions.items()}


class LetterKeys(QObject):
    """Blocks the letters of actions that begin claims while they are about nothing: no site is selected.

    Typed by mistake, such a letter would begin a claim about the case. Menus, palette and buttons still begin one. An
    action may be about something else, as judging is about the open report.
    """

    def __init__(
        self,
        actions: Mapping[QAction, Callable[[], bool]],
        say: Callable[[str], None],
        window: QWidget,
    ) -> None:
        """`actions`: for each whether it is about something now."""
        super().__init__(window)
        self._window, self._actions, self._say = window, actions, say
        for action in actions:
            action.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Shortcut or not isinstance(watched, QAction):
            return False
        if self._actions[watched]():
            return False
        name = watched.text().replace("&", "").rstrip("…")
        sentence = self.tr("{0} by its key is about what is selected: select a site first. Its menu entry needs none.")
        self._say(sentence.format(name))
        return True

    def takes(self, event: QEvent) -> bool:
        """True for a letter typed while a dialog beside the map waits for an answer: it must not run a command."""
        if not isinstance(event, QKeyEvent) or event.modifiers() & ~_PLAIN or not event.text().isalpha():
            return False
        asking = (
            dialog for dialog in self._window.findChildren(QDialog) if dialog.isVisible() and not is_companion(dialog)
        )
        dialog = next(asking, None)
        if dialog is None:
            return False
        sentence = self.tr("“{0}” waits for an answer: letters run no commands until it is closed.")
        self._say(sentence.format(one_line(dialog.windowTitle(), 60)))
        event.accept()
        return True
