"""An expression computed for every row of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.vector.columns import Attributes, Column, Kind
from layers.vector.expression import Call, ColumnName, Expression, Literal, Measure, Node
from layers.vector.expression_cells import (
    ORDERS,
    Cells,
    Type,
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
from layers.vector.quick_search import Haystack, QuickSearch
from layers.vector.texts import Texts

_ROUNDING: dict[str, Callable[[Any], Any]] = {"abs": np.abs, "floor": np.floor, "ceil": np.ceil, "sqrt": np.sqrt}


class Measured(Protocol):
    """Who knows lengths and areas; `layers.pool.measures.Measured`."""

    def of(self, name: str, fids: NDArray[np.int64], heard: Callable[[], None]) -> NDArray[np.float64]:
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
    raise InvalidValue(f"There is no column “{name[:60]}” here, only {known or 'none at all'}.")


def mask_of(
    expression: Expression,
    attributes: Attributes,
    search: QuickSearch | None = None,
    heard: Callable[[], None] = lambda: None,
    measured: Measured | None = None,
) -> NDArray[np.bool_]:
    """(n,) True where the expression holds; NULL is no. Raises InvalidValue for an unknown column or types that clash.

    `search` is a quick search of the same table, used again; `heard` is called now and then, and may raise.
    `measured` knows the lengths and areas; without it they cannot be asked for.
    """
    rows = len(attributes)
    found = as_truth(_Computation(attributes, search, heard, measured).value(expression.root))
    return np.array(np.broadcast_to(found.values & found.valid, (rows,)))


class _Computation:
    def __init__(
        self, attributes: Attributes, search: QuickSearch | None, heard: Callable[[], None], measured: Measured | None
    ) -> None:
        self._attributes, self._heard, self._measured = attributes, heard, measured
        self._search = search
        self._rows = len(attributes)

    def value(self, node: Node) -> Cells:
        self._heard()
        match node:
            case Literal(value):
                return constant(value)
            case Measure(name):
                return numbers(self._attributes.fids if name == "$fid" else self._measure(name))
            case ColumnName(name):
                return cells_of(self._column(name))
            case Call(name, arguments):
                return self._call(name, arguments)

    def _measure(self, name: str) -> NDArray[np.float64]:
        if self._measured is None:
            raise InvalidValue(f"{name} cannot be measured here: it is known for the features of a vector layer only.")
        return self._measured.of(name, self._attributes.fids, self._heard)

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
            return compared(name, first, rest[0])
        if name == "in":
            found = truths(False)
            for each in rest:
                found = _either(found, compared("=", first, each))
            return found
        if name in ("like", "ilike", "contains", "starts", "ends"):
            return self._matched(name, first, rest[0])
        if name in ("+", "-", "*", "/", "%", "^"):
            return computed(name, first, rest[0])
        return self._function(name, first, rest)

    def _joined(self, name: str, arguments: tuple[Node, ...]) -> Cells:
        found = as_truth(self.value(arguments[0]))
        for argument in arguments[1:]:
            other = as_truth(self.value(argument))
            found = _either(found, other) if name == "or" else _both(found, other)
        return found

    def _anywhere(self, argument: Node) -> Cells:
        if not (isinstance(argument, Literal) and isinstance(argument.value, str)):
            raise InvalidValue("any takes a text in quotes: any('text').")
        if self._search is None:
            self._search = QuickSearch(self._attributes.columns)
        return truths(self._search.mask(argument.value, self._heard))

    def _matched(self, name: str, cells: Cells, wanted: Cells) -> Cells:
        if Type.NULL in (cells.type, wanted.type):
            return truths(False, False)
        cells, wanted = as_text(cells, self._rows), as_text(wanted, self._rows)
        valid = cells.valid & wanted.valid
        assert cells.texts is not None
        if wanted.text is not None:
            return truths(cells.per_row(self._texts_like(name, cells.texts, wanted.text)), valid)
        pairs = zip(cells.row_texts(self._rows), wanted.row_texts(self._rows), strict=True)
        return truths([bool(self._texts_like(name, Texts.of([text]), pattern)[0]) for text, pattern in pairs], valid)

    def _texts_like(self, name: str, texts: Texts, wanted: str) -> NDArray[np.bool_]:
        """(n,) of `texts` whether each matches."""
        if name != "like":
            texts, wanted = texts.folded(), wanted.casefold()
        if name in ("like", "ilike"):
            return self._like(texts, wanted)
        if name == "starts":
            return texts.starting_with(wanted)
        return texts.ending_with(wanted) if name == "ends" else self._containing(texts, wanted)

    def _containing(self, texts: Texts, wanted: str) -> NDArray[np.bool_]:
        column = Column("", Kind.TEXT, np.empty(0, np.int64), None, texts, rows=len(texts))
        # Folding once more what is folded changes nothing; what is not is searched as it is.
        return Haystack.of(column, self._heard, folds=False).rows_with(wanted.encode("utf-8", "replace"), self._heard)

    def _like(self, texts: Texts, pattern: str) -> NDArray[np.bool_]:
        inner = pattern.strip("%")
        if "%" not in inner and "_" not in inner:
            opens, closes = pattern.startswith("%"), pattern.endswith("%")
            if opens and closes:
                return self._containing(texts, inner)
            if opens:
                return texts.ending_with(inner)
            return texts.starting_with(inner) if closes else texts.equal_to(inner)
        # A run of % is one: two in a row would only make a search backtrack.
        words = [".*" if part.startswith("%") else "." if part == "_" else re.escape(part)
                 for part in re.findall(r"%+|_|[^%_]+", pattern)]  # fmt: skip
        if sum(word == ".*" for word in words) > 8:
            raise InvalidValue("LIKE takes at most eight % signs.")
        wanted = re.compile("".join(words), re.DOTALL)
        return np.array([wanted.fullmatch(texts[at]) is not None for at in range(len(texts))], bool)

    def _function(self, name: str, first: Cells, rest: list[Cells]) -> Cells:
        match name:
            case "lower" | "upper" | "trim" | "length":
                return self._of_text(name, as_text(first, self._rows))
            case "||":
                return self._joined_texts(as_text(first, self._rows), as_text(rest[0], self._rows))
            case "negative":
                return computed("-", constant(0), first)
            case "round":
                digits = int(as_number(rest[0]).values) if rest and rest[0].is_constant else 0
                value = as_number(first)
                return numbers(np.round(value.values, max(-15, min(digits, 15))), value.valid)
            case "year" | "month":
                return _of_time(name, as_time(first))
            case "coalesce":
                return self._coalesced([first, *rest])
            case "min" | "max":
                return _extreme(name, [as_number(each) for each in (first, *rest)])
        value = as_number(first)
        with np.errstate(all="ignore"):
            return numbers(_ROUNDING[name](value.values), value.valid)

    def _of_text(self, name: str, cells: Cells) -> Cells:
        assert cells.texts is not None
        if name == "length":
            return numbers(cells.per_row(cells.texts.characters()), cells.valid)
        if name == "trim":
            changed = Texts.of(text.strip() for text in cells.texts.all())
        else:
            changed = cells.texts.mapped(str.lower if name == "lower" else str.upper)
        text = changed[0] if cells.text is not None else None
        return Cells(Type.TEXT, cells.values, cells.valid, changed, cells.codes, text)

    def _joined_texts(self, left: Cells, right: Cells) -> Cells:
        pairs = zip(left.row_texts(self._rows), right.row_texts(self._rows), strict=True)
        return texts_of(Texts.of(a + b for a, b in pairs), None, left.valid & right.valid)

    def _coalesced(self, parts: list[Cells]) -> Cells:
        known = [part for part in parts if part.type is not Type.NULL]
        if not known:
            return constant(None)
        if {part.type for part in known} == {Type.TEXT}:
            found = [None] * self._rows
            texts: list[str | None] = list(found)
            for part in reversed(known):
                valid = np.broadcast_to(part.valid, (self._rows,)).tolist()
                new = part.row_texts(self._rows)
                texts = [text if is_valid else before for text, is_valid, before in zip(new, valid, texts, strict=True)]
            filled = [text is not None for text in texts]
            return texts_of(Texts.of(text or "" for text in texts), None, np.array(filled, bool))
        if len({part.type for part in known}) > 1:
            known = [as_number(part) for part in known]
        values, valid = known[-1].values, known[-1].valid
        for part in reversed(known[:-1]):
            values, valid = np.where(part.valid, part.values, values), part.valid | valid
        return Cells(known[0].type, np.asarray(values), np.asarray(valid, bool))


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
