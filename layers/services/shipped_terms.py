"""The credit and the terms of services that the shipped catalogue knows, for those that came in another way: typed,
offered by their server, from connections of another program, or in a case.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from urllib.parse import unquote

from msgspec.structs import replace

from layers.services.catalog import catalog
from layers.services.tile_service import TileService

_SUBDOMAIN = re.compile(r"^(?:[a-d]|\{s\})\.|(?<=[a-z])-(?:[a-d]|\{s\})(?=\.)")
"""The part of a host's name that tells it from other alike hosts."""


def shipped_like(service: TileService) -> TileService | None:
    """The shipped service whose credit and terms hold for what a service draws: the one with the same tiles, or the
    same layer on the same host; else any of its host's where several have one credit. None without one.
    """
    same, of_host = _same_of(service), _shipped_on(service)
    shares_credit = len(of_host) > 1 and len({own.attribution for own in of_host}) == 1
    return of_host[0] if same is None and shares_credit else same


def with_shipped_policy(service: TileService) -> TileService:
    """A service under the stricter of its own policy and that of what the catalogue ships of its host."""
    for known in _binding(service):
        service = replace(
            service,
            non_commercial=service.non_commercial or known.non_commercial,
            may_cache=service.may_cache and known.may_cache,
            may_prefetch=service.may_prefetch and known.may_prefetch,
            may_export=service.may_export and known.may_export,
            min_cache_days=max(service.min_cache_days, known.min_cache_days),
            max_connections=min(service.max_connections, known.max_connections),
        )
    return service


def with_shipped_terms(service: TileService) -> TileService:
    """A service under the policy of what the catalogue ships of its host, with the credit and licence of what is like
    it there where it states no credit of its own; of any other host as it is.
    """
    known = None if service.attribution else shipped_like(service)
    under_policy = with_shipped_policy(service)
    if known is None:
        return under_policy
    is_same = _same_of(service) is not None
    return replace(
        under_policy,
        title=known.title if is_same and service.title in ("", *service.hosts) else service.title,
        attribution=known.attribution,
        link=service.link or known.link,
        licence=service.licence or known.licence,
        operator=service.operator or known.operator,
        may_prefetch=all(own.may_prefetch for own in _binding(service)),
        may_export=all(own.may_export for own in _binding(service)),
    )


def _binding(service: TileService) -> tuple[TileService, ...]:
    """The shipped services whose policy binds a service: the one like it, else all of its host's."""
    same = _same_of(service)
    return _shipped_on(service) if same is None else (same,)


def _same_of(service: TileService) -> TileService | None:
    """The shipped service with the same tiles, or with the same layer of the same host; None without one."""
    place, layer = _place(service.template), f"/{service.layer}/"
    for own in _shipped_on(service):
        if _place(own.template) == place or (service.layer and layer in unquote(own.template)):
            return own
    return None


def _shipped_on(service: TileService) -> tuple[TileService, ...]:
    """The shipped services of a service's host."""
    return shipped_by_host().get(_host(service.template), ())


@cache
def shipped_by_host() -> dict[str, tuple[TileService, ...]]:
    """The shipped services by their host."""
    by_host: dict[str, list[TileService]] = defaultdict(list)
    for own in (own for group in catalog() for own in group.services):
        by_host[_host(own.template)].append(own)
    return {host: tuple(services) for host, services in by_host.items()}


def _host(template: str) -> str:
    return _place(template).partition("/")[0]


def _place(template: str) -> str:
    """The address of tiles without its scheme, whichever of several alike hosts it names."""
    _, _, rest = template.strip().partition("://")
    host, slash, path = rest.partition("/")
    return _SUBDOMAIN.sub("", host.lower()) + slash + path
