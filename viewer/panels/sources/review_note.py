"""A line above the form of a source: a change of it makes the reviewed claims that cite it drafts again."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.edit import Edit
from layers.document.vocabulary import REVIEWED
from viewer.commands.sources import reviewed_claims
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.support.language.translation import translate


class ReviewNote:
    """The line, before and after such a change; hidden where no reviewed claim cites the source."""

    def __init__(self, context: PanelContext) -> None:
        self._context = context
        self._uuid = ""
        self._returned = 0
        """Claims that the last change of the source made drafts again."""
        self.label: QLabel = muted()
        self.label.setContentsMargins(10, 6, 10, 0)
        self.label.hide()

    def show_source(self, uuid: str) -> None:
        """Count the claims of another source, or of the same one again; an empty uuid shows none."""
        if uuid != self._uuid:
            self._uuid, self._returned = uuid, 0
        count = len(reviewed_claims(self._context.document, uuid)) if uuid else 0
        if count:
            self._returned = 0
        words = _before(count) if count else _after(self._returned) if self._returned else ""
        self.label.setText(words)
        self.label.setVisible(bool(words))

    def hear(self, changes: Changes) -> None:
        """Remember how many claims an edit of the source made drafts again; call it before `show_source`."""
        edit = changes.edit
        if edit is not None and any(change.uuid == self._uuid for change in edit.changes):
            self._returned = _returned(edit) or self._returned  # later edits of one text find no reviewed claim


def _returned(edit: Edit) -> int:
    pairs = [(change.before, change.after) for change in edit.changes if change.table == "claims"]
    return sum(
        isinstance(before, Claim) and isinstance(after, Claim) and before.status in REVIEWED and after.status == "draft"
        for before, after in pairs
    )


def _before(count: int) -> str:
    return translate(
        "ReviewNote",
        "{count} reviewed claims cite this source: a change of it makes them drafts again.",
        "{count} reviewed claim cites this source: a change of it makes that a draft again.",
        count,
    )


def _after(count: int) -> str:
    return translate(
        "ReviewNote",
        "{count} claims that cite this source are drafts again. Undo: Ctrl+Z",
        "{count} claim that cites this source is a draft again. Undo: Ctrl+Z",
        count,
    )
