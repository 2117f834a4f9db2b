"""The form of one response: who answers, in which words, and to which claims or to the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.rows import Response
from viewer.commands.responses import answer_new_claim, set_response_claims, update_response
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.products.printed_in import PrintedIn
from viewer.panels.row_form import RowForm
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField, TextField
from viewer.panels.widgets.form_page import heading, muted, with_room
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import example
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label


class ResponseForm(RowForm):
    """The form of the context's response."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "responses", update_response, parent)
        add = self.fields.add
        add(
            "speaker",
            self.tr("Speaker"),
            with_room(LineField()),
            self.tr("The person or body that answers"),
        )
        add("words", self.tr("Words, verbatim"), TextField(lines=3))
        add(
            "made_at",
            self.tr("Date"),
            DateField(example("2024-04-12")),
            self.tr("Date on which it was said: a year, month, day or instant, UTC"),
        )
        add("source_uuid", self.tr("Source"), ChoiceField(), self.tr("Source that holds the response"))
        add("notes", self.tr("Notes"), TextField(lines=1))
        self.claims = RowColumn(spacing=2)
        new_claim = self.tr("New claim “{0}”").format
        name = self.tr("Name a claim this response answers")
        self.picker = Picker(self._offers, self.tr("Name a claim it answers…"), name, new_claim)
        self.picker.picked.connect(lambda uuid: self._set_claims([*self._linked(), uuid]))
        self.picker.let_go.connect(context.tell_not_linked)
        self.picker.created.connect(lambda text: context.do(answer_new_claim, self._uuid, text))
        self.comments = CommentsOnRow(context)
        content = self.page.content
        content.addWidget(self.comments)
        content.addLayout(self.form)
        content.addWidget(heading(self.tr("Answers")))
        content.addLayout(self.claims)
        content.addWidget(self.picker)
        self.printed_in = PrintedIn(context)
        content.addWidget(self.printed_in)
        content.addWidget(muted(self.tr("A response is a record of its own: it changes no claim's state.")))
        content.addStretch(1)
        context.changed.connect(self._heard)
        context.flush_requested.connect(self.fields.flush)
        self.follow("speaker")

    @override
    def hint(self) -> str:
        return self.tr("Choose a response, or add one.")

    def _heard(self, changes: Changes) -> None:
        if changes.touches("responses", "response_claims", "sources", "claims", "products"):
            self.refresh()

    @override
    def show_row(self, row: Response) -> None:
        document = self._context.document
        titles = [(source.uuid, one_line(source.title, 80)) for source in document.sources.values()]
        self.fields.fields["source_uuid"].set_choices([("", "–"), *titles])
        self.fields.show_row(row)
        self.picker.show_for(row.uuid)
        self.printed_in.show_row("responses", row.uuid)
        self.comments.show_row("responses", row.uuid)
        self.claims.fill(self._linked(), self._claim_row, self.tr("The whole of what was reported."))

    def _claim_row(self, uuid: str) -> QWidget:
        claim = self._context.document.claims[uuid]
        text = one_line(claim.statement or claim.source_wording or self.tr("(empty claim)"), 140)
        row = QWidget()
        label = plain_label(text)
        label.setWordWrap(True)
        button = IconButton("close", self.tr("Unlink %1").replace("%1", text))
        button.clicked.connect(lambda: self._set_claims([other for other in self._linked() if other != uuid]))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _linked(self) -> list[str]:
        return [link.claim_uuid for link in self._context.document.links.response_to_claims(self._uuid)]

    def _set_claims(self, uuids: list[str]) -> None:
        self._context.do(set_response_claims, self._uuid, uuids)

    def _offers(self) -> Iterable[tuple[str, str]]:
        linked = set(self._linked())
        for claim in self._context.document.claims.values():
            if claim.uuid not in linked:
                yield claim.uuid, claim.statement or claim.source_wording or self.tr("(empty claim)")
