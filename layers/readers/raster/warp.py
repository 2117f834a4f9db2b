"""Georeferencing by more than a transform: pixel positions from world positions, by control points or an RPC."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.raster.point_fit.thin_plate import ThinPlate

Floats = NDArray[np.float64]
ToPixels = Callable[[Floats, Floats], tuple[Floats, Floats]]

MAX_SPLINE_POINTS = 1500
_FIRST_ORDER_PX = 0.5
_SECOND_ORDER_PX = 1.0
_LEAST_TOLD = 1e-6
_FOLD_NODES = 17
_MARGIN = 0.1
"""Distance beyond the picture's edges to which a model is trusted, as a share of its size; infinite for one that holds
everywhere.
"""


class Warp(Struct, frozen=True, eq=False):
    """`exact` near the picture; further out the affine `rough` (pixel to world) and a constant, so nothing folds."""

    exact: ToPixels
    rough: Affine
    width: int
    height: int
    margin: float = _MARGIN
    bounds: Bounds | None = None
    """Bounds of the picture in its CRS, where they are known better than by `rough`."""

    def pixels(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixel positions (edges at whole numbers) of world positions."""
        if math.isinf(self.margin):
            return self.exact(x, y)
        u, v = _apply(self.rough.inverse(), x, y)
        near_u = np.clip(u, -self.margin * self.width, (1 + self.margin) * self.width)
        near_v = np.clip(v, -self.margin * self.height, (1 + self.margin) * self.height)
        px, py = self.exact(*_apply(self.rough, near_u, near_v))
        return px + (u - near_u), py + (v - near_v)


class ControlPoints(Struct, frozen=True, eq=False):
    """Pixel positions `cols`, `rows` and their world positions `x`, `y`; all (n,)."""

    cols: Floats
    rows: Floats
    x: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.cols)


class _Fit(Struct, frozen=True, eq=False):
    """A model fitted to control points; `note` names it, and its error, for people."""

    exact: ToPixels
    rough: Affine
    note: str


def fit_control_points(points: ControlPoints) -> _Fit | None:
    """Fit first order where that is good or all that the points allow, then second order, then a thin plate spline.

    A fit that would fold the picture over itself is left out. None where nothing is determined: fewer than three
    points, points in one place or in one line, or points that contradict each other.
    """
    if len(points) < 3 or not all(np.isfinite(v).all() for v in (points.cols, points.rows, points.x, points.y)):
        return None
    rough = _rough(points)
    if rough is None:
        return None
    first = _polynomial(points, 1)
    off = _misfit(first, points)
    if len(points) < 6 or off <= _FIRST_ORDER_PX:
        return _Fit(first, rough, Phrase("(first order), up to {off} pixels off", off=f"{off:.1f}"))
    second = _polynomial(points, 2)
    if _folds(second, rough, points):
        return _Fit(
            first,
            rough,
            Phrase("(first order: any other would fold it over itself), up to {off} pixels off", off=f"{off:.1f}"),
        )
    off = _misfit(second, points)
    if len(points) < 10 or off <= _SECOND_ORDER_PX or len(points) > MAX_SPLINE_POINTS:
        return _Fit(second, rough, Phrase("(second order), up to {off} pixels off", off=f"{off:.1f}"))
    spline = _spline(points)
    if spline is None or _folds(spline, rough, points):
        return _Fit(second, rough, Phrase("(second order), up to {off} pixels off", off=f"{off:.1f}"))
    note = Phrase(
        "(thin plate spline through all of them; a second-order surface would be up to {off} pixels off)",
        off=f"{off:.1f}",
    )
    return _Fit(spline, rough, note)


def _folds(exact: ToPixels, rough: Affine, points: ControlPoints) -> bool:
    """True where pixels between the control points would be shown twice: there the fit has no way back."""
    cols = np.linspace(points.cols.min(), points.cols.max(), _FOLD_NODES)
    rows = np.linspace(points.rows.min(), points.rows.max(), _FOLD_NODES)
    u, v = exact(*_apply(rough, *np.meshgrid(cols, rows)))
    turn = np.gradient(u, axis=1) * np.gradient(v, axis=0) - np.gradient(u, axis=0) * np.gradient(v, axis=1)
    return bool((turn <= 0).any())


def rough_affine(cols: Floats, rows: Floats, x: Floats, y: Floats) -> Affine | None:
    """The least-squares transform from pixels to world, None where the positions lie in one line."""
    return _rough(ControlPoints(cols, rows, x, y))


def _rough(points: ControlPoints) -> Affine | None:
    system = np.stack([points.cols, points.rows, np.ones(len(points))], axis=1)
    world = np.stack([points.x, points.y], axis=1)
    centre = world.mean(axis=0)
    solution, _, rank, _ = np.linalg.lstsq(system, world - centre, rcond=1e-9)
    if rank < 3:
        return None
    (a, d), (b, e), (c, f) = solution.tolist()
    if not (_explains((a, b), points, points.x) and _explains((d, e), points, points.y)):
        return None
    if abs(a * e - b * d) <= 1e-12 * (abs(a) + abs(b)) * (abs(d) + abs(e)):
        return None
    return Affine(a, b, c + float(centre[0]), d, e, f + float(centre[1]))


def _explains(weights: tuple[float, float], points: ControlPoints, world: Floats) -> bool:
    """False where the points lie in one place, up to rounding, or contradict each other so that nothing is left."""
    spread = float(np.ptp(world))
    reach = abs(weights[0]) * float(np.ptp(points.cols)) + abs(weights[1]) * float(np.ptp(points.rows))
    return spread > 1e-12 * max(float(np.abs(world).max()), 1.0) and reach > _LEAST_TOLD * spread


def _apply(affine: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _normaliser(points: ControlPoints) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Scale world positions to about -1..1, where their powers stay small."""
    middle_x, middle_y = points.x.mean(), points.y.mean()
    half = max(np.abs(points.x - middle_x).max(), np.abs(points.y - middle_y).max())
    return lambda x, y: ((x - middle_x) / half, (y - middle_y) / half)


def _polynomial(points: ControlPoints, order: int) -> ToPixels:
    normal = _normaliser(points)

    def terms(x: Floats, y: Floats) -> Floats:
        s, t = normal(x, y)
        powers = [np.ones_like(s), s, t]
        return np.stack(powers if order == 1 else [*powers, s * s, s * t, t * t], axis=-1)

    system = terms(points.x, points.y)
    weights, *_ = np.linalg.lstsq(system, np.stack([points.cols, points.rows], axis=1), rcond=None)

    def exact(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        pixels = terms(x, y) @ weights
        return pixels[..., 0], pixels[..., 1]

    return exact


def _spline(points: ControlPoints) -> ToPixels | None:
    _, unique = np.unique(np.stack([points.x, points.y], axis=1), axis=0, return_index=True)
    try:
        return ThinPlate(points.x[unique], points.y[unique], points.cols[unique], points.rows[unique])
    except np.linalg.LinAlgError:
        return None


def _misfit(exact: ToPixels, points: ControlPoints) -> float:
    cols, rows = exact(points.x, points.y)
    return float(np.hypot(cols - points.cols, rows - points.rows).max())
