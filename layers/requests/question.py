"""Base of the questions that readers answer: frozen values that cross to their processes as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import asdict

from layers.decoding import encoded


class Question(Struct, frozen=True):
    """One thing that is asked of a file; `op` is its name in the message."""

    op: ClassVar[str]
    path: str = ""
    """Absolute; "" where no file is asked about, or several."""

    def params(self) -> dict[str, Any]:
        """Plain JSON values of the fields that differ from their defaults; `of` gives back an equal value."""
        defaults = _defaults(type(self))
        return {name: _plain(value) for name, value in asdict(self).items() if value != defaults[name]}

    @classmethod
    def facts_kind(cls) -> Any:
        """The type of its answer's header, as `decoded` takes it."""
        return dict[str, Any]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        """Build a question from `params`; names that it does not know are left out."""
        return cls(**{name: _frozen(params[name]) for name in params if name in cls.__struct_fields__})


@cache
def _defaults(kind: type[Question]) -> dict[str, Any]:
    return asdict(kind())  # as `path` has a default, all fields have


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value.to_json() if hasattr(value, "to_json") else encoded(value) if isinstance(value, Struct) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(member) for member in value) if isinstance(value, list) else value
