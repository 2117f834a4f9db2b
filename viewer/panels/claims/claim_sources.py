"""The sources a claim is in: where in them, in which words, and how credible the item is (1..6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.rows import ClaimSource
from layers.document.source import Source
from viewer.commands.claims import link_claim_source, unlink_claim_source, update_claim_source
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, TextField
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import credibility_choices
from viewer.support.plain_label import plain_label
from viewer.support.text import one_line


class Citation(QFrame):
    """One source of the claim, with the fields of the link."""

    unlinked = Signal(str)

    def __init__(self, context: PanelContext, link: ClaimSource, source: Source | None) -> None:
        super().__init__()
        self._context, self.link_uuid = context, link.uuid
        self.setObjectName("card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        title = one_line(source.title or self.tr("(no title)")) if source else self.tr("(source is missing)")
        label = plain_label(title)
        label.setWordWrap(True)
        remove = IconButton("close", self.tr("Remove this source from the claim"))
        remove.clicked.connect(lambda: self.unlinked.emit(link.source_uuid))
        self.remove_button = remove
        top = QHBoxLayout()
        top.addWidget(label, 1)
        top.addWidget(remove)
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        self.fields.add(
            "credibility",
            self.tr("Credibility"),
            ChoiceField(credibility_choices()),
            self.tr("Of this item, not of the source: 6 means that it cannot be judged, not worst"),
        )
        self.fields.add("page", self.tr("Page"), LineField(), self.tr("Page or place in the source"))
        self.fields.add("quote", self.tr("Quote"), TextField(lines=1, most_lines=5), self.tr("The source's words"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addLayout(form)
        layout.addWidget(self.fields.refusal)
        self.fields.show_other(link)

    def _commit(self, column: str, value: Any) -> str:
        if self.link_uuid not in self._context.document.table("claim_sources"):
            return ""
        return self._context.attempt(update_claim_source, self.link_uuid, **{column: value})


class ClaimSources(QWidget):
    """All citations of a claim, and a line to cite another source."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.citations: list[Citation] = []
        self._rows = RowColumn(spacing=5)
        self.picker = Picker(self._offers, self.tr("Cite a source…"), self.tr("Cite a source for this claim"))
        self.picker.picked.connect(self._cite)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._rows)
        layout.addWidget(self.picker)

    def flush(self) -> None:
        """Commit what is typed and not entered yet."""
        for citation in self.citations:
            citation.fields.flush()

    def show_claim(self, claim: Claim) -> None:
        document = self._context.document
        links = document.source_links_of_claim(claim.uuid)
        titles = {
            link.uuid: document.sources[link.source_uuid].title
            for link in links
            if link.source_uuid in document.sources
        }
        self._claim_uuid = claim.uuid
        shown = tuple((link.uuid, titles.get(link.uuid, "")) for link in links)
        if shown != self._shown:
            self._shown = shown
            self._build(links)
        # Of a long list not all are shown yet.
        for citation, link in zip(self.citations, links, strict=False):
            citation.fields.show_row(link)

    def _build(self, links: list[ClaimSource]) -> None:
        self.citations = []
        self._rows.fill([link.uuid for link in links], self._citation, self.tr("Unsourced: cite where this is said."))

    def _citation(self, uuid: str) -> Citation:
        document = self._context.document
        link = cast("ClaimSource", document.table("claim_sources")[uuid])
        citation = Citation(self._context, link, document.sources.get(link.source_uuid))
        citation.unlinked.connect(self._unlink)
        self.citations.append(citation)
        return citation

    def _cite(self, source_uuid: str) -> None:
        self._context.do(link_claim_source, self._claim_uuid, source_uuid)

    def _unlink(self, source_uuid: str) -> None:
        self._context.do(unlink_claim_source, self._claim_uuid, source_uuid)

    def _offers(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        linked = {link.source_uuid for link in document.source_links_of_claim(self._claim_uuid)}
        for source in document.sources.values():
            if source.uuid not in linked:
                yield source.uuid, source.title or self.tr("(no title)")
