"""Compares the quote of a source with the text of that source which the case keeps: found where, or what differs."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple

from layers.product.factcheck.word_groups import DENIALS, LITTLE, Altered, stretch_in
from layers.text.changed_words import TextPart

PAGE_BREAK = "\f"
FOUND, ALMOST, DENIED, DIFFERS, ABSENT, NO_TEXT = "found", "almost", "denied", "differs", "absent", "no text"
"""Answers of the kept text: the quote stands there to the letter; but for capitals or signs; after a *not* that the
quote leaves out; in other words; nothing like it is there; no text is kept.
"""
NO_TEXTS: Mapping[str, Sequence[KeptText]] = MappingProxyType({})
_BORDER = "\x1f"
_HAN = "\u2e80-\u9fff\uf900-\ufaff"
_LETTER = rf"[^\W\d_{_HAN}]"
_TOKEN = re.compile(
    rf"[{_HAN}]|\d+(?:[.,:]\d+)*|{_LETTER}+(?:(?:['’]|[-‐‑\u00ad](?:[ \t]*\r?\n[ \t]*)?){_LETTER}+)*|[^\w\s]"
)
"""A word, whose hyphens may stand at the end of a line, a number, a Han character, or a sign."""
_IN_WORD = re.compile(r"[-‐‑\u00ad\s]+")
_DASH, _QUOTES = re.compile("[‐‑‒–—−]"), frozenset("\"“”„«»‹›‘‚'’`´")
_MEANT = frozenset("%‰$€£¥₽°±≥≤<>=+")
"""Signs that change what a number says."""
_QUOTED = re.compile(r"“([^“”]+)”|«([^«»]+)»|\"([^\"]+)\"")
_OURS = re.compile(r"\[[^\[\]]*\]|…|\.\.\.")
"""Words that were put into a quotation, and places where some were left out."""
_PUT_LETTER = re.compile(r"\[(\w)\](?=\w)")
_LEAST_LIKE = 0.4
"""Least share of a quote's words, the rare ones counting more, that its nearest passage has."""
_LONGEST_NAME = 80
_NOTS = frozenset(
    word.replace("'", "")
    for word in (
        *DENIALS,
        *("isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't", "hadn't", "doesn't", "don't", "didn't"),
        *("won't", "can't", "couldn't", "wouldn't", "shouldn't"),
    )
)
_MOST_PLACES = 200
"""Most places of the same words that are looked at."""
_SENTENCE_END = re.compile(r"[.;:!?](?=\s)")
_SPACES = re.compile(r"\s+")


class KeptText(NamedTuple):
    """The text of one kept copy of a source. `why_not` says why it has none."""

    name: str
    text: str = ""
    has_pages: bool = False
    """True where its pages have numbers, with a `PAGE_BREAK` between two."""
    is_whole: bool = True
    why_not: str = ""


type KeptTexts = Mapping[str, Sequence[KeptText]]
"""The texts of the kept copies of sources, by the uuid of the source."""


class KeptAnswer(NamedTuple):
    """The answer of the kept text on one quote, or on one part of it. `state` is empty where nothing was asked."""

    state: str = ""
    where: str = ""
    """The file, and the page where it has numbers."""
    passage: tuple[TextPart, ...] = ()
    """The nearest passage, its differing words marked."""
    altered: tuple[Altered, ...] = ()
    """The differing words: those of the quote, and those of the text in their place."""
    more: str = ""
    """Whatever limits the answer: the file was not read to its end, or not at all."""

    @property
    def is_found(self) -> bool:
        return self.state in (FOUND, ALMOST)

    @property
    def is_otherwise(self) -> bool:
        """True where a text is kept and says otherwise."""
        return self.state in (DENIED, DIFFERS, ABSENT)

    @property
    def words(self) -> str:
        """The passage as plain text."""
        return "".join(part.text for part in self.passage)


class KeptQuotes:
    """The kept texts of a product's sources, each prepared once, when it is first asked."""

    def __init__(self, texts: KeptTexts = NO_TEXTS) -> None:
        self._kept = texts
        self._read: dict[str, list[_Searched]] = {}
        self._known: dict[tuple[str, str], tuple[KeptAnswer, ...]] = {}

    def text_of(self, source: str) -> str:
        """All that the kept copies of a source say, for a comparison with typed words."""
        return "\n".join(kept.text.replace(PAGE_BREAK, "\n") for kept in self._kept.get(source, ()))

    def answers(self, source: str, quote: str) -> tuple[KeptAnswer, ...]:
        """The answers on each exact part of a quote of this source; one alone where no text is kept."""
        key = (source, quote)
        if key not in self._known:
            self._known[key] = tuple(self._asked(source, quote)) if quote.strip() else ()
        return self._known[key]

    def has(self, source: str, words: str) -> bool:
        """True where a kept text has these words, but for capitals and signs, and does not deny them."""
        return any(text.has(words) for text in self._texts(source))

    def _texts(self, source: str) -> list[_Searched]:
        if source not in self._read:
            self._read[source] = [_Searched(kept) for kept in self._kept.get(source, ()) if kept.text.strip()]
        return self._read[source]

    def _asked(self, source: str, quote: str) -> Iterator[KeptAnswer]:
        texts = self._texts(source)
        if not texts:
            why = "; ".join(dict.fromkeys(kept.why_not for kept in self._kept.get(source, ()) if kept.why_not))
            yield KeptAnswer(NO_TEXT, more=why)
            return
        is_one = any(text.found(_bare(quote)) is not None for text in texts)  # a quote may have been pasted with lines
        for line in [quote] if is_one else filter(str.strip, quote.splitlines()):
            whole = [answer for text in texts if (answer := text.found(_bare(line))) is not None]
            if whole:
                yield min(whole, key=lambda answer: answer.state != FOUND)
            else:
                yield from (_best(texts, part) for part in _exact_parts(line))


def _best(texts: Sequence[_Searched], part: str) -> KeptAnswer:
    """The best answer of several texts on one part of a quote."""
    answers = [answer for text in texts if (answer := text.found(part)) is not None]
    if answers:
        return min(answers, key=lambda answer: answer.state != FOUND)
    share, answer = max((text.nearest(part) for text in texts), key=lambda nearest: nearest[0])
    return (
        answer if share >= _LEAST_LIKE else answer._replace(state=ABSENT, passage=(), altered=(), where=_names(texts))
    )


def _names(texts: Sequence[_Searched]) -> str:
    return ", ".join(dict.fromkeys(text.file for text in texts))


def _bare(line: str) -> str:
    """A quote without the brackets around a letter that was put for another."""
    return _PUT_LETTER.sub(r"\1", line)


def _exact_parts(line: str) -> list[str]:
    """The parts of a quote that claim to be exact: those in quotation marks, else all; nothing that we have put in."""
    quoted = ["".join(filter(None, match.groups())) for match in _QUOTED.finditer(line)] or [line]
    parts = [part.strip() for words in quoted for part in _OURS.split(_bare(words))]
    return [part for part in parts if len(_spelt(part).letters) > 1] or [line]


class _Spelt(NamedTuple):
    """The words of a text in two spellings, each with the place in the text where its words begin."""

    exact: list[str]
    exact_at: list[int]
    letters: list[str]
    """Words in small letters, without signs that change nothing."""
    letters_at: list[int]
    ends: list[int]
    """The end of each of `letters` in the text."""


def _spelt(text: str) -> _Spelt:
    exact, exact_at, letters, letters_at, ends = list[str](), list[int](), list[str](), list[int](), list[int]()
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        word = match.group()
        if word in _QUOTES:
            continue
        if len(word) > 1 and not word[0].isdigit():
            word = _IN_WORD.sub("", word).replace("’", "'")
        exact.append("-" if _DASH.fullmatch(word) else word)
        exact_at.append(match.start())
        if word[0].isalnum() or word in _MEANT:
            letters.append(word.casefold().replace("'", ""))
            letters_at.append(match.start())
            ends.append(match.end())
    return _Spelt(exact, exact_at, letters, letters_at, ends)


class _Searched:
    """One kept text with what a search in it needs."""

    def __init__(self, kept: KeptText) -> None:
        self._kept = kept
        self._text = unicodedata.normalize("NFKC", kept.text)
        self._spelt = _spelt(kept.text)
        self._exact = _line_of(self._spelt.exact)
        self._letters, self._starts = _run_of(self._spelt.letters)

    @property
    def file(self) -> str:
        name = self._kept.name
        return f"“{name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + '…'}”"

    def found(self, words: str) -> KeptAnswer | None:
        """The answer on words that stand here, to the letter or but for capitals and signs."""
        spelt = _spelt(words)
        exact = list(spelt.exact)
        while exact and not exact[-1][0].isalnum():
            exact.pop()  # a quotation may end with a comma of its own
        while exact and not exact[0][0].isalnum():
            exact.pop(0)
        if not exact:
            return None
        places = list(self._places_of(spelt))
        if not places:
            return None
        # the same words may stand elsewhere without a "not" before them
        place = next((place for place in places if self._denied_from(place[0]) is None), places[0])
        start, end = self._spelt.letters_at[place[0]], self._spelt.ends[place[1] - 1]
        if (begin := self._denied_from(place[0])) is not None:
            denied = TextPart(_joined(self._text[begin:start]) + " ", True)
            return self._answer(DENIED, begin)._replace(
                passage=(denied, TextPart(_joined(self._text[start:end]), False)),
                altered=(Altered("", denied.text.strip()),),
            )
        if _line_of(exact) in self._exact:
            at = self._exact.find(_line_of(exact))
            return self._answer(FOUND, self._spelt.exact_at[self._exact.count(_BORDER, 0, at)])
        return self._answer(ALMOST, start)._replace(passage=(TextPart(_joined(self._text[start:end]), False),))

    def _denied_from(self, first: int) -> int | None:
        """The place of a *not* shortly before a word, in its own sentence; None without one."""
        letters, at = self._spelt.letters, self._spelt.letters_at
        place = first - 1
        if place > 0 and letters[place] in LITTLE:
            place -= 1  # has not been delivered
        if place < 0 or letters[place] not in _NOTS or _SENTENCE_END.search(self._text[at[place] : at[first]]):
            return None
        return at[place]

    def has(self, words: str) -> bool:
        """True where these words stand here, but for capitals and signs, and nothing before them denies them."""
        return any(self._denied_from(place[0]) is None for place in self._places_of(_spelt(words)))

    def _places_of(self, spelt: _Spelt) -> Iterator[tuple[int, int]]:
        """The first word, and the last but one, of each of the first places where these words stand."""
        run = _run_of(spelt.letters)[0]
        at = self._letters.find(run) if run.strip(_BORDER) else -1
        left = _MOST_PLACES
        while at >= 0 and left:
            left -= 1
            first = bisect_left(self._starts, at)
            last = bisect_left(self._starts, at + len(run))
            fits = first < len(self._starts) and self._starts[first] == at
            if fits and (last == len(self._starts) or self._starts[last] == at + len(run)):
                yield first, last
            at = self._letters.find(run, at + 1)

    def nearest(self, words: str) -> tuple[float, KeptAnswer]:
        """The passage that shares most words with others, with the share: 0 none, 1 all. Rare words count more."""
        wanted = _spelt(words).letters
        weights = {word: self._weight(word) for word in wanted}
        window = self._window(weights, len(wanted))
        own = self._spelt.letters[window[0] : window[1]]
        blocks = SequenceMatcher(None, own, wanted, autojunk=False).get_matching_blocks()[:-1]
        shared = sum(weights[wanted[at]] for block in blocks for at in range(block.b, block.b + block.size))
        share = shared / (sum(weights[word] for word in wanted) or 1.0)
        if not blocks:
            return 0.0, KeptAnswer(ABSENT, more=self._more)
        # the words before the first and after the last that both have may have been put for others
        first = max(blocks[0].a - blocks[0].b, 0)
        last = min(blocks[-1].a + blocks[-1].size + len(wanted) - blocks[-1].b - blocks[-1].size, len(own))
        start = self._spelt.letters_at[window[0] + first]
        end = self._spelt.ends[window[0] + last - 1]
        same = {block.a + at for block in blocks for at in range(block.size)}
        parts = self._parts(range(window[0] + first, window[0] + last), {window[0] + at for at in same})
        altered = stretch_in(_joined(self._text[start:end]), words).altered
        return share, self._answer(DIFFERS, start)._replace(passage=parts, altered=altered)

    def _parts(self, places: range, same: Collection[int]) -> tuple[TextPart, ...]:
        """The words at these places, those marked that are not the same; a space between two of these as well."""
        parts, begin = list[TextPart](), self._spelt.letters_at[places.start]
        for is_same, run in groupby(places, key=lambda at: at in same):
            *_, last = run
            begins_next = last + 1 < places.stop and is_same
            end = self._spelt.letters_at[last + 1] if begins_next else self._spelt.ends[last]
            parts.append(TextPart(_SPACES.sub(" ", self._text[begin:end]), not is_same))
            begin = end
        return tuple(parts)

    def _window(self, weights: Mapping[str, float], length: int) -> tuple[int, int]:
        """First word, and last but one, of the part that has most of these words."""
        places = sorted(at for word in weights if word not in LITTLE for at in self._places.get(word, ()))
        width = length + length // 2 + 6
        best, best_at, left, inside, weight = 0.0, 0, 0, Counter[str](), 0.0
        letters = self._spelt.letters
        for at in places:
            word = letters[at]
            inside[word] += 1
            weight += weights[word] if inside[word] == 1 else 0.0
            while places[left] <= at - width:
                gone = letters[places[left]]
                inside[gone] -= 1
                weight -= weights[gone] if inside[gone] == 0 else 0.0
                left += 1
            if weight > best:
                best, best_at = weight, (places[left] + at) // 2
        start = max(best_at - width // 2 - length // 4, 0)
        return start, min(start + 2 * width, len(letters))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, word in enumerate(self._spelt.letters):
            places.setdefault(word, []).append(at)
        return places

    def _weight(self, word: str) -> float:
        return 0.1 if word in LITTLE else 1.0 / (1.0 + len(self._places.get(word, ())) ** 0.5)

    @property
    def _more(self) -> str:
        return "" if self._kept.is_whole else f"only the beginning of {self.file} was read"

    def _answer(self, state: str, at: int) -> KeptAnswer:
        page = f"page {self._text.count(PAGE_BREAK, 0, at) + 1} of " if self._kept.has_pages else ""
        return KeptAnswer(state, page + self.file, more="" if state in (FOUND, ALMOST) else self._more)


def _line_of(words: Sequence[str]) -> str:
    """Words with a border between two, and around all."""
    return f"{_BORDER}{_BORDER.join(words)}{_BORDER}"


def _run_of(words: Sequence[str]) -> tuple[str, list[int]]:
    """Words without a border, as a hyphen may be a space elsewhere; numbers have one. And the start of each."""
    parts, starts, at = list[str](), list[int](), 0
    for word in words:
        starts.append(at)
        parts.append(f"{_BORDER}{word}{_BORDER}" if word[0].isdigit() else word)
        at += len(parts[-1])
    return "".join(parts), starts


def _joined(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
