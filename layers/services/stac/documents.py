"""Documents of STAC as values: items, pages of items, collections, catalogues and the landing pages of APIs."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.phrase import Phrase
from layers.services.stac.addresses import base_of, is_web
from layers.services.stac.foreign_values import first_text, listed, members, number, objects, text, texts
from layers.services.stac.item import StacItem, credit_of, read_item
from layers.services.stac.item_place import bounds_of, places_of
from layers.services.stac.item_time import moment_of
from layers.services.stac.links import StacLink, read_links

MOST_BYTES = 32_000_000
MOST_ITEMS = 10_000
MOST_PROBLEMS = 50
LEAST_SHARES = 8
"""Least number of cloud covers, all of them at most 1, of which it is believed that they are shares and no percents."""
_API_RELATIONS = frozenset(("search", "data", "conformance", "service-desc"))
_FOLDERS = frozenset(("stac-catalog", "stac-collection", "stac-api"))


class _StatedItem(Struct):
    """An entry of a page; its assets and links, by far the most of it, stay in bytes until they are asked for."""

    id: Any = None
    type: Any = None
    stac_version: Any = None
    collection: Any = None
    geometry: Any = None
    bbox: Any = None
    properties: Any = None
    providers: Any = None
    license: Any = None
    assets: Raw = Raw()
    links: Raw = Raw()


_ABSENT = (b"", b"null")
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_ENTRIES = msgspec.json.Decoder(list[_StatedItem])


class StacDocument(Struct, frozen=True, kw_only=True):
    """One document. `service` is one of the names that `info` gives; `version` as stated, "" where it is not.

    `address` is the one that it came from. `matched` is the number of items that the server says to have in all.
    `collections` are those of a list of collections, which an API gives in pages.
    """

    service: str
    address: str
    id: str = ""
    title: str = ""
    description: str = ""
    version: str = ""
    items: tuple[StacItem, ...] = ()
    collections: tuple[StacDocument, ...] = ()
    links: tuple[StacLink, ...] = ()
    conformance: tuple[str, ...] = ()
    bounds_lonlat: Bounds | None = None
    start: str = ""
    end: str = ""
    platforms: tuple[str, ...] = ()
    matched: int | None = None
    credit: str = ""
    licence: str = ""
    licence_link: str = ""
    problems: tuple[Phrase, ...] = ()

    def links_of(self, *relations: str) -> tuple[StacLink, ...]:
        """Its links of some relations to documents in JSON, in its order."""
        return tuple(link for link in self.links if link.rel in relations and link.is_json)

    def conforms_to(self, name: str) -> bool:
        """True where it states a class of conformance by the end of its address, as "filter"."""
        return any(stated.rstrip("/").endswith(name) for stated in self.conformance)


def read_stac(document: bytes, address: str) -> StacDocument:
    """The STAC document that came from an address, a web address or a path.

    Raises NotReadable for what is cut short or no JSON, UnsupportedFormat for JSON of another kind.
    """
    return document_of(parse_json(document), address)


def read_page(document: bytes, address: str) -> StacDocument:
    """The page of items that came from an address, as `page_of` has it of parsed JSON.

    Raises NotReadable for what is cut short or no JSON, UnsupportedFormat for JSON of another kind.
    """
    return page_of(_briefly_parsed(document) or parse_json(document), address)


def _briefly_parsed(document: bytes) -> dict[str, Any] | None:
    """The members of a page, with parts of its items still in bytes; None where the whole of it has to be parsed."""
    if len(document) > MOST_BYTES:
        return None
    try:
        stated = _MEMBERS.decode(document.removeprefix(b"\xef\xbb\xbf"))
        entries = _ENTRIES.decode(stated.pop("features"))
        page: dict[str, Any] = {name: msgspec.json.decode(value) for name, value in stated.items()}
    except (KeyError, msgspec.DecodeError, RecursionError):
        return None
    page["features"] = [_members_of(entry) for entry in entries]
    return page


def _members_of(entry: _StatedItem) -> dict[str, Any]:
    return {
        "id": entry.id,
        "type": entry.type,
        "stac_version": entry.stac_version,
        "collection": entry.collection,
        "geometry": entry.geometry,
        "bbox": entry.bbox,
        "properties": entry.properties,
        "providers": entry.providers,
        "license": entry.license,
        "assets": None if bytes(entry.assets) in _ABSENT else entry.assets,
        "links": None if bytes(entry.links) in _ABSENT else entry.links,
    }


def parse_json(document: bytes) -> Any:
    """JSON of any encoding; not-a-number becomes null. Raises NotReadable."""
    if len(document) > MOST_BYTES:
        raise NotReadable("The document has more than {mb} MB: ask for fewer items.", mb=MOST_BYTES // 1_000_000)
    bare = document.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return json.loads(bare, parse_constant=lambda _name: None)
        except UnicodeDecodeError:  # a byte of another encoding costs its own letter only
            return json.loads(bare.decode("utf-8", "replace"), parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        if document.lstrip()[:1] in (b"{", b"["):
            raise NotReadable("The document breaks off or is damaged: load it again.") from error
        if document.lstrip()[:1] == b"<":
            raise NotReadable("The server sent a web page or XML where a STAC document was expected.") from error
        raise NotReadable("This is no STAC document: it is no JSON.") from error


def document_of(value: Any, address: str) -> StacDocument:
    """The STAC document that parsed JSON is. Raises UnsupportedFormat where it is none."""
    stated = members(value)
    kind = kind_of_stac(stated)
    if not kind:
        raise UnsupportedFormat("This is JSON of another kind: no STAC item, collection, catalogue or search result.")
    if kind == "stac-item":
        item = read_item(stated, address)
        item = item if item.address else replace(item, address=address)
        return _document(stated, kind, address, items=(item,), problems=item.problems)
    if kind == "stac-items":
        return page_of(stated, address)
    listed_here = objects(stated.get("collections"))[:MOST_ITEMS]
    collections = [_document(collection, "stac-collection", address) for collection in listed_here]
    return _document(stated, kind, address, collections=tuple(each for each in collections if each.id))


def page_of(value: Any, address: str) -> StacDocument:
    """A page of items, also one without any. Raises UnsupportedFormat where it is none; a bad item costs itself."""
    stated = members(value)
    features = stated.get("features", [] if stated.get("type") == "FeatureCollection" else None)
    if not isinstance(features, list):
        raise UnsupportedFormat("The server's answer is no page of items.")
    items, problems = [], []
    entries = features[:MOST_ITEMS]
    places = places_of([(entry.get("geometry"), entry.get("bbox")) for entry in map(members, entries)])
    for row, (feature, place) in enumerate(zip(entries, places, strict=True), start=1):
        try:
            items.append(read_item(feature, address, place))
        except GeoloupeError as error:
            problems.append(Phrase("Entry {place} is left out: {why}", place=row, why=error.sentence))
    if len(features) > MOST_ITEMS:
        problems.append(Phrase("Only the first {most} items of the page are read.", most=MOST_ITEMS))
    context = members(stated.get("context")) or members(stated.get("search:metadata"))
    counts = (stated.get("numberMatched"), context.get("matched"), stated.get("totalFeatures"))
    matched = next((count for value in counts if (count := number(value, 0, 1e12)) is not None), None)
    return _document(
        stated,
        "stac-items",
        address,
        items=without_shares(tuple(items)),
        matched=None if matched is None else int(matched),
        problems=tuple(problems[:MOST_PROBLEMS]),
    )


def without_shares(items: tuple[StacItem, ...]) -> tuple[StacItem, ...]:
    """The same with cloud unknown, and that said, for collections whose figures all lie between 0 and 1.

    Nobody can tell 1 % from all; a few clear scenes may be so by chance, many hardly.
    """
    covers: dict[str, set[float]] = {}
    for item in items:
        if item.cloud_cover:
            covers.setdefault(item.collection, set()).add(item.cloud_cover)
    shares = {name for name, values in covers.items() if len(values) >= LEAST_SHARES and max(values) <= 1.0}
    problem = Phrase("Its cloud cover may be a share or percent: it is unknown.")
    return tuple(
        replace(item, cloud_cover=None, own_problems=(*item.own_problems, problem))
        if item.collection in shares and item.cloud_cover is not None
        else item
        for item in items
    )


def completed(item: StacItem, collection: StacDocument | None) -> StacItem:
    """The item with the terms and the credit of its collection where it states none itself."""
    if collection is None:
        return item
    return replace(
        item,
        licence=item.licence or collection.licence,
        credit=item.credit or collection.credit,
        licence_link=item.licence_link or collection.licence_link,
    )


def kind_of_stac(stated: dict[str, Any]) -> str:
    """The kind of a document of STAC by its type, else, as in old versions, by what it holds: "stac-item" and so on;
    empty for a document of something else.
    """
    kind = text(stated.get("type"))
    is_versioned = "stac_version" in stated
    relations = {text(link.get("rel")).lower() for link in objects(stated.get("links"))}
    conformance = " ".join(texts(stated.get("conformsTo"))).lower()
    if kind == "Feature" or (not kind and isinstance(stated.get("assets"), dict) and "properties" in stated):
        return "stac-item" if is_versioned or isinstance(stated.get("assets"), dict) else ""
    if kind in ("FeatureCollection", "ItemCollection") or isinstance(stated.get("features"), list):
        return "stac-items" if is_versioned or _holds_items(stated, relations) else ""
    if isinstance(stated.get("collections"), list):
        collections = objects(stated["collections"])
        is_stac = any("stac_version" in collection or "item_assets" in collection for collection in collections)
        return "stac-catalog" if is_stac or is_versioned else ""
    if "conformsTo" in stated or (relations & _API_RELATIONS and kind != "Collection" and "extent" not in stated):
        return "stac-api" if is_versioned or "stac" in conformance or "search" in relations else ""
    if kind == "Collection" or (
        "extent" in stated and (is_versioned or ("license" in stated and "itemType" not in stated))
    ):
        return "stac-collection" if is_versioned or relations & {"item", "items", "child"} else ""
    if is_versioned or kind == "Catalog":
        return "stac-catalog" if "links" in stated or "id" in stated else ""
    return ""


def _holds_items(stated: dict[str, Any], relations: set[str]) -> bool:
    """True for a list of features of which one at least has assets, and for the empty answer to a search.

    An empty page of OGC API Features counts, too, but leads to the collection that it is of, and to no root.
    """
    features = objects(stated.get("features"))
    if features:
        return any(isinstance(feature.get("assets"), dict) or "stac_version" in feature for feature in features[:100])
    is_counted = "numberMatched" in stated or "numberReturned" in stated
    return "context" in stated or "root" in relations or (is_counted and "collection" not in relations)


def _document(stated: dict[str, Any], kind: str, address: str, **facts: Any) -> StacDocument:
    """The document with all that the kinds have in common."""
    own = next((link.get("href") for link in objects(stated.get("links")) if link.get("rel") == "self"), None)
    base = base_of(address, own, kind in _FOLDERS)
    links = read_links(stated.get("links"), base)
    if not is_web(address) and is_web(str(own)):
        links = _of_saved_answer(links, read_links(stated.get("links"), str(own)))
    extent = members(stated.get("extent"))
    start, end = _interval(extent.get("temporal"))
    problems = facts.pop("problems", ())
    version = text(stated.get("stac_version"))
    if not version and kind not in ("stac-item", "stac-items"):
        problems = (*problems, Phrase("It does not say which version of STAC it is."))
    summaries = members(stated.get("summaries"))
    return StacDocument(
        service=kind,
        address=address,
        id=text(stated.get("id")),
        title=first_text(stated, "title", "id"),
        description=text(stated.get("description")),
        version=version,
        links=links,
        conformance=texts(stated.get("conformsTo")),
        bounds_lonlat=_extent_bounds(extent.get("spatial")),
        start=start,
        end=end,
        platforms=texts(summaries.get("platform")) or texts(members(stated.get("properties")).get("eo:platform")),
        credit=credit_of(stated.get("providers")),
        licence=text(stated.get("license")),
        licence_link=next((link.href for link in links if link.rel == "license"), ""),
        problems=problems,
        **facts,
    )


def _of_saved_answer(links: tuple[StacLink, ...], of_server: tuple[StacLink, ...]) -> tuple[StacLink, ...]:
    """The links of a saved answer: those of an API lead to its server, other relative ones to files beside it."""
    relations = _API_RELATIONS | {"next", "prev", "items"}
    return tuple(there if here.rel in relations else here for here, there in zip(links, of_server, strict=True))


def _extent_bounds(spatial: Any) -> Bounds | None:
    """The bounds of a collection: of its first box, which is that of all, or of a bare one as old versions write it."""
    boxes = listed(members(spatial).get("bbox")) if isinstance(spatial, dict) else listed(spatial)
    if not boxes:
        return None
    first = bounds_of(boxes if not isinstance(boxes[0], list) else boxes[0])
    if first is not None:
        return first
    return around([box for corners in boxes[1:] if (box := bounds_of(corners)) is not None])


def _interval(temporal: Any) -> tuple[str, str]:
    """The first and last moment of a collection: of its first interval, or of a bare one as old versions write it."""
    intervals = listed(members(temporal).get("interval")) if isinstance(temporal, dict) else listed(temporal)
    pair = listed(intervals[0]) if intervals and isinstance(intervals[0], list) else intervals
    return (moment_of(pair[0]), moment_of(pair[1])) if len(pair) == 2 else ("", "")
