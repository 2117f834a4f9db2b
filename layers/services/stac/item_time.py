"""The time of a STAC item in the words of our dates: an instant, an interval, a composite, or unknown, and why."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.stac.foreign_values import text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|\d{8}T\d{4}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN = ("", "..", "null")
_COMPOSITE_S = 86_400.0
"""Seconds over which several images that are named as sources make a composite rather than one long pass."""
_COMPOSITE_WORDS = re.compile(r"(?:^|[^a-z])(?:mosaics?|composites?|cloudless|basemaps?)(?:$|[^a-z])")


class ItemTime(Struct, frozen=True):
    """Times in UTC, ISO 8601 with "Z", or days; "" where they are not stated or no dates."""

    datetime: str = ""
    start: str = ""
    end: str = ""
    date_kind: str = "unknown"
    problems: tuple[Phrase, ...] = ()


def time_of(properties: dict[str, Any], names: str = "", sources: int = 0) -> ItemTime:
    """The time that an item's properties state.

    `names` are its id, collection and title, `sources` counts the items that it is derived from: a long interval is a
    composite where one of both says so.
    """
    at, problems = _read(properties.get("datetime"))
    start, of_start = _read(_first(properties, "start_datetime", "dtr:start_datetime"))
    end, of_end = _read(_first(properties, "end_datetime", "dtr:end_datetime"))
    problems += of_start + of_end
    if start and end and seconds_of(start) > seconds_of(end):
        problems += (Phrase("It states an end before its start, {start} to {end}.", start=start, end=end),)
        start = end = ""
    if start and end and start != end:
        kind = "composite" if _is_composite(start, end, names, sources) else "interval"
        return ItemTime(at, start, end, kind, problems)
    if start and not end and not at:
        problems += (Phrase("It states when it begins, {start}, and no end: its date is unknown.", start=start),)
        return ItemTime("", start, "", "unknown", problems)
    at = at or start
    if not at and not problems:
        problems += (Phrase("It states no date."),)
    return ItemTime(at, start if end else "", end if start else "", "instant" if at else "unknown", problems)


def moment_of(value: Any) -> str:
    """A day as it is, or a timestamp in UTC with "Z", milliseconds only where there are any; "" for what is no date."""
    return _read(value)[0]


def seconds_of(moment: str) -> float:
    """Seconds since 1970 of a moment that `moment_of` has made."""
    at = datetime.fromisoformat(moment)
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH).total_seconds()


def _first(properties: dict[str, Any], *names: str) -> Any:
    return next((properties[name] for name in names if properties.get(name) is not None), None)


def _read(value: Any) -> tuple[str, tuple[Phrase, ...]]:
    """The moment that a value states, and sentences about what is wrong with it."""
    words = "" if value is None else text(value)
    if not words or words.lower() in _OPEN:
        return "", ()
    written = words.upper().replace(" UTC", "Z").replace(" Z", "Z")
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written).isoformat(), ()
        if not isinstance(value, str) or not _MOMENT.match(written):
            return "", _unreadable(words)
        moment = datetime.fromisoformat(written)
        without_zone = moment.tzinfo is None
        moment = moment.replace(tzinfo=UTC) if without_zone else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return "", _unreadable(words)
    digits = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    iso = moment.isoformat(timespec=digits).replace("+00:00", "Z")
    return iso, (Phrase("Its date states no time zone: taken as UTC."),) if without_zone else ()


def _unreadable(words: str) -> tuple[Phrase, ...]:
    return (Phrase("Its date “{words}” is none that is understood.", words=words[:40]),)


def _is_composite(start: str, end: str, names: str, sources: int) -> bool:
    is_long = seconds_of(end) - seconds_of(start) > _COMPOSITE_S
    return is_long and (sources > 1 or _COMPOSITE_WORDS.search(names.lower()) is not None)
