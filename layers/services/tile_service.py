"""A service of tiles or map pictures as a value: how its addresses are made, on which grid, and what its terms allow.

Tiles of XYZ, TMS and WMTS services, and map pictures of WMS and ArcGIS that are asked for in squares, differ by their
template and their grid alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded
from layers.errors import BadTemplate, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.phrase import Phrase
from layers.services.template import check_template, hosts_of, needs_time, tile_url
from layers.services.tile_matrix import TileMatrixSet, mercator_quadtree

MAX_LEVEL = 24
MOST_DAYS, MOST_CONNECTIONS = 3650.0, 64


class TileService(Struct, frozen=True, cache_hash=True):
    """A map that is asked for tile by tile. `time` is empty where the service has no dates.

    `kind` is one of the names that `info` gives to services; `layer` is the server's name of what is drawn, and
    `capabilities` the address of the document that described it, for what a template does not tell. Without a `grid` it
    is the Web Mercator quadtree of tiles of `tile_px`, whose levels are numbers of zoom; with one, a level is an index
    into its matrices. `times` are the times that the server offered, in its spelling with commas between; empty where
    they are not known, or too many to be kept. `key` names a secret of this computer that requests carry.
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
    kind: str = "xyz"
    layer: str = ""
    capabilities: str = ""
    grid: TileMatrixSet | None = None
    times: str = ""
    nearest: bool = False
    key: str = ""
    operator: str = ""
    """Name of the one that runs the service, as it states it, or its list."""
    provider: str = ""
    """Name of the one that gives the imagery out, and terms in words, their address and one of EXPORT_CHOICES, as the
    analyst states them: a layer of the service has them under the same names."""
    own_licence: str = ""
    own_link: str = ""
    own_export: str = ""
    date_kind: str = "interval"
    """Kind of date of its times: of one image, of a span, of a composite, or of a release."""
    bounds: Bounds | None = None
    """Bounds of what its server says that it has, in longitude and latitude; None where it does not say."""
    fallback: str = ""
    """Template of another way to the same tiles, for a server that gives nothing by the first one; empty for none."""
    scales: tuple[float, float] | None = None
    """Least and most scale denominator at which its server draws it; None where it does not say."""
    largest_px: int = 0
    """Largest side of a picture that its server draws on request; 0 where it does not say."""

    def __post_init__(self) -> None:
        check_template(self.template, self.subdomains)
        if self.fallback:
            check_template(self.fallback, self.subdomains)
            if hosts_of(self.fallback, self.subdomains) != self.hosts:
                raise BadTemplate("The two addresses of the tiles of {title} are on different hosts.", title=self.title)
        deepest = MAX_LEVEL if self.grid is None else len(self.grid.matrices) - 1
        if not 0 <= self.min_level <= self.max_level <= deepest:
            raise BadTemplate(
                "The levels of {title} must run from 0 to at most {max_level}.",
                title=self.title or Phrase("the service"),
                max_level=deepest,
            )
        if self.grid is None and self.tile_px not in (256, 512):
            raise BadTemplate(
                "The tiles of {title} must be 256 or 512 pixels wide.", title=self.title or Phrase("the service")
            )
        if not (0 <= self.min_cache_days <= MOST_DAYS and 1 <= self.max_connections <= MOST_CONNECTIONS):
            raise BadTemplate(
                "The limits of {title} make no sense: add the layer again.", title=self.title or Phrase("the service")
            )
        if self.scales is not None and not 0 <= self.scales[0] <= self.scales[1]:
            raise BadTemplate(
                "The limits of {title} make no sense: add the layer again.", title=self.title or Phrase("the service")
            )

    @property
    def matrices(self) -> TileMatrixSet:
        """The grid of its tiles; level `n` is `matrices.matrices[n]`."""
        return self.grid or _quadtree(self.tile_px)

    @property
    def crs(self) -> str:
        return WEB_MERCATOR if self.grid is None else self.grid.crs

    @property
    def is_dated(self) -> bool:
        """True where a time has to be chosen."""
        return needs_time(self.template)

    @property
    def is_tiled(self) -> bool:
        """False where each tile is a map picture that the server makes when it is asked."""
        return "{bbox" not in self.template

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that are contacted: for consent, and for the message when one does not answer."""
        return hosts_of(self.template, self.subdomains)

    def at(self, time: str) -> Self:
        """The same service at another time: a day (YYYY-MM-DD), or one of `times` in the server's spelling."""
        return replace(self, time=time)

    def url(self, level: int, column: int, row: int) -> str:
        """Make the address of a tile; rows count from the top. Raises BadTemplate where a time is missing."""
        return tile_url(self.template, self.matrices.matrices[level], column, row, self.time, self.subdomains)

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


@cache
def _quadtree(tile_px: int) -> TileMatrixSet:
    return mercator_quadtree(tile_px, 0, MAX_LEVEL)
