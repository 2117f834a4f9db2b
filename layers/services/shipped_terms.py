"""The credit and the terms of services that the shipped catalogue knows, for those that came in another way: typed,
from connections of another program, or in a case.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from layers.services.catalog import catalog
from layers.services.tile_service import TileService

_SUBDOMAIN = re.compile(r"^(?:[a-d]|\{s\})\.")
"""The name of one of several alike hosts before that of them all."""


def shipped_like(service: TileService) -> TileService | None:
    """The shipped service with the same tiles; None without one."""
    place = _place(service.template)
    return next((own for group in catalog() for own in group.services if _place(own.template) == place), None)


def with_shipped_terms(service: TileService) -> TileService:
    """A service with the credit, licence and policy of the shipped one whose tiles it draws, where it states no credit
    of its own; any other as it is.
    """
    if service.attribution:
        return service
    known = shipped_like(service)
    if known is None:
        return service
    return replace(
        service,
        title=known.title if service.title in ("", *service.hosts) else service.title,
        attribution=known.attribution,
        link=service.link or known.link,
        licence=service.licence or known.licence,
        operator=service.operator or known.operator,
        non_commercial=known.non_commercial,
        may_cache=service.may_cache and known.may_cache,
        may_prefetch=known.may_prefetch,
        may_export=known.may_export,
        min_cache_days=max(service.min_cache_days, known.min_cache_days),
        max_connections=min(service.max_connections, known.max_connections),
    )


def _place(template: str) -> str:
    """The address of tiles without its scheme, whichever of several alike hosts it names."""
    _, _, rest = template.strip().partition("://")
    host, slash, path = rest.partition("/")
    return _SUBDOMAIN.sub("", host.lower()) + slash + path
