"""Least-squares fits of one plane to another: affine and projective, with how much each point is checked by others."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.raster.point_fit.thin_plate import Floats

LEAST_RANK = 1e-5
"""Least ratio of the smallest to the largest singular value: below it the points do not determine the fit."""
_NEWTON_STEPS = 30
_CHECKED = 1e-3


class _Normal(Struct, frozen=True, eq=False):
    """Positions brought to about -1..1, where sums of squares of different terms can be compared."""

    x: float
    y: float
    half: float

    @classmethod
    def of(cls, x: Floats, y: Floats) -> _Normal:
        middle_x, middle_y = float(x.mean()), float(y.mean())
        half = max(float(np.abs(x - middle_x).max()), float(np.abs(y - middle_y).max()))
        return cls(middle_x, middle_y, half or 1.0)

    def into(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return (x - self.x) / self.half, (y - self.y) / self.half

    def out(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return x * self.half + self.x, y * self.half + self.y


class PlaneFit(Struct, frozen=True, eq=False):
    """A projective map, of which an affine one is a kind: the third row of its matrix is (0, 0, 1)."""

    matrix: Floats
    """Matrix between normalised positions."""
    near: _Normal
    far: _Normal
    is_checked: NDArray[np.bool_]
    """False for a point through which the fit goes whatever its place: no other point says anything about it."""

    def forwards(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Convert pixels to the world; nan at and beyond the horizon, which no picture reaches."""
        return self.far.out(*_applied(self.matrix, *self.near.into(np.asarray(u), np.asarray(v))))

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Convert the world to pixels; nan at and beyond the horizon."""
        pixels = _applied(np.linalg.inv(self.matrix), *self.far.into(np.asarray(x), np.asarray(y)))
        return self.near.out(*pixels)

    def heights(self, u: Floats, v: Floats) -> Floats:
        """Return how far pixels are from the horizon: above 0 on this side of it, 0 on it, 1 in the middle of the
        points.
        """
        s, t = self.near.into(u, v)
        return np.asarray(self.matrix[2, 0] * s + self.matrix[2, 1] * t + self.matrix[2, 2], dtype=np.float64)


def fit_affine(u: Floats, v: Floats, x: Floats, y: Floats) -> PlaneFit | None:
    """Fit an affine transform; None where the points do not determine it."""
    near, far = _Normal.of(u, v), _Normal.of(x, y)
    s, t = near.into(u, v)
    design = np.stack([s, t, np.ones_like(s)], axis=1)
    values = np.linalg.svd(design, compute_uv=False)
    if values[-1] < LEAST_RANK * values[0]:
        return None
    solution, *_ = np.linalg.lstsq(design, np.stack(far.into(x, y), axis=1), rcond=None)
    matrix = np.vstack([solution.T, [0.0, 0.0, 1.0]])
    if abs(np.linalg.det(matrix)) < LEAST_RANK * np.abs(matrix[:2, :2]).max() ** 2:
        return None
    return PlaneFit(matrix, near, far, _checked(np.repeat(design, 2, axis=0), 1.0))


def fit_projective(u: Floats, v: Floats, x: Floats, y: Floats) -> PlaneFit | None:
    """Fit a projective map: a linear first guess, then the least distances in the world. None where it is not
    determined.
    """
    near, far = _Normal.of(u, v), _Normal.of(x, y)
    (s, t), (p, q) = near.into(u, v), far.into(x, y)
    zero, one = np.zeros_like(s), np.ones_like(s)
    system = np.concatenate(
        [
            np.stack([s, t, one, zero, zero, zero, -p * s, -p * t, -p], axis=1),
            np.stack([zero, zero, zero, s, t, one, -q * s, -q * t, -q], axis=1),
        ]
    )
    _, values, rows = np.linalg.svd(system, full_matrices=len(system) < 9)
    if values[7] < LEAST_RANK * values[0] or abs(rows[-1][8]) < LEAST_RANK:
        return None
    matrix = _refined((rows[-1] / rows[-1][8]).reshape(3, 3), s, t, p, q)
    if matrix is None or abs(np.linalg.det(matrix)) < LEAST_RANK * np.abs(matrix).max() ** 3:
        return None
    return PlaneFit(matrix, near, far, _checked(_slopes(matrix, s, t), 2.0))


def _refined(matrix: Floats, s: Floats, t: Floats, p: Floats, q: Floats) -> Floats | None:
    """Refine a projective fit by Gauss and Newton, with shorter steps where a whole one would not be nearer; None where
    it diverges.
    """
    best = _misfit(matrix, s, t, p, q)
    for _ in range(_NEWTON_STEPS):
        places = _applied(matrix, s, t)
        off = np.stack([p - places[0], q - places[1]], axis=1).ravel()
        if not np.isfinite(off).all():
            return None
        step, *_ = np.linalg.lstsq(_slopes(matrix, s, t), off, rcond=None)
        change, share = np.append(step, 0.0).reshape(3, 3), 1.0
        while share > 1e-4 and not _misfit(matrix + share * change, s, t, p, q) <= best:
            share /= 2
        if share <= 1e-4:
            break
        matrix = matrix + share * change
        before, best = best, _misfit(matrix, s, t, p, q)
        if before - best <= 1e-15 * before:
            break
    return matrix


def _misfit(matrix: Floats, s: Floats, t: Floats, p: Floats, q: Floats) -> float:
    places = _applied(matrix, s, t)
    total = float(((places[0] - p) ** 2 + (places[1] - q) ** 2).sum())
    return total if np.isfinite(total) else float("inf")


def _slopes(matrix: Floats, s: Floats, t: Floats) -> Floats:
    """The slopes of both coordinates of each point in the eight numbers of the matrix; (2n, 8)."""
    w = matrix[2, 0] * s + matrix[2, 1] * t + matrix[2, 2]
    p, q = _applied(matrix, s, t)
    zero, rows = np.zeros_like(s), (s / w, t / w, 1 / w)
    across = np.stack([*rows, zero, zero, zero, -p * s / w, -p * t / w], axis=1)
    down = np.stack([zero, zero, zero, *rows, -q * s / w, -q * t / w], axis=1)
    return np.asarray(np.stack([across, down], axis=1).reshape(-1, 8), dtype=np.float64)


def _checked(design: Floats, numbers: float) -> NDArray[np.bool_]:
    """True for each point that others check: its leverage is less than 1, that of a point on which the fit depends
    alone.

    `design` has two rows a point.
    """
    basis, _ = np.linalg.qr(design)
    leverage = (basis**2).sum(axis=1).reshape(-1, 2).sum(axis=1)
    if numbers == 1.0:  # both rows of a point are the same: each coordinate is fitted by itself
        return np.asarray(leverage < 1.0 - _CHECKED)
    return np.asarray(leverage < 2.0 - _CHECKED)


def _applied(matrix: Floats, s: Floats, t: Floats) -> tuple[Floats, Floats]:
    w = matrix[2, 0] * s + matrix[2, 1] * t + matrix[2, 2]
    with np.errstate(all="ignore"):
        w = np.where(w > 1e-9, w, np.nan)
        x = (matrix[0, 0] * s + matrix[0, 1] * t + matrix[0, 2]) / w
        y = (matrix[1, 0] * s + matrix[1, 1] * t + matrix[1, 2]) / w
    return x, y
