"""Makes names comparable: the same key however a name is typed, and a text that the index can cut into words."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from layers.text.han import han_ranges, is_han

_SILENT = str.maketrans(dict.fromkeys("'’‘ʼʹ`´ʻ\u200e\u200f", None))
_NO_LETTER = re.compile(r"[\W_]+")


class _Letters(dict[int, int | str | None]):
    """A table for `str.translate`: accents are dropped, letters without a decomposition are written as others. A
    character's entry is made when it is first met.
    """

    def __missing__(self, code: int) -> int | None:
        letter = self[code] = None if unicodedata.combining(chr(code)) else code
        return letter


_OTHER_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_PLAIN_LETTERS = _Letters({ord(letter): plain for letter, plain in _OTHER_LETTERS.items()})


def name_key(name: str) -> str:
    """`name` without case, accents, apostrophes and punctuation: Xi’an, Xian and XIAN are one."""
    plain = name.casefold().translate(_SILENT)
    if plain.isascii():  # as most are: nothing to take apart, at a tenth of the time
        return _NO_LETTER.sub(" ", plain).strip()
    plain = unicodedata.normalize("NFKD", plain).translate(_PLAIN_LETTERS)
    return _NO_LETTER.sub(" ", unicodedata.normalize("NFC", plain)).strip()


def tight(key: str) -> str:
    """A key without its spaces: New York and newyork are one."""
    return key.replace(" ", "")


def indexed_text(key: str) -> str:
    """A key with Chinese and Japanese characters apart, so that each of them is a word: one or two already find."""
    return " ".join((key if key.isascii() else _each_han().sub(r" \g<0> ", key)).split())


@cache
def _each_han() -> re.Pattern[str]:
    """Finds each such character. Made when first needed, as that takes milliseconds."""
    return re.compile(f"[{han_ranges()}]")


def holds_in_order(wanted: str, key: str) -> bool:
    """True where a key has all characters of a Chinese one in their order, as a name has those of its short form."""
    if len(wanted) < 2 or not all(map(is_han, wanted)):
        return False
    rest = iter(key)
    return all(character in rest for character in wanted)
