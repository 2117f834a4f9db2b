"""Recognises things that a column's value names, by words in Latin, Cyrillic and Chinese letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from layers.text.han import has_han

type Words = Mapping[str, Sequence[str]]
"""Words that name each thing: "port" is a whole word, also in the plural and in Russian cases, "launch*" the beginning
of one, Chinese stands anywhere. The first thing that fits wins.
"""

_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"
_LATIN_END, _CYRILLIC_END = "(?:s|es)?", "(?:а|у|ом|е|ы|ов|ам|ами|ах|и|ей|ой|я|ь)?"


def plain_words(value: str) -> str:
    """Prepare a text for the search for words: small letters, one space between words."""
    return " ".join(re.sub(r"[_\-/]+", " ", value.casefold()).split())


def thing_named(value: str, words: Words) -> str:
    """The thing; empty for none."""
    text = plain_words(value)
    return next((name for name, known in words.items() if any(_pattern(word).search(text) for word in known)), "")


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    stem = re.escape(word.rstrip("*"))
    if has_han(word):
        return re.compile(stem)
    if word.endswith("*"):
        return re.compile(_NO_LETTER_BEFORE + stem)
    end = _LATIN_END if word.isascii() else _CYRILLIC_END
    return re.compile(f"{_NO_LETTER_BEFORE}{stem}{end}{_NO_LETTER_AFTER}")
