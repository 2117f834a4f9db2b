"""A question to a catalogue, the requests that ask it, and whether an item answers it: servers ignore conditions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

import shapely
from msgspec import Struct
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.scenes.footprint import footprint_of_box
from layers.services.http_request import HttpRequest
from layers.services.stac.addresses import host_of, is_internal, resolved, upgraded
from layers.services.stac.documents import StacDocument
from layers.services.stac.item import StacItem
from layers.time.time_span import TimeSpan, span_of

PAGE_ITEMS = 100
ACCEPT = ("Accept", "application/geo+json, application/json")
_CLOUD = "eo:cloud_cover"
_BEFORE_ALL, _AFTER_ALL = float("-inf"), float("inf")


class StacQuestion(Struct, frozen=True, dict=True):
    """A question by area, time and kind; what is empty or None is not asked.

    `boxes` are in longitude and latitude, of any turn, or with a west greater than the east over the antimeridian.
    `begin` and `end` are dates as far as they are known. `max_cloud` is percent of the scene; it says nothing of radar
    and of items whose cloud is not known. `limit` is how many items a page is to have.
    """

    boxes: tuple[Bounds, ...] = ()
    begin: str = ""
    end: str = ""
    max_cloud: float | None = None
    collections: tuple[str, ...] = ()
    platform: str = ""
    limit: int = PAGE_ITEMS

    @cached_property
    def asked_boxes(self) -> tuple[Bounds, ...]:
        """The boxes cut at the antimeridian: servers refuse a west greater than the east."""
        areas = shapely.get_parts([footprint_of_box(_unwound(box)) for box in self.boxes])
        return tuple(dict.fromkeys(Bounds(*map(float, area.bounds)) for area in areas))

    @cached_property
    def area(self) -> BaseGeometry:
        """The area of all boxes; empty where none is asked about."""
        return shapely.union_all([shapely.box(*box) for box in self.asked_boxes])

    def covers(self, ground: BaseGeometry) -> bool:
        """True where all of some ground, within -180..180, was asked about."""
        return not ground.is_empty and bool(self.area.covers(shapely.force_2d(ground)))

    @cached_property
    def span(self) -> TimeSpan | None:
        """The time asked about, to the end of its last day; None where any time is meant."""
        first, last = span_of(self.begin) if self.begin else None, span_of(self.end) if self.end else None
        if first is None and last is None:
            return None
        return TimeSpan(first.begin if first else _BEFORE_ALL, last.end if last else _AFTER_ALL)


class SearchWay(Struct, frozen=True):
    """A way to ask: by GET or POST at an address, with a condition on cloud in a language ("json", "text") or none.

    `is_items` is True at the items of one collection, which takes box, time and limit only.
    """

    method: str
    address: str
    cql: str = ""
    is_items: bool = False


def search_ways(landing: StacDocument, question: StacQuestion) -> tuple[SearchWay, ...]:
    """The ways in which a server may be asked, the best first; those behind it are tried when it refuses.

    The condition on cloud is asked only in a language that can say *or unknown*: else radar would be lost.
    """
    links = landing.links_of("search")
    if not links:
        items = landing.links_of("items")
        if items:
            return (SearchWay("GET", items[0].href, is_items=True),)
        if landing.service != "stac-api":
            return ()
        stated = [("POST", _usual_address(landing.address)), ("GET", _usual_address(landing.address))]
    else:
        stated = [(link.method, _mended(link.href, landing.address)) for link in links]
        stated.sort(key=lambda way: way[0] != "POST")  # a body has room for any number of collections
        other = {"GET": "POST", "POST": "GET"}
        stated += [(other[method], address) for method, address in stated]
    plain = [SearchWay(method, address) for method, address in dict.fromkeys(stated)]
    languages = _languages(landing) if question.max_cloud is not None else ()
    with_cloud = [
        replace(way, cql=language)
        for way in plain
        for language in languages
        if way.method == "POST" or language == "text"
    ]
    return (*with_cloud, *plain)


def first_request(
    question: StacQuestion, way: SearchWay, box: Bounds | None, span: TimeSpan | None, limit: int
) -> HttpRequest:
    """The request for the first page of a part of the question: one of its boxes, in a span of time."""
    values: dict[str, Any] = {}
    if box is not None:
        values["bbox"] = [int(number) if number == int(number) else round(number, 7) for number in box]
    if span is not None:
        values["datetime"] = f"{_written(span.begin, '.000Z')}/{_written(span.end, '.999Z')}"
    if question.collections and not way.is_items:
        values["collections"] = list(question.collections)
    values["limit"] = limit
    if way.cql:
        values["filter-lang"] = f"cql2-{way.cql}"
        values["filter"] = _cloud_as_json(question) if way.cql == "json" else _cloud_as_text(question)
    if way.method == "POST":
        body = json.dumps(values, separators=(",", ":")).encode()
        return HttpRequest(way.address, "POST", body, (ACCEPT, ("Content-Type", "application/json")))
    return HttpRequest(with_parameters(way.address, values), headers=(ACCEPT,))


def with_parameters(address: str, values: dict[str, Any]) -> str:
    """An address with parameters, in place of those of the same name that it has; the rest stays byte for byte."""
    bare, _, query = address.partition("#")[0].partition("?")
    kept = [part for part in query.split("&") if part and unquote(part.partition("=")[0]) not in values]
    lists = {name: ",".join(map(str, value)) if isinstance(value, list) else value for name, value in values.items()}
    return f"{bare}?{'&'.join([*kept, *(f'{name}={quote(str(value), safe=":/,")}' for name, value in lists.items())])}"


def answers(question: StacQuestion, item: StacItem) -> bool:
    """True where an item answers the question as far as it states anything: what is unknown is no reason to drop it."""
    return (
        is_as_asked(question, item)
        and (question.max_cloud is None or item.is_radar or (item.cloud_cover or 0.0) <= question.max_cloud)
        and _is_of_platform(question.platform, item.platform)
    )


def is_as_asked(question: StacQuestion, item: StacItem) -> bool:
    """The same for the conditions that every server is sent: area, time and collections."""
    if question.collections and item.collection and item.collection not in question.collections:
        return False
    span, own = question.span, item_span(item)
    if span is not None and own is not None and not TimeSpan(span.begin, span.end + 0.999).meets(own):
        return False
    return not question.boxes or _meets(question, item)


def item_span(item: StacItem) -> TimeSpan | None:
    """The time that an item is of; None where that is not known."""
    if item.date_kind == "unknown":
        return None
    stretch = f"{item.start}/{item.end}" if item.date_kind in ("interval", "composite") else item.datetime
    return span_of(stretch)


def not_asked_words(question: StacQuestion, way: SearchWay) -> Phrase | None:
    """A sentence on conditions that the server is not asked for, and that are judged here; None without any."""
    if question.max_cloud is not None and not way.cql:
        return Phrase("The server was not asked about cloud: each item was judged here.")
    return None


def _meets(question: StacQuestion, item: StacItem) -> bool:
    if item.footprint is not None:
        return bool(question.area.intersects(item.footprint))
    return item.bounds_lonlat is None or bool(question.area.intersects(footprint_of_box(item.bounds_lonlat)))


def _mended(address: str, own: str) -> str:
    """The address of a search as it can be reached: a server may name itself as only its own network knows it."""
    host, own_host = host_of(address), host_of(own)
    if host != own_host and own_host and is_internal(host) and not is_internal(own_host):
        return _usual_address(own)
    return upgraded(address, own)


def _usual_address(landing: str) -> str:
    """The address at which an API is searched, by that of its landing page."""
    return resolved(f"{landing.partition('?')[0].rstrip('/')}/", "search")


def _is_of_platform(wanted: str, stated: str) -> bool:
    plain = ["".join(char for char in name.casefold() if char.isalnum()) for name in (wanted, stated)]
    return not plain[0] or not plain[1] or plain[1].startswith(plain[0])


def _unwound(box: Bounds) -> Bounds:
    return Bounds(box.left, box.bottom, box.right + 360.0, box.top) if box.right < box.left else box


def _languages(landing: StacDocument) -> tuple[str, ...]:
    """The languages of conditions that a server states to understand, the one that is easier to send first."""
    if not any("#filter" in stated or stated.endswith("/filter") for stated in landing.conformance):
        return ()
    stated = [name for name in ("json", "text") if landing.conforms_to(f"cql2-{name}")]
    return tuple(stated) or ("json",)


def _cloud_as_json(question: StacQuestion) -> dict[str, Any]:
    cloud = {"property": _CLOUD}
    most = {"op": "<=", "args": [cloud, question.max_cloud]}
    return {"op": "or", "args": [most, {"op": "isNull", "args": [cloud]}]}


def _cloud_as_text(question: StacQuestion) -> str:
    return f'"{_CLOUD}" <= {question.max_cloud:g} OR "{_CLOUD}" IS NULL'


def _written(seconds: float, end: str) -> str:
    """A moment as servers want it; two dots for no end."""
    if seconds in (_BEFORE_ALL, _AFTER_ALL):
        return ".."
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") + end
