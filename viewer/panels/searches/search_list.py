"""The panel of searches: those of areas on images, and those of archives, with what each has shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from layers.document.edit import Table
from layers.document.search import Search
from layers.observing.archive_question import (
    asked_at,
    asked_question,
    named_words,
    names_of_asked,
    question_sentence,
    short_answer,
    short_period,
)
from layers.observing.listed_scenes import scenes_of
from layers.observing.search_cells import sheet_of
from layers.observing.search_words import image_search_sentences
from layers.product.judging.evidence_words import image_words
from layers.text.counted import metres
from layers.time.written_dates import written_date
from viewer.commands.imagery.cell_searches import mask_words
from viewer.panels.comments.row_menu import told_of
from viewer.panels.named_lists.named_list import NamedListPanel, Offer
from viewer.panels.named_lists.named_rows import Index, NameDelegate, NamedRows
from viewer.panels.said_names import said_name
from viewer.panels.searches.search_desk import SearchDesk
from viewer.panels.widgets.form_page import muted, side_by_side, wrapped
from viewer.support.language.stored_words import capital
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

_LONGEST = 60
_LONGEST_WORDS = 400
_ANY_HEIGHT = (1 << 24) - 1
"""Most pixels of a widget, by which Qt means no limit."""


class SearchRows(NamedRows[Search]):
    """Rows of searches, the newest first: what was looked for or asked with its day, and the result with its shares."""

    def __init__(self, desk: SearchDesk) -> None:
        super().__init__(lambda: desk.rows)
        self._desk = desk

    @override
    def name_of(self, row: Search) -> str:
        if row.kind == "catalogue":
            query = asked_question(row)
            name = "" if query is None else query.title or query.archive
            return one_line(name, _LONGEST) or self.tr("Archive")
        target = one_line(row.target, _LONGEST) or self.tr("Anything")
        size = metres(row.target_size_m) if row.target_size_m else ""
        return self.tr("{0}, {1} or more").format(target, size) if size else target

    @override
    def facts_of(self, row: Search) -> str:
        result = capital(row.result) if row.result else self.tr("Begun")
        facts = [result]
        query = asked_question(row)
        if query is not None:
            facts = [in_language(short_answer(query)) or result]
            names = names_of_asked(self._desk.context.document, query)
            facts.append(one_line(in_language(named_words(names)), _LONGEST))
            facts.append(in_language(short_period(query.question)))
        if row.kind == "image" and row.assessed_pct is not None:
            facts.append(self.tr("{0} % assessable").format(f"{row.assessed_pct:g}"))
        scenes = scenes_of(row)
        if scenes is not None:
            facts.append(self.tr("{0} of {1} gone through").format(scenes.answered, len(scenes.scenes)))
        facts.append(one_line(row.observer, 30))
        facts += [self.tr("open")] if row.uuid == self._desk.current else []
        return " · ".join(filter(None, facts))

    @override
    def day_of(self, row: Search) -> str:
        return asked_at(row) if row.kind == "catalogue" else row.at[:10]

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) & ~Qt.ItemFlag.ItemIsEditable


class SearchListPanel(NamedListPanel):
    """The list of searches; it follows the document, and every operation is the desk's."""

    listed = Signal(str)
    """Emitted with the chosen search while the panel can be seen, and with an empty text once none can."""

    def __init__(self, desk: SearchDesk, parent: QWidget | None = None) -> None:
        model = SearchRows(desk)
        super().__init__(desk, model, parent)
        self._desk, self.model = desk, model
        hint = self.tr("A search goes through an area cell by cell, and says what was not seen. Begin the first.")
        self.set_up_view(self.tr("Searches"), hint, NameDelegate(self.view, self.tr("Search")))
        self.words = wrapped("")
        self.words.setAccessibleName(self.tr("What the search has shown"))
        self.on_map = muted(self.tr("On the map: + found, − nothing seen, lines cannot be told, dots not searched."))
        self.add_button = self.button(self.tr("Search…"), self.tr("Search an area, cell by cell"), lambda: desk.want())
        go_on = self.tr("Go through the cells of the search, or the scenes that the archive listed")
        self.open_button = self.button(self.tr("Go On"), go_on, self.enter)
        again = self.tr("Ask the archive of this search again")
        self.again_button = self.button(self.tr("Ask Again…"), again, self.ask_again)
        self.delete_button = self.button(self.tr("Delete"), self.tr("Delete the search"), self.delete)
        self.column.addWidget(self._scrolled(self.words, self.on_map), 2)
        self.column.addLayout(side_by_side(self.add_button, self.open_button, self.delete_button))
        self.column.addLayout(side_by_side(self.again_button))
        self.follow(desk.context, "searches", "images")
        desk.context.row_shown.connect(self._show_row)
        self.choose(desk.context.shown_row("searches"))
        desk.shown_changed.connect(self._follow_walk)

    def _scrolled(self, *texts: QLabel) -> QScrollArea:
        """The texts in an area that scrolls: in a low panel they were cut in the midst of a sentence."""
        self._words_area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setAccessibleName(texts[0].accessibleName())
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        for text in texts:
            column.addWidget(text)
        column.addStretch(1)
        area.setWidget(page)
        return area

    @override
    def read(self) -> None:
        """Read the document; a short list leaves its room to the words."""
        super().read()
        rows = len(self.model.rows)
        high_px = rows * self.view.sizeHintForRow(0) + 2 * self.view.frameWidth()
        self.pages.setMaximumHeight(high_px if rows else _ANY_HEIGHT)

    @property
    def search(self) -> Search | None:
        """The chosen search; None without one."""
        return self._desk.context.document.searches.get(self.chosen)

    def _show_row(self, table: Table, uuid: str) -> None:
        if table == "searches":
            self.choose(uuid)

    def _follow_walk(self) -> None:
        rows = len(self.model.rows)
        if rows:
            self.model.dataChanged.emit(self.model.index(0), self.model.index(rows - 1))

    @override
    def enter(self) -> None:
        """Go on with a search of an area, or with the scenes that an archive has listed; else ask it again."""
        search = self.search
        if search is not None and scenes_of(search) is not None:
            self._desk.scenes_wanted.emit(search.uuid)
        elif search is not None and search.kind == "catalogue":
            self.ask_again()
        elif search is not None:
            self._desk.open(search.uuid)

    def ask_again(self) -> None:
        """Show the question of the chosen search to its archive, as it was asked."""
        query = None if self.search is None else asked_question(self.search)
        if query is not None:
            self._desk.context.question_wanted.emit(query)

    @override
    def offers(self) -> Sequence[Offer]:
        go_on, entries = (self.tr("&Go On"), "Return", self.enter), told_of(self._desk.context, "searches", self.chosen)
        if self.search is None or self.search.kind != "catalogue":
            return (go_on, *entries)
        again, has_scenes = self.tr("Ask &Again…"), scenes_of(self.search) is not None
        if has_scenes:
            return (go_on, (again, "", self.ask_again), *entries)
        return ((again, "Return", self.ask_again), *entries)

    @override
    def show_offers(self) -> None:
        search = self.search
        has_steps = search is not None and (sheet_of(search) is not None or scenes_of(search) is not None)
        self.open_button.setEnabled(has_steps)
        has_question = search is not None and asked_question(search) is not None
        self.again_button.setEnabled(has_question)
        self.again_button.setVisible(has_question)
        self.delete_button.setEnabled(search is not None)
        self.words.setText("" if search is None else self._words(search))
        self._words_area.setVisible(search is not None)
        self._words_area.verticalScrollBar().setValue(0)
        self.on_map.setVisible(search is not None and sheet_of(search) is not None)
        self._tell_listed()

    def _tell_listed(self) -> None:
        self.listed.emit(self.chosen if self.isVisible() else "")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_listed()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tell_listed()

    def _words(self, search: Search) -> str:
        """The sentence on a search, with that on the rest of the area."""
        if search.kind == "catalogue":
            return self._archive_words(search)
        if search.result not in ("none seen", "found", "not assessable"):
            return one_line(search.words, _LONGEST_WORDS)
        image = self._desk.context.document.images.get(search.image_uuid)
        sentences = image_search_sentences(search, image)
        own = one_line(search.words, _LONGEST_WORDS)
        mask = one_line(mask_words(search), _LONGEST_WORDS)
        by_mask = self.tr("Cloud is known by {0}.").format(mask) if mask else ""
        return " ".join(filter(None, (*map(in_language, sentences), by_mask, self._looked_words(search), own)))

    def _archive_words(self, search: Search) -> str:
        """The question of an archive with its hour, the answer, and how far that was gone through."""
        query, scenes = asked_question(search), scenes_of(search)
        sentences = [one_line(search.words, _LONGEST_WORDS)]
        if query is not None:
            names = names_of_asked(self._desk.context.document, query)
            sentences.insert(0, one_line(in_language(question_sentence(search, query, names)), _LONGEST_WORDS))
        if scenes is not None and scenes.answered:
            sentences.append(in_language(scenes.sentence))
        return " ".join(filter(None, sentences))

    def _looked_words(self, search: Search) -> str:
        """The image that was searched and who looked, as far as they are stated."""
        document = self._desk.context.document
        image, observer = document.images.get(search.image_uuid), said_name(search.observer, document)
        day = in_language(written_date(search.at[:10]))
        by = self.tr("Searched on {0} by {1}.").format(day, observer)
        if not observer:
            by = self.tr("Searched on {0}; no observer is named.").format(day)
        if image is None:
            return by
        # by a name alone, as "2020", an image would be taken for the date of the search
        return " ".join((self.tr("Image: {0}.").format(one_line(in_language(image_words(image)), 2 * _LONGEST)), by))
