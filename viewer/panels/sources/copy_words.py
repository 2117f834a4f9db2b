"""The words of a kept copy, to be read and searched in its form: page by page, with the searched ones marked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from layers.document.source import SourceFile
from layers.finding.document_parts import DocumentPart, FoundPlaces, document_parts, found_places
from layers.finding.row_filter import LONGEST_TEXT
from layers.finding.text_query import read_query
from layers.requests.kept_document import PAGE_BREAK
from layers.text.counted import grouped
from viewer.panels.context import PanelContext
from viewer.panels.kept_words import kept_words
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.language.text import plain
from viewer.support.newest_job import NewestJob

LINES = 10
"""Lines of text in sight."""
EDGES_PX = 14
TINT, STRONG_TINT = 60, 150
"""Opacity, of 255, of the ground of a place with the searched words, and of the chosen one."""


class CopyWords(QWidget):
    """The words of one copy after the other. It shows what a reader took from the file, never the file itself."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, jobs = kept_words(context), context.case.jobs
        self._job = NewestJob(jobs) if jobs is not None else None
        self.uuid = ""
        """The copy whose words are shown; empty for none."""
        self._text, self._has_pages = "", False
        self._parts: list[DocumentPart] = []
        self._found = FoundPlaces()
        self._at = self._part = 0
        """The chosen one of the places that were found, and the part that is shown."""
        self._lay_out()
        self.line.textChanged.connect(lambda _text: self._find())
        self.line.returnPressed.connect(lambda: self.step(1))
        self.back_button.clicked.connect(lambda: self.step(-1))
        self.on_button.clicked.connect(lambda: self.step(1))
        self._words.arrived.connect(self._take)

    def _lay_out(self) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find in this copy"))
        self.line.setAccessibleName(self.tr("Words to find in this copy"))
        self.line.setClearButtonEnabled(True)
        self.line.setMaxLength(LONGEST_TEXT)
        self.back_button = IconButton("chevron_up", self.tr("The place or page before"))
        self.on_button = IconButton("chevron_down", self.tr("The next place or page (Enter)"))
        self.place = muted()
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setTabChangesFocus(True)
        self.view.setAccessibleName(self.tr("Words of the kept copy"))
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.view.setFixedHeight(LINES * self.view.fontMetrics().lineSpacing() + EDGES_PX)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.line, 1)
        top.addWidget(self.back_button)
        top.addWidget(self.on_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.place)
        layout.addWidget(self.view)

    def show_copy(self, copy: SourceFile, typed: str = "") -> None:
        """Show the words of a copy, at the best place of the words that were typed to find it."""
        self.forget()
        self.uuid = copy.uuid
        self._has_pages = copy.content_type == "application/pdf"
        was_blocked = self.line.blockSignals(True)
        self.line.setText(typed)
        self.line.blockSignals(was_blocked)
        self._words.want([copy])
        self._take(copy.uuid)

    def forget(self) -> None:
        """Show no copy any longer."""
        self.uuid, self._text, self._parts, self._found = "", "", [], FoundPlaces()
        if self._job is not None:
            self._job.drop()

    def _take(self, uuid: str) -> None:
        """Show the words of the copy as soon as they are read."""
        text = self._words.texts.get(uuid, "") if uuid == self.uuid and not self._parts else ""
        if not text:
            self._show_found(self._found if self._parts else FoundPlaces())
            return
        has_pages = self._has_pages
        self._run(lambda: _readable(text, has_pages=has_pages), self._show_text)

    def _show_text(self, readable: tuple[str, list[DocumentPart]]) -> None:
        self._text, self._parts = readable
        self._part = 0
        self._find()

    def _find(self) -> None:
        text, parts, wanted = self._text, self._parts, read_query(self.line.text())
        if parts:
            self._run(lambda: found_places(text, parts, wanted), self._show_found)

    def _run[T](self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        if self._job is None:
            done(work())
        else:
            self._job.run(work, lambda answer: done(answer) if isValid(self) else None)

    def _show_found(self, places: FoundPlaces) -> None:
        self._found, self._at = places, places.best
        self._show_place()

    def step(self, by: int) -> None:
        """Go to another of the places that were found, or where nothing is searched for to another page."""
        if self._found.places:
            self._at = (self._at + by) % len(self._found.places)
        else:
            self._part = min(max(self._part + by, 0), max(len(self._parts) - 1, 0))
        self._show_place()

    def _show_place(self) -> None:
        places, parts = self._found.places, self._parts
        if places:
            self._part = places[self._at].part
        self.view.setPlainText(parts[self._part].text if parts else "")
        self.view.setPlaceholderText("" if parts else self.tr("Its words are not read yet."))
        tints = [(place, TINT) for place in places if place.part == self._part and place != places[self._at]]
        tints += [(places[self._at], STRONG_TINT)] if places else []
        self.view.setExtraSelections([self._mark(place.begin, place.end, tint) for place, tint in tints])
        cursor = QTextCursor(self.view.document())
        cursor.setPosition(self._position(places[self._at].begin) if places else 0)
        self.view.setTextCursor(cursor)
        self.view.centerCursor()
        self.place.setText(self._where())
        for button in (self.back_button, self.on_button):
            button.setEnabled(len(places) > 1 or (not places and len(parts) > 1))

    def _where(self) -> str:
        """The place in the copy in words: the number of the match, and the page."""
        places, parts = self._found.places, self._parts
        match = ""
        if places:
            match = self.tr("{0} of {1}").format(grouped(self._at + 1), grouped(len(places)))
        elif parts and not read_query(self.line.text()).is_empty:
            match = self.tr("Not in this copy")
        where = ""
        if parts and parts[self._part].page:
            where = self.tr("page {0} of {1}").format(parts[self._part].page, self._text.count(PAGE_BREAK) + 1)
        elif len(parts) > 1:
            where = self.tr("part {0} of {1}").format(self._part + 1, len(parts))
        return " · ".join(filter(None, (match, where)))

    def _position(self, at: int) -> int:
        """A place of the shown part as Qt counts it, in units of UTF-16."""
        return len(self._parts[self._part].text[:at].encode("utf-16-le", "surrogatepass")) // 2

    def _mark(self, begin: int, end: int, tint: int) -> QTextEdit.ExtraSelection:
        ground = QColor(self.palette().color(QPalette.ColorRole.Accent))
        ground.setAlpha(tint)
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.view.document())
        cursor.setPosition(self._position(begin))
        cursor.setPosition(self._position(end), QTextCursor.MoveMode.KeepAnchor)
        chosen = QTextCharFormat()
        chosen.setBackground(ground)
        mark.cursor, mark.format = cursor, chosen
        return mark


def _readable(text: str, *, has_pages: bool) -> tuple[str, list[DocumentPart]]:
    """The text of a document as it is shown, without control characters, and its parts."""
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split(PAGE_BREAK)
    shown = PAGE_BREAK.join(plain(page, len(page) + 1) for page in pages)
    return shown, document_parts(shown, has_pages=has_pages)
