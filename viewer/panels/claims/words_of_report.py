"""The offer to start a judgement from the words of the report that it judges: quoted, as the report's own."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.vocabulary import AS_REPORTED
from layers.product.judging.judged import reports_of
from viewer.commands.claims import update_claim
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate

MOST_OFFERED = 3
"""Most reports whose words are offered."""
_LONGEST, _LONGEST_OFFER = 160, 48
_QUOTES = "“”„«»\"'‘’ "


def quoted_words(report: Claim) -> str:
    """The words of a report as a judgement may begin with them: unchanged, and told as its speaker's.

    Where it has no words of a source, the statement stands for them, which no quotation marks may surround.
    """
    who, wording = one_line(report.made_by), " ".join(report.source_wording.split())
    if not wording:
        statement = " ".join(report.statement.split())
        if who:
            return translate("WordsOfReport", "As reported by {0}: {1}").format(who, statement)
        return translate("WordsOfReport", "As reported: {0}").format(statement)
    words = f"“{wording.strip(_QUOTES)}”"
    if not who:
        return translate("WordsOfReport", "As reported: {0}").format(words)
    if report.words_kind == AS_REPORTED:
        return translate("WordsOfReport", "As reported, citing {0}: {1}").format(who, words)
    return f"{who}: {words}"


class WordsOfReport(QWidget):
    """Links below the statement of a judgement while that is empty, one for each report that it judges.

    Once the statement is begun they leave their room empty until another claim is shown: what lies below would
    move while the analyst is on the way to it.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._claim_uuid = context, ""
        self._words: tuple[str, ...] = ()
        says = self.tr("Put the report’s words into the statement, to be gone on from")
        self.links = [LinkButton("", says) for _ in range(MOST_OFFERED)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for at, link in enumerate(self.links):
            link.clicked.connect(partial(self._take, at))
            layout.addWidget(link)
        self.hide()

    def show_claim(self, claim: Claim) -> None:
        """Offer the words of the reports that a judgement without a statement is about."""
        is_other = claim.uuid != self._claim_uuid
        self._claim_uuid = claim.uuid
        is_begun = claim.voice == "analyst" and not claim.statement.strip()
        reports = [judged.claim for judged in reports_of(self._context.document, claim.uuid)] if is_begun else []
        spoken = [report for report in reports if report.source_wording.strip() or report.statement.strip()]
        self._words = tuple(map(quoted_words, spoken))[:MOST_OFFERED]
        if not is_other and not self._words and not self.isHidden():
            for link in self.links:
                if not link.isHidden():
                    _keep_room(link, is_kept=True)
                    link.hide()
            return
        for link, report, words in zip(self.links, spoken, self._words, strict=False):
            says = self.tr("Put these words into the statement, to be gone on from: {0}").format(words)
            link.setText(self._offer(report, is_only=len(self._words) == 1))
            link.setAccessibleName(one_line(says, _LONGEST))
            link.setToolTip(tooltip(says))
        for at, link in enumerate(self.links):
            _keep_room(link, is_kept=False)
            link.setVisible(at < len(self._words))
        self.setVisible(bool(self._words))

    def _offer(self, report: Claim, *, is_only: bool) -> str:
        if is_only:
            return self.tr("Start from the report’s words")
        words = one_line(report.source_wording or report.statement, _LONGEST_OFFER)
        return self.tr("Start from: {0}").format(f"“{words.strip(_QUOTES)}”")

    def _take(self, at: int) -> None:
        if at < len(self._words) and self._context.do(update_claim, self._claim_uuid, statement=self._words[at]):
            self._context.field_wanted.emit("claim_form", "statement")


def _keep_room(link: QWidget, *, is_kept: bool) -> None:
    """Keep the room of a link while it is hidden, or leave none."""
    policy = link.sizePolicy()
    policy.setRetainSizeWhenHidden(is_kept)
    link.setSizePolicy(policy)
