"""Projects lines, polygons and error circles for the picture: geodesic, cut at the antimeridian, clipped, cached."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.document.site import Site
from layers.geo.antimeridian import is_as_drawn, split_geometry
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_unrolled, transform_points, world_bounds
from layers.geo.dense_rings import Rings
from layers.geo.measure import circles
from layers.grid.tile_grid import Affine, View
from viewer.canvas.sites.line_marks import LineMark
from viewer.canvas.sites.outlines import NOTHING, Floats, Outline, WorldPart, fewer_vertices

_EARTH_RADIUS_M = 6_371_000.0
_METRES_A_DEGREE = 111_700.0
_COARSEST_STEP_M = 2.0**18
"""Longest leg in metres at which an outline is ever projected."""
_PARALLEL_STEP_DEG = 0.25
"""Longest piece of a parallel, in degrees: its geodesic leaves the parallel by less than seven metres."""
_REACH_PX = 64.0
"""Distance outside the picture from which shapes may reach into it, as wide lines and glows do."""
_FAR_PX = 16_000.0
"""Distance outside the picture beyond which polygons are clipped: Qt paints slowly, or wrongly, there."""


_CIRCLE_POINTS, _CIRCLES_A_CALL, _MOST_CIRCLES = 96, 500, 50_000
"""Points of a circle, circles that are projected in one call, and circles that are kept."""
_WHOLE_POINTS = 20_000
"""Most points of a shape that is densified all over; of others only the part in view is."""
_MOST_ODD = 2000
"""Most parts that are cut at the antimeridian, or led along parallels, one by one."""
SHAPES_A_CALL = _MOST_ODD
"""Lines and areas that are projected together; each of them may be cut."""
_POLYGON = 3  # shapely.get_type_id
"""Type of a polygon, as shapely numbers it."""


class SiteShape(Struct):
    """A line or polygon site with its projected outlines, by CRS and step."""

    site: Site
    mark: LineMark | None = None
    """Mark of an arrow, a range ring or a measurement."""
    _outlines: dict[tuple[str, float], Outline] = field(default_factory=dict)
    _near: tuple[str, float, Bounds, Outline] | None = None
    """The outline that is fine around the view it was last needed for: CRS, step, bounds, outline."""
    _rings: PartRings | None = None
    _coarse: PartRings | None = None
    _coarse_world: tuple[str, Floats] | None = None
    _longest_m: float = -1.0
    _whole_m: float = 0.0

    def outline(self, view: View, step_m: float) -> Outline | None:
        """The part of the outline that a view shows, at geodesic steps of `step_m`; None out of view."""
        crs, longest = view.grid.crs, self._longest_segment_m()
        rough = self._projected(crs, min(longest, _COARSEST_STEP_M))
        box, seen = self.box(crs), world_bounds_of(view)
        reach = _REACH_PX * view.ratio * view.grid.resolution
        if box is None or not box.intersects(seen.expanded(reach)):
            return None
        if step_m >= min(longest, _COARSEST_STEP_M):
            outline = rough
        elif self._whole_m / step_m <= _WHOLE_POINTS:
            outline = self._projected(crs, step_m)
        else:
            outline = self._fine_near(crs, step_m, seen, rough)
        return outline.near(seen.expanded(reach))

    def box(self, crs: str) -> Bounds | None:
        """World bounds that hold the outline at any step; None where the CRS has no place for it."""
        rough = self._projected(crs, min(self._longest_segment_m(), _COARSEST_STEP_M))
        if rough.bounds is None:
            return None
        return rough.bounds.expanded(0.02 * max(rough.bounds.width, rough.bounds.height))

    def _projected(self, crs: str, step_m: float) -> Outline:
        key = crs, step_m
        if key not in self._outlines:
            if len(self._outlines) > 8:
                self._outlines.clear()
            self._outlines[key] = projected(self._parts(), crs, max(step_m, 1.0))
        return self._outlines[key]

    def _fine_near(self, crs: str, step_m: float, seen: Bounds, rough: Outline) -> Outline:
        """An outline that is fine in the view and as far again on each side.

        Elsewhere areas are as in `rough`, and lines are left out.
        """
        if self._near is None or self._near[:2] != (crs, step_m) or not self._near[2].contains(seen):
            around = seen.scaled(3.0)
            coarse = self._coarse_rings()
            if self._coarse_world is None or self._coarse_world[0] != crs:
                self._coarse_world = crs, _projected(coarse.rings.lonlat, crs)
            near = _legs_near(self._coarse_world[1], crs, around)
            rings, chosen = coarse.about(near)
            fine = projected(rings.densified(max(step_m, 1.0), chosen), crs, math.inf)
            self._near = crs, step_m, around, replace(fine, bounds=rough.bounds, largest=rough.largest)
        return self._near[3]

    def _coarse_rings(self) -> PartRings:
        if self._coarse is None:
            self._coarse = self._parts().densified(min(self._longest_segment_m(), _COARSEST_STEP_M))
        return self._coarse

    def _parts(self) -> PartRings:
        if self._rings is None:
            self._rings = PartRings.of(self.geometry)
        return self._rings

    @property
    def geometry(self) -> BaseGeometry:
        """The lines and areas that are drawn: the site's own, with the dimension lines of a measurement."""
        return self.site.geometry if self.mark is None else self.mark.drawn

    def _longest_segment_m(self) -> float:
        """Upper bound of the longest segment: short sites, by far the most, need no more vertices at any scale."""
        if self._longest_m < 0:
            steps = np.abs(np.diff(shapely.get_coordinates(self.geometry), axis=0))
            lengths = np.hypot(*steps.T)
            self._longest_m = float(lengths.max(initial=0.0)) * _METRES_A_DEGREE
            self._whole_m = float(lengths.sum()) * _METRES_A_DEGREE
        return self._longest_m


def project_together(shapes: Sequence[SiteShape], crs: str) -> None:
    """Project short lines and areas of one part each in one call: PROJ takes as long for one as for a hundred.

    All others are projected when they are needed.
    """
    if not is_unrolled(crs):
        return
    simple = [shape for shape in shapes if shape.geometry.geom_type in ("LineString", "Polygon")]
    short = [shape for shape in simple if shape._longest_segment_m() <= _COARSEST_STEP_M]
    for first in range(0, len(short), SHAPES_A_CALL):
        batch = short[first : first + SHAPES_A_CALL]
        whole = projected(PartRings.of(np.array([shape.geometry for shape in batch], object)), crs, math.inf)
        for shape, outline in zip(batch, _by_part(whole, len(batch)), strict=True):
            shape._outlines[crs, shape._longest_segment_m()] = outline


class PartRings(Struct, frozen=True, eq=False):
    """The lines and rings of a geometry: ring i belongs to part ``part[i]``."""

    rings: Rings
    part: NDArray[np.intp]
    is_polygon: NDArray[np.bool_]
    """(parts,) True for polygons."""

    @classmethod
    def of(cls, geometry: BaseGeometry | NDArray[np.object_]) -> PartRings:
        """Take the rings of one geometry, or of several as the parts of one.

        Points, and parts without an extent, have none.
        """
        parts = shapely.get_parts(geometry)
        is_polygon = shapely.get_type_id(parts) == _POLYGON
        rings, part = shapely.get_rings(parts, return_index=True)
        lines = np.flatnonzero(shapely.get_type_id(parts) == 1)
        rings, part = np.concatenate([rings, parts[lines]]), np.concatenate([part, lines])
        counts = shapely.get_num_coordinates(rings)
        first = np.unique(part, return_index=True)[1]
        sound = np.zeros(len(parts), bool)
        sound[part[first]] = counts[first] >= np.where(is_polygon[part[first]], 4, 2)
        order = np.argsort(part, kind="stable")
        order = order[sound[part[order]] & (counts[order] > 1)]
        rings, part, counts = rings[order], part[order], counts[order]
        lonlat = shapely.get_coordinates(rings)
        lonlat, counts = _along_parallels(parts, lonlat, counts, part)
        return cls(Rings.of(lonlat, counts.astype(np.int64)), part.astype(np.intp), np.asarray(is_polygon))

    def about(self, legs: NDArray[np.bool_]) -> tuple[PartRings, NDArray[np.bool_]]:
        """The shape around these legs, areas whole and lines by the legs alone, with a mask of them among its legs."""
        ring_of = np.repeat(np.arange(len(self.rings)), np.diff(self.rings.starts))[:-1]
        is_area = self.is_polygon[self.part]
        areas = np.flatnonzero(is_area & np.isin(self.part, self.part[_distinct(ring_of[legs])]))
        whole, chosen = self.rings.taken(areas), np.append(legs, False)[self.rings.places_of(areas)]
        lines, of = self.rings.stretches(legs & ~is_area[ring_of])
        starts = np.concatenate([whole.starts, lines.starts[1:] + whole.starts[-1]])
        both = Rings(np.concatenate([whole.lonlat, lines.lonlat]), starts)
        # Each stretch is a part of its own: a line has one ring.
        part = np.concatenate([self.part[areas], len(self.is_polygon) + np.arange(len(of))])
        is_polygon = np.concatenate([self.is_polygon, np.zeros(len(of), bool)])
        chosen = np.concatenate([chosen, np.ones(len(lines.lonlat), bool)])[:-1]
        return PartRings(both, part, is_polygon), chosen

    def densified(self, step_m: float, chosen: NDArray[np.bool_] | None = None) -> PartRings:
        """The same rings with legs of at most `step_m` metres; with `chosen`, a mask of the legs, only there."""
        return PartRings(self.rings.densified(step_m, chosen), self.part, self.is_polygon)


def geodesic_step_m(ground_m: float) -> float:
    """The step, a power of two, at which chords leave the geodesic by less than half a pixel."""
    if not (math.isfinite(ground_m) and ground_m > 0):
        return _COARSEST_STEP_M
    step = math.sqrt(8.0 * _EARTH_RADIUS_M * ground_m * 0.25)
    return 2.0 ** math.floor(math.log2(min(max(step, 16.0), _COARSEST_STEP_M)))


def project_geometry(geometry: BaseGeometry, crs: str, step_m: float) -> Outline:
    """Project a lon, lat line or polygon along geodesics in legs of `step_m`, cut wherever the map is torn."""
    return projected(PartRings.of(geometry), crs, step_m)


def projected(part_rings: PartRings, crs: str, step_m: float) -> Outline:
    """Project rings as `project_geometry` does; an infinite `step_m` adds no points to them."""
    dense = part_rings.densified(step_m) if math.isfinite(step_m) else part_rings
    rings = dense.rings
    if not len(rings):
        return NOTHING
    world = _projected(rings.lonlat, crs)
    begins = rings.starts[:-1]
    if is_unrolled(crs):
        lowest, highest = (extreme.reduceat(rings.lonlat[:, 0], begins) for extreme in (np.minimum, np.maximum))
        is_plain = (lowest >= -180.0) & (highest <= 180.0)
    else:
        leaps = np.append(np.hypot(*np.diff(world, axis=0).T), 0.0)
        leaps[rings.starts[1:] - 1] = 0.0
        whole = np.where(dense.is_polygon[dense.part], math.inf, _longest_leap(step_m))
        is_plain = np.maximum.reduceat(np.nan_to_num(leaps, nan=math.inf), begins) < whole
    is_finite = np.logical_and.reduceat(np.isfinite(world).all(axis=1), begins)
    if is_unrolled(crs):
        dropped = _distinct(dense.part[is_plain & ~is_finite])  # beyond what the map can show
    else:
        is_plain, dropped = is_plain & is_finite, np.zeros(0, np.intp)
    odd = _distinct(dense.part[~is_plain])
    plain = np.flatnonzero(~np.isin(dense.part, np.concatenate([odd, dropped])))
    chosen = Rings(world, rings.starts).taken(plain)
    straight = Outline.of_rings(chosen.lonlat, chosen.starts, dense.part[plain], dense.is_polygon)
    cut = ((number, part) for number in odd[:_MOST_ODD].tolist() for part in _odd_parts(dense, number, crs, step_m))
    return Outline.joined(straight, Outline.of(cut))


def _odd_parts(dense: PartRings, number: int, crs: str, step_m: float) -> Iterator[WorldPart]:
    """The pieces of a part that is cut at the antimeridian, or broken where the CRS cannot show it."""
    is_polygon = bool(dense.is_polygon[number])
    first, last = np.searchsorted(dense.part, [number, number + 1]).tolist()
    lonlat = [dense.rings.ring(at) for at in range(first, last)]
    if not is_unrolled(crs):
        lines = [_projected(ring, crs) for ring in lonlat]
        if is_polygon and all(np.isfinite(line).all() for line in lines):
            yield WorldPart(tuple(lines), True)
            return
        for line in lines:
            yield from (WorldPart((stretch,), False) for stretch in _unbroken(line, step_m))
        return
    whole = shapely.Polygon(lonlat[0], lonlat[1:]) if is_polygon else shapely.LineString(lonlat[0])
    for part in shapely.get_parts(split_geometry(whole)):
        lines = [
            _projected(shapely.get_coordinates(r), crs) for r in (shapely.get_rings(part) if is_polygon else [part])
        ]
        if lines and all(np.isfinite(line).all() for line in lines):
            yield WorldPart(tuple(lines), is_polygon)


_circles: dict[tuple[tuple[float, float, float], str], Outline] = {}
"""Outlines by circle and CRS, the oldest first."""


def circles_of(places: Sequence[tuple[float, float, float]], crs: str) -> list[Outline]:
    """The geodesic circles of these longitudes, latitudes and radii in metres; kept for the next frame."""
    missing = [place for place in dict.fromkeys(places) if (place, crs) not in _circles]
    if missing:
        while len(_circles) > _MOST_CIRCLES:
            del _circles[next(iter(_circles))]
        missing = [place for place in dict.fromkeys(places) if (place, crs) not in _circles]
        for first in range(0, len(missing), _CIRCLES_A_CALL):
            batch = missing[first : first + _CIRCLES_A_CALL]
            _circles.update(zip(((place, crs) for place in batch), _project_circles(batch, crs), strict=True))
    return [_circles[place, crs] for place in places]


def _project_circles(places: Sequence[tuple[float, float, float]], crs: str) -> list[Outline]:
    """Project circles in one call: PROJ takes as long for one as for a hundred."""
    lon, lat, radius_m = np.array(places, np.float64).T
    rings = circles(lon, lat, radius_m, _CIRCLE_POINTS)
    return _by_part(projected(PartRings.of(shapely.polygons(rings)), crs, _COARSEST_STEP_M), len(places))


def _by_part(whole: Outline, count: int) -> list[Outline]:
    """The outline of each of the `count` parts of a geometry."""
    order = np.argsort(whole.source, kind="stable")
    edges = np.searchsorted(whole.source[order], np.arange(count + 1)).tolist()
    return [_only(whole, order[first:last]) for first, last in pairwise(edges)]


def _only(whole: Outline, parts: NDArray[np.intp]) -> Outline:
    """The outline of the geometry that consists of these parts."""
    return Outline.of((0, part) for part in whole.taken(parts).parts) if len(parts) else NOTHING


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
def world_bounds_of(view: View) -> Bounds:
    return view.world_bounds()


class Run(NamedTuple):
    """A stretch of a line that may touch the picture: pixels (n, 2), and the distance along the whole line of its
    start.
    """

    points: Floats
    start_px: float


def runs_in_view(points: Floats, view: View, margin_px: float) -> list[Run]:
    """The stretches of a line near the picture. Their starts along the line keep dashes in place while the map pans."""
    if len(points) < 2:
        return []
    low, high = np.minimum(points[:-1], points[1:]), np.maximum(points[:-1], points[1:])
    near = (
        (high[:, 0] >= -margin_px)
        & (low[:, 0] <= view.width + margin_px)
        & (high[:, 1] >= -margin_px)
        & (low[:, 1] <= view.height + margin_px)
    )
    if near.all():
        return [Run(points, 0.0)]
    if not near.any():
        return []
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    return [Run(points[start : end + 1], float(along[start])) for start, end in edges.reshape(-1, 2)]


def polygon_in_view(rings: tuple[Floats, ...], view: View) -> list[tuple[Floats, ...]]:
    """The rings to fill, in pixels: cut to the surroundings of the picture where they reach far beyond it."""
    pixels = tuple(fewer_vertices(to_pixels(view, ring)) for ring in rings)
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


def _along_parallels(
    parts: NDArray[np.object_], lonlat: Floats, counts: NDArray[np.int64], part: NDArray[np.intp]
) -> tuple[Floats, NDArray[np.int64]]:
    """Add places along parallels to edges of areas more than half the Earth long on purpose, as no geodesic is."""
    ring = np.repeat(np.arange(len(counts)), counts)
    steps = np.abs(np.diff(lonlat[:, 0])) * (np.diff(ring) == 0)
    wide = [
        number
        for number in _distinct(part[ring[:-1][steps > 180.0]]).tolist()
        if shapely.get_type_id(parts[number]) == _POLYGON
    ]
    wide = [number for number in wide[:_MOST_ODD] if is_as_drawn(parts[number])]
    if not wide:
        return lonlat, counts
    on_purpose = (steps > 180.0) & np.isin(part[ring[:-1]], wide)
    pieces = np.append(np.where(on_purpose, np.ceil(steps / _PARALLEL_STEP_DEG), 1), 1).astype(np.int64)
    edge = np.repeat(np.arange(len(lonlat)), pieces)
    share = (np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[edge]
    following = np.concatenate([lonlat[1:], lonlat[-1:]])
    filled = lonlat[edge] + (following - lonlat)[edge] * share[:, None]
    return filled, np.bincount(ring, weights=pieces, minlength=len(counts)).astype(np.int64)


def _legs_near(world: Floats, crs: str, around: Bounds) -> NDArray[np.bool_]:
    """(places - 1,) Mask of the legs that may come near: a geodesic leaves its chord by less than a tenth of it."""
    starts, ends = world[:-1], world[1:]
    slack = 0.1 * np.hypot(*(ends - starts).T)[:, None]
    with np.errstate(invalid="ignore"):
        low, high = np.fmin(starts, ends) - slack, np.fmax(starts, ends) + slack
        near = (high[:, 1] >= around.bottom) & (low[:, 1] <= around.top)
        turns = (-1, 0, 1) if is_unrolled(crs) else (0,)
        width = world_bounds(crs).width if is_unrolled(crs) else 0.0
        reached = [
            (high[:, 0] + turn * width >= around.left) & (low[:, 0] + turn * width <= around.right) for turn in turns
        ]
    return np.asarray(near & np.logical_or.reduce(reached))


def _projected(lonlat: Floats, crs: str) -> Floats:
    return np.column_stack(transform_points(WGS84, crs, lonlat[:, 0], lonlat[:, 1]))


def _longest_leap(step_m: float) -> float:
    return (max(step_m, _COARSEST_STEP_M) if math.isfinite(step_m) else _COARSEST_STEP_M) * 20


def _unbroken(line: Floats, step_m: float) -> list[Floats]:
    """The stretches of a projected line between places that this CRS cannot show (nan, or a leap)."""
    leaps = np.hypot(*np.diff(line, axis=0).T)
    joined = np.isfinite(leaps) & (leaps < _longest_leap(step_m))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], joined, [False]]).astype(np.int8)))
    return [line[start : end + 1] for start, end in edges.reshape(-1, 2)]


def _distinct(numbers: NDArray[np.integer]) -> NDArray[np.intp]:
    """The distinct values of some small numbers, ascending. np.unique would import numpy.ma while the window starts."""
    return np.flatnonzero(np.bincount(numbers))
