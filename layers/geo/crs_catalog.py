"""The CRSs that PROJ's database knows, found by words or numbers, and whether coordinates can be meant in one."""

from __future__ import annotations

import math
from functools import lru_cache

from msgspec import Struct
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import crs_name, is_geographic, lonlat_bounds, metres_per_unit, parse_crs
from layers.phrase import Phrase

_KINDS = [PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS]
_AUTHORITIES = ("EPSG", "ESRI", "IGNF")
"""Authorities in the order in which they are offered. Others are of the Moon and the planets, or repeat these."""
_NEAR = 0.5
"""Distance outside a CRS's area of use, in sizes of that area, from which coordinates contradict the CRS."""
_EARTH_M = 30_000_000.0


class KnownCRS(Struct, frozen=True):
    """One CRS of the database. `text` is its code, `place` where it is used."""

    text: str
    name: str
    place: str
    words: str
    """Code, name and place in lower case, to be searched."""


@lru_cache(maxsize=1)
def known_crs() -> tuple[KnownCRS, ...]:
    """Read all CRSs of the database, which takes a fifth of a second."""
    entries = []
    for authority in _AUTHORITIES:
        for info in query_crs_info(authority, pj_types=_KINDS):
            place = (info.area_of_use.name or "") if info.area_of_use is not None else ""
            text = f"{info.auth_name}:{info.code}"
            entries.append(KnownCRS(text, info.name, place, f"{text} {info.name} {place}".casefold()))
    return tuple(entries)


def named_crs(text: str) -> KnownCRS:
    """A CRS given by code or WKT as if it came from the list. Raises BadCRS."""
    area = parse_crs(text).area_of_use
    return KnownCRS(text, crs_name(text).removesuffix(f" ({text})"), (area.name or "") if area is not None else "", "")


def find_crs(wanted: str, among: tuple[KnownCRS, ...], limit: int = 60) -> list[KnownCRS]:
    """CRSs with every word of `wanted` in code, name or place, the likeliest first; a code or WKT finds itself."""
    words = wanted.casefold().split()
    if not words:
        return []
    ranked = [
        (_rank(entry, words), number) for number, entry in enumerate(among) if all(w in entry.words for w in words)
    ]
    matches = [among[number] for _, number in sorted(ranked)[:limit]]
    if not matches:
        try:
            matches = [named_crs(wanted.strip())]
        except BadCRS:
            return []
    return matches


def _rank(entry: KnownCRS, words: list[str]) -> tuple[int, int]:
    """Codes before names, names before places, short names before long ones."""
    code, name = entry.text.casefold(), entry.name.casefold()
    if words[0] in (code, code.partition(":")[2]):
        return 0, 0
    if name.startswith(words[0]) and all(word in name for word in words):
        return 1, len(name)
    return (2 if all(word in name for word in words) else 3), len(name)


class Fit(Struct, frozen=True):
    """Bounds of coordinates on Earth if they are meant in a CRS, and the doubt about that (empty: none)."""

    bounds_lonlat: Bounds | None
    doubt: str = ""


def looks_like_degrees(bounds: Bounds) -> bool:
    """True where the numbers could be longitudes and latitudes."""
    return max(map(abs, bounds[::2])) <= 360.0 and max(map(abs, bounds[1::2])) <= 90.001


def fit_of(crs: str, bounds: Bounds) -> Fit:
    """Judge whether `bounds` make sense in a CRS. Raises BadCRS."""
    name, geographic = crs_name(crs), is_geographic(crs)
    if geographic and not looks_like_degrees(bounds):
        return Fit(None, Phrase("The numbers are no longitudes and latitudes, as {name} wants them.", name=name))
    try:
        lonlat = lonlat_bounds(crs, bounds)
    except CannotBePlaced:
        return Fit(None, Phrase("In {name} these numbers lie nowhere on Earth.", name=name))
    if not geographic and looks_like_degrees(bounds):
        metres = max(bounds.width, bounds.height) * metres_per_unit(crs)
        doubt = Phrase(
            "The numbers look like degrees; in {name} all of it would be {metres} m wide.",
            name=name,
            metres=f"{metres:.3g}",
        )
        return Fit(lonlat, doubt)
    if not geographic and max(map(abs, bounds)) * metres_per_unit(crs) > _EARTH_M:
        return Fit(lonlat, Phrase("The numbers are larger than any on Earth in {name}.", name=name))
    return Fit(lonlat, _outside(crs, name, lonlat))


def _clipped(place: str) -> str:
    return place.rstrip(".") if len(place) < 90 else place[:88] + "…"


def _outside(crs: str, name: str, lonlat: Bounds) -> str:
    area = parse_crs(crs).area_of_use
    if area is None:
        return ""
    east = area.east + 360.0 if area.east < area.west else area.east
    used = Bounds(area.west, area.south, east, area.north)
    near = used.expanded(_NEAR * min(used.width, used.height))
    turned = (Bounds(lonlat.left + turn, lonlat.bottom, lonlat.right + turn, lonlat.top) for turn in (-360, 0, 360))
    if any(near.contains_point(*box.centre) for box in turned) or not all(map(math.isfinite, lonlat)):
        return ""
    return Phrase("That is far from where {name} is used ({clipped}).", name=name, clipped=_clipped(area.name))
