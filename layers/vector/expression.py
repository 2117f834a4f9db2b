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
from dataclasses import dataclass
from typing import NamedTuple

from layers.errors import InvalidValue

MAX_CHARS = 4000
MAX_DEPTH = 60
FUNCTIONS: dict[str, tuple[int, int]] = {
    "lower": (1, 1), "upper": (1, 1), "trim": (1, 1), "length": (1, 1), "abs": (1, 1), "round": (1, 2),
    "floor": (1, 1), "ceil": (1, 1), "sqrt": (1, 1), "year": (1, 1), "month": (1, 1), "coalesce": (1, 9),
    "any": (1, 1), "min": (2, 9), "max": (2, 9),
}  # fmt: skip
"""Name to the fewest and most values it takes. any('text') looks in all columns, as the quick filter does."""
MEASURES = ("$fid", "$length", "$area")
"""The feature's number in its file; metres along a line or round an area, square metres; measured on the ellipsoid."""
COMPARISONS = {"=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
MATCHES = ("like", "ilike", "contains", "starts", "ends")
_WORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false", "between", *MATCHES})
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?![\w.])
    |'(?P<text>(?:[^']|'')*)'|"(?P<quoted>(?:[^"]|"")+)"|(?P<measure>\$[a-z]+)|(?P<name>[^\W\d]\w*)
    |(?P<sign>\*\*|<=|>=|==|!=|<>|\|\||[-+*/%^()<>=,]))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Literal:
    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class ColumnName:
    name: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One of MEASURES."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator, a match, a connective or a function, and what it works on."""

    name: str
    arguments: tuple[Node, ...]


Node = Literal | ColumnName | Measure | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """Parsed. `columns` are the names it uses, `measures` those of MEASURES, in order of first use."""

    text: str
    root: Node
    columns: tuple[str, ...]
    measures: tuple[str, ...]

    @property
    def needs_all_columns(self) -> bool:
        return _has_any(self.root)


def parse_expression(text: str) -> Expression:
    """Parse; raises InvalidValue, in one sentence, for anything that is not of the language."""
    if len(text) > MAX_CHARS:
        raise InvalidValue(f"The expression is too long: at most {MAX_CHARS} characters.")
    return _Parser(text).parse()


def quoted_column(name: str) -> str:
    """A column's name as an expression writes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _has_any(node: Node) -> bool:
    return isinstance(node, Call) and (node.name == "any" or any(map(_has_any, node.arguments)))


class _Token(NamedTuple):
    kind: str
    text: str


class _Parser:
    """Recursive descent; the depth is counted, so that no text can exhaust the stack here or where it is computed."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._tokens = self._split()
        self._at = 0
        self._depth = 0
        self._columns: dict[str, None] = {}
        self._measures: dict[str, None] = {}

    def parse(self) -> Expression:
        root = self._any_of()
        if self._at < len(self._tokens):
            raise self._wrong(f"{self._tokens[self._at].text[:30]!r} was not expected there")
        return Expression(self._text, root, tuple(self._columns), tuple(self._measures))

    def _split(self) -> list[_Token]:
        tokens, at = [], 0
        while at < len(self._text):
            found = _TOKEN.match(self._text, at)
            if found is None or found.lastgroup is None:
                rest = self._text[at:].lstrip()
                if rest[:1] in ("'", '"'):
                    raise self._wrong(f"a {rest[:1]} is not closed")
                raise self._wrong(f"{rest[:1]!r} means nothing here")
            tokens.append(_Token(found.lastgroup, found[found.lastgroup]))
            at = found.end()
        return tokens

    def _wrong(self, why: str) -> InvalidValue:
        shown = self._text if len(self._text) <= 60 else self._text[:60] + "…"
        return InvalidValue(f"{shown} cannot be understood: {why}.")

    def _take(self, *signs: str) -> str:
        """The next sign or word when it is one of these, else ""."""
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            taken = text if kind == "sign" else text.lower() if kind == "name" else ""
            if taken in signs:
                self._at += 1
                return taken
        return ""

    def _deeper(self, step: int) -> None:
        self._depth += step
        if self._depth > MAX_DEPTH:
            raise self._wrong("it is nested too deep")

    def _any_of(self) -> Node:
        self._deeper(1)
        found = self._flat(self._all_of, "or")
        self._deeper(-1)
        return found

    def _all_of(self) -> Node:
        return self._flat(self._negation, "and")

    def _flat(self, part: Callable[[], Node], word: str) -> Node:
        """A long chain of conditions is one call, not a deep tree."""
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts))

    def _negation(self) -> Node:
        if self._take("not"):
            self._deeper(1)
            inner = self._negation()
            self._deeper(-1)
            return Call("not", (inner,))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        if sign := self._take(*COMPARISONS):
            return Call(COMPARISONS[sign], (left, self._sum()))
        if self._take("is"):
            is_not = bool(self._take("not"))
            if not self._take("null"):
                raise self._wrong("after IS comes NULL or NOT NULL")
            return _negated(is_not, Call("is null", (left,)))
        is_not = bool(self._take("not"))
        if word := self._take(*MATCHES):
            return _negated(is_not, Call(word, (left, self._sum())))
        if self._take("in"):
            self._open()
            return _negated(is_not, Call("in", (left, *self._values())))
        if self._take("between"):
            low = self._sum()
            if not self._take("and"):
                raise self._wrong("BETWEEN takes two values joined by AND")
            return _negated(is_not, Call("and", (Call(">=", (left, low)), Call("<=", (left, self._sum())))))
        if is_not:
            raise self._wrong("after NOT comes LIKE, CONTAINS, STARTS, ENDS, IN or BETWEEN")
        return left

    def _sum(self) -> Node:
        return self._chain(self._product, "+", "-", "||")

    def _product(self) -> Node:
        return self._chain(self._sign, "*", "/", "%")

    def _chain(self, part: Callable[[], Node], *signs: str) -> Node:
        """Left to right: each further part makes the tree one deeper."""
        left, links = part(), 0
        while sign := self._take(*signs):
            links += 1
            self._deeper(1)
            left = Call(sign, (left, part()))
        self._depth -= links
        return left

    def _sign(self) -> Node:
        if sign := self._take("-", "+"):
            self._deeper(1)
            inner = self._sign()
            self._deeper(-1)
            if sign == "+":
                return inner
            if isinstance(inner, Literal) and isinstance(inner.value, int | float):
                return Literal(-inner.value)
            return Call("negative", (inner,))
        return self._power()

    def _power(self) -> Node:
        left = self._atom()
        if self._take("**", "^"):
            self._deeper(1)
            left = Call("^", (left, self._sign()))
            self._deeper(-1)
        return left

    def _atom(self) -> Node:
        if self._take("("):
            inner = self._any_of()
            self._close()
            return inner
        if self._at >= len(self._tokens):
            raise self._wrong("it ends too early" if self._text else "it is empty")
        kind, text = self._tokens[self._at]
        self._at += 1
        match kind:
            case "number":
                return Literal(_number(text))
            case "text":
                return Literal(text.replace("''", "'"))
            case "quoted":
                return self._column(text.replace('""', '"'))
            case "measure":
                if text not in MEASURES:
                    raise self._wrong(f"there is no {text[:20]}, only {', '.join(MEASURES)}")
                self._measures[text] = None
                return Measure(text)
            case "name":
                return self._named(text)
        raise self._wrong(f"{text!r} was not expected there")

    def _named(self, text: str) -> Node:
        word = text.lower()
        if word in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[word])
        if word in _WORDS:
            raise self._wrong(f"{text[:20]} was not expected there; a column of that name is written in double quotes")
        if self._take("("):
            return self._call(word)
        return self._column(text)

    def _column(self, name: str) -> Node:
        self._columns[name] = None
        return ColumnName(name)

    def _call(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise self._wrong(f"there is no function {name[:20]}, only {', '.join(FUNCTIONS)}")
        arguments = self._values()
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self._wrong(f"{name} takes {count} value{'s' if most > 1 else ''}, not {len(arguments)}")
        return Call(name, tuple(arguments))

    def _values(self) -> list[Node]:
        found = [self._any_of()]
        while self._take(","):
            found.append(self._any_of())
        self._close()
        return found

    def _open(self) -> None:
        if not self._take("("):
            raise self._wrong("a ( is missing")

    def _close(self) -> None:
        if not self._take(")"):
            raise self._wrong("a ) is missing")


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 19 else float(text)


def _negated(is_not: bool, node: Node) -> Node:
    return Call("not", (node,)) if is_not else node
