"""The shipped public imagery, by provider. The catalogue is a data file; nothing here contacts anybody."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import NotReadable
from layers.services.entry_text import read_entries
from layers.services.imagery_entry import ImageryEntry
from layers.services.tile_service import TileService


class ServiceGroup(Struct, frozen=True):
    """Entries of one provider."""

    title: str
    entries: tuple[ImageryEntry, ...]

    @property
    def services(self) -> tuple[TileService, ...]:
        """The tiles among the entries."""
        return tuple(entry.service for entry in self.entries if entry.service is not None)


@cache
def catalog() -> tuple[ServiceGroup, ...]:
    """The shipped entries, by provider."""
    shipped = read_entries((files(__package__) / "catalog.toml").read_text(encoding="utf-8"))
    if shipped.problems:
        raise NotReadable(
            "The shipped catalogue is damaged ({problem}): install it again.", problem=shipped.problems[0]
        )
    return tuple(
        ServiceGroup(title, tuple(_of_provider(entry, title) for entry in entries))
        for title, entries in groupby(shipped.entries, lambda entry: entry.group)
    )


def _of_provider(entry: ImageryEntry, provider: str) -> ImageryEntry:
    """The entry with the provider under which it is listed."""
    service = entry.service
    return entry if service is None else replace(entry, service=replace(service, operator=service.operator or provider))
