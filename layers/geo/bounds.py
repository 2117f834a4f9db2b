"""An upright rectangle in some CRS: (left, bottom, right, top), x to the right and y upwards."""

from __future__ import annotations

import math
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike


class Bounds(NamedTuple):
    """Bounds in world units. A point or a line has bounds of no width or height; only reversed bounds are empty."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def of_points(cls, xs: ArrayLike, ys: ArrayLike) -> Self:
        """The bounds of the finite points among `xs`, `ys`; raises ValueError when there is none."""
        x, y = np.broadcast_arrays(np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64))
        finite = np.isfinite(x) & np.isfinite(y)
        if not finite.any():
            raise ValueError("no finite point to take bounds of")
        x, y = x[finite], y[finite]
        return cls(float(x.min()), float(y.min()), float(x.max()), float(y.max()))

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    @property
    def is_empty(self) -> bool:
        """True when reversed or not a number: such bounds hold no point at all."""
        return not (self.left <= self.right and self.bottom <= self.top)

    def is_finite(self) -> bool:
        return all(math.isfinite(value) for value in self)

    def intersects(self, other: Bounds) -> bool:
        """True when the two share a point; touching edges do."""
        return (
            max(self.left, other.left) <= min(self.right, other.right)
            and max(self.bottom, other.bottom) <= min(self.top, other.top)
            and not (self.is_empty or other.is_empty)
        )

    def intersection(self, other: Bounds) -> Bounds | None:
        """The bounds that both share, or None."""
        if not self.intersects(other):
            return None
        return Bounds(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    def union(self, other: Bounds) -> Bounds:
        """The smallest bounds around both; an empty one adds nothing."""
        if other.is_empty:
            return self
        if self.is_empty:
            return other
        return Bounds(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )

    def contains_point(self, x: float, y: float) -> bool:
        """True for points inside and on the edge."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def contains(self, other: Bounds) -> bool:
        """True when every point of `other`, which is not empty, lies inside or on the edge."""
        return (
            not other.is_empty
            and self.contains_point(other.left, other.bottom)
            and self.contains_point(other.right, other.top)
        )

    def expanded(self, by: float) -> Bounds:
        """Grown by `by` world units on every side (shrunk when negative)."""
        return Bounds(self.left - by, self.bottom - by, self.right + by, self.top + by)

    def scaled(self, factor: float) -> Bounds:
        """`factor` times as wide and as high, about the same centre."""
        x, y = self.centre
        half_width, half_height = self.width * factor / 2, self.height * factor / 2
        return Bounds(x - half_width, y - half_height, x + half_width, y + half_height)
