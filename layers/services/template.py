"""Tile URL templates: `{z}/{x}/{y}`, `{-y}` (TMS rows), `{s}` or `{switch:a,b,c}`, `{time}`. Checked before any use."""

from __future__ import annotations

import math
import re
from urllib.parse import quote, urlsplit

from layers.errors import BadTemplate

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SWITCH = re.compile(r"switch:([A-Za-z0-9-]+(?:,[A-Za-z0-9-]+)*)")
_PLAIN = frozenset({"z", "x", "y", "-y", "s", "time"})
_TIME = re.compile(r"[0-9TZ:.+-]{4,40}")
MAX_LENGTH = 2000
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
        if name not in _PLAIN and not _SWITCH.fullmatch(name):
            raise BadTemplate(
                "{{{name}}} is not understood: use {{z}}, {{x}}, {{y}} or {{-y}}, {{time}}, {{switch:a,b}}.",
                name=name[:40],
            )
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise BadTemplate("The tile address has a brace without its partner.")
    if not {"z", "x"} <= set(names) or not {"y", "-y"} & set(names):
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
    return "{time}" in template


def hosts_of(template: str, subdomains: str = "abc") -> tuple[str, ...]:
    """The hosts ("name" or "name:port") a template leads to. The template has passed `check_template`."""
    authority = _authority(template).lower()
    hosts = [authority]
    for name in _PLACEHOLDER.findall(authority):
        choices = _choices(name, subdomains)
        hosts = [host.replace(f"{{{name}}}", choice) for host in hosts for choice in choices]
    return tuple(dict.fromkeys(hosts))


def tile_url(template: str, z: int, x: int, y: int, time: str = "", subdomains: str = "abc") -> str:
    """The address of a tile; rows count from the north. Raises BadTemplate where a date is needed or is none."""
    if needs_time(template) and not _TIME.fullmatch(time):
        raise BadTemplate("This imagery is by date: choose one, as 2024-04-12.")
    values = {"z": str(z), "x": str(x), "y": str(y), "-y": str(2**z - 1 - y), "time": quote(time, safe="-")}

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return values[name]
        choices = _choices(name, subdomains)
        return choices[(x + y) % len(choices)]

    return _PLACEHOLDER.sub(fill, template)


def _choices(name: str, subdomains: str) -> list[str]:
    return list(subdomains) if name == "s" else name.partition(":")[2].split(",")
