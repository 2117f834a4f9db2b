"""Sentences in a made-up language: whatever is marked is translated, with its values and in the form of its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from layers.errors import BadCoordinate, BadCRS, FileMissing, GeoloupeError, InvalidValue, error_from_noun
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.crs import parse_crs
from layers.geo.legs import length_of
from layers.phrase import Phrase
from layers.pool.protocol import Answer, message_of, read_reply
from layers.raster import band_maths
from layers.readers.files import regular_file
from layers.text.counted import counted
from layers.vector.expression import language as conditions
from layers.vector.expression.language import FUNCTIONS
from tests.support.made_up_language import FEW, MANY, ONE, MadeUpLanguage, english_in, made_up, spoken
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import Messages

NOTHING = frozenset[str]()


@pytest.fixture
def language(qapp: QApplication) -> Iterator[MadeUpLanguage]:
    language = spoken()
    yield language
    assert QCoreApplication.removeTranslator(language)


def refusal(text: str) -> GeoloupeError:
    with pytest.raises(BadCRS) as caught:
        parse_crs(text)
    return caught.value


def test_english_without_a_language(qapp: QApplication) -> None:
    assert [translate("Words", "{count} sites", "{count} site", count) for count in (0, 1, 2)] == [
        "0 sites",
        "1 site",
        "2 sites",
    ]
    assert in_language(counted(1, "layer")) == "1 layer"
    assert in_language("text") == "text"


@pytest.mark.bounded
@pytest.mark.parametrize(("count", "form"), [(1, ONE), (2, FEW), (21, ONE), (5, MANY), (0, MANY)])
def test_a_number_has_the_forms_of_the_language(language: MadeUpLanguage, count: int, form: str) -> None:
    said = translate("Words", "{count} sites", "{count} site", count)
    assert said == made_up("{count} sites", count).replace("{count}", str(count))
    assert form in said
    assert form in in_language(counted(count, "band"))


def test_a_refusal_is_said_in_the_language_and_its_name_as_it_is(language: MadeUpLanguage) -> None:
    error = refusal("no such")
    assert str(error).startswith('"no such" names no CRS')
    said = in_language(error.sentence)
    assert '"no such"' in said
    assert english_in(said, frozenset({"such"})) == []
    assert said == plain(error.sentence) == one_line(error.sentence)
    assert tooltip(error.sentence).replace("\n", " ").startswith("⟦")


@pytest.mark.parametrize("text", ["", "(", "1 +", "'1", "1 2", "(1", "1 ⊕ 2", "f(1)", "abs()", "1 in", "abs(1, 2)"])
@pytest.mark.parametrize("parse", [conditions.parse_expression, band_maths.parse_expression])
def test_a_refused_formula_is_said_in_the_language(
    language: MadeUpLanguage, parse: Callable[[str], object], text: str
) -> None:
    try:
        parse(text)
    except InvalidValue as error:
        said = in_language(error.sentence)
        assert english_in(said, frozenset((*FUNCTIONS, "log", "where"))) == []


@pytest.mark.parametrize("text", ["somewhere", "91 N 10 E", "10", "999, 999", "https://maps.app.goo.gl/x", "ZZ 9 9"])
def test_a_refused_coordinate_is_said_in_the_language(language: MadeUpLanguage, text: str) -> None:
    with pytest.raises(BadCoordinate) as caught:
        parse_coordinate(text)
    assert english_in(in_language(caught.value.sentence), frozenset({"somewhere"})) == []


@pytest.mark.parametrize(("refuse", "typed"), [(length_of, "5 miles or so"), (parse_crs, "EPSG:1")])
def test_a_refused_entry_is_said_in_the_language(
    language: MadeUpLanguage, refuse: Callable[[str], object], typed: str
) -> None:
    with pytest.raises(GeoloupeError) as caught:
        refuse(typed)
    assert english_in(in_language(caught.value.sentence).replace(typed, ""), NOTHING) == []


def test_a_phrase_in_a_phrase_is_translated_too(language: MadeUpLanguage) -> None:
    inner = refusal("xyz").sentence
    said = in_language(Phrase("“{name}” cannot be placed: {why}", name="Pier", why=inner))
    assert said.count("⟦") == 2
    assert english_in(said, frozenset({"pier", "xyz"})) == []


def test_a_refusal_of_a_reader_is_said_in_the_language(language: MadeUpLanguage) -> None:
    """As the worker sends it, and the window reads it."""
    with pytest.raises(FileMissing) as caught:
        regular_file("/nowhere/pier.tif")
    message = message_of({"number": 7, "error": caught.value.noun, "sentence": caught.value.sentence})
    reply = read_reply(message, 7, memoryview(b""))
    assert isinstance(reply, tuple)
    error = error_from_noun(*reply)
    assert type(error) is FileMissing
    assert str(error) == str(caught.value)
    assert english_in(in_language(error.sentence), NOTHING) == []


def test_a_notice_of_a_reader_is_said_in_the_language(language: MadeUpLanguage) -> None:
    """One of many things in its answer, wherever it stands there."""
    header = {"problems": [Phrase("The names of {count} bands are left out.", count=3), "a.tif"], "size": (1, 2)}
    reply = read_reply(message_of({"number": 7, "header": header, "arrays": []}), 7, memoryview(b""))
    assert isinstance(reply, Answer)
    assert reply.header == {"problems": header["problems"], "size": [1, 2]}
    problem, name = reply.header["problems"]
    assert isinstance(problem, Phrase)
    assert problem.values == {"count": "3"}
    assert type(name) is str


def test_a_message_is_shown_in_the_language(language: MadeUpLanguage) -> None:
    messages = Messages()
    messages.show("edit", refusal("no such").sentence, "warning")
    (line,) = messages.lines()
    assert line.text.startswith("⟦")


def test_what_is_not_marked_stays_english(language: MadeUpLanguage) -> None:
    """The made-up language knows the marked sentences only: what it leaves alone, a translator was never shown."""
    assert translate("Words", "No such sentence stands anywhere") == "No such sentence stands anywhere"
    assert english_in("Open ⟦Öþéñ⟧ /home/pier.tif EPSG:4326 12 km", NOTHING) == ["Open"]
