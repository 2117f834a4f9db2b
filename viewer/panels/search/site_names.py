"""The names of a case's sites in a few long texts, so that those of 100,000 sites are searched in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched, chain

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from layers.document.marks.measurement import MEASUREMENT
from layers.document.site import Site
from layers.places.names import name_key, tight
from layers.places.spelling import folded, most_wrong
from viewer.panels.search.hits import Needle

LONGEST_NAME = 500
SITES_AT_ONCE = 4096
"""Sites whose names are one text; only that of a site that changed is made anew."""
_LINE = "\n"
"""Separates names. A key has none, so that nothing is found across two names."""


class KeyedSite(Struct, frozen=True):
    """A site with the keys of its label and its aliases in order, and the same keys without spaces."""

    site: Site
    keys: tuple[str, ...]
    closed: tuple[str, ...]

    @classmethod
    def of(cls, site: Site) -> KeyedSite:
        names = (site.label, *(name for _, name in site.aliases))
        keys = tuple(name_key(name[:LONGEST_NAME]) for name in names)
        return cls(site, keys, tuple(tight(key) for key in keys))

    def name(self, at: int) -> str:
        """The label, or an alias, as it was entered."""
        return self.site.label if at == 0 else self.site.aliases[at - 1][1]


class SiteNames:
    """The names of all sites, of measurements apart. A thread gets a state of them by `present`, which then stays."""

    def __init__(self) -> None:
        self._last: tuple[list[Site], tuple[SitesPart, ...]] = [], ()
        """The last sites with their names; one value, as several threads may search."""
        self._keyed: dict[str, KeyedSite] = {}

    def present(self, sites: list[Site]) -> Sequence[SitesPart]:
        """The names of these sites, in parts; what was made for sites that have not changed is kept."""
        listed, before = self._last
        if sites == listed:
            return before
        parts = []
        for at, batch in enumerate(batched(sites, SITES_AT_ONCE)):
            is_kept = at < len(before) and before[at].sites == batch
            parts.append(before[at] if is_kept else SitesPart(batch, [self._key(site) for site in batch]))
        self._last = sites, tuple(parts)
        if len(self._keyed) > 2 * len(sites):
            self._keyed = {keyed.site.uuid: keyed for part in parts for keyed in part.keyed}
        return parts

    def _key(self, site: Site) -> KeyedSite:
        keyed = self._keyed.get(site.uuid)
        if keyed is None or keyed.site is not site:
            keyed = self._keyed[site.uuid] = KeyedSite.of(site)
        return keyed


class SitesPart:
    """Some thousand sites, with the names of sites and of measurements among them."""

    __slots__ = ("keyed", "measured", "others", "sites")

    def __init__(self, sites: tuple[Site, ...], keyed: list[KeyedSite]) -> None:
        self.sites, self.keyed = sites, keyed
        self.measured = NamesOfSites([each for each in keyed if each.site.mark_kind == MEASUREMENT])
        self.others = NamesOfSites([each for each in keyed if each.site.mark_kind != MEASUREMENT])

    @property
    def all_names(self) -> tuple[NamesOfSites, NamesOfSites]:
        return self.others, self.measured


class NamesOfSites:
    """The names of some sites."""

    def __init__(self, keyed: list[KeyedSite]) -> None:
        self._keyed = keyed
        self._owners = np.repeat(np.arange(len(keyed)), [len(each.keys) for each in keyed])
        self._closed = _joined(list(chain.from_iterable(each.closed for each in keyed)), _LINE)
        self._spaced = _joined(list(chain.from_iterable(each.keys for each in keyed)), f"{_LINE} ")
        self._starts: dict[bool, NDArray[np.intp]] = {}
        self._letters: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None = None
        hashes = np.fromiter(map(hash, chain.from_iterable(each.closed for each in keyed)), np.int64)
        self._by_hash = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._by_hash]

    def holding(self, needle: Needle, most: int) -> list[KeyedSite]:
        """The sites, `most` of them at most, with a name that has these letters where the needle wants them."""
        text = self._spaced if needle.has_spaces else self._closed
        places: list[int] = []
        at = text.find(needle.letters)
        while at >= 0 and len(places) < most:
            places.append(at)
            at = text.find(needle.letters, at + 1)
        if not places:
            return []
        names = np.searchsorted(self._starts_of(needle.has_spaces), places, "right") - 1
        return self._owning(names)

    def called(self, closed: str) -> Iterator[KeyedSite]:
        """The sites with this name, given without spaces."""
        wanted = hash(closed)
        first, last = np.searchsorted(self._hashes, wanted, "left"), np.searchsorted(self._hashes, wanted, "right")
        for each in self._owning(self._by_hash[first:last]):
            if closed in each.closed:
                yield each

    def alike(self, wanted: str) -> list[KeyedSite]:
        """The sites whose names have the figures of a key and, but for a few, its letters or its sounds."""
        if not self._keyed:
            return []
        if self._letters is None:
            self._letters = _letters_in(self._closed), _letters_in(folded(self._spaced))
        closed = tight(wanted)
        most, figures = most_wrong(closed), np.uint64(_mask("".join(filter(_is_figure, closed))))
        by_letter, by_sound = self._letters
        lacks_letters = np.bitwise_count(np.uint64(_mask(closed)) & ~by_letter)
        lacks_sounds = np.bitwise_count(np.uint64(_mask(folded(closed))) & ~by_sound)
        is_alike = (lacks_letters <= most) | (lacks_sounds <= most)
        return self._owning(np.flatnonzero(is_alike & (figures & ~by_letter == 0)))

    def _owning(self, names: NDArray[np.intp]) -> list[KeyedSite]:
        return [self._keyed[at] for at in np.unique(self._owners[names]).tolist()]

    def _starts_of(self, has_spaces: bool) -> NDArray[np.intp]:
        if has_spaces not in self._starts:
            self._starts[has_spaces] = _starts(_codes(self._spaced if has_spaces else self._closed))
        return self._starts[has_spaces]


def _joined(names: list[str], before: str) -> str:
    """The names as one text, each with `before` before it."""
    return "".join((before, before.join(names), _LINE)) if names else ""


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _starts(codes: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Places at which names begin, with the line break before each."""
    return np.flatnonzero(codes == ord(_LINE))[:-1]


def _letters_in(text: str) -> NDArray[np.uint64]:
    """(names,) The letters of each name as bits, of which some stand for several rare letters."""
    codes = _codes(text)
    return np.bitwise_or.reduceat(np.uint64(1) << _bits(codes), _starts(codes))


def _mask(letters: str) -> int:
    return int(np.bitwise_or.reduce(np.uint64(1) << _bits(_codes(letters)))) if letters else 0


def _bits(codes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The number of the bit of each character: ten for figures, 26 for Latin letters, 28 for all others."""
    others = 36 + codes % 28
    latin = np.where((codes >= ord("a")) & (codes <= ord("z")), codes - ord("a") + 10, others)
    return np.where((codes >= ord("0")) & (codes <= ord("9")), codes - ord("0"), latin).astype(np.uint64)


def _is_figure(letter: str) -> bool:
    return "0" <= letter <= "9"
