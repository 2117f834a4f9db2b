"""Recognises documents of services by their content, and hands each to its reader.

XML goes by its root element, JSON by its members; bytes before them (marks, gzip without a header) do not matter. To
join a reader, add its line to `_READERS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from layers.errors import NotReadable, UnsupportedFormat
from layers.phrase import Phrase
from layers.services.offers.arcgis import read_arcgis
from layers.services.offers.documents import MOST_BYTES, json_value, root_of_xml, text_in, unpacked, xml_tree
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.ogcapi import collections_address, read_ogcapi
from layers.services.offers.service_exceptions import EXCEPTION_ROOTS, words_of_exception
from layers.services.offers.stac_offer import collection_address, read_stac_offer, with_collection
from layers.services.offers.tilejson import read_tilejson
from layers.services.offers.tms import read_tms
from layers.services.offers.wfs import read_wfs
from layers.services.offers.wms import read_wms
from layers.services.offers.wmts import read_wmts
from layers.services.shipped_terms import shipped_like, with_shipped_policy, with_shipped_terms
from layers.services.stac.documents import kind_of_stac
from layers.services.tile_service import TileService
from layers.text.unpacking import GZIP

type _Reader = Callable[[bytes, str], ServiceOffer]

_READERS: dict[str, _Reader] = {
    "wms": read_wms,
    "wfs": read_wfs,
    "ogcapi": read_ogcapi,
    "wmts": read_wmts,
    "tms": read_tms,
    "tilejson": read_tilejson,
    "arcgis": read_arcgis,
    "stac": read_stac_offer,
}
_ERROR = "error"
"""A document in which a server says that it will not answer."""
_PAGE = "page"
_ROOTS = {
    "WMT_MS_Capabilities": "wms",
    "WMS_Capabilities": "wms",
    "WMS_MS_Capabilities": "wms",
    "WFS_Capabilities": "wfs",
    "TileMap": "tms",
    "TileMapService": "tms",
    "Services": "tms",
    "ServiceException": _ERROR,
    "Error": _ERROR,
    **dict.fromkeys(EXCEPTION_ROOTS, _ERROR),
}
_OTHER_CAPABILITIES = {"wcs": "WCS", "csw": "CSW", "sos": "SOS", "wps": "WPS"}
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"GIF8", b"II*\0", b"MM\0*", b"PMTiles", b"%PDF", b"PK\x03\x04")
_ARCGIS = ("currentVersion", "mapName", "singleFusedMapCache", "serviceDataType", "tileInfo", "pixelSizeX")
_OGC_RELATIONS = ("conformance", "data", "collections", "items", "service-desc", "service-doc")
_REFUSAL = {"code", "description", "requestId", "status", "type", "title", "detail"}
_MOST_EMPTY_BYTES = 16_384
"""Most bytes of an answer without features: longer ones are not parsed to see whether they are of a search."""
_HEAD_BYTES = 4096
_MOST_WORDS = 300


def recognised(document: bytes, address: str) -> ServiceOffer:
    """The offer of a document that came from an address, or that was saved in a file. Raises UnsupportedFormat for what
    describes no service, and NotReadable where it is damaged, or is a server's refusal.
    """
    document = unpacked(document)
    kind = _kind_of(document)
    reader = _READERS.get(kind)
    if reader is not None:
        return _under_shipped_terms(reader(document, address))
    if kind == _ERROR:
        raise NotReadable("The server refuses: {words}", words=_words_of_refusal(document))
    if kind == _PAGE:
        raise UnsupportedFormat(
            "The address leads to a web page, not to a service: look there for the address of its capabilities."
        )
    if kind:
        raise UnsupportedFormat("The document describes a service of a kind that is not opened: {kind}.", kind=kind)
    raise UnsupportedFormat(_no_service(document))


def _under_shipped_terms(offer: ServiceOffer) -> ServiceOffer:
    """An offer whose layers are under the policy that the catalogue states for their hosts, with its credit where that
    is known to hold for them: the mere name of a provider is none.
    """
    return replace(offer, layers=tuple(_layer_under_terms(layer, offer) for layer in offer.layers))


def _layer_under_terms(layer: OfferedLayer, offer: ServiceOffer) -> OfferedLayer:
    if layer.service is None:
        return layer
    service = _service_under_terms(layer.service, offer)
    if service is layer.service:
        return layer
    choices = tuple((name, _service_under_terms(choice, offer)) for name, choice in layer.choices)
    if service.attribution == layer.service.attribution:
        return replace(layer, service=service, choices=choices)
    return replace(
        layer,
        service=service,
        choices=choices,
        attribution=service.attribution,
        link=service.link,
        licence=layer.licence or offer.licence or service.licence,
    )


def _service_under_terms(service: TileService, offer: ServiceOffer) -> TileService:
    known = shipped_like(service)
    if known is None or service.attribution not in ("", offer.attribution):
        return with_shipped_policy(service)
    return with_shipped_terms(replace(service, attribution="", link=known.link))


def further_address(document: bytes, address: str, offer: ServiceOffer) -> str:
    """The address that says what a document does not say itself: of a landing page of an OGC API the list of its
    collections, of an item without a credit or terms its collection; empty for any other document.
    """
    if offer.service == "stac-item" and offer.items:
        return collection_address(offer.items[0])
    is_landing = offer.service == "ogcapi" and not offer.layers
    return collections_address(unpacked(document), address) if is_landing else ""


def with_landing(offer: ServiceOffer, landing: ServiceOffer) -> ServiceOffer:
    """A list of collections with what the landing page says of the whole; an item with what its collection says."""
    if landing.service == "stac-item":
        return with_collection(landing, offer)
    return replace(
        offer,
        title=landing.title or offer.title,
        attribution=offer.attribution or landing.attribution,
        licence=offer.licence or landing.licence,
        link=offer.link or landing.link,
    )


def service_document(path: Path) -> bytes:
    """The bytes of a file that describes a service, or in which a server refused to; empty for any other file, and for
    one that may not be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if not head.startswith(GZIP) and not _text_head(unpacked(head)).startswith(("<", "{", "[")):
                return b""
            document = head + file.read(MOST_BYTES)
        kind = _kind_of(unpacked(document))
    except (NotReadable, OSError):
        return b""
    return document if kind in _READERS or kind == _ERROR else b""


def _kind_of(document: bytes) -> str:
    """The name of the service that a document describes; empty for none."""
    head = _text_head(document)
    if head.startswith("<"):
        return _kind_of_xml(document, head)
    if head.startswith(("{", "[")):
        try:
            return _kind_of_json(document)
        except NotReadable:
            return ""
    return ""


def _text_head(document: bytes) -> str:
    """The first letters, without a mark and blanks; empty where it is no text."""
    head = document[:_HEAD_BYTES]
    if head.startswith(_PICTURES):
        return ""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").strip("\ufeff \t\r\n")
    if b"\0" in head[:4]:
        return head.decode("utf-16-le" if head[1:2] == b"\0" else "utf-16-be", "replace").strip()
    return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()


def _kind_of_xml(document: bytes, head: str) -> str:
    is_page = re.match(r"(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html\b", head, re.IGNORECASE | re.DOTALL)
    name, namespace = root_of_xml(document) if not is_page else ("html", "")
    if name.lower() == "html":
        return _PAGE
    if name != "Capabilities":
        return _ROOTS.get(name, "")
    others = [words for part, words in _OTHER_CAPABILITIES.items() if f"/{part}" in namespace]
    return others[0] if others else "wmts"


def _kind_of_json(document: bytes) -> str:
    if _is_long_geojson(document):
        return ""
    value = json_value(document)
    if isinstance(value, list) and any(map(_has_templates, value)):
        return "tilejson"
    if not isinstance(value, dict):
        return ""
    if isinstance(value.get("error"), dict) or isinstance(value.get("exceptions"), list) or _is_refusal(value):
        return _ERROR
    if "tilejson" in value or (_has_templates(value) and "tileInfo" not in value):
        return "tilejson"
    if kind_of_stac(value):
        return "stac"
    if any(member in value for member in _ARCGIS):
        return "arcgis"
    return "ogcapi" if _is_ogc_api(value) else ""


def _has_templates(value: object) -> bool:
    """True for a description of tiles by the templates of their addresses."""
    tiles = value.get("tiles") if isinstance(value, dict) else None
    return isinstance(tiles, list) and any(isinstance(text, str) and "{" in text for text in tiles)


def _is_ogc_api(value: dict[str, Any]) -> bool:
    """True for a landing page, a list of collections or a collection, which lead to one another by their links."""
    if "conformsTo" in value or isinstance(value.get("collections"), list):
        return True
    links = value.get("links")
    relations = {str(link.get("rel")) for link in links if isinstance(link, dict)} if isinstance(links, list) else set()
    return any(relation.rpartition("/")[2] in _OGC_RELATIONS for relation in relations)


def _is_refusal(value: dict[str, Any]) -> bool:
    """True for the answer of a STAC API to what it does not have: a code, and words on it."""
    return value.keys() <= _REFUSAL and "code" in value and "description" in value


def _is_long_geojson(document: bytes) -> bool:
    """True for what has features and none of the words of STAC, and is too long for a search that found nothing."""
    is_stac = b"stac_version" in document or b'"assets"' in document
    return not is_stac and len(document) > _MOST_EMPTY_BYTES and _may_be_features(document)


def _may_be_features(document: bytes) -> bool:
    """True for what may be GeoJSON of many megabytes: it is parsed by a reader of files."""
    return b'"FeatureCollection"' in document or b'"Feature"' in document


def _words_of_refusal(document: bytes) -> str:
    """The server's own words in place of an answer; those of a store of files have elements of their own."""
    words = words_of_exception(document)
    if not words and _text_head(document).startswith("<"):
        words = " ".join(filter(None, (text_in(element) for element in xml_tree(document).iter())))
    return words[:_MOST_WORDS] or Phrase("it gives no reason.")


def _no_service(document: bytes) -> Phrase:
    """A sentence on a document that describes no service: what it is instead."""
    head = _text_head(document)
    if not document.strip():
        return Phrase("The document is empty: check the address.")
    if head.startswith("<"):
        name, _ = root_of_xml(document)
        if name:
            return Phrase("The document is XML about “{name}”, which describes no service.", name=name[:60])
        return Phrase("The document is no whole XML: fetch it again.")
    if head.startswith(("{", "[")):
        if _may_be_features(document):
            return Phrase("The document is GeoJSON, which is no service: open it as a file.")
        return Phrase("The document is JSON that describes no service: check the address.")
    if document.startswith(_PICTURES):
        return Phrase("The address leads to a file of pictures or pages, not to a service.")
    return Phrase("The document describes no service: check the address.")
