"""STAC items, one scene each, as judged values: versions 0.6 to 1.1. A bad field costs itself only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import Raw, Struct
from shapely.geometry.base import BaseGeometry

from layers.errors import UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.services.stac.asset_reading import ShownAssets, crs_of, read_assets, shown_assets
from layers.services.stac.assets import PictureChoice, StacAsset, is_reflectance, shown_asset, thumbnail
from layers.services.stac.foreign_values import first_text, flag, members, number, objects, parsed, text, texts
from layers.services.stac.item_place import ItemPlace, place_of
from layers.services.stac.item_time import moment_of, time_of
from layers.services.stac.links import StacLink, read_links
from layers.services.terms import TERMS_NOT_STATED, states_terms

_RADAR_PLATFORM = re.compile(
    r"sentinel-?1|radarsat|terrasar|tandem-x|cosmo-?skymed|alos-?[24]|capella|iceye|umbra|nisar"
)
_TOLD_LINKS = frozenset(("self", "license", "derived_from"))
_BASELINE = re.compile(r"[Nv]?(\d{2})[._]?(\d{2})")
_BASELINE_IN_NAME = re.compile(r"_N(\d{2})(\d{2})_")


class StatedParts(Struct, frozen=True, eq=False):
    """Parts of an item as its document at `base` states them, in JSON or its bytes: they are read when they are asked
    for, as a page of a search has thousands of assets and links, of which few are.
    """

    assets: Any = None
    links: Any = None
    properties: dict[str, Any] = {}
    base: str = ""


class StacItem(Struct, frozen=True, kw_only=True, dict=True):
    """One item. Times are in UTC, ISO 8601 with "Z", or days; "" and None where nothing usable is stated.

    `address` is its own (`self`), empty where it states none. `cloud_cover` is percent of the whole
    scene. `baseline` is the version of the processing, as "05.09". `shifted` says whether the provider states to have
    taken Sentinel-2's offset off the values.
    """

    id: str
    collection: str = ""
    title: str = ""
    stac_version: str = ""
    address: str = ""
    datetime: str = ""
    start: str = ""
    end: str = ""
    date_kind: str = "unknown"
    bounds_lonlat: Bounds | None = None
    footprint: BaseGeometry | None = None
    cloud_cover: float | None = None
    platform: str = ""
    instruments: tuple[str, ...] = ()
    gsd_m: float | None = None
    is_radar: bool = False
    baseline: str = ""
    baseline_in_name: str = ""
    processed: str = ""
    """The time at which it was processed, or made known."""
    tile: str = ""
    """The cell of the grid that it fills, as the provider names it."""
    product_id: str = ""
    shifted: bool | None = None
    credit: str = ""
    licence: str = ""
    """The word that the item states, "" where it states none; `terms` says what is known."""
    licence_link: str = ""
    parts: StatedParts = StatedParts()
    own_problems: tuple[Phrase, ...] = ()
    """Sentences on what is wrong with its own members; those on its assets come with `problems`."""

    @property
    def assets(self) -> tuple[StacAsset, ...]:
        return self._read_assets[0]

    @cached_property
    def links(self) -> tuple[StacLink, ...]:
        return read_links(parsed(self.parts.links), self.parts.base)

    @property
    def problems(self) -> tuple[Phrase, ...]:
        return tuple(dict.fromkeys((*self.own_problems, *self._read_assets[1])))

    @cached_property
    def picture(self) -> PictureChoice:
        """The asset that shows it, as far as its address; `assets` tells of bands and grid."""
        shown = self._shown_assets
        return shown_asset(self.assets) if shown is None or shown.picture is None else PictureChoice(shown.picture)

    @cached_property
    def thumbnail(self) -> StacAsset | None:
        """The asset with its small picture; None where none is within reach."""
        shown = self._shown_assets
        return thumbnail(self.assets) if shown is None else shown.small

    @cached_property
    def _read_assets(self) -> tuple[tuple[StacAsset, ...], tuple[Phrase, ...]]:
        return read_assets(self.parts.assets, self.parts.properties, self.parts.base)

    @cached_property
    def _shown_assets(self) -> ShownAssets | None:
        return shown_assets(self.parts.assets, self.parts.properties, self.parts.base)

    @property
    def terms(self) -> str:
        """The licence, or that the terms are not stated: a word such as "proprietary" says nothing of them."""
        return self.licence if states_terms(self.licence) else TERMS_NOT_STATED

    @property
    def cloud_words(self) -> Phrase:
        """Cloud in a few words, always with the area that the figure is of."""
        if self.cloud_cover is None:
            return Phrase("cloud unknown")
        return Phrase("cloud {percent} % of the scene", percent=f"{self.cloud_cover:.3g}")

    @property
    def scale(self) -> float | None:
        """The factor that its reflective bands state alike; None where they state none, or several."""
        return _alike(band.scale for asset in self.assets if is_reflectance(asset) for band in asset.bands)

    @property
    def offset(self) -> float | None:
        """The offset that its reflective bands state alike, added after the factor."""
        return _alike(band.offset for asset in self.assets if is_reflectance(asset) for band in asset.bands)


def read_item(value: Any, address: str, place: ItemPlace | None = None) -> StacItem:
    """The item of a document at `address`; its assets and links may still be in bytes. `place` is what its geometry and
    box state, where that is known already. Raises UnsupportedFormat where it is none.
    """
    stated = members(value)
    identity = text(stated.get("id"))
    parts = StatedParts(stated.get("assets"), stated.get("links"), {**members(stated.get("properties"))}, address)
    known = parts.properties
    if not identity or not (isinstance(stated.get("properties"), dict) or _is_object(parts.assets)):
        raise UnsupportedFormat(
            "It holds an entry that is no STAC item: it has no id, or neither properties nor assets."
        )
    links, link_problems = _told_links(parts.links, address)
    title = text(known.get("title"))
    collection = text(stated.get("collection")) or first_text(known, "collection", "c:id")
    sources = sum(link.rel == "derived_from" for link in links)
    time = time_of(known, f"{identity} {collection} {title}", sources)
    if place is None:
        place = place_of(stated.get("geometry"), stated.get("bbox"), lambda: _crs_of(parts))
    platform = first_text(known, "platform", "eo:platform", "sat:platform", "constellation", "eo:constellation")
    instruments = texts(known.get("instruments")) or texts(first_text(known, "eo:instrument", "instrument"))
    product = first_text(known, "s2:product_uri", "s2:product_id", "sentinel:product_id", "product_id") or identity
    in_name = _BASELINE_IN_NAME.search(product)
    cloud, cloud_problems = _cloud(known)
    return StacItem(
        id=identity,
        collection=collection,
        title=title,
        stac_version=text(stated.get("stac_version")),
        address=next((link.href for link in links if link.rel == "self"), ""),
        datetime=time.datetime,
        start=time.start,
        end=time.end,
        date_kind=time.date_kind,
        bounds_lonlat=place.bounds_lonlat,
        footprint=place.footprint,
        cloud_cover=cloud,
        platform=platform,
        instruments=instruments,
        gsd_m=number(known.get("gsd", known.get("eo:gsd")), 1e-6, 1e6),
        is_radar=_is_radar(known, platform, instruments),
        baseline=_baseline(known),
        baseline_in_name=f"{in_name[1]}.{in_name[2]}" if in_name else "",
        processed=_processed(known),
        tile=_tile(known),
        product_id=product,
        shifted=_shifted(known),
        credit=credit_of(known.get("providers", stated.get("providers"))),
        licence=text(known.get("license", stated.get("license"))),
        licence_link=next((link.href for link in links if link.rel == "license"), ""),
        parts=parts,
        own_problems=tuple(dict.fromkeys((*time.problems, *place.problems, *cloud_problems, *link_problems))),
    )


def _is_object(value: Any) -> bool:
    return bytes(value).lstrip()[:1] == b"{" if isinstance(value, Raw) else isinstance(value, dict)


def _told_links(value: Any, address: str) -> tuple[tuple[StacLink, ...], tuple[Phrase, ...]]:
    """The links of an item that tell something of it: its own address, its licence and what it was made of."""
    stated = parsed(value)
    if stated is not None and not isinstance(stated, list | dict):
        return (), (Phrase("Its links are no list that is understood."),)
    return read_links(stated, address, _TOLD_LINKS), ()


def _crs_of(parts: StatedParts) -> str:
    """The CRS of an item's image, else that of the first of its assets that states one."""
    assets = read_assets(parts.assets, parts.properties, parts.base)[0]
    return crs_of(parts.properties) or next((asset.crs for asset in assets if asset.crs), "")


def credit_of(providers: Any) -> str:
    """The licensors by name, else the producers, else whoever is named."""
    known = [provider for provider in objects(providers) if text(provider.get("name"))]
    for role in ("licensor", "producer", ""):
        names = [text(provider["name"]) for provider in known if not role or role in texts(provider.get("roles"))]
        if names:
            return ", ".join(dict.fromkeys(names))
    return ""


def _cloud(known: dict[str, Any]) -> tuple[float | None, tuple[Phrase, ...]]:
    value = known.get("eo:cloud_cover", known.get("cloud_cover"))
    if value is None:
        return None, ()
    percent = number(value, 0, 100)
    if percent is None:
        return None, (Phrase("Its cloud cover of {value} is none: it is unknown.", value=text(value)[:20] or "?"),)
    return percent, ()


def _baseline(known: dict[str, Any]) -> str:
    """The baseline of Sentinel-2's processing as "05.09"; of another the version that is stated."""
    stated = first_text(known, "s2:processing_baseline", "sentinel:processing_baseline", "processing:version")
    match = _BASELINE.fullmatch(stated)
    return f"{match[1]}.{match[2]}" if match else stated


def _processed(known: dict[str, Any]) -> str:
    names = ("processing:datetime", "s2:generation_time", "updated", "created", "published")
    return next((moment for name in names if (moment := moment_of(known.get(name)))), "")


def _tile(known: dict[str, Any]) -> str:
    stated = first_text(known, "grid:code", "s2:mgrs_tile", "s2:tile_id")
    if stated:
        return stated.removeprefix("MGRS-").removeprefix("T")
    zone = "".join(text(known.get(f"mgrs:{part}")) for part in ("utm_zone", "latitude_band", "grid_square"))
    path, row = (first_text(known, f"landsat:wrs_{part}", f"landsat:{part}") for part in ("path", "row"))
    return zone or (f"{path}/{row}" if path and row else "")


def _shifted(known: dict[str, Any]) -> bool | None:
    """The statement on Sentinel-2's offset, whatever prefix the provider gives it."""
    for name, value in known.items():
        if name.rpartition(":")[2] == "boa_offset_applied" and (stated := flag(value)) is not None:
            return stated
    return None


def _is_radar(known: dict[str, Any], platform: str, instruments: tuple[str, ...]) -> bool:
    if any(name.startswith("sar:") for name in known):
        return True
    return any("sar" in name.lower() for name in instruments) or bool(_RADAR_PLATFORM.search(platform.lower()))


def _alike(values: Iterator[float | None]) -> float | None:
    stated = {value for value in values if value is not None}
    return stated.pop() if len(stated) == 1 else None
