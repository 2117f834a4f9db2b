"""An alias of a site that says where the name is from: a source of the case, or we ourselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Self


class Alias(tuple[str, str]):
    """A (language, name) pair with its origin. A pair without a stated origin is a plain tuple."""

    source_uuid: str
    is_ours: bool

    def __new__(cls, language: str, name: str, *, source_uuid: str = "", is_ours: bool = False) -> Self:
        alias = super().__new__(cls, (language, name))
        alias.source_uuid, alias.is_ours = source_uuid, is_ours
        return alias

    def __getnewargs__(self) -> tuple[str, str]:
        return self[0], self[1]

    def __eq__(self, other: object) -> bool:
        """True for the same pair of the same origin, also for a plain pair where nothing is stated."""
        if not isinstance(other, tuple):
            return NotImplemented
        return tuple(self) == tuple(other) and origin_of(self) == origin_of(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(tuple(self))


def origin_of(alias: tuple[str, ...]) -> tuple[str, bool]:
    """(uuid of the source that has the name, whether it is ours); an empty uuid and False where nothing is stated."""
    return (alias.source_uuid, alias.is_ours) if isinstance(alias, Alias) else ("", False)


def with_origin(language: str, name: str, source_uuid: str = "", *, is_ours: bool = False) -> tuple[str, str]:
    """The pair, as an `Alias` only where there is an origin to state."""
    if source_uuid or is_ours:
        return Alias(language, name, source_uuid=source_uuid, is_ours=is_ours)
    return language, name


def sources_of(aliases: Iterable[tuple[str, str]]) -> set[str]:
    """The uuids of the sources that have these names."""
    return {alias.source_uuid for alias in aliases if isinstance(alias, Alias) and alias.source_uuid}


def with_sources(aliases: tuple[tuple[str, str], ...], uuid_of: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
    """The same names with the sources that `uuid_of` gives for theirs; an empty uuid: not stated."""
    if not sources_of(aliases):
        return aliases
    return tuple(
        with_origin(*alias, uuid_of(alias.source_uuid) if alias.source_uuid else "", is_ours=alias.is_ours)
        if isinstance(alias, Alias)
        else alias
        for alias in aliases
    )
