"""A parser shared by small languages of formulas: tokens, precedence, functions, limits of length and depth."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

from layers.errors import InvalidValue
from layers.phrase import Phrase

NUMBER = r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)"
"""Pattern for `token`: a number without a sign."""


class Token(NamedTuple):
    kind: str
    text: str


class FormulaParser[Node](ABC):
    """Recursive descent; the depth is counted, so that no text can exhaust the stack here or where it is computed.

    Raises InvalidValue, in one sentence, for anything that is not of the language.
    """

    max_chars: ClassVar[int]
    max_depth: ClassVar[int]
    token: ClassVar[re.Pattern[str]]
    """Pattern of tokens: a named group for each kind, after white space; `take` knows "sign" and "name"."""
    quotes: ClassVar[tuple[str, ...]] = ()
    sums: ClassVar[tuple[str, ...]]
    products: ClassVar[tuple[str, ...]]
    powers: ClassVar[Mapping[str, str]]
    """Sign to operator."""
    functions: ClassVar[Mapping[str, tuple[int, int]]]
    """Name to the fewest and most values it takes."""

    def __init__(self, text: str) -> None:
        if len(text) > self.max_chars:
            raise InvalidValue("The expression is too long: at most {max_chars} characters.", max_chars=self.max_chars)
        self.text = text.strip()
        self._tokens = self._split()
        self._at = 0
        self._depth = 0

    # -- each language's own ------------------------------------------------------------------------------------

    @abstractmethod
    def whole(self) -> Node:
        """Parse all of a formula, or of a part in parentheses; goes one `deeper`."""

    @abstractmethod
    def leaf(self, kind: str, text: str) -> Node:
        """The node of a token that is no sign: a number, a text or a name; `call` makes that of a function."""

    @abstractmethod
    def operation(self, name: str, arguments: tuple[Node, ...]) -> Node:
        """The node of an operator or a function; "negative" is the sign before a value."""

    # -- what they share ----------------------------------------------------------------------------------------

    def parse(self) -> Node:
        root = self.whole()
        if self._at < len(self._tokens):
            raise self.wrong(Phrase("{text} was not expected there", text=repr(self._tokens[self._at].text[:30])))
        return root

    def wrong(self, why: str) -> InvalidValue:
        shown = self.text if len(self.text) <= 60 else self.text[:60] + "…"
        return self.refused(shown, why)

    def refused(self, text: str, why: str) -> InvalidValue:
        """The error for a text that is none of this language."""
        raise NotImplementedError

    def take(self, *signs: str) -> str:
        """The next sign or word when it is one of these, else ""."""
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            word = text if kind == "sign" else text.lower() if kind == "name" else ""
            if word in signs:
                self._at += 1
                return word
        return ""

    def deeper(self, step: int) -> None:
        self._depth += step
        if self._depth > self.max_depth:
            raise self.wrong(Phrase("it is nested too deep"))

    def sum(self) -> Node:
        return self._chain(self._product, self.sums)

    def call(self, name: str) -> Node:
        """A function, after its opening parenthesis."""
        if name not in self.functions:
            raise self.wrong(
                Phrase(
                    "there is no function {name}, only {functions}", name=name[:20], functions=", ".join(self.functions)
                )
            )
        arguments = self.values()
        fewest, most = self.functions[name]
        if not fewest <= len(arguments) <= most:
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.wrong(
                Phrase(
                    "{name} takes {count} value{value}, not {count_2}",
                    name=name,
                    count=count,
                    value="s" if most > 1 else "",
                    count_2=len(arguments),
                )
            )
        return self.operation(name, arguments)

    def values(self) -> tuple[Node, ...]:
        """Parses values between commas, up to and with the closing parenthesis."""
        nodes = [self.whole()]
        while self.take(","):
            nodes.append(self.whole())
        self._close()
        return tuple(nodes)

    def _split(self) -> list[Token]:
        tokens, at = [], 0
        while at < len(self.text):
            match = self.token.match(self.text, at)
            if match is None or match.lastgroup is None:
                sign = self.text[at:].lstrip()[:1]
                raise self.wrong(
                    Phrase("a {sign} is not closed", sign=sign)
                    if sign in self.quotes
                    else Phrase("{sign} means nothing here", sign=repr(sign))
                )
            tokens.append(Token(match.lastgroup, match[match.lastgroup]))
            at = match.end()
        return tokens

    def _product(self) -> Node:
        return self._chain(self._sign, self.products)

    def _chain(self, part: Callable[[], Node], signs: tuple[str, ...]) -> Node:
        """Left to right: each further part makes the tree one deeper."""
        left, links = part(), 0
        while sign := self.take(*signs):
            links += 1
            self.deeper(1)
            left = self.operation(sign, (left, part()))
        self._depth -= links
        return left

    def _sign(self) -> Node:
        if sign := self.take("-", "+"):
            self.deeper(1)
            inner = self._sign()
            self.deeper(-1)
            return self.operation("negative", (inner,)) if sign == "-" else inner
        return self._power()

    def _power(self) -> Node:
        left = self._atom()
        if sign := self.take(*self.powers):
            self.deeper(1)
            left = self.operation(self.powers[sign], (left, self._sign()))
            self.deeper(-1)
        return left

    def _atom(self) -> Node:
        if self.take("("):
            inner = self.whole()
            self._close()
            return inner
        if self._at >= len(self._tokens):
            raise self.wrong(Phrase("it ends too early") if self.text else Phrase("it is empty"))
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "sign":
            raise self.wrong(Phrase("{text} was not expected there", text=repr(text)))
        return self.leaf(kind, text)

    def _close(self) -> None:
        if not self.take(")"):
            raise self.wrong(Phrase("a ) is missing"))
