"""Writes log lines about the open case: opened, added, saved, recovered and refused items, by counts."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QObject

from layers.document.changes import Changes
from layers.document.layer import Layer
from layers.document.vocabulary import LAYER_KINDS
from layers.errors import GeoloupeError
from layers.text.counted import counted
from viewer.app.case.session import Session
from viewer.app.desktop.dialog_filters import known_ending
from viewer.app.opening.layer_adder import LayerAdder
from viewer.support.event_log import note
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages

_MATTERS = frozenset({
    "close", "consent", "crash", "edit", "export", "left", "looked", "memory", "open", "recover", "recovered", "safe",
    "save", "style", "view", "working",
})  # fmt: skip
"""First words of message keys that may be logged, as they are fixed words; other keys may hold a name."""


class CaseLog(QObject):
    """Listens to the signals of the case. Used on the window's thread only."""

    def __init__(self, session: Session, adder: LayerAdder, jobs: Jobs, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._messages = session, messages
        self._began = time.perf_counter()
        self._said: frozenset[str] = frozenset()
        session.opening.connect(self._opening)
        session.document_replaced.connect(self._replaced)
        session.recovered.connect(lambda: note("this case was recovered from a session that had ended without a save"))
        session.saved.connect(self._saved)
        adder.refused.connect(lambda error: self._refused("a file to be opened", error))
        jobs.failed.connect(lambda error: self._refused("work in the background", error))
        messages.changed.connect(self._look_at_messages)

    def _opening(self, _case: Path) -> None:
        self._began = time.perf_counter()
        note("a case is being opened")

    def _replaced(self) -> None:
        session = self._session
        if not session.is_begun:
            note("no case is open")
            return
        took = f", {time.perf_counter() - self._began:.1f} s" if session.target is not None else ""
        access = ", read-only" if session.is_read_only else ""
        note(f"a case is open: {self._counts()}{access}{took}")
        session.document.subscribe(self._changed)

    def _saved(self, _place: Path) -> None:
        note(f"the case was saved: {self._counts()}")

    def _changed(self, changes: Changes) -> None:
        for change in changes.edit.changes if changes.touches("layers") and changes.edit is not None else ():
            if change.table == "layers" and change.before is None and isinstance(change.after, Layer):
                ending = known_ending(str(change.after.source.get("path", "")))
                note(f"a layer was added: {_kind_of(change.after)} {ending}".rstrip())

    def _refused(self, subject: str, error: GeoloupeError) -> None:
        note(f"{subject} was refused: {error.noun}")

    def _look_at_messages(self) -> None:
        """Log the newest message line. A line that is shown again, such as once for each tile, is logged once."""
        lines = self._messages.lines()
        newest = lines[-1] if lines else None
        if newest is not None and newest.key not in self._said and (newest.level != "info" or newest.key == "consent"):
            word = newest.key.replace("-", " ").partition(" ")[0]
            note(f"a message was shown ({newest.level}): {word if word in _MATTERS else 'another matter'}")
        self._said = frozenset(line.key for line in lines)

    def _counts(self) -> str:
        document = self._session.document
        kinds = Counter(_kind_of(layer) for layer in document.layers.values())
        layers = f" ({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))})" if kinds else ""
        rows = {
            "site": document.sites,
            "claim": document.claims,
            "source": document.sources,
            "layer": document.layers,
        }
        return ", ".join(counted(len(table), noun) for noun, table in rows.items()) + layers


def _kind_of(layer: Layer) -> str:
    return layer.kind if layer.kind in LAYER_KINDS else "other"
