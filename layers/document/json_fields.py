"""Checks JSON that a row of a case holds, before a value is read from it.

Products, comparisons, bookmarks, templates, nudges and the like are read member by member: an odd member is dropped
alone, and the rest of the analyst's row still counts. Values that have to fit as a whole, such as styles, are decoded
by `layers.decoding`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from layers.errors import InvalidValue
from layers.phrase import Phrase

MOST_CHARS = 8_000_000
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""Halves of characters: pairs of them are one character; single ones occur only in names of files that are no UTF-8."""


def json_object(text: str, what: Phrase) -> dict[str, Any]:
    """Parse a JSON object; empty text gives an empty one. `what` begins the sentence of InvalidValue, such as "The
    style".

    Raises InvalidValue for anything but an object, nesting deeper than Python can read, numbers that are not finite,
    and half characters.
    """
    if not text.strip():
        return {}
    if len(text) > MOST_CHARS:
        raise InvalidValue(
            "{what} is too long to be read: more than {most_chars} million characters.",
            what=what,
            most_chars=MOST_CHARS // 1_000_000,
        )
    try:
        value = json.loads(text, parse_constant=_not_finite, parse_float=_finite)
    except RecursionError:
        raise InvalidValue("{what} is nested too deep to be read.", what=what) from None
    except ValueError as error:
        raise InvalidValue("{what} is no JSON: {error}.", what=what, error=str(error)[:100]) from error
    if not isinstance(value, dict):
        raise InvalidValue("{what} is no JSON object.", what=what)
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise InvalidValue("{what} holds half a character.", what=what) from None
    return value


def finite_numbers(data: Mapping[str, Any], keys: Iterable[str], what: Phrase) -> list[float]:
    """The numbers under these keys, all of which must be there and finite. Raises InvalidValue."""
    values = [data.get(key) for key in keys]
    try:
        numbers = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    except OverflowError:
        numbers = []
    if len(numbers) != len(values) or not all(map(math.isfinite, numbers)):
        raise InvalidValue("{what} lacks a number, or has one that is none.", what=what)
    return numbers


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _not_finite(text)
    return value


def _not_finite(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is no finite number")
