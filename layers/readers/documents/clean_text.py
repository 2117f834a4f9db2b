"""Text of documents of unknown origin, without characters that are no text."""

from __future__ import annotations

import re

LONGEST_FIELD = 500
_BROKEN_WORD = re.compile("[\x02\u00ad\ufffe][ \t]*(?:\r?\n)?")
"""A hyphen at the end of a line within a word, as PDFium marks it, or a soft one."""
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")


def clean_text(text: str) -> str:
    """The words of a text, its lines kept; without control characters, and with words whole that were broken."""
    text = _NO_TEXT.sub("", _BROKEN_WORD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = (line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    return "\n".join(filter(None, lines))


def clean_field(text: str) -> str:
    """A short text on one line."""
    return " ".join(clean_text(text[: 4 * LONGEST_FIELD]).split())[:LONGEST_FIELD]
