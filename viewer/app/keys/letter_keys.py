"""Limits letters that run commands: some need a selection, and none works behind a refused one or beside a dialog
that waits for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from viewer.panels.claims.claim_verbs import open_report
from viewer.panels.companion import is_companion
from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line

_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier

TYPING_MS = 2_000
"""Milliseconds after a refused letter, and after each further one, in which letters are taken for words meant for a
form that did not open.
"""


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
    action may be about something else, as judging is about the open report, or may offer a choice of what it is about.
    The words that are typed on in the belief that a form has opened run no commands either.
    """

    def __init__(
        self,
        actions: Mapping[QAction, Callable[[], bool]],
        say: Callable[[str], None],
        window: QWidget,
        instead: Mapping[QAction, Callable[[], bool]],
    ) -> None:
        """`actions`: for each whether it is about something now. `instead`: for some a function that lets the analyst
        choose what it is about, and returns True where there is a choice.
        """
        super().__init__(window)
        self._window, self._actions, self._say, self._instead = window, actions, say, instead
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        for action in actions:
            action.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Shortcut or not isinstance(watched, QAction):
            return False
        if self._actions[watched]():
            return False
        if watched in self._instead and self._instead[watched]():
            return True
        name = watched.text().replace("&", "").rstrip("…")
        sentence = self.tr("{0} by its key is about what is selected: select a site first. Its menu entry needs none.")
        self._say(sentence.format(name))
        self._typing.start()
        return True

    def takes(self, event: QEvent) -> bool:
        """True for a letter that must not run a command: typed on after a refused one, or while a dialog beside the map
        waits for an answer.
        """
        if not isinstance(event, QKeyEvent) or event.modifiers() & ~_PLAIN or not event.text().isalpha():
            return False
        if self._typing.isActive() and not any(is_about_now() for is_about_now in self._actions.values()):
            self._typing.start()
            event.accept()
            return True
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
