"""Offers to date the marks and chips made on an image when the image itself is dated only afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from layers.document.changes import Changes
from layers.document.layer import Layer
from layers.time.written_dates import written_date
from viewer.app.case.session import Session
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language
from viewer.support.messages import MessageAction, Messages

KEY = "late dates"
_STANDS_ON = "images", "sites", "chips", "sources"


class LateDating(QObject):
    """Makes the offer in a message line, which goes away when nothing is left to date."""

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
        dated = [change.uuid for change in edit.changes if _is_dated(change.before, change.after)]
        if dated:
            self._offer(dated)
        elif self._dated and changes.touches("layers", *_STANDS_ON):
            if self._messages.line(KEY) is None:
                self._dated = ()  # the analyst has put the line away
            self._offer(self._dated)

    def _offer(self, layers: Iterable[str]) -> None:
        from viewer.commands.imagery.late_dates import evidence_without_date  # for start-up time

        document = self._session.document
        uuids = [uuid for uuid in dict.fromkeys((*self._dated, *layers)) if uuid in document.layers]
        late = [uuid for uuid in uuids if evidence_without_date(document, (uuid,)).images]
        self._dated = tuple(late)
        if not late:
            self._messages.clear(KEY)
            return
        evidence = in_language(evidence_without_date(document, late).words)
        layer = document.layers[late[0]]
        if len(late) == 1:
            text = self.tr("“{0}” is now dated {1}. Made on it before, and still without that date: {2}.")
            sentence = text.format(one_line(layer.name, 60), one_line(written_date(layer.acquired_at), 60), evidence)
        else:
            sentence = self.tr("{0} layers are dated now. Made on them before, and still without that date: {1}.")
            sentence = sentence.format(len(late), evidence)
        line = self._messages.line(KEY)
        if line is None or line.text != sentence:
            self._messages.clear(KEY)  # another matter, not the same once more
            self._messages.show(KEY, sentence, "info", MessageAction(self.tr("Date Them Too"), self._date))

    def _date(self) -> None:
        from viewer.commands.imagery.late_dates import date_evidence  # for start-up time

        session = self._session
        uuids = [uuid for uuid in self._dated if uuid in session.document.layers]
        session.push_or_say(date_evidence(session.document, uuids, actor=session.actor))
        self._messages.clear(KEY)


def _is_dated(before: object, after: object) -> bool:
    """True for a layer with a date where the date, its kind or its basis has changed."""
    if not (isinstance(before, Layer) and isinstance(after, Layer) and after.acquired_at):
        return False
    dates = [(row.acquired_at, row.date_kind, row.date_basis) for row in (before, after)]
    return dates[0] != dates[1]
