"""Encodes values as plain JSON, and decodes JSON that others wrote into values of a type, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec import ValidationError, convert, to_builtins

from layers.errors import InvalidValue
from layers.phrase import Phrase


def encoded(value: object) -> Any:
    """Plain JSON values of a Struct, for `json.dumps`; `decoded` gives back an equal value. Phrases stay phrases."""
    return to_builtins(value, builtin_types=(Phrase,), enc_hook=_float_of)


def decoded[T](data: object, kind: type[T], refusal: Phrase | Callable[[str], Phrase]) -> T:
    """The value of a type that parsed JSON stands for. Members that the type does not know are left out; numbers may be
    of any size, and need not be finite. `refusal` is the sentence of InvalidValue for anything else; it may be made
    from the name of the member that does not fit, empty where that is not known.
    """
    try:
        return convert(data, kind)
    except (ValidationError, UnicodeEncodeError) as error:  # the latter for half a character in a member's name
        raise InvalidValue(refusal if isinstance(refusal, Phrase) else refusal(_member_in(str(error)))) from error


def decoded_or_none[T](data: object, kind: type[T]) -> T | None:
    """The same; None for JSON that the type cannot hold."""
    try:
        return convert(data, kind)
    except (ValidationError, UnicodeEncodeError):
        return None


def _member_in(fault: str) -> str:
    """The last name on msgspec's way to a fault: "Expected `int`, got `str` - at `$.classes[0].upper`"."""
    names = re.findall(r"\.(\w+)", fault.rpartition("`$")[2])
    return str(names[-1]) if names else ""


def _float_of(value: object) -> float:
    if isinstance(value, float):
        return float(value)  # numpy's own
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")
