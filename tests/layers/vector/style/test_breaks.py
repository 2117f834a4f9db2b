"""Limits of classes: known answers, and what holds for all numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.vector.style.breaks import METHODS, breaks

numbers = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=60)


@given(numbers, st.integers(1, 9), st.sampled_from(sorted(METHODS)))
@example([0.0, 1.4388660465333894e-24], 1, "pretty")
def test_limits_ascend_and_hold_every_number(values: list[float], count: int, method: str) -> None:
    limits = breaks(method, np.array(values), count)
    assert len(limits) >= 2
    assert all(low < high for low, high in itertools.pairwise(limits)) or len(set(values)) == 1
    slack = 1e-6 * max(1.0, abs(min(values)), abs(max(values)))
    assert limits[0] <= min(values) + slack
    assert limits[-1] >= max(values) - slack
    if method != "pretty":
        assert len(limits) <= count + 1


def test_natural_breaks_lie_in_the_gaps() -> None:
    values = np.array([1, 2, 4, 5, 7, 9, 10, 20.0])
    assert breaks("natural breaks", values, 3) == [1, 6, 15, 20]
    groups = np.concatenate([np.random.default_rng(0).normal(m, 1, 500) for m in (0, 20, 60)])
    first, second = breaks("natural breaks", groups, 3)[1:-1]
    assert 4 < first < 16
    assert 24 < second < 56


def test_natural_breaks_are_the_best_there_are() -> None:
    values = np.sort(np.random.default_rng(3).random(14))

    def cost(cuts: tuple[int, ...]) -> float:
        return sum(float(((part - part.mean()) ** 2).sum()) for part in np.split(values, cuts))

    best = min(cost((i, j)) for i in range(1, 13) for j in range(i + 1, 14))
    found = np.searchsorted(values, breaks("natural breaks", values, 3)[1:-1])
    assert cost(tuple(found.tolist())) == pytest.approx(best)


def test_pretty_limits_are_pretty() -> None:
    assert breaks("pretty", np.array([0.013, 0.0971]), 5) == [0.0, 0.02, 0.04, 0.06, 0.08, 0.1]
    assert breaks("pretty", np.array([3.0, 987.0]), 5) == [0, 200, 400, 600, 800, 1000]


def test_equal_and_quantile() -> None:
    values = np.array([0.0, 1, 2, 3, 100])
    assert breaks("equal interval", values, 4) == [0, 25, 50, 75, 100]
    assert breaks("quantile", values, 2) == [0, 2, 100]
    assert breaks("quantile", np.array([np.nan, np.inf]), 2) == []
