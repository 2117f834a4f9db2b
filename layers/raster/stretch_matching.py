"""Matches the stretch of an image to that of another: linear, band by band."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.raster.stretch import StretchLimits

LEAST_VALUES = 64
"""Fewest values of a band, on the ground that both images show, from which a match is computed."""


class Moments(Struct, frozen=True):
    """Mean and standard deviation of one band."""

    mean: float
    std: float


def moments_of(parts: Iterable[NDArray[Any]]) -> Moments | None:
    """Compute the moments of the finite values; None where there are too few."""
    count, total, squares = 0, 0.0, 0.0
    for part in parts:
        values = part.astype(np.float64, copy=False).reshape(-1)
        values = values[np.isfinite(values)]
        count += values.size
        total += float(values.sum())
        squares += float((values * values).sum())
    if count < LEAST_VALUES:
        return None
    mean = total / count
    return Moments(mean, max(0.0, squares / count - mean * mean) ** 0.5)


def matched_limits(
    reference: Sequence[Moments], limits: Sequence[StretchLimits], moving: Sequence[Moments]
) -> tuple[StretchLimits, ...]:
    """Limits with which the moving bands look as the reference does with its own: equal mean, equal deviation."""
    return tuple(map(_matched, reference, limits, moving))


def _matched(reference: Moments, limits: StretchLimits, moving: Moments) -> StretchLimits:
    low, high = limits
    gain = moving.std / reference.std if reference.std > 0 and moving.std > 0 else 1.0
    first = moving.mean - (reference.mean - low) * gain
    last = first + (high - low) * gain
    return first, last if last > first else first + 1.0
