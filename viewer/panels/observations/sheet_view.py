"""The table of the sheet, filled by keys alone: one key for what is seen, one for each answer, arrows to move."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from layers.document.observation import Observation
from layers.product.judging.cautions import observation_caution
from viewer.panels.asking.entry_line import Entry, EntryLine
from viewer.panels.asking.key_question import KeyAnswer
from viewer.panels.asking.reason_question import ReasonQuestion
from viewer.panels.observations.cell_chips import CellChips
from viewer.panels.observations.cell_delegate import CELL_HEIGHT_PX, CELL_WIDTH_PX, CellDelegate
from viewer.panels.observations.cell_words import LONGEST
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace
from viewer.panels.observations.sheet_keys import ENTRIES, MOVES, Verb, verb_of, verb_of_key
from viewer.panels.observations.sheet_menus import (
    CLEAR,
    OBSCURED,
    PARTLY,
    cell_menu,
    image_menu,
    state_answer,
    view_answers,
)
from viewer.panels.observations.sheet_model import Index, SheetModel
from viewer.panels.observations.waiting_keys import WaitingKeys
from viewer.support.focus_filter import TAKES_LETTERS
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

WORDS_PX, COUNT_PX, HEAD_MARGIN_PX = 280, 96, 16
SITES_PX = 150
"""Width of the names of sites."""
_IMAGE_VIEWS = {Verb.CLEAR: CLEAR, Verb.PARTLY_OBSCURED: PARTLY, Verb.OBSCURED: OBSCURED}
_CELL_VIEWS = {Verb.CELL_CLEAR: CLEAR, Verb.CELL_PARTLY_OBSCURED: PARTLY, Verb.CELL_OBSCURED: OBSCURED}
_CHANGES = {Verb.NONE_SEEN: "none seen", Verb.CHANGED: "changed", Verb.CHANGE_UNKNOWN: "cannot tell"}


class SheetView(QTableView):
    """The table. Its keyboard focus stays in it while a question waits for a key."""

    count_wanted = Signal()
    """Emitted to count on the image of the current cell by ticks."""
    current_changed = Signal()
    """Emitted when another cell is the current one, or there is none any more."""

    def __init__(self, desk: SheetDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.sheet_model = desk, SheetModel(desk, self)
        self.chips = CellChips(desk, self)
        self.question = ReasonQuestion(self)
        self._asked = SheetPlace(-1, -1)
        """The cell that the question is about."""
        self._waiting = WaitingKeys(self.question, self.keyPressEvent)
        self.editor: EntryLine | None = None
        self._short: dict[str, str] = {}
        """Lines of heads as they were cut: each key paints all of them."""
        self.sheet_model.shorten = self._shortened
        self.setModel(self.sheet_model)
        self.setItemDelegate(CellDelegate(desk, self.chips))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setTabKeyNavigation(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setProperty(TAKES_LETTERS, True)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName(self.tr("Sheet of observations: sites by images"))
        self._set_up_headers()
        self.chips.arrived.connect(self.viewport().update)
        self.question.answered.connect(self._view_answered)
        self.question.reason_chosen.connect(self._reason_chosen)
        self.question.reason_typed.connect(self._reason_typed)
        desk.refused.connect(self._refuse)
        desk.sheet_changed.connect(self._keep_current)
        desk.site_wanted.connect(self._take_site)
        self.is_unasked = False
        """True while the current cell is one that nobody has chosen: the first gap of the first site."""
        self._kept = ("", "")
        """The site and the key of the image of the current cell, to find it again in another sheet."""

    def _set_up_headers(self) -> None:
        images, sites = self.horizontalHeader(), self.verticalHeader()
        images.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        images.setDefaultSectionSize(CELL_WIDTH_PX)
        images.setSectionsClickable(True)
        images.setHighlightSections(True)
        images.setAccessibleName(self.tr("Images by date"))
        images.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        images.customContextMenuRequested.connect(lambda at: self._offer_views(images.logicalIndexAt(at)))
        images.sectionClicked.connect(self._offer_views)
        sites.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        sites.setDefaultSectionSize(CELL_HEIGHT_PX)
        sites.setFixedWidth(SITES_PX)
        sites.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        sites.setAccessibleName(self.tr("Sites"))

    # -- the current cell ---------------------------------------------------------------------------------------

    @property
    def place(self) -> SheetPlace | None:
        """The current cell; None without one."""
        index = self.currentIndex()
        return SheetPlace(index.row(), index.column()) if index.isValid() else None

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.question.line is None:  # words that are typed are not lost when the sheet is made anew
            self.question.end()
        self.is_unasked = False
        sheet = self.desk.sheet
        if current.isValid():
            self._kept = sheet.sites[current.row()], sheet.images[current.column()].key
        self.current_changed.emit()

    def begin(self) -> None:
        """Make the first gap of the first site the current cell, where there is none yet."""
        if not self.currentIndex().isValid():
            self._go_to_site(0)
            self.is_unasked = self.currentIndex().isValid()

    def go_to(self, at: SheetPlace) -> None:
        """Make a cell the current one."""
        is_unasked = self.is_unasked
        self.setCurrentIndex(self.sheet_model.index(*at))
        self.is_unasked = is_unasked  # the site is still one that nobody has chosen

    def step(self, down: int, right: int) -> None:
        """Make a neighbour of the current cell the current one, where there is one."""
        at = self.place
        if at is not None:
            row = min(max(at.row + down, 0), self.sheet_model.rowCount() - 1)
            column = min(max(at.column + right, 0), self.sheet_model.columnCount() - 1)
            self.setCurrentIndex(self.sheet_model.index(row, column))

    def _keep_current(self) -> None:
        """Find the current cell again after the sheet was made anew."""
        site, key = self._kept
        sheet = self.desk.sheet
        keys = [image.key for image in sheet.images]
        if site in sheet.sites and keys:
            column = keys.index(key) if key in keys else 0
            self.setCurrentIndex(self.sheet_model.index(sheet.sites.index(site), column))
        else:
            self.current_changed.emit()
            self.desk.go_to_selected()

    def _take_site(self, row: int) -> None:
        """Go to a site that was selected."""
        self._go_to_site(row)
        if self.is_unasked:
            self.is_unasked = False
            self.current_changed.emit()

    def _go_to_site(self, row: int) -> None:
        """Go to a site: on the present image, or on the first that it has a gap on where there is none."""
        columns = range(self.sheet_model.columnCount())
        if not columns or row >= self.sheet_model.rowCount() or self.currentIndex().row() == row:
            return
        gaps = (at for at in columns if self.desk.sheet.cell(row, at).is_gap)
        is_begun = self.currentIndex().isValid()
        self.setCurrentIndex(self.sheet_model.index(row, self.currentIndex().column() if is_begun else next(gaps, 0)))

    # -- keys ---------------------------------------------------------------------------------------------------

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Copy):
                event.accept()
                return True
            is_escape = event.key() == Qt.Key.Key_Escape and not self.question.isHidden()
            if is_escape or verb_of_key(event) is not None or (self.question.is_asking and event.text().isprintable()):
                event.accept()  # the map and the tools have these keys, too
                return True
        return super().event(event)

    def _shortened(self, line: str) -> str:
        """Cut a line of a column's head in its middle to the column's width: Qt would cut both of its ends."""
        if line not in self._short:
            font = QFont(self.font())
            font.setBold(True)  # as the head of the current column is
            wide = CELL_WIDTH_PX - HEAD_MARGIN_PX
            self._short[line] = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideMiddle, wide)
        return self._short[line]

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._short.clear()
        super().changeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_row()
            return
        if not self.question.isHidden() and self._answer_key(event):
            return
        self.question.end()
        verb = verb_of_key(event)
        if verb is None:
            super().keyPressEvent(event)
        else:
            self.do(*verb)

    @override
    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        for letter in event.commitString():
            if self.question.take(letter) or (verb := verb_of(letter)) is None:
                continue
            key = QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()[0]), Qt.KeyboardModifier.NoModifier, letter)
            if not self._waits(key):
                self.question.end()
                self.do(*verb)
        event.accept()

    def _answer_key(self, event: QKeyEvent) -> bool:
        """Answer the question by a key, or end it by Esc; False for a key that begins something else.

        A key that moves, that begins words or a count, or that means nothing leaves the question where it is, which
        says so: what was begun would be lost unsaid.
        """
        if event.key() == Qt.Key.Key_Escape:
            self.question.end()
            return True
        if self.question.take(event.text()) or self._waits(event):
            return True
        verb = verb_of_key(event)
        is_no_answer = event.key() in MOVES or (event.text().isprintable() and event.text() and verb is None)
        if self.question.is_asking and (is_no_answer or (verb is not None and verb[0] in ENTRIES)):
            self.question.insist(self._rect(self._asked))
            return True
        return False

    def _waits(self, event: QKeyEvent) -> bool:
        """Keep a key for the time when the question is answered, which says that it waits; see `WaitingKeys.keep`."""
        if not self._waiting.keep(event):
            return False
        self.question.insist(self._rect(self._asked))
        return True

    def do(self, verb: Verb, begun: str = "") -> None:
        """Do in the current cell what a key is for; `begun` are the first letters of an entry."""
        at, desk = self.place, self.desk
        if at is None:
            return
        self.is_unasked = False
        if verb is Verb.PRESENT:
            self._seen(at, desk.sheet.cell(*at).own, desk.see(at, "present"))
        elif verb is Verb.ABSENT:
            self._see_absent(at)
        elif verb is Verb.CANNOT_TELL:
            self._ask_why(at)
        elif verb in _CHANGES:
            desk.compare(at, _CHANGES[verb])
        elif verb in _IMAGE_VIEWS:
            desk.state_view(at.column, _IMAGE_VIEWS[verb])
        elif verb in _CELL_VIEWS:
            self._state_own_view(at, _CELL_VIEWS[verb])
        elif verb is Verb.CARRY:
            desk.carry_words(at)
        elif verb is Verb.TICKS:
            self.count_wanted.emit()
        elif verb is Verb.DELETE:
            desk.remove(at)
        elif verb is Verb.EVIDENCE:
            desk.link_row(at)
        elif verb is Verb.SELECT:
            desk.select_site(at.row)
        else:
            self._type(at, Entry.COUNT if verb is Verb.COUNT else Entry.WORDS, begun)

    def copy_row(self) -> None:
        """Copy the row of the current cell, which becomes evidence where it is pasted on a claim."""
        at = self.place
        if at is not None and self.desk.row_of(at) is not None:
            QGuiApplication.clipboard().setMimeData(self.sheet_model.mimeData([self.currentIndex()]))

    def _see_absent(self, at: SheetPlace) -> None:
        """Record *absent* where the view is clear; ask how clear it is where nobody has said so."""
        own = self.desk.sheet.cell(*at).own
        view = (own.view_quality if own is not None else "") or self.desk.view_of(self.desk.sheet.images[at.column])
        if view == CLEAR:
            self._seen(at, own, self.desk.see(at, "absent", view_quality=CLEAR))
        elif view:
            self._refuse(
                self.tr("The view is {0}: “absent” needs a clear one. ? says that it cannot be told.").format(
                    word(view)
                )
            )
        else:
            words = self.tr("How clear is the view of this image? “Absent” needs a clear one.")
            self._ask(at, words, view_answers(self.desk))

    def _ask_why(self, at: SheetPlace) -> None:
        own = self.desk.sheet.cell(*at).own
        self._begin_to_ask(at)
        self.question.ask_why(self._rect(at), "" if own is None else own.words)

    def _state_own_view(self, at: SheetPlace, view: str) -> None:
        if self.desk.sheet.cell(*at).own is None:
            self._refuse(self.tr("Say first what is seen here: + present, - absent, ? cannot tell."))
        else:
            self.desk.record(at, view_quality=view)

    def _ask(self, at: SheetPlace, words: str, answers: list[KeyAnswer]) -> None:
        self._begin_to_ask(at)
        self.question.ask(words, answers, self._rect(at))

    def _begin_to_ask(self, at: SheetPlace) -> None:
        self._asked = at
        self._waiting.taken()

    def _view_answered(self, view: str) -> None:
        """Record *absent*, and do what was typed meanwhile, as far as the next question; not after a refusal."""
        at, keys = self._asked, self._waiting.taken()
        if state_answer(self.desk, at.column, view):
            self._see_absent(at)
            self._waiting.go_on(keys)

    def _reason_chosen(self, why: str) -> None:
        keys = self._waiting.taken()
        self._cannot_tell(self._asked, why=why)
        self._waiting.go_on(keys)

    def _reason_typed(self, words: str, down: int, right: int) -> None:
        keys = self._waiting.taken()
        if self._cannot_tell(self._asked, why="", words=words) and (down or right):
            self.step(down, right)
        self._waiting.go_on(keys)

    def _cannot_tell(self, at: SheetPlace, **reason: str) -> bool:
        """Record *cannot tell* for a reason of the list, or for one in words; False where that is refused."""
        own = self.desk.sheet.cell(*at).own
        return self._seen(at, own, self.desk.see(at, "cannot tell", **reason))

    def _seen(self, at: SheetPlace, before: Observation | None, is_kept: bool) -> bool:
        """Say that the words of a row stay when its answer changed: they may be about what was seen before."""
        own = self.desk.sheet.cell(*at).own
        if is_kept and before is not None and own is not None and before.presence != own.presence and before.words:
            words = one_line(own.words, LONGEST)
            if own.words == before.words and self.isVisible():
                sentence = self.tr("The words stay as they were: “{0}”. Enter changes them.")
                self.question.note(sentence.format(words), self._rect(at))
        return is_kept

    def _refuse(self, sentence: str) -> None:
        at = self.place
        if at is not None and self.isVisible():
            self.question.refuse(sentence, self._rect(at))

    def _rect(self, at: SheetPlace) -> QRect:
        rect = self.visualRect(self.sheet_model.index(*at))
        return rect.translated(self.viewport().pos())

    # -- counts and words ---------------------------------------------------------------------------------------

    def _type(self, at: SheetPlace, entry: Entry, begun: str) -> None:
        """Open the line in the cell, for a count that begins with a digit, for words, or for a reason in words."""
        own, is_count = self.desk.sheet.cell(*at).own, entry is Entry.COUNT
        kept = "" if is_count or own is None else own.words
        text = kept if kept.startswith(begun) else begun + kept
        self.scrollTo(self.sheet_model.index(*at))
        rect = self.visualRect(self.sheet_model.index(*at))
        editor = EntryLine(self.viewport(), text, entry)
        wide = max(rect.width(), COUNT_PX if is_count else WORDS_PX)
        left = min(rect.left(), max(self.viewport().width() - wide, 0))
        editor.setGeometry(left, rect.top(), wide, rect.height())
        editor.entered.connect(lambda text, down, right: self._entered(at, entry, text, down, right))
        editor.given_up.connect(self._end_typing)
        if not is_count:
            editor.textEdited.connect(self._caution)
        self.editor = editor
        editor.show()
        editor.setFocus()
        if entry is Entry.WORDS:
            editor.selectAll()

    def _caution(self, words: str) -> None:
        """Say beside the cell, as one types, that words go beyond what an image shows. They are kept all the same."""
        sentence = in_language(observation_caution(words))
        if sentence:
            self._refuse(sentence)
        else:
            self.question.end()

    def _entered(self, at: SheetPlace, entry: Entry, text: str, down: int, right: int) -> None:
        self._end_typing()
        own = self.desk.sheet.cell(*at).own
        if entry is Entry.COUNT:
            is_kept = self.desk.count(at, text)
        elif text.strip() == (own.words if own is not None else ""):
            is_kept = True
        else:
            is_kept = self.desk.record(at, words=text.strip())
        if is_kept and (down or right):
            self.step(down, right)

    def _end_typing(self) -> None:
        editor, self.editor = self.editor, None
        self.question.end()
        if editor is not None:
            had_focus = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had_focus:
                self.setFocus()

    # -- the pointer --------------------------------------------------------------------------------------------

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.do(Verb.WORDS)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.question.end()
        self.is_unasked = False
        super().mousePressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            rows = {place.row() for place in self.selectedIndexes()} | {index.row()}
            cell_menu(self, self.desk, SheetPlace(index.row(), index.column()), rows).popup(event.globalPos())

    def _offer_views(self, column: int) -> None:
        """Offer below the head of a column how clear its image is."""
        if 0 <= column < self.sheet_model.columnCount():
            header = self.horizontalHeader()
            at = QPoint(header.sectionViewportPosition(column), header.height())
            image_menu(self, self.desk, column).popup(header.viewport().mapToGlobal(at))
