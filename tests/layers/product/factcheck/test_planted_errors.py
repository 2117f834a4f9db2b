"""Six errors planted in a copy of the demo: the sheet points to them, and vouches for nothing that is not compared."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.product.case_facts import facts_of_case, marks_of
from layers.product.content import ProductContent
from layers.product.factcheck.fact_sheet import AS_QUOTED, DIFFERS, KEPT, MISQUOTED, FactSheet
from layers.product.factcheck.kept_texts import NO_TEXTS, KeptText, KeptTexts
from layers.product.factcheck.sheet import CheckedProduct, fact_sheet
from layers.product.gathering import content_of
from layers.product.spec import ProductSpec
from tests.layers.product.factcheck.conftest import changed

TEXT = """China-based companies Wuhan Global Sensor Technology Co., Wuhan Tongsheng Technology Co. Ltd. and Hikvision
are providing optical components for use in Russian tanks and armored vehicles.
China has not provided direct lethal military support for Russia."""
BOTTOM_LINE = (
    "Two officials say that China has been providing Russia with UAV engines and turbojet engines for cruise missiles."
)
CAPTION = (
    "The report says that nearly 70% of Russia’s approximately $900 million in machine tool imports in the last "
    "quarter of 2023 came from China. Officials say that Chinese companies are likely providing Russia with "
    "nitrocellulose used in the manufacture of ammunition. Liu Pengyu, spokesman of the Chinese Embassy in Washington, "
    "urges the "
    "U.S. side to refrain from disparaging the normal relationship between China and Russia."
)
TITLE, SUBTITLE = "Optics, engines and powder: what officials say China supplies", "Five makers named in one report"
RIGHT = ProductSpec(title=TITLE, subtitle=SUBTITLE, bottom_line=BOTTOM_LINE, caption=CAPTION, author="A. Author")


def one_source(document: Document) -> str:
    return next(source.uuid for source in document.sources.values() if source.title.startswith("US intel"))


def sheet(document: Document, spec: ProductSpec, kept: KeptTexts = NO_TEXTS) -> FactSheet:
    inside = marks_of(document, spec)
    content: ProductContent = content_of(document, inside)
    facts = facts_of_case(document, spec, inside, None)
    return fact_sheet(CheckedProduct(document, content, facts, spec, kept=kept))


@pytest.fixture
def own_demo(demo: Document) -> Document:
    """The demo, to be changed."""
    return Document({table: tuple(demo.table(table).values()) for table in TABLES})


@pytest.mark.parametrize(
    ("field", "right", "wrong", "says"),
    [
        ("bottom_line", "providing Russia with", "selling Russia", ("selling", "providing")),
        ("caption", "$900", "$600", ("$600 million", "$900 million")),
        ("caption", "nitrocellulose", "nitroglycerine", ("nitroglycerine", "nitrocellulose")),
        ("caption", "spokesman", "minister-counsellor", ("minister-counsellor", "spokesman")),
    ],
)
def test_typed_words_that_say_otherwise_than_the_case_come_first(
    demo: Document, field: str, right: str, wrong: str, says: tuple[str, str]
) -> None:
    spec = replace(RIGHT, **{field: getattr(RIGHT, field).replace(right, wrong)})
    first, second = sheet(demo, spec).facts[:2]
    assert (first.basis, [tuple(pair) for pair in first.differs]) == (DIFFERS, [says])
    assert second.basis != DIFFERS


def test_typed_words_that_are_right_differ_from_nothing(demo: Document) -> None:
    typed = sheet(demo, RIGHT)
    assert not [fact for fact in typed.facts if fact.differs or fact.basis == MISQUOTED or fact.warnings]


def test_a_firm_that_the_whole_case_has_wrong_is_found_by_the_kept_text_alone(own_demo: Document) -> None:
    """The claim and its quote agree, and are wrong."""
    uuid = one_source(own_demo)
    for link in list(own_demo.table("claim_sources").values()):
        if "Tongsheng" in link.quote:
            changed(own_demo, "claim_sources", link.uuid, quote=link.quote.replace("Tongsheng", "Tongxin"))
            claim = own_demo.claims[link.claim_uuid]
            words = claim.source_wording.replace("Tongsheng", "Tongxin")
            changed(own_demo, "claims", claim.uuid, source_wording=words, statement=words)
    alone = sheet(own_demo, RIGHT)
    assert not [fact for fact in alone.facts if fact.basis in (MISQUOTED, KEPT)], "no text: nothing is vouched for"
    compared = sheet(own_demo, RIGHT, {uuid: [KeptText("report.pdf", f"Cover\f{TEXT}", has_pages=True)]})
    wrong = {fact.words: fact for fact in compared.facts if fact.basis == MISQUOTED}
    assert "Wuhan Tongxin Technology Co. Ltd." in wrong
    (answer,) = wrong["Wuhan Tongxin Technology Co. Ltd."].stands_on[0].kept
    assert answer.where == "page 2 of “report.pdf”"
    assert [tuple(pair) for pair in answer.altered] == [("Tongxin", "Tongsheng")]
    assert [part.text.strip() for part in answer.passage if part.is_changed] == ["Tongsheng"]
    borne_out = {fact.words for fact in compared.facts if fact.basis == KEPT}
    assert "Hikvision" in borne_out
    assert not [fact for fact in compared.facts if "Tongxin" in fact.words and fact.basis in (KEPT, AS_QUOTED)]
