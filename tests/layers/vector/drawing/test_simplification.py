from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.vector.drawing.simplification import thinned
from layers.vector.table import LINE, FeatureTable, StepGrid


def table_of(lines: list[np.ndarray]) -> FeatureTable:
    starts = np.cumsum([0] + [len(line) for line in lines]).astype(np.int32)
    xy = np.vstack(lines).astype(np.int32)
    bounds = np.array([(*line.min(axis=0), *line.max(axis=0)) for line in lines], dtype=np.int32)
    count = len(lines)
    parts = np.arange(count + 1, dtype=np.int32)
    return FeatureTable(
        StepGrid("EPSG:3857", 0, 0, 0.01), np.full(count, LINE, np.uint8), np.arange(count), parts, starts, xy, bounds
    )


@pytest.mark.bounded
@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_ends_stay_and_nothing_moves_by_more_than_a_cell(lengths: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    table = table_of([random.integers(-30, 31, (n, 2)).cumsum(axis=0) for n in lengths])
    cell = 1.0
    thin = thinned(table, cell)
    assert len(thin) == len(table)
    for i, length in enumerate(lengths):
        before = table.xy[table.start_of[i] : table.start_of[i + 1]]
        after = thin.xy[thin.start_of[i] : thin.start_of[i + 1]]
        assert (after[0] == before[0]).all()
        assert (after[-1] == before[-1]).all()
        assert len(after) <= length
        nearest = np.abs(before[:, None, :] - after[None, :, :]).max(axis=2).min(axis=1)
        assert (nearest * table.step <= cell).all()


def test_dense_lines_lose_most_vertices_and_fine_canvases_keep_all() -> None:
    table = table_of([np.stack((np.arange(10_000), np.zeros(10_000)), axis=1)])
    assert len(thinned(table, 1.0).xy) <= 202
    assert thinned(table, 0.01) is table
