"""LIKE in linear time: the same answers as letter by letter, whatever the pattern, and never a search without end."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.vector.columns import attributes_of, text_column
from layers.vector.expression.expression_values import mask_of
from layers.vector.expression.language import parse_expression, quoted_text
from layers.vector.expression.like import texts_like
from layers.vector.texts import Texts


def fits(text: str, pattern: str) -> bool:
    """Letter by letter: row i of the table says which beginnings of the pattern fit the first i letters."""
    row = [True, *(False for _ in pattern)]
    for at, sign in enumerate(pattern):
        row[at + 1] = row[at] and sign == "%"
    for letter in text:
        before, row = row, [False]
        for at, sign in enumerate(pattern):
            row.append(before[at + 1] or row[at] if sign == "%" else before[at] and sign in ("_", letter))
    return row[-1]


LETTERS = st.sampled_from("aabё%_\n漢😀")
TEXT = st.text(LETTERS, max_size=14)
PATTERN = st.lists(st.sampled_from(["%", "%", "_", "a", "a", "b", "ё", "漢", "😀", "ab", "aa"]), max_size=12).map(
    "".join
)


@given(st.lists(TEXT, max_size=6), PATTERN)
@example(["ab", "ba"], "%_")
@example(["aaab"], "%a%ab")
@example(["a", "b"], "a%b")
def test_it_is_what_letter_by_letter_gives(texts: list[str], pattern: str) -> None:
    try:
        found = texts_like(Texts.of(texts), pattern, Budget()).tolist()
    except InvalidValue:
        assert sum(sign == "%" for sign, _ in itertools.groupby(pattern)) > 8
    else:
        assert found == [fits(text, pattern) for text in texts]


@given(st.lists(st.binary(max_size=8), max_size=5), PATTERN)
def test_broken_letters_are_one_letter_each_as_they_are_shown(blobs: list[bytes], pattern: str) -> None:
    starts = np.concatenate(([0], np.cumsum([len(blob) for blob in blobs]))).astype(np.int64)
    texts = Texts.of_starts(np.frombuffer(b"".join(blobs), np.uint8), starts)
    try:
        found = texts_like(texts, pattern, Budget()).tolist()
    except InvalidValue:
        return
    assert found == [fits(texts[at], pattern) for at in range(len(texts))]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("word", ["like", "ilike"])
def test_a_pattern_over_a_long_text_ends_at_once(word: str) -> None:
    """A backtracking search takes over ten minutes for the first row, and nothing can stop it."""
    rows = ["a" * 400, "a" * 399 + "b", "A" * 100_000]
    table = attributes_of(range(3), [text_column("name", Texts.of(rows))])
    found = mask_of(parse_expression(f"name {word} '%a%a%a%a%a%a%a%b'"), table)
    assert found.tolist() == [False, True, False]


@pytest.mark.timeout(20)
def test_patterns_of_the_rows_themselves_end_too() -> None:
    texts, patterns = ["a" * 4000, "ab"], ["%a%a%a%a%a%a%a%b", "%_b"]
    columns = [text_column("name", Texts.of(texts)), text_column("pattern", Texts.of(patterns))]
    table = attributes_of(range(2), columns)
    for expression, expected in (
        ("name like pattern", [False, True]),
        ("name ilike pattern", [False, True]),
        ("name contains 'a'", [True, True]),
        ("pattern ends 'B'", [True, True]),
        ("name contains pattern", [False, False]),
        ("name starts name", [True, True]),
        ("name ends name", [True, True]),
    ):
        assert mask_of(parse_expression(expression), table).tolist() == expected, expression


@pytest.mark.bounded
def test_what_takes_too_long_is_given_up_in_a_sentence() -> None:
    texts = Texts.of(["a" * 5000] * 400)
    needle = "a" * 900 + "_b"
    with pytest.raises(InvalidValue, match="too long for so many"):
        texts_like(texts, f"%{needle}%", Budget(steps=10_000_000))
    with pytest.raises(InvalidValue, match="one text is too long"):
        texts_like(Texts.of(["a" * 2_000_000]), f"%{needle}%", Budget(row_steps=10_000_000))
    table = attributes_of(range(400), [text_column("name", texts)])
    with pytest.raises(InvalidValue, match="too long for so many"):
        mask_of(parse_expression(f"name contains '{needle}'"), table, budget=Budget(steps=10_000_000))
    with pytest.raises(InvalidValue, match="too long for so many"):
        mask_of(parse_expression(f"any('{needle}')"), table, budget=Budget(steps=10_000_000))
    with pytest.raises(InvalidValue, match="puts together are too large"):
        mask_of(
            parse_expression(" || ".join(["name"] * 50) + " = ''"),
            attributes_of(range(1), [text_column("name", Texts.of(["a" * 30_000_000]))]),
        )


class _Stopped(Exception):
    """Whoever waits has cancelled."""


@pytest.mark.bounded_after(5)
@pytest.mark.parametrize(
    "expression",
    [
        "name like '%a_a%b'",
        "name like name",
        "name contains 'aab'",
        "any('aab')",
        "lower(name) = 'b'",
        "name < 'b'",
        "trim(name) = ''",
        "name || name = ''",
        "coalesce(name, 'x') = 'b'",
        "name = 'b' or name = 'c'",
        "name + 1 > 2",
        "name in ('b', 'c')",
        "name ilike '%b'",
    ],
)
def test_whatever_is_computed_can_be_cancelled(expression: str) -> None:
    """The longest that nobody is asked is a piece of the work: each of many pieces asks."""
    rows = [f"{'a' * 30}{row}" for row in range(120_000)]
    table = attributes_of(range(len(rows)), [text_column("name", Texts.of(rows))])
    asked = 0

    def heard() -> None:
        nonlocal asked
        asked += 1
        if asked == 6:
            raise _Stopped

    with pytest.raises(_Stopped):
        mask_of(parse_expression(expression), table, budget=Budget(heard))


VALUE = st.recursive(
    st.one_of(
        st.sampled_from(["name", "n", "day", "open", "$fid", "null", "true", "1e999", "-1e999", "0", "9" * 18, "2.5"]),
        st.text("a%_' é", max_size=5).map(quoted_text),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "^", "||", "<", "=", "like", "in (1,"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]}{')' if '(' in t[1] else ''})"
        ),
        st.tuples(
            st.sampled_from(["lower", "trim", "length", "abs", "round", "floor", "sqrt", "year", "coalesce"]), inner
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["round", "coalesce", "min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        inner.map("not ({})".format),
    ),
    max_leaves=8,
)


@given(VALUE)
@example("round(n, 1e999)")
@example("round(1e999, -1e999)")
@example("(1e999 - 1e999) = round(n, 1e999 - 1e999)")
def test_no_value_of_the_language_ends_in_an_error_of_the_program(text: str) -> None:
    from tests.support.attribute_tables import table

    try:
        found = mask_of(parse_expression(text), table())
    except InvalidValue:
        return
    assert found.shape == (5,)
