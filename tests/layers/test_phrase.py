"""Phrases: English text whose template and values stay known, also behind the pipe of a reader."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import BadCRS, ProductStopped
from layers.phrase import MOST_DEPTH, Phrase, Room, filled, phrase_of
from layers.text.counted import counted

VALUES = st.dictionaries(st.from_regex("[a-z_]{1,8}", fullmatch=True), st.text(max_size=20), max_size=4)


def test_a_phrase_is_its_english_text() -> None:
    phrase = Phrase("“{name}” names no CRS: try {count}.", name="no such", count=2)
    assert phrase == "“no such” names no CRS: try 2."
    assert (phrase.template, dict(phrase.values)) == (
        "“{name}” names no CRS: try {count}.",
        {"name": "no such", "count": "2"},
    )
    assert json.loads(json.dumps([phrase])) == [str(phrase)]


def test_an_error_says_its_sentence_and_keeps_the_template() -> None:
    error = BadCRS("“{name}” names no CRS we know.", name="no such")
    assert str(error) == error.sentence == "“no such” names no CRS we know."
    assert error.sentence.template == "“{name}” names no CRS we know."


def test_a_sentence_of_one_error_is_told_by_another_as_the_phrase_that_it_is() -> None:
    inner = BadCRS("“{name}” names no CRS we know.", name="no such")
    assert BadCRS(inner.sentence).sentence is inner.sentence
    outer = BadCRS("Not placed: {why}", why=inner.sentence)
    assert outer.sentence.values["why"] is inner.sentence


def test_an_error_with_more_to_tell_takes_values_too() -> None:
    error = ProductStopped("Not {verb}.", ("first",), verb="issued")
    assert (error.sentence, error.lines) == ("Not issued.", ("first",))


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 layers"), (1, "1 layer"), (2, "2 layers"), (12345, "12\u202f345 layers")]
)
def test_a_counted_phrase_has_both_forms(number: int, text: str) -> None:
    phrase = counted(number, "layer")
    assert phrase == text
    assert (phrase.template, phrase.one, phrase.number) == ("{count} layers", "{count} layer", number)


def test_braces_of_a_template_without_values_stay() -> None:
    assert Phrase("{z}/{x}/{y} is wanted") == "{z}/{x}/{y} is wanted"
    assert Phrase("{{z}} is wanted in {name}", name="it") == "{z} is wanted in it"


def test_values_are_put_in_as_they_are() -> None:
    """A name from a file may look like a template."""
    assert Phrase("{name} is damaged: {why}", name="{why}", why="cut off") == "{why} is damaged: cut off"


def test_a_foreign_template_cannot_ask_for_more_than_a_value() -> None:
    assert filled("{name:>9999999999} {name.__class__} {other}", {"name": "x"}) == (
        "{name:>9999999999} {name.__class__} {other}"
    )


@given(VALUES, st.text(max_size=30))
def test_a_phrase_is_the_same_behind_the_pipe(values: dict[str, str], rest: str) -> None:
    template = rest + "".join("{" + name + "}" for name in values)
    phrase = Phrase(template, **values, inner=counted(len(values), "value"))
    again = phrase_of(json.loads(json.dumps(phrase.parts())), Room())
    assert again == phrase
    assert again.parts() == phrase.parts()


def test_a_phrase_can_be_copied() -> None:
    phrase = Phrase("{name} is damaged.", name="{x}")
    again = copy.deepcopy(phrase)
    assert (again, again.parts()) == (phrase, phrase.parts())


@pytest.mark.parametrize(
    "parts",
    [
        None,
        "text",
        {"template": "x"},
        {"template": 1, "values": {}},
        {"template": "x", "values": {"a": 1}},
        {"template": "x", "values": {}, "number": 1, "one": "x"},
        {"template": "x", "values": {"count": "1"}, "number": True, "one": "x"},
        {"template": "x", "values": {"count": "1"}, "number": 1},
    ],
)
def test_what_is_no_phrase_is_refused(parts: object) -> None:
    with pytest.raises(ValueError, match="no phrase"):
        phrase_of(parts, Room())


def test_what_keeps_the_text_of_a_phrase_keeps_the_phrase() -> None:
    """Decoders say `str(value)`, and so does whoever puts an error into a sentence."""
    phrase = Phrase("{name} is damaged.", name="x")
    assert str(phrase) is phrase
    assert str(ValueError(phrase)) is phrase
    assert type(f"{phrase} It is left out.") is str
    assert Phrase("It is left out: {why}", why=ValueError(phrase)).values["why"] is phrase


def test_many_phrases_of_a_message_have_one_room() -> None:
    room, parts = Room(100), {"template": "{a}{a}", "values": {"a": "x" * 10}}
    for _ in range(3):
        phrase_of(parts, room)
    with pytest.raises(ValueError, match="without end"):
        phrase_of(parts, room)


def test_phrases_in_phrases_end() -> None:
    parts: dict[str, object] = {"template": "{a}", "values": {"a": "x"}}
    for _ in range(MOST_DEPTH + 2):
        parts = {"template": "{a}", "values": {"a": parts}}
    with pytest.raises(ValueError, match="no phrase"):
        phrase_of(parts, Room())


def test_a_value_that_is_put_in_thousands_of_times_is_refused() -> None:
    parts: dict[str, object] = {"template": "{a}" * 10_000, "values": {"a": "x" * 10_000}}
    with pytest.raises(ValueError, match="without end"):
        phrase_of(parts, Room())
    for depth in range(3):
        parts = {"template": "{a}" * 100, "values": {"a": parts if depth else "x" * 1_000}}
    with pytest.raises(ValueError, match="without end"):
        phrase_of(parts, Room())
    assert len(phrase_of({"template": "{a}{a}", "values": {"a": "x" * 10_000}}, Room())) == 20_000
