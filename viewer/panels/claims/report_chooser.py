"""The reports of a case to choose from, by keys alone: the one that is to be judged."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.document import Document
from layers.product.judging.judged import is_report, judgements_of
from viewer.panels.claims.judged_claims import claim_words, judged_words
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import one_line, tooltip

SIZE = (640, 420)
MOST_LISTED = 200
"""Most reports that are listed at once: letters find the others."""
_UUID = Qt.ItemDataRole.UserRole
_OF_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def reports_to_judge(document: Document) -> list[Claim]:
    """The reports of a case that stand: those of which we have judged nothing first, then by the time of their rows."""
    reports = [claim for claim in document.claims.values() if is_report(claim) and claim.state != "withdrawn"]
    return sorted(reports, key=lambda claim: (bool(judgements_of(document, claim.uuid)), claim.created_at))


class ReportChooser(QDialog):
    """A list of reports. Letters find one, arrow keys move, Enter takes it; `chosen` carries its uuid.

    An empty uuid is chosen for a judgement of the case that is about no report.
    """

    chosen = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Judge a report"))
        self._reports = [(claim.uuid, *_texts(document, claim)) for claim in reports_to_judge(document)]
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find a report"))
        self.line.setAccessibleName(self.tr("Find a report"))
        self.line.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Reports"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.says = muted()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.judge_button = buttons.addButton(self.tr("Judge"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.judge_button.setDefault(True)
        layout = QVBoxLayout(self)
        for part in (self.line, self.list, self.says, buttons):
            layout.addWidget(part)
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(self._choose)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        self._find("")
        self.resize(*SIZE)
        self.line.setFocus()

    def _find(self, text: str) -> None:
        """List the reports that hold the typed words, and last the judgement that is about none of them."""
        wanted = text.casefold().split()
        matches = [row for row in self._reports if all(word in f"{row[1]} {row[2]}".casefold() for word in wanted)]
        self.list.clear()
        for uuid, words, judged in matches[:MOST_LISTED]:
            self._add(uuid, words, judged)
        self._add("", self.tr("None of these: a judgement of the case"), "")
        self.list.setCurrentRow(0)
        count = self.tr("%1 of %2 reports").replace("%1", str(len(matches))).replace("%2", str(len(self._reports)))
        self.says.setText(count)

    def _add(self, uuid: str, words: str, judged: str) -> None:
        item = QListWidgetItem(f"{words}\n{judged}" if judged else words)
        item.setToolTip(tooltip(f"{words}\n{judged}" if judged else words))
        item.setData(_UUID, uuid)
        self.list.addItem(item)

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.chosen.emit(item.data(_UUID))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list by the arrow keys while words are typed."""
        is_press = watched is self.line and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in _OF_LIST:
            self.list.keyPressEvent(event)
            return True
        return False


def _texts(document: Document, claim: Claim) -> tuple[str, str]:
    """A report in one line, and what we have judged of it; empty where that is nothing."""
    judged = judgements_of(document, claim.uuid)
    return claim_words(claim), one_line(judged_words(judged[-1].claim), 120) if judged else ""
