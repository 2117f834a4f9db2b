"""Zones of UTM with their exceptions, and of the polar grid: boxes in lon, lat, each with its CRS and its letters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from layers.geo.bounds import Bounds
from layers.geo.coordinates.utm_mgrs import BANDS

SOUTHERNMOST, NORTHERNMOST = -80.0, 84.0
_NORWAY, _SVALBARD = "V", "X"


class ZoneBox(NamedTuple):
    """A zone within one latitude band, "52U", or a half of a polar cap, "Z"."""

    name: str
    number: int
    """Number of the zone; 0: polar."""
    bounds: Bounds
    crs: str

    @property
    def is_polar(self) -> bool:
        """True for a half of a polar cap, with squares of the polar grid (UPS)."""
        return self.number == 0


@lru_cache(maxsize=1)
def all_zones() -> tuple[ZoneBox, ...]:
    """Every zone of the Earth once, longitudes within -180..180."""
    return tuple(_utm_zones()) + tuple(_polar_zones())


def zones_in(bounds: Bounds) -> list[ZoneBox]:
    """The zones that bounds in lon, lat meet, each moved by whole turns to where it meets them."""
    zones = []
    for turn in range(-3, 4):
        if not (bounds.left < 180.0 + 360.0 * turn and bounds.right > -180.0 + 360.0 * turn):
            continue
        for zone in all_zones():
            box = zone.bounds
            moved = Bounds(box.left + 360.0 * turn, box.bottom, box.right + 360.0 * turn, box.top)
            if _meet(moved, bounds):
                zones.append(zone._replace(bounds=moved))
    return zones


def _utm_zones() -> Iterator[ZoneBox]:
    for at in range(20):
        band, low = BANDS[at], -80.0 + 8.0 * at
        high = NORTHERNMOST if band == _SVALBARD else low + 8.0
        for number in range(1, 61):
            west, east = _meridians(number, band)
            if west < east:
                crs = f"EPSG:{326 if low >= 0 else 327}{number:02d}"
                yield ZoneBox(f"{number:02d}{band}", number, Bounds(west, low, east, high), crs)


def _meridians(number: int, band: str) -> tuple[float, float]:
    """West and east of a zone in a band; equal where it is not there."""
    west = -180.0 + 6.0 * (number - 1)
    east = west + 6.0
    if band == _NORWAY and number in (31, 32):
        return (0.0, 3.0) if number == 31 else (3.0, 12.0)
    if band == _SVALBARD and 31 <= number <= 37:
        parts = {31: (0.0, 9.0), 33: (9.0, 21.0), 35: (21.0, 33.0), 37: (33.0, 42.0)}
        return parts.get(number, (west, west))
    return west, east


def _polar_zones() -> Iterator[ZoneBox]:
    for letters, low, high, crs in (
        ("AB", -90.0, SOUTHERNMOST, "EPSG:5042"),
        ("YZ", NORTHERNMOST, 90.0, "EPSG:5041"),
    ):
        yield ZoneBox(letters[0], 0, Bounds(-180.0, low, 0.0, high), crs)
        yield ZoneBox(letters[1], 0, Bounds(0.0, low, 180.0, high), crs)


def _meet(box: Bounds, other: Bounds) -> bool:
    return box.left < other.right and other.left < box.right and box.bottom < other.top and other.bottom < box.top
