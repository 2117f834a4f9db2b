"""Finds services by what people type: a name of the catalogue with a day, or a tile template."""

from __future__ import annotations

from urllib.parse import urlsplit

from layers.errors import BadTemplate
from layers.services.catalog import catalog
from layers.services.shipped_terms import with_shipped_terms
from layers.services.tile_service import TileService

PREFIX = "gibs:"


def is_service_text(text: str) -> bool:
    """True for a tile template or any other URL, and for a name of the catalogue."""
    return "://" in text or text.startswith(PREFIX)


def asks_server(text: str) -> bool:
    """True for an address that is no template: only its server can say what it offers."""
    return "://" in text and "{" not in text


def service_from_text(text: str) -> TileService:
    """`gibs:LAYER@YYYY-MM-DD`, or a template such as `https://host/{z}/{x}/{y}.png`. Raises BadTemplate."""
    if not text.startswith(PREFIX):
        return with_shipped_terms(TileService(title=urlsplit(text.partition("{")[0]).netloc or text, template=text))
    name, _, day = text.removeprefix(PREFIX).partition("@")
    for group in catalog():
        for service in group.services:
            if f"/{name}/" in service.template:
                if service.is_dated and not day:
                    raise BadTemplate(
                        "{name} is dated: name a day, such as {prefix}{name}@2024-04-12.", name=name, prefix=PREFIX
                    )
                return service.at(day) if service.is_dated else service
    raise BadTemplate(
        "The catalogue has no layer “{name}”: see Add imagery in the window for what there is.", name=name
    )
