"""A made-up language: each marked sentence in brackets, a third of it again behind, in letters that English has not.

It has three forms for numbers and translates what is marked and nothing else, so that whatever is still English on the
screen was not marked, or was put in before it could be translated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from typing import Any, override

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from tests.support.listed_words import listed_words
from tests.support.marked_sentences import sentences

PLAIN = "abcdefghijklmnoprstuvwyzABCDEFGHIJKLMNOPRSTUVWYZ"
STRANGE = "åƀçđéƒğħíĵķĺɱñöþŕšŧüṽŵýžÅƁÇĐÉƑĞĦÍĴĶĹṀÑÖÞŔŠŦÜṼŴÝŽ"
LETTERS = str.maketrans(PLAIN, STRANGE)
KEPT = re.compile(r"\{\{|\}\}|\{[^{}]*\}|<[^>]*>|&[a-z]+;|%\w|https?:\S+")
"""Parts of a sentence that a translator leaves as they are."""
ONE, FEW, MANY = "①", "②", "③"


class MadeUpLanguage(QTranslator):
    """Installed in the program, it answers for what is marked, and for what Qt translates itself."""

    def __init__(self) -> None:
        super().__init__()
        self._of_qt = QTranslator()
        assert self._of_qt.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        self._known = {(one.context, one.text) for one in chain(sentences(), listed_words())}

    @override
    def isEmpty(self) -> bool:
        return False

    @override
    def translate(self, context: Any, text: Any, comment: Any = None, number: int = -1) -> Any:
        is_marked = (context, text) in self._known or self._of_qt.translate(context, text, comment, number)
        return made_up(text, number) if is_marked else None


def made_up(text: str, number: int = -1) -> str:
    """A sentence in the language, 40 % longer; `number` chooses among its forms."""
    parts = KEPT.split(text)
    strange = [part.translate(LETTERS) for part in parts]
    kept = [*KEPT.findall(text), ""]
    form = "" if number < 0 else ONE if number % 10 == 1 else FEW if number % 10 in (2, 3, 4) else MANY
    body = "".join(chain.from_iterable(zip(strange, kept, strict=True)))
    return f"⟦{body}{form}{'·' * max(len(text) * 2 // 5 - 2, 1)}⟧"


def spoken(install: Callable[[QTranslator], object] = QCoreApplication.installTranslator) -> MadeUpLanguage:
    """The language, installed."""
    language = MadeUpLanguage()
    install(language)
    return language


_WORD = re.compile(r"(?<![\w@#/.\\:+-])[A-Za-z][a-z]{2,}(?![\w@/\\]|\.\w)")


def english_in(text: str, cited: frozenset[str]) -> list[str]:
    """Words of English letters in what is shown, but for those that are cited."""
    return [word for word in _WORD.findall(" ".join(KEPT.split(text))) if word.casefold() not in cited]
