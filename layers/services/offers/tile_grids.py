"""Grids of tiles as servers declare them, mended: corners the wrong way round, denominators of another pixel size or
rounded, levels without one.

The corner of a matrix must be the upper left of its box: of the ways to read it, the one is taken whose box meets the
place that the grid is for. Resolutions within a millionth of a well-known one, and those of matrices that go round the
whole world, become exact: a seam would show at deep levels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import BadCRS, BadTemplate, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84, is_geographic, parse_crs, transform_bounds
from layers.phrase import Phrase
from layers.services.tile_matrix import MOST_MATRICES, MOST_TILES_A_SIDE, TileMatrix, TileMatrixSet

PIXEL_M = 0.00028
"""Width of a pixel of which the standard reckons scale denominators, in metres."""
PIXEL_M_96_DPI = 0.0254 / 96
_SNAP = 1e-6
_FINEST = 1e-9
"""Least resolution in units of a CRS that can be one of a map."""
_NEARLY = 1e-4
"""Share of the world's width by which a matrix round the whole world may miss it as declared, before it is mended."""
_SLIVER = 1e-4
"""Share of a tile for which no further column or row is reckoned."""
_CLEARLY = 0.2
"""Least lead, in shares of a box that is met, of another reading of a corner over the regular one."""
_TELLING_TILES = 64
"""Least number of tiles a side that tells one size of pixels from the other."""
_WORLD = Bounds(-180.0, -90.0, 180.0, 90.0)


class DeclaredMatrix(Struct, frozen=True):
    """A level as a server declares it. `corner` are two numbers in the order of the document; `denominator` is a scale,
    None where it is missing.
    """

    identifier: str
    corner: tuple[float, float]
    denominator: float | None
    columns: int
    rows: int
    tile_width: int = 256
    tile_height: int = 256


class MendedGrid(Struct, frozen=True):
    """A grid, or None where nothing of it can be used, and what was mended or is wrong."""

    grid: TileMatrixSet | None
    problems: tuple[Phrase, ...] = ()


def mended_grid(
    name: str,
    crs: str,
    declared: Sequence[DeclaredMatrix],
    box: Bounds | None = None,
    place: Bounds | None = None,
    north_first: bool = False,
) -> MendedGrid:
    """The grid of these levels, coarse to fine.

    `box` are the bounds that the document gives to the grid and `place` those of its layers, in x, y of the CRS;
    `north_first` is True where the document's corners should have north before east.
    """
    problems: list[Phrase] = []
    levels = _with_denominators(name, declared, problems)
    unit_m = metres_of_unit(crs)
    if not levels or not unit_m:
        return MendedGrid(None, (*problems, Phrase("The grid of tiles {name} has no levels to use.", name=name)))
    places = [bounds for bounds in (box, place, _area_of(crs)) if bounds is not None]
    pixel_m = _pixel_m(crs, levels, unit_m, box)
    if pixel_m != PIXEL_M:
        problems.append(Phrase("The scales of the grid {name} are for 96 dpi: they are converted.", name=name))
    matrices, readings = [], set()
    for level in levels:
        matrix, reading = _placed(crs, level, float(level.denominator or 0) * pixel_m / unit_m, places, north_first)
        if matrix.is_sound():
            matrices.append(snapped(crs, matrix))
            readings.add(reading)
        else:
            problems.append(
                Phrase("Level {level} of the grid {name} makes no sense: left out.", level=level.identifier, name=name)
            )
    if any(reading in readings for reading in ("swapped", "swapped and flipped")):
        problems.append(Phrase("Corners of the grid {name} have x and y swapped: they are turned round.", name=name))
    if any(reading in readings for reading in ("flipped", "swapped and flipped")):
        problems.append(
            Phrase("Corners of the grid {name} are the lower left ones: the upper left are reckoned.", name=name)
        )
    return _grid(name, crs, matrices, problems)


def _grid(name: str, crs: str, matrices: list[TileMatrix], problems: list[Phrase]) -> MendedGrid:
    ordered: list[TileMatrix] = []
    for matrix in sorted(matrices, key=lambda matrix: -matrix.resolution):
        if ordered and matrix.resolution >= ordered[-1].resolution:
            problems.append(
                Phrase(
                    "Level {level} of the grid {name} repeats another: left out.", level=matrix.identifier, name=name
                )
            )
        else:
            ordered.append(matrix)
    try:
        grid = TileMatrixSet(crs, tuple(ordered[-MOST_MATRICES:]), turn_of(crs))
    except BadTemplate:
        return MendedGrid(None, (*problems, Phrase("The grid of tiles {name} has no levels to use.", name=name)))
    return MendedGrid(grid, tuple(problems))


@lru_cache(maxsize=256)
def metres_of_unit(crs: str) -> float:
    """Metres in a unit of the CRS, a degree along the equator of its body; 0 where that is not known."""
    try:
        known = parse_crs(crs)
        factor = float(known.axis_info[0].unit_conversion_factor) if known.axis_info else 0.0
        if known.is_geographic:
            return factor * float(known.ellipsoid.semi_major_metre) if known.ellipsoid else 0.0
    except BadCRS:
        return 0.0
    return factor


def turn_of(crs: str) -> float:
    """Width of the whole world in units of the CRS, where columns run on past the antimeridian; else 0."""
    if crs == WEB_MERCATOR:
        return 2 * MERCATOR_HALF_M
    return 360.0 if is_geographic(crs) and abs(_degrees(crs) - 1) < 1e-9 else 0.0


def zoom_levels(grid: TileMatrixSet) -> tuple[int, int]:
    """Least and most level of a grid: as levels of zoom where it halves the world, else as indices of its matrices."""
    turn = grid.turn
    grid_is_wide = grid.crs != WEB_MERCATOR  # two tiles of level 0 side by side
    zooms = [
        math.log2(turn) - math.log2(matrix.resolution) - math.log2(matrix.tile_width) - grid_is_wide
        for matrix in (grid.matrices if turn else ())
    ]
    rounded = [round(zoom) for zoom in zooms]
    if not zooms or rounded[0] < 0 or any(abs(zoom - near) > 0.01 for zoom, near in zip(zooms, rounded, strict=True)):
        return 0, len(grid.matrices) - 1
    return rounded[0], rounded[-1]


def tiles_along(length: float, tile: float) -> int:
    """Number of tiles, one at least, that cover a length but for a sliver; 0 where that makes no sense."""
    count = length / tile - _SLIVER if tile > 0 else math.inf
    return max(1, math.ceil(count)) if abs(count) < MOST_TILES_A_SIDE else 0


def limited_to(grid: TileMatrixSet, box: Bounds) -> TileMatrixSet:
    """The grid with limits to the tiles that touch a box in its CRS; as it is where the box lies elsewhere, or crosses
    the antimeridian.
    """
    if grid.turn and max(abs(box.left), abs(box.right)) > grid.turn / 2 * (1 + _SNAP):
        return grid
    matrices = []
    for matrix in grid.matrices:
        width, height = matrix.tile_width * matrix.resolution, matrix.tile_height * matrix.resolution
        common = matrix.bounds.intersection(box)
        if common is None or common.width <= 0 or common.height <= 0:
            return grid
        limits = (
            math.floor((common.left - matrix.left) / width + _SNAP),
            math.ceil((common.right - matrix.left) / width - _SNAP) - 1,
            math.floor((matrix.top - common.top) / height + _SNAP),
            math.ceil((matrix.top - common.bottom) / height - _SNAP) - 1,
        )
        is_whole = limits == (0, matrix.columns - 1, 0, matrix.rows - 1)
        matrices.append(matrix if is_whole else replace(matrix, limits=limits))
    return replace(grid, matrices=tuple(matrices))


def _degrees(crs: str) -> float:
    """Degrees in a unit of a geographic CRS."""
    axes = parse_crs(crs).axis_info
    return math.degrees(float(axes[0].unit_conversion_factor)) if axes else 0.0


def _with_denominators(name: str, declared: Sequence[DeclaredMatrix], problems: list[Phrase]) -> list[DeclaredMatrix]:
    """The levels, each with a denominator: half of the one above where it is missing."""
    known = [level.denominator for level in declared if level.denominator]
    if not known:
        return []
    step = 2.0 if len(known) > 1 and known[0] < known[-1] else 0.5
    levels: list[DeclaredMatrix] = []
    first = next(at for at, level in enumerate(declared) if level.denominator)
    last = float(declared[first].denominator or 0) / step ** (first + 1)
    for level in declared:
        if not level.denominator:
            problems.append(
                Phrase(
                    "Level {level} of the grid {name} has no scale: half of the level above is taken.",
                    level=level.identifier,
                    name=name,
                )
            )
        last = level.denominator or last * step
        levels.append(replace(level, denominator=last))
    return levels


@lru_cache(maxsize=64)
def _area_of(crs: str) -> Bounds | None:
    """The area in which the CRS is used, in its own units; None where that is not known."""
    try:
        known = parse_crs(crs)
        if known.is_geographic:
            return _WORLD
        area = known.area_of_use
        if area is None:
            return None
        east = area.east + 360 if area.east < area.west else area.east
        return transform_bounds(WGS84, crs, Bounds(area.west, area.south, east, area.north))
    except (BadCRS, CannotBePlaced):
        return None


def _world_width(crs: str, left: float) -> float:
    """Width of a matrix from `left` that goes round the world, or fills a square about the origin; 0 for neither."""
    turn = turn_of(crs)
    if turn:
        return turn if abs(left + turn / 2) <= _NEARLY * turn else 0.0
    return -2 * left if left < 0 else 0.0


def _pixel_m(crs: str, levels: Sequence[DeclaredMatrix], unit_m: float, box: Bounds | None) -> float:
    """The size of a pixel from which the denominators were reckoned: the standard's, where nothing speaks for another
    alone.
    """
    fits = [_fits(crs, levels, pixel_m / unit_m, box) for pixel_m in (PIXEL_M, PIXEL_M_96_DPI)]
    return PIXEL_M_96_DPI if fits == [False, True] else PIXEL_M


def _fits(crs: str, levels: Sequence[DeclaredMatrix], units_a_scale: float, box: Bounds | None) -> bool:
    """True where a level has a well-known resolution, goes exactly round the world or its square, or has the tiles that
    the set's own box needs; and where all resolutions are round numbers.
    """
    finest = min(levels, key=lambda level: level.denominator or 0)
    are_round = True
    for level in levels:
        resolution = float(level.denominator or 0) * units_a_scale
        are_round &= abs(resolution - float(f"{resolution:.4g}")) <= _SNAP * resolution
        if well_known(crs, resolution, _NEARLY) is not None:
            return True
        width, height = resolution * level.tile_width * level.columns, resolution * level.tile_height * level.rows
        wholes = [whole for whole in (_world_width(crs, number) for number in level.corner) if whole]
        if level.columns > 1 and any(abs(width - whole) <= _NEARLY * whole for whole in wholes):
            return True
        is_telling = level is finest and max(level.columns, level.rows) >= _TELLING_TILES
        if is_telling and box is not None:
            are_round |= _fills(width, level.columns, box.width) and _fills(height, level.rows, box.height)
    return are_round


def _fills(side: float, count: int, wanted: float) -> bool:
    """True where `count` tiles are as many as the wanted side needs."""
    return side * (1 + _SNAP) >= wanted > side * (count - 1) / count


def well_known(crs: str, resolution: float, tolerance: float) -> float | None:
    """The resolution of the well-known sets of the world that is as good as this one."""
    turn = turn_of(crs)
    if not turn or not _FINEST < resolution < turn:
        return None
    whole = turn / 256
    exact = whole / 2.0 ** round(math.log2(whole / resolution))
    return exact if abs(resolution - exact) <= tolerance * exact else None


def snapped(crs: str, matrix: TileMatrix) -> TileMatrix:
    """The matrix with the exact numbers of a well-known set, where it is as good as one of them."""
    turn = turn_of(crs)
    if not turn or not matrix.is_sound():
        return matrix
    half = turn / 2
    edges = (half, half / 2) if crs != WEB_MERCATOR else (half,)
    left = -half if abs(matrix.left + half) <= _SNAP * half else matrix.left
    top = next((edge for edge in edges if abs(matrix.top - edge) <= _SNAP * half), matrix.top)
    resolution = well_known(crs, matrix.resolution, _SNAP)
    span = turn / (matrix.columns * matrix.tile_width)
    if resolution is None and left == -half and abs(span - matrix.resolution) <= _NEARLY * span:
        resolution = span
    return replace(matrix, left=left, top=top, resolution=resolution or matrix.resolution)


def _placed(
    crs: str, level: DeclaredMatrix, resolution: float, places: Sequence[Bounds], north_first: bool
) -> tuple[TileMatrix, str]:
    """The matrix of a level by the reading of its corner whose box meets the place, and a word for that reading."""
    height = level.rows * level.tile_height * resolution
    x, y = level.corner[::-1] if north_first else level.corner
    readings = {
        "": (x, y),
        "swapped": (y, x),
        "flipped": (x, y + height),
        "swapped and flipped": (y, x + height),
    }
    matrices = {
        reading: TileMatrix(
            level.identifier,
            left,
            top,
            resolution,
            level.columns,
            level.rows,
            level.tile_width,
            level.tile_height,
        )
        for reading, (left, top) in readings.items()
    }
    if not places or not matrices[""].is_sound():
        return matrices[""], ""
    met = {reading: _met(matrix.bounds, places) for reading, matrix in matrices.items()}
    best = max(met, key=lambda reading: met[reading])  # of equal ones the first
    if met[best] < met[""] + _CLEARLY:
        best = ""
    return matrices[best], best


def _met(box: Bounds, places: Sequence[Bounds]) -> float:
    """The share, of the smaller one of a box and a place, that both have in common; the mean of all places."""
    shares = []
    for place in places:
        common = box.intersection(place)
        least = min(box.width * box.height, place.width * place.height)
        shares.append(common.width * common.height / least if common is not None and least > 0 else 0.0)
    return sum(shares) / len(shares)
