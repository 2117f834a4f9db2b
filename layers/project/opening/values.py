"""Checks the values of a case column by column: one that cannot be ours is replaced, and the replacement reported."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from layers.document import vocabulary
from layers.errors import InvalidValue
from layers.project.opening.case_reader import Unfit
from layers.project.storage.tables import StoredColumn, aliases_from_text, empty_value

MOST_TEXT = 4_000_000
"""Characters of a text."""
MOST_WORD = 200
"""Characters of a word or a date."""
MOST_DEPTH = 64
"""Deepest nesting of JSON in a field."""
_WORDS = frozenset({
    "uuid", "key", "layer_uuid", "site_uuid", "claim_uuid", "source_uuid", "response_uuid", "target_uuid",
    "parent_uuid", "position_source_uuid", "class_code", "role", "location_country", "operator_country", "status",
    "voice", "state", "likelihood_term", "confidence", "kind", "reliability", "blend", "date_kind", "content_type",
    "sha256", "niirs_scale", "stroke_color", "fill_color", "created_at", "modified_at", "reviewed_at", "observed_at",
    "valid_from", "valid_to", "acquired_at", "made_at", "published_at", "accessed_at", "mark_kind", "base_or_top",
    "lifecycle", "lifecycle_as_of", "lifecycle_source_uuid", "image_uuid", "chip_uuid", "pair_uuid", "origin_uuid",
    "area_uuid", "evidence_uuid", "compared_to_uuid", "previous_uuid", "evidence_table", "bearing", "presence",
    "change", "view_quality", "why", "result", "datum", "date_basis", "phash", "hot_key", "issued_at", "at",
    "words_kind", "copy_kind", "collected_at", "table_name", "row_uuid", "product_uuid", "event", "looked_at",
})  # fmt: skip
_RANGES: dict[str, tuple[float, float]] = {
    "position_error_m": (0, 2.1e7),
    "stroke_width": (0, 1000),
    "opacity": (0, 1),
    "order_key": (-1e15, 1e15),
    "niirs_rating": (0, 10),
    "credibility": (1, 6),
    "likelihood_low": (0, 100),
    "likelihood_high": (0, 100),
    "width": (0, 2**31),
    "height": (0, 2**31),
    "srs_id": (-1, 2**31),
    "rev": (1, 2**53),
    "version": (1, 2**31),
    "number": (0, 2**31),
    "pixel_m": (0, 1e6),
    "gsd_m": (0, 1e6),
    "place_precision_m": (0, 2.1e7),
    "target_size_m": (0, 2.1e7),
    "assessed_pct": (0, 100),
    "obscured_pct": (0, 100),
    "not_searched_pct": (0, 100),
    "row_rev": (0, 2**53),
    "count_low": (0, 2**31),
    "count_high": (0, 2**31),
}
_MEANS_UNKNOWN = {"date_kind": frozenset(vocabulary.DATE_KINDS)}
"""Vocabularies by column: a word outside them means that nothing is known."""


class Repair(Struct, frozen=True):
    """A value that was not taken as it stood. `row` is its index among the judged values."""

    row: int
    column: str
    old: Any
    new: Any
    why: str
    """Reason, as the end of the sentence "1 value of opacity ..."."""


def judged(column: StoredColumn, values: Sequence[Any]) -> tuple[list[Any], list[Repair]]:
    """The values as fields of rows, and those that had to be replaced. Geometry is judged by its own guard."""
    fast = _FAST.get(column.kind)
    cells = None if fast is None else fast(column, values)
    if cells is not None:
        return cells, []
    out: list[Any] = []
    repairs: list[Repair] = []
    for row, value in enumerate(values):
        try:
            out.append(value_of(column, value))
        except InvalidValue as error:
            new = _instead(column, value)
            out.append(new)
            old = value.text or value.what if isinstance(value, Unfit) else value
            repairs.append(Repair(row, column.name, old, new, error.sentence))
    return out, repairs


def value_of(column: StoredColumn, value: Any) -> Any:
    """One value as the row's field. Raises InvalidValue, whose sentence is the end of one."""
    if isinstance(value, Unfit):
        raise InvalidValue("is {what}", what=value.what)
    if value is None:
        return empty_value(column)
    match column.kind:
        case "text" | "aliases":
            text = _text(column, value)
            if column.kind == "text":
                return text
            aliases = aliases_from_text(text)
            if aliases is None:
                raise InvalidValue("is no list of names")
            return aliases
        case "boolean":
            if type(value) is not int:
                raise InvalidValue("is of another type")
            return bool(value)
        case "integer":
            if type(value) is not int:
                raise InvalidValue("is of another type")
            return _in_range(column, value)
        case "real":
            if type(value) not in (int, float):
                raise InvalidValue("is of another type")
            return float(_in_range(column, value))
    raise InvalidValue("is of another type")


def _text(column: StoredColumn, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("is of another type")
    if len(value) > (MOST_WORD if column.name in _WORDS else MOST_TEXT):
        raise InvalidValue("is too long")
    known = _MEANS_UNKNOWN.get(column.name)
    if known is not None and value not in known:
        raise InvalidValue("is no word that is known")
    if column.name.endswith("_json") and value:
        _check_json(column, value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidValue("is no text in UTF-8") from error
    return value


def _check_json(column: StoredColumn, text: str) -> None:
    if text.count("[") + text.count("{") > MOST_DEPTH and _depth(text) > MOST_DEPTH:
        raise InvalidValue("is nested too deep")
    if column.kind == "aliases":
        return  # judged by what reads it
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidValue("is no JSON") from error


def _depth(text: str) -> int:
    """Depth to which brackets nest, those in strings left out."""
    deepest = depth = 0
    in_string = is_escaped = False
    for character in text:
        if in_string:
            in_string = is_escaped or character != '"'
            is_escaped = character == "\\" and not is_escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _in_range(column: StoredColumn, value: float) -> float:
    low, high = _RANGES.get(column.name, (-1e300, 1e300))
    if not math.isfinite(value) or not low <= value <= high:
        raise InvalidValue("is out of range")
    return value


def _instead(column: StoredColumn, value: Any) -> Any:
    """Return a stand-in for a refused value: the sound part of a text, else "unknown" or the column's empty one."""
    if column.kind == "text" and column.name not in _WORDS and not column.name.endswith("_json"):
        if isinstance(value, Unfit):
            return value.text[:MOST_TEXT]
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8")[:MOST_TEXT]
    if column.name in _MEANS_UNKNOWN:
        return "unknown"
    return empty_value(column)


def _plain_texts(column: StoredColumn, values: Sequence[Any]) -> list[str] | None:
    """Return texts that need no closer look; None where one of them does."""
    if not set(map(type, values)) <= {str, type(None)}:
        return None
    if column.name.endswith("_json") or column.name in _MEANS_UNKNOWN:
        return None
    texts = [value or "" for value in values]
    if max(map(len, texts), default=0) > (MOST_WORD if column.name in _WORDS else MOST_TEXT):
        return None
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return None
    return texts


def _plain_numbers(column: StoredColumn, values: Sequence[Any]) -> list[Any] | None:
    kinds = {int, float} if column.kind == "real" else {int}
    if not set(map(type, values)) <= kinds | {type(None)}:
        return None
    there = [value for value in values if value is not None]
    low, high = _RANGES.get(column.name, (-1e300, 1e300))
    if there and not (low <= min(there) and max(there) <= high and all(map(math.isfinite, there))):
        return None
    empty = empty_value(column)
    if column.kind == "real":
        return [empty if value is None else float(value) for value in values]
    return [empty if value is None else value for value in values]


_FAST: dict[str, Callable[[StoredColumn, Sequence[Any]], list[Any] | None]] = {
    "text": _plain_texts,
    "integer": _plain_numbers,
    "real": _plain_numbers,
}
"""Checks of whole columns that give the same answers at once where all values are usual."""
