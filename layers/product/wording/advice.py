"""The linter of sentences: advice on the wording of a text, at most one a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from layers.phrase import Phrase
from layers.product.judging.likelihood_terms import CONFIDENCE, ROWS, TERM
from layers.product.wording.language import Language, Pattern, found_in, language
from layers.product.wording.reading import Sentence, sentences_of
from layers.product.wording.rules import BY_NAME, RULES

MIXED, BOTH = "mixed-terms", "likelihood-and-confidence"
LONGEST_FOUND, MOST_CHARS = 60, 20_000
_ORDER = {rule.name: place for place, rule in enumerate(RULES)}
_ABOUT_TERMS = re.compile(r"\b(?:we use|terms?|words?|row|scale)\b", re.IGNORECASE)
"""Words of a sentence that is about the terms themselves."""
_NO_LIKELIHOOD = ("remote",)
"""Terms that are mostly something else in a text: a remote place, remote sensing."""
_PARTS_OF_TERMS = ("likely", "probable", "certain", "chance", "odds")
"""Letters of which each term has some."""


class Advice(NamedTuple):
    """Advice on one sentence: its rule, the words that it is about, and the place of the sentence in the text."""

    rule: str
    words: str
    start: int
    text: str

    @property
    def what(self) -> Phrase:
        """A sentence on the fault."""
        return Phrase(BY_NAME[self.rule].sentence.template, found=self.words)

    @property
    def cure(self) -> Phrase:
        """A sentence on what to do about it."""
        return BY_NAME[self.rule].cure


def advice_on(text: str, kind: str, off: Collection[str] = (), *, spoken: Language | None = None) -> tuple[Advice, ...]:
    """Advice on a text of one of `rules.KINDS`, in the order of its sentences.

    `off`: names of rules that are not asked. `spoken`: the wordings to judge by; None: those of English.
    """
    all_advice = _all_advice(text[:MOST_CHARS], kind) if spoken is None else _judged(text[:MOST_CHARS], kind, spoken)
    return tuple(_once(advice for advice in all_advice if advice.rule not in off))


@lru_cache(maxsize=512)
def _all_advice(text: str, kind: str) -> tuple[Advice, ...]:
    return _judged(text, kind, language())


def _judged(text: str, kind: str, spoken: Language) -> tuple[Advice, ...]:
    sentences = sentences_of(text)
    advice: list[Advice] = []
    before = _Part("", 0, {})
    for sentence in sentences:
        judged = _JudgedSentence(sentence, before, spoken)
        advice.extend(_of_sentence(judged, sentence, kind, spoken))
        before = judged.raw
    return (*advice, *_mixed(sentences))


def _once(all_advice: Iterator[Advice]) -> Iterator[Advice]:
    """The first advice on each sentence, by the order of the rules."""
    by_place: dict[int, Advice] = {}
    for advice in sorted(all_advice, key=lambda advice: (advice.start, _ORDER[advice.rule])):
        by_place.setdefault(advice.start, advice)
    yield from by_place.values()


def _of_sentence(judged: _JudgedSentence, sentence: Sentence, kind: str, spoken: Language) -> Iterator[Advice]:
    rules: set[str] = set()
    for pattern in spoken.awake(judged.needs):
        if pattern.rule not in rules and _is_asked(pattern, kind) and (words := judged.found(pattern)):
            rules.add(pattern.rule)
            yield Advice(pattern.rule, _short(words), sentence.start, sentence.text)
    if "onfiden" in sentence.plain and CONFIDENCE.search(sentence.plain) and (term := _term_in(sentence)):
        yield Advice(BOTH, _short(term), sentence.start, sentence.text)


def _term_in(sentence: Sentence) -> str:
    return next(_terms_in(sentence), "")


def _terms_in(sentence: Sentence) -> Iterator[str]:
    """The terms of likelihood of a sentence, as they stand there."""
    small = sentence.plain.casefold()
    if any(part in small for part in _PARTS_OF_TERMS):
        yield from (match[0] for match in TERM.finditer(sentence.plain) if match[0].casefold() not in _NO_LIKELIHOOD)


def _is_asked(pattern: Pattern, kind: str) -> bool:
    rule = BY_NAME.get(pattern.rule)
    return rule is not None and kind in rule.kinds and (not pattern.kinds or kind in pattern.kinds)


class _Part(NamedTuple):
    """A part of a sentence that is judged by itself, with the needs that it fulfils and the guards that were asked."""

    text: str
    needs: int
    known: dict[str, bool]


class _JudgedSentence:
    """A sentence with its parts: the clauses, the whole, and the whole with quotations and the sentence before."""

    def __init__(self, sentence: Sentence, before: _Part, spoken: Language) -> None:
        self._guards = spoken.guards
        whole = _Part(sentence.plain, spoken.needs_in(sentence.plain), {})
        own = whole.needs if sentence.text == sentence.plain else spoken.needs_in(sentence.text)
        self.raw = _Part(sentence.text, own, {})
        self._whole, self._clauses = [whole], [whole]
        if ";" in sentence.plain:
            clauses = filter(None, map(str.strip, sentence.plain.split(";")))
            self._clauses = [_Part(clause, spoken.needs_in(clause), {}) for clause in clauses]
        self._raw = [_Part(f"{before.text} {sentence.text}".strip(), before.needs | own, {})]
        self.needs = whole.needs | self._raw[0].needs
        """The needs that any of the parts fulfils."""

    def found(self, pattern: Pattern) -> str:
        """The words that a pattern finds where no guard lets them pass; empty for none."""
        for part in self._raw if pattern.is_raw else self._whole if pattern.is_whole else self._clauses:
            match = found_in(pattern.branches, part.text, part.needs)
            if match is None or not all(self._holds(name, part) for name in pattern.ask):
                continue
            if not any(self._holds(name, part) for name in pattern.unless):
                return match[0]
        return ""

    def _holds(self, guard: str, part: _Part) -> bool:
        if guard not in part.known:
            part.known[guard] = found_in(self._guards[guard], part.text, part.needs) is not None
        return part.known[guard]


def _mixed(sentences: list[Sentence]) -> Iterator[Advice]:
    """The first sentence whose term is of another row than one before it."""
    used: dict[int, str] = {}
    for sentence in sentences:
        for term in _terms_in(sentence):
            if not _ABOUT_TERMS.search(sentence.plain):
                used.setdefault(ROWS[term.casefold()], term)
        if len(used) > 1:
            yield Advice(MIXED, f"{used[1]}”, “{used[2]}", sentence.start, sentence.text)
            return


def _short(words: str) -> str:
    line = " ".join(words.strip(" ,;:–—").split())
    return line if len(line) <= LONGEST_FOUND else f"{line[: LONGEST_FOUND - 1].rstrip()}…"
