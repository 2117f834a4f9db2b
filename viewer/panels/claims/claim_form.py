"""The form of one claim: what is said, in whose words, where, on what source, and what the analyst thinks of it."""

from __future__ import annotations

from typing import override

from PySide6.QtWidgets import QFormLayout, QPushButton, QWidget

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.vocabulary import MARKINGS, STATES, VOICES
from viewer.commands.claims import delete_claims, update_claim
from viewer.panels.claims.claim_sites import ClaimSites
from viewer.panels.claims.claim_sources import ClaimSources
from viewer.panels.claims.judgement import JudgementFields
from viewer.panels.context import PanelContext
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, TextField
from viewer.panels.widgets.form_page import heading, muted, side_by_side, wrapped
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.widgets.row_form import RowForm
from viewer.panels.words import choices
from viewer.support.text import plain


class ClaimFormPanel(RowForm):
    """Shows the context's claim."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "claims", update_claim, parent)
        self._add_fields()
        self.page.content.addLayout(self.form)
        self.page.content.addWidget(heading(self.tr("The analyst's judgement")))
        self.judgement = JudgementFields(context, self.fields)
        self.page.content.addWidget(self.judgement)
        self.page.content.addWidget(self.fields.refusal)
        self.places, self.sources = ClaimSites(context), ClaimSources(context)
        self._add_links()
        context.claim_shown.connect(self._shown)
        context.flush_requested.connect(self.flush)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.refresh)
        self._shown(context.claim_uuid)

    def _add_fields(self) -> None:
        tr, add = self.tr, self.fields.add
        add("statement", tr("Statement"), TextField(lines=2), tr("The proposition, in neutral words of your own"))
        add(
            "source_wording",
            tr("Source wording, verbatim"),
            TextField(lines=2),
            tr("The source's own words, unchanged: an official's “likely” stays here and is never our likelihood"),
        )
        add("made_by", tr("Speaker"), LineField(), tr("The person or body whose words these are"))
        made_at = LineField()
        made_at.setPlaceholderText("2024-04-12")
        add("made_at", tr("Date"), made_at, tr("Date on which it was said"))
        add("voice", tr("Voice"), ChoiceField(choices(VOICES)), tr("A speaker, the report itself, or the analyst"))
        add("state", tr("State"), ChoiceField(choices(STATES)), tr("What has become of the claim in this case"))
        marks = [(marking, marking or tr("none")) for marking in MARKINGS]
        add("marking", tr("Marking"), ChoiceField(marks, free=True), tr("Handling marking of this claim"))

    def _add_links(self) -> None:
        content = self.page.content
        content.addWidget(heading(self.tr("Places")))
        content.addWidget(self.places)
        form = QFormLayout()
        note = FieldSet(form, self._commit, self)
        self.place_note = LineField()
        note.add("place_note", self.tr("Place note"), self.place_note, self.tr("What the source says of the place"))
        self.note = note
        content.addLayout(form)
        content.addWidget(heading(self.tr("Sources")))
        content.addWidget(self.sources)
        content.addWidget(heading(self.tr("Responses")))
        self.responses = RowColumn(spacing=5)
        content.addLayout(self.responses)
        content.addWidget(muted(self.tr("A response is a record of its own: it changes no claim's state.")))
        self.delete_button = QPushButton(self.tr("Delete claim"))
        self.delete_button.setAccessibleName(self.delete_button.text())
        self.delete_button.clicked.connect(self._delete)
        content.addLayout(side_by_side(self.delete_button))
        content.addStretch(1)

    # -- showing ------------------------------------------------------------------------------------------------

    @override
    def hint(self) -> str:
        return self.tr("Choose a claim in the list or on a site's card, or add one.")

    def begin(self) -> None:
        """The keyboard goes into the statement."""
        begin_typing(self.fields.fields["statement"])

    def flush(self) -> None:
        """Commit what is typed and not entered yet."""
        self.fields.flush()
        self.note.flush()
        self.sources.flush()

    def _shown(self, uuid: str) -> None:
        self._uuid = uuid
        claim = self.row()
        if claim is not None:
            self.fields.show_other(claim)
            self.note.show_other(claim)
        self.refresh()
        if claim is not None:
            self.page.show_form(from_top=True)

    def _heard(self, changes: Changes) -> None:
        if self._uuid and changes.touches(
            "claims", "claim_sites", "sites", "claim_sources", "sources", "responses", "response_claims"
        ):
            self.refresh()

    @override
    def show_row(self, row: Claim) -> None:
        self.fields.show_row(row)
        self.note.show_row(row)
        self.judgement.show_claim(row)
        self.places.show_claim(row)
        self.sources.show_claim(row)
        answers = self._context.document.responses_to(row.uuid)
        self.responses.fill(
            answers,
            lambda answer: wrapped(plain(f"{answer.speaker}: “{answer.words}”")),
            self.tr("None recorded."),
        )

    # -- gestures -----------------------------------------------------------------------------------------------

    def _delete(self) -> None:
        self._context.do(delete_claims, (self._uuid,))
