"""Entries of lists of imagery: tiles that can be drawn, archives to search, vectors, and servers that can be asked."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from layers.errors import BadTemplate
from layers.services.tile_service import TileService

ROLES = ("basemap", "dated", "archive", "vectors", "server")
"""Kinds of entries as people tell them apart: undated maps and imagery, imagery of chosen times, catalogues of scenes,
features, and servers that have not said yet what they have."""
ROLE_OF_KIND = {
    **dict.fromkeys(("wfs", "ogcapi"), "vectors"),
    "stac-item": "dated",
    **dict.fromkeys(("stac-items", "stac-collection", "stac-catalog", "stac-api"), "archive"),
}
"""Roles of the kinds of services that offer no tiles."""
LONGEST_ADDRESS = 3000


class ImageryEntry(Struct, frozen=True, kw_only=True):
    """Something that can be added to a case or looked into.

    `role` is one of `ROLES`, `kind` the name that `info` gives to its service, empty where that is not known. `service`
    draws it; where it is None, `address` is asked or searched instead. `group` is its provider, or headings above it.
    """

    title: str
    role: str
    kind: str
    service: TileService | None = None
    address: str = ""
    attribution: str = ""
    link: str = ""
    licence: str = ""
    note: str = ""
    group: str = ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that are contacted for it."""
        if self.service is not None:
            return self.service.hosts
        return (host_of_address(self.address),) if self.address else ()


def host_of_address(address: str) -> str:
    """ "name" or "name:port" of a checked address, in lower case."""
    return urlsplit(address).netloc.lower()


def checked_address(text: str) -> str:
    """An address of a service as it was typed, without blanks at its ends. Raises BadTemplate where it is none."""
    address = text.strip()
    if not address or len(address) > LONGEST_ADDRESS or any(ord(char) <= 32 or ord(char) == 127 for char in address):
        raise BadTemplate("The address is empty, too long or holds blanks: copy it again.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadTemplate("This is not a web address: copy it again.") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or port == 0:
        raise BadTemplate("The address must begin with https:// or http:// and a host.")
    if "@" in parts.netloc or "\\" in address:
        raise BadTemplate("The address must not hold a user name, a password or a backslash.")
    if not parts.netloc.isascii():
        raise BadTemplate("The host's name holds letters that are not plain ASCII: write it as xn--...")
    return address


def entry_of_service(service: TileService, role: str = "") -> ImageryEntry:
    """The entry of tiles or maps that can be drawn; without a `role`, that of their times."""
    return ImageryEntry(
        title=service.title,
        role=role or ("dated" if service.is_dated else "basemap"),
        kind=service.kind,
        service=service,
        attribution=service.attribution,
        link=service.link,
        licence=service.licence,
        note=service.note,
        group=service.group,
    )
