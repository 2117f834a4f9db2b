"""Makes an entry of imagery of an address that was typed, pasted or dropped."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit

from layers.services.imagery_entry import (
    ROLE_OF_KIND,
    ImageryEntry,
    checked_address,
    entry_of_service,
    host_of_address,
)
from layers.services.offers.typed_address import address_kind
from layers.services.shipped_terms import with_shipped_terms
from layers.services.tile_service import TileService

_NAMING = ("layers", "layer", "typenames", "typename", "query_layers")
"""Parameters of requests that name layers."""
SURE_KINDS = frozenset(("xyz", "wmts", "wms", "tms", "tilejson", "arcgis", "wfs", "pmtiles"))
"""Kinds of addresses that nobody reads as a page: they are known for services by their look alone."""


class NamedLayer(NamedTuple):
    """The layer that an address names, and the time that it asks for; empty for none."""

    name: str = ""
    time: str = ""


def named_layer(text: str) -> NamedLayer:
    """The layer of a request for a map, a tile or features, such as one copied from a page that shows it: the first one
    of several. Any other text names none.
    """
    try:
        query = urlsplit(text.strip()).query
    except ValueError:
        return NamedLayer()
    pairs = (pair.partition("=") for pair in query.split("&"))
    values = {name.lower(): unquote_plus(value) for name, _, value in pairs}
    names = next((values[name] for name in _NAMING if values.get(name)), "")
    return NamedLayer(names.partition(",")[0].strip(), values.get("time", "").strip())


def is_address(text: str) -> bool:
    """True for a text that is meant as an address, even where it is a bad one."""
    return "://" in text or "{" in text or address_kind(text) is not None


def is_server_address(text: str) -> bool:
    """True for an address with its scheme that is no template of tiles and no file: what is there is not known yet."""
    typed = address_kind(text) if "://" in text else None
    return typed is not None and typed.kind not in ("xyz", "cog", "pmtiles")


def entry_of_text(text: str) -> ImageryEntry:
    """The entry of an address: tiles for a template, an archive for a catalogue, else a server to be asked.

    Raises BadTemplate where it is no address that can be used.
    """
    typed = address_kind(text)
    if typed is None or typed.kind == "xyz":
        template = text.strip() if typed is None else typed.address
        if typed is not None or "{" in template:
            service = TileService("", template)
            return entry_of_service(with_shipped_terms(TileService(service.hosts[0], template)))
    address = checked_address(text if typed is None else typed.address)
    kind = typed.kind if typed is not None else ""
    role = ROLE_OF_KIND.get(kind, "server")
    return ImageryEntry(
        title=host_of_address(address), role=role if role == "archive" else "server", kind=kind, address=address
    )
