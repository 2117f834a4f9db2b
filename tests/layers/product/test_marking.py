"""Markings: two scales, each by itself; free words listed, not ranked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.vocabulary import MARKINGS
from layers.product.marking import (
    CLASSIFICATION,
    TLP,
    TLP_COLOURS,
    Marking,
    free_words,
    highest,
    lacking,
    may_carry,
    product_marking,
    read_marking,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("tlp amber + strict", "TLP:AMBER+STRICT"),
        ("TLP:WHITE", "TLP:CLEAR"),
        ("secret//noforn", "SECRET // noforn"),
        ("UNCLASSIFIED // TLP:GREEN", "UNCLASSIFIED // TLP:GREEN"),
        ("Press only", "Press only"),
        ("TLP:RED TLP:GREEN", "TLP:RED"),
    ],
)
def test_a_marking_is_read_on_both_scales(text: str, words: str) -> None:
    assert read_marking(text).words == words


def test_every_marking_that_a_row_can_have_is_known() -> None:
    assert all(read_marking(word).free == () for word in MARKINGS)


def test_the_scales_say_nothing_of_each_other() -> None:
    assert highest(["UNCLASSIFIED", "TLP:RED", "SECRET", "TLP:GREEN", "eyes only"]).words == (
        "SECRET // eyes only // TLP:RED"
    )
    assert lacking("SECRET", ["TLP:AMBER", "CONFIDENTIAL"]) == ["TLP:AMBER"]
    assert lacking("TLP:RED", ["UNCLASSIFIED"]) == ["UNCLASSIFIED"]
    assert product_marking("TLP:GREEN // mine", ["TLP:AMBER", "theirs"]) == "mine // TLP:AMBER"


def test_free_words_are_listed_and_not_ranked() -> None:
    assert free_words("press only", ["Press only", "eyes only"]) == ["eyes only"]
    assert lacking("", ["eyes only"]) == []


def test_what_is_public_may_be_published() -> None:
    assert all(may_carry("", word) for word in ("", "TLP:CLEAR", "UNCLASSIFIED"))
    assert not any(may_carry("", word) for word in ("TLP:GREEN", "SECRET", "internal"))
    assert may_carry("TLP:AMBER", "TLP:GREEN")
    assert not may_carry("TLP:AMBER", "RESTRICTED")
    assert may_carry("internal", "Internal")


def test_tlp_has_its_own_colours() -> None:
    assert TLP_COLOURS["TLP:RED"] == "#ff2b2b"
    assert TLP_COLOURS.keys() == set(TLP)


@given(st.text(max_size=60), st.lists(st.text(max_size=30) | st.sampled_from([*TLP, *CLASSIFICATION]), max_size=5))
def test_a_raised_marking_lacks_nothing(own: str, inputs: list[str]) -> None:
    raised = product_marking(own, inputs)
    assert lacking(raised, inputs) == [] or len(own) > 200
    assert isinstance(read_marking(raised), Marking)
