"""Patterns of addresses of web maps: texts such as "ll={lon},{lat}&z={z}", in which braces name what stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from layers.errors import BadTemplate

LONGEST = 4000
"""Most characters of an address that is read."""
MOST_PARAMETERS = 200
_SIGNED = r"[+-]?\d{1,12}(?:\.\d{1,20})?"
_COUNT = r"\d{1,12}(?:\.\d{1,20})?"
_DAY = r"\d{4}-\d{2}-\d{2}(?:-?T\d{2}:?\d{2}(?::?\d{2}(?:\.\d{1,9})?)?Z?)?"
WORDS = {
    **dict.fromkeys(("lat", "lon", "x", "y", "west", "south", "east", "north"), _SIGNED),
    **dict.fromkeys(("heading", "altitude", "roll"), _SIGNED),
    **dict.fromkeys(("z", "span_m", "distance_m", "fov", "tilt"), _COUNT),
    **dict.fromkeys(("date", "from", "to"), _DAY),
    "clock": r"\d{1,2}:\d{2}",
    "zone": r"[+-]\d{1,2}(?::\d{2})?",
    "layer": r"[\w .,:()-]{1,300}",
    "any": r"[^&#]{0,2000}?",
}
"""Regular expressions that the words between braces stand for, without groups or nested repetition."""
_BRACES = re.compile(r"\{(\w*)\}")
_UNPARTED = re.compile(r"\}[\d.]*\{")
_SEARCHED = ("/", "#", "@")
"""Beginnings of patterns that are looked for in the path and what follows #; others are parameters."""


class PageAddress(Struct, frozen=True):
    """An address of a page in its parts, decoded. `parameters` are those of the query and of what follows #."""

    host: str
    path: str
    text: str
    """The path and what follows #, in which patterns are looked for."""
    parameters: Mapping[str, str]
    behind: frozenset[str]
    """Names of the parameters that stand behind #."""

    @classmethod
    def of(cls, text: str) -> PageAddress | None:
        """The parts of a text; None where it is no address on the web."""
        text = text.strip()
        if len(text) > LONGEST or not text.lower().startswith(("https://", "http://")) or not text.isprintable():
            return None
        try:
            parts = urlsplit(text)
            host = (parts.hostname or "").lower()
            queried = parse_qsl(parts.query, max_num_fields=MOST_PARAMETERS)
            behind = parse_qsl(parts.fragment.lstrip("?/"), max_num_fields=MOST_PARAMETERS)
        except ValueError:
            return None
        path = unquote(parts.path)
        whole = f"{path}#{unquote(parts.fragment)}" if parts.fragment else path
        parameters = {name.lower(): value for name, value in reversed(queried + behind)}
        names = frozenset(name.lower() for name, _ in behind) - {name.lower() for name, _ in queried}
        return cls(host, path, whole, parameters, names) if host else None


class PageMatch(Struct, frozen=True):
    """The words that a pattern found in an address, and the parts of the address in which it found them."""

    words: Mapping[str, str]
    searched: tuple[str, ...]
    """Texts of the path or behind #."""
    parameters: Mapping[str, str]


def match_pattern(pattern: str, address: PageAddress) -> PageMatch | None:
    """The words that `pattern` finds in an address; None where one of its parts, joined by &, is not there.

    Raises BadTemplate.
    """
    words: dict[str, str] = {}
    searched: list[str] = []
    parameters: dict[str, str] = {}
    for part in pattern.split("&"):
        if part.startswith(_SEARCHED):
            match = _compiled(part).search(address.text)
            if match is None:
                return None
            searched.append(match[0])
        else:
            name, _, value = part.partition("=")
            text = address.parameters.get(name.lower())
            match = None if text is None else _compiled(value).fullmatch(text.strip())
            if match is None or text is None:
                return None
            parameters[name] = text.strip()
        words |= {name.rstrip("_"): value for name, value in match.groupdict().items()}
    return PageMatch(words, tuple(searched), parameters)


def check_pattern(pattern: str) -> frozenset[str]:
    """The words of a pattern. Raises BadTemplate where it has one that stands for nothing, or one twice."""
    names = _BRACES.findall(pattern)
    for name in names:
        if name not in WORDS:
            raise BadTemplate("“{pattern}” has {{{name}}}, which stands for nothing.", pattern=pattern, name=name)
        if names.count(name) > 1:
            raise BadTemplate("“{pattern}” has {{{name}}} twice.", pattern=pattern, name=name)
    if _UNPARTED.search(pattern):
        raise BadTemplate("“{pattern}” has nothing that parts two of its words.", pattern=pattern)
    for part in pattern.split("&"):
        if not part.startswith(_SEARCHED) and "=" not in part:
            raise BadTemplate("“{part}” names no parameter and no part of a path.", part=part)
        _compiled(part if part.startswith(_SEARCHED) else part.partition("=")[2])
    return frozenset(names)


@lru_cache(maxsize=1000)
def _compiled(part: str) -> re.Pattern[str]:
    """A part of a pattern as a regular expression. A number ends where no digit follows."""
    pieces: list[str] = []
    at = 0
    for brace in _BRACES.finditer(part):
        pieces.append(re.escape(part[at : brace.start()]))
        name = brace[1]
        if name not in WORDS:
            raise BadTemplate("“{part}” has {{{name}}}, which stands for nothing.", part=part, name=name)
        pieces.append(f"(?:{WORDS[name]})" if name == "any" else f"(?P<{name}_>{WORDS[name]})(?![\\d.]*\\d)")
        at = brace.end()
    pieces.append(re.escape(part[at:]))
    return re.compile("".join(pieces), re.ASCII)  # digits of other scripts are no numbers of an address
