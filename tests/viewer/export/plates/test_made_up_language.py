"""Pages of the demo in a made-up language, its own words in other letters: what is English on them is not marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.product.lint.check import findings
from layers.product.spec import LAYOUTS, MOST_MAPS, ProductMap, ProductSpec
from tests.support.cases.other_letters import words_in_other_letters
from tests.support.cases.rich import read_case
from tests.support.cited_words import english
from tests.support.made_up_language import spoken
from tests.support.shown_texts import Shown
from tests.viewer.export.plates.conftest import MakePlate
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate

ASIA, FIRMS = Bounds(28.0, 18.0, 178.0, 72.0), Bounds(112.0, 28.0, 124.0, 40.0)
OF_ROOM = {"cut-text", "overlap", "labels-clear", "type-size", "doubt-said"}
"""Rules on the room that words take; a doubt is missed where the words of a longer language are cut."""
QUICKEST_FIRST = sorted(LAYOUTS, key=lambda layout: layout != "site")


@pytest.fixture
def speaking(qapp: QApplication) -> Iterator[None]:
    language = spoken()
    yield
    QCoreApplication.removeTranslator(language)


@pytest.fixture
def demo() -> Document:
    document = read_case(Path("sample_data/demo.gpkg")).document
    document.apply(words_in_other_letters(document))
    return document


def spec_of(layout: str, demo: Document) -> ProductSpec:
    maps = tuple(ProductMap(bounds=FIRMS if number else None) for number in range(MOST_MAPS[layout]))
    site = next(uuid for uuid, site in demo.sites.items() if site.role == "named in a claim")
    return ProductSpec(layout=layout, bounds=ASIA, maps=maps, site=site if layout == "site" else "")


def said_on(plate: Plate) -> set[Shown]:
    """All texts of its pages, and the words that its file carries."""
    texts = {(piece.key, text) for piece in plate.pieces for text in piece.texts}
    texts |= {(piece.key, " ".join(line.text for line in piece.lines)) for piece in plate.pieces}
    texts |= {(text.part, text.words) for text in facts_of(plate).texts}
    words = PrintedPlate(plate, 96).words_of(0)
    for name in ("title", "description", "alt_text", "status", "in_short", "processing"):
        texts.add((name, getattr(words, name)))
    return texts | {("words", text) for text in (*words.credits, *words.sources, *words.parties)}


def found_on(plate: Plate) -> set[str]:
    """The rules of which the check finds a fault, but for those on the room that words take."""
    return {one.rule for one in findings(plate.spec, plate.content, facts_of(plate))} - OF_ROOM


@pytest.mark.bounded
@pytest.mark.parametrize("layout", ["site", "insets"])
def test_the_check_finds_the_same_in_any_language(plate_of: MakePlate, demo: Document, layout: str) -> None:
    spec = replace(spec_of(layout, demo), title="A title", author="A. Analyst", marking="TLP:GREEN")
    in_english = found_on(plate_of(spec, demo))
    language = spoken()
    try:
        assert found_on(plate_of(spec, demo)) == in_english
    finally:
        QCoreApplication.removeTranslator(language)


@pytest.mark.bounded_after(0)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("layout", QUICKEST_FIRST)
def test_pages_are_in_the_language(speaking: None, plate_of: MakePlate, demo: Document, layout: str) -> None:
    assert english(said_on(plate_of(spec_of(layout, demo), demo))) == []
