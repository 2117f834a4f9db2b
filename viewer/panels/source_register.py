"""The source register: all sources of the case, and the form of the one chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.source import Source
from viewer.commands.sources import add_source, delete_sources, uses_of_source
from viewer.commands.stamps import new_uuid
from viewer.panels.context import PanelContext
from viewer.panels.form_page import muted, side_by_side
from viewer.panels.row_list import RowList
from viewer.panels.row_table import Column, RowTable
from viewer.panels.source_form import SourceForm
from viewer.panels.words import RELIABILITY_WORDS, word


class SourceRegisterPanel(QWidget):
    """A list over a form. Deleting a source that is cited asks in the panel first."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.model = RowTable(self._columns(), _haystack, self)
        self.list = RowList(self.model, self.tr("Sources"), first_px=200)
        self.form = SourceForm(context)
        self.add_button = QPushButton(self.tr("Add source"))
        self.delete_button = QPushButton(self.tr("Delete"))
        for button in (self.add_button, self.delete_button):
            button.setAccessibleName(button.text())
        self.question = self._question()
        top = QWidget()
        above = QVBoxLayout(top)
        above.setContentsMargins(8, 8, 8, 4)
        above.addWidget(self.list, 1)
        above.addLayout(side_by_side(self.add_button, self.delete_button))
        above.addWidget(self.question)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(top)
        splitter.addWidget(self.form)
        splitter.setSizes([280, 420])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.list.chosen.connect(self._chosen)
        self.list.delete_wanted.connect(self._ask_to_delete)
        self.add_button.clicked.connect(self._add)
        self.delete_button.clicked.connect(self._ask_to_delete)
        context.document_replaced.connect(self._read)
        context.changed.connect(self._heard)
        self._read()

    def _columns(self) -> list[Column]:
        def cited(source: Source) -> int:
            return len(self._context.document.claim_links_of_source(source.uuid))

        tip = self.tr("Claims that cite it")
        return [
            Column(self.tr("Source"), lambda source: source.title or self.tr("(no title)")),
            Column(
                self.tr("Rel."), lambda source: source.reliability, None, 40, False,
                self.tr("Reliability, A to F; F means that it cannot be judged"),
            ),
            Column(self.tr("Cited"), lambda source: str(cited(source) or ""), cited, 48, True, tip),
            Column(self.tr("Published"), lambda source: source.published_at, None, 84),
            Column(self.tr("Publisher"), lambda source: source.publisher, None, 150),
        ]  # fmt: skip

    def _question(self) -> QFrame:
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        self.question_text = muted()
        self.confirm_button = QPushButton(self.tr("Delete with citations"))
        self.keep_button = QPushButton(self.tr("Keep"))
        for button in (self.confirm_button, self.keep_button):
            button.setAccessibleName(button.text())
        self.confirm_button.clicked.connect(self._delete)
        self.keep_button.clicked.connect(frame.hide)
        buttons = QHBoxLayout()
        buttons.addWidget(self.confirm_button)
        buttons.addWidget(self.keep_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(frame)
        layout.addWidget(self.question_text)
        layout.addLayout(buttons)
        frame.hide()
        return frame

    # ------------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.model.set_rows(self._context.document.sources.values())
        self.list.select(())
        self._chosen(frozenset())

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        touched = set(changes.uuids("sources"))
        if changes.edit is not None:
            links = (change.row for change in changes.edit.changes if change.table == "claim_sources")
            touched |= {link.source_uuid for link in links}  # type: ignore[attr-defined]
        if touched:
            self.model.refresh(touched, self._context.document.sources)
        gone = self.list.selected() - self._context.document.sources.keys()
        if gone:
            self.list.select(self.list.selected() - gone)
            self._chosen(self.list.selected())

    def _chosen(self, uuids: frozenset[str]) -> None:
        self.question.hide()
        self.delete_button.setEnabled(bool(uuids))
        self.form.show_source(next(iter(uuids)) if len(uuids) == 1 else "")

    def _add(self) -> None:
        uuid = new_uuid()
        if self._context.do(add_source, uuid=uuid):
            self.list.filter.clear()
            self.list.select({uuid})
            self._chosen(frozenset({uuid}))
            self.form.fields.fields["title"].setFocus()

    def _ask_to_delete(self) -> None:
        uses = [uses_of_source(self._context.document, uuid) for uuid in self.list.selected()]
        claims, responses = sum(len(use.claims) for use in uses), sum(len(use.responses) for use in uses)
        sites = sum(len(use.sites) for use in uses)
        if not any(uses):
            self._delete()
            return
        parts = [
            self.tr("%1 claims").replace("%1", str(claims)) if claims else "",
            self.tr("%1 responses").replace("%1", str(responses)) if responses else "",
            self.tr("%1 site positions").replace("%1", str(sites)) if sites else "",
        ]
        used = ", ".join(part for part in parts if part)
        text = self.tr("Used by %1. They stay, without this source; one undo brings all of it back.")
        self.question_text.setText(text.replace("%1", used))
        self.question.show()
        self.keep_button.setFocus()

    def _delete(self) -> None:
        self.question.hide()
        if self.list.selected():
            self._context.do(delete_sources, sorted(self.list.selected()))


def _haystack(source: Source) -> str:
    return " ".join((
        source.kind, source.author, source.descriptor, source.url, source.excerpt,
        word(RELIABILITY_WORDS.get(source.reliability, "")),
    ))  # fmt: skip
