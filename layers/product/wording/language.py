"""The wordings of one language: families of words, and patterns over them, as a file of data holds them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import product
from pathlib import Path

import msgspec
from msgspec import Struct, field

from layers.product.wording.needs import DIGIT, Families, WordStarts, branches_of, needs_of

_FOLDER = Path(__file__).parent
_SLOT = re.compile(r"\{(\??)([a-z_]+)\}")
_GAP = re.compile(r" \.\.(\d+) ")
_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"\d")


class _PatternRow(Struct, forbid_unknown_fields=True):
    """A pattern as the file has it."""

    find: str
    unless: tuple[str, ...] = ()
    """Names of guards; one that is found in the sentence lets it pass."""
    kinds: tuple[str, ...] = ()
    """Kinds of text that it judges; empty: those of its rule."""
    ask: tuple[str, ...] = ()
    """Names of guards of which each has to be found in the sentence."""
    whole: bool = False
    """True where a sentence is judged whole, not clause by clause."""
    raw: bool = False
    """True where quotations and names are judged as well, with the sentence before."""


class _Rows(Struct, forbid_unknown_fields=True):
    """A file of wordings."""

    families: dict[str, str]
    guards: dict[str, str]
    rules: dict[str, list[_PatternRow]] = field(default_factory=dict)


class Branch(Struct, frozen=True, dict=True):
    """One alternative of a pattern, compiled when a sentence first has the words of its needs (a mask of bits)."""

    source: str
    needs: int

    @cached_property
    def find(self) -> re.Pattern[str]:
        return re.compile(self.source, re.IGNORECASE)


type Branches = tuple[Branch, ...]


class Pattern(Struct, frozen=True):
    """A pattern of a rule, with the guards that let a sentence pass, and those it asks for."""

    rule: str
    branches: Branches
    unless: tuple[str, ...]
    ask: tuple[str, ...]
    kinds: frozenset[str]
    is_whole: bool
    is_raw: bool
    keys: int
    """The rarest need of each alternative: without one of these bits nothing is found."""


class Language(Struct, frozen=True, dict=True):
    """All patterns and guards of a language, and the needs that each beginning of a word fulfils, as bits."""

    patterns: tuple[Pattern, ...]
    guards: Mapping[str, Branches]
    bits: Mapping[str, int]

    def needs_in(self, text: str) -> int:
        """The bits of all needs that the words of a text fulfil."""
        fulfilled = _ALWAYS | (self.bits.get(DIGIT, 0) if _HAS_DIGIT.search(text) else 0)
        known = self._known
        for word in _WORD.findall(text):
            bits = known.get(word)
            fulfilled |= self._learnt(word) if bits is None else bits
        return fulfilled

    def awake(self, needs: int) -> list[Pattern]:
        """The patterns that may find something in a text which fulfils these needs."""
        return [pattern for pattern in self.patterns if pattern.keys & needs]

    @cached_property
    def _known(self) -> dict[str, int]:
        return {}

    def _learnt(self, word: str) -> int:
        small = word.casefold()
        bits = self.bits.get(f"{small} ", 0)
        for end in range(1, len(small) + 1):
            bits |= self.bits.get(small[:end], 0)
        if len(self._known) < _MOST_KNOWN:
            self._known[word] = bits
        return bits


_ALWAYS = 1
"""The bit that each text has: the key of an alternative without needs."""
_MOST_KNOWN = 50_000
"""Most words of which the needs are kept."""


def found_in(branches: Branches, text: str, needs: int) -> re.Match[str] | None:
    """The first alternative that is found in a text which fulfils these needs."""
    for branch in branches:
        if not branch.needs & ~needs and (match := branch.find.search(text)) is not None:
            return match
    return None


@cache
def language(name: str = "english") -> Language:
    """The wordings of a language that is shipped. Raises FileNotFoundError for another one."""
    return read_language((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def is_read() -> bool:
    """True once a language has been read: the first time takes longer than a frame."""
    return language.cache_info().currsize > 0


def read_language(text: str) -> Language:
    """Read a file of wordings. Raises ValueError where a pattern names a family or a guard that the file lacks."""
    rows = msgspec.convert(tomllib.loads(text), _Rows)
    compiler = _Compiler({name: tuple(_entries(listed)) for name, listed in rows.families.items()})
    guards = {name: compiler.branches(pattern) for name, pattern in rows.guards.items()}
    patterns = []
    for rule, listed in rows.rules.items():
        for row in listed:
            if unknown := {*row.unless, *row.ask} - guards.keys():
                raise ValueError(f"{rule}: no guard {', '.join(sorted(unknown))}")
            branches, keys = compiler.branches(row.find), compiler.keys(row.find)
            kinds = frozenset(row.kinds)
            patterns.append(Pattern(rule, branches, row.unless, row.ask, kinds, row.whole, row.raw, keys))
    return Language(tuple(patterns), guards, compiler.bits())


class _Compiler:
    """Puts families into patterns, and numbers the needs of their alternatives."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self._fragments = {name: _either(entries) for name, entries in families.items()}
        self._numbers: dict[WordStarts, int] = {}

    def branches(self, pattern: str) -> Branches:
        return tuple(map(self._branch, branches_of(_spaced(pattern))))

    def keys(self, pattern: str) -> int:
        """The bit of the rarest need of each alternative."""
        keys = 0
        for source in branches_of(_spaced(pattern)):
            rarest = min(needs_of(source, self._families), key=len, default=None)
            keys |= _ALWAYS if rarest is None else 1 << self._number(rarest)
        return keys

    def _branch(self, source: str) -> Branch:
        for _, name in _SLOT.findall(source):
            if name not in self._families:
                raise ValueError(f"no family {name} in {source}")
        needs = sum(1 << self._number(need) for need in needs_of(source, self._families))
        return Branch(_SLOT.sub(lambda slot: self._fragments[slot[2]], source), needs)

    def _number(self, need: WordStarts) -> int:
        return self._numbers.setdefault(need, 1 + len(self._numbers))

    def bits(self) -> dict[str, int]:
        bits: dict[str, int] = {}
        for need, number in self._numbers.items():
            for start in need:
                bits[start] = bits.get(start, 0) | 1 << number
        return bits


def _spaced(pattern: str) -> str:
    """A pattern on one line, with its gaps written out."""
    return _GAP.sub(lambda gap: rf",?\s(?:[^\s;:]+\s){{0,{gap[1]}}}?", " ".join(pattern.split()))


def _either(entries: Iterable[str]) -> str:
    return rf"\b(?:{_by_letter(set(entries))})\b".replace(" ", r"\s")


def _by_letter(entries: Iterable[str], depth: int = 3) -> str:
    """The entries as alternatives, the longest first, under their first letters: Python tries one after the other."""
    by_letter: dict[str, list[str]] = {}
    for entry in sorted(entries, key=lambda entry: (-len(entry), entry)):
        by_letter.setdefault(entry[:1].casefold(), []).append(entry)
    parts: list[str] = []
    for letter, alike in by_letter.items():
        if len(alike) == 1 or not letter or depth == 0:
            parts.extend(map(_escaped, alike))
        else:
            parts.append(f"{_escaped(letter)}(?:{_by_letter((entry[1:] for entry in alike), depth - 1)})")
    return "|".join(sorted(parts, key=lambda part: not part))


def _escaped(words: str) -> str:
    return " ".join(map(re.escape, words.split(" "))).replace(r"\-", "-")


def _entries(listed: str) -> Iterator[str]:
    """The entries of a family: `confirm/s/ed` is the word with each of its endings, and a space joins words."""
    for entry in listed.split(","):
        if words := entry.split():
            yield from map(" ".join, product(*map(_inflected, words)))


def _inflected(word: str) -> tuple[str, ...]:
    stem, *endings = word.split("/")
    return (stem, *(stem + ending for ending in endings))
