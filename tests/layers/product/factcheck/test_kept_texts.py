"""The quote of a source beside the text that is kept of it: found where, or what differs, and never vouched for."""

from __future__ import annotations

import pytest

from layers.product.factcheck.kept_texts import (
    ABSENT,
    ALMOST,
    DENIED,
    DIFFERS,
    FOUND,
    NO_TEXT,
    KeptQuotes,
    KeptText,
)

TEXT = (
    "Aurora Ltd. has not delivered the space-\nbased pumps, worth $900 million, in 2019.\f"
    "“The  trade should not be\nrestricted,” said B. Boreal. China isn’t providing Cirrus with arms."
)


@pytest.mark.parametrize(
    ("quote", "state", "where", "altered"),
    [
        ('"the space-based pumps, worth $900 million"', FOUND, "page 1 of “a.pdf”", []),
        ("“The trade should not be restricted”", FOUND, "page 2 of “a.pdf”", []),
        ("the Space-based pumps worth $900 million", ALMOST, "page 1 of “a.pdf”", []),
        ("delivered the space-based pumps", DENIED, "page 1 of “a.pdf”", [("", "not")]),
        ("providing Cirrus with arms", DENIED, "page 2 of “a.pdf”", [("", "isn’t")]),
        ("Aurora Ltd. has delivered the space-based pumps", DIFFERS, "page 1 of “a.pdf”", [("", "not")]),
        ("pumps, worth $600 million, in 2019", DIFFERS, "page 1 of “a.pdf”", [("600", "900")]),
        ("the moon is green cheese", ABSENT, "“a.pdf”", []),
    ],
)
def test_a_quote_is_found_in_the_kept_text_or_its_nearest_passage_is(
    quote: str, state: str, where: str, altered: list[tuple[str, str]]
) -> None:
    (answer,) = KeptQuotes({"s": [KeptText("a.pdf", TEXT, has_pages=True)]}).answers("s", quote)
    assert (answer.state, answer.where, [tuple(pair) for pair in answer.altered]) == (state, where, altered)
    changed = [part.text.strip() for part in answer.passage if part.is_changed]
    assert changed == [there for _, there in altered]


@pytest.mark.parametrize("kept", [{}, {"s": [KeptText("scan.pdf", why_not="It is locked.")]}])
def test_without_a_text_nothing_is_vouched_for(kept: dict[str, list[KeptText]]) -> None:
    (answer,) = KeptQuotes(kept).answers("s", "The trade")
    assert (answer.state, answer.is_found, answer.is_otherwise) == (NO_TEXT, False, False)
