"""TileJSON 1.0 to 3.0: reads the description of tiles of Web Mercator into a layer."""

from __future__ import annotations

import itertools
import os
import re
from typing import Any
from urllib.parse import urlsplit

from layers.errors import BadTemplate, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.phrase import Phrase
from layers.services.offers.documents import (
    json_value,
    linked,
    lonlat_box,
    no_such,
    number_of,
    numbers_of,
    plain_text,
    unpacked,
    whole_number,
)
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.service_door import without_keys
from layers.services.tile_service import MAX_LEVEL, TileService

_DEEPEST = 22
"""Last level that is asked for where the document names none."""
_OURS = {"quadkey": "q", "bbox-epsg-3857": "bbox", "zoom": "z", "r": "", "ratio": ""}
"""Names in braces that others write, and ours; those of the resolution of a screen are left out."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_TWICE = re.compile(r"@2x\b|[?&]tile_?size=512\b", re.IGNORECASE)
"""Marks addresses of tiles of twice the usual width; TiTiler says it nowhere else."""
_LABEL = re.compile(r"[A-Za-z0-9-]+")
_FEATURES = ("pbf", "mvt", "geojson", "topojson", "utfgrid")


def read_tilejson(document: bytes, address: str) -> ServiceOffer:
    """The layer of a TileJSON document, or the layers of a list of these. Raises NotReadable where it is neither."""
    value = json_value(unpacked(document))
    if isinstance(value, list):
        layers = tuple(_layer(entry, address) for entry in value if has_tiles(entry))
        if not layers:
            raise NotReadable(no_such(Phrase("TileJSON with addresses of tiles")))
        return ServiceOffer(service="tilejson", title=urlsplit(address).netloc or "TileJSON", layers=layers)
    if not has_tiles(value):
        raise NotReadable(no_such(Phrase("TileJSON with addresses of tiles")))
    layer, version = _layer(value, address), _text(value, "tilejson")
    return ServiceOffer(
        service="tilejson",
        title=layer.title,
        version=version,
        layers=(layer,),
        attribution=layer.attribution,
        link=layer.link,
    )


def has_tiles(value: object) -> bool:
    """True for an object with a list of addresses of tiles."""
    tiles = value.get("tiles") if isinstance(value, dict) else None
    return isinstance(tiles, list) and bool(tiles)


def _layer(value: dict[str, Any], address: str) -> OfferedLayer:
    templates = value["tiles"]
    problems: list[Phrase] = []
    title = _text(value, "name") or _text(value, "id") or urlsplit(address).netloc or "TileJSON"
    least, most = _levels(value, title, problems)
    template = _template(value, [without_keys(linked(address, text)) for text in templates if isinstance(text, str)])
    picture_format = _text(value, "format").lower() or os.path.splitext(urlsplit(template).path)[1].lstrip(".").lower()
    attribution, link = plain_text(_text(value, "attribution"))
    service = None
    if "vector_layers" in value or picture_format in _FEATURES:
        problems.insert(0, Phrase("{title} has tiles of features, not of pictures: they are not drawn.", title=title))
    elif not template:
        problems.insert(0, Phrase("The document does not tell the address of {title}: open that.", title=title))
    else:
        try:
            service = TileService(
                title=title,
                template=template,
                min_level=least,
                max_level=most,
                tile_px=_tile_px(value, template),
                attribution=attribution,
                link=link,
                kind="tilejson",
                bounds=_bounds(value.get("bounds")),
                layer=title,
                capabilities=without_keys(address),
            )
        except BadTemplate as error:
            problems.insert(0, Phrase("{title}: {why}", title=title, why=error.sentence))
    return OfferedLayer(
        name=title,
        title=title,
        abstract=plain_text(_text(value, "description"))[0],
        crs=(WEB_MERCATOR,),
        bounds_lonlat=_bounds(value.get("bounds")),
        formats=(picture_format,) if picture_format else (),
        levels=(least, most),
        address=template,
        attribution=attribution,
        link=link,
        service=service,
        problems=tuple(problems),
    )


def _text(value: dict[str, Any], member: str) -> str:
    text = value.get(member)
    return " ".join(text.split()) if isinstance(text, str) else ""


def _levels(value: dict[str, Any], title: str, problems: list[Phrase]) -> tuple[int, int]:
    least, most = (whole_number(value.get(member)) for member in ("minzoom", "maxzoom"))
    if most is None:
        problems.append(Phrase("{title} names no last level: {level} is taken.", title=title, level=_DEEPEST))
    least, most = max(least or 0, 0), _DEEPEST if most is None else min(max(most, 0), MAX_LEVEL)
    if least > most:
        problems.append(Phrase("{title} has its first and last level exchanged.", title=title))
        least, most = most, min(least, MAX_LEVEL)
    return least, most


def _template(value: dict[str, Any], templates: list[str]) -> str:
    """The addresses as one of our templates: several that differ by the name of a server are a choice."""
    is_from_below = _text(value, "scheme").lower() == "tms"

    def ours(match: re.Match[str]) -> str:
        name = _OURS.get(match[1].lower(), match[1])
        if name == "y" and is_from_below:
            name = "-y"
        return f"{{{name}}}" if name else ""

    whole = list(dict.fromkeys(_PLACEHOLDER.sub(ours, template) for template in templates if template))
    if len(whole) < 2:
        return whole[0] if whole else ""
    start, end = _common_start(whole), _common_start([text[::-1] for text in whole])[::-1]
    start, end = re.sub(r"[A-Za-z0-9-]+$", "", start), re.sub(r"^[A-Za-z0-9-]+", "", end)
    middles = [text[len(start) : len(text) - len(end)] for text in whole]
    if not all(map(_LABEL.fullmatch, middles)) or "{" in start:
        return whole[0]
    return f"{start}{{switch:{','.join(middles)}}}{end}"


def _common_start(texts: list[str]) -> str:
    letters = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(alike[0] for alike in letters)


def _tile_px(value: dict[str, Any], template: str) -> int:
    """The width of a tile: as the document says, or twice the usual one where the address does."""
    size = next((number for key in ("tileSize", "tilesize", "tile_size") if (number := number_of(value.get(key)))), 0)
    return 512 if size == 512 or (not size and _TWICE.search(template)) else 256


def _bounds(value: object) -> Bounds | None:
    if isinstance(value, str):
        return lonlat_box(numbers_of(value))
    if not isinstance(value, list):
        return None
    numbers = [number_of(entry) for entry in value]
    return lonlat_box([number for number in numbers if number is not None])
