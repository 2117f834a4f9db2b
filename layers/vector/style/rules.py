"""Rules of classes: conditions in the small language of `expression`; an empty one is always true."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.vector.columns import Attributes
from layers.vector.expression.expression_values import column_named, mask_of
from layers.vector.expression.language import Expression, parse_expression


def check_rule(rule: str, columns: Collection[str] | None = None) -> Expression | None:
    """The rule understood, None where it is empty. Raises InvalidValue, also where it is about other `columns`."""
    if not rule.strip():
        return None
    expression = _parsed(rule)
    if expression.measures or expression.needs_all_columns:
        raise InvalidValue("A class's rule is about columns: it can use neither $fid, $length, $area nor any().")
    if columns is not None:
        for name in expression.columns:
            column_named(name, columns)
    return expression


def rule_columns(rule: str) -> tuple[str, ...]:
    """The columns a rule compares; none where it cannot be understood."""
    try:
        expression = check_rule(rule)
    except InvalidValue:
        return ()
    return () if expression is None else expression.columns


def rule_mask(rule: str, attributes: Attributes, budget: Budget | None = None) -> NDArray[np.bool_]:
    """Marks rows for which the rule is true; NULL is no. Rules of one style share a `budget`. Raises InvalidValue."""
    expression = check_rule(rule)
    if expression is None:
        return np.ones(len(attributes), dtype=np.bool_)
    return mask_of(expression, attributes, budget=budget)


@lru_cache(maxsize=512)
def _parsed(rule: str) -> Expression:
    return parse_expression(rule)
