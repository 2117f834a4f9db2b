"""Times of KML as a case writes dates: in UTC, as exactly as they are stated."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from layers.readers.kml_gpx.kml import one_line, times
from layers.time.dates import is_partial

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?")
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")


class EarthTime(NamedTuple):
    """`kind` is span, stamp, track or empty; `faults` are kinds of `STAYS_BEHIND` with the text that was there."""

    kind: str = ""
    begin: str = ""
    end: str = ""
    faults: tuple[tuple[str, str], ...] = ()


def time_in(parts: dict[str, Element]) -> EarthTime:
    """The times of an element by its children. A time without a zone is taken for its day, as none is stated."""
    stated = times(parts)
    kind = "span" if "TimeSpan" in parts else "stamp" if "TimeStamp" in parts else "track"
    read = {side: _dated(stated.get(side) or "") for side in ("begin", "end")}
    faults = tuple((fault, (stated.get(side) or "")[:40]) for side, (_, fault) in read.items() if fault)
    begin, end = read["begin"][0], read["end"][0]
    return EarthTime(kind if begin or end else "", begin, end, faults)


def time_of_view(element: Element) -> str:
    """The time at which the slider stood in a view, as it is written; empty where that is not stated."""
    span, stamp = element.find("TimeSpan"), element.find("TimeStamp")
    if stamp is not None:
        return (one_line(stamp.find("when")) or "")[:40]
    if span is None:
        return ""
    sides = [(one_line(span.find(tag)) or "")[:40] for tag in ("begin", "end")]
    return sides[0] if sides[0] == sides[1] else "/".join(sides)


def _dated(text: str) -> tuple[str, str]:
    """A date of ours, and the fault of the text; neither where there is no text."""
    if not text or is_partial(text):
        return text, ""
    if _ZONED.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            return "", "bad time"
        return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z", ""
    match = _DAY.fullmatch(text)
    return (match[1], "no time zone") if match and is_partial(match[1]) else ("", "bad time")
