"""Plans of offline packs: which tiles of a service show an area, as they are numbered in MBTiles, and how much that is.

MBTiles holds the Web Mercator quadtree alone: zoom `z` has 2**z tiles a side. The levels of a service fit where theirs
are tiles of it, whatever their identifiers and wherever their matrices begin.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from layers.errors import InvalidValue, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, MERCATOR_MAX_LAT, WEB_MERCATOR, same_crs
from layers.phrase import Phrase
from layers.services.tile_matrix import TileMatrix
from layers.services.tile_service import TileService
from layers.text.counted import counted, grouped, size_words

SIDES_PX = 256, 512
"""Widths of tiles that MBTiles holds."""
MOST_AREAS = 100
"""Most areas of one plan: more are taken together as their bounds."""
MOST_TILES = 1_000_000
"""Most tiles of one pack: more is a copy of the service, not of an area."""
JPEG_BYTES, PNG_BYTES = 18_000, 45_000
"""Usual bytes of a tile of 256 pixels of imagery."""
TILES_A_SECOND = 4.0
"""Tiles that one connection usually gets in a second from a server far away."""
_FITS = 1e-6
"""Share of a tile, or of a level, by which a grid may miss the quadtree."""


class PackLevel(NamedTuple):
    """A level of a service that MBTiles can hold: its tile (column, row) is (column + left, row + top) of the zoom."""

    level: int
    """Index into the service's matrices."""
    zoom: int
    left: int
    top: int

    def metres_per_px(self, lat: float, tile_px: int) -> float:
        """Metres of ground that a pixel is wide at a latitude."""
        lat = max(-MERCATOR_MAX_LAT, min(MERCATOR_MAX_LAT, lat))
        return 2 * MERCATOR_HALF_M / (tile_px * 2**self.zoom) * math.cos(math.radians(lat))


class PackColumn(NamedTuple):
    """Tiles below each other: of one level, in one column, from `first` to `last` row, as the quadtree numbers them."""

    level: PackLevel
    column: int
    first: int
    last: int


class PackTile(NamedTuple):
    """A tile of a pack, as the quadtree numbers it: rows from the north."""

    zoom: int
    column: int
    row: int


class _Block(NamedTuple):
    """Columns, as ranges with both ends included, in rows from `first` to `last`."""

    columns: tuple[tuple[int, int], ...]
    first: int
    last: int

    @property
    def tiles(self) -> int:
        return (self.last - self.first + 1) * sum(last - first + 1 for first, last in self.columns)


class PackEstimate(Struct, frozen=True):
    """Tiles of a plan, with the bytes and the time that they usually take."""

    tiles: int
    size_bytes: int
    seconds: float

    @property
    def words(self) -> Phrase:
        return Phrase(
            "{tiles}, about {size}, about {time}",
            tiles=counted(self.tiles, "tile"),
            size=size_words(self.size_bytes),
            time=time_words(self.seconds),
        )


class PackPlan(Struct, frozen=True):
    """The tiles of `levels` that show any of `areas` (in longitude and latitude; east of 180 or west > east: across the
    antimeridian), as far as the service has tiles there.
    """

    areas: tuple[Bounds, ...]
    levels: tuple[PackLevel, ...]
    service: TileService

    @property
    def bounds(self) -> Bounds:
        """Bounds of all areas, whose east may be beyond 180."""
        bounds = self.areas[0]
        for area in self.areas[1:]:
            bounds = bounds.union(area)
        return bounds

    @property
    def zooms(self) -> tuple[int, int]:
        """The first and the last zoom."""
        return self.levels[0].zoom, self.levels[-1].zoom

    def count(self) -> int:
        """Number of tiles, without a look at each."""
        return sum(block.tiles for level in self.levels for block in self._blocks(level))

    def columns(self) -> Iterator[PackColumn]:
        """All tiles, column by column, the coarsest level first."""
        for level in self.levels:
            for block in self._blocks(level):
                for first, last in block.columns:
                    for column in range(first, last + 1):
                        yield PackColumn(level, column, block.first, block.last)

    def estimate(self, have: int = 0, bytes_a_tile: float = 0.0, tiles_a_second: float = 0.0) -> PackEstimate:
        """The rest of the plan where `have` of its tiles are there; by what was measured, where anything was."""
        tiles = max(self.count() - have, 0)
        size = tiles * (bytes_a_tile or usual_bytes(self.service))
        rate = tiles_a_second or TILES_A_SECOND * self.service.max_connections
        return PackEstimate(tiles, round(size), tiles / rate)

    def check(self) -> None:
        """Raise InvalidValue where the plan has no tile, or too many."""
        count = self.count()
        if not count:
            raise InvalidValue("{title} has no tile in this area.", title=self.service.title or Phrase("The service"))
        if count > MOST_TILES:
            raise InvalidValue(
                "That would be {count} tiles, and a pack holds {most} at most: choose a smaller area, or end at a "
                "coarser level.",
                count=grouped(count),
                most=grouped(MOST_TILES),
            )

    def _blocks(self, level: PackLevel) -> list[_Block]:
        side = 2**level.zoom
        matrix = self.service.matrices.matrices[level.level]
        walls = [_served(matrix, level, side)]
        if self.service.bounds is not None and self.service.bounds.is_finite():
            walls.append(_block_of(self.service.bounds, side))
        blocks = [_block_of(area, side) for area in self.areas]
        for wall in walls:
            blocks = [shared for block in blocks if (shared := _shared(block, wall)) is not None]
        return _apart(blocks)


def plan_pack(service: TileService, areas: Iterable[Bounds], zooms: tuple[int, int]) -> PackPlan:
    """The plan of a pack of the zooms from the first to the last.

    Raises UnsupportedFormat where the service's grid fits no MBTiles, and InvalidValue for an area or levels that are
    none.
    """
    levels = tuple(level for level in pack_levels(service) if zooms[0] <= level.zoom <= zooms[1])
    if not levels:
        least, most = (level.zoom for level in (pack_levels(service)[0], pack_levels(service)[-1]))
        raise InvalidValue(
            "{title} has the levels {least} to {most}: choose some of these.",
            title=service.title or Phrase("The service"),
            least=least,
            most=most,
        )
    boxes = [_checked(area) for area in areas]
    if not boxes:
        raise InvalidValue("A pack needs an area: give its bounds.")
    if len(boxes) > MOST_AREAS:
        whole = boxes[0]
        for box in boxes[1:]:
            whole = whole.union(box)
        boxes = [whole]
    return PackPlan(tuple(boxes), levels, service)


def pack_levels(service: TileService) -> tuple[PackLevel, ...]:
    """The levels of a service that MBTiles can hold, the coarsest first. Raises UnsupportedFormat where none fits."""
    levels: list[PackLevel] = []
    if same_crs(service.crs, WEB_MERCATOR):
        matrices = service.matrices.matrices
        for level in range(service.min_level, service.max_level + 1):
            fitted = _fitted(level, matrices[level])
            if fitted is not None and matrices[level].tile_width == tile_px_of(service, levels):
                levels.append(fitted)
    if not levels:
        raise UnsupportedFormat(
            "The tiles of {title} lie on a grid of {crs} that an MBTiles pack cannot hold: take its Web Mercator "
            "grid where it offers one.",
            title=service.title or Phrase("the service"),
            crs=service.crs,
        )
    return tuple(levels)


def tile_px_of(service: TileService, levels: Iterable[PackLevel] = ()) -> int:
    """Width of the tiles of a pack: that of the first of its levels, else of the first that fits."""
    matrices = service.matrices.matrices
    for chosen in levels:
        return matrices[chosen.level].tile_width
    for level in range(service.min_level, service.max_level + 1):
        if _fitted(level, matrices[level]) is not None:
            return matrices[level].tile_width
    return 0


def usual_bytes(service: TileService) -> int:
    """Bytes of a tile as the ending of its address lets expect."""
    text = service.template.lower()
    at_256 = JPEG_BYTES if any(word in text for word in (".jp", "jpeg", "jpg", "webp")) else PNG_BYTES
    matrix = service.matrices.matrices[service.max_level]
    return round(at_256 * matrix.tile_width * matrix.tile_height / 256**2)


def time_words(seconds: float) -> Phrase:
    """A time in words, rounded up: 40 seconds, 5 minutes, 3 hours, 2 days."""
    if seconds <= 90:
        return counted(max(1, math.ceil(seconds)), "second")
    if seconds <= 90 * 60:
        return counted(math.ceil(seconds / 60), "minute")
    if seconds <= 48 * 3600:
        return counted(math.ceil(seconds / 3600), "hour")
    return counted(math.ceil(seconds / 86400), "day")


def _checked(area: Bounds) -> Bounds:
    """The area with its east beyond its west. Raises InvalidValue for bounds that are none."""
    west, south, east, north = area
    if east < west:
        east += 360
    is_area = -180 <= west <= 180 and west <= east <= west + 360 and -90 <= south <= north <= 90
    if not (area.is_finite() and is_area):
        raise InvalidValue("These bounds are no area: give west, south, east and north in degrees, south below north.")
    if south > MERCATOR_MAX_LAT or north < -MERCATOR_MAX_LAT:
        raise InvalidValue("Web Mercator ends at 85 degrees north and south: the area lies beyond.")
    return Bounds(west, south, east, north)


def _fitted(level: int, matrix: TileMatrix) -> PackLevel | None:
    """The level as part of the quadtree; None where it is no part of it."""
    if matrix.tile_width != matrix.tile_height or matrix.tile_width not in SIDES_PX:
        return None
    span = matrix.tile_width * matrix.resolution
    sides = 2 * MERCATOR_HALF_M / span
    zoom = round(math.log2(sides))
    left, top = (matrix.left + MERCATOR_HALF_M) / span, (MERCATOR_HALF_M - matrix.top) / span
    is_near = abs(sides / 2**zoom - 1) * max(matrix.columns, matrix.rows) < 1e-2 and all(
        abs(edge - round(edge)) < max(_FITS, 1e-9 * sides) for edge in (left, top)
    )
    return PackLevel(level, zoom, round(left), round(top)) if is_near and 0 <= zoom <= 30 else None


def _block_of(area: Bounds, side: int) -> _Block:
    """The tiles of a zoom of `side` tiles a side that show any of an area; of an edge that is shared, one side's."""
    west, south, east, north = area
    first_row, last_row = _rows(north, south, side)
    if east < west:
        east += 360
    if east - west >= 360:
        return _Block(((0, side - 1),), first_row, last_row)
    first, last = math.floor((west + 180) / 360 * side + _FITS), math.ceil((east + 180) / 360 * side - _FITS) - 1
    last = max(last, first)
    if last - first + 1 >= side:
        return _Block(((0, side - 1),), first_row, last_row)
    first, last = first % side, last % side
    columns = ((first, last),) if first <= last else ((0, last), (first, side - 1))
    return _Block(columns, first_row, last_row)


def _rows(north: float, south: float, side: int) -> tuple[int, int]:
    top, bottom = (_down(lat) * side for lat in (north, south))
    first = min(max(math.floor(top + _FITS), 0), side - 1)
    return first, min(max(math.ceil(bottom - _FITS) - 1, first), side - 1)


def _down(lat: float) -> float:
    """Share of the world's height, from the north, at which a latitude lies."""
    lat = max(-MERCATOR_MAX_LAT, min(MERCATOR_MAX_LAT, lat))
    return 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)


def _served(matrix: TileMatrix, level: PackLevel, side: int) -> _Block:
    """The tiles of a zoom that the service has, as its matrix says."""
    first_column, last_column, first_row, last_row = matrix.tile_range
    left, right = max(first_column + level.left, 0), min(last_column + level.left, side - 1)
    top, bottom = max(first_row + level.top, 0), min(last_row + level.top, side - 1)
    return _Block(((left, right),) if left <= right else (), top, bottom)


def _shared(block: _Block, wall: _Block) -> _Block | None:
    """The tiles that are in both; None for none."""
    pairs = [(max(a, c), min(b, d)) for a, b in block.columns for c, d in wall.columns]
    columns = tuple(sorted(pair for pair in pairs if pair[0] <= pair[1]))
    first, last = max(block.first, wall.first), min(block.last, wall.last)
    return _Block(columns, first, last) if columns and first <= last else None


def _apart(blocks: list[_Block]) -> list[_Block]:
    """The same tiles, each in one block only, from the north down."""
    if len(blocks) <= 1:
        return blocks
    edges = sorted({edge for block in blocks for edge in (block.first, block.last + 1)})
    apart = []
    for first, end in pairwise(edges):
        here = sorted(pair for block in blocks if block.first <= first <= block.last for pair in block.columns)
        merged: list[tuple[int, int]] = []
        for low, high in here:
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(merged[-1][1], high)
            else:
                merged.append((low, high))
        if merged:
            apart.append(_Block(tuple(merged), first, end - 1))
    return apart
