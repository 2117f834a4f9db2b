"""Maps canvas pixels to source pixels: few points exactly, the rest interpolated between them, checked at midpoints."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.crs import MERCATOR_HALF_M, MERCATOR_MAX_LAT, WEB_MERCATOR, is_geographic, same_crs, transform_points
from layers.grid.tile_grid import Affine
from layers.readers.raster.warp import Warp

MAX_ERROR_PX = 0.125
PLANE_ERROR_PX = 1 / 32
"""Distance to a plane, in pixels, below which a tile is mapped by a plane: where two tiles meet no step shows."""
_FIRST_STEPS = 4
_LAST_STEPS = 64

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
ValueSpan = tuple[float, float]


class Target(Struct, frozen=True):
    """The pixels to fill: size, pixel to world, and the CRS of that world."""

    crs: str
    affine: Affine
    width: int
    height: int


class PixelFrame(Struct, frozen=True):
    """The source's pixels: full-resolution size, pixel to world, CRS ("" on a canvas without one).

    With a `warp`, which places the pixels, `affine` is only roughly right.
    """

    crs: str
    affine: Affine
    width: int
    height: int
    warp: Warp | None = None

    @property
    def period(self) -> float:
        """World units after which x comes round again (0: never)."""
        if not self.crs:
            return 0.0
        if is_geographic(self.crs):
            return 360.0
        return 2 * MERCATOR_HALF_M if same_crs(self.crs, WEB_MERCATOR) else 0.0

    @property
    def is_upright(self) -> bool:
        return self.affine.b == 0.0 and self.affine.d == 0.0 and self.warp is None

    @property
    def is_round_the_world(self) -> bool:
        """True when the left edge continues the right edge."""
        gap = abs(self.width * self.affine.a) - self.period
        return self.period > 0 and self.is_upright and abs(gap) < abs(self.affine.a) / 2

    def pixels_at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixel positions of world positions."""
        if self.warp is not None:
            return self.warp.pixels(x, y)
        a, b, c, d, e, f = self.affine.inverse()
        return a * x + b * y + c, d * x + e * y + f


class Mapping(Struct, frozen=True, eq=False):
    """Source position of each target pixel's centre, in full-resolution pixels; nan where there is none.

    `x`, `y` stand at the nodes of a lattice over the target's edges, (rows + 1, cols + 1), with four nodes on a plane,
    or, where a lattice would not be exact enough, at every pixel's centre (`is_dense`). Pixel edges are whole numbers.
    `scale` is how many source pixels a target pixel spans.
    """

    x: Floats
    y: Floats
    shape: tuple[int, int]
    scale: float
    is_dense: bool = False

    def lies_within(self, frame: PixelFrame) -> bool:
        """True where the source has pixels everywhere."""
        ranges = ((self.x, frame.width), (self.y, frame.height))
        return all(values.min() >= 0 and values.max() <= size for values, size in ranges)

    def reach(self, frame: PixelFrame) -> tuple[ValueSpan, ValueSpan] | None:
        """The columns and the rows of the source that the target needs; None where it lies beside the source."""
        x, y = self.x, self.y
        if self.is_dense:
            inside = (x >= 0) & (x <= frame.width) & (y >= 0) & (y <= frame.height)
            x, y = x[inside], y[inside]
            if not x.size:
                return None
        cols = max(float(x.min()), 0.0), min(float(x.max()), float(frame.width))
        rows = max(float(y.min()), 0.0), min(float(y.max()), float(frame.height))
        return None if cols[0] > cols[1] or rows[0] > rows[1] else (cols, rows)

    def in_window(self, scale: tuple[float, float], shift: tuple[float, float]) -> tuple[Singles, Singles]:
        """The same in the pixels of a window: scaled, then moved. The numbers are small then: 32 bits hold them."""
        x = (self.x * scale[0] + shift[0]).astype(np.float32)
        y = (self.y * scale[1] + shift[1]).astype(np.float32)
        if self.is_dense:
            return x, y
        return _bilinear(x, self.shape), _bilinear(y, self.shape)


def map_pixels(target: Target, frame: PixelFrame) -> Mapping:
    """The mapping of all of `target`, at most 1/8 pixel off."""
    return _known(target, frame) if frame.warp is None else _worked_out(target, frame)


@lru_cache(maxsize=8)
def _known(target: Target, frame: PixelFrame) -> Mapping:
    """Bands of a scene that lie in files of their own are read for the same pixels, one after the other."""
    return _worked_out(target, frame)


def _worked_out(target: Target, frame: PixelFrame) -> Mapping:
    steps = _FIRST_STEPS
    while steps <= min(_LAST_STEPS, max(target.width, target.height) // 2):
        mapping = _interpolated(target, frame, steps)
        if mapping is not None:
            return mapping
        steps *= 2
    x, y = _exact(target, frame, *_centres(target))
    return Mapping(x, y, (target.height, target.width), _scale(x, y), is_dense=True)


def _interpolated(target: Target, frame: PixelFrame, steps: int) -> Mapping | None:
    """The mapping from a plane, or from a grid of `steps` cells a side where it is bent.

    None where the grid is too coarse or a point has no place.
    """
    fine_x, fine_y = _exact(target, frame, *_lattice(target.width, target.height, 2 * steps))
    if not np.isfinite(fine_x).all():
        return None
    nodes_x, nodes_y = fine_x[::2, ::2], fine_y[::2, ::2]
    cell_w, cell_h = target.width / steps, target.height / steps
    scale = _scale(nodes_x, nodes_y, cell_w, cell_h)
    planes = [_plane(fine, PLANE_ERROR_PX * scale) for fine in (fine_x, fine_y)]
    if planes[0] is not None and planes[1] is not None:
        return Mapping(planes[0], planes[1], (target.height, target.width), scale)
    off = max(_midpoint_error(fine_x), _midpoint_error(fine_y))
    if off > MAX_ERROR_PX * scale:
        return None
    return Mapping(nodes_x, nodes_y, (target.height, target.width), scale)


def _exact(target: Target, frame: PixelFrame, px: Floats, py: Floats) -> tuple[Floats, Floats]:
    """Source positions of target positions, each near the raster; nan beyond the world."""
    a, b, c, d, e, f = target.affine
    x, y = a * px + b * py + c, d * px + e * py + f
    if target.crs or frame.crs:
        x, y = transform_points(target.crs, frame.crs, x, y)
    if frame.period:
        if frame.is_round_the_world:
            # A world is shown once, not side by side for ever.
            half = frame.period / 2 * (1 + 1e-9)
            beyond = np.abs(x) > half
            if same_crs(target.crs, WEB_MERCATOR) and is_geographic(frame.crs):
                beyond |= np.abs(y) > MERCATOR_MAX_LAT + 1e-6
            x = np.where(beyond, np.nan, x)
        middle, _ = frame.affine.apply(frame.width / 2, frame.height / 2)
        x = x - frame.period * np.round((x - middle) / frame.period)
    return frame.pixels_at(x, y)


def _plane(fine: Floats, tolerance: float) -> Floats | None:
    """The corners (2, 2) of the plane nearest to a square lattice, None where a node is further from it."""
    across = np.linspace(-1.0, 1.0, len(fine))
    weights = across / ((across * across).sum() * len(fine))
    middle, right, down = fine.mean(), (fine * weights).sum(), (fine * weights[:, None]).sum()
    off = np.abs(fine - (middle + right * across + down * across[:, None])).max()
    if off > tolerance:
        return None
    return np.array([[middle - right - down, middle + right - down], [middle - right + down, middle + right + down]])


def _midpoint_error(fine: Floats) -> float:
    """The largest distance between the grid's bilinear surface and exact positions at middles of edges and cells.

    It is huge where the grid crosses the meridian at which the raster's x starts again.
    """
    nodes = fine[::2, ::2]
    across = (nodes[:, :-1] + nodes[:, 1:]) / 2
    down = (nodes[:-1] + nodes[1:]) / 2
    centre = (across[:-1] + across[1:]) / 2
    pairs = ((across, fine[::2, 1::2]), (down, fine[1::2, ::2]), (centre, fine[1::2, 1::2]))
    return max(float(np.abs(guess - exact).max()) for guess, exact in pairs)


def _scale(x: Floats, y: Floats, step_x: float = 1.0, step_y: float = 1.0) -> float:
    """Source pixels a target pixel: the median root of the area, over steps of (step_x, step_y) target pixels."""
    if x.shape[0] < 2 or x.shape[1] < 2:
        return 1.0
    ux, uy = np.diff(x, axis=1)[:-1] / step_x, np.diff(y, axis=1)[:-1] / step_x
    vx, vy = np.diff(x, axis=0)[:, :-1] / step_y, np.diff(y, axis=0)[:, :-1] / step_y
    areas = np.abs(ux * vy - uy * vx)
    areas = areas[np.isfinite(areas)]
    return float(np.sqrt(np.median(areas))) if areas.size else 1.0


@lru_cache(maxsize=16)
def _lattice(width: int, height: int, steps: int) -> tuple[Floats, Floats]:
    """The nodes of `steps` cells a side, in target pixels."""
    x, y = np.meshgrid(np.linspace(0, width, steps + 1), np.linspace(0, height, steps + 1))
    return x, y


def _centres(target: Target) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.arange(target.width) + 0.5, np.arange(target.height) + 0.5)
    return x, y


def _bilinear(nodes: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """The nodes' surface at pixel centres. Not by matrix products: BLAS would wake threads for such small ones."""
    if nodes.shape == (2, 2):
        (corner, right), (below, _) = nodes.tolist()
        down = (below - corner) * _positions(shape[0], 1)[1] + corner
        across = (right - corner) * _positions(shape[1], 1)[1]
        return down.astype(nodes.dtype)[:, None] + across.astype(nodes.dtype)
    node, share = _positions(shape[0], nodes.shape[0] - 1)
    rows = nodes[node] + (nodes[node + 1] - nodes[node]) * share[:, None].astype(nodes.dtype)
    steps, cell = nodes.shape[1] - 1, shape[1] / (nodes.shape[1] - 1)
    low, rise = rows[:, :-1], np.diff(rows, axis=1)
    if cell != int(cell):
        node, share = _positions(shape[1], steps)
        return low[:, node] + rise[:, node] * share.astype(nodes.dtype)
    # Every cell has the same shares: a broadcast gathers nothing.
    share = ((np.arange(int(cell)) + 0.5) / cell).astype(nodes.dtype)
    out = rise[:, :, None] * share
    out += low[:, :, None]
    return out.reshape(shape)


@lru_cache(maxsize=16)
def _positions(size: int, steps: int) -> tuple[NDArray[np.int64], Floats]:
    """Return for each pixel centre the grid node before it, and the share of the way to the next."""
    position = (np.arange(size) + 0.5) * steps / size
    node = np.minimum(position.astype(np.int64), steps - 1)
    return node, position - node
