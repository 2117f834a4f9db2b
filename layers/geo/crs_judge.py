"""Judges the text of a CRS before PROJ or GDAL see it: what names files, such as grids, they would open.

A name without any folder is left alone: PROJ looks for it among its own data only.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_CHARS = 65_536
MAX_DEPTH = 32
_NAMES_FILES = re.compile(r"grids|parameterfile|(?:file|model|init|catalog)\s*=", re.IGNORECASE)
"""Parameters of PROJ, nodes of WKT, old and new, and methods that are spelled out."""
_PATH = re.compile(r"(?<! )/|/(?! )|[\\~]|\b[A-Za-z]:(?=\S*\.)|://")
"""A slash with a space on either side stands in names: WGS 84 / UTM zone 52N."""
_QUOTED = 40


def fault_of_crs(text: str) -> str:
    """Why a text is not to be read as a CRS, after "it"; empty where nothing is wrong with it."""
    if len(text) > MAX_CHARS:
        return "is longer than the description of any CRS"
    if _depth(text) > MAX_DEPTH:
        return "is nested deeper than the description of any CRS"
    if text.lstrip().startswith("{"):
        return _fault_of_json(text)
    return _named(text) if _NAMES_FILES.search(text) else ""


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\](){}]", text):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


def _named(text: str) -> str:
    found = _PATH.search(text)
    if found is None:
        return ""
    around = text[max(0, found.start() - _QUOTED // 2) : found.end() + _QUOTED // 2]
    return f"names a file, which is not opened ({' '.join(around.split())})"


def _fault_of_json(text: str) -> str:
    """PROJJSON names a file as the value of a parameter, or in a method that is spelled out."""
    faults: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, value in pairs:
            if isinstance(value, str) and key != "$schema" and (key == "value" or _NAMES_FILES.search(value)):
                faults.append(_named(value))
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return "is no JSON"
    return next(filter(None, faults), "")
