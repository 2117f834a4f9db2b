"""The question why something cannot be told: a letter for each reason, and two that lead to a line for words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from layers.document.vocabulary import WHYS
from layers.product.judging.cautions import observation_caution
from viewer.panels.asking.entry_line import Entry, EntryLine
from viewer.panels.asking.key_question import KeyAnswer, KeyQuestion
from viewer.support.language.stored_words import word
from viewer.support.language.translation import in_language

_KEYS = dict(zip(WHYS, "chsnarvgfld", strict=True))
"""The key of each reason for which something cannot be told."""
_AMBIGUOUS, _OTHER = "ambiguous", "other"
_OWN_KEYS = {_AMBIGUOUS: "b", _OTHER: "o"}
"""The key of each reason that is said in words, as the file has no word of its own for it."""


class ReasonQuestion(KeyQuestion):
    """The plate with the reasons; it asks other questions as well, whose answers it tells apart."""

    reason_chosen = Signal(str)
    """Emitted with a reason of the vocabulary."""
    reason_typed = Signal(str, int, int)
    """Emitted with a reason in words, and with the cells to move down and right by the key that ended it."""

    def __init__(self, asked_by: QWidget, keyboard_home: QWidget | None = None) -> None:
        """`keyboard_home` gets the keyboard back from the line for words; the widget that asks where there is none."""
        super().__init__(asked_by)
        self._home = keyboard_home or asked_by
        self.line: EntryLine | None = None
        """The line for words, while it is open."""
        self._asks_why, self._kept = False, ""

    @property
    def asks_why(self) -> bool:
        """True while the question is the one for a reason."""
        return self._asks_why

    def ask_why(self, at: QRect, kept_words: str = "", *, takes_words: bool = True) -> None:
        """Ask for the reason; `kept_words` are those that one in words would replace: they are shown, and selected."""
        answers = [(key, why, word(why)) for why, key in _KEYS.items()]
        own = {_AMBIGUOUS: self.tr("ambiguous…"), _OTHER: self.tr("other…")}
        answers += [(key, value, own[value]) for value, key in _OWN_KEYS.items()] if takes_words else []
        self.ask(self.tr("Why can it not be told?"), answers, at)
        self._asks_why, self._kept = True, kept_words

    @override
    def ask(self, words: str, answers: Sequence[KeyAnswer], at: QRect) -> None:
        self._asks_why = False
        super().ask(words, answers, at)

    @override
    def give(self, value: str) -> None:
        """Give one of the answers; one in words opens the line for them."""
        if not self._asks_why:
            super().give(value)
        elif value in _OWN_KEYS:
            self._open_line(self.tr("ambiguous: ") if value == _AMBIGUOUS else "")
        else:
            self.end()
            self.reason_chosen.emit(value)

    @override
    def end(self) -> None:
        """Take the plate away, and the line; what was typed in it is not kept."""
        line, self.line = self.line, None
        self._asks_why = False
        if line is not None:
            had_focus = line.hasFocus()
            line.hide()
            line.deleteLater()
            if had_focus:
                self._home.setFocus()
        super().end()

    def _open_line(self, begun: str) -> None:
        kept = self._kept.removeprefix(begun)
        self.line = line = EntryLine(self, begun + kept, Entry.REASON)
        line.entered.connect(self._line_entered)
        line.given_up.connect(self.end)
        line.textEdited.connect(self._caution)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(line)
        line.show()
        self._show(self.tr("Why can it not be told, in words?"), (), self._at)
        line.setFocus()
        line.setSelection(len(begun), len(kept))

    def _line_entered(self, text: str, down: int, right: int) -> None:
        if self.line is not None:
            self.end()
            self.reason_typed.emit(text.strip(), down, right)

    def _caution(self, words: str) -> None:
        """Say, as one types, that words go beyond what an image shows. They are kept all the same."""
        sentence = in_language(observation_caution(words))
        self._say(sentence or self.tr("Why can it not be told, in words?"), insists=bool(sentence))
