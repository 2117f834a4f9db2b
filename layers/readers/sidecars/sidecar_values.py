"""Reads values of metadata files: finite numbers in their range, UTC, files inside a folder. All else is absent."""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

MAX_CHARS = 500
MAX_LISTED = 10_000

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d+)?Z?")
_COLONS = re.compile(r"(\d{4}):(\d{2}):(\d{2})(?=[ T]|$)")


def number(value: Any, low: float = -math.inf, high: float = math.inf) -> float | None:
    """A finite number between `low` and `high`, None for anything else (also -999 and its kin, out of range)."""
    if value is None or isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        return None
    try:
        real = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return real if math.isfinite(real) and low <= real <= high else None


def azimuth(value: Any) -> float | None:
    """Degrees from 0 to 360; negative ones are turned into that range."""
    degrees = number(value, -360, 360)
    return None if degrees is None else degrees % 360.0


def percent(value: Any) -> float | None:
    """Percent from 0 to 100; None for -1 and -999, which mean "not measured"."""
    return number(value, 0, 100)


def share(value: Any) -> float | None:
    """A share from 0 to 1, as percent."""
    fraction = number(value, 0, 1)
    return None if fraction is None else round(fraction * 100, 6)


def metres(value: Any) -> float | None:
    """A length of a pixel."""
    return number(value, 1e-6, 1e6)


def angle(value: Any) -> float | None:
    """0 to 90 degrees from the vertical, without the sign that says to which side."""
    degrees = number(value, -90, 90)
    return None if degrees is None else abs(degrees)


def text(value: Any) -> str:
    """One line of plain text, at most `MAX_CHARS` long."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())[:MAX_CHARS]


def utc(value: Any) -> str:
    """ISO 8601 in UTC with "Z", milliseconds only where there are any; a day as it is; "" for what is no date.

    Times without an offset are taken as UTC: every format read here says that its times are.
    """
    if not isinstance(value, str):
        return ""
    raw = _COLONS.sub(r"\1-\2-\3", value.strip().strip('"'))
    if match := _COMPACT.fullmatch(raw):
        year, month, day, hour, minute, second, rest = match.groups()
        raw = f"{year}-{month}-{day}T{hour}:{minute}:{second}{rest or ''}Z"
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
            return date.fromisoformat(raw).isoformat()
        if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", raw):
            return ""
        timestamp = datetime.fromisoformat(raw)
        timestamp = timestamp.replace(tzinfo=UTC) if timestamp.tzinfo is None else timestamp.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    digits = "milliseconds" if timestamp.microsecond >= 1000 else "seconds"
    return timestamp.isoformat(timespec=digits).replace("+00:00", "Z")


def words(root: Element | None, *paths: str) -> str:
    """The text of the first of these paths that has any; a path is as for `Element.find`."""
    for path in paths:
        element = None if root is None else root.find(path)
        if element is not None and element.text and element.text.strip():
            return text(element.text)
    return ""


def inside(folder: str, name: str) -> str:
    """The path of an existing regular file below `folder` that metadata name `name`; else "".

    Absolute names, ".." and links that lead out of the folder give "".
    """
    name = name.strip().replace("\\", "/").removeprefix("./")
    if not name or "\0" in name or name.startswith(("/", "~")) or ":" in name or ".." in name.split("/"):
        return ""
    path = os.path.join(os.path.abspath(folder), *name.split("/"))
    if not os.path.lexists(path):
        path = _in_any_case(path)
    return path if path and is_inside(folder, path) else ""


def _in_any_case(path: str) -> str:
    """The only path there with this name in any case of letters, else "": some file systems on the way ignore case."""
    parent, wanted = os.path.dirname(path), os.path.basename(path).casefold()
    try:
        names = _names_in(parent, os.stat(parent).st_mtime_ns).get(wanted, [])
    except OSError:
        return ""
    return os.path.join(parent, names[0]) if len(names) == 1 else ""


@lru_cache(maxsize=16)
def _names_in(folder: str, _modified_ns: int) -> dict[str, list[str]]:
    """Names in a folder by their lower-case form: metadata may ask for thousands that are missing."""
    names: dict[str, list[str]] = {}
    with os.scandir(folder) as entries:
        for entry in islice(entries, MAX_LISTED):
            names.setdefault(entry.name.casefold(), []).append(entry.name)
    return names


def is_inside(folder: str, path: str) -> bool:
    """True for an existing regular file that is really below `folder`, links followed."""
    try:
        real, root = os.path.realpath(path), os.path.realpath(folder)
        return os.path.commonpath((real, root)) == root and stat.S_ISREG(os.stat(real).st_mode)
    except (OSError, ValueError):
        return False


def span(timestamps: Iterable[str]) -> tuple[str, str]:
    """The first and last of these, both empty where there is none."""
    moments = sorted(timestamp for timestamp in timestamps if timestamp)
    return (moments[0], moments[-1]) if moments else ("", "")
