"""The sources of a claim: place and words in each, and the credibility of the item (1..6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.rows import ClaimSource
from layers.document.source import Source
from layers.product.judging.judged import is_ours, reports_of
from layers.product.judging.origins import origins_counted
from layers.text.links import link_in
from viewer.commands.claims import cite_new_source, link_claim_source, unlink_claim_source, update_claim_source
from viewer.commands.filing.custody import copies_of
from viewer.commands.sources import fields_of_text, source_of_link
from viewer.panels.claims.image_citing import citable, cite_image_of
from viewer.panels.claims.relation_button import RelationButton
from viewer.panels.context import PanelContext
from viewer.panels.kept_words import kept_words
from viewer.panels.widgets.field_set import COLUMN, FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, TextField
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import credibility_choices, grade_words, source_name
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

LONGEST_SOURCE, MOST_NAMED = 80, 2
"""Longest name, and most names, of the sources of a report beside a judgement that cites none."""


class Citation(QFrame):
    """One cited source, with the fields of its link."""

    unlinked = Signal(str)

    def __init__(self, context: PanelContext, link: ClaimSource, source: Source | None) -> None:
        super().__init__()
        self._context, self.link_uuid = context, link.uuid
        self.setObjectName("card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        title = source_name(source) if source else self.tr("(source is missing)")
        label: QWidget = plain_label(title)
        if source is not None:
            label = LinkButton(title, self.tr("Show the source %1").replace("%1", title))
            label.clicked.connect(lambda: context.show_row("sources", link.source_uuid, raise_form=True))
        remove = IconButton("close", self.tr("Remove this source from the claim"))
        remove.clicked.connect(lambda: self.unlinked.emit(link.source_uuid))
        self.remove_button = remove
        self._title = label
        self.relation, self.grade = RelationButton(title), muted()
        self.relation.picked.connect(lambda relation: context.do(update_claim_source, self.link_uuid, bearing=relation))
        top = QHBoxLayout()
        top.addWidget(label, 1)
        top.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)
        self.fields = FieldSet(QFormLayout(), self._commit, self)
        context.keep_typing(self.fields, self._commit)
        tip = self.tr("Of this item, not of the source: 6 means that it cannot be judged, not worst")
        grades = [(None, self.tr("Credibility?")), *credibility_choices()[1:]]
        credibility, page, quote = ChoiceField(grades), LineField(), TextField(lines=1, most_lines=5)
        label_of_item = self.fields.bind("credibility", self.tr("Credibility"), credibility, tip)
        for column, title, field in (("page", self.tr("Page"), page), ("quote", self.tr("Quote"), quote)):
            field.setPlaceholderText(title)
            self.fields.bind(column, title, field, self.tr("Page or place in the source"))
        quote.setToolTip(tooltip(self.tr("The source's words")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        label_of_item.hide()  # the empty choice says it
        label_of_item.setParent(self)
        layout.addWidget(self.relation, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(credibility)
        layout.addWidget(self.grade)
        layout.addWidget(page)  # in one row with the others, a narrow card would squeeze them
        layout.addWidget(quote)
        self.kept_link = LinkButton(self.tr("Show it in the kept copy"), self.tr("Show the quote in the kept copy"))
        self.kept_link.clicked.connect(self._show_kept)
        layout.addWidget(self.kept_link)
        self.fields.show_other(link)
        self.show_link(link)

    def show_link(self, link: ClaimSource) -> None:
        """Show the present values of the citation."""
        self.fields.show_row(link)
        self.relation.show_relation(link.bearing)
        source = self._context.document.sources.get(link.source_uuid)
        words = "" if source is None else grade_words(source.reliability, link.credibility)
        self.grade.setText(words)
        self.grade.setVisible(bool(words))
        copies = copies_of(self._context.document, link.source_uuid) if link.quote else ()
        self.kept_link.setVisible(any(map(kept_words(self._context).has_words, copies)))

    def _show_kept(self) -> None:
        """Show the source with the words of its kept copy, at the quote."""
        context = self._context
        link = context.document.table("claim_sources").get(self.link_uuid)
        if isinstance(link, ClaimSource):
            context.open_row("sources", link.source_uuid)
            kept_words(context).show_quote(copies_of(context.document, link.source_uuid), link.quote)

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [
            self._title,
            self.remove_button,
            self.relation,
            *(self.fields.fields[name] for name in ("credibility", "page", "quote")),
            self.kept_link,
        ]

    def _commit(self, column: str, value: Any, series: str = "") -> str:
        if self.link_uuid not in self._context.document.table("claim_sources"):
            return ""
        return self._context.attempt_typed(series, update_claim_source, self.link_uuid, **{column: value})


class ClaimSources(QWidget):
    """A line to cite a source, and all citations of a claim. `cited` is emitted when the line has cited one."""

    cited = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._shown: tuple[str, tuple[tuple[str, str], ...]] | None = None
        self.citations: list[Citation] = []
        self._rows = RowColumn(spacing=5)
        name = self.tr("Cite a source for this claim")
        self.picker = Picker(self._offers, self.tr("Link, or title of a source…"), name, self._new_row)
        self.picker.setToolTip(
            tooltip(self.tr("Paste a link or type a title: a source that is not in the case yet is made"))
        )
        self.picker.picked.connect(self._cite)
        self.picker.created.connect(self.cite_text)
        self.picker.let_go.connect(context.tell_not_linked)
        self.picker.setProperty(COLUMN, "sources")  # where the check of a product leads
        self.image_button = QPushButton(self.tr("Cite the image"))
        self.image_button.setAccessibleName(self.tr("Cite the image behind the mark"))
        self.image_button.setToolTip(
            tooltip(self.tr("Cite the image that the claim’s site was drawn on (Ctrl+Shift+R)"))
        )
        self.image_button.clicked.connect(lambda: cite_image_of(self._context, self._claim_uuid))
        self.origins = muted()
        self.origins.setToolTip(tooltip(self.tr("Two carriers of one report are one origin")))
        self.origins.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(side_by_side(self.picker, self.image_button, stretch=0))
        layout.addWidget(self.origins)
        layout.addLayout(self._rows)

    def flush(self) -> None:
        """Commit typing that has not been entered; in the line only a link, as a title may be a search."""
        if link_in(self.picker.text()):
            self.picker.take_typed()
        for citation in self.citations:
            citation.fields.flush()

    def show_claim(self, claim: Claim) -> None:
        document = self._context.document
        links = document.links.claim_to_sources(claim.uuid)
        titles = {
            link.uuid: document.sources[link.source_uuid].title
            for link in links
            if link.source_uuid in document.sources
        }
        self._claim_uuid = claim.uuid
        self.picker.show_for(claim.uuid)
        self.image_button.setVisible(citable(self._context, claim.uuid) is not None)
        nothing = self._nothing(claim)
        shown = nothing, tuple((link.uuid, titles.get(link.uuid, "")) for link in links)
        if shown != self._shown:
            self._shown = shown
            self._build(links, nothing)
        # Of a long list not all are shown yet.
        for citation, link in zip(self.citations, links, strict=False):
            citation.show_link(link)
        origins = origins_counted(document, (link.source_uuid for link in links))
        self.origins.setText(in_language(origins))
        self.origins.setVisible(bool(origins))

    def _nothing(self, claim: Claim) -> str:
        """The sentence for a claim that cites no source; of a judgement, the sources of its reports stand in it."""
        if not is_ours(claim):
            return self.tr("Unsourced: cite where this is said.")
        # A judgement of one's own is said nowhere else: it rests on evidence, and a source is welcome.
        document = self._context.document
        reports = reports_of(document, claim.uuid)
        if not reports:
            return self.tr("No source is cited.")
        links = [link for judged in reports for link in document.links.claim_to_sources(judged.claim.uuid)]
        sources = [
            document.sources[uuid]
            for uuid in dict.fromkeys(link.source_uuid for link in links)
            if uuid in document.sources
        ]
        if not sources:
            return self.tr("The judgement itself cites no source, and neither does the report that it is about.")
        names = ", ".join(one_line(source_name(source), LONGEST_SOURCE) for source in sources[:MOST_NAMED])
        if len(sources) > MOST_NAMED:
            names = self.tr("{0} and {1} more").format(names, len(sources) - MOST_NAMED)
        return self.tr("The judgement itself cites no source; the report that it is about does: {0}.").format(names)

    def _build(self, links: list[ClaimSource], nothing: str) -> None:
        self.citations = []
        self._rows.fill([link.uuid for link in links], self._citation, nothing)

    def _citation(self, uuid: str) -> Citation:
        document = self._context.document
        link = cast("ClaimSource", document.table("claim_sources")[uuid])
        citation = Citation(self._context, link, document.sources.get(link.source_uuid))
        citation.unlinked.connect(self._unlink)
        self.citations.append(citation)
        return citation

    def cite_text(self, text: str) -> None:
        """Cite the source of a link or a title; a missing one is made."""
        cite(self._context, self._claim_uuid, text)
        self.cited.emit()

    def _new_row(self, text: str) -> str:
        words = self.tr("New source from this link: {0}") if link_in(text) else self.tr("New source “{0}”")
        return words.format(text)

    def _cite(self, source_uuid: str) -> None:
        self._context.do(link_claim_source, self._claim_uuid, source_uuid)
        self.cited.emit()

    def _unlink(self, source_uuid: str) -> None:
        self._context.do(unlink_claim_source, self._claim_uuid, source_uuid)

    def _offers(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        linked = {link.source_uuid for link in document.links.claim_to_sources(self._claim_uuid)}
        for source in document.sources.values():
            if source.uuid not in linked:
                yield source.uuid, source_name(source)


def cite(context: PanelContext, claim_uuid: str, text: str) -> None:
    """Cite the source of a link or a title for a claim: an existing one with that link, or a new one."""
    known = source_of_link(context.document, text)
    if known:
        context.do(link_claim_source, claim_uuid, known)
    else:
        context.do(cite_new_source, claim_uuid, **fields_of_text(text))
