"""The source of a pack's tiles as it stands in the pack: the address of its service, without any secret, and its time.

A pack belongs to a layer only where both are the layer's own: no picture is shown under the name of another one.
"""

from __future__ import annotations

import re

from layers.services.tile_service import TileService

SECRET = "…"
_SECRET_NAME = re.compile(
    r"(?i)(?:.*(?:key|token|secret|passw|signature|credential).*|auth|sig|sas|se|sp|sv|sr|spr|tk|client_id|session|policy)"
)
_SECRET_PART = re.compile(
    r"(?i)[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|eyJ[\w.-]{20,}|pk\.[\w.-]{20,}"
)


def source_of(service: TileService) -> str:
    """The template of a service with three dots in the place of each key, token or signature."""
    address, mark, query = service.template.partition("?")
    path = "/".join(SECRET if _SECRET_PART.fullmatch(part) else part for part in address.split("/"))
    return path + mark + "&".join(map(_without_secret, query.split("&"))) if mark else path


def _without_secret(parameter: str) -> str:
    name, mark, value = parameter.partition("=")
    is_secret = _SECRET_NAME.fullmatch(name) or _SECRET_PART.fullmatch(value)
    return f"{name}{mark}{SECRET}" if value and is_secret and "{" not in value else parameter
