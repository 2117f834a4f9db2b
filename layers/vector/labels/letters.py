"""Splits texts that may be set along a bend into letters. Scripts whose letters join stay in one piece."""

from __future__ import annotations

import unicodedata

_SIMPLE_RANGES = (
    (0x0000, 0x058F),  # Latin, Greek, Cyrillic, Armenian
    (0x10A0, 0x10FF),  # Georgian
    (0x1E00, 0x2BFF),  # more Latin and Greek, signs
    (0x2C60, 0x2C7F),
    (0x3000, 0x9FFF),  # kana and Chinese
    (0xA640, 0xA69F),
    (0xA720, 0xA7FF),
    (0xAC00, 0xD7A3),  # Hangul syllables
    (0xF900, 0xFAFF),
    (0xFE00, 0xFE0F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x323AF),
)


def clusters_of(text: str) -> tuple[str, ...]:
    """The letters of one line of text, each with its marks; none where they join or change their order.

    Put together they are the text.
    """
    clusters: list[str] = []
    for letter in text:
        code, kind = ord(letter), unicodedata.category(letter)
        if kind[0] == "C" or not any(low <= code <= high for low, high in _SIMPLE_RANGES):
            return ()
        if kind[0] == "M":
            if not clusters:
                return ()
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return tuple(clusters)
