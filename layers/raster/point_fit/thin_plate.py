"""Thin plate splines through points of a plane, and how far off they would be at each point without it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Plane = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""A function from one plane into another; points are given as arrays of one shape."""

_AT_ONCE = 4096
_NEWTON_STEPS = 30
_EXACT = 1e-6
"""Precision in pixels of the inverse: world coordinates hold no finer differences."""


class ThinPlate:
    """The spline from (x, y) to (u, v) that bends least and goes through all points, no two of which share (x, y).

    Raises numpy's LinAlgError where they lie in one line.
    """

    def __init__(self, x: Floats, y: Floats, u: Floats, v: Floats) -> None:
        self._middle = float(x.mean()), float(y.mean())
        self._half = float(max(np.abs(x - self._middle[0]).max(), np.abs(y - self._middle[1]).max()))
        s, t = self._s, self._t = self._normal(x, y)
        count = len(s)
        flat = np.stack([np.ones(count), s, t], axis=1)
        self._system = np.zeros((count + 3, count + 3))
        self._system[:count, :count] = _kernel(s[:, None] - s, t[:, None] - t)
        self._system[:count, count:], self._system[count:, :count] = flat, flat.T
        wanted = np.zeros((count + 3, 2))
        wanted[:count, 0], wanted[:count, 1] = u, v
        self._weights = np.linalg.solve(self._system, wanted)

    def __call__(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        s, t = self._normal(np.ravel(x), np.ravel(y))
        count, weights = len(self._s), self._weights
        parts = [
            _kernel(s[i : i + _AT_ONCE, None] - self._s, t[i : i + _AT_ONCE, None] - self._t) @ weights[:count]
            for i in range(0, len(s), _AT_ONCE)
        ]
        bent = np.concatenate(parts) if parts else np.zeros((0, 2))
        pixels = bent + np.stack([np.ones_like(s), s, t], axis=1) @ weights[count:]
        return pixels[:, 0].reshape(np.shape(x)), pixels[:, 1].reshape(np.shape(x))

    def left_out(self) -> Floats:
        """Return for each point the (u, v) that a spline through all others gives there, less its own; (n, 2).

        It takes one inverse rather than n splines (Rippa 1999). It is of no use where the others lie in one line.
        """
        count = len(self._s)
        diagonal = np.diagonal(np.linalg.inv(self._system))[:count]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(-self._weights[:count] / diagonal[:, None], dtype=np.float64)

    def _normal(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return (x - self._middle[0]) / self._half, (y - self._middle[1]) / self._half


def backwards(forwards: Plane, start: Plane, step: float) -> Plane:
    """Invert a smooth map by Newton's method, from `start` with slopes over `step`; nan where it does not converge."""

    def back(u: Floats, v: Floats) -> tuple[Floats, Floats]:
        x, y = (np.array(values, dtype=np.float64) for values in start(u, v))
        off_u = off_v = np.zeros_like(x)
        with np.errstate(all="ignore"):
            for _ in range(_NEWTON_STEPS):
                here_u, here_v = forwards(x, y)
                off_u, off_v = u - here_u, v - here_v
                if np.nanmax(np.hypot(off_u, off_v), initial=0.0) < _EXACT:
                    break
                right_u, right_v = forwards(x + step, y)
                up_u, up_v = forwards(x, y + step)
                a, b = (right_u - here_u) / step, (up_u - here_u) / step
                d, e = (right_v - here_v) / step, (up_v - here_v) / step
                whole = a * e - b * d
                x, y = x + (e * off_u - b * off_v) / whole, y + (a * off_v - d * off_u) / whole
            lost = ~(np.hypot(off_u, off_v) < 1e-3)
        return np.where(lost, np.nan, x), np.where(lost, np.nan, y)

    return back


def _kernel(dx: Floats, dy: Floats) -> Floats:
    square = dx * dx + dy * dy
    return np.asarray(square * np.log(np.maximum(square, 1e-300)), dtype=np.float64)
