"""Columns keep what a file holds: no number rounded, NULL apart from empty."""

from __future__ import annotations

import numpy as np
import pytest

from layers.vector.column_order import order_of
from layers.vector.columns import (
    Kind,
    attributes_of,
    column_of,
    number_column,
    text_column,
    time_text,
    time_value,
    whole_column,
)
from layers.vector.expression.column_statistics import statistics_of
from layers.vector.texts import Texts

LARGE = 2**63 - 1


def values(column) -> list:
    return [column.value(row) for row in range(len(column))]


@pytest.mark.parametrize(
    "cells",
    [
        [1, None, LARGE, -LARGE - 1],
        [True, None, False],
        [1.5, None, -0.0],
        ["", None, "文昌", "a\0b"],
        [None, None],
        [2**70, 1],
    ],
)
def test_cells_come_back_as_they_are(cells: list) -> None:
    expected = [str(cell) for cell in cells] if cells == [2**70, 1] else cells
    assert values(column_of("c", cells)) == expected


def test_chunks_join_with_their_nulls_and_share_few_texts() -> None:
    parts = [column_of("c", ["road", None, "rail"] * 20), column_of("c", ["road", "", "road"] * 20)]
    whole = whole_column(parts)
    assert whole.codes is not None
    assert values(whole) == ["road", None, "rail"] * 20 + ["road", "", "road"] * 20


def test_chunks_of_different_kinds_become_text() -> None:
    assert values(whole_column([column_of("c", [1, None]), column_of("c", ["x", ""])])) == ["1", None, "x", ""]


def test_dates_are_written_as_iso() -> None:
    assert time_text(Kind.DATE, -1) == "1969-12-31"
    assert time_text(Kind.DATETIME, 1_000, "UTC") == "1970-01-01T00:00:01Z"
    assert time_text(Kind.DATETIME, 1, "+08:00") == "1970-01-01T08:00:00.001+08:00"
    assert time_text(Kind.DATE, 10**9) == str(10**9)
    assert time_value(Kind.DATE, "1970-01-02") == 1
    assert time_value(Kind.DATETIME, "1970-01-01T01:00+01:00") == 0
    assert time_value(Kind.DATE, "soon") is None


def test_rows_are_found_by_fid_in_any_order() -> None:
    table = attributes_of([10, 20, 30], [column_of("c", [1, 2, 3])])
    assert table.rows_of([30, 10, 11]).tolist() == [0, 2]
    assert attributes_of([30, 10, 20], []).rows_of([20, 30]).tolist() == [0, 2]
    assert table.rows_of([]).tolist() == []


def test_order_is_stable_with_nulls_last_either_way() -> None:
    column = column_of("c", ["b", None, "A", "a", "B", None])
    assert order_of(column).tolist() == [2, 3, 0, 4, 1, 5]
    assert order_of(column, descending=True).tolist() == [0, 4, 2, 3, 1, 5]
    assert order_of(column, np.array([5, 4, 3])).tolist() == [3, 4, 5]
    large = column_of("n", [LARGE, LARGE - 1, None])
    assert order_of(large).tolist() == [1, 0, 2], "as floats the two would be equal"
    shared = whole_column([column_of("c", ["b", None, "A", "a"] * 9)])
    assert shared.codes is not None
    assert [shared.value(row) for row in order_of(shared)[:18]] == ["A", "a"] * 9


def test_statistics_of_numbers() -> None:
    found = statistics_of(column_of("n", [LARGE, LARGE, LARGE - 1, None]))
    assert (found.rows, found.nulls, found.count, found.distinct) == (4, 1, 3, 2)
    assert (found.least, found.greatest, found.total) == (LARGE - 1, LARGE, 3 * LARGE - 1)
    assert found.frequent == ((LARGE, 2), (LARGE - 1, 1))
    small = statistics_of(column_of("n", [1, 2, 3, 4]))
    assert (small.mean, small.median) == (2.5, 2.5)
    assert small.deviation == pytest.approx(np.std([1, 2, 3, 4]))
    assert statistics_of(column_of("n", [1, 2, 3, 4]), np.array([0, 3])).mean == 2.5


def test_statistics_of_text_and_of_nothing() -> None:
    found = statistics_of(column_of("t", ["b", "", None, "b", "a"]))
    assert (found.nulls, found.empty, found.distinct, found.least, found.greatest) == (1, 1, 3, "", "b")
    assert found.frequent[0] == ("b", 2)
    shared = statistics_of(whole_column([column_of("t", ["b", "", None, "b", "a"] * 9)]))
    assert (shared.nulls, shared.empty, shared.distinct, shared.frequent[0]) == (9, 9, 3, ("b", 18))
    assert statistics_of(column_of("t", [None])).distinct == 0
    days = statistics_of(number_column("d", Kind.DATE, np.array([0, 1, 1])))
    assert (days.least, days.greatest, days.mean) == ("1970-01-01", "1970-01-02", None)


def test_a_nan_counts_as_null() -> None:
    assert values(number_column("r", Kind.REAL, np.array([1.0, np.nan]))) == [1.0, None]
    assert text_column("t", Texts.of(["x"])).valid is None
