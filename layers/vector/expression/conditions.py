"""Filters composed of rows of column, comparison and value, and the expression they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from layers.errors import InvalidValue
from layers.vector.columns import Kind, time_value
from layers.vector.expression.language import quoted_column, quoted_text

type Operator = Literal[
    "contains", "does not contain", "=", "≠", "starts with", "ends with", "<", "≤", ">", "≥", "between", "in list",
    "is NULL", "is not NULL", "is true", "is false",
]  # fmt: skip

_ALWAYS: tuple[Operator, ...] = ("is NULL", "is not NULL")
OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: ("contains", "does not contain", "=", "≠", "starts with", "ends with", "in list", *_ALWAYS),
    Kind.INTEGER: ("=", "≠", "<", "≤", ">", "≥", "between", "in list", *_ALWAYS),
    Kind.REAL: ("=", "≠", "<", "≤", ">", "≥", "between", "in list", *_ALWAYS),
    Kind.BOOLEAN: ("is true", "is false", *_ALWAYS),
    Kind.DATE: ("=", "≠", "<", "≤", ">", "≥", "between", *_ALWAYS),
    Kind.DATETIME: ("=", "≠", "<", "≤", ">", "≥", "between", *_ALWAYS),
}
"""Conditions for each kind of column, the likeliest first."""
WITHOUT_VALUE: frozenset[Operator] = frozenset({"is NULL", "is not NULL", "is true", "is false"})
_SIGNS = {"=": "=", "≠": "!=", "<": "<", "≤": "<=", ">": ">", "≥": ">="}
_WORDS = {"contains": "contains", "does not contain": "not contains", "starts with": "starts", "ends with": "ends"}


class Condition(Struct, frozen=True):
    """One row of a filter. Values of a list and the ends of `between` are separated by ; or a comma."""

    column: str
    kind: Kind
    operator: Operator
    value: str = ""


def expression_for(conditions: Sequence[Condition], *, all_of: bool = True) -> str:
    """The expression that holds where all (or any) of the conditions do. Raises InvalidValue for an unfit value."""
    parts = [_part(condition) for condition in conditions]
    return (" and " if all_of else " or ").join(parts)


def _part(condition: Condition) -> str:
    name, value = quoted_column(condition.column), condition.value.strip()
    match condition.operator:
        case "is NULL":
            return f"{name} is null"
        case "is not NULL":
            return f"{name} is not null"
        case "is true":
            return f"{name} = true"
        case "is false":
            return f"{name} = false"
        case "in list":
            values = [_written(condition, part) for part in _split(value)]
            if not values:
                raise InvalidValue(
                    "The list for “{column}” is empty: write values separated by ;", column=condition.column
                )
            return f"{name} in ({', '.join(values)})"
        case "between":
            ends = [_written(condition, part) for part in _split(value)]
            if len(ends) != 2:
                raise InvalidValue("“{column}” between needs two values separated by ;", column=condition.column)
            return f"{name} between {ends[0]} and {ends[1]}"
    if condition.operator in _WORDS:
        return f"{name} {_WORDS[condition.operator]} {quoted_text(condition.value)}"
    return f"{name} {_SIGNS[condition.operator]} {_written(condition, value)}"


def _split(text: str) -> list[str]:
    parts = text.split(";") if ";" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _written(condition: Condition, value: str) -> str:
    if condition.kind.is_number:
        return _number(condition, value)
    if condition.kind.is_time and time_value(condition.kind, value) is None:
        raise InvalidValue(
            "“{value}” is no date for “{column}”: write 2024-04-12 or 2024-04-12T08:30.",
            value=value,
            column=condition.column,
        )
    return quoted_text(value)


def _number(condition: Condition, value: str) -> str:
    text = value.replace("\N{MINUS SIGN}", "-").replace(" ", "")
    try:
        float(text)
    except ValueError:
        raise InvalidValue("“{value}” is no number for “{column}”.", value=value, column=condition.column) from None
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity") or "_" in text:
        raise InvalidValue("“{value}” is no number for “{column}”.", value=value, column=condition.column)
    return text.lstrip("+")
