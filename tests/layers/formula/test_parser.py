"""The frame of the small languages, with the smallest that stands in it: sums of digits, and a function."""

import re
from typing import override

import pytest

from layers.errors import InvalidValue
from layers.formula.parser import NUMBER, FormulaParser


class Sums(FormulaParser[str]):
    max_chars, max_depth = 200, 10
    token = re.compile(rf"\s*(?:{NUMBER}|(?P<name>[a-z]+)|(?P<sign>[-+*^(),!]))")
    sums, products, powers = ("+", "-"), ("*",), {"^": "to"}
    functions = {"most": (2, 3), "half": (1, 1)}  # noqa: RUF012
    quotes = ("'",)

    @override
    def refused(self, text: str, why: str) -> InvalidValue:
        return InvalidValue("{text} is no sum: {why}.", text=text, why=why)

    def whole(self) -> str:
        self.deeper(1)
        found = self.sum()
        self.deeper(-1)
        return found

    def leaf(self, kind: str, text: str) -> str:
        return self.call(text) if kind == "name" and self.take("(") else text

    def operation(self, name: str, arguments: tuple[str, ...]) -> str:
        return f"({name} {' '.join(arguments)})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 + 2*3", "(+ 1 (* 2 3))"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("-2^3^4", "(negative (to 2 (to 3 4)))"),
        ("2^-3", "(to 2 (negative 3))"),
        ("+(1 + 2)*x", "(* (+ 1 2) x)"),
        (" most(1, 2+.5e3) ", "(most 1 (+ 2 .5e3))"),
    ],
)
def test_what_binds_tighter_is_deeper_in_the_tree(text, tree):
    assert Sums(text).parse() == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("1 +", "it ends too early"),
        ("1 2", "'2' was not expected there"),
        ("!1", "'!' was not expected there"),
        ("1 + §", "'§' means nothing here"),
        ("1 + 'a", "a ' is not closed"),
        ("(1 + 2", "a ) is missing"),
        ("least(1)", "there is no function least, only most, half"),
        ("most(1)", "most takes 2 to 3 values, not 1"),
        ("half(1, 2)", "half takes 1 value, not 2"),
    ],
)
def test_what_is_not_of_the_language_is_refused_in_one_sentence(text, why):
    with pytest.raises(InvalidValue) as caught:
        Sums(text).parse()
    assert caught.value.sentence == f"{text} is no sum: {why}."


@pytest.mark.parametrize("text", ["(" * 10 + "1" + ")" * 10, "-" * 10 + "1", "+".join("1" * 11), "^".join("1" * 11)])
def test_depth_is_limited_whatever_makes_it(text):
    with pytest.raises(InvalidValue, match="nested too deep"):
        Sums(text).parse()
    Sums("+".join(["(1*1*1^1*1)"] * 4)).parse()  # what is left again does not count


def test_length_is_limited():
    Sums("1" * 200).parse()
    with pytest.raises(InvalidValue, match="at most 200 characters"):
        Sums("1" * 201)
