"""The list of a product's findings, grouped by cure: each is cured with its group, by itself, or let pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import override

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.product.lint.check import rule_of, unexplained
from layers.product.lint.finding import BLOCKING, Finding
from layers.product.lint.groups import WITHHELD, Group, groups_of
from layers.product.lint.passing import NEVER_PASSED
from layers.product.lint.wording_rules import ADVISED, AS_WRITTEN
from layers.product.spec import Override
from viewer.app.products.findings.bulk_cures import CureChoice, bulk_cure
from viewer.commands.named_order import LONGEST_NAME
from viewer.commands.products import LONGEST_REASON
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import heading, muted, side_by_side
from viewer.panels.wording_margin import WordingMargin
from viewer.support.icons import line_icon
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language

_ICON_PX = 16
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _ReasonLine(QLineEdit):
    """Line that keeps Enter and Escape for itself: in a dialog they would export, or close it."""

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
    unfold_wanted = Signal(bool)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.entered.emit()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.unfold_wanted.emit(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 200)


def finding_words(finding: Finding) -> str:
    """Text of a finding: its subject, and what is wrong with it."""
    where, sentence = in_language(finding.where).strip(), in_language(finding.sentence)
    return f"{where[:1].upper()}{where[1:]}: {sentence}" if where else sentence


class FindingsView(QWidget):
    """Lists open groups of findings, blocking ones first; below them, findings that were let pass.

    Right and Left show and hide the single findings of a group.
    """

    cure_wanted = Signal(object)
    """Finding whose place of correction is to be shown."""
    bulk_wanted = Signal(object, str, str)
    """Group to cure as a whole, the choice in its cure's menu, and the text typed for it."""
    let_pass = Signal(object, str, str)
    """Findings, the reason, and the name of the second person where they block."""
    taken_back = Signal(object)
    """Override to be removed: its finding is no longer let pass."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open: list[Finding] = []
        self._explained: list[Finding] = []
        self._passed: list[Override] = []
        self.groups: list[Group] = []
        self._rows: list[Group | Finding | Override | None] = []
        """Group, finding or override of each row of the list; None for an explained one."""
        self._unfolded: set[tuple[str, ...]] = set()
        self._choice: CureChoice | None = None
        """Chosen entry of a cure's menu for which a text is being typed."""
        self._is_shown = False
        self._cured: tuple[str, ...] = ()
        """Key of the group just cured: once it is gone, the next group with a common cure is chosen."""
        self.title, self.sentence, self.cure = heading(self.tr("Check")), muted(), muted()
        self.list = _FindingList()
        self.list.setAccessibleName(self.tr("Findings"))
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.bulk_button = QPushButton(self.tr("Cure All"))
        self.cure_button, self.pass_button = QPushButton(self.tr("Show the Place")), QPushButton(self.tr("Let Pass…"))
        self.back_button = QPushButton(self.tr("Take Back"))
        for button, tip in (
            (self.cure_button, ""),
            (self.pass_button, self.tr("Issue the product in spite of the finding, with a reason that is recorded")),
            (self.back_button, self.tr("Do not let the finding pass after all")),
        ):
            button.setAccessibleName(button.text().rstrip("…"))
            button.setToolTip(tooltip(tip))
        for button in (self.bulk_button, self.cure_button, self.pass_button, self.back_button):
            button.setAutoDefault(False)
        self.typed, self.reason, self.second = _ReasonLine(), _ReasonLine(), _ReasonLine()
        self.typed.setMaxLength(LONGEST_NAME)
        self.typed.setAccessibleName(self.tr("Words of the cure"))
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(self.tr("Reason; Enter records it"))
        self.reason.setAccessibleName(self.tr("Reason for letting the finding pass"))
        self.second.setMaxLength(LONGEST_NAME)
        self.second.setPlaceholderText(self.tr("Name of the second person; Enter records both"))
        self.second.setAccessibleName(self.tr("Name of the second person who lets the finding pass"))
        for line in (self.typed, self.reason, self.second):
            line.hide()
        self.wording = WordingMargin(context, {"reason": (self.reason, "note")})
        self._lay_out()
        self._connect()
        self._show_offers()

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_offers)
        self.list.itemDoubleClicked.connect(lambda _item: self._cure())
        self.list.entered.connect(self._enter)
        self.list.unfold_wanted.connect(self._unfold)
        self.bulk_button.clicked.connect(self._ask_bulk)
        self.cure_button.clicked.connect(self._cure)
        self.pass_button.clicked.connect(self._ask)
        self.back_button.clicked.connect(self._take_back)
        self.typed.entered.connect(self._cure_all)
        for line in (self.reason, self.second):
            line.entered.connect(self._let_pass)
        for line in (self.typed, self.reason, self.second):
            line.given_up.connect(self._give_up)

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
        layout.addWidget(self.bulk_button)
        for line in (self.typed, self.reason, self.wording, self.second):
            layout.addWidget(line)
        layout.addLayout(side_by_side(self.cure_button, self.pass_button, self.back_button))

    def show_findings(self, findings: Sequence[Finding], overrides: Sequence[Override]) -> None:
        """Show the results of the check; the chosen row stays chosen."""
        passed = {(entry.rule, entry.where) for entry in overrides}
        standing = sorted(unexplained(findings), key=lambda finding: finding.severity != BLOCKING)
        explained = [
            finding for finding in findings if finding.explained and (finding.rule, finding.where) not in passed
        ]
        if (standing, explained, list(overrides)) == (self._open, self._explained, self._passed) and self._is_shown:
            return
        self._is_shown = True
        self._open, self._explained, self._passed = standing, explained, list(overrides)
        self.groups = groups_of(standing, in_language)
        self._fill()

    def _fill(self) -> None:
        row = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        self._rows = []
        for group in self.groups:
            self._add_group(group)
        alike = Counter((finding.sentence, finding.explained) for finding in self._explained)
        for (sentence, why), count in alike.items():
            text = self.tr("{0} Explained in the case: {1}").format(in_language(sentence), one_line(why))
            times = self.tr(" ({0} times)").format(count) if count > 1 else ""
            self._add(None, text + times, "info", self.tr("explained"))
        for passed in self._passed:
            rule = rule_of(passed.rule)
            text = self.tr("Let pass: {0}. {1}").format(
                in_language(rule.title) if rule is not None else one_line(passed.rule, 60), one_line(passed.reason)
            )
            self._add(passed, text, "check", self.tr("let pass"))
        self.list.blockSignals(False)
        is_gone = bool(self._cured) and self._cured not in map(_key, self.groups)
        self.list.setCurrentRow(self._next_cure() if is_gone else min(max(row, 0), self.list.count() - 1))
        self._cured = () if is_gone else self._cured
        self.sentence.setText(self._count())
        self._show_offers()

    def _next_cure(self) -> int:
        rows = (at for at, row in enumerate(self._rows) if isinstance(row, Group) and row.cure)
        return next(rows, min(0, self.list.count() - 1))

    def _add_group(self, group: Group) -> None:
        icon = "error" if group.severity == BLOCKING else "warning"
        if len(group.findings) == 1:
            self._add(group, finding_words(group.findings[0]), icon, group.severity)
            return
        is_open = _key(group) in self._unfolded
        self._add(group, f"{'▾' if is_open else '▸'} {in_language(group.sentence)}", icon, group.severity)
        for finding in group.findings if is_open else ():
            self._add(finding, finding_words(finding), "", finding.severity)

    def _add(self, about: Group | Finding | Override | None, text: str, icon: str, kind: str) -> None:
        item = QListWidgetItem(line_icon(icon, self.palette()) if icon else _no_icon(self.list.iconSize()), text)
        item.setToolTip(tooltip(text))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{word(kind)}: {text.lstrip('▾▸ ')}")
        self.list.addItem(item)
        self._rows.append(about)

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
        return [finding for finding in self._open if finding.severity == BLOCKING]

    @property
    def taken_away(self) -> list[Finding]:
        """Findings on rows that a published product leaves out, without those let pass."""
        return [finding for finding in self._open if finding.rule == WITHHELD]

    def choose_first(self) -> None:
        """Choose the first finding, with the keyboard."""
        self.list.setCurrentRow(0)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, finding: Finding) -> None:
        """Choose a finding, with the keyboard, unfolding its group where that has others."""
        group = next((group for group in self.groups if finding in group.findings), None)
        if group is None:
            return
        alone = len(group.findings) == 1
        if not alone:
            self._unfolded.add(_key(group))
            self._fill()
        self.list.setCurrentRow(self._rows.index(group if alone else finding))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _group(self) -> Group | None:
        """The group chosen as a whole; None where a single finding of it is chosen."""
        about = self._about()
        return about if isinstance(about, Group) else None

    def _findings(self) -> tuple[Finding, ...]:
        about = self._about()
        return about.findings if isinstance(about, Group) else (about,) if isinstance(about, Finding) else ()

    def _about(self) -> Group | Finding | Override | None:
        row = self.list.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _show_offers(self, _row: int = 0) -> None:
        findings, about, group = self._findings(), self._about(), self._group()
        first, cure = findings[0] if findings else None, bulk_cure(group) if group is not None else None
        self.cure.setText(first.cure if first is not None else "")
        self.cure.setVisible(bool(self.cure.text()))
        self.bulk_button.setVisible(cure is not None)
        if cure is not None:
            self.bulk_button.setText(cure.text)
            self.bulk_button.setAccessibleName(cure.text.rstrip("…"))
            self.bulk_button.setToolTip(tooltip(cure.tip))
        self._show_way(group, len(findings))
        self.pass_button.setEnabled(first is not None and first.rule not in NEVER_PASSED)
        self.back_button.setVisible(isinstance(about, Override))
        self.typed.hide()
        if not self.pass_button.isEnabled():
            self._close_reason()

    def _show_way(self, group: Group | None, count: int) -> None:
        is_open = group is not None and _key(group) in self._unfolded
        text, tip = self.tr("Show the Place"), self.tr("Lead to where the finding is put right")
        if count > 1:
            text = self.tr("Hide Each") if is_open else self.tr("Show Each")
            tip = self.tr("List the findings of the group one by one (Right), or no longer (Left)")
        self.cure_button.setText(text)
        self.cure_button.setAccessibleName(text)
        self.cure_button.setToolTip(tooltip(tip))
        self.cure_button.setEnabled(count > 0)

    # -- cured ----------------------------------------------------------------------------------------------------

    def _enter(self) -> None:
        """Handle Enter: do what the first visible button does."""
        if self.bulk_button.isVisible():
            self._ask_bulk()
        else:
            self._cure()

    def _cure(self) -> None:
        findings, group = self._findings(), self._group()
        if len(findings) > 1 and group is not None:
            self._unfold(_key(group) not in self._unfolded)
        elif findings:
            self.cure_wanted.emit(findings[0])

    def _unfold(self, is_wanted: bool) -> None:
        about = self._about()
        group = about if isinstance(about, Group) else None
        if isinstance(about, Finding):
            group = next((group for group in self.groups if about in group.findings), None)
        if group is None or len(group.findings) < 2 or (_key(group) in self._unfolded) == is_wanted:
            return
        self._unfolded ^= {_key(group)}
        self._fill()
        self.list.setCurrentRow(self._rows.index(group))

    def _ask_bulk(self) -> None:
        """Cure the chosen group where it has a single cure, else offer its cures in a menu."""
        group = self._group()
        cure = bulk_cure(group) if group is not None else None
        if cure is None:
            return
        if len(cure.choices) == 1:
            self._take_choice(cure.choices[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in cure.choices:
            menu.addAction(choice.text).triggered.connect(partial(self._take_choice, choice))
        menu.popup(self.bulk_button.mapToGlobal(self.bulk_button.rect().bottomLeft()))

    def _take_choice(self, choice: CureChoice, _checked: bool = False) -> None:
        self._choice = choice
        if not choice.asks:
            self._cure_all()
            return
        self._close_reason()
        self.typed.setPlaceholderText(choice.asks)
        self.typed.setAccessibleName(choice.asks.partition(";")[0])
        self.typed.show()
        self.typed.selectAll()
        self.typed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cure_all(self) -> None:
        group, choice, typed = self._group(), self._choice, self.typed.text().strip()
        if group is None or choice is None or (choice.asks and not typed):
            return
        self._give_up()
        self._cured = _key(group)
        self.bulk_wanted.emit(group, choice.value, typed if choice.asks else "")

    # -- let pass -------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        findings = self._findings()
        if findings and all(finding.rule in ADVISED for finding in findings):
            self.let_pass.emit(findings, str(AS_WRITTEN), "")
        elif findings:
            self.typed.hide()
            self.reason.show()
            self.second.setVisible(findings[0].severity == BLOCKING)
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_reason(self) -> None:
        """Hide the lines for a reason; no advice is left on one that is not given."""
        self.reason.clear()
        self.reason.hide()
        self.second.hide()

    def _give_up(self) -> None:
        self.typed.hide()
        self._close_reason()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _let_pass(self) -> None:
        findings, reason, second = self._findings(), self.reason.text().strip(), self.second.text().strip()
        if not findings or not reason:
            return
        is_blocking = findings[0].severity == BLOCKING
        if is_blocking and not second:
            self.second.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._give_up()
        self.let_pass.emit(findings, reason, second if is_blocking else "")

    def _take_back(self) -> None:
        passed = self._about()
        if isinstance(passed, Override):
            self.taken_back.emit(passed)


def _no_icon(size: QSize) -> QIcon:
    """Empty icon: aligns the findings of a group with the group's text."""
    room = QPixmap(max(size.width(), _ICON_PX), max(size.height(), _ICON_PX))
    room.fill(Qt.GlobalColor.transparent)
    return QIcon(room)


def _key(group: Group) -> tuple[str, ...]:
    """Key of a group that stays the same while some of its findings are corrected."""
    first = group.findings[0]
    return first.rule, first.severity, first.jump.kind, first.jump.field
