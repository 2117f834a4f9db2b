"""The strip above the map while a search is gone through: the cell in hand, what it lacks, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from layers.observing.grid_sides import counted_from, is_turned, side_of_cell
from layers.observing.search_grid import cell_name
from layers.observing.search_words import suggestion
from layers.text.counted import metres
from viewer.panels.asking.reason_question import ReasonQuestion
from viewer.panels.searches.search_desk import NotTaken, SearchDesk
from viewer.panels.searches.search_walk import SearchWalk
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

LONGEST_TARGET = LONGEST_WORDS = 40
LONGEST_REASON = 24
LINES = 2
"""Lines of the sentence on a cell."""
_ANSWERS = frozenset({Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4})
"""Keys that answer: one that is held down answers once, and no cell that comes after."""
_OTHER_ANSWERS = frozenset({Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_4})
"""Keys that answer the cell in another way while the reason is asked why it cannot be told."""
_NO_MATTER = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
"""Modifiers with which a digit may come: from the keypad, and on keyboards whose digits want Shift."""


class SearchBar(QWidget):
    """The controls of a walk; hidden without one. Its keys hold while the map or the bar has the keyboard."""

    def __init__(self, desk: SearchDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked_at: tuple[int, int] | None = None
        """The cell for which the reason is asked."""
        self.setAccessibleName(self.tr("Search"))
        self.where, self.says = plain_label(), plain_label()
        self.says.setWordWrap(True)
        self.says.setFixedHeight(LINES * self.says.fontMetrics().lineSpacing())  # or the map would be moved by words
        self.nothing = self._button(self.tr("1 Nothing seen"), self.tr("Nothing of it in this cell (1)"))
        self.found = self._button(self.tr("2 Found"), self.tr("Mark what is seen (2 marks it where the mouse points)"))
        self.unsure = self._button(self.tr("3 Cannot tell"), self.tr("It cannot be told, for the reason beside (3)"))
        self.reason = self._button("", self.tr("Reason why it cannot be told (0 asks for another)"))
        self.question = ReasonQuestion(self.reason, desk.canvas)
        self.skip = self._button(self.tr("4 Skip"), self.tr("Leave this cell unsearched (4)"))
        self.part = self._button(self.tr("Next part"), self.tr("Show the rest of the cell (Enter)"))
        self.back = IconButton("back", self.tr("The cell before (Backspace)"))
        self.next = IconButton("forward", self.tr("The next cell (Page Down)"))
        self.end = IconButton("close", self.tr("Leave the search; what was answered is kept (Esc)"))
        self._keys: Mapping[int, Callable[[], object]] = {
            Qt.Key.Key_1: desk.nothing_seen,
            Qt.Key.Key_2: desk.found,
            Qt.Key.Key_3: desk.cannot_tell,
            Qt.Key.Key_4: desk.skip,
            Qt.Key.Key_0: self._ask_reason,
            Qt.Key.Key_Return: desk.show_next_part,
            Qt.Key.Key_Enter: desk.show_next_part,
            Qt.Key.Key_Backspace: partial(desk.step, -1),
            Qt.Key.Key_PageUp: partial(desk.step, -1),
            Qt.Key.Key_PageDown: partial(desk.step, 1),
            Qt.Key.Key_Escape: desk.leave,
        }
        self._lay_out()
        self._connect()
        desk.canvas.installEventFilter(self)
        desk.shown_changed.connect(self.read)
        desk.reason_wanted.connect(self._ask_reason)
        self.read()

    def _button(self, text: str, says: str) -> CompactButton:
        button = CompactButton(text)
        button.setAccessibleName(says)
        button.setToolTip(tooltip(says))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the map
        return button

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self.where)
        first.addWidget(self.says, 1)
        answers: tuple[QWidget, ...] = (self.nothing, self.found, self.unsure, self.reason, self.skip)
        moves: tuple[QWidget, ...] = (self.part, self.back, self.next, self.end)
        for widget in answers:
            second.addWidget(widget)
        second.addStretch(1)
        for widget in moves:
            first.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(second)

    def _connect(self) -> None:
        desk = self._desk
        self.nothing.clicked.connect(lambda: desk.nothing_seen())
        self.found.clicked.connect(desk.await_place)
        self.unsure.clicked.connect(lambda: desk.cannot_tell())
        self.reason.clicked.connect(self._ask_reason)
        self.question.reason_chosen.connect(self._give_reason)
        self.question.reason_typed.connect(lambda words, _down, _right: self._give_reason(words))
        self.skip.clicked.connect(lambda: desk.skip())
        self.part.clicked.connect(lambda: desk.show_next_part())
        self.back.clicked.connect(lambda: desk.step(-1))
        self.next.clicked.connect(lambda: desk.step(1))
        self.end.clicked.connect(lambda: desk.leave())

    # -- what it shows ----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Show the cell in hand."""
        walk = self._desk.walk
        self.setVisible(walk is not None)
        if walk is None or walk.at != self._asked_at:
            self._asked_at = None
            self.question.end()
        if walk is None:
            return
        progress = walk.progress
        cell = self.tr("Cell {0} of {1}").format(progress.number, progress.cells)
        grid, name = walk.sheet.grid, in_language(cell_name(*walk.at))
        if is_turned(grid):
            name = f"{name}; {in_language(side_of_cell(grid, *walk.at))}"
        self.where.setText(f"{cell} ({name})")
        self.where.setToolTip(tooltip(in_language(counted_from(grid) or "")))
        sentence = self._sentence(walk)
        self.says.setText(sentence)
        self.says.setToolTip(tooltip(sentence))
        reason = one_line(word(self._desk.reason_at_hand), LONGEST_REASON) or self.tr("no reason yet")
        self.reason.setText(self.tr("0 Reason: {0}…").format(reason.replace("&", "&&")))
        self.part.setEnabled(not walk.is_shown)
        self.nothing.setEnabled(walk.is_shown)

    def _sentence(self, walk: SearchWalk) -> str:
        """The one sentence that matters most now."""
        if self._desk.awaits_place:
            cell = in_language(cell_name(*walk.at))
            way = self.tr("Click where it is in {0}; or move the map until it lies in the crosshair, and press 2.")
            refusal = self._desk.refusal
            before = "" if refusal is None else self._refused_words(walk, refusal)
            return " ".join(filter(None, (before, way.format(cell))))
        kept = walk.cell
        words = suggestion(kept)
        parts = list(filter(None, (self._taken_words(walk), self._desk.end_words)))
        if self._desk.refusal is not None:
            parts = [self._refused_words(walk, self._desk.refusal)]
        if kept.answer:
            reason = word(kept.why) or one_line(kept.words, LONGEST_WORDS)
            why = f" ({reason})" if reason else ""
            parts.append(f"{capital(kept.answer)}{why}.")
        if walk.outside and not kept.answer:
            parts.append(self._outside_words(walk.outside))
        if self._desk.lacks is not None and not walk.is_shown:
            parts.append(in_language(self._desk.lacks))
        elif not walk.is_shown and walk.outside < 1.0:
            parts.append(self.tr("Shown: {0} %. Enter shows the next part.").format(int(100 * walk.part_shown)))
        if words is not None and not kept.answer:
            parts += [in_language(words), self.tr("3 confirms it.")]
        return " ".join(parts) or self._looked_for(walk)

    def _taken_words(self, walk: SearchWalk) -> str:
        """The sentence on the cell before that was answered with the reason at hand, and how it gets another."""
        at = self._desk.taken_before
        if at is None:
            return ""
        cell = walk.sheet.cell(*at)
        reason = one_line(word(cell.why) or cell.words, LONGEST_REASON)
        sentence = self.tr("{0}: cannot tell ({1}). For another reason: Backspace, 0.")
        return sentence.format(capital(in_language(cell_name(*at))), reason)

    def _refused_words(self, walk: SearchWalk, refusal: NotTaken) -> str:
        """The sentence on an answer that was not taken, by what is true of the cell now."""
        if refusal == NotTaken.OUT_OF_SIGHT:
            return self.tr("Not answered: this cell was not in sight. Look at it, then answer.")
        if refusal == NotTaken.ELSEWHERE:
            return self.tr("That place lies in another cell.")
        if refusal == NotTaken.OUTSIDE:
            return self.tr("That place lies outside the area, or beyond the image.")
        if walk.is_shown:
            return self.tr("Not answered yet: all of this cell was shown now.")
        return self.tr("Not answered: look at all of this cell first.")

    def _outside_words(self, part: float) -> str:
        if part >= 1.0:
            return self.tr("This cell lies outside the image.")
        return self.tr("Part of this cell lies outside the image.")

    def _looked_for(self, walk: SearchWalk) -> str:
        search = self._desk.context.document.searches.get(walk.uuid)
        if search is None or search.target_size_m is None:
            return ""
        target = one_line(search.target, LONGEST_TARGET) or self.tr("anything")
        return self.tr("Look for {0} of {1} or more.").format(target, metres(search.target_size_m))

    # -- what is done -----------------------------------------------------------------------------------------------

    def _give_reason(self, reason: str) -> None:
        """Answer the cell for which the reason was asked, and no other."""
        walk, at = self._desk.walk, self._asked_at
        self._asked_at = None
        self._desk.canvas.setFocus()
        if walk is not None and walk.at == at and reason:
            self._desk.cannot_tell(reason)
        elif not reason:
            self.question.refuse(self.tr("Not answered: no reason was given."), self.reason.rect())

    def _ask_reason(self) -> None:
        walk = self._desk.walk
        if walk is not None:
            self._asked_at = walk.at
            self._desk.canvas.setFocus()
            self.question.ask_why(self.reason.rect(), walk.cell.words)

    def _press(self, event: QKeyEvent) -> bool:
        """Do what a key means in a walk; False for a key without a meaning."""
        if not self.question.isHidden() and self._take_answer(event):
            return True
        action = self._action(event)
        if action is None:
            return False
        if not (event.isAutoRepeat() and event.key() in _ANSWERS):
            action()
        return True

    def _take_answer(self, event: QKeyEvent) -> bool:
        """Answer the question by a key, or end it by Esc; False for a key that answers the cell otherwise, or that
        moves the map.
        """
        if event.key() == Qt.Key.Key_Escape:
            self.question.end()
            return True
        if self.question.take(event.text()):
            return True
        if event.key() in _OTHER_ANSWERS:
            self.question.end()
            return False
        is_no_answer = self._action(event) is not None or _is_letter(event)
        if self.question.is_asking and is_no_answer:
            self.question.insist(self.reason.rect())
        return is_no_answer

    def _takes(self, event: QKeyEvent) -> bool:
        return self._action(event) is not None or (self.question.is_asking and _is_letter(event))

    def _action(self, event: QKeyEvent) -> Callable[[], object] | None:
        tool, key = self._desk.canvas.tool, event.key()
        if self._desk.walk is None or event.modifiers() & ~_NO_MATTER or (tool is not None and key in tool.own_keys):
            return None
        if key == Qt.Key.Key_Escape and self._desk.awaits_place:
            return self._desk.await_no_place
        return self._keys.get(key)

    @override
    def event(self, event: QEvent) -> bool:
        """Take the keys of a walk before the shortcuts of the window, also in the fields of the bar."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._press(event):
            super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of a walk, and the click that says where something is, before the map's tools do."""
        if self._desk.walk is None:
            return False
        kind = event.type()
        if kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            if kind == QEvent.Type.KeyPress:
                return self._press(event)
            if self._takes(event):
                event.accept()
                return True
        if kind == QEvent.Type.MouseButtonPress:
            self.question.end()
        is_click = kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
        if self._desk.awaits_place and is_click and isinstance(event, QMouseEvent):
            return self._take_click(event)
        return False

    def _take_click(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            pointer = self._desk.canvas.gestures.pointer_at(event.position())
            if pointer.on_map:
                self._desk.found((pointer.lon, pointer.lat))
        return True


def _is_letter(event: QKeyEvent) -> bool:
    """True for a key that types something."""
    return bool(event.text()) and event.text().isprintable() and not event.modifiers() & ~_NO_MATTER
