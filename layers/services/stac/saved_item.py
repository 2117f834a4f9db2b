"""A STAC item that was saved as a file."""

from __future__ import annotations

import os
from pathlib import Path

from layers.errors import GeoloupeError
from layers.services.stac.addresses import is_web
from layers.services.stac.documents import read_stac
from layers.services.stac.item import StacItem

MOST_BYTES = 4 << 20
"""Largest file that is looked into: an item has some kilobytes, and large GeoJSON is no item."""
_HEAD_BYTES = 256
_WORDS = (b'"stac_version"', b'"assets"')
"""Members of which each item has one."""


def item_in_file(path: Path) -> StacItem | None:
    """The item that a file holds, its relative addresses counted from there; None for any other file. Blocks."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                return None
            document = head + file.read(MOST_BYTES)
        if not any(word in document for word in _WORDS):
            return None
    except OSError:
        return None
    return _item_of(document, base_of_saved(document, path))


def base_of_saved(document: bytes, path: Path) -> str:
    """The path or the address against which relative addresses of a saved item count: its own address where its
    picture does not lie beside it; empty for a document of another kind.
    """
    item = _item_of(document, path.as_posix())
    if item is None:
        return ""
    picture = item.picture.asset
    is_here = picture is None or not picture.path or os.path.exists(picture.path)
    return path.as_posix() if is_here or not is_web(item.address) else item.address


def _item_of(document: bytes, address: str) -> StacItem | None:
    try:
        stac = read_stac(document, address)
    except GeoloupeError:
        return None
    return stac.items[0] if stac.service == "stac-item" and stac.items else None
