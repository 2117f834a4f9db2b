"""Heads of arrows and radii of range rings: where they stand beside their lines, projected once a CRS."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from layers.document.mark_shape import Arrow, MarkShape, RangeRing
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import azimuth_deg, destination, distance_m
from layers.text.measures import length_text
from viewer.canvas.sites.mark_signs import MarkSign, ring_sign
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_symbology import line_symbol

_LONGEST_TAIL_M = 500.0
"""The direction of a head is that of so much of the line, or of its last leg."""
_AZIMUTHS = tuple(range(0, 360, 30))
"""Places on a ring at which its radius may be written, the best first: north, then the rest in turn."""


@dataclass(slots=True)
class LineMark:
    """The shape of a line with what of it has places of its own; they are of the geometry that the site has."""

    site: Site
    shape: Arrow | RangeRing
    _tips: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    _radii: dict[str, tuple[list[MarkSign], Floats]] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site, shape: MarkShape | None) -> LineMark | None:
        return cls(site, shape) if isinstance(shape, Arrow | RangeRing) else None

    @property
    def is_ring(self) -> bool:
        return isinstance(self.shape, RangeRing)

    def tips(self, crs: str) -> tuple[Floats, Floats]:
        """(tips, tails), both (n, 2) in world coordinates: a head points from its tail to its tip. Rings have none."""
        if crs not in self._tips:
            ends = _ends(self.site, self.shape) if isinstance(self.shape, Arrow) else []
            lonlat = np.array(ends, np.float64).reshape(-1, 2, 2)
            self._tips[crs] = _world(lonlat[:, 0], crs), _world(lonlat[:, 1], crs)
        return self._tips[crs]

    def radii(self, crs: str) -> tuple[list[MarkSign], Floats]:
        """The radius of each ring, and the places (rings, n, 2) in world coordinates at which it may stand."""
        if crs not in self._radii:
            rings = _radii(self.shape) if isinstance(self.shape, RangeRing) else []
            places = [_world(lonlat, crs) for _, lonlat in rings]
            color = line_symbol(self.site).color
            self._radii[crs] = (
                [ring_sign(text, color) for text, _ in rings],
                np.array(places).reshape(-1, len(_AZIMUTHS), 2),
            )
        return self._radii[crs]


def _ends(site: Site, shape: Arrow) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """(tip, tail) of each head, in lon, lat."""
    places = [(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(site.geometry)]
    found = []
    for name, line in (("end", places[::-1]), ("start", places)):
        if shape.head not in (name, "both"):
            continue
        tip = line[0]
        before = next((place for place in line[1:] if distance_m(*tip, *place) > 0), None)
        if before is not None:
            reach = min(_LONGEST_TAIL_M, distance_m(*tip, *before))
            found.append((tip, destination(*tip, azimuth_deg(*tip, *before), reach)))
    return found


def _radii(shape: RangeRing) -> list[tuple[str, Floats]]:
    """The words of each radius, and places on its ring in lon, lat."""
    found = []
    for radius_m in shape.radii_m:
        around = [destination(*shape.centre, azimuth, radius_m) for azimuth in _AZIMUTHS]
        found.append((length_text(radius_m), np.array(around, np.float64)))
    return found


def _world(lonlat: Floats, crs: str) -> Floats:
    if not len(lonlat):
        return np.zeros((0, 2))
    return np.column_stack(transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1]))
