"""Public imagery services as values. The catalogue is a data file; nothing here contacts anybody."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded
from layers.errors import BadTemplate, InvalidValue
from layers.phrase import Phrase
from layers.services.template import check_template, hosts_of, needs_time, tile_url

MAX_LEVEL = 24
MOST_DAYS, MOST_CONNECTIONS = 3650.0, 64


class TileService(Struct, frozen=True):
    """A tiled web map in the Web Mercator tile matrix. `time` is empty where the service has no dates.

    The policy says what its terms of use allow; `min_cache_days` holds for tiles that come without an expiry date.
    Above `max_level` the parent tile is scaled, never asked for.
    """

    title: str
    template: str
    min_level: int = 0
    max_level: int = 19
    tile_px: int = 256
    time: str = ""
    attribution: str = ""
    link: str = ""
    licence: str = ""
    group: str = ""
    note: str = ""
    subdomains: str = "abc"
    non_commercial: bool = False
    may_cache: bool = True
    may_prefetch: bool = False
    may_export: bool = True
    min_cache_days: float = 0.0
    max_connections: int = 6

    def __post_init__(self) -> None:
        check_template(self.template, self.subdomains)
        if not 0 <= self.min_level <= self.max_level <= MAX_LEVEL:
            raise BadTemplate(
                "The levels of {title} must run from 0 to at most {max_level}.",
                title=self.title or Phrase("the service"),
                max_level=MAX_LEVEL,
            )
        if self.tile_px not in (256, 512):
            raise BadTemplate(
                "The tiles of {title} must be 256 or 512 pixels wide.", title=self.title or Phrase("the service")
            )
        if not (0 <= self.min_cache_days <= MOST_DAYS and 1 <= self.max_connections <= MOST_CONNECTIONS):
            raise BadTemplate(
                "The limits of {title} make no sense: add the layer again.", title=self.title or Phrase("the service")
            )

    @property
    def is_dated(self) -> bool:
        """True where a day has to be chosen."""
        return needs_time(self.template)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that are contacted: for consent, and for the message when one does not answer."""
        return hosts_of(self.template, self.subdomains)

    def at(self, time: str) -> Self:
        """The same service on another day (YYYY-MM-DD)."""
        return replace(self, time=time)

    def url(self, z: int, x: int, y: int) -> str:
        """Make the address of a tile. Raises BadTemplate where a date is missing."""
        return tile_url(self.template, z, x, y, self.time, self.subdomains)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Decode a service; unknown keys are left out. Raises BadTemplate where the values are no tile service."""
        if "template" not in data:
            raise BadTemplate("The layer names no tile address: add it again.")
        for name in cls.__struct_fields__:
            if not _is_utf8(data.get(name)):
                raise BadTemplate("The tile service's {name} holds half a character: add the layer again.", name=name)
        try:
            return decoded({"title": "", **data}, cls, _no_service)
        except InvalidValue as error:
            raise BadTemplate(error.sentence) from error


def _no_service(member: str) -> Phrase:
    return Phrase("The tile service's {name} is not of the right kind: add the layer again.", name=member)


def _is_utf8(value: Any) -> bool:
    """False for text that cannot be a part of an address."""
    return not isinstance(value, str) or value.encode("utf-8", "replace").decode() == value


class ServiceGroup(Struct, frozen=True):
    """Services of one provider, as a menu shows them."""

    title: str
    services: tuple[TileService, ...]


@cache
def catalog() -> tuple[ServiceGroup, ...]:
    """The shipped services, by provider."""
    data = tomllib.loads((files(__package__) / "catalog.toml").read_text(encoding="utf-8"))
    groups = []
    for group in data["group"]:
        common = {key: value for key, value in group.items() if key not in ("title", "service")}
        services = tuple(
            TileService.from_json(common | {"group": group["title"]} | service) for service in group["service"]
        )
        groups.append(ServiceGroup(group["title"], services))
    return tuple(groups)
