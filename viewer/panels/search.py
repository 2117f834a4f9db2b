"""What the palette can find besides commands: hits, who provides them, and how they are ranked. No Qt widgets here.

A provider is asked in a job's thread. It never contacts a host.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.measure import distance_m
from layers.places.names import name_key

MOST_IN_GROUP = 8
SAME_PLACE_M = 10_000.0


class Group(enum.IntEnum):
    """Where a hit stands in the list: the smaller the higher."""

    COORDINATES = 0
    SITES = 1
    FACILITIES = 2
    PLACES = 3
    ATTRIBUTES = 4


@dataclass(frozen=True, kw_only=True)
class Hit:
    """Something found. `lon`, `lat` are where it is shown; `bounds` (lon, lat), where it has some, is gone to.

    `note` says more in one line. `fields` is what a site made of it begins with (see `Site`); None: no site is made of
    it. `score`: the lower the better within its group.
    """

    group: Group
    text: str
    lon: float
    lat: float
    note: str = ""
    icon: str = "point"
    error_m: float = 0.0
    bounds: Bounds | None = None
    site_uuid: str = ""
    layer_uuid: str = ""
    fid: int | None = None
    fields: dict[str, Any] | None = field(default=None, compare=False)
    score: float = 0.0


class SearchProvider(Protocol):
    """Finds hits for what is typed; any thread."""

    def search(self, text: str) -> list[Hit]:
        """Hits, in any order. Raises GeoloupeError where it cannot search at all."""
        ...


@dataclass(frozen=True)
class AttributeMatch:
    """A feature whose attribute `column` has a `value` with the text in it; `bounds` in lon, lat."""

    fid: int
    column: str
    value: str
    bounds: Bounds


class AttributeSource(Protocol):
    """A vector layer whose attributes can be searched; any thread."""

    @property
    def layer_uuid(self) -> str: ...

    @property
    def title(self) -> str: ...

    def find(self, text: str, limit: int) -> Sequence[AttributeMatch]:
        """At most `limit` matches, the best first; without case. Raises GeoloupeError."""
        ...


def name_score(wanted: str, name: str) -> float | None:
    """How well a name answers to a key from `name_key`: 0 the same, 1 begins so, 2 a word does, 3 holds it; or None."""
    key = name_key(name)
    if key == wanted or key.replace(" ", "") == wanted.replace(" ", ""):
        return 0.0
    if key.startswith(wanted):
        return 1.0
    if f" {wanted}" in f" {key}":
        return 2.0
    return 3.0 if wanted in key else None


def search_all(providers: Iterable[SearchProvider], text: str) -> tuple[list[Hit], list[str]]:
    """Everything found, ranked in groups, and the sentences of the providers that could not search."""
    hits: list[Hit] = []
    problems: list[str] = []
    for provider in providers:
        try:
            hits += provider.search(text)
        except GeoloupeError as error:
            problems.append(error.sentence)
    return ranked(hits), problems


def ranked(hits: Iterable[Hit]) -> list[Hit]:
    """By group and score, so many a group; a facility that is a site of the case anyway is named once."""
    kept: list[Hit] = []
    counts = dict.fromkeys(Group, 0)
    for hit in sorted(hits, key=lambda hit: (hit.group, hit.score)):
        if counts[hit.group] < MOST_IN_GROUP and not _is_known(hit, kept):
            counts[hit.group] += 1
            kept.append(hit)
    return kept


def _is_known(hit: Hit, others: Iterable[Hit]) -> bool:
    return hit.group is Group.FACILITIES and any(
        other.group is Group.SITES
        and name_key(other.text) == name_key(str((hit.fields or {}).get("label", hit.text)))
        and distance_m(other.lon, other.lat, hit.lon, hit.lat) < SAME_PLACE_M
        for other in others
    )
