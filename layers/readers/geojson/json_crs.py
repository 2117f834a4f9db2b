"""Reads statements of a GeoJSON file about its CRS that OGR silently ignores."""

from __future__ import annotations

import re

from layers.phrase import Phrase

_CRS = re.compile(rb'"crs"\s*:\s*\{(?:[^{}]|\{[^{}]*\})*\}')
_TYPE = re.compile(rb'"type"\s*:\s*"(\w+)"')
_NAME = re.compile(rb'"name"\s*:\s*"([^"]*)"')
_DEGREES = re.compile(r"CRS:?84|4326|4979|WGS ?_?84", re.I)
_LOOKED_AT = 2**16


def crs_note(path: str, name: str, is_wgs84: bool) -> str:
    """A sentence where it names a CRS by a link, or one that nobody knows; else "".

    Old files have a `crs` member at their start or end; since RFC 7946 there is none. `is_wgs84`: what OGR made of it.
    """
    with open(path, "rb") as file:
        head = file.read(_LOOKED_AT)
        file.seek(max(file.seek(0, 2) - _LOOKED_AT, 0))
        match = _CRS.search(head) or _CRS.search(file.read())
    if match is None or not is_wgs84:
        return ""
    if b"link" in _TYPE.findall(match[0]):
        return Phrase(
            "{name} names its CRS by a link, which is not followed: it is shown as WGS 84; check its CRS.", name=name
        )
    name_match = _NAME.search(match[0])
    text = name_match[1].decode("utf-8", "replace")[:100] if name_match else ""
    if text and not _DEGREES.search(text):
        return Phrase(
            "{name} names a CRS that is not known ({text}): it is shown as WGS 84; check its CRS.", name=name, text=text
        )
    return ""
