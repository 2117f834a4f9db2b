"""Patterns that find a folded phrase in a text as written: with accents, ligatures and hyphens at ends of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain

from layers.places.names import name_key

_WRITTEN_OTHERWISE = range(0xC0, 0x180), range(0x400, 0x460), range(0x1EA0, 0x1EFA), range(0xFB00, 0xFB07)
"""Letters of Latin and Cyrillic with accents, those of Vietnamese, and ligatures as a PDF has them."""
_LONGEST_KEY = 3
"""Letters of the longest ligature."""
_ACCENTS = r"[\u0300-\u036f]*"
_IN_WORDS = r"(?:['’‘ʼʹ`´ʻ\u00ad\u0300-\u036f\u2010\u2011-]\s*)*"
"""Signs that may stand between two letters of a word: apostrophes, combining accents, a hyphen with a line's end."""


def phrase_pattern(words: Sequence[str], between: str, *, is_word: bool = True) -> re.Pattern[str]:
    """The pattern of folded words that follow each other.

    `between` is the pattern of what may stand between two of them; with `is_word` the first begins a word of the text.
    """
    return re.compile(
        (r"(?<!\w)" if is_word else "") + between.join(map(_word_pattern, words)) + _ACCENTS, re.IGNORECASE
    )


def _word_pattern(word: str) -> str:
    others, at, parts = _otherwise(), 0, list[str]()
    while at < len(word):
        keys = (word[at : at + length] for length in range(_LONGEST_KEY, 0, -1))
        key = next((key for key in keys if key in others), word[at])
        plain = _IN_WORDS.join(map(re.escape, key))
        if key not in others:
            parts.append(plain)
        elif len(key) == 1:
            parts.append(f"[{re.escape(key)}{others[key]}]")
        else:
            parts.append(f"(?:{_IN_WORDS.join(map(_letter_pattern, key))}|[{others[key]}])")
        at += len(key)
    return _IN_WORDS.join(parts)


def _letter_pattern(letter: str) -> str:
    return f"[{re.escape(letter)}{_otherwise().get(letter, '')}]"


@cache
def _otherwise() -> dict[str, str]:
    """The letters that fold to a key, by it: é and è to e, й to и, a ligature to two letters or three."""
    letters: dict[str, str] = {}
    for letter in map(chr, chain.from_iterable(_WRITTEN_OTHERWISE)):
        key = name_key(letter)
        if key.isalpha() and key != letter and letter == letter.lower():
            letters[key] = letters.get(key, "") + letter
    return letters
