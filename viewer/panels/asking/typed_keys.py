"""The text of a key in plain Latin characters, whatever the layout or the input method."""

from __future__ import annotations

import unicodedata

_SAME = {
    "−": "-",
    "–": "-",
    "—": "-",
    "¿": "?",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "×": "*",
    "№": "#",
}
"""Characters that keyboards and input methods type in the place of the plain one."""
_CYRILLIC = dict(
    zip(
        "йцукенгшщзхъфывапролджэячсмитьбю",
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.",
        strict=True,
    )
)
"""Letters of the Russian layout by what the Latin layout has at the place of the key."""


def plain_text(text: str) -> str:
    """The text of a key in plain characters: full-width ones, and signs that look the same, are one."""
    alike = "".join(
        _SAME.get(letter, letter) for letter in text
    )  # first: NFKC makes two letters of the sign of numbers
    return "".join(_SAME.get(letter, letter) for letter in unicodedata.normalize("NFKC", alike))


def latin_of(text: str) -> str:
    """A letter as the Latin layout has it at the same place of the keyboard; other text unchanged."""
    latin = _CYRILLIC.get(text.lower(), text.lower())
    return latin.upper() if text != text.lower() else latin
