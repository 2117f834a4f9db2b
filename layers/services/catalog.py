"""The shipped public imagery services, by provider. The catalogue is a data file; nothing here contacts anybody."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct

from layers.services.tile_service import TileService


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
