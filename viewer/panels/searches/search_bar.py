"""The strip above the map while a search is gone through: the cell in hand, what it lacks, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import override

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from layers.document.vocabulary import WHYS
from layers.observing.grid_sides import counted_from, is_turned, side_of_cell
from layers.observing.search_grid import cell_name
from layers.observing.search_words import suggestion
from layers.text.counted import metres
from viewer.panels.searches.search_desk import NotTaken, SearchDesk
from viewer.panels.searches.search_walk import SearchWalk
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

LONGEST_TARGET = 40
LINES = 2
"""Lines of the sentence on a cell."""
_ANSWERS = frozenset({Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4})
"""Keys that answer: one that is held down answers once, and no cell that comes after."""
_NO_MATTER = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
"""Modifiers with which a digit may come: from the keypad, and on keyboards whose digits want Shift."""


class _ReasonBox(ComboBox):
    """The choice of a reason. The keys of the walk hold in it while its list is closed; a list that closes gives the
    keyboard back to the map.
    """

    def __init__(self, takes: Callable[[QKeyEvent], bool], give_back: Callable[[], object]) -> None:
        super().__init__()
        self._takes, self._give_back = takes, give_back

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._takes(event):
            event.ignore()  # for the bar around it
        else:
            super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self.view():
            QTimer.singleShot(0, self, self._give_back)  # once the window of the list is gone
        return super().eventFilter(watched, event)


class SearchBar(QWidget):
    """The controls of a walk; hidden without one. Its keys hold while the map or the bar has the keyboard."""

    def __init__(self, desk: SearchDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked_at: tuple[int, int] | None = None
        """The cell for which the list of reasons was opened."""
        self.setAccessibleName(self.tr("Search"))
        self.where, self.says = plain_label(), plain_label()
        self.says.setWordWrap(True)
        self.says.setFixedHeight(LINES * self.says.fontMetrics().lineSpacing())  # or the map would be moved by words
        self.nothing = self._button(self.tr("1 Nothing seen"), self.tr("Nothing of it in this cell (1)"))
        self.found = self._button(self.tr("2 Found"), self.tr("Mark what is seen (2 marks it where the mouse points)"))
        self.unsure = self._button(self.tr("3 Cannot tell"), self.tr("It cannot be told, for the reason beside (3)"))
        self.reason = _ReasonBox(self._takes, desk.canvas.setFocus)
        self.reason.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reason.setAccessibleName(self.tr("Reason why it cannot be told (0 opens the list)"))
        self.reason.setToolTip(tooltip(self.tr("Reason why it cannot be told (0 opens the list)")))
        self.reason.addItem(self.tr("no reason yet"), "")
        for why in WHYS:
            self.reason.addItem(word(why), why)
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
        self.unsure.clicked.connect(lambda: desk.cannot_tell(str(self.reason.currentData())))
        self.reason.activated.connect(self._reason_chosen)
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
        if not self.reason.view().isVisible():
            self.reason.setCurrentIndex(max(self.reason.findData(walk.cell.suggested or self._desk.reason), 0))
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
        parts = [self._desk.end_words] if self._desk.end_words else []
        if self._desk.refusal is not None:
            parts = [self._refused_words(walk, self._desk.refusal)]
        if kept.answer:
            why = f" ({word(kept.why)})" if kept.why else ""
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

    def _reason_chosen(self) -> None:
        """Answer with the chosen reason the cell for which it was asked; "no reason yet" answers nothing."""
        walk, why = self._desk.walk, str(self.reason.currentData())
        if walk is not None and why and self._asked_at in (None, walk.at):
            self._desk.cannot_tell(why)
        self._asked_at = None
        self._desk.canvas.setFocus()

    def _ask_reason(self) -> None:
        self._asked_at = None if self._desk.walk is None else self._desk.walk.at
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reason.showPopup()

    def _press(self, event: QKeyEvent) -> bool:
        """Do what a key means in a walk; False for a key without a meaning."""
        action = self._action(event)
        if action is None:
            return False
        if not (event.isAutoRepeat() and event.key() in _ANSWERS):
            action()
        return True

    def _takes(self, event: QKeyEvent) -> bool:
        return self._action(event) is not None

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
            if self._action(event) is not None:
                event.accept()
                return True
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
