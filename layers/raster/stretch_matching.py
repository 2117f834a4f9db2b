"""Matches the stretch of an image to that of another: linear, band by band, on what looks alike in both.

What one image shows and the other one does not, such as a cloud, its shadow or smoke, would change the gain of each
band by another factor, and so colour what is white.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.raster.stretch import StretchLimits

LEAST_VALUES = 64
"""Fewest values of a band, on the ground that both images show, from which a match is computed."""
MOST_PIXELS = 120_000
"""Most pixels that are compared to find what differs: more would tell no more, and take longer."""
_FAR = 6.0, 4.0
"""Usual differences from which on a pixel differs: at first, when these are little known, and then."""
_SLACK = 0.25
"""Share of a pixel's contrast that may differ, too, as bright and dark things tell the gain best."""
_FIRST_PERCENTILES = (25, 50, 75), (10, 25, 40)
"""Percentiles for the first guess of the gain: the lower ones hold where much of an image is bright cloud."""
_MOST_ROUNDS = 12


type _Lines = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Gain and offset of each band, with which the second image follows from the first."""


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


def alike(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """The pixels on which two images (bands, pixels) of the same ground differ no more than they do elsewhere, after
    gain and offset. All of them where too few are to be compared.
    """
    count = first.shape[1]
    if count < LEAST_VALUES:
        return np.ones(count, bool)
    step = max(1, count // MOST_PIXELS)
    ours, theirs = (values[:, ::step].astype(np.float64) for values in (first, second))
    fits = [_fitted(ours, theirs, _first_lines(ours, theirs, at)) for at in _FIRST_PERCENTILES]
    best = max(fits, key=lambda fit: int(_near(ours, theirs, fit, _FAR[1]).sum()))
    return _near(first, second, best, _FAR[1])


def _first_lines(ours: NDArray[Any], theirs: NDArray[Any], at: tuple[int, int, int]) -> _Lines:
    (low, middle, high), (their_low, their_middle, their_high) = (
        np.percentile(values, at, axis=1) for values in (ours, theirs)
    )
    gain = _gain(high - low, their_high - their_low)
    return gain, their_middle - gain * middle


class _Fit(Struct, frozen=True, eq=False):
    """Lines through what looks alike, with the usual difference from them and the middle of the first image."""

    lines: _Lines
    usual: NDArray[np.float64]
    middle: NDArray[np.float64]


def _fitted(ours: NDArray[np.float64], theirs: NDArray[np.float64], lines: _Lines) -> _Fit:
    near = np.ones(ours.shape[1], bool)
    for _ in range(_MOST_ROUNDS):  # the half that differs least tells the lines, which tell that half
        apart = _apart(ours, theirs, lines)
        share = (apart / _above_zero(np.median(apart, axis=1))[:, None]).max(axis=0)
        half = share <= np.median(share)
        if (half == near).all():
            break
        near, lines = half, _lines(ours[:, half], theirs[:, half])
    usual = 1.4826 * np.median(_apart(ours[:, near], theirs[:, near], lines), axis=1)
    fit, far = _Fit(lines, usual, np.median(ours[:, near], axis=1)), _FAR[0]
    for _ in range(_MOST_ROUNDS):  # all that is near them, bright and dark things too, tells them better
        kept = _near(ours, theirs, fit, far)
        if (kept == near).all() or kept.sum() < LEAST_VALUES:
            break
        near, far, lines = kept, _FAR[1], _lines(ours[:, kept], theirs[:, kept])
        usual = np.sqrt((_apart(ours[:, kept], theirs[:, kept], lines) ** 2).mean(axis=1))
        fit = _Fit(lines, usual, fit.middle)
    return fit


def _near(ours: NDArray[Any], theirs: NDArray[Any], fit: _Fit, far: float) -> NDArray[np.bool_]:
    """The pixels that lie near the lines in all bands."""
    contrast = np.abs(fit.lines[0][:, None] * (ours - fit.middle[:, None]))
    allowed = far * _above_zero(fit.usual)[:, None] + _SLACK * contrast
    near: NDArray[np.bool_] = (_apart(ours, theirs, fit.lines) <= allowed).all(axis=0)
    return near


def _apart(ours: NDArray[Any], theirs: NDArray[Any], lines: _Lines) -> NDArray[np.float64]:
    gain, offset = lines
    apart: NDArray[np.float64] = np.abs(theirs - (gain[:, None] * ours + offset[:, None]))
    return apart


def _lines(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> _Lines:
    gain = _gain(ours.std(axis=1), theirs.std(axis=1))
    return gain, theirs.mean(axis=1) - gain * ours.mean(axis=1)


def _gain(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ratio of two spreads; 1 for a band that is flat in one image."""
    return np.where((ours > 0) & (theirs > 0), theirs / _above_zero(ours), 1.0)


def _above_zero(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(values, 1e-9)
