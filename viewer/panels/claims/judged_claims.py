"""Judgements and reports that belong together: each shows the other, with the part of the report that is judged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimEvidence
from layers.product.judging.judged import JudgedClaim, is_report, judged_sentences, judgements_of, reports_of
from viewer.commands.filing.evidence import unlink_evidence, update_evidence
from viewer.commands.filing.judging import link_report
from viewer.panels.claims.claim_verbs import judge
from viewer.panels.claims.relation_button import RelationButton
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import LineField
from viewer.panels.widgets.form_page import clear_layout, muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import no_words
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language, translate

_LONGEST, _LONGEST_ABOVE = 180, 90
MOST_ABOVE = 3
"""Most linked claims at the top of a form."""


def judged_words(claim: Claim) -> str:
    """The judgement in two sentences; that it is not made yet where it has neither of the two."""
    sentences = judged_sentences(claim)
    if not sentences:
        return translate("JudgedClaims", "Judged by us: not yet.")
    words = " ".join(map(in_language, sentences))
    if claim.likelihood_term or claim.likelihood_low is not None:
        return words
    return translate("JudgedClaims", "Judged by us. {0}").format(words)


def claim_words(claim: Claim) -> str:
    """A claim in one line: whose words, and what they say."""
    words = claim.source_wording or claim.statement or no_words()
    who = one_line(claim.made_by, 60)
    return one_line(f"{who}: {words}" if who else words, _LONGEST)


def listed_judgement(document: Document, claim: Claim) -> str:
    """The newest judgement of ours about a report, for a list; empty for a report without one, and for judgements."""
    judged = judgements_of(document, claim.uuid) if is_report(claim) else []
    return judged_words(judged[-1].claim) if judged else ""


class JudgedAbove(QWidget):
    """Lines at the top of a claim's form: what we judge of a report, or the report that a judgement is about."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[tuple[str, str], ...] = ()
        self.rows: list[LinkButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    def show_claim(self, claim: Claim) -> None:
        document = self._context.document
        about = self.tr("About the report: {0}")
        shown = tuple(
            [(judged.claim.uuid, judged_words(judged.claim)) for judged in judgements_of(document, claim.uuid)]
            if is_report(claim)
            else [
                (judged.claim.uuid, about.format(one_line(claim_words(judged.claim), _LONGEST_ABOVE)))
                for judged in reports_of(document, claim.uuid)
            ]
        )
        if shown == self._shown:
            return
        self._shown, self.rows = shown, []
        clear_layout(self._column)
        for uuid, words in shown[:MOST_ABOVE]:
            is_ours = is_report(claim)
            name = self.tr("Show the judgement: {0}") if is_ours else self.tr("Show the report: {0}")
            link = LinkButton(words, name.format(claim_words(document.claims[uuid])))
            link.clicked.connect(partial(self._context.show_claim, uuid, raise_form=True))
            self.rows.append(link)
            self._column.addWidget(link)
        if len(shown) > MOST_ABOVE:
            self._column.addWidget(muted(self.tr("and {0} more, below").format(len(shown) - MOST_ABOVE)))
        self.setVisible(bool(shown))


class LinkedReport(QFrame):
    """A report that a judgement is about: its words, its relation to the judgement, and the part that is judged."""

    def __init__(self, context: PanelContext, judged: JudgedClaim) -> None:
        super().__init__()
        self._context, self.link_uuid = context, judged.link.uuid
        self.setObjectName("card")
        words = claim_words(judged.claim)
        self.relation = RelationButton(words)
        self.relation.picked.connect(lambda relation: context.do(update_evidence, self.link_uuid, bearing=relation))
        self.words = LinkButton(words, self.tr("Show the report: {0}").format(words))
        self.words.clicked.connect(lambda: context.show_claim(judged.claim.uuid, raise_form=True))
        self.remove_button = IconButton("close", self.tr("Unlink the report: {0}").format(words))
        link = judged.link
        self.remove_button.clicked.connect(lambda: context.do(unlink_evidence, link.claim_uuid, link.evidence_uuid))
        self.fields = FieldSet(QFormLayout(), self._commit, self)
        context.keep_typing(self.fields, self._commit)
        self.part = LineField()
        self.part.setPlaceholderText(self.tr("all of it"))
        tip = self.tr("The part of the report that this judgement covers, in words")
        label = self.fields.bind("note", self.tr("Part judged"), self.part, tip)
        top = QHBoxLayout()
        top.addWidget(self.words, 1)
        top.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addLayout(side_by_side(label, self.part, stretch=1))
        layout.addLayout(side_by_side(self.relation))
        self.fields.show_other(link)
        self.relation.show_relation(link.bearing)

    def show_link(self, link: ClaimEvidence) -> None:
        self.fields.show_row(link)
        self.relation.show_relation(link.bearing)

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [self.words, self.remove_button, self.part, self.relation]

    def _commit(self, column: str, value: Any, series: str = "") -> str:
        if self.link_uuid not in self._context.document.table("claim_evidence"):
            return ""
        return self._context.attempt_typed(series, update_evidence, self.link_uuid, **{column: value})


class ReportsJudged(QWidget):
    """The reports that a judgement is about, and a line to link another one."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.rows: list[LinkedReport] = []
        self._column = RowColumn(spacing=5)
        name = self.tr("Link a report that this judgement is about")
        self.picker = Picker(self._offers, self.tr("A report that it judges…"), name)
        self.picker.picked.connect(lambda uuid: context.do(link_report, self._claim_uuid, uuid))
        self.picker.let_go.connect(context.tell_not_linked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._column)
        layout.addWidget(self.picker)

    def show_claim(self, claim: Claim) -> None:
        judged = reports_of(self._context.document, claim.uuid)
        self._claim_uuid = claim.uuid
        self.picker.show_for(claim.uuid)
        shown = tuple((entry.link.uuid, claim_words(entry.claim)) for entry in judged)
        if shown != self._shown:
            self._shown, self.rows = shown, []
            self._column.fill(judged, self._row, self.tr("It is about no report: it stands for itself."))
        for row, entry in zip(self.rows, judged, strict=False):
            row.show_link(entry.link)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        for row in self.rows:
            row.fields.flush()

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [*(stop for row in self.rows for stop in row.stops()), self.picker]

    def _row(self, judged: JudgedClaim) -> QWidget:
        row = LinkedReport(self._context, judged)
        self.rows.append(row)
        return row

    def _offers(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        known = {judged.claim.uuid for judged in reports_of(document, self._claim_uuid)}
        for claim in document.claims.values():
            if is_report(claim) and claim.uuid not in known and claim.uuid != self._claim_uuid:
                yield claim.uuid, claim_words(claim)


class OwnJudgements(QWidget):
    """Our judgements about a report, each in two sentences with the part that it covers, and a button for another."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.rows: list[LinkButton] = []
        self._column = RowColumn(spacing=3)
        self.judge_button = QPushButton(self.tr("Judge this report"))
        self.judge_button.setAccessibleName(self.judge_button.text())
        self.judge_button.setToolTip(
            tooltip(self.tr("Begin a judgement of your own that is linked with this report (J)"))
        )
        self.judge_button.clicked.connect(lambda: judge(context))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._column)
        layout.addLayout(side_by_side(self.judge_button))

    def show_claim(self, claim: Claim) -> None:
        judged = judgements_of(self._context.document, claim.uuid)
        shown = tuple((entry.claim.uuid, _own_words(entry)) for entry in judged)
        if shown != self._shown:
            self._shown, self.rows = shown, []
            self._column.fill(judged, self._row, self.tr("Not judged by us."))

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [*self.rows, self.judge_button]

    def _row(self, judged: JudgedClaim) -> QWidget:
        row = QWidget()
        statement = one_line(judged.claim.statement or no_words(), _LONGEST)
        link = LinkButton(judged_words(judged.claim), self.tr("Show the judgement: {0}").format(statement))
        link.clicked.connect(lambda: self._context.show_claim(judged.claim.uuid, raise_form=True))
        self.rows.append(link)
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(link)
        layout.addWidget(muted(statement))
        if judged.link.note.strip():
            layout.addWidget(muted(self.tr("Of the part: {0}").format(one_line(judged.link.note, _LONGEST))))
        return row


def _own_words(judged: JudgedClaim) -> str:
    return "\n".join((judged_words(judged.claim), judged.claim.statement, judged.link.note))
