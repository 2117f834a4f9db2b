"""Spellings of instants by servers: read as moments, and other moments spelled as one of them is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_INSTANT = re.compile(
    r"(?P<year>\d{4})(?:(?P<dash>-?)(?P<month>\d\d?)(?:(?P<second_dash>-?)(?P<day>\d\d?))?)?"
    r"(?:(?P<between>[Tt ])(?P<hour>\d\d)(?:(?P<colon>:?)(?P<minute>\d\d)(?::?(?P<second>\d\d)"
    r"(?P<fraction>[.,]\d+)?)?)?)?(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"\d{8}(?:\d\d){1,3}", re.ASCII)
_FULL = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:Z|\.\d{3}Z)?)?", re.ASCII)
"""Spellings that nearly all servers use, which Python reads fastest."""


def instant_of(text: str) -> datetime | None:
    """The moment, in UTC, that a server's spelling of an instant means; without a zone it is UTC, and of a year, a
    month or a day it is the beginning. None where it is no instant.
    """
    text = text.strip()
    try:
        if _FULL.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is UTC else moment.replace(tzinfo=UTC)
        return _parsed(text)
    except (ValueError, OverflowError):
        pass
    return _leap_second(text)


def _leap_second(text: str) -> datetime | None:
    """The moment of a 61st second: the first of the next minute."""
    if ":60" not in text:
        return None
    try:
        moment = _parsed(text.replace(":60", ":59", 1))
        return moment + timedelta(seconds=1) if moment and moment.minute == 59 and moment.second == 59 else None
    except (ValueError, OverflowError):
        return None


def _parsed(text: str) -> datetime | None:
    match = _INSTANT.fullmatch(text)
    if match is None:
        return _compact(text)
    is_even = match["day"] is None or match["dash"] == match["second_dash"]
    has_two_digits = bool(match["dash"]) or len(f"{match['month'] or ''}{match['day'] or ''}") % 2 == 0
    if not (is_even and has_two_digits) or (match["between"] and not match["day"]):
        return None
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    micros = int(match["fraction"][1:7].ljust(6, "0")) if match["fraction"] else 0
    moment = datetime(year, month, day, 0, minute, second, micros, _zone_of(match["zone"]))
    return (moment + timedelta(hours=hour)).astimezone(UTC) if hour <= 24 else None


def _compact(text: str) -> datetime | None:
    """The moment of digits alone, with a clock: 202102030405."""
    if not _COMPACT.fullmatch(text):
        return None
    parts = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, len(text), 2))]
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def _zone_of(text: str | None) -> timezone:
    if not text or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def spelled_like(moment: datetime, spelling: str) -> str:
    """A moment as the server would spell it, which spells another one as `spelling`: its signs, its zone and as many
    parts; more parts only where the moment needs them.
    """
    if _COMPACT.fullmatch(spelling):
        needed = 14 if moment.second else 12 if moment.minute else 10
        return f"{moment.year:04}{moment:%m%d%H%M%S}"[: max(needed, len(spelling))]
    match = _INSTANT.fullmatch(spelling.strip())
    if match is None:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    moment = moment.astimezone(_zone_of(match["zone"]))
    has_clock = bool(match["between"]) or (moment.hour, moment.minute, moment.second, moment.microsecond) != (0,) * 4
    dash = match["dash"] if match["month"] else "-"
    text = f"{moment.year:04}"
    if match["month"] or moment.month > 1 or moment.day > 1 or has_clock:
        text += f"{dash}{moment.month:02}"
    if match["day"] or moment.day > 1 or has_clock:
        text += f"{dash}{moment.day:02}"
    if has_clock:
        text += (match["between"] or "T") + _clock(moment, match)
    if match["zone"]:
        return text + match["zone"]
    return f"{text}Z" if has_clock and not match["between"] else text


def _clock(moment: datetime, match: re.Match[str]) -> str:
    colon = match["colon"] if match["minute"] else match["dash"] and ":"
    colon = ":" if colon is None else colon
    is_new = not match["between"]
    text = f"{moment.hour:02}"
    if is_new or match["minute"] or moment.minute or moment.second or moment.microsecond:
        text += f"{colon}{moment.minute:02}"
    if is_new or match["second"] or moment.second or moment.microsecond:
        text += f"{colon}{moment.second:02}"
    if match["fraction"] or moment.microsecond:
        micros = f"{moment.microsecond:06}".rstrip("0")
        digits = max(len(match["fraction"]) - 1, len(micros)) if match["fraction"] else 3 if len(micros) <= 3 else 6
        text += (match["fraction"] or ".")[0] + micros.ljust(digits, "0")
    return text
