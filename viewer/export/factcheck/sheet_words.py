"""The words of a fact-check sheet, which its HTML file and its PDF share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from layers.product.factcheck.fact_sheet import (
    AS_QUOTED,
    NO_WORDS,
    OTHERWISE,
    OWN,
    UNSOURCED,
    FactSheet,
    LetPass,
    SheetFact,
    StandsOn,
)
from viewer.support.language.translation import translate

INTERNAL = "INTERNAL: fact-check sheet, not for publication"
HEADS = {
    UNSOURCED: "Without a source",
    OTHERWISE: "Not word for word in the quote",
    NO_WORDS: "Source cited, its exact words not kept in the case",
    OWN: "Words typed for the page",
    AS_QUOTED: "Word for word in the quote",
}
HELP = {
    UNSOURCED: "No source is linked: find one, or take the fact out.",
    OTHERWISE: "Compare with the quote, and open the source: the words differ, or stand in another order.",
    NO_WORDS: "Open the source and find the words: the case keeps none.",
    OWN: "Titles and captions: check them against the facts below.",
    AS_QUOTED: "The quote has these words: check the quote itself against the source.",
}


def groups(sheet: FactSheet) -> Iterator[tuple[str, list[SheetFact]]]:
    """The facts by how they stand on their source, in the order of the sheet."""
    for basis, facts in groupby(sheet.facts, key=lambda fact: fact.basis):
        yield basis, list(facts)


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
    return f"Only what changed since the sheet of {sheet.since}: {carried} as before are not listed."


def difference(source: StandsOn) -> str:
    """The difference between the words of a fact and a quote; empty where they stand in it."""
    stretch = source.stretch
    if not source.quote or stretch.is_verbatim:
        return ""
    parts = []
    if stretch.missing:
        parts.append(f"not in the quote: {', '.join(stretch.missing)}")
    if stretch.denies:
        parts.append("a “not” stands in one of the two only")
    return "; ".join(parts) or "the same words in another order or form"


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
