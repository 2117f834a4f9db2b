"""The findings of the check beside a product: each leads to its cure, or is let pass with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.product.lint.check import rule_of, unexplained
from layers.product.lint.finding import BLOCKING, Finding
from layers.product.lint.passing import NEVER_PASSED
from layers.product.spec import Override
from viewer.commands.named_order import LONGEST_NAME
from viewer.commands.products import LONGEST_REASON
from viewer.panels.widgets.form_page import heading, muted, side_by_side
from viewer.support.icons import line_icon
from viewer.support.text import one_line, tooltip

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _ReasonLine(QLineEdit):
    """Enter and Escape are its own: in a dialog they would export, or close it."""

    entered = Signal()
    given_up = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class _FindingList(QListWidget):
    entered = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 200)


def finding_words(finding: Finding) -> str:
    """The thing it is about, and what is wrong with that."""
    where = finding.where.strip()
    return f"{where[:1].upper()}{where[1:]}: {finding.sentence}" if where else finding.sentence


class FindingsView(QWidget):
    """Findings that are open stand first, the blocking ones before the others; those let pass are listed below them."""

    cure_wanted = Signal(object)
    """Finding: lead to where it is put right."""
    let_pass = Signal(object, str, str)
    """Finding, the reason, and the name of the second person where the finding blocks."""
    taken_back = Signal(object)
    """Override: it is no longer let pass."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._open: list[Finding] = []
        self._explained: list[Finding] = []
        self._passed: list[Override] = []
        self._is_shown = False
        self.title, self.sentence, self.cure = heading(tr("Check")), muted(), muted()
        self.list = _FindingList()
        self.list.setAccessibleName(tr("Findings"))
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.cure_button, self.pass_button = QPushButton(tr("Show the Place")), QPushButton(tr("Let Pass…"))
        self.back_button = QPushButton(tr("Take Back"))
        for button, tip in (
            (self.cure_button, tr("Lead to where the finding is put right")),
            (self.pass_button, tr("Issue the product in spite of the finding, with a reason that is recorded")),
            (self.back_button, tr("Do not let the finding pass after all")),
        ):
            button.setAutoDefault(False)
            button.setAccessibleName(button.text().rstrip("…"))
            button.setToolTip(tooltip(tip))
        self.reason = _ReasonLine()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(tr("Reason; Enter records it"))
        self.reason.setAccessibleName(tr("Reason for letting the finding pass"))
        self.second = _ReasonLine()
        self.second.setMaxLength(LONGEST_NAME)
        self.second.setPlaceholderText(tr("Name of the second person; Enter records both"))
        self.second.setAccessibleName(tr("Name of the second person who lets the finding pass"))
        for line in (self.reason, self.second):
            line.hide()
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_offers)
        self.list.itemDoubleClicked.connect(lambda _item: self._cure())
        self.list.entered.connect(self._cure)
        self.cure_button.clicked.connect(self._cure)
        self.pass_button.clicked.connect(self._ask)
        self.back_button.clicked.connect(self._take_back)
        for line in (self.reason, self.second):
            line.entered.connect(self._let_pass)
            line.given_up.connect(self._give_up)
        self._show_offers()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        layout.addLayout(head)
        layout.addWidget(self.sentence)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.cure)
        layout.addWidget(self.reason)
        layout.addWidget(self.second)
        layout.addLayout(side_by_side(self.cure_button, self.pass_button, self.back_button))

    def show_findings(self, found: Sequence[Finding], overrides: Sequence[Override]) -> None:
        """Show what the check says now; the row that was chosen stays so."""
        passed = {(one.rule, one.where) for one in overrides}
        standing = sorted(unexplained(found), key=lambda one: one.severity != BLOCKING)
        explained = [one for one in found if one.explained and (one.rule, one.where) not in passed]
        if (standing, explained, list(overrides)) == (self._open, self._explained, self._passed) and self._is_shown:
            return
        row, self._is_shown = self.list.currentRow(), True
        self._open, self._explained, self._passed = standing, explained, list(overrides)
        self.list.blockSignals(True)
        self.list.clear()
        for finding in self._open:
            self._add(finding_words(finding), "error" if finding.severity == BLOCKING else "warning", finding.severity)
        alike = Counter((finding.sentence, finding.explained) for finding in self._explained)
        for (sentence, why), count in alike.items():
            said = self.tr("{0} Explained in the case: {1}").format(sentence, one_line(why))
            times = self.tr(" ({0} times)").format(count) if count > 1 else ""
            self._add(said + times, "info", self.tr("explained"))
        for one in self._passed:
            rule = rule_of(one.rule)
            said = self.tr("Let pass: {0}. {1}").format(
                rule.title if rule is not None else one_line(one.rule, 60), one_line(one.reason)
            )
            self._add(said, "check", self.tr("let pass"))
        self.list.blockSignals(False)
        self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
        self.sentence.setText(self._count())
        self._show_offers()

    def _add(self, text: str, icon: str, kind: str) -> None:
        item = QListWidgetItem(line_icon(icon, self.palette()), text)
        item.setToolTip(tooltip(text))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {text}")
        self.list.addItem(item)

    def _count(self) -> str:
        blocking = len(self.blocking)
        if not self._open:
            return self.tr("Nothing to say against this product.")
        if blocking:
            return self.tr("{0} to be put right or let pass before it is issued, {1} to look at.").format(
                blocking, len(self._open) - blocking
            )
        return self.tr("{0} to look at; none keeps it from being issued.").format(len(self._open))

    @property
    def blocking(self) -> list[Finding]:
        """Findings that keep the product from being issued."""
        return [one for one in self._open if one.severity == BLOCKING]

    def choose_first(self) -> None:
        """Lead the keyboard to the first finding."""
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _finding(self) -> Finding | None:
        row = self.list.currentRow()
        return self._open[row] if 0 <= row < len(self._open) else None

    def _override(self) -> Override | None:
        alike = len({(one.sentence, one.explained) for one in self._explained})
        row = self.list.currentRow() - len(self._open) - alike
        return self._passed[row] if 0 <= row < len(self._passed) else None

    def _show_offers(self, _row: int = 0) -> None:
        finding, passed = self._finding(), self._override()
        self.cure.setText(finding.cure if finding is not None else "")
        self.cure.setVisible(bool(self.cure.text()))
        self.cure_button.setEnabled(finding is not None)
        self.pass_button.setEnabled(finding is not None and finding.rule not in NEVER_PASSED)
        self.back_button.setVisible(passed is not None)
        if finding is None or not self.pass_button.isEnabled():
            self.reason.hide()
            self.second.hide()

    def _cure(self) -> None:
        finding = self._finding()
        if finding is not None:
            self.cure_wanted.emit(finding)

    def _ask(self) -> None:
        finding = self._finding()
        if finding is not None:
            self.reason.clear()
            self.reason.show()
            self.second.setVisible(finding.severity == BLOCKING)
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_up(self) -> None:
        self.reason.hide()
        self.second.hide()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _let_pass(self) -> None:
        finding, reason, second = self._finding(), self.reason.text().strip(), self.second.text().strip()
        if finding is None or not reason:
            return
        if finding.severity == BLOCKING and not second:
            self.second.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._give_up()
        self.let_pass.emit(finding, reason, second if finding.severity == BLOCKING else "")

    def _take_back(self) -> None:
        passed = self._override()
        if passed is not None:
            self.taken_back.emit(passed)
