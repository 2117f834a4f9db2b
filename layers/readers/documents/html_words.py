"""The words of an HTML file, and what it says of itself: nothing in it is loaded, followed, run or rendered."""

from __future__ import annotations

import codecs
import json
import re
from html.parser import HTMLParser
from typing import Any

from layers.readers.documents.clean_text import clean_field, clean_text
from layers.readers.documents.reading_budget import ReadingBudget
from layers.readers.documents.stated_dates import stated_date
from layers.requests.kept_document import DocumentFacts
from layers.text.text_encoding import guessed_encoding, known_encoding

MOST_BYTES = 8 * 2**20
"""Bytes of an HTML file that are read: pictures in a saved page may make it larger."""
_HEAD_BYTES = 4096
_MOST_LINKED_DATA = 200_000
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "br",
            "caption",
            "dd",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
        ),
        *(
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "option",
        ),
        *("p", "pre", "section", "table", "td", "th", "title", "tr", "ul"),
    )
)
_NO_WORDS = frozenset(("script", "style", "template", "svg", "object", "iframe", "noembed", "noframes"))
_DATA_ADDRESS = re.compile(r"data:[^\"'\s>)]{200,}")
"""Pictures within a page: megabytes that hold no words."""
_TITLES = ("og:title", "citation_title", "dc.title", "twitter:title", "ld:headline")
_PUBLISHERS = ("og:site_name", "citation_publisher", "dc.publisher", "ld:publisher", "publisher")
_AUTHORS = ("citation_author", "dc.creator", "ld:author", "author")
_DATES = (
    *("article:published_time", "og:published_time", "citation_publication_date", "citation_date", "dc.date.issued"),
    *("datepublished", "ld:datepublished", "dc.date", "pubdate", "publishdate", "date"),
)
_ADDRESSES = ("og:url", "canonical")


def read_html(data: bytes, budget: ReadingBudget, charset: str = "") -> DocumentFacts:
    """Read the bytes of an HTML file.

    charset: the encoding that a server stated; empty where none did
    """
    budget.was_cut = budget.was_cut or len(data) > MOST_BYTES
    text = _DATA_ADDRESS.sub("data:", _decoded(data[:MOST_BYTES], charset))
    reader = _Reader()
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # how Python's parser meets what it does not know
        budget.was_cut = True
    return DocumentFacts(
        text=budget.text(clean_text("".join(reader.parts))),
        is_whole=not budget.was_cut,
        title=reader.first(_TITLES) or clean_field("".join(reader.title)),
        publisher=reader.first(_PUBLISHERS),
        author=_person(reader.first(_AUTHORS)),
        published_at=next(filter(None, (stated_date(reader.stated.get(name, "")) for name in _DATES)), ""),
        url=_web_address(reader.first(_ADDRESSES)),
    )


def decoded_text(data: bytes, charset: str = "") -> str:
    """Bytes of a plain text as text."""
    return _decoded(data[:MOST_BYTES], charset)


def _decoded(data: bytes, charset: str) -> str:
    in_head = _CHARSET.search(data[:_HEAD_BYTES])
    stated = charset or (in_head[1].decode("ascii", "replace") if in_head is not None else "")
    mark = guessed_encoding(data[:4])[0] if data.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")) else ""
    encoding = mark or known_encoding(stated) or guessed_encoding(data[: 2**16])[0]
    return data.decode("gb18030" if encoding == "gb2312" else encoding, "replace")


def _person(text: str) -> str:
    """An author's name; empty for an address of a page about one."""
    return "" if text.startswith(("http://", "https://")) else text


def _web_address(text: str) -> str:
    return text if text.startswith(("http://", "https://")) and " " not in text else ""


class _Reader(HTMLParser):
    """Collects words, and the first value of each statement that a page makes about itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self.stated: dict[str, str] = {}
        self._open: list[str] = []
        """Elements without words that are open."""
        self._is_title = False
        self._linked_data: list[str] | None = None

    def first(self, names: tuple[str, ...]) -> str:
        """The first of these statements that says anything."""
        return next(filter(None, (self.stated.get(name, "") for name in names)), "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = named.get("property") or named.get("name") or named.get("itemprop", "")
            self._state(name, named.get("content", ""))
        elif tag == "link" and named.get("rel", "").lower() == "canonical":
            self._state("canonical", named.get("href", ""))
        elif tag == "time" and named.get("itemprop", "").lower() == "datepublished":
            self._state("datepublished", named.get("datetime", ""))
        elif tag == "title" and not self._open:
            self._is_title = not self.title
        elif tag in _NO_WORDS:
            self._open.append(tag)
            if tag == "script" and named.get("type", "").lower() == "application/ld+json":
                self._linked_data = []
        elif tag == "img" and named.get("alt") and not self._open:
            self.parts.append(f" {named['alt']} ")
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_title = False
        if tag in self._open:
            while self._open.pop() != tag:
                continue
            if tag == "script" and self._linked_data is not None:
                self._take_linked_data("".join(self._linked_data))
                self._linked_data = None
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._linked_data is not None:
            self._linked_data.append(data)
        elif self._is_title:
            self.title.append(data)
        elif not self._open:
            self.parts.append(data)

    def _state(self, name: str, value: Any) -> None:
        name = name.strip().lower().removeprefix("dcterms.").replace("dc:", "dc.")
        if isinstance(value, str) and (words := clean_field(value)):
            self.stated.setdefault(name[:60], words)

    def _take_linked_data(self, text: str) -> None:
        """Take what JSON-LD says of the article: its headline, author, publisher and date."""
        if len(text) > _MOST_LINKED_DATA:
            return
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return
        things = data if isinstance(data, list) else [data]
        graph = [member for thing in things if isinstance(thing, dict) for member in _listed(thing.get("@graph"))]
        for thing in [*things, *graph]:
            if isinstance(thing, dict) and "datePublished" in thing:
                self._state("ld:datepublished", thing["datePublished"])
                self._state("ld:headline", thing.get("headline"))
                self._state("ld:author", _name_of(thing.get("author")))
                self._state("ld:publisher", _name_of(thing.get("publisher")))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name_of(value: Any) -> Any:
    first = value[0] if isinstance(value, list) and value else value
    return first.get("name") if isinstance(first, dict) else first
