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
from typing import Any, ClassVar, NamedTuple, override

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.formula.parser import NUMBER, FormulaParser
from layers.phrase import Phrase

MAX_CHARS = 500
MAX_DEPTH = 40

BandValues = NDArray[np.float32]


def _where(condition: Any, yes: Any, no: Any) -> Any:
    return np.where(condition != 0, yes, no)


class _Function(NamedTuple):
    values: int
    apply: Callable[..., Any]


_FUNCTIONS = {
    "sqrt": _Function(1, np.sqrt),
    "log": _Function(1, np.log),
    "abs": _Function(1, np.abs),
    "min": _Function(2, np.minimum),
    "max": _Function(2, np.maximum),
    "where": _Function(3, _where),
}
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "negative": np.negative,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_NUMBERED = re.compile(r"b([1-9][0-9]{0,2})")


class _Number(Struct, frozen=True):
    value: float


class _Band(Struct, frozen=True):
    name: str


class _Call(Struct, frozen=True):
    apply: Callable[..., Any]
    arguments: tuple[_Node, ...]


_Node = _Number | _Band | _Call


class BandExpression(Struct, frozen=True):
    """A parsed expression. `bands` are the names it uses, in order of first use, in lower case."""

    text: str
    bands: tuple[str, ...]
    _root: _Node

    def evaluate(self, bands: Mapping[str, NDArray[Any]], mask: NDArray[np.bool_] | None = None) -> BandValues:
        """float32 of the bands' shape; nan where a band it uses is nan, `mask` is False or the result is no number.

        Raises InvalidValue when a band is missing or shapes differ.
        """
        missing = [name for name in self.bands if name not in bands]
        if missing:
            raise InvalidValue(
                "{text} needs the band {missing}, which this image does not have.",
                text=repr(self.text),
                missing=missing[0],
            )
        used = {name: bands[name].astype(np.float32) for name in self.bands}
        shapes = {values.shape for values in used.values()} | ({mask.shape} if mask is not None else set())
        if len(shapes) != 1:
            raise InvalidValue("{text} cannot be computed: its bands are not of one size.", text=repr(self.text))
        with np.errstate(all="ignore"):
            output = np.array(np.broadcast_to(_value(self._root, used), shapes.pop()), np.float32)
            valid = np.isfinite(output)
            for values in used.values():
                valid &= np.isfinite(values)
        if mask is not None:
            valid &= mask
        output[~valid] = np.nan
        return output


def parse_expression(text: str) -> BandExpression:
    """Parse; raises InvalidValue, in one sentence, for anything that is not of the language."""
    return _Parser(text).expression()


def band_number(name: str) -> int | None:
    """1 for "b1", 12 for "b12", None for anything else."""
    match = _NUMBERED.fullmatch(name)
    return int(match[1]) if match else None


def _value(node: _Node, bands: Mapping[str, BandValues]) -> Any:
    match node:
        case _Number(value):
            return np.float32(value)
        case _Band(name):
            return bands[name]
        case _Call(apply, arguments):
            # Comparisons give booleans, which numpy would not subtract.
            return np.asarray(apply(*(_value(argument, bands) for argument in arguments)), np.float32)


class _Parser(FormulaParser[_Node]):
    max_chars, max_depth = MAX_CHARS, MAX_DEPTH
    token = re.compile(rf"\s*(?:{NUMBER}|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|<=|>=|==|!=|[-+*/()<>,]))")
    sums, products, powers = ("+", "-"), ("*", "/"), {"**": "**"}
    functions: ClassVar = {name: (function.values, function.values) for name, function in _FUNCTIONS.items()}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._bands: dict[str, None] = {}

    @override
    def refused(self, text: str, why: str) -> InvalidValue:
        return InvalidValue("{text} cannot be computed: {why}.", text=repr(text), why=why)

    def expression(self) -> BandExpression:
        root = self.parse()
        if not self._bands:
            raise self.wrong(Phrase("it names no band"))
        return BandExpression(self.text, tuple(self._bands), root)

    def whole(self) -> _Node:
        self.deeper(1)
        left = self.sum()
        if sign := self.take(*_COMPARISONS):
            left = self.operation(sign, (left, self.sum()))
        self.deeper(-1)
        return left

    def leaf(self, kind: str, text: str) -> _Node:
        if kind == "number":
            return _Number(float(text))
        name = text.lower()
        if self.take("("):
            return self.call(name)
        if name in _FUNCTIONS:
            raise self.wrong(Phrase("{name} needs its values in parentheses", name=name))
        self._bands[name] = None
        return _Band(name)

    def operation(self, name: str, arguments: tuple[_Node, ...]) -> _Node:
        return _Call(_FUNCTIONS[name].apply if name in _FUNCTIONS else _OPERATORS[name], arguments)
