"""Reads the source that a row of a table or a feature names itself: a citation, an address, or an object of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from layers.time.cell_times import cell_time
from layers.time.dates import is_partial
from layers.time.typed_dates import ordered_date
from viewer.commands.tables.field_columns import SiteMapping

LONGEST_CITATION = 500
_LONGEST_JSON = 20_000
_ADDRESSES = ("http://", "https://")
_CITED = re.compile(
    r'["“«](?P<title>[^"“”«»]+)["”»],\s*(?P<publisher>.+?)(?:,\s*(?P<date>\d{4}(?:-\d\d){0,2}|n\.d\.))?'
)
"""A citation as the field writes it: "Title", publisher, date."""
_FROM_MEMORY = re.compile(r"\bfrom memory\b|\bgeneral knowledge\b", re.IGNORECASE)
_STATED = {"publisher": "source_publisher", "author": "source_author", "published_at": "source_date"}
"""Fields of a source that columns of their own may state, by the names that a mapping has for them."""
_KEYS: dict[str, tuple[str, ...]] = {
    "source": ("title", "name", "headline", "citation", "text", "label"),
    "source_url": ("url", "href", "link", "uri"),
    "source_publisher": ("publisher", "organisation", "organization", "outlet"),
    "source_author": ("author", "authors", "creator", "by"),
    "source_date": ("published_at", "published", "date", "date_published", "datepublished", "year"),
}
"""Keys of a source that is an object of its own, by the field that each fills."""


def row_source(attributes: Mapping[str, Any], mapping: SiteMapping, order: str = "") -> dict[str, str]:
    """The fields of the source that a feature names itself; empty where it names none, or memory.

    A citation of the usual form is split into title, publisher and date. Any other text is the title. Of an object of
    JSON the known keys count where no column of its own says more, and of a list the first source. `order`: that of
    its date in figures, "day" or "month" first.
    """
    own, _is_whole = _nested(attributes.get(mapping.columns.get("source", "")))

    def text(each: str) -> str:
        value = attributes.get(mapping.columns.get(each, ""))
        if own and (each == "source" or value in (None, "")):
            value = own.get(each)
        return "" if value is None else " ".join(str(value).split())

    named, url = text("source")[:LONGEST_CITATION], text("source_url")
    if named.lower().startswith(_ADDRESSES):
        named, url = "", url or named
    if _FROM_MEMORY.search(named):
        named = ""
    if not (named or url):
        return {}
    match = _CITED.fullmatch(named)
    cited = {"title": named or url, "url": url}
    if match:
        date = match["date"] or ""
        cited |= {"title": match["title"].strip(), "publisher": match["publisher"].strip()}
        cited |= {"published_at": date if is_partial(date) else ""}
    stated = {name: text(each) for name, each in _STATED.items()}
    stated["published_at"] = ordered_date(stated["published_at"], order)
    timed = cell_time(stated["published_at"])
    if timed is not None:
        stated["published_at"] = timed[0]
    if not is_partial(stated["published_at"]):
        del stated["published_at"]
    cited |= {name: value for name, value in stated.items() if value}
    kind = "web page" if url else "other"
    return {"kind": kind} | {name: value for name, value in cited.items() if value}


def source_left_over(attributes: Mapping[str, Any], mapping: SiteMapping) -> str:
    """The whole text of an object of JSON, or of a list, that says more of sources than `row_source` takes."""
    value = attributes.get(mapping.columns.get("source", ""))
    own, is_whole = _nested(value)
    if not own or is_whole:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _nested(value: Any) -> tuple[dict[str, str], bool]:
    """The fields of the first source in a JSON object or a list, by the names of a mapping, and True where they are
    all that it says; ({}, True) for any other value."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and len(value) <= _LONGEST_JSON:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}, True
    is_alone = True
    if isinstance(value, list):
        is_alone = len(value) == 1
        value = next(iter(value), None)
        if isinstance(value, str):
            return {"source": value}, is_alone
    if not isinstance(value, dict):
        return {}, True
    plain = {str(key).casefold(): each for key, each in value.items() if each not in (None, "")}
    fields: dict[str, str] = {}
    used: set[str] = set()
    for name, keys in _KEYS.items():
        key = next((key for key in keys if isinstance(plain.get(key), str | int) and key not in used), "")
        if key:
            fields[name] = str(plain[key])
            used.add(key)
    date = fields.get("source_date", "")
    is_read = not date or is_partial(date) or cell_time(date) is not None
    is_named = "source" in fields or "source_url" in fields
    return (fields, is_alone and is_read and used == plain.keys()) if is_named else ({}, True)
