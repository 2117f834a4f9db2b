"""Translates words that a case stores in English, and those of tables in `layers/`, to the analyst's language.

They are never stored in that language: a case means the same whoever opens it.
"""

from __future__ import annotations

from layers.phrase import Phrase
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

_LONGEST = 200


def word(text: str) -> str:
    """Translate a stored word; any other text that a case holds in its place stays as it is."""
    return in_language(Phrase(text)) if 0 < len(text) <= _LONGEST else one_line(text)


def capital(text: str) -> str:
    """`word` with a capital first letter, for lists."""
    shown = word(text)
    return shown[:1].upper() + shown[1:]
