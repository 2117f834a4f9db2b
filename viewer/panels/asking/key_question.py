"""The plate beside a cell or a button: a question that one key answers, or a sentence on what was entered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget

from viewer.panels.asking.typed_keys import latin_of, plain_text
from viewer.support.language.text import plain
from viewer.support.plain_label import PlainLabel

type KeyAnswer = tuple[str, str, str]
"""A key, the value that it stands for, and its words."""
WIDEST_PX, GAP_PX = 420, 4
ACROSS = 3


class KeyQuestion(QFrame):
    """The plate. The keyboard stays where it is, and keys are handed on from there; a click answers as well."""

    answered = Signal(str)
    """Emitted with the value that was chosen, once the plate is away."""
    changed = Signal()
    """Emitted when keys begin to mean answers, or no longer do."""

    def __init__(self, asked_by: QWidget) -> None:
        """The plate of a widget; it lies over the whole window, as the widget may be low."""
        super().__init__(asked_by.window())
        self._asked_by = asked_by
        self.setObjectName("key_question")
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
        self._at = QRect()
        """The rectangle beside which the plate lies, as it was given."""
        self.hide()

    @property
    def is_asking(self) -> bool:
        """True while a question waits for a key."""
        return bool(self._answers) and not self.isHidden()

    @property
    def refuses(self) -> bool:
        """True while a sentence stands here that says why an entry was refused."""
        return not self.isHidden() and not self._answers and bool(self.property("refused"))

    @property
    def hint(self) -> str:
        """The meaning of the keys while a question waits for one; empty for none."""
        keys = " · ".join(f"{key} {text}" for key, _value, text in self._answers)
        return self.tr("Now: {0} · Esc leaves it as it is").format(keys) if self.is_asking else ""

    @property
    def short_hint(self) -> str:
        """The hint without the answers, which stand on the plate; empty while nothing is asked."""
        return self.tr("Press the key of an answer, or click it · Esc leaves it as it is") if self.is_asking else ""

    @property
    def answers(self) -> tuple[KeyAnswer, ...]:
        return self._answers

    def ask(self, words: str, answers: Sequence[KeyAnswer], at: QRect) -> None:
        """Ask a question beside a rectangle, which is in the coordinates of the widget that asks."""
        self._question = words
        self._show(words, answers, at)

    def insist(self, at: QRect) -> None:
        """Say that a key is waited for: one that is no answer was pressed, and nothing is kept yet."""
        keys = ", ".join(key for key, _value, _text in self._answers)
        sentence = self.tr("Nothing is kept yet: press {0}, or Esc to leave it as it is.").format(keys)
        self._show(f"{self._question} {sentence}", self._answers, at, insists=True)

    def refuse(self, sentence: str, at: QRect) -> None:
        """Say why an entry was refused, until another key is pressed."""
        self._show(sentence, (), at, insists=True)

    def note(self, sentence: str, at: QRect) -> None:
        """Say something on what was entered, until another key is pressed."""
        self._show(sentence, (), at)

    def end(self) -> None:
        """Take the plate away."""
        self._answers = ()
        self.hide()
        self.changed.emit()

    def take(self, text: str) -> bool:
        """Answer by a typed text; False for one that is no answer."""
        typed = latin_of(plain_text(text)).lower()
        value = next((value for key, value, _ in self._answers if typed and key == typed), "")
        if value:
            self.give(value)
        return bool(value)

    def give(self, value: str) -> None:
        """Give one of the answers."""
        self.end()
        self.answered.emit(value)

    def _show(self, words: str, answers: Sequence[KeyAnswer], at: QRect, *, insists: bool = False) -> None:
        self._answers, self._at = tuple(answers), at
        self._show_buttons()
        self._say(words, insists=insists)
        self.show()
        self.raise_()
        self.changed.emit()

    def _say(self, words: str, *, insists: bool) -> None:
        """Show a sentence; one that `insists` stands out."""
        self.setProperty("refused", insists)
        self.style().unpolish(self)
        self.style().polish(self)
        self.words.setText(plain(words))
        self._place(self._at)

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
            button.clicked.connect(lambda _checked=False, value=value: self.give(value))
            grid.addWidget(button, number // ACROSS, number % ACROSS)
        layout.replaceWidget(before, self._buttons)
        before.hide()
        before.deleteLater()
        self._buttons.setVisible(bool(self._answers))

    def _place(self, at: QRect) -> None:
        """Put the plate below the rectangle, above it where that has more room, and always within the parent."""
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
