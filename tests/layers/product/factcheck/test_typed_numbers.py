"""Numbers that were typed for a page: one that the case has otherwise, has nowhere, or that the page contradicts."""

from __future__ import annotations

import pytest

from layers.document.document import Document
from layers.product.case_facts import facts_of_case, marks_of
from layers.product.factcheck.fact_sheet import DIFFERS, SheetFact
from layers.product.factcheck.sheet import CheckedProduct, fact_sheet
from layers.product.factcheck.typed_words import CaseSentences, Reference
from layers.product.gathering import content_of
from layers.product.spec import ProductSpec

TWO_YARDS = ("Aurora now runs 14 yards.", "Along the coast, Aurora runs 13 yards.")


def typed(document: Document, bottom_line: str, caption: str) -> list[SheetFact]:
    """The facts of the page's own words, but for its title."""
    spec = ProductSpec(title="A product", author="A. Author", bottom_line=bottom_line, caption=caption)
    inside = marks_of(document, spec)
    content, facts = content_of(document, inside), facts_of_case(document, spec, inside, None)
    rows = fact_sheet(CheckedProduct(document, content, facts, spec)).facts
    return [fact for fact in rows if fact.is_own and fact.subject != "title"]


@pytest.mark.parametrize(
    ("caption", "differs"),
    [
        ("Aurora Ltd. delivered 13 pumps to Boreal in 2019.", [("13", "12")]),
        ("Aurora Ltd. delivered 12 pumps to Boreal in 2018.", [("2018", "2019")]),
        ("In 2018, Aurora Ltd. delivered 12 pumps to Boreal.", [("2018", "2019")]),
        ("In 2019, Aurora Ltd. delivered 12 pumps to Boreal.", []),
        ("Aurora Ltd. delivered twelve pumps to Boreal in 2019.", []),
        ("Aurora Ltd. delivered more than 12 pumps to Boreal in 2019.", [("more than 12", "12")]),
    ],
)
def test_a_number_that_the_case_has_otherwise_is_named_first(
    own: Document, caption: str, differs: list[tuple[str, str]]
) -> None:
    (fact,) = typed(own, "", caption)
    assert [tuple(pair) for pair in fact.differs] == differs
    assert (fact.basis == DIFFERS) is bool(differs)
    assert fact.stands_on


@pytest.mark.parametrize(
    ("caption", "unknown"),
    [
        ("The yard has 4,000 workers.", ["4,000 workers"]),
        ("The yard has 12 cranes.", []),
        ("The yard opened in 1985.", ["1985"]),
        ("The yard opened in 2019.", []),
    ],
)
def test_a_number_that_the_case_has_nowhere_has_a_warning(own: Document, caption: str, unknown: list[str]) -> None:
    warned = {fact.words: fact.warnings for fact in typed(own, "", caption) if fact.warnings}
    assert warned == {words: (f"No claim, answer or source of the case has “{words}”.",) for words in unknown}


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (TWO_YARDS, 2),
        ((TWO_YARDS[0], "A loan of that winter paid for the land of all 13 yards."), 2),
        ((TWO_YARDS[0], TWO_YARDS[1].replace("13", "fourteen")), 0),
        (("Its pier is 120 metres long.", "Its shed is 40 metres long."), 0),
        (("It had 14 yards, in 1,999 words.", "It had 14 yards, in 1999."), 0),
    ],
)
def test_a_page_that_counts_the_same_things_otherwise_says_so_on_both(
    own: Document, lines: tuple[str, str], count: int
) -> None:
    facts = typed(own, *lines)
    assert sum("The page also says" in warning for fact in facts for warning in fact.warnings) == count


@pytest.mark.parametrize("sentence", ["Aurora shipped 2,023 tonnes of resin", "Aurora shipped 60% of all resin"])
def test_a_count_is_never_taken_for_a_year(sentence: str) -> None:
    match = CaseSentences([Reference("1", "Aurora shipped resin in all of 1997")]).match(sentence)
    assert match is None or not match.differences
