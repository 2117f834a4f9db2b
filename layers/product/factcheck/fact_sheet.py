"""The fact-check sheet of a product as plain values: its facts, one a row, and what of it was folded."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from msgspec import Struct

from layers.product.factcheck.kept_texts import NO_TEXT, KeptAnswer
from layers.product.factcheck.typed_words import WordsApart
from layers.product.factcheck.word_groups import QuoteStretch
from layers.product.spec import Override

DIFFERS, NEGATED, MISQUOTED, ALTERED, UNSOURCED = "differs", "negated", "misquoted", "altered", "unsourced"
OTHERWISE, NO_WORDS, OWN, AS_QUOTED, KEPT = "otherwise", "no words", "own", "as quoted", "kept"
BASES = (DIFFERS, NEGATED, MISQUOTED, ALTERED, UNSOURCED, OTHERWISE, NO_WORDS, OWN, AS_QUOTED, KEPT)
"""The ways in which a fact stands on its source, in the order of the sheet: with words that say otherwise than those it
stands on; with a *not* where its quote has none, or the reverse; on a quote that the kept text of its source has not
so; inside quotation marks, with words that the quote does not have so; without any source; with such words outside of
quotation marks; with a source of which the case keeps no exact words; words of the page's own, such as a title; word
for word in a quote that was compared with no text; word for word in a quote that the kept text has.
"""
SUBJECTS = ("claims", "sites")
"""Tables of the document whose rows a checker reviews."""
_DIGEST_BYTES = 8


class StandsOn(NamedTuple):
    """A source of a fact: its number in the product, the exact words, its address, and how it is dated."""

    number: str
    citation: str
    quote: str = ""
    address: str = ""
    dated: str = ""
    """Its date with the basis of that."""
    page: str = ""
    stretch: QuoteStretch = QuoteStretch()
    """Place of the fact's words in the quote."""
    is_source: bool = True
    """False for what is no source of the case, such as the words of a basis."""
    uuid: str = ""
    """The source's."""
    kept: tuple[KeptAnswer, ...] = ()
    """Answers of its kept text on each exact part of the quote; empty where nothing was asked."""
    is_kept: bool = False
    """True where the kept text has the words of the fact."""

    @property
    def is_misquoted(self) -> bool:
        """True where the kept text says otherwise than the quote, and has not the words of the fact."""
        return any(answer.is_otherwise for answer in self.kept) and not self.is_kept

    @property
    def is_borne_out(self) -> bool:
        """True where the kept text has the quote, or at least the words of the fact."""
        return bool(self.kept) and (self.is_kept or all(answer.is_found for answer in self.kept))

    @property
    def has_kept_text(self) -> bool:
        return any(answer.state != NO_TEXT for answer in self.kept)


class SheetFact(Struct, frozen=True):
    """One fact of a product. `table` and `uuid` name the row that states it; both are empty for words of the page."""

    kind: str
    words: str
    table: str = ""
    uuid: str = ""
    subject: str = ""
    """The row in a word or two: the number of a claim, the name of a mark."""
    printed: str = ""
    """The page and part of the product that print it."""
    stands_on: tuple[StandsOn, ...] = ()
    is_own: bool = False
    """True for words of the page's own, which no row of the case states."""
    is_quoted: bool = False
    """True for words that the product prints inside quotation marks."""
    is_note: bool = False
    """True for words of ours beside a quotation."""
    differs: tuple[WordsApart, ...] = ()
    """Words in which it differs from those that it stands on."""
    warnings: tuple[str, ...] = ()
    """Sentences on other rows of the sheet that say otherwise."""
    entered: str = ""
    reviewed: str = ""
    number: int = 0
    """Number on the sheet."""

    @property
    def basis(self) -> str:
        """One of `BASES`."""
        if self.differs:
            return DIFFERS
        if self.is_own:
            return OWN
        if not any(source.is_source for source in self.stands_on):
            return UNSOURCED
        quotes = [source for source in self.stands_on if source.quote]
        compared = [source for source in quotes if source.stretch.is_verbatim] if quotes else self.stands_on
        if any(source.is_misquoted for source in compared):
            return MISQUOTED
        if any(source.is_borne_out for source in compared):
            return KEPT
        if not quotes:
            return NO_WORDS
        if compared:
            return AS_QUOTED
        if not self.is_note and any(source.stretch.denies for source in quotes):
            return NEGATED
        return ALTERED if self.is_quoted else OTHERWISE

    @property
    def is_as_quoted(self) -> bool:
        """True where a quote has its words, word for word."""
        return any(source.quote and source.stretch.is_verbatim for source in self.stands_on)

    @property
    def quoted_from(self) -> tuple[tuple[str, str], ...]:
        """The quotes that it stands on, each with the number of its source: rows with equal ones are read together."""
        return tuple((source.number, source.quote) for source in self.stands_on if source.quote)

    @property
    def key(self) -> str:
        """The fact among those of all sheets of its product: what it says, of which row."""
        return _digest(self.kind, self.words, self.table, self.uuid)

    @property
    def digest(self) -> str:
        """Sixteen digits over what a checker compares: two sheets on which it is the same have equal digits."""
        sources = (part for source in self.stands_on for part in (*source[:6], str(source.is_source)))
        kept = (source.kept for source in self.stands_on if source.has_kept_text)
        answers = (
            part for of_source in kept for answer in of_source for part in (answer.state, answer.where, answer.words)
        )
        return _digest(self.key, *sources, *answers)


class LetPass(Struct, frozen=True):
    """A finding of the check that was let pass: the rule with the reason."""

    override: Override
    finding: str = ""
    """Sentence of the finding, where it still stands."""
    blocks: bool = False


class SubjectState(Struct, frozen=True):
    """A row that the sheet's facts are about as it stood: its revision, and a digest of it with all it rests on."""

    table: str
    uuid: str
    rev: int
    digest: str
    name: str = ""


class FactSheet(Struct, frozen=True):
    """A sheet. `carried` are facts that an earlier sheet had, so that this one does not ask for them again."""

    title: str
    product: str = ""
    """Number, version and state of the product in words."""
    product_uuid: str = ""
    made_on: str = ""
    marking: str = ""
    facts: tuple[SheetFact, ...] = ()
    carried: tuple[SheetFact, ...] = ()
    done: frozenset[str] = frozenset()
    """Keys of facts that were ticked on the earlier sheet."""
    gone: tuple[str, ...] = ()
    """Facts of the earlier sheet that the product does not print any more."""
    folded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Computed values and standing words by the part of the page that has them."""
    let_pass: tuple[LetPass, ...] = ()
    subjects: tuple[SubjectState, ...] = ()
    since: str = ""
    """The day of the earlier sheet, and who has ticked it; empty: this is the first."""

    @property
    def unsourced(self) -> int:
        return self.count_of(UNSOURCED)

    def count_of(self, basis: str) -> int:
        """Number of listed facts that stand so on their source."""
        return sum(fact.basis == basis for fact in self.facts)

    @property
    def sheet_id(self) -> str:
        """The same for sheets that ask the same: a browser keeps ticks under it."""
        return _digest(self.product_uuid, self.since, *(fact.digest for fact in (*self.facts, *self.carried)))


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
