"""The frame that a graticule is drawn in: converts places to its pixels, and cuts lines at its edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    MERCATOR_MAX_LAT,
    WEB_MERCATOR,
    WGS84,
    is_unrolled,
    same_crs,
    transform_bounds,
    transform_points,
)
from layers.grid.graticules.zones import ZoneBox, zones_in
from layers.grid.tile_grid import View

Floats = NDArray[np.float64]
_LEAST_POINTS, _MOST_POINTS = 17, 1025
CURVE_PX = 0.2
"""Greatest distance of a drawn line from the true one, nearly everywhere; half of it is due to points left out."""
_FAR = 4.0
"""Distance, in frames beyond the frame, from which on a point counts as torn away: no line goes there."""
_MOST_TURNS = 3.0


class FrameView(Struct, frozen=True, dict=True):
    """A view as a graticule needs it."""

    view: View

    @cached_property
    def lonlat(self) -> Bounds | None:
        """Bounds in lon, lat, longitudes running on beyond 180; None where nothing in it is a place on Earth."""
        try:
            bounds = transform_bounds(self.view.grid.crs, WGS84, self.view.world_bounds(), 41)
        except CannotBePlaced:
            return None
        if not bounds.is_finite():
            return None
        most = MERCATOR_MAX_LAT if same_crs(self.view.grid.crs, WEB_MERCATOR) else 90.0
        bottom, top = max(bounds.bottom, -most), min(bounds.top, most)
        width = min(bounds.right - bounds.left, 360.0 * _MOST_TURNS)
        middle = (bounds.left + bounds.right) / 2
        return Bounds(middle - width / 2, bottom, middle + width / 2, top) if bottom < top and width > 0 else None

    @cached_property
    def zones(self) -> list[ZoneBox]:
        """The zones of UTM and of the polar grid that it shows something of."""
        return zones_in(self.lonlat) if self.lonlat is not None else []

    def part_of(self, box: Bounds) -> Bounds | None:
        """The part of a box in lon, lat that is in the frame; None where no more than an edge is."""
        both = self.lonlat.intersection(box) if self.lonlat is not None else None
        return both if both is not None and both.width > 0 and both.height > 0 else None

    @property
    def is_straight(self) -> bool:
        """True where meridians and parallels are straight lines."""
        return is_unrolled(self.view.grid.crs)

    @property
    def has_pole(self) -> bool:
        """True where a pole lies within its bounds."""
        return not self.is_straight and self.lonlat is not None and max(-self.lonlat.bottom, self.lonlat.top) >= 90.0

    def pixels(self, lon: Floats, lat: Floats) -> Floats:
        """(n, 2) pixels of places; nan where there is none, or it lies far off."""
        x, y = transform_points(WGS84, self.view.grid.crs, lon, lat)
        inverse = self.view.affine.inverse()
        points = np.column_stack((inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f))
        width, height = self.view.width, self.view.height
        with np.errstate(invalid="ignore"):
            off = np.abs(points - (width / 2, height / 2))
            is_far = (off > (_FAR * width, _FAR * height)).any(axis=1)
        if not self.is_straight:
            points[is_far] = np.nan
        return points

    def line(self, places: Callable[[Floats], tuple[Floats, Floats]], straight: bool = False) -> list[Floats]:
        """Pieces, (n, 2) pixels each, of a line within the frame. `places` gives lon, lat at shares 0..1 of it."""
        shares = np.linspace(0.0, 1.0, 2 if straight else _LEAST_POINTS)
        points = self.pixels(*places(shares))
        while not straight and len(shares) < _MOST_POINTS:
            shares, finer = _halved(shares), points
            points = self.pixels(*places(shares))
            if _deviation(finer, points) <= CURVE_PX:
                break
        return list(self._clipped(points))

    def _clipped(self, points: Floats) -> Iterator[Floats]:
        width, height = float(self.view.width), float(self.view.height)
        for run in _runs(points, max(width, height)):
            inside = shapely.clip_by_rect(shapely.LineString(run), 0.0, 0.0, width, height)
            for part in shapely.get_parts(inside):
                if part.geom_type == "LineString" and part.length > 0.5:
                    yield shapely.get_coordinates(shapely.simplify(part, CURVE_PX / 2))


def _halved(shares: Floats) -> Floats:
    return np.linspace(0.0, 1.0, 2 * len(shares) - 1)


def _deviation(coarse: Floats, fine: Floats) -> float:
    """The farthest that the middle between two points lies from the line through them."""
    way, to = coarse[1:] - coarse[:-1], fine[1::2] - coarse[:-1]
    # A line that is evenly drawn but unevenly stepped has its middles off along itself: that is no curve.
    with np.errstate(invalid="ignore", divide="ignore"):
        across = np.abs(way[:, 0] * to[:, 1] - way[:, 1] * to[:, 0]) / np.hypot(way[:, 0], way[:, 1])
    return float(np.max(across, where=np.isfinite(across), initial=0.0))


def _runs(points: Floats, far: float) -> Iterator[Floats]:
    """Stretches of the line without a gap or a tear."""
    good = np.isfinite(points).all(axis=1)
    steps = np.hypot(*np.diff(points, axis=0).T)
    with np.errstate(invalid="ignore"):
        torn = ~(steps <= far * 2) if len(points) > 2 else np.zeros(len(steps), dtype=bool)
    begin = 0
    for at in range(len(points)):
        is_last = at == len(points) - 1
        if not good[at]:
            if at - begin >= 2:
                yield points[begin:at]
            begin = at + 1
        elif is_last or torn[at]:
            if at + 1 - begin >= 2:
                yield points[begin : at + 1]
            begin = at + 1
