"""Markings: TLP 2.0 and classification, each ranked by itself. Free text is listed and never ranked.

TLP is no classification: neither scale says anything of the other, and a product carries the highest of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

TLP = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
"""Steps of TLP, the lowest first."""
CLASSIFICATION = (
    "UNCLASSIFIED",
    "CONTROLLED UNCLASSIFIED",
    "RESTRICTED",
    "CONFIDENTIAL",
    "SECRET",
    "TOP SECRET",
)
"""Steps of classification, the lowest first."""
TLP_COLOURS = {
    "TLP:CLEAR": "#ffffff",
    "TLP:GREEN": "#33ff00",
    "TLP:AMBER": "#ffc000",
    "TLP:AMBER+STRICT": "#ffc000",
    "TLP:RED": "#ff2b2b",
}
"""Colours on black that TLP 2.0 prescribes."""
LONGEST, MOST_FREE = 200, 8
JOINED = " // "
_TLP = re.compile(r"TLP[\s:_-]*(RED|AMBER\s*\+?\s*STRICT|AMBER|GREEN|CLEAR|WHITE)", re.IGNORECASE)
_OTHER_NAMES = {
    "CUI": "CONTROLLED UNCLASSIFIED",
    "CONTROLLED UNCLASSIFIED INFORMATION": "CONTROLLED UNCLASSIFIED",
    "TOPSECRET": "TOP SECRET",
}
_PARTS = re.compile(r"//|[;|\n·]")


class Marking(NamedTuple):
    """A marking taken apart: steps on the two scales, -1 where it says nothing, and free words in their order."""

    tlp: int = -1
    level: int = -1
    free: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The marking as it is printed: classification, free words, TLP."""
        parts = [CLASSIFICATION[self.level]] if self.level >= 0 else []
        parts += self.free
        return JOINED.join([*parts, TLP[self.tlp]] if self.tlp >= 0 else parts)


def read_marking(text: str) -> Marking:
    """A marking as somebody wrote it: "TLP:AMBER", "secret//noforn", "UNCLASSIFIED // TLP:GREEN", free words."""
    tlp = level = -1
    free: list[str] = []
    for part in _PARTS.split(text[:LONGEST]):
        rest = " ".join(_TLP.sub(" ", part).split())
        tlp = max([tlp, *(_tlp_step(match[1]) for match in _TLP.finditer(part))])
        upper = _OTHER_NAMES.get(rest.upper(), rest.upper())
        if upper in CLASSIFICATION:
            level = max(level, CLASSIFICATION.index(upper))
        elif rest and rest not in free:
            free.append(rest)
    return Marking(tlp, level, tuple(free[:MOST_FREE]))


def highest(markings: Iterable[str]) -> Marking:
    """The highest of both scales, and all free words, each once."""
    read = [read_marking(text) for text in dict.fromkeys(markings)]
    free = dict.fromkeys(words for marking in read for words in marking.free)
    return Marking(
        max((marking.tlp for marking in read), default=-1),
        max((marking.level for marking in read), default=-1),
        tuple(free),
    )


def product_marking(own: str, inputs: Iterable[str]) -> str:
    """The marking to print on a product: its own, raised on each scale to the highest of its inputs.

    Free words are the product's own: those of the inputs are for the analyst to read, and to repeat or not.
    """
    mine, theirs = read_marking(own), highest(inputs)
    return Marking(max(mine.tlp, theirs.tlp), max(mine.level, theirs.level), mine.free).words


def lacking(own: str, inputs: Iterable[str]) -> list[str]:
    """The steps by which a product's marking is below its inputs' scales; empty where it is high enough."""
    mine, theirs = read_marking(own), highest(inputs)
    steps = [TLP[theirs.tlp]] if mine.tlp < theirs.tlp else []
    return [*steps, CLASSIFICATION[theirs.level]] if mine.level < theirs.level else steps


def free_words(own: str, inputs: Iterable[str]) -> list[str]:
    """Free words of the inputs that the product does not repeat: they can't be ranked, so that somebody must judge."""
    mine = {words.casefold() for words in read_marking(own).free}
    return [words for words in highest(inputs).free if words.casefold() not in mine]


def may_carry(own: str, marking: str) -> bool:
    """True where a row with this marking may stand in a published product of that marking.

    A product without a marking is public: it may hold rows that are unmarked, UNCLASSIFIED or TLP:CLEAR. Free words are
    not ranked: they may stand only where the product has them too.
    """
    public, theirs = read_marking(own), read_marking(marking)
    mine = {words.casefold() for words in public.free}
    is_free = all(words.casefold() in mine for words in theirs.free)
    return theirs.tlp <= max(public.tlp, 0) and theirs.level <= max(public.level, 0) and is_free


def _tlp_step(word: str) -> int:
    name = re.sub(r"\s*\+?\s*STRICT", "+STRICT", word.upper()).replace("WHITE", "CLEAR")
    return TLP.index(f"TLP:{name}")
