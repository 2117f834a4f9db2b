"""Finds where on a laid-out product a fact is printed, and which of its texts state no fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.product.factcheck.word_groups import plain_word
from layers.product.facts import ProductFacts, TextFact

_TOKEN = re.compile(r"\w+")
_PARTS = {
    "parties": "words on named parties",
    "claims": "claims",
    "key": "key",
    "label": "label on the map",
    "callout": "callout on the map",
    "number": "number on the map",
    "sources": "sources",
    "observations": "observations",
    "site": "facts of the site",
    "date and place": "date in the picture",
    "bottom line": "bottom line",
}
"""Names of parts of a page for a reader, where they are other than the program's."""
_COMPUTED = {
    "scale bar": "Scale, projection and counts",
    "imprint": "Scale, projection and counts",
    "north arrow": "Scale, projection and counts",
    "page number": "Scale, projection and counts",
    "date and place": "Scale, projection and counts",
    "graticule": "Scale, projection and counts",
    "legend": "Legend",
    "key": "Numbers and counts of the key",
    "number": "Numbers and counts of the key",
    "caveats": "Standing notes",
    "credit": "Credits and licences",
    "marking top": "Marking",
    "marking bottom": "Marking",
}
_LONG = 4
"""Words from which on a part of a text is looked for in it when the page has cut the text."""


class PrintedTexts:
    """The texts of a page. Those in which a fact was found are not folded."""

    def __init__(self, facts: ProductFacts) -> None:
        self._facts = facts
        self._texts = [(text, _spelt(str(facts.printed(text.words)))) for text in facts.texts]
        self._found: set[int] = set()

    @property
    def is_known(self) -> bool:
        """False for a product that was not laid out: then nothing is known of where its words stand."""
        return self._facts.is_laid_out

    def place_of(self, words: str, *parts: str) -> str:
        """The page and part that print these words, "page 1, claims"; empty where none does. `parts`: only in these."""
        spelt = _spelt(words)
        if not spelt.strip():
            return ""
        for at, (text, printed) in enumerate(self._texts):
            if (not parts or text.part in parts) and (spelt in printed or (text.is_cut and _begins(printed, spelt))):
                self._found.add(at)
                return self._words(text)
        return ""

    def note(self, *parts: str) -> None:
        """Count all texts of these parts as facts of the sheet."""
        self._found.update(at for at, (text, _) in enumerate(self._texts) if text.part in parts)

    def _words(self, text: TextFact) -> str:
        return f"page {text.page + 1}, {_PARTS.get(text.part, text.part)}"

    def folded(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The texts in which no fact was found, by what they are."""
        groups: dict[str, dict[str, None]] = {}
        for at, (text, printed) in enumerate(self._texts):
            if at not in self._found and printed.strip():
                title = _COMPUTED.get(text.part, "Headings and standing words")
                groups.setdefault(title, {})[str(self._facts.printed(text.words))] = None
        yield from ((title, tuple(words)) for title, words in groups.items())


def _spelt(text: str) -> str:
    """The words of a text between single spaces, so that a part is found at its words' edges only."""
    return f" {' '.join(plain_word(match.group()) for match in _TOKEN.finditer(text))} "


def _begins(printed: str, spelt: str) -> bool:
    words = spelt.split()
    return len(words) > _LONG and f" {' '.join(words[:_LONG])} " in printed
