"""OGC API Features: reads a landing page, a list of collections or one collection, and asks for features of a view."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.phrase import Phrase, joined
from layers.services.offers.crs_names import crs_texts
from layers.services.offers.documents import (
    is_web,
    json_value,
    linked,
    lonlat_box,
    no_such,
    number_of,
    unpacked,
    with_parameters,
)
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.service_door import bare_address
from layers.services.stac.addresses import base_of

_DATA = ("data", "http://www.opengis.net/def/rel/ogc/1.0/data", "collections")
_ITEMS = ("items", "http://www.opengis.net/def/rel/ogc/1.0/items")
_OTHERS = {
    "coverage": Phrase("coverages"),
    "tilesets": Phrase("tiles"),
    "rel/ogc/1.0/map": Phrase("maps"),
    "rel:map": Phrase("maps"),
}
"""Parts of relations that lead to other data than features, with the words for these."""
_LON_LAT = "OGC:CRS84"
_MOST_WORDS = 4000
_MOST_CRS = 500
"""Most CRSs of a collection that are listed."""


def read_ogcapi(document: bytes, address: str) -> ServiceOffer:
    """The collections that a document lists; a landing page lists none, and `collections_address` tells where they are.
    Raises NotReadable for any other document.
    """
    data = _object(document)
    listed = data.get("collections")
    if isinstance(listed, list):
        collections = listed
    elif "id" in data and ("extent" in data or _link(data, _ITEMS, address)):
        collections, data = [data], data
    elif collections_address(document, address) or _is_landing(data):
        collections = []
    else:
        raise NotReadable(no_such("landing page, nor list of collections, of OGC API Features"))
    layers = tuple(layer for entry in collections if (layer := _layer(entry, address, isinstance(listed, list))))
    problems = []
    if not isinstance(listed, list) and not collections and not is_web(address):
        problems.append(Phrase("The document does not tell its own address: open that to see what it lists."))
    if len(layers) < len(collections):
        problems.append(Phrase("Entries of its list that name no collection are left out."))
    return ServiceOffer(
        service="ogcapi",
        title=_text(data, "title") or urlsplit(address).netloc,
        layers=layers,
        attribution=_text(data, "attribution"),
        licence=_link(data, ("license",), address),
        link=_link(data, ("alternate", "about"), address),
        problems=tuple(problems),
    )


def collections_address(document: bytes, address: str) -> str:
    """The address that lists the collections of a landing page; empty where it is none. Raises NotReadable."""
    data = _object(document)
    links = data.get("links")
    # A landing page may be served without the slash at the end of its address.
    where = _link(data, _DATA, base_of(address, _link(data, ("self",), ""), is_folder=True))
    if where or not isinstance(links, list):
        return where
    return _below(address, "collections") if _is_landing(data) and is_web(address) else ""


def _is_landing(data: dict[str, Any]) -> bool:
    """True for a landing page, also for a saved one whose links lead nowhere without its address."""
    links = data.get("links")
    relations = [link.get("rel") for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return "conformance" in relations


def features_request(layer: OfferedLayer, bounds_lonlat: Bounds | None, limit: int, offset: int = 0) -> str:
    """The address of at most `limit` features of a collection within bounds, from the one numbered `offset` on; of all
    where the bounds are None.

    Bounds over the antimeridian have their west edge east of the other one, as the standard has it.
    """
    words = {"limit": str(limit)} | ({"offset": str(offset)} if offset else {})
    if bounds_lonlat is None:
        return with_parameters(layer.address, words)
    west, east = bounds_lonlat.left, bounds_lonlat.right
    if east - west >= 360:
        west, east = -180.0, 180.0
    else:
        west, east = _wrapped(west), _wrapped(east)
        east = 180.0 if east == -180.0 else east
    box = (west, max(bounds_lonlat.bottom, -90.0), east, min(bounds_lonlat.top, 90.0))
    text = ",".join(f"{number:.7f}".rstrip("0").rstrip(".") for number in box)
    return with_parameters(layer.address, {"bbox": text} | words)


def _wrapped(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180


def _object(document: bytes) -> dict[str, Any]:
    document = unpacked(document)
    if document.lstrip()[:1] == b"<":
        raise NotReadable("The address gives a web page: add f=json to it, or open the page's link to JSON.")
    data = json_value(document)
    if not isinstance(data, dict):
        raise NotReadable(no_such("landing page, nor list of collections, of OGC API Features"))
    return data


def _layer(entry: Any, address: str, is_listed: bool) -> OfferedLayer | None:
    """A collection; None where an entry of a list is none."""
    if not isinstance(entry, dict):
        return None
    identifier = entry.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int) or identifier == "":
        return None
    name = str(identifier)
    problems: list[Phrase] = []
    items = _link(entry, _ITEMS, address)
    kind = _text(entry, "itemType") or "feature"
    others = _other_kinds(entry)
    if not items and kind == "feature" and is_web(address) and not (others and not _text(entry, "itemType")):
        items = _below(address, f"{quote(name, safe='')}/items") if is_listed else _below(address, "items")
    if not items and others:
        words = "“{title}” offers no features, but {kinds}: these are not opened."
        problems.append(Phrase(words, title=(_text(entry, "title") or name)[:80], kinds=joined(", ", others)))
    elif not items:
        problems.append(Phrase("It offers no features."))
    bounds, is_odd = _bounds(entry.get("extent"))
    if is_odd:
        problems.append(Phrase("Its bounding box makes no sense: it is left out."))
    listed = entry.get("crs")
    spellings = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
    return OfferedLayer(
        name=name,
        title=_text(entry, "title") or name,
        abstract=_text(entry, "description")[:_MOST_WORDS],
        crs=crs_texts(tuple(text for text in spellings[:_MOST_CRS] if not text.startswith("#"))) or (_LON_LAT,),
        bounds_lonlat=bounds,
        formats=_formats(entry),
        address=bare_address(items) if items else "",
        attribution=_text(entry, "attribution"),
        link=_link(entry, ("describedby", "about"), address),
        licence=_text(entry, "license") or _link(entry, ("license",), address),
        problems=tuple(problems),
    )


def _other_kinds(entry: dict[str, Any]) -> list[str]:
    """The kinds of data other than features that a collection's links lead to, in plain words."""
    links = entry.get("links")
    relations = [str(link.get("rel")) for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    kinds = [words for mark, words in _OTHERS.items() if any(mark in relation for relation in relations)]
    return list(dict.fromkeys(kinds))


def _below(address: str, path: str) -> str:
    head, mark, query = address.partition("?")
    return f"{head.rstrip('/')}/{path}{mark}{query}"


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _links(data: dict[str, Any], relations: tuple[str, ...]) -> list[dict[str, Any]]:
    links = data.get("links")
    return [
        link
        for link in (links if isinstance(links, list) else ())
        if isinstance(link, dict) and link.get("rel") in relations and isinstance(link.get("href"), str)
    ]


def _link(data: dict[str, Any], relations: tuple[str, ...], address: str) -> str:
    """The address of a related document, in JSON where it is offered so; a web page is asked for JSON."""
    links = _links(data, relations)
    if not links:
        return ""
    best = min(links, key=lambda link: _rank(link.get("type")))
    where = linked(address, best["href"])
    is_page = "html" in str(best.get("type")).lower() and relations in (_ITEMS, _DATA)
    return with_parameters(where, {"f": "json"}) if where and is_page else where


def _rank(media_type: object) -> int:
    name = str(media_type).lower()
    return 0 if "geo+json" in name else 1 if "json" in name and "fg" not in name else 3 if "html" in name else 2


def _formats(entry: dict[str, Any]) -> tuple[str, ...]:
    types = (link.get("type") for link in _links(entry, _ITEMS))
    return tuple(dict.fromkeys(name for name in types if isinstance(name, str)))


def _bounds(extent: Any) -> tuple[Bounds | None, bool]:
    """The first box of an extent, of four numbers or six, and whether there is one that makes no sense."""
    spatial = extent.get("spatial", extent) if isinstance(extent, dict) else None
    boxes = spatial.get("bbox") if isinstance(spatial, dict) else spatial
    box = boxes[0] if isinstance(boxes, list) and boxes and isinstance(boxes[0], list) else boxes
    if not isinstance(box, list) or not box:
        return None, False
    numbers = [number_of(value) for value in box]
    numbers = [*numbers[0:2], *numbers[3:5]] if len(numbers) == 6 else numbers
    stated = [number for number in numbers if number is not None]
    is_sane = len(stated) == len(numbers) == 4 and max(abs(stated[1]), abs(stated[3])) <= 90.5
    bounds = lonlat_box(stated) if is_sane else None
    return bounds, bounds is None
