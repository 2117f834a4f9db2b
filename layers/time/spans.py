"""Spans of time as texts: whether two of them are known, and one wholly before the other."""

from __future__ import annotations

import re
from collections.abc import Sequence

type Span = tuple[str, str]
"""First and last date or timestamp, ISO 8601 in UTC; a year or a month stands for all of it."""

_ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?Z?)?)?)?")
_AFTER_ALL = "~"
"""Greater than whatever may follow in a date."""


def span_of(at: str, until: str = "") -> Span | None:
    """The span from a date to another; None where either is no date, or the second is the earlier one."""
    first, last = at.strip(), until.strip() or at.strip()
    if not (_ISO.fullmatch(first) and _ISO.fullmatch(last)):
        return None
    return (first, last) if first <= last + _AFTER_ALL else None


def is_before(span: Span, other: Span) -> bool:
    """True where all of one is over when the other begins."""
    return span[1].removesuffix("Z") + _AFTER_ALL < other[0].removesuffix("Z")


def are_apart(spans: Sequence[Span | None]) -> bool:
    """True where all are known, and of any two one is wholly before the other."""
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return False
    return all(is_before(a, b) or is_before(b, a) for at, a in enumerate(known) for b in known[at + 1 :])
