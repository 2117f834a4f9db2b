"""A typed text as a question to the index: words that may be only begun, and phrases in quotation marks."""

from __future__ import annotations

import enum
import re

from msgspec import Struct

from layers.places.names import indexed_text, name_key
from layers.text.han import is_han

LONGEST_ASKED = 500
"""Characters of a typed text that are searched for."""
MOST_WORDS = 16

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]|「([^」]*)」|《([^》]*)》')


def folded(text: str) -> str:
    """A text as the index has it: without case, accents and punctuation, Chinese and Japanese characters apart.

    Since each of these is a word of its own, any two that follow each other are found, and so is a single one.
    """
    return indexed_text(name_key(text))


class Begun(enum.Enum):
    """Words of a query that may be only begun: none, the last, which is still typed, or all."""

    NONE = enum.auto()
    LAST = enum.auto()
    ALL = enum.auto()


class TextQuery(Struct, frozen=True):
    """Folded words and phrases, all of which a row must have. A word may be the beginning of a longer one."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.phrases

    @property
    def name(self) -> str:
        """The whole as one folded text, to be compared with names."""
        return " ".join((*self.words, *self.phrases))

    def match(self, begun: Begun) -> str:
        """The expression for FTS5. A word that is `begun` also stands for all words that begin with it."""
        last = len(self.words) - 1
        stars = {at for at in range(last + 1) if begun is Begun.ALL or (begun is Begun.LAST and at == last)}
        words = [f'"{word}"{"*" if at in stars and _may_be_begun(word) else ""}' for at, word in enumerate(self.words)]
        return " AND ".join([*words, *(f'"{phrase}"' for phrase in self.phrases)])


def _may_be_begun(word: str) -> bool:
    """False for a single letter, which half of all rows have, and for Chinese characters, which are words."""
    return len(word) > 1 and not is_han(word[-1])


def read_query(text: str) -> TextQuery:
    """Read a typed text. A quotation mark that is not closed yet counts as typed up to here."""
    text = text[:LONGEST_ASKED]
    phrases = [next(filter(None, quoted.groups()), "") for quoted in _QUOTED.finditer(text)]
    words = dict.fromkeys(filter(None, map(indexed_text, name_key(_QUOTED.sub(" ", text)).split())))
    return TextQuery(tuple(words)[:MOST_WORDS], tuple(filter(None, map(folded, phrases)))[:MOST_WORDS])
