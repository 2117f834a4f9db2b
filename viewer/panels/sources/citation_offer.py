"""Citation fields that the kept copies of a source state: offered one by one or all at once, never entered unasked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import Struct
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from layers.document.source import Source, SourceFile, missing_for_citation, names_a_work
from layers.requests.kept_document import DocumentFacts
from layers.time.written_dates import written_date
from viewer.commands.filing.custody import copies_of
from viewer.commands.sources import update_source
from viewer.panels.context import PanelContext
from viewer.panels.kept_words import kept_words
from viewer.panels.widgets.form_page import clear_layout, heading, muted, side_by_side
from viewer.panels.widgets.icon_button import CompactButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language

OFFERED = ("title", "publisher", "author", "published_at", "url")
"""Columns of a source that a document can state about itself, in the order in which they are offered."""


class StatedValue(Struct, frozen=True):
    """A value that a kept copy states for a column of its source."""

    column: str
    value: str
    copy: str
    """The name of the copy."""


def offers_for(source: Source, read: list[tuple[SourceFile, DocumentFacts]]) -> list[StatedValue]:
    """The values for columns that the source does not state yet; of several copies the first that states one."""
    offers = []
    for column in OFFERED:
        if _is_open(source, column, [copy for copy, _facts in read]):
            stated = ((copy.name, str(getattr(facts, column))) for copy, facts in read)
            offers += [StatedValue(column, value, name) for name, value in stated if value][:1]
    return offers


def _is_open(source: Source, column: str, copies: list[SourceFile]) -> bool:
    """True for a column without a value, and for a title that is only the name of a kept file, or names nothing."""
    text = str(getattr(source, column)).strip()
    if column != "title" or not text:
        return not text
    names = {name for copy in copies for name in (copy.name, copy.name.rpartition(".")[0])}
    return text in names or not names_a_work(text)


class CitationOffer(QWidget):
    """The part of the form: values to take over, and a link to the field that a citation needs next."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        self._shown: object = None
        self.use_buttons: dict[str, CompactButton] = {}
        self.next_link: LinkButton | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._words = kept_words(context)
        self._words.arrived.connect(self._heard)

    def show_source(self, source: Source) -> None:
        """Show what is offered for another source, or for the same one again; its copies are read where they are not.

        A source that has all that a citation needs shows nothing.
        """
        self._uuid = source.uuid
        copies = copies_of(self._context.document, source.uuid)
        self._words.want(copies)
        read = [(copy, facts) for copy in copies if (facts := self._words.facts.get(copy.uuid)) is not None]
        offers, missing = offers_for(source, read), missing_for_citation(source)
        notes = list(self._notes(source, read))
        if (shown := (source.uuid, offers, missing, notes)) == self._shown:
            return
        self._shown = shown
        self._build(offers, missing, notes)
        self.setVisible(bool(offers or missing or notes))

    def _heard(self, _uuid: str) -> None:
        source = self._context.document.sources.get(self._uuid)
        if source is not None:
            self.show_source(source)

    def _build(self, offers: list[StatedValue], missing: tuple[str, ...], notes: list[str]) -> None:
        clear_layout(self._layout)
        body = QWidget()
        lines = QVBoxLayout(body)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        self.use_buttons, self.next_link = {}, None
        names = self._names()
        if offers:
            lines.addWidget(heading(self.tr("Stated by the kept copies")))
        for offer in offers:
            value = offer.value if offer.column != "published_at" else in_language(written_date(offer.value))
            label = muted(plain(self.tr("{0}: {1}").format(names[offer.column], one_line(value, 160))))
            label.setToolTip(tooltip(self.tr("As {0} states it").format(one_line(offer.copy, 80))))
            button = CompactButton(self.tr("Use"))
            button.setAccessibleName(self.tr("Use this: {0}").format(one_line(label.text(), 120)))
            button.clicked.connect(partial(self._use, {offer.column: offer.value}))
            self.use_buttons[offer.column] = button
            row = QHBoxLayout()
            row.addWidget(label, 1)
            row.addWidget(button)
            lines.addLayout(row)
        if len(offers) > 1:
            everything = CompactButton(self.tr("Use All"))
            everything.setAccessibleName(self.tr("Use all that the kept copies state"))
            everything.clicked.connect(partial(self._use, {offer.column: offer.value for offer in offers}))
            self.use_buttons["all"] = everything
            lines.addLayout(side_by_side(everything))
        for note in notes:
            lines.addWidget(muted(plain(note)))
        if missing and not any(offer.column == missing[0] for offer in offers):
            text = self.tr("Needed next for a citation: {0}").format(names[missing[0]])
            self.next_link = LinkButton(text, self.tr("Go to the field {0}").format(names[missing[0]]))
            self.next_link.clicked.connect(partial(self._lead, missing[0]))
            lines.addWidget(self.next_link)
        self._layout.addWidget(body)

    def _notes(self, source: Source, read: list[tuple[SourceFile, DocumentFacts]]) -> Iterator[str]:
        """Sentences on dates that a file states, and that are none of publication."""
        for copy, facts in read:
            name = one_line(copy.name, 60)
            if facts.made_at and not source.published_at:
                words = self.tr("{0} was made on {1}, by its own metadata: that is no date of publication.")
                yield words.format(name, in_language(written_date(facts.made_at)))
            if facts.captured_at and not source.accessed_at:
                words = self.tr("{0} was captured on {1}, as it states.")
                yield words.format(name, in_language(written_date(facts.captured_at)))

    def _names(self) -> dict[str, str]:
        return {
            "title": self.tr("Title"),
            "publisher": self.tr("Publisher"),
            "author": self.tr("Author"),
            "published_at": self.tr("Published"),
            "accessed_at": self.tr("Accessed"),
            "url": self.tr("URL"),
            "sensor": self.tr("Sensor"),
            "acquired_at": self.tr("Acquired"),
            "rights": self.tr("Rights"),
        }

    def _use(self, fields: dict[str, str], _checked: bool = False) -> None:
        self._context.flush()
        self._context.do(update_source, self._uuid, **fields)

    def _lead(self, column: str, _checked: bool = False) -> None:
        self._context.field_wanted.emit("source_form", column)
