"""Statements on what was seen when: two dates on either side of a change, and never *gone* or *built*."""

from __future__ import annotations

import pytest

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.observing.seen_words import seen_lines, seen_words, statements_of

_LETTERS = {"+": "present", "-": "absent", "?": "cannot tell", "w": ""}


def document_of(looks: dict[str, str], kinds: dict[str, str] | None = None, target: str = "") -> Document:
    """A case with one row a date; several letters for a date are rows of as many observers."""
    kinds = kinds or {}
    images = [
        Image(uuid=at, image_key=at, acquired_at=at, date_kind=kinds.get(at, "interval" if "/" in at else "instant"))
        for at in looks
    ]
    rows = [
        Observation(
            uuid=f"{at} {number}",
            site_uuid="s",
            image_uuid=at,
            presence=_LETTERS[letter],
            observer=str(number),
            target=target,
        )
        for at, letters in looks.items()
        for number, letter in enumerate(letters)
    ]
    return Document({"images": images, "observations": rows})


@pytest.mark.parametrize(
    ("looks", "words"),
    [
        ({}, ""),
        ({"1985": "?"}, ""),
        ({"1985": "+"}, "seen 1985"),
        ({"1990": "-"}, "not seen 1990"),
        ({"1985": "-", "1990": "-"}, "not seen 1990, nor on 1 earlier image, of 1985"),
        ({"1985": "-", "1990": "?"}, "not seen 1985; cannot tell 1990"),
        ({"1985": "+", "1990": "?"}, "seen 1985; cannot tell 1990"),
        ({"1985": "+", "1990": ""}, "seen 1985; not looked at since"),
        ({"1985": "+", "1990": "w"}, "seen 1985; not looked at since"),
        ({"1985": "-", "1990": "w?"}, "not seen 1985; cannot tell 1990"),
        ({"1985": "-", "1990": "+", "1995": ""}, "not seen 1985; first seen 1990; not looked at since"),
        ({"1985": "+", "1990": "-", "1995": ""}, "last seen 1985; not seen 1990"),
        ({"1985": "+", **dict.fromkeys(("1990", "1995", "2000", "2005"), "?")}, "seen 1985; cannot tell on 4 images"),
        ({"1985": "+", "1990": "-"}, "last seen 1985; not seen 1990"),
        ({"1985": "-", "1990": "+"}, "not seen 1985; first seen 1990"),
        ({"1985": "-", "1990": "-", "1995": "+"}, "not seen 1990; first seen 1995"),
        (
            {"1985": "+", "1990": "?", "1995": "-", "2000": "-"},
            "last seen 1985; not seen 1995, nor on 1 later image, of 2000; cannot tell 1990",
        ),
        ({"1985": "+", "1990": "+", "1995": "-"}, "first seen 1985; last seen 1990; not seen 1995"),
        (
            {"1985": "-", "1990": "+", "1995": "+", "2000": "-"},
            "not seen 1985; first seen 1990; last seen 1995; not seen 2000",
        ),
        ({"1985": "+", "1990": "-", "1995": "+"}, "first seen 1985; not seen in between on 1990; last seen 1995"),
        ({"1985": "+", "1990": "+"}, "first seen 1985; last seen 1990"),
        ({"2020": "+", "2020-05": "-"}, "seen 2020"),  # neither lies behind the other as a whole
        ({"2020-05-01T10:00:00Z": "+", "2020-06": "-"}, "last seen 1 May 2020; not seen June 2020"),
        (
            {"2020-05-01/2020-05-31": "+", "2020-06-02": "-"},
            "last seen May 2020; not seen 2 June 2020",
        ),
        ({"1985": "+", "1990": "+-", "1995": "-"}, "last seen 1985; not seen 1995; observers differ on 1990"),
    ],
)
def test_each_statement_stands_between_two_dates(looks: dict[str, str], words: str) -> None:
    said = seen_words(document_of(looks), "s")
    assert said == words
    assert not {"gone", "built"} & set(said.split())


def test_a_composite_says_nothing_of_when() -> None:
    assert seen_words(document_of({"1985": "+", "1990": "-"}, {"1990": "composite"}), "s") == "seen 1985"


def test_a_statement_names_what_was_looked_for() -> None:
    said = seen_lines(document_of({"1985": "+", "1990": "-"}, target="the main channel, not water"), "s")
    assert said == ("the main channel, not water: last seen 1985; not seen 1990",)


def test_each_thing_has_a_line_of_its_own_and_one_thing_one_line() -> None:
    assert seen_lines(document_of({"1985": "+", "1990": "+"}), "s") == ("first seen 1985; last seen 1990",)
    document = document_of({"1985": "+", "1990": "-"}, target="channel")
    row = Observation(uuid="o", site_uuid="s", image_uuid="1985", presence="present", target="ferry")
    both = Document({"images": document.images.values(), "observations": [*document.observations.values(), row]})
    assert seen_lines(both, "s") == ("channel: last seen 1985; not seen 1990", "ferry: seen 1985; not looked at since")
    assert seen_words(both, "s") == "; ".join(seen_lines(both, "s"))


@pytest.mark.parametrize(
    ("looks", "unlooked", "words"),
    [
        (
            {"1985": "+", "2010": "-", "2015": "-", "2020": "-"},
            ("1990", "1995", "2000", "2005"),
            "last seen 1985; not seen 2010 (4 images between without a row), nor on 2 later images, the last of 2020",
        ),
        ({"1985": "+", "2010": "-"}, ("1990",), "last seen 1985; not seen 2010 (1 image between without a row)"),
        ({"1985": "-", "2010": "+"}, ("1990",), "not seen 1985; first seen 2010 (1 image between without a row)"),
        ({"1985": "+", "2010": "-"}, ("1980", "1985", "2015"), "last seen 1985; not seen 2010"),
    ],
)
def test_images_between_two_dates_that_nobody_looked_at_are_counted(
    looks: dict[str, str], unlooked: tuple[str, ...], words: str
) -> None:
    document = document_of(looks)
    assert "; ".join(statements_of(document.observations.values(), document.images, unlooked)) == words
