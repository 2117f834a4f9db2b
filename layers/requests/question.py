"""Base of the questions that readers answer: frozen values that cross to their processes as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, ClassVar, Self

from layers.quick_dataclass import dataclass


@dataclass(frozen=True)
class Question:
    """One thing that is asked of a file; `op` is its name in the message."""

    op: ClassVar[str]
    path: str = ""
    """Absolute; "" where no file is asked about, or several."""

    def params(self) -> dict[str, Any]:
        """Plain JSON values of the fields that differ from their defaults; `of` gives back an equal value."""
        found = ((field, getattr(self, field.name)) for field in fields(self))
        return {field.name: _plain(value) for field, value in found if value != _default(field)}

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Self:
        """From `params`; what it does not know is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _frozen(params[name]) for name in params if name in known})


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.to_json() if hasattr(value, "to_json") else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
