"""A small language of conditions on attributes: text in, a mask out. Nothing of it is ever run as code.

    expression = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation   = "not" negation | comparison
    comparison = sum [("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") sum
                 | "is" ["not"] "null" | ["not"] ("like" | "ilike" | "contains" | "starts" | "ends") sum
                 | ["not"] "in" "(" expression {"," expression} ")" | ["not"] "between" sum "and" sum]
    sum        = product {("+" | "-" | "||") product}
    product    = sign {("*" | "/" | "%") sign}
    sign       = ("-" | "+") sign | power
    power      = atom [("^" | "**") sign]
    atom       = number | 'text' | "column" | column | measure | true | false | null
                 | function "(" expression {"," expression} ")" | "(" expression ")"

    measure    = $fid | $length | $area

A column is named as it is, or in double quotes. What touches NULL is NULL, as in SQL; a mask takes that for no.
`contains`, `starts`, `ends`, `ilike` do not mind case; `=` and `like` do. Dates are text: day > '2024-04-12'.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import override

from msgspec import Struct

from layers.errors import InvalidValue
from layers.formula.parser import NUMBER, FormulaParser
from layers.phrase import Phrase

MAX_CHARS = 4000
MAX_DEPTH = 60
FUNCTIONS: dict[str, tuple[int, int]] = {
    "lower": (1, 1),
    "upper": (1, 1),
    "trim": (1, 1),
    "length": (1, 1),
    "abs": (1, 1),
    "round": (1, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "sqrt": (1, 1),
    "year": (1, 1),
    "month": (1, 1),
    "coalesce": (1, 9),
    "any": (1, 1),
    "min": (2, 9),
    "max": (2, 9),
}
"""Name to the fewest and most values it takes. any('text') looks in all columns, as the quick filter does."""
MEASURES = ("$fid", "$length", "$area")
"""The feature's number in its file; metres along a line or round an area, square metres; measured on the ellipsoid."""
COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
MATCHES = ("like", "ilike", "contains", "starts", "ends")
_WORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false", "between", *MATCHES})


class Literal(Struct, frozen=True):
    value: int | float | str | bool | None


class ColumnName(Struct, frozen=True):
    name: str


class ShapeMeasure(Struct, frozen=True):
    """One of MEASURES."""

    name: str


class Call(Struct, frozen=True):
    """An operator, a match, a connective or a function, with its operands."""

    name: str
    arguments: tuple[Node, ...]


Node = Literal | ColumnName | ShapeMeasure | Call


class Expression(Struct, frozen=True):
    """Parsed. `columns` are the names it uses, `measures` those of MEASURES, in order of first use."""

    text: str
    root: Node
    columns: tuple[str, ...]
    measures: tuple[str, ...]

    @property
    def is_measured(self) -> bool:
        """True where lengths or areas have to be measured for it, which takes a while."""
        return any(name != "$fid" for name in self.measures)

    @property
    def needs_all_columns(self) -> bool:
        return _has_any(self.root)


def parse_expression(text: str) -> Expression:
    """Parse; raises InvalidValue, in one sentence, for anything that is not of the language."""
    return _Parser(text).expression()


def quoted_column(name: str) -> str:
    """A column's name as an expression writes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _has_any(node: Node) -> bool:
    return isinstance(node, Call) and (node.name == "any" or any(map(_has_any, node.arguments)))


class _Parser(FormulaParser[Node]):
    max_chars, max_depth = MAX_CHARS, MAX_DEPTH
    token = re.compile(
        rf"""\s*(?:{NUMBER}(?![\w.])
        |'(?P<text>(?:[^']|'')*)'|"(?P<quoted>(?:[^"]|"")+)"|(?P<measure>\$[a-z]+)|(?P<name>[^\W\d]\w*)
        |(?P<sign>\*\*|<=|>=|==|!=|<>|\|\||[-+*/%^()<>=,]))""",
        re.VERBOSE,
    )
    quotes = ("'", '"')
    sums, products, powers = ("+", "-", "||"), ("*", "/", "%"), {"**": "^", "^": "^"}
    functions = FUNCTIONS

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._columns: dict[str, None] = {}
        self._measures: dict[str, None] = {}

    @override
    def refused(self, text: str, why: str) -> InvalidValue:
        return InvalidValue("{text} cannot be understood: {why}.", text=text, why=why)

    def expression(self) -> Expression:
        root = self.parse()
        return Expression(self.text, root, tuple(self._columns), tuple(self._measures))

    def whole(self) -> Node:
        self.deeper(1)
        node = self._flat(self._all_of, "or")
        self.deeper(-1)
        return node

    def _all_of(self) -> Node:
        return self._flat(self._negation, "and")

    def _flat(self, part: Callable[[], Node], word: str) -> Node:
        """A long chain of conditions is one call, not a deep tree."""
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts))

    def _negation(self) -> Node:
        if self.take("not"):
            self.deeper(1)
            inner = self._negation()
            self.deeper(-1)
            return Call("not", (inner,))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self.sum()
        if sign := self.take(*COMPARISONS):
            return Call(COMPARISONS[sign], (left, self.sum()))
        if self.take("is"):
            is_not = bool(self.take("not"))
            if not self.take("null"):
                raise self.wrong("after IS comes NULL or NOT NULL")
            return _negated(is_not, Call("is null", (left,)))
        is_not = bool(self.take("not"))
        if word := self.take(*MATCHES):
            return _negated(is_not, Call(word, (left, self.sum())))
        if self.take("in"):
            if not self.take("("):
                raise self.wrong(Phrase("a ( is missing"))
            return _negated(is_not, Call("in", (left, *self.values())))
        if self.take("between"):
            low = self.sum()
            if not self.take("and"):
                raise self.wrong(Phrase("BETWEEN takes two values joined by AND"))
            return _negated(is_not, Call("and", (Call(">=", (left, low)), Call("<=", (left, self.sum())))))
        if is_not:
            raise self.wrong("after NOT comes LIKE, CONTAINS, STARTS, ENDS, IN or BETWEEN")
        return left

    def leaf(self, kind: str, text: str) -> Node:
        match kind:
            case "number":
                return Literal(_number(text))
            case "text":
                return Literal(text.replace("''", "'"))
            case "quoted":
                return self._column(text.replace('""', '"'))
            case "measure":
                if text not in MEASURES:
                    raise self.wrong(
                        Phrase("there is no {text}, only {measures}", text=text[:20], measures=", ".join(MEASURES))
                    )
                self._measures[text] = None
                return ShapeMeasure(text)
        return self._named(text)

    def operation(self, name: str, arguments: tuple[Node, ...]) -> Node:
        if name == "negative" and isinstance(arguments[0], Literal) and isinstance(arguments[0].value, int | float):
            return Literal(-arguments[0].value)
        return Call(name, arguments)

    def _named(self, text: str) -> Node:
        word = text.lower()
        if word in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[word])
        if word in _WORDS:
            raise self.wrong(
                Phrase(
                    "{text} was not expected there; a column of that name is written in double quotes", text=text[:20]
                )
            )
        if self.take("("):
            return self.call(word)
        return self._column(text)

    def _column(self, name: str) -> Node:
        self._columns[name] = None
        return ColumnName(name)


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 19 else float(text)


def _negated(is_not: bool, node: Node) -> Node:
    return Call("not", (node,)) if is_not else node
