"""Rules of classes: comparisons of columns with values, joined by `and`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.vector.columns import Attributes, Column

_PART = re.compile(
    r"""\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\W\d]\w*))\s*
    (?P<sign><=|>=|!=|<>|=|<|>|\bis\s+not\b|\bis\b|\bcontains\b)\s*
    (?:'(?P<text>(?:[^']|'')*)'|(?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<null>null))\s*""",
    re.VERBOSE | re.IGNORECASE,
)


def rule_columns(rule: str) -> tuple[str, ...]:
    """The columns a rule compares; none where it cannot be understood."""
    try:
        return tuple(dict.fromkeys(name for name, _, _ in _parsed(rule)))
    except InvalidValue:
        return ()


def rule_mask(rule: str, attributes: Attributes) -> NDArray[np.bool_]:
    """Where the rule is true; an empty one always is. NULL fulfils nothing but `is null`. Raises InvalidValue."""
    mask = np.ones(len(attributes), dtype=bool)
    for name, sign, value in _parsed(rule):
        column = attributes.columns.get(name)
        if column is None:
            raise InvalidValue(f"The layer has no column {name}: correct the rule.")
        mask &= _compared(column, sign, value)
    return mask


@lru_cache(maxsize=512)
def _parsed(rule: str) -> tuple[tuple[str, str, str | float | None], ...]:
    parts: list[tuple[str, str, str | float | None]] = []
    at = 0
    while at < len(rule.rstrip()):
        match = _PART.match(rule, at)
        if match is None:
            raise InvalidValue(f"“{rule}” is no rule: write it as height > 100 and type = 'port'.")
        value: str | float | None = None
        if match["number"]:
            value = float(match["number"])
        elif match["null"] is None:
            value = match["text"].replace("''", "'")
        sign = " ".join(match["sign"].lower().split()).replace("<>", "!=")
        parts.append((match["quoted"] or match["bare"], sign, value))
        at = match.end()
        joint = re.compile(r"and\b", re.IGNORECASE).match(rule, at)
        if joint is not None:
            at = joint.end()
        elif at < len(rule.rstrip()):
            raise InvalidValue(f"“{rule}” is no rule: join comparisons with “and”.")
    return tuple(parts)


def _compared(column: Column, sign: str, value: str | float | None) -> NDArray[np.bool_]:
    filled = column.filled()
    if value is None:
        return ~filled if sign in ("is", "=") else filled
    if isinstance(value, float) and column.kind != "text":
        left = column.values
        found = {
            "=": left == value, "is": left == value, "!=": left != value, "is not": left != value, "<": left < value,
            "<=": left <= value, ">": left > value, ">=": left >= value,
        }.get(sign, np.zeros(len(column), bool))  # fmt: skip
        return np.asarray(found & filled)
    texts = [column.shown(row) for row in range(len(column))]
    wanted = f"{value:g}" if isinstance(value, float) else value
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda t: t == wanted, "is": lambda t: t == wanted, "!=": lambda t: t != wanted,
        "is not": lambda t: t != wanted, "<": lambda t: t < wanted, "<=": lambda t: t <= wanted,
        ">": lambda t: t > wanted, ">=": lambda t: t >= wanted,
        "contains": lambda t: wanted.casefold() in t.casefold(),
    }  # fmt: skip
    return np.array([tests[sign](text) for text in texts], dtype=np.bool_) & filled
