"""Connections to servers that other programs have exported, as entries of imagery: QGIS's XML, and the JSON of
xyzservices and contextily.

Passwords and keys in such files are never taken over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from layers.errors import GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.services.address_keys import split_key
from layers.services.entry_text import MOST_BYTES, MOST_ENTRIES, EntriesRead
from layers.services.imagery_entry import ROLE_OF_KIND, ImageryEntry, checked_address, entry_of_service
from layers.services.shipped_terms import with_shipped_terms
from layers.services.template import MAX_LENGTH
from layers.services.tile_service import MAX_LEVEL, TileService
from layers.text.guarded_xml import BadXml, XmlLimits, parse_xml

_XML = XmlLimits(size=MOST_BYTES, depth=16, elements=100_000, bare_doctype=True)
_KIND_OF_TAG = {
    "wms": "wms",
    "wfs": "wfs",
    "xyztiles": "xyz",
    "arcgismapserver": "arcgis",
    "arcgisfeatureserver": "arcgis",
    "stac": "stac-api",
}
"""Kinds of QGIS's connections by their elements; one of WMS may lead to WMTS as well, one of ArcGIS to a folder."""
_OTHER_TAGS = {"wcs": "WCS", "vectortile": "vector tiles"}
SECRET_LEFT = "It may ask for a name, a password or a key, which were not taken over"
"""The note of a connection whose secret was left out."""
_SECRETS = ("username", "password", "authcfg")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_-]+)\}")
_KEPT = frozenset({"x", "y", "z", "-y", "q", "s", "time"})
"""Placeholders of a template that are filled when a tile is asked for."""
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_DEEPEST = 12


def read_connections(document: bytes) -> EntriesRead:
    """The connections in a file. A bad one costs itself. Raises NotReadable where the file holds none."""
    if len(document) > MOST_BYTES:
        raise NotReadable("The file is larger than {size} MB: it is no list of connections.", size=MOST_BYTES // 2**20)
    head = document.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if head in (b"{", b"["):
        return _of_json(document)
    if head == b"<":
        return _of_qgis(document)
    raise NotReadable(
        "The file holds no connections: choose an XML file that QGIS exported, or the JSON of xyzservices."
    )


def _gathered(named: Iterator[tuple[str, ImageryEntry | GeoloupeError]]) -> EntriesRead:
    """Entries, and sentences on those that are none. Raises NotReadable where there is neither."""
    entries: list[ImageryEntry] = []
    problems: list[Phrase] = []
    for name, entry in named:
        if isinstance(entry, ImageryEntry):
            entries.append(entry)
        else:
            name = name[:60] or Phrase("A connection without a name")
            problems.append(Phrase("{name} is left out: {why}", name=name, why=entry.sentence))
        if len(entries) + len(problems) == MOST_ENTRIES:
            problems.append(Phrase("Entries after the first {count} are left out.", count=MOST_ENTRIES))
            break
    if not entries and not problems:
        raise NotReadable("The file holds no connections to tiles, maps or features.")
    return EntriesRead(tuple(entries), tuple(problems))


# -- QGIS ------------------------------------------------------------------------------------------------------------


def _of_qgis(document: bytes) -> EntriesRead:
    try:
        root = parse_xml(document, _XML)
    except BadXml as error:
        raise NotReadable("The file of connections cannot be read: {why}.", why=str(error)) from error
    if not re.fullmatch(r"qgs\w{1,40}Connections", root.tag):
        raise NotReadable("The XML file is no export of connections from QGIS: export them there again.")
    return _gathered((element.get("name", "").strip(), _of_element(element)) for element in root)


def _of_element(element: Element) -> ImageryEntry | GeoloupeError:
    try:
        kind = _KIND_OF_TAG.get(element.tag.lower())
        if kind is None:
            other = _OTHER_TAGS.get(element.tag.lower(), element.tag[:40])
            raise NotReadable("connections to {kind} are not taken over.", kind=other)
        name, (address, _, key, _) = element.get("name", "").strip(), split_key(element.get("url", "").strip())
        has_secret = bool(key) or any(element.get(name) for name in _SECRETS)
        note = SECRET_LEFT if has_secret else ""
        if kind != "xyz":
            address = checked_address(address)
            if address.rstrip("/").lower().endswith("/featureserver"):
                raise NotReadable("connections to {kind} are not taken over.", kind="FeatureServer")
            return ImageryEntry(
                title=name or address,
                role=ROLE_OF_KIND.get(kind, "server"),
                kind=kind,
                address=address,
                note=note,
                group="QGIS",
            )
        is_fine = _number(element.get("tilePixelRatio")) == 2
        service = TileService(
            name or address,
            address,
            min_level=_level(element.get("zmin"), 0),
            max_level=_level(element.get("zmax"), 18),
            tile_px=512 if is_fine else 256,
            note=note,
            group="QGIS",
            may_export=False,
        )
        return entry_of_service(with_shipped_terms(service))
    except GeoloupeError as error:
        return error


# -- xyzservices -----------------------------------------------------------------------------------------------------


def _of_json(document: bytes) -> EntriesRead:
    try:
        providers = json.loads(document.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise NotReadable("The file of providers is no whole JSON: download it again.") from error
    if not isinstance(providers, dict):
        raise NotReadable("The JSON file is no list of providers as xyzservices has it.")
    return _gathered((name, _of_provider(name, values)) for name, values in _providers(providers, "", 0))


def _providers(values: Mapping[str, Any], name: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The providers in a tree of them, each with its name: whatever has a `url` is one."""
    if isinstance(values.get("url"), str):
        own = values.get("name")
        yield (own if isinstance(own, str) and own else name), values
        return
    for key, part in values.items():
        if isinstance(part, dict) and depth < _DEEPEST:
            yield from _providers(part, f"{name}.{key}" if name else key, depth + 1)


def _of_provider(name: str, values: Mapping[str, Any]) -> ImageryEntry | GeoloupeError:
    try:
        if values.get("status") == "broken":
            raise NotReadable("its maintainers call it broken.")
        if values.get("crs", "EPSG:3857") != "EPSG:3857":
            raise NotReadable(
                "its tiles are in {crs}, of which the file does not tell the grid.", crs=str(values["crs"])[:40]
            )
        subdomains = values.get("subdomains", "abc")
        if isinstance(subdomains, list):
            subdomains = "".join(map(str, subdomains)) if all(len(str(name)) == 1 for name in subdomains) else "abc"
        attribution = _plain(values.get("attribution"))
        tile_px = 512 if _number(values.get("tileSize")) == 512 else 256
        service = TileService(
            name.replace(".", ", "),
            _filled(values),
            min_level=_level(values.get("min_zoom"), 0),
            max_level=_level(values.get("max_zoom"), 18),
            tile_px=tile_px,
            attribution=attribution,
            operator=name.partition(".")[0],
            subdomains=subdomains if isinstance(subdomains, str) else "abc",
            group=name.partition(".")[0],
            may_export=bool(attribution),
            bounds=_bounds(values.get("bounds")),
        )
        return entry_of_service(with_shipped_terms(service))
    except GeoloupeError as error:
        return error


def _bounds(corners: Any) -> Bounds | None:
    """The bounds of two corners, each of latitude and longitude; None for anything else."""
    numbers = [number for corner in corners for number in corner] if _are_pairs(corners) else []
    if len(numbers) != 4:
        return None
    south, west, north, east = numbers
    is_box = -90 <= south < north <= 90 and -180 <= west < east <= 180
    return Bounds(west, south, east, north) if is_box else None


def _are_pairs(corners: Any) -> bool:
    lists = corners if isinstance(corners, list) and len(corners) == 2 else [None]
    return all(
        isinstance(corner, list) and all(isinstance(number, int | float) for number in corner) for corner in lists
    )


def _filled(values: Mapping[str, Any]) -> str:
    """The template with its own values put in. Raises NotReadable where a key has to be put in by a person."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        if name == "r":
            return ""  # of tiles for fine screens: the plain ones are always there
        if name in _KEPT:
            return match[0]
        value = values.get(name)
        if isinstance(value, str) and value.startswith("<insert"):
            raise NotReadable("it needs a key of yours.")
        # Cut a little beyond what a template may have: a long one repeated would fill the memory.
        return str(value)[: MAX_LENGTH + 1] if isinstance(value, str | float) else match[0]

    filled = split_key(_PLACEHOLDER.sub(fill, values["url"][: MAX_LENGTH + 1]))
    if filled.key:
        raise NotReadable("its address holds a key: paste it into Add imagery instead.")
    return filled.address


def _plain(text: Any) -> str:
    """A text without the markup that credits for web pages have."""
    if not isinstance(text, str):
        return ""
    words = _MARKUP.sub("", text[:4000]).replace("&copy;", "©").replace("(C)", "©").replace("&amp;", "&")
    return " ".join(words.split())[:500]


def _level(value: Any, default: int) -> int:
    """A level of zoom, held within those that tiles can have."""
    number = _number(value)
    return default if number is None else min(max(number, 0), MAX_LEVEL)


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        return None
