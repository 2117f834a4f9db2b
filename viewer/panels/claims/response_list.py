"""The responses: who answered, in which words, to which claims or to the whole. None changes a claim's state."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.rows import Response
from viewer.commands.responses import add_response, delete_responses, set_response_claims, update_response
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fields import ChoiceField, LineField, TextField
from viewer.panels.widgets.form_page import heading, muted
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.list_over_form import Listed, ListOverForm
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.widgets.row_form import RowForm
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import Column, RowTable
from viewer.support.plain_label import plain_label
from viewer.support.text import one_line


class ResponseListPanel(ListOverForm):
    """A list over the form of the response chosen."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        add = partial(add_response, speaker="", words="")
        listed = Listed("responses", "response_claims", "response_uuid", add, delete_responses, "speaker")
        super().__init__(context, listed, parent)
        columns = [
            Column(self.tr("Speaker"), lambda response: response.speaker or self.tr("(nobody named)")),
            Column(self.tr("Answers"), self._answers_text, self._answers, 96, False, self.tr("Claims that it answers")),
            Column(self.tr("Words"), lambda response: response.words, None, 260),
        ]
        model = RowTable(columns, lambda response: f"{response.words} {response.notes}", self)
        rows = RowList(model, self.tr("Responses"))
        self.build(rows, model, ResponseForm(context), self.tr("Add response"), list_px=200)

    def _answers(self, response: Response) -> int:
        return len(self._context.document.claim_links_of_response(response.uuid))

    def _answers_text(self, response: Response) -> str:
        count = self._answers(response)
        return self.tr("%1 claims").replace("%1", str(count)) if count else self.tr("the whole")


class ResponseForm(RowForm):
    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "responses", update_response, parent)
        tr, add = self.tr, self.fields.add
        add("speaker", tr("Speaker"), LineField(), tr("The person or body that answers"))
        add("words", tr("Words, verbatim"), TextField(lines=3))
        add("made_at", tr("Date"), LineField(), tr("Date on which it was said"))
        add("source_uuid", tr("Source"), ChoiceField(), tr("Source that holds the response"))
        add("notes", tr("Notes"), TextField(lines=1))
        self.claims = RowColumn(spacing=2)
        self.picker = Picker(self._offers, tr("Name a claim it answers…"), tr("Name a claim this response answers"))
        self.picker.picked.connect(lambda uuid: self._set_claims([*self._linked(), uuid]))
        content = self.page.content
        content.addLayout(self.form)
        content.addWidget(self.fields.refusal)
        content.addWidget(heading(tr("Answers")))
        content.addLayout(self.claims)
        content.addWidget(self.picker)
        content.addWidget(muted(tr("A response is a record of its own: it changes no claim's state.")))
        content.addStretch(1)
        context.changed.connect(self._heard)
        context.flush_requested.connect(self.fields.flush)

    @override
    def hint(self) -> str:
        return self.tr("Choose a response, or add one.")

    def _heard(self, changes: Changes) -> None:
        if changes.touches("responses", "response_claims", "sources", "claims"):
            self.refresh()

    @override
    def show_row(self, row: Response) -> None:
        document = self._context.document
        titles = [(source.uuid, one_line(source.title, 80)) for source in document.sources.values()]
        self.fields.fields["source_uuid"].set_choices([("", "–"), *titles])
        self.fields.show_row(row)
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
        return [link.claim_uuid for link in self._context.document.claim_links_of_response(self._uuid)]

    def _set_claims(self, uuids: list[str]) -> None:
        self._context.do(set_response_claims, self._uuid, uuids)

    def _offers(self) -> Iterable[tuple[str, str]]:
        linked = set(self._linked())
        for claim in self._context.document.claims.values():
            if claim.uuid not in linked:
                yield claim.uuid, claim.statement or claim.source_wording or self.tr("(empty claim)")
