"""Expressions mean what SQL means, run nothing, and say in one sentence what is wrong with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.vector.columns import Kind, attributes_of, column_of, number_column, whole_column
from layers.vector.expression.conditions import Condition, expression_for
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import parse_expression
from tests.support.attribute_tables import LARGE, ROWS, table


def held(text: str) -> list[int]:
    return (np.flatnonzero(mask_of(parse_expression(text), table())) + 1).tolist()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id = 3", [3]), ("id <> 3 and id < 5", [1, 2, 4]), ("name is null", [3]), ("name = ''", [4]),
        ("name contains 'VOST'", [1]), ("name contains 'ВОСТ'", [2]), ("name like '%ny'", [1]),
        ("name ilike 'vost%'", [1]), ("name like 'V_st%y'", [1]), ("name like '%''s 100%'", [5]),
        ("name starts 'v'", [1]), ("name ends 'НЫЙ'", [2]), ("not name contains 'v'", [2, 4, 5]),
        ("kind in ('port', 'launch')", [1, 2, 3]), ("kind not in ('port')", [1, 2, 4]),
        ("id in (1, 2.0, null)", [1, 2]),
        ("n between 0 and 3", [1, 4]), ("n not between 0 and 3", [3, 5]), ("n > 1 or kind = 'port'", [1, 3, 5]),
        ("n / 0 = 1", []), ("n + id * 2 = 4.5", [1]), ("-n = 1", [3]), ("id % 2 = 0", [2, 4]), ("2 ^ id = 8", [3]),
        (f"big = {LARGE}", [1]), (f"big > {LARGE - 1}", [1]), (f"big < -{LARGE - 1}", [4]),
        ("lower(kind) = 'port'", [3, 4]), ("upper(name) = 'ВОСТОЧНЫЙ'", [2]), ("length(name) = 9", [1, 2, 5]),
        ("length(name) = 0", [4]), ("abs(n) = 1", [3]), ("round(n) = 2", [1]), ("open", [1, 4]), ("not open", [2, 5]),
        ("open = false", [2, 5]), ("day > '1970-01-02'", [3, 4]),
        ("day = '1970-01-01'", [1]), ("year(day) = 1970", [1, 2, 3, 4]),
        ("name || kind = 'Vostochnylaunch'", [1]), ("coalesce(name, kind) = 'port'", [3]), ("coalesce(n, id) = 2", [2]),
        ("$fid = 12", [2]), ('"ID" = 1', [1]), ("any('port')", [3, 4]), ("name < 'a'", [1, 4]), ("name > 'a'", [2, 5]),
        ("name = kind", []), ("max(n, id) = 2.5", [1]), ("id = '3'", [3]), ("(id = 1) or (id = 2 and not id = 2)", [1]),
        ("null", []), ("not null", []), ("true", [1, 2, 3, 4, 5]), ("id = 1 -- 2", [3]), ("n > 1e0", [1, 5]),
    ],
)  # fmt: skip
def test_what_an_expression_holds_for(text: str, rows: list[int]) -> None:
    assert held(text) == rows


@pytest.mark.parametrize(
    "text",
    [
        "", "id =", "id = 'x", 'id = "', "id == == 1", "nosuch = 1", "__import__('os')", "name.upper()", "id = 1; drop",
        "f(1)", "lower()", "lower(1, 2)", "day > 'soon'", "day > 5", "name", "id = 1 id", "and", "not", "id in ()",
        "id between 1", "name is 3", "(" * 200 + "id" + ")" * 200, "-" * 300 + "1", "1" + "+1" * 100, "x" * 5000,
        "[id for id in id]", "lambda: 1", "id := 1", "any(name)", "id = 'x'", "name like '%a%b%c%d%e%f%g%h%i%'",
        "not " * 100 + "true",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        held(text)
    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 400


def test_a_long_chain_of_conditions_is_not_deep() -> None:
    assert held(" or ".join(f"id = {n}" for n in range(3, 300))) == [3, 4, 5]


NUMBER = st.one_of(st.integers(-3, 6).map(str), st.sampled_from(["id", "n", "null", "big"]))
TEXT = st.sampled_from(["name", "kind", "'port'", "''", "'Vostochny'", "null"])
SIGN = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
CONDITION = st.one_of(
    st.tuples(NUMBER, SIGN, NUMBER).map(" ".join),
    st.tuples(TEXT, SIGN, TEXT).map(" ".join),
    st.tuples(TEXT, st.sampled_from(["is null", "is not null", "in ('port', 'launch')", "not in ('', 'port')"])).map(
        " ".join
    ),
    st.tuples(NUMBER, st.sampled_from(["between 0 and 3", "not between -1 and 2", "is null", "+ 1 > 2"])).map(" ".join),
)
WHOLE = st.recursive(
    CONDITION,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map("({0[0]}) {0[1]} ({0[2]})".format),
    ),
    max_leaves=5,
)


@given(WHOLE)
def test_it_means_what_sqlite_means(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as peer:
        peer.execute("create table t (id integer, name text, n real, kind text, big integer)")
        peer.executemany("insert into t values (?, ?, ?, ?, ?)", ROWS)
        expected = [row for (row,) in peer.execute(f"select id from t where {text} order by id")]
    assert held(text) == expected


@given(st.text(max_size=40))
def test_no_text_does_anything_but_hold_or_be_refused(text: str) -> None:
    try:
        found = held(text)
    except InvalidValue:
        found = []
    assert set(found) <= {1, 2, 3, 4, 5}


def test_shared_texts_count_like_others() -> None:
    kinds = whole_column([column_of("kind", ["Road", None, "rail", ""] * 20)])
    assert kinds.codes is not None
    many = attributes_of(range(80), [kinds])
    assert (
        mask_of(parse_expression("kind contains 'ROAD' or kind = ''"), many).tolist() == [True, False, False, True] * 20
    )
    assert mask_of(parse_expression("kind < 'b'"), many).sum() == 40
    assert mask_of(parse_expression("lower(kind) in ('road')"), many).sum() == 20


def test_rows_of_a_filter_become_an_expression() -> None:
    rows = [
        Condition("name", Kind.TEXT, "contains", "it's"),
        Condition("n", Kind.REAL, "between", "1; 8"),
        Condition('a "b"', Kind.TEXT, "is not NULL"),
        Condition("day", Kind.DATE, "≥", "1970-01-02"),
        Condition("id", Kind.INTEGER, "in list", "1, 5"),
    ]
    text = expression_for(rows)
    assert text == (
        '"name" contains \'it\'\'s\' and "n" between 1 and 8 and "a ""b""" is not null and '
        '"day" >= \'1970-01-02\' and "id" in (1, 5)'
    )
    assert parse_expression(text).columns == ("name", "n", 'a "b"', "day", "id")
    assert held(expression_for([rows[0], rows[4]])) == [5]
    assert held(expression_for([Condition("id", Kind.INTEGER, "=", "1"), rows[0]], all_of=False)) == [1, 5]


@pytest.mark.parametrize(
    ("kind", "operator", "value"),
    [
        (Kind.INTEGER, "=", "x"),
        (Kind.REAL, "<", "nan"),
        (Kind.DATE, "=", "soon"),
        (Kind.REAL, "between", "1"),
        (Kind.TEXT, "in list", " "),
        (Kind.INTEGER, "=", "1 or 1=1"),
        (Kind.INTEGER, ">", ""),
    ],
)
def test_an_unfit_value_is_refused(kind: Kind, operator, value: str) -> None:
    with pytest.raises(InvalidValue):
        expression_for([Condition("c", kind, operator, value)])


def test_infinite_numbers_are_numbers_and_nan_is_null() -> None:
    column = number_column("v", Kind.REAL, np.array([1.0, np.inf, -np.inf, np.nan]), None)
    attributes = attributes_of(range(4), [column])
    for text, wanted in (
        ("v > 0", [0, 1]),
        ("v < 0", [2]),
        ("v is null", [3]),
        ("v = v", [0, 1, 2]),
        ("v / 0 > 1", []),
    ):
        assert np.flatnonzero(mask_of(parse_expression(text), attributes)).tolist() == wanted, text
