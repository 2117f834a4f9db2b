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
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

MOST_OFFERED = 3
"""Most reports whose words are offered."""
_LONGEST = 160
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
    """Links below the statement of a judgement while that is empty, one for each report that it judges."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._claim_uuid = context, ""
        self._words: tuple[str, ...] = ()
        says = self.tr("Put the report's words into the statement, quoted as its own, to be gone on from")
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
        self._claim_uuid = claim.uuid
        is_begun = claim.voice == "analyst" and not claim.statement.strip()
        reports = [judged.claim for judged in reports_of(self._context.document, claim.uuid)] if is_begun else []
        spoken = (report for report in reports if report.source_wording.strip() or report.statement.strip())
        self._words = tuple(map(quoted_words, spoken))[:MOST_OFFERED]
        for at, link in enumerate(self.links):
            has_words = at < len(self._words)
            if has_words:
                link.setText(one_line(self.tr("Start from: {0}").format(self._words[at]), _LONGEST))
                link.updateGeometry()
            link.setVisible(has_words)
        self.setVisible(bool(self._words))

    def _take(self, at: int) -> None:
        if at < len(self._words) and self._context.do(update_claim, self._claim_uuid, statement=self._words[at]):
            self._context.field_wanted.emit("claim_form", "statement")
