"""HTML of unknown origin as plain text: nothing in it is loaded, followed or run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MAX_CHARS = 100_000
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr"})
_HIDDEN = frozenset({"script", "style", "head"})
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


def text_of_html(text: str) -> str:
    """The text that a reader would see of HTML; the addresses of links follow their words, and those of pictures stand
    in the place of the pictures.
    """
    if not _TAG.search(text):
        return text.strip()
    reader = _Reader()
    reader.feed(text[:MAX_CHARS])
    reader.close()
    reader.end_link()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line)


def pictures_in_html(text: str) -> list[str]:
    """The addresses of the pictures that HTML shows, as text."""
    if "<" not in text:
        return []
    reader = _Reader()
    reader.feed(text[:MAX_CHARS])
    reader.close()
    return reader.pictures


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[str] = []
        self._hidden = 0
        self._link = ""
        """The address of the link that is open; empty for none."""

    def end_link(self) -> None:
        """Put the address of a link after its words, unless these end with it."""
        if self._link and not "".join(self.parts[-2:]).rstrip().endswith(self._link):
            self.parts.append(f" [{self._link}]")
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BREAKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        address = dict(attrs).get("href" if tag == "a" else "src" if tag == "img" else "") or ""
        if tag == "a":
            self.end_link()
            self._link = "" if self._hidden else address.strip()
        elif address:
            self.pictures.append(address.strip())
            if not self._hidden:
                self.parts.append(f" [{address}] ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
