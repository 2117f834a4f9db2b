"""Classes of a style, and the class of each feature of a layer."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.text.counted import grouped_number
from layers.vector.columns import Attributes, Column, Kind, time_text
from layers.vector.style.rules import rule_mask
from layers.vector.style.symbol import Symbol
from layers.vector.style.template import value_text

MODES = ("single", "categorised", "graduated", "rules")
MOST_CLASSES = 1000

EMPTY_TITLE = "(empty)"
"""Legends' title for the class of texts without a character."""


class StyleClass(Struct, frozen=True, rename={"symbol": "look"}):
    """Features of one `value`, from `lower` to `upper`, or for which `rule` is true, by the mode of the style."""

    symbol: Symbol = field(default_factory=Symbol)
    label: str = ""
    """The class's title in legends; empty: its value."""
    value: str = ""
    """Value as `value_text` writes it."""
    lower: float = 0.0
    upper: float = 0.0
    rule: str = ""
    shown: bool = True

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lower) and math.isfinite(self.upper)):
            raise InvalidValue("The limits of a class are numbers.")

    def title(self, mode: str) -> str:
        """The class's title in legends."""
        if self.label:
            return self.label
        if mode == "graduated":
            return " – ".join(grouped_number(value_text(limit)) for limit in (self.lower, self.upper))
        return self.rule if mode == "rules" else self.value or EMPTY_TITLE


def class_of_each(
    mode: str, column: str, classes: tuple[StyleClass, ...], attributes: Attributes, budget: Budget
) -> NDArray[np.uint16]:
    """The class of each feature; `len(classes)` where it is in none: NULL, or nothing that fits.

    Raises InvalidValue for a rule that cannot be understood, and where all of them are more work than they may be.
    """
    count, other = len(attributes), len(classes)
    if mode == "rules":
        return _by_rule(classes, attributes, budget)
    known = attributes.columns.get(column)
    if mode == "single" or not classes or known is None:
        return np.full(count, other, dtype=np.uint16)
    budget.begin(count)
    indices = _by_limits(classes, known, budget) if mode == "graduated" else _by_value(classes, known, budget)
    indices[~known.filled()] = other
    return indices


def counts_of(column: Column) -> dict[str, int]:
    """The values of a column as text, with how many features have each, the most frequent first; NULL left out."""
    texts, codes = _distinct(column)
    counts = np.bincount(codes[column.filled()], minlength=len(texts)).tolist()
    joined: dict[str, int] = {}
    for text, count in zip(texts, counts, strict=True):
        if count:
            joined[text] = joined.get(text, 0) + count
    return dict(sorted(joined.items(), key=lambda item: (-item[1], item[0].casefold(), item[0])))


def numbers_of(column: Column) -> NDArray[np.float64]:
    """The finite numbers of a column; empty where it holds none."""
    numbers = _as_numbers(column)[column.filled()]
    return numbers[np.isfinite(numbers)]


def _by_value(classes: tuple[StyleClass, ...], column: Column, budget: Budget) -> NDArray[np.uint16]:
    other = len(classes)
    if column.kind is Kind.TEXT and column.codes is None:
        indices = np.full(len(column), other, dtype=np.uint16)
        for index in range(other - 1, -1, -1):
            budget.begin(len(column))
            indices[column.texts.equal_to(classes[index].value)] = index
        return indices
    known: dict[str, int] = {}
    for index, style_class in enumerate(classes):
        known.setdefault(style_class.value, index)
    texts, codes = _distinct(column)
    of_distinct = np.asarray([known.get(text, other) for text in texts] or [other], dtype=np.uint16)
    result: NDArray[np.uint16] = of_distinct[codes]
    return result


def _by_limits(classes: tuple[StyleClass, ...], column: Column, budget: Budget) -> NDArray[np.uint16]:
    """The first class that holds it; a class holds both its limits, as QGIS has it."""
    numbers = _as_numbers(column)
    indices = np.full(numbers.shape[0], len(classes), dtype=np.uint16)
    for index in range(len(classes) - 1, -1, -1):
        budget.begin(len(column))
        indices[(numbers >= classes[index].lower) & (numbers <= classes[index].upper)] = index
    return indices


def _by_rule(classes: tuple[StyleClass, ...], attributes: Attributes, budget: Budget) -> NDArray[np.uint16]:
    indices = np.full(len(attributes), len(classes), dtype=np.uint16)
    for index in range(len(classes) - 1, -1, -1):
        indices[rule_mask(classes[index].rule, attributes, budget)] = index
    return indices


def _as_numbers(column: Column) -> NDArray[np.float64]:
    if column.kind is not Kind.TEXT:
        return column.values.astype(np.float64)
    texts, codes = _distinct(column)
    return np.asarray([_number(text) for text in texts] or [math.nan])[codes]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _distinct(column: Column) -> tuple[list[str], NDArray[np.intp]]:
    """The texts of its values, and which of them each row has."""
    if column.kind is Kind.TEXT:
        if column.codes is not None:
            return column.texts.all(), column.codes.astype(np.intp)
        places: dict[str, int] = {}
        codes = [places.setdefault(text, len(places)) for text in column.texts.all()]
        return list(places), np.asarray(codes, dtype=np.intp)
    values, inverse = np.unique(column.values, return_inverse=True)
    if column.kind.is_time:
        return [time_text(column.kind, int(value), column.zone) for value in values], inverse.reshape(-1)
    return [value_text(value) for value in values], inverse.reshape(-1)
