"""ICD 203's terms of likelihood, and the word confidence, as they are found in texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layers.document.vocabulary import LIKELIHOOD_TERMS

TERMS = tuple(sorted((entry.term for entry in LIKELIHOOD_TERMS), key=len, reverse=True))
"""All terms, the longest first: "very likely" is not "likely"."""
TERM = re.compile(rf"\b(?:{'|'.join(TERMS)})\b", re.IGNORECASE)
CONFIDENCE = re.compile(r"\bconfiden(?:ce|t)\b", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
ROWS = {entry.term: entry.row for entry in LIKELIHOOD_TERMS}
_ALSO_PLAIN = ("remote",)
"""Terms that are mostly something else in a text: a remote place, remote sensing."""


def term_in(text: str) -> str:
    """The first term of likelihood in a text, as it stands there; empty without one."""
    return next((match[0] for match in TERM.finditer(text) if match[0].casefold() not in _ALSO_PLAIN), "")


def one_sentence(text: str) -> str:
    """The first sentence that has a likelihood and a confidence; empty without one."""
    for sentence in SENTENCE.findall(text):
        if CONFIDENCE.search(sentence) and TERM.search(sentence):
            return str(sentence).strip()
    return ""


def two_rows(texts: Iterable[str]) -> tuple[str, str] | None:
    """A term of each row, where texts use both; else None."""
    used: dict[int, str] = {}
    for text in texts:
        for match in TERM.finditer(text):
            if match[0].casefold() not in _ALSO_PLAIN:
                used.setdefault(ROWS[match[0].casefold()], match[0])
    return (used[1], used[2]) if len(used) > 1 else None
