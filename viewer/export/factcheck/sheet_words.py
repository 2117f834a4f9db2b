"""The words of a fact-check sheet, which its HTML file and its PDF share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from layers.product.factcheck.fact_rows import SPEAKER
from layers.product.factcheck.fact_sheet import (
    ALTERED,
    AS_QUOTED,
    DIFFERS,
    KEPT,
    MISQUOTED,
    NEGATED,
    NO_WORDS,
    OTHERWISE,
    OWN,
    UNSOURCED,
    FactSheet,
    LetPass,
    SheetFact,
    StandsOn,
)
from layers.product.factcheck.kept_texts import ABSENT, ALMOST, DENIED, FOUND, NO_TEXT, KeptAnswer
from layers.product.factcheck.word_groups import Altered
from viewer.support.language.translation import translate

_AROUND = 36
"""Most characters of a quote on each side of a fact, where the whole quote stands above."""
INTERNAL = "INTERNAL: fact-check sheet, not for publication"
HEADS = {
    DIFFERS: "Differs from the words that it stands on",
    NEGATED: "A “not” in one, and none in the other",
    MISQUOTED: "Quoted otherwise than the kept text",
    UNSOURCED: "Without a source",
    ALTERED: "In quotation marks, but not so in the quote",
    OTHERWISE: "Not word for word in the quote",
    NO_WORDS: "Source cited, its exact words not kept in the case",
    OWN: "Words typed for the page",
    AS_QUOTED: "Word for word in the quote, which is compared with no kept text",
    KEPT: "Word for word in the quote, and in the kept text",
}
_APART = (DIFFERS, NEGATED, MISQUOTED, ALTERED)
COLUMN_HEADS = (
    "No.",
    "Fact, and where it is printed",
    "What it stands on: exact words, source, date",
    "Entered, reviewed",
)
HELP = {
    DIFFERS: "The page says one thing, and the words that it stands on another: put one of the two right.",
    NEGATED: "The page says the reverse of its quote, or speaks of something else: compare the two word for word.",
    MISQUOTED: "The text of the source that the case keeps has not these words: put the quote right.",
    UNSOURCED: "No source is linked: find one, or take the fact out. A tick counts here only with a remark that says "
    "where you found it.",
    ALTERED: "The product prints these as exact words, and the quote that the case keeps does not have them so.",
    OTHERWISE: "Compare with the quote, and open the source: the words differ, or stand in another order.",
    NO_WORDS: "Open the source and find the words: the case keeps none.",
    OWN: "Titles and captions: check them against the facts below.",
    AS_QUOTED: "No text of the source is kept to compare with: check the quote itself against the source.",
    KEPT: "Open the kept file at the place that is given, and see what it is about.",
}


def groups(sheet: FactSheet) -> Iterator[tuple[str, list[SheetFact]]]:
    """The facts by how they stand on their source, in the order of the sheet."""
    for basis, facts in groupby(sheet.facts, key=lambda fact: fact.basis):
        yield basis, list(facts)


def by_quote(facts: Sequence[SheetFact]) -> Iterator[list[SheetFact]]:
    """The facts of a group, those together that stand on one quote and follow each other."""
    for (_, _, quotes), rows in groupby(facts, key=lambda fact: (fact.table, fact.uuid, fact.quoted_from)):
        together = list(rows)
        if quotes and len(together) > 1:
            yield together
        else:
            yield from ([fact] for fact in together)


def place_in_quote(source: StandsOn) -> tuple[str, str, str]:
    """The words of a fact in its quote with a few words before and after; empty where they do not stand there."""
    quote, (start, end) = source.quote, source.stretch[:2]
    if not source.stretch.is_verbatim:
        return "", "", ""
    before, after = quote[:start], quote[end:]
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + " …"
    return before, quote[start:end], after


def counts(sheet: FactSheet) -> str:
    """The number of facts, and of those without a source."""
    facts = translate("Export", "{count} facts", "{count} fact", len(sheet.facts))
    unsourced = translate("Export", "{count} without a source", "{count} without a source", sheet.unsourced)
    return f"{facts}, {unsourced}"


def since_words(sheet: FactSheet) -> str:
    """A sentence on the facts that a second sheet leaves out; empty for a first one."""
    if not sheet.since:
        return ""
    carried = translate("Export", "{count} facts", "{count} fact", len(sheet.carried))
    open_ = sum(fact.key not in sheet.done for fact in sheet.carried)
    unticked = f", {open_} of them not ticked there" if open_ else ""
    return f"Only what changed since the sheet of {sheet.since}: {carried} as before are not listed{unticked}."


def difference(fact: SheetFact, source: StandsOn) -> str:
    """The difference between the words of a fact and a quote; empty where they stand in it."""
    stretch = source.stretch
    if not source.quote or stretch.is_verbatim or fact.is_own:
        return ""  # words of the page's own need not be those of a quote; what they say otherwise is told apart
    if fact.kind == SPEAKER:
        return "The quote does not hold its speaker: find in the source who says it."
    parts = [_altered(words) for words in stretch.altered]
    if stretch.denies and not fact.is_note:
        has, lacks = ("quote", "page") if stretch.quote_denies else ("page", "quote")
        parts.append(f"check for a “not”: the {has} has one, the {lacks} has none")
    altered = {word for words in stretch.altered for word in words.here.casefold().split()}
    if fact.is_note:
        parts.append("a note of ours, not in the quote: check it in the source, with each “not”")
    elif missing := [word for word in stretch.missing if word not in altered]:
        parts.append(f"not in the quote: {', '.join(missing)}")
    words = "; ".join(parts) or "the same words in another order or form"
    return words[0].upper() + words[1:]


def _altered(words: Altered) -> str:
    if not words.there:
        return f"page adds “{words.here}”"
    if not words.here:
        return f"source has “{words.there}”, which the page leaves out"
    return f"page says “{words.here}”, source says “{words.there}”"


def warning_words(fact: SheetFact) -> str:
    """The words in which a fact differs, and the sentences on other rows that say otherwise."""
    differs = [f"Differs: page says “{pair.page}”, source says “{pair.source}”." for pair in fact.differs]
    return " ".join([*differs, *fact.warnings])


_PLACED = {
    NO_TEXT: "No text kept to compare with{more}.",
    FOUND: "Kept text: found, {where}.",
    ALMOST: "Kept text: found, but for capitals or signs, {where}: “{passage}”.",
    DENIED: "Kept text: has a “not” before these words, {where}: “{passage}”.",
    ABSENT: "Kept text: not found, and nothing like it, {where}{more}.",
}


def kept_words(source: StandsOn) -> str:
    """The answers of the kept text of a source on its quote, a sentence for each part of it."""
    return " ".join(_kept_sentence(answer) for answer in source.kept)


def _kept_sentence(answer: KeptAnswer) -> str:
    more = f" ({answer.more})" if answer.more else ""
    parts = (f" [{part.text.strip()}] " if part.is_changed else part.text for part in answer.passage)
    passage = " ".join("".join(parts).split())
    if (sentence := _PLACED.get(answer.state)) is not None:
        return sentence.format(more=more, where=answer.where, passage=passage)
    pairs = "; ".join(
        f"quote has “{pair.here or 'nothing'}”, kept text “{pair.there or 'nothing'}”" for pair in answer.altered
    )
    return f"Kept text: not so. {pairs + '. ' if pairs else ''}Nearest, {answer.where}{more}: “{passage}”."


def disagreeing(sheet: FactSheet) -> str:
    """The rows to begin with: those whose words are not those that they stand on, then those that another row
    contradicts; empty without any.
    """
    apart = [fact for fact in sheet.facts if fact.basis in _APART]
    against = [fact for fact in sheet.facts if fact.warnings and fact.basis not in _APART]
    parts = []
    if apart:
        parts.append(f"Other words than those they stand on: {_numbers(apart)}.")
    if against:
        parts.append(f"Otherwise in another row: {_numbers(against)}.")
    return " ".join(parts)


def _numbers(facts: Sequence[SheetFact]) -> str:
    return ", ".join(f"#{fact.number}" for fact in facts)


def source_line(source: StandsOn) -> str:
    """A source in a line: its number, citation and page."""
    return " ".join(filter(None, (source.number, source.citation, f"({source.page})" if source.page else "")))


def passed_line(passed: LetPass) -> str:
    """A finding that was let pass, with the reason and whose it is."""
    override = passed.override
    head = "Blocked, let pass" if passed.blocks else "Let pass"
    where = f", {override.where}" if override.where else ""
    sentence = f": {passed.finding}" if passed.finding else ""
    by = ", ".join(filter(None, (override.by, override.at[:10])))
    return f"{head} [{override.rule}{where}]{sentence} Reason: {override.reason}" + (f" ({by})" if by else "")
