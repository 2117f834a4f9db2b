"""Protects texts in tables in text form, so that no spreadsheet takes them, or a part of them, for a formula."""

from __future__ import annotations

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""Signs with which a formula begins; Japanese and Chinese spreadsheets take the wide ones for the others."""
_WITHIN = re.compile(r"""([;\t\r\n]["\s]*)(?=[=@＝＠]|[-+－＋][^;\t\r\n]*[|(!])""")
"""Signs after which a spreadsheet begins another cell where tables are separated by semicolons, not commas."""
_APART = r"\1'"


def without_formulas(text: str) -> str:
    """The text with an apostrophe before each part that would be a formula."""
    if text.startswith(FORMULA_STARTS):
        return f"'{text[0]}{_WITHIN.sub(_APART, text[1:])}"
    return _WITHIN.sub(_APART, text)
