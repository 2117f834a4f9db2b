"""Templates of addresses of tiles, checked before any use.

`{z}` is the identifier of a tile's matrix, `{x}` and `{y}` its column and row, `{-y}` the row from below (TMS), `{q}`
all three as a quadkey; `{bbox}` the tile's bounds as west, south, east, north, `{bbox-yx}` as south, west, north, east,
with `{width}` and `{height}` in pixels; `{s}` or `{switch:a,b,c}` one of several servers; `{time}` the chosen time,
`{time-ms}` the same in milliseconds since 1970, `{time-ms:P1M}` from it to the end of that period, as ArcGIS wants it.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from layers.errors import BadTemplate
from layers.services.tile_matrix import TileMatrix
from layers.time.periods import moment_after, period_of
from layers.time.time_span import span_of

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SWITCH = re.compile(r"switch:([A-Za-z0-9-]+(?:,[A-Za-z0-9-]+)*)")
_BOXES = frozenset({"bbox", "bbox-yx"})
_MS = "time-ms"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN = frozenset({"z", "x", "y", "-y", "q", "s", "time", _MS, "width", "height"}) | _BOXES
_TIME = re.compile(r"[0-9][0-9A-Za-z:.+/_-]{3,80}")
MAX_LENGTH = 3000
MOST_HOSTS = 64
"""Most hosts of a template: choices in a host's name multiply, and each host has to be agreed to."""


def check_template(text: str, subdomains: str = "abc") -> None:
    """Check a template. Raises BadTemplate where no tile address can be made of `text`; `subdomains` are the values of
    {s}.
    """
    if not text or len(text) > MAX_LENGTH or any(ord(char) <= 32 or ord(char) == 127 for char in text):
        raise BadTemplate("The tile address is empty, too long or holds blanks: copy it again.")
    if not text.isascii():
        raise BadTemplate("The tile address holds letters that are not plain ASCII: write the host name as xn--...")
    names = _PLACEHOLDER.findall(text)
    for name in names:
        if name not in _PLAIN and not _SWITCH.fullmatch(name) and not _period_in(name):
            raise BadTemplate(
                "{{{name}}} is not understood: use {{z}}, {{x}}, {{y}} or {{-y}}, {{time}}, {{switch:a,b}}.",
                name=name[:40],
            )
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise BadTemplate("The tile address has a brace without its partner.")
    is_numbered = {"z", "x"} <= set(names) and bool({"y", "-y"} & set(names))
    if not (is_numbered or "q" in names or _BOXES & set(names)):
        raise BadTemplate("The tile address must hold {z}, {x} and {y} (or {-y}).")
    try:
        parts = urlsplit(_PLACEHOLDER.sub("0", text))
        port = parts.port
    except ValueError as error:
        raise BadTemplate("The tile address is not a web address.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadTemplate("The tile address must begin with https:// or http:// and a host.")
    if "@" in parts.netloc or "\\" in text:
        raise BadTemplate("The tile address must not hold a user name, a password or a backslash.")
    if port == 0 or not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", parts.hostname):
        raise BadTemplate("The host in the tile address is not a host name.")
    if "#" in text:
        raise BadTemplate("The tile address must not hold a #: what follows it is never sent.")
    authority = _authority(text)
    if any(name not in ("s",) and not name.startswith("switch:") for name in _PLACEHOLDER.findall(authority)):
        raise BadTemplate("Only {s} or {switch:a,b} may stand in the host's name.")
    if "s" in names and not re.fullmatch(r"[A-Za-z0-9-]{1,36}", subdomains):
        raise BadTemplate("The letters that {s} stands for are plain letters and digits, at most 36.")
    if math.prod(len(_choices(name, subdomains)) for name in _PLACEHOLDER.findall(authority)) > MOST_HOSTS:
        raise BadTemplate("The tile address names more than {most_hosts} hosts.", most_hosts=MOST_HOSTS)


def _authority(template: str) -> str:
    """Host and port as they stand in the template, placeholders included."""
    return re.split(r"[/?#]", template.partition("://")[2], maxsplit=1)[0]


def needs_time(template: str) -> bool:
    return "{time}" in template or f"{{{_MS}" in template


def _period_in(name: str) -> bool:
    """True for the name of milliseconds that run for a period."""
    return name.startswith(f"{_MS}:") and period_of(name.partition(":")[2]) is not None


def has_numbers(template: str) -> bool:
    """True where level, column or row of a tile stand in the address."""
    return bool({"z", "x", "y", "-y", "q"} & set(_PLACEHOLDER.findall(template)))


def hosts_of(template: str, subdomains: str = "abc") -> tuple[str, ...]:
    """The hosts ("name" or "name:port") a template leads to. The template has passed `check_template`."""
    authority = _authority(template).lower()
    hosts = [authority]
    for name in _PLACEHOLDER.findall(authority):
        choices = _choices(name, subdomains)
        hosts = [host.replace(f"{{{name}}}", choice) for host in hosts for choice in choices]
    return tuple(dict.fromkeys(hosts))


def tile_url(template: str, matrix: TileMatrix, column: int, row: int, time: str = "", subdomains: str = "abc") -> str:
    """The address of a tile; rows count from the top. Raises BadTemplate where a time is needed or is none."""
    if needs_time(template) and not _TIME.fullmatch(time):
        raise BadTemplate("This imagery is by date: choose one, as 2024-04-12.")

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        match name:
            case "z":
                return quote(matrix.identifier, safe="")
            case "x" | "y":
                return str(column if name == "x" else row)
            case "-y":
                return str(matrix.rows - 1 - row)
            case "q":
                return _quadkey(matrix, column, row)
            case "bbox" | "bbox-yx":
                return _box(matrix, column, row, north_first=name == "bbox-yx")
            case "width" | "height":
                return str(matrix.tile_width if name == "width" else matrix.tile_height)
            case "time":
                return quote(time, safe="-")
            case _ if name.startswith(_MS):
                return _milliseconds(time, name.partition(":")[2])
        choices = _choices(name, subdomains)
        return choices[(column + row) % len(choices)]

    return _PLACEHOLDER.sub(fill, template)


def _milliseconds(time: str, period: str) -> str:
    """A time in milliseconds since 1970: of an instant one number, of a day or a longer time its first and last one;
    with a `period`, from its beginning for that long. Raises BadTemplate.
    """
    span, length = span_of(time), period_of(period)
    if span is None:
        raise BadTemplate("“{time}” is no date: write it as 2024-04-12.", time=time[:40])
    first, last = round(span.begin * 1000), round(span.end * 1000)
    if length is not None and "/" not in time:
        try:
            end = moment_after(_EPOCH + timedelta(seconds=span.begin), length)
        except OverflowError as error:
            raise BadTemplate("The year of {time} is too far away.", time=time[:40]) from error
        return f"{first},{round((end - _EPOCH).total_seconds() * 1000) - 1}"
    return str(first) if first == last else f"{first},{last + 999}"


def _box(matrix: TileMatrix, column: int, row: int, north_first: bool) -> str:
    """Bounds of a tile, to a hundredth of a millimetre even in degrees: neighbours share their edge."""
    west, south, east, north = matrix.tile_bounds(column, row)
    numbers = (south, west, north, east) if north_first else (west, south, east, north)
    return ",".join(f"{number:.10f}".rstrip("0").rstrip(".") for number in numbers)


def _quadkey(matrix: TileMatrix, column: int, row: int) -> str:
    digits = matrix.columns.bit_length() - 1
    return "".join(str((column >> at & 1) + 2 * (row >> at & 1)) for at in range(digits - 1, -1, -1))


def _choices(name: str, subdomains: str) -> list[str]:
    return list(subdomains) if name == "s" else name.partition(":")[2].split(",")
