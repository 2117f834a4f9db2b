"""The responses: who answered, in which words, to which claims or to the whole. None changes a claim's state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.rows import Response
from viewer.commands.responses import add_response, delete_responses, set_response_claims, update_response
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.panels.field_set import FieldSet
from viewer.panels.fields import ChoiceField, LineField, TextField
from viewer.panels.form_page import FormPage, clear_layout, heading, muted, side_by_side
from viewer.panels.icon_button import IconButton
from viewer.panels.picker import Picker
from viewer.panels.row_list import RowList
from viewer.panels.row_table import Column, RowTable
from viewer.support.text import one_line, plain_label


class ResponseListPanel(QWidget):
    """A list over the form of the response chosen."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        columns = [
            Column(self.tr("Speaker"), lambda response: response.speaker or self.tr("(nobody named)")),
            Column(self.tr("Answers"), self._answers_text, self._answers, 96, False, self.tr("Claims it answers")),
            Column(self.tr("Words"), lambda response: response.words, None, 260),
        ]
        self.model = RowTable(columns, lambda response: f"{response.words} {response.notes}", self)
        self.list = RowList(self.model, self.tr("Responses"))
        self.form = ResponseForm(context)
        self.add_button = QPushButton(self.tr("Add response"))
        self.delete_button = QPushButton(self.tr("Delete"))
        for button in (self.add_button, self.delete_button):
            button.setAccessibleName(button.text())
        top = QWidget()
        above = QVBoxLayout(top)
        above.setContentsMargins(8, 8, 8, 4)
        above.addWidget(self.list, 1)
        above.addLayout(side_by_side(self.add_button, self.delete_button))
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(top)
        splitter.addWidget(self.form)
        splitter.setSizes([200, 420])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.list.chosen.connect(self._chosen)
        self.list.delete_wanted.connect(self._delete)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self._delete)
        context.document_replaced.connect(self._read)
        context.changed.connect(self._heard)
        self._read()

    def _answers(self, response: Response) -> int:
        return len(self._context.document.claim_links_of_response(response.uuid))

    def _answers_text(self, response: Response) -> str:
        count = self._answers(response)
        return self.tr("%1 claims").replace("%1", str(count)) if count else self.tr("the whole")

    def _read(self) -> None:
        self.model.set_rows(self._context.document.responses.values())
        self.list.select(())
        self._chosen(frozenset())

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        touched = set(changes.uuids("responses"))
        if changes.edit is not None:
            links = (change.row for change in changes.edit.changes if change.table == "response_claims")
            touched |= {link.response_uuid for link in links}  # type: ignore[attr-defined]
        if touched:
            self.model.refresh(touched, self._context.document.responses)
        gone = self.list.selected() - self._context.document.responses.keys()
        if gone:
            self.list.select(self.list.selected() - gone)
            self._chosen(self.list.selected())

    def _chosen(self, uuids: frozenset[str]) -> None:
        self.delete_button.setEnabled(bool(uuids))
        self.form.show_response(next(iter(uuids)) if len(uuids) == 1 else "")

    def _add(self) -> None:
        uuid = new_uuid()
        if self._context.do(add_response, "", "", uuid=uuid):
            self.list.filter.clear()
            self.list.select({uuid})
            self._chosen(frozenset({uuid}))
            self.form.fields.fields["speaker"].setFocus()

    def _delete(self) -> None:
        if self.list.selected():
            self._context.do(delete_responses, sorted(self.list.selected()))


class ResponseForm(QWidget):
    """Each field is its own undo step."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uuid = ""
        self.page = FormPage(self.tr("Choose a response, or add one."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        tr, add = self.tr, self.fields.add
        add("speaker", tr("Speaker"), LineField(), tr("Who answers"))
        add("words", tr("Words, verbatim"), TextField(lines=3))
        add("made_at", tr("Made at"), LineField(), tr("When it was said"))
        add("source_uuid", tr("Source"), ChoiceField(), tr("Where the response is from"))
        add("notes", tr("Notes"), TextField(lines=1))
        self.claims = QVBoxLayout()
        self.claims.setSpacing(2)
        self.picker = Picker(self._offers, tr("Name a claim it answers…"), tr("Name a claim this response answers"))
        self.picker.picked.connect(lambda uuid: self._set_claims([*self._linked(), uuid]))
        content = self.page.content
        content.addLayout(form)
        content.addWidget(self.fields.refusal)
        content.addWidget(heading(tr("Answers")))
        content.addLayout(self.claims)
        content.addWidget(self.picker)
        content.addWidget(muted(tr("A response is a record of its own: it changes no claim's state.")))
        content.addStretch(1)
        context.changed.connect(self._heard)
        context.flush_requested.connect(self.fields.flush)

    def show_response(self, uuid: str) -> None:
        """Show a response; an empty uuid shows none."""
        if uuid != self._uuid:
            self.fields.flush()
            self._uuid = uuid
            response = self._context.document.responses.get(uuid)
            if response is not None:
                self.fields.show_other(response)
        self._show()

    def _heard(self, changes: Changes) -> None:
        if changes.touches("responses", "response_claims", "sources", "claims"):
            self._show()

    def _show(self) -> None:
        document = self._context.document
        response = document.responses.get(self._uuid)
        if response is None:
            self.page.show_hint()
            return
        titles = [(source.uuid, one_line(source.title, 80)) for source in document.sources.values()]
        self.fields.fields["source_uuid"].set_choices([("", "–"), *titles])
        self.fields.show_row(response)
        clear_layout(self.claims)
        linked = self._linked()
        for uuid in linked:
            self.claims.addWidget(self._claim_row(uuid))
        if not linked:
            self.claims.addWidget(muted(self.tr("The whole of what was reported.")))
        self.page.show_form()

    def _claim_row(self, uuid: str) -> QWidget:
        claim = self._context.document.claims[uuid]
        text = one_line(claim.statement or claim.source_wording or self.tr("(empty claim)"), 140)
        row = QWidget()
        label = plain_label(text)
        label.setWordWrap(True)
        button = IconButton("close", self.tr("No answer to: %1").replace("%1", text))
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

    def _commit(self, column: str, value: Any) -> str:
        if self._uuid not in self._context.document.responses:
            return ""
        return self._context.attempt(update_response, self._uuid, **{column: value})
