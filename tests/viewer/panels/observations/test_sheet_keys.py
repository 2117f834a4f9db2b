"""The keys of the sheet as keyboards of other scripts send them: their own key codes, and their own characters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from viewer.panels.observations.sheet_keys import Verb, verb_of_key

SHIFT, NONE, CONTROL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
)
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def key(text: str, code: int | None = None, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    """A key that types a text, by default with the code that Qt gives to a letter of any script."""
    return QKeyEvent(QEvent.Type.KeyPress, ord(text.upper()) if code is None else code, modifiers, text)


RUSSIAN = (
    (key("+", modifiers=SHIFT), Verb.PRESENT),
    (key("-"), Verb.ABSENT),
    (key("?", modifiers=SHIFT), Verb.CANNOT_TELL),
    (key(",", modifiers=SHIFT), Verb.CANNOT_TELL),
    (key("="), Verb.NONE_SEEN),
    (key("!", modifiers=SHIFT), Verb.CHANGED),
    (key("*", modifiers=SHIFT), Verb.CHANGE_UNKNOWN),
    (key('"', modifiers=SHIFT), Verb.CARRY),
    (key("№", modifiers=SHIFT), Verb.TICKS),
    (key("с"), Verb.CLEAR),
    (key("з"), Verb.PARTLY_OBSCURED),
    (key("щ"), Verb.OBSCURED),
    (key("С", modifiers=SHIFT), Verb.CELL_CLEAR),
    (key("З", modifiers=SHIFT), Verb.CELL_PARTLY_OBSCURED),
    (key("Щ", modifiers=SHIFT), Verb.CELL_OBSCURED),
    (key("у"), Verb.EVIDENCE),
    (key(" "), Verb.SELECT),
)
CHINESE = (
    (key("＋"), Verb.PRESENT),
    (key("－"), Verb.ABSENT),
    (key("—"), Verb.ABSENT),
    (key("？"), Verb.CANNOT_TELL),
    (key("＝"), Verb.NONE_SEEN),
    (key("！"), Verb.CHANGED),
    (key("＊"), Verb.CHANGE_UNKNOWN),
    (key("×"), Verb.CHANGE_UNKNOWN),
    (key("“"), Verb.CARRY),
    (key("”"), Verb.CARRY),
    (key("＃"), Verb.TICKS),
    (key("ｅ"), Verb.EVIDENCE),
    (key("ｃ"), Verb.CLEAR),
    (key("ｐ"), Verb.PARTLY_OBSCURED),
    (key("ｏ"), Verb.OBSCURED),
    (key("\u3000"), Verb.SELECT),
)


@pytest.mark.parametrize(("event", "verb"), RUSSIAN + CHINESE)
def test_each_verb_has_its_key_on_a_russian_and_a_chinese_keyboard(event: QKeyEvent, verb: Verb) -> None:
    assert verb_of_key(event) == (verb, "")


@pytest.mark.parametrize("digit", ["7", "７", "٧"])
def test_a_digit_of_any_script_begins_a_count(digit: str) -> None:
    assert verb_of_key(key(digit)) == (Verb.COUNT, "7")


def test_the_pad_of_digits_serves_and_chords_and_other_letters_do_not() -> None:
    assert verb_of_key(key("+", modifiers=KEYPAD)) == (Verb.PRESENT, "")
    assert verb_of_key(key("с", modifiers=CONTROL)) is None
    assert verb_of_key(key(",")) is None
    assert verb_of_key(key("中")) is None
    assert verb_of_key(key("й")) is None
