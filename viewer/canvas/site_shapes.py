"""Lines, polygons and error circles on their way to the picture: geodesic, cut at the antimeridian, clipped, cached."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.document.site import Site
from layers.geo.antimeridian import is_as_drawn, split_geometry
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_unrolled, transform_points
from layers.geo.measure import circle, densify
from layers.grid.tile_grid import Affine, View

Floats = NDArray[np.float64]
_EARTH_RADIUS_M = 6_371_000.0
_METRES_A_DEGREE = 111_700.0
_COARSEST_STEP_M = 2.0**18
_PARALLEL_STEP_DEG = 0.25
"""A geodesic of this length leaves the parallel by less than seven metres."""
_FAR_PX = 16_000.0
"""Qt paints slowly, or wrongly, far outside of the picture: polygons that reach further are clipped."""


class WorldPart(NamedTuple):
    """One line, or one polygon with its holes, in world coordinates: arrays (n, 2)."""

    rings: tuple[Floats, ...]
    is_polygon: bool


@dataclass(slots=True)
class Outline:
    """A geometry in one CRS at one fineness."""

    parts: tuple[WorldPart, ...]
    bounds: Bounds | None


@dataclass(slots=True)
class SiteShape:
    """A line or polygon site with its projected outlines, by CRS and step."""

    site: Site
    _outlines: dict[tuple[str, float], Outline] = field(default_factory=dict)
    _longest_m: float = -1.0

    def outline(self, view: View, step_m: float) -> Outline | None:
        """The outline at geodesic steps of `step_m`, or None where it is out of view."""
        crs, longest = view.grid.crs, self._longest_segment_m()
        rough = self._projected(crs, min(longest, _COARSEST_STEP_M))
        if rough.bounds is None:
            return None
        slack = 0.02 * max(rough.bounds.width, rough.bounds.height)
        if not rough.bounds.expanded(slack).intersects(_world_bounds(view)):
            return None
        return rough if step_m >= min(longest, _COARSEST_STEP_M) else self._projected(crs, step_m)

    def _projected(self, crs: str, step_m: float) -> Outline:
        key = crs, step_m
        if key not in self._outlines:
            if len(self._outlines) > 8:
                self._outlines.clear()
            self._outlines[key] = project_geometry(self.site.geometry, crs, max(step_m, 1.0))
        return self._outlines[key]

    def _longest_segment_m(self) -> float:
        """An upper bound: short sites, by far the most, need no more vertices at any scale."""
        if self._longest_m < 0:
            steps = np.abs(np.diff(shapely.get_coordinates(self.site.geometry), axis=0))
            self._longest_m = float(np.hypot(*steps.T).max(initial=0.0)) * _METRES_A_DEGREE
        return self._longest_m


def geodesic_step_m(ground_m: float) -> float:
    """The step, a power of two, at which chords leave the geodesic by less than half a pixel."""
    if not (math.isfinite(ground_m) and ground_m > 0):
        return _COARSEST_STEP_M
    step = math.sqrt(8.0 * _EARTH_RADIUS_M * ground_m * 0.25)
    return 2.0 ** math.floor(math.log2(min(max(step, 16.0), _COARSEST_STEP_M)))


def project_geometry(geometry: BaseGeometry, crs: str, step_m: float) -> Outline:
    """A lon, lat line or polygon in world coordinates along geodesics, in pieces that tear nowhere."""
    parts = [part for piece in shapely.get_parts(geometry) for part in _project_part(piece, crs, step_m)]
    rings = [ring for part in parts for ring in part.rings]
    if not rings:
        return Outline((), None)
    points = np.concatenate(rings)
    return Outline(tuple(parts), Bounds.of_points(points[:, 0], points[:, 1]))


def project_circle(lon: float, lat: float, radius_m: float, crs: str) -> Outline:
    """The geodesic circle around a place."""
    lons, lats = circle(lon, lat, radius_m, points=96)
    return project_geometry(shapely.Polygon(np.column_stack([lons, lats])), crs, _COARSEST_STEP_M)


def to_pixels(view: View, world: Floats) -> Floats:
    """World (n, 2) to picture pixels (n, 2)."""
    inverse = _inverse(view)
    x, y = world[:, 0], world[:, 1]
    pixels = np.empty((len(world), 2))
    pixels[:, 0] = inverse.a * x + inverse.b * y + inverse.c
    pixels[:, 1] = inverse.d * x + inverse.e * y + inverse.f
    return pixels


@lru_cache(maxsize=8)
def _inverse(view: View) -> Affine:
    return view.affine.inverse()


@lru_cache(maxsize=8)
def _world_bounds(view: View) -> Bounds:
    return view.world_bounds()


class Run(NamedTuple):
    """A stretch of a line that may touch the picture: pixels (n, 2), and how far along the whole line it starts."""

    points: Floats
    start_px: float


def runs_in_view(points: Floats, view: View, margin_px: float) -> list[Run]:
    """The stretches of a line near the picture. Knowing where each starts lets dashes stay put while one pans."""
    if len(points) < 2:
        return []
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    near = (
        (high[:, 0] >= -margin_px) & (low[:, 0] <= view.width + margin_px)
        & (high[:, 1] >= -margin_px) & (low[:, 1] <= view.height + margin_px)
    )  # fmt: skip
    if near.all():
        return [Run(points, 0.0)]
    if not near.any():
        return []
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    return [Run(points[a : b + 1], float(along[a])) for a, b in edges.reshape(-1, 2)]


def polygon_in_view(rings: tuple[Floats, ...], view: View) -> list[tuple[Floats, ...]]:
    """The rings to fill, in pixels: cut to the surroundings of the picture where they reach far beyond it."""
    pixels = tuple(to_pixels(view, ring) for ring in rings)
    far = max(float(np.abs(ring).max()) for ring in pixels)
    if far <= _FAR_PX:
        return [pixels]
    around = 256.0
    cut = shapely.clip_by_rect(
        shapely.Polygon(pixels[0], pixels[1:]), -around, -around, view.width + around, view.height + around
    )
    return [
        tuple(shapely.get_coordinates(ring) for ring in shapely.get_rings(piece))
        for piece in shapely.get_parts(cut)
        if piece.geom_type == "Polygon"
    ]


def _project_part(piece: BaseGeometry, crs: str, step_m: float) -> list[WorldPart]:
    is_polygon = piece.geom_type == "Polygon"
    rings = shapely.get_rings(piece) if is_polygon else [piece]
    long_way = is_polygon and is_as_drawn(piece)
    dense = [_dense(ring, step_m, long_way) for ring in rings]
    if not dense or len(dense[0]) < (4 if is_polygon else 2):
        return []
    if not is_unrolled(crs):
        lines = [_projected(ring, crs) for ring in dense]
        if is_polygon and all(np.isfinite(line).all() for line in lines):
            return [WorldPart(tuple(lines), True)]
        return [WorldPart((stretch,), False) for line in lines for stretch in _unbroken(line, crs, step_m)]
    whole = shapely.Polygon(dense[0], dense[1:]) if is_polygon else shapely.LineString(dense[0])
    found = []
    for part in shapely.get_parts(split_geometry(whole)):
        lines = [
            _projected(shapely.get_coordinates(r), crs) for r in (shapely.get_rings(part) if is_polygon else [part])
        ]
        if lines and all(np.isfinite(line).all() for line in lines):
            found.append(WorldPart(tuple(lines), is_polygon))
    return found


def _dense(ring: BaseGeometry, step_m: float, long_way: bool) -> Floats:
    places = shapely.get_coordinates(ring)
    if long_way:
        places = _along_parallels(places)
    return np.column_stack(densify(places[:, 0], places[:, 1], step_m))


def _along_parallels(places: Floats) -> Floats:
    """With places on the edges that lead more than half round the Earth, which no geodesic does."""
    steps = np.abs(np.diff(places[:, 0]))
    counts = np.where(steps > 180.0, np.ceil(steps / _PARALLEL_STEP_DEG), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[edge]
    return np.concatenate([places[edge] + np.diff(places, axis=0)[edge] * share[:, None], places[-1:]])


def _projected(lonlat: Floats, crs: str) -> Floats:
    return np.column_stack(transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1]))


def _unbroken(line: Floats, crs: str, step_m: float) -> list[Floats]:
    """The stretches of a projected line between places that this CRS cannot show (nan, or a leap)."""
    leaps = np.hypot(*np.diff(line, axis=0).T)
    joined = np.isfinite(leaps) & (leaps < max(step_m, _COARSEST_STEP_M) * 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], joined, [False]]).astype(np.int8)))
    return [line[a : b + 1] for a, b in edges.reshape(-1, 2)]
