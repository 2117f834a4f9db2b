"""The hits of the palette: their types, their providers, their ranking. No Qt widgets here.

A provider is asked in a job's thread. It never contacts a host.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from layers.checkpoint import Checkpoint, unchecked
from layers.document.edit import Table
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.places.names import holds_in_order, name_key, tight

MOST_IN_GROUP = 8
SAME_PLACE_M = 10_000.0
EXACT, BEGINS, WORDS, INSIDE, NEARLY = 0.0, 1.0, 2.0, 3.0, 4.0
"""Ranks of a name for a text: equal, begins with it, has its words, contains it, is spelled similarly."""
WEAK_COORDINATE = 10.0
"""The score of a coordinate that is also a word."""
SHORTEST_RUN_ON = 5
"""Fewest letters that match across the gaps between the words of a name; fewer would match by chance."""


class HitGroup(enum.IntEnum):
    """Groups of hits in the order of the list."""

    COORDINATES = 0
    SITES = 1
    MEASUREMENTS = 2
    FACILITIES = 3
    PLACES = 4
    LAYERS = 5
    ATTRIBUTES = 6
    CLAIMS = 7
    SOURCES = 8
    RECORDS = 9
    """Comments, answers, quotations, observations and other rows of words."""


@dataclass(frozen=True, kw_only=True)  # no Struct: not all fields tell hits apart
class Hit:
    """A search result. `lon`, `lat` are its place in degrees; its `bounds`, where it has any, are zoomed to.

    `note` adds one line. `fields` are those of a site made of it (see `Site`); None: no site can be made of it.
    `score`: the lower the better within its group; its whole part is the rank of the name (EXACT ...). `names` are all
    names of a facility, by which it is recognised as a site of the case. `row` is the table and uuid of a row that was
    found by its words, and `words` is what was typed to find it.
    """

    group: HitGroup
    text: str
    lon: float
    lat: float
    note: str = ""
    icon: str = "point"
    error_m: float = 0.0
    bounds: Bounds | None = None
    site_uuid: str = ""
    layer_uuid: str = ""
    row: tuple[Table, str] | None = None
    words: str = ""
    fid: int | None = None
    fields: dict[str, Any] | None = field(default=None, compare=False)
    score: float = 0.0
    names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def has_place(self) -> bool:
        """False for a site that cannot be drawn, and for a feature off the Earth."""
        return math.isfinite(self.lon) and math.isfinite(self.lat)


class SearchProvider(Protocol):
    """Finds hits for typed text; in any thread."""

    def search(self, text: str) -> list[Hit]:
        """Hits, in any order. Raises GeoloupeError where it cannot search at all."""
        ...


@runtime_checkable
class TolerantProvider(SearchProvider, Protocol):
    """Finds names with a similar spelling too; asked where nothing else was found."""

    def search_nearly(self, text: str) -> list[Hit]:
        """Hits of the score NEARLY and worse. Raises GeoloupeError where it cannot search at all."""
        ...


class AttributeMatch(Struct, frozen=True):
    """A feature whose attribute `column` has a `value` containing the text; `bounds` in lon, lat, if it has a place."""

    fid: int
    column: str
    value: str
    bounds: Bounds | None


class SearchedLayer(Protocol):
    """A vector layer whose attributes can be searched; any thread."""

    @property
    def layer_uuid(self) -> str: ...

    @property
    def title(self) -> str: ...

    def find(self, text: str, limit: int) -> Sequence[AttributeMatch]:
        """The best matches, `limit` of them at most, the best first, without regard to case. Raises GeoloupeError."""
        ...


class KnownSites(Protocol):
    """The sites of the case; any thread."""

    def same_as(self, hit: Hit) -> Hit | None:
        """The site of the case that is the same facility, as a hit with the facility's score; or None."""
        ...


def name_score(wanted: str, name: str) -> float | None:
    """Rate a name for a key from `name_key`: EXACT, BEGINS, WORDS or INSIDE; None where it does not match."""
    return key_score(wanted, name_key(name))


def key_score(wanted: str, key: str) -> float | None:
    """`name_score` for a name that is a key already. Words may be in any order, and spaces are optional."""
    return WantedKey(wanted).score(key, tight(key))


class Needle(Struct, frozen=True):
    """Letters to look for in a text of all names, each on a line of its own, with or without its spaces."""

    letters: str
    has_spaces: bool = False


class WantedKey:
    """A search key, prepared once to be compared with very many names."""

    __slots__ = ("_closed", "_is_short_form", "_key", "_longest", "_words")

    def __init__(self, key: str) -> None:
        self._key, self._closed, self._words = key, tight(key), key.split()
        self._longest = max(self._words, key=len, default="")
        self._is_short_form = holds_in_order(self._closed, self._closed)

    def needles(self) -> tuple[tuple[Needle, ...], ...]:
        """Letters to look for among very many names: those of the best matches first, of all that may match last.

        With spaces, each line of the text begins with one.
        """
        closed = Needle(f"\n{self._closed}\n"), Needle(f"\n{self._closed}")
        anywhere = Needle(self._longest), *([Needle(self._closed[0])] if self._is_short_form else [])
        return (closed[:1], closed[1:], (Needle(f" {self._key}", True),), anywhere)

    def score(self, key: str, closed_key: str) -> float | None:
        """The `key_score` of a key, given as it is and without spaces (`tight`)."""
        if self._longest not in closed_key and not (self._is_short_form and self._closed[0] in closed_key):
            return None  # most of 100,000
        wanted, closed, words = self._key, self._closed, self._words
        if closed == closed_key:
            return EXACT
        if self._is_short_form and holds_in_order(closed, closed_key) and closed not in closed_key:
            return WORDS
        if not words or not all(word in closed_key for word in words):
            return None
        if key.startswith(wanted) or closed_key.startswith(closed):
            return BEGINS
        begun = f" {key}"
        if f" {wanted}" in begun or all(f" {word}" in begun for word in words):
            return WORDS
        return INSIDE if wanted in key or all(word in key for word in words) or len(closed) >= SHORTEST_RUN_ON else None


class FoundHits(Struct, frozen=True):
    """The hits for a text, ranked in groups, and sentences from the providers that could not search."""

    hits: list[Hit]
    problems: list[str]

    @property
    def lacks_names(self) -> bool:
        """True where no name was found, so that one of a similar spelling may be meant."""
        return not self.problems and all(hit.score >= WEAK_COORDINATE for hit in self.hits)


def search_all(
    providers: Iterable[SearchProvider],
    text: str,
    known: KnownSites | None = None,
    check: Checkpoint = unchecked,
) -> FoundHits:
    """All hits with the very letters of the text.

    A facility that is a site of the case (`known`) is that site's hit, under whatever name it was found.
    """
    hits, problems = _asked([provider.search for provider in providers], text, check)
    return FoundHits(ranked(hits, known), problems)


def search_similar(
    providers: Iterable[SearchProvider],
    text: str,
    before: FoundHits,
    known: KnownSites | None = None,
    check: Checkpoint = unchecked,
) -> FoundHits:
    """An answer that lacks names, with those of a similar spelling. Takes longer than a key may."""
    searches = [provider.search_nearly for provider in providers if isinstance(provider, TolerantProvider)]
    near, problems = _asked(searches, text, check)
    return FoundHits(ranked([*before.hits, *near], known), problems)


def _asked(searches: Iterable[Callable[[str], list[Hit]]], text: str, check: Checkpoint) -> tuple[list[Hit], list[str]]:
    hits: list[Hit] = []
    problems: list[str] = []
    for search in searches:
        check()
        try:
            hits += search(text)
        except GeoloupeError as error:
            problems.append(error.sentence)
    return hits, problems


def ranked(hits: Iterable[Hit], known: KnownSites | None = None) -> list[Hit]:
    """Hits by group and score, with a limit for each group; a site of the case is listed once."""
    kept: list[Hit] = []
    counts = dict.fromkeys(HitGroup, 0)
    sites: set[str] = set()
    for hit in sorted((_own(hit, known) for hit in hits), key=lambda hit: (hit.group, hit.score)):
        if counts[hit.group] < MOST_IN_GROUP and hit.site_uuid not in sites:
            counts[hit.group] += 1
            kept.append(hit)
            sites |= {hit.site_uuid} - {""}
    return kept


def _own(hit: Hit, known: KnownSites | None) -> Hit:
    same = known.same_as(hit) if known is not None and hit.group is HitGroup.FACILITIES else None
    return hit if same is None else same
