"""A typed sentence beside the words that it stands on: what differs is named, another wording of the same is not."""

from __future__ import annotations

import pytest

from layers.product.factcheck.typed_words import CaseSentences, Reference

CASE = CaseSentences(
    [
        Reference("1", "two senior Boreal officials: in 2023 about 90% of Cirrus's pumps came from Aurora"),
        Reference(
            "2", "Boreal Foundation: imports from Aurora jumped from $200 million in 2021 to over $500 million in 2022"
        ),
        Reference(
            "3", "the officials: Aurora firms are likely providing Cirrus with resin used in the making of pumps"
        ),
        Reference("4", "Aurora has not provided direct support for Cirrus"),
        Reference("5", "a third senior official: identified another maker as Works Pump Technology Co. Ltd."),
    ]
)


@pytest.mark.parametrize(
    ("sentence", "differences"),
    [
        ("Two senior officials say that in 2023 about 80% of Cirrus's pumps came from Aurora", [("80%", "90%")]),
        ("Two senior officials say that in 2022 about 90% of Cirrus's pumps came from Aurora", [("2022", "2023")]),
        ("In 2023 about 90 per cent of Cirrus’s pumps came from Aurora", []),
        (
            "Imports from Aurora jumped from $500 million in 2021 to over $200 million in 2022",
            [("over $200 million", "$200 million")],
        ),
        ("Imports from Aurora jumped from $200 million in 2021 to more than $500 million in 2022", []),
        ("Aurora companies are providing Cirrus with resin used in making pumps", [("providing", "likely providing")]),
        ("Aurora companies are probably providing Cirrus with resin used in making pumps", []),
        ("Aurora firms are likely providing Cirrus with rosin used in the making of pumps", [("rosin", "resin")]),
        ("Aurora firms are likely selling Cirrus resin used in the making of pumps", [("selling", "providing")]),
        ("Aurora has provided direct support for Cirrus", [("provided", "not provided")]),
        ("Aurora hasn’t provided direct support for Cirrus", []),
        ("A second senior official identified another maker as Works Pump Technology Co. Ltd.", [("second", "third")]),
        ("Two makers and where they are", None),
    ],
)
def test_the_words_that_differ_are_named(sentence: str, differences: list[tuple[str, str]] | None) -> None:
    match = CASE.match(sentence)
    assert (match and [tuple(pair) for pair in match.differences]) == differences
