"""Reads the rows of a file anew after each choice of its dialog, and lists sentences about those that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QPlainTextEdit

from layers.errors import GeoloupeError
from layers.text.counted import grouped
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

LOOK_MS = 150
"""Rest after a choice before the rows are read anew."""
MOST_SENTENCES = 200
"""Most sentences that are listed: more are a wrong column."""
_LONGEST = 400


class RowsLook(QObject):
    """Calls `read` once the choices have rested. It begins a job by `run`, of which only the newest is heard."""

    def __init__(self, jobs: Jobs, read: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._soon = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._soon.timeout.connect(read)

    @property
    def is_under_way(self) -> bool:
        """True until the rows are read by the present choices."""
        return self._soon.isActive() or (self._job is not None and not self._job.is_finished)

    def ask(self) -> None:
        """Read soon, as a choice has changed."""
        self._soon.start()

    def run[T](
        self,
        work: Callable[[JobContext], T],
        show: Callable[[T], None],
        refuse: Callable[[str], None],
        *,
        apart: bool = False,
    ) -> None:
        """Do the work in a job; `show` gets its outcome, `refuse` the sentence on its failure."""
        self._cancel()

        def failed(error: GeoloupeError) -> None:
            refuse(in_language(error.sentence))

        self._job = self._jobs.run(work, show, failed, apart=apart, of_case=True)

    def end(self) -> None:
        """Read nothing any more, as the dialog closes."""
        self._cancel()
        self._soon.stop()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()


class SentenceList(QPlainTextEdit):
    """Sentences for reading only, a line each."""

    def __init__(self, name: str, height_px: int) -> None:
        """`name`: the words for it where it is read aloud; `height_px`: logical pixels."""
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFixedHeight(height_px)
        self.setAccessibleName(name)

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """List these, as far as they are not too many."""
        lines = [one_line(in_language(sentence), _LONGEST) for sentence in sentences[:MOST_SENTENCES]]
        if len(sentences) > MOST_SENTENCES:
            more = grouped(len(sentences) - MOST_SENTENCES)
            lines.append(translate("SentenceList", "… and {0} more").format(more))
        self.setPlainText("\n".join(lines))


def offer_columns(box: QComboBox, names: Sequence[str], examples: Mapping[str, str], chosen: str) -> None:
    """Offer columns in a box, or none, each with an example as its tooltip; choose one without telling anybody."""
    box.blockSignals(True)
    box.clear()
    box.addItem("–", "")
    for name in names:
        box.addItem(one_line(name, 40), name)
        box.setItemData(box.count() - 1, one_line(examples.get(name, ""), 80), Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    box.blockSignals(False)
