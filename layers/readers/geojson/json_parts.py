"""A GeoJSON file that is damaged or was cut off: the features before the fault."""

from __future__ import annotations

import json
import re
from typing import Any

import pyogrio

from layers.counted import counted, grouped
from layers.readers.features.ogr_rows import READ_ERRORS, remarks_ignored

_FEATURES = re.compile(r'"features"\s*:\s*\[')
_OF_FEATURES = frozenset({"type", "id", "geometry", "properties", "bbox", "crs"})
_MOST_NAMED = 8
_BETWEEN = re.compile(r"\s*,?\s*")


def whole_features(data: bytes, dataset: str | bytes, name: str) -> tuple[bytes, list[str], dict[str, Any] | None]:
    """The features before the first fault as a collection of their own; `data` itself where nothing is wrong, with
    what OGR says of it.

    Also where there is none: OGR then says why. `data` is what pyogrio opens as `dataset`.
    """
    try:
        with remarks_ignored():
            return data, [], dict(pyogrio.read_info(dataset, force_feature_count=True, force_total_bounds=True))
    except READ_ERRORS:
        pass
    text = data.decode("utf-8", "replace")
    begin = _FEATURES.search(text)
    if begin is None:
        return data, [], None
    decoder, count, end = json.JSONDecoder(strict=False), 0, begin.end()
    while True:
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # it always matches
        try:
            found, after = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if not isinstance(found, dict):
            break
        count, end = count + 1, after
    if not count:
        return data, [], None
    line = text.count("\n", 0, at) + 1
    note = (
        f"{name} is damaged or cut off after its {counted(count, 'whole feature')}, in the feature that begins on "
        f"line {grouped(line)}: what follows is left out."
    )
    return text[:end].encode() + b"]}", [note], None


def members_left(head: bytes, name: str) -> list[str]:
    """A sentence where the first feature says something beside its properties, which OGR does not read."""
    text = head.decode("utf-8", "ignore").lstrip("\ufeff\x1e \t\r\n")
    begin = _FEATURES.search(text)
    at = _BETWEEN.match(text, begin.end()).end() if begin else 0  # type: ignore[union-attr]  # it always matches
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict) or found.get("type") != "Feature":
        return []
    left = [one[:40] for one in found if one not in _OF_FEATURES]
    named = ", ".join(left[:_MOST_NAMED]) + (", ..." if len(left) > _MOST_NAMED else "")
    return [f"What features of {name} say beside their properties is not read: {named}."] if left else []
