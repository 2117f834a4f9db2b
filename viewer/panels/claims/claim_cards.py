"""The claims of a site as cards: what is said, by whom, and, on lines of their own, how likely and how sure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimEvidence
from layers.document.vocabulary import BEARINGS
from layers.product.judging.judged import CLAIMS, judgements_of, reports_of
from viewer.panels.claims.evidence_drop import EvidenceDrop
from viewer.panels.claims.judged_claims import claim_words, judged_words
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import likelihood_text
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

LONGEST_STATEMENT, LONGEST_SOURCE = 180, 70


class ClaimCard(QFrame):
    """The card of a claim; a click, Enter or Space opens the claim."""

    opened = Signal(str)
    unlinked = Signal(str)
    evidence = Signal(str, list)
    """Emitted with the claim's uuid and the links and paths that were dropped or pasted on it."""

    def __init__(
        self, claim: Claim, sources: Sequence[str] = (), lines: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        """`sources` are the titles of the sources cited for it, `lines` what else is known of it (`lines_of`)."""
        super().__init__(parent)
        self.uuid = claim.uuid
        self.setObjectName("card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        EvidenceDrop(self).dropped.connect(lambda words, _: self.evidence.emit(self.uuid, words))
        text = claim.statement or claim.source_wording or self.tr("(empty claim)")
        self.setAccessibleName(self.tr("Claim: %1").replace("%1", one_line(text)))
        statement = plain_label(one_line(text, LONGEST_STATEMENT))
        statement.setWordWrap(True)
        self.unlink_button = IconButton("close", self.tr("Unlink this claim from the site"))
        self.unlink_button.clicked.connect(lambda: self.unlinked.emit(self.uuid))
        top = QHBoxLayout()
        top.addWidget(statement, 1)
        top.addWidget(self.unlink_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        chip = plain_label(capital(claim.state))
        chip.setObjectName("chip")
        speaker = muted(one_line(claim.made_by, 80) or capital(claim.voice))
        layout.addLayout(side_by_side(chip, speaker, stretch=1))
        for line in self._facts(claim):
            layout.addWidget(muted(line))
        layout.addWidget(muted(self._cited(claim, sources)))
        for line in lines:
            layout.addWidget(muted(line))

    def _cited(self, claim: Claim, sources: Sequence[str]) -> str:
        if not sources:
            return self.tr("Your own judgement: no source") if claim.voice == "analyst" else self.tr("No source")
        first = one_line(sources[0], LONGEST_SOURCE) or self.tr("(no title)")
        more = self.tr(" and {0} more").format(len(sources) - 1) if len(sources) > 1 else ""
        return self.tr("Source: {0}").format(first) + more

    def _facts(self, claim: Claim) -> Iterable[str]:
        if likelihood := likelihood_text(claim):
            yield self.tr("Likelihood: %1").replace("%1", likelihood)
        if claim.confidence:
            yield self.tr("Confidence: %1").replace("%1", word(claim.confidence))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit(self.uuid)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.uuid)
        else:
            super().keyPressEvent(event)


class ClaimCards(QWidget):
    """A column of cards, or the sentence that there is none."""

    opened = Signal(str)
    unlinked = Signal(str)
    evidence = Signal(str, list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[Claim, tuple[str, ...], tuple[str, ...]], ...] | None = None
        self.rows = RowColumn(spacing=5)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self.rows)

    def show_claims(self, claims: Iterable[tuple[Claim, tuple[str, ...], tuple[str, ...]]]) -> None:
        """Show claims, each with the titles of its sources and the lines of what it is linked with."""
        claims = tuple(claims)
        if claims == self._shown:
            return
        self._shown = claims
        self.rows.fill(claims, self._card, self.tr("Nothing is claimed about this site."))

    def _card(self, cited: tuple[Claim, tuple[str, ...], tuple[str, ...]]) -> ClaimCard:
        card = ClaimCard(*cited)
        card.opened.connect(self.opened)
        card.unlinked.connect(self.unlinked)
        card.evidence.connect(self.evidence)
        return card


def lines_of(document: Document, claim: Claim) -> tuple[str, ...]:
    """Lines on what a claim is linked with: our judgements of a report, the reports that we judge, its evidence."""
    lines = [
        " ".join(filter(None, (judged_words(judged.claim), _quoted(judged.claim.statement), _part(judged.link))))
        for judged in judgements_of(document, claim.uuid)
    ]
    lines += [
        translate("ClaimCards", "Judges: {0}").format(one_line(claim_words(judged.claim), LONGEST_SOURCE))
        for judged in reports_of(document, claim.uuid)
    ]
    return (*lines, *_evidence_counted(document, claim))


def _quoted(statement: str) -> str:
    return translate("ClaimCards", "“{0}”").format(one_line(statement, LONGEST_SOURCE)) if statement.strip() else ""


def _part(link: ClaimEvidence) -> str:
    """The part of the report that is judged, in brackets; empty for all of it."""
    return translate("ClaimCards", "(of the part: {0})").format(one_line(link.note, 60)) if link.note.strip() else ""


def _evidence_counted(document: Document, claim: Claim) -> Iterable[str]:
    links = [link for link in document.links.claim_to_evidence(claim.uuid) if link.evidence_table != CLAIMS]
    counts = [(word(bearing), sum(link.bearing == bearing for link in links)) for bearing in BEARINGS]
    parts = [f"{count} {shown}" for shown, count in counts if count]
    unsaid = len(links) - sum(count for _, count in counts)
    parts += [translate("ClaimCards", "{0} of no relation").format(unsaid)] if unsaid else []
    if parts:
        yield translate("ClaimCards", "Evidence: {0}").format(", ".join(parts))
