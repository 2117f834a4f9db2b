"""A STAC item as it is kept beside a pack of one of its pictures: without signatures, and with the pack among its
assets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from layers.errors import NotReadable
from layers.services.offers.documents import is_web, json_value, unpacked
from layers.services.stac.addresses import unsigned

PACK_ASSET = "geoloupe-pack"
"""Key of the asset that leads to the pack."""
PACK_SOURCE, PACK_BOUNDS = "geoloupe:source", "geoloupe:bounds"
"""Members of that asset: the address of the picture that the pack is of, and its bounds in longitude and latitude."""
_MOST_DEPTH = 60


def kept_item(document: bytes, file_name: str, address: str = "", bounds: Sequence[float] = ()) -> bytes:
    """The item in a server's answer, with `file_name` beside it as one more asset: the part within `bounds` (lon, lat)
    of the picture at `address`; empty for pictures in several files. Raises NotReadable for any other document.
    """
    item = json_value(unpacked(document))
    if not isinstance(item, dict) or not isinstance(item.get("assets"), dict):
        raise NotReadable("The document is no item of a catalogue: check the address.")
    kept = _unsigned(item, _MOST_DEPTH)
    kept["assets"][PACK_ASSET] = {
        "href": f"./{file_name}",
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "roles": ["data"],
        "title": "A part of the picture, kept for work without a network",
    }
    if address:
        kept["assets"][PACK_ASSET] |= {PACK_SOURCE: unsigned(address), PACK_BOUNDS: list(bounds)}
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _unsigned(value: Any, depth: int) -> Any:
    """The value with each address in it as it may be kept."""
    if isinstance(value, str):
        return unsigned(value) if is_web(value) else value
    if depth == 0 or not isinstance(value, dict | list):
        return value if not isinstance(value, dict | list) else None
    if isinstance(value, list):
        return [_unsigned(entry, depth - 1) for entry in value]
    return {key: _unsigned(entry, depth - 1) for key, entry in value.items()}
