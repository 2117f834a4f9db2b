"""Columns of what a KML element says besides its place and its data: address, view, times."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

from layers.readers.kml_gpx.kml_shapes import hrefs
from layers.readers.kml_gpx.plain_text import text_of_html

OWN = "\0"
"""Begins the key of a value that is no data, until it is known whether some data has its name."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_TRACKS = ("Track", "MultiTrack")


def one_line(element: Element | None) -> str | None:
    """Its text on one line, None where it is not there."""
    return None if element is None else " ".join((element.text or "").split())


def own_fields(element: Element, parts: dict[str, Element]) -> dict[str, str | None]:
    """By name with OWN before it; `parts` are the children by their tags."""
    found: dict[str, str | None] = {"id": element.get("id") or None}
    for tag in ("address", "phoneNumber", "visibility"):
        found[tag] = one_line(parts.get(tag)) or None
    if "description" in parts and "Snippet" in parts:
        found["snippet"] = text_of_html(parts["Snippet"].text or "") or None
    for tag, name in (("LookAt", "look at"), ("Camera", "camera")):
        if tag in parts:
            said = (f"{part.tag} {text}" for part in parts[tag] if (text := one_line(part)))
            found[name] = ", ".join(said) or None
    models = [address for model in element.iter("Model") for address in hrefs(model)]
    found["model"] = ", ".join(models) or None
    return {OWN + name: value for name, value in found.items()}


def icons(element: Element) -> list[str]:
    """Addresses of pictures and linked files, but for those of models."""
    models = {address for model in element.iter("Model") for address in hrefs(model)}
    return [address for address in dict.fromkeys(hrefs(element)) if address not in models]


def times(parts: dict[str, Element]) -> dict[str, str | None]:
    """When it was, or from when to when; of a track its first and last time."""
    if "TimeSpan" in parts:
        return {tag: one_line(parts["TimeSpan"].find(tag)) for tag in ("begin", "end")}
    if "TimeStamp" in parts:
        return {"begin": one_line(parts["TimeStamp"].find("when"))}
    for tag in _TRACKS:
        if tag in parts and (whens := [text for when in parts[tag].iter("when") if (text := one_line(when))]):
            return {"begin": whens[0], "end": whens[-1]}
    return {}


def moments(values: list[str | None]) -> list[str | None] | None:
    """The same as ISO times, None where some is no whole date or time."""
    found: list[str | None] = []
    for value in values:
        if not value:
            found.append(None)
            continue
        if not _MOMENT.fullmatch(value):
            return None
        try:
            found.append(datetime.fromisoformat(value).isoformat().replace("+00:00", "Z"))
        except ValueError:
            return None
    return found


def arrays(element: Element, types: dict[str, str]) -> dict[str, str]:
    """The values along a track, by name, as JSON: numbers where the schema says so and all are."""
    found: dict[str, list[str]] = {}
    for one in element.iter("SimpleArrayData"):
        found.setdefault(one.get("name", "") or "data", []).extend(one_line(value) or "" for value in one.iter("value"))
    return {
        name: json.dumps(_typed(texts, types.get(name, "text")), ensure_ascii=False) for name, texts in found.items()
    }


def _typed(texts: list[str], kind: str) -> list[Any]:
    parse: Any = {"integer": int, "real": float}.get(kind, str)
    try:
        return [parse(text) if text else None for text in texts]
    except ValueError:
        return list(texts)


def named(columns: list[str], displays: dict[str, set[str]]) -> dict[str, str]:
    """What each key is called: by its name, with the one to show; what is no data gives way to data."""
    found: dict[str, str] = {}
    for column in columns:
        plain = column.removeprefix(OWN)
        shown = displays.get(column, set()) - {column, ""}
        name = f"{plain} ({next(iter(shown))})"[:200] if len(shown) == 1 else plain
        if column.startswith(OWN) and plain in columns:
            name = f"{plain} (placemark)"
        taken, number, first = set(found.values()), 1, name
        while name in taken:
            number += 1
            name = f"{first} ({number})"
        found[column] = name
    return found
