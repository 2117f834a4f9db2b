"""Prints lines on the terminal: results on standard output, notices on standard error."""

from __future__ import annotations

import sys
import unicodedata

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
LONGEST_LINE = 4000
"""Most characters of a line: a file may hold names of megabytes, which JSON output has whole."""


def say(line: str) -> None:
    """Print one line on standard output, without line breaks and terminal controls that a file may have put into it."""
    print(_in_one_line(line))


def complain(sentence: str) -> None:
    """Print one clear sentence on standard error."""
    end = "" if sentence.endswith((".", "!", "?")) else "."  # what a library said may have none
    print(_in_one_line(f"geoloupe: {sentence}{end}"), file=sys.stderr)


def _in_one_line(text: str) -> str:
    clipped = text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in clipped if c not in _BIDI)
    return kept.rstrip().encode("utf-8", "replace").decode("utf-8")  # names of files may be of any bytes
