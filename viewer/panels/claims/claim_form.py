"""The form of one claim: what is said, in whose words, where, on what source, and what the analyst thinks of it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any, override

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QPushButton, QWidget

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.vocabulary import MARKINGS, STATES, VOICES
from layers.product.wording.claim_texts import CLAIM_KINDS, rules_kept
from layers.product.wording.rules import BY_NAME
from viewer.commands.claims import delete_claims, update_claim
from viewer.panels.claims.claim_cautions import ClaimCautions
from viewer.panels.claims.claim_sites import ClaimSites
from viewer.panels.claims.claim_sources import ClaimSources
from viewer.panels.claims.claim_steps import ClaimSteps
from viewer.panels.claims.claim_verbs import FEW_SITES
from viewer.panels.claims.earlier_lines import EarlierLines
from viewer.panels.claims.evidence_drop import EvidenceDrop, take_evidence
from viewer.panels.claims.evidence_links import EvidenceLinks
from viewer.panels.claims.judged_claims import JudgedAbove, OwnJudgements, ReportsJudged
from viewer.panels.claims.judgement import JudgementFields
from viewer.panels.claims.reason_line import ASKED, ReasonLine
from viewer.panels.claims.structured_judgement import STRUCTURED, ChangeNote, StructuredFields, is_structured
from viewer.panels.claims.words_of_report import WordsOfReport
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.products.printed_in import PrintedIn
from viewer.panels.row_form import RowForm
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField, TextField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import muted, side_by_side, with_room, wrapped
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.wording_margin import WordingMargin
from viewer.panels.words import choices, example
from viewer.support.language.stored_words import word
from viewer.support.language.text import plain
from viewer.support.plain_label import plain_label


class ClaimFormPanel(RowForm):
    """The form of the context's claim. A report begins with its source and words, a judgement with its statement."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "claims", update_claim, parent)
        self.places, self.sources = ClaimSites(context), ClaimSources(context)
        self.earlier = EarlierLines(context, self)
        self.evidence, self.steps = EvidenceLinks(context), ClaimSteps(context)
        self.judged_above = JudgedAbove(context)
        self.own_judgements, self.reports = OwnJudgements(context), ReportsJudged(context)
        self.responses = RowColumn(spacing=5)
        self.sources_part = FoldSection(self.tr("Sources"))
        self.words_part, self.statement_part = FoldSection(self.tr("Words")), FoldSection(self.tr("Statement"))
        self.judgement_part, self.places_part = FoldSection(self.tr("Judgement")), FoldSection(self.tr("Places"))
        self.own_part = FoldSection(self.tr("Judged by us"))
        self.reports_part = FoldSection(self.tr("Reports it judges"))
        self.evidence_part = FoldSection(self.tr("Evidence"))
        self.steps_part = FoldSection(self.tr("How we know"), folded=True)
        self.structured_part = FoldSection(self.tr("Alternatives, assumptions"), folded=True)
        self.responses_part = FoldSection(self.tr("Responses"), folded=True)
        self.more_part = FoldSection(self.tr("More"), folded=True)
        self._parts: list[FoldSection] = []
        self._is_own: bool | None = None
        """True where the parts are in the order of a judgement; None before the first claim."""
        self._was_assessed = False
        self.reasons, self.about_many = {column: ReasonLine(context, column) for column in ASKED}, plain_label()
        self.about_many.setObjectName("bigFact")
        self._add_words()
        self._add_statement()
        self._add_judgement()
        self._add_links()
        self._add_more()
        self.cautions = ClaimCautions(context, self.fields.fields)
        self.wording = WordingMargin(
            context, {column: (self.fields.fields[column], kind) for column, kind in CLAIM_KINDS.items()}, self._kept
        )
        self.printed_in, self.comments = PrintedIn(context), CommentsOnRow(context)
        self.page.content.addWidget(self.printed_in)
        self.page.content.addStretch(1)
        self._arrange(is_own=False)
        self.sources.cited.connect(self._cited)
        drop = EvidenceDrop(self)
        drop.dropped.connect(lambda words, _: self._take(words))
        context.claim_shown.connect(self._shown)
        context.relation_wanted.connect(self._ask_relation)
        context.flush_requested.connect(self.flush)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.refresh)
        self._shown(context.claim_uuid)

    def _add_words(self) -> None:
        add = self.fields.add
        self.words_part.content.addLayout(self.form)
        add(
            "source_wording",
            self.tr("Exact words"),
            TextField(lines=2),
            self.tr("The source's own words, unchanged: an official's “likely” stays here and is never our likelihood"),
        )
        add("made_by", self.tr("Speaker"), with_room(LineField()), self.tr("The person or body whose words these are"))
        made_at = DateField(example("2024-04-12"))
        add(
            "made_at",
            self.tr("Date"),
            made_at,
            self.tr("Date on which it was said: a year, month, day or instant, UTC, or two joined by /"),
        )
        for column in ("source_wording", "made_by", "made_at"):
            self.words_part.content.addWidget(self.earlier.lines[column])

    def _add_statement(self) -> None:
        self.state_row = QWidget()
        form = QFormLayout(self.state_row)
        self.fields.go_on_in(form)
        statement = TextField(lines=2)
        statement.setPlaceholderText(self.tr("The proposition, in neutral words of your own"))
        label = self.fields.bind("statement", self.tr("Statement"), statement, statement.placeholderText())
        label.setParent(self)
        label.hide()  # the part's heading says it
        self.words_of_report = WordsOfReport(self._context)
        self.statement_part.content.addWidget(statement)
        self.statement_part.content.addWidget(self.words_of_report)
        self.statement_part.content.addWidget(self.earlier.lines["statement"])
        self.fields.add(
            "state", self.tr("State"), ChoiceField(choices(STATES)), self.tr("How far this case has checked the claim")
        )
        form.addRow(self.reasons["state"])
        form.addRow(self.earlier.lines["state"])

    def _add_judgement(self) -> None:
        self.judgement = JudgementFields(self._context, self.fields, self.reasons, self.earlier.lines)
        self.judgement_part.content.addWidget(self.judgement)
        self.fields.pair("likelihood_low", "likelihood_high", self._commit_columns)
        self.structured_part.content.addWidget(StructuredFields(self.fields, self.earlier.lines))
        self.change_note = ChangeNote(self.fields)

    def _add_links(self) -> None:
        self.sources_part.content.addWidget(self.sources)
        self.places_part.content.addWidget(self.places)
        for part, shown in (
            (self.own_part, self.own_judgements),
            (self.reports_part, self.reports),
            (self.evidence_part, self.evidence),
            (self.steps_part, self.steps),
        ):
            part.content.addWidget(shown)
        self.responses_part.content.addLayout(self.responses)
        note = muted(self.tr("A response is a record of its own: it changes no claim's state."))
        self.responses_part.content.addWidget(note)

    def _add_more(self) -> None:
        form = QFormLayout()
        self.fields.go_on_in(form)
        voices = ChoiceField(choices(VOICES))
        self.fields.add("voice", self.tr("Voice"), voices, self.tr("A speaker, the report itself, or the analyst"))
        self.place_note = LineField()
        self.fields.add(
            "place_note", self.tr("Place note"), self.place_note, self.tr("What the source says of the place")
        )
        marks = [(marking, marking or self.tr("none")) for marking in MARKINGS]
        marking = ChoiceField(marks, free=True)
        self.fields.add("marking", self.tr("Marking"), marking, self.tr("Handling marking of this claim"))
        self.delete_button = QPushButton(self.tr("Delete claim"))
        self.delete_button.setAccessibleName(self.delete_button.text())
        self.delete_button.clicked.connect(self._delete)
        self.more_part.content.addLayout(form)
        self.more_part.content.addLayout(side_by_side(self.delete_button))

    def _arrange(self, *, is_own: bool) -> None:
        """Lay the parts out in the order in which a judgement, or a report, is written; the Tab key follows.

        A judgement begins with a state that is seldom changed, so that field comes after the judgement itself.
        """
        if is_own == self._is_own:
            return
        self._is_own = is_own
        begin = [self.statement_part, self.judgement_part] if is_own else [self.words_part, self.statement_part]
        if is_own:
            judged = [self.sources_part, self.evidence_part, self.reports_part, self.structured_part]
            parts = [*begin, *judged, self.steps_part, self.places_part, self.words_part]
        else:
            parts = [self.sources_part, *begin, self.own_part, self.places_part, self.judgement_part]
            parts += [self.evidence_part, self.steps_part, self.structured_part, self.reports_part]
        parts += [self.responses_part, self.more_part]
        self._parts = parts
        rows: list[QWidget] = [*parts]
        rows[1 + parts.index(begin[1]) : 1 + parts.index(begin[1])] = [
            *(self.state_row, self.cautions, self.wording, self.change_note)
        ]
        rows[:0] = [self.comments, self.judged_above, self.about_many, self.earlier.note]
        for place, row in enumerate(rows):
            self.page.content.insertWidget(place, row)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Order the Tab key by the places of the fields, and put the headings last."""
        fields, sources = self.fields.fields, self.sources
        answers = {column: line.field for column, line in self.reasons.items()}
        state: list[QWidget] = [fields["state"], answers["state"], fields["change_note"]]
        judged: list[QWidget] = [*(fields[name] for name in ASKED["likelihood_term"]), answers["likelihood_term"]]
        judged += [fields["confidence"], answers["confidence"], fields["confidence_reason"]]
        cited: list[QWidget] = [stop for citation in sources.citations for stop in citation.stops()]
        stops: dict[FoldSection, list[QWidget]] = {
            self.own_part: self.own_judgements.stops(),
            self.reports_part: self.reports.stops(),
            self.evidence_part: self.evidence.stops(),
            self.structured_part: [fields[name] for name in STRUCTURED],
            self.steps_part: self.steps.stops(),
            self.sources_part: [sources.picker, sources.image_button, *cited],
            self.words_part: [fields[name] for name in ("source_wording", "made_by", "made_at")],
            self.statement_part: [fields["statement"], *self.words_of_report.links, *([] if self._is_own else state)],
            self.judgement_part: [*judged, *(state if self._is_own else [])],
            self.places_part: [*self.places.stops()],
            self.more_part: [*(fields[name] for name in ("voice", "place_note", "marking")), self.delete_button],
        }
        chain = [stop for part in self._parts for stop in stops.get(part, [])]
        for before, after in pairwise([*chain, *(part.header for part in self._parts)]):
            QWidget.setTabOrder(before, after)

    # -- showing ------------------------------------------------------------------------------------------------

    @override
    def hint(self) -> str:
        return self.tr("Choose a claim in the list or on a site's card, report one (R) or judge (J).")

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.fields.flush()
        self.sources.flush()
        self.reports.flush()
        self.steps.flush()

    def _shown(self, uuid: str) -> None:
        self._uuid = uuid
        claim = self.row()
        if claim is None:
            self.fields.forget()
        else:
            self.fields.show_other(claim)
            self._fold_for(claim)
        self.refresh()
        self.earlier.show_claim(uuid)
        if claim is not None:
            self.page.show_form(from_top=True)

    def _fold_for(self, claim: Claim) -> None:
        """Unfold the parts that belong to a claim's kind, and those that it has filled in."""
        is_own = claim.voice == "analyst"
        self._arrange(is_own=is_own)
        self._was_assessed = claim.state == "assessed"
        self.judgement_part.set_folded(not self._was_assessed)
        self.words_part.set_folded(is_own and not (claim.source_wording or claim.made_by or claim.made_at))
        self.own_part.setVisible(not is_own)
        links = self._context.document.links
        self.evidence_part.offer(is_open=is_own or bool(links.claim_to_evidence(claim.uuid)))
        self.steps_part.offer(is_open=bool(claim.steps_json))
        self.structured_part.offer(is_open=is_structured(claim))
        self.responses_part.offer(is_open=bool(links.claim_to_responses(claim.uuid)))

    @override
    def begin(self) -> None:
        """Focus the statement of a judgement, or the line for the source of a report."""
        if self.row() is not None:
            self.page.show_form(from_top=True)
            begin_typing(self.fields.fields["statement"] if self._is_own else self.sources.picker)

    def _kept(self, column: str) -> frozenset[str]:
        """The rules of wording that are not asked of a text: a report's statement is no assertion of ours."""
        claim = self.row()
        if column == "statement" and not self._is_own:
            return frozenset(BY_NAME)
        return rules_kept(self._context.document, claim, column, self.fields.fields[column].toPlainText())

    def _cited(self) -> None:
        """Focus the words of the source that was just cited, where the claim is a report."""
        words = self.fields.fields["source_wording"]
        if not self._is_own and not words.toPlainText():
            self.page.hold(words)
            words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _heard(self, changes: Changes) -> None:
        if self._uuid and changes.touches(
            *("claims", "claim_sites", "sites", "claim_sources", "sources", "responses", "response_claims", "products"),
            *("claim_evidence", "observations", "chips", "searches", "images"),
        ):
            self.page.keep_still()
            self.refresh()

    @override
    def show_row(self, row: Claim) -> None:
        self.fields.show_row(row)
        if (row.state == "assessed") != self._was_assessed:
            self._was_assessed = row.state == "assessed"
            self.judgement_part.set_folded(not self._was_assessed)
        self.judgement.show_claim(row)
        for line in self.reasons.values():
            line.show_claim(row)
        self.places.show_claim(row)
        is_assessed = row.state == "assessed"
        self.reports_part.setVisible(bool(self._is_own))
        self.structured_part.setVisible(bool(self._is_own) or is_assessed or is_structured(row))
        self.change_note.show_claim(self._context.document, row)
        for shown in (
            self.judged_above,
            self.words_of_report,
            self.own_judgements,
            self.reports,
            self.evidence,
            self.steps,
            self.cautions,
        ):
            shown.show_claim(row)
        sites = len(self._context.document.links.claim_to_sites(row.uuid))
        self.about_many.setText(self.tr("About %1 sites").replace("%1", str(sites)))
        self.about_many.setVisible(sites > FEW_SITES)
        self.sources.show_claim(row)
        self._order_tabs()
        self.printed_in.show_row("claims", row.uuid)
        self.comments.show_row("claims", row.uuid)
        answers = self._context.document.links.responses_to(row.uuid)
        self.responses.fill(
            answers,
            lambda answer: wrapped(
                plain(f"{answer.speaker}: {f'“{answer.words}”' if answer.words else word(answer.kind)}")
            ),
            self.tr("None recorded."),
        )

    @override
    def _commit(self, column: str, value: Any, series: str = "") -> str:
        bounds = self.judgement.typed_within(value) if column == "likelihood_term" else {}
        return self._commit_columns({column: value, **bounds}, series)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.earlier.look_soon()

    # -- gestures -----------------------------------------------------------------------------------------------

    def _take(self, words: list[str]) -> None:
        if self.row() is not None:
            take_evidence(self._context, self._uuid, words)

    def _ask_relation(self, uuid: str, rows: list[str]) -> None:
        """Ask which relation rows have that were just dropped here."""
        if uuid == self._uuid:
            self.evidence_part.offer(is_open=True)
            self.evidence.ask_relation(rows)
            QTimer.singleShot(0, self, partial(self.page.show_from, self.evidence_part))  # once it is laid out

    def _delete(self) -> None:
        self._context.do(delete_claims, (self._uuid,))
