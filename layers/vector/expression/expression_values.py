"""An expression computed for every row of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.formula.budget import Budget
from layers.phrase import Phrase
from layers.vector.columns import Attributes, Column, Kind
from layers.vector.expression.expression_cells import (
    ORDERS,
    Cells,
    CellType,
    as_number,
    as_text,
    as_time,
    as_truth,
    cells_of,
    compared,
    computed,
    constant,
    numbers,
    texts_of,
    truths,
)
from layers.vector.expression.language import Call, ColumnName, Expression, Literal, Node, ShapeMeasure
from layers.vector.expression.like import has_gaps, texts_like
from layers.vector.expression.quick_search import Haystack, QuickSearch
from layers.vector.texts import Texts

_ROUNDING: dict[str, Callable[[Any], Any]] = {"abs": np.abs, "floor": np.floor, "ceil": np.ceil, "sqrt": np.sqrt}


class Measurer(Protocol):
    """Gives lengths and areas; `layers.pool.measures.Measured` does."""

    def of(self, name: str, fids: NDArray[np.int64], cancel_token: Callable[[], None]) -> NDArray[np.float64]:
        """(n,) The $length or $area of these features, nan where they have none."""
        ...


def column_named(name: str, columns: Collection[str]) -> str:
    """The column of that name, in any case where that is unmistakable. Raises InvalidValue."""
    if name in columns:
        return name
    alike = [each for each in columns if each.casefold() == name.casefold()]
    if len(alike) == 1:
        return alike[0]
    known = ", ".join(list(columns)[:12])
    raise InvalidValue(
        "There is no column “{name}” here, only {known}.", name=name[:60], known=known or Phrase("none at all")
    )


def mask_of(
    expression: Expression,
    attributes: Attributes,
    search: QuickSearch | None = None,
    budget: Budget | None = None,
    measured: Measurer | None = None,
) -> NDArray[np.bool_]:
    """(n,) True where the expression holds; NULL is no. Raises InvalidValue for an unknown column or types that clash,
    and where the work is more than an expression may take.

    `search` is a quick search of the same table, used again; several expressions may share a budget. `measured` knows
    the lengths and areas; without it they cannot be asked for.
    """
    rows = len(attributes)
    truth = as_truth(_Computation(attributes, search, budget or Budget(), measured).value(expression.root))
    return np.array(np.broadcast_to(truth.values & truth.valid, (rows,)))


class _Computation:
    def __init__(
        self, attributes: Attributes, search: QuickSearch | None, budget: Budget, measured: Measurer | None
    ) -> None:
        self._attributes, self._budget, self._measured = attributes, budget, measured
        self._search, self._cancel_token = search, budget.cancel_token
        self._rows = len(attributes)

    def value(self, node: Node) -> Cells:
        self._budget.begin(self._rows)
        match node:
            case Literal(value):
                return constant(value)
            case ShapeMeasure(name):
                return numbers(self._attributes.fids if name == "$fid" else self._measure(name))
            case ColumnName(name):
                return cells_of(self._column(name))
            case Call(name, arguments):
                return self._call(name, arguments)

    def _measure(self, name: str) -> NDArray[np.float64]:
        if self._measured is None:
            raise InvalidValue(
                "{name} cannot be measured here: it is known for the features of a vector layer only.", name=name
            )
        return self._measured.of(name, self._attributes.fids, self._cancel_token)

    def _column(self, name: str) -> Column:
        return self._attributes.columns[column_named(name, self._attributes.columns)]

    def _call(self, name: str, arguments: tuple[Node, ...]) -> Cells:
        if name in ("and", "or"):
            return self._joined(name, arguments)
        if name == "any":
            return self._anywhere(arguments[0])
        first = self.value(arguments[0])
        if name == "not":
            inner = as_truth(first)
            return truths(~inner.values, inner.valid)
        if name == "is null":
            return truths(~first.valid)
        rest = [self.value(argument) for argument in arguments[1:]]
        if name in ORDERS:
            return compared(name, first, rest[0], self._cancel_token)
        if name == "in":
            truth = truths(False)
            for each in rest:
                self._budget.begin(self._rows)
                truth = _either(truth, compared("=", first, each, self._cancel_token))
            return truth
        if name in ("like", "ilike", "contains", "starts", "ends"):
            return self._matched(name, first, rest[0])
        if name in ("+", "-", "*", "/", "%", "^"):
            return computed(name, self._as_number(first), self._as_number(rest[0]))
        return self._function(name, first, rest)

    def _joined(self, name: str, arguments: tuple[Node, ...]) -> Cells:
        truth = as_truth(self.value(arguments[0]))
        for argument in arguments[1:]:
            other = as_truth(self.value(argument))
            truth = _either(truth, other) if name == "or" else _both(truth, other)
        return truth

    def _anywhere(self, argument: Node) -> Cells:
        if not (isinstance(argument, Literal) and isinstance(argument.value, str)):
            raise InvalidValue("any takes a text in quotes: any('text').")
        if self._search is None:
            self._search = QuickSearch(self._attributes.columns)
        return truths(self._search.mask(argument.value, self._budget))

    def _matched(self, name: str, cells: Cells, wanted: Cells) -> Cells:
        if CellType.NULL in (cells.type, wanted.type):
            return truths(False, False)
        cells, wanted = self._as_text(cells), self._as_text(wanted)
        valid = cells.valid & wanted.valid
        assert cells.texts is not None
        if wanted.text is not None:
            return truths(cells.per_row(self._texts_like(name, cells.texts, wanted.text)), valid)
        pairs = zip(
            cells.row_texts(self._rows, self._cancel_token),
            wanted.row_texts(self._rows, self._cancel_token),
            strict=True,
        )
        return truths([self._text_like(name, text, pattern) for text, pattern in pairs], valid)

    def _text_like(self, name: str, text: str, wanted: str) -> bool:
        """One text and the pattern of its own row."""
        self._budget.begin()
        self._budget.spend(len(text) + len(wanted))
        if name != "like":
            text, wanted = text.casefold(), wanted.casefold()
        match name:
            case "starts":
                return text.startswith(wanted)
            case "ends":
                return text.endswith(wanted)
            case "contains":
                return wanted in text
        return bool(self._like(Texts.of([text]), wanted)[0])

    def _texts_like(self, name: str, texts: Texts, wanted: str) -> NDArray[np.bool_]:
        """(n,) of `texts` whether each matches."""
        if name != "like":
            texts, wanted = texts.folded(self._cancel_token), wanted.casefold()
        if name in ("like", "ilike"):
            return self._like(texts, wanted)
        if name == "starts":
            return texts.starting_with(wanted)
        return texts.ending_with(wanted) if name == "ends" else self._containing(texts, wanted)

    def _containing(self, texts: Texts, wanted: str) -> NDArray[np.bool_]:
        column = Column("", Kind.TEXT, np.empty(0, np.int64), None, texts, rows=len(texts))
        # Folding once more what is folded changes nothing; what is not is searched as it is.
        haystack = Haystack.of(column, self._cancel_token, folds=False)
        return haystack.rows_with(wanted.encode("utf-8", "replace"), self._budget)

    def _like(self, texts: Texts, pattern: str) -> NDArray[np.bool_]:
        if has_gaps(pattern):
            return texts_like(texts, pattern, self._budget)
        inner, opens, closes = pattern.strip("%"), pattern.startswith("%"), pattern.endswith("%")
        if opens and closes:
            return self._containing(texts, inner)
        if opens:
            return texts.ending_with(inner)
        return texts.starting_with(inner) if closes else texts.equal_to(inner)

    def _function(self, name: str, first: Cells, rest: list[Cells]) -> Cells:
        match name:
            case "lower" | "upper" | "trim" | "length":
                return self._of_text(name, self._as_text(first))
            case "||":
                return self._joined_texts(self._as_text(first), self._as_text(rest[0]))
            case "negative":
                return computed("-", constant(0), self._as_number(first))
            case "round":
                return self._rounded(self._as_number(first), self._as_number(rest[0]) if rest else constant(0))
            case "year" | "month":
                return _of_time(name, as_time(first, self._cancel_token))
            case "coalesce":
                return self._coalesced([first, *rest])
            case "min" | "max":
                return _extreme(name, [self._as_number(each) for each in (first, *rest)])
        value = self._as_number(first)
        with np.errstate(all="ignore"):
            return numbers(_ROUNDING[name](value.values), value.valid)

    def _as_text(self, cells: Cells) -> Cells:
        return as_text(cells, self._rows, self._cancel_token)

    def _as_number(self, cells: Cells) -> Cells:
        return as_number(cells, self._cancel_token)

    def _rounded(self, value: Cells, digits: Cells) -> Cells:
        places = float(digits.values) if digits.is_constant and digits.valid else 0.0
        return numbers(np.round(value.values, int(max(-15.0, min(places, 15.0)))), value.valid)

    def _of_text(self, name: str, cells: Cells) -> Cells:
        assert cells.texts is not None
        if name == "length":
            return numbers(cells.per_row(cells.texts.characters()), cells.valid)
        self._budget.make(len(cells.texts.data))
        if name == "trim":
            changed = Texts.of(text.strip() for text in cells.texts.all(self._cancel_token))
        else:
            changed = cells.texts.mapped(str.lower if name == "lower" else str.upper, self._cancel_token)
        text = changed[0] if cells.text is not None else None
        return Cells(CellType.TEXT, cells.values, cells.valid, changed, cells.codes, text)

    def _joined_texts(self, left: Cells, right: Cells) -> Cells:
        self._budget.make(left.text_bytes(self._rows) + right.text_bytes(self._rows))
        pairs = zip(
            left.row_texts(self._rows, self._cancel_token), right.row_texts(self._rows, self._cancel_token), strict=True
        )
        return texts_of(Texts.of(a + b for a, b in pairs), None, left.valid & right.valid)

    def _coalesced(self, parts: list[Cells]) -> Cells:
        known = [part for part in parts if part.type is not CellType.NULL]
        if not known:
            return constant(None)
        if {part.type for part in known} == {CellType.TEXT}:
            return self._coalesced_texts(known)
        if len({part.type for part in known}) > 1:
            known = [self._as_number(part) for part in known]
        values, valid = known[-1].values, known[-1].valid
        for part in reversed(known[:-1]):
            values, valid = np.where(part.valid, part.values, values), part.valid | valid
        return Cells(known[0].type, np.asarray(values), np.asarray(valid, bool))

    def _coalesced_texts(self, parts: list[Cells]) -> Cells:
        self._budget.make(max(part.text_bytes(self._rows) for part in parts))
        texts: list[str | None] = [None] * self._rows
        for part in reversed(parts):
            valid = np.broadcast_to(part.valid, (self._rows,)).tolist()
            new = part.row_texts(self._rows, self._cancel_token)
            texts = [text if is_valid else before for text, is_valid, before in zip(new, valid, texts, strict=True)]
        filled = [text is not None for text in texts]
        self._cancel_token()
        return texts_of(Texts.of(text or "" for text in texts), None, np.array(filled, bool))


def _both(left: Cells, right: Cells) -> Cells:
    no = (left.valid & ~left.values) | (right.valid & ~right.values)
    return truths(left.values & right.values & ~no, (left.valid & right.valid) | no)


def _either(left: Cells, right: Cells) -> Cells:
    yes = (left.valid & left.values) | (right.valid & right.values)
    return truths(yes, (left.valid & right.valid) | yes)


def _of_time(name: str, cells: Cells) -> Cells:
    months = cells.values.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    return numbers(months // 12 + 1970 if name == "year" else months % 12 + 1, cells.valid)


def _extreme(name: str, parts: list[Cells]) -> Cells:
    apply: Callable[[Any, Any], Any] = np.minimum if name == "min" else np.maximum
    values, valid = parts[0].values, parts[0].valid
    for part in parts[1:]:
        values, valid = apply(values, part.values), valid & part.valid
    return numbers(values, valid)
