"""Fields of rows: their words in the names of edits, and the check of their values before a command builds its edit."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping

from layers.document.rows import Row
from layers.errors import InvalidValue
from layers.phrase import Phrase, all_of
from layers.time.dates import is_partial
from layers.time.spans import span_of
from layers.time.typed_dates import why_no_date

_ADDRESS = re.compile(r"https?://\S.*|[A-Za-z][A-Za-z0-9+.-]*:\S+|[^\s.]+\.\S+")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def field_words(names: Iterable[str], words: Mapping[str, Phrase]) -> str:
    """Words for columns in the name of an edit, without repetition: those given, else the column's own name."""
    return all_of(dict.fromkeys(words.get(name) or column_word(name) for name in names))


def column_word(name: str) -> Phrase:
    """The name of a column in words, without the ending for its kind of value: *niirs_rating* is the NIIRS rating."""
    if name == "bearing":
        return Phrase("relation")  # the forms' word: a bearing is an angle
    bare = re.sub("_(?:at|uuid|json)$", "", name)
    return Phrase(bare.replace("niirs", "NIIRS").replace("_", " "))


def row_of[R: Row](rows: Mapping[str, R], uuid: str, noun: Phrase) -> R:
    """The row of a uuid. Raises InvalidValue where it is gone (deleted in another window, or undone)."""
    row = rows.get(uuid)
    if row is None:
        raise InvalidValue("That {noun} is no longer in the case.", noun=noun)
    return row


def check_choice(value: object, allowed: Collection[object], name: Phrase) -> None:
    """Raise InvalidValue where `value` is not among `allowed`."""
    if value not in allowed:
        words = ", ".join(str(word) for word in allowed if word not in ("", None))
        raise InvalidValue("“{value}” is no {name}: choose one of {words}.", value=value, name=name, words=words)


def check_number(value: float | None, low: float, high: float, name: Phrase) -> None:
    """Raise InvalidValue where a number is not finite or outside low..high; None, for no value, passes."""
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        bounds = (
            Phrase("at least {low}", low=f"{low:g}")
            if math.isinf(high)
            else Phrase("from {low} to {high}", low=f"{low:g}", high=f"{high:g}")
        )
        raise InvalidValue(
            "The {name} must be a number {bounds}, not {value}.", name=name, bounds=bounds, value=f"{value:g}"
        )


def check_date(value: str, name: Phrase) -> None:
    """Raise InvalidValue where a text is no UTC date (a year, month, day or instant, or two joined by a slash)."""
    if not value:
        return
    for part in value.split("/", 1):
        if not is_partial(part):
            why = why_no_date(value) or why_no_date(part)
            if why:
                raise InvalidValue("“{value}” is no {name}: {why}.", value=value, name=name, why=why)
            raise InvalidValue(
                "“{value}” is no {name}: write 2024, 2024-04, 2024-04-12 or 2024-04-12T08:30Z, two joined by / for an"
                " interval.",
                value=value,
                name=name,
            )
    first, slash, last = value.partition("/")
    if slash and span_of(first, last) is None:
        raise InvalidValue("“{value}” ends before it begins: write the earlier date first.", value=value)


def check_order(first: str, last: str, sentence: str) -> None:
    """Raise InvalidValue with this sentence where the `last` of two dates ends before the `first` begins."""
    begin, end = first.partition("/")[0], last.rpartition("/")[2]
    if is_partial(begin) and is_partial(end) and span_of(begin, end) is None:
        raise InvalidValue(sentence)


def check_link(value: str, name: Phrase) -> None:
    """Raise InvalidValue where a text is no address: neither a scheme with a rest nor a host with a path."""
    if value and not _ADDRESS.fullmatch(value):
        raise InvalidValue(
            "“{value}” is no {name}: write https:// and what follows it, with %20 for a blank.", value=value, name=name
        )


def is_span(value: str) -> bool:
    """True for a date that takes longer than a day: a year or a month alone, or two dates joined by a slash."""
    return "/" in value or 0 < len(value) < len("2024-04-12")


def check_color(value: str, name: Phrase) -> None:
    """Raise InvalidValue where a text is neither empty nor #rrggbb."""
    if value and not _COLOR.fullmatch(value):
        raise InvalidValue("“{value}” is no {name}: write #rrggbb.", value=value, name=name)
