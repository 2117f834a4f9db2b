"""Offers to state date, credit and sensor on marks and chips where the image's layer states them only afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from layers.document.changes import Changes
from layers.document.layer import Layer
from layers.time.written_dates import written_date
from viewer.app.case.session import Session
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction, Messages

if TYPE_CHECKING:
    from viewer.commands.imagery.late_facts import Evidence

KEY = "late dates"
_STANDS_ON = "images", "sites", "chips", "sources"


class LateDating(QObject):
    """Makes the offer in a message line, which goes away when nothing is left to state."""

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._messages = session, messages
        self._dated: tuple[str, ...] = ()
        """Uuids of the layers that the line is about."""
        session.document_replaced.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self._dated = ()
        self._session.document.subscribe(self._follow_edit)

    def _follow_edit(self, changes: Changes) -> None:
        edit = changes.edit
        if edit is None or changes.everything:
            return
        dated = [change.uuid for change in edit.changes if _states_more(change.before, change.after)]
        if dated:
            self._offer(dated)
        elif self._dated and changes.touches("layers", *_STANDS_ON):
            if self._messages.line(KEY) is None:
                self._dated = ()  # the analyst has put the line away
            self._offer(self._dated)

    def _offer(self, layers: Iterable[str]) -> None:
        from viewer.commands.imagery.late_facts import evidence_without  # for start-up time

        document = self._session.document
        uuids = [uuid for uuid in dict.fromkeys((*self._dated, *layers)) if uuid in document.layers]
        late = [uuid for uuid in uuids if evidence_without(document, (uuid,)).images]
        self._dated = tuple(late)
        if not late:
            self._messages.clear(KEY)
            return
        evidence = evidence_without(document, late)
        is_date = evidence.facts == ("date",)
        sentence = self._date_sentence(late, evidence) if is_date else self._fact_sentence(late, evidence)
        verb = self.tr("Date Them Too") if is_date else self.tr("State It There Too")
        line = self._messages.line(KEY)
        if line is None or line.text != sentence:
            self._messages.clear(KEY)  # another matter, not the same once more
            self._messages.show(KEY, sentence, "info", MessageAction(verb, self._date))

    def _date_sentence(self, late: Sequence[str], evidence: Evidence) -> str:
        words = in_language(evidence.words)
        if len(late) > 1:
            sentence = self.tr("{0} layers are dated now. Made on them before, and still without that date: {1}.")
            return sentence.format(len(late), words)
        layer = self._session.document.layers[late[0]]
        sentence = self.tr("“{0}” is now dated {1}. Made on it before, and still without that date: {2}.")
        return sentence.format(one_line(layer.name, 60), one_line(written_date(layer.acquired_at), 60), words)

    def _fact_sentence(self, late: Sequence[str], evidence: Evidence) -> str:
        facts, words = ", ".join(map(word, evidence.facts)), in_language(evidence.words)
        if len(late) > 1:
            sentence = self.tr("{0} layers state more now ({1}). Made on them before, and still without: {2}.")
            return sentence.format(len(late), facts, words)
        layer = self._session.document.layers[late[0]]
        sentence = self.tr("“{0}” states more now ({1}). Made on it before, and still without: {2}.")
        return sentence.format(one_line(layer.name, 60), facts, words)

    def _date(self) -> None:
        from viewer.commands.imagery.late_facts import (  # for start-up time
            date_evidence,
            evidence_without,
            state_on_evidence,
        )

        session = self._session
        uuids = [uuid for uuid in self._dated if uuid in session.document.layers]
        is_date = evidence_without(session.document, uuids).facts == ("date",)
        state = date_evidence if is_date else state_on_evidence
        session.push_or_say(state(session.document, uuids, actor=session.actor))
        self._messages.clear(KEY)


def _states_more(before: object, after: object) -> bool:
    """True for a layer whose date (with its kind and basis), credit or sensor is stated anew."""
    if not (isinstance(before, Layer) and isinstance(after, Layer)):
        return False
    stated = (
        (before.credit, after.credit),
        (before.sensor, after.sensor),
    )
    return _is_dated(before, after) or any(old != new and bool(new.strip()) for old, new in stated)


def _is_dated(before: object, after: object) -> bool:
    """True for a layer with a date where the date, its kind or its basis has changed."""
    if not (isinstance(before, Layer) and isinstance(after, Layer) and after.acquired_at):
        return False
    dates = [(row.acquired_at, row.date_kind, row.date_basis) for row in (before, after)]
    return dates[0] != dates[1]
