"""Heads of arrows, radii of range rings and dimension lines of measurements, projected once a CRS."""

from __future__ import annotations

import numpy as np
import shapely
from msgspec import Struct, field
from shapely.geometry.base import BaseGeometry

from layers.document.marks.mark_shape import Arrow, MarkShape, RangeRing
from layers.document.marks.measurement import (
    QUANTITIES,
    Dimension,
    Measurement,
    dimension_of,
    image_pick_m,
    intended,
    name_of,
    words_on_map,
)
from layers.document.marks.shadow_mark import ShadowMark, shadow_words
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points
from layers.geo.dense_rings import Rings
from layers.geo.measure import azimuth_deg, destination, distance_m
from layers.text.measures import length_text
from viewer.canvas.sites.mark_signs import MarkSign, ring_sign
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_symbology import line_symbol

_LONGEST_TAIL_M = 500.0
"""Length in metres of the part of a line, or of its last leg, that gives the direction of an arrow's head."""
_STRAIGHT_M, _PIECES = 1000.0, 64
"""Length in metres below which a leg is straight on any map, and about the pieces that a longer line is cut into."""
_AZIMUTHS = tuple(range(0, 360, 30))
"""Azimuths in degrees at which a ring's radius may be written, the best first: north, then the rest in turn."""


class LineMark(Struct):
    """The shape of a line, with the parts of it that have places of their own, made for the site's geometry.

    For a measurement, also of an area, it holds its dimension lines and its words. A shadow is drawn as a length is.
    """

    site: Site
    shape: Arrow | RangeRing | Measurement
    _tips: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    _radii: dict[str, tuple[list[MarkSign], Floats]] = field(default_factory=dict)
    _dimension: Dimension | None = None
    _words: str = ""
    _word_lines: dict[str, Floats] = field(default_factory=dict)
    _ticks: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site, shape: MarkShape | None) -> LineMark | None:
        """Make the mark of a line or a measured area of this shape; None for a shape without parts of its own."""
        if isinstance(shape, ShadowMark) and shape.is_of(site.geometry):
            return cls(site, Measurement("length"), _words=shadow_words(site, shape))
        if site.mark_kind == Measurement.kind and (measurement := intended(site, shape)) is not None:
            return cls(site, measurement)
        return cls(site, shape) if isinstance(shape, Arrow | RangeRing) else None

    @property
    def is_ring(self) -> bool:
        return isinstance(self.shape, RangeRing)

    @property
    def drawn(self) -> BaseGeometry:
        """The lines or the area that are drawn; for a measurement with its circle, its arc, or the way to the foot."""
        dimension = None if _is_area(self.shape) else self.dimension
        if dimension is None:
            return self.site.geometry
        return shapely.MultiLineString([line for line in dimension.lines if len(line) > 1])

    @property
    def dimension(self) -> Dimension | None:
        """The dimension lines of a measurement; None for all else."""
        if self._dimension is None and isinstance(self.shape, Measurement):
            self._dimension = dimension_of(self.shape, self.site.geometry)
        return self._dimension

    @property
    def words(self) -> str:
        """The words of a measurement on the map; empty for all else."""
        if not self._words and isinstance(self.shape, Measurement):
            measured = self.shape.of(self.site.geometry, image_pick_m(self.site))
            self._words = words_on_map(name_of(self.site.label, measured, self.shape), measured)
        return self._words

    def said_along(self, crs: str) -> Floats | None:
        """The line (n, 2) in world coordinates along which the words are set; None for any line of the mark itself."""
        if self.dimension is None or not len(self.dimension.said):
            return None
        if crs not in self._word_lines:
            self._word_lines[crs] = _world(_dense(self.dimension.said), crs)
        return self._word_lines[crs]

    def ticks(self, crs: str) -> tuple[Floats, Floats]:
        """(ends, places next to them) of a dimension line, both (n, 2) in world coordinates."""
        if crs not in self._ticks:
            pairs = [] if self.dimension is None else [_tick(*pair) for pair in self.dimension.ticks]
            lonlat = np.array(pairs, np.float64).reshape(-1, 2, 2)
            self._ticks[crs] = _world(lonlat[:, 0], crs), _world(lonlat[:, 1], crs)
        return self._ticks[crs]

    def tips(self, crs: str) -> tuple[Floats, Floats]:
        """(tips, tails), both (n, 2) in world coordinates: a head points from its tail to its tip. Rings have none."""
        if crs not in self._tips:
            ends = _ends(self.site, self.shape) if isinstance(self.shape, Arrow) else []
            lonlat = np.array(ends, np.float64).reshape(-1, 2, 2)
            self._tips[crs] = _world(lonlat[:, 0], crs), _world(lonlat[:, 1], crs)
        return self._tips[crs]

    def radii(self, crs: str) -> tuple[list[MarkSign], Floats]:
        """The radius of each ring as a sign, and the places (rings, n, 2) in world coordinates at which it may be
        written.
        """
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
    ends = []
    for name, line in (("end", places[::-1]), ("start", places)):
        if shape.head not in (name, "both"):
            continue
        tip = line[0]
        before = next((place for place in line[1:] if distance_m(*tip, *place) > 0), None)
        if before is not None:
            reach = min(_LONGEST_TAIL_M, distance_m(*tip, *before))
            ends.append((tip, destination(*tip, azimuth_deg(*tip, *before), reach)))
    return ends


def _tick(end: tuple[float, float], beside: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float]]:
    """An end, and a place so near it on its leg that the leg between them is straight on any map."""
    reach = min(_LONGEST_TAIL_M, distance_m(*end, *beside))
    return end, destination(*end, azimuth_deg(*end, *beside), reach)


def _dense(line: Floats) -> Floats:
    """The geodesic through some places, in pieces short enough to be geodesic on any map."""
    longest = float(np.hypot(*np.diff(line, axis=0).T).max(initial=0.0)) * 111_700.0
    if longest < _STRAIGHT_M:
        return line
    return Rings.of(line, np.array([len(line)], np.int64)).densified(max(longest / _PIECES, _STRAIGHT_M)).lonlat


def _is_area(shape: object) -> bool:
    return isinstance(shape, Measurement) and QUANTITIES[shape.quantity].geometry == "polygon"


def _radii(shape: RangeRing) -> list[tuple[str, Floats]]:
    """The words of each radius, and places on its ring in lon, lat."""
    radii = []
    for radius_m in shape.radii_m:
        around = [destination(*shape.centre, azimuth, radius_m) for azimuth in _AZIMUTHS]
        radii.append((length_text(radius_m), np.array(around, np.float64)))
    return radii


def _world(lonlat: Floats, crs: str) -> Floats:
    if not len(lonlat):
        return np.zeros((0, 2))
    return np.column_stack(transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1]))
