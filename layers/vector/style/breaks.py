"""Limits of graduated classes: equal interval, quantile, natural breaks, pretty numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

MOST_CLASSES = 24
_MOST_DISTINCT = 800
"""Most distinct values from which natural breaks are computed; more are replaced by as many quantiles."""


def breaks(method: str, values: Floats, count: int) -> list[float]:
    """Ascending limits, first and last included: n + 1 of them for n classes, fewer where values do not differ so far.

    A value on a limit belongs to the class below it. Values that are not finite count for nothing. Methods are the keys
    of `METHODS`.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    count = max(1, min(count, MOST_CLASSES))
    if not finite.size:
        return []
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return [low, high]
    limits = METHODS[method](finite, low, high, count)
    edges = [low] if method != "pretty" else []
    for limit in limits:
        if not edges or limit > edges[-1]:
            edges.append(float(limit))
    return edges


def _equal(_values: Floats, low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * i / count for i in range(1, count)] + [high]


def _quantile(values: Floats, _low: float, high: float, count: int) -> list[float]:
    inner = np.quantile(values, [i / count for i in range(1, count)]) if count > 1 else np.array([])
    return [*inner.tolist(), high]


_MOST_DIGITS = 15
"""Most digits of a limit: rounding to fewer would make limits equal."""


def _pretty(_values: Floats, low: float, high: float, count: int) -> list[float]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten that hold all values, as near to `count` classes as can be."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    ways = []
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        ways.append((abs(last - first - count), step, first, last))
    _, step, first, last = min(ways)
    if last <= first or last - first > 4 * MOST_CLASSES or not math.isfinite(step):
        return _equal(_values, low, high, count)
    digits = max(0, 2 - math.floor(math.log10(step)))
    exact = [step * i for i in range(first, last + 1)]
    return exact if digits > _MOST_DIGITS else [round(limit, digits) for limit in exact]


def _natural(values: Floats, low: float, high: float, count: int) -> list[float]:
    """Fisher's exact way to Jenks' natural breaks: least sum of squared distances from the means of the classes."""
    distinct, weights = np.unique(values, return_counts=True)
    if distinct.size > _MOST_DISTINCT:
        ranks = np.linspace(0, values.size - 1, _MOST_DISTINCT).astype(np.intp)
        distinct, weights = np.unique(np.sort(values)[ranks], return_counts=True)
    n = distinct.size
    if n <= count:
        return [*((distinct[:-1] + distinct[1:]) / 2).tolist(), high]
    scaled = (distinct - low) / (high - low)
    w = np.concatenate(([0.0], np.cumsum(weights, dtype=np.float64)))
    s = np.concatenate(([0.0], np.cumsum(weights * scaled)))
    q = np.concatenate(([0.0], np.cumsum(weights * scaled**2)))

    size, total = w[None, :] - w[:, None], s[None, :] - s[:, None]
    # the cost of one class from the row's value up to, not including, the column's
    one_class = np.full((n + 1, n + 1), np.inf)
    later = size > 0
    one_class[later] = (q[None, :] - q[:, None])[later] - total[later] ** 2 / size[later]
    best, begin = one_class[0], []
    for _ in range(count - 1):
        sums = best[:, None] + one_class
        begin.append(sums.argmin(axis=0))
        best = sums.min(axis=0)
    limits, end = [high], n
    for starts in reversed(begin):
        end = int(starts[end])
        limits.append(float(distinct[end - 1] + distinct[end]) / 2)  # midway, so that it is in no doubt who is where
    return limits[::-1]


METHODS: dict[str, Callable[[Floats, float, float, int], list[float]]] = {
    "equal interval": _equal,
    "quantile": _quantile,
    "natural breaks": _natural,
    "pretty": _pretty,
}
