"""Addresses that a person types or pastes: the kind of service that each seems to be, and the address to fetch for it.

Nothing is fetched here. An address that tells nothing by itself has no kind: what comes from it is recognised then.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from layers.services.offers.arcgis import full_address
from layers.services.offers.documents import with_parameters

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?[/?]|localhost(?::\d+)?(?:[/?]|$)|\[?[\d.:a-f]+\]?:\d+/")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ARCGIS = re.compile(r"/(?:Map|Image|Feature|VectorTile)Server(?=/|$)|/rest/services(?=/|$)", re.IGNORECASE)
_WMTS_OF_ARCGIS = re.compile(r"/(?:Map|Image)Server/WMTS(?=/|$)", re.IGNORECASE)
_WMS_OF_ARCGIS = re.compile(r"/(?:Map|Image)Server/WMSServer(?=/|$)", re.IGNORECASE)
_OURS = {
    "tilematrix": "z",
    "tilerow": "y",
    "tilecol": "x",
    "zoom": "z",
    "level": "z",
    "col": "x",
    "row": "y",
    "quadkey": "q",
    "bbox-epsg-3857": "bbox",
    "r": "",
    "ratio": "",
}
_SERVICES = ("wms", "wmts", "wfs")
_REQUESTS = {
    **dict.fromkeys(("getmap", "getfeatureinfo", "getlegendgraphic", "getstyles", "describelayer", "map"), "wms"),
    "gettile": "wmts",
    **dict.fromkeys(("getfeature", "describefeaturetype", "getpropertyvalue"), "wfs"),
}
"""Requests of one service alone, by which an address without SERVICE is known."""
_OF_REQUESTS = frozenset(
    (
        *("service", "request", "layers", "layer", "styles", "style", "bbox", "crs", "srs", "width", "height"),
        *("format", "transparent", "bgcolor", "exceptions", "time", "elevation", "tiled", "dpi", "sld", "sld_body"),
        *("tilematrixset", "tilematrix", "tilerow", "tilecol", "query_layers", "info_format", "i", "j", "x", "y"),
        *("feature_count", "typename", "typenames", "srsname", "count", "maxfeatures", "startindex", "outputformat"),
    )
)
"""Parameters of requests for maps, tiles and features, which have no place in one for capabilities."""
_LAST_PARTS = {
    **dict.fromkeys(("wmtscapabilities.xml", "wmts"), "wmts"),
    **dict.fromkeys(("wms", "wmsserver", "wms.ashx", "ows"), "wms"),
    **dict.fromkeys(("mapserv", "mapserv.exe", "mapserv.fcgi", "qgis_mapserv.fcgi"), "wms"),
    "wfs": "wfs",
    **dict.fromkeys(("tilemapresource.xml", "tms"), "tms"),
    **dict.fromkeys(("tilejson.json", "tilejson", "tiles.json"), "tilejson"),
    "catalog.json": "stac-catalog",
    "collection.json": "stac-collection",
    "search": "stac-items",
    "conformance": "ogcapi",
}
_ENDINGS = {".pmtiles": "pmtiles", ".tif": "cog", ".tiff": "cog", ".gtiff": "cog"}


class TypedAddress(Struct, frozen=True):
    """An address as it is to be used: `kind` is one of the names of services, empty where only its document tells.

    `address` is the template of kind "xyz"; of any other kind the address to fetch.
    """

    kind: str
    address: str


def address_kind(text: str) -> TypedAddress | None:
    """The kind of a text that is an address on the web, completed; None for any other text."""
    text = text.strip().strip("<>\"'").strip()
    if not _SCHEME.match(text) and _HOST.match(text):
        text = f"https://{text}"
    if any(letter.isspace() for letter in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return None
    template = _template(text)
    if template:
        return TypedAddress("xyz", template)
    text = text.partition("#")[0]
    return _by_query(text) or _by_path(text) or TypedAddress("", text)


def address_to_ask(address: str, kind: str) -> str:
    """The address of the document of a server, which a list may hold without its request, as QGIS does; `kind` is what
    the list says that it is.
    """
    typed = address_kind(address)
    if typed is not None and typed.kind not in ("", "xyz"):
        return typed.address
    if kind in _SERVICES:
        return _capabilities(address, kind)
    return full_address(address) if kind == "arcgis" else address


def _template(text: str) -> str:
    """The text as one of our templates; empty where it has no place for a tile."""
    text = re.sub(r"%7d", "}", re.sub(r"%7b", "{", text, flags=re.IGNORECASE), flags=re.IGNORECASE)
    text = re.sub(r"\$\{([xyz])\}", r"{\1}", text)

    def ours(match: re.Match[str]) -> str:
        name = match[1].strip()
        short = _OURS.get(
            name.lower(), name.lower() if name.lower() in ("x", "y", "z", "-y", "q", "s", "time") else name
        )
        return f"{{{short}}}" if short else ""

    text = _BRACES.sub(ours, text)
    names = set(_BRACES.findall(text))
    return text if {"z", "x"} <= names or "q" in names or names & {"bbox", "bbox-yx"} else ""


def _by_query(text: str) -> TypedAddress | None:
    """The kind of an address whose query names a service or a request."""
    query = urlsplit(text).query
    parameters = {name.lower(): unquote(value) for name, _, value in (part.partition("=") for part in query.split("&"))}
    request = parameters.get("request", "").lower()
    service = parameters.get("service", "").lower()
    if service not in _SERVICES:
        service = _REQUESTS.get(request, "")
    if not service and request in ("getcapabilities", "capabilities"):
        service = next((name for name in ("wmts", "wfs") if name in urlsplit(text).path.lower()), "wms")
    return TypedAddress(service, _capabilities(text, service)) if service else None


def _by_path(text: str) -> TypedAddress | None:
    path = urlsplit(text).path
    lowered = unquote(path).lower().rstrip("/")
    last = lowered.rpartition("/")[2]
    ending = "." + last.rpartition(".")[2]
    if _WMTS_OF_ARCGIS.search(path) and ending != ".xml":
        return TypedAddress("wmts", f"{text.partition('?')[0].rstrip('/')}/1.0.0/WMTSCapabilities.xml")
    if _WMS_OF_ARCGIS.search(path):
        return TypedAddress("wms", _capabilities(text, "wms"))
    if ending in _ENDINGS:
        return TypedAddress(_ENDINGS[ending], text)
    kind = _LAST_PARTS.get(last, "")
    if not kind and ending == ".xml" and "wmts" in lowered:
        kind = "wmts"
    if kind in _SERVICES:
        return TypedAddress(kind, text if ending == ".xml" else _capabilities(text, kind))
    if _ARCGIS.search(path):
        return TypedAddress("arcgis", full_address(text))
    return TypedAddress(kind or _by_folders(lowered), text)


def _by_folders(path: str) -> str:
    """The kind of catalogues and interfaces, by the folders in their paths."""
    folders = path.split("/")
    is_stac = any("stac" in folder for folder in folders)
    if "collections" in folders:
        after = folders[folders.index("collections") + 1 :]
        if len(after) > 2 and after[1] == "items":
            return "stac-item" if is_stac else "ogcapi"
        if is_stac:
            return (
                "stac-items" if len(after) == 2 and after[1] == "items" else "stac-collection" if after else "stac-api"
            )
        return "ogcapi"
    if is_stac:
        return "" if path.endswith(".json") else "stac-api"
    if "tms" in folders and folders[-1] in ("tms", "1.0.0"):
        return "tms"
    return "ogcapi" if any(folder in ("ogcapi", "oapif", "ogc-api") for folder in folders) else ""


def _capabilities(text: str, service: str) -> str:
    """The address of a service's capabilities: without the parameters of other requests, and with none twice."""
    head, _, query = text.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0].lower() not in _OF_REQUESTS]
    return with_parameters(f"{head}?{'&'.join(kept)}", {"SERVICE": service.upper(), "REQUEST": "GetCapabilities"})
