"""An OGC API of features on loopback, asked by box and page. It keeps a log, and can be as odd as servers are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.support.loopback import LoopbackHandler, LoopbackServer

CAPABILITIES = """<?xml version="1.0"?><WFS_Capabilities version="{version}">
<ServiceIdentification><Title>Loopback Features</Title></ServiceIdentification>
<ServiceProvider><ProviderName>Survey</ProviderName></ServiceProvider>
<OperationsMetadata><Operation name="GetFeature"><DCP><HTTP><Get xmlns:xlink="http://www.w3.org/1999/xlink"
 xlink:href="http://{host}/wfs?"/></HTTP></DCP></Operation></OperationsMetadata>
<FeatureTypeList><FeatureType><Name>parks</Name><Title>Parks</Title><DefaultCRS>urn:ogc:def:crs:EPSG::4326</DefaultCRS>
</FeatureType></FeatureTypeList></WFS_Capabilities>"""
GML = """<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0"
 xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="http://example.org/app" numberReturned="1" numberMatched="1">
<wfs:member><app:parks gml:id="parks.1"><app:name>Green</app:name><app:geom><gml:Point gml:id="p1"
 srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>50.2 10.2</gml:pos></gml:Point></app:geom></app:parks></wfs:member>
</wfs:FeatureCollection>"""


class FeatureServer(LoopbackServer):
    """Serves a landing page at `address`, and one collection "parks" of `count` points, `page` at a time."""

    def __init__(self, count: int, page: int) -> None:
        self.count, self.page = count, page
        self.odd: set[str] = set()
        """Oddities: wants login, html, no next, lost, north first, broken, endless, repeats."""
        self.next_host = ""
        """The host that links to next pages name; empty for this one, by relative links."""
        self.items_host = ""
        self.version = "2.0.0"
        super().__init__(_Handler)

    @property
    def address(self) -> str:
        return f"http://{self.host}/ogc/"

    @property
    def items(self) -> list[str]:
        """Requests for features so far."""
        return [path for path in self.log if "/items" in path or "GetFeature" in path]

    def collections(self) -> dict[str, Any]:
        host = f"http://{self.items_host}/ogc/collections/" if self.items_host else "collections/"
        link = {"rel": "items", "href": f"{host}parks/items", "type": "application/geo+json"}
        parks = {"id": "parks", "title": "Parks", "license": "CC BY 4.0", "attribution": "Survey", "links": [link]}
        return {"title": "Loopback Features", "collections": [parks], "links": []}

    def answer_to(self, question: dict[str, str]) -> dict[str, Any]:
        """A page of points in a row along 50 degrees north, 0.001 degrees apart, from 10 degrees east on."""
        west, south, east, north = (float(number) for number in question.get("bbox", "-180,-90,180,90").split(","))
        spots = [(number, 10 + number / 1000) for number in range(self.count)]
        inside = [(number, lon) for number, lon in spots if west <= lon <= east and south <= 50.2 <= north]
        at, limit = int(question.get("offset") or 0), min(int(question.get("limit") or 10), self.page)
        first = 0 if "repeats" in self.odd else at
        shown = inside[first : first + limit]
        features = [
            {
                "type": "Feature",
                "id": number,
                "geometry": {"type": "Point", "coordinates": [50.2, lon] if "north first" in self.odd else [lon, 50.2]},
                "properties": {"name": f"park {number}"},
            }
            for number, lon in shown
        ]
        value: dict[str, Any] = {"type": "FeatureCollection", "features": features}
        is_more = at + limit < len(inside) or "endless" in self.odd
        if is_more and "no next" not in self.odd:
            lost = "" if "lost" in self.odd else f"&bbox={question['bbox']}" if "bbox" in question else ""
            href = f"items?offset={at + limit}&limit={limit}{lost}"
            href = f"http://{self.next_host}/ogc/collections/parks/{href}" if self.next_host else href
            value["links"] = [{"rel": "next", "href": href, "type": "application/geo+json"}]
        return value if "endless" in self.odd else value | {"numberMatched": len(inside)}


class _Handler(LoopbackHandler):
    server: ClassVar[FeatureServer]  # type: ignore[assignment, misc]

    def do_GET(self) -> None:
        server, parts = self.server, urlsplit(self.path)
        server.log.append(self.path)
        question = dict(parse_qsl(parts.query))
        accepts_json = "json" in self.headers.get("Accept", "") and "html" not in server.odd
        if "wants login" in server.odd and "Authorization" not in self.headers:
            self.answer(401, b"no", Content_Type="text/plain")
        elif parts.path == "/wfs":
            text = GML if "GetFeature" in self.path else CAPABILITIES
            self.answer(200, text.format(host=server.host, version=server.version).encode(), Content_Type="text/xml")
        elif not accepts_json and question.get("f") != "json":
            self.answer(200, b"<!doctype html><html><body>Parks</body></html>", Content_Type="text/html")
        elif parts.path.endswith("/items"):
            self._answer_items(question)
        elif parts.path.endswith("/collections"):
            self._answer_json(server.collections())
        else:
            links = [{"rel": "data", "href": "collections", "type": "application/json"}]
            self._answer_json({"title": "Loopback Features", "links": [*links, {"rel": "conformance", "href": "c"}]})

    def _answer_items(self, question: dict[str, str]) -> None:
        if "broken" in self.server.odd and int(question.get("offset") or 0) > 0:
            self.answer(500, b"broken", Content_Type="text/plain")
            return
        crs = {"Content_Crs": "<http://www.opengis.net/def/crs/EPSG/0/4326>"}
        self._answer_json(self.server.answer_to(question), crs if "north first" in self.server.odd else {})

    def _answer_json(self, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.answer(200, json.dumps(value).encode(), Content_Type="application/geo+json", **(headers or {}))


@contextmanager
def serving_features(count: int = 25, page: int = 10) -> Iterator[FeatureServer]:
    server = FeatureServer(count, page)
    try:
        yield server
    finally:
        server.stop()
