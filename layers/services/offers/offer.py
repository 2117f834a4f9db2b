"""Offers: what a document of a server says that it has, as values: layers of tiles and maps, and features.

A capabilities document is a claim. A reader of one kind (a module of this package) turns it into a `ServiceOffer`; what
was mended or is not understood stands in `problems`, a sentence each, and costs at most its own layer or item.
"""

from __future__ import annotations

from msgspec import Struct

from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.services.stac.item import StacItem
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes


class OfferedStyle(Struct, frozen=True):
    """A style of a layer: `name` stands in addresses, `title` is for people."""

    name: str
    title: str = ""


class OfferedDimension(Struct, frozen=True):
    """A dimension other than time (elevation, run, band): its values in the server's spelling."""

    name: str
    values: tuple[str, ...] = ()
    default: str = ""
    units: str = ""


class OfferedLayer(Struct, frozen=True, kw_only=True):
    """A layer that a server offers.

    `name` stands in addresses (empty for a mere heading, which is not listed), `group` are the titles above it.
    `crs` are CRSs as our code writes them ("EPSG:3857"), the server's own spelling where PROJ does not know one.
    `levels` are the least and the most zoom level that tiles or a range of scales allow. `address` is where tiles, maps
    or features come from. `service` draws it in its default style and time, and is None where it cannot be drawn (then
    a problem says why); `choices` are other ways to draw the same, such as other grids of tiles, by a name for people.
    """

    name: str
    title: str = ""
    abstract: str = ""
    group: tuple[str, ...] = ()
    crs: tuple[str, ...] = ()
    bounds_lonlat: Bounds | None = None
    formats: tuple[str, ...] = ()
    styles: tuple[OfferedStyle, ...] = ()
    times: OfferedTimes | None = None
    dimensions: tuple[OfferedDimension, ...] = ()
    levels: tuple[int, int] | None = None
    scales: tuple[float, float] | None = None
    """Least and most scale denominator at which the server draws it."""
    address: str = ""
    document: str = ""
    """Address of the document that describes it, where the one that lists it does not; else empty."""
    attribution: str = ""
    link: str = ""
    licence: str = ""
    service: TileService | None = None
    choices: tuple[tuple[str, TileService], ...] = ()
    problems: tuple[Phrase, ...] = ()


class ServiceOffer(Struct, frozen=True, kw_only=True):
    """All that one document offers. `service` is one of the names that `info` gives, `version` as it is stated."""

    service: str
    title: str = ""
    version: str = ""
    layers: tuple[OfferedLayer, ...] = ()
    items: tuple[StacItem, ...] = ()
    """Scenes of a catalogue."""
    attribution: str = ""
    licence: str = ""
    """Fees and access constraints in the server's words."""
    link: str = ""
    problems: tuple[Phrase, ...] = ()
