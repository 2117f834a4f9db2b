"""Cuts geometries, and lines of any number of turns round the Earth, at the antimeridian."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.lon_extent import MAX_LON
from layers.geo.longitudes import normalise_lon, shift_near, unwrap_longitudes
from layers.geo.on_earth import MOST_TURNS_LON

_POINT, _LINE, _POLYGON = 0, 1, 2  # shapely.get_dimensions
_MOST_CUT = 300
"""Most geometries wider than half the Earth that are split for their boxes; with more, each is as wide as the map."""


def split_geometry(geometry: BaseGeometry, *, clockwise: bool = False) -> BaseGeometry:
    """The same places in lon, lat with every part inside -180..180, cut at the antimeridian.

    A step of more than 180 degrees between consecutive points is a crossing, but for a polygon that is taken at its
    word (`is_as_drawn`; `clockwise`: areas lie to the right of their rings, as in shapefiles). A ring around a pole is
    closed by way of that pole. What needs no cut comes back as the same object; what is cut comes back as one part or
    as a Multi of the same kind. Polygons that touch themselves only through the cut (a world-wide rectangle) are left
    alone.
    """
    if geometry.is_empty:
        return geometry
    parts = shapely.get_parts(geometry)
    if geometry.geom_type == "GeometryCollection":
        split = [split_geometry(part, clockwise=clockwise) for part in parts]
        unchanged = all(new is old for new, old in zip(split, parts, strict=True))
        return geometry if unchanged else shapely.GeometryCollection(split)
    wide = _may_be_over(parts)
    cut = [bool(may_be) and _needs_cut(part, clockwise) for part, may_be in zip(parts, wide, strict=True)]
    if not any(cut):
        return geometry
    pieces = [piece for part, is_cut in zip(parts, cut, strict=True) for piece in (_cut(part) if is_cut else [part])]
    return _gathered(pieces, shapely.get_dimensions(geometry))


def at_home(geometry: BaseGeometry) -> BaseGeometry:
    """The same places with each point inside -180..180, and of lines and areas each part, moved as a whole, with its
    middle there: what crosses the antimeridian stays in one piece and runs on beyond it.

    What lies inside, if only in part, comes back as the same object.
    """
    parts = shapely.get_parts(geometry)
    moved = [_home(part) if may_be else part for part, may_be in zip(parts, _may_be_over(parts), strict=True)]
    if geometry.is_empty or all(new is old for new, old in zip(moved, parts, strict=True)):
        return geometry
    return type(geometry)(moved) if geometry.geom_type.startswith("Multi") else moved[0]


def _may_be_over(parts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(n,) False for parts, of many by far the most, that lie within -180..180 and are no wider than half of it."""
    left, _, right, _ = shapely.bounds(parts).reshape(-1, 4).T
    return ~((left >= -180.0) & (right <= 180.0) & (right - left <= 180.0))


def _home(part: BaseGeometry) -> BaseGeometry:
    left, _, right, _ = part.bounds
    if not (left >= 180.0 or right <= -180.0) or (left == right and abs(left) <= 180.0):
        return part
    if left == right:
        return _shifted(part, normalise_lon(left) - left)
    return _shifted(part, -360.0 * math.ceil(((left + right) / 2 - 180.0) / 360.0))


def in_one_piece(geometry: BaseGeometry) -> BaseGeometry:
    """The same places with each line and area in one piece: what leaps from one side of the antimeridian to the other
    runs on beyond it.

    A polygon that is taken at its word (`is_as_drawn`) and a ring around a pole stay as they are. What does not leap
    comes back as the same object.
    """
    parts = shapely.get_parts(geometry)
    joined = [_joined(part) if may_be else part for part, may_be in zip(parts, _may_be_over(parts), strict=True)]
    if geometry.is_empty or all(new is old for new, old in zip(joined, parts, strict=True)):
        return geometry
    return type(geometry)(joined) if geometry.geom_type.startswith("Multi") else joined[0]


def boxes_of(
    geometries: Sequence[BaseGeometry] | NDArray[np.object_], *, clockwise: bool = False
) -> NDArray[np.float64]:
    """Return (n, 4) left, bottom, right, top of the places where geometries are drawn.

    Geometries wider than half the Earth have a box for each part on the map; where too many are, each is as wide as the
    map. `clockwise` as in `split_geometry`.
    """
    shapes = np.array(geometries, dtype=object)
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    wide = boxes[:, 2] - boxes[:, 0] > 180.0
    if not wide.any():
        return np.asarray(boxes)
    if wide.sum() > _MOST_CUT:
        boxes[wide, 0], boxes[wide, 2] = -180.0, 180.0
        return np.asarray(boxes)
    parts = [shapely.bounds(shapely.get_parts(split_geometry(shape, clockwise=clockwise))) for shape in shapes[wide]]
    return np.concatenate([boxes[~wide], *parts])


def is_as_drawn(polygon: BaseGeometry, *, clockwise: bool = False) -> bool:
    """True where edges longer than 180 degrees are meant as drawn: a footprint of nearly the whole Earth, say.

    The corners of a box from -179 to 179 are those of a narrow one over the antimeridian. Which of the two is meant
    tells the way its ring goes round, as each turned round the other way would be the other's hole: RFC 7946 and OGC
    want areas to the left of it, shapefiles to the right (whose writers turn rings as they are drawn, so that there
    every such box is the wide one). That is believed only of edges along a parallel that lead
    there and back, within -180..180: any other long edge is of a shape, such as an island, drawn over the antimeridian.
    """
    ring = shapely.get_exterior_ring(polygon)
    places = shapely.get_coordinates(ring)
    if not len(places) or np.abs(places[:, 0]).max() > 180.0:
        return False
    dx, dy = np.diff(places, axis=0).T
    long = np.abs(dx) > 180.0
    back_and_forth = bool(long.any()) and np.sign(dx[long]).sum() == 0 and not dy[long].any()
    return bool(back_and_forth and shapely.is_ccw(ring) != clockwise)


def _joined(part: BaseGeometry) -> BaseGeometry:
    lons = shapely.get_coordinates(part)[:, 0]
    dimension = shapely.get_dimensions(part)
    if dimension == _POINT or lons.size == 0 or lons.max() - lons.min() <= 180.0 or np.abs(lons).max() > MAX_LON:
        return part
    rings = [shapely.get_coordinates(ring) for ring in (shapely.get_rings(part) if dimension == _POLYGON else [part])]
    leaps = np.concatenate([np.abs(np.diff(ring[:, 0])) for ring in rings])
    if not (leaps > 180.0).any() or (leaps >= 360.0).any():
        return part
    if dimension == _LINE:
        return shapely.LineString(_unwrapped(part))
    goes_round_a_pole = any(abs(np.diff(unwrap_longitudes(ring[:, 0])[[0, -1]])[0]) >= 180.0 for ring in rings)
    return part if goes_round_a_pole or is_as_drawn(part) else _unwrapped_polygon(part)


def _needs_cut(part: BaseGeometry, clockwise: bool) -> bool:
    lons = shapely.get_coordinates(part)[:, 0]
    if lons.size == 0 or np.abs(lons).max() > (MOST_TURNS_LON if shapely.get_dimensions(part) else MAX_LON):
        return False
    if lons.min() < -180.0 or lons.max() > 180.0:
        return True
    if shapely.get_dimensions(part) == _POINT or lons.max() - lons.min() <= 180.0:
        return False
    rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
    jumps = np.concatenate([np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])) for ring in rings])
    large = jumps[jumps > 180.0]
    if large.size == 0:
        return False
    if part.geom_type == "Polygon" and is_as_drawn(part, clockwise=clockwise):
        return False
    # From edge to edge (exactly 360) is how data already cut at the antimeridian runs along a pole or a parallel.
    return not (part.geom_type == "Polygon" and bool((large == 360.0).all()) and shapely.is_valid(part))


def _cut(part: BaseGeometry) -> list[BaseGeometry]:
    dimension = shapely.get_dimensions(part)
    if dimension == _POINT:
        return [shapely.transform(part, _with_normal_lon, include_z=part.has_z)]
    if dimension == _LINE:
        return cut_line(_unwrapped(part)) or [part]
    whole = _unwrapped_polygon(part)
    left, _, right, _ = whole.bounds
    pieces: list[BaseGeometry] = []
    for turn in range(math.floor((left + 180.0) / 360.0), math.ceil((right + 180.0) / 360.0)):
        west = -180.0 + 360.0 * turn
        # clip_by_rect, unlike an intersection, bears invalid polygons.
        clipped = shapely.clip_by_rect(whole, west, -90.0, west + 360.0, 90.0)
        kept = [piece for piece in shapely.get_parts(clipped) if shapely.get_dimensions(piece) == dimension]
        pieces += [_shifted(piece, -360.0 * turn) for piece in kept]
    return pieces or [part]


def _with_normal_lon(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
    coordinates = coordinates.copy()
    coordinates[:, 0] = [normalise_lon(lon) for lon in coordinates[:, 0]]
    return coordinates


def _unwrapped(line: BaseGeometry) -> NDArray[np.float64]:
    coordinates = shapely.get_coordinates(line, include_z=line.has_z)
    coordinates[:, 0] = unwrap_longitudes(coordinates[:, 0])
    return coordinates


def _unwrapped_polygon(polygon: BaseGeometry) -> BaseGeometry:
    shell, *holes = (_closed_ring(ring) for ring in shapely.get_rings(polygon))
    middle = (shell[:, 0].min() + shell[:, 0].max()) / 2
    for hole in holes:
        own_middle = (hole[:, 0].min() + hole[:, 0].max()) / 2
        hole[:, 0] += shift_near(own_middle, middle) - own_middle
    whole: BaseGeometry = shapely.Polygon(shell, holes)
    if any(np.ptp(hole[:, 0]) >= 360.0 for hole in holes):
        # A hole around the pole shares the edges of its shell: only a difference gives a sound polygon.
        whole = shapely.difference(shapely.Polygon(shell), shapely.union_all([shapely.Polygon(hole) for hole in holes]))
    return whole


def _closed_ring(ring: BaseGeometry) -> NDArray[np.float64]:
    """The unwrapped ring; one that goes round a pole runs from antimeridian to antimeridian and back over that pole."""
    coordinates = _unwrapped(ring)
    turn = coordinates[-1, 0] - coordinates[0, 0]
    if abs(turn) < 180.0:
        return coordinates
    if turn < 0:
        coordinates = coordinates[::-1]
    one_turn = np.array([360.0] + [0.0] * (coordinates.shape[1] - 1))
    start_lon = -180.0 + 360.0 * math.ceil((coordinates[0, 0] + 180.0) / 360.0)
    twice = np.concatenate([coordinates[:-1], coordinates + one_turn])
    first = int(np.argmax(twice[:, 0] >= start_lon))
    before, after = twice[max(first - 1, 0)], twice[first]
    share = (start_lon - before[0]) / (after[0] - before[0]) if first else 0.0
    edge = before + (after - before) * share
    edge[0] = start_lon
    poles = np.array([edge + one_turn, edge])
    poles[:, 1] = math.copysign(90.0, float(coordinates[:, 1].mean()))
    once = twice[first : first + len(coordinates) - 1]
    return np.concatenate([[edge], once, [edge + one_turn], poles, [edge]])


def _shifted(geometry: BaseGeometry, by: float) -> BaseGeometry:
    if by == 0.0:
        return geometry
    return shapely.transform(
        geometry, lambda c: c + np.array([by] + [0.0] * (c.shape[1] - 1)), include_z=geometry.has_z
    )


def _gathered(pieces: list[BaseGeometry], dimension: int) -> BaseGeometry:
    if len(pieces) == 1:
        return pieces[0]
    kind = {_POINT: shapely.MultiPoint, _LINE: shapely.MultiLineString, _POLYGON: shapely.MultiPolygon}[dimension]
    return kind(pieces)


_POLE = 90.0


def cut_line(line: NDArray[np.float64]) -> list[BaseGeometry]:
    """The pieces of a line in running longitudes (no step over 180), each inside -180..180 and -90..90.

    (n, 2) or (n, 3); heights are interpolated. Pieces come by turn from west to east, and in order along the line.
    Legs along an edge belong to neither side and are left out, as `shapely.clip_by_rect` has it, which would look at
    the whole line once a turn.
    """
    for pole in (-_POLE, _POLE):
        line = _with_points_at(line, 1, np.full(max(len(line) - 1, 0), pole))
    line = _with_points_at(line, 0, np.floor((np.minimum(line[1:, 0], line[:-1, 0]) + 180.0) / 360.0) * 360.0 + 180.0)
    (lon, lat), (next_lon, next_lat) = line[:-1, :2].T, line[1:, :2].T
    turn = np.floor(((lon + next_lon) / 2 + 180.0) / 360.0)
    on_edge = (lon == next_lon) & ((lon + 180.0) % 360.0 == 0.0)
    legs = np.flatnonzero(~on_edge & ~(np.abs(lat + next_lat) >= 2 * _POLE))
    if not legs.size:
        return []
    turn = turn[legs]
    begins = np.append(True, (np.diff(legs) > 1) | (turn[1:] != turn[:-1]))
    first = np.flatnonzero(begins)
    last = np.append(first[1:], legs.size) - 1
    piece = np.repeat(np.arange(first.size), last - first + 2)
    vertices = line[np.insert(legs, last + 1, legs[last] + 1)]
    vertices[:, 0] -= 360.0 * turn[first][piece]
    pieces = shapely.linestrings(vertices, indices=piece)
    return list(pieces[np.argsort(turn[first], kind="stable")])


def _with_points_at(line: NDArray[np.float64], axis: int, level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Insert a point on every leg that crosses its level; `level` has a value a leg."""
    before, after = line[:-1], line[1:]
    low, high = np.minimum(before[:, axis], after[:, axis]), np.maximum(before[:, axis], after[:, axis])
    legs = np.flatnonzero((low < level) & (level < high))
    share = (level[legs] - before[legs, axis]) / (after[legs, axis] - before[legs, axis])
    new = before[legs] + (after[legs] - before[legs]) * share[:, None]
    new[:, axis] = level[legs]
    return np.insert(line, legs + 1, new, axis=0)
