"""Answers of servers of maps about a place, as names and values: from plain text, HTML, JSON and any XML.

It is text of others: nothing in it is run or asked for, and it is bounded. Geometry is left out, so that nobody takes
coordinates of an unknown CRS for places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.offers.service_exceptions import words_of_exception
from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

MOST_BYTES = 1 << 20
"""Most of an answer that is read."""
MOST_ROWS, LONGEST_VALUE, LONGEST_NAME = 100, 400, 60
_LIMITS = XmlLimits(size=MOST_BYTES, elements=20_000, passed_doctype=True)
_PLACES = re.compile(
    r"(?:coordinates?|coord|pos|poslist|lowercorner|uppercorner|boundedby|geometry|geom|the_geom|wkb_geometry|shape)\Z",
    re.IGNORECASE,
)
_MARKUP = frozenset(("srsname", "srsdimension", "schemalocation", "fid", "id", "dimension"))
_PAIR = re.compile(r"\s*([^=:]{1,60}?)\s*(?:=|:\s)\s*(.*\S)\s*\Z")
_RULE = re.compile(r"[-=_*\s]*\Z")
_UNSEEN = frozenset(("script", "style", "head", "title", "noscript", "template", "iframe", "object"))
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "hr", "dt", "dd"))


class InfoRow(Struct, frozen=True):
    """A value with its name; the name of a line without one is empty."""

    name: str
    value: str


class InfoAnswer(Struct, frozen=True):
    """Rows of an answer, or the server's words on why there are none."""

    rows: tuple[InfoRow, ...] = ()
    refusal: str = ""
    is_cut: bool = False
    """True where it had more than is read."""


def read_info(body: bytes) -> InfoAnswer:
    """The rows of an answer, whatever its media type says: many servers state a wrong one."""
    text = body[:MOST_BYTES]
    if refusal := words_of_exception(text):
        return InfoAnswer(refusal=refusal)
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        found_rows = _in_json(text)
    elif re.match(rb"<(?:!doctype\s+html|html|body|table|div|p|ul|b|h\d)\b", start, re.IGNORECASE):
        found_rows = _in_html(_decoded(text))
    elif start[:1] == b"<":
        found_rows = _in_xml(text)
    else:
        found_rows = _in_lines(_decoded(text).splitlines())
    rows = list(islice(found_rows, MOST_ROWS + 1))
    return InfoAnswer(tuple(rows[:MOST_ROWS]), is_cut=len(rows) > MOST_ROWS or len(body) > MOST_BYTES)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def _row(name: Any, value: Any) -> InfoRow | None:
    """A row of plain words; None without a value."""
    words = " ".join(str(value).split())[:LONGEST_VALUE]
    return InfoRow(" ".join(str(name).split())[:LONGEST_NAME], words) if words else None


def _in_lines(lines: list[str]) -> Iterator[InfoRow]:
    for line in lines:
        match = _PAIR.match(line)
        row = _row(match[1], match[2].strip("'\"")) if match else _row("", line)
        if row is not None and not _RULE.match(line):
            yield row


def _in_json(text: bytes) -> Iterator[InfoRow]:
    try:
        value = json.loads(_decoded(text))
    except (ValueError, RecursionError):
        yield InfoRow("", str(Phrase("The answer is JSON that is cut short or damaged.")))
        return
    features = value.get("features", value.get("results")) if isinstance(value, dict) else value
    for feature in features if isinstance(features, list) else [value]:
        holds = feature.get("properties", feature.get("attributes", feature)) if isinstance(feature, dict) else feature
        yield from _flat("", holds, 0)


def _flat(name: str, value: Any, depth: int) -> Iterator[InfoRow]:
    """Rows of nested JSON, without geometry and without the frame of GeoJSON."""
    if isinstance(value, dict) and depth < 5:
        for key, inner in value.items():
            if not _PLACES.match(key) and not (depth == 0 and key in ("type", "bbox", "crs", "geometry")):
                yield from _flat(key, inner, depth + 1)
    elif isinstance(value, list) and depth < 5:
        for inner in value:
            yield from _flat(name, inner, depth + 1)
    elif value is not None and (row := _row(name, value)) is not None:
        yield row


def _in_xml(text: bytes) -> Iterator[InfoRow]:
    """Leaves with text, and attributes of leaves without: GML, and the XML of Esri (FIELDS) and MapInfo."""
    try:
        root = parse_xml(text, _LIMITS)
    except BadXml:
        yield InfoRow("", str(Phrase("The answer is XML that is cut short, too large or damaged.")))
        return
    yield from _leaves(root)


def _leaves(element: Element) -> Iterator[InfoRow]:
    name = element.tag.rpartition(":")[2] if isinstance(element.tag, str) else ""
    if _PLACES.match(name):
        return
    children = list(element)
    if not children:
        if row := _row(element.get("name", name), element.text or ""):
            yield row
            return
        for key, value in element.attrib.items():
            bare = key.rpartition(":")[2]
            is_markup = key.startswith("xmlns") or bare.lower() in _MARKUP or _PLACES.match(bare)
            if not is_markup and (row := _row(bare, value)):
                yield row
    for child in children:
        yield from _leaves(child)


def _in_html(text: str) -> Iterator[InfoRow]:
    page = _Page()
    page.feed(text)
    page.close()
    page.end_line()
    for cells in page.lines:
        if len(cells) == 2 and (row := _row(cells[0].rstrip(" :="), cells[1])):
            yield row
        else:
            yield from _in_lines([" · ".join(cells)])


class _Page(HTMLParser):
    """The words that a reader of a page sees, line by line; cells of a row of a table apart."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = []
        self._cells: list[str] = [""]
        self._unseen = 0

    def end_line(self) -> None:
        cells = [words for cell in self._cells if (words := " ".join(cell.split()))]
        if cells:
            self.lines.append(cells)
        self._cells = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BREAKS:
            self.end_line()
        elif tag in ("td", "th"):
            self._cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BREAKS:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._cells[-1] += data
