"""A STAC API on loopback: searched by box, dates and collections, page by page. It keeps a log of what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.support.loopback import LoopbackHandler, LoopbackServer


class StacServer(LoopbackServer):
    """Serves a landing page at `address`, and `items` (JSON of STAC) from its search, `page` at a time."""

    def __init__(self, items: list[dict[str, Any]], page: int = 100, port: int = 0) -> None:
        self.items, self.page = items, page
        self.files: dict[str, bytes] = {}
        """Bodies of other files, by path."""
        self.questions: list[dict[str, Any]] = []
        self.broken = False
        super().__init__(_Handler, port)

    @property
    def address(self) -> str:
        return f"http://{self.host}/v1"

    def body_of(self, question: dict[str, Any]) -> bytes:
        """The JSON of a page of items."""
        return json.dumps(self.answer_to(question)).encode()

    def answer_to(self, question: dict[str, Any]) -> dict[str, Any]:
        """A page of items: those that meet the box and lie within the dates."""
        self.questions.append(question)
        items = [item for item in self.items if _meets(item, question)]
        at, limit = int(question.get("token") or 0), min(int(question.get("limit") or 10), self.page)
        links = []
        if at + limit < len(items):
            body = question | {"token": at + limit}
            links.append({"rel": "next", "method": "POST", "href": f"{self.address}/search", "body": body})
        return {
            "type": "FeatureCollection",
            "numberMatched": len(items),
            "features": items[at : at + limit],
            "links": links,
        }


def _meets(item: dict[str, Any], question: dict[str, Any]) -> bool:
    box, own = question.get("bbox"), item["bbox"]
    if box and not (own[0] <= box[2] and own[2] >= box[0] and own[1] <= box[3] and own[3] >= box[1]):
        return False
    begin, _, end = str(question.get("datetime") or "../..").partition("/")
    at = item["properties"]["datetime"]
    if not str(at)[:4].isdecimal():  # of an unknown date: no reason to leave it out
        begin = end = ".."
    if (begin not in ("", "..") and at < begin) or (end not in ("", "..") and at > end):
        return False
    return not question.get("collections") or item["collection"] in question["collections"]


class _Handler(LoopbackHandler):
    server: ClassVar[StacServer]  # type: ignore[assignment, misc]

    def do_GET(self) -> None:
        self.server.log.append(f"GET {self.path}")
        parts = urlsplit(self.path)
        if parts.path in self.server.files:
            self.answer(200, self.server.files[parts.path], Content_Type="image/png")
        elif parts.path == "/v1/search":
            question: dict[str, Any] = dict(parse_qsl(parts.query))
            if "bbox" in question:
                question["bbox"] = [float(number) for number in question["bbox"].split(",")]
            if "collections" in question:
                question["collections"] = question["collections"].split(",")
            self._answer(self.server.body_of(question))
        else:
            self._answer(json.dumps(self._landing()).encode())

    def do_POST(self) -> None:
        self.server.log.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(self.server.body_of(json.loads(body)))

    def _landing(self) -> dict[str, Any]:
        search = {"rel": "search", "href": f"{self.server.address}/search", "type": "application/geo+json"}
        return {
            "type": "Catalog",
            "stac_version": "1.0.0",
            "id": "loopback",
            "title": "Loopback Archive",
            "description": "",
            "conformsTo": ["https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/item-search"],
            "links": [search | {"method": "GET"}, search | {"method": "POST"}],
        }

    def _answer(self, body: bytes) -> None:
        if self.server.broken:
            self.answer(500, b"broken", Content_Type="text/plain")
        else:
            self.answer(200, body, Content_Type="application/geo+json")


@contextmanager
def serving_stac(items: list[dict[str, Any]], page: int = 100) -> Iterator[StacServer]:
    server = StacServer(items, page)
    try:
        yield server
    finally:
        server.stop()
