"""The keys of the sheet: by the text that they type, whatever the layout, with full-width and Cyrillic letters."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from viewer.panels.asking.typed_keys import latin_of, plain_text


class Verb(StrEnum):
    """An action in a cell; the value is its key, as it is named on the screen."""

    PRESENT = "+"
    ABSENT = "-"
    CANNOT_TELL = "?"
    COUNT = "0-9"
    TICKS = "#"
    WORDS = "Enter"
    CARRY = '"'
    NONE_SEEN = "="
    CHANGED = "!"
    CHANGE_UNKNOWN = "*"
    CLEAR = "c"
    PARTLY_OBSCURED = "p"
    OBSCURED = "o"
    CELL_CLEAR = "C"
    CELL_PARTLY_OBSCURED = "P"
    CELL_OBSCURED = "O"
    EVIDENCE = "e"
    SELECT = "Space"
    DELETE = "Delete"


MOVES = frozenset(
    (
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
        *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    )
)
"""Keys that lead to another cell."""
ENTRIES = frozenset((Verb.WORDS, Verb.CARRY, Verb.COUNT, Verb.TICKS))
"""Entries beside that which is seen, not in its place."""
_BY_TEXT = {verb.value: verb for verb in Verb if len(verb.value) == 1}
_PLAIN = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ERASE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


def verb_of(text: str) -> tuple[Verb, str] | None:
    """The verb of a typed text, and the first letters of the entry that it begins; None for text of no use here."""
    plain = plain_text(text)
    if len(plain) != 1:
        return None
    if plain.isdecimal():
        return Verb.COUNT, str(int(plain))
    if plain == " ":
        return Verb.SELECT, ""
    verb = _BY_TEXT.get(plain) or _BY_TEXT.get(latin_of(plain))
    return None if verb is None else (verb, "")


def verb_of_key(event: QKeyEvent) -> tuple[Verb, str] | None:
    """The verb of a key, and the first letters of the entry that it begins; None for keys of other use."""
    if event.modifiers() & ~_PLAIN:
        return None
    if event.key() in _ENTER:
        return Verb.WORDS, ""
    if event.key() in _ERASE:
        return Verb.DELETE, ""
    is_sign_at_place = event.text() == "," and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    # A Russian layout has the comma, with Shift, where the Latin one has the question mark.
    return verb_of("?" if is_sign_at_place else event.text())
