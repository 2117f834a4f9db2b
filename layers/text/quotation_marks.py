"""Quotation marks and apostrophes as they are printed: those of one kind on one page, and others within a quotation."""

from __future__ import annotations

_STRAIGHT = '"'
_PAIRS = (("“", "”"), ("‘", "’"))
"""The marks of a quotation, and of one within it; a third level has the first again."""
_OPENS_AFTER = frozenset('([{<«„“‘-–—/"')
"""Signs after which a straight mark opens a quotation, as it does after a space."""


def with_printed_marks(text: str) -> str:
    """The text with “...”, and ‘...’ within these, in place of straight quotation marks.

    A text whose marks do not come in pairs keeps its own: nobody could tell what is quoted in it. So do minutes and
    seconds of degrees, feet and inches.
    """
    if _STRAIGHT in text or text.count("“") > 1:
        text = _paired(text)
    return _with_apostrophes(text) if "'" in text else text


def _paired(text: str) -> str:
    """The text with its marks in pairs; itself where they do not come so."""
    signs, depth = list(text), 0
    for at, sign in enumerate(text):
        if sign == "“" or (sign == _STRAIGHT and _opens(text, at)):
            signs[at] = _PAIRS[depth % 2][0]
            depth += 1
        elif sign == "”" or (sign == _STRAIGHT and (depth or not text[at - 1].isdigit())):
            depth -= 1
            if depth < 0:
                return text
            signs[at] = _PAIRS[depth % 2][1]
    return text if depth else "".join(signs)


def _opens(text: str, at: int) -> bool:
    """True where a straight mark has a space or an opening sign before it, and a word after it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (not before or before.isspace() or before in _OPENS_AFTER) and bool(after) and not after.isspace()


def _with_apostrophes(text: str) -> str:
    """The text with ’ in place of a straight apostrophe after a letter."""
    return "".join("’" if sign == "'" and text[at - 1 : at].isalpha() else sign for at, sign in enumerate(text))
