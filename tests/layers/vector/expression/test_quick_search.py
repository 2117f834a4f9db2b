"""The quick filter finds what a reader of the table would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.vector.columns import Kind, column_of, number_column, whole_column
from layers.vector.expression import quick_search
from layers.vector.expression.quick_search import Haystack, QuickSearch

CELL = st.one_of(st.none(), st.text("abAЖж1 İ", max_size=6))


def search(*columns) -> QuickSearch:
    return QuickSearch({column.name: column for column in columns})


@given(
    st.lists(st.tuples(CELL, st.integers(-1200, 1200)), min_size=1, max_size=20),
    st.text("abж1", min_size=1, max_size=3),
)
def test_it_finds_what_a_loop_finds(rows: list, wanted: str) -> None:
    names, numbers = [row[0] for row in rows], [row[1] for row in rows]
    found = search(column_of("name", names), column_of("n", numbers)).mask(wanted).tolist()
    assert found == [
        wanted.casefold() in (name or "").casefold() or wanted in str(number)
        for name, number in zip(names, numbers, strict=True)
    ]


def test_every_word_must_stand_somewhere_and_cells_do_not_run_together() -> None:
    table = search(column_of("a", ["Vostochny", "pad", "launch"]), column_of("b", ["launch pad", "site", None]))
    assert table.mask("PAD vost").tolist() == [True, False, False]
    assert table.mask("padlaunch").tolist() == [False] * 3
    assert table.mask("").tolist() == [True] * 3
    assert table.mask("восточный").tolist() == [False] * 3


LETTERS = st.text(alphabet="ab1ж中 ", max_size=6)


@given(
    st.lists(LETTERS, min_size=1, max_size=40), LETTERS, st.sampled_from([0, 3, 10**6]), st.sampled_from([1, 16, 2**20])
)
def test_few_and_many_hits_are_found_in_pieces_of_any_size(
    cells: list[str], needle: str, few_of: int, piece_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick_search, "FEW_OF", few_of)
        patch.setattr(quick_search, "PIECE_BYTES", piece_bytes)
        found = Haystack.of(column_of("a", cells)).rows_with(needle.encode())
    assert found.tolist() == [needle in cell for cell in cells]


def test_shared_texts_nulls_and_dates() -> None:
    column = whole_column([column_of("k", ["Road", None, "rail"] * 20)])
    assert column.codes is not None
    assert search(column).mask("ROAD").tolist() == [True, False, False] * 20
    days = number_column("d", Kind.DATE, np.array([0, 1]), np.array([True, False]))
    assert search(days).mask("1970-01").tolist() == [True, False]
