"""A small language for sums with bands: text in, numbers out. Nothing of it is ever run as code.

    expression = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/") sign}
    sign       = ("-" | "+") sign | power
    power      = atom ["**" sign]
    atom       = number | band | function "(" expression {"," expression} ")" | "(" expression ")"

Bands are b1, b2... or common names such as nir. Comparisons give 1 or 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue

MAX_CHARS = 500
MAX_DEPTH = 40

Values = NDArray[np.float32]


def _where(condition: Any, yes: Any, no: Any) -> Any:
    return np.where(condition != 0, yes, no)


class _Function(NamedTuple):
    fewest: int
    most: int
    apply: Callable[..., Any]


_FUNCTIONS = {
    "sqrt": _Function(1, 1, np.sqrt),
    "log": _Function(1, 1, np.log),
    "abs": _Function(1, 1, np.abs),
    "min": _Function(2, 2, np.minimum),
    "max": _Function(2, 2, np.maximum),
    "where": _Function(3, 3, _where),
}
FUNCTIONS = tuple(_FUNCTIONS)
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/()<>,]))"
)
_NUMBERED = re.compile(r"b([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class _Number:
    value: float


@dataclass(frozen=True, slots=True)
class _Band:
    name: str


@dataclass(frozen=True, slots=True)
class _Call:
    apply: Callable[..., Any]
    arguments: tuple[_Node, ...]


_Node = _Number | _Band | _Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression. `bands` are the names it uses, in order of first use, in lower case."""

    text: str
    bands: tuple[str, ...]
    _root: _Node

    def evaluate(self, bands: Mapping[str, NDArray[Any]], mask: NDArray[np.bool_] | None = None) -> Values:
        """float32 of the bands' shape; nan where a band it uses is nan, `mask` is False or the result is no number.

        Raises InvalidValue when a band is missing or shapes differ.
        """
        missing = [name for name in self.bands if name not in bands]
        if missing:
            raise InvalidValue(f"{self.text!r} needs the band {missing[0]}, which this image does not have.")
        used = {name: bands[name].astype(np.float32) for name in self.bands}
        shapes = {values.shape for values in used.values()} | ({mask.shape} if mask is not None else set())
        if len(shapes) != 1:
            raise InvalidValue(f"{self.text!r} cannot be computed: its bands are not of one size.")
        with np.errstate(all="ignore"):
            found = np.array(np.broadcast_to(_value(self._root, used), shapes.pop()), np.float32)
            valid = np.isfinite(found)
            for values in used.values():
                valid &= np.isfinite(values)
        if mask is not None:
            valid &= mask
        found[~valid] = np.nan
        return found


def parse_expression(text: str) -> Expression:
    """Parse; raises InvalidValue, in one sentence, for anything that is not of the language."""
    if len(text) > MAX_CHARS:
        raise InvalidValue(f"The expression is too long: at most {MAX_CHARS} characters.")
    return _Parser(text).parse()


def band_number(name: str) -> int | None:
    """1 for "b1", 12 for "b12", None for anything else."""
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) if found else None


def _value(node: _Node, bands: Mapping[str, Values]) -> Any:
    match node:
        case _Number(value):
            return np.float32(value)
        case _Band(name):
            return bands[name]
        case _Call(apply, arguments):
            # Comparisons give booleans, which numpy would not subtract.
            return np.asarray(apply(*(_value(argument, bands) for argument in arguments)), np.float32)


class _Token(NamedTuple):
    kind: str
    text: str


class _Parser:
    """Recursive descent; the depth is counted, so that no text can exhaust the stack here or in `_value`."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._tokens = self._split()
        self._at = 0
        self._depth = 0
        self._bands: dict[str, None] = {}

    def parse(self) -> Expression:
        root = self._comparison()
        if self._at < len(self._tokens):
            raise self._wrong(f"{self._tokens[self._at].text!r} was not expected there")
        if not self._bands:
            raise self._wrong("it names no band")
        return Expression(self._text, tuple(self._bands), root)

    def _split(self) -> list[_Token]:
        tokens, at = [], 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                raise self._wrong(f"{self._text[at:].lstrip()[:1]!r} means nothing here")
            tokens.append(_Token(found.lastgroup, found[found.lastgroup]))
            at = found.end()
        return tokens

    def _wrong(self, why: str) -> InvalidValue:
        shown = self._text if len(self._text) <= 60 else self._text[:60] + "…"
        return InvalidValue(f"{shown!r} cannot be computed: {why}.")

    def _take(self, *signs: str) -> str:
        """The next token when it is one of `signs`, else ""."""
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind == "sign" and token.text in signs:
                self._at += 1
                return token.text
        return ""

    def _deeper(self, step: int) -> None:
        self._depth += step
        if self._depth > MAX_DEPTH:
            raise self._wrong("it is nested too deep")

    def _comparison(self) -> _Node:
        self._deeper(1)
        left = self._sum()
        if sign := self._take(*_COMPARISONS):
            left = _Call(_OPERATORS[sign], (left, self._sum()))
        self._deeper(-1)
        return left

    def _sum(self) -> _Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> _Node:
        return self._chain(self._sign, "*", "/")

    def _chain(self, part: Callable[[], _Node], *signs: str) -> _Node:
        """Left to right: each further part makes the tree one deeper."""
        left, links = part(), 0
        while sign := self._take(*signs):
            links += 1
            self._deeper(1)
            left = _Call(_OPERATORS[sign], (left, part()))
        self._depth -= links
        return left

    def _sign(self) -> _Node:
        if sign := self._take("-", "+"):
            self._deeper(1)
            inner = self._sign()
            self._deeper(-1)
            return _Call(np.negative, (inner,)) if sign == "-" else inner
        return self._power()

    def _power(self) -> _Node:
        left = self._atom()
        if self._take("**"):
            self._deeper(1)
            left = _Call(np.power, (left, self._sign()))
            self._deeper(-1)
        return left

    def _atom(self) -> _Node:
        if self._take("("):
            inner = self._comparison()
            self._close()
            return inner
        if self._at >= len(self._tokens):
            raise self._wrong("it ends too early" if self._text else "it is empty")
        token = self._tokens[self._at]
        self._at += 1
        if token.kind == "number":
            return _Number(float(token.text))
        if token.kind == "sign":
            raise self._wrong(f"{token.text!r} was not expected there")
        name = token.text.lower()
        if self._take("("):
            return self._call(name)
        if name in _FUNCTIONS:
            raise self._wrong(f"{name} needs its values in parentheses")
        self._bands[name] = None
        return _Band(name)

    def _call(self, name: str) -> _Node:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise self._wrong(f"there is no function {name[:20]}, only {', '.join(FUNCTIONS)}")
        arguments = [self._comparison()]
        while self._take(","):
            arguments.append(self._comparison())
        self._close()
        if not function.fewest <= len(arguments) <= function.most:
            raise self._wrong(f"{name} takes {function.fewest} values, not {len(arguments)}")
        return _Call(function.apply, tuple(arguments))

    def _close(self) -> None:
        if not self._take(")"):
            raise self._wrong("a ) is missing")
