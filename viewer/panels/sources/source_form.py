"""The form of one source: ICS 206-01's citation fields, reliability, and ICD 206's descriptor."""

from __future__ import annotations

from pathlib import Path
from typing import override

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from layers.document.changes import Changes
from layers.document.source import Source
from layers.document.vocabulary import DATE_BASES, MARKINGS, SOURCE_KINDS
from layers.text.links import link_in
from viewer.commands.sources import update_source
from viewer.panels.claims.evidence_drop import EvidenceDrop, is_path
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.machine_fields import MACHINE_COLUMN, MachineFields
from viewer.panels.products.printed_in import PrintedIn
from viewer.panels.row_form import RowForm
from viewer.panels.sources.alike_lines import AlikeLines
from viewer.panels.sources.citation_offer import CitationOffer
from viewer.panels.sources.kept_copies import KeptCopies
from viewer.panels.sources.review_note import ReviewNote
from viewer.panels.sources.used_by import UsedBy
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField, TextField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.words import choices, example, reliability_choices
from viewer.support.language.text import one_line

SHOWN_TABLES = ("sources", "source_files", "claim_sources", "responses", "chips", "products")
"""Tables of the rows that the form tells of."""


class SourceForm(RowForm):
    """The form of the context's source."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "sources", update_source, parent)
        self._add_fields()
        self.uses, self.alike = UsedBy(context), AlikeLines(context)
        self.comments, self.offer = CommentsOnRow(context), CitationOffer(context)
        self.review = ReviewNote(context)
        self.put_above(self.review.label)
        self.page.content.addWidget(self.comments)
        self.page.content.addWidget(self.alike)
        self.page.content.addWidget(self.offer)
        self.page.content.addLayout(self.form)
        self.machine = MachineFields(lambda text: self._commit(MACHINE_COLUMN, text))
        self.machine_part = FoldSection(self.tr("Machine work"), folded=True)
        self.machine_part.content.addWidget(self.machine)
        self.page.content.addWidget(self.machine_part)
        self.printed_in = PrintedIn(context)
        self.copies = KeptCopies(context)
        self.copies.words_shown.connect(self._show_words)
        EvidenceDrop(self).dropped.connect(lambda words, _: self.take(words))
        self.page.content.addWidget(self.copies)
        self.page.content.addWidget(self.uses)
        self.page.content.addWidget(self.printed_in)
        self.page.content.addStretch(1)
        context.changed.connect(self._heard)
        context.flush_requested.connect(self.fields.flush)
        context.flush_requested.connect(self.machine.fields.flush)
        self.follow("title")

    def _add_fields(self) -> None:
        add = self.fields.add
        add("title", self.tr("Title"), TextField(lines=1, most_lines=4))
        add("kind", self.tr("Kind"), ChoiceField(choices(SOURCE_KINDS)))
        add("publisher", self.tr("Publisher"), TextField(lines=1, most_lines=3))
        add("author", self.tr("Author"), LineField())
        for column, title, tip in (
            ("published_at", self.tr("Published"), self.tr("As far as it is known: 2024-04-12, 2024-04, 2024 or n.d.")),
            ("accessed_at", self.tr("Accessed"), self.tr("When you read it; leave it empty rather than guess")),
        ):
            add(column, title, DateField(example("2024-04-12")), tip)
        add("url", self.tr("URL"), LineField(), self.tr("Kept as text; nothing is contacted"))
        add("archive_url", self.tr("Archived"), LineField(), self.tr("URL of an archived copy"))
        origin_tip = self.tr("The source whose report this one carries: two carriers of one report are one origin")
        add("origin_uuid", self.tr("Report of"), ChoiceField(), origin_tip)
        add(
            "reliability",
            self.tr("Reliability"),
            ChoiceField(reliability_choices()),
            self.tr("Of the source, not of an item: F means that it cannot be judged, not worst"),
        )
        states = [
            (None, self.tr("not stated")),
            (True, self.tr("yes: somebody has judged it")),
            (False, self.tr("no: not to be published")),
        ]
        evaluated_tip = self.tr("Whether somebody has judged it; a grade of reliability does that, F too")
        add("evaluated", self.tr("Evaluated"), ChoiceField(states), evaluated_tip)
        add(
            "descriptor",
            self.tr("Source descriptor"),
            TextField(lines=2),
            self.tr("Why it is as good as it is (ICD 206)"),
        )
        add("sensor", self.tr("Sensor"), LineField(), self.tr("For imagery"))
        add(
            "acquired_at",
            self.tr("Acquired"),
            DateField(example("2024-04-12")),
            self.tr("For imagery: when it was taken, UTC"),
        )
        bases = ChoiceField(choices(("", *DATE_BASES)))
        add("date_basis", self.tr("Date from"), bases, self.tr("Where the date is from: a file's name is no metadata"))
        add("excerpt", self.tr("Excerpt"), TextField(lines=2))
        context_tip = self.tr("What the same source says to the other side, in its exact words; products print it")
        add("context", self.tr("Other side"), TextField(lines=2), context_tip)
        add("rights", self.tr("Rights"), LineField(), self.tr("Licence or copyright"))
        marks = [(marking, marking or self.tr("none")) for marking in MARKINGS]
        add("marking", self.tr("Marking"), ChoiceField(marks, free=True), self.tr("Handling marking of this source"))

    @override
    def hint(self) -> str:
        return self.tr("Choose a source, or add one.")

    def take(self, words: list[str]) -> None:
        """Attach files that were dropped or pasted on the source; a link becomes its URL where it has none."""
        source = self.row()
        if source is None:
            return
        files = [Path(text) for text in words if is_path(text)]
        links = [link for text in words if (link := link_in(text))]
        self.copies.attach(files)
        if links and not source.url:
            self._context.do(update_source, source.uuid, url=links[0])
        elif links:
            self._context.report(self.tr("This source has a URL already: add another source for that link."))

    def _show_words(self, card: QWidget) -> None:
        """Scroll to the words of a kept copy, now and once the form is laid out; to their card where it has room."""

        def show() -> None:
            part = card if card.sizeHint().height() <= self.page.height() else self.copies.reader
            self.page.show_from(part)
            self.page.hold(part)

        show()
        QTimer.singleShot(0, card, show)

    def _heard(self, changes: Changes) -> None:
        self.review.hear(changes)
        if changes.touches(*SHOWN_TABLES):
            self.refresh()
        elif changes.touches("claims"):
            self.review.show_source(self._uuid)

    @override
    def refresh(self) -> None:
        self.review.show_source(self._uuid)
        super().refresh()

    @override
    def show_row(self, row: Source) -> None:
        sources = self._context.document.sources.values()
        others = [(source.uuid, one_line(source.title, 80)) for source in sources if source.uuid != row.uuid]
        self.fields.fields["origin_uuid"].set_choices([("", self.tr("itself")), *others])
        self.fields.show_row(row)
        self.printed_in.show_row("sources", row.uuid)
        self.comments.show_row("sources", row.uuid)
        self.machine.show_text(row.uuid, row.machine_json)
        self.machine_part.offer(is_open=self.machine.is_stated)
        self.copies.show_source(row.uuid)
        self.offer.show_source(row)
        self.uses.show_source(row)
        self.alike.show_source(row.uuid)
