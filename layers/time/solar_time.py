"""Local solar time of an image, which tells a reader the hour of the day there without any time zone."""

from __future__ import annotations

from datetime import UTC, datetime

from layers.phrase import Phrase
from layers.time.dates import precision_of
from layers.time.sun_position import solar_hours

LONGEST_S = 1800.0
"""Longest time of taking an image that still has one hour of the day."""
_EXACT = ("minute", "second", "hour")


def solar_time_words(acquired_at: str, date_kind: str, lon: float) -> str:
    """The words "about 10:12 local solar time" of an image at a longitude; empty where its time of day is not known.

    `acquired_at`: ISO 8601 in UTC, an instant or two joined by a slash that lie close together.
    """
    first, _, last = acquired_at.partition("/")
    if date_kind not in ("instant", "interval") or not all(
        precision_of(part) in _EXACT for part in (first, last or first)
    ):
        return ""
    begin, end = _seconds(first), _seconds(last or first)
    if not 0.0 <= end - begin <= LONGEST_S:
        return ""
    minutes = round(60.0 * solar_hours((begin + end) / 2.0, lon)) % 1440
    return Phrase("about {clock} local solar time", clock=f"{minutes // 60:02d}:{minutes % 60:02d}")


def _seconds(iso: str) -> float:
    moment = datetime.fromisoformat(iso)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
