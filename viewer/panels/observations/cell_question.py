"""The plate beside a cell: a question that one key answers, or the sentence why an entry was refused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from viewer.panels.observations.sheet_keys import latin_of, plain_text
from viewer.support.language.text import plain
from viewer.support.plain_label import PlainLabel

type KeyAnswer = tuple[str, str, str]
"""A key, the value that it stands for, and its words."""
WIDEST_PX, GAP_PX = 420, 4
ACROSS = 3


class CellQuestion(QFrame):
    """The plate. The keyboard stays in the sheet, which hands its keys on; a click answers as well."""

    answered = Signal(str)
    """Emitted with the value that was chosen."""

    def __init__(self, asked_by: QWidget) -> None:
        """The plate of a widget; it lies over the whole window, as the widget may be low."""
        super().__init__(asked_by.window())
        self._asked_by = asked_by
        self.setObjectName("cell_question")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.words = PlainLabel()
        self.words.setWordWrap(True)
        self._buttons = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self._buttons)
        self._answers: tuple[KeyAnswer, ...] = ()
        self._question = ""
        self.hide()

    @property
    def is_asking(self) -> bool:
        """True while a question waits for a key."""
        return bool(self._answers) and not self.isHidden()

    @property
    def answers(self) -> tuple[KeyAnswer, ...]:
        return self._answers

    def ask(self, words: str, answers: Sequence[KeyAnswer], at: QRect) -> None:
        """Ask a question beside a cell, whose rectangle is in the coordinates of the widget that it belongs to."""
        self._question = words
        self._show(words, answers, at)

    def insist(self, at: QRect) -> None:
        """Say that a key is waited for: one that moves was pressed, and nothing is kept in the cell yet."""
        keys = ", ".join(key for key, _value, _text in self._answers)
        sentence = self.tr("Nothing is kept yet: press {0}, or Esc to leave the cell as it is.").format(keys)
        self._show(f"{self._question} {sentence}", self._answers, at, insists=True)

    def refuse(self, sentence: str, at: QRect) -> None:
        """Say beside a cell why an entry was refused, until another key is pressed."""
        self._show(sentence, (), at)

    def end(self) -> None:
        """Take the plate away."""
        self._answers = ()
        self.hide()

    def answer_of(self, text: str) -> str:
        """The value that a typed text stands for; empty for another key."""
        typed = latin_of(plain_text(text)).lower()
        return next((value for key, value, _ in self._answers if typed and key == typed), "")

    def _show(self, words: str, answers: Sequence[KeyAnswer], at: QRect, *, insists: bool = False) -> None:
        self._answers = tuple(answers)
        self._show_buttons()
        self.setProperty("refused", insists or not answers)
        self.style().unpolish(self)
        self.style().polish(self)
        self.words.setText(plain(words))
        self._place(at)
        self.show()
        self.raise_()

    def _show_buttons(self) -> None:
        """Replace the buttons by those of the present answers."""
        layout, before = self.layout(), self._buttons
        assert layout is not None
        self._buttons = QWidget()
        grid = QGridLayout(self._buttons)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        for number, (key, value, text) in enumerate(self._answers):
            button = QPushButton(f"{key}   {text}")
            button.setAccessibleName(text)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, value=value: self.answered.emit(value))
            grid.addWidget(button, number // ACROSS, number % ACROSS)
        layout.replaceWidget(before, self._buttons)
        before.hide()
        before.deleteLater()
        self._buttons.setVisible(bool(self._answers))

    def _place(self, at: QRect) -> None:
        """Put the plate below the cell, above it where that has more room, and always within the parent."""
        parent = self._asked_by.window()
        if self.parentWidget() is not parent:  # its panel was taken out of the window, or put back
            self.setParent(parent)
        at = QRect(self._asked_by.mapTo(parent, at.topLeft()), at.size())
        self.setMaximumWidth(min(WIDEST_PX, parent.width() - 2 * GAP_PX))
        layout = self.layout()
        assert layout is not None
        layout.activate()
        wide = min(max(self.sizeHint().width(), 200), self.maximumWidth())
        high = self.heightForWidth(wide) if self.hasHeightForWidth() else self.sizeHint().height()
        self.resize(wide, max(high, self.sizeHint().height()))
        left = min(max(at.left(), GAP_PX), max(parent.width() - self.width() - GAP_PX, GAP_PX))
        below, above = at.bottom() + GAP_PX, at.top() - self.height() - GAP_PX
        fits_below = below + self.height() <= parent.height()
        self.move(left, below if fits_below or above < 0 else above)
